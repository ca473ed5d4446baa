import BSDUserCore

/// Functions on vectors that translated code calls. Operands are vectors 0 to 2 of the call; numbers are its arguments.
enum VectorHelpers {
    /// In the order of `table`.
    enum Kind: UInt8 {
        case sha1Choose, sha1Parity, sha1Majority, sha1Schedule0, sha1Schedule1
        case sha256Hash, sha256Hash2, sha256Schedule0, sha256Schedule1
        case sha512Hash, sha512Hash2, sha512Schedule0, sha512Schedule1
        case estimate, narrowToOdd
    }

    private static let first = UInt8(Helpers.scalars.count)

    static func index(_ kind: Kind) -> HelperIndex { HelperIndex(first + kind.rawValue) }

    /// The functions that follow the scalar ones.
    static var table: [Helper] { shortHashes + longHashes + floats }

    private static var shortHashes: [Helper] {
        [
            Helper("sha1c") { state, _, _, _ in VectorHelpers.on(state) { SecureHash.sha1($0, $1, $2, .choose) } },
            Helper("sha1p") { state, _, _, _ in VectorHelpers.on(state) { SecureHash.sha1($0, $1, $2, .parity) } },
            Helper("sha1m") { state, _, _, _ in VectorHelpers.on(state) { SecureHash.sha1($0, $1, $2, .majority) } },
            Helper("sha1su0") { state, _, _, _ in VectorHelpers.on(state) { SecureHash.sha1Schedule0($0, $1, $2) } },
            Helper("sha1su1") { state, _, _, _ in
                VectorHelpers.on(state) { first, second, _ in
                    SecureHash.sha1Schedule1(first, second)
                }
            },
            Helper("sha256h") { state, _, _, _ in VectorHelpers.on(state) { SecureHash.sha256($0, $1, $2).0 } },
            Helper("sha256h2") { state, _, _, _ in VectorHelpers.on(state) { SecureHash.sha256($1, $0, $2).1 } },
            Helper("sha256su0") { state, _, _, _ in
                VectorHelpers.on(state) { first, second, _ in
                    SecureHash.sha256Schedule0(first, second)
                }
            },
            Helper("sha256su1") { state, _, _, _ in VectorHelpers.on(state) { SecureHash.sha256Schedule1($0, $1, $2) }
            },
        ]
    }

    private static var longHashes: [Helper] {
        [
            Helper("sha512h") { state, _, _, _ in VectorHelpers.on(state) { SecureHash.sha512Hash($0, $1, $2) } },
            Helper("sha512h2") { state, _, _, _ in VectorHelpers.on(state) { SecureHash.sha512Hash2($0, $1, $2) } },
            Helper("sha512su0") { state, _, _, _ in
                VectorHelpers.on(state) { first, second, _ in
                    SecureHash.sha512Schedule0(first, second)
                }
            },
            Helper("sha512su1") { state, _, _, _ in VectorHelpers.on(state) { SecureHash.sha512Schedule1($0, $1, $2) }
            },
        ]
    }

    private static var floats: [Helper] {
        [
            Helper("estimate") { state, _, request, _ in
                let cpu = CPUState(registers: state)
                cpu.setVectorResult(FloatEstimate.lanes(cpu.vectorOperand(0), request, cpu))
                return 0
            },
            Helper("fcvtxn") { state, _, _, _ in
                let cpu = CPUState(registers: state)
                let operand = cpu.vectorOperand(0)
                let (low, high) = (OddRounding.narrowed(operand.low, cpu), OddRounding.narrowed(operand.high, cpu))
                cpu.setVectorResult(VectorBits(low: low | high << 32))
                return 0
            },
        ]
    }

    /// Computes the result from the operands.
    private static func on(
        _ state: UnsafeMutableRawPointer, _ body: (VectorBits, VectorBits, VectorBits) -> VectorBits
    ) -> UInt64 {
        let cpu = CPUState(registers: state)
        cpu.setVectorResult(body(cpu.vectorOperand(0), cpu.vectorOperand(1), cpu.vectorOperand(2)))
        return 0
    }
}
