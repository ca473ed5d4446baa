// Access to memory that may not be there. An access that faults returns -1 instead of raising a signal; this needs the
// handlers of chost_fault.h.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// How an access failed.
struct chost_fault {
    /// Address of the access that failed: the first byte that is not accessible.
    uint64_t address;
    /// FreeBSD's si_code: SEGV_MAPERR 1, SEGV_ACCERR 2, and BUS_OBJERR 3 for every bus error; 0 when the host tells no
    /// address, because it is not canonical.
    int32_t code;
    /// 1 for a write.
    uint32_t is_write;
};

/// Asks whoever write-protected translated guest code to let go of the page at `address`; nonzero when the write is worth
/// another try. Runs in ordinary context, not in a signal handler.
typedef int (*chost_write_hook)(uint64_t address);
/// Installs the hook that the functions below call after a failed write.
void chost_set_write_hook(chost_write_hook hook);

/// The last failure of one of the functions below in this thread.
struct chost_fault chost_last_fault(void);

/// Copies `byte_count` bytes; 0, or -1 after a fault, when part of the destination may have been written.
int chost_copy_from_guest(void *destination, uint64_t source, size_t byte_count);
int chost_copy_to_guest(uint64_t destination, const void *source, size_t byte_count);
/// As above between two places in guest memory; the ranges do not overlap.
int chost_copy_in_guest(uint64_t destination, uint64_t source, size_t byte_count);
/// Fills memory with a byte.
int chost_fill_guest(uint64_t destination, uint8_t value, size_t byte_count);

/// Loads 1, 2, 4 or 8 bytes in host order, zero-extended; one access.
int chost_load(uint64_t address, unsigned byte_count, uint64_t *value);
/// Stores the low 1, 2, 4 or 8 bytes; one access.
int chost_store(uint64_t address, unsigned byte_count, uint64_t value);
/// Loads and stores 16 bytes: one access when the address is a multiple of 16.
int chost_load_vector(uint64_t address, uint64_t value[2]);
int chost_store_vector(uint64_t address, const uint64_t value[2]);
/// Atomic compare and exchange of 16 aligned bytes; `held` is what memory held.
int chost_compare_exchange_vector(
    uint64_t address, const uint64_t expected[2], const uint64_t replacement[2], uint64_t held[2]);
/// Atomic compare and exchange of 1, 2, 4 or 8 bytes in host order; `*held` is what memory held.
int chost_compare_exchange(
    uint64_t address, unsigned byte_count, uint64_t expected, uint64_t replacement, uint64_t *held);

/// Full memory barrier.
static inline void chost_fence(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

/// Length of the string at `address`, at most `limit`; -1 when a fault comes before its end.
int64_t chost_string_length(uint64_t address, uint64_t limit);
