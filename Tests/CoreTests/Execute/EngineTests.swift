import CHost
import Glibc
import Testing

@testable import BSDUserCore

/// Modes under which the engine's behaviour must be the same.
private let modes: [ExecutionMode] = [.interpreter, .translator]

/// r1 += 1 and on to `target`.
private func increment(_ target: @escaping (Builder.Place) -> UInt64) -> ScriptedArchitecture.Script {
    { b in
        b.mark(restart: b.pc)
        b.put(r(1), b.binary(.add, b.get(r(1)), b.constant(1)))
        b.goto(target(Builder.Place(pc: b.pc)))
    }
}

/// `fork` is not offered to Swift; the system call without arguments is one of its forms.
private func forkProcess() -> pid_t {
    typealias Fork = @convention(c) () -> pid_t
    guard let symbol = dlsym(nil, "fork") else { return -1 }
    return unsafeBitCast(symbol, to: Fork.self)()
}

extension Builder {
    /// The address of the block that is being built.
    struct Place { let pc: UInt64 }
}

private func exit(_ b: inout Builder) {
    b.mark(restart: b.pc)
    b.exit(.systemCall)
}

@Suite("The execution engine", .serialized)
struct EngineTests {
    @Test("runs from block to block until an exit", arguments: modes)
    func runsBlocks(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        guest.script(0, increment { $0.pc + 0x100 })
        guest.script(0x100) { b in
            b.mark(restart: b.pc)
            b.put(r(2), b.binary(.add, b.get(r(2)), b.constant(3)))
            b.jump(b.get(r(3)))
        }
        guest.script(0x200, exit)
        guest[3] = guest.memory.base + 0x200
        #expect(guest.run() == .systemCall)
        #expect(guest[1] == 1)
        #expect(guest[2] == 3)
        #expect(guest.cpu.pc == guest.memory.base + 0x200)
    }

    @Test("translates a block once", arguments: modes)
    func translatesOnce(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        let end = guest.memory.base + 0x100
        guest.script(0) { b in
            b.mark(restart: b.pc)
            let count = b.binary(.add, b.get(r(1)), b.constant(1))
            b.put(r(1), count)
            let label = b.makeLabel()
            b.skipIf(b.compare(.equal, count, b.constant(100_000)), to: label)
            b.goto(b.pc)
            b.place(label)
            b.goto(end)
        }
        guest.script(0x100, exit)
        #expect(guest.run() == .systemCall)
        #expect(guest[1] == 100_000)
        #expect(guest.architecture.translations[guest.memory.base] == 1)
    }

    @Test("shows a block all of its code where the source's piece of code ends", arguments: modes)
    func seesBeyondPieces(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        guest.memory.pieceBytes = 0x104
        guest.script(0, increment { $0.pc + 0x100 })
        guest.script(0x100, exit)
        #expect(guest.run() == .systemCall)
        #expect(guest.architecture.visibleBytes[guest.memory.base + 0x100] == ExecutionEngine.windowBytes)
    }

    @Test("reports code that cannot be fetched", arguments: modes)
    func fetchFaults(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        let end = guest.memory.base + guest.memory.byteCount
        guest.script(0, increment { _ in end })
        #expect(guest.run() == .fetchFault)
        #expect(guest.cpu.pc == end)
        #expect(guest.cpu.faultAddress == end)
        #expect(guest.cpu.faultCode == 2)
        #expect(guest[1] == 1)
    }

    @Test("refuses a block that does not leave", arguments: modes)
    func refusesEndlessBlocks(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        guest.script(0) { b in b.put(r(1), b.constant(1)) }
        #expect(guest.run() == .illegalInstruction)
        #expect(guest.cpu.pc == guest.memory.base)
    }

    @Test("stops an endless loop when a signal handler asks", arguments: modes)
    func interrupts(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        guest.script(0, increment { $0.pc })
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in chost_request_interrupt(chost_current_registers()) }
        sigaction(SIGUSR2, &action, nil)
        // The threads that tests run on block most signals.
        var unblocked = sigset_t()
        sigaddset(&unblocked, SIGUSR2)
        pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
        let target = UnsafeMutablePointer<pthread_t>.allocate(capacity: 1)
        target.initialize(to: pthread_self())
        var sender = pthread_t()
        pthread_create(
            &sender, nil,
            { argument in
                usleep(20_000)
                if let target = argument?.assumingMemoryBound(to: pthread_t.self) {
                    pthread_kill(target.pointee, SIGUSR2)
                }
                return nil
            }, target)
        defer {
            pthread_join(sender, nil)
            target.deallocate()
        }
        #expect(guest.run() == .interrupt)
        #expect(guest.cpu.pc == guest.memory.base)
        #expect(guest[1] > 0)
    }

    @Test("keeps a request that comes while the core runs", arguments: modes)
    func keepsRequests(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        guest.script(0, exit)
        chost_request_interrupt(guest.cpu.registers)
        #expect(guest.run() == .interrupt)
        #expect(guest.run() == .systemCall)
    }

    @Test("translates anew after a range is invalidated", arguments: modes)
    func invalidates(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        guest.script(0, increment { $0.pc + 0x100 })
        guest.script(0x100, exit)
        _ = guest.run()
        guest.script(0) { b in
            b.mark(restart: b.pc)
            b.put(r(1), b.constant(50))
            b.goto(b.pc + 0x100)
        }
        guest.engine.invalidate(guest.memory.base + 0x100, 4)
        _ = guest.run()
        #expect(guest[1] == 2)
        guest.engine.invalidate(guest.memory.base + 3, 1)
        _ = guest.run()
        #expect(guest[1] == 50)
        #expect(guest.architecture.translations[guest.memory.base + 0x100] == 2)
    }

    @Test("flushes a line for the guest and goes on", arguments: modes)
    func flushes(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        guest.script(0x100, exit)
        _ = guest.run(from: 0x100)
        guest.script(0) { b in
            b.mark(restart: b.pc &+ 0x100)
            b.exit(.flushCode, b.get(r(4)))
        }
        guest[4] = guest.memory.base + 0x110
        #expect(guest.run() == .systemCall)
        #expect(guest.architecture.translations[guest.memory.base + 0x100] == 2)
    }

    @Test("sees writes to code on writable pages, until the page is hot", arguments: modes)
    func selfModification(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        guest.memory.isWritable = true
        let target = guest.memory.base + 0x1000
        // The block's effect is the byte that its code holds when it is translated.
        guest.script(0x1000) { b in
            b.mark(restart: b.pc)
            b.put(r(2), b.constant(Int64(guest.memory[0x1000])))
            b.exit(.systemCall)
        }
        guest.script(0) { b in
            b.mark(restart: b.pc)
            b.store(b.get(r(4)), b.get(r(5)), .bytes1)
            b.goto(target)
        }
        guest[4] = target
        for value in UInt64(1)...3 {
            guest[5] = value
            #expect(guest.run() == .systemCall)
            #expect(guest[2] == value)
        }
        #expect(guest.memory.protectedPages.contains(target))
        guest.engine.prepareForWrite(target, 1)
        #expect(!guest.memory.protectedPages.contains(target))
    }

    @Test("forgets a block when code of its mapping changes that it has looked at", arguments: modes)
    func looksAround(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        guest.memory.isFile = true
        guest.memory[0x2000] = 7
        let beside = guest.memory.base + 0x2000
        guest.script(0) { b in
            b.mark(restart: b.pc)
            b.put(r(2), b.constant(Int64(b.codeWord(at: beside) ?? 0)))
            b.exit(.systemCall)
        }
        #expect(guest.run() == .systemCall)
        #expect(guest[2] == 7)
        guest.memory[0x2000] = 8
        guest.engine.mappingChanged(guest.memory.base + 0x3000, 4096)
        #expect(guest.run() == .systemCall)
        #expect(guest[2] == 8)
        // What is not a file's is not vouched for, nor what lies outside of the mapping.
        guest.memory.isFile = false
        guest.engine.mappingChanged(guest.memory.base, 4096)
        #expect(guest.run() == .systemCall)
        #expect(guest[2] == 0)
    }

    @Test("shows a block nothing of the mapping beside its own", arguments: modes)
    func looksAroundInOneMapping(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        guest.memory.isFile = true
        guest.memory.mappingBytes = 0x2000
        guest.memory[0x1000] = 7
        let (first, second) = (guest.memory.base, guest.memory.base + 0x2000)
        for start in [first, second] {
            guest.script(start - first) { b in
                b.mark(restart: b.pc)
                b.put(r(2), b.constant(Int64(b.codeWord(at: first + 0x1000) ?? 99)))
                b.exit(.systemCall)
            }
        }
        #expect(guest.run() == .systemCall)
        #expect(guest[2] == 7)
        #expect(guest.run(from: 0x2000) == .systemCall)
        #expect(guest[2] == 99)
    }

    @Test("lets stacks grow under an access", arguments: modes)
    func growsStacks(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        guest.script(0) { b in
            b.mark(restart: b.pc)
            b.store(b.get(r(1)), b.get(r(2)), .bytes8)
            b.mark(restart: b.pc &+ 4)
            b.exit(.systemCall)
        }
        guest[1] = guest.memory.base + guest.memory.byteCount
        #expect(guest.run() == .memoryFault)
        guest.memory.mayGrow = true
        #expect(guest.run() == .systemCall)
    }

    @Test("starts over when everything is flushed", arguments: modes)
    func flushesAll(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        guest.script(0) { b in
            b.mark(restart: b.pc)
            b.jump(b.constant(Int64(b.pc) + 0x100))
        }
        guest.script(0x100, exit)
        #expect(guest.run() == .systemCall)
        guest.engine.lock()
        guest.engine.flushAll()
        guest.engine.unlock()
        #expect(guest.run() == .systemCall)
        #expect(guest.architecture.translations[guest.memory.base + 0x100] == 2)
    }

    @Test("runs where memory may not be writable and executable, also after fork")
    func runsWithSeparateViews() throws {
        let guest = try #require(ScriptedGuest(.translator, separatesViews: true))
        guest.script(0, increment { $0.pc + 0x100 })
        guest.script(0x100, exit)
        #expect(guest.run() == .systemCall)
        guest.engine.prepareFork()
        let child = forkProcess()
        if child == 0 {
            guest.engine.finishForkInChild(survivor: guest.execution)
            guest.script(0) { b in
                b.mark(restart: b.pc)
                b.put(r(1), b.constant(77))
                b.exit(.systemCall)
            }
            let isRight = guest.run() == .systemCall && guest[1] == 77
            _exit(isRight ? 0 : 1)
        }
        guest.engine.finishForkInParent()
        var status: Int32 = 0
        waitpid(child, &status, 0)
        #expect(status == 0)
        #expect(guest.run() == .systemCall)
        #expect(guest[1] == 2)
    }

    @Test("translates one instruction at a time where asked", arguments: modes)
    func translatesOneInstruction(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        guest.engine.oneInstructionPerBlock = true
        guest.script(0) { b in
            b.mark(restart: b.pc)
            b.put(r(1), b.constant(1))
            b.mark(restart: b.pc, inDelaySlot: true)
            b.put(r(2), b.constant(2))
            b.mark(restart: b.pc &+ 8)
            b.put(r(3), b.constant(3))
            b.exit(.systemCall)
        }
        guest.script(8, exit)
        #expect(guest.run() == .systemCall)
        #expect(guest[1] == 1 && guest[2] == 2)
        #expect(guest[3] == 0)
        #expect(guest.cpu.pc == guest.memory.base + 8)
    }

    @Test("logs guest code, operations and host code of each block")
    func logs() throws {
        let guest = try #require(ScriptedGuest(.translator))
        let file = chost_memory_file(0)
        defer { close(file) }
        let items: ExecutionLogItems = [.guestAssembly, .operations, .hostAssembly, .execution, .verification]
        guest.engine.log = ExecutionLog(items, descriptor: file, description: guest.architecture.description)
        guest.script(0) { b in
            b.mark(restart: b.pc)
            b.put(r(1), b.get(r(2), .i32))
            b.exit(.systemCall)
        }
        #expect(guest.run() == .systemCall)
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = pread(file, &bytes, bytes.count, 0)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        let start = String(guest.memory.base, radix: 16)
        #expect(text.contains("exec: 0x\(start)\n"))
        #expect(text.contains("in: 0x\(start)\n"))
        // Capstone does not know the machine: its words stand there.
        let word = try #require(text.split(separator: "\n").first { $0.hasPrefix("  0x\(start):  ") })
        #expect(word.count == "  0x\(start):  ".count + 8 && word.suffix(8).allSatisfy(\.isHexDigit), "\(word)")
        #expect(text.contains("get.i32 r2"))
        #expect(text.contains("upper half of a 32-bit value is undefined"))
        #expect(text.contains("out: 0x\(start), "))
        #expect(text.contains("jmp qword ptr [rbp"))
    }

    @Test("calls helpers with state and operands", arguments: modes)
    func callsHelpers(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        guest.script(0) { b in
            b.mark(restart: b.pc)
            b.put(r(1), b.call(HelperIndex(0), b.get(r(2)), b.constant(20), b.constant(300)))
            b.exit(.systemCall)
        }
        guest[2] = 1
        #expect(guest.run() == .systemCall)
        #expect(guest[1] == 321)
    }
}

@Suite("Raw maps")
struct RawMapTests {
    @Test("hold what a dictionary holds through insertions and removals", arguments: [false, true])
    func matchesDictionary(keepsNeighbours: Bool) {
        var map = RawMap(capacityLog2: 5, keepsNeighbours: keepsNeighbours)
        defer { map.release() }
        var model: [UInt64: UInt32] = [:]
        var generator = SystemRandomNumberGenerator()
        for step in 1...20_000 {
            let key = UInt64.random(in: 0..<600, using: &generator) &* 4
            if Bool.random(using: &generator) {
                map.set(key, UInt32(step))
                model[key] = UInt32(step)
            } else {
                map.remove(key)
                model[key] = nil
            }
        }
        for key in stride(from: UInt64(0), to: 2400, by: 4) { #expect(map.value(key) == model[key] ?? 0) }
        #expect(map.count == model.count)
    }
}

@Suite("The header of the CPU state")
struct StateHeaderTests {
    @Test("has the same offsets in Swift and C")
    func offsets() {
        #expect(MemoryLayout<chost_state>.size == CPUState.headerBytes)
        #expect(MemoryLayout<chost_state>.offset(of: \.pc) == StateHeader.pc.rawValue)
        #expect(MemoryLayout<chost_state>.offset(of: \.exit_reason) == StateHeader.exitReason.rawValue)
        #expect(MemoryLayout<chost_state>.offset(of: \.fault_address) == StateHeader.faultAddress.rawValue)
        #expect(MemoryLayout<chost_state>.offset(of: \.fault_code) == StateHeader.faultCode.rawValue)
        #expect(MemoryLayout<chost_state>.offset(of: \.fault_is_write) == StateHeader.faultIsWrite.rawValue)
        #expect(MemoryLayout<chost_state>.offset(of: \.jump_table) == StateHeader.jumpTable.rawValue)
        #expect(MemoryLayout<chost_state>.offset(of: \.miss_table) == StateHeader.missTable.rawValue)
        #expect(MemoryLayout<chost_state>.offset(of: \.guest_control) == StateHeader.guestControl.rawValue)
        #expect(
            MemoryLayout<chost_state>.offset(of: \.in_translated_code) == StateHeader.inTranslatedCode.rawValue)
        #expect(
            MemoryLayout<chost_state>.offset(of: \.interrupt_requested) == StateHeader.interruptRequested.rawValue)
        #expect(MemoryLayout<chost_state>.offset(of: \.enter_thunk) == StateHeader.enterThunk.rawValue)
        #expect(MemoryLayout<chost_state>.offset(of: \.exit_thunk) == StateHeader.exitThunk.rawValue)
        #expect(MemoryLayout<chost_state>.offset(of: \.fault_host) == StateHeader.faultHost.rawValue)
        #expect(
            MemoryLayout<chost_state>.offset(of: \.return_stack_top) == StateHeader.returnStackTop.rawValue)
        #expect(MemoryLayout<chost_state>.offset(of: \.return_stack) == StateHeader.returnStack.rawValue)
        #expect(UInt32(CHOST_EXIT_MEMORY_FAULT) == ExitReason.memoryFault.rawValue)
        #expect(UInt32(CHOST_EXIT_FLOAT_EXCEPTION) == ExitReason.floatException.rawValue)
    }
}
