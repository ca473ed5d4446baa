// Sending signals and waiting for them: kill(2), sigqueue(2), sigwait(2), sigwaitinfo(2), sigtimedwait(2).
#include "../../runtime/children.h"

static volatile int counter, last_code, last_value, last_sender;
static const struct timespec at_once = {0, 0};

static void count(int signal) {
    (void)signal;
    counter++;
}

static void tell(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)context;
    last_code = info->code;
    last_value = info->value.integer;
    last_sender = info->pid;
    counter++;
}

static int own(void) { return (int)sys_getpid(); }

// A blocked signal with a handler: it stays pending.
static struct signal_set blocked(int signal) {
    struct signal_set set = signal_set_of(signal);
    set_handler(signal, (void *)count, 0);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    return set;
}

static struct signal_set both(int first, int second) {
    struct signal_set set = blocked(first), other = blocked(second);
    for (int i = 0; i < 4; i++) set.bits[i] |= other.bits[i];
    return set;
}

// A child that sends a signal to its parent after so many milliseconds, and again, should the parent not have waited yet.
static int sender_of(int signal, int milliseconds) {
    int parent = own(), child = (int)sys_fork();
    if (child == 0) {
        for (;;) {
            pause_milliseconds(milliseconds);
            sys_kill(parent, signal);
            pause_milliseconds(200);
        }
    }
    return child;
}

static void *value_of(int number) {
    union { int integer; void *pointer; } value = {.pointer = 0};
    value.integer = number;
    return value.pointer;
}

CASE(kill, "reaches the caller before it returns") {
    set_handler(SIGUSR1, (void *)count, 0);
    check_equal("kill", sys_kill(own(), SIGUSR1), 0);
    check_equal("the handler ran", counter, 1);
}

CASE(kill, "reaches another process") {
    int child = child_pausing();
    check_equal("kill", sys_kill(child, SIGINT), 0);
    check_equal("status", wait_for(child), SIGINT);
}

CASE(kill, "only asks with signal zero") {
    int child = child_pausing();
    check_equal("there", sys_kill(child, 0), 0);
    end_child(child);
    check_errno("gone", sys_kill(child, 0), ESRCH);
}

CASE(kill, "finds a zombie") {
    int child = child_exiting(0);
    await_zombie(child);
    check_equal("0", sys_kill(child, 0), 0);
    check_equal("SIGTERM", sys_kill(child, SIGTERM), 0);
    check_equal("status", wait_for(child), 0);
}

CASE(kill, "refuses what is no signal") {
    check_errno("-1", sys_kill(own(), -1), EINVAL);
    check_errno("129", sys_kill(own(), 129), EINVAL);
    check_errno("1000000", sys_kill(own(), 1000000), EINVAL);
}

CASE(kill, "refuses who is not there") {
    check_errno("process", sys_kill(NO_PROCESS, SIGTERM), ESRCH);
    check_errno("group", sys_kill(-NO_PROCESS, SIGTERM), ESRCH);
}

CASE(kill, "reaches the caller's group with zero") {
    sys_setpgid(0, 0);
    set_handler(SIGUSR1, (void *)count, 0);
    int child = (int)sys_fork();
    if (child == 0) {
        while (!counter) pause_milliseconds(5);
        guest_exit(7);
    }
    pause_milliseconds(30);
    check_equal("kill", sys_kill(0, SIGUSR1), 0);
    check_equal("the caller", counter, 1);
    check_equal("the child", wait_for(child), 7 << 8);
}

CASE(kill, "reaches another group") {
    int first = child_pausing(), second = child_pausing();
    sys_setpgid(first, first);
    sys_setpgid(second, first);
    check_equal("kill", sys_kill(-first, SIGKILL), 0);
    check_equal("first", wait_for(first), SIGKILL);
    check_equal("second", wait_for(second), SIGKILL);
}

CASE(kill, "refuses a process of another user") {
    int child = (int)sys_fork();
    if (child == 0) {
        become_ordinary_user();
        guest_exit(sys_kill(1, SIGCONT) == -EPERM ? 0 : 1);
    }
    int status = wait_for(child);
    if (status == CASE_SKIPPED << 8) skip_case("cannot become another user");
    check_equal("in the child", status, 0);
}

CASE(kill, "sends realtime signals to another process") {
    int child = child_pausing();
    check_equal("kill", sys_kill(child, SIGRTMIN + 3), 0);
    check_equal("status", WTERMSIG(wait_for(child)), SIGRTMIN + 3);
}

CASE(kill, "tells who sent it") {
    set_handler(SIGUSR2, (void *)tell, SA_SIGINFO);
    int child = sender_of(SIGUSR2, 0);
    while (!counter) pause_milliseconds(5);
    check_equal("si_pid", last_sender, child);
    check_equal("si_code", last_code, SI_USER);
    end_child(child);
}

CASE(sigqueue, "sends a value") {
    set_handler(SIGUSR1, (void *)tell, SA_SIGINFO);
    check_equal("sigqueue", sys_sigqueue(own(), SIGUSR1, value_of(4711)), 0);
    check_equal("calls", counter, 1);
    check_equal("si_code", last_code, SI_QUEUE);
    check_equal("si_value", last_value, 4711);
    check_equal("si_pid", last_sender, own());
}

CASE(sigqueue, "sends a value to another process") {
    int child = (int)sys_fork();
    if (child == 0) {
        set_handler(SIGRTMIN, (void *)tell, SA_SIGINFO);
        int ready = (int)sys_open("../ready", O_RDWR | O_CREAT, 0600);
        sys_close(ready);
        while (!counter) pause_milliseconds(5);
        guest_exit(last_value);
    }
    while (sys_access("../ready", F_OK) != 0) pause_milliseconds(5);
    sys_unlink("../ready");
    check_equal("sigqueue", sys_sigqueue(child, SIGRTMIN, value_of(99)), 0);
    check_equal("the value", wait_for(child), 99 << 8);
}

CASE(sigqueue, "keeps the order of one signal") {
    struct signal_set set = blocked(SIGRTMIN + 1);
    struct signal_info info;
    for (int i = 1; i <= 3; i++) check_equal("sigqueue", sys_sigqueue(own(), SIGRTMIN + 1, value_of(i)), 0);
    for (int i = 1; i <= 3; i++) {
        check_equal("sigtimedwait", sys_sigtimedwait(&set, &info, &at_once), SIGRTMIN + 1);
        check_equal("value", info.value.integer, i);
    }
    check_errno("no more", sys_sigtimedwait(&set, &info, &at_once), EAGAIN);
}

CASE(sigqueue, "gives the lowest signal first") {
    struct signal_set set = both(SIGRTMIN + 9, SIGRTMIN + 2);
    struct signal_info info;
    sys_sigqueue(own(), SIGRTMIN + 9, 0);
    sys_sigqueue(own(), SIGRTMIN + 2, 0);
    check_equal("first", sys_sigtimedwait(&set, &info, &at_once), SIGRTMIN + 2);
    check_equal("second", sys_sigtimedwait(&set, &info, &at_once), SIGRTMIN + 9);
}

// sigqueue(2): EAGAIN when kern.sigqueue.max_pending_per_proc, 128, wait already.
CASE(sigqueue, "refuses more than a process may have") {
    blocked(SIGRTMIN);
    long result = 0;
    int queued = 0;
    while (queued < 1000 && (result = sys_sigqueue(own(), SIGRTMIN, 0)) == 0) queued++;
    check_errno("sigqueue", result, EAGAIN);
    check_equal("queued", queued, 128);
}

CASE(sigqueue, "refuses groups") {
    check_errno("0", sys_sigqueue(0, SIGUSR1, 0), EINVAL);
    check_errno("-1", sys_sigqueue(-1, SIGUSR1, 0), EINVAL);
}

CASE(sigqueue, "refuses what is no signal") {
    check_errno("129", sys_sigqueue(own(), 129, 0), EINVAL);
    check_errno("-1", sys_sigqueue(own(), -1, 0), EINVAL);
}

CASE(sigqueue, "only asks with signal zero") {
    check_equal("there", sys_sigqueue(own(), 0, 0), 0);
    check_errno("not there", sys_sigqueue(NO_PROCESS, 0, 0), ESRCH);
    check_errno("not there", sys_sigqueue(NO_PROCESS, SIGUSR1, 0), ESRCH);
}

CASE(sigwait, "takes a pending signal") {
    struct signal_set set = blocked(SIGUSR1);
    int signal = 0;
    sys_kill(own(), SIGUSR1);
    check_equal("sigwait", sys_sigwait(&set, &signal), 0);
    check_equal("signal", signal, SIGUSR1);
    check_equal("no handler ran", counter, 0);
    struct signal_set pending;
    sys_sigpending(&pending);
    check("taken", !signal_set_has(&pending, SIGUSR1));
}

CASE(sigwait, "waits for a signal") {
    struct signal_set set = blocked(SIGUSR1);
    int signal = 0, child = sender_of(SIGUSR1, 100);
    check_equal("sigwait", sys_sigwait(&set, &signal), 0);
    check_equal("signal", signal, SIGUSR1);
    end_child(child);
}

// sys_sigwait: the errors are the result.
CASE(sigwait, "refuses bad addresses") {
    int signal;
    struct signal_set set = blocked(SIGUSR1);
    sys_kill(own(), SIGUSR1);
    long result = sys_sigwait(unmapped_page(), &signal);
    check("set", result == EFAULT || result == -EFAULT);
    result = sys_sigwait(&set, unmapped_page());
    check("signal", result == EFAULT || result == -EFAULT);
}

CASE(sigwaitinfo, "tells who sent the signal") {
    struct signal_set set = blocked(SIGUSR2);
    struct signal_info info;
    int child = sender_of(SIGUSR2, 50);
    check_equal("sigwaitinfo", sys_sigwaitinfo(&set, &info), SIGUSR2);
    check_equal("si_signo", info.signal, SIGUSR2);
    check_equal("si_pid", info.pid, child);
    check_equal("si_code", info.code, SI_USER);
    check_equal("si_uid", info.user, sys_getuid());
    end_child(child);
}

CASE(sigwaitinfo, "is interrupted by another signal") {
    struct signal_set set = blocked(SIGUSR2);
    set_handler(SIGUSR1, (void *)count, 0);
    int child = sender_of(SIGUSR1, 100);
    check_errno("sigwaitinfo", sys_sigwaitinfo(&set, 0), EINTR);
    check("the handler ran", counter >= 1);
    end_child(child);
}

CASE(sigwaitinfo, "needs no place for the information") {
    struct signal_set set = blocked(SIGUSR2);
    sys_kill(own(), SIGUSR2);
    check_equal("sigwaitinfo", sys_sigwaitinfo(&set, 0), SIGUSR2);
}

CASE(sigwaitinfo, "refuses a bad address") {
    check_errno("set", sys_sigwaitinfo(unmapped_page(), 0), EFAULT);
}

CASE(sigtimedwait, "takes a pending signal at once") {
    struct signal_set set = blocked(SIGUSR1);
    sys_kill(own(), SIGUSR1);
    check_equal("sigtimedwait", sys_sigtimedwait(&set, 0, &at_once), SIGUSR1);
}

CASE(sigtimedwait, "gives up after the time") {
    struct signal_set set = blocked(SIGUSR1);
    struct timespec time = {0, 50000000};
    check_errno("at once", sys_sigtimedwait(&set, 0, &at_once), EAGAIN);
    check_errno("50 ms", sys_sigtimedwait(&set, 0, &time), EAGAIN);
}

CASE(sigtimedwait, "refuses a time that is none") {
    struct signal_set set = blocked(SIGUSR1);
    struct timespec time = {0, 1000000000};
    check_errno("nanoseconds", sys_sigtimedwait(&set, 0, &time), EINVAL);
    time.nanoseconds = -1;
    check_errno("negative nanoseconds", sys_sigtimedwait(&set, 0, &time), EINVAL);
}

// kern_sigtimedwait: "POSIX says this must be checked after looking for pending signals".
CASE(sigtimedwait, "takes a pending signal whatever the time") {
    struct signal_set set = blocked(SIGUSR1);
    struct timespec time = {0, 1000000000};
    sys_kill(own(), SIGUSR1);
    check_equal("sigtimedwait", sys_sigtimedwait(&set, 0, &time), SIGUSR1);
}

// kern_sigtimedwait looks at the nanoseconds only: the past is over.
CASE(sigtimedwait, "gives up at once with negative seconds") {
    struct signal_set set = blocked(SIGUSR1);
    struct timespec time = {-5, 0};
    check_errno("sigtimedwait", sys_sigtimedwait(&set, 0, &time), EAGAIN);
}

CASE(sigtimedwait, "is interrupted by another signal") {
    struct signal_set set = blocked(SIGUSR2);
    struct timespec time = {10, 0};
    set_handler(SIGUSR1, (void *)count, SA_RESTART);
    int child = sender_of(SIGUSR1, 100);
    check_errno("sigtimedwait", sys_sigtimedwait(&set, 0, &time), EINTR);
    end_child(child);
}

CASE(sigtimedwait, "refuses bad addresses") {
    struct signal_set set = blocked(SIGUSR1);
    check_errno("set", sys_sigtimedwait(unmapped_page(), 0, &at_once), EFAULT);
    check_errno("timeout", sys_sigtimedwait(&set, 0, unmapped_page()), EFAULT);
}

// The signal is taken before its information is copied.
CASE(sigtimedwait, "fails on a bad address of the information") {
    struct signal_set set = blocked(SIGUSR1);
    sys_kill(own(), SIGUSR1);
    check_errno("sigtimedwait", sys_sigtimedwait(&set, unmapped_page(), &at_once), EFAULT);
}
