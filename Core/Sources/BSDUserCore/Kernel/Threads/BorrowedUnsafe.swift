/// A reference to an object that someone else keeps alive for as long as it is used.
///
/// Reading a variable that holds an object counts the use, with two atomic operations. What runs at every system call
/// cannot afford that many times.
struct Borrowed<Object: AnyObject>: @unchecked Sendable {
    private let reference: Unmanaged<Object>

    init(_ object: Object) { reference = .passUnretained(object) }

    @inline(__always)
    func use<Result>(_ body: (Object) -> Result) -> Result { reference._withUnsafeGuaranteedRef { body($0) } }
}
