// Flushing as FPCR asks for it, and what FPSR tells of it (DDI 0487, FPUnpack and FPRound).
#include "guest.h"

enum { INVALID = 1, DIVISION = 2, OVERFLOW = 4, UNDERFLOW = 8, INEXACT = 16, DENORMAL = 128 };
enum { FLUSH_HALF = 1 << 19, FLUSH = 1 << 24, ALTERNATIVE_HALF = 1 << 26 };

static unsigned status;

static void control(unsigned long value) {
    __asm__ volatile("msr fpcr, %0\n\tmsr fpsr, xzr" : : "r"(value) : "memory");
}

// The result of an instruction on s0, s1 and s2, which hold `a`, `b` and `c`; FPSR goes to `status`.
#define SINGLE(instruction, a, b, c) \
    ({ \
        unsigned result_; \
        unsigned long raised_; \
        __asm__ volatile("fmov s0, %w2\n\tfmov s1, %w3\n\tfmov s2, %w4\n\tmsr fpsr, xzr\n\t" instruction \
                         "\n\tmrs %1, fpsr\n\tfmov %w0, s0" \
                         : "=r"(result_), "=&r"(raised_) : "r"(a), "r"(b), "r"(c) \
                         : "v0", "v1", "v2", "x9", "cc", "memory"); \
        status = (unsigned)raised_; \
        result_; \
    })

static const unsigned one = 0x3f800000, half = 0x3f000000, tiny = 1, least = 0x800000;

static void expect(const char *what, unsigned result, unsigned wanted, unsigned raised) {
    char name[96];
    check_equal(format_string(name, sizeof name, "%s: result", what), result, wanted);
    check_equal(format_string(name, sizeof name, "%s: FPSR", what), status, raised);
}

static void operands(void) {
    expect("a sum", SINGLE("fadd s0, s0, s1", one, tiny, 0), one, DENORMAL);
    expect("a quotient of nothing", SINGLE("fdiv s0, s0, s1", tiny, 0, 0), 0x7fc00000, DENORMAL | INVALID);
    expect("a quotient by next to nothing", SINGLE("fdiv s0, s0, s1", one, tiny, 0), 0x7f800000, DENORMAL | DIVISION);
    expect("a fused sum into its addend", SINGLE("fmadd s0, s1, s2, s0", tiny, one, one), one, DENORMAL);
    expect("a root", SINGLE("fsqrt s0, s0", tiny | 1u << 31, 0, 0), 1u << 31, DENORMAL);
    expect("rounding upward", SINGLE("frintp s0, s0", tiny, 0, 0), 0, DENORMAL);
    expect("an integer", SINGLE("fcvtps w9, s0\n\tfmov s0, w9", tiny, 0, 0), 0, DENORMAL);
    expect("lanes", SINGLE("fmla v0.4s, v1.4s, v2.4s", one, tiny, one), one, DENORMAL);
    expect("an estimate", SINGLE("frecps s0, s0, s1", one, tiny, 0), 0x40000000, DENORMAL);
}

static void results(void) {
    expect("half of the least", SINGLE("fmul s0, s0, s1", least, half, 0), 0, UNDERFLOW);
    expect("a third of the least", SINGLE("fmul s0, s0, s1", least, 0x3eaaaaab, 0), 0, UNDERFLOW);
    expect("after something inexact", SINGLE("fadd s2, s0, s2\n\tfmul s0, s0, s1", least, half, one), 0,
           UNDERFLOW | INEXACT);
    // The host's exception comes in the middle of what it takes several instructions for.
    expect("an integer in its own register", SINGLE("fcvtms s0, s0", 0x3fc00000, 0, 0), 1, INEXACT);
    expect("one away from zero", SINGLE("fcvtau s0, s0", 0x3fc00000, 0, 0), 2, INEXACT);
    expect("integers in lanes", SINGLE("fcvtpu v0.4s, v0.4s", 0x3fc00000, 0, 0), 2, INEXACT);
    expect("an integral value in its own register", SINGLE("frintx s0, s0", 0x3fc00000, 0, 0), 0x40000000, INEXACT);
    expect("nothing to flush", SINGLE("fmul s0, s0, s1", least, one, 0), least, 0);
}

// Conditions and loops over instructions that trap on the host.
static void conditions(void) {
    unsigned long counted = 0, chosen = 0;
    __asm__ volatile("fmov s0, %w2\n\tfmov s1, %w3\n\tmov x9, #1000\n"
                     "1:\tsubs x9, x9, #1\n\tfadd s2, s0, s1\n\tadd %0, %0, #1\n\tb.ne 1b\n\t"
                     "cmp %0, #1000\n\tfcvtzs w10, s0\n\tcset %1, eq"
                     : "+r"(counted), "=&r"(chosen) : "r"(tiny), "r"(one)
                     : "v0", "v1", "v2", "x9", "x10", "cc");
    check_equal("rounds of a loop", (long)counted, 1000);
    check_equal("a condition behind a conversion", (long)chosen, 1);
    __asm__ volatile("fmov s0, %w1\n\tfmov s1, wzr\n\tcmp xzr, xzr\n\tfccmp s0, s1, #0, eq\n\tcset %0, eq"
                     : "=r"(chosen) : "r"(tiny) : "v0", "v1", "cc");
    check_equal("a conditional comparison that flushes", (long)chosen, 1);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    control(FLUSH);
    operands();
    results();
    conditions();
    control(0);
    expect("without flushing", SINGLE("fadd s0, s0, s1", tiny, tiny, 0), 2, 0);
    control(ALTERNATIVE_HALF);
    expect("the alternative format", SINGLE("fcvt h0, s0", 0x47800000, 0, 0), 0x7c00, 0);
    control(FLUSH_HALF);
    expect("half precision", SINGLE(".inst 0x1ee12800", 0x3c00, 1, 0), 0x3c00, 0);
    return checks_failed();
}
