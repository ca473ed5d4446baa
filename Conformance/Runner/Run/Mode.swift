/// How the emulator runs the guest programs of a run.
public enum Mode: String, CaseIterable, Sendable {
    /// Everything is translated in the process.
    case translator
    /// What can be comes from the translation cache: each program runs once to fill it and once more.
    case cached
    /// By the interpreter of the intermediate representation.
    case interpreter

    /// The emulator's options. `cache` is a folder for translated code.
    func options(cache: String) -> [String] {
        switch self {
        case .translator: ["-cache", "off"]
        case .cached: ["-cache", cache]
        case .interpreter: ["--no-jit"]
        }
    }

    /// How many times a program runs.
    var rounds: Int { self == .cached ? 2 : 1 }

    /// How many times as long as usual a program may take.
    var patience: Int { self == .interpreter ? 20 : 1 }
}
