// Integer benchmarks: recursion, sieves and permutations.
#include "bench.h"

// fib: calls and returns
static NOINLINE uint32_t fib(uint32_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

uint64_t bench_fib(unsigned n) {
    uint32_t i, k;
    uint64_t s = 0;
    for (i = 0; i < n; i++) {
        k = 24 + (i & 3);
        HIDE(k);
        s = mix(s, fib(k));
    }
    return s;
}

// tak: three-argument recursion
static NOINLINE int tak(int x, int y, int z) {
    return y >= x ? z : tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

uint64_t bench_tak(unsigned n) {
    uint64_t s = 0;
    unsigned i;
    for (i = 0; i < n; i++) {
        int x = 16;
        HIDE(x);
        s = mix(s, (uint64_t)tak(x, 10, 4 + (int)(i & 1)));
    }
    return s;
}

// sieve
uint64_t bench_sieve(unsigned n) {
    enum { N = 1 << 18 };
    uint8_t *f = arena_alloc(N);
    uint64_t s = 0;
    while (n--) {
        uint32_t i, j, c = 0;
        for (i = 0; i < N; i++)
            f[i] = 1;
        for (i = 2; i < N; i++)
            if (f[i]) {
                c++;
                for (j = i + i; j < N; j += i)
                    f[j] = 0;
            }
        s = mix(s, c);
    }
    return s;
}

// fannkuch
uint64_t bench_fannkuch(unsigned n) {
    enum { M = 9 };
    uint64_t s = 0;
    while (n--) {
        int p[M], q[M], c[M], i, r = M, flips, maxf = 0, perm = 0;
        uint32_t chk = 0;
        for (i = 0; i < M; i++)
            p[i] = i;
        for (;;) {
            for (; r != 1; r--)
                c[r - 1] = r;
            for (i = 0; i < M; i++)
                q[i] = p[i];
            flips = 0;
            for (;;) {
                int k = q[0], a, b;
                if (k == 0)
                    break;
                for (a = 0, b = k; a < b; a++, b--) {
                    int t = q[a];
                    q[a] = q[b];
                    q[b] = t;
                }
                flips++;
            }
            if (flips > maxf)
                maxf = flips;
            chk += (perm & 1) ? (uint32_t)-flips : (uint32_t)flips;
            for (;;) {
                int t;
                if (r == M)
                    goto done;
                t = p[0];
                for (i = 0; i < r; i++)
                    p[i] = p[i + 1];
                p[r] = t;
                if (--c[r] > 0)
                    break;
                r++;
            }
            perm++;
        }
    done:
        s = mix(s, ((uint64_t)chk << 32) | (uint32_t)maxf);
    }
    return s;
}

// N queens, bit masks
static NOINLINE uint32_t queens(uint32_t all, uint32_t col, uint32_t ld, uint32_t rd) {
    uint32_t c = 0, free_;
    if (col == all)
        return 1;
    free_ = all & ~(col | ld | rd);
    while (free_) {
        uint32_t b = free_ & (0u - free_);
        free_ ^= b;
        c += queens(all, col | b, (ld | b) << 1, (rd | b) >> 1);
    }
    return c;
}

uint64_t bench_queens(unsigned n) {
    uint64_t s = 0;
    while (n--) {
        uint32_t a = (1u << 10) - 1;
        HIDE(a);
        s = mix(s, queens(a, 0, 0, 0));
    }
    return s;
}
