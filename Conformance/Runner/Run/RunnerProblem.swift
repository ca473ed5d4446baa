/// Something outside the cases that keeps a run from being made: one line for the user.
public struct RunnerProblem: Error, CustomStringConvertible, Sendable {
    public let description: String

    public init(_ description: String) { self.description = description }
}
