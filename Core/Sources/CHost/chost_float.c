#include "chost_float.h"

#include <string.h>

// Raw values of `FloatFlags`, `FloatCondition`, `FloatMode` and `FloatRounding` (IR/Attributes.swift).
enum { UNDERFLOW = 8 };
enum { UNORDERED = 1, EQUAL = 2, LESS = 4, GREATER = 8 };
enum { MODE_ROUNDING = 3, MODE_FLUSH_RESULTS = 4, MODE_FLUSH_OPERANDS = 8, MODE_TRAP_SHIFT = 8 };
enum { ROUND_CURRENT, ROUND_NEAREST_EVEN, ROUND_TOWARD_ZERO, ROUND_UP, ROUND_DOWN };
// MXCSR (Intel SDM volume 1, 10.2.3).
enum {
    MXCSR_DENORMALS_ARE_ZERO = 1 << 6,
    MXCSR_ALL_MASKS = 0x3f << 7,
    MXCSR_ROUNDING_SHIFT = 13,
    MXCSR_FLUSH_TO_ZERO = 1 << 15,
};

// MARK: Control register

static uint32_t masked_control(uint32_t mode) {
    uint32_t control = MXCSR_ALL_MASKS | (mode & MODE_ROUNDING) << MXCSR_ROUNDING_SHIFT;
    if (mode & MODE_FLUSH_RESULTS) control |= MXCSR_FLUSH_TO_ZERO;
    if (mode & MODE_FLUSH_OPERANDS) control |= MXCSR_DENORMALS_ARE_ZERO;
    return control;
}

// `FloatFlags` but `invalid`; they have no bit for the denormal operand, which MXCSR has at position 1.
static uint32_t flags_of(uint32_t mxcsr) { return mxcsr >> 1 & 0x1e; }

static uint32_t rounding_of(uint32_t mode, uint32_t rounding) {
    switch (rounding) {
    case ROUND_NEAREST_EVEN: return 0;
    case ROUND_DOWN: return 1;
    case ROUND_UP: return 2;
    case ROUND_TOWARD_ZERO: return 3;
    default: return mode & MODE_ROUNDING;
    }
}

// MARK: Encodings

static uint64_t fraction_mask(unsigned bits) { return bits == 64 ? (UINT64_C(1) << 52) - 1 : (UINT64_C(1) << 23) - 1; }
static uint64_t exponent_mask(unsigned bits) { return bits == 64 ? UINT64_C(0x7ff) << 52 : UINT64_C(0xff) << 23; }

static int is_nan(uint64_t value, unsigned bits) {
    return (value & exponent_mask(bits)) == exponent_mask(bits) && (value & fraction_mask(bits)) != 0;
}

static int is_tiny(uint64_t value, unsigned bits) {
    return (value & exponent_mask(bits)) == 0 && (value & fraction_mask(bits)) != 0;
}

// MARK: Execution on the host

// Runs one instruction under a control register of the guest's. The three parts are volatile, and so keep their order.
#define UNDER_CONTROL(control, after, instruction, ...)                                                                \
    do {                                                                                                               \
        uint32_t host;                                                                                                 \
        __asm__ volatile("stmxcsr %0" : "=m"(host));                                                                   \
        __asm__ volatile("ldmxcsr %0" : : "m"(control));                                                               \
        __asm__ volatile(instruction __VA_ARGS__);                                                                     \
        __asm__ volatile("stmxcsr %0" : "=m"(after));                                                                  \
        __asm__ volatile("ldmxcsr %0" : : "m"(host));                                                                  \
    } while (0)

#define BINARY(name)                                                                                                   \
    if (is_double) {                                                                                                   \
        double x, y;                                                                                                   \
        memcpy(&x, &request->a, 8);                                                                                    \
        memcpy(&y, &request->b, 8);                                                                                    \
        UNDER_CONTROL(control, after, name "sd %1, %0", : "+x"(x) : "x"(y));                                           \
        memcpy(&request->result, &x, 8);                                                                               \
    } else {                                                                                                           \
        float x, y;                                                                                                    \
        memcpy(&x, &request->a, 4);                                                                                    \
        memcpy(&y, &request->b, 4);                                                                                    \
        UNDER_CONTROL(control, after, name "ss %1, %0", : "+x"(x) : "x"(y));                                           \
        memcpy(&request->result, &x, 4);                                                                               \
    }

enum { NEGATED_PRODUCT = 1, NEGATED_ADDEND = 2 };

#define FUSED(type, bytes, suffix)                                                                                     \
    do {                                                                                                               \
        type x, y, z;                                                                                                  \
        memcpy(&x, &a, bytes);                                                                                         \
        memcpy(&y, &request->b, bytes);                                                                                \
        memcpy(&z, &c, bytes);                                                                                         \
        UNDER_CONTROL(control, after, "vfmadd231" suffix " %2, %1, %0", : "+x"(z) : "x"(x), "x"(y));                   \
        memcpy(&request->result, &z, bytes);                                                                           \
    } while (0)

static uint32_t execute_fused(struct chost_float_request *request, uint32_t control) {
    uint32_t after;
    uint64_t sign = UINT64_C(1) << (request->operand_bits - 1);
    uint64_t a = request->flags & NEGATED_PRODUCT ? request->a ^ sign : request->a;
    uint64_t c = request->flags & NEGATED_ADDEND ? request->c ^ sign : request->c;
    if (request->operand_bits == 64)
        FUSED(double, 8, "sd");
    else
        FUSED(float, 4, "ss");
    return after;
}

// Unordered, equal, less, greater as the bits of a `FloatCondition`, from the flags of UCOMIS.
static uint32_t compare(const struct chost_float_request *request, uint32_t control, uint32_t *after) {
    uint8_t parity, zero, carry;
    if (request->operand_bits == 64) {
        double x, y;
        memcpy(&x, &request->a, 8);
        memcpy(&y, &request->b, 8);
        UNDER_CONTROL(
            control, *after, "ucomisd %4, %3\n setp %0\n sete %1\n setb %2",
            : "=&q"(parity), "=&q"(zero), "=&q"(carry)
            : "x"(x), "x"(y)
            : "cc");
    } else {
        float x, y;
        memcpy(&x, &request->a, 4);
        memcpy(&y, &request->b, 4);
        UNDER_CONTROL(
            control, *after, "ucomiss %4, %3\n setp %0\n sete %1\n setb %2",
            : "=&q"(parity), "=&q"(zero), "=&q"(carry)
            : "x"(x), "x"(y)
            : "cc");
    }
    return parity ? UNORDERED : zero ? EQUAL : carry ? LESS : GREATER;
}

#define TO_SIGNED(type, bytes, suffix, out_type, modifier)                                                             \
    do {                                                                                                               \
        type x;                                                                                                        \
        out_type out;                                                                                                  \
        memcpy(&x, &request->a, bytes);                                                                                \
        UNDER_CONTROL(control, after, "cvt" suffix "2si %1, %" modifier "0", : "=r"(out) : "x"(x));                    \
        request->result = out;                                                                                         \
    } while (0)

static uint32_t execute_to_signed(struct chost_float_request *request, uint32_t mode) {
    uint32_t control = masked_control((mode & ~(uint32_t)MODE_ROUNDING) | rounding_of(mode, request->flags)), after;
    if (request->operand_bits == 64 && request->result_bits == 64) TO_SIGNED(double, 8, "sd", uint64_t, "");
    if (request->operand_bits == 64 && request->result_bits == 32) TO_SIGNED(double, 8, "sd", uint32_t, "k");
    if (request->operand_bits == 32 && request->result_bits == 64) TO_SIGNED(float, 4, "ss", uint64_t, "");
    if (request->operand_bits == 32 && request->result_bits == 32) TO_SIGNED(float, 4, "ss", uint32_t, "k");
    return after;
}

#define FROM_SIGNED(type, bytes, suffix, in)                                                                           \
    do {                                                                                                               \
        type x = 0;                                                                                                    \
        UNDER_CONTROL(control, after, "cvtsi2" suffix " %1, %0", : "+x"(x) : "r"(in));                                 \
        memcpy(&request->result, &x, bytes);                                                                           \
    } while (0)

static uint32_t execute_from_signed(struct chost_float_request *request, uint32_t control) {
    uint32_t after;
    int64_t in = request->operand_bits == 32 ? (int64_t)(int32_t)request->a : (int64_t)request->a;
    if (request->result_bits == 64)
        FROM_SIGNED(double, 8, "sdq", in);
    else
        FROM_SIGNED(float, 4, "ssq", in);
    return after;
}

static uint32_t execute_convert(struct chost_float_request *request, uint32_t control) {
    uint32_t after;
    double wide;
    float narrow;
    if (request->operand_bits == 64) {
        memcpy(&wide, &request->a, 8);
        UNDER_CONTROL(control, after, "cvtsd2ss %1, %0", : "=x"(narrow) : "x"(wide));
        memcpy(&request->result, &narrow, 4);
    } else {
        memcpy(&narrow, &request->a, 4);
        UNDER_CONTROL(control, after, "cvtss2sd %1, %0", : "=x"(wide) : "x"(narrow));
        memcpy(&request->result, &wide, 8);
    }
    return after;
}

// Executes on the host; returns MXCSR afterwards, and whether the result needs the fix-up.
static uint32_t execute_on_host(uint32_t mode, struct chost_float_request *request, int *needs_fixup) {
    uint32_t control = masked_control(mode), after = 0, relation;
    int is_double = request->operand_bits == 64;
    request->result = 0;
    switch (request->operation) {
    case CHOST_FLOAT_ADD: BINARY("add"); break;
    case CHOST_FLOAT_SUB: BINARY("sub"); break;
    case CHOST_FLOAT_MUL: BINARY("mul"); break;
    case CHOST_FLOAT_DIV: BINARY("div"); break;
    case CHOST_FLOAT_SQRT:
        request->b = request->a;
        BINARY("sqrt");
        break;
    case CHOST_FLOAT_FUSED: after = execute_fused(request, control); break;
    case CHOST_FLOAT_COMPARE:
        relation = compare(request, control, &after);
        *needs_fixup = relation == UNORDERED;
        request->result = (request->flags & relation) != 0;
        return after;
    case CHOST_FLOAT_FROM_SIGNED: *needs_fixup = 0; return execute_from_signed(request, control);
    case CHOST_FLOAT_TO_SIGNED:
        after = execute_to_signed(request, mode);
        *needs_fixup = request->result == UINT64_C(1) << (request->result_bits - 1);
        return after;
    default: after = execute_convert(request, control); break;
    }
    *needs_fixup = is_nan(request->result, request->result_bits);
    return after;
}

int chost_float_execute(uint32_t mode, struct chost_float_request *request) {
    int needs_fixup;
    request->raised = flags_of(execute_on_host(mode, request, &needs_fixup));
    int may_be_tiny = request->operation <= CHOST_FLOAT_FUSED || request->operation == CHOST_FLOAT_CONVERT;
    if ((mode >> MODE_TRAP_SHIFT & UNDERFLOW) && may_be_tiny && is_tiny(request->result, request->result_bits))
        request->raised |= UNDERFLOW;
    return needs_fixup;
}
