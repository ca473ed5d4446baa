/// Which system a program was made for, in the order of the kernel's `get_brandinfo` (sys/kern/imgact_elf.c): the ABI
/// note, then `EI_OSABI` or the old brand, then the interpreter.
enum Brand: Equatable, Sendable {
    case freeBSD
    /// Another system, with its name.
    case other(String)
    /// Nothing tells. FreeBSD refuses it, for it has no fallback brand by default (`kern.elf64.fallback_brand`).
    case unknown

    static let freeBSDInterpreters = ["/libexec/ld-elf.so.1", "/usr/libexec/ld-elf.so.1", "/libexec/ld-elf32.so.1"]

    /// Values of `EI_OSABI` that name a system.
    private static let systems: [UInt8: String] = [
        1: "HP-UX", 2: "NetBSD", 3: "Linux", 6: "Solaris", 7: "AIX", 8: "IRIX", 10: "Tru64", 12: "OpenBSD",
    ]
    private static let gnuSystems: [UInt32: String] = [0: "Linux", 1: "Hurd", 2: "Solaris", 3: "kFreeBSD (GNU)"]

    init(_ image: ElfImage, notes: ElfNotes, interpreter: String?) {
        if notes.release != nil || image.systemABI == 9 || image.hasOldBrand {
            self = .freeBSD
        } else if let system = Brand.systems[image.systemABI] {
            self = .other(system)
        } else if let system = notes.gnuSystem {
            self = .other(Brand.gnuSystems[system] ?? "another system (GNU note \(system))")
        } else if let interpreter {
            self = Brand.freeBSDInterpreters.contains(interpreter) ? .freeBSD : Brand.byInterpreter(interpreter)
        } else {
            self = .unknown
        }
    }

    /// Linux's run-time linkers are the ones met in practice.
    private static func byInterpreter(_ path: String) -> Brand {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        if name.hasPrefix("ld-linux") || name.hasPrefix("ld-musl") || name.hasPrefix("ld64.so") || name == "ld.so.1" {
            return .other("Linux")
        }
        return .unknown
    }
}
