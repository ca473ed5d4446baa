import BSDUserCore
import Foundation

/// A runner of sequences that waits until no other test has the window, since test suites run side by side.
public final class Subject<Conformance: ArchitectureConformance> {
    private let turn = WindowTurn()
    public let runner: SequenceRunner<Conformance>

    /// Nil when the window's addresses are taken, or the architecture has no such CPU model.
    public init?(
        _ architecture: any GuestArchitecture, _ conformance: Conformance, translates: Bool, model: String? = nil
    ) {
        // Tests of address spaces, which run beside these, hold the window's addresses for a moment.
        let deadline = Date(timeIntervalSinceNow: 60)
        while !SequenceRunner<Conformance>.openWindow() && Date() < deadline { Thread.sleep(forTimeInterval: 0.01) }
        guard let runner = SequenceRunner(architecture, conformance, translates: translates, model: model) else {
            return nil
        }
        self.runner = runner
        runner.activate()
    }
}

/// Lets one thread at a time have the window.
private final class WindowTurn {
    private static let lock = NSRecursiveLock()

    init() { WindowTurn.lock.lock() }
    deinit { WindowTurn.lock.unlock() }
}
