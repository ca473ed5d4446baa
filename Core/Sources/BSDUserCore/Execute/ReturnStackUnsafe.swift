import CHost
import Glibc

/// The stack of translated code: where the host's calls, which stand for the guest's, return to.
///
/// What is on it is a guess that each return checks, so that it may be emptied whenever nobody executes translated code, and
/// must be when such code goes. A call that finds it full runs into the guard page, and the stack begins anew
/// (`chost_fault.c`).
struct ReturnStack {
    private let memory: ReservedMemory

    /// Nil when the host has no memory.
    init?() {
        guard let memory = ReservedMemory(byteCount: Self.guardBytes + Self.byteCount) else { return nil }
        guard mprotect(memory.base, Self.guardBytes, PROT_NONE) == 0 else {
            memory.release()
            return nil
        }
        self.memory = memory
    }

    static let guardBytes = Int(CHOST_RETURN_GUARD_BYTES)
    static let byteCount = Int(CHOST_RETURN_STACK_BYTES)
    private static let entryBytes = 8

    /// Makes it the stack of a state; `empty(in:landing:)` is to follow.
    func attach(to state: CPUState) {
        let top = memory.base + Self.guardBytes + Self.byteCount - Self.entryBytes
        state.setHeader(.returnStackTop, UInt(bitPattern: top))
    }

    /// Empties the stack of a state, if it has one: what returns from there goes on at `landing`.
    static func empty(in state: CPUState, landing: UInt) {
        guard let top = UnsafeMutablePointer<UInt>(bitPattern: state.header(.returnStackTop, as: UInt.self)) else {
            return
        }
        top.pointee = landing
        state.setHeader(.returnStack, UInt(bitPattern: top))
    }

    func release() { memory.release() }
}
