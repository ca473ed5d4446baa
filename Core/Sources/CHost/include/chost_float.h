// Floating-point operations exactly as a guest's `FloatProfile` and `FloatMode` define them.
#pragma once
#include <stdint.h>

/// The layout of Swift's `FloatProfile`, field by field, for C.
struct chost_float_profile {
    /// `FloatProfile.NaNRule`: 0 default NaN, 1 signalling operand first.
    uint32_t nan_rule;
    /// `FloatProfile.IntegerOverflowRule`: 0 greatest, 1 saturate and 0 for a NaN.
    uint32_t integer_overflow_rule;
    /// A set top fraction bit means signalling.
    uint32_t quiet_bit_inverted;
    uint32_t default_nan32;
    uint64_t default_nan64;
};

enum chost_float_operation {
    CHOST_FLOAT_ADD,
    CHOST_FLOAT_SUB,
    CHOST_FLOAT_MUL,
    CHOST_FLOAT_DIV,
    CHOST_FLOAT_SQRT,
    /// `flags` is a `FloatCondition`.
    CHOST_FLOAT_COMPARE,
    CHOST_FLOAT_CONVERT,
    CHOST_FLOAT_FROM_SIGNED,
    /// `flags` is a `FloatRounding`.
    CHOST_FLOAT_TO_SIGNED,
};

/// One operation. Numbers of 32 bits stand in the low half of their field.
struct chost_float_request {
    /// A `chost_float_operation`.
    uint8_t operation;
    /// Width of the operands, 32 or 64 bits.
    uint8_t operand_bits;
    /// Width of the result, 32 or 64 bits.
    uint8_t result_bits;
    uint8_t flags;
    /// Out: the `FloatFlags` that the operation raises; `chost_float_fixup` knows of `invalid` only.
    uint32_t raised;
    uint64_t a;
    uint64_t b;
    /// Out: the result, zero-extended.
    uint64_t result;
};

/// The result of an operation whose result on the host is a NaN, the integer indefinite, or unordered: what translated
/// code calls on its slow path. `mode` is the `FloatMode` in force. Sets `result`, and `raised` to `invalid` or 0.
void chost_float_fixup(const struct chost_float_profile *profile, uint32_t mode, struct chost_float_request *request);

/// The whole operation with all exceptions masked: result and flags raised. With `underflow` enabled in `mode` a tiny
/// result raises it even when exact, as IEEE 754 has it for traps.
void chost_float_execute(const struct chost_float_profile *profile, uint32_t mode, struct chost_float_request *request);

/// MXCSR for a `FloatMode`: rounding, flushing, and unmasked what the mode traps; no sticky flag.
uint32_t chost_float_control(uint32_t mode);
/// The `FloatFlags` among MXCSR's sticky flags.
uint32_t chost_float_flags(uint32_t mxcsr);
