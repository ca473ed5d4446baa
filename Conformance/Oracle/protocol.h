// What travels over the oracle's standard input and output, in the host's byte order. Runner/Oracle is the other end.
//
//   batch   = u32 request count, u32 byte count of all requests, requests
//   answer  = u32 reply count, u32 byte count of all replies, replies
//   request = struct request_header, u32 words[word_count], cpu_state, u8 memory[memory_size]
//   reply   = struct reply_header, cpu_state, u8 memory[memory_size]
//
// The oracle reads a whole batch before it writes, so that neither side can block the other.
//
// Which processor it is, the first argument tells: mips64 or aarch64, each with its own cpu_state.
//
// The code runs in kernel mode, so privileged instructions work, and addresses below 8192 belong to the oracle. A jump
// out of the code crashes Unicorn 2.1; the asking side then sees the oracle die.
#ifndef ORACLE_PROTOCOL_H
#define ORACLE_PROTOCOL_H

#include <stdint.h>

enum {
    CODE_ADDRESS = 0x60000000,
    MEMORY_ADDRESS = 0x20000000,
    MAXIMUM_WORDS = 256,
    MAXIMUM_MEMORY = 65536,
    MAXIMUM_BATCH_BYTES = 64 << 20,
    MAXIMUM_STATE = 1024,
};

enum exception {
    EXCEPTION_NONE = 0,
    EXCEPTION_OVERFLOW = 1,
    EXCEPTION_TRAP = 2,
    EXCEPTION_BREAK = 3,
    EXCEPTION_SYSCALL = 4,
    EXCEPTION_RESERVED = 5,
    EXCEPTION_ADDRESS = 6,
    EXCEPTION_FLOAT = 7,
    EXCEPTION_COPROCESSOR = 8,
    EXCEPTION_MEMORY = 9,
    EXCEPTION_ENDLESS = 10,
    EXCEPTION_OTHER = 11,
    // The state cannot be told.
    EXCEPTION_LOST = 255,
};

struct mips64_state {
    uint64_t gpr[32], hi, lo, fpr[32];
    uint32_t fcsr, padding;
};

// x0 to x30 and sp; the halves of v0 to v31, the lower one first.
struct aarch64_state {
    uint64_t general[32], vectors[64];
    uint32_t nzcv, fpcr, fpsr, padding;
};

struct request_header {
    uint32_t word_count, memory_size;
};

struct reply_header {
    uint32_t exception, detail;
};

#endif
