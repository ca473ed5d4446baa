// A small, portable, freestanding-friendly CPU benchmark suite.
//
// Every benchmark is one function `uint64_t bench_NAME(unsigned n)` that does an amount of work proportional to n and
// returns a checksum which depends on n alone: it is the same for every architecture, word size, byte order and compiler
// (build with -ffp-contract=off, without -ffast-math).
//
// Nothing here calls libc. A freestanding build supplies the plat_ functions and the functions that compilers call by
// themselves (freestanding.c).
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

// Supplied by the platform.
void plat_write(int fd, const void *buf, size_t len);
void plat_exit(int status);
uint64_t plat_now_ns(void); // CPU time of this process

#define NOINLINE __attribute__((noinline))
// Keeps the compiler from seeing through a value.
#define HIDE(x) __asm__ volatile("" : "+r"(x))
#define BARRIER() __asm__ volatile("" ::: "memory")

static inline uint32_t rotl32(uint32_t x, int k) { return (x << k) | (x >> (32 - k)); }
static inline uint32_t rotr32(uint32_t x, int k) { return (x >> k) | (x << (32 - k)); }
static inline uint64_t rotl64(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
static inline uint64_t rotr64(uint64_t x, int k) { return (x >> k) | (x << (64 - k)); }

// Order-dependent 64-bit mixing of a checksum.
static inline uint64_t mix(uint64_t h, uint64_t v) {
    h ^= v + 0x9e3779b97f4a7c15ULL + (h << 6) + (h >> 2);
    return rotl64(h, 17);
}

static inline uint64_t dbits(double d) {
    union {
        double d;
        uint64_t u;
    } x;
    x.d = d;
    return x.u;
}
static inline uint32_t fbits(float f) {
    union {
        float f;
        uint32_t u;
    } x;
    x.f = f;
    return x.u;
}

// xorshift32; state must not be 0
static inline uint32_t rnd(uint32_t *s) {
    uint32_t x = *s;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *s = x;
}

// One static arena, reset before every benchmark.
#define ARENA_SIZE (48u << 20)
void *arena_alloc(size_t n); // 64-byte aligned, not zeroed
void arena_reset(void);

struct bench {
    const char *name;
    uint64_t (*run)(unsigned);
    unsigned n; // the amount of work that takes native code 15 to 60 ms
    const char *group;
};

extern const struct bench benchmarks[];
#endif
