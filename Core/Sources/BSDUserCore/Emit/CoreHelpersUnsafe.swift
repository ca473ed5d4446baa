/// Helpers of the core's own, at the start of the helper table; the architecture's follow.
enum CoreHelper: Int, CaseIterable {
    /// (state, mode): sets rounding, flushing and trap enables from a `FloatMode` raw value.
    case setFloatMode
    /// (state): takes the `FloatFlags` raised since the last time.
    case takeFloatFlags
    /// (state): computes the exact result of the operation that the header's scratch describes.
    case floatFixup
    /// (state): executes the operation that `StateHeader.request` and the scratch describe.
    case execute

    /// The function; the state argument points at the register file, as for an architecture's helpers.
    var function: Helper.Function {
        switch self {
        case .setFloatMode: setFloatModeHelper
        case .takeFloatFlags: takeFloatFlagsHelper
        case .floatFixup: floatFixupHelper
        case .execute: executeHelper
        }
    }

    /// The table that `StateHeader.helperTable` points at: the core's helpers, then the architecture's.
    static func makeTable(_ helpers: [Helper]) -> UnsafeMutablePointer<Helper.Function> {
        let table = UnsafeMutablePointer<Helper.Function>.allocate(capacity: allCases.count + helpers.count)
        for helper in allCases { (table + helper.rawValue).initialize(to: helper.function) }
        for (index, helper) in helpers.enumerated() {
            (table + allCases.count + index).initialize(to: helper.function)
        }
        return table
    }
}

/// MXCSR (Intel SDM volume 1, 10.2.3).
enum MXCSR {
    static var stickyMask: UInt32 { 0x3F }
    static var invalid: UInt32 { 0x01 }
    static var denormalsAreZero: UInt32 { 0x0040 }
    static var allMasked: UInt32 { 0x1F80 }
    static var flushToZero: UInt32 { 0x8000 }
    static var roundingShift: UInt32 { 13 }

    /// The control bits for a guest's mode. Invalid operation stays masked: the slow paths decide about it, since
    /// the guest's idea of a signalling NaN may differ from the host's. `noted` are exceptions that the guest will hear
    /// of whatever the host finds.
    static func control(for mode: UInt32, noted: FloatFlags) -> UInt32 {
        var control = allMasked | (mode & FloatMode.roundingMask) << roundingShift
        if FloatMode(rawValue: mode).contains(.reportsFlushing) { return control & ~unmasked(noted) }
        if mode & FloatMode.flushResults.rawValue != 0 { control |= flushToZero }
        if mode & FloatMode.flushOperands.rawValue != 0 { control |= denormalsAreZero }
        let enables = FloatFlags(rawValue: mode >> FloatMode.trapShift)
        // Masks in bits 7 to 12: invalid, denormal, zero divide, overflow, underflow, precision.
        if enables.contains(.divideByZero) { control &= ~0x0200 }
        if enables.contains(.overflow) { control &= ~0x0400 }
        if enables.contains(.underflow) { control &= ~0x0800 }
        if enables.contains(.inexact) { control &= ~0x1000 }
        return control
    }

    /// What traps where flushing is reported, so that the interpreter does it: subnormal operands, also of a division by
    /// zero, which comes first; subnormal results. With these the host calls inexact what the guest does not: that
    /// traps too, until it has been noted.
    private static func unmasked(_ noted: FloatFlags) -> UInt32 {
        noted.contains(.inexact) ? 0x0B00 : 0x1B00
    }

    /// The guest's flags among the sticky ones; invalid operation is never left there.
    static func flags(_ control: UInt32) -> FloatFlags { FloatFlags(rawValue: control >> 1 & 0x1E) }
}

/// What cold code leaves in the header's scratch for `floatFixup`, as offsets in bytes.
enum FloatFixupRequest {
    /// u64: bits of the first operand; afterwards the result.
    static let first = 0
    /// u64: bits of the second operand.
    static let second = 8
    /// u16 opcode, u8 type, u8 flags of the operation; u32 type of the operands.
    static let operation = 16
    static let operandType = 20
    /// u32: set to 1 when the guest wants a trap for what the operation raised.
    static let trap = 24
    /// u64: bits of the third operand.
    static let third = 32
}

private func setFloatModeHelper(_ registers: UnsafeMutableRawPointer, _ mode: UInt64, _: UInt64, _: UInt64) -> UInt64 {
    let state = CPUState(registers: registers)
    // A trap clears the host's flags: up to now they count.
    state.raise(MXCSR.flags(state.header(.guestControl)))
    state.setHeader(.floatMode, UInt32(truncatingIfNeeded: mode))
    state.renewFloatControl()
    return 0
}

private func takeFloatFlagsHelper(_ registers: UnsafeMutableRawPointer, _: UInt64, _: UInt64, _: UInt64) -> UInt64 {
    let state = CPUState(registers: registers)
    let control = state.header(.guestControl, as: UInt32.self)
    let flags = MXCSR.flags(control).rawValue | state.header(.floatFlags, as: UInt32.self)
    state.setHeader(.floatFlags, UInt32(0))
    state.renewFloatControl()
    return UInt64(flags)
}

private func floatFixupHelper(_ registers: UnsafeMutableRawPointer, _: UInt64, _: UInt64, _: UInt64) -> UInt64 {
    let state = CPUState(registers: registers)
    let scratch = registers + (StateHeader.scratch.rawValue - CPUState.headerBytes)
    let mode = state.header(.floatMode, as: UInt32.self)
    let profileAddress = state.header(.floatProfile, as: UInt.self)
    guard let profile = UnsafePointer<FloatProfile>(bitPattern: profileAddress),
        let opcode = Opcode(rawValue: scratch.load(fromByteOffset: FloatFixupRequest.operation, as: UInt16.self)),
        let type = ValueType(rawValue: scratch.load(fromByteOffset: FloatFixupRequest.operation + 2, as: UInt8.self)),
        let operandType = ValueType(
            rawValue: scratch.load(fromByteOffset: FloatFixupRequest.operandType, as: UInt8.self))
    else { return 0 }
    let flags = scratch.load(fromByteOffset: FloatFixupRequest.operation + 3, as: UInt8.self)
    let operands = FloatOperands(
        a: scratch.load(fromByteOffset: FloatFixupRequest.first, as: UInt64.self),
        b: scratch.load(fromByteOffset: FloatFixupRequest.second, as: UInt64.self),
        c: scratch.load(fromByteOffset: FloatFixupRequest.third, as: UInt64.self))
    let evaluator = FloatEvaluator(mode: FloatMode(rawValue: mode), profile: profile.pointee)
    // Where flushing is reported, the host has seen operands that the guest does not.
    let (result, raised) =
        evaluator.mode.contains(.reportsFlushing)
        ? evaluator.evaluateFlushing(opcode, type, flags: flags, operandType: operandType, operands)
        : evaluator.fixup(opcode, type, flags, operandType).evaluate(operands.a, operands.b, operands.c)
    let control = state.header(.guestControl, as: UInt32.self)
    state.setHeader(.guestControl, control & ~MXCSR.invalid)
    // An exception that traps is not accumulated.
    let isTrapped = raised.rawValue & (mode >> FloatMode.trapShift) != 0
    if !isTrapped { state.setHeader(.floatFlags, state.header(.floatFlags, as: UInt32.self) | raised.rawValue) }
    scratch.storeBytes(of: result, toByteOffset: FloatFixupRequest.first, as: UInt64.self)
    scratch.storeBytes(of: isTrapped ? 1 : 0, toByteOffset: FloatFixupRequest.trap, as: UInt32.self)
    return 0
}

private func executeHelper(_ registers: UnsafeMutableRawPointer, _: UInt64, _: UInt64, _: UInt64) -> UInt64 {
    let state = CPUState(registers: registers)
    let request = registers + (StateHeader.request.rawValue - CPUState.headerBytes)
    let profileAddress = state.header(.floatProfile, as: UInt.self)
    guard let profile = UnsafePointer<FloatProfile>(bitPattern: profileAddress),
        let opcode = Opcode(rawValue: request.load(as: UInt16.self)),
        let type = ValueType(rawValue: request.load(fromByteOffset: 2, as: UInt8.self))
    else { return 0 }
    let operation = Operation(
        opcode, type, flags: request.load(fromByteOffset: 3, as: UInt8.self), 0,
        request.load(fromByteOffset: 4, as: UInt32.self), request.load(fromByteOffset: 8, as: UInt32.self))
    let mode = FloatMode(rawValue: state.header(.floatMode))
    let (result, raised) = OperationEvaluator(mode: mode, profile: profile.pointee).evaluate(
        operation, state.vectorScratch(0), state.vectorScratch(1), state.vectorScratch(2))
    let control = state.header(.guestControl, as: UInt32.self)
    state.setHeader(.guestControl, control & ~MXCSR.invalid)
    // An exception that traps is not accumulated.
    let isTrapped = raised.rawValue & (mode.rawValue >> FloatMode.trapShift) != 0
    if isTrapped { state.setHeader(.exitArgument, UInt64(raised.rawValue)) } else { state.raise(raised) }
    state.setVectorScratch(CPUState.resultIndex, result)
    state.setHeader(.requestTrap, UInt32(isTrapped ? 1 : 0))
    return 0
}
