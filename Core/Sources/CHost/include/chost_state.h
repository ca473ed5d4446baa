// The core's header of a CPU state, as translated code, the dispatcher and signal handlers share it.
// `StateHeader` (Guest/CPUStateUnsafe.swift) names the same offsets; a test keeps the two equal.
#pragma once
#include <stdint.h>

/// Precedes the register file, whose first four bytes are the budget.
struct chost_state {
    uint64_t pc;
    uint32_t in_delay_slot;
    uint32_t exit_reason;
    uint64_t exit_argument;
    uint64_t exit_length;
    uint64_t fault_address;
    int32_t fault_code;
    uint32_t fault_is_write;
    void *jump_table;
    void *own_jump_table;
    void *miss_table;
    void *helper_table;
    void *host_stack;
    uint32_t guest_control;
    uint32_t host_control;
    uint32_t float_flags;
    uint32_t in_translated_code;
    uint32_t interrupt_requested;
    uint32_t float_mode;
    void *chain_slot;
    void *thread;
    void *exit_thunk;
    void *chain_thunk;
    void *jump_miss_thunk;
    void *interrupt_thunk;
    uint64_t scratch[8];
    uint64_t emitter[3];
    const void *enter_thunk;
    uint64_t more_of_emitter[29];
    /// Host address of the instruction in translated code that faulted; 0 after every other exit.
    uint64_t fault_host;
    /// The operation that translated code asks the core to execute.
    uint64_t request[2];
    uint64_t constants[44];
    /// The stack pointer of translated code while the host runs.
    uint64_t return_stack;
    uint64_t kept_stack;
    /// The uppermost entry of that stack.
    uint64_t return_stack_top;
    uint64_t unused[17];
};
_Static_assert(sizeof(struct chost_state) == 1024, "the header has 1024 bytes");

enum {
    /// Bytes from the header's start to the register file.
    CHOST_HEADER_BYTES = 1024,
    /// The stack of translated code, and the guard page below it.
    CHOST_RETURN_STACK_BYTES = 64 * 1024,
    CHOST_RETURN_GUARD_BYTES = 4096,
    /// Bytes from the register file's start to where the state register of translated code points.
    CHOST_REGISTER_BIAS = 128,
};

/// The header of the state whose register file starts at `registers`.
static inline struct chost_state *chost_state_of(void *registers) {
    return (struct chost_state *)((char *)registers - CHOST_HEADER_BYTES);
}

/// Makes a thread leave translated code at its next safepoint. Async-signal-safe: three plain stores.
///
/// The thread clears the request when it has left; a request that comes while it is outside is not lost.
void chost_request_interrupt(void *registers);

/// `chost_take_interrupt` when there is something to set or to clear.
uint32_t chost_take_interrupt_slowly(void *registers, int32_t budget);

/// Allows the thread to run again: sets its budget and jump table. Returns whether an interrupt was requested meanwhile
/// and clears the request; the caller then must not enter translated code.
///
/// Without a request, and with a budget and a table that let code run, there is nothing to write: a request that comes
/// after the look finds its own three stores intact.
static inline uint32_t chost_take_interrupt(void *registers, int32_t budget) {
    struct chost_state *state = chost_state_of(registers);
    if (__atomic_load_n(&state->interrupt_requested, __ATOMIC_ACQUIRE) == 0 &&
        __atomic_load_n(&state->jump_table, __ATOMIC_RELAXED) == state->own_jump_table &&
        __atomic_load_n((int32_t *)registers, __ATOMIC_RELAXED) > 0)
        return 0;
    return chost_take_interrupt_slowly(registers, budget);
}

/// Whether a thread may be in guest code; read from another thread.
static inline uint32_t chost_is_in_translated_code(void *registers) {
    return __atomic_load_n(&chost_state_of(registers)->in_translated_code, __ATOMIC_SEQ_CST);
}

/// The register file of the guest thread that the calling host thread runs, or null. Async-signal-safe.
void *chost_current_registers(void);
/// Says which guest thread the calling host thread runs.
void chost_set_current_registers(void *registers);

/// Enters translated code at `host_code` through the thunk that the translator made; the result is its `LeaveStatus`. The
/// thread counts as being in translated code: the thunk is that of the code until it has left.
static inline uint64_t chost_enter(void *registers, const void *host_code) {
    const void *thunk = chost_state_of(registers)->enter_thunk;
    return ((uint64_t(*)(void *, const void *))(uintptr_t)thunk)(registers, host_code);
}

// MARK: What Swift has no words for

/// One store of an aligned or unaligned word that lies within eight aligned bytes: code that runs sees the old or the new.
static inline void chost_patch32(void *place, uint32_t value) {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    struct word {
        uint32_t value;
    } __attribute__((packed, may_alias));
    ((volatile struct word *)place)->value = value;
}

/// One store of a byte: code that runs sees the old or the new.
static inline void chost_patch8(void *place, uint8_t value) {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    *(volatile uint8_t *)place = value;
}

/// Sequentially consistent store.
static inline void chost_store32(uint32_t *place, uint32_t value) { __atomic_store_n(place, value, __ATOMIC_SEQ_CST); }

/// An entry of a jump table.
struct chost_jump_entry {
    uint64_t pc;
    const void *code;
};

/// The host code of `pc` in the thread's own jump table, or null; marks the thread as being in guest code unless null.
/// `flushing` is nonzero while the table may be stale.
static inline const void *chost_find_code(void *registers, uint64_t pc, unsigned alignment_log2,
                                          const uint32_t *flushing) {
    struct chost_state *state = chost_state_of(registers);
    // The mark comes first and the question second; whoever flushes asks in the other order.
    __atomic_store_n(&state->in_translated_code, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(flushing, __ATOMIC_SEQ_CST) == 0) {
        const struct chost_jump_entry *entry =
            (struct chost_jump_entry *)state->own_jump_table + (pc >> alignment_log2 & 0xffff);
        if (entry->pc == pc) return entry->code;
    }
    __atomic_store_n(&state->in_translated_code, 0, __ATOMIC_SEQ_CST);
    return 0;
}

/// A new anonymous file of this size whose pages may be executed; -1 when the host refuses.
int chost_memory_file(int64_t byte_count);
