// getppid(2) in a loop: prints the nanoseconds that `CALLS` of them take.
#include "bench.h"

enum { CALLS = 1000000 };

int main(void) {
    uint64_t start = plat_now_ns();
    for (int i = 0; i < CALLS; i++)
        plat_getppid();
    uint64_t elapsed = plat_now_ns() - start;
    char digits[24];
    int i = sizeof digits;
    digits[--i] = '\n';
    do
        digits[--i] = (char)('0' + elapsed % 10);
    while (elapsed /= 10);
    plat_write(1, digits + i, sizeof digits - (size_t)i);
    return 0;
}
