// counted_loop TENS [fork|exec|limit]: a loop of a known number of instructions turns ten times as often as the one digit says times
// a thousand. With `fork` a child does the same in `child_loop` before the parent does, with `exec` the program is
// another process image afterwards that does it once more, with `limit` it may not write files any more when it begins.
#include "guest.h"

#if defined(__mips__)
// Three instructions a turn.
#define LOOP(turns)                                                                                                    \
    __asm__ volatile(".set push\n.set noreorder\n1: daddiu %0, %0, -1\nbnez %0, 1b\nnop\n.set pop" : "+r"(turns))
#elif defined(__aarch64__)
// Two instructions a turn.
#define LOOP(turns) __asm__ volatile("1: subs %0, %0, #1\nb.ne 1b" : "+r"(turns) : : "cc")
#endif

static __attribute__((noinline)) void counted_loop(long turns) { LOOP(turns); }

static __attribute__((noinline)) void child_loop(long turns) { LOOP(turns); }

int main(int argument_count, char **arguments, char **environment) {
    if (argument_count < 2) return 1;
    long turns = (arguments[1][0] - '0') * 10000l;
    const char *how = argument_count > 2 ? arguments[2] : "";
    if (string_equal(how, "fork")) {
        int child = (int)sys_fork();
        if (child == 0) {
            child_loop(turns);
            return 0;
        }
        wait_for(child);
    }
    struct rlimit none = {0, 0};
    if (string_equal(how, "limit") && sys_setrlimit(RLIMIT_FSIZE, &none) != 0) return 1;
    counted_loop(turns);
    if (string_equal(how, "exec")) {
        char *again[] = {arguments[0], arguments[1], 0};
        sys_execve((const char *)auxiliary_value(AT_EXECPATH, 0), again, environment);
        return 1;
    }
    return 0;
}
