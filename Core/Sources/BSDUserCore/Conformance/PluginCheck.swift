/// Checks of a plugin that need no guest program: is its data consistent, does its front end keep the IR's rules for
/// whatever bytes it is given, do its hooks agree with each other?
///
/// They say nothing about whether an instruction computes the right result; that takes an independent emulator.
public struct PluginCheck: Sendable {
    /// What is checked, in a few words.
    public let name: String
    /// How many things were looked at.
    public let checks: Int
    /// Everything that is wrong; empty when the plugin passes.
    public let problems: [String]

    /// The checks of a plugin's data and hooks by name, each with what makes it.
    public static var all: [(name: String, make: @Sendable (any GuestArchitecture) -> PluginCheck)] {
        [
            ("register file", { registers($0.description.registers) }),
            ("system call ABI", { systemCalls($0.description) }), ("memory layout", { layout($0.description) }),
            ("signal frame", { signalFrame($0.description) }), ("CPU models", models), ("helpers", helpers),
            ("hooks", hooks),
        ]
    }

    init(_ name: String, checks: Int, problems: [String]) {
        self.name = name
        self.checks = checks
        self.problems = problems
    }

    // MARK: Data

    private static func registers(_ file: RegisterFile) -> PluginCheck {
        var problems: [String] = []
        var owner: [Int: String] = [:]
        var names: Set<String> = []
        for row in file.rows {
            if row.offset < 8 { problems.append("\(row.name) lies in the core's first 8 bytes") }
            let sizes = row.registerClass == .vector ? [16] : row.registerClass == .hidden ? [4, 8, 16] : [4, 8]
            if !sizes.contains(row.byteCount) { problems.append("\(row.name) has \(row.byteCount) bytes") }
            if row.byteCount > 0, row.offset % row.byteCount != 0 { problems.append("\(row.name) is misaligned") }
            if !names.insert(row.name).inserted { problems.append("two registers are called \(row.name)") }
            for offset in row.offset..<row.offset + max(0, row.byteCount) {
                if let other = owner.updateValue(row.name, forKey: offset) {
                    problems.append("\(row.name) overlaps \(other)")
                    break
                }
            }
        }
        if file.byteCount > CPUState.maximumRegisterBytes {
            problems.append("\(file.byteCount) bytes of registers; \(CPUState.maximumRegisterBytes) are allowed")
        }
        let pinned: [([RegisterIndex], Set<RegisterClass>, String)] = [
            (file.pinnedIntegers, [.integer], "integer"),
            (file.pinnedFloats, [.float, .vector], "floating-point or vector"),
        ]
        for (pins, classes, name) in pinned {
            if Set(pins).count != pins.count { problems.append("a register is pinned twice") }
            for pin in pins.map({ Int($0.raw) }) {
                if pin < file.rows.count, classes.contains(file.rows[pin].registerClass) { continue }
                problems.append("pinned register \(pin) is no \(name) register")
            }
        }
        return PluginCheck("register file", checks: file.rows.count, problems: problems)
    }

    private static func systemCalls(_ description: ArchitectureDescription) -> PluginCheck {
        let calls = description.systemCalls
        var problems: [String] = []
        for register in [calls.number] + calls.arguments where Int(register.raw) >= description.registers.rows.count {
            problems.append("there is no register \(register.raw)")
        }
        if Set(calls.arguments).count != calls.arguments.count { problems.append("an argument register stands twice") }
        if calls.stackArgumentOffset < 0 { problems.append("stack arguments begin below the stack pointer") }
        return PluginCheck(
            "system call ABI", checks: calls.arguments.count, problems: problems)
    }

    private static func layout(_ description: ArchitectureDescription) -> PluginCheck {
        let layout = description.layout
        let page = UInt64(max(1, description.abi.pageBytes))
        let limit: UInt64 = description.abi.wordBytes == 4 ? 1 << 32 : 1 << 47
        var problems: [String] = []
        func expect(_ holds: Bool, _ problem: String) {
            if !holds { problems.append(problem) }
        }
        expect(page.nonzeroBitCount == 1 && page >= 4096, "pages of \(page) bytes")
        expect(layout.userTop <= limit, "user addresses end beyond the host's or the word's")
        expect(layout.stackTop <= layout.userTop, "the stack lies above the end of user addresses")
        expect(layout.userTop % page == 0 && layout.stackTop % page == 0, "an end of memory is not a whole page")
        expect(layout.defaultDataBytes <= layout.maximumDataBytes, "the default data limit exceeds the maximum")
        expect(layout.defaultStackBytes <= layout.maximumStackBytes, "the default stack limit exceeds the maximum")
        expect(layout.stackAlignment.nonzeroBitCount == 1, "stack alignment is no power of two")
        expect(description.abi.wordBytes == (description.elf.is64Bit ? 8 : 4), "word size and ELF class differ")
        expect(description.abi.byteOrder == description.elf.byteOrder, "byte order and ELF header differ")
        switch layout.trampoline {
        case .belowProcessStrings:
            expect(layout.stackIsExecutable, "the trampoline stands on a stack that is not executable")
        case .sharedPage(let address):
            expect(
                address % page == 0 && address < layout.userTop && layout.userTop - address >= page,
                "the trampoline's page does not lie in user addresses")
        case .installedByProgram: break
        }
        return PluginCheck("memory layout", checks: 10, problems: problems)
    }

    private static func signalFrame(_ description: ArchitectureDescription) -> PluginCheck {
        let frame = description.signalFrame
        var problems: [String] = []
        func expect(_ holds: Bool, _ problem: String) {
            if !holds { problems.append(problem) }
        }
        // siginfo_t and stack_t: sys/signal.h, with pointers of the ABI's size.
        let siginfoBytes = description.abi.wordBytes == 8 ? 80 : 64
        let stackBytes = 3 * description.abi.wordBytes
        expect(frame.ucontextOffset + frame.ucontextBytes <= frame.frameBytes, "the ucontext leaves the frame")
        expect(frame.siginfoOffset + siginfoBytes <= frame.frameBytes, "the siginfo leaves the frame")
        expect(
            frame.siginfoOffset + siginfoBytes <= frame.ucontextOffset
                || frame.ucontextOffset + frame.ucontextBytes <= frame.siginfoOffset, "siginfo and ucontext overlap")
        expect(frame.mcontextOffset >= 16, "the machine context overlaps the signal mask")
        expect(
            frame.mcontextOffset + frame.mcontextBytes <= frame.linkOffset, "the machine context overlaps the link")
        expect(frame.linkOffset + description.abi.wordBytes <= frame.stackOffset, "the link overlaps the stack")
        expect(frame.stackOffset + stackBytes <= frame.flagsOffset, "the stack overlaps the flags")
        expect(frame.flagsOffset + 4 <= frame.ucontextBytes, "the flags leave the ucontext")
        expect(frame.alignment.nonzeroBitCount == 1, "the frame's alignment is no power of two")
        return PluginCheck("signal frame", checks: frame.frameBytes, problems: problems)
    }

    private static func models(_ architecture: any GuestArchitecture) -> PluginCheck {
        let models = architecture.description.cpuModels
        var problems: [String] = []
        if architecture.selectCPU("no such model") { problems.append("a model that does not exist is accepted") }
        // The default last, so that it is the one in force afterwards.
        for model in models.reversed() where !architecture.selectCPU(model.name) {
            problems.append("model \(model.name) is listed and refused")
        }
        if models.isEmpty { problems.append("no models") }
        return PluginCheck("CPU models", checks: models.count, problems: problems)
    }

    private static func helpers(_ architecture: any GuestArchitecture) -> PluginCheck {
        let names = architecture.helpers.map(\.name)
        var problems: [String] = []
        if names.count > 256 { problems.append("\(names.count) helpers; 256 can be called") }
        if Set(names).count != names.count { problems.append("two helpers have one name") }
        return PluginCheck("helpers", checks: names.count, problems: problems)
    }

    // MARK: Hooks

    private static func hooks(_ architecture: any GuestArchitecture) -> PluginCheck {
        let layout = architecture.description.layout
        let mask: UInt64 = architecture.description.abi.wordBytes == 4 ? 0xFFFF_FFFF : UInt64.max
        let cpu = CPUState.allocate()
        defer { cpu.deallocate() }
        var problems: [String] = []
        architecture.cpuInit(cpu)
        let stack = (layout.stackTop - 4096) & ~(layout.stackAlignment - 1)
        architecture.threadInit(
            cpu,
            ThreadStart(
                entry: 0x1_0000, stackPointer: stack, processStrings: stack + 1024, argumentCount: 1,
                argumentVector: stack + 8, environmentVector: stack + 24, elfFlags: 0))
        if cpu.pc & mask != 0x1_0000 { problems.append("threadInit does not start at the entry") }
        if architecture.stackPointer(cpu) > stack || architecture.stackPointer(cpu) + 512 < stack {
            problems.append("the stack pointer after threadInit is not near the one given")
        }
        architecture.setTLS(cpu, 0x2_0000)
        if architecture.getTLS(cpu) != 0x2_0000 { problems.append("getTLS does not return what setTLS set") }
        let before = cpu.pc
        architecture.setSystemCallResult(cpu, .restart)
        if cpu.pc != before { problems.append("a call that restarts moves the program counter") }
        architecture.setSystemCallResult(cpu, .values(1, second: nil))
        if cpu.pc == before { problems.append("a finished call leaves the program counter") }
        if architecture.setupSigtramp().count % (1 << architecture.description.instructionAlignmentLog2) != 0 {
            problems.append("the trampoline is no whole number of instructions")
        }
        return PluginCheck("hooks", checks: 7, problems: problems)
    }
}
