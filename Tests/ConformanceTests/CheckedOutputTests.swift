import Foundation
import Testing

@testable import ConformanceRunner

/// What guest programs print, as results.
struct CheckedOutputTests {
    private let output = CheckedOutput("abi", "start")

    private func run(_ text: String, status: Int32? = 0, signal: Int32? = nil, hasTimedOut: Bool = false) -> ProgramRun
    {
        ProgramRun(
            status: status, signal: signal, hasTimedOut: hasTimedOut, output: Data(text.utf8), standardError: Data())
    }

    @Test func `every check is a case, and the end of the program another`() {
        let results = output.checks(run("ok one\nnoise\nFAIL two got 1 want 2\nok one\n", status: 1), atLeast: 3)
        #expect(results.map(\.name) == ["start: one", "start: two", "start: one (2)", "start: runs to its end"])
        #expect(results.map(\.outcome) == [.passed, .failed, .passed, .passed])
    }

    @Test func `a program that ends early, wrongly or late has failed`() {
        for early in [
            output.checks(run("ok one\n"), atLeast: 2), output.checks(run("ok one\n", status: 3), atLeast: 1),
            output.checks(run("ok one\n", status: nil, signal: 11), atLeast: 1),
            output.checks(run("ok one\n", status: 0, hasTimedOut: true), atLeast: 1),
        ] {
            #expect(early.last?.outcome == .failed)
        }
    }

    @Test func `cases pass, fail, die, do nothing, or do not apply`() {
        let text = """
            case open: works
            ok open
            case open: fails
            ok open
            FAIL errno got 1 want 2
            case open: dies
            died signal 11
            case open: is empty
            case open: needs more
            skip needs root
            case open: fails before it gives up
            FAIL errno got 1 want 2
            skip needs root
            cases done

            """
        let results = output.cases(run(text, status: 1))
        #expect(results.map(\.outcome) == [.passed, .failed, .failed, .failed, .skipped, .failed])
        #expect(results[4].reason == "needs root")
    }

    @Test func `a program without cases has failed`() {
        #expect(output.cases(run("cases done\n")).map(\.outcome) == [.failed])
    }

    @Test func `a program that ends before its last case has failed, whatever failed before`() {
        let text = "case open: fails\nFAIL errno got 1 want 2\ncase open: works\nok open\n"
        #expect(output.cases(run(text, status: nil, signal: 11)).last?.name == "start: runs to its end")
        #expect(output.cases(run(text, status: 1)).count == 3)
        #expect(output.cases(run(text + "cases done\n", status: 1)).count == 2)
    }
}
