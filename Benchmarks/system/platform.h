// What the benchmarks of the kernel ask of it, beside what the suite asks (bench.h). posix.c has it natively, by libc;
// guest/kernel.c for FreeBSD and Linux, by system calls.
#ifndef PLATFORM_H
#define PLATFORM_H

#include "bench.h"

// CPU time of the process and of the children that it has waited for; wall clock.
uint64_t plat_cpu_ns(void);
uint64_t plat_wall_ns(void);
void plat_getppid(void);

// Negative when it failed.
int plat_open(const char *path, int is_for_writing);
int plat_put(int descriptor, const void *buffer, size_t size);
void plat_close(int descriptor);

// Private zeroed memory, or 0.
char *plat_map(size_t size);
void plat_unmap(char *address, size_t size);
void plat_protect(char *address, size_t size, int is_accessible);

enum plat_signal { PLAT_USER_SIGNAL, PLAT_SEGMENTATION_FAULT };
void plat_handle(enum plat_signal which, void (*handler)(int));
// Sends the user signal to the process itself.
void plat_signal_self(void);

// Forks; the child runs the command, or exits at once without one. The status that the parent waits for, 0 for success.
int plat_spawn(char *const *command);

// pthread_create and pthread_join, and a mutex like pthread's normal one.
struct plat_thread {
    void (*body)(void *);
    void *argument;
    // Natively a pthread_t; in guests what the kernel changes when the thread ends.
    volatile long handle;
    char *stack;
};
void plat_thread_start(struct plat_thread *thread, void (*body)(void *), void *argument);
void plat_thread_join(struct plat_thread *thread);
void plat_lock(void);
void plat_unlock(void);

#endif
