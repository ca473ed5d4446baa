import Testing

@testable import AArch64
@testable import BSDUserCore
@testable import TestSupport

@Suite("aarch64 hooks")
struct HookTests {
    private let architecture = AArch64()

    private func freshCPU() -> CPUState {
        let cpu = CPUState.allocate()
        architecture.cpuInit(cpu)
        return cpu
    }

    private func word(_ bytes: [UInt8], _ offset: Int, _ count: Int = 8) -> UInt64 {
        bytes[offset..<(offset + count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    @Test("A machine context holds the registers where FreeBSD has them, and comes back whole")
    func machineContext() {
        let cpu = freshCPU()
        defer { cpu.deallocate() }
        var random = SeededGenerator(3)
        for number in 0...31 { cpu.setRegister(number, random.next()) }
        for number in 0..<32 { cpu.setVector(number, VectorBits(low: random.next(), high: random.next())) }
        cpu.conditionFlags = 0xa000_0000
        cpu.floatStatus = 0x0800_0011
        cpu.floatControl = 0x0300_0000
        cpu.pc = 0x20_1000
        architecture.setTLS(cpu, 0x1_6000_0000)
        let words = SignalFrame.encode(cpu, clearingReturn: false)
        // Offsets of sys/arm64/include/ucontext.h.
        func at(_ offset: Int) -> UInt64 { words[offset / 8] }
        #expect(8 * words.count == 880)
        #expect(at(0) == cpu.register(0) && at(8 * 29) == cpu.register(29))
        #expect(at(240) == cpu.register(30) && at(248) == cpu.register(31))
        #expect(at(256) == cpu.pc && at(264) == 0xa000_0000)
        #expect(at(272) == cpu.vector(0).low && at(272 + 16 * 31 + 8) == cpu.vector(31).high)
        #expect(at(784) == 0x0300_0000_0800_0011 && at(800) == 1)

        let other = freshCPU()
        defer { other.deallocate() }
        #expect(SignalFrame.decode(words, into: other))
        #expect(SignalFrame.encode(other, clearingReturn: false) == words)
        #expect(architecture.getTLS(other) == 0)

        let cleared = SignalFrame.encode(cpu, clearingReturn: true)
        #expect(cleared[0] == 0 && cleared[33] == 0x8000_0000)
    }

    @Test(
        "A machine context with a privileged mode, AArch32 or masked interrupts is refused",
        arguments: [4, 16, 64, 512])
    func privilegedContext(_ status: UInt64) {
        let cpu = freshCPU()
        defer { cpu.deallocate() }
        cpu.setRegister(0, 5)
        var words = SignalFrame.encode(cpu, clearingReturn: false)
        words[33] = status
        words[0] = 6
        #expect(!SignalFrame.decode(words, into: cpu) && cpu.register(0) == 5)
    }

    @Test("The trampoline is the code that FreeBSD puts on its shared page")
    func trampoline() {
        let bytes = architecture.setupSigtramp()
        let words = stride(from: 0, to: bytes.count, by: 4).map { UInt32(word(bytes, $0, 4)) }
        // 0x50 is where sf_uc is, 0x1a1 is SYS_sigreturn, 1 is SYS_exit. Versions of Capstone call mov and movz differently.
        let expected = [
            "x0, sp", "x0, x0, #0x50", "x8, #0x1a1", "#0", "x8, #0x1", "#0", "#0x60000008",
        ]
        let lines = GuestListing.lines(words, architecture.description)
        for (line, text) in zip(lines, expected) { #expect(line.hasSuffix(" \(text)"), "\(line)") }
        #expect(lines.count == expected.count)
    }

    @Test("A handler is entered as sendsig does it")
    func handler() {
        let cpu = freshCPU()
        defer { cpu.deallocate() }
        architecture.setSigtrampArguments(
            cpu,
            HandlerEntry(
                signal: 11, handler: 0x1000, frame: 0x7000, siginfo: 0x7000, ucontext: 0x7050, wantsSiginfo: false,
                code: 2, address: 0xbad, trampoline: 0x9000))
        #expect(cpu.register(0) == 11 && cpu.register(1) == 0x7000 && cpu.register(2) == 0x7050)
        #expect(cpu.pc == 0x1000 && cpu.register(31) == 0x7000 && cpu.register(30) == 0x9000)
    }

    @Test("Results go to x0 and x1 and to the carry flag, and other flags stay")
    func results() {
        let cpu = freshCPU()
        defer { cpu.deallocate() }
        cpu.setRegister(1, 99)
        cpu.conditionFlags = 0xf000_0000
        cpu.pc = 0x1000
        architecture.setSystemCallResult(cpu, .values(7, second: nil))
        #expect(cpu.register(0) == 7 && cpu.register(1) == 0 && cpu.pc == 0x1004 && cpu.conditionFlags == 0xd000_0000)
        architecture.setSystemCallResult(cpu, .values(7, second: 8))
        #expect(cpu.register(1) == 8 && cpu.pc == 0x1008)
        architecture.setSystemCallResult(cpu, .failure(Errno(rawValue: 2)))
        #expect(cpu.register(0) == 2 && cpu.register(1) == 8 && cpu.pc == 0x100c && cpu.conditionFlags == 0xf000_0000)
        architecture.setSystemCallResult(cpu, .restart)
        #expect(cpu.register(0) == 2 && cpu.pc == 0x100c)
        architecture.fork(cpu)
        #expect(cpu.register(0) == 0 && cpu.register(1) == 0 && cpu.pc == 0x1010 && cpu.conditionFlags == 0)
    }

    @Test("The first thread and new threads start as exec_setregs and cpu_set_upcall say")
    func starts() {
        let cpu = freshCPU()
        defer { cpu.deallocate() }
        architecture.threadInit(
            cpu,
            ThreadStart(
                entry: 0x21_0000, stackPointer: 0x3fff_ffff_e008, processStrings: 0x3fff_ffff_efe0, argumentCount: 1,
                argumentVector: 0x3fff_ffff_e010, environmentVector: 0x3fff_ffff_e020, elfFlags: 0))
        #expect(cpu.pc == 0x21_0000 && cpu.register(30) == 0x21_0000)
        #expect(cpu.register(31) == 0x3fff_ffff_e000 && cpu.register(0) == 0x3fff_ffff_e008)
        architecture.setUpcall(cpu, entry: 0x1000, argument: 5, stackBase: 0x5000, stackBytes: 0x1008)
        #expect(cpu.register(31) == 0x6000 && cpu.pc == 0x1000 && cpu.register(0) == 5)
    }

    @Test("The registers do not overlap, leave the core's word alone, and follow gdb's order")
    func registers() {
        let rows = architecture.description.registers.rows
        #expect(rows.count == Register.count)
        let places = rows.sorted { $0.offset < $1.offset }
        #expect(places[0].offset >= 8)
        for (first, second) in zip(places, places.dropFirst()) {
            #expect(first.offset + first.byteCount <= second.offset)
        }
        #expect(rows.prefix(32).map(\.name) == (0..<31).map { "x\($0)" } + ["sp"])
        #expect(rows[32..<64].map(\.name) == (0..<32).map { "v\($0)" })
        #expect(rows[32..<64].allSatisfy { $0.byteCount == 16 && $0.offset % 16 == 0 })
        #expect(rows[64].name == "fpsr" && rows[65].name == "fpcr")
    }

    @Test("Flags in the register file's format are the ones that went in")
    func flagWord() {
        for flags in 0..<16 {
            #expect(FlagWord.nzcv(packed: UInt32(FlagWord.packed(nzcv: flags))) == UInt32(flags))
        }
    }

    @Test("CPU models are chosen by name")
    func models() {
        #expect(!architecture.selectCPU("no such model"))
        for model in architecture.description.cpuModels { #expect(architecture.selectCPU(model.name)) }
    }
}
