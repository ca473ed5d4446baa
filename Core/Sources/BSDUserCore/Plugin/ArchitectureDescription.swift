/// The data of an architecture: one description that serves loader, translator, system calls, traces and debuggers.
public struct ArchitectureDescription: Sendable {
    /// The plugin's name and file name without extension: `mips64`.
    public var name: String
    /// `hw.machine`: `mips`.
    public var machine: String
    /// `hw.machine_arch` of a program without an ARCH_TAG note: `mips64`.
    public var machineArchitecture: String
    public var abi: GuestABI
    public var elf: ElfIdentity
    public var registers: RegisterFile
    public var systemCalls: SystemCallABI
    public var layout: MemoryLayoutDescription
    public var signalFrame: SignalFrameDescription
    public var floatProfile: FloatProfile
    /// Names for `-cpu`; the first is the default.
    public var cpuModels: [CPUModel]
    /// `__FreeBSD_version` that a program without an ABI note gets, and the release string that goes with it.
    public var defaultRelease: FreeBSDRelease
    /// The newest release that supports the architecture.
    public var newestRelease: FreeBSDRelease
    /// Base-2 logarithm of the alignment of instructions in bytes: 2 for fixed 32-bit instructions.
    public var instructionAlignmentLog2: Int
    /// How the auxiliary vector is numbered.
    public var auxiliaryNumbering: AuxiliaryNumbering
    /// User code can read a counter of time, which the plugin takes from `TimeCounter`: programs then get the page that
    /// `AT_TIMEKEEP` names, and tell the time without a system call.
    public var hasTimeCounter: Bool

    public init(
        name: String, machine: String, machineArchitecture: String, abi: GuestABI, elf: ElfIdentity,
        registers: RegisterFile, systemCalls: SystemCallABI, layout: MemoryLayoutDescription,
        signalFrame: SignalFrameDescription, floatProfile: FloatProfile, cpuModels: [CPUModel],
        defaultRelease: FreeBSDRelease, newestRelease: FreeBSDRelease, instructionAlignmentLog2: Int,
        auxiliaryNumbering: AuxiliaryNumbering = .common, hasTimeCounter: Bool = false
    ) {
        self.name = name
        self.machine = machine
        self.machineArchitecture = machineArchitecture
        self.abi = abi
        self.elf = elf
        self.registers = registers
        self.systemCalls = systemCalls
        self.layout = layout
        self.signalFrame = signalFrame
        self.floatProfile = floatProfile
        self.cpuModels = cpuModels
        self.defaultRelease = defaultRelease
        self.newestRelease = newestRelease
        self.instructionAlignmentLog2 = instructionAlignmentLog2
        self.auxiliaryNumbering = auxiliaryNumbering
        self.hasTimeCounter = hasTimeCounter
    }
}

/// A FreeBSD release.
public struct FreeBSDRelease: Sendable, Equatable {
    /// `kern.osrelease`: `12.2-RELEASE`.
    public var name: String
    /// `__FreeBSD_version`: 1202000.
    public var version: Int32
    public init(name: String, version: Int32) {
        self.name = name
        self.version = version
    }
}

/// A CPU model for `-cpu`.
public struct CPUModel: Sendable {
    public var name: String
    /// One line for `-cpu help`.
    public var summary: String
    public init(name: String, summary: String) {
        self.name = name
        self.summary = summary
    }
}

/// Which ELF files are the architecture's.
public struct ElfIdentity: Sendable {
    /// `e_machine`.
    public var machine: UInt16
    /// `EI_CLASS` is ELFCLASS64.
    public var is64Bit: Bool
    public var byteOrder: ByteOrder
    /// Bits of `e_flags` that must have `flagsValue`; 0 accepts all.
    public var flagsMask: UInt32
    public var flagsValue: UInt32

    public init(machine: UInt16, is64Bit: Bool, byteOrder: ByteOrder, flagsMask: UInt32 = 0, flagsValue: UInt32 = 0) {
        self.machine = machine
        self.is64Bit = is64Bit
        self.byteOrder = byteOrder
        self.flagsMask = flagsMask
        self.flagsValue = flagsValue
    }
}

/// Where the arguments of a system call stand. How results go back is `GuestArchitecture.setSystemCallResult`.
public struct SystemCallABI: Sendable {
    /// The register with the call's number.
    public var number: RegisterIndex
    /// The argument registers in order.
    public var arguments: [RegisterIndex]
    /// Further arguments stand on the stack from this offset in bytes (added to `GuestArchitecture.stackPointer`).
    public var stackArgumentOffset: Int

    public init(number: RegisterIndex, arguments: [RegisterIndex], stackArgumentOffset: Int) {
        self.number = number
        self.arguments = arguments
        self.stackArgumentOffset = stackArgumentOffset
    }
}

/// The process layout of the architecture (`vmparam.h`).
public struct MemoryLayoutDescription: Sendable {
    /// End of user addresses (`VM_MAXUSER_ADDRESS`), as the emulator offers it.
    public var userTop: GuestAddress
    /// Top of the initial stack (`USRSTACK`).
    public var stackTop: GuestAddress
    /// Load address of a position-independent program (`ET_DYN_LOAD_ADDR`).
    public var dynamicLoadAddress: GuestAddress
    /// `MAXDSIZ`, `DFLDSIZ`, `MAXSSIZ` and `DFLSSIZ`, bytes.
    public var maximumDataBytes: UInt64
    public var defaultDataBytes: UInt64
    public var maximumStackBytes: UInt64
    public var defaultStackBytes: UInt64
    /// The stack is executable unless the program says otherwise.
    public var stackIsExecutable: Bool
    /// Alignment of the initial stack pointer, bytes.
    public var stackAlignment: UInt64
    /// Where the kernel's signal trampoline stands.
    public var trampoline: TrampolinePlace

    /// The place of the signal trampoline.
    public enum TrampolinePlace: Sendable {
        /// On the stack just below `ps_strings` (mips).
        case belowProcessStrings
        /// On a shared page at this address.
        case sharedPage(GuestAddress)
        /// None: libc installs its own through `sysarch` (sparc64).
        case installedByProgram
    }

    public init(
        userTop: GuestAddress, stackTop: GuestAddress, dynamicLoadAddress: GuestAddress, maximumDataBytes: UInt64,
        defaultDataBytes: UInt64, maximumStackBytes: UInt64, defaultStackBytes: UInt64, stackIsExecutable: Bool,
        stackAlignment: UInt64, trampoline: TrampolinePlace
    ) {
        self.userTop = userTop
        self.stackTop = stackTop
        self.dynamicLoadAddress = dynamicLoadAddress
        self.maximumDataBytes = maximumDataBytes
        self.defaultDataBytes = defaultDataBytes
        self.maximumStackBytes = maximumStackBytes
        self.defaultStackBytes = defaultStackBytes
        self.stackIsExecutable = stackIsExecutable
        self.stackAlignment = stackAlignment
        self.trampoline = trampoline
    }

    /// The layout of an address space that ends at `end`: the stack and a shared page move down together as far as the
    /// higher of them asks for.
    func fitted(to end: GuestAddress, pageBytes: UInt64) -> MemoryLayoutDescription {
        var highest = stackTop
        if case .sharedPage(let address) = trampoline { highest = max(highest, address + pageBytes) }
        var result = self
        result.userTop = min(userTop, end)
        // Memory too small for the largest stack keeps most of itself for everything else.
        result.maximumStackBytes = min(maximumStackBytes, result.userTop / 4)
        guard highest > end else { return result }
        let distance = highest - end
        result.stackTop = stackTop - min(stackTop, distance)
        if case .sharedPage(let address) = trampoline {
            result.trampoline = .sharedPage(address - min(address, distance))
        }
        return result
    }
}

/// Sizes and offsets of the signal frame (`struct sigframe`), bytes.
public struct SignalFrameDescription: Sendable {
    public var frameBytes: Int
    /// Offsets of the ucontext and the siginfo in the frame.
    public var ucontextOffset: Int
    public var siginfoOffset: Int
    public var ucontextBytes: Int
    /// Offsets in the ucontext; the signal mask is at 0.
    public var mcontextOffset: Int
    public var mcontextBytes: Int
    /// Offset of `mc_onstack` in the machine context: an `int` that the core writes; nil where there is none.
    public var onStackOffset: Int?
    public var linkOffset: Int
    public var stackOffset: Int
    public var flagsOffset: Int
    /// Alignment of the frame, and bytes below the stack pointer that the ABI reserves.
    public var alignment: UInt64
    public var redZoneBytes: UInt64
    /// `MINSIGSTKSZ`.
    public var minimumStackBytes: UInt64

    public init(
        frameBytes: Int, ucontextOffset: Int, siginfoOffset: Int, ucontextBytes: Int, mcontextOffset: Int,
        mcontextBytes: Int, onStackOffset: Int? = nil, linkOffset: Int, stackOffset: Int, flagsOffset: Int,
        alignment: UInt64, redZoneBytes: UInt64 = 0, minimumStackBytes: UInt64
    ) {
        self.frameBytes = frameBytes
        self.ucontextOffset = ucontextOffset
        self.siginfoOffset = siginfoOffset
        self.ucontextBytes = ucontextBytes
        self.mcontextOffset = mcontextOffset
        self.mcontextBytes = mcontextBytes
        self.onStackOffset = onStackOffset
        self.linkOffset = linkOffset
        self.stackOffset = stackOffset
        self.flagsOffset = flagsOffset
        self.alignment = alignment
        self.redZoneBytes = redZoneBytes
        self.minimumStackBytes = minimumStackBytes
    }
}

extension FreeBSDRelease {
    /// The release that a program sees when the user asks for none: the one it was built for, within what the
    /// architecture had, so that neither the program nor its libraries meet a system older than they expect.
    static func forProgram(noteRelease: Int32, _ description: ArchitectureDescription) -> FreeBSDRelease {
        let oldest = description.defaultRelease
        let newest = description.newestRelease
        if noteRelease <= oldest.version { return oldest }
        if noteRelease >= newest.version { return newest }
        let major = noteRelease / 100_000
        let minor = noteRelease / 1000 % 100
        return FreeBSDRelease(name: "\(major).\(minor)-RELEASE", version: noteRelease)
    }
}
