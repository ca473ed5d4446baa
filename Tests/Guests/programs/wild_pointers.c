// Wild pointers in system calls give EFAULT; unknown system calls give ENOSYS; nothing else happens. (FreeBSD raises
// SIGSYS for an unknown call as well, and ends the program; bsduser lets it go on.)
#include "guest.h"

static int file, ends[2], probes;

static void expect_fault(const char *call, char *pointer, long result) {
    char name[128];
    probes++;
    if (result != -EFAULT)
        check_errno(format_string(name, sizeof name, "%s with %p", call, (void *)pointer), result, EFAULT);
}

#define PROBE(call, ...) expect_fault(#call, p, sys_##call(__VA_ARGS__))

static void paths(char *p) {
    PROBE(open, p, O_RDONLY, 0);
    PROBE(link, p, "wild.new");
    PROBE(link, "wild.data", p);
    PROBE(unlink, p);
    PROBE(chdir, p);
    PROBE(chmod, p, 0);
    PROBE(access, p, 0);
    PROBE(symlink, p, "wild.new");
    PROBE(symlink, "x", p);
    PROBE(readlink, p, p, 4);
    PROBE(readlink, "wild.link", p, 4);
    PROBE(execve, p, 0, 0);
    PROBE(rename, p, "wild.new");
    PROBE(rename, "wild.data", p);
    PROBE(mkfifo, p, 0);
    PROBE(mkdir, p, 0);
    PROBE(rmdir, p);
    PROBE(truncate, p, 0);
    PROBE(openat, AT_FDCWD, p, O_RDONLY, 0);
    PROBE(mkdirat, AT_FDCWD, p, 0);
    PROBE(unlinkat, AT_FDCWD, p, 0);
    PROBE(fstatat, AT_FDCWD, p, 0, 0);
    PROBE(__getcwd, p, 1024);
}

static void data(char *p) {
    PROBE(read, file, p, 4);
    PROBE(write, ends[1], p, 4);
    PROBE(pread, file, p, 4, 0);
    PROBE(pwrite, file, p, 4, 0);
    PROBE(readv, file, (struct iovec *)p, 1);
    PROBE(writev, file, (struct iovec *)p, 1);
    struct iovec vector = {p, 4};
    PROBE(readv, file, &vector, 1);
    PROBE(writev, ends[1], &vector, 1);
    PROBE(fstat, file, (struct file_status *)p);
    PROBE(fstatat, AT_FDCWD, "wild.data", (struct file_status *)p, 0);
    PROBE(fcntl, file, F_GETLK, (long)p);
    PROBE(ioctl, ends[0], FIONREAD, p);
    PROBE(pipe2, (int *)p, 0);
    PROBE(poll, (struct pollfd *)p, 1, 0);
    PROBE(getrandom, p, 4, 0);
    PROBE(mincore, guest_ps_strings, 1, p);
}

static void structures(char *p) {
    PROBE(clock_gettime, CLOCK_REALTIME, (struct timespec *)p);
    PROBE(nanosleep, (struct timespec *)p, 0);
    PROBE(getrlimit, RLIMIT_CPU, (struct rlimit *)p);
    PROBE(setrlimit, RLIMIT_CPU, (struct rlimit *)p);
    PROBE(getrusage, RUSAGE_SELF, (struct rusage *)p);
    PROBE(getitimer, ITIMER_REAL, (struct itimerval *)p);
    PROBE(sigsuspend, (struct signal_set *)p);
    PROBE(sigpending, (struct signal_set *)p);
    PROBE(sigreturn, (struct user_context *)p);
    PROBE(__sysctl, (int *)p, 2, 0, 0, 0, 0);
}

// Pointers where a null pointer has a meaning of its own.
static void optional(char *p) {
    PROBE(gettimeofday, (struct timeval *)p, 0);
    PROBE(setitimer, ITIMER_REAL, (struct itimerval *)p, 0);
    PROBE(sigprocmask, SIG_BLOCK, (struct signal_set *)p, 0);
    PROBE(sigprocmask, SIG_BLOCK, 0, (struct signal_set *)p);
    PROBE(sigaction, SIGUSR1, (struct signal_action *)p, 0);
    PROBE(sigaction, SIGUSR1, 0, (struct signal_action *)p);
    PROBE(sigaltstack, (struct signal_stack *)p, 0);
    PROBE(sigaltstack, 0, (struct signal_stack *)p);
    PROBE(getcontext, (struct user_context *)p);
    PROBE(select, 8, (struct fd_set *)p, 0, 0, 0);
    PROBE(select, 8, 0, 0, 0, (struct timeval *)p);
    int name[2] = {CTL_KERN, KERN_OSTYPE};
    size_t size = 16;
    PROBE(__sysctl, name, 2, p, &size, 0, 0);
    PROBE(__sysctl, name, 2, &size, (size_t *)p, 0, 0);
}

static void unknown_calls(void) {
    static const long numbers[] = {11, 468, 699, 5000, 100000, -1, 0x7fffffffffffffff};
    int wrong = 0;
    for (unsigned i = 0; i < COUNT_OF(numbers); i++) {
        struct raw_syscall call = {.number = numbers[i]};
        raw_syscall(&call);
        wrong += call.error != 1 || call.first != ENOSYS;
    }
    check_equal("unknown system calls give ENOSYS", wrong, 0);

    // The indirect forms take the number as their first argument.
    for (long number = 0; number <= 198; number += 198) {
        struct raw_syscall call = {.number = number, .arguments = {SYS_getpid}};
        raw_syscall(&call);
        check_equal("an indirect getpid", call.first, sys_getpid());
        call = (struct raw_syscall){.number = number, .arguments = {SYS_write, 999, 0, 0}};
        raw_syscall(&call);
        check("an indirect write fails", call.error == 1 && call.first == EBADF);
        call = (struct raw_syscall){
            .number = number,
            .arguments = {SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0}};
        raw_syscall(&call);
        check("an indirect mmap", call.error == 0 && call.first != 0);
    }
    struct raw_syscall call = {.number = SYS_getppid, .second = 0x1234};
    raw_syscall(&call);
    check_equal("the second register after a call with one result", call.second,
                MACHINE_CLEARS_SECOND_RESULT ? 0 : 0x1234);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    file = (int)sys_open("wild.data", O_RDWR | O_CREAT | O_TRUNC, 0600);
    sys_write(file, "content of the file", 19);
    sys_lseek(file, 0, SEEK_SET);
    sys_symlink("wild.data", "wild.link");
    sys_pipe2(ends, 0);
    // Unmapped, beyond the user's addresses, and not even that.
    static char *const wild[] = {0, (char *)8, (char *)0x7000000000, (char *)MACHINE_USER_TOP, (char *)-4096};
    for (unsigned i = 0; i < COUNT_OF(wild); i++) {
        paths(wild[i]);
        data(wild[i]);
        structures(wild[i]);
        if (wild[i])
            optional(wild[i]);
    }
    // The last bytes of a page before an unmapped one.
    char *pages = (char *)sys_mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    sys_munmap(pages + PAGE, PAGE);
    char *edge = pages + PAGE - 4;
    memset(edge, 'x', 4);
    structures(edge);
    optional(edge);
    expect_fault("open", edge, sys_open(edge, O_RDONLY, 0));
    check("probes", probes > 250);
    sys_unlink("wild.link"), sys_unlink("wild.data");
    unknown_calls();
    return checks_failed();
}
