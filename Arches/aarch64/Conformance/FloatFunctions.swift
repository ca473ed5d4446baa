import BSDUserCore

/// What a scalar instruction computes, by TestFloat's names.
struct FloatFunctions {
    private let plan: RowPlan
    private let format: FloatForm.Format
    /// Width of the general register of a conversion.
    private let integerBits: Int
    private let operands: [Int]
    /// Number of the destination register in all forms.
    private static let destination = 4

    init(_ plan: RowPlan, _ format: FloatForm.Format, _ integerBits: Int, operands: [Int]) {
        self.plan = plan
        self.format = format
        self.integerBits = integerBits
        self.operands = operands
    }

    /// Several where an instruction answers several questions.
    var all: [FloatFunction] {
        if isIn("00011110 0 sz 1", "00011111 0 sz"), let operation = Self.operations[plan.name] {
            return [function("\(name(format))_\(operation)", .float(format, index: vector))]
        }
        if isIn("00011110 0 sz 1 0010", "00011110 0 sz 1 0011"), let rounding = Self.integralRoundings[plan.name] {
            return [
                function(
                    "\(name(format))_roundToInt", .float(format, index: vector), rounding: rounding,
                    isExact: plan.name == "frintx")
            ]
        }
        if plan.name == "fcvt" { return conversion }
        if plan.name.hasPrefix("fcmp") { return comparisons }
        if isIn("01"), plan.pattern.hasSuffix("sz 1 rm 11100 1 rn rd") { return maskComparisons }
        // Not the fixed-point ones, which have a scale.
        return plan.pattern.hasSuffix("000000 rn rd") ? integerConversion : []
    }

    private var vector: Int { FloatForms.vectors + 2 * Self.destination }

    private func isIn(_ prefixes: String...) -> Bool { prefixes.contains { plan.pattern.hasPrefix($0) } }

    private func function(
        _ name: String, _ result: FloatFunction.Result, rounding: String? = nil, isExact: Bool = false
    ) -> FloatFunction {
        FloatFunction(name, operands: operands, result, rounding: rounding, isExact: isExact)
    }

    private func name(_ format: FloatForm.Format) -> String {
        switch format {
        case .half: "f16"
        case .single: "f32"
        case .double: "f64"
        }
    }

    private static let operations = [
        "fadd": "add", "fsub": "sub", "fmul": "mul", "fdiv": "div", "fsqrt": "sqrt", "fmadd": "mulAdd",
    ]

    /// Nil stands for the mode in FPCR.
    private static let integralRoundings: [String: String?] = [
        "frintn": "near_even", "frintp": "max", "frintm": "min", "frintz": "minMag", "frinta": "near_maxMag",
        "frintx": nil, "frinti": nil,
    ]

    // MARK: Conversions

    /// `fcvt`: bits 23 and 22 are the format that is read, bits 16 and 15 the one that is written (DDI 0487, C7.2).
    private var conversion: [FloatFunction] {
        let formats: [Int: FloatForm.Format] = [0: .single, 1: .double, 3: .half]
        let match = Word(plan.fixed.match)
        guard plan.pattern.includes("sz") || formats[match[Bits.laneSize]] == format,
            let to = formats[match[Field(15, 2)]]
        else { return [] }
        return [function("\(name(format))_to_\(name(to))", .float(to, index: vector))]
    }

    private static let roundings: [Character: String] = [
        "n": "near_even", "a": "near_maxMag", "p": "max", "m": "min", "z": "minMag",
    ]

    /// Between numbers and integers in a general register.
    private var integerConversion: [FloatFunction] {
        guard integerBits != 0, isIn("sf 0011110 0 sz 1") || isIn("sf 0011110 11 1") && format == .half else {
            return []
        }
        let isSigned = plan.name.hasSuffix("s") || plan.name == "scvtf"
        let integer = (isSigned ? "i" : "ui") + "\(integerBits)"
        if plan.name.hasSuffix("cvtf") {
            return [function("\(integer)_to_\(name(format))", .float(format, index: vector))]
        }
        guard let rounding = plan.name.dropFirst(4).first.flatMap({ Self.roundings[$0] }) else { return [] }
        return [
            function(
                "\(name(format))_to_\(integer)", .integer(bits: integerBits, index: Self.destination),
                rounding: rounding, isExact: true)
        ]
    }

    // MARK: Comparisons

    /// Flags of the shape that DDI 0487 (FPCompare) gives: Z is equal, N is less, neither is greater or unordered.
    private var comparisons: [FloatFunction] {
        guard plan.pattern.includes(" rm "), isIn("00011110 0 sz 1") || isIn("00011110 11 1") && format == .half else {
            return []
        }
        let (negative, zero): (UInt64, UInt64) = (1 << 31, 1 << 30)
        let isSignaling = plan.name == "fcmpe"
        return [
            (isSignaling ? "eq_signaling" : "eq", zero), (isSignaling ? "le" : "le_quiet", negative | zero),
            (isSignaling ? "lt" : "lt_quiet", negative),
        ].map { function("\(name(format))_\($0)", .condition(mask: $1, index: FloatForms.control)) }
    }

    /// All ones when it holds; `fcmge` and `fcmgt` have their operands the other way round.
    private var maskComparisons: [FloatFunction] {
        let operations = ["fcmeq": "eq", "fcmge": "le", "fcmgt": "lt"]
        guard let operation = operations[plan.name] else { return [] }
        let mask = format == .double ? UInt64.max : 0xffff_ffff
        return [
            FloatFunction(
                "\(name(format))_\(operation)", operands: operation == "eq" ? operands : operands.reversed(),
                .condition(mask: mask, index: vector))
        ]
    }
}
