// Process start and end, memory, time, identity.
#include "layer.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include "relocate.h"

long sys_exit(int), sys_fork(void), sys_wait4(int, int *, int, void *), sys_getpid(void), sys_getppid(void);
long sys_execve(const char *, char *const *, char *const *), sys_kill(int, int);
long sys_getuid(void), sys_geteuid(void), sys_getgid(void), sys_getegid(void);
long sys_mmap(void *, size_t, int, int, int, int64_t), sys_munmap(void *, size_t);
long sys_clock_gettime(int, struct freebsd_time *), sys_nanosleep(const struct freebsd_time *, struct freebsd_time *);
long sys_getrusage(int, void *);

char **environ;
void __libc_init_array(void);
int main(int, char **, char **);
void _init(void) {}
void _fini(void) {}

// Called by runtime/*/start.S with the stack as the kernel laid it out.
_Noreturn void guest_start(long *stack) {
    int count = (int)stack[0];
    char **arguments = (char **)(stack + 1);
    environ = arguments + count + 1;
    __libc_init_array();
    exit(main(count, arguments, environ));
}

_Noreturn void _exit(int status) {
    for (;;)
        sys_exit(status);
}

// The heap: one large mapping, touched as it grows.
void *sbrk(ptrdiff_t change) {
    static char *start, *end, *limit;
    for (size_t size = (size_t)512 << 20; !start; size >>= 1) {
        long mapped = sys_mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
        if (mapped > 0)
            start = end = (char *)mapped, limit = start + size;
        else if (size < (1 << 20))
            return (void *)newlib_result(-ENOMEM);
    }
    if (end + change > limit || end + change < start)
        return (void *)newlib_result(-ENOMEM);
    end += change;
    return end - change;
}

void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset) {
    return (void *)newlib_result(sys_mmap(address, size, protection, flags, fd, offset));
}

int munmap(void *address, size_t size) { return (int)newlib_result(sys_munmap(address, size)); }

int getpid(void) { return (int)sys_getpid(); }
int getppid(void) { return (int)sys_getppid(); }
uid_t getuid(void) { return (uid_t)sys_getuid(); }
uid_t geteuid(void) { return (uid_t)sys_geteuid(); }
gid_t getgid(void) { return (gid_t)sys_getgid(); }
gid_t getegid(void) { return (gid_t)sys_getegid(); }
int kill(int pid, int signal) { return (int)newlib_result(sys_kill(pid, signal)); }
int fork(void) { return (int)newlib_result(sys_fork()); }
int vfork(void) { return fork(); }
int wait(int *status) { return (int)newlib_result(sys_wait4(-1, status, 0, 0)); }
int waitpid(int pid, int *status, int options) { return (int)newlib_result(sys_wait4(pid, status, options, 0)); }

int execve(const char *path, char *const *arguments, char *const *environment) {
    return (int)newlib_result(sys_execve(path, arguments, environment));
}

int getpagesize(void) { return 4096; }

long sysconf(int name) {
    switch (name) {
    case _SC_PAGESIZE: return 4096;
    case _SC_CLK_TCK: return 100;
    default: return -1;
    }
}

// newlib's CLOCK_REALTIME is 1, FreeBSD's 0; CLOCK_MONOTONIC is 4 in both.
int clock_gettime(clockid_t clock, struct timespec *time) {
    struct freebsd_time result;
    long error = sys_clock_gettime(clock == CLOCK_REALTIME ? 0 : (int)clock, &result);
    if (error == 0)
        *time = (struct timespec){result.seconds, result.nanoseconds};
    return (int)newlib_result(error);
}

int gettimeofday(struct timeval *time, void *zone) {
    (void)zone;
    struct freebsd_time result = {0, 0};
    long error = sys_clock_gettime(0, &result);
    *time = (struct timeval){result.seconds, result.nanoseconds / 1000};
    return (int)newlib_result(error);
}

int _gettimeofday(struct timeval *time, void *zone) { return gettimeofday(time, zone); }

int nanosleep(const struct timespec *wanted, struct timespec *remaining) {
    struct freebsd_time request = {wanted->tv_sec, wanted->tv_nsec}, rest = {0, 0};
    long error = sys_nanosleep(&request, &rest);
    if (remaining)
        *remaining = (struct timespec){rest.seconds, rest.nanoseconds};
    return (int)newlib_result(error);
}

unsigned sleep(unsigned seconds) {
    nanosleep(&(struct timespec){seconds, 0}, 0);
    return 0;
}

int usleep(useconds_t microseconds) {
    return nanosleep(&(struct timespec){microseconds / 1000000, (long)(microseconds % 1000000) * 1000}, 0);
}

clock_t times(struct tms *times) {
    struct { struct timeval user, system; long other[14]; } usage;
    memset(&usage, 0, sizeof usage);
    sys_getrusage(0, &usage);
    long tick = 1000000 / CLOCKS_PER_SEC;
    memset(times, 0, sizeof *times);
    times->tms_utime = usage.user.tv_sec * CLOCKS_PER_SEC + usage.user.tv_usec / tick;
    times->tms_stime = usage.system.tv_sec * CLOCKS_PER_SEC + usage.system.tv_usec / tick;
    return times->tms_utime + times->tms_stime;
}
