// Barriers and ordered accesses that only this architecture has: dmb ishst and ishld, dependencies, isb, LDAR after STLR,
// LDAPR, exclusives and the atomic instructions of Armv8.1 (DDI 0487, B2.3).
#include "../litmus.h"

#define LSE ".arch_extension lse\n\t"

THREAD(mp_write_ishst) { __asm__ volatile("str %1, [%0]\n\tdmb ishst\n\tstr %1, [%2]" ::"r"(&p->x), "r"(1l), "r"(&p->y) : "memory"); }
THREAD(mp_read_ishld) {
    __asm__ volatile("ldr %0, [%2]\n\tdmb ishld\n\tldr %1, [%3]" : "=&r"(p->read[0]), "=&r"(p->read[1]) : "r"(&p->y), "r"(&p->x) : "memory");
}
THREAD(mp_read_address) {
    long first, second;
    __asm__ volatile("ldr %0, [%2]\n\teor x9, %0, %0\n\tldr %1, [%3, x9]" : "=&r"(first), "=&r"(second) : "r"(&p->y), "r"(&p->x) : "x9", "memory");
    p->read[0] = first, p->read[1] = second;
}
THREAD(mp_read_isb) {
    long first, second;
    __asm__ volatile("ldr %0, [%2]\n\tcbnz %0, 1f\n1:\tisb\n\tldr %1, [%3]" : "=&r"(first), "=&r"(second) : "r"(&p->y), "r"(&p->x) : "memory");
    p->read[0] = first, p->read[1] = second;
}
THREAD(mp_read_ldapr) {
    long first, second;
    __asm__ volatile(".arch_extension rcpc\n\tldapr %0, [%2]\n\tldr %1, [%3]" : "=&r"(first), "=&r"(second) : "r"(&p->y), "r"(&p->x) : "memory");
    p->read[0] = first, p->read[1] = second;
}
LITMUS(MP, "with dmb ishst and dmb ishld", mp_broken, mp_write_ishst, mp_read_ishld)
LITMUS(MP, "with dmb ishst and an address that depends", mp_broken, mp_write_ishst, mp_read_address)
LITMUS(MP, "with dmb ishst and a branch with isb", mp_broken, mp_write_ishst, mp_read_isb)
LITMUS(MP, "with dmb ishst and ldapr", mp_broken, mp_write_ishst, mp_read_ldapr)

#define SB_THREADS(name, own, other)                                                                             \
    THREAD(sb_left_##name) {                                                                                     \
        __asm__ volatile(LSE own "\n\t" other : "=&r"(p->read[0]) : "r"(&p->x), "r"(&p->y), "r"(1l) : "x9", "x10", "memory"); \
    }                                                                                                            \
    THREAD(sb_right_##name) {                                                                                    \
        __asm__ volatile(LSE own "\n\t" other : "=&r"(p->read[1]) : "r"(&p->y), "r"(&p->x), "r"(1l) : "x9", "x10", "memory"); \
    }
SB_THREADS(stlr, "stlr %3, [%1]", "ldar %0, [%2]")
SB_THREADS(dsb, "str %3, [%1]\n\tdsb ish", "ldr %0, [%2]")
SB_THREADS(stlxr, "1: ldxr x9, [%1]\n\tstlxr w10, %3, [%1]\n\tcbnz w10, 1b", "ldar %0, [%2]")
SB_THREADS(swpal, "swpal %3, x9, [%1]", "ldar %0, [%2]")
SB_THREADS(ldaddal, "ldaddal %3, x9, [%1]", "ldar %0, [%2]")
SB_THREADS(casal, "mov x9, #0\n\tcasal x9, %3, [%1]", "ldar %0, [%2]")
SB_THREADS(stlr_add, "stlr %3, [%1]", "ldaddal xzr, %0, [%2]")
SB_THREADS(stlr_ldaxr, "stlr %3, [%1]", "ldaxr %0, [%2]\n\tclrex")
LITMUS(SB, "with stlr and ldar", sb_broken, sb_left_stlr, sb_right_stlr)
LITMUS(SB, "with dsb", sb_broken, sb_left_dsb, sb_right_dsb)
LITMUS(SB, "with stlxr and ldar", sb_broken, sb_left_stlxr, sb_right_stlxr)
LITMUS(SB, "with swpal and ldar", sb_broken, sb_left_swpal, sb_right_swpal)
LITMUS(SB, "with ldaddal and ldar", sb_broken, sb_left_ldaddal, sb_right_ldaddal)
LITMUS(SB, "with casal and ldar", sb_broken, sb_left_casal, sb_right_casal)
LITMUS(SB, "with stlr and ldaddal", sb_broken, sb_left_stlr_add, sb_right_stlr_add)
LITMUS(SB, "with stlr and ldaxr", sb_broken, sb_left_stlr_ldaxr, sb_right_stlr_ldaxr)
LITMUS(SB, "with dsb against stlr and ldar", sb_broken, sb_left_dsb, sb_right_stlr)

THREAD(r_write_ishst) { __asm__ volatile("str %1, [%0]\n\tdmb ishst\n\tstr %1, [%2]" ::"r"(&p->x), "r"(1l), "r"(&p->y) : "memory"); }
THREAD(r_read_ish) {
    __asm__ volatile("str %2, [%1]\n\tdmb ish\n\tldr %0, [%3]" : "=&r"(p->read[0]) : "r"(&p->y), "r"(2l), "r"(&p->x) : "memory");
}
LITMUS(R, "with dmb ishst and dmb ish", r_broken, r_write_ishst, r_read_ish)

// A pair is written and read at once: two words of one 16-byte granule are seen together (ldxp with stxp).
static struct { unsigned long low, high; } shared_pair __attribute__((aligned(16)));
static volatile uint32_t pair_torn;
enum { PAIR_ROUNDS = 100000 };

static void change_pair(void *argument) {
    for (unsigned long i = 0; i < PAIR_ROUNDS; i++) {
        unsigned long value = i * 2 + (unsigned long)argument, low, high;
        uint32_t failed;
        do {
            __asm__ volatile("ldaxp %0, %1, [%4]\n\tstlxp %w2, %3, %3, [%4]"
                             : "=&r"(low), "=&r"(high), "=&r"(failed) : "r"(value), "r"(&shared_pair) : "memory");
            if (!failed && low != high) __atomic_fetch_add(&pair_torn, 1, __ATOMIC_SEQ_CST);
        } while (failed);
    }
}

CASE(ldxp, "with stxp sees and makes whole pairs") {
    static struct thread threads[2];
    for (long i = 0; i < 2; i++)
        thread_start(&threads[i], change_pair, (void *)i);
    for (int i = 0; i < 2; i++)
        thread_join(&threads[i]);
    check_equal("torn pairs", pair_torn, 0);
}

static void swap_pair(void *argument) {
    for (unsigned long i = 0; i < PAIR_ROUNDS; i++) {
        register unsigned long low __asm__("x2") = 0, high __asm__("x3") = 0;
        register unsigned long value __asm__("x4") = i * 2 + (unsigned long)argument, twice __asm__("x5") = value;
        unsigned long expected;
        do {
            expected = low;
            if (low != high) __atomic_fetch_add(&pair_torn, 1, __ATOMIC_SEQ_CST);
            __asm__ volatile(LSE "caspal x2, x3, x4, x5, [%4]" : "+r"(low), "+r"(high) : "r"(value), "r"(twice), "r"(&shared_pair) : "memory");
        } while (low != expected);
    }
}

CASE(caspal, "sees and makes whole pairs") {
    static struct thread threads[2];
    for (long i = 0; i < 2; i++)
        thread_start(&threads[i], swap_pair, (void *)i);
    for (int i = 0; i < 2; i++)
        thread_join(&threads[i]);
    check_equal("torn pairs", pair_torn, 0);
}
