import Foundation

/// What the oracle and the emulator exchange about one architecture: the state of a processor that an instruction can read
/// or change, and a window of memory.
public protocol OracleState: Equatable, Sendable {
    /// What the oracle's process is started with.
    static var machine: String { get }
    /// Bytes of the state without its memory, as Tests/Oracle/protocol.h lays it out.
    static var wireBytes: Int { get }
    /// The bytes at `Oracle.memoryAddress`, as the guest sees them.
    var memory: [UInt8] { get set }

    init(wire: [UInt64], memory: [UInt8])
    /// The state without its memory, in doublewords.
    var wire: [UInt64] { get }
}

/// Where a request's code and memory lie.
public enum Oracle {
    /// Where the instructions of a request lie.
    public static let codeAddress: UInt64 = 0x6000_0000
    /// Where the memory window of a request lies; 64 KiB are mapped there.
    public static let memoryAddress: UInt64 = 0x2000_0000
    public static let maximumWords = 256
    public static let maximumMemory = 65536
}

/// A question to the oracle: what do these instructions, placed at `Oracle.codeAddress`, make of this state?
public struct OracleRequest<State: OracleState>: Sendable {
    public var words: [UInt32]
    public var state: State

    public init(words: [UInt32], state: State) {
        precondition(words.count <= Oracle.maximumWords)
        self.words = words
        self.state = state
    }
}

/// How a sequence ended; the raw values are those of Tests/Oracle/protocol.h.
public enum OracleException: UInt32, Sendable {
    /// Control ran past the last instruction.
    case none = 0
    case overflow = 1
    case trap = 2
    case breakpoint = 3
    case systemCall = 4
    case reservedInstruction = 5
    /// An unaligned address or one outside the address space.
    case address = 6
    case floatingPoint = 7
    case coprocessorUnusable = 8
    /// An address where nothing is mapped.
    case memory = 9
    /// More than 4096 blocks ran.
    case endless = 10
    case other = 11
    /// The oracle itself crashed on this request.
    case oracleCrashed = 255
}

/// The oracle's answer.
public struct OracleReply<State: OracleState>: Sendable {
    public var exception: OracleException
    /// The oracle's own number behind `exception`, for messages.
    public var detail: UInt32
    /// The state afterwards; with an exception, that before the instruction which raised it.
    public var state: State
}

/// Unicorn as a child process: an independent implementation of an architecture (MIPS64 release 2: big-endian, 64-bit FPU
/// registers, legacy NaN; A64 with every extension that Unicorn has). It runs code in kernel mode, so leave privileged
/// instructions out, and keep jump targets within the code.
public final class UnicornOracle<State: OracleState> {
    /// Bytes of requests sent at a time.
    private static var batchBytes: Int { 4 << 20 }

    private let program: URL
    private var child: Child?

    /// Builds the oracle if need be (Scripts/build-oracle); `BSDUSER_ORACLE` names a built one.
    public init() throws {
        if let named = ProcessInfo.processInfo.environment["BSDUSER_ORACLE"] {
            program = URL(fileURLWithPath: named)
            return
        }
        let script = Checkout.root.appendingPathComponent("Scripts/build-oracle")
        let built = try ProgramRun.of(script.path, [], timeoutSeconds: 600)
        guard built.isSuccess else { throw SupportError("Scripts/build-oracle failed: \(built.standardError)") }
        program = URL(fileURLWithPath: built.output.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Asks any number of questions; the answers come in the same order.
    public func run(_ requests: [OracleRequest<State>]) throws -> [OracleReply<State>] {
        var replies: [OracleReply<State>] = []
        replies.reserveCapacity(requests.count)
        var next = 0
        while next < requests.count {
            var bytes: [UInt8] = []
            let first = next
            while next < requests.count, bytes.count < Self.batchBytes {
                OracleWire.append(requests[next], to: &bytes)
                next += 1
            }
            replies += try answers(to: Array(requests[first..<next]), encodedAs: bytes)
        }
        return replies
    }

    private func answers(to requests: [OracleRequest<State>], encodedAs bytes: [UInt8]) throws -> [OracleReply<State>] {
        if let answer = try exchange(count: requests.count, bytes) {
            return try OracleWire.replies(to: requests, in: answer)
        }
        // The oracle died: find the culprit by asking one question at a time.
        guard requests.count > 1 else {
            return [OracleReply(exception: .oracleCrashed, detail: 0, state: requests[0].state)]
        }
        return try requests.flatMap { request in
            var single: [UInt8] = []
            OracleWire.append(request, to: &single)
            return try answers(to: [request], encodedAs: single)
        }
    }

    /// The answer to one batch, or nil when the oracle died over it.
    private func exchange(count: Int, _ bytes: [UInt8]) throws -> [UInt8]? {
        let running = try child ?? Child(program, State.machine)
        child = running
        guard running.write(OracleWire.head(count: count, bytes: bytes.count) + bytes),
            let head = running.read(count: 8),
            let answer = running.read(count: OracleWire.byteCount(ofHead: head))
        else {
            running.end()
            child = nil
            return nil
        }
        return answer
    }

    deinit { child?.end() }
}

/// The oracle's process and the two pipes to it.
private final class Child {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ program: URL, _ machine: String) throws {
        signal(SIGPIPE, SIG_IGN)
        process.executableURL = program
        process.arguments = [machine]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    func write(_ bytes: [UInt8]) -> Bool {
        (try? input.fileHandleForWriting.write(contentsOf: bytes)) != nil
    }

    func read(count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            guard let part = try? output.fileHandleForReading.read(upToCount: count - bytes.count), !part.isEmpty
            else { return nil }
            bytes += part
        }
        return bytes
    }

    func end() {
        try? input.fileHandleForWriting.close()
        process.terminate()
        process.waitUntilExit()
    }
}
