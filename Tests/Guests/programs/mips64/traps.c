// Exceptions of the MIPS instruction set as signals (sys/mips/mips/trap.c, release 12.2): an integer overflow is SIGFPE, a
// trap instruction SIGEMT with the program counter behind it, a breakpoint SIGTRAP, a reserved instruction SIGILL, an
// address error SIGBUS. In a delay slot the program counter is the branch's. Unaligned loads and stores are done by the
// kernel. The kernel leaves si_code 0 but for breakpoints; the code that names the cause is accepted as well.
#include "guest.h"

static volatile int signal_seen, code_seen;
static volatile unsigned long pc_seen, address_seen, cause_count;
static unsigned long resume_at;

static void on_trap(int signal, struct signal_info *info, struct user_context *context) {
    signal_seen = signal;
    code_seen = info->code;
    address_seen = (unsigned long)info->address;
    pc_seen = context->machine.pc;
    cause_count++;
    if (resume_at)
        context->machine.pc = resume_at;
}

// Every snippet is a function of ($a0, $a1) with labels on the instruction at fault and on the end.
#define SNIPPET(name, body)                                                                               \
    __asm__(".text\n.set push\n.set noreorder\n.set mips64r2\n.globl " #name "\n.ent " #name "\n" #name ":\n" body \
            "\n" #name "_end:\n jr $31\n nop\n.end " #name "\n.globl " #name "_at\n.globl " #name "_end\n.set pop\n"); \
    long name(long a, long b);                                                                            \
    extern char name##_at[], name##_end[];

SNIPPET(overflow_add, "move $2, $0\n overflow_add_at: add $2, $4, $5")
SNIPPET(overflow_dadd, "move $2, $0\n overflow_dadd_at: dadd $2, $4, $5")
SNIPPET(overflow_addi, "move $2, $0\n overflow_addi_at: addi $2, $4, 1")
SNIPPET(overflow_sub, "move $2, $0\n overflow_sub_at: sub $2, $4, $5")
SNIPPET(trap_equal, "li $2, 5\n trap_equal_at: teq $4, $5, 7\n li $2, 6")
SNIPPET(divide_checked, "ddiv $0, $4, $5\n divide_checked_at: teq $5, $0, 7\n mflo $2")
SNIPPET(breakpoint, "li $2, 5\n breakpoint_at: break 3")
SNIPPET(reserved, "li $2, 5\n reserved_at: .word 0x7c00003f")
SNIPPET(privileged, "li $2, 5\n privileged_at: mfc0 $2, $12")
SNIPPET(load_linked, "li $2, 5\n load_linked_at: ll $2, 0($4)")
SNIPPET(kernel_load, "li $2, 5\n kernel_load_at: ld $2, 0($4)")

SNIPPET(slot_overflow, "move $2, $0\n slot_overflow_at: b slot_overflow_end\n add $2, $4, $5\n li $2, 9")
SNIPPET(slot_break, "li $2, 5\n slot_break_at: b slot_break_end\n break 3\n li $2, 9")
SNIPPET(slot_trap, "li $2, 5\n slot_trap_at: beq $4, $5, slot_trap_end\n teq $4, $5\n li $2, 9")
SNIPPET(slot_load, "slot_load_at: bne $5, $0, slot_load_end\n ld $2, 0($4)\n li $2, 9")
SNIPPET(slot_condition, "li $2, 1\n slot_condition_at: bne $5, $0, 1f\n ld $5, 0($4)\n li $2, 9\n1: daddu $2, $2, $5")
SNIPPET(slot_link, "move $8, $31\n slot_link_at: bal 1f\n ld $2, 0($4)\n b 2f\n nop\n1: jr $31\n nop\n2: move $31, $8")
SNIPPET(slot_register, "move $8, $31\n dla $25, slot_register_end\n slot_register_at: jalr $9, $25\n ld $25, 0($4)\n")
SNIPPET(slot_likely, "li $2, 5\n slot_likely_at: bnel $0, $0, slot_likely_end\n ld $2, 0($4)\n li $2, 6")
SNIPPET(slot_syscall, "li $2, 20\n slot_syscall_at: b slot_syscall_end\n syscall\n li $2, 9")
SNIPPET(slot_unaligned, "slot_unaligned_at: b slot_unaligned_end\n ld $2, 0($4)\n li $2, 9")

enum { FPE_INTOVF = 1, ILL_ILLOPC = 1, ILL_COPROC = 7, BUS_ADRALN = 1 };

static void expect(const char *what, int signal, int code, const char *pc) {
    char name[96];
    check_equal(format_string(name, sizeof name, "%s: signal", what), signal_seen, signal);
    check(format_string(name, sizeof name, "%s: si_code", what), code_seen == 0 || code_seen == code);
    check_equal(format_string(name, sizeof name, "%s: pc", what), (long)pc_seen, (long)pc);
    signal_seen = 0;
}

static void arithmetic(void) {
    resume_at = (unsigned long)overflow_add_end;
    check_equal("add without overflow", overflow_add(0x7ffffffe, 1), 0x7fffffff);
    check_equal("add with overflow leaves the destination", overflow_add(0x7fffffff, 1), 0);
    expect("add", SIGFPE, FPE_INTOVF, overflow_add_at);
    resume_at = (unsigned long)overflow_dadd_end;
    overflow_dadd(0x7fffffffffffffff, 1);
    expect("dadd", SIGFPE, FPE_INTOVF, overflow_dadd_at);
    resume_at = (unsigned long)overflow_addi_end;
    overflow_addi(0x7fffffff, 0);
    expect("addi", SIGFPE, FPE_INTOVF, overflow_addi_at);
    resume_at = (unsigned long)overflow_sub_end;
    overflow_sub(-0x80000000L, 1);
    expect("sub", SIGFPE, FPE_INTOVF, overflow_sub_at);
}

static void traps(void) {
    resume_at = 0;
    check_equal("teq that does not trap", trap_equal(1, 2), 6);
    check_equal("teq that traps is stepped over by the kernel", trap_equal(3, 3), 6);
    expect("teq", SIGEMT, 0, trap_equal_at + 4);
    check_equal("teq: si_addr", (long)address_seen, (long)trap_equal_at);
    check_equal("a checked division", divide_checked(-84, 2), -42);
    check_equal("nothing raised", signal_seen, 0);
    divide_checked(1, 0);
    expect("a checked division by zero", SIGEMT, 0, divide_checked_at + 4);
    resume_at = (unsigned long)breakpoint_end;
    check_equal("break", breakpoint(0, 0), 5);
    expect("break", SIGTRAP, TRAP_BRKPT, breakpoint_at);
    check_equal("break: si_addr", (long)address_seen, (long)breakpoint_at);
    resume_at = (unsigned long)reserved_end;
    check_equal("a reserved instruction", reserved(0, 0), 5);
    expect("a reserved instruction", SIGILL, ILL_ILLOPC, reserved_at);
    resume_at = (unsigned long)privileged_end;
    check_equal("a privileged instruction", privileged(0, 0), 5);
    expect("a privileged instruction", SIGILL, ILL_COPROC, privileged_at);
}

static void alignment(void) {
    static const unsigned char bytes[32] __attribute__((aligned(16))) = {
        0x00, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f};
    unsigned char copy[32] __attribute__((aligned(16)));
    long value;
    resume_at = 0;
    __asm__ volatile("lw %0, 1(%1)" : "=r"(value) : "r"(bytes));
    check_equal("unaligned lw", value, (int)0x81828384);
    __asm__ volatile("lwu %0, 3(%1)" : "=r"(value) : "r"(bytes));
    check_equal("unaligned lwu", value, 0x83848586);
    __asm__ volatile("lh %0, 1(%1)" : "=r"(value) : "r"(bytes));
    check_equal("unaligned lh", value, (int16_t)0x8182);
    __asm__ volatile("lhu %0, 1(%1)" : "=r"(value) : "r"(bytes));
    check_equal("unaligned lhu", value, 0x8182);
    __asm__ volatile("ld %0, 3(%1)" : "=r"(value) : "r"(bytes));
    check_equal("unaligned ld", value, (long)0x838485868788898a);
    memset(copy, 0, sizeof copy);
    __asm__ volatile("sd %0, 5(%1)" : : "r"(0x0102030405060708), "r"(copy) : "memory");
    check("unaligned sd", copy[4] == 0 && copy[5] == 1 && copy[12] == 8 && copy[13] == 0);
    __asm__ volatile("sw %0, 1(%1)" : : "r"(0x11121314), "r"(copy) : "memory");
    check("unaligned sw", copy[0] == 0 && copy[1] == 0x11 && copy[4] == 0x14 && copy[5] == 1);
    __asm__ volatile("sh %0, 17(%1)" : : "r"(0x2122), "r"(copy) : "memory");
    check("unaligned sh", copy[16] == 0 && copy[17] == 0x21 && copy[18] == 0x22 && copy[19] == 0);
    check_equal("unaligned ld in a delay slot", slot_unaligned((long)bytes + 3, 0), (long)0x838485868788898a);
    check_equal("no signal for any of them", signal_seen, 0);
    resume_at = (unsigned long)load_linked_end;
    load_linked((long)bytes + 1, 0);
    check_equal("unaligned ll: signal", signal_seen, SIGBUS);
    signal_seen = 0;
    resume_at = (unsigned long)kernel_load_end;
    check_equal("a load from kernel space", kernel_load(-0x80000000L, 0), 5);
    expect("a load from kernel space", SIGBUS, BUS_ADRALN, kernel_load_at);
}

static char *page;

static void on_slot_fault(int signal, struct signal_info *info, struct user_context *context) {
    signal_seen = signal;
    address_seen = (unsigned long)info->address;
    pc_seen = context->machine.pc;
    sys_mprotect(page, PAGE, PROT_READ | PROT_WRITE);
}

static void check_slot(const char *what, const char *pc) {
    char name[96];
    check_equal(format_string(name, sizeof name, "%s: pc is the branch's", what), (long)pc_seen, (long)pc);
    check_equal(format_string(name, sizeof name, "%s: si_addr", what), (long)address_seen, (long)page);
    sys_mprotect(page, PAGE, PROT_NONE);
    signal_seen = 0;
    pc_seen = address_seen = 0;
}

static void slots(void) {
    resume_at = (unsigned long)slot_overflow_end;
    check_equal("overflow in a slot leaves the destination", slot_overflow(0x7fffffff, 1), 0);
    expect("overflow in a slot", SIGFPE, FPE_INTOVF, slot_overflow_at);
    resume_at = (unsigned long)slot_break_end;
    check_equal("break in a slot", slot_break(0, 0), 5);
    expect("break in a slot", SIGTRAP, TRAP_BRKPT, slot_break_at);
    resume_at = 0;
    check_equal("teq in a slot resumes at the branch's target", slot_trap(1, 1), 5);
    expect("teq in a slot", SIGEMT, 0, slot_trap_end);
    check_equal("a system call in a slot", slot_syscall(0, 0), sys_getpid());

    page = (char *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    *(long *)page = 77;
    sys_mprotect(page, PAGE, PROT_NONE);
    set_handler(SIGSEGV, (void *)on_slot_fault, SA_SIGINFO);
    check_equal("a load in the slot of a taken branch", slot_load((long)page, 1), 77);
    check_slot("taken branch", slot_load_at);
    check_equal("a load in the slot of a branch not taken", slot_load((long)page, 0), 9);
    check_slot("branch not taken", slot_load_at);
    check_equal("a slot that overwrites the condition", slot_condition((long)page, 1), 78);
    check_slot("overwritten condition", slot_condition_at);
    check_equal("a load in the slot of bal", slot_link((long)page, 0), 77);
    check_slot("bal", slot_link_at);
    slot_register((long)page, 0);
    check_slot("jalr with its register overwritten", slot_register_at);
    check_equal("the slot of a likely branch not taken does not run", slot_likely((long)page, 0), 6);
    check_equal("and does not fault", signal_seen, 0);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    static const int signals[] = {SIGFPE, SIGEMT, SIGTRAP, SIGILL, SIGBUS, SIGSEGV};
    for (unsigned i = 0; i < COUNT_OF(signals); i++)
        set_handler(signals[i], (void *)on_trap, SA_SIGINFO);
    arithmetic();
    traps();
    alignment();
    slots();
    return checks_failed();
}
