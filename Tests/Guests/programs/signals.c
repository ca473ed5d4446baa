// Signals a process sends itself: delivery, masks, frames, stacks, suspension, timers.
#include "guest.h"

static volatile int count, last_signal, last_code, last_pid, nested_depth, order[8], order_length;
static volatile unsigned long seen_stack;
static struct signal_set mask_in_handler, saved_mask;
static volatile int context_on_stack, context_is_valid;

static void on_signal(int signal, struct signal_info *info, struct user_context *context) {
    count++;
    last_signal = signal;
    last_code = info->code;
    last_pid = info->pid;
    seen_stack = (unsigned long)__builtin_frame_address(0);
    sys_sigprocmask(SIG_BLOCK, 0, &mask_in_handler);
    saved_mask = context->mask;
    context_on_stack = machine_context_on_stack(context);
    context_is_valid = machine_context_is_valid(context);
    if (order_length < 8)
        order[order_length++] = signal;
}

static struct user_context own_context;

static void on_outer_signal(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)context;
    sys_getcontext(&own_context);
    sys_kill(info->pid, SIGUSR1);
}

static void on_plain_signal(int signal, unsigned long argument) {
    count++;
    last_signal = signal;
    last_code = machine_plain_handler_code(argument);
}

static void on_nesting_signal(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info, (void)context;
    if (++nested_depth < 5)
        sys_kill((int)sys_getpid(), SIGUSR1);
}

static void basics(int self) {
    check_equal("sigaction", set_handler(SIGUSR1, (void *)on_signal, SA_SIGINFO), 0);
    check_equal("kill", sys_kill(self, SIGUSR1), 0);
    check_equal("delivered once", count, 1);
    check_equal("signal number", last_signal, SIGUSR1);
    check_equal("si_code of kill", last_code, SI_USER);
    check_equal("si_pid", last_pid, self);
    check("blocked in its own handler", signal_set_has(&mask_in_handler, SIGUSR1));
    check("not blocked before", !signal_set_has(&saved_mask, SIGUSR1));
    check("context holds the registers", context_is_valid);
    struct signal_set now;
    sys_sigprocmask(SIG_BLOCK, 0, &now);
    check("unblocked after the handler", !signal_set_has(&now, SIGUSR1));

    set_handler(SIGUSR1, (void *)on_plain_signal, 0);
    sys_kill(self, SIGUSR1);
    check_equal("handler without SA_SIGINFO", count, 2);
    check_equal("its code argument", last_code, SI_USER);

    set_handler(SIGUSR1, (void *)on_signal, SA_SIGINFO | SA_RESETHAND);
    sys_kill(self, SIGUSR1);
    struct signal_action action;
    sys_sigaction(SIGUSR1, 0, &action);
    check("SA_RESETHAND resets the handler", action.handler == SIG_DFL);
    set_handler(SIGUSR1, SIG_IGN, 0);
    check_equal("an ignored signal", sys_kill(self, SIGUSR1), 0);
    check_equal("runs no handler", count, 3);

    check_errno("sigaction for SIGKILL", set_handler(SIGKILL, (void *)on_signal, 0), EINVAL);
    check_errno("sigaction for signal 0", set_handler(0, (void *)on_signal, 0), EINVAL);
    check_errno("sigaction for signal 129", set_handler(129, (void *)on_signal, 0), EINVAL);
    check_errno("kill with signal 129", sys_kill(self, 129), EINVAL);
    check_equal("kill with signal 0", sys_kill(self, 0), 0);
    check_errno("kill of no process", sys_kill(0x3fffffff, 0), ESRCH);
}

static void masks(int self) {
    set_handler(SIGUSR1, (void *)on_signal, SA_SIGINFO);
    set_handler(SIGUSR2, (void *)on_signal, SA_SIGINFO);
    struct signal_set both = signal_set_of(SIGUSR1), old, pending;
    both.bits[0] |= signal_set_of(SIGUSR2).bits[0];
    count = order_length = 0;
    check_equal("SIG_BLOCK", sys_sigprocmask(SIG_BLOCK, &both, &old), 0);
    sys_kill(self, SIGUSR2);
    sys_kill(self, SIGUSR1);
    sys_kill(self, SIGUSR1);
    check_equal("nothing delivered while blocked", count, 0);
    check_equal("sigpending", sys_sigpending(&pending), 0);
    check("both are pending", signal_set_has(&pending, SIGUSR1) && signal_set_has(&pending, SIGUSR2));
    struct signal_set one = signal_set_of(SIGUSR1);
    check_equal("SIG_UNBLOCK of one", sys_sigprocmask(SIG_UNBLOCK, &one, 0), 0);
    // FreeBSD queues every signal, not only those of sigqueue (sys/kern/kern_sig.c sigqueue_add).
    check_equal("a signal sent twice arrives twice", count, 2);
    check_equal("SIG_SETMASK", sys_sigprocmask(SIG_SETMASK, &old, 0), 0);
    check_equal("the other one", count, 3);
    check_equal("first", order[0], SIGUSR1);
    check_equal("third", order[2], SIGUSR2);
    check_errno("sigprocmask with a wrong operation", sys_sigprocmask(4, &both, 0), EINVAL);

    struct signal_set all = {{~0u, ~0u, ~0u, ~0u}};
    sys_sigprocmask(SIG_SETMASK, &all, 0);
    sys_sigprocmask(SIG_SETMASK, &old, &pending);
    check("SIGKILL and SIGSTOP cannot be blocked",
          !signal_set_has(&pending, SIGKILL) && !signal_set_has(&pending, SIGSTOP));
    check("all others can", signal_set_has(&pending, SIGTHR) && signal_set_has(&pending, SIGRTMAX));

    // The action's mask holds while its handler runs.
    struct signal_action action = {(void *)on_signal, SA_SIGINFO, signal_set_of(SIGUSR2)};
    sys_sigaction(SIGUSR1, &action, 0);
    sys_kill(self, SIGUSR1);
    check("sa_mask is blocked in the handler", signal_set_has(&mask_in_handler, SIGUSR2));

    nested_depth = 0;
    set_handler(SIGUSR1, (void *)on_nesting_signal, SA_SIGINFO | SA_NODEFER);
    sys_kill(self, SIGUSR1);
    check_equal("SA_NODEFER nests handlers", nested_depth, 5);
}

static char alternate[65536] __attribute__((aligned(16)));

static void alternate_stack(int self) {
    struct signal_stack stack = {alternate, sizeof alternate, 0}, old;
    check_equal("sigaltstack", sys_sigaltstack(&stack, &old), 0);
    check("no alternate stack before", old.flags & SS_DISABLE);
    set_handler(SIGUSR1, (void *)on_signal, SA_SIGINFO | SA_ONSTACK);
    sys_kill(self, SIGUSR1);
    check("the handler ran on it", seen_stack >= (unsigned long)alternate &&
                                       seen_stack < (unsigned long)alternate + sizeof alternate);
    check_equal("the interrupted code did not", context_on_stack, 0);
    set_handler(SIGUSR2, (void *)on_outer_signal, SA_SIGINFO | SA_ONSTACK);
    sys_kill(self, SIGUSR2);
    check_equal("a context tells that it was on the alternate stack", context_on_stack, 1);
    check_equal("so does getcontext", machine_context_on_stack(&own_context),
                MACHINE_GETCONTEXT_TELLS_STACK);
    set_handler(SIGUSR2, SIG_DFL, 0);
    check_equal("getcontext on the ordinary one",
                sys_getcontext(&own_context) | machine_context_on_stack(&own_context), 0);
    set_handler(SIGUSR1, (void *)on_signal, SA_SIGINFO);
    sys_kill(self, SIGUSR1);
    check("without SA_ONSTACK on the ordinary one", seen_stack > MACHINE_USER_STACK - (64ul << 20));
    stack.size = MINSIGSTKSZ - 1;
    check_errno("a small alternate stack", sys_sigaltstack(&stack, 0), ENOMEM);
    stack.flags = 2;
    check_errno("an unknown flag", sys_sigaltstack(&stack, 0), EINVAL);
    stack.flags = SS_DISABLE;
    check_equal("SS_DISABLE", sys_sigaltstack(&stack, &old), 0);
    check("the old one is told", old.base == alternate && old.size == sizeof alternate);
}

static void waiting(int self) {
    set_handler(SIGUSR1, (void *)on_signal, SA_SIGINFO);
    struct signal_set one = signal_set_of(SIGUSR1), empty = signal_set_of(0), old;
    sys_sigprocmask(SIG_BLOCK, &one, &old);
    count = 0;
    sys_kill(self, SIGUSR1);
    check_errno("sigsuspend", sys_sigsuspend(&empty), EINTR);
    check_equal("delivers the pending signal", count, 1);
    sys_sigprocmask(SIG_BLOCK, 0, &mask_in_handler);
    check("and restores the mask", signal_set_has(&mask_in_handler, SIGUSR1));

    struct signal_info info = {0};
    struct timespec soon = {0, 10000000};
    check_errno("sigtimedwait times out", sys_sigtimedwait(&one, &info, &soon), EAGAIN);
    sys_kill(self, SIGUSR1);
    check_equal("sigtimedwait takes a pending signal", sys_sigtimedwait(&one, &info, &soon), SIGUSR1);
    check_equal("its si_signo", info.signal, SIGUSR1);
    check_equal("it runs no handler", count, 1);
    struct signal_set real_time = signal_set_of(SIGRTMIN + 3);
    sys_sigprocmask(SIG_BLOCK, &real_time, 0);
    check_equal("sigqueue", sys_sigqueue(self, SIGRTMIN + 3, (void *)0x1234), 0);
    check_equal("sigqueue again", sys_sigqueue(self, SIGRTMIN + 3, (void *)0x5678), 0);
    check_equal("a queued signal", sys_sigtimedwait(&real_time, &info, &soon), SIGRTMIN + 3);
    check_equal("si_code of sigqueue", info.code, SI_QUEUE);
    check_equal("si_value", (long)info.value.pointer, 0x1234);
    check_equal("the second one", sys_sigtimedwait(&real_time, &info, &soon), SIGRTMIN + 3);
    check_equal("its si_value", (long)info.value.pointer, 0x5678);
    sys_sigprocmask(SIG_SETMASK, &old, 0);
}

static int several[2];

// Says when it has run twice.
static void on_several(int signal, struct signal_info *info, struct user_context *context) {
    on_signal(signal, info, context);
    if (count == 2) sys_write(several[1], "x", 1);
}

static void timers(void) {
    set_handler(SIGALRM, (void *)on_signal, SA_SIGINFO);
    struct signal_set alarm = signal_set_of(SIGALRM), empty = signal_set_of(0), old;
    sys_sigprocmask(SIG_BLOCK, &alarm, &old);
    count = 0;
    struct itimerval value = {{0, 0}, {0, 20000}}, rest;
    check_equal("setitimer", sys_setitimer(ITIMER_REAL, &value, 0), 0);
    check_equal("getitimer", sys_getitimer(ITIMER_REAL, &rest), 0);
    check("the time left", rest.value.seconds == 0 && rest.value.microseconds > 0 && rest.value.microseconds <= 20000);
    check_errno("the timer interrupts sigsuspend", sys_sigsuspend(&empty), EINTR);
    check_equal("SIGALRM", last_signal, SIGALRM);
    sys_sigprocmask(SIG_SETMASK, &old, 0);

    // A loop without system calls is interrupted too.
    count = 0;
    sys_setitimer(ITIMER_REAL, &value, 0);
    struct timespec start, now;
    sys_clock_gettime(CLOCK_MONOTONIC, &start);
    for (long i = 0; count == 0; i++)
        if (i % 100000000 == 0 && sys_clock_gettime(CLOCK_MONOTONIC, &now) == 0 && now.seconds > start.seconds + 20)
            break;
    check_equal("SIGALRM in a busy loop", count, 1);

    // A blocking read: EINTR, or the call again with SA_RESTART. On a busy machine the first signal may come before the
    // call: another one follows.
    int pipe[2];
    char byte;
    sys_pipe2(pipe, 0);
    struct itimerval repeated = {{0, 20000}, {0, 20000}}, off = {{0, 0}, {0, 0}};
    sys_setitimer(ITIMER_REAL, &repeated, 0);
    check_errno("read is interrupted", sys_read(pipe[0], &byte, 1), EINTR);
    sys_setitimer(ITIMER_REAL, &off, 0);
    sys_pipe2(several, 0);
    set_handler(SIGALRM, (void *)on_several, SA_SIGINFO | SA_RESTART);
    int child = (int)sys_fork();
    if (child == 0) {
        sys_read(several[0], &byte, 1);
        sys_write(pipe[1], "x", 1);
        guest_exit(0);
    }
    count = 0;
    sys_setitimer(ITIMER_REAL, &repeated, 0);
    check_equal("SA_RESTART restarts read", sys_read(pipe[0], &byte, 1), 1);
    sys_setitimer(ITIMER_REAL, &off, 0);
    check("after several signals", count >= 2);
    wait_for(child);

    struct timespec minutes = {600, 0}, left = {0, 0};
    set_handler(SIGALRM, (void *)on_signal, SA_SIGINFO);
    sys_setitimer(ITIMER_REAL, &repeated, 0);
    check_errno("nanosleep is interrupted", sys_nanosleep(&minutes, &left), EINTR);
    sys_setitimer(ITIMER_REAL, &off, 0);
    check("and tells the rest", left.seconds > 0 && left.seconds < 600 && left.nanoseconds > 0);
    check_errno("setitimer with a wrong timer", sys_setitimer(7, &value, 0), EINVAL);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    int self = (int)sys_getpid();
    basics(self);
    masks(self);
    alternate_stack(self);
    waiting(self);
    timers();
    return checks_failed();
}
