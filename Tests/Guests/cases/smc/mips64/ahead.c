// Code that changes what is close to it: the next instructions, a delay slot, the body of a loop it runs in, the target
// of a jump on another page; and stores of every kind over code. MIPS64 manual: synci, sync, a jump with hazard barrier.
#include "cases.h"

enum { WHOLE = PROT_READ | PROT_WRITE | PROT_EXEC };

// Makes the word at $5 visible and goes on behind a jump with hazard barrier. The word is 36 bytes behind the first
// instruction that says where it is.
#define FLUSH_5 "synci 0($5)\n sync\n bal 9f\n nop\n9: daddiu $31, $31, 12\n jr.hb $31\n nop\n"
#define SNIPPET(name, body)                                                                                   \
    __asm__(".text\n.balign 8\n.set push\n.set noreorder\n.set noat\n.set mips64r2\n.ent " #name "\n" #name   \
            ":\n" body "\n" #name "_end:\n.end " #name "\n.set pop\n");                                       \
    extern const char name[], name##_end[];

// (word): stores the word over the instruction behind the barrier and runs it.
SNIPPET(change_next, "move $9, $31\n bal 1f\n nop\n1: daddiu $5, $31, 36\n sw $4, 0($5)\n" FLUSH_5
        "3: li $2, 0xbad\n jr $9\n nop")
// (word): the same, over the delay slot of a branch.
SNIPPET(change_slot, "move $9, $31\n bal 1f\n nop\n1: daddiu $5, $31, 40\n sw $4, 0($5)\n" FLUSH_5
        "b 4f\n3: li $2, 0xbad\n li $2, 0xdef\n4: jr $9\n nop")
// (count, first word): adds up what `addiu $2, $2, n` says, whose n is one higher in each round.
SNIPPET(change_loop, "move $9, $31\n move $10, $5\n bal 1f\n li $2, 0\n1: daddiu $5, $31, 36\n2: sw $10, 0($5)\n" FLUSH_5
        "3: addiu $2, $2, 1\n addiu $4, $4, -1\n bne $4, $0, 2b\n addiu $10, $10, 1\n jr $9\n nop")

static char *copy(const char *start, const char *end) {
    char *code = (char *)sys_mmap(0, 4 * PAGE, WHOLE, MAP_PRIVATE | MAP_ANON, -1, 0);
    memcpy(code, start, (size_t)(end - start));
    machine_flush_instructions(code, (size_t)(end - start));
    return code;
}

static uint32_t load_immediate(unsigned value) { return 0x24020000 | value; }

static void run(const char *start, const char *end) {
    long (*code)(uint32_t) = (long (*)(uint32_t))copy(start, end);
    int wrong = 0;
    for (unsigned i = 0; i < 2000; i++)
        wrong += code(load_immediate(i)) != i;
    check_equal("wrong results", wrong, 0);
}

CASE(ahead, "the next instruction, changed and flushed, is the new one") { run(change_next, change_next_end); }
CASE(ahead, "a delay slot, changed and flushed, is the new one") { run(change_slot, change_slot_end); }

CASE(ahead, "the body of a loop that changes in each round") {
    long (*code)(long, uint32_t) = (long (*)(long, uint32_t))copy(change_loop, change_loop_end);
    check_equal("the sum", code(1000, 0x24420001), 1000 * 1001 / 2);
}

// A function on the first page that jumps to one on the second; the jump is a direct one, with its delay slot.
static char *far_jump(void) {
    char *code = (char *)sys_mmap((void *)0x50000000, 2 * PAGE, WHOLE, MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0);
    ((uint32_t *)code)[0] = 0x08000000 | (uint32_t)(((unsigned long)code + PAGE) >> 2 & 0x3ffffff);
    ((uint32_t *)code)[1] = 0;
    machine_write_function(code + PAGE, 0);
    machine_flush_instructions(code, 2 * PAGE);
    return code;
}

static long call(char *code) {
    long result;
    __asm__ volatile("move $25, %1\n\tjalr $25\n\tmove %0, $2"
                     : "=r"(result) : "r"(code) : "$2", "$3", "$4", "$5", "$8", "$9", "$10", "$25", "$31", "memory");
    return result;
}

CASE(jump, "to another page, whose code changes, finds the new code") {
    char *code = far_jump();
    int wrong = 0;
    for (int i = 0; i < 2000; i++) {
        machine_write_function(code + PAGE, i);
        machine_flush_instructions(code + PAGE, 8);
        wrong += call(code) != i;
    }
    check_equal("wrong results", wrong, 0);
}

CASE(jump, "to another page, which is mapped anew, finds the new code") {
    char *code = far_jump();
    int wrong = 0;
    for (int i = 0; i < 200; i++) {
        sys_mmap(code + PAGE, PAGE, WHOLE, MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0);
        machine_write_function(code + PAGE, i);
        machine_flush_instructions(code + PAGE, 8);
        wrong += call(code) != i;
    }
    check_equal("wrong results", wrong, 0);
}

static volatile int count;

static void come_back(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info;
    count++;
    machine_return_from_call(context);
}

CASE(jump, "to another page, which is gone, faults there") {
    char *code = far_jump();
    set_handler(SIGSEGV, (void *)come_back, SA_SIGINFO);
    check_equal("there", call(code), 0);
    sys_munmap(code + PAGE, PAGE);
    call(code);
    check_equal("faults", count, 1);
}

// Each way of storing, over a function that has run; then it is flushed and runs again.
#define STORES(name, instructions)                                                              \
    do {                                                                                        \
        char *code = (char *)sys_mmap(0, PAGE, WHOLE, MAP_PRIVATE | MAP_ANON, -1, 0);           \
        uint64_t words[1];                                                                      \
        for (int i = 0; i < 20; i++) {                                                          \
            machine_write_function(code, 5);                                                    \
            machine_flush_instructions(code, 8);                                                \
            wrong += call(code) != 5;                                                           \
            machine_write_function(words, 100 + i);                                             \
            __asm__ volatile(".set push\n\t.set noreorder\n\t.set mips64r2\n\t" instructions "\n\t.set pop" \
                             : : "r"(code), "r"(words[0]), "r"(words) : "$8", "$9", "$f0", "memory"); \
            machine_flush_instructions(code, 8);                                                \
            wrong += call(code) != 100 + i;                                                     \
        }                                                                                       \
        check_equal(name, wrong, 0);                                                            \
        sys_munmap(code, PAGE);                                                                 \
    } while (0)

CASE(stores, "of every kind over code") {
    int wrong = 0;
    STORES("sd", "sd %1, 0(%0)");
    STORES("sw", "sw %1, 4(%0)");
    STORES("sh", "sh %1, 6(%0)");
    STORES("sb", "sb %1, 7(%0)");
    STORES("swl and swr", "swl %1, 4(%0)\n\tswr %1, 7(%0)");
    STORES("sdl and sdr", "sdl %1, 0(%0)\n\tsdr %1, 7(%0)");
    STORES("sdc1", "ldc1 $f0, 0(%2)\n\tsdc1 $f0, 0(%0)");
    STORES("swc1", "lwc1 $f0, 4(%2)\n\tswc1 $f0, 4(%0)");
    STORES("sc", "1: ll $8, 4(%0)\n\tmove $9, %1\n\tsc $9, 4(%0)\n\tbeq $9, $0, 1b\n\tnop");
    STORES("scd", "1: lld $8, 0(%0)\n\tmove $9, %1\n\tscd $9, 0(%0)\n\tbeq $9, $0, 1b\n\tnop");
}
