import BSDUserCore

/// The instructions that compute with floating-point numbers, and the settings of FPCR, for the `fp` suite.
enum FloatForms {
    /// Where the vector registers and FPCR stand in `AArch64State.wire`.
    static let vectors = 32, control = 96, controlShift: UInt64 = 32

    static func forms(_ plans: [RowPlan], row: (UInt32) -> Int?) -> [FloatForm] {
        plans.indices.flatMap { index -> [FloatForm] in
            let plan = plans[index]
            guard plan.kind == .plain, isFloat(plan) else { return [] }
            return formats(plan).flatMap { forms(plan, index, $0) }.filter { row($0.words[0]) == index }
        }
    }

    /// Computes with vector registers as numbers, or makes numbers of integers; moves do not.
    private static func isFloat(_ plan: RowPlan) -> Bool {
        if plan.name.hasSuffix("cvtf") { return plan.pattern.hasPrefix("sf") }
        return plan.name.hasPrefix("f") && plan.name != "fmov" && plan.pattern.includes("rn")
    }

    /// With `sz` in it a row has two formats; of the others, the conversions have one that their name does not tell.
    private static func formats(_ plan: RowPlan) -> [FloatForm.Format] {
        plan.pattern.includes("sz") ? [.single, .double] : FloatForm.Format.allCases
    }

    /// With `sf` in it a row has a form for each width of the general register.
    private static func forms(_ plan: RowPlan, _ index: Int, _ format: FloatForm.Format) -> [FloatForm] {
        guard plan.pattern.hasPrefix("sf") else { return form(plan, index, format).map { [$0] } ?? [] }
        return [32, 64].compactMap { form(plan, index, format, integerBits: $0) }
    }

    private static func form(
        _ plan: RowPlan, _ index: Int, _ format: FloatForm.Format, integerBits: Int = 0
    ) -> FloatForm? {
        var operands = Operands(SeededGenerator(1, part: "\(plan.name) \(plan.pattern)"))
        var word = plan.word(&operands)
        var sources: [Int] = []
        let isFromInteger = plan.name.hasSuffix("cvtf")
        for (name, field, number) in [("rn", Bits.rn, 1), ("rm", Bits.rm, 2), ("ra", Bits.ra, 3), ("rd", Bits.rd, 4)] {
            guard plan.pattern.includes(" \(name)") else { continue }
            word = word & ~field.mask | field.encode(number)
            let isSource = name != "rd" || plan.name.hasPrefix("fml") || plan.name.hasPrefix("fcmla")
            if isSource, !plan.pattern.includes(" rmlo") || name != "rm" {
                sources.append(isFromInteger ? number : vectors + 2 * number)
            }
        }
        if plan.pattern.includes("sz") {
            word = word & ~Bits.double.mask | Bits.double.encode(format == .double ? 1 : 0)
        }
        if integerBits != 0 { word = word & ~Bits.sf.mask | Bits.sf.encode(integerBits == 64 ? 1 : 0) }
        word = word & ~plan.fixed.mask | plan.fixed.match
        guard !sources.isEmpty else { return nil }
        return FloatForm(
            row: index, variant: integerBits == 0 ? "" : "\(integerBits) bits", words: [word], format: format,
            operands: sources,
            functions: FloatFunctions(plan, format, integerBits, operands: sources).all)
    }

    /// RMode in its order (DDI 0487, FPCR), each alone and with flushing; then what else changes results.
    static let controls: [FloatControlSetting] = {
        let roundings = [("nearest", "near_even"), ("up", "max"), ("down", "min"), ("zero", "minMag")]
        var settings: [FloatControlSetting] = []
        for (mode, rounding) in roundings.enumerated() {
            let bits = UInt32(mode) << 22
            settings.append(setting("rounding \(rounding.0)", rounding.1, bits))
            settings.append(setting("rounding \(rounding.0), FZ", nil, bits | FloatControl.flush))
        }
        settings.append(setting("DN", nil, FloatControl.defaultNaN))
        settings.append(setting("FZ16", nil, FloatControl.flushHalf))
        settings.append(setting("AHP", nil, FloatControl.alternativeHalf))
        return settings
    }()

    private static func setting(_ name: String, _ rounding: String?, _ bits: UInt32) -> FloatControlSetting {
        FloatControlSetting(
            name: name, rounding: rounding, index: control, mask: UInt64(UInt32.max) << controlShift,
            value: UInt64(bits) << controlShift)
    }
}
