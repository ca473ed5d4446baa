// Integer benchmarks: pointers, trees, hash tables, strings and grids.
#include "bench.h"

// chase: pointer chase through a random cycle
struct node {
    struct node *next;
    uint32_t v;
};
uint64_t bench_chase(unsigned n) {
    enum { N = 16384 };
    struct node *a = arena_alloc(N * sizeof *a), *p;
    uint32_t *perm = arena_alloc(N * 4), seed = 31, i, m = n * 50000;
    uint64_t s = 0;
    for (i = 0; i < N; i++) {
        perm[i] = i;
        a[i].v = rnd(&seed);
    }
    for (i = N - 1; i > 0; i--) {
        uint32_t j = rnd(&seed) % (i + 1), t = perm[i];
        perm[i] = perm[j];
        perm[j] = t;
    }
    for (i = 0; i < N; i++)
        a[perm[i]].next = &a[perm[(i + 1) % N]];
    for (p = a, i = 0; i < m; i++) {
        s += p->v;
        p = p->next;
    }
    return mix(s, (uint64_t)(p - a));
}

// tree: unbalanced binary search tree, insert and look up
struct tn {
    struct tn *l, *r;
    uint32_t k, c;
};
uint64_t bench_tree(unsigned n) {
    enum { N = 4000 };
    uint64_t s = 0;
    uint32_t seed = 41;
    while (n--) {
        struct tn *root = 0, *pool, **pp;
        uint32_t i, used = 0, hit = 0, x;
        arena_reset();
        pool = arena_alloc((N + 1) * sizeof *pool);
        for (i = 0; i < N; i++) {
            x = rnd(&seed) & 0xffff;
            for (pp = &root; *pp && (*pp)->k != x; pp = x < (*pp)->k ? &(*pp)->l : &(*pp)->r)
                ;
            if (*pp)
                (*pp)->c++;
            else {
                struct tn *t = pool + used++;
                t->l = t->r = 0;
                t->k = x;
                t->c = 1;
                *pp = t;
            }
        }
        for (i = 0; i < 4 * N; i++) {
            struct tn *t = root;
            x = rnd(&seed) & 0xffff;
            while (t && t->k != x)
                t = x < t->k ? t->l : t->r;
            if (t)
                hit += t->c;
        }
        s = mix(s, (uint64_t)used << 32 | hit);
    }
    return s;
}

// hash: open addressing, 64-bit keys and multiplies
uint64_t bench_hash(unsigned n) {
    enum { N = 1 << 14 };
    uint64_t *key = arena_alloc(N * 8), s = 0, x = 88172645463325252ULL;
    uint32_t *val = arena_alloc(N * 4), i, r, m;
    while (n--) {
        for (i = 0; i < N; i++)
            key[i] = 0, val[i] = 0;
        for (m = 0; m < 60000; m++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            {
                uint64_t k = (x & 0x1fff) | 1ULL << 40;
                r = (uint32_t)((k * 0x9e3779b97f4a7c15ULL) >> 50);
                while (key[r] && key[r] != k)
                    r = (r + 1) & (N - 1);
                key[r] = k;
                val[r] += m;
            }
        }
        for (i = 0; i < N; i += 13)
            s = mix(s, key[i] ^ val[i]);
    }
    return s;
}

// str: byte-wise string functions
static NOINLINE size_t s_len(const char *s) {
    const char *p = s;
    while (*p)
        p++;
    return (size_t)(p - s);
}

static NOINLINE int s_cmp(const char *a, const char *b) {
    while (*a && *a == *b)
        a++, b++;
    return (uint8_t)*a - (uint8_t)*b;
}

static NOINLINE const char *s_chr(const char *s, int c) {
    for (; *s; s++)
        if (*s == c)
            return s;
    return 0;
}

static NOINLINE const char *s_str(const char *h, const char *k) {
    for (; *h; h++) {
        size_t i = 0;
        while (k[i] && h[i] == k[i])
            i++;
        if (!k[i])
            return h;
    }
    return 0;
}

static NOINLINE void s_upper(char *d, const char *s) {
    char c;
    while ((c = *s++))
        *d++ = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
    *d = 0;
}

uint64_t bench_str(unsigned n) {
    static const char text[] =
        "the quick brown fox jumps over the lazy dog while the emulator turns every guest instruction "
        "into something that the host can run; strings are short, loops are tight and branches are many.";
    char buf[256];
    uint64_t s = 0;
    unsigned i, m = n * 1000;
    for (i = 0; i < m; i++) {
        const char *p, *q;
        s_upper(buf, text + (i & 31));
        s += s_len(buf);
        p = s_chr(text, ';');
        q = s_str(text, "tight");
        s += (uint64_t)(p - text) * 3 + (uint64_t)(q - text);
        s += (uint64_t)(s_cmp(text + (i & 7), text) + 256);
        s = mix(s, (uint8_t)buf[i % 64]);
    }
    return s;
}

// life: byte grid, neighbour counting
uint64_t bench_life(unsigned n) {
    enum { W = 64, H = 64 };
    uint8_t *a = arena_alloc(W * H), *b = arena_alloc(W * H), *t;
    uint32_t seed = 61;
    int x, y;
    uint64_t s = 0;
    for (x = 0; x < W * H; x++) {
        a[x] = (rnd(&seed) & 3) == 0;
        b[x] = 0;
    }
    n *= 10;
    while (n--) {
        for (y = 0; y < H; y++)
            for (x = 0; x < W; x++) {
                int u = ((y + H - 1) & (H - 1)) * W, v = y * W, w = ((y + 1) & (H - 1)) * W;
                int l = (x + W - 1) & (W - 1), r = (x + 1) & (W - 1);
                int c = a[u + l] + a[u + x] + a[u + r] + a[v + l] + a[v + r] + a[w + l] + a[w + x] + a[w + r];
                b[v + x] = c == 3 || (c == 2 && a[v + x]);
            }
        t = a;
        a = b;
        b = t;
        if ((n & 63) == 0)
            a[rnd(&seed) & (W * H - 1)] ^= 1;
    }
    for (x = 0; x < W * H; x++)
        s = mix(s, a[x]);
    return s;
}

// edit: Levenshtein distance, min and compare
uint64_t bench_edit(unsigned n) {
    enum { N = 200 };
    uint8_t *a = arena_alloc(N), *b = arena_alloc(N);
    uint16_t *row = arena_alloc((N + 1) * 2);
    uint32_t seed = 71;
    int i, j;
    uint64_t s = 0;
    for (i = 0; i < N; i++) {
        a[i] = rnd(&seed) & 3;
        b[i] = rnd(&seed) & 3;
    }
    n *= 5;
    while (n--) {
        for (j = 0; j <= N; j++)
            row[j] = (uint16_t)j;
        for (i = 1; i <= N; i++) {
            uint16_t diag = row[0];
            row[0] = (uint16_t)i;
            for (j = 1; j <= N; j++) {
                uint16_t up = row[j], best = (uint16_t)(diag + (a[i - 1] != b[j - 1]));
                if (up + 1 < best)
                    best = (uint16_t)(up + 1);
                if (row[j - 1] + 1 < best)
                    best = (uint16_t)(row[j - 1] + 1);
                diag = up;
                row[j] = best;
            }
        }
        s = mix(s, row[N]);
        a[n % N] = rnd(&seed) & 3;
    }
    return s;
}
