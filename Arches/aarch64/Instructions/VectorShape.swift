import BSDUserCore

/// The part of a vector register that an instruction works on, and the size of its lanes.
struct VectorShape {
    enum Extent {
        /// All 128 bits, the low 64, lane 0 alone.
        case full, half, scalar
    }

    let lane: VectorLane
    let extent: Extent

    static let fullSingle = VectorShape(lane: .bits32, extent: .full)
    static let scalarHalf = VectorShape(lane: .bits16, extent: .scalar)

    /// The same part in lanes of twice the width.
    var widened: VectorShape { VectorShape(lane: lane.twice, extent: extent) }

    /// Lanes that the instruction works on.
    var laneCount: Int {
        switch extent {
        case .full: lane.laneCount
        case .half: lane.laneCount / 2
        case .scalar: 1
        }
    }
}

extension VectorLane {
    init(sizeLog2: Int) { self.init(rawValue: UInt8(truncatingIfNeeded: sizeLog2)) }

    /// Lanes of twice and half the width.
    var twice: VectorLane { VectorLane(sizeLog2: sizeLog2 + 1) }
    var half: VectorLane { VectorLane(sizeLog2: sizeLog2 - 1) }

    /// The format of floating-point numbers in the lane: bits of the fraction, the exponent of infinities and NaNs.
    var fractionBits: Int { self == .bits64 ? 52 : self == .bits32 ? 23 : 10 }
    var greatestExponent: UInt64 { self == .bits64 ? 0x7ff : self == .bits32 ? 0xff : 0x1f }

    /// The type of a floating-point number in the lane, which has 32 or 64 bits.
    var floatType: ValueType { self == .bits64 ? .f64 : .f32 }
}

extension Word {
    /// The type that the `sz` bit selects, and its lane.
    var floatType: ValueType { self[Bits.double] == 0 ? .f32 : .f64 }
    var floatLane: VectorLane { self[Bits.double] == 0 ? .bits32 : .bits64 }

    /// All of the registers, or the low half.
    var isFull: Bool { self[Bits.full] == 1 }

    /// The shape, in lanes of the size in bits 23 and 22.
    var shape: VectorShape { VectorShape(lane: VectorLane(sizeLog2: self[Bits.laneSize]), extent: extent) }

    /// The shape, in floating-point lanes of the size in bit 22.
    var floatShape: VectorShape { VectorShape(lane: floatLane, extent: extent) }

    /// The shape, in lanes of half precision.
    var halfShape: VectorShape { VectorShape(lane: .bits16, extent: extent) }

    /// The shape, in the lanes of a shift.
    var shiftShape: VectorShape { VectorShape(lane: shiftLane, extent: extent) }

    private var extent: VectorShape.Extent { self[Bits.isScalar] == 1 ? .scalar : isFull ? .full : .half }
}

extension Translator {
    // MARK: Registers

    /// All of a vector register.
    mutating func vector(_ number: Int) -> Value { builder.get(.vector(number), .v128) }

    /// The lanes that the shape tells, all others repeating them: for operations that raise exceptions.
    mutating func repeated(_ number: Int, _ shape: VectorShape) -> Value { repeated(vector(number), shape) }

    mutating func repeated(_ value: Value, _ shape: VectorShape) -> Value {
        switch shape.extent {
        case .full: value
        case .half: builder.vector(.duplicateLane, value, .bits64)
        case .scalar: builder.vector(.duplicateLane, value, shape.lane)
        }
    }

    /// Writes a vector register; what the shape leaves out becomes 0.
    mutating func setVector(_ number: Int, _ value: Value, _ shape: VectorShape) {
        let result = shape.extent == .full ? value : limited(value, shape)
        builder.put(.vector(number), result, .v128)
    }

    /// Writes all of a vector register, or the low half with zeros above.
    mutating func setVector(_ number: Int, _ value: Value, isFull: Bool) {
        builder.put(.vector(number), isFull ? value : builder.vector(.lowHalf, value), .v128)
    }

    /// The lanes that the shape tells, and zeros.
    mutating func limited(_ value: Value, _ shape: VectorShape) -> Value {
        switch shape.extent {
        case .full: return value
        case .half: return builder.vector(.lowHalf, value)
        case .scalar:
            if shape.lane == .bits64 { return builder.vector(.lowHalf, value) }
            return builder.vectorFromScalar(builder.vectorExtract(value, 0, shape.lane, .i32), shape.lane)
        }
    }

    /// A scalar floating-point register.
    mutating func float(_ number: Int, _ type: ValueType) -> Value { builder.get(.vector(number), type) }

    /// Writes a scalar; the rest of the register becomes 0.
    mutating func setFloat(_ number: Int, _ value: Value, _ type: ValueType) {
        builder.put(.vector(number), value, type)
    }

    // MARK: Constants

    /// The same number in every lane.
    mutating func lanes(_ number: UInt64, _ lane: VectorLane) -> Value {
        builder.vectorDuplicate(builder.constant(Int64(bitPattern: number)), lane)
    }

    var zeroVector: Value { mutating get { builder.vectorConstant(low: 0, high: 0) } }

    /// The sign bit of every lane.
    mutating func signs(_ lane: VectorLane) -> Value { lanes(1 << UInt64(lane.bitCount - 1), lane) }

    /// A floating-point number in every lane.
    mutating func lanes(_ number: Double, _ lane: VectorLane) -> Value {
        if lane == .bits16 { return lanes(UInt64(Float16(number).bitPattern), lane) }
        return lanes(lane == .bits64 ? number.bitPattern : UInt64(Float(number).bitPattern), lane)
    }

    // MARK: Halves

    /// The lanes of even and of odd number: those of the first operand, then those of the second, each of the shape.
    mutating func pairs(_ first: Value, _ second: Value, _ shape: VectorShape) -> (even: Value, odd: Value) {
        guard shape.extent == .half else {
            let even = builder.vector(.even, first, second, shape.lane)
            return (even, builder.vector(.odd, first, second, shape.lane))
        }
        let both = builder.vector(.interleaveLow, first, second, .bits64)
        return (builder.vector(.even, both, both, shape.lane), builder.vector(.odd, both, both, shape.lane))
    }

    /// The lanes of the low half, or of the high half for the second form of an instruction, at twice the width.
    mutating func widened(_ value: Value, _ lane: VectorLane, isHigh: Bool, isSigned: Bool) -> Value {
        if isHigh { return builder.vector(isSigned ? .widenHighSigned : .widenHighUnsigned, value, lane) }
        return builder.vector(isSigned ? .widenLowSigned : .widenLowUnsigned, value, lane)
    }

    /// Writes results of half the width: to the low half with zeros above, or for the second form of an instruction to the
    /// high half, which keeps the low one.
    mutating func setNarrowed(_ number: Int, _ value: Value, isHigh: Bool) {
        guard isHigh else { return setVector(number, value, isFull: false) }
        builder.put(.vector(number), builder.vectorCopyLane(vector(number), 1, value, 0, .bits64), .v128)
    }

    // MARK: Saturation

    /// Sets FPSR.QC where two vectors differ in the lanes that the shape tells.
    mutating func noteSaturation(_ exact: Value, _ saturated: Value, _ shape: VectorShape) {
        let difference = builder.vector(.xor, exact, saturated)
        var bits: Value
        switch shape.extent {
        case .scalar: bits = builder.vectorExtract(difference, 0, shape.lane, .i64)
        case .half: bits = builder.vectorExtract(difference, 0, .bits64, .i64)
        case .full:
            bits = builder.vectorExtract(difference, 0, .bits64, .i64)
            bits = builder.binary(.or, bits, builder.vectorExtract(difference, 1, .bits64, .i64))
        }
        let isSaturated = builder.compare(.notEqual, bits, builder.constant(0))
        let flag = builder.binary(.shiftLeft, isSaturated, builder.constant(FloatControl.saturationPlace))
        builder.put(.fpsr, builder.binary(.or, builder.get(.fpsr), flag))
    }
}
