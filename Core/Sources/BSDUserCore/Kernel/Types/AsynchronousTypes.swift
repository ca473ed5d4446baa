/// `struct aiocb` (`sys/aio.h`).
struct AsynchronousControlBlock: GuestStruct, Sendable {
    var descriptor: Int32 = 0
    var offset: Int64 = 0
    /// The buffer, or with `LIO_VECTORED` the vector, and its bytes, or elements.
    var buffer: GuestAddress = 0
    var count: UInt64 = 0
    var operation: Int32 = 0
    var priority: Int32 = 0
    /// What the kernel tells: the result, the error, and a value of its own.
    var status: Int64 = 0
    var error: Int64 = 0
    var kernelInformation: GuestAddress = 0
    var event = SignalEvent()

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("aio_fildes", &descriptor)
        visitor.int("aio_offset", &offset)
        visitor.pointer("aio_buf", &buffer)
        visitor.word("aio_nbytes", &count)
        visitor.pad(8)
        visitor.padWords(1)
        visitor.int(
            "aio_lio_opcode", &operation, .named { TraceValue.enumerationText(ListOperation.self, $0) })
        visitor.int("aio_reqprio", &priority)
        visitor.word("status", &status)
        visitor.word("error", &error)
        visitor.pointer("kernelinfo", &kernelInformation)
        visitor.nested("aio_sigevent", &event)
    }
}

/// What `lio_listio` is to do with a control block.
enum ListOperation: EnumerationTable {
    static let nothing: Int32 = 0
    static let write: Int32 = 1
    static let read: Int32 = 2
    static let lock: Int32 = 3
    static let writeVector: Int32 = 5
    static let readVector: Int32 = 6
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, nil, "LIO_NOP"), EnumerationRow(1, nil, "LIO_WRITE"), EnumerationRow(2, nil, "LIO_READ"),
        EnumerationRow(3, nil, "LIO_MLOCK"), EnumerationRow(5, nil, "LIO_WRITEV"), EnumerationRow(6, nil, "LIO_READV"),
    ]
}

/// Whether `lio_listio` waits.
enum ListMode: EnumerationTable {
    static let rows: [EnumerationRow] = [EnumerationRow(0, nil, "LIO_NOWAIT"), EnumerationRow(1, nil, "LIO_WAIT")]
}
