// Contexts: getcontext(2), setcontext(2), swapcontext(2), sigreturn(2), sysarch(2).
#include "../../runtime/children.h"

static struct user_context first, second, third;
static volatile int counter;
static volatile unsigned long context_mask;

static struct signal_set mask_now(void) {
    struct signal_set set;
    sys_sigprocmask(SIG_BLOCK, 0, &set);
    return set;
}

CASE(getcontext, "saves the caller's state") {
    check_equal("getcontext", sys_getcontext(&first), 0);
    check("valid", machine_context_is_valid(&first));
}

CASE(getcontext, "saves the signal mask") {
    struct signal_set set = signal_set_of(SIGUSR1);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    sys_getcontext(&first);
    check("blocked", signal_set_has(&first.mask, SIGUSR1) && !signal_set_has(&first.mask, SIGUSR2));
}

CASE(getcontext, "refuses a bad address") {
    check_errno("getcontext", sys_getcontext(unmapped_page()), EFAULT);
    check_errno("null", sys_getcontext(0), EINVAL);
}

// sys_setcontext: a null pointer is EINVAL.
CASE(setcontext, "refuses bad addresses") {
    check_errno("null", sys_setcontext(0), EINVAL);
    check_errno("bad address", sys_setcontext(unmapped_page()), EFAULT);
}

CASE(swapcontext, "refuses bad addresses") {
    sys_getcontext(&first);
    check_errno("null", sys_swapcontext(0, &first), EINVAL);
    check_errno("null", sys_swapcontext(&second, 0), EINVAL);
    check_errno("bad address", sys_swapcontext(unmapped_page(), &first), EFAULT);
    check_errno("bad address", sys_swapcontext(&second, unmapped_page()), EFAULT);
}

static void take_mask_of_context(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info;
    counter++;
    context->mask = signal_set_of(SIGUSR2);
}

// sigreturn(2): the mask of the context that the handler leaves is the mask afterwards.
CASE(sigreturn, "takes the mask that the handler has left") {
    set_handler(SIGUSR1, (void *)take_mask_of_context, SA_SIGINFO);
    sys_kill((int)sys_getpid(), SIGUSR1);
    struct signal_set set = mask_now();
    check_equal("the handler ran", counter, 1);
    check("the mask", signal_set_has(&set, SIGUSR2) && !signal_set_has(&set, SIGUSR1));
}

CASE(sigreturn, "refuses a bad address") {
    check_errno("sigreturn", sys_sigreturn(unmapped_page()), EFAULT);
}

static void skip_fault(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info;
    counter++;
    machine_skip_instruction(context);
}

CASE(sigreturn, "goes on where the handler says") {
    void *page = unmapped_page();
    set_handler(SIGSEGV, (void *)skip_fault, SA_SIGINFO);
    machine_load(page);
    machine_store(page, 1);
    check_equal("two faults", counter, 2);
}

static void spoil_context(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info;
    context_mask = (unsigned long)context->stack.flags;
    counter++;
}

CASE(sigreturn, "tells of the signal stack") {
    static char memory[32768];
    struct signal_stack stack = {memory, sizeof memory, 0};
    sys_sigaltstack(&stack, 0);
    set_handler(SIGUSR1, (void *)spoil_context, SA_SIGINFO | SA_ONSTACK);
    sys_kill((int)sys_getpid(), SIGUSR1);
    check_equal("not on it", (long)(context_mask & SS_ONSTACK), 0);
    sys_kill((int)sys_getpid(), SIGUSR1);
    check_equal("twice", counter, 2);
}

CASE(sysarch, "refuses unknown operations") {
    check_errno("12345", sys_sysarch(12345, 0), MACHINE_UNKNOWN_SYSARCH);
    check_errno("-1", sys_sysarch(-1, 0), MACHINE_UNKNOWN_SYSARCH);
}

CASE(sysarch, "sets the thread pointer") {
    static long block[4];
    void *got = 0;
    void *before = machine_thread_pointer();
    check_equal("set", machine_set_thread_pointer(block), 0);
    check("as it reads", machine_thread_pointer() == machine_thread_pointer_of(block));
    check_equal("get", machine_get_thread_pointer(&got), 0);
    check("another", machine_thread_pointer() != before || before == machine_thread_pointer_of(block));
}

CASE(setcontext, "goes back to where the context was saved") {
    static volatile int passes;
    long result = sys_getcontext(&first);
    passes++;
    // The second return is the getcontext's again; the stub's frame is still there since nothing has returned past it.
    if (passes == 1) {
        check_equal("getcontext", result, 0);
        third = first;
        struct signal_set set = signal_set_of(SIGUSR1);
        sys_sigprocmask(SIG_BLOCK, &set, 0);
        sys_setcontext(&third);
        check("setcontext does not return", 0);
    }
    struct signal_set set = mask_now();
    check_equal("passes", passes, 2);
    check("the mask is back", !signal_set_has(&set, SIGUSR1));
}
