// Floating-point benchmarks. Only + - * / and the conversions that IEEE 754 defines exactly, so that checksums are the same
// bits everywhere (build with -ffp-contract=off).
#include "bench.h"

// 1/sqrt(x) by Newton's method from the well-known starting guess
static inline double rsqrt_(double x) {
    union {
        double d;
        uint64_t u;
    } v;
    int i;
    v.d = x;
    v.u = 0x5fe6eb50c7b537a9ULL - (v.u >> 1);
    for (i = 0; i < 4; i++)
        v.d = v.d * (1.5 - 0.5 * x * v.d * v.d);
    return v.d;
}

// sin and cos by Taylor series; |x| <= pi/4 or so
static void sincos_(double x, double *s, double *c) {
    double t = 1, a = 0, b = 0;
    int k;
    for (k = 0; k < 24; k++) {
        if (k & 1)
            a += (k & 2) ? -t : t;
        else
            b += (k & 2) ? -t : t;
        t = t * x / (double)(k + 1);
    }
    *s = a;
    *c = b;
}

// nbody
struct body {
    double x, y, z, vx, vy, vz, m;
};
static NOINLINE void advance(struct body *b, int nb, double dt) {
    int i, j;
    for (i = 0; i < nb; i++)
        for (j = i + 1; j < nb; j++) {
            double dx = b[i].x - b[j].x, dy = b[i].y - b[j].y, dz = b[i].z - b[j].z;
            double d2 = dx * dx + dy * dy + dz * dz, r = rsqrt_(d2), mag = dt * r * r * r;
            b[i].vx -= dx * b[j].m * mag;
            b[i].vy -= dy * b[j].m * mag;
            b[i].vz -= dz * b[j].m * mag;
            b[j].vx += dx * b[i].m * mag;
            b[j].vy += dy * b[i].m * mag;
            b[j].vz += dz * b[i].m * mag;
        }
    for (i = 0; i < nb; i++) {
        b[i].x += dt * b[i].vx;
        b[i].y += dt * b[i].vy;
        b[i].z += dt * b[i].vz;
    }
}

uint64_t bench_nbody(unsigned n) {
    struct body b[5] = {{0, 0, 0, 0, 0, 0, 39.47841760435743},
                        {4.84143144246472082945, -1.16032004402742839362, -0.103622044471123109494, 0.606326392995832,
                         2.811986844916260, -0.025218361659887, 0.037693674870389},
                        {8.34336671824457987790, 4.12479856412430479268, -0.403523417114321381293, -1.010774346178791,
                         1.825662371230411, 0.008415761376584, 0.011286326131968},
                        {12.8943695621391310, -15.1111514016986312, -0.223307578892655734398, 1.082791006441535,
                         0.868713018169608, -0.010832637401363, 0.001723724057059},
                        {15.3796971148509165, -25.9193146099879641, 0.179258772950371181757, 0.979090732243897,
                         0.594698998647676, -0.034755955550407, 0.002033686869924}};
    unsigned i, m = n * 1000;
    uint64_t s = 0;
    int k;
    for (i = 0; i < m; i++)
        advance(b, 5, 0.01);
    for (k = 0; k < 5; k++) {
        s = mix(s, dbits(b[k].x));
        s = mix(s, dbits(b[k].vy));
    }
    return s;
}

// mandelbrot, double and float
uint64_t bench_mandel(unsigned n) {
    uint64_t s = 0;
    int x, y, i;
    while (n--)
        for (y = 0; y < 48; y++)
            for (x = 0; x < 64; x++) {
                double cr = x * (2.5 / 64) - 2.0, ci = y * (2.0 / 48) - 1.0, zr = 0, zi = 0, r2, i2;
                for (i = 0; i < 100; i++) {
                    r2 = zr * zr;
                    i2 = zi * zi;
                    if (r2 + i2 > 4.0)
                        break;
                    zi = 2 * zr * zi + ci;
                    zr = r2 - i2 + cr;
                }
                s += (uint64_t)i * (unsigned)(x + y + 1);
            }
    return s;
}

uint64_t bench_mandelf(unsigned n) {
    uint64_t s = 0;
    int x, y, i;
    while (n--)
        for (y = 0; y < 48; y++)
            for (x = 0; x < 64; x++) {
                float cr = (float)x * (2.5f / 64) - 2.0f, ci = (float)y * (2.0f / 48) - 1.0f, zr = 0, zi = 0, r2, i2;
                for (i = 0; i < 100; i++) {
                    r2 = zr * zr;
                    i2 = zi * zi;
                    if (r2 + i2 > 4.0f)
                        break;
                    zi = 2 * zr * zi + ci;
                    zr = r2 - i2 + cr;
                }
                s += (uint64_t)i * (unsigned)(x + y + 1);
            }
    return s;
}

// spectral norm: divisions
static inline double evA(int i, int j) { return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1); }

static NOINLINE void mulAv(int n, const double *v, double *r) {
    int i, j;
    for (i = 0; i < n; i++) {
        double t = 0;
        for (j = 0; j < n; j++)
            t += evA(i, j) * v[j];
        r[i] = t;
    }
}

static NOINLINE void mulAtv(int n, const double *v, double *r) {
    int i, j;
    for (i = 0; i < n; i++) {
        double t = 0;
        for (j = 0; j < n; j++)
            t += evA(j, i) * v[j];
        r[i] = t;
    }
}

uint64_t bench_spectral(unsigned n) {
    enum { N = 100 };
    double *u = arena_alloc(N * 8), *v = arena_alloc(N * 8), *t = arena_alloc(N * 8), a = 0, b = 0;
    int i;
    uint64_t s = 0;
    for (i = 0; i < N; i++)
        u[i] = 1;
    while (n--) {
        mulAv(N, u, t);
        mulAtv(N, t, v);
        mulAv(N, v, t);
        mulAtv(N, t, u);
        for (a = b = 0, i = 0; i < N; i++) {
            a += u[i] * v[i];
            b += v[i] * v[i];
        }
        s = mix(s, dbits(a / b));
        for (i = 0; i < N; i++)
            u[i] = u[i] / a;
    }
    return s;
}

// matmul
#define MATMUL(name, T, bitsof)                                                                                        \
    uint64_t name(unsigned n) {                                                                                        \
        enum { N = 64 };                                                                                               \
        T *a = arena_alloc(N * N * sizeof(T)), *b = arena_alloc(N * N * sizeof(T)),                                    \
          *c = arena_alloc(N * N * sizeof(T));                                                                         \
        uint32_t seed = 111;                                                                                           \
        int i, j, k;                                                                                                   \
        uint64_t s = 0;                                                                                                \
        for (i = 0; i < N * N; i++) {                                                                                  \
            a[i] = (T)(rnd(&seed) & 1023) / 1024;                                                                      \
            b[i] = (T)(rnd(&seed) & 1023) / 1024;                                                                      \
        }                                                                                                              \
        while (n--) {                                                                                                  \
            for (i = 0; i < N; i++) {                                                                                  \
                for (j = 0; j < N; j++)                                                                                \
                    c[i * N + j] = 0;                                                                                  \
                for (k = 0; k < N; k++) {                                                                              \
                    T x = a[i * N + k];                                                                                \
                    for (j = 0; j < N; j++)                                                                            \
                        c[i * N + j] += x * b[k * N + j];                                                              \
                }                                                                                                      \
            }                                                                                                          \
            for (i = 0; i < N * N; i += 61)                                                                            \
                s = mix(s, bitsof(c[i]));                                                                              \
            for (i = 0; i < N * N; i++)                                                                                \
                a[i] = c[i] / 32;                                                                                      \
        }                                                                                                              \
        return s;                                                                                                      \
    }
MATMUL(bench_matmul, double, dbits)
MATMUL(bench_matmulf, float, fbits)

// FFT, radix 2, in place; double and float
#define FFT(name, T, bitsof)                                                                                           \
    uint64_t name(unsigned n) {                                                                                        \
        enum { N = 1024 };                                                                                             \
        T *re = arena_alloc(N * sizeof(T)), *im = arena_alloc(N * sizeof(T)), *wr = arena_alloc(N / 2 * sizeof(T)),    \
          *wi = arena_alloc(N / 2 * sizeof(T));                                                                        \
        uint32_t seed = 121;                                                                                           \
        int i, j, k, len, m;                                                                                           \
        uint64_t s = 0;                                                                                                \
        double sn, cs, x1, y1;                                                                                         \
        sincos_(6.283185307179586476925 / N, &sn, &cs);                                                                \
        x1 = 1;                                                                                                        \
        y1 = 0;                                                                                                        \
        for (i = 0; i < N / 2; i++) {                                                                                  \
            double t;                                                                                                  \
            wr[i] = (T)x1;                                                                                             \
            wi[i] = (T)y1;                                                                                             \
            t = x1 * cs - y1 * sn;                                                                                     \
            y1 = x1 * sn + y1 * cs;                                                                                    \
            x1 = t;                                                                                                    \
        }                                                                                                              \
        for (i = 0; i < N; i++) {                                                                                      \
            re[i] = (T)(rnd(&seed) & 4095) / 4096;                                                                     \
            im[i] = 0;                                                                                                 \
        }                                                                                                              \
        while (n--) {                                                                                                  \
            for (i = 1, j = 0; i < N; i++) {                                                                           \
                int b = N >> 1;                                                                                        \
                for (; j & b; b >>= 1)                                                                                 \
                    j ^= b;                                                                                            \
                j ^= b;                                                                                                \
                if (i < j) {                                                                                           \
                    T t = re[i];                                                                                       \
                    re[i] = re[j];                                                                                     \
                    re[j] = t;                                                                                         \
                    t = im[i];                                                                                         \
                    im[i] = im[j];                                                                                     \
                    im[j] = t;                                                                                         \
                }                                                                                                      \
            }                                                                                                          \
            for (len = 2; len <= N; len <<= 1)                                                                         \
                for (i = 0; i < N; i += len)                                                                           \
                    for (k = 0, m = 0; k < len / 2; k++, m += N / len) {                                               \
                        T ur = re[i + k], ui = im[i + k], vr = re[i + k + len / 2], vi = im[i + k + len / 2];          \
                        T xr = vr * wr[m] - vi * wi[m], xi = vr * wi[m] + vi * wr[m];                                  \
                        re[i + k] = ur + xr;                                                                           \
                        im[i + k] = ui + xi;                                                                           \
                        re[i + k + len / 2] = ur - xr;                                                                 \
                        im[i + k + len / 2] = ui - xi;                                                                 \
                    }                                                                                                  \
            for (i = 0; i < N; i++) {                                                                                  \
                re[i] = re[i] / 32;                                                                                    \
                im[i] = im[i] / 32;                                                                                    \
            }                                                                                                          \
            s = mix(s, bitsof(re[n % N]) ^ bitsof(im[5]));                                                             \
        }                                                                                                              \
        return s;                                                                                                      \
    }
FFT(bench_fft, double, dbits)
FFT(bench_fftf, float, fbits)

// LU decomposition with pivoting (Linpack's kernel)
uint64_t bench_lu(unsigned n) {
    enum { N = 48 };
    double *a = arena_alloc(N * N * 8), d;
    uint32_t seed = 131;
    int i, j, k, p;
    uint64_t s = 0;
    while (n--) {
        for (i = 0; i < N * N; i++)
            a[i] = (double)(int32_t)rnd(&seed) / 65536.0;
        for (d = 1, k = 0; k < N; k++) {
            double best = a[k * N + k] < 0 ? -a[k * N + k] : a[k * N + k];
            for (p = k, i = k + 1; i < N; i++) {
                double t = a[i * N + k] < 0 ? -a[i * N + k] : a[i * N + k];
                if (t > best) {
                    best = t;
                    p = i;
                }
            }
            if (p != k)
                for (j = 0; j < N; j++) {
                    double t = a[k * N + j];
                    a[k * N + j] = a[p * N + j];
                    a[p * N + j] = t;
                }
            for (i = k + 1; i < N; i++) {
                double f = a[i * N + k] / a[k * N + k];
                a[i * N + k] = f;
                for (j = k + 1; j < N; j++)
                    a[i * N + j] -= f * a[k * N + j];
            }
            d = d * (a[k * N + k] / 65536.0);
            if (d > 1e100 || d < -1e100)
                d = d * 1e-100;
        }
        s = mix(s, dbits(d));
    }
    return s;
}

// conv: conversions and compares between integers, float and double
uint64_t bench_conv(unsigned n) {
    uint32_t seed = 141, i, m = n * 10000;
    uint64_t s = 0;
    double acc = 0;
    float facc = 0;
    for (i = 0; i < m; i++) {
        int32_t a = (int32_t)rnd(&seed);
        double d = (double)a / 3.0;
        float f = (float)d;
        uint32_t u = (uint32_t)(int32_t)(d * 0.5);
        s += u;
        s ^= (uint32_t)(int32_t)(f * 0.25f);
        if (d > acc)
            acc = acc + d * 0.001;
        else
            acc = acc - 1.0;
        if ((double)f < d)
            facc += 1.0f;
        else if ((double)f == d)
            facc -= 3.0f;
        if (facc > 1e6f)
            facc = 0;
        s += (uint64_t)(int64_t)(acc * 16.0);
    }
    return mix(s, fbits(facc));
}

// poly: Horner polynomials, exp-like and atan-like, with divisions
static NOINLINE double exp_(double x) {
    double r = 1;
    int i;
    x = x / 1024.0;
    r = 1 + x * (1 + x * (0.5 + x * (1.0 / 6 + x * (1.0 / 24 + x * (1.0 / 120)))));
    for (i = 0; i < 10; i++)
        r = r * r;
    return r;
}

static NOINLINE double atan_(double x) {
    double y = x * x;
    return x * (1 + y * (0.4 + y * 0.03)) / (1 + y * (0.7333 + y * 0.1));
}

uint64_t bench_poly(unsigned n) {
    unsigned i, m = n * 5000;
    double x = 0.5, t = 0;
    uint64_t s = 0;
    for (i = 0; i < m; i++) {
        t = exp_(x) - atan_(x * 2.0 + t * 0.125);
        x = t < 0 ? 0.25 - t * 0.01 : t / (1.0 + t);
        s += dbits(t) >> 20;
    }
    return mix(s, dbits(x));
}

// ray: sphere intersections, single precision vectors, branchy
struct v3 {
    float x, y, z;
};
static inline float dot(struct v3 a, struct v3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }

static float rsq(float x) {
    union {
        float f;
        uint32_t u;
    } v;
    int i;
    v.f = x;
    v.u = 0x5f3759dfu - (v.u >> 1);
    for (i = 0; i < 3; i++)
        v.f = v.f * (1.5f - 0.5f * x * v.f * v.f);
    return v.f;
}

static NOINLINE int hit(const struct v3 *c, const float *r, int ns, struct v3 o, struct v3 d, float *tmin) {
    int i, best = -1;
    *tmin = 1e9f;
    for (i = 0; i < ns; i++) {
        struct v3 oc = {o.x - c[i].x, o.y - c[i].y, o.z - c[i].z};
        float b = dot(oc, d), q = dot(oc, oc) - r[i] * r[i], h = b * b - q, t;
        if (h <= 0)
            continue;
        t = -b - h * rsq(h);
        if (t > 0.001f && t < *tmin) {
            *tmin = t;
            best = i;
        }
    }
    return best;
}

uint64_t bench_ray(unsigned n) {
    enum { NS = 8 };
    struct v3 c[NS];
    float r[NS], sum;
    uint32_t seed = 151;
    int i, x, y, dep;
    uint64_t s = 0;
    for (i = 0; i < NS; i++) {
        c[i].x = (float)(rnd(&seed) & 255) / 64 - 2;
        c[i].y = (float)(rnd(&seed) & 255) / 64 - 2;
        c[i].z = 4 + (float)(rnd(&seed) & 255) / 64;
        r[i] = 0.5f + (float)(rnd(&seed) & 63) / 64;
    }
    while (n--) {
        sum = 0;
        for (y = 0; y < 32; y++)
            for (x = 0; x < 32; x++) {
                struct v3 o = {0, 0, 0}, d = {(float)(x - 16) / 16, (float)(y - 16) / 16, 2};
                float k = rsq(dot(d, d)), t, w = 1;
                d.x *= k;
                d.y *= k;
                d.z *= k;
                for (dep = 0; dep < 4; dep++) {
                    struct v3 nn;
                    float m;
                    i = hit(c, r, NS, o, d, &t);
                    if (i < 0) {
                        sum += w * (0.5f + 0.5f * d.y);
                        break;
                    }
                    o.x += d.x * t;
                    o.y += d.y * t;
                    o.z += d.z * t;
                    nn.x = (o.x - c[i].x) / r[i];
                    nn.y = (o.y - c[i].y) / r[i];
                    nn.z = (o.z - c[i].z) / r[i];
                    m = 2 * dot(nn, d);
                    d.x -= m * nn.x;
                    d.y -= m * nn.y;
                    d.z -= m * nn.z;
                    w *= 0.6f;
                }
            }
        s = mix(s, fbits(sum));
        c[n % NS].x += 0.01f;
    }
    return s;
}

// fpmix: a recurrence with no memory traffic (latency of one FP operation)
uint64_t bench_fplat(unsigned n) {
    unsigned i, m = n * 100000;
    double x = 0.3, y = 0.7;
    for (i = 0; i < m; i++) {
        x = 3.9 * x * (1.0 - x);
        y = y * 0.5 + x * 0.25;
    }
    return mix(dbits(x), dbits(y));
}
