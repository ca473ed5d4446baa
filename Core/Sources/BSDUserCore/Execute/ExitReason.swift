/// Why translated code returned to the core.
///
/// The guest address is in `CPUState.pc`, with `CPUState.inDelaySlot`; the argument in `CPUState.exitArgument`.
@frozen
public enum ExitReason: UInt32, Sendable, CaseIterable {
    /// A safepoint: signals may be pending, or the budget ran out. Nothing to undo; run again afterwards.
    case interrupt
    /// A system call instruction; the address is that of the instruction.
    case systemCall
    /// A breakpoint instruction; the argument is its code.
    case breakpoint
    /// A trap instruction whose condition holds; the argument is its code.
    case trap
    /// Signed overflow of a trapping instruction.
    case integerOverflow
    /// An instruction that does not exist, or that user mode may not execute.
    case illegalInstruction
    /// A coprocessor that is not there or not usable; the argument is its number.
    case coprocessorUnusable
    /// A memory access failed: `CPUState.faultAddress`, `CPUState.faultIsWrite`, `CPUState.faultCode` say how.
    case memoryFault
    /// A misaligned access where alignment is required; `CPUState.faultAddress`.
    case alignmentFault
    /// An enabled floating-point exception; the argument is the `FloatFlags` that caused it.
    case floatException
    /// The next instruction cannot be fetched; the argument is the address that failed.
    case fetchFault
    /// Guest code was changed or its cache line flushed: the argument is the address, `CPUState.exitLength` the length.
    /// The core invalidates and goes on after the instruction (the front end puts the next address with `goto`).
    case flushCode
    /// The architecture's own reasons start here.
    case custom0, custom1, custom2, custom3
}
