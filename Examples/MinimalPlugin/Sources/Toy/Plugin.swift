import BSDUserCore

/// The one symbol that the core looks for.
@_cdecl("bsduser_plugin")
public func bsduserPlugin() -> PluginRegistration.Record {
    PluginRegistration.publish { ToyArchitecture() }
}

/// The toy processor's answers to the core.
final class ToyArchitecture: GuestArchitecture {
    let description = Toy.description
    let helpers: [Helper] = []
    let hardwareCapabilities: (UInt64, UInt64) = (0, 0)

    func selectCPU(_ model: String) -> Bool {
        model == "toy1"
    }

    func makeConformance() -> (any ArchitectureConformance)? { ToyConformance() }

    // MARK: CPU state

    func cpuInit(_ cpu: CPUState) {}

    // The toy has no thread pointer of its own: r12 serves, as the ABI of its imaginary system says.
    func getTLS(_ cpu: CPUState) -> GuestAddress {
        cpu.load(Toy.offset(12))
    }

    func setTLS(_ cpu: CPUState, _ address: GuestAddress) {
        cpu.store(address, Toy.offset(12))
    }

    func fork(_ child: CPUState) {
        child.store(UInt64(0), Toy.offset(Toy.result))
        child.store(UInt64(0), Toy.offset(Toy.errorFlag))
        child.pc &+= 4
    }

    func threadInit(_ cpu: CPUState, _ start: ThreadStart) {
        cpu.pc = start.entry
        cpu.store(start.stackPointer, Toy.offset(Toy.stackPointer))
        // _start gets the stack's start in r1, like _start(char **ap, ...) of other architectures.
        cpu.store(start.stackPointer, Toy.offset(1))
    }

    func setUpcall(
        _ cpu: CPUState, entry: GuestAddress, argument: UInt64, stackBase: GuestAddress, stackBytes: UInt64
    ) {
        cpu.pc = entry
        cpu.store(argument, Toy.offset(1))
        cpu.store((stackBase &+ stackBytes) & ~15, Toy.offset(Toy.stackPointer))
    }

    func stackPointer(_ cpu: CPUState) -> GuestAddress {
        cpu.load(Toy.offset(Toy.stackPointer))
    }

    // MARK: System calls

    func setSystemCallResult(_ cpu: CPUState, _ outcome: SystemCallOutcome) {
        switch outcome {
        case .values(let first, let second):
            cpu.store(first, Toy.offset(Toy.result))
            if let second { setSecondRval(cpu, second) }
            cpu.store(UInt64(0), Toy.offset(Toy.errorFlag))
            cpu.pc &+= 4
        case .failure(let errno):
            cpu.store(UInt64(UInt32(bitPattern: errno.rawValue)), Toy.offset(Toy.result))
            cpu.store(UInt64(1), Toy.offset(Toy.errorFlag))
            cpu.pc &+= 4
        case .restart, .unchanged:
            break
        }
    }

    func setSecondRval(_ cpu: CPUState, _ value: UInt64) {
        cpu.store(value, Toy.offset(2))
    }

    func sysarch(_ thread: GuestThread, operation: Int32, parameters: GuestAddress) throws(Errno) -> UInt64 {
        throw Errno(rawValue: 22)  // EINVAL: no architecture-specific calls
    }
}
