// Taking signals instead of handling them: sigtimedwait, sigwaitinfo, sigwait, sigsuspend, and kqueue beside them.
// Authority: sigwaitinfo(2), sigwait(2), sigsuspend(2), kern_sigtimedwait of sys/kern/kern_sig.c.
#include "cases.h"
#include "events.h"
#include "threads.h"

enum { SYS_SIGWAIT = 429, SYS_SIGWAITINFO = 346 };
static volatile int count;

static void note(int signal) { (void)signal; count++; }

static int self(void) { return (int)sys_getpid(); }

static struct signal_set block(int signal) {
    struct signal_set set = signal_set_of(signal);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    return set;
}

static long call2(long number, const void *first, void *second) {
    struct raw_syscall raw = {.number = number, .arguments = {(long)first, (long)second}};
    raw_syscall(&raw);
    return raw.error ? -raw.first : raw.first;
}

CASE(sigwait, "gives the number through its argument") {
    struct signal_set set = block(SIGUSR1);
    int signal = 0;
    sys_kill(self(), SIGUSR1);
    check_equal("sigwait", call2(SYS_SIGWAIT, &set, &signal), 0);
    check_equal("the number", signal, SIGUSR1);
}

// A child that sends SIGUSR2, which has a handler, and then SIGUSR1.
static int disturb(int flags) {
    int parent = self();
    set_handler(SIGUSR2, (void *)note, flags);
    int child = (int)sys_fork();
    if (child) return child;
    pause_for(30000000);
    sys_kill(parent, SIGUSR2);
    pause_for(30000000);
    sys_kill(parent, SIGUSR1);
    guest_exit(0);
}

CASE(sigwait, "begins again after a handler with SA_RESTART") {
    struct signal_set set = block(SIGUSR1);
    int signal = 0, child = disturb(SA_RESTART);
    check_equal("sigwait", call2(SYS_SIGWAIT, &set, &signal), 0);
    check_equal("the number", signal, SIGUSR1);
    check_equal("the handler ran", count, 1);
    wait_for(child);
}

// Errors are the value of sigwait; programs built since FreeBSD 7 get EINTR and the C library tries again.
CASE(sigwait, "gives EINTR as its value after a handler without SA_RESTART") {
    struct signal_set set = block(SIGUSR1);
    int signal = 0, child = disturb(0);
    check_equal("sigwait", call2(SYS_SIGWAIT, &set, &signal), EINTR);
    check_equal("the handler ran", count, 1);
    wait_for(child);
}

CASE(sigwaitinfo, "begins again after a handler with SA_RESTART, and ends with EINTR without") {
    struct signal_set set = block(SIGUSR1);
    int child = disturb(SA_RESTART);
    check_equal("with", call2(SYS_SIGWAITINFO, &set, 0), SIGUSR1);
    wait_for(child);
    child = disturb(0);
    check_errno("without", call2(SYS_SIGWAITINFO, &set, 0), EINTR);
    wait_for(child);
}

CASE(sigwaitinfo, "gives number and information") {
    struct signal_set set = block(SIGRTMIN + 2);
    struct signal_info info = {0};
    sys_sigqueue(self(), SIGRTMIN + 2, (void *)0x123456789a);
    check_equal("sigwaitinfo", call2(SYS_SIGWAITINFO, &set, &info), SIGRTMIN + 2);
    check_equal("si_signo", info.signal, SIGRTMIN + 2);
    check_equal("si_code", info.code, SI_QUEUE);
    check_equal("si_value", (long)info.value.pointer, 0x123456789a);
    check_equal("si_pid", info.pid, self());
}

CASE(sigtimedwait, "takes the lowest of those that wait") {
    struct signal_set set = {{0, 0, ~0u, ~0u}};
    struct timespec none = {0, 0};
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    for (int i = 5; i > 0; i--)
        sys_kill(self(), SIGRTMIN + i);
    for (int i = 1; i <= 5; i++)
        check_equal("taken", sys_sigtimedwait(&set, 0, &none), SIGRTMIN + i);
    check_errno("no more", sys_sigtimedwait(&set, 0, &none), EAGAIN);
}

CASE(sigtimedwait, "takes only what its set names") {
    struct signal_set set = block(SIGUSR1), other = block(SIGUSR2), pending;
    struct timespec short_time = {0, 5000000};
    sys_kill(self(), SIGUSR2);
    check_errno("SIGUSR1", sys_sigtimedwait(&set, 0, &short_time), EAGAIN);
    sys_sigpending(&pending);
    check("SIGUSR2 waits", signal_set_has(&pending, SIGUSR2));
    check_equal("SIGUSR2", sys_sigtimedwait(&other, 0, &short_time), SIGUSR2);
}

CASE(sigtimedwait, "refuses wrong times and places") {
    struct signal_set set = block(SIGUSR1);
    struct timespec wrong = {0, 1000000000}, negative = {0, -1};
    check_errno("too many nanoseconds", sys_sigtimedwait(&set, 0, &wrong), EINVAL);
    check_errno("negative ones", sys_sigtimedwait(&set, 0, &negative), EINVAL);
    check_errno("a wild set", sys_sigtimedwait((void *)16, 0, 0), EFAULT);
    check_errno("a wild time", sys_sigtimedwait(&set, 0, (void *)16), EFAULT);
}

CASE(sigtimedwait, "waits as long as it is told") {
    struct signal_set set = block(SIGUSR1);
    struct timespec time = {0, 50000000};
    long start = now_nanoseconds(CLOCK_MONOTONIC);
    check_errno("sigtimedwait", sys_sigtimedwait(&set, 0, &time), EAGAIN);
    check("at least", now_nanoseconds(CLOCK_MONOTONIC) - start >= 50000000);
}

CASE(sigtimedwait, "takes a signal that is not blocked while it waits, and runs no handler") {
    struct signal_set set = signal_set_of(SIGUSR1);
    int parent = self();
    set_handler(SIGUSR1, (void *)note, 0);
    int child = (int)sys_fork();
    if (child == 0) {
        pause_for(50000000);
        sys_kill(parent, SIGUSR1);
        guest_exit(0);
    }
    check_equal("sigtimedwait", sys_sigtimedwait(&set, 0, 0), SIGUSR1);
    check_equal("handlers", count, 0);
    wait_for(child);
}

CASE(sigtimedwait, "never takes SIGKILL") {
    struct signal_set set = signal_set_of(SIGKILL);
    int child = (int)sys_fork();
    if (child == 0) {
        sys_sigtimedwait(&set, 0, 0);
        guest_exit(1);
    }
    pause_for(20000000);
    sys_kill(child, SIGKILL);
    check_equal("killed", WTERMSIG(wait_for(child)), SIGKILL);
}

static volatile uint32_t taken, last;

static void take(void *argument) {
    struct signal_set set = signal_set_of(SIGUSR1);
    (void)argument;
    long signal = sys_sigtimedwait(&set, 0, 0);
    __atomic_store_n(&last, (uint32_t)signal, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&taken, 1, __ATOMIC_SEQ_CST);
}

CASE(sigtimedwait, "of several threads that wait, each takes one") {
    enum { THREADS = 4 };
    static struct thread threads[THREADS];
    block(SIGUSR1);
    for (int i = 0; i < THREADS; i++)
        thread_start(&threads[i], take, 0);
    for (uint32_t i = 1; i <= THREADS; i++) {
        sys_kill(self(), SIGUSR1);
        await(&taken, i);
    }
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
    check_equal("taken", taken, THREADS);
    check_equal("the last", last, SIGUSR1);
}

CASE(sigsuspend, "handles what its mask lets through, then has the old mask again") {
    struct signal_set one = block(SIGUSR1), two = block(SIGUSR2), now;
    (void)two;
    set_handler(SIGUSR1, (void *)note, 0);
    set_handler(SIGUSR2, (void *)note, 0);
    sys_kill(self(), SIGUSR1);
    sys_kill(self(), SIGUSR2);
    check_errno("sigsuspend", sys_sigsuspend(&one), EINTR);
    check_equal("only SIGUSR2", count, 1);
    sys_sigprocmask(SIG_BLOCK, 0, &now);
    check("the old mask", signal_set_has(&now, SIGUSR1) && signal_set_has(&now, SIGUSR2));
    check_errno("a wild mask", sys_sigsuspend((void *)16), EFAULT);
}

CASE(sigsuspend, "is not ended by an ignored signal") {
    struct signal_set none = {{0}};
    int parent = self();
    set_handler(SIGUSR1, SIG_IGN, 0);
    set_handler(SIGUSR2, (void *)note, 0);
    int child = (int)sys_fork();
    if (child == 0) {
        pause_for(30000000);
        for (int i = 0; i < 3; i++)
            sys_kill(parent, SIGUSR1);
        pause_for(30000000);
        sys_kill(parent, SIGUSR2);
        guest_exit(0);
    }
    check_errno("sigsuspend", sys_sigsuspend(&none), EINTR);
    check_equal("ended by SIGUSR2", count, 1);
    wait_for(child);
}

CASE(pselect, "has its mask while it waits, and no longer") {
    struct signal_set none = {{0}}, now;
    struct timespec second = {1, 0};
    block(SIGUSR1);
    set_handler(SIGUSR1, (void *)note, 0);
    sys_kill(self(), SIGUSR1);
    check_errno("pselect", sys_pselect(0, 0, 0, 0, &second, &none), EINTR);
    check_equal("handled", count, 1);
    sys_sigprocmask(SIG_BLOCK, 0, &now);
    check("blocked again", signal_set_has(&now, SIGUSR1));
    sys_kill(self(), SIGUSR1);
    check_errno("ppoll", sys_ppoll(0, 0, &second, &none), EINTR);
    check_equal("handled", count, 2);
}

CASE(kevent, "EVFILT_SIGNAL counts signals even when they are ignored") {
    struct kernel_event event = {0};
    int queue = (int)sys_kqueue();
    set_handler(SIGUSR1, SIG_IGN, 0);
    check_equal("EV_ADD", change_event(queue, SIGUSR1, EVFILT_SIGNAL, EV_ADD, 0, 0), 0);
    for (int i = 0; i < 3; i++)
        sys_kill(self(), SIGUSR1);
    check_equal("one event", next_event(queue, &event, 1000), 1);
    check_equal("three signals", event.data, 3);
    check_equal("no other", events_now(queue, &event, 1), 0);
}
