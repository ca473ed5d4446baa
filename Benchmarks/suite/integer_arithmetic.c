// Integer benchmarks: multiplication, division and bit operations.
#include "bench.h"

// matint: 32-bit integer matrix product
uint64_t bench_matint(unsigned n) {
    enum { N = 64 };
    int32_t *a = arena_alloc(N * N * 4), *b = arena_alloc(N * N * 4), *c = arena_alloc(N * N * 4);
    uint32_t seed = 11;
    int i, j, k;
    uint64_t s = 0;
    for (i = 0; i < N * N; i++) {
        a[i] = (int32_t)(rnd(&seed) & 1023) - 512;
        b[i] = (int32_t)(rnd(&seed) & 1023) - 512;
    }
    while (n--) {
        for (i = 0; i < N; i++)
            for (j = 0; j < N; j++) {
                int32_t t = 0;
                for (k = 0; k < N; k++)
                    t += a[i * N + k] * b[k * N + j];
                c[i * N + j] = t;
            }
        for (i = 0; i < N * N; i += 61)
            s = mix(s, (uint32_t)c[i]);
        for (i = 0; i < N * N; i++)
            a[i] = (c[i] >> 10) & 1023;
    }
    return s;
}

// div: 32- and 64-bit, signed and unsigned division
uint64_t bench_div(unsigned n) {
    uint32_t a = 0x12345678, i, m = n * 10000;
    uint64_t b = 0x123456789abcdefULL, s = 0;
    int32_t c;
    int64_t d;
    for (i = 0; i < m; i++) {
        uint32_t k = (i & 1023) + 3;
        a = a * 1664525 + 1013904223;
        s += a / k;
        s ^= a % (k + 7);
        c = (int32_t)a;
        s += (uint32_t)(c / (int32_t)k);
        b = b * 6364136223846793005ULL + 1442695040888963407ULL;
        s += b / (k * 977ULL);
        d = (int64_t)b;
        s ^= (uint64_t)(d % (int64_t)(k + 0x100000000LL));
    }
    return s;
}

// bignum: 32x32+64 multiply-accumulate, school-book product and carry
uint64_t bench_bignum(unsigned n) {
    enum { N = 64 };
    uint32_t *a = arena_alloc(N * 4), *b = arena_alloc(N * 4), *r = arena_alloc(2 * N * 4), seed = 51;
    int i, j;
    uint64_t s = 0;
    for (i = 0; i < N; i++) {
        a[i] = rnd(&seed);
        b[i] = rnd(&seed);
    }
    n *= 10;
    while (n--) {
        for (i = 0; i < 2 * N; i++)
            r[i] = 0;
        for (i = 0; i < N; i++) {
            uint64_t c = 0;
            uint32_t x = a[i];
            for (j = 0; j < N; j++) {
                c += (uint64_t)x * b[j] + r[i + j];
                r[i + j] = (uint32_t)c;
                c >>= 32;
            }
            r[i + N] = (uint32_t)c;
        }
        for (i = 0; i < N; i++)
            a[i] = r[i] ^ r[2 * N - 1 - i];
        s = mix(s, a[n % N]);
    }
    return s;
}

// bits: population count, leading and trailing zeros, byte swap, reversal
static NOINLINE uint32_t bitmix(uint32_t x) {
    uint32_t v = x, c, r = 0, k;
    v = v - ((v >> 1) & 0x55555555);
    v = (v & 0x33333333) + ((v >> 2) & 0x33333333);
    c = (((v + (v >> 4)) & 0x0f0f0f0f) * 0x01010101) >> 24;
    v = x;
    v = ((v >> 1) & 0x55555555) | ((v & 0x55555555) << 1);
    v = ((v >> 2) & 0x33333333) | ((v & 0x33333333) << 2);
    v = ((v >> 4) & 0x0f0f0f0f) | ((v & 0x0f0f0f0f) << 4);
    v = __builtin_bswap32(v);
    for (k = x | 1; !(k & 0x80000000u); k <<= 1)
        r++;
    return c * 31 + v + r;
}

uint64_t bench_bits(unsigned n) {
    uint32_t i, m = n * 20000, x = 1;
    uint64_t s = 0;
    for (i = 0; i < m; i++) {
        x = bitmix(x + i);
        s += x;
        s ^= __builtin_bswap64(s);
    }
    return s;
}
