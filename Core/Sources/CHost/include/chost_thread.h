// Host threads that carry guest threads, and how they wake each other.
#pragma once
#include <stdint.h>

/// What a thread runs. It ends when this returns.
typedef void (*chost_thread_body)(void *context);

/// Starts a detached thread; it begins with all signals blocked but those that instructions raise. 0, or an errno.
int chost_thread_start(chost_thread_body body, void *context);

/// The kernel's number of the calling thread.
int32_t chost_thread_number(void);

/// Stands still for ever with all signals blocked: a process keeps its first thread until it ends.
void chost_thread_sleep_for_ever(void) __attribute__((noreturn));

// MARK: Events

/// An event is a word that is 0 until it has happened. One thread waits for it.

/// Waits until the event has happened: 0; -ETIMEDOUT when the deadline comes first, -EINTR as soon as a signal is noted.
/// `deadline_nanoseconds` is a time of CLOCK_MONOTONIC, or of CLOCK_REALTIME when `is_real_time`; negative: none.
long chost_event_wait(uint32_t *event, int64_t deadline_nanoseconds, int is_real_time);
/// The same for a thread of the emulator's own affairs: no signal ends the wait.
void chost_event_wait_uninterrupted(uint32_t *event);
/// Lets the event happen.
void chost_event_set(uint32_t *event);

static inline uint32_t chost_event_is_set(const uint32_t *event) { return __atomic_load_n(event, __ATOMIC_ACQUIRE); }
static inline void chost_event_clear(uint32_t *event) { __atomic_store_n(event, 0, __ATOMIC_RELEASE); }
