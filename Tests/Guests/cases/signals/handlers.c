// Handlers: masks while they run, nesting, one-shot handlers, alternate stacks. Authority: sigaction(2), sigaltstack(2).
#include "cases.h"
#include "threads.h"

static volatile int depth, deepest, count, order[16], recorded;
static volatile unsigned long places[16];
static struct signal_set inside;

static int self(void) { return (int)sys_getpid(); }

static int is_blocked(int signal) {
    struct signal_set set;
    sys_sigprocmask(SIG_BLOCK, 0, &set);
    return signal_set_has(&set, signal);
}

static void record(int signal, struct signal_info *info, struct user_context *context) {
    (void)info, (void)context;
    count++;
    sys_sigprocmask(SIG_BLOCK, 0, &inside);
    if (recorded < 16) order[recorded++] = signal;
}

CASE(mask, "sa_mask adds to what is blocked, and its end takes away no more than that") {
    struct signal_action action = {(void *)record, SA_SIGINFO, signal_set_of(SIGHUP)};
    struct signal_set before = signal_set_of(SIGINT);
    sys_sigprocmask(SIG_BLOCK, &before, 0);
    sys_sigaction(SIGUSR1, &action, 0);
    sys_kill(self(), SIGUSR1);
    check("blocked before", signal_set_has(&inside, SIGINT));
    check("in sa_mask", signal_set_has(&inside, SIGHUP));
    check("the signal itself", signal_set_has(&inside, SIGUSR1));
    check("no other", !signal_set_has(&inside, SIGUSR2));
    check("afterwards as before", is_blocked(SIGINT) && !is_blocked(SIGHUP) && !is_blocked(SIGUSR1));
}

CASE(mask, "SIGKILL and SIGSTOP in sa_mask are not blocked") {
    struct signal_action action = {(void *)record, SA_SIGINFO, {{~0u, ~0u, ~0u, ~0u}}}, told;
    sys_sigaction(SIGUSR1, &action, 0);
    sys_sigaction(SIGUSR1, 0, &told);
    check("not in the action", !signal_set_has(&told.mask, SIGKILL) && !signal_set_has(&told.mask, SIGSTOP));
    sys_kill(self(), SIGUSR1);
    check("nor in the handler", !signal_set_has(&inside, SIGKILL) && !signal_set_has(&inside, SIGSTOP));
    check("all others", signal_set_has(&inside, SIGHUP) && signal_set_has(&inside, SIGRTMAX));
}

static void unblock(int signal, struct signal_info *info, struct user_context *context) {
    (void)info, (void)context;
    struct signal_set set = signal_set_of(signal);
    deepest = ++depth > deepest ? depth : deepest;
    if (++count < 5) {
        sys_kill(self(), signal);
        check_equal("blocked: not yet", depth, deepest);
        sys_sigprocmask(SIG_UNBLOCK, &set, 0);
    }
    depth--;
}

CASE(nesting, "a handler that unblocks its signal is entered again") {
    set_handler(SIGUSR1, (void *)unblock, SA_SIGINFO);
    sys_kill(self(), SIGUSR1);
    check_equal("handlers", count, 5);
    check_equal("deepest", deepest, 5);
    check_equal("all have ended", depth, 0);
    check("unblocked at the end", !is_blocked(SIGUSR1));
}

static void nest_other(int signal, struct signal_info *info, struct user_context *context) {
    (void)info, (void)context;
    order[recorded++] = signal;
    if (signal == SIGUSR1) {
        sys_kill(self(), SIGUSR2);
        order[recorded++] = -signal;
    }
}

CASE(nesting, "another signal interrupts a handler at once") {
    set_handler(SIGUSR1, (void *)nest_other, SA_SIGINFO);
    set_handler(SIGUSR2, (void *)nest_other, SA_SIGINFO);
    sys_kill(self(), SIGUSR1);
    check_equal("SIGUSR1 begins", order[0], SIGUSR1);
    check_equal("SIGUSR2", order[1], SIGUSR2);
    check_equal("SIGUSR1 ends", order[2], -SIGUSR1);
}

CASE(nesting, "two that become free together: the second interrupts the first before its first instruction") {
    static struct signal_set both;
    set_handler(SIGUSR1, (void *)record, SA_SIGINFO);
    set_handler(SIGUSR2, (void *)record, SA_SIGINFO);
    both.bits[0] = signal_set_of(SIGUSR1).bits[0] | signal_set_of(SIGUSR2).bits[0];
    sys_sigprocmask(SIG_BLOCK, &both, 0);
    sys_kill(self(), SIGUSR1), sys_kill(self(), SIGUSR2);
    sys_sigprocmask(SIG_UNBLOCK, &both, 0);
    // ast() posts all that is there, the lowest first: the last one posted runs first (postsig).
    check_equal("both", count, 2);
    check_equal("first", order[0], SIGUSR2);
    check_equal("second", order[1], SIGUSR1);
}

CASE(oneshot, "SA_RESETHAND: the second signal has the default effect") {
    int child = (int)sys_fork();
    if (child == 0) {
        set_handler(SIGUSR1, (void *)record, SA_SIGINFO | SA_RESETHAND);
        sys_kill(self(), SIGUSR1);
        if (count != 1) guest_exit(1);
        sys_kill(self(), SIGUSR1);
        guest_exit(2);
    }
    check_equal("killed", WTERMSIG(wait_for(child)), SIGUSR1);
}

CASE(oneshot, "SA_RESETHAND with SA_NODEFER: it is not blocked in the handler") {
    set_handler(SIGUSR1, (void *)record, SA_SIGINFO | SA_RESETHAND | SA_NODEFER);
    sys_kill(self(), SIGUSR1);
    check_equal("count", count, 1);
    check("not blocked", !signal_set_has(&inside, SIGUSR1));
}

CASE(sigaction, "tells flags, mask and handler as they were given") {
    struct signal_action action = {(void *)record, SA_SIGINFO | SA_RESTART | SA_ONSTACK | SA_NODEFER,
                                   signal_set_of(SIGRTMIN + 7)}, told = {0};
    check_equal("sigaction", sys_sigaction(SIGRTMIN, &action, 0), 0);
    check_equal("sigaction again", sys_sigaction(SIGRTMIN, 0, &told), 0);
    check_equal("handler", (long)told.handler, (long)record);
    check_equal("flags", told.flags, action.flags);
    check("mask", memcmp(&told.mask, &action.mask, sizeof told.mask) == 0);
    check_errno("a wild action", sys_sigaction(SIGRTMIN, (void *)16, 0), EFAULT);
    check_errno("a wild place for the old one", sys_sigaction(SIGRTMIN, 0, (void *)16), EFAULT);
    check_equal("SIGKILL may be asked for", sys_sigaction(SIGKILL, 0, &told), 0);
    check_errno("but not ignored", set_handler(SIGKILL, SIG_IGN, 0), EINVAL);
    check_errno("nor SIGSTOP caught", set_handler(SIGSTOP, (void *)record, 0), EINVAL);
    check_equal("their default may be set", set_handler(SIGKILL, SIG_DFL, 0), 0);
}

CASE(children, "SA_NOCLDWAIT leaves no child to wait for") {
    set_handler(SIGCHLD, (void *)record, SA_SIGINFO | SA_NOCLDWAIT);
    int child = (int)sys_fork();
    if (child == 0) guest_exit(3);
    check_errno("wait4", sys_wait4(child, 0, 0, 0), ECHILD);
}

CASE(children, "SIGCHLD tells how the child ended") {
    static volatile int code, status, pid;
    struct signal_set set = signal_set_of(SIGCHLD);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    set_handler(SIGCHLD, (void *)record, SA_SIGINFO);
    for (int way = 0; way < 2; way++) {
        struct signal_info info = {0};
        int child = (int)sys_fork();
        if (child == 0) {
            if (way) sys_kill(self(), SIGTERM);
            guest_exit(9);
        }
        check_equal("sigtimedwait", sys_sigtimedwait(&set, &info, 0), SIGCHLD);
        code = info.code, status = info.status, pid = info.pid;
        check_equal("si_code", code, way ? CLD_KILLED : CLD_EXITED);
        check_equal("si_status", status, way ? SIGTERM : 9);
        check_equal("si_pid", pid, child);
        wait_for(child);
    }
}

// MARK: Alternate stacks

enum { STACK = 65536 };
static char stack_memory[STACK] __attribute__((aligned(16)));

static void use(int flags) {
    struct signal_stack stack = {stack_memory, STACK, flags};
    sys_sigaltstack(&stack, 0);
}

static int is_on_it(unsigned long place) {
    return place >= (unsigned long)stack_memory && place < (unsigned long)stack_memory + STACK;
}

static void nest_on_stack(int signal, struct signal_info *info, struct user_context *context) {
    (void)info, (void)context;
    struct signal_stack now;
    sys_sigaltstack(0, &now);
    places[count++] = (unsigned long)__builtin_frame_address(0);
    order[recorded++] = now.flags;
    if (count < 3) sys_kill(self(), signal);
}

CASE(sigaltstack, "nested handlers share it, one below the other") {
    use(0);
    set_handler(SIGUSR1, (void *)nest_on_stack, SA_SIGINFO | SA_ONSTACK | SA_NODEFER);
    sys_kill(self(), SIGUSR1);
    check_equal("handlers", count, 3);
    for (int i = 0; i < 3; i++) {
        check("on it", is_on_it(places[i]));
        check("below the one before", i == 0 || places[i] < places[i - 1]);
        check_equal("flags", order[i], SS_ONSTACK);
    }
    struct signal_stack now;
    sys_sigaltstack(0, &now);
    check_equal("flags afterwards", now.flags, 0);
}

static void try_to_change(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info, (void)context;
    struct signal_stack off = {0, 0, SS_DISABLE};
    order[0] = (int)sys_sigaltstack(&off, 0);
    count++;
}

CASE(sigaltstack, "cannot be changed while in use") {
    use(0);
    set_handler(SIGUSR1, (void *)try_to_change, SA_SIGINFO | SA_ONSTACK);
    sys_kill(self(), SIGUSR1);
    check_equal("ran", count, 1);
    check_equal("sigaltstack", order[0], -EPERM);
}

static void on_overflow(int signal, struct signal_info *info, struct user_context *context) {
    (void)info, (void)context;
    print("ok the handler of signal %d runs on the alternate stack\n", signal);
    guest_exit(is_on_it((unsigned long)__builtin_frame_address(0)) ? 7 : 8);
}

static int __attribute__((noinline)) recurse(volatile char *above) {
    volatile char room[4096];
    room[0] = above[0];
    return room[0] ? 1 : recurse(room) + room[0];
}

CASE(sigaltstack, "takes the signal of an overflowed stack") {
    int child = (int)sys_fork();
    if (child == 0) {
        struct rlimit limit = {1 << 20, 1 << 20};
        char start[4096] = {0};
        sys_setrlimit(RLIMIT_STACK, &limit);
        use(0);
        set_handler(SIGSEGV, (void *)on_overflow, SA_SIGINFO | SA_ONSTACK);
        set_handler(SIGBUS, (void *)on_overflow, SA_SIGINFO | SA_ONSTACK);
        set_handler(SIGILL, (void *)on_overflow, SA_SIGINFO | SA_ONSTACK);
        guest_exit(recurse(start));
    }
    check_equal("the child", wait_for(child), 7 << 8);
}

CASE(sigaltstack, "a frame that fits nowhere ends the program by SIGILL") {
    int child = (int)sys_fork();
    if (child == 0) {
        struct signal_stack stack = {(char *)0x10000, STACK, 0};
        sys_sigaltstack(&stack, 0);
        set_handler(SIGUSR1, (void *)record, SA_SIGINFO | SA_ONSTACK);
        sys_kill(self(), SIGUSR1);
        guest_exit(1);
    }
    check_equal("killed", WTERMSIG(wait_for(child)), SIGILL);
}

CASE(sigaltstack, "a child has it, a thread does not") {
    use(0);
    int child = (int)sys_fork();
    if (child == 0) {
        struct signal_stack now;
        sys_sigaltstack(0, &now);
        guest_exit(now.base == stack_memory && now.flags == 0 ? 4 : 5);
    }
    check_equal("the child", wait_for(child), 4 << 8);
}

static void ask(void *argument) { sys_sigaltstack(0, argument); }

CASE(sigaltstack, "a new thread has none") {
    static struct thread thread;
    struct signal_stack told = {0};
    use(0);
    thread_start(&thread, ask, &told);
    thread_join(&thread);
    check("disabled", told.flags & SS_DISABLE);
}
