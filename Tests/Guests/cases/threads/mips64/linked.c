// Load linked and store conditional: what they return, and when a store fails (MIPS64 manual, volume II, LL and SC).
#include "cases.h"
#include "threads.h"

static uint64_t word, other;

// lld of `loaded`, then instructions, then scd to `stored`: 1 when it stored.
#define LINKED(between, loaded, stored, value)                                                              \
    ({                                                                                                      \
        uint64_t outcome_ = value;                                                                          \
        __asm__ volatile(".set push\n\t.set noreorder\n\t.set mips64r2\n\tlld $8, 0(%1)\n\t" between        \
                         "\n\tscd %0, 0(%2)\n\t.set pop"                                                    \
                         : "+r"(outcome_) : "r"(loaded), "r"(stored) : "$2", "$3", "$7", "$8", "memory");    \
        outcome_;                                                                                           \
    })

CASE(scd, "after lld stores and tells 1") {
    word = 5;
    check_equal("outcome", (long)LINKED("", &word, &word, 6ul), 1);
    check_equal("the word", (long)word, 6);
}

CASE(scd, "a second time fails") {
    uint64_t first = 6, second = 7;
    word = 5;
    __asm__ volatile(".set push\n\t.set noreorder\n\t.set mips64r2\n\tlld $8, 0(%2)\n\tscd %0, 0(%2)\n\tscd %1, 0(%2)\n\t.set pop"
                     : "+&r"(first), "+&r"(second) : "r"(&word) : "$8", "memory");
    check_equal("first", (long)first, 1);
    check_equal("second", (long)second, 0);
    check_equal("the word", (long)word, 6);
}

CASE(scd, "fails after a system call, whose return ends the link") {
    word = 5;
    check_equal("outcome", (long)LINKED("li $2, 20\n\tsyscall", &word, &word, 6ul), 0);
    check_equal("the word", (long)word, 5);
}

CASE(scd, "to another place than the load's stores nothing there") {
    word = 5, other = 7;
    check_equal("outcome", (long)LINKED("", &word, &other, 6ul), 0);
    check_equal("the other word", (long)other, 7);
}

static volatile int handled;

static void note(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info;
    handled++;
    context->machine.pc += 4;
}

CASE(scd, "fails after a signal's handler") {
    set_handler(SIGTRAP, (void *)note, SA_SIGINFO);
    word = 5;
    check_equal("outcome", (long)LINKED("break", &word, &word, 6ul), 0);
    check_equal("handled", handled, 1);
    check_equal("the word", (long)word, 5);
}

CASE(sc, "of a word leaves its neighbour, and ll extends the sign") {
    long loaded, outcome = 0x77777777;
    word = 0x1122334490000001;
    __asm__ volatile(".set push\n\t.set noreorder\n\t.set mips64r2\n\tll %0, 4(%2)\n\tsc %1, 4(%2)\n\t.set pop"
                     : "=&r"(loaded), "+&r"(outcome) : "r"(&word) : "memory");
    check_equal("loaded", loaded, (int)0x90000001);
    check_equal("outcome", outcome, 1);
    check_equal("the doubleword", (long)word, 0x1122334477777777);
}

static volatile uint32_t turn;

static void change_when_asked(void *last) {
    await(&turn, 1);
    __atomic_store_n(&word, 99, __ATOMIC_SEQ_CST);
    __atomic_store_n(&word, (uint64_t)last, __ATOMIC_SEQ_CST);
    __atomic_store_n(&turn, 2, __ATOMIC_SEQ_CST);
}

// Another thread stores 99 and then `last` between lld, which reads 5, and scd of 6.
static void interfere(uint64_t last) {
    static struct thread thread;
    word = 5;
    thread_start(&thread, change_when_asked, (void *)last);
    pause_for(10000000);
    // No system call between load and store, which would end the link by itself.
    uint64_t outcome = 6, seen;
    __asm__ volatile(".set push\n\t.set noreorder\n\t.set mips64r2\n\tlld %1, 0(%2)\n\tli $8, 1\n\tsync\n\tsw $8, 0(%3)\n"
                     "1:\tlw $8, 0(%3)\n\tli $9, 2\n\tbne $8, $9, 1b\n\tsync\n\tscd %0, 0(%2)\n\t.set pop"
                     : "+&r"(outcome), "=&r"(seen) : "r"(&word), "r"(&turn) : "$8", "$9", "memory");
    thread_join(&thread);
    check_equal("loaded", (long)seen, 5);
    check_equal("outcome", (long)outcome, 0);
    check_equal("the word", (long)word, (long)last);
}

CASE(scd, "fails after another thread's store") { interfere(99); }
CASE(scd, "fails after another thread's stores that bring back the old value") { interfere(5); }
