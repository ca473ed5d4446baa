// Where a barrier beside load linked and store conditional is needed: the store does not come, or other accesses lie
// between (MIPS64 manual, volume II, SYNC, LL and SC).
#include "../litmus.h"

#define SB_THREADS(name, own, other)                                                                                   \
    THREAD(sb_left_##name) {                                                                                           \
        __asm__ volatile(".set push\n\t.set noreorder\n\t.set mips64r2\n\t" own "\n\t" other "\n\t.set pop"            \
                         : "=&r"(p->read[0]) : "r"(&p->x), "r"(&p->y), "r"(1l), "r"(&p->read[2]) : "$8", "$9", "memory"); \
    }                                                                                                                  \
    THREAD(sb_right_##name) {                                                                                          \
        __asm__ volatile(".set push\n\t.set noreorder\n\t.set mips64r2\n\t" own "\n\t" other "\n\t.set pop"            \
                         : "=&r"(p->read[1]) : "r"(&p->y), "r"(&p->x), "r"(1l), "r"(&p->read[3]) : "$8", "$9", "memory"); \
    }

#define UPDATE(slot) "1: lld $8, 0(%1)\n\tdaddu $8, $8, %3\n\tscd $8, 0(%1)\n\tbeqz $8, 1b\n\t" slot

SB_THREADS(sync, "sd %3, 0(%1)\n\tsync", "ld %0, 0(%2)")
// The comparison with 7 fails: nothing is stored.
SB_THREADS(comparison, "sd %3, 0(%1)\n\tsync\n\tli $9, 7",
           "1: lld %0, 0(%2)\n\tbne %0, $9, 2f\n\tnop\n\tmove $8, %3\n\tscd $8, 0(%2)\n\tbeqz $8, 1b\n\tnop\n2:")
SB_THREADS(addition, "sd %3, 0(%1)\n\tsync", "1: lld %0, 0(%2)\n\tdaddu $8, %0, $0\n\tscd $8, 0(%2)\n\tbeqz $8, 1b\n\tnop")
SB_THREADS(update, UPDATE("nop") "\n\tsync", "ld %0, 0(%2)")
SB_THREADS(likely, "1: lld $8, 0(%1)\n\tdaddu $8, $8, %3\n\tscd $8, 0(%1)\n\tbeqzl $8, 1b\n\tnop\n\tsync", "ld %0, 0(%2)")
// The update is of another word.
SB_THREADS(slot, "1: lld $8, 0(%4)\n\tscd $8, 0(%4)\n\tbeqz $8, 1b\n\tsd %3, 0(%1)\n\tsync", "ld %0, 0(%2)")
// One attempt only: what was loaded counts also when the store fails.
SB_THREADS(attempt, "sd %3, 0(%1)\n\tsync", "lld %0, 0(%2)\n\tdaddu $8, %3, $0\n\tscd $8, 0(%2)")
LITMUS(SB, "with sync", sb_broken, sb_left_sync, sb_right_sync)
LITMUS(SB, "with sync and comparisons that fail in place of loads", sb_broken, sb_left_comparison, sb_right_comparison)
LITMUS(SB, "with sync and additions of nothing in place of loads", sb_broken, sb_left_addition, sb_right_addition)
LITMUS(SB, "with additions and sync", sb_broken, sb_left_update, sb_right_update)
LITMUS(SB, "with additions that branch back likely, and sync", sb_broken, sb_left_likely, sb_right_likely)
LITMUS(SB, "with a store in the branch's delay slot, and sync", sb_broken, sb_left_slot, sb_right_slot)
LITMUS(SB, "with sync against comparisons that fail", sb_broken, sb_left_sync, sb_right_comparison)
LITMUS(SB, "with sync and single attempts to store in place of loads", sb_broken, sb_left_attempt, sb_right_attempt)
