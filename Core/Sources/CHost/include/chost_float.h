// Floating-point operations on the host's unit under a guest's `FloatMode`.
#pragma once
#include <stdint.h>

enum chost_float_operation {
    CHOST_FLOAT_ADD,
    CHOST_FLOAT_SUB,
    CHOST_FLOAT_MUL,
    CHOST_FLOAT_DIV,
    CHOST_FLOAT_SQRT,
    /// `a * b + c`; `flags` is a `FusedAttributes`.
    CHOST_FLOAT_FUSED,
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
    /// Out: the `FloatFlags` that the operation raises, `invalid` left out.
    uint32_t raised;
    uint64_t a;
    uint64_t b;
    uint64_t c;
    /// Out: the result, zero-extended.
    uint64_t result;
};

/// Executes an operation with all exceptions masked. With `underflow` enabled in `mode` a tiny result raises it even when
/// exact, as IEEE 754 has it for traps.
///
/// Returns nonzero when the result is a NaN, the integer indefinite or unordered: then `FloatFixup` decides about the
/// result and about `invalid`, as it does for translated code.
int chost_float_execute(uint32_t mode, struct chost_float_request *request);
