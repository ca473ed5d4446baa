// The floating-point unit of a hard-float program: arithmetic, rounding, flags, NaNs, moves, and its state in signals.
#include "guest.h"

enum { FLAG_INEXACT = 4, FLAG_UNDERFLOW = 8, FLAG_OVERFLOW = 0x10, FLAG_ZERO = 0x20, FLAG_INVALID = 0x40 };
enum { ROUND_NEAREST = 0, ROUND_ZERO = 1, ROUND_UP = 2, ROUND_DOWN = 3, CONDITION = 1 << 23, FLUSH = 1 << 24 };

static long bits(double value) {
    union { double value; long bits; } both = {value};
    return both.bits;
}

static double from_bits(long pattern) {
    union { long bits; double value; } both = {pattern};
    return both.value;
}

static int float_bits(float value) {
    union { float value; int bits; } both = {value};
    return both.bits;
}

static unsigned get_control(void) {
    unsigned value;
    __asm__ volatile("cfc1 %0, $31" : "=r"(value));
    return value;
}

static void set_control(unsigned value) { __asm__ volatile("ctc1 %0, $31" : : "r"(value)); }

// Operands the compiler cannot see through. Results go through a volatile variable too: it keeps the operation between
// the accesses to the control register.
static volatile double one = 1, three = 3, zero = 0, huge = 1e308, tiny = 1e-308, ten = 10, result;
#define VALUE(expression) (result = (expression), result)

static void arithmetic(void) {
    set_control(0);
    check_equal("1/3", bits(VALUE(one / three)), 0x3fd5555555555555);
    check_equal("inexact", get_control() & 0x7c, FLAG_INEXACT);
    check_equal("0.1 + 0.2", bits(VALUE(0.1 * one + 0.2 * one)), 0x3fd3333333333334);
    check_equal("1/3 in single precision", float_bits((float)one / (float)three), 0x3eaaaaab);
    check_equal("square root of 10", bits(VALUE(__builtin_sqrt(ten))), 0x40094c583ada5b53);
    check_equal("3 to an integer", (long)(three * -7.9), -23);
    check_equal("an integer to double", bits((double)(long)bits(one)), 0x43cff80000000000);
    set_control(0);
    check_equal("1/0", bits(VALUE(one / zero)), 0x7ff0000000000000);
    check_equal("division by zero", get_control() & 0x7c, FLAG_ZERO);
    set_control(0);
    check_equal("overflow", bits(VALUE(huge * ten)), 0x7ff0000000000000);
    check_equal("its flags", get_control() & 0x7c, FLAG_OVERFLOW | FLAG_INEXACT);
    set_control(0);
    check_equal("a subnormal number", bits(VALUE(tiny / ten / ten)), 0x000012688b70e62b);
    check_equal("its flags", get_control() & 0x7c, FLAG_UNDERFLOW | FLAG_INEXACT);
    set_control(0);
    check_equal("0/0 is the legacy quiet NaN", bits(VALUE(zero / zero)), 0x7ff7ffffffffffff);
    check_equal("invalid", get_control() & 0x7c, FLAG_INVALID);
}

static void rounding(void) {
    static const struct { const char *name; unsigned mode; long third, minus_third, integer; } rows[] = {
        {"to nearest", ROUND_NEAREST, 0x3fd5555555555555, (long)0xbfd5555555555555, 3},
        {"to zero", ROUND_ZERO, 0x3fd5555555555555, (long)0xbfd5555555555555, 2},
        {"up", ROUND_UP, 0x3fd5555555555556, (long)0xbfd5555555555555, 3},
        {"down", ROUND_DOWN, 0x3fd5555555555555, (long)0xbfd5555555555556, 2},
    };
    for (unsigned i = 0; i < COUNT_OF(rows); i++) {
        char name[64];
        set_control(rows[i].mode);
        double third = VALUE(one / three), minus_third = VALUE(-one / three), integer;
        __asm__ volatile("cvt.l.d %0, %1" : "=f"(integer) : "f"(2.75));
        set_control(0);
        check_equal(format_string(name, sizeof name, "1/3 rounded %s", rows[i].name), bits(third), rows[i].third);
        check_equal(format_string(name, sizeof name, "-1/3 rounded %s", rows[i].name), bits(minus_third),
                    rows[i].minus_third);
        check_equal(format_string(name, sizeof name, "2.75 rounded %s", rows[i].name), bits(integer), rows[i].integer);
    }
}

static void comparisons(void) {
    volatile double nan = from_bits(0x7ff7ffffffffffff), infinity = from_bits(0x7ff0000000000000);
    check("NaN is unordered", !(nan < one) && !(nan > one) && !(nan == nan) && nan != nan);
    check("zeros are equal", zero == -zero);
    check("infinity is greater", infinity > huge && -infinity < -huge);
    set_control(0);
    __asm__ volatile("c.eq.d $fcc0, %0, %0" : : "f"(one));
    check("c.eq.d sets the condition", (get_control() & CONDITION) != 0);
    __asm__ volatile("c.olt.d $fcc3, %0, %1" : : "f"(one), "f"(three));
    check("condition 3 has its own bit", (get_control() & (1 << 27)) != 0);
    set_control(0);
    long result;
    __asm__ volatile("cvt.l.d $f0, %1\n\tdmfc1 %0, $f0" : "=r"(result) : "f"(nan) : "$f0");
    check_equal("NaN to an integer", result, 0x7fffffffffffffff);
    check("is invalid", get_control() & FLAG_INVALID);
    set_control(0);
}

static void registers(void) {
    // 32 registers of 64 bits: odd ones are independent of even ones.
    long even, odd;
    __asm__ volatile("dmtc1 %2, $f4\n\tdmtc1 %3, $f5\n\tdmfc1 %0, $f4\n\tdmfc1 %1, $f5"
                     : "=r"(even), "=r"(odd) : "r"(0x1111111122222222), "r"(0x3333333344444444) : "$f4", "$f5");
    check_equal("an even register", even, 0x1111111122222222);
    check_equal("an odd register", odd, 0x3333333344444444);
}

static volatile long saved_register;
static volatile unsigned saved_control;
static volatile int float_used;

static void on_signal(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info;
    float_used = context->machine.float_used;
    saved_register = (long)context->machine.float_registers[20];
    saved_control = (unsigned)context->machine.float_registers[32];
    // The handler's own arithmetic must not reach the interrupted code.
    volatile double product = one;
    for (int i = 0; i < 50; i++)
        product = product * three;
    __asm__ volatile("dmtc1 $0, $f20\n\tctc1 $0, $31" : : : "$f20");
}

static void signals(void) {
    set_handler(SIGUSR1, (void *)on_signal, SA_SIGINFO);
    long after;
    int self = (int)sys_getpid();
    register long number __asm__("$2") = SYS_kill, first __asm__("$4") = self, second __asm__("$5") = SIGUSR1;
    __asm__ volatile("dmtc1 %3, $f20\n\tctc1 %4, $31\n\tsyscall\n\tdmfc1 %0, $f20"
                     : "=r"(after), "+r"(number), "+r"(first)
                     : "r"(0x123456789abcdef0), "r"(ROUND_UP), "r"(second)
                     : "$f20", "$3", "$7", "memory");
    unsigned control = get_control();
    set_control(0);
    check_equal("a register over a signal", after, 0x123456789abcdef0);
    check_equal("the control register over a signal", control & 3, ROUND_UP);
    check("mc_fpused", float_used & 1);
    check_equal("mc_fpregs", saved_register, 0x123456789abcdef0);
    check_equal("mc_fpregs[32] is the control register", saved_control & 3, ROUND_UP);

    // An enabled exception is a signal.
    int child = (int)sys_fork();
    if (child == 0) {
        struct rlimit no_core = {0, 0};
        sys_setrlimit(RLIMIT_CORE, &no_core);
        set_control(0x400); // enable division by zero
        result = one / zero;
        guest_exit(0);
    }
    check_equal("an enabled division by zero", WTERMSIG(wait_for(child)), SIGFPE);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    arithmetic();
    rounding();
    comparisons();
    registers();
    signals();
    return checks_failed();
}
