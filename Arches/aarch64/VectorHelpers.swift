import BSDUserCore

/// Functions on vectors that translated code calls. Operands are vectors 0 to 2 of the call; numbers are its arguments.
enum VectorHelpers {
    /// In the order of `table`.
    enum Kind: UInt8 {
        case estimate, narrowToOdd
    }

    private static let first = UInt8(Helpers.scalars.count)

    static func index(_ kind: Kind) -> HelperIndex { HelperIndex(first + kind.rawValue) }

    /// The functions that follow the scalar ones.
    static var table: [Helper] {
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
}
