// The functions a compiler may call by itself, for a program without libc. Build with -ffreestanding and
// -fno-tree-loop-distribute-patterns, or the loops become calls to themselves.
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *d, const void *s, size_t n) {
    unsigned char *a = d;
    const unsigned char *b = s;
    if ((((uintptr_t)a | (uintptr_t)b) & (sizeof(long) - 1)) == 0) {
        typedef unsigned long __attribute__((may_alias)) word;
        while (n >= sizeof(long)) {
            *(word *)a = *(const word *)b;
            a += sizeof(long);
            b += sizeof(long);
            n -= sizeof(long);
        }
    }
    while (n--)
        *a++ = *b++;
    return d;
}

void *memmove(void *d, const void *s, size_t n) {
    unsigned char *a = d;
    const unsigned char *b = s;
    if (a <= b || a >= b + n)
        return memcpy(d, s, n);
    while (n--)
        a[n] = b[n];
    return d;
}

void *memset(void *d, int c, size_t n) {
    unsigned char *a = d;
    while (n--)
        *a++ = (unsigned char)c;
    return d;
}

int memcmp(const void *x, const void *y, size_t n) {
    const unsigned char *a = x, *b = y;
    while (n--) {
        if (*a != *b)
            return *a - *b;
        a++, b++;
    }
    return 0;
}
