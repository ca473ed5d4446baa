// The platform of the benchmarks in system/, by system calls: what FreeBSD and Linux have in common.
#include "kernel.h"
#include "numbers.h"

struct guest_time {
    int64_t seconds;
    long fraction;
};
struct usage {
    struct guest_time user, system;
    long rest[14];
};

uint64_t plat_cpu_ns(void) {
    struct usage children;
    if (call2(SYS_GETRUSAGE, USAGE_OF_CHILDREN, (long)&children) != 0)
        plat_exit(5);
    uint64_t seconds = (uint64_t)(children.user.seconds + children.system.seconds);
    uint64_t microseconds = (uint64_t)(children.user.fraction + children.system.fraction);
    return plat_now_ns() + seconds * 1000000000u + microseconds * 1000u;
}

uint64_t plat_wall_ns(void) {
    struct guest_time time = {0, 0};
    call2(SYS_CLOCK_GETTIME, CLOCK_WALL, (long)&time);
    return (uint64_t)time.seconds * 1000000000u + (uint64_t)time.fraction;
}

void plat_getppid(void) { call0(SYS_GETPPID); }

int plat_open(const char *path, int is_for_writing) {
    return (int)call4(SYS_OPENAT, OPEN_DIRECTORY_CURRENT, (long)path, is_for_writing ? OPEN_WRITE : OPEN_READ, 0);
}

int plat_put(int descriptor, const void *buffer, size_t size) {
    return (int)call4(SYS_WRITE, descriptor, (long)buffer, (long)size, 0);
}

void plat_close(int descriptor) { call2(SYS_CLOSE, descriptor, 0); }

char *plat_map(size_t size) {
    long start = guest_syscall(SYS_MMAP, 0, (long)size, ACCESS_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return start < 0 ? 0 : (char *)start;
}

void plat_unmap(char *address, size_t size) { call2(SYS_MUNMAP, (long)address, (long)size); }

void plat_protect(char *address, size_t size, int is_accessible) {
    call4(SYS_MPROTECT, (long)address, (long)size, is_accessible ? ACCESS_READ_WRITE : ACCESS_NONE, 0);
}

void plat_handle(enum plat_signal which, void (*handler)(int)) {
    guest_handle(which == PLAT_USER_SIGNAL ? SIGNAL_USER : SIGNAL_FAULT, handler);
}

void plat_signal_self(void) { call2(SYS_KILL, call0(SYS_GETPID), SIGNAL_USER); }

int plat_spawn(char *const *command) {
    static char *const no_environment[] = {0};
    long child = guest_fork();
    if (child == 0) {
        if (command)
            call4(SYS_EXECVE, (long)command[0], (long)command, (long)no_environment, 0);
        plat_exit(command ? 127 : 0);
    }
    int status = -1;
    return child > 0 && call4(SYS_WAIT4, child, (long)&status, 0, 0) == child ? status : -1;
}

enum { STACK_SIZE = 65536 };

void plat_thread_start(struct plat_thread *thread, void (*body)(void *), void *argument) {
    // Kept for the next thread, as pthread libraries do.
    if (!thread->stack)
        thread->stack = plat_map(STACK_SIZE);
    thread->body = body;
    thread->argument = argument;
    if (!thread->stack || guest_thread_start(thread, thread->stack, STACK_SIZE) < 0)
        plat_exit(6);
}

void plat_thread_join(struct plat_thread *thread) { guest_thread_join(thread); }

// A mutex of one word: 0 is free, 1 taken, 2 taken and waited for.
static uint32_t mutex;

void plat_lock(void) {
    uint32_t seen = 0;
    if (__atomic_compare_exchange_n(&mutex, &seen, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(&mutex, 2, __ATOMIC_ACQUIRE) != 0)
        guest_wait(&mutex, 2);
}

void plat_unlock(void) {
    if (__atomic_exchange_n(&mutex, 0, __ATOMIC_RELEASE) == 2)
        guest_wake(&mutex);
}
