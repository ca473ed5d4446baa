// getcontext, setcontext, swapcontext, sigreturn, and the frame that a handler finds.
// Authority: getcontext(2), sys/kern/kern_context.c, sendsig of sys/arm64 and sys/mips, struct sigframe.
#include "cases.h"
#include "layouts.h"

enum { STACK = 65536 };
static char stacks[3][STACK] __attribute__((aligned(16)));
static struct user_context main_context, contexts[3];
static volatile int visits;

// Whether a signal is blocked now.
static int is_blocked(int signal) {
    struct signal_set set;
    sys_sigprocmask(SIG_BLOCK, 0, &set);
    return signal_set_has(&set, signal);
}

CASE(getcontext, "returns again, with 0, when its context is set") {
    struct user_context context;
    volatile int returns = 0;
    long result = sys_getcontext(&context);
    returns++;
    check_equal("the result", result, 0);
    if (returns < 5) check_equal("setcontext does not return", sys_setcontext(&context), 1);
    check_equal("returns", returns, 5);
}

CASE(getcontext, "holds the mask, which setcontext restores") {
    struct user_context context;
    volatile int returns = 0;
    struct signal_set set = signal_set_of(SIGUSR1);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    sys_getcontext(&context);
    if (returns++ == 0) {
        check("in the context", signal_set_has(&context.mask, SIGUSR1));
        sys_sigprocmask(SIG_UNBLOCK, &set, 0);
        sys_setcontext(&context);
    }
    check_equal("returns", returns, 2);
    check("blocked again", is_blocked(SIGUSR1));
}

static volatile int count;

static void count_signal(int signal) { (void)signal; count++; }

CASE(setcontext, "delivers what its mask lets through") {
    static struct user_context context;
    volatile int returns = 0;
    struct signal_set set = signal_set_of(SIGUSR1);
    set_handler(SIGUSR1, (void *)count_signal, 0);
    sys_getcontext(&context);
    if (returns++ == 0) {
        sys_sigprocmask(SIG_BLOCK, &set, 0);
        sys_kill((int)sys_getpid(), SIGUSR1);
        check_equal("not yet", count, 0);
        sys_setcontext(&context);
    }
    check_equal("delivered", count, 1);
}

CASE(setcontext, "refuses no context and a wild one") {
    check_errno("none", sys_setcontext(0), EINVAL);
    check_errno("a wild one", sys_setcontext((void *)16), EFAULT);
    check_errno("getcontext of a wild one", sys_getcontext((void *)16), EFAULT);
    check_errno("getcontext of none", sys_getcontext(0), EINVAL);
    check_errno("sigreturn of a wild one", sys_sigreturn((void *)16), EFAULT);
}

static void first_function(void) {
    visits++;
    unsigned long here = (unsigned long)__builtin_frame_address(0);
    check("on its own stack", here > (unsigned long)stacks[0] && here <= (unsigned long)stacks[0] + STACK);
    check_equal("its alignment", (long)(here & 15), 0);
    sys_setcontext(&main_context);
    guest_exit(99);
}

CASE(setcontext, "enters a function on a stack of its own") {
    volatile int returns = 0;
    sys_getcontext(&main_context);
    if (returns++ == 0) {
        sys_getcontext(&contexts[0]);
        machine_context_call(&contexts[0], first_function, stacks[0] + STACK);
        sys_setcontext(&contexts[0]);
    }
    check_equal("visits", visits, 1);
}

static void ping(void) {
    for (;;) {
        visits += 1;
        sys_swapcontext(&contexts[0], &contexts[1]);
    }
}

static void pong(void) {
    for (;;) {
        visits += 1000;
        sys_swapcontext(&contexts[1], visits % 1000 < 500 ? &contexts[0] : &main_context);
    }
}

CASE(swapcontext, "goes back and forth between functions, as coroutines do") {
    for (int i = 0; i < 2; i++) {
        sys_getcontext(&contexts[i]);
        machine_context_call(&contexts[i], i ? pong : ping, stacks[i] + STACK);
    }
    check_equal("swapcontext", sys_swapcontext(&main_context, &contexts[0]), 0);
    check_equal("visits of both", visits, 500 * 1000 + 500);
}

CASE(swapcontext, "refuses none and wild ones") {
    struct user_context context;
    check_errno("no place to save", sys_swapcontext(0, &context), EINVAL);
    check_errno("no context to go to", sys_swapcontext(&context, 0), EINVAL);
    check_errno("a wild place", sys_swapcontext((void *)16, &context), EFAULT);
    check_errno("a wild context", sys_swapcontext(&context, (void *)16), EFAULT);
}

// MARK: Frames

static volatile unsigned long handler_frame, interrupted_stack, info_place, context_place, return_address;
static struct user_context seen;
static struct signal_info info_seen;

static void look(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal;
    handler_frame = (unsigned long)__builtin_frame_address(0);
    return_address = (unsigned long)__builtin_return_address(0);
    info_place = (unsigned long)info;
    context_place = (unsigned long)context;
    interrupted_stack = machine_context_stack(context);
    seen = *context;
    info_seen = *info;
}

static void raise(int flags) {
    set_handler(SIGUSR1, (void *)look, SA_SIGINFO | flags);
    sys_kill((int)sys_getpid(), SIGUSR1);
}

CASE(frame, "lies below the interrupted stack, aligned, as struct sigframe has it") {
    raise(0);
    check_equal("ucontext and siginfo", (long)(info_place - context_place),
                (long)LAYOUT_off_sf_si - (long)LAYOUT_off_sf_uc);
    unsigned long frame = context_place - LAYOUT_off_sf_uc;
    check_equal("alignment", (long)(frame & 15), 0);
    check("below the interrupted stack", frame + LAYOUT_sz_sigframe <= interrupted_stack);
    check("the handler's own below it", handler_frame <= frame);
    check("and no further than it must", interrupted_stack - frame < LAYOUT_sz_sigframe + 512);
}

CASE(frame, "its context names no successor and the thread's alternate stack") {
    struct signal_stack stack = {stacks[0], STACK, 0};
    raise(0);
    check("no stack: disabled", seen.stack.flags & SS_DISABLE);
    check("no successor", seen.link == 0);
    sys_sigaltstack(&stack, 0);
    raise(0);
    check("the stack", seen.stack.base == stacks[0] && seen.stack.size == STACK && seen.stack.flags == 0);
}

CASE(frame, "returns through code outside the program") {
    extern char _start[];
    raise(0);
    check("not into the program", return_address < (unsigned long)_start - (64 << 20) ||
                                      return_address > (unsigned long)_start + (64 << 20));
}

CASE(frame, "on the alternate stack it lies at the top") {
    struct signal_stack stack = {stacks[0], STACK, 0};
    sys_sigaltstack(&stack, 0);
    raise(SA_ONSTACK);
    unsigned long frame = context_place - LAYOUT_off_sf_uc, top = (unsigned long)stacks[0] + STACK;
    check("inside", frame + LAYOUT_sz_sigframe <= top && frame >= (unsigned long)stacks[0]);
    check("at its top", top - frame < LAYOUT_sz_sigframe + 512);
}

CASE(frame, "keeps its bounds on an odd alternate stack") {
    for (unsigned shift = 1; shift < 16; shift += 2) {
        struct signal_stack stack = {stacks[1] + shift, STACK - 64, 0};
        sys_sigaltstack(&stack, 0);
        raise(SA_ONSTACK);
        unsigned long frame = context_place - LAYOUT_off_sf_uc;
        check_equal("alignment", (long)(frame & 15), 0);
        check("bounds", frame + LAYOUT_sz_sigframe <= (unsigned long)stacks[1] + shift + STACK - 64);
    }
}

static void redirect_mask(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info;
    context->mask.bits[0] |= signal_set_of(SIGUSR2).bits[0];
}

CASE(frame, "a handler may change the mask to return with") {
    set_handler(SIGUSR1, (void *)redirect_mask, SA_SIGINFO);
    check("not blocked before", !is_blocked(SIGUSR2));
    sys_kill((int)sys_getpid(), SIGUSR1);
    check("blocked after", is_blocked(SIGUSR2));
}

static struct user_context moved;

static void move(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info;
    visits++;
    moved = *context;
    sys_sigreturn(&moved);
    visits = 1000;
}

CASE(sigreturn, "takes a copy of the context as well") {
    set_handler(SIGUSR1, (void *)move, SA_SIGINFO);
    for (int i = 0; i < 10; i++)
        sys_kill((int)sys_getpid(), SIGUSR1);
    check_equal("handlers run", visits, 10);
    check("not blocked", !is_blocked(SIGUSR1));
}

static void leave(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info, (void)context;
    visits++;
    sys_setcontext(&main_context);
}

CASE(setcontext, "leaves a handler, as siglongjmp does") {
    struct signal_stack stack = {stacks[0], STACK, 0};
    sys_sigaltstack(&stack, 0);
    set_handler(SIGUSR1, (void *)leave, SA_SIGINFO | SA_ONSTACK);
    sys_getcontext(&main_context);
    if (visits < 3) sys_kill((int)sys_getpid(), SIGUSR1);
    check_equal("handlers left", visits, 3);
    check("not blocked", !is_blocked(SIGUSR1));
    struct signal_stack now;
    sys_sigaltstack(0, &now);
    check_equal("no longer on the alternate stack", now.flags, 0);
}
