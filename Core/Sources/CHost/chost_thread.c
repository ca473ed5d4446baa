#define _GNU_SOURCE
#include "chost_thread.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "chost_signal.h"

// Swift code, a guest's system calls and the translator on it; a page costs nothing until it is touched.
enum { STACK_BYTES = 512 * 1024 };

struct start {
    chost_thread_body body;
    void *context;
};

// Freed by the thread: its creator does not wait for it.
static void *run(void *opaque) {
    struct start start = *(struct start *)opaque;
    __builtin_free(opaque);
    // The mask is the creator's; the thread's own record of it is new.
    chost_signal_block_all();
    start.body(start.context);
    return 0;
}

int chost_thread_start(chost_thread_body body, void *context) {
    struct start *start = __builtin_malloc(sizeof *start);
    if (start == 0) return ENOMEM;
    *start = (struct start){body, context};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    int error = pthread_create(&thread, &attributes, run, start);
    pthread_sigmask(SIG_SETMASK, &before, 0);
    pthread_attr_destroy(&attributes);
    if (error != 0) __builtin_free(start);
    return error;
}

int32_t chost_thread_number(void) { return gettid(); }

void chost_thread_sleep_for_ever(void) {
    chost_signal_block_all();
    for (;;) pause();
}

// MARK: Events

static const struct timespec *split(int64_t nanoseconds, struct timespec *time) {
    if (nanoseconds < 0) return 0;
    *time = (struct timespec){nanoseconds / 1000000000, nanoseconds % 1000000000};
    return time;
}

long chost_event_wait(uint32_t *event, int64_t deadline_nanoseconds, int is_real_time) {
    struct timespec time;
    const struct timespec *deadline = split(deadline_nanoseconds, &time);
    // The timeout of this operation is a time, not a span.
    long operation = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | (is_real_time ? FUTEX_CLOCK_REALTIME : 0);
    while (chost_event_is_set(event) == 0) {
        long result = chost_blocking_syscall(
            SYS_futex, (long)event, operation, 0, (long)deadline, 0, FUTEX_BITSET_MATCH_ANY);
        if (result != 0 && result != -EAGAIN) return chost_event_is_set(event) != 0 ? 0 : result;
    }
    return 0;
}

void chost_event_wait_uninterrupted(uint32_t *event) {
    while (chost_event_is_set(event) == 0) syscall(SYS_futex, event, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, 0, 0, 0);
}

void chost_event_set(uint32_t *event) {
    __atomic_store_n(event, 1, __ATOMIC_SEQ_CST);
    // The sleeper may be awake already and its word gone; a wake of an address wakes nobody then.
    syscall(SYS_futex, event, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, 0, 0, 0);
}
