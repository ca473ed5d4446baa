// The platform functions of a guest without libc: the same source for FreeBSD and for Linux.
#include "bench.h"
#include "numbers.h"

int main(int argc, char **argv);

// Called by start.S with the stack as the kernel laid it out.
_Noreturn void guest_start(long *stack) {
    plat_exit(main((int)stack[0], (char **)(stack + 1)));
    __builtin_unreachable();
}

void plat_write(int fd, const void *buf, size_t len) {
    for (const char *start = buf; len;) {
        long written = call4(SYS_WRITE, fd, (long)start, (long)len, 0);
        if (written <= 0)
            plat_exit(4);
        start += written;
        len -= (size_t)written;
    }
}

void plat_exit(int status) {
    for (;;)
        call2(SYS_EXIT_GROUP, status, 0);
}

uint64_t plat_now_ns(void) {
    struct {
        int64_t seconds;
        long nanoseconds;
    } time = {0, 0};
    if (call2(SYS_CLOCK_GETTIME, CLOCK_PROCESS, (long)&time) != 0)
        plat_exit(5);
    return (uint64_t)time.seconds * 1000000000u + (uint64_t)time.nanoseconds;
}
