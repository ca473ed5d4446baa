// Integer benchmarks: hashes, checksums and ciphers.
#include "bench.h"

// sha256: 32-bit rotates and adds, big-endian byte loads
static const uint32_t K256[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
static NOINLINE void sha256_block(uint32_t st[8], const uint8_t *p) {
    uint32_t w[64], a, b, c, d, e, f, g, h;
    int i;
    for (i = 0; i < 16; i++, p += 4)
        w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    for (; i < 64; i++) {
        uint32_t s0 = rotr32(w[i - 15], 7) ^ rotr32(w[i - 15], 18) ^ (w[i - 15] >> 3);
        uint32_t s1 = rotr32(w[i - 2], 17) ^ rotr32(w[i - 2], 19) ^ (w[i - 2] >> 10);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    a = st[0];
    b = st[1];
    c = st[2];
    d = st[3];
    e = st[4];
    f = st[5];
    g = st[6];
    h = st[7];
    for (i = 0; i < 64; i++) {
        uint32_t t1 = h + (rotr32(e, 6) ^ rotr32(e, 11) ^ rotr32(e, 25)) + ((e & f) ^ (~e & g)) + K256[i] + w[i];
        uint32_t t2 = (rotr32(a, 2) ^ rotr32(a, 13) ^ rotr32(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    st[0] += a;
    st[1] += b;
    st[2] += c;
    st[3] += d;
    st[4] += e;
    st[5] += f;
    st[6] += g;
    st[7] += h;
}

uint64_t bench_sha256(unsigned n) {
    enum { N = 16384 };
    uint8_t *b = arena_alloc(N);
    uint32_t st[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint32_t seed = 1;
    int i;
    uint64_t s = 0;
    for (i = 0; i < N; i++)
        b[i] = (uint8_t)rnd(&seed);
    while (n--)
        for (i = 0; i < N; i += 64)
            sha256_block(st, b + i);
    for (i = 0; i < 8; i++)
        s = mix(s, st[i]);
    return s;
}

// blake2b-like: 64-bit adds and rotates (pairs of registers on 32-bit)
#define G64(a, b, c, d, x, y)                                                                                          \
    do {                                                                                                               \
        a += b + x;                                                                                                    \
        d = rotr64(d ^ a, 32);                                                                                         \
        c += d;                                                                                                        \
        b = rotr64(b ^ c, 24);                                                                                         \
        a += b + y;                                                                                                    \
        d = rotr64(d ^ a, 16);                                                                                         \
        c += d;                                                                                                        \
        b = rotr64(b ^ c, 63);                                                                                         \
    } while (0)
static NOINLINE void b2_block(uint64_t h[8], const uint64_t m[16], uint64_t t) {
    uint64_t v[16];
    int i;
    for (i = 0; i < 8; i++) {
        v[i] = h[i];
        v[i + 8] = 0x6a09e667f3bcc908ULL * (uint64_t)(2 * i + 1);
    }
    v[12] ^= t;
    for (i = 0; i < 12; i++) {
        const uint64_t *q = m;
        int k = i & 7;
        G64(v[0], v[4], v[8], v[12], q[k], q[k + 1]);
        G64(v[1], v[5], v[9], v[13], q[k + 2], q[k + 3]);
        G64(v[2], v[6], v[10], v[14], q[k + 4], q[k + 5]);
        G64(v[3], v[7], v[11], v[15], q[k + 6], q[k + 7]);
        G64(v[0], v[5], v[10], v[15], q[k + 8], q[15 - k]);
        G64(v[1], v[6], v[11], v[12], q[14 - k], q[13 - k]);
        G64(v[2], v[7], v[8], v[13], q[12 - k], q[11 - k]);
        G64(v[3], v[4], v[9], v[14], q[10 - k], q[9 - k]);
    }
    for (i = 0; i < 8; i++)
        h[i] ^= v[i] ^ v[i + 8];
}

uint64_t bench_arx64(unsigned n) {
    uint64_t h[8], m[16], s = 0;
    uint32_t seed = 5;
    int i;
    for (i = 0; i < 8; i++)
        h[i] = (uint64_t)rnd(&seed) << 32 | 0x1234567u;
    for (i = 0; i < 16; i++) {
        m[i] = (uint64_t)rnd(&seed) << 32;
        m[i] |= rnd(&seed);
    }
    n *= 1000;
    while (n--) {
        b2_block(h, m, n);
        m[n & 15] += h[n & 7];
    }
    for (i = 0; i < 8; i++)
        s = mix(s, h[i]);
    return s;
}

// crc32, byte table
uint64_t bench_crc32(unsigned n) {
    enum { N = 1 << 16 };
    uint32_t *t = arena_alloc(1024), seed = 3, c, i, k;
    uint8_t *b = arena_alloc(N);
    uint64_t s = 0;
    for (i = 0; i < 256; i++) {
        for (c = i, k = 0; k < 8; k++)
            c = c & 1 ? (c >> 1) ^ 0xedb88320u : c >> 1;
        t[i] = c;
    }
    for (i = 0; i < N; i++)
        b[i] = (uint8_t)rnd(&seed);
    c = ~0u;
    while (n--) {
        for (i = 0; i < N; i++)
            c = t[(c ^ b[i]) & 255] ^ (c >> 8);
        s = mix(s, c);
    }
    return s;
}

// chacha20 core
#define QR(a, b, c, d)                                                                                                 \
    do {                                                                                                               \
        a += b;                                                                                                        \
        d = rotl32(d ^ a, 16);                                                                                         \
        c += d;                                                                                                        \
        b = rotl32(b ^ c, 12);                                                                                         \
        a += b;                                                                                                        \
        d = rotl32(d ^ a, 8);                                                                                          \
        c += d;                                                                                                        \
        b = rotl32(b ^ c, 7);                                                                                          \
    } while (0)
uint64_t bench_chacha(unsigned n) {
    uint32_t in[16], x[16];
    int i, r;
    uint64_t s = 0;
    for (i = 0; i < 16; i++)
        in[i] = 0x61707865u * (uint32_t)(i + 1);
    n *= 1000;
    while (n--) {
        for (i = 0; i < 16; i++)
            x[i] = in[i];
        for (r = 0; r < 10; r++) {
            QR(x[0], x[4], x[8], x[12]);
            QR(x[1], x[5], x[9], x[13]);
            QR(x[2], x[6], x[10], x[14]);
            QR(x[3], x[7], x[11], x[15]);
            QR(x[0], x[5], x[10], x[15]);
            QR(x[1], x[6], x[11], x[12]);
            QR(x[2], x[7], x[8], x[13]);
            QR(x[3], x[4], x[9], x[14]);
        }
        for (i = 0; i < 16; i++)
            in[i] ^= x[i] + in[i];
        in[12]++;
    }
    for (i = 0; i < 16; i++)
        s = mix(s, in[i]);
    return s;
}
