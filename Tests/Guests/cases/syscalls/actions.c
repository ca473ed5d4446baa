// Signals' actions, masks and stacks: sigaction(2), sigprocmask(2), sigpending(2), sigsuspend(2), sigaltstack(2).
#include "../../runtime/children.h"

static volatile int counter, last_signal, last_code, depth, deepest, mask_had_usr2, on_stack;
static volatile void *last_address;
static char stack_memory[64 * 1024];

static void count(int signal) {
    last_signal = signal;
    counter++;
}

static void tell(int signal, struct signal_info *info, struct user_context *context) {
    (void)context;
    last_signal = signal;
    last_code = info->code;
    last_address = info->address;
    counter++;
}

static void nest(int signal) {
    if (++depth > deepest) deepest = depth;
    if (++counter == 1) sys_kill((int)sys_getpid(), signal);
    depth--;
}

static void look_at_mask(int signal) {
    struct signal_set mask;
    sys_sigprocmask(SIG_BLOCK, 0, &mask);
    mask_had_usr2 = signal_set_has(&mask, SIGUSR2) + 2 * signal_set_has(&mask, signal);
}

static void look_at_stack(int signal) {
    char local;
    (void)signal;
    on_stack = &local >= stack_memory && &local < stack_memory + sizeof stack_memory;
    counter++;
}

static void raise_own(int signal) { sys_kill((int)sys_getpid(), signal); }

static void block(int signal) {
    struct signal_set set = signal_set_of(signal);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
}

static int is_pending(int signal) {
    struct signal_set set;
    sys_sigpending(&set);
    return signal_set_has(&set, signal);
}

CASE(sigaction, "calls the handler with the signal's number") {
    check_equal("sigaction", set_handler(SIGUSR1, (void *)count, 0), 0);
    raise_own(SIGUSR1);
    check_equal("calls", counter, 1);
    check_equal("number", last_signal, SIGUSR1);
}

CASE(sigaction, "tells of the sender with SA_SIGINFO") {
    set_handler(SIGUSR1, (void *)tell, SA_SIGINFO);
    raise_own(SIGUSR1);
    check_equal("si_code", last_code, SI_USER);
}

CASE(sigaction, "gives the action before") {
    struct signal_action action = {(void *)count, SA_RESTART, signal_set_of(SIGUSR2)}, old;
    sys_sigaction(SIGUSR1, &action, 0);
    check_equal("sigaction", sys_sigaction(SIGUSR1, 0, &old), 0);
    check("handler", old.handler == (void *)count);
    check_equal("flags", old.flags, SA_RESTART);
    check("mask", signal_set_has(&old.mask, SIGUSR2) && !signal_set_has(&old.mask, SIGUSR1));
}

CASE(sigaction, "has the default action at first") {
    struct signal_action old;
    check_equal("sigaction", sys_sigaction(SIGUSR2, 0, &old), 0);
    check("SIG_DFL", old.handler == SIG_DFL);
}

CASE(sigaction, "refuses what is no signal") {
    struct signal_action action = {SIG_IGN, 0, {{0}}};
    check_errno("0", sys_sigaction(0, &action, 0), EINVAL);
    check_errno("-1", sys_sigaction(-1, &action, 0), EINVAL);
    check_errno("129", sys_sigaction(129, &action, 0), EINVAL);
    check_equal("128", sys_sigaction(128, &action, 0), 0);
}

CASE(sigaction, "refuses to change SIGKILL and SIGSTOP") {
    check_errno("catch SIGKILL", set_handler(SIGKILL, (void *)count, 0), EINVAL);
    check_errno("ignore SIGSTOP", set_handler(SIGSTOP, SIG_IGN, 0), EINVAL);
    check_equal("the default of SIGKILL", set_handler(SIGKILL, SIG_DFL, 0), 0);
    check_equal("asking", sys_sigaction(SIGSTOP, 0, 0), 0);
}

// kern_sigaction looks at the flags when there is a handler.
CASE(sigaction, "refuses unknown flags") {
    check_errno("with a handler", set_handler(SIGUSR1, (void *)count, 0x1000), EINVAL);
    check_errno("ignoring", set_handler(SIGUSR1, SIG_IGN, 0x80), EINVAL);
    check_equal("with the default action", set_handler(SIGUSR1, SIG_DFL, 0x1000), 0);
}

CASE(sigaction, "refuses bad addresses") {
    struct signal_action old;
    check_errno("act", sys_sigaction(SIGUSR1, unmapped_page(), 0), EFAULT);
    check_errno("oact", sys_sigaction(SIGUSR1, 0, unmapped_page()), EFAULT);
    check_equal("unharmed", sys_sigaction(SIGUSR1, 0, &old), 0);
}

CASE(sigaction, "blocks the signal in its handler") {
    set_handler(SIGUSR1, (void *)nest, 0);
    raise_own(SIGUSR1);
    check_equal("calls", counter, 2);
    check_equal("one in the other", deepest, 1);
}

CASE(sigaction, "does not block it with SA_NODEFER") {
    set_handler(SIGUSR1, (void *)nest, SA_NODEFER);
    raise_own(SIGUSR1);
    check_equal("calls", counter, 2);
    check_equal("one in the other", deepest, 2);
}

CASE(sigaction, "adds its mask while the handler runs") {
    struct signal_action action = {(void *)look_at_mask, 0, signal_set_of(SIGUSR2)};
    sys_sigaction(SIGUSR1, &action, 0);
    raise_own(SIGUSR1);
    check_equal("both blocked", mask_had_usr2, 3);
    struct signal_set mask;
    sys_sigprocmask(SIG_BLOCK, 0, &mask);
    check("none afterwards", !signal_set_has(&mask, SIGUSR2) && !signal_set_has(&mask, SIGUSR1));
}

CASE(sigaction, "resets the action with SA_RESETHAND") {
    struct signal_action old;
    set_handler(SIGUSR1, (void *)count, SA_RESETHAND);
    raise_own(SIGUSR1);
    sys_sigaction(SIGUSR1, 0, &old);
    check_equal("calls", counter, 1);
    check("SIG_DFL", old.handler == SIG_DFL);
}

CASE(sigaction, "drops what is ignored") {
    set_handler(SIGUSR1, SIG_IGN, 0);
    raise_own(SIGUSR1);
    check("not pending", !is_pending(SIGUSR1));
}

CASE(sigaction, "drops a pending signal that is ignored from now on") {
    set_handler(SIGUSR1, (void *)count, 0);
    block(SIGUSR1);
    raise_own(SIGUSR1);
    check("pending", is_pending(SIGUSR1));
    set_handler(SIGUSR1, SIG_IGN, 0);
    check("dropped", !is_pending(SIGUSR1));
}

// sigaction(2): setting SIG_DFL for a signal whose default is to be ignored drops it too.
CASE(sigaction, "drops a pending signal whose default is to be ignored") {
    set_handler(SIGURG, (void *)count, 0);
    block(SIGURG);
    raise_own(SIGURG);
    check("pending", is_pending(SIGURG));
    set_handler(SIGURG, SIG_DFL, 0);
    check("dropped", !is_pending(SIGURG));
}

CASE(sigaction, "ignores SIGCHLD, SIGURG, SIGWINCH and SIGINFO by default") {
    raise_own(SIGCHLD);
    raise_own(SIGURG);
    raise_own(SIGWINCH);
    raise_own(SIGINFO);
    check("alive", 1);
}

static int die_of_usr1(void) { return raise_own(SIGUSR1), 0; }
static int die_of_terminate(void) { return raise_own(SIGTERM), 0; }
static int die_of_emulation(void) { return raise_own(SIGEMT), 0; }
static int die_of_thread(void) { return raise_own(SIGRTMIN), 0; }
static int die_of_realtime(void) { return raise_own(SIGRTMAX), 0; }

CASE(sigaction, "ends the process by default") {
    check_equal("SIGUSR1", outcome_of_child(die_of_usr1), -SIGUSR1);
    check_equal("SIGTERM", outcome_of_child(die_of_terminate), -SIGTERM);
    check_equal("SIGEMT", outcome_of_child(die_of_emulation), -SIGEMT);
    check_equal("SIGRTMIN", outcome_of_child(die_of_thread), -SIGRTMIN);
    check_equal("SIGRTMAX", outcome_of_child(die_of_realtime), -SIGRTMAX);
}

CASE(sigaction, "tells of a bad address") {
    char *page = unmapped_page();
    int child = (int)sys_fork();
    if (child == 0) {
        machine_load(page);
        guest_exit(0);
    }
    check_equal("SIGSEGV", WTERMSIG(wait_for(child)), SIGSEGV);
}

CASE(sigprocmask, "blocks and unblocks") {
    set_handler(SIGUSR1, (void *)count, 0);
    struct signal_set set = signal_set_of(SIGUSR1), old;
    check_equal("SIG_BLOCK", sys_sigprocmask(SIG_BLOCK, &set, 0), 0);
    raise_own(SIGUSR1);
    check_equal("not yet", counter, 0);
    check_equal("SIG_UNBLOCK", sys_sigprocmask(SIG_UNBLOCK, &set, &old), 0);
    check_equal("then", counter, 1);
    check("the mask before", signal_set_has(&old, SIGUSR1));
}

CASE(sigprocmask, "sets the whole mask") {
    struct signal_set one = signal_set_of(SIGUSR1), two = signal_set_of(SIGUSR2), old;
    sys_sigprocmask(SIG_BLOCK, &one, 0);
    check_equal("SIG_SETMASK", sys_sigprocmask(SIG_SETMASK, &two, 0), 0);
    sys_sigprocmask(SIG_BLOCK, 0, &old);
    check("only the second", !signal_set_has(&old, SIGUSR1) && signal_set_has(&old, SIGUSR2));
}

CASE(sigprocmask, "does not block SIGKILL and SIGSTOP") {
    struct signal_set all, old;
    memset(&all, 0xff, sizeof all);
    check_equal("sigprocmask", sys_sigprocmask(SIG_SETMASK, &all, 0), 0);
    sys_sigprocmask(SIG_BLOCK, 0, &old);
    check("those two", !signal_set_has(&old, SIGKILL) && !signal_set_has(&old, SIGSTOP));
    check("the others", signal_set_has(&old, SIGSEGV) && signal_set_has(&old, 128) && signal_set_has(&old, SIGTHR));
}

CASE(sigprocmask, "refuses an unknown operation") {
    struct signal_set set = {{0}};
    check_errno("0", sys_sigprocmask(0, &set, 0), EINVAL);
    check_errno("4", sys_sigprocmask(4, &set, 0), EINVAL);
}

CASE(sigprocmask, "does not look at the operation without a set") {
    struct signal_set old;
    check_equal("sigprocmask", sys_sigprocmask(77, 0, &old), 0);
    check_equal("nothing at all", sys_sigprocmask(SIG_BLOCK, 0, 0), 0);
}

CASE(sigprocmask, "refuses bad addresses") {
    check_errno("set", sys_sigprocmask(SIG_BLOCK, unmapped_page(), 0), EFAULT);
    check_errno("oset", sys_sigprocmask(SIG_BLOCK, 0, unmapped_page()), EFAULT);
}

CASE(sigpending, "tells of blocked signals") {
    set_handler(SIGUSR1, (void *)count, 0);
    block(SIGUSR1);
    check("not yet", !is_pending(SIGUSR1));
    raise_own(SIGUSR1);
    check("then", is_pending(SIGUSR1));
    check("no other", !is_pending(SIGUSR2));
}

CASE(sigpending, "tells of realtime signals") {
    set_handler(SIGRTMIN + 5, (void *)count, 0);
    block(SIGRTMIN + 5);
    raise_own(SIGRTMIN + 5);
    check("pending", is_pending(SIGRTMIN + 5));
}

CASE(sigpending, "tells of what another process sent") {
    set_handler(SIGUSR2, (void *)count, 0);
    block(SIGUSR2);
    int own = (int)sys_getpid(), child = (int)sys_fork();
    if (child == 0) {
        sys_kill(own, SIGUSR2);
        guest_exit(0);
    }
    wait_for(child);
    check("pending", is_pending(SIGUSR2));
}

CASE(sigpending, "refuses a bad address") { check_errno("sigpending", sys_sigpending(unmapped_page()), EFAULT); }

CASE(sigsuspend, "waits with another mask") {
    set_handler(SIGUSR1, (void *)count, 0);
    block(SIGUSR1);
    raise_own(SIGUSR1);
    struct signal_set none = {{0}}, mask;
    check_errno("sigsuspend", sys_sigsuspend(&none), EINTR);
    check_equal("the handler ran", counter, 1);
    sys_sigprocmask(SIG_BLOCK, 0, &mask);
    check("the mask is back", signal_set_has(&mask, SIGUSR1));
}

CASE(sigsuspend, "is not ended by what is ignored") {
    set_handler(SIGUSR1, (void *)count, 0);
    set_handler(SIGUSR2, SIG_IGN, 0);
    int own = (int)sys_getpid(), child = (int)sys_fork();
    if (child == 0) {
        pause_milliseconds(50);
        sys_kill(own, SIGUSR2);
        pause_milliseconds(50);
        sys_kill(own, SIGUSR1);
        guest_exit(0);
    }
    struct signal_set none = {{0}};
    check_errno("sigsuspend", sys_sigsuspend(&none), EINTR);
    check_equal("by the other", counter, 1);
    wait_for(child);
}

// sigsuspend(2): always EINTR, SA_RESTART or not.
CASE(sigsuspend, "is not restarted") {
    set_handler(SIGUSR1, (void *)count, SA_RESTART);
    block(SIGUSR1);
    raise_own(SIGUSR1);
    struct signal_set none = {{0}};
    check_errno("sigsuspend", sys_sigsuspend(&none), EINTR);
}

CASE(sigsuspend, "refuses a bad address") { check_errno("sigsuspend", sys_sigsuspend(unmapped_page()), EFAULT); }

CASE(sigaltstack, "is disabled at first") {
    struct signal_stack old;
    check_equal("sigaltstack", sys_sigaltstack(0, &old), 0);
    check("SS_DISABLE", old.flags & SS_DISABLE);
}

CASE(sigaltstack, "carries handlers with SA_ONSTACK") {
    struct signal_stack stack = {stack_memory, sizeof stack_memory, 0}, old;
    check_equal("sigaltstack", sys_sigaltstack(&stack, 0), 0);
    set_handler(SIGUSR1, (void *)look_at_stack, SA_ONSTACK);
    raise_own(SIGUSR1);
    check("on it", counter == 1 && on_stack);
    sys_sigaltstack(0, &old);
    check("as it was set", old.base == stack_memory && old.size == sizeof stack_memory && old.flags == 0);
}

CASE(sigaltstack, "does not carry handlers without SA_ONSTACK") {
    struct signal_stack stack = {stack_memory, sizeof stack_memory, 0};
    sys_sigaltstack(&stack, 0);
    set_handler(SIGUSR1, (void *)look_at_stack, 0);
    raise_own(SIGUSR1);
    check("not on it", counter == 1 && !on_stack);
}

CASE(sigaltstack, "refuses one that is too small") {
    struct signal_stack stack = {stack_memory, 1024, 0};
    check_errno("sigaltstack", sys_sigaltstack(&stack, 0), ENOMEM);
}

CASE(sigaltstack, "refuses unknown flags") {
    struct signal_stack stack = {stack_memory, sizeof stack_memory, 0x40};
    check_errno("sigaltstack", sys_sigaltstack(&stack, 0), EINVAL);
    stack.flags = SS_ONSTACK;
    check_errno("SS_ONSTACK", sys_sigaltstack(&stack, 0), EINVAL);
}

CASE(sigaltstack, "is disabled again") {
    struct signal_stack stack = {stack_memory, sizeof stack_memory, 0}, off = {0, 0, SS_DISABLE}, old;
    sys_sigaltstack(&stack, 0);
    check_equal("sigaltstack", sys_sigaltstack(&off, &old), 0);
    check("the one before", old.base == stack_memory);
    set_handler(SIGUSR1, (void *)look_at_stack, SA_ONSTACK);
    raise_own(SIGUSR1);
    check("on the ordinary stack", counter == 1 && !on_stack);
}

static volatile long change_result;
static volatile int told_flags;
static void change_stack(int signal) {
    struct signal_stack stack = {stack_memory, sizeof stack_memory, 0}, old;
    (void)signal;
    sys_sigaltstack(0, &old);
    told_flags = old.flags;
    change_result = sys_sigaltstack(&stack, 0);
}

CASE(sigaltstack, "cannot be changed by who runs on it") {
    struct signal_stack stack = {stack_memory, sizeof stack_memory, 0};
    sys_sigaltstack(&stack, 0);
    set_handler(SIGUSR1, (void *)change_stack, SA_ONSTACK);
    raise_own(SIGUSR1);
    check_errno("sigaltstack", change_result, EPERM);
    check_equal("SS_ONSTACK is told", told_flags, SS_ONSTACK);
}

CASE(sigaltstack, "refuses bad addresses") {
    check_errno("ss", sys_sigaltstack(unmapped_page(), 0), EFAULT);
    check_errno("oss", sys_sigaltstack(0, unmapped_page()), EFAULT);
}
