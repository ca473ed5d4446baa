import Foundation
import TestSupport
import Testing

@testable import BSDUserCore
@testable import MIPS64

@Suite("mips64 hooks")
struct HookTests {
    private let architecture = MIPS64()

    private func freshCPU() -> CPUState {
        let cpu = CPUState.allocate()
        architecture.cpuInit(cpu)
        return cpu
    }

    private func word(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
        bytes[offset..<(offset + 8)].reduce(0) { $0 << 8 | UInt64($1) }
    }

    @Test("A machine context holds the registers where FreeBSD has them, and comes back whole")
    func machineContext() {
        let cpu = freshCPU()
        defer { cpu.deallocate() }
        var random = SeededGenerator(3)
        for number in 1..<32 { cpu.setGeneral(number, random.next()) }
        for number in 0..<32 { cpu.setRegister(Register.float0 + number, random.next()) }
        cpu.setRegister(Register.lo, random.next())
        cpu.setRegister(Register.hi, random.next())
        cpu.setFCSR(0x8380_0f83)
        cpu.pc = 0x1_2000_0000
        architecture.setTLS(cpu, 0x1_6000_0000)
        let bytes = SignalFrame.encode(cpu, clearingReturn: false)
        #expect(bytes.count == 616)
        #expect(word(bytes, 8) == cpu.pc)
        #expect(word(bytes, 16) == 0xaced_bade)
        #expect(word(bytes, 16 + 8 * 31) == cpu.general(31))
        #expect(word(bytes, 280) == cpu.register(Register.lo) && word(bytes, 288) == cpu.register(Register.hi))
        #expect(bytes[296..<300].elementsEqual([0, 0, 0, 1]))
        #expect(word(bytes, 304 + 8 * 31) == cpu.register(Register.float0 + 31))
        #expect(word(bytes, 560) == 0x8380_0f83)
        #expect(word(bytes, 576) == 0x1_6000_0000)

        let other = freshCPU()
        defer { other.deallocate() }
        SignalFrame.decode(bytes, into: other)
        #expect(SignalFrame.encode(other, clearingReturn: false) == bytes)
        let mode = FloatMode(rawValue: other.header(.floatMode, as: UInt32.self))
        #expect(mode.contains(.flushResults) && mode.rawValue & FloatMode.roundingMask == 1)

        let cleared = SignalFrame.encode(cpu, clearingReturn: true)
        #expect([2, 3, 7].allSatisfy { word(cleared, 16 + 8 * $0) == 0 })
    }

    @Test("The trampoline is the code that FreeBSD puts below ps_strings")
    func trampoline() {
        let bytes = architecture.setupSigtramp()
        let words = stride(from: 0, to: bytes.count, by: 4).map { start in
            bytes[start..<(start + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        let lines = GuestListing.lines(words, architecture.description)
        for (line, name) in zip(lines, ["daddiu", "addiu", "syscall", "break"]) { #expect(line.contains(" \(name)")) }
        #expect(lines.count == 4)
        #expect(Word(words[0])[Bits.immediate] == SignalFrame.description.ucontextOffset)
        #expect(Word(words[1])[Bits.immediate] == 417)
    }

    @Test("A handler is entered as sendsig does it", arguments: [true, false])
    func handler(_ wantsSiginfo: Bool) {
        let cpu = freshCPU()
        defer { cpu.deallocate() }
        architecture.setSigtrampArguments(
            cpu,
            HandlerEntry(
                signal: 11, handler: 0x1000, frame: 0x7000, siginfo: 0x7100, ucontext: 0x7020,
                wantsSiginfo: wantsSiginfo,
                code: 2, address: 0xbad, trampoline: 0x9000))
        #expect(cpu.general(4) == 11 && cpu.general(6) == 0x7020)
        #expect(cpu.general(5) == (wantsSiginfo ? 0x7100 : 2) && cpu.general(7) == (wantsSiginfo ? 0 : 0xbad))
        #expect(cpu.pc == 0x1000 && cpu.general(25) == 0x1000)
        #expect(cpu.general(29) == 0x7000 && cpu.general(31) == 0x9000)
    }

    @Test("Results go to v0, v1 and a3, and an ordinary call leaves v1")
    func results() {
        let cpu = freshCPU()
        defer { cpu.deallocate() }
        cpu.setGeneral(3, 99)
        cpu.pc = 0x1000
        architecture.setSystemCallResult(cpu, .values(7, second: nil))
        #expect(cpu.general(2) == 7 && cpu.general(3) == 99 && cpu.general(7) == 0 && cpu.pc == 0x1004)
        architecture.setSystemCallResult(cpu, .values(7, second: 8))
        #expect(cpu.general(3) == 8 && cpu.pc == 0x1008)
        architecture.setSystemCallResult(cpu, .failure(Errno(rawValue: 2)))
        #expect(cpu.general(2) == 2 && cpu.general(3) == 8 && cpu.general(7) == 1 && cpu.pc == 0x100c)
        architecture.setSystemCallResult(cpu, .restart)
        #expect(cpu.general(2) == 2 && cpu.pc == 0x100c)
        cpu.pc = 0x2000
        architecture.fork(cpu)
        #expect(cpu.general(2) == 0 && cpu.general(3) == 1 && cpu.general(7) == 0 && cpu.pc == 0x2004)
    }

    @Test("The first thread and new threads start as exec_setregs and cpu_set_upcall say")
    func starts() {
        let cpu = freshCPU()
        defer { cpu.deallocate() }
        architecture.threadInit(
            cpu,
            ThreadStart(
                entry: 0x1_2000_0003, stackPointer: 0x7f_ffff_e000, processStrings: 0x7f_ffff_efe0, argumentCount: 1,
                argumentVector: 0x7f_ffff_e008, environmentVector: 0x7f_ffff_e018, elfFlags: 0x8000_0007))
        #expect(cpu.pc == 0x1_2000_0000 && cpu.general(25) == 0x1_2000_0000)
        #expect(cpu.general(29) == 0x7f_ffff_e000 && cpu.general(4) == 0x7f_ffff_e000)
        #expect(cpu.general(7) == 0x7f_ffff_efe0)
        architecture.setUpcall(cpu, entry: 0x1000, argument: 5, stackBase: 0x5000, stackBytes: 0x1008)
        #expect(cpu.general(29) == 0x5fe0 && cpu.pc == 0x1000 && cpu.general(25) == 0x1000 && cpu.general(4) == 5)
        #expect(cpu.general(7) == 0)
    }

    @Test("n64 programs are taken; o32, o64 and n32 are not")
    func elfFlags() {
        let elf = architecture.description.elf
        func accepts(_ flags: UInt32) -> Bool { flags & elf.flagsMask == elf.flagsValue }
        #expect(accepts(0x8000_0007) && accepts(0x8000_0400))
        #expect(!accepts(0x8000_1007) && !accepts(0x8000_2007) && !accepts(0x8000_0027))
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
        #expect(rows.prefix(32).map(\.name) == (0..<32).map { "r\($0)" })
        #expect(rows[32..<37].map(\.name) == ["status", "lo", "hi", "badvaddr", "cause"])
        #expect(rows[69].name == "fcsr" && rows[70].name == "fir")
    }

    @Test("CPU models are chosen by name, and decide about NaN")
    func models() throws {
        #expect(!architecture.selectCPU("no such model"))
        for model in architecture.description.cpuModels { #expect(architecture.selectCPU(model.name)) }
        #expect(architecture.selectCPU("MIPS64R2-nan2008"))
        #expect(architecture.description.floatProfile.defaultNaN32 == 0x7fc0_0000)
        let cpu = freshCPU()
        defer { cpu.deallocate() }
        #expect(cpu.fcsr & FloatControl.nan2008 != 0 && cpu.readFloatControl(0) & FloatControl.has2008 != 0)
        cpu.writeFloatControl(31, 0)
        #expect(cpu.fcsr & FloatControl.nan2008 != 0)
    }

    @Test("Decoding a word takes less time than the budget of a translator")
    func decodeTime() {
        var generator = SeededGenerator(5)
        let set = InstructionSet<Translator>(.mips64, MIPS64.rows)
        // A working set of words, as a program has.
        let words = (0..<512).map { _ in Word(UInt32.random(in: 0...UInt32.max, using: &generator)) }
        var sum = words.reduce(0) { $0 &+ set.row(of: $1) }
        let clock = ContinuousClock()
        let rounds = 2000
        let best = (0..<5).map { _ in
            clock.measure {
                for _ in 0..<rounds { for word in words { sum &+= set.row(of: word) } }
            }
        }.min()
        let nanoseconds = Double(best?.components.attoseconds ?? 0) / 1e9 / Double(rounds * words.count)
        print("mips64 decoding: \(nanoseconds) ns a word (\(sum & 1))")
        #expect(nanoseconds < 200)
    }
}
