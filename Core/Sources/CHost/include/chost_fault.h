// Synchronous host signals: faults in translated code, in guarded accesses, and the emulator's own.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Installs the handlers of SIGSEGV, SIGBUS, SIGFPE and SIGILL; once is enough, more do no harm. 0, or an errno.
int chost_fault_install(void);

/// Gives the calling thread an alternate signal stack. 0, or an errno.
int chost_fault_prepare_thread(void);
/// Frees it again before the thread ends.
void chost_fault_release_thread(void);

/// Tells the handler where translated code lies: `start ..< start + byte_count` as it executes. A count of 0 takes that
/// back.
void chost_fault_set_arena(const void *start, size_t byte_count);

/// Where signals of these numbers go that no instruction raised: `kill` from outside.
typedef void (*chost_asynchronous_handler)(int signal, void *siginfo, void *context);
void chost_fault_set_asynchronous_handler(chost_asynchronous_handler handler);

enum {
    /// `ExitReason` raw values that the handler stores.
    CHOST_EXIT_MEMORY_FAULT = 7,
    CHOST_EXIT_FLOAT_EXCEPTION = 9,
};

/// Names the emulator's version for the line that a crash of its own prints; the text must live on.
void chost_fault_set_version(const char *version);
