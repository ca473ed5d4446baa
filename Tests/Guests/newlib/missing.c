// What programs want and newlib lacks. These programs are run without a shell, users or other processes, so the
// functions for them fail as on a system that has none.
#include "layer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int unsupported(void) { return (int)newlib_result(-78); }

FILE *popen(const char *command, const char *mode) {
    (void)command, (void)mode;
    unsupported();
    return 0;
}

int pclose(FILE *stream) {
    (void)stream;
    return unsupported();
}

int system(const char *command) { return command ? unsupported() : 0; }
int _system(const char *command) { return system(command); }

char *realpath(const char *path, char *resolved) {
    resolved = resolved ? resolved : malloc(1024);
    return resolved ? strcpy(resolved, path) : 0;
}

int sigaltstack(const void *stack, void *old) {
    (void)stack, (void)old;
    return unsupported();
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old) {
    (void)how, (void)set;
    if (old)
        *old = 0;
    return 0;
}

int sigaction(int signal, const void *action, void *old) {
    (void)signal, (void)action, (void)old;
    return unsupported();
}

#ifdef __mips64
// newlib 3.3's own assembly strcmp for MIPS cuts n64 pointers to 32 bits.
int strcmp(const char *a, const char *b) {
    while (*a && *a == *b)
        a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

// gcc calls this after it has written a trampoline. SYNCI steps by what hardware register 1 says (MIPS64 release 2,
// volume II, RDHWR and SYNCI); 0 means that no step is needed.
void _flush_cache(char *start, int size, int caches) {
    (void)caches;
    long step;
    __asm__("rdhwr %0, $1" : "=r"(step));
    for (char *line = start; step > 0 && line < start + size; line += step)
        __asm__ volatile("synci 0(%0)" : : "r"(line) : "memory");
    // The line that the last byte lies in, if the start is no multiple of the step.
    __asm__ volatile("synci 0(%0)\n\tsync" : : "r"(start + size - 1) : "memory");
}
#endif
