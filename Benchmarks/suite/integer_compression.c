// Integer benchmarks: compression.
#include "bench.h"

// lz: hash-chain-less LZ77 compressor and decompressor
static NOINLINE size_t lz_pack(const uint8_t *in, size_t n, uint8_t *out, uint32_t *head) {
    size_t i = 0, o = 0, lit = 0, k;
    for (k = 0; k < 4096; k++)
        head[k] = 0;
    while (i + 4 < n) {
        uint32_t v = (uint32_t)in[i] | (uint32_t)in[i + 1] << 8 | (uint32_t)in[i + 2] << 16;
        uint32_t h = (v * 2654435761u) >> 20;
        size_t cand = head[h];
        head[h] = (uint32_t)i + 1;
        if (cand && i + 1 - cand < 65535 && in[cand - 1] == in[i] && in[cand] == in[i + 1] &&
            in[cand + 1] == in[i + 2]) {
            size_t len = 3, from = cand - 1;
            while (i + len < n && len < 255 && in[from + len] == in[i + len])
                len++;
            out[o++] = (uint8_t)(i - lit);
            for (k = lit; k < i; k++)
                out[o++] = in[k];
            out[o++] = (uint8_t)len;
            out[o++] = (uint8_t)((i - from) & 255);
            out[o++] = (uint8_t)((i - from) >> 8);
            i += len;
            lit = i;
        } else {
            i++;
            if (i - lit == 255) {
                out[o++] = 255;
                for (k = lit; k < i; k++)
                    out[o++] = in[k];
                out[o++] = 0;
                lit = i;
            }
        }
    }
    out[o++] = (uint8_t)(n - lit);
    for (k = lit; k < n; k++)
        out[o++] = in[k];
    out[o++] = 0;
    return o;
}

static NOINLINE size_t lz_unpack(const uint8_t *in, size_t n, uint8_t *out) {
    size_t i = 0, o = 0;
    while (i < n) {
        size_t l = in[i++], d;
        while (l--)
            out[o++] = in[i++];
        l = in[i++];
        if (!l)
            continue;
        d = (size_t)in[i] | (size_t)in[i + 1] << 8;
        i += 2;
        while (l--) {
            out[o] = out[o - d];
            o++;
        }
    }
    return o;
}

uint64_t bench_lz(unsigned n) {
    enum { N = 100000 };
    uint8_t *a = arena_alloc(N), *p = arena_alloc(2 * N), *u = arena_alloc(N + 512);
    uint32_t *head = arena_alloc(4096 * 4), seed = 17;
    uint64_t s = 0;
    size_t i, c, m;
    for (i = 0; i < N;) { // word salad
        uint32_t w = rnd(&seed) % 400, len = 2 + w % 9, x = w * 77 + 1;
        while (len-- && i < N)
            a[i++] = (uint8_t)('a' + rnd(&x) % 26);
        if (i < N)
            a[i++] = ' ';
    }
    while (n--) {
        c = lz_pack(a, N, p, head);
        m = lz_unpack(p, c, u);
        s = mix(s, c);
        s = mix(s, m);
        for (i = 0; i < N; i += 499)
            s = mix(s, (uint64_t)(u[i] == a[i]) << 8 | u[i]);
        a[n % N] ^= 1;
    }
    return s;
}

// huff: bit stream decoding with a small code
uint64_t bench_huff(unsigned n) {
    enum { N = 32768 };
    uint8_t *b = arena_alloc(N + 8);
    uint32_t seed = 91, i;
    uint64_t s = 0;
    for (i = 0; i < N + 8; i++)
        b[i] = (uint8_t)rnd(&seed);
    while (n--) {
        uint32_t pos = 0, acc = 0, have = 0, sum = 0;
        while (pos < N) {
            uint32_t k, x;
            while (have < 16) {
                acc |= (uint32_t)b[pos++] << have;
                have += 8;
            }
            for (k = 0; k < 7 && (acc & 1); k++) {
                acc >>= 1;
                have--;
            }
            acc >>= 1;
            have--;
            x = acc & ((1u << k) - 1);
            acc >>= k;
            have -= k;
            sum = sum * 3 + (x + (1u << k));
        }
        s = mix(s, sum);
        b[n & (N - 1)] ^= (uint8_t)sum;
    }
    return s;
}
