/// A host register of either file in one numbering: 0 to 15 general-purpose, 16 to 47 vector.
struct HostRegister: Equatable {
    let code: UInt8

    @inline(__always) init(code: UInt8) { self.code = code }
    @inline(__always) init(_ register: GPR) { code = register.code }
    @inline(__always) init(_ register: XMM) { code = register.code &+ 16 }

    @inline(__always) static var none: HostRegister { HostRegister(code: 0xFF) }
    @inline(__always) var isNone: Bool { code == 0xFF }
    @inline(__always) var isVector: Bool { code >= 16 }
    @inline(__always) var gpr: GPR { GPR(code: code) }
    @inline(__always) var xmm: XMM { XMM(code: code &- 16) }

    /// Number of host registers in this numbering.
    static var count: Int { 48 }
}

/// Where a guest register lives while translated code runs.
struct RegisterPlacement {
    /// Displacement of its slot from the state register.
    let displacement: Int32
    /// The host register that holds it, or `none`.
    let host: HostRegister
    let byteCount: UInt8
}

/// Which guest registers live in host registers.
final class PinMap {
    struct Pin {
        let register: RegisterIndex
        let host: HostRegister
        /// Displacement of its slot from the state register.
        let displacement: Int32
        let byteCount: Int
    }

    /// General-purpose registers that hold guest registers: those of `RegisterFile.pinnedIntegers`, or of a choice, in order.
    static let integerHosts: [GPR] = [.rbx, .r12, .r13, .r14, .r15, .rsi, .rdi, .r8, .r9, .r10]
    /// Vector registers below this number are temporaries.
    static let firstPinnedVector: UInt8 = 6

    let pins: [Pin]
    /// Placements indexed by `RegisterIndex`; they live as long as the map.
    let placements: UnsafeMutablePointer<RegisterPlacement>
    let registerCount: Int
    /// What the emitter may use of the host.
    let features: HostFeatures
    var hasAVX512: Bool { features.contains(.avx512) }
    /// There are guest registers of 16 bytes.
    let hasVectors: Bool

    /// `integers` are kept in the place of the table's own choice.
    init(_ registers: RegisterFile, integers: [RegisterIndex]? = nil, features: HostFeatures) {
        var pins: [Pin] = []
        var hosts = [HostRegister](repeating: .none, count: registers.rows.count)
        func pin(_ register: RegisterIndex, _ host: HostRegister, _ classes: [RegisterClass]) {
            let index = Int(register.raw)
            guard registers.rows.indices.contains(index), hosts[index].isNone else { return }
            let row = registers.rows[index]
            guard classes.contains(row.registerClass) else { return }
            hosts[index] = host
            pins.append(
                Pin(
                    register: register, host: host, displacement: PinMap.displacement(row.offset),
                    byteCount: row.byteCount))
        }
        for (register, host) in zip(integers ?? registers.pinnedIntegers, PinMap.integerHosts) {
            pin(register, HostRegister(host), [.integer])
        }
        let vectors = PinMap.firstPinnedVector..<(features.contains(.avx512) ? 32 : 16)
        for (register, host) in zip(registers.pinnedFloats, vectors) {
            pin(register, HostRegister(XMM(code: host)), [.float, .vector])
        }
        self.pins = pins
        self.features = features
        hasVectors = registers.rows.contains { $0.byteCount == 16 }
        registerCount = registers.rows.count
        placements = .allocate(capacity: max(1, registerCount))
        for (index, row) in registers.rows.enumerated() {
            (placements + index).initialize(
                to: RegisterPlacement(
                    displacement: PinMap.displacement(row.offset), host: hosts[index],
                    byteCount: UInt8(truncatingIfNeeded: row.byteCount)))
        }
    }

    deinit { placements.deallocate() }

    /// The guest's integer registers that host registers hold.
    var integers: [RegisterIndex] { pins.lazy.filter { !$0.host.isVector }.map(\.register) }

    private static func displacement(_ offset: Int) -> Int32 {
        Int32(truncatingIfNeeded: offset - CPUState.registerBias)
    }
}
