// Numbers of system calls and flags: FreeBSD's sys/kern/syscalls.master and headers, Linux' asm-generic/unistd.h for
// aarch64 and arch/mips/kernel/syscalls/syscall_n64.tbl.
#ifndef NUMBERS_H
#define NUMBERS_H

#if defined(GUEST_LINUX)
enum {
    CLOCK_WALL = 1, CLOCK_PROCESS = 2, OPEN_DIRECTORY_CURRENT = -100,
    CLONE_THREAD = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000, // VM, FS, FILES, SIGHAND, THREAD, SYSVSEM
    CLONE_CHILD_CLEARTID = 0x200000, FUTEX_WAIT = 0, FUTEX_WAIT_PRIVATE = 128, FUTEX_WAKE_PRIVATE = 129,
};
#if defined(__mips__)
enum {
    SYS_WRITE = 5001, SYS_CLOSE = 5003, SYS_MMAP = 5009, SYS_MPROTECT = 5010, SYS_MUNMAP = 5011, SYS_SIGACTION = 5013,
    SYS_GETPID = 5038, SYS_CLONE = 5055, SYS_EXECVE = 5057, SYS_EXIT = 5058, SYS_WAIT4 = 5059, SYS_KILL = 5060,
    SYS_GETRUSAGE = 5096, SYS_GETPPID = 5108, SYS_FUTEX = 5194, SYS_EXIT_GROUP = 5205, SYS_CLOCK_GETTIME = 5222,
    SYS_OPENAT = 5247,
    MAP_ANONYMOUS = 0x800, SIGNAL_USER = 16, SIGNAL_FAULT = 11, SIGNAL_CHILD = 18, SIGNAL_SET_SIZE = 16,
};
#else
enum {
    SYS_OPENAT = 56, SYS_CLOSE = 57, SYS_WRITE = 64, SYS_EXIT = 93, SYS_EXIT_GROUP = 94, SYS_FUTEX = 98,
    SYS_CLOCK_GETTIME = 113, SYS_KILL = 129, SYS_SIGACTION = 134, SYS_GETRUSAGE = 165, SYS_GETPID = 172,
    SYS_GETPPID = 173, SYS_MUNMAP = 215, SYS_CLONE = 220, SYS_EXECVE = 221, SYS_MMAP = 222, SYS_MPROTECT = 226,
    SYS_WAIT4 = 260,
    MAP_ANONYMOUS = 0x20, SIGNAL_USER = 10, SIGNAL_FAULT = 11, SIGNAL_CHILD = 17, SIGNAL_SET_SIZE = 8,
};
#endif
#else
enum {
    SYS_EXIT_GROUP = 1, SYS_FORK = 2, SYS_WRITE = 4, SYS_CLOSE = 6, SYS_WAIT4 = 7, SYS_GETPID = 20, SYS_KILL = 37,
    SYS_GETPPID = 39, SYS_EXECVE = 59, SYS_MUNMAP = 73, SYS_MPROTECT = 74, SYS_GETRUSAGE = 117,
    SYS_CLOCK_GETTIME = 232, SYS_SIGACTION = 416, SYS_THR_EXIT = 431, SYS_UMTX_OP = 454, SYS_THR_NEW = 455,
    SYS_MMAP = 477, SYS_OPENAT = 499,
    CLOCK_WALL = 4, CLOCK_PROCESS = 15, OPEN_DIRECTORY_CURRENT = -100,
    MAP_ANONYMOUS = 0x1000, SIGNAL_USER = 30, SIGNAL_FAULT = 11,
    UMTX_OP_WAIT = 2, UMTX_OP_WAIT_UINT_PRIVATE = 15, UMTX_OP_WAKE_PRIVATE = 16,
};
#endif
enum { MAP_PRIVATE = 2, ACCESS_NONE = 0, ACCESS_READ_WRITE = 3, OPEN_READ = 0, OPEN_WRITE = 1, USAGE_OF_CHILDREN = -1 };

// Defined in start.S: the call's result, or the negated errno.
long guest_syscall(long number, long a, long b, long c, long d, long e, long f);

static inline long call0(long number) { return guest_syscall(number, 0, 0, 0, 0, 0, 0); }
static inline long call2(long number, long a, long b) { return guest_syscall(number, a, b, 0, 0, 0, 0); }
static inline long call4(long number, long a, long b, long c, long d) {
    return guest_syscall(number, a, b, c, d, 0, 0);
}

#endif
