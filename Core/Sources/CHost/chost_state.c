#include "chost_state.h"

// Initial-exec: signal handlers read it, and a dynamic TLS access may allocate.
static __thread void *current_registers __attribute__((tls_model("initial-exec")));

void *chost_current_registers(void) { return current_registers; }

void chost_set_current_registers(void *registers) { current_registers = registers; }

uint64_t chost_enter(const void *thunk, void *registers, const void *host_code) {
    return ((uint64_t(*)(void *, const void *))(uintptr_t)thunk)(registers, host_code);
}

void chost_request_interrupt(void *registers) {
    struct chost_state *state = chost_state_of(registers);
    __atomic_store_n(&state->interrupt_requested, 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&state->jump_table, state->miss_table, __ATOMIC_SEQ_CST);
    __atomic_store_n((int32_t *)registers, -1, __ATOMIC_SEQ_CST);
}

uint32_t chost_take_interrupt(void *registers, int32_t budget) {
    struct chost_state *state = chost_state_of(registers);
    // First the budget and the table, then the request: one that comes in between undoes the former and is seen here
    // or by translated code.
    __atomic_store_n((int32_t *)registers, budget, __ATOMIC_SEQ_CST);
    __atomic_store_n(&state->jump_table, state->own_jump_table, __ATOMIC_SEQ_CST);
    return __atomic_exchange_n(&state->interrupt_requested, 0, __ATOMIC_SEQ_CST);
}
