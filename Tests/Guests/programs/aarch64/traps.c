// Exceptions of A64 as signals, with the codes of sys/arm64/arm64/trap.c, and what of the processor survives them.
#include "guest.h"

enum { ILL_ILLOPN = 2, ILL_ILLTRP = 4, ILL_PRVOPC = 5, BUS_ADRALN = 1 };

static volatile int signal_seen, code_seen;
static volatile unsigned long address_seen, pc_seen, status_seen, vector_seen, status_to_set;

static void on_trap(int signal, struct signal_info *info, struct user_context *context) {
    signal_seen = signal;
    code_seen = info->code;
    address_seen = (unsigned long)info->address;
    pc_seen = context->machine.pc;
    status_seen = context->machine.status;
    vector_seen = context->machine.vectors[8].low;
    if (status_to_set)
        context->machine.status = (uint32_t)status_to_set;
    machine_skip_instruction(context);
}

static void expect(const char *what, int signal, int code) {
    char name[96];
    check_equal(format_string(name, sizeof name, "%s: signal", what), signal_seen, signal);
    check_equal(format_string(name, sizeof name, "%s: si_code", what), code_seen, code);
    signal_seen = code_seen = 0;
}

// Runs one instruction, which traps; its address and what the signal says of it must agree.
#define TRAP(instruction) \
    do { \
        unsigned long here; \
        __asm__ volatile("adr %0, 1f\n1:\t" instruction : "=&r"(here) : : "x0", "memory"); \
        check("the signal names the instruction", pc_seen == here && address_seen == here); \
    } while (0)

static void exceptions(void) {
    TRAP("svc #1");
    expect("svc with a number", SIGILL, ILL_ILLOPN);
    TRAP("brk #7");
    expect("brk", SIGTRAP, TRAP_BRKPT);
    TRAP(".inst 0");
    expect("udf", SIGILL, ILL_ILLTRP);
    TRAP("mrs x0, sctlr_el1");
    expect("a register of the kernel", SIGILL, ILL_ILLTRP);
    TRAP("mrs x0, pmccntr_el0");
    expect("a register that the kernel withholds", SIGILL, ILL_PRVOPC);
    long memory[4] = {0};
    __asm__ volatile("ldxr x0, [%0]" : : "r"((char *)memory + 4) : "x0", "memory");
    expect("a misaligned exclusive load", SIGBUS, BUS_ADRALN);
    check_equal("its address", (long)address_seen, (long)memory + 4);
    __asm__ volatile("stlr x0, [%0]" : : "r"((char *)memory + 1) : "memory");
    expect("a misaligned store-release", SIGBUS, BUS_ADRALN);
    unsigned long stack;
    __asm__ volatile("mov x1, sp\n\tsub %0, x1, #72\n\tmov sp, %0\n\tldr x0, [sp]\n\tmov sp, x1"
                     : "=&r"(stack) : : "x0", "x1", "memory");
    expect("an access relative to a misaligned stack pointer", SIGBUS, BUS_ADRALN);
    check_equal("its address is the stack pointer", (long)address_seen, (long)stack);
    // FreeBSD does not set TCR_EL1.TBI0 (sys/arm64/arm64/locore.S): the upper byte is part of an address.
    unsigned long tagged = (unsigned long)memory | 0x5aul << 56;
    __asm__ volatile("ldr x0, [%0]" : : "r"(tagged) : "x0", "memory");
    expect("a pointer with a tag", SIGSEGV, SEGV_MAPERR);
    check_equal("its address has the tag", (long)address_seen, (long)tagged);
    check_equal("a system call with such a pointer", sys_write(1, (void *)tagged, 1), -EFAULT);
    long value = 0;
    __asm__ volatile("str %1, [%2]\n\tldr %0, [%2]" : "=r"(value) : "r"(0x123456789l), "r"((char *)memory + 3) : "memory");
    check_equal("an ordinary misaligned access succeeds", value, 0x123456789l);
}

// Reads flags behind an access that faults and is stepped over.
static unsigned flags_over_fault(unsigned long set) {
    unsigned long flags;
    __asm__ volatile("msr nzcv, %1\n\tldr x0, [%2]\n\tmrs %0, nzcv"
                     : "=r"(flags) : "r"(set), "r"(16l) : "x0", "cc", "memory");
    return (unsigned)(flags >> 28);
}

static void state(void) {
    int wrong = 0;
    for (unsigned long flags = 0; flags < 16; flags++)
        wrong += flags_over_fault(flags << 28) != flags || status_seen != flags << 28;
    check_equal("flags survive a signal and are in its context", wrong, 0);
    status_to_set = 0x60000000;
    check_equal("flags from the handler", flags_over_fault(0x90000000), 6);
    status_to_set = 0;
    unsigned long vector = 0;
    __asm__ volatile("fmov d8, %1\n\tldr x0, [%2]\n\tfmov %0, d8"
                     : "=r"(vector) : "r"(0x1122334455667788l), "r"(16l) : "x0", "v8", "memory");
    check("a vector register survives a signal", vector == 0x1122334455667788);
    check("and is in its context", vector_seen == 0x1122334455667788);
    long cell = 5, failed = 0;
    __asm__ volatile("ldxr x0, [%1]\n\tldr x1, [%2]\n\tstxr %w0, xzr, [%1]"
                     : "=&r"(failed) : "r"(&cell), "r"(16l) : "x0", "x1", "memory");
    check("a signal ends an exclusive access", failed == 1 && cell == 5);
    __asm__ volatile("ldxr x0, [%1]\n\tadd x0, x0, #1\n\tstxr %w0, x0, [%1]"
                     : "=&r"(failed) : "r"(&cell) : "x0", "memory");
    check("which succeeds without one", failed == 0 && cell == 6);
}

static void contexts(void) {
    static struct user_context context;
    check_equal("getcontext", sys_getcontext(&context), 0);
    check_equal("a context for EL1 is refused", (context.machine.status = 5, sys_sigreturn(&context)), -EINVAL);
    check_equal("one for AArch32 too", (context.machine.status = 0x10, sys_sigreturn(&context)), -EINVAL);
    check_equal("one with masked interrupts too", (context.machine.status = 0x80, sys_setcontext(&context)), -EINVAL);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    int signals[] = {SIGILL, SIGTRAP, SIGBUS, SIGSEGV};
    for (unsigned i = 0; i < COUNT_OF(signals); i++)
        set_handler(signals[i], (void *)on_trap, SA_SIGINFO);
    exceptions();
    state();
    contexts();
    return checks_failed();
}
