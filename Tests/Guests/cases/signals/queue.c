// Which signals wait, in which order they come, and what they carry. Authority: sigqueue_add, issignal and cursig of
// sys/kern/kern_sig.c: FreeBSD queues every signal, the lowest number comes first, those sent to the thread before those
// sent to the process.
#include "cases.h"
#include "threads.h"

enum { MANY = 64 };
static volatile int order[4 * MANY], values[4 * MANY], codes[4 * MANY], count;

static void note(int signal, struct signal_info *info, struct user_context *context) {
    (void)context;
    if (count >= 4 * MANY) return;
    order[count] = signal;
    codes[count] = info->code;
    values[count++] = info->value.integer;
}

static const struct signal_set everything = {{~0u, ~0u, ~0u, ~0u}}, nothing_blocked = {{0}};
static int self;

// All signals wait from here on, and every one that is given has the handler.
static void hold(const int *signals, int number) {
    self = (int)sys_getpid();
    sys_sigprocmask(SIG_SETMASK, &everything, 0);
    for (int i = 0; i < number; i++) {
        // All signals are blocked while a handler runs, so that handlers do not nest.
        struct signal_action action = {(void *)note, SA_SIGINFO, everything};
        sys_sigaction(signals[i], &action, 0);
    }
}

static void release(void) { sys_sigprocmask(SIG_SETMASK, &nothing_blocked, 0); }

static void send(int signal, int value) {
    union { int integer; void *pointer; } word = {.integer = value};
    sys_sigqueue(self, signal, word.pointer);
}

CASE(order, "the lowest number first, whatever came first") {
    static const int signals[] = {SIGUSR2, SIGHUP, SIGRTMAX, SIGTERM, SIGRTMIN, SIGINT, SIGUSR1};
    static const int sorted[] = {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGRTMIN, SIGRTMAX};
    hold(signals, COUNT_OF(signals));
    for (unsigned i = 0; i < COUNT_OF(signals); i++)
        sys_kill(self, signals[i]);
    release();
    check_equal("delivered", count, COUNT_OF(signals));
    for (unsigned i = 0; i < COUNT_OF(sorted); i++)
        check_equal("place", order[i], sorted[i]);
}

CASE(order, "several of one real-time signal in the order sent, with their values") {
    static const int signals[] = {SIGRTMIN + 1};
    hold(signals, 1);
    for (int i = 0; i < MANY; i++)
        send(SIGRTMIN + 1, i * 3);
    release();
    check_equal("delivered", count, MANY);
    int wrong = 0;
    for (int i = 0; i < MANY; i++)
        wrong += values[i] != i * 3;
    check_equal("out of order", wrong, 0);
}

CASE(order, "of several signals sent in turns, each number's in its own order") {
    static const int signals[] = {SIGRTMIN + 2, SIGRTMIN + 1, SIGUSR1};
    hold(signals, 3);
    for (int i = 0; i < 30; i++)
        send(signals[i % 3], i);
    release();
    check_equal("delivered", count, 30);
    int wrong = 0;
    for (int i = 0; i < 30; i++) {
        wrong += order[i] != signals[2 - i / 10];
        wrong += values[i] != i % 10 * 3 + 2 - i / 10;
    }
    check_equal("out of order", wrong, 0);
}

CASE(order, "plain signals of kill are queued as well, one for each") {
    static const int signals[] = {SIGUSR1};
    hold(signals, 1);
    for (int i = 0; i < 10; i++)
        sys_kill(self, SIGUSR1);
    release();
    check_equal("delivered", count, 10);
    for (int i = 0; i < 10; i++)
        check_equal("si_code", codes[i], SI_USER);
}

CASE(order, "what was sent to the thread comes before what was sent to the process") {
    static const int signals[] = {SIGUSR1};
    hold(signals, 1);
    send(SIGUSR1, 5);
    sys_thr_kill(own_id(), SIGUSR1);
    release();
    check_equal("delivered", count, 2);
    check_equal("first", codes[0], SI_LWP);
    check_equal("second", codes[1], SI_QUEUE);
}

CASE(sigqueue, "signal 0 only asks") {
    check_equal("oneself", sys_sigqueue((int)sys_getpid(), 0, 0), 0);
    check_errno("nobody", sys_sigqueue(0x3fffffff, 0, 0), ESRCH);
    check_errno("no signal", sys_sigqueue((int)sys_getpid(), 200, 0), EINVAL);
    check_errno("no process group", sys_sigqueue(-1, SIGUSR1, 0), EINVAL);
}

CASE(sigqueue, "gives EAGAIN when kern.sigqueue.max_pending_per_proc signals wait") {
    static const int signals[] = {SIGRTMIN};
    int most = 0, sent = 0;
    size_t size = sizeof most;
    if (sys___sysctlbyname("kern.sigqueue.max_pending_per_proc", 34, &most, &size, 0, 0) != 0)
        skip_case("kern.sigqueue.max_pending_per_proc is not told");
    hold(signals, 1);
    long result = 0;
    while (sent <= most && (result = sys_sigqueue(self, SIGRTMIN, (void *)1)) == 0)
        sent++;
    check_equal("queued", sent, most);
    check_errno("one more", result, EAGAIN);
    struct signal_info info;
    struct timespec now = {0, 0};
    struct signal_set set = signal_set_of(SIGRTMIN);
    check_equal("one taken", sys_sigtimedwait(&set, &info, &now), SIGRTMIN);
    check_equal("makes room", sys_sigqueue(self, SIGRTMIN, (void *)1), 0);
}

CASE(sigqueue, "carries a pointer of 64 bits") {
    struct signal_set set = signal_set_of(SIGRTMIN);
    struct signal_info info = {0};
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    sys_sigqueue((int)sys_getpid(), SIGRTMIN, (void *)0xfedcba9876543210);
    check_equal("sigtimedwait", sys_sigtimedwait(&set, &info, 0), SIGRTMIN);
    check_equal("si_value", (long)info.value.pointer, (long)0xfedcba9876543210);
}

CASE(sigqueue, "reaches a child, and tells who sent it") {
    struct signal_set set = signal_set_of(SIGRTMIN + 5);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    int parent = (int)sys_getpid(), child = (int)sys_fork();
    if (child == 0) {
        struct signal_info info = {0};
        long signal = sys_sigtimedwait(&set, &info, 0);
        guest_exit(signal == SIGRTMIN + 5 && info.pid == parent && (long)info.value.pointer == 0x77l << 32
                       ? 3 : 4);
    }
    check_equal("sigqueue", sys_sigqueue(child, SIGRTMIN + 5, (void *)(0x77l << 32)), 0);
    check_equal("the child", wait_for(child), 3 << 8);
}

CASE(ignored, "a signal that becomes ignored is forgotten while it waits") {
    static const int signals[] = {SIGUSR1};
    struct signal_set pending;
    hold(signals, 1);
    sys_kill(self, SIGUSR1);
    set_handler(SIGUSR1, SIG_IGN, 0);
    sys_sigpending(&pending);
    check("not pending", !signal_set_has(&pending, SIGUSR1));
    set_handler(SIGUSR1, (void *)note, SA_SIGINFO);
    release();
    check_equal("not delivered", count, 0);
}

CASE(ignored, "so is one whose default is to do nothing") {
    static const int signals[] = {SIGCHLD};
    struct signal_set pending;
    hold(signals, 1);
    sys_kill(self, SIGCHLD);
    sys_sigpending(&pending);
    check("pending with a handler", signal_set_has(&pending, SIGCHLD));
    set_handler(SIGCHLD, SIG_DFL, 0);
    sys_sigpending(&pending);
    check("not pending without", !signal_set_has(&pending, SIGCHLD));
}

CASE(pending, "a child starts with none") {
    static const int signals[] = {SIGUSR1};
    hold(signals, 1);
    sys_kill(self, SIGUSR1);
    int child = (int)sys_fork();
    if (child == 0) {
        struct signal_set pending;
        sys_sigpending(&pending);
        guest_exit(signal_set_has(&pending, SIGUSR1) ? 1 : 2);
    }
    check_equal("the child", wait_for(child), 2 << 8);
}

CASE(stop, "SIGCONT forgets signals that stop, and they forget SIGCONT") {
    static const int signals[] = {SIGCONT, SIGTSTP};
    struct signal_set pending;
    hold(signals, 2);
    sys_kill(self, SIGTSTP);
    sys_kill(self, SIGCONT);
    sys_sigpending(&pending);
    check("SIGTSTP is gone", !signal_set_has(&pending, SIGTSTP) && signal_set_has(&pending, SIGCONT));
    sys_kill(self, SIGTSTP);
    sys_sigpending(&pending);
    check("SIGCONT is gone", signal_set_has(&pending, SIGTSTP) && !signal_set_has(&pending, SIGCONT));
}
