import Testing

@testable import BSDUserCore

@Suite struct PluginCheckTests {
    /// The problems of one check on a stub with an edited description.
    private func problems(_ check: String, _ edit: (inout ArchitectureDescription) -> Void) -> [String] {
        let stub = StubArchitecture(name: "stub", machine: 1, edit: edit)
        if check == "translation" { return PluginCheck.translation(stub, blockCount: 16).problems }
        return PluginCheck.all.first { $0.name == check }?.make(stub).problems ?? ["no such check"]
    }

    @Test(arguments: ["register file", "system call ABI", "memory layout", "signal frame", "CPU models", "helpers"])
    func consistentDataPasses(check: String) {
        #expect(problems(check) { _ in } == [])
    }

    @Test func overlappingAndMisplacedRegistersAreFound() {
        let found = problems("register file") {
            $0.registers = RegisterFile(
                rows: [
                    RegisterRow("a", offset: 0), RegisterRow("b", offset: 8),
                    RegisterRow("b", offset: 12, byteCount: 4),
                    RegisterRow("c", offset: 20), RegisterRow("d", offset: 4096),
                ],
                pinnedIntegers: [RegisterIndex(1), RegisterIndex(1), RegisterIndex(9)], pinnedFloats: [RegisterIndex(1)]
            )
        }
        #expect(
            found == [
                "a lies in the core's first 8 bytes", "two registers are called b", "b overlaps b", "c is misaligned",
                "4104 bytes of registers; 3072 are allowed", "a register is pinned twice",
                "pinned register 9 is no integer register", "pinned register 1 is no floating-point or vector register",
            ])
    }

    @Test func systemCallsNeedRegistersThatExist() {
        let found = problems("system call ABI") {
            $0.systemCalls = SystemCallABI(
                number: RegisterIndex(7), arguments: [RegisterIndex(0), RegisterIndex(0)], stackArgumentOffset: -8)
        }
        #expect(found.count == 3)
        #expect(found.first == "there is no register 7")
    }

    @Test func layoutsMustFitTheWordAndTheHeader() {
        #expect(problems("memory layout") { $0.layout.stackTop = 1 << 40 }.count == 1)
        #expect(problems("memory layout") { $0.layout.userTop = 1 << 60 }.count == 1)
        #expect(problems("memory layout") { $0.layout.trampoline = .belowProcessStrings }.count == 1)
        #expect(problems("memory layout") { $0.layout.trampoline = .sharedPage(1 << 33) }.count == 1)
        #expect(problems("memory layout") { $0.layout.defaultStackBytes = 1 << 40 }.count == 1)
        #expect(
            problems("memory layout") { $0.abi = GuestABI(wordBytes: 4, byteOrder: .big) } == [
                "word size and ELF class differ"
            ])
        #expect(
            problems("memory layout") { $0.abi = GuestABI(wordBytes: 8, byteOrder: .little) } == [
                "byte order and ELF header differ"
            ])
    }

    @Test func partsOfASignalFrameMustNotOverlap() {
        #expect(problems("signal frame") { $0.signalFrame.frameBytes = 100 } == ["the ucontext leaves the frame"])
        #expect(problems("signal frame") { $0.signalFrame.siginfoOffset = 8 } == ["siginfo and ucontext overlap"])
        #expect(problems("signal frame") { $0.signalFrame.mcontextOffset = 0 }.count == 1)
        #expect(problems("signal frame") { $0.signalFrame.mcontextBytes = 137 }.count == 1)
        #expect(problems("signal frame") { $0.signalFrame.flagsOffset = 183 }.count == 1)
    }

    @Test func modelsMustBeWhatTheArchitectureTakes() {
        #expect(
            problems("CPU models") { $0.cpuModels.append(CPUModel(name: "x", summary: "")) } == [
                "model x is listed and refused"
            ])
        #expect(problems("CPU models") { $0.cpuModels = [] } == ["no models"])
    }

    @Test func hooksMustAgreeWithEachOther() {
        // The stub's hooks do nothing.
        #expect(
            problems("hooks") { _ in }.contains("getTLS does not return what setTLS set"))
    }

    @Test func aFrontEndThatEndsNoBlockIsFound() {
        #expect(!problems("translation") { _ in }.isEmpty)
    }
}
