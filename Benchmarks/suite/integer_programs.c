// Integer benchmarks: what interpreters, scanners and object-oriented programs do.
#include "bench.h"

// dhry: a mix in the manner of Dhrystone (structs, strings, globals, calls)
struct drec {
    struct drec *next;
    int kind, enum_comp, int_comp;
    char str[31];
};
static int d_glob, d_arr1[50], d_arr2[50][50];
static char d_ch1, d_ch2;
static struct drec d_a, d_b;
static NOINLINE int d_strcmp(const char *a, const char *b) {
    while (*a && *a == *b)
        a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

static NOINLINE void d_strcpy(char *d, const char *s) {
    while ((*d++ = *s++))
        ;
}

static NOINLINE void d_p7(int a, int b, int *c) { *c = b + a + 2; }

static NOINLINE int d_f1(char a, char b) {
    char x = a;
    if (x != b)
        return 0;
    d_ch1 = x;
    return 1;
}

static NOINLINE int d_f2(const char *a, const char *b) {
    int i = 2;
    char c = 0;
    while (i <= 2)
        if (d_f1(a[i], b[i + 1]) == 0) {
            c = 'A';
            i++;
        } else
            break;
    if (c >= 'W' && c < 'Z')
        i = 7;
    if (c == 'R')
        return 1;
    if (d_strcmp(a, b) > 0) {
        d_glob = i + 7;
        return 1;
    }
    return 0;
}

static NOINLINE void d_p8(int *a1, int (*a2)[50], int i, int v) {
    int l = i + 5, k;
    a1[l] = v;
    a1[l + 1] = a1[l];
    a1[l + 30] = l;
    for (k = l; k <= l + 1; k++)
        a2[l][k] = l;
    a2[l][l - 1] += 1;
    a2[l + 20][l] = a1[l];
    d_glob = 5;
}

static NOINLINE void d_p6(int e, int *r) {
    *r = e;
    switch (e) {
    case 0: *r = 0; break;
    case 1: *r = d_glob > 100 ? 0 : 3; break;
    case 2: *r = 1; break;
    case 4: *r = 2; break;
    }
}

static NOINLINE void d_p1(struct drec *p) {
    struct drec *q = p->next;
    *q = d_a;
    p->int_comp = 5;
    q->int_comp = p->int_comp;
    q->next = p->next;
    if (q->kind == 0) {
        q->int_comp = 6;
        d_p6(p->enum_comp, &q->enum_comp);
        d_p7(q->int_comp, 10, &q->int_comp);
    } else
        *p = *q;
}

uint64_t bench_dhry(unsigned n) {
    char s1[31], s2[31];
    int i1 = 0, i2 = 0, i3 = 0, e;
    unsigned i, k;
    uint64_t s = 0;
    unsigned loops = n * 10000;
    for (k = 0; k < 50; k++) {
        d_arr1[k] = 0;
        for (i = 0; i < 50; i++)
            d_arr2[k][i] = 0;
    }
    d_ch1 = d_ch2 = 0;
    d_glob = 0;
    d_a.next = &d_b;
    d_a.kind = 0;
    d_a.enum_comp = 2;
    d_a.int_comp = 40;
    d_b = d_a;
    d_strcpy(d_a.str, "MIXTURE PROGRAM, SOME STRING");
    d_strcpy(s1, "MIXTURE PROGRAM, 1'ST STRING");
    for (i = 0; i < loops; i++) {
        d_ch1 = 'A';
        d_ch2 = 'B';
        i1 = 2;
        i2 = 3;
        e = 1;
        d_strcpy(s2, "MIXTURE PROGRAM, 2'ND STRING");
        k = (unsigned)!d_f2(s1, s2);
        while (i1 < i2) {
            i3 = 5 * i1 - i2;
            d_p7(i1, i2, &i3);
            i1++;
        }
        d_p8(d_arr1, d_arr2, i1, i3);
        d_p1(&d_a);
        for (char c = 'A'; c <= d_ch2; c++)
            if (e == d_f1(c, 'C'))
                d_p6(0, &e);
        i2 = i2 * i1;
        i1 = i2 / (i3 + (int)(i & 1));
        i2 = 7 * (i2 - i3) - i1 + (int)k;
        s += (uint32_t)(i1 * 3 + i2 + d_glob + d_b.int_comp + d_arr2[8][7]);
    }
    return mix(s, (uint64_t)d_arr2[8][7]);
}

// vm: a byte code interpreter, one switch
enum {
    O_PUSH,
    O_ADD,
    O_SUB,
    O_MUL,
    O_AND,
    O_XOR,
    O_SHR,
    O_LT,
    O_JZ,
    O_JMP,
    O_LD,
    O_ST,
    O_DUP,
    O_SWAP,
    O_ALD,
    O_AST,
    O_CALL,
    O_RET,
    O_HALT
};
static NOINLINE uint32_t vm_run(const uint8_t *code, uint32_t *var, uint32_t *arr) {
    uint32_t st[64], *sp = st, ret[16], *rp = ret, t;
    const uint8_t *pc = code;
    for (;;)
        switch (*pc++) {
        case O_PUSH:
            *sp++ = (uint32_t)pc[0] | (uint32_t)pc[1] << 8;
            pc += 2;
            break;
        case O_ADD:
            sp--;
            sp[-1] += *sp;
            break;
        case O_SUB:
            sp--;
            sp[-1] -= *sp;
            break;
        case O_MUL:
            sp--;
            sp[-1] *= *sp;
            break;
        case O_AND:
            sp--;
            sp[-1] &= *sp;
            break;
        case O_XOR:
            sp--;
            sp[-1] ^= *sp;
            break;
        case O_SHR:
            sp--;
            sp[-1] >>= *sp & 31;
            break;
        case O_LT:
            sp--;
            sp[-1] = sp[-1] < *sp;
            break;
        case O_JZ:
            t = (uint32_t)pc[0] | (uint32_t)pc[1] << 8;
            pc += 2;
            if (!*--sp)
                pc = code + t;
            break;
        case O_JMP: pc = code + ((uint32_t)pc[0] | (uint32_t)pc[1] << 8); break;
        case O_LD: *sp++ = var[*pc++]; break;
        case O_ST: var[*pc++] = *--sp; break;
        case O_DUP:
            sp[0] = sp[-1];
            sp++;
            break;
        case O_SWAP:
            t = sp[-1];
            sp[-1] = sp[-2];
            sp[-2] = t;
            break;
        case O_ALD: sp[-1] = arr[sp[-1] & 255]; break;
        case O_AST:
            sp -= 2;
            arr[sp[0] & 255] = sp[1];
            break;
        case O_CALL:
            *rp++ = (uint32_t)(pc + 2 - code);
            pc = code + ((uint32_t)pc[0] | (uint32_t)pc[1] << 8);
            break;
        case O_RET: pc = code + *--rp; break;
        default: return var[1];
        }
}
// i = 0; while (i < 10000) { acc ^= f(i); arr[i] += acc; if (acc & 1) acc = acc + acc - 777; i++; }

static uint32_t vm_asm(uint8_t *c) {
    uint32_t p = 0, loop, jz, jz2, call;
#define B(x) (c[p++] = (uint8_t)(x))
#define W(x) (B((x) & 255), B((x) >> 8))
#define PATCH(at, x) (c[at] = (uint8_t)((x) & 255), c[(at) + 1] = (uint8_t)((x) >> 8))
    B(O_PUSH);
    W(0);
    B(O_ST);
    B(0);
    loop = p;
    B(O_LD);
    B(0);
    B(O_PUSH);
    W(10000);
    B(O_LT);
    B(O_JZ);
    jz = p;
    W(0);
    B(O_LD);
    B(0);
    B(O_CALL);
    call = p;
    W(0);
    B(O_LD);
    B(1);
    B(O_XOR);
    B(O_ST);
    B(1);
    B(O_LD);
    B(0);
    B(O_DUP);
    B(O_ALD);
    B(O_LD);
    B(1);
    B(O_ADD);
    B(O_AST);
    B(O_LD);
    B(1);
    B(O_PUSH);
    W(1);
    B(O_AND);
    B(O_JZ);
    jz2 = p;
    W(0);
    B(O_LD);
    B(1);
    B(O_DUP);
    B(O_ADD);
    B(O_PUSH);
    W(777);
    B(O_SUB);
    B(O_ST);
    B(1);
    PATCH(jz2, p);
    B(O_LD);
    B(0);
    B(O_PUSH);
    W(1);
    B(O_ADD);
    B(O_ST);
    B(0);
    B(O_JMP);
    W(loop);
    PATCH(jz, p);
    B(O_HALT);
    PATCH(call, p);
    B(O_DUP);
    B(O_MUL);
    B(O_LD);
    B(0);
    B(O_ALD);
    B(O_SWAP);
    B(O_XOR);
    B(O_DUP);
    B(O_PUSH);
    W(5);
    B(O_SHR);
    B(O_ADD);
    B(O_RET);
    return p;
#undef B
#undef W
#undef PATCH
}

uint64_t bench_vm(unsigned n) {
    uint8_t *code = arena_alloc(512);
    uint32_t var[4] = {0, 1, 0, 0}, *arr = arena_alloc(1024), i;
    uint64_t s = 0;
    vm_asm(code);
    for (i = 0; i < 256; i++)
        arr[i] = i * 2654435761u;
    while (n--)
        s = mix(s, vm_run(code, var, arr));
    return s;
}

// icall: calls through a table of functions, data-dependent order
#define FN(k, e)                                                                                                       \
    static NOINLINE uint32_t ic##k(uint32_t x) { return e; }
FN(0, x + 0x9e3779b9u)
FN(1, x ^ (x >> 7)) FN(2, x * 5 + 1) FN(3, rotl32(x, 11)) FN(4, x - 0x1234567u) FN(5, x ^ 0xdeadbeefu)
    FN(6, x + (x << 3)) FN(7, ~x) FN(8, x ^ (x << 9)) FN(9, x * 9) FN(10, rotl32(x, 3) + 1) FN(11, x ^ (x >> 16))
        FN(12, x + 77) FN(13, x - (x >> 4)) FN(14, rotl32(x, 19))
            FN(15, x * 3 + 7) static uint32_t (*volatile ic_tab[16])(uint32_t) = {
                ic0, ic1, ic2, ic3, ic4, ic5, ic6, ic7, ic8, ic9, ic10, ic11, ic12, ic13, ic14, ic15};
uint64_t bench_icall(unsigned n) {
    uint32_t x = 1, i, m = n * 100000;
    uint64_t s = 0;
    for (i = 0; i < m; i++) {
        x = ic_tab[(x >> 13) & 15](x);
        s += x;
    }
    return mix(s, x);
}

// vcall: the same few targets from many sites (predictable indirect calls)
struct obj {
    uint32_t (*area)(const struct obj *);
    uint32_t a, b;
};
static NOINLINE uint32_t ar0(const struct obj *o) { return o->a * o->b; }

static NOINLINE uint32_t ar1(const struct obj *o) { return o->a * o->a + o->b; }

static NOINLINE uint32_t ar2(const struct obj *o) { return (o->a ^ o->b) + 3; }

uint64_t bench_vcall(unsigned n) {
    enum { N = 256 };
    struct obj *o = arena_alloc(N * sizeof *o);
    uint32_t seed = 21, i, k, m = n * 400;
    uint64_t s = 0;
    for (i = 0; i < N; i++) {
        o[i].a = rnd(&seed) & 0xffff;
        o[i].b = rnd(&seed) & 0xffff;
        o[i].area = i < 100 ? ar0 : i < 200 ? ar1 : ar2;
    }
    for (k = 0; k < m; k++)
        for (i = 0; i < N; i++)
            s += o[i].area(&o[i]);
    return s;
}

// lex: a scanner over text: character classes, switch, small states
uint64_t bench_lex(unsigned n) {
    enum { N = 40000 };
    static const char *const frag[12] = {"while", "(x1",          " <= ", "3.14e2",     ") {", " foo_bar",
                                         " += ",  "\"a string\"", "; ",   "/* note */", "}\n", " 0xff"};
    char *t = arena_alloc(N + 16);
    uint32_t seed = 81, i = 0;
    uint64_t s = 0;
    while (i < N) {
        const char *f = frag[rnd(&seed) % 12];
        while (*f && i < N)
            t[i++] = *f++;
    }
    t[N] = 0;
    while (n--) {
        const char *p = t;
        uint32_t cnt[6] = {0, 0, 0, 0, 0, 0}, h;
        while (*p) {
            char c = *p;
            if (c == ' ' || c == '\n' || c == '\t') {
                p++;
                continue;
            }
            h = 0;
            if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') {
                do {
                    h = h * 31 + (uint8_t)*p++;
                    c = *p;
                } while ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9'));
                cnt[0] += h & 255;
            } else if (c >= '0' && c <= '9') {
                do {
                    h = h * 10 + (uint32_t)(*p++ - '0');
                    c = *p;
                } while ((c >= '0' && c <= '9') || c == '.' || c == 'x' || (c >= 'a' && c <= 'f'));
                cnt[1] += h & 255;
            } else
                switch (c) {
                case '"':
                    p++;
                    while (*p && *p != '"') {
                        h++;
                        p++;
                    }
                    if (*p)
                        p++;
                    cnt[2] += h;
                    break;
                case '/':
                    if (p[1] == '*') {
                        p += 2;
                        while (*p && !(p[0] == '*' && p[1] == '/'))
                            p++;
                        if (*p)
                            p += 2;
                        cnt[3]++;
                    } else
                        p++;
                    break;
                case '<':
                case '+':
                    p += p[1] == '=' ? 2 : 1;
                    cnt[4]++;
                    break;
                case '(':
                case ')':
                case '{':
                case '}':
                case ';':
                default:
                    p++;
                    cnt[5] += (uint8_t)c;
                    break;
                }
        }
        for (i = 0; i < 6; i++)
            s = mix(s, cnt[i]);
        t[n % N] = 'q';
    }
    return s;
}
