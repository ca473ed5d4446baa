// Code that changes what is close to it: the next instruction, the body of a loop it runs in, the target of a branch on
// another page; and stores of every kind over code. DDI 0487 B2.4.4: dc cvau, dsb, ic ivau, dsb, isb.
#include "cases.h"

enum { WHOLE = PROT_READ | PROT_WRITE | PROT_EXEC };

#define FLUSH_X1 "dc cvau, x1\n dsb ish\n ic ivau, x1\n dsb ish\n isb\n"
#define SNIPPET(name, body)                                                                       \
    __asm__(".text\n.balign 8\n" #name ":\n" body "\n" #name "_end:\n");                          \
    extern __attribute__((visibility("hidden"))) const char name[], name##_end[];

// (word): stores the word over the instruction behind the barriers and runs it.
SNIPPET(change_next, "adr x1, 1f\n str w0, [x1]\n" FLUSH_X1 "1: movz x0, #0xbad\n ret")
// (count, first word): counts x2 up by what `add x2, x2, #n` says, whose n is one higher in each round.
SNIPPET(change_loop, "mov x2, #0\n adr x1, 2f\n1: str w3, [x1]\n" FLUSH_X1
        "2: add x2, x2, #1\n add w3, w3, #1024\n subs x0, x0, #1\n b.ne 1b\n mov x0, x2\n ret")
// (word): an instruction before this one, in a block that has run, is changed, and run again.
SNIPPET(change_behind, "mov x3, #0\n1: movz x4, #1\n add x3, x3, x4\n cmp x3, #1\n b.ne 2f\n adr x1, 1b\n str w0, [x1]\n" FLUSH_X1
        " b 1b\n2: mov x0, x3\n ret")

// (word): adds 1 to the word and returns the sum.
SNIPPET(update, "1: ldxr x1, [x0]\n add x2, x1, #1\n stxr w3, x2, [x0]\n cbnz w3, 1b\n mov x0, x2\n ret")

static char *copy(const char *start, const char *end) {
    char *code = (char *)sys_mmap(0, 4 * PAGE, WHOLE, MAP_PRIVATE | MAP_ANON, -1, 0);
    memcpy(code, start, (size_t)(end - start));
    machine_flush_instructions(code, (size_t)(end - start));
    return code;
}

static uint32_t movz(unsigned number, unsigned value) { return 0xd2800000 | value << 5 | number; }

CASE(ahead, "the next instruction, changed and flushed, is the new one") {
    long (*code)(uint32_t) = (long (*)(uint32_t))copy(change_next, change_next_end);
    int wrong = 0;
    for (unsigned i = 0; i < 2000; i++)
        wrong += code(movz(0, i)) != i;
    check_equal("wrong results", wrong, 0);
}

CASE(ahead, "the body of a loop that changes in each round") {
    long (*code)(long, long, long, uint32_t) = (long (*)(long, long, long, uint32_t))copy(change_loop, change_loop_end);
    check_equal("the sum", code(1000, 0, 0, 0x91000442), 1000 * 1001 / 2);
}

CASE(ahead, "an instruction of the block that runs, changed behind it") {
    for (unsigned i = 2; i < 200; i++) {
        long (*code)(uint32_t) = (long (*)(uint32_t))copy(change_behind, change_behind_end);
        check_equal("the sum", code(movz(4, i)), 1 + i);
        sys_munmap((void *)code, 4 * PAGE);
    }
}

typedef long update_function(uint64_t *word, long loaded, long sum, long failed);

// Runs the update on 100, then with one of its words changed, then as it was.
static void check_update(char *code, int index, uint32_t changed, const char *what, long result, long stored) {
    uint32_t *place = (uint32_t *)code + index, plain = *place;
    for (int round = 0; round < 3; round++) {
        uint64_t value = 100;
        *place = round == 1 ? changed : plain;
        machine_flush_instructions(place, 4);
        check_equal(what, ((update_function *)code)(&value, 41, 0, 0), round == 1 ? result : 101);
        check_equal("the word", (long)value, round == 1 ? stored : 101);
    }
}

static void check_updates(char *code) {
    check_update(code, 0, 0xc85f7c04, "ldxr x4, [x0]", 42, 42);
    check_update(code, 1, 0x91001422, "add x2, x1, #5", 105, 105);
    check_update(code, 1, 0x9b017c22, "mul x2, x1, x1", 10000, 10000);
    check_update(code, 2, 0xc8037c01, "stxr w3, x1, [x0]", 101, 100);
    check_update(code, 2, 0xf9000001, "str x1, [x0]", 101, 100);
    check_update(code, 3, 0xd2800122, "mov x2, #9", 9, 101);
}

CASE(ahead, "an instruction of a loop of load and store exclusive changes, on one page and on two") {
    char *code = copy(update, update_end);
    check_updates(code);
    for (int distance = 4; distance <= 12; distance += 4) {
        char *across = code + 2 * PAGE - distance;
        memcpy(across, update, (size_t)(update_end - update));
        machine_flush_instructions(across, (size_t)(update_end - update));
        check_updates(across);
    }
}

// A function on the first page that jumps to one on the second; there is a direct branch between them.
static char *far_branch(void) {
    char *code = (char *)sys_mmap(0, 2 * PAGE, WHOLE, MAP_PRIVATE | MAP_ANON, -1, 0);
    *(uint32_t *)code = 0x14000000 | PAGE / 4;
    machine_write_function(code + PAGE, 0);
    machine_flush_instructions(code, 2 * PAGE);
    return code;
}

CASE(branch, "to another page, whose code changes, finds the new code") {
    char *code = far_branch();
    int wrong = 0;
    for (int i = 0; i < 2000; i++) {
        machine_write_function(code + PAGE, i);
        machine_flush_instructions(code + PAGE, 8);
        wrong += ((long (*)(void))code)() != i;
    }
    check_equal("wrong results", wrong, 0);
}

CASE(branch, "to another page, which is mapped anew, finds the new code") {
    char *code = far_branch();
    int wrong = 0;
    for (int i = 0; i < 200; i++) {
        sys_mmap(code + PAGE, PAGE, WHOLE, MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0);
        machine_write_function(code + PAGE, i);
        machine_flush_instructions(code + PAGE, 8);
        wrong += ((long (*)(void))code)() != i;
    }
    check_equal("wrong results", wrong, 0);
}

static volatile int count, signal_seen;

static void come_back(int signal, struct signal_info *info, struct user_context *context) {
    (void)info;
    count++;
    signal_seen = signal;
    machine_return_from_call(context);
}

CASE(branch, "to another page, which is gone, faults there") {
    char *code = far_branch();
    set_handler(SIGSEGV, (void *)come_back, SA_SIGINFO);
    check_equal("there", ((long (*)(void))code)(), 0);
    sys_munmap(code + PAGE, PAGE);
    ((void (*)(void))code)();
    check_equal("faults", count, 1);
}

// Each way of storing, over a function that has run; then it is flushed and runs again.
#define STORES(name, ...)                                                                       \
    do {                                                                                        \
        char *code = (char *)sys_mmap(0, PAGE, WHOLE, MAP_PRIVATE | MAP_ANON, -1, 0);           \
        uint64_t words[2];                                                                      \
        for (int i = 0; i < 20; i++) {                                                          \
            machine_write_function(code, 5);                                                    \
            machine_flush_instructions(code, 8);                                                \
            wrong += ((long (*)(void))code)() != 5;                                             \
            machine_write_function(words, 100 + i);                                             \
            words[1] = words[0];                                                                \
            __asm__ volatile(__VA_ARGS__ : : "r"(code), "r"(words[0]), "r"(words) : "x9", "x10", "v0", "v1", "memory"); \
            machine_flush_instructions(code, 8);                                                \
            wrong += ((long (*)(void))code)() != 100 + i;                                       \
        }                                                                                       \
        check_equal(name, wrong, 0);                                                            \
        sys_munmap(code, PAGE);                                                                 \
    } while (0)

CASE(stores, "of every kind over code") {
    int wrong = 0;
    STORES("str", "str %1, [%0]");
    STORES("str w", "str %w1, [%0]");
    STORES("strh", "strh %w1, [%0]\n lsr x9, %1, #16\n strh w9, [%0, #2]");
    STORES("strb", "lsr x9, %1, #8\n strb w9, [%0, #1]\n strb %w1, [%0]\n lsr x9, %1, #16\n strb w9, [%0, #2]");
    STORES("stp", "stp %1, %1, [%0]");
    STORES("str q", "ldr q0, [%2]\n str q0, [%0]");
    STORES("st1", "ldr q0, [%2]\n st1 {v0.16b}, [%0]");
    STORES("st1 of a lane", "ldr q0, [%2]\n st1 {v0.d}[0], [%0]");
    STORES("stlr", "stlr %1, [%0]");
    STORES("stxr", "1: ldxr x9, [%0]\n stxr w10, %1, [%0]\n cbnz w10, 1b");
    STORES("stlxp", "1: ldxp x9, x10, [%0]\n stlxp w9, %1, %1, [%0]\n cbnz w9, 1b");
    STORES("swp", ".arch_extension lse\n swp %1, x9, [%0]");
    STORES("cas", ".arch_extension lse\n ldr x9, [%0]\n cas x9, %1, [%0]");
    STORES("ldset and ldclr", ".arch_extension lse\n mov x9, #-1\n stclr x9, [%0]\n stset %1, [%0]");
    STORES("stur off a border", "stur %1, [%0, #0]");
}

CASE(stores, "of zeroes by dc zva over code make it illegal") {
    char *code = (char *)sys_mmap(0, PAGE, WHOLE, MAP_PRIVATE | MAP_ANON, -1, 0);
    machine_write_function(code, 5);
    machine_flush_instructions(code, 8);
    set_handler(SIGILL, (void *)come_back, SA_SIGINFO);
    check_equal("before", ((long (*)(void))code)(), 5);
    __asm__ volatile("dc zva, %0" : : "r"(code) : "memory");
    machine_flush_instructions(code, 64);
    ((void (*)(void))code)();
    check_equal("signal", signal_seen, SIGILL);
}
