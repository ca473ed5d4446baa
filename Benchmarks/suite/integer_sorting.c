// Integer benchmarks: sorting and priority queues.
#include "bench.h"

// quicksort of 32-bit keys
static NOINLINE void qs(uint32_t *a, int lo, int hi) {
    while (hi - lo > 12) {
        int i = lo, j = hi;
        uint32_t p = a[(lo + hi) >> 1];
        do {
            while (a[i] < p)
                i++;
            while (p < a[j])
                j--;
            if (i <= j) {
                uint32_t t = a[i];
                a[i] = a[j];
                a[j] = t;
                i++;
                j--;
            }
        } while (i <= j);
        if (j - lo < hi - i) {
            qs(a, lo, j);
            lo = i;
        } else {
            qs(a, i, hi);
            hi = j;
        }
    }
    for (int i = lo + 1; i <= hi; i++) {
        uint32_t v = a[i];
        int j = i;
        while (j > lo && a[j - 1] > v) {
            a[j] = a[j - 1];
            j--;
        }
        a[j] = v;
    }
}

uint64_t bench_qsort(unsigned n) {
    enum { N = 20000 };
    uint32_t *a = arena_alloc(N * 4), seed = 12345;
    uint64_t s = 0;
    while (n--) {
        int i;
        for (i = 0; i < N; i++)
            a[i] = rnd(&seed);
        qs(a, 0, N - 1);
        for (i = 0; i < N; i += 97)
            s = mix(s, a[i]);
    }
    return s;
}

// quicksort through a comparison callback, generic element size
static NOINLINE void gsort(uint8_t *b, size_t nm, size_t sz, int (*cmp)(const void *, const void *)) {
    // heap sort: no recursion, many callbacks
    size_t start = nm / 2, end = nm, root, k;
    uint8_t t;
    for (;;) {
        if (start > 0)
            start--;
        else {
            if (--end == 0)
                return;
            for (k = 0; k < sz; k++) {
                t = b[k];
                b[k] = b[end * sz + k];
                b[end * sz + k] = t;
            }
        }
        root = start;
        while (root * 2 + 1 < end) {
            size_t ch = root * 2 + 1;
            if (ch + 1 < end && cmp(b + ch * sz, b + (ch + 1) * sz) < 0)
                ch++;
            if (cmp(b + root * sz, b + ch * sz) >= 0)
                break;
            for (k = 0; k < sz; k++) {
                t = b[root * sz + k];
                b[root * sz + k] = b[ch * sz + k];
                b[ch * sz + k] = t;
            }
            root = ch;
        }
    }
}
struct rec {
    uint32_t key, val;
};
static NOINLINE int cmprec(const void *a, const void *b) {
    const struct rec *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->val < y->val ? -1 : x->val > y->val;
}

uint64_t bench_gsort(unsigned n) {
    enum { N = 4000 };
    struct rec *r = arena_alloc(N * sizeof *r);
    uint32_t seed = 99;
    uint64_t s = 0;
    while (n--) {
        int i;
        for (i = 0; i < N; i++) {
            r[i].key = rnd(&seed) & 1023;
            r[i].val = rnd(&seed);
        }
        gsort((uint8_t *)r, N, sizeof *r, cmprec);
        for (i = 0; i < N; i += 37)
            s = mix(s, ((uint64_t)r[i].key << 32) | r[i].val);
    }
    return s;
}

// bubble sort
uint64_t bench_bubble(unsigned n) {
    enum { N = 600 };
    int32_t *a = arena_alloc(N * 4);
    uint32_t seed = 7;
    uint64_t s = 0;
    while (n--) {
        int i, j;
        for (i = 0; i < N; i++)
            a[i] = (int32_t)(rnd(&seed) >> 1);
        for (i = N - 1; i > 0; i--)
            for (j = 0; j < i; j++)
                if (a[j] > a[j + 1]) {
                    int32_t t = a[j];
                    a[j] = a[j + 1];
                    a[j + 1] = t;
                }
        for (i = 0; i < N; i += 11)
            s = mix(s, (uint32_t)a[i]);
    }
    return s;
}

// heap: priority queue (Dijkstra-like relaxations on a grid)
uint64_t bench_heap(unsigned n) {
    enum { N = 8192 };
    uint32_t *h = arena_alloc((N + 1) * 4), seed = 101, i;
    uint64_t s = 0;
    while (n--) {
        uint32_t c = 0, x, sum = 0;
        for (i = 0; i < 2 * N; i++) {
            if (c < N && ((i & 3) != 3)) {
                uint32_t k = ++c;
                x = rnd(&seed);
                while (k > 1 && h[k >> 1] > x) {
                    h[k] = h[k >> 1];
                    k >>= 1;
                }
                h[k] = x;
            } else if (c) {
                uint32_t k = 1, ch;
                sum = sum * 5 + h[1];
                x = h[c--];
                while ((ch = k * 2) <= c) {
                    if (ch < c && h[ch + 1] < h[ch])
                        ch++;
                    if (h[ch] >= x)
                        break;
                    h[k] = h[ch];
                    k = ch;
                }
                h[k] = x;
            }
        }
        s = mix(s, sum);
    }
    return s;
}
