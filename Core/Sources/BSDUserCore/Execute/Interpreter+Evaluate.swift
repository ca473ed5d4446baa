/// Operations on vectors and floating-point numbers.
extension Interpreter {
    /// Whether `OperationEvaluator` executes an operation.
    static func isEvaluated(_ opcode: Opcode) -> Bool {
        switch opcode {
        case .bitReverse, .floatAdd, .floatSub, .floatMul, .floatDiv, .floatSqrt, .floatMultiplyAdd, .floatMinMax,
            .floatRound, .floatNegate, .floatAbsolute, .floatCompare, .floatCompareFlags, .floatConvert,
            .floatFromSigned, .floatFromUnsigned, .floatToSigned, .floatToUnsigned, .floatFromHalf, .floatToHalf,
            .vectorFromScalar, .vectorDuplicate, .vectorExtract, .vectorInsert, .vectorCopyLane, .vectorExtractBytes,
            .vectorUnary, .vectorBinary, .vectorShift, .vectorShiftInsert, .vectorSelect, .vectorFloatUnary,
            .vectorFloatBinary, .vectorMultiplyAdd, .vectorHash:
            true
        default: false
        }
    }

    /// Executes such an operation; the reason to leave when it traps.
    func evaluate(_ index: Int, _ operation: Operation) -> ExitReason? {
        let row = OpcodeTable.rows[Int(operation.opcode.rawValue)]
        let mode = FloatMode(rawValue: state.header(.floatMode))
        let (result, raised) = OperationEvaluator(mode: mode, profile: profile).evaluate(
            operation, operand(operation.a, row.a), operand(operation.b, row.b), operand(operation.c, row.c))
        if raised.rawValue & mode.rawValue >> FloatMode.trapShift != 0 {
            state.setHeader(.exitArgument, UInt64(raised.rawValue))
            return .floatException
        }
        state.raise(raised)
        set(index, result)
        return nil
    }

    private func operand(_ raw: UInt32, _ kind: OperandKind) -> VectorBits {
        switch kind {
        case .integer, .float, .anyFloat, .any, .vector, .flags: vector(raw)
        case .none, .immediate, .register, .label: VectorBits(low: 0)
        }
    }
}
