#define _GNU_SOURCE
#include "chost_state.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

// Initial-exec: signal handlers read it, and a dynamic TLS access may allocate.
static __thread void *current_registers __attribute__((tls_model("initial-exec")));

void *chost_current_registers(void) { return current_registers; }

void chost_set_current_registers(void *registers) { current_registers = registers; }

void chost_request_interrupt(void *registers) {
    struct chost_state *state = chost_state_of(registers);
    __atomic_store_n(&state->interrupt_requested, 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&state->jump_table, state->miss_table, __ATOMIC_SEQ_CST);
    __atomic_store_n((int32_t *)registers, -1, __ATOMIC_SEQ_CST);
}

uint32_t chost_take_interrupt_slowly(void *registers, int32_t budget) {
    struct chost_state *state = chost_state_of(registers);
    // First the budget and the table, then the request: one that comes in between undoes the former and is seen here
    // or by translated code.
    __atomic_store_n((int32_t *)registers, budget, __ATOMIC_SEQ_CST);
    __atomic_store_n(&state->jump_table, state->own_jump_table, __ATOMIC_SEQ_CST);
    return __atomic_exchange_n(&state->interrupt_requested, 0, __ATOMIC_SEQ_CST);
}

// Linux 6.3 and later; earlier ones refuse it, and need it not.
#ifndef MFD_EXEC
#define MFD_EXEC 0x10U
#endif

int chost_memory_file(int64_t byte_count) {
    // Beyond the limit on the size of files, which counts for files in memory as well, a signal would come (setrlimit(2)).
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < (rlim_t)byte_count) {
        errno = EFBIG;
        return -1;
    }
    int file = memfd_create("bsduser-code", MFD_CLOEXEC | MFD_EXEC);
    if (file < 0) file = memfd_create("bsduser-code", MFD_CLOEXEC);
    if (file < 0) return -1;
    if (ftruncate(file, byte_count) == 0) return file;
    close(file);
    return -1;
}
