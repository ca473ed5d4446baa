// Every register of a program survives signals and system calls, and is what a handler makes of it.
// Authority: sys/arm64/arm64/machdep.c sendsig and set_mcontext, sys/arm64/arm64/vm_machdep.c cpu_set_syscall_retval.
#include "cases.h"

struct state {
    unsigned long x[31], flags;
    struct { unsigned long low, high; } v[32];
    unsigned long control, status;
};
_Static_assert(offsetof(struct state, v) == 256 && offsetof(struct state, control) == 768, "as the code has it");

// Loads all registers, runs the middle instructions, and stores all registers again. The stack pointer is kept; x0 is
// on the stack meanwhile, below it.
#define LOAD_ALL                                                                                        \
    "stp x29, x30, [sp, #-192]!\nstp x19, x20, [sp, #16]\nstp x21, x22, [sp, #32]\n"                   \
    "stp x23, x24, [sp, #48]\nstp x25, x26, [sp, #64]\nstp x27, x28, [sp, #80]\n"                      \
    "stp d8, d9, [sp, #96]\nstp d10, d11, [sp, #112]\nstp d12, d13, [sp, #128]\n"                      \
    "stp d14, d15, [sp, #144]\nstr x0, [sp, #160]\n"                                                   \
    "ldr x1, [x0, #768]\nmsr fpcr, x1\nldr x1, [x0, #776]\nmsr fpsr, x1\n"                             \
    "ldr x1, [x0, #248]\nmsr nzcv, x1\nadd x1, x0, #256\n"                                             \
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n" \
    "ldr q\\n, [x1], #16\n.endr\n"                                                                     \
    ".irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30\n"      \
    "ldr x\\n, [x0, #8 * \\n]\n.endr\nldr x0, [x0]\n"

#define STORE_ALL                                                                                       \
    "str x0, [sp, #168]\nldr x0, [sp, #160]\n"                                                         \
    ".irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30\n"      \
    "str x\\n, [x0, #8 * \\n]\n.endr\nldr x1, [sp, #168]\nstr x1, [x0]\n"                              \
    "mrs x1, nzcv\nstr x1, [x0, #248]\nmrs x1, fpcr\nstr x1, [x0, #768]\nmrs x1, fpsr\n"               \
    "str x1, [x0, #776]\nadd x1, x0, #256\n"                                                           \
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n" \
    "str q\\n, [x1], #16\n.endr\nmsr fpcr, xzr\n"                                                      \
    "ldp x19, x20, [sp, #16]\nldp x21, x22, [sp, #32]\nldp x23, x24, [sp, #48]\n"                      \
    "ldp x25, x26, [sp, #64]\nldp x27, x28, [sp, #80]\nldp d8, d9, [sp, #96]\n"                        \
    "ldp d10, d11, [sp, #112]\nldp d12, d13, [sp, #128]\nldp d14, d15, [sp, #144]\n"                   \
    "ldp x29, x30, [sp], #192\nret\n"

#define AROUND(name, instructions)                                                                     \
    __asm__(".text\n.globl " #name "\n.type " #name ", %function\n" #name ":\n" LOAD_ALL instructions  \
            "\n" STORE_ALL);                                                                           \
    void name(struct state *state);

AROUND(around_nothing, "nop")
AROUND(around_breakpoint, "brk #7")
AROUND(around_illegal, ".inst 0")
AROUND(around_fault, "ldr x9, [x10]")
AROUND(around_call, "svc #0")
AROUND(around_loop, "1: ldr w1, [x0]\ncbz w1, 1b")

static struct state before, after, in_handler;

static unsigned long pattern(unsigned seed) { return 0x9e3779b97f4a7c15 * (seed + 1); }

static void fill(struct state *state, unsigned seed) {
    for (unsigned i = 0; i < 31; i++)
        state->x[i] = pattern(seed + i);
    for (unsigned i = 0; i < 32; i++) {
        state->v[i].low = pattern(seed + 100 + i);
        state->v[i].high = pattern(seed + 200 + i);
    }
    state->flags = seed & 1 ? 0x60000000 : 0x90000000;
    // Rounding downward and default NaNs; all cumulative flags that there are.
    state->control = seed & 1 ? 0x02800000 : 0x01400000;
    state->status = seed & 1 ? 0x0800009f : 0x00000015;
}

static void take(struct state *state, const struct user_context *context) {
    for (int i = 0; i < 30; i++)
        state->x[i] = context->machine.registers[i];
    state->x[30] = context->machine.lr;
    state->flags = context->machine.status & 0xf0000000;
    for (int i = 0; i < 32; i++) {
        state->v[i].low = context->machine.vectors[i].low;
        state->v[i].high = context->machine.vectors[i].high;
    }
    state->control = context->machine.float_control;
    state->status = context->machine.float_status;
}

static void put(const struct state *state, struct user_context *context) {
    for (int i = 0; i < 30; i++)
        context->machine.registers[i] = state->x[i];
    context->machine.lr = state->x[30];
    context->machine.status = (uint32_t)state->flags;
    for (int i = 0; i < 32; i++) {
        context->machine.vectors[i].low = state->v[i].low;
        context->machine.vectors[i].high = state->v[i].high;
    }
    context->machine.float_control = (uint32_t)state->control;
    context->machine.float_status = (uint32_t)state->status;
}

static void compare(const char *what, const struct state *got, const struct state *want) {
    char name[64];
    for (int i = 0; i < 31; i++)
        check_equal(format_string(name, sizeof name, "%s: x%d", what, i), (long)got->x[i], (long)want->x[i]);
    check_equal(format_string(name, sizeof name, "%s: flags", what), (long)got->flags, (long)want->flags);
    for (int i = 0; i < 32; i++) {
        check_equal(format_string(name, sizeof name, "%s: v%d low", what, i), (long)got->v[i].low, (long)want->v[i].low);
        check_equal(format_string(name, sizeof name, "%s: v%d high", what, i), (long)got->v[i].high,
                    (long)want->v[i].high);
    }
    check_equal(format_string(name, sizeof name, "%s: FPCR", what), (long)got->control, (long)want->control);
    check_equal(format_string(name, sizeof name, "%s: FPSR", what), (long)got->status, (long)want->status);
}

// A handler uses the registers that it may, so that their values must come from the frame.
static void clobber(void) {
    __asm__ volatile("msr fpcr, xzr\nmsr fpsr, xzr\n"
                     ".irp n, 0,1,2,3,4,5,6,7,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
                     "movi v\\n\\().16b, #0x5a\n.endr\n"
                     ::: "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v18", "v19", "v20", "v21", "v22",
                         "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31", "memory");
}

static volatile int steps, changes, is_done;

static void handler(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info;
    clobber();
    take(&in_handler, context);
    if (steps) context->machine.pc += 4;
    if (changes) {
        struct state other;
        fill(&other, 1001);
        put(&other, context);
    }
    is_done = 1;
    clobber();
}

static void run(int signal, void (*around)(struct state *), int change) {
    set_handler(signal, (void *)handler, SA_SIGINFO);
    steps = 1, changes = change;
    fill(&before, 0);
    before.x[10] = 0xdead0000;
    after = before;
    around(&after);
    compare("in the handler", &in_handler, &before);
    if (change) fill(&before, 1001);
    compare("afterwards", &after, &before);
}

CASE(registers, "a stretch of code without a signal keeps them, as the test itself needs") {
    fill(&before, 3);
    after = before;
    around_nothing(&after);
    compare("afterwards", &after, &before);
}

CASE(registers, "survive a breakpoint's handler that changes nothing") { run(SIGTRAP, around_breakpoint, 0); }
CASE(registers, "are what a breakpoint's handler makes of them") { run(SIGTRAP, around_breakpoint, 1); }
CASE(registers, "survive an illegal instruction's handler that changes nothing") { run(SIGILL, around_illegal, 0); }
CASE(registers, "are what an illegal instruction's handler makes of them") { run(SIGILL, around_illegal, 1); }
CASE(registers, "survive a load's fault and handler that changes nothing") { run(SIGSEGV, around_fault, 0); }
CASE(registers, "are what the handler of a load's fault makes of them") { run(SIGSEGV, around_fault, 1); }

static volatile int flag;

static void on_alarm(int signal, struct signal_info *info, struct user_context *context) {
    handler(signal, info, context);
    flag = 1;
}

CASE(registers, "survive a timer's signal in a loop") {
    set_handler(SIGVTALRM, (void *)on_alarm, SA_SIGINFO);
    for (unsigned i = 0; i < 50; i++) {
        struct itimerval value = {{0, 0}, {0, 1000 + i * 10}};
        flag = 0;
        fill(&before, 2 * i);
        before.x[0] = (unsigned long)&flag;
        after = before;
        sys_setitimer(ITIMER_VIRTUAL, &value, 0);
        around_loop(&after);
        before.x[1] = 1;
        if (memcmp(&after, &before, sizeof after) != 0) {
            compare("afterwards", &after, &before);
            return;
        }
    }
    check("fifty times", 1);
}

CASE(registers, "survive a system call, but for x0, x1 and the carry flag") {
    for (unsigned fails = 0; fails < 2; fails++) {
        fill(&before, fails);
        before.x[8] = fails ? SYS_close : SYS_getpgrp;
        before.x[0] = 555;
        after = before;
        around_call(&after);
        before.x[0] = fails ? EBADF : (unsigned long)sys_getpgrp();
        if (!fails) before.x[1] = 0;
        before.flags = (before.flags & ~0x20000000ul) | (fails ? 0x20000000 : 0);
        compare(fails ? "a call that fails" : "a call that succeeds", &after, &before);
    }
}

CASE(registers, "survive a system call and the handler that it runs") {
    set_handler(SIGUSR1, (void *)handler, SA_SIGINFO);
    fill(&before, 5);
    before.x[8] = SYS_kill;
    before.x[0] = (unsigned long)sys_getpid();
    before.x[1] = SIGUSR1;
    after = before;
    around_call(&after);
    before.x[0] = before.x[1] = 0;
    before.flags &= ~0x20000000ul;
    compare("in the handler", &in_handler, &before);
    compare("afterwards", &after, &before);
}

CASE(sigreturn, "refuses a status of another mode, and goes on") {
    struct user_context context;
    sys_getcontext(&context);
    static const uint32_t wrong[] = {0x5, 0xd, 0x10, 0x40, 0x80, 0x100, 0x200};
    for (unsigned i = 0; i < COUNT_OF(wrong); i++) {
        context.machine.status = wrong[i];
        check_errno("setcontext", sys_setcontext(&context), EINVAL);
        check_errno("sigreturn", sys_sigreturn(&context), EINVAL);
    }
}

CASE(sigreturn, "leaves the vector registers alone when the context has none") {
    static struct user_context context;
    volatile int returns = 0;
    sys_getcontext(&context);
    if (returns++ == 0) {
        context.machine.flags = 0;
        for (int i = 0; i < 32; i++)
            context.machine.vectors[i].low = 0x4141414141414141;
        context.machine.float_control = 0x00c00000;
        sys_setcontext(&context);
    }
    unsigned long control, low;
    __asm__ volatile("mrs %0, fpcr\n\tfmov %1, d31" : "=r"(control), "=r"(low));
    check_equal("FPCR", (long)control, 0);
    check("v31", low != 0x4141414141414141);
}
