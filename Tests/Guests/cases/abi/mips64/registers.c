// Every register of a program survives signals and system calls, and is what a handler makes of it.
// Authority: sys/mips/mips/pm_machdep.c sendsig, sys/mips/mips/vm_machdep.c cpu_set_syscall_retval. $26 and $27 are the
// kernel's at any time.
#include "cases.h"

struct state {
    unsigned long r[32], hi, lo, f[32], control;
};
_Static_assert(offsetof(struct state, f) == 272 && offsetof(struct state, control) == 528, "as the code has it");

#define GENERAL_BUT_4 "1,2,3,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,28,30,31"
#define ALL_FLOATS "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31"

// Loads all registers, runs the middle instructions, and stores all registers again. The stack pointer is kept; $4 is
// on the stack meanwhile.
#define LOAD_ALL                                                                                     \
    "daddiu $29, $29, -128\nsd $16, 0($29)\nsd $17, 8($29)\nsd $18, 16($29)\nsd $19, 24($29)\n"     \
    "sd $20, 32($29)\nsd $21, 40($29)\nsd $22, 48($29)\nsd $23, 56($29)\nsd $28, 64($29)\n"        \
    "sd $30, 72($29)\nsd $31, 80($29)\nsd $4, 96($29)\n"                                            \
    "ld $8, 528($4)\nctc1 $8, $31\nld $8, 256($4)\nmthi $8\nld $8, 264($4)\nmtlo $8\n"             \
    ".irp n, " ALL_FLOATS "\nldc1 $f\\n, 272 + 8 * \\n($4)\n.endr\n"                                \
    ".irp n, " GENERAL_BUT_4 "\nld $\\n, 8 * \\n($4)\n.endr\nld $4, 32($4)\n"
#define STORE_ALL                                                                                    \
    "sd $4, 104($29)\nld $4, 96($29)\n"                                                             \
    ".irp n, " GENERAL_BUT_4 "\nsd $\\n, 8 * \\n($4)\n.endr\nld $8, 104($29)\nsd $8, 32($4)\n"      \
    ".irp n, " ALL_FLOATS "\nsdc1 $f\\n, 272 + 8 * \\n($4)\n.endr\n"                                \
    "mfhi $8\nsd $8, 256($4)\nmflo $8\nsd $8, 264($4)\ncfc1 $8, $31\nsd $8, 528($4)\nctc1 $0, $31\n" \
    "ld $16, 0($29)\nld $17, 8($29)\nld $18, 16($29)\nld $19, 24($29)\nld $20, 32($29)\n"          \
    "ld $21, 40($29)\nld $22, 48($29)\nld $23, 56($29)\nld $28, 64($29)\nld $30, 72($29)\n"        \
    "ld $31, 80($29)\njr $31\ndaddiu $29, $29, 128\n"

#define AROUND(name, instructions)                                                                        \
    __asm__(".text\n.set push\n.set noreorder\n.set noat\n.set mips64r2\n.globl " #name "\n.ent " #name "\n" \
            #name ":\n" LOAD_ALL instructions "\n" STORE_ALL ".end " #name "\n.set pop\n");                \
    void name(struct state *state);

AROUND(around_nothing, "nop")
AROUND(around_breakpoint, "break 7")
AROUND(around_illegal, ".word 0x7c00003f")
AROUND(around_fault, "ld $9, 0($10)")
AROUND(around_call, "syscall")
AROUND(around_loop, "1: lw $3, 0($4)\nbeq $3, $0, 1b\nnop")

static struct state before, after, in_handler;

static unsigned long pattern(unsigned seed) { return 0x9e3779b97f4a7c15 * (seed + 1); }

static void fill(struct state *state, unsigned seed) {
    for (unsigned i = 1; i < 32; i++)
        state->r[i] = i == 26 || i == 27 || i == REGISTER_SP ? 0 : pattern(seed + i);
    state->hi = pattern(seed + 50), state->lo = pattern(seed + 51);
    for (unsigned i = 0; i < 32; i++)
        state->f[i] = pattern(seed + 100 + i);
    // Rounding toward minus infinity or plus infinity, some flags and condition bits, no trap enabled.
    state->control = seed & 1 ? 0x0080007f : 0x02000012;
}

static void take(struct state *state, const struct user_context *context) {
    for (int i = 1; i < 32; i++)
        state->r[i] = i == 26 || i == 27 || i == REGISTER_SP ? 0 : context->machine.registers[i];
    state->hi = context->machine.hi, state->lo = context->machine.lo;
    for (int i = 0; i < 32; i++)
        state->f[i] = context->machine.float_registers[i];
    state->control = context->machine.float_registers[32];
}

static void put(const struct state *state, struct user_context *context) {
    for (int i = 1; i < 32; i++)
        if (i != 26 && i != 27 && i != REGISTER_SP) context->machine.registers[i] = state->r[i];
    context->machine.hi = state->hi, context->machine.lo = state->lo;
    for (int i = 0; i < 32; i++)
        context->machine.float_registers[i] = state->f[i];
    context->machine.float_registers[32] = state->control;
}

static void compare(const char *what, const struct state *got, const struct state *want) {
    char name[64];
    for (int i = 1; i < 32; i++)
        check_equal(format_string(name, sizeof name, "%s: $%d", what, i), (long)got->r[i], (long)want->r[i]);
    check_equal(format_string(name, sizeof name, "%s: hi", what), (long)got->hi, (long)want->hi);
    check_equal(format_string(name, sizeof name, "%s: lo", what), (long)got->lo, (long)want->lo);
    for (int i = 0; i < 32; i++)
        check_equal(format_string(name, sizeof name, "%s: $f%d", what, i), (long)got->f[i], (long)want->f[i]);
    check_equal(format_string(name, sizeof name, "%s: FCSR", what), (long)got->control, (long)want->control);
}

// A handler uses the registers that it may, so that their values must come from the frame.
static void clobber(void) {
    __asm__ volatile(".set push\n.set mips64r2\nctc1 $0, $31\nmthi $0\nmtlo $0\n"
                     ".irp n, " ALL_FLOATS "\ndmtc1 $0, $f\\n\n.endr\n.set pop\n" ::: "hi", "lo", "memory");
}

static volatile int steps, changes;

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
    clobber();
}

static void run(int signal, void (*around)(struct state *), int change) {
    set_handler(signal, (void *)handler, SA_SIGINFO);
    steps = 1, changes = change;
    fill(&before, 0);
    before.r[10] = 0xdead0000;
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
        before.r[REGISTER_A0] = (unsigned long)&flag;
        after = before;
        sys_setitimer(ITIMER_VIRTUAL, &value, 0);
        around_loop(&after);
        before.r[REGISTER_V1] = 1;
        if (memcmp(&after, &before, sizeof after) != 0) {
            compare("afterwards", &after, &before);
            return;
        }
    }
    check("fifty times", 1);
}

CASE(registers, "survive a system call, but for $v0 and $a3") {
    for (unsigned fails = 0; fails < 2; fails++) {
        fill(&before, fails);
        before.r[REGISTER_V0] = fails ? SYS_close : SYS_getpgrp;
        before.r[REGISTER_A0] = 555;
        after = before;
        around_call(&after);
        before.r[REGISTER_V0] = fails ? EBADF : (unsigned long)sys_getpgrp();
        before.r[REGISTER_A3] = fails;
        compare(fails ? "a call that fails" : "a call that succeeds", &after, &before);
    }
}

CASE(registers, "survive a system call and the handler that it runs") {
    set_handler(SIGUSR1, (void *)handler, SA_SIGINFO);
    fill(&before, 5);
    before.r[REGISTER_V0] = SYS_kill;
    before.r[REGISTER_A0] = (unsigned long)sys_getpid();
    before.r[REGISTER_A0 + 1] = SIGUSR1;
    after = before;
    around_call(&after);
    before.r[REGISTER_V0] = before.r[REGISTER_A3] = 0;
    compare("in the handler", &in_handler, &before);
    compare("afterwards", &after, &before);
}

CASE(sigreturn, "leaves the floating-point registers alone when the context has none") {
    static struct user_context context;
    volatile int returns = 0;
    sys_getcontext(&context);
    if (returns++ == 0) {
        context.machine.float_used = 0;
        for (int i = 0; i < 33; i++)
            context.machine.float_registers[i] = i == 32 ? 3 : 0x4141414141414141;
        sys_setcontext(&context);
    }
    unsigned long control, value;
    __asm__ volatile("cfc1 %0, $31\n\tdmfc1 %1, $f31" : "=r"(control), "=r"(value));
    check_equal("FCSR", (long)control & 3, 0);
    check("$f31", value != 0x4141414141414141);
}
