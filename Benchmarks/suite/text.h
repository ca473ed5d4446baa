// Text for programs without libc: words of the command line, lines of output.
#ifndef TEXT_H
#define TEXT_H

#include <stdint.h>

void put_string(const char *string);
void put_number(uint64_t value, unsigned base);
// Writes what was put since the last line.
void flush_line(void);
unsigned parse(const char *digits);
int equal(const char *a, const char *b);

#endif
