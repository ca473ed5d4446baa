// Asynchronous host signals: a handler that notes what came, and system calls that a signal cannot slip past.
#pragma once
#include <stdint.h>

/// What the host's siginfo said, in the host's numbers.
struct chost_signal_record {
    int32_t signal;
    int32_t code;
    int32_t pid;
    uint32_t uid;
    /// SIGCHLD: exit status or signal number.
    int32_t status;
    /// POSIX timers: expirations beyond the first, and the kernel's number of the timer.
    int32_t overrun;
    int32_t timer;
    /// `si_errno`; the guest's signal in a signal that `chost_signal_queue` sent.
    int32_t error;
    /// `sigqueue`'s or the timer's value.
    uint64_t value;
    /// SIGIO: the band event.
    int64_t band;
};

/// How the host treats a signal.
enum chost_disposition { CHOST_DEFAULT, CHOST_IGNORE, CHOST_CATCH };

/// Sets the host's treatment of a signal. `flags` are SA_NOCLDSTOP and SA_NOCLDWAIT of the host, or 0. 0, or an errno.
///
/// Faults (SIGSEGV, SIGBUS, SIGFPE, SIGILL) belong to chost_fault.h and are refused with EINVAL.
int chost_signal_dispose(int signal, enum chost_disposition disposition, int flags);
/// The host's present treatment, as inherited at start; negative for a number that has none.
int chost_signal_disposition(int signal);

/// Takes the emulator's handler off a fault's signal: it is ignored, or has its default action. For exec.
void chost_signal_release_fault(int signal, int is_ignored);

/// Takes the oldest signal noted in this thread; 0 when there is none.
///
/// A signal is noted at most once and none is dropped: when the notes are full the host keeps further ones pending.
int chost_signal_next(struct chost_signal_record *record);
/// Forgets what was noted and not taken: after a child that had this thread's memory, whose signals they were.
void chost_signal_forget_notes(void);
/// Whether a signal was noted since `chost_signal_next` last found none.
int chost_signal_noted(void);

/// The handler itself, for signals that another handler received: notes the signal, stops translated code at its next
/// safepoint, and turns a blocking call that has not begun into EINTR.
void chost_signal_note(int signal, void *siginfo, void *context);

/// Makes a host system call that may block, such that no signal is missed: when one is noted before the call begins to
/// block, the call is not made; when one comes while it blocks, the call ends. Both give -EINTR. Otherwise the kernel's
/// result, negative for an errno.
///
/// The caller then takes the notes (`chost_signal_next`), and, when none of them concerns the guest, calls again.
long chost_blocking_syscall(long number, long a, long b, long c, long d, long e, long f);

/// Sleeps until a time of CLOCK_MONOTONIC, or for ever when it is negative: 0, or -EINTR as soon as a signal is noted.
long chost_sleep_until(int64_t deadline_nanoseconds);
/// The present time of that clock.
int64_t chost_monotonic_nanoseconds(void);

/// Blocks all host signals but those that instructions raise; the result is the mask before, bit `signal - 1`.
uint64_t chost_signal_block_all(void);
/// Sets the host's mask. Outside of stretches that block everything it is 0, but for signals that are held: masks are
/// kept by the emulator.
void chost_signal_set_mask(uint64_t mask);

/// Leaves signals with the host's kernel until they are let go: the emulator has no room for more of them.
void chost_signal_hold(uint64_t mask);

/// Ends the process by a host signal's default action. Does not return when that action is to terminate.
void chost_signal_die(int signal);
/// Carries out a stop signal's default action, then gives the signal its former treatment back.
void chost_signal_stop(int signal);
/// Sends a signal with siginfo to a process (`si_code`, `si_errno` and value as given). 0, or an errno.
int chost_signal_queue(int32_t pid, int signal, int code, int error, uint64_t value);

// MARK: Waking another thread

/// What other threads need to wake the calling one; valid until it ends.
void *chost_signal_thread(void);
/// Makes a thread look for signals: it leaves translated code at its next safepoint, and a blocking call of its ends or
/// does not begin. The two name the same thread of this process. Does nothing when it has been asked already and has
/// not looked yet.
void chost_signal_kick(void *thread, int32_t number);
/// Forgets kicks on their way: in the child of a fork they were the parent's.
void chost_signal_forget_kicks(void);
/// As `chost_signal_queue` to one thread of a process.
int chost_signal_queue_thread(int32_t pid, int32_t number, int signal, int code, int error, uint64_t value);
