import Foundation

/// The emulator that was installed along with this program.
enum EmulatorProgram {
    /// Where it is.
    static var location: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("bsduser")
    }

    /// Why it cannot use a plugin, in its own words; nil when it can. This program has more libraries than the emulator: it
    /// may load what that cannot.
    static func refusal(ofPlugin file: String) throws -> String? {
        let process = Process()
        let errors = Pipe()
        process.executableURL = location
        // The user's variables are for guests.
        process.arguments = ["--inherited", "--arch-plugin", file, "-cpu", "help"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        do {
            try process.run()
        } catch {
            throw ControlFailure("\(location.path), which judges plugins, cannot be run; install bsduser again")
        }
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if process.terminationReason == .exit, process.terminationStatus == 0 { return nil }
        let line = text.split(separator: "\n").last.map(String.init) ?? "\(file): bsduser dies of it"
        return line.hasPrefix("bsduser: ") ? String(line.dropFirst(9)) : line
    }
}
