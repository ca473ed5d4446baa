import BSDUserCore

/// The instructions that compute with floating-point numbers, and the settings of FCSR, for the `fp` suite.
enum FloatForms {
    /// Where the floating-point registers and FCSR stand in `MIPS64State.wire`.
    private static let registers = 34, control = 66

    static func forms(_ plans: [RowPlan]) -> [FloatForm] {
        plans.indices.compactMap { index in
            guard case .float = plans[index].kind, plans[index].name != "alnv.ps" else { return nil }
            return form(plans[index], index)
        }
    }

    private static func form(_ plan: RowPlan, _ index: Int) -> FloatForm? {
        var operands = Operands(SeededGenerator(1, part: "\(plan.name) \(plan.pattern)"))
        var word = plan.word(&operands)
        var sources: [Int] = []
        for (name, field, number) in [("fs", Bits.fs, 1), ("ft", Bits.ft, 2), ("fr", Bits.fr, 3), ("fd", Bits.fd, 4)] {
            guard plan.pattern.includes(" \(name)") else { continue }
            word = word & ~field.mask | field.encode(number)
            if name != "fd" { sources.append(registers + number) }
        }
        word = word & ~plan.fixed.mask | plan.fixed.match
        guard !sources.isEmpty else { return nil }
        let function = functions[plan.name].map { (name: $0, result: registers + 4) }
        return FloatForm(
            row: index, words: [word], format: readsDoubles(plan.name) ? .double : .single, operands: sources,
            function: function, isForRoundingAlone: plan.isCompound)
    }

    /// The last part of a name is the format that it reads.
    private static func readsDoubles(_ name: String) -> Bool { name.hasSuffix(".d") || name.hasSuffix(".l") }

    /// TestFloat's names.
    private static let functions: [String: String] = [
        "add.s": "f32_add", "sub.s": "f32_sub", "mul.s": "f32_mul", "div.s": "f32_div", "sqrt.s": "f32_sqrt",
        "add.d": "f64_add", "sub.d": "f64_sub", "mul.d": "f64_mul", "div.d": "f64_div", "sqrt.d": "f64_sqrt",
    ]

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
