// The benchmarks of the kernel: each does `n` operations and ends the program when one of them fails.
#ifndef SYSTEM_H
#define SYSTEM_H

#include "platform.h"

struct system_benchmark {
    const char *name;
    void (*run)(unsigned n);
    unsigned n;
    // Operations that one of `n` stands for.
    unsigned scale;
};

extern const struct system_benchmark calls[], threads[];
// The command that `exec` runs.
extern char *const *exec_command;
void fail(const char *what);

#endif
