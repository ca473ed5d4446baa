#include "text.h"

#include "bench.h"

static char line[256];
static size_t line_length;

void put_string(const char *string) {
    while (*string && line_length < sizeof line)
        line[line_length++] = *string++;
}

void put_number(uint64_t value, unsigned base) {
    char digits[24];
    int i = sizeof digits - 1;
    digits[i] = 0;
    do
        digits[--i] = "0123456789abcdef"[value % base];
    while (value /= base);
    put_string(digits + i);
}

void flush_line(void) {
    plat_write(1, line, line_length);
    line_length = 0;
}

unsigned parse(const char *digits) {
    unsigned value = 0;
    while (*digits >= '0' && *digits <= '9')
        value = value * 10 + (unsigned)(*digits++ - '0');
    return value;
}

int equal(const char *a, const char *b) {
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}
