// Memory benchmarks: moving data, written out in C so that every target does the same work.
#include "bench.h"

#define WORK (256u << 10)

static void fill(void *p, size_t n, uint32_t seed) {
    uint8_t *b = p;
    size_t i;
    for (i = 0; i < n; i++)
        b[i] = (uint8_t)rnd(&seed);
}

static uint64_t sum8(const void *p, size_t n) {
    const uint8_t *b = p;
    uint64_t s = 0;
    size_t i;
    for (i = 0; i < n; i += 251)
        s = mix(s, b[i]);
    return s;
}

// copy of 32-bit words, eight a turn
uint64_t bench_copy32(unsigned n) {
    uint32_t *a = arena_alloc(WORK), *b = arena_alloc(WORK);
    unsigned r, i;
    fill(a, WORK, 1);
    for (r = 0; r < n * 4; r++) {
        for (i = 0; i < WORK / 4; i += 8) {
            b[i] = a[i];
            b[i + 1] = a[i + 1];
            b[i + 2] = a[i + 2];
            b[i + 3] = a[i + 3];
            b[i + 4] = a[i + 4];
            b[i + 5] = a[i + 5];
            b[i + 6] = a[i + 6];
            b[i + 7] = a[i + 7];
            BARRIER();
        }
        ((uint8_t *)a)[r % WORK] ^= (uint8_t)(r + 1);
    }
    return sum8(b, WORK);
}
// copy of bytes, one a turn
uint64_t bench_copy8(unsigned n) {
    uint8_t *a = arena_alloc(WORK), *b = arena_alloc(WORK);
    unsigned r, i;
    fill(a, WORK, 2);
    for (r = 0; r < n; r++) {
        for (i = 0; i < WORK; i++) {
            b[i] = a[i];
            BARRIER();
        }
        a[r % WORK] ^= (uint8_t)(r + 1);
    }
    return sum8(b, WORK);
}
// whatever the compiler or libc has for a copy
uint64_t bench_memcpy(unsigned n) {
    uint8_t *a = arena_alloc(WORK + 64), *b = arena_alloc(WORK + 64);
    unsigned r;
    fill(a, WORK + 64, 3);
    fill(b, WORK + 64, 4);
    for (r = 0; r < n * 8; r++) {
        size_t off = r & 7, len = WORK - (r & 63);
        HIDE(len);
        __builtin_memcpy(b + off, a + ((r >> 3) & 7), len);
        BARRIER();
    }
    return sum8(b, WORK);
}
// many short copies and fills, of lengths 1..64
uint64_t bench_memsmall(unsigned n) {
    uint8_t *a = arena_alloc(4096), *b = arena_alloc(4096);
    unsigned r, i, m = n * 1000;
    uint64_t s = 0;
    fill(a, 4096, 5);
    fill(b, 4096, 6);
    for (r = 0; r < m; r++) {
        for (i = 0; i < 2048; i += 128) {
            size_t len = 1 + ((r + i / 7) & 63);
            HIDE(len);
            __builtin_memcpy(b + i + (r & 3), a + i, len);
            __builtin_memset(b + i + 64, (int)(r & 255), len);
            BARRIER();
        }
        s += b[r & 2047];
    }
    return mix(s, sum8(b, 2048));
}
// triad on doubles
uint64_t bench_triad(unsigned n) {
    enum { N = WORK / 8 };
    double *a = arena_alloc(WORK), *b = arena_alloc(WORK), *c = arena_alloc(WORK);
    unsigned r, i;
    uint64_t s = 0;
    for (i = 0; i < N; i++) {
        a[i] = 0;
        b[i] = (double)i / 8;
        c[i] = (double)(i & 7);
    }
    for (r = 0; r < n; r++) {
        for (i = 0; i < N; i++)
            a[i] = b[i] + 0.5 * c[i];
        BARRIER();
        b[r % N] += 1.0;
    }
    for (i = 0; i < N; i += 61)
        s = mix(s, dbits(a[i]));
    return s;
}
// sum and xor of 64-bit words
uint64_t bench_sum64(unsigned n) {
    enum { N = WORK / 8 };
    uint64_t *a = arena_alloc(WORK), s = 0, x = 0;
    uint32_t seed = 9;
    unsigned r, i;
    for (i = 0; i < N; i++) {
        a[i] = (uint64_t)rnd(&seed) << 32;
        a[i] |= rnd(&seed);
    }
    for (r = 0; r < n * 2; r++) {
        for (i = 0; i < N; i++) {
            s += a[i];
            x ^= s;
        }
        a[r % N] ^= x;
    }
    return mix(s, x);
}
// random reads over 16 MiB: cache and TLB misses, which the host pays too
uint64_t bench_random(unsigned n) {
    enum { N = 4u << 20 };
    uint32_t *a = arena_alloc(N * 4), i, x = 1, m = n * 100000;
    uint64_t s = 0;
    for (i = 0; i < N; i++)
        a[i] = i * 2654435761u;
    for (i = 0; i < m; i++) {
        x = x * 1664525 + 1013904223;
        s += a[(x >> 8) & (N - 1)];
    }
    return s;
}
// byte-order conversion of 16-, 32- and 64-bit big-endian and little-endian fields
static inline uint32_t be32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint32_t le32(const uint8_t *p) {
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

uint64_t bench_endian(unsigned n) {
    uint8_t *a = arena_alloc(65536);
    unsigned r, i;
    uint64_t s = 0;
    fill(a, 65536, 10);
    for (r = 0; r < n; r++)
        for (i = 0; i + 8 <= 65536; i += 8) {
            uint32_t x = be32(a + i), y = le32(a + i + 4);
            uint16_t h = (uint16_t)(a[i + 1] << 8 | a[i + 2]);
            s += x ^ y;
            s ^= (uint64_t)h << 20;
            a[i] = (uint8_t)(y >> 3);
        }
    return s;
}
