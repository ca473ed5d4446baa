#define _GNU_SOURCE
#include "chost_signal.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/ucontext.h>
#include <time.h>
#include <unistd.h>

#include "chost_state.h"

enum { NOTES = 64, KERNEL_SET_BYTES = 8, LAST_SIGNAL = 64 };
// Sent by one thread to another it says only: look. The guest has no signal of this number, and it is never held back.
enum { KICK_SIGNAL = 63 };

#define SIGNAL_BIT(signal) (UINT64_C(1) << ((signal)-1))
// What is never blocked: signals of instructions, and the one by which the C library changes users and groups of all
// threads (nptl(7)).
#define UNBLOCKED (SIGNAL_BIT(33) | SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGTRAP))

// The notes of one host thread. The handler, which runs with all signals blocked, is the only writer of `written` and
// the thread itself the only writer of `taken`, so plain atomic loads and stores in one thread are enough.
struct notes {
    uint32_t noted;
    uint32_t written;
    uint32_t taken;
    uint32_t is_full;
    // The thread itself has blocked signals: they stay so when there is room again.
    uint32_t is_blocked;
    // Signals that stay blocked when nothing else is.
    uint64_t held;
    // A kick is on its way; others would say no more.
    uint32_t kicked;
    struct chost_signal_record records[NOTES];
};

// Initial-exec: the handler reads it, and a dynamic TLS access may allocate.
static __thread struct notes notes __attribute__((tls_model("initial-exec")));

// MARK: The window

long chost_blocking_stub(long number, const long *arguments, const uint32_t *noted);
extern const char chost_blocking_start[], chost_blocking_end[], chost_blocking_abort[];

// Between the test and the system call's end a signal must not get lost: the handler moves the instruction pointer from
// anywhere in start ..< end to the abort path. A call that the kernel wants to restart has its instruction pointer on
// the instruction itself, inside the window; one that is complete has it at the end, outside.
__asm__(".text\n"
        ".globl chost_blocking_stub, chost_blocking_start, chost_blocking_end, chost_blocking_abort\n"
        ".hidden chost_blocking_stub, chost_blocking_start, chost_blocking_end, chost_blocking_abort\n"
        ".type chost_blocking_stub, @function\n"
        "chost_blocking_stub:\n"
        ".cfi_startproc\n"
        "  movq %rdi, %rax\n"
        "  movq %rdx, %rcx\n"
        "  movq (%rsi), %rdi\n"
        "  movq 16(%rsi), %rdx\n"
        "  movq 24(%rsi), %r10\n"
        "  movq 32(%rsi), %r8\n"
        "  movq 40(%rsi), %r9\n"
        "  movq 8(%rsi), %rsi\n"
        "chost_blocking_start:\n"
        "  cmpl $0, (%rcx)\n"
        "  jne chost_blocking_abort\n"
        "  syscall\n"
        "chost_blocking_end:\n"
        "  ret\n"
        "chost_blocking_abort:\n"
        "  movq $-4, %rax\n"
        "  ret\n"
        ".cfi_endproc\n"
        ".size chost_blocking_stub, . - chost_blocking_stub\n");
_Static_assert(EINTR == 4, "the abort path says EINTR");

long chost_blocking_syscall(long number, long a, long b, long c, long d, long e, long f) {
    const long arguments[] = {a, b, c, d, e, f};
    return chost_blocking_stub(number, arguments, &notes.noted);
}

// MARK: The handler

static void write_record(int signal, const siginfo_t *info) {
    uint32_t written = notes.written;
    struct chost_signal_record *record = &notes.records[written % NOTES];
    memset(record, 0, sizeof *record);
    record->signal = signal;
    record->code = info->si_code;
    record->error = info->si_errno;
    if (info->si_code == SI_TIMER) {
        record->overrun = info->si_overrun;
        record->timer = info->si_timerid;
        record->value = (uint64_t)(uintptr_t)info->si_value.sival_ptr;
    } else if (signal == SIGIO && info->si_code > 0) {
        record->band = info->si_band;
    } else {
        record->pid = info->si_pid;
        record->uid = info->si_uid;
        if (signal == SIGCHLD && info->si_code > 0) record->status = info->si_status;
        if (info->si_code < 0) record->value = (uint64_t)(uintptr_t)info->si_value.sival_ptr;
    }
    __atomic_store_n(&notes.written, written + 1, __ATOMIC_RELEASE);
}

void chost_signal_note(int signal, void *siginfo, void *opaque) {
    ucontext_t *context = opaque;
    if (signal == KICK_SIGNAL)
        __atomic_store_n(&notes.kicked, 0, __ATOMIC_SEQ_CST);
    else
        write_record(signal, siginfo);
    __atomic_store_n(&notes.noted, 1, __ATOMIC_RELEASE);
    if (notes.written - notes.taken >= NOTES) {
        // The kernel keeps what else comes until the thread has taken some; its mask is the first word of the set.
        uint64_t mask = ~UNBLOCKED;
        memcpy(&context->uc_sigmask, &mask, sizeof mask);
        notes.is_full = 1;
    }
    void *registers = chost_current_registers();
    if (registers != 0) chost_request_interrupt(registers);
    uintptr_t instruction = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
    if (instruction >= (uintptr_t)chost_blocking_start && instruction < (uintptr_t)chost_blocking_end)
        context->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)chost_blocking_abort;
}

static void handle_signal(int signal, siginfo_t *info, void *context) { chost_signal_note(signal, info, context); }

int chost_signal_noted(void) { return __atomic_load_n(&notes.noted, __ATOMIC_ACQUIRE) != 0; }

int chost_signal_next(struct chost_signal_record *record) {
    // The flag falls before the notes are read: a signal that comes in between raises it again.
    __atomic_store_n(&notes.noted, 0, __ATOMIC_SEQ_CST);
    uint32_t taken = notes.taken;
    if (taken == __atomic_load_n(&notes.written, __ATOMIC_ACQUIRE)) {
        if (notes.is_full) {
            notes.is_full = 0;
            if (notes.is_blocked) return 0;
            chost_signal_set_mask(0);
            return chost_signal_next(record);
        }
        return 0;
    }
    *record = notes.records[taken % NOTES];
    __atomic_store_n(&notes.taken, taken + 1, __ATOMIC_RELEASE);
    // What is left is still to be taken.
    __atomic_store_n(&notes.noted, 1, __ATOMIC_SEQ_CST);
    return 1;
}

void chost_signal_forget_notes(void) {
    notes.taken = notes.written;
    notes.is_full = 0;
    notes.noted = 0;
}

long chost_sleep_until(int64_t deadline_nanoseconds) {
    if (deadline_nanoseconds < 0) return chost_blocking_syscall(SYS_pause, 0, 0, 0, 0, 0, 0);
    struct timespec deadline = {deadline_nanoseconds / 1000000000, deadline_nanoseconds % 1000000000};
    return chost_blocking_syscall(
        SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, (long)&deadline, 0, 0, 0);
}

int64_t chost_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// MARK: Dispositions

static int is_fault(int signal) { return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL; }

int chost_signal_dispose(int signal, enum chost_disposition disposition, int flags) {
    if (signal < 1 || signal > LAST_SIGNAL || is_fault(signal)) return EINVAL;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_flags = flags;
    sigfillset(&action.sa_mask);
    switch (disposition) {
    case CHOST_DEFAULT: action.sa_handler = SIG_DFL; break;
    case CHOST_IGNORE: action.sa_handler = SIG_IGN; break;
    case CHOST_CATCH:
        action.sa_sigaction = handle_signal;
        // No SA_RESTART: the kernel restarting the call would hide the signal from a blocking call.
        action.sa_flags |= SA_SIGINFO | SA_ONSTACK;
        break;
    }
    return sigaction(signal, &action, 0) == 0 ? 0 : errno;
}

void chost_signal_release_fault(int signal, int is_ignored) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = is_ignored ? SIG_IGN : SIG_DFL;
    if (is_fault(signal)) sigaction(signal, &action, 0);
}

int chost_signal_disposition(int signal) {
    struct sigaction action;
    if (signal < 1 || signal > LAST_SIGNAL || sigaction(signal, 0, &action) != 0) return -1;
    if ((action.sa_flags & SA_SIGINFO) != 0) return CHOST_CATCH;
    return action.sa_handler == SIG_DFL ? CHOST_DEFAULT : action.sa_handler == SIG_IGN ? CHOST_IGNORE : CHOST_CATCH;
}

// glibc's wrappers refuse its own two signals, so the kernel is asked directly.
uint64_t chost_signal_block_all(void) {
    uint64_t mask = ~UNBLOCKED, before = 0;
    notes.is_blocked = 1;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, &before, KERNEL_SET_BYTES);
    return before;
}

void chost_signal_set_mask(uint64_t mask) {
    if (mask == 0) {
        notes.is_blocked = 0;
        mask = notes.held;
    }
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, 0, KERNEL_SET_BYTES);
}

void chost_signal_hold(uint64_t mask) {
    notes.held = mask;
    if (!notes.is_blocked && !notes.is_full) chost_signal_set_mask(0);
}

// MARK: Sending

static void act_by_default(int signal) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, 0);
    // Blocked until the signal is pending, so that nothing else is handled in between.
    chost_signal_block_all();
    syscall(SYS_tgkill, getpid(), gettid(), signal);
    chost_signal_set_mask(~SIGNAL_BIT(signal) & ~UNBLOCKED);
}

void chost_signal_die(int signal) { act_by_default(signal); }

void chost_signal_stop(int signal) {
    struct sigaction before;
    int known = sigaction(signal, 0, &before) == 0;
    act_by_default(signal);
    if (known && signal != SIGSTOP) sigaction(signal, &before, 0);
    chost_signal_set_mask(0);
}

static siginfo_t queued(int signal, int code, int error, uint64_t value) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_signo = signal;
    info.si_code = code;
    info.si_errno = error;
    info.si_pid = getpid();
    info.si_uid = getuid();
    info.si_value.sival_ptr = (void *)(uintptr_t)value;
    return info;
}

int chost_signal_queue(int32_t pid, int signal, int code, int error, uint64_t value) {
    siginfo_t info = queued(signal, code, error, value);
    return syscall(SYS_rt_sigqueueinfo, pid, signal, &info) == 0 ? 0 : errno;
}

int chost_signal_queue_thread(int32_t pid, int32_t number, int signal, int code, int error, uint64_t value) {
    siginfo_t info = queued(signal, code, error, value);
    return syscall(SYS_rt_tgsigqueueinfo, pid, number, signal, &info) == 0 ? 0 : errno;
}

// MARK: Waking another thread

void *chost_signal_thread(void) { return &notes; }

void chost_signal_forget_kicks(void) { __atomic_store_n(&notes.kicked, 0, __ATOMIC_SEQ_CST); }

void chost_signal_kick(void *thread, int32_t number) {
    struct notes *other = thread;
    if (__atomic_exchange_n(&other->kicked, 1, __ATOMIC_SEQ_CST) != 0) return;
    if (syscall(SYS_tgkill, getpid(), number, KICK_SIGNAL) == 0) return;
    // The host keeps no more signals for this user: the thread looks before its next blocking call.
    __atomic_store_n(&other->kicked, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&other->noted, 1, __ATOMIC_SEQ_CST);
}
