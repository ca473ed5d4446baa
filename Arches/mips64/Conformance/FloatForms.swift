import BSDUserCore

/// The instructions that compute with floating-point numbers, and the settings of FCSR, for the `fp` suite.
enum FloatForms {
    /// Where the floating-point registers and FCSR stand in `MIPS64State.wire`.
    private static let registers = 34, control = 66

    /// A form of each row, and of each predicate of a comparison.
    static func forms(_ plans: [RowPlan]) -> [FloatForm] {
        plans.indices.flatMap { index -> [FloatForm] in
            let plan = plans[index]
            guard case .float = plan.kind, plan.name != "alnv.ps" else { return [] }
            guard ["c.cond.s", "c.cond.d"].contains(plan.name) else { return form(plan, index).map { [$0] } ?? [] }
            return (0..<16).compactMap { form(plan, index, predicate: $0) }
        }
    }

    private static func form(_ plan: RowPlan, _ index: Int, predicate: Int? = nil) -> FloatForm? {
        var operands = Operands(SeededGenerator(1, part: "\(plan.name) \(plan.pattern)"))
        var word = plan.word(&operands)
        var sources: [Int] = []
        for (name, field, number) in [("fs", Bits.fs, 1), ("ft", Bits.ft, 2), ("fr", Bits.fr, 3), ("fd", Bits.fd, 4)] {
            guard plan.pattern.includes(" \(name)") else { continue }
            word = word & ~field.mask | field.encode(number)
            if name != "fd" { sources.append(registers + number) }
        }
        if let predicate {
            word = word & ~(Bits.predicate.mask | Bits.compareCC.mask) | Bits.predicate.encode(predicate)
        }
        word = word & ~plan.fixed.mask | plan.fixed.match
        guard !sources.isEmpty else { return nil }
        return FloatForm(
            row: index, variant: predicate.map { "predicate \($0)" } ?? "", words: [word],
            format: readsDoubles(plan.name) ? .double : .single, operands: sources,
            functions: function(plan.name, predicate, sources).map { [$0] } ?? [], isForRoundingAlone: plan.isCompound)
    }

    /// The last part of a name is the format that it reads.
    private static func readsDoubles(_ name: String) -> Bool { name.hasSuffix(".d") || name.hasSuffix(".l") }

    // MARK: TestFloat's names

    private static let formats: [Substring: String] = ["s": "f32", "d": "f64", "w": "i32", "l": "i64"]
    private static let operations: Set<Substring> = ["add", "sub", "mul", "div", "sqrt"]
    private static let roundings: [Substring: String?] = [
        "cvt": nil, "round": "near_even", "trunc": "minMag", "ceil": "max", "floor": "min",
    ]
    /// Predicates by their number (volume II-A, C.cond.fmt): equal, less, less or equal, as they are for quiet NaNs and
    /// when every NaN signals.
    private static let predicates = [
        2: "eq", 4: "lt_quiet", 6: "le_quiet", 10: "eq_signaling", 12: "lt", 14: "le",
    ]

    private static func function(_ name: String, _ predicate: Int?, _ operands: [Int]) -> FloatFunction? {
        let parts = name.split(separator: ".")
        guard let last = parts.last, let from = formats[last] else { return nil }
        if let predicate {
            guard let operation = predicates[predicate] else { return nil }
            // Condition code 0 is bit 23 of FCSR (volume I, FCSR).
            return FloatFunction(
                "\(from)_\(operation)", operands: operands, .condition(mask: 1 << 23, index: control))
        }
        if parts.count == 2, operations.contains(parts[0]) {
            return FloatFunction("\(from)_\(parts[0])", operands: operands, result(last))
        }
        guard parts.count == 3, let to = formats[parts[1]], let rounding = roundings[parts[0]] else { return nil }
        return FloatFunction(
            "\(from)_to_\(to)", operands: operands, result(parts[1]), rounding: rounding, isExact: to.hasPrefix("i"))
    }

    private static func result(_ format: Substring) -> FloatFunction.Result {
        let index = registers + 4
        return switch format {
        case "s": .float(.single, index: index)
        case "d": .float(.double, index: index)
        case "w": .integer(bits: 32, index: index)
        default: .integer(bits: 64, index: index)
        }
    }

    /// RM in its order (volume I, FCSR), each alone and with FS.
    static let controls: [FloatControlSetting] = {
        let roundings = [("nearest", "near_even"), ("zero", "minMag"), ("up", "max"), ("down", "min")]
        return roundings.enumerated().flatMap { mode, rounding in
            [
                setting("rounding \(rounding.0)", rounding.1, UInt32(mode)),
                setting("rounding \(rounding.0), FS", nil, UInt32(mode) | FloatControl.flush),
            ]
        }
    }()

    /// The enables of traps stay off.
    private static func setting(_ name: String, _ rounding: String?, _ bits: UInt32) -> FloatControlSetting {
        FloatControlSetting(
            name: name, rounding: rounding, index: control,
            mask: UInt64(UInt32.max) & ~UInt64(FloatControl.conditionMask),
            value: UInt64(bits))
    }
}
