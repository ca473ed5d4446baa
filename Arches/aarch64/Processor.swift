import BSDUserCore

/// A CPU model: its identification registers, and what the kernel makes of them.
struct Processor {
    let model: CPUModel
    /// MIDR_EL1.
    let main: Int64
    let extensions: Extensions

    init(_ name: String, _ summary: String, main: Int64, _ extensions: Extensions) {
        model = CPUModel(name: name, summary: summary)
        self.main = main
        self.extensions = extensions
    }

    /// An identification register as FreeBSD shows it; 0 for those that tell of nothing that is implemented.
    func identification(_ register: IdentificationRegister) -> Int64 {
        let base: Int64 = register == .features0 ? 0x11 : 0
        return ExtensionRow.all.reduce(base) { value, row in
            extensions.contains(row.extensions) && row.register == register ? value &+ row.value : value
        }
    }

    /// HWCAP and HWCAP2: floating point and AdvSIMD, and what the extensions add.
    var capabilities: (UInt64, UInt64) {
        ExtensionRow.all.reduce((3, 0)) { words, row in
            extensions.contains(row.extensions)
                ? (words.0 | row.capabilities, words.1 | row.capabilities2) : words
        }
    }

    /// The bits of FPCR that can be set.
    var floatControlMask: UInt32 {
        FloatControl.controlMask & (extensions.contains(.halfPrecision) ? ~0 : ~FloatControl.flushHalf)
    }

    /// The instructions that the model has.
    func instructions(of rows: [Instruction<Translator>]) -> [Instruction<Translator>] {
        guard extensions != .all else { return rows }
        return rows.filter { extensions.isSuperset(of: Extensions.needed(by: $0)) }
    }
}

/// Identification registers in which extensions show.
enum IdentificationRegister {
    /// ID_AA64PFR0_EL1, ID_AA64ISAR0_EL1, ID_AA64ISAR1_EL1.
    case features0, instructions0, instructions1
}

/// Extensions beyond Armv8.0 without options (DDI 0487, A2).
struct Extensions: OptionSet {
    let rawValue: UInt32

    static let aes = Extensions(rawValue: 1 << 0), sha1 = Extensions(rawValue: 1 << 1)
    static let sha256 = Extensions(rawValue: 1 << 2), sha512 = Extensions(rawValue: 1 << 3)
    static let sha3 = Extensions(rawValue: 1 << 4), crc32 = Extensions(rawValue: 1 << 5)
    /// FEAT_LSE, FEAT_RDM, FEAT_LOR.
    static let atomics = Extensions(rawValue: 1 << 6), doublingMultiply = Extensions(rawValue: 1 << 7)
    static let limitedOrdering = Extensions(rawValue: 1 << 8)
    /// FEAT_FP16, FEAT_DotProd, FEAT_FCMA.
    static let halfPrecision = Extensions(rawValue: 1 << 9), dotProduct = Extensions(rawValue: 1 << 10)
    static let complex = Extensions(rawValue: 1 << 11)
    /// FEAT_LRCPC, FEAT_LRCPC2.
    static let releaseConsistent = Extensions(rawValue: 1 << 12)
    static let releaseConsistentImmediate = Extensions(rawValue: 1 << 13)
    static let flagM = Extensions(rawValue: 1 << 14), flagM2 = Extensions(rawValue: 1 << 15)

    static let all = Extensions(rawValue: 0xffff)
    static let armv8: Extensions = [.aes, .sha1, .sha256, .crc32]
    static let armv82: Extensions = armv8.union([
        .atomics, .doublingMultiply, .limitedOrdering, .halfPrecision, .dotProduct, .releaseConsistent,
    ])

    /// What an instruction is part of.
    static func needed(by instruction: Instruction<Translator>) -> Extensions {
        let (name, pattern) = (instruction.name.description, instruction.pattern.description)
        return (byName[name] ?? []).union(byPattern[pattern] ?? [])
    }
}

/// How an extension shows.
struct ExtensionRow {
    let extensions: Extensions
    /// Its bits of HWCAP and HWCAP2 (sys/arm64/include/elf.h).
    let capabilities: UInt64
    let capabilities2: UInt64
    /// What it adds to which register.
    let register: IdentificationRegister
    let value: Int64

    private init(
        _ extensions: Extensions, _ capabilities: UInt64, _ register: IdentificationRegister, _ value: Int64,
        capabilities2: UInt64 = 0
    ) {
        self.extensions = extensions
        self.capabilities = capabilities
        self.capabilities2 = capabilities2
        self.register = register
        self.value = value
    }

    static let all: [ExtensionRow] = [
        // AES and, with it, PMULL.
        ExtensionRow(.aes, 1 << 3 | 1 << 4, .instructions0, 2 << 4),
        ExtensionRow(.sha1, 1 << 5, .instructions0, 1 << 8),
        ExtensionRow(.sha256, 1 << 6, .instructions0, 1 << 12),
        ExtensionRow([.sha256, .sha512], 1 << 21, .instructions0, 1 << 12),
        ExtensionRow(.crc32, 1 << 7, .instructions0, 1 << 16),
        ExtensionRow(.atomics, 1 << 8, .instructions0, 2 << 20),
        ExtensionRow(.doublingMultiply, 1 << 12, .instructions0, 1 << 28),
        ExtensionRow(.sha3, 1 << 17, .instructions0, 1 << 32),
        ExtensionRow(.dotProduct, 1 << 20, .instructions0, 1 << 44),
        ExtensionRow(.flagM, 1 << 27, .instructions0, 1 << 52),
        ExtensionRow([.flagM, .flagM2], 0, .instructions0, 1 << 52, capabilities2: 1 << 7),
        ExtensionRow(.complex, 1 << 14, .instructions1, 1 << 16),
        ExtensionRow(.releaseConsistent, 1 << 15, .instructions1, 1 << 20),
        ExtensionRow([.releaseConsistent, .releaseConsistentImmediate], 1 << 26, .instructions1, 1 << 20),
        // FPHP and ASIMDHP.
        ExtensionRow(.halfPrecision, 1 << 9 | 1 << 10, .features0, 1 << 16 | 1 << 20),
    ]
}

extension Extensions {
    /// Instructions that no other extension has, by name.
    private static let byName: [String: Extensions] = {
        var table: [String: Extensions] = [:]
        func add(_ extensions: Extensions, _ names: String) {
            for name in names.split(separator: " ") { table[String(name)] = extensions }
        }
        add(.aes, "aese aesd aesmc aesimc")
        add(.sha1, "sha1c sha1p sha1m sha1su0 sha1h sha1su1")
        add(.sha256, "sha256h sha256h2 sha256su0 sha256su1")
        add(.sha512, "sha512h sha512h2 sha512su0 sha512su1")
        add(.sha3, "eor3 bcax rax1 xar")
        add(.crc32, "crc32b crc32h crc32w crc32x crc32cb crc32ch crc32cw crc32cx")
        for row in Atomic.rows { table[row.name.description] = .atomics }
        add(.doublingMultiply, "sqrdmlah sqrdmlsh")
        add(.limitedOrdering, "ldlarb ldlarh ldlar stllrb stllrh stllr")
        add(.dotProduct, "sdot udot")
        add(.complex, "fcadd fcmla")
        add(.releaseConsistent, "ldaprb ldaprh ldapr")
        add(.releaseConsistentImmediate, "stlurb ldapurb ldapursb stlurh ldapurh ldapursh stlur ldapur ldapursw")
        add(.flagM, "cfinv rmif setf8 setf16")
        add(.flagM2, "axflag xaflag")
        return table
    }()

    /// Instructions whose names are those of others.
    private static let byPattern: [String: Extensions] = {
        var table: [String: Extensions] = [:]
        let half =
            FloatHalf.rows + FloatHalfConversion.rows + VectorHalf.rows + VectorHalfConversions.rows
            + VectorComplex.halfRows + VectorLogic.halfRows
        for row in half { table[row.pattern.description] = .halfPrecision }
        for row in VectorLong.longPolynomialRows { table[row.pattern.description] = .aes }
        return table
    }()
}
