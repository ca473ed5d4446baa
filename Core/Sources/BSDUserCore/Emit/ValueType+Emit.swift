extension ValueType {
    /// Values of this type are kept in vector registers of the host, others in general-purpose ones.
    @inline(__always)
    var usesVectorRegister: Bool { isFloat || self == .v128 }

    /// Bits that a value takes in a register: packed flags are a number of 32 bits.
    @inline(__always)
    var registerBits: Int { self == .flags ? 32 : bits }
}
