#include "chost_memory.h"

#include "chost_internal.h"

// Hidden start and end of the section, which the linker defines.
extern const struct chost_guard __start_chost_guards[] __attribute__((visibility("hidden")));
extern const struct chost_guard __stop_chost_guards[] __attribute__((visibility("hidden")));

// Initial-exec: the handler reads it, and a dynamic TLS access may allocate.
static __thread struct chost_fault last_fault __attribute__((tls_model("initial-exec")));

struct chost_fault chost_last_fault(void) { return last_fault; }

void chost_note_fault(uint64_t address, int32_t code, uint32_t is_write) {
    last_fault = (struct chost_fault){address, code, is_write};
}

static uintptr_t target_of(const int32_t *field) { return (uintptr_t)field + (intptr_t)*field; }

uintptr_t chost_guard_resume(uintptr_t instruction) {
    for (const struct chost_guard *guard = __start_chost_guards; guard < __stop_chost_guards; guard++)
        if (target_of(&guard->instruction) == instruction) return target_of(&guard->resume);
    return 0;
}

static chost_write_hook write_hook;

void chost_set_write_hook(chost_write_hook hook) { __atomic_store_n(&write_hook, hook, __ATOMIC_RELEASE); }

// Whether the write that just failed is worth another try.
static int retries_write(void) {
    enum { BUS_ERROR = 3 };
    if (!last_fault.is_write || last_fault.address == 0 || last_fault.code == BUS_ERROR) return 0;
    chost_write_hook hook = __atomic_load_n(&write_hook, __ATOMIC_ACQUIRE);
    return hook != 0 && hook(last_fault.address);
}

static int guarded_copy(void *destination, const void *source, size_t byte_count) {
    __asm__ goto volatile("1: rep movsb" CHOST_GUARD("1b", "%l[fault]")
                          : "+D"(destination), "+S"(source), "+c"(byte_count)
                          :
                          : "memory"
                          : fault);
    return 0;
fault:
    return -1;
}

int chost_copy_from_guest(void *destination, uint64_t source, size_t byte_count) {
    return guarded_copy(destination, (const void *)source, byte_count);
}

int chost_copy_to_guest(uint64_t destination, const void *source, size_t byte_count) {
    while (guarded_copy((void *)destination, source, byte_count) != 0)
        if (!retries_write()) return -1;
    return 0;
}

int chost_copy_in_guest(uint64_t destination, uint64_t source, size_t byte_count) {
    return chost_copy_to_guest(destination, (const void *)source, byte_count);
}

static int guarded_fill(uint64_t destination, uint8_t value, size_t byte_count) {
    __asm__ goto volatile("1: rep stosb" CHOST_GUARD("1b", "%l[fault]")
                          : "+D"(destination), "+c"(byte_count)
                          : "a"(value)
                          : "memory"
                          : fault);
    return 0;
fault:
    return -1;
}

int chost_fill_guest(uint64_t destination, uint8_t value, size_t byte_count) {
    while (guarded_fill(destination, value, byte_count) != 0)
        if (!retries_write()) return -1;
    return 0;
}

#define GUARDED_LOAD(instruction)                                                                                      \
    __asm__ goto volatile("1: " instruction CHOST_GUARD("1b", "%l[fault]")                                             \
                          : [result] "=r"(result)                                                                      \
                          : [address] "r"(address)                                                                     \
                          : "memory"                                                                                   \
                          : fault)

int chost_load(uint64_t address, unsigned byte_count, uint64_t *value) {
    uint64_t result;
    switch (byte_count) {
    case 1: GUARDED_LOAD("movzbl (%[address]), %k[result]"); break;
    case 2: GUARDED_LOAD("movzwl (%[address]), %k[result]"); break;
    case 4: GUARDED_LOAD("movl (%[address]), %k[result]"); break;
    case 8: GUARDED_LOAD("movq (%[address]), %[result]"); break;
    default: return -1;
    }
    *value = result;
    return 0;
fault:
    return -1;
}

#define GUARDED_STORE(instruction)                                                                                     \
    __asm__ goto volatile("1: " instruction CHOST_GUARD("1b", "%l[fault]")                                             \
                          :                                                                                            \
                          : [address] "r"(address), [value] "r"(value)                                                 \
                          : "memory"                                                                                   \
                          : fault)

static int guarded_store(uint64_t address, unsigned byte_count, uint64_t value) {
    switch (byte_count) {
    case 1: GUARDED_STORE("movb %b[value], (%[address])"); break;
    case 2: GUARDED_STORE("movw %w[value], (%[address])"); break;
    case 4: GUARDED_STORE("movl %k[value], (%[address])"); break;
    case 8: GUARDED_STORE("movq %[value], (%[address])"); break;
    default: return -1;
    }
    return 0;
fault:
    return -1;
}

int chost_store(uint64_t address, unsigned byte_count, uint64_t value) {
    while (guarded_store(address, byte_count, value) != 0)
        if (!retries_write()) return -1;
    return 0;
}

#define GUARDED_EXCHANGE(instruction)                                                                                  \
    __asm__ goto volatile("1: lock; " instruction CHOST_GUARD("1b", "%l[fault]")                                       \
                          : "+a"(expected)                                                                             \
                          : [address] "r"(address), [value] "r"(replacement)                                           \
                          : "memory", "cc"                                                                             \
                          : fault)

static int guarded_compare_exchange(
    uint64_t address, unsigned byte_count, uint64_t expected, uint64_t replacement, uint64_t *held) {
    switch (byte_count) {
    case 1:
        GUARDED_EXCHANGE("cmpxchgb %b[value], (%[address])");
        *held = (uint8_t)expected;
        return 0;
    case 2:
        GUARDED_EXCHANGE("cmpxchgw %w[value], (%[address])");
        *held = (uint16_t)expected;
        return 0;
    case 4:
        GUARDED_EXCHANGE("cmpxchgl %k[value], (%[address])");
        *held = (uint32_t)expected;
        return 0;
    case 8:
        GUARDED_EXCHANGE("cmpxchgq %[value], (%[address])");
        *held = expected;
        return 0;
    default: return -1;
    }
fault:
    return -1;
}

int chost_compare_exchange(
    uint64_t address, unsigned byte_count, uint64_t expected, uint64_t replacement, uint64_t *held) {
    while (guarded_compare_exchange(address, byte_count, expected, replacement, held) != 0)
        if (!retries_write()) return -1;
    return 0;
}

// MARK: Vectors

typedef uint64_t vector __attribute__((vector_size(16)));

int chost_load_vector(uint64_t address, uint64_t value[2]) {
    vector result;
    __asm__ goto volatile("1: movups (%[address]), %[result]" CHOST_GUARD("1b", "%l[fault]")
                          : [result] "=x"(result)
                          : [address] "r"(address)
                          : "memory"
                          : fault);
    value[0] = result[0];
    value[1] = result[1];
    return 0;
fault:
    return -1;
}

static int guarded_store_vector(uint64_t address, vector value) {
    __asm__ goto volatile("1: movups %[value], (%[address])" CHOST_GUARD("1b", "%l[fault]")
                          :
                          : [address] "r"(address), [value] "x"(value)
                          : "memory"
                          : fault);
    return 0;
fault:
    return -1;
}

int chost_store_vector(uint64_t address, const uint64_t value[2]) {
    while (guarded_store_vector(address, (vector){value[0], value[1]}) != 0)
        if (!retries_write()) return -1;
    return 0;
}

static int guarded_exchange_vector(
    uint64_t address, const uint64_t expected[2], const uint64_t replacement[2], uint64_t held[2]) {
    uint64_t low = expected[0], high = expected[1];
    __asm__ goto volatile("1: lock; cmpxchg16b (%[address])" CHOST_GUARD("1b", "%l[fault]")
                          : "+a"(low), "+d"(high)
                          : [address] "r"(address), "b"(replacement[0]), "c"(replacement[1])
                          : "memory", "cc"
                          : fault);
    held[0] = low;
    held[1] = high;
    return 0;
fault:
    return -1;
}

int chost_compare_exchange_vector(
    uint64_t address, const uint64_t expected[2], const uint64_t replacement[2], uint64_t held[2]) {
    while (guarded_exchange_vector(address, expected, replacement, held) != 0)
        if (!retries_write()) return -1;
    return 0;
}

int64_t chost_string_length(uint64_t address, uint64_t limit) {
    // Aligned words lie within one page, so that none faults unless a byte of the string does.
    const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    uint64_t skipped = address & 7, length = 0, word;
    while (length < limit) {
        if (chost_load((address + length) & ~(uint64_t)7, 8, &word) != 0) return -1;
        if (skipped != 0) word |= ~(UINT64_MAX << skipped * 8);
        uint64_t zeros = (word - ones) & ~word & tops;
        if (zeros != 0) {
            uint64_t end = length + (uint64_t)__builtin_ctzll(zeros) / 8 - skipped;
            return (int64_t)(end < limit ? end : limit);
        }
        length += 8 - skipped;
        skipped = 0;
    }
    return (int64_t)limit;
}
