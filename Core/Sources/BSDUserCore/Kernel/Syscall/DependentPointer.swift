/// An address whose use the call decides itself, by another argument or by a rule of its own. A row says how a trace
/// shows it; the handler gets the address.
struct DependentPointer: SystemCallParameter {
    /// What a trace shows. The reader stands behind the address.
    typealias Show = @Sendable (ArgumentReader, GuestThread, TracePhase, GuestAddress) throws(Errno) -> TraceValue

    let name: String
    private let show: Show

    init(_ name: String, _ show: @escaping Show) {
        self.name = name
        self.show = show
    }

    /// A structure that the call reads, or one that it writes.
    static func input<Value: GuestStruct & Sendable>(_ name: String, _ type: Value.Type) -> DependentPointer {
        DependentPointer(name) { _, thread, phase, address throws(Errno) in
            thread.traceInput(Value.self, address, phase)
        }
    }
    static func output<Value: GuestStruct & Sendable>(_ name: String, _ type: Value.Type) -> DependentPointer {
        DependentPointer(name) { _, thread, phase, address throws(Errno) in
            thread.traceOutput(Value.self, address, phase)
        }
    }

    /// Structures that the call writes, as many as its result says.
    static func outputs<Element: GuestStruct & Sendable>(_ name: String, _ type: Element.Type) -> DependentPointer {
        DependentPointer(name) { _, thread, phase, address throws(Errno) in
            guard let count = phase.count else { return address.unread }
            return thread.traceArray(Element.self, address, count: max(0, count))
        }
    }

    var slots: [ArgumentSlot] { [ArgumentSlot(.address, name)] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> GuestAddress {
        try arguments.word(thread)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        return [try show(arguments, thread, phase, address)]
    }
}

extension GuestThread {
    /// A structure as it stands before the call.
    func traceInput<Value: GuestStruct>(_ type: Value.Type, _ address: GuestAddress, _ phase: TracePhase) -> TraceValue
    {
        guard case .entry = phase else { return .absent }
        return traceStruct(type, address)
    }

    /// A structure as a successful call left it.
    func traceOutput<Value: GuestStruct>(_ type: Value.Type, _ address: GuestAddress, _ phase: TracePhase) -> TraceValue
    {
        phase.isSuccess ? traceStruct(type, address) : address.unread
    }
}
