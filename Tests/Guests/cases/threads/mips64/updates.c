// Loops of load linked and store conditional as compilers, kernels and other languages write them: four threads update the
// same words, and no update is lost or done twice.
#include "cases.h"
#include "threads.h"

enum { CREW = 4, ROUNDS = 40000 };
static struct thread crew[CREW];
static volatile uint32_t ready;
static int32_t word __attribute__((aligned(64)));
static uint64_t doubleword __attribute__((aligned(64)));
static long kept[CREW];
static void (*work)(long number);

static void enter(void *argument) {
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    await(&ready, CREW);
    work((long)argument);
}

static void together(void (*body)(long)) {
    ready = 0, word = 0, doubleword = 0, work = body;
    for (long i = 0; i < CREW; i++)
        check_equal("thr_new", thread_start(&crew[i], enter, (void *)i), 0);
    for (int i = 0; i < CREW; i++)
        thread_join(&crew[i]);
}

#define ASSEMBLY(code) ".set push\n\t.set noreorder\n\t.set mips64r2\n\t" code "\n\t.set pop"

// The loaded register is the one that is stored; the barriers are around it.
static void add_in_place(long number) {
    (void)number;
    for (int i = 0; i < ROUNDS; i++)
        __asm__ volatile(ASSEMBLY("sync\n1: ll $8, 0(%0)\n\taddiu $8, $8, 3\n\tsc $8, 0(%0)\n\tbeqz $8, 1b\n\tnop\n\tsync")
                         : : "r"(&word) : "$8", "memory");
}

// The old value is kept, the branch's delay slot counts the attempts; the other branch nullifies it.
static void add_doubleword(long number) {
    long attempts = 0, successes = 0, outcome, old;
    for (int i = 0; i < ROUNDS; i++) {
        __asm__ volatile(ASSEMBLY("1: lld %2, 0(%4)\n\tdaddu %3, %2, %5\n\tscd %3, 0(%4)\n\tbeqz %3, 1b\n\tdaddiu %0, %0, 1\n\tdaddu %1, %1, %3")
                         : "+&r"(attempts), "+&r"(successes), "=&r"(old), "=&r"(outcome) : "r"(&doubleword), "r"(0x100000001) : "memory");
        __asm__ volatile(ASSEMBLY("1: ll %0, 0(%2)\n\tnor %1, %0, $0\n\tsc %1, 0(%2)\n\tbeqzl %1, 1b\n\tnop")
                         : "=&r"(old), "=&r"(outcome) : "r"(&word) : "memory");
        successes += outcome;
    }
    kept[number] = attempts >= ROUNDS ? successes : -1;
}

// The new value is copied in front of the load, behind the barrier; a failed comparison leads out.
static void add_by_comparison(long number) {
    (void)number;
    for (int i = 0; i < ROUNDS; i++) {
        long old = __atomic_load_n(&doubleword, __ATOMIC_RELAXED), new, seen, outcome;
        do {
            new = old + 5;
            __asm__ volatile(ASSEMBLY("sync\n1: move %1, %3\n\tlld %0, 0(%2)\n\tbne %0, %4, 2f\n\tnop\n\tscd %1, 0(%2)\n\tbeqz %1, 1b\n\tnop\n\tsync\n2:")
                             : "=&r"(seen), "=&r"(outcome) : "r"(&doubleword), "r"(new), "r"(old) : "memory");
            if (seen == old) break;
            old = seen;
        } while (1);
    }
}

// Tokens go round; the delay slot belongs to what follows.
static void pass_tokens(long number) {
    long mine = number + 1, next;
    for (int i = 0; i < ROUNDS; i++) {
        __asm__ volatile(ASSEMBLY("sync\n1: ll %0, 0(%2)\n\tmove $8, %1\n\tsc $8, 0(%2)\n\tbeqz $8, 1b\n\tmove $9, %0\n\tsync")
                         : "=&r"(next) : "r"(mine), "r"(&word) : "$8", "$9", "memory");
        mine = next;
    }
    kept[number] = mine;
}

CASE(updates, "in place, between barriers") {
    together(add_in_place);
    check_equal("the word", word, 3 * CREW * ROUNDS);
}

CASE(updates, "that keep the old value, and count in the delay slot") {
    together(add_doubleword);
    check_equal("the doubleword", (long)doubleword, 0x100000001l * CREW * ROUNDS);
    check_equal("the word, inverted an even number of times", word, 0);
    for (int i = 0; i < CREW; i++)
        check_equal("outcomes", kept[i], 2 * ROUNDS);
}

CASE(updates, "behind a comparison") {
    together(add_by_comparison);
    check_equal("the doubleword", (long)doubleword, 5l * CREW * ROUNDS);
}

CASE(updates, "that exchange") {
    together(pass_tokens);
    long sum = word;
    for (int i = 0; i < CREW; i++)
        sum += kept[i];
    check_equal("the tokens", sum, CREW * (CREW + 1) / 2);
}
