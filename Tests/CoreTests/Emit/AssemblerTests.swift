import Testing

@testable import BSDUserCore

private let generalRegisters = (0..<16).map { GPR(code: UInt8($0)) }
private let integerWidths: [Width] = [.byte, .word, .dword, .qword]
private let wideWidths: [Width] = [.word, .dword, .qword]
private let registerWidths: [Width] = [.dword, .qword]
private let conditionNames = ["o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"]

/// Random operands, and their names.
extension GoldenAssembly {
    mutating func gpr() -> GPR { GPR(code: UInt8.random(in: 0..<16, using: &random)) }

    mutating func xmm() -> XMM {
        // Half of the registers below 16, so that VEX forms are met as often as EVEX ones.
        XMM(code: UInt8.random(in: 0..<(Bool.random(using: &random) ? 16 : 32), using: &random))
    }

    fileprivate mutating func displacement() -> Int32 {
        switch UInt8.random(in: 0..<5, using: &random) {
        case 0: 0
        case 1: Int32.random(in: -128...127, using: &random)
        case 2: Int32.random(in: -128...127, using: &random) * 8
        case 3: Int32.random(in: -4096...4096, using: &random)
        default: Int32.random(in: -0x7FFF_FFFF...0x7FFF_FFFF, using: &random)
        }
    }

    /// LLVM 14 does not read an address-size prefix before a VEX instruction with pp = 66.
    mutating func address64() -> Address {
        var address = address()
        address.is32Bit = false
        return address
    }

    fileprivate mutating func address() -> Address {
        let displacement = displacement()
        let base = gpr()
        var index = gpr()
        while index == .rsp { index = gpr() }
        let scale = UInt8.random(in: 0..<4, using: &random)
        switch UInt8.random(in: 0..<8, using: &random) {
        case 0, 1, 2: return Address(base, displacement)
        case 3: return Address(base, displacement, is32Bit: true)
        case 4: return Address(base, index: index, scale: scale, displacement)
        case 5: return Address(base, index: index, scale: scale, displacement, is32Bit: true)
        case 6: return Address(index: index, scale: max(1, scale), displacement)
        default: return Address(absolute: displacement & 0x7FFF_FFFF)
        }
    }

    fileprivate mutating func immediate(_ width: Width) -> Int32 {
        let full: Int32 =
            Bool.random(using: &random)
            ? Int32.random(in: -130...130, using: &random) : Int32.random(in: Int32.min...Int32.max, using: &random)
        switch width {
        case .byte: return Int32(Int8(truncatingIfNeeded: full))
        case .word: return Int32(Int16(truncatingIfNeeded: full))
        case .dword, .qword: return full
        }
    }
}

private func name(_ register: GPR, _ width: Width) -> String { IntelSyntax.name(register, width) }
private func name(_ register: XMM) -> String { IntelSyntax.name(register) }
private func name(_ address: Address, _ width: Width) -> String {
    IntelSyntax.name(address, bytes: Int(width.bytes))
}

/// LLVM shows a sign in immediates of 8 bits and in those that are extended to 64.
private func shown(_ immediate: Int32, _ width: Width, hasShortForm: Bool = true) -> String {
    if hasShortForm && (-128...127).contains(immediate) { return "\(immediate)" }
    switch width {
    case .byte, .qword: return "\(immediate)"
    case .word: return "\(UInt16(truncatingIfNeeded: immediate))"
    case .dword: return "\(UInt32(bitPattern: immediate))"
    }
}

@Suite("Assembler") struct AssemblerTests {
    /// Compares what was written with what LLVM reads, and its length with LLVM's choice.
    func check(_ golden: GoldenAssembly, checkLengths: Bool = true) throws {
        let lines = try golden.disassemble()
        #expect(lines.count == golden.samples.count)
        for (sample, line) in zip(golden.samples, lines) where sample.text != line {
            Issue.record("\(sample.bytes.map { String($0, radix: 16) }) reads \(line), wanted \(sample.text)")
            return
        }
        guard checkLengths else { return }
        let lengths = try golden.assembledLengths(golden.samples.map(\.text))
        #expect(lengths.count == golden.samples.count)
        for (sample, length) in zip(golden.samples, lengths) where sample.bytes.count > length {
            Issue.record("\(sample.text): \(sample.bytes.count) bytes where \(length) are enough")
            return
        }
    }

    @Test("ALU operations take registers, memory and immediates")
    func aluForms() throws {
        var golden = GoldenAssembly()
        let operations: [(ALUOperation, String)] = [
            (.add, "add"), (.or, "or"), (.adc, "adc"), (.sbb, "sbb"), (.and, "and"), (.sub, "sub"), (.xor, "xor"),
            (.cmp, "cmp"),
        ]
        for (operation, mnemonic) in operations {
            for width in integerWidths {
                for _ in 0..<12 {
                    let (a, b, memory) = (golden.gpr(), golden.gpr(), golden.address())
                    let immediate = golden.immediate(width)
                    let (an, bn, mn) = (name(a, width), name(b, width), name(memory, width))
                    golden.expect("\(mnemonic) \(an), \(bn)") { $0.alu(operation, width, a, b) }
                    golden.expect("\(mnemonic) \(an), \(mn)") { $0.alu(operation, width, a, memory) }
                    golden.expect("\(mnemonic) \(mn), \(an)") { $0.alu(operation, width, memory, a) }
                    golden.expect("\(mnemonic) \(an), \(shown(immediate, width))") {
                        $0.alu(operation, width, a, immediate)
                    }
                    golden.expect("\(mnemonic) \(mn), \(shown(immediate, width))") {
                        $0.alu(operation, width, memory, immediate)
                    }
                    guard operation != .cmp else { continue }
                    golden.expect("lock \(mnemonic) \(mn), \(an)") { $0.lockALU(operation, width, memory, a) }
                }
            }
        }
        try check(golden)
    }

    @Test("TEST, NOT, NEG, MUL, DIV and their kin")
    func unaryForms() throws {
        var golden = GoldenAssembly()
        let operations: [(UnaryOperation, String)] = [
            (.not, "not"), (.neg, "neg"), (.mul, "mul"), (.imul, "imul"), (.div, "div"), (.idiv, "idiv"),
        ]
        for width in integerWidths {
            for _ in 0..<20 {
                let (a, b, memory, immediate) = (golden.gpr(), golden.gpr(), golden.address(), golden.immediate(width))
                let (an, mn) = (name(a, width), name(memory, width))
                let text = shown(immediate, width, hasShortForm: false)
                golden.expect("test \(an), \(name(b, width))") { $0.test(width, a, b) }
                golden.expect("test \(an), \(text)") { $0.test(width, a, immediate) }
                golden.expect("test \(mn), \(text)") { $0.test(width, memory, immediate) }
                for (operation, mnemonic) in operations {
                    golden.expect("\(mnemonic) \(an)") { $0.unary(operation, width, a) }
                    golden.expect("\(mnemonic) \(mn)") { $0.unary(operation, width, memory) }
                }
            }
        }
        for width in wideWidths {
            for _ in 0..<20 {
                let (a, b, memory, immediate) = (golden.gpr(), golden.gpr(), golden.address(), golden.immediate(width))
                let (an, bn) = (name(a, width), name(b, width))
                golden.expect("imul \(an), \(bn)") { $0.imul(width, a, b) }
                golden.expect("imul \(an), \(name(memory, width))") { $0.imul(width, a, memory) }
                golden.expect("imul \(an), \(bn), \(shown(immediate, width))") { $0.imul(width, a, b, immediate) }
            }
        }
        golden.expect("cdq") { $0.signExtendAccumulator(.dword) }
        golden.expect("cqo") { $0.signExtendAccumulator(.qword) }
        try check(golden)
    }

    @Test("Shifts and rotates by constants, by cl and by any register")
    func shiftForms() throws {
        var golden = GoldenAssembly()
        let operations: [(ShiftOperation, String)] = [
            (.rol, "rol"), (.ror, "ror"), (.rcl, "rcl"), (.rcr, "rcr"), (.shl, "shl"), (.shr, "shr"), (.sar, "sar"),
        ]
        for width in integerWidths {
            for (operation, mnemonic) in operations {
                for count in [UInt8(1), 3, 7, 31] {
                    let a = golden.gpr()
                    let text = count == 1 ? "\(mnemonic) \(name(a, width))" : "\(mnemonic) \(name(a, width)), \(count)"
                    golden.expect(text) { $0.shift(operation, width, a, count) }
                    golden.expect("\(mnemonic) \(name(a, width)), cl") { $0.shiftByCL(operation, width, a) }
                }
            }
        }
        let extended: [(ShiftOperation, String)] = [(.shl, "shlx"), (.shr, "shrx"), (.sar, "sarx")]
        for width in registerWidths {
            for _ in 0..<20 {
                let (a, b, c) = (golden.gpr(), golden.gpr(), golden.gpr())
                let (an, bn, cn) = (name(a, width), name(b, width), name(c, width))
                for (operation, mnemonic) in extended {
                    golden.expect("\(mnemonic) \(an), \(bn), \(cn)") {
                        $0.shiftx(operation, width, a, b, count: c)
                    }
                }
                golden.expect("rorx \(an), \(bn), 9") { $0.rorx(width, a, b, 9) }
                golden.expect("shld \(an), \(bn), 9") { $0.shld(width, a, b, 9) }
                golden.expect("shrd \(an), \(bn), 9") { $0.shrd(width, a, b, 9) }
            }
        }
        try check(golden)
    }

    @Test("Bit counts, fields and byte order")
    func bitForms() throws {
        var golden = GoldenAssembly()
        for width in registerWidths {
            for _ in 0..<30 {
                let (a, b, c) = (golden.gpr(), golden.gpr(), golden.gpr())
                let (an, bn, cn) = (name(a, width), name(b, width), name(c, width))
                golden.expect("lzcnt \(an), \(bn)") { $0.lzcnt(width, a, b) }
                golden.expect("tzcnt \(an), \(bn)") { $0.tzcnt(width, a, b) }
                golden.expect("popcnt \(an), \(bn)") { $0.popcnt(width, a, b) }
                golden.expect("bswap \(an)") { $0.bswap(width, a) }
                golden.expect("andn \(an), \(bn), \(cn)") { $0.andn(width, a, inverted: b, c) }
                golden.expect("bextr \(an), \(bn), \(cn)") { $0.bextr(width, a, b, control: c) }
                golden.expect("bzhi \(an), \(bn), \(cn)") { $0.bzhi(width, a, b, index: c) }
                golden.expect("pext \(an), \(bn), \(cn)") { $0.pext(width, a, b, mask: c) }
                golden.expect("pdep \(an), \(bn), \(cn)") { $0.pdep(width, a, b, mask: c) }
                golden.expect("mulx \(an), \(bn), \(cn)") { $0.mulx(width, high: a, low: b, c) }
                golden.expect("bt \(an), 5") { $0.bt(width, a, 5) }
                golden.expect("bt \(an), \(bn)") { $0.bt(width, a, bit: b) }
                golden.expect("bts \(an), 5") { $0.bts(width, a, 5) }
                golden.expect("btr \(an), 5") { $0.btr(width, a, 5) }
            }
        }
        try check(golden)
    }

    @Test("SETcc and CMOVcc, and the carry and flags instructions")
    func conditionForms() throws {
        var golden = GoldenAssembly()
        for code in UInt8(0)..<16 {
            let condition = Condition(code: code)
            let suffix = conditionNames[Int(code)]
            for width in wideWidths {
                let (a, b, memory) = (golden.gpr(), golden.gpr(), golden.address())
                let an = name(a, width)
                golden.expect("set\(suffix) \(name(a, .byte))") { $0.setcc(condition, a) }
                golden.expect("set\(suffix) \(name(memory, .byte))") { $0.setcc(condition, memory) }
                golden.expect("cmov\(suffix) \(an), \(name(b, width))") { $0.cmov(condition, width, a, b) }
                golden.expect("cmov\(suffix) \(an), \(name(memory, width))") { $0.cmov(condition, width, a, memory) }
            }
        }
        golden.expect("clc") { $0.clc() }
        golden.expect("stc") { $0.stc() }
        golden.expect("cmc") { $0.cmc() }
        golden.expect("lahf") { $0.lahf() }
        golden.expect("sahf") { $0.sahf() }
        try check(golden)
    }

    @Test("Moves, extensions, and loads and stores in both byte orders")
    func moveForms() throws {
        var golden = GoldenAssembly()
        golden.expect("movabs rax, qword ptr [1234605616436508552]") { $0.loadRAX(absolute: 0x1122_3344_5566_7788) }
        golden.expect("movabs qword ptr [1234605616436508552], rax") { $0.storeRAX(absolute: 0x1122_3344_5566_7788) }
        for width in integerWidths {
            for _ in 0..<40 {
                let (a, b, memory, immediate) = (golden.gpr(), golden.gpr(), golden.address(), golden.immediate(width))
                let (an, mn) = (name(a, width), name(memory, width))
                golden.expect("mov \(an), \(name(b, width))") { $0.mov(width, a, b) }
                golden.expect("mov \(mn), \(an)") { $0.store(width, memory, a) }
                let text = shown(immediate, width, hasShortForm: false)
                golden.expect("mov \(mn), \(text)") { $0.store(width, memory, immediate: immediate) }
                golden.expect("lea \(name(a, .qword)), \(IntelSyntax.name(memory, bytes: 0))") {
                    $0.lea(.qword, a, memory)
                }
                golden.expect("lea \(name(a, .dword)), \(IntelSyntax.name(memory, bytes: 0))") {
                    $0.lea(.dword, a, memory)
                }
                let zeroExtend = width.rawValue < 2 ? "movzx \(name(a, .dword))" : "mov \(an)"
                golden.expect("\(zeroExtend), \(mn)") { $0.loadZeroExtended(width, a, memory) }
                golden.expect("\(zeroExtend), \(name(b, width))") { $0.movzx(a, from: width, b) }
                guard width != .qword else { continue }
                let signExtend = width == .dword ? "movsxd" : "movsx"
                golden.expect("\(signExtend) \(name(a, .qword)), \(mn)") {
                    $0.loadSignExtended(.qword, a, from: width, memory)
                }
                golden.expect("\(signExtend) \(name(a, .qword)), \(name(b, width))") {
                    $0.movsx(.qword, a, from: width, b)
                }
                guard width != .dword else { continue }
                golden.expect("movsx \(name(a, .dword)), \(mn)") {
                    $0.loadSignExtended(.dword, a, from: width, memory)
                }
                golden.expect("movsx \(name(a, .dword)), \(name(b, width))") { $0.movsx(.dword, a, from: width, b) }
            }
        }
        for width in wideWidths {
            for _ in 0..<40 {
                let (a, memory) = (golden.gpr(), golden.address())
                golden.expect("movbe \(name(a, width)), \(name(memory, width))") { $0.loadSwapped(width, a, memory) }
                golden.expect("movbe \(name(memory, width)), \(name(a, width))") { $0.storeSwapped(width, memory, a) }
            }
        }
        for register in generalRegisters {
            golden.expect("push \(name(register, .qword))") { $0.push(register) }
            golden.expect("pop \(name(register, .qword))") { $0.pop(register) }
        }
        try check(golden)
    }

    @Test("Constants load by the shortest move")
    func constants() throws {
        var golden = GoldenAssembly()
        for register in generalRegisters {
            golden.expect("mov \(name(register, .dword)), 305419896") { $0.mov(register, constant: 0x1234_5678) }
            golden.expect("mov \(name(register, .qword)), -2") { $0.mov(register, constant: UInt64.max - 1) }
            golden.expect("movabs \(name(register, .qword)), 81985529216486895") {
                $0.mov(register, constant: 0x0123_4567_89AB_CDEF)
            }
            golden.expect("xor \(name(register, .dword)), \(name(register, .dword))") { $0.zero(register) }
        }
        try check(golden)
    }

    @Test("Atomic operations on memory")
    func atomicForms() throws {
        var golden = GoldenAssembly()
        for width in integerWidths {
            for _ in 0..<20 {
                let (a, memory, immediate) = (golden.gpr(), golden.address(), golden.immediate(.byte))
                let (an, mn) = (name(a, width), name(memory, width))
                golden.expect("xchg \(mn), \(an)") { $0.xchg(width, memory, a) }
                golden.expect("lock cmpxchg \(mn), \(an)") { $0.lockCmpxchg(width, memory, a) }
                golden.expect("lock xadd \(mn), \(an)") { $0.lockXadd(width, memory, a) }
                golden.expect("lock or \(mn), \(immediate)") { $0.lockALU(.or, width, memory, immediate) }
                golden.expect("lock cmpxchg16b \(IntelSyntax.name(memory, bytes: 16))") { $0.lockCmpxchg16b(memory) }
            }
        }
        golden.expect("lock or dword ptr [rsp - 64], 0") { $0.storeLoadFence(Address(.rsp, -64)) }
        golden.expect("mfence") { $0.mfence() }
        golden.expect("pause") { $0.pause() }
        try check(golden)
    }

    @Test("Jumps, calls and their displacements")
    func controlForms() throws {
        var golden = GoldenAssembly()
        for code in UInt8(0)..<16 {
            let condition = Condition(code: code)
            let suffix = conditionNames[Int(code)]
            golden.expect("j\(suffix) 0") {
                let fixup = $0.jccForward(condition)
                $0.patch32Here(fixup)
            }
            golden.expect("j\(suffix) 0") {
                let fixup = $0.jccForwardShort(condition)
                $0.patch8Here(fixup)
            }
            golden.expect("j\(suffix) -2") { $0.jcc(condition, to: $0.position) }
            golden.expect("j\(suffix) -4102") { $0.jcc(condition, to: $0.position - 4096) }
        }
        golden.expect("jmp 0") {
            let fixup = $0.jmpForward()
            $0.patch32Here(fixup)
        }
        golden.expect("jmp 0") {
            let fixup = $0.jmpForwardShort()
            $0.patch8Here(fixup)
        }
        golden.expect("jmp -2") { $0.jmp(to: $0.position) }
        golden.expect("jmp 4091") { $0.jmp(to: $0.position + 4096) }
        golden.expect("call 4091") { $0.call(to: $0.position + 4096) }
        for register in generalRegisters {
            let memory = golden.address()
            golden.expect("jmp \(name(register, .qword))") { $0.jmp(register) }
            golden.expect("call \(name(register, .qword))") { $0.call(register) }
            golden.expect("jmp \(name(memory, .qword))") { $0.jmp(memory) }
            golden.expect("call \(name(memory, .qword))") { $0.call(memory) }
            golden.expect("ldmxcsr \(name(memory, .dword))") { $0.ldmxcsr(memory) }
            golden.expect("stmxcsr \(name(memory, .dword))") { $0.stmxcsr(memory) }
        }
        golden.expect("ret") { $0.ret() }
        golden.expect("int3") { $0.int3() }
        golden.expect("ud2") { $0.ud2() }
        golden.expect("mov rax, qword ptr [rip + 64]") {
            $0.loadZeroExtended(.qword, .rax, Address(instructionPointerRelative: 64))
        }
        // The texts carry displacements, not targets: LLVM cannot assemble them back.
        try check(golden, checkLengths: false)
    }

    @Test("Padding is one instruction up to nine bytes", arguments: 1...9)
    func padding(count: Int) throws {
        var golden = GoldenAssembly()
        golden.expect("nop") { $0.nop(bytes: count) }
        #expect(golden.samples[0].bytes.count == count)
        let lines = try golden.disassemble()
        #expect(lines.count == 1)
        #expect(lines[0].contains("nop") || lines[0] == "xchg ax, ax")
    }

    @Test("Padding of any length has that length")
    func longPadding() {
        var golden = GoldenAssembly()
        for count in 0..<60 { golden.expect("") { $0.nop(bytes: count) } }
        #expect(golden.samples.map(\.bytes.count) == Array(0..<60))
    }

    @Test("Scalar floating-point arithmetic and comparison")
    func floatArithmetic() throws {
        var golden = GoldenAssembly()
        let operations: [(FloatOperation, String)] = [
            (.add, "vadd"), (.sub, "vsub"), (.mul, "vmul"), (.div, "vdiv"), (.min, "vmin"), (.max, "vmax"),
        ]
        let fused: [(FusedOperation, String)] = [
            (.madd, "vfmadd"), (.msub, "vfmsub"), (.nmadd, "vfnmadd"), (.nmsub, "vfnmsub"),
        ]
        for precision in [Precision.single, .double] {
            let s = precision == .single ? "s" : "d"
            let size: Width = precision == .single ? .dword : .qword
            for _ in 0..<60 {
                let (a, b, c, memory) = (golden.xmm(), golden.xmm(), golden.xmm(), golden.address64())
                let (an, bn, cn, mn) = (name(a), name(b), name(c), name(memory, size))
                for (operation, mnemonic) in operations {
                    golden.expect("\(mnemonic)s\(s) \(an), \(bn), \(cn)") { $0.float(operation, precision, a, b, c) }
                    golden.expect("\(mnemonic)s\(s) \(an), \(bn), \(mn)") {
                        $0.float(operation, precision, a, b, memory)
                    }
                }
                for (operation, mnemonic) in fused {
                    golden.expect("\(mnemonic)231s\(s) \(an), \(bn), \(cn)") {
                        $0.fused231(operation, precision, a, b, c)
                    }
                    golden.expect("\(mnemonic)213s\(s) \(an), \(bn), \(cn)") {
                        $0.fused213(operation, precision, a, b, c)
                    }
                }
                golden.expect("vsqrts\(s) \(an), \(bn), \(cn)") { $0.sqrt(precision, a, upper: b, c) }
                let isEVEX = (a.code | b.code | c.code) >= 16
                golden.expect("\(isEVEX ? "vrndscale" : "vround")s\(s) \(an), \(bn), \(cn), 11") {
                    $0.round(precision, a, upper: b, c, .towardZero, suppressInexact: true)
                }
                golden.expect("vucomis\(s) \(an), \(bn)") { $0.ucomi(precision, a, b) }
                golden.expect("vucomis\(s) \(an), \(mn)") { $0.ucomi(precision, a, memory) }
                golden.expect("vcomis\(s) \(an), \(bn)") { $0.comi(precision, a, b) }
            }
        }
        try check(golden)
    }

    @Test("Conversions between integers and both precisions")
    func conversions() throws {
        var golden = GoldenAssembly()
        for precision in [Precision.single, .double] {
            let s = precision == .single ? "s" : "d"
            for width in registerWidths {
                for _ in 0..<40 {
                    let (a, b, c, r) = (golden.xmm(), golden.xmm(), golden.xmm(), golden.gpr())
                    let (an, bn, rn) = (name(a), name(b), name(r, width))
                    golden.expect("vcvtsi2s\(s) \(an), \(bn), \(rn)") {
                        $0.convertSigned(width, to: precision, a, upper: b, r)
                    }
                    golden.expect("vcvtusi2s\(s) \(an), \(bn), \(rn)") {
                        $0.convertUnsigned(width, to: precision, a, upper: b, r)
                    }
                    golden.expect("vcvtts\(s)2si \(rn), \(an)") { $0.truncateToSigned(from: precision, width, r, a) }
                    golden.expect("vcvts\(s)2si \(rn), \(an)") { $0.roundToSigned(from: precision, width, r, a) }
                    golden.expect("vcvtts\(s)2usi \(rn), \(an)") {
                        $0.truncateToUnsigned(from: precision, width, r, a)
                    }
                    golden.expect("vcvts\(s)2usi \(rn), \(an)") { $0.roundToUnsigned(from: precision, width, r, a) }
                    let other = precision == .single ? "d" : "s"
                    golden.expect("vcvts\(s)2s\(other) \(an), \(bn), \(name(c))") {
                        $0.convertPrecision(from: precision, a, upper: b, c)
                    }
                }
            }
        }
        try check(golden)
    }

    @Test("Vector moves, logic and shuffles")
    func vectorMoves() throws {
        var golden = GoldenAssembly()
        let logic: [(VectorLogic, String)] = [(.and, "vandp"), (.andn, "vandnp"), (.or, "vorp"), (.xor, "vxorp")]
        for precision in [Precision.single, .double] {
            let s = precision == .single ? "s" : "d"
            let size: Width = precision == .single ? .dword : .qword
            let letter = precision == .single ? "d" : "q"
            for _ in 0..<80 {
                let (a, b, c, r, memory) = (golden.xmm(), golden.xmm(), golden.xmm(), golden.gpr(), golden.address64())
                let (an, bn, cn, rn, mn) = (name(a), name(b), name(c), name(r, size), name(memory, size))
                let vector = IntelSyntax.name(memory, bytes: 16)
                for (operation, mnemonic) in logic {
                    golden.expect("\(mnemonic)\(s) \(an), \(bn), \(cn)") { $0.logic(operation, precision, a, b, c) }
                    golden.expect("\(mnemonic)\(s) \(an), \(bn), \(vector)") {
                        $0.logic(operation, precision, a, b, memory)
                    }
                }
                golden.expect("vmovs\(s) \(an), \(mn)") { $0.loadScalar(precision, a, memory) }
                golden.expect("vmovs\(s) \(mn), \(an)") { $0.storeScalar(precision, memory, a) }
                golden.expect("vmovs\(s) \(an), \(bn), \(cn)") { $0.mergeScalar(precision, a, upper: b, low: c) }
                golden.expect("vmovaps \(an), \(bn)") { $0.movaps(a, b) }
                golden.expect("vmovups \(an), \(vector)") { $0.loadVector(a, memory) }
                golden.expect("vmovups \(vector), \(an)") { $0.storeVector(memory, a) }
                golden.expect("vmov\(letter) \(an), \(rn)") { $0.mov(size, a, r) }
                golden.expect("vmov\(letter) \(rn), \(an)") { $0.mov(size, r, a) }
                golden.expect("vmovq \(an), \(bn)") { $0.movq(a, b) }
                golden.expect("vpshufb \(an), \(bn), \(cn)") { $0.pshufb(a, b, control: c) }
                golden.expect("vpshufb \(an), \(bn), \(vector)") { $0.pshufb(a, b, control: memory) }
                golden.expect("vpextr\(letter) \(rn), \(an), 1") { $0.extract(size, r, a, lane: 1) }
                golden.expect("vpinsr\(letter) \(an), \(bn), \(rn), 1") { $0.insert(size, a, b, r, lane: 1) }
                golden.expect("vinsertps \(an), \(bn), \(cn), 14") { $0.insertSingle(a, b, c, control: 14) }
                golden.expect("vpunpckldq \(an), \(bn), \(cn)") { $0.unpackLowDwords(a, b, c) }
                golden.expect("vpunpcklqdq \(an), \(bn), \(cn)") { $0.unpackLowQwords(a, b, c) }
                golden.expect("vpsrlq \(an), \(bn), 32") { $0.shiftRightQwords(a, b, 32) }
            }
        }
        try check(golden)
    }

    @Test("packed integers")
    func packedIntegers() throws {
        var golden = GoldenAssembly()
        let plain: [(String, PackedOpcode)] = [
            ("vpaddb", PackedOpcode(0xFC)), ("vpaddq", PackedOpcode(0xD4, isWide: true)),
            ("vpmulld", PackedOpcode(0x40, .escape0F38)), ("vpmuludq", PackedOpcode(0xF4, isWide: true)),
            ("vpmaxsb", PackedOpcode(0x3C, .escape0F38)), ("vpunpcklwd", PackedOpcode(0x61)),
            ("vpackusdw", PackedOpcode(0x2B, .escape0F38)),
        ]
        for _ in 0..<80 {
            let (a, b, c, r, memory) = (golden.xmm(), golden.xmm(), golden.xmm(), golden.gpr(), golden.address64())
            let (an, bn, cn, rn) = (name(a), name(b), name(c), name(r, .dword))
            for (mnemonic, opcode) in plain {
                golden.expect("\(mnemonic) \(an), \(bn), \(cn)") { $0.packed(opcode, a, b, c) }
                golden.expect("\(mnemonic) \(an), \(bn), \(IntelSyntax.name(memory, bytes: 16))") {
                    $0.packed(opcode, a, b, memory)
                }
            }
            golden.expect("vpmovsxbw \(an), \(bn)") { $0.packed(PackedOpcode(0x20, .escape0F38), a, b) }
            golden.expect("vpbroadcastb \(an), \(bn)") { $0.packed(PackedOpcode(0x78, .escape0F38), a, b) }
            golden.expect("vpshufd \(an), \(bn), 27") { $0.packed(PackedOpcode(0x70), a, b, immediate: 27) }
            golden.expect("vpalignr \(an), \(bn), \(cn), 5") {
                $0.packed(PackedOpcode(0x0F, .escape0F3A), a, b, c, immediate: 5)
            }
            golden.expect("vpsrldq \(an), \(bn), 3") { $0.packedShift(PackedOpcode(0x73), 3, a, b, 3) }
            golden.expect("vpsrad \(an), \(bn), 9") { $0.packedShift(PackedOpcode(0x72), 4, a, b, 9) }
            golden.expect("vpsllq \(an), \(bn), 63") { $0.packedShift(PackedOpcode(0x73, isWide: true), 6, a, b, 63) }
            golden.expect("vshufps \(an), \(bn), \(cn), 136") { $0.shuffleSingles(a, b, c, control: 136) }
            golden.expect("vsubpd \(an), \(bn), \(cn)") { $0.packedFloat(0x5C, isDouble: true, a, b, c) }
            golden.expect("vsqrtps \(an), \(bn)") {
                $0.packedFloat(0x51, isDouble: false, a, XMM(code: 0), b)
            }
            golden.expect("vfnmadd231ps \(an), \(bn), \(cn)") {
                $0.packedFused231(.nmadd, isDouble: false, a, b, c)
            }
            golden.expect("vpextrb \(rn), \(an), 7") { $0.extractNarrow(.byte, r, a, lane: 7) }
            golden.expect("vpinsrb \(an), \(bn), \(rn), 7") { $0.insertNarrow(.byte, a, b, r, lane: 7) }
            golden.expect("vpinsrw \(an), \(bn), \(rn), 7") { $0.insertNarrow(.word, a, b, r, lane: 7) }
        }
        try check(golden)
    }
}
