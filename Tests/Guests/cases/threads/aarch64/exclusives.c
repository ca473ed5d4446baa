// Load and store exclusive, and the atomic instructions of Armv8.1, alone: what they return, and when a store fails
// (DDI 0487, B2.9).
#include "cases.h"
#include "threads.h"

#define LSE ".arch_extension lse\n\t"

static uint64_t word __attribute__((aligned(16))), other;

// ldxr of `loaded`, then instructions, then stxr to `stored`; the store's outcome.
#define EXCLUSIVE(between, loaded, stored, value)                                                        \
    ({                                                                                                   \
        uint32_t failed_;                                                                                \
        uint64_t seen_;                                                                                  \
        __asm__ volatile("ldxr %1, [%2]\n\t" between "\n\tstxr %w0, %4, [%3]"                            \
                         : "=&r"(failed_), "=&r"(seen_) : "r"(loaded), "r"(stored), "r"(value) : "memory", "x0", "x1", "x8"); \
        failed_;                                                                                         \
    })

CASE(stxr, "after ldxr stores and tells 0") {
    word = 5;
    check_equal("outcome", EXCLUSIVE("", &word, &word, 6ul), 0);
    check_equal("the word", (long)word, 6);
}

CASE(stxr, "without ldxr fails and stores nothing") {
    uint32_t failed;
    word = 5;
    __asm__ volatile("clrex\n\tstxr %w0, %2, [%1]" : "=&r"(failed) : "r"(&word), "r"(6ul) : "memory");
    check_equal("outcome", failed, 1);
    check_equal("the word", (long)word, 5);
}

CASE(stxr, "a second time fails") {
    uint32_t first, second;
    word = 5;
    __asm__ volatile("ldxr x9, [%2]\n\tstxr %w0, %3, [%2]\n\tstxr %w1, %4, [%2]"
                     : "=&r"(first), "=&r"(second) : "r"(&word), "r"(6ul), "r"(7ul) : "x9", "memory");
    check_equal("first", first, 0);
    check_equal("second", second, 1);
    check_equal("the word", (long)word, 6);
}

CASE(stxr, "fails after clrex") {
    word = 5;
    check_equal("outcome", EXCLUSIVE("clrex", &word, &word, 6ul), 1);
    check_equal("the word", (long)word, 5);
}

CASE(stxr, "fails after a system call, whose return ends the link") {
    word = 5;
    check_equal("outcome", EXCLUSIVE("mov x8, #20\n\tsvc #0", &word, &word, 6ul), 1);
    check_equal("the word", (long)word, 5);
}

CASE(stxr, "to another place than the load's stores nothing there") {
    word = 5, other = 7;
    check_equal("outcome", EXCLUSIVE("", &word, &other, 6ul), 1);
    check_equal("the other word", (long)other, 7);
}

static volatile int handled;

static void note(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info;
    handled++;
    context->machine.pc += 4;
}

CASE(stxr, "fails after a signal's handler") {
    set_handler(SIGTRAP, (void *)note, SA_SIGINFO);
    word = 5;
    check_equal("outcome", EXCLUSIVE("brk #1", &word, &word, 6ul), 1);
    check_equal("handled", handled, 1);
    check_equal("the word", (long)word, 5);
}

static char *page;
static volatile unsigned long fault_at, fault_loaded, fault_sum;

static void open_page(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal;
    handled++;
    fault_at = context->machine.pc;
    fault_loaded = context->machine.registers[9], fault_sum = context->machine.registers[10];
    check_equal("si_addr", (long)info->address, (long)page);
    sys_mprotect(page, PAGE, PROT_READ | PROT_WRITE);
}

static void map_page(int protection) {
    page = (char *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    *(uint64_t *)page = 5;
    sys_mprotect(page, PAGE, protection);
    handled = 0;
    set_handler(SIGSEGV, (void *)open_page, SA_SIGINFO);
}

// Adds by a loop of ldxr and stxr on the page, and checks where it fails first.
static void add_on_page(int protection, const char *where, int fails_at_store, unsigned long loaded, unsigned long sum) {
    for (int round = 0; round < 3; round++) {
        unsigned long load, store;
        map_page(protection);
        __asm__ volatile("mov x9, #77\n\tmov x10, #78\n0:\tldxr x9, [%2]\n\tadd x10, x9, #1\n1:\tstxr w11, x10, [%2]\n\t"
                         "cbnz w11, 0b\n\tadr %0, 0b\n\tadr %1, 1b"
                         : "=&r"(load), "=&r"(store) : "r"(page) : "x9", "x10", "x11", "memory");
        check_equal("signals", handled, 1);
        check_equal(where, fault_at == (fails_at_store ? store : load), 1);
        check_equal("loaded by then", (long)fault_loaded, (long)loaded);
        check_equal("computed by then", (long)fault_sum, (long)sum);
        check_equal("the sum", *(long *)page, 6);
    }
}

CASE(ldxr, "of a page that may not be read faults, and the loop goes on behind the handler") {
    add_on_page(PROT_NONE, "at the load", 0, 77, 78);
}

CASE(stxr, "to a page that may only be read faults behind its load, and the loop goes on behind the handler") {
    add_on_page(PROT_READ, "at the store", 1, 5, 6);
}

CASE(stxr, "that a comparison leaves out does not fault on a page that may only be read") {
    uint64_t seen;
    uint32_t failed = 7;
    map_page(PROT_READ);
    __asm__ volatile("0:\tldaxr %0, [%2]\n\tcmp %0, #6\n\tb.ne 1f\n\tstlxr %w1, %2, [%2]\n\tcbnz %w1, 0b\n1:"
                     : "=&r"(seen), "+r"(failed) : "r"(page) : "cc", "memory");
    check_equal("signals", handled, 0);
    check_equal("loaded", (long)seen, 5);
    check_equal("outcome", failed, 7);
}

static volatile uint32_t turn;

static void change_when_asked(void *last) {
    await(&turn, 1);
    __atomic_store_n(&word, 99, __ATOMIC_SEQ_CST);
    __atomic_store_n(&word, (uint64_t)last, __ATOMIC_SEQ_CST);
    __atomic_store_n(&turn, 2, __ATOMIC_SEQ_CST);
}

// Another thread stores 99 and then `last` between ldaxr, which reads 5, and stlxr of 6.
static void interfere(uint64_t last) {
    static struct thread thread;
    uint32_t failed, seen;
    word = 5;
    thread_start(&thread, change_when_asked, (void *)last);
    pause_for(10000000);
    // No system call between load and store, which would end the link by itself.
    __asm__ volatile("ldaxr x9, [%2]\n\tmov w10, #1\n\tstlr w10, [%3]\n1:\tldar w10, [%3]\n\tcmp w10, #2\n\tb.ne 1b\n\t"
                     "stlxr %w0, %4, [%2]\n\tmov %w1, w9"
                     : "=&r"(failed), "=&r"(seen) : "r"(&word), "r"(&turn), "r"(6ul) : "x9", "x10", "cc", "memory");
    thread_join(&thread);
    check_equal("loaded", seen, 5);
    check_equal("outcome", failed, 1);
    check_equal("the word", (long)word, (long)last);
}

CASE(stxr, "fails after another thread's store") { interfere(99); }
CASE(stxr, "fails after another thread's stores that bring back the old value") { interfere(5); }

CASE(stxr, "of bytes and half words stores no more than those") {
    uint32_t failed;
    word = 0x1122334455667788;
    __asm__ volatile("ldxrb w9, [%1]\n\tstxrb %w0, %w2, [%1]" : "=&r"(failed) : "r"((char *)&word + 3), "r"(0xffaau) : "x9", "memory");
    check_equal("byte", (long)word, 0x11223344aa667788);
    __asm__ volatile("ldaxrh w9, [%1]\n\tstlxrh %w0, %w2, [%1]" : "=&r"(failed) : "r"((char *)&word + 6), "r"(0xbbccddu) : "x9", "memory");
    check_equal("half word", (long)word, (long)0xccdd3344aa667788);
    check_equal("outcome", failed, 0);
}

// A loop that makes `after` of `before` by one instruction, with %1 the old value, %0 the new one, %3 the operand.
#define LOOP_CASE(instruction, before, operand, after)                                              \
    do {                                                                                            \
        uint64_t new_, old_;                                                                        \
        uint32_t failed_;                                                                           \
        word = before;                                                                              \
        __asm__ volatile("0:\tldaxr %1, [%4]\n\t" instruction "\n\tstlxr %w2, %0, [%4]\n\tcbnz %w2, 0b" \
                         : "=&r"(new_), "=&r"(old_), "=&r"(failed_) : "r"((uint64_t)(operand)), "r"(&word) : "cc", "memory"); \
        check_equal(instruction ": old", (long)old_, (long)(before));                               \
        check_equal(instruction ": new", (long)new_, (long)(after));                                \
        check_equal(instruction ": the word", (long)word, (long)(after));                           \
        check_equal(instruction ": outcome", failed_, 0);                                           \
    } while (0)

CASE(stxr, "in a loop stores what one instruction has made of the word") {
    LOOP_CASE("add %0, %1, %3", 5ul, 7ul, 12ul);
    LOOP_CASE("add %0, %3, %1, lsl #0", ~0ul, 1ul, 0ul);
    LOOP_CASE("add %0, %1, %w3, sxtb #1", 5ul, 0xfful, 3ul);
    LOOP_CASE("add %0, %1, #1, lsl #12", 5ul, 0ul, 0x1005ul);
    LOOP_CASE("sub %0, %1, %3, lsl #3", 80ul, 4ul, 48ul);
    LOOP_CASE("subs %0, %1, #1", 0ul, 0ul, ~0ul);
    LOOP_CASE("sub %0, %3, %1", 5ul, 7ul, 2ul);
    LOOP_CASE("and %0, %1, #0xf0", 0x1fful, 0ul, 0xf0ul);
    LOOP_CASE("and %0, %3, %1", 0xfful, 0x10ful, 0x0ful);
    LOOP_CASE("bic %0, %1, %3", 0xfful, 0x0ful, 0xf0ul);
    LOOP_CASE("bic %0, %3, %1", 0xfful, 0x10ful, 0x100ul);
    LOOP_CASE("orr %0, %1, %3, ror #60", 0x0ful, 0x1ul, 0x1ful);
    LOOP_CASE("orn %0, %1, %3", 0x0ful, ~0xf0ul, 0xfful);
    LOOP_CASE("eor %0, %1, %3", 0xfful, 0x0ful, 0xf0ul);
    LOOP_CASE("eon %0, %1, %3", 0xfful, ~0x0ful, 0xf0ul);
    LOOP_CASE("mov %0, %3", 1ul, 2ul, 2ul);
    LOOP_CASE("add %0, %1, %1", 3ul, 0ul, 6ul);
    LOOP_CASE("mul %0, %1, %3", 3ul, 7ul, 21ul);
}

#define LSE_CASE(instruction, before, operand, after)                                               \
    do {                                                                                            \
        uint64_t old_;                                                                              \
        word = before;                                                                              \
        __asm__ volatile(LSE instruction " %1, %0, [%2]" : "=&r"(old_) : "r"((uint64_t)(operand)), "r"(&word) : "memory"); \
        check_equal(instruction ": old", (long)old_, (long)(before));                               \
        check_equal(instruction ": new", (long)word, (long)(after));                                \
    } while (0)

CASE(lse, "each operation returns the old value and stores the new one") {
    LSE_CASE("ldadd", 5ul, 7ul, 12ul);
    LSE_CASE("ldadda", ~0ul, 1ul, 0ul);
    LSE_CASE("ldclr", 0xfful, 0x0ful, 0xf0ul);
    LSE_CASE("ldset", 0xf0ul, 0x0ful, 0xfful);
    LSE_CASE("ldeor", 0xfful, 0x0ful, 0xf0ul);
    LSE_CASE("ldsmax", -5ul, 3ul, 3ul);
    LSE_CASE("ldsmin", -5ul, 3ul, -5ul);
    LSE_CASE("ldumax", -5ul, 3ul, -5ul);
    LSE_CASE("ldumin", -5ul, 3ul, 3ul);
    LSE_CASE("swp", 1ul, 2ul, 2ul);
    LSE_CASE("swpal", 3ul, 4ul, 4ul);
    LSE_CASE("ldsetl", 3ul, 4ul, 7ul);
}

CASE(lse, "of bytes leaves their neighbours") {
    uint32_t old;
    word = 0x11223344556677ff;
    __asm__ volatile(LSE "ldaddb %w1, %w0, [%2]" : "=&r"(old) : "r"(2), "r"(&word) : "memory");
    check_equal("old", old, 0xff);
    check_equal("new", (long)word, 0x1122334455667701);
    __asm__ volatile(LSE "swph %w1, %w0, [%2]" : "=&r"(old) : "r"(0xabcdef), "r"((char *)&word + 2) : "memory");
    check_equal("old half word", old, 0x5566);
    check_equal("new", (long)word, 0x11223344cdef7701);
    __asm__ volatile(LSE "ldsmaxb %w1, %w0, [%2]" : "=&r"(old) : "r"(0x80), "r"(&word) : "memory");
    check_equal("a signed byte", (long)word & 0xff, 1);
}

CASE(cas, "stores when equal, and loads in any case") {
    uint64_t expected = 5;
    word = 5;
    __asm__ volatile(LSE "casal %0, %1, [%2]" : "+r"(expected) : "r"(9ul), "r"(&word) : "memory");
    check_equal("loaded", (long)expected, 5);
    check_equal("stored", (long)word, 9);
    expected = 5;
    __asm__ volatile(LSE "cas %0, %1, [%2]" : "+r"(expected) : "r"(11ul), "r"(&word) : "memory");
    check_equal("loaded", (long)expected, 9);
    check_equal("not stored", (long)word, 9);
    uint32_t narrow = 0xffffff09;
    __asm__ volatile(LSE "casb %w0, %w1, [%2]" : "+r"(narrow) : "r"(0x7), "r"(&word) : "memory");
    check_equal("a byte compares only itself", (long)word, 7);
    check_equal("and is zero-extended", narrow, 9);
}

enum { ROUNDS = 50000 };

static void add_often(void *argument) {
    (void)argument;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t old;
        __asm__ volatile(LSE "ldadd %1, %0, [%2]" : "=&r"(old) : "r"(1ul), "r"(&word) : "memory");
        __asm__ volatile(LSE "stadd %w0, [%1]" : : "r"(1), "r"(&other) : "memory");
    }
}

CASE(lse, "additions of eight threads are exact") {
    static struct thread threads[8];
    word = other = 0;
    for (int i = 0; i < 8; i++)
        thread_start(&threads[i], add_often, 0);
    for (int i = 0; i < 8; i++)
        thread_join(&threads[i]);
    check_equal("ldadd", (long)word, 8 * ROUNDS);
    check_equal("stadd", (long)other, 8 * ROUNDS);
}
