// spawn COMMAND ARGUMENTS...: runs a command once, its output thrown away, and prints how long it took (wall clock,
// microseconds), the CPU time it used (microseconds) and its peak resident memory (KiB).
//
// It is a small program of its own because a process's peak memory includes that of the process it was forked from.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_microseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static double microseconds(struct timeval time) { return (double)time.tv_sec * 1e6 + (double)time.tv_usec; }

int main(int argc, char **argv) {
    if (argc < 2)
        return 2;
    double start = now_microseconds();
    pid_t child = fork();
    if (child == 0) {
        dup2(open("/dev/null", O_WRONLY), 1);
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) < 0 || status != 0)
        return 1;
    double wall = now_microseconds() - start;
    printf("%.0f %.0f %ld\n", wall, microseconds(usage.ru_utime) + microseconds(usage.ru_stime), usage.ru_maxrss);
    return 0;
}
