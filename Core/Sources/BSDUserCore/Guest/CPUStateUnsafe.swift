/// The state of one guest CPU: a raw block of memory that translated code works on.
///
/// Layout: a header of `headerBytes` that belongs to the core, then the register file of the architecture. Translated
/// code holds a pointer `registerBias` bytes into the register file, so that the first 32 eight-byte slots are within a
/// one-byte displacement. Behind a state that `allocate` has made lies what translated code spills.
@frozen
public struct CPUState: @unchecked Sendable {
    /// Bytes of the core's header before the register file.
    public static let headerBytes = 1024
    /// Largest register file.
    public static let maximumRegisterBytes = 4096 - headerBytes
    /// What translated code's state register points at, from the start of the register file.
    public static let registerBias = 128

    /// Start of the register file.
    public let registers: UnsafeMutableRawPointer

    /// A state whose register file starts at `registers`.
    @inlinable
    public init(registers: UnsafeMutableRawPointer) { self.registers = registers }

    /// A zeroed state in memory of its own, page-aligned. Lives until `deallocate`.
    public static func allocate() -> CPUState {
        let byteCount = headerBytes + maximumRegisterBytes + spillBytes
        let base = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 4096)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        return CPUState(registers: base + headerBytes)
    }

    /// Room for what translated code spills.
    static let spillBytes = 512
    /// Where that begins, from what translated code's state register points at.
    static let spillDisplacement = Int32(maximumRegisterBytes - registerBias)

    /// What a barrier changes nothing in: the last spill slot's cache line, which seldom holds anything. The stack will not do: below
    /// it may be the guard page.
    static let fenceDisplacement = spillDisplacement + Int32(spillBytes) - 64

    /// Takes over the register file of another state and the floating-point mode that goes with it.
    func copyRegisters(of other: CPUState) {
        registers.copyMemory(from: other.registers, byteCount: CPUState.maximumRegisterBytes)
        setHeader(.floatMode, other.header(.floatMode, as: UInt32.self))
        pc = other.pc
    }

    /// Frees a state made by `allocate`.
    public func deallocate() { (registers - CPUState.headerBytes).deallocate() }

    /// Reads a field of the register file at a byte offset.
    @inlinable @inline(__always)
    public func load<T: BitwiseCopyable>(_ offset: Int, as type: T.Type = T.self) -> T {
        registers.load(fromByteOffset: offset, as: type)
    }

    /// Writes a field of the register file at a byte offset.
    @inlinable @inline(__always)
    public func store<T: BitwiseCopyable>(_ value: T, _ offset: Int) {
        registers.storeBytes(of: value, toByteOffset: offset, as: T.self)
    }

    @inlinable @inline(__always)
    func header<T: BitwiseCopyable>(_ field: StateHeader, as type: T.Type = T.self) -> T {
        registers.load(fromByteOffset: field.rawValue - CPUState.headerBytes, as: type)
    }

    @inlinable @inline(__always)
    func setHeader<T: BitwiseCopyable>(_ field: StateHeader, _ value: T) {
        registers.storeBytes(of: value, toByteOffset: field.rawValue - CPUState.headerBytes, as: T.self)
    }
}

/// Byte offsets of the core's header fields, from the start of the header. `CHost` declares the same as a C structure;
/// a test keeps the two equal.
@usableFromInline
enum StateHeader: Int, CaseIterable {
    /// u64: guest address at an exit.
    case pc = 0
    /// u32: 1 when the instruction at `pc` was stopped in its delay slot.
    case inDelaySlot = 8
    /// u32: raw value of the `ExitReason`.
    case exitReason = 12
    /// u64: argument of the exit.
    case exitArgument = 16
    /// u64: length that goes with it.
    case exitLength = 24
    /// u64: guest address of a failed access.
    case faultAddress = 32
    /// u32: FreeBSD `si_code` of the fault.
    case faultCode = 40
    /// u32: 1 for a write.
    case faultIsWrite = 44
    /// Pointer: indirect-jump table in use.
    case jumpTable = 48
    /// Pointer: the thread's own jump table.
    case ownJumpTable = 56
    /// Pointer: a table that always misses; swapped in to stop the thread at its next indirect jump.
    case missTable = 64
    /// Pointer: table of helper functions: the core's first, then the architecture's.
    case helperTable = 72
    /// Pointer: host stack pointer to return to on exit.
    case hostStack = 80
    /// u32: MXCSR of guest code while the host runs.
    case guestControl = 88
    /// u32: MXCSR of the host while guest code runs.
    case hostControl = 92
    /// u32: `FloatFlags` raised in software (by slow paths) since the last harvest.
    case floatFlags = 96
    /// u32: nonzero while host code runs in a translated block (0 in the core).
    case inTranslatedCode = 100
    /// u32: a signal is pending for this thread: exit at the next safepoint.
    case interruptRequested = 104
    /// u32: raw `FloatMode` in force.
    case floatMode = 108
    /// Pointer: address of the chain slot of the exit taken, or null.
    case chainSlot = 112
    /// Pointer: opaque thread handle for helpers.
    case thread = 120
    /// Pointers: thunks in the code arena that translated code jumps to through memory.
    case exitThunk = 128
    case chainThunk = 136
    case jumpMissThunk = 144
    case interruptThunk = 152
    /// Scratch for translated code and thunks: 64 bytes. Operations that helpers execute have their operands and result
    /// here.
    case scratch = 160
    /// Pointers: thunks that call helpers.
    case helperThunk = 224
    case fixupThunk = 232
    /// Pointer: the `FloatProfile` in force. Behind it, from 256 to 479 and from 512 on, stand the `HeaderConstant`s.
    case floatProfile = 240
    /// Pointer: the thunk through which translated code is entered.
    case enterThunk = 248
    /// Pointer: the stack pointer of translated code while the host runs.
    case returnStack = 864
    /// Pointer: the same while a helper that keeps all registers runs.
    case keptStack = 872
    /// Pointer: the uppermost entry of that stack, which is there when it is empty.
    case returnStackTop = 880
    /// Pointer: thunk that executes an operation for translated code. The constants leave it out.
    case executeThunk = 480
    /// u64: host address of the instruction in translated code that faulted; 0 after every other exit.
    case faultHost = 488
    /// What translated code asks the core's helper `execute` to do: u16 opcode, u8 type, u8 flags of the operation, u32 its
    /// `b`, u32 its `c`, where these are no values. Operands and result stand as vectors in `scratch`.
    case request = 496
    /// u32: set to 1 when the guest wants a trap for what the operation raised.
    case requestTrap = 508
}

/// 16 bytes of a vector as two numbers; lane 0 is in the low bits of `low`.
@frozen
public struct VectorBits: Equatable, Hashable, Sendable {
    public var low: UInt64
    public var high: UInt64

    @inlinable
    public init(low: UInt64, high: UInt64 = 0) {
        self.low = low
        self.high = high
    }
}

extension CPUState {
    /// For helpers: vector operand 0, 1 or 2 of the operation that called.
    @inlinable
    public func vectorOperand(_ index: Int) -> VectorBits { vectorScratch(index) }

    /// For helpers: the result of the operation that called, where that is a vector.
    @inlinable
    public func setVectorResult(_ result: VectorBits) { setVectorScratch(CPUState.resultIndex, result) }

    /// The place in the scratch where the result of an operation on vectors stands.
    @usableFromInline static var resultIndex: Int { 3 }

    @inlinable
    func vectorScratch(_ index: Int) -> VectorBits {
        let place = registers + (StateHeader.scratch.rawValue - CPUState.headerBytes + 16 * index)
        return VectorBits(
            low: place.load(as: UInt64.self), high: place.load(fromByteOffset: 8, as: UInt64.self))
    }

    @inlinable
    func setVectorScratch(_ index: Int, _ bits: VectorBits) {
        let place = registers + (StateHeader.scratch.rawValue - CPUState.headerBytes + 16 * index)
        place.storeBytes(of: bits.low, as: UInt64.self)
        place.storeBytes(of: bits.high, toByteOffset: 8, as: UInt64.self)
    }

    /// Reads a vector register at a byte offset of the register file.
    @inlinable
    public func loadVector(_ offset: Int) -> VectorBits {
        VectorBits(low: load(offset), high: load(offset + 8))
    }

    /// Writes a vector register at a byte offset of the register file.
    @inlinable
    public func storeVector(_ bits: VectorBits, _ offset: Int) {
        store(bits.low, offset)
        store(bits.high, offset + 8)
    }
}

extension CPUState {
    /// Writes one of the constants that translated code reads.
    func setHeader(_ constant: HeaderConstant, _ value: (UInt64, UInt64)) {
        let address = registers + (constant.rawValue - CPUState.headerBytes)
        address.storeBytes(of: value.0, as: UInt64.self)
        address.storeBytes(of: value.1, toByteOffset: 8, as: UInt64.self)
    }

    /// The guest's program counter.
    public var pc: UInt64 {
        get { header(.pc) }
        nonmutating set { setHeader(.pc, newValue) }
    }

    /// Whether the instruction at `pc` was stopped in its delay slot.
    public var inDelaySlot: Bool {
        get { header(.inDelaySlot, as: UInt32.self) != 0 }
        nonmutating set { setHeader(.inDelaySlot, UInt32(newValue ? 1 : 0)) }
    }

    /// Argument of the last exit.
    public var exitArgument: UInt64 { header(.exitArgument) }

    /// Guest address of the failed access.
    public var faultAddress: UInt64 { header(.faultAddress) }

    /// FreeBSD `si_code` of the failed access (`SEGV_MAPERR` 1, `SEGV_ACCERR` 2; for bus errors `BUS_OBJERR` 3).
    public var faultCode: Int32 { header(.faultCode) }

    /// Whether the failed access was a write.
    public var faultIsWrite: Bool { header(.faultIsWrite, as: UInt32.self) != 0 }
}
