// The native platform: libc.
#include "platform.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t clock_ns(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t ns(struct timeval time) { return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u; }

uint64_t plat_cpu_ns(void) {
    struct rusage children;
    getrusage(RUSAGE_CHILDREN, &children);
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID) + ns(children.ru_utime) + ns(children.ru_stime);
}

uint64_t plat_wall_ns(void) { return clock_ns(CLOCK_MONOTONIC); }
void plat_getppid(void) { getppid(); }

int plat_open(const char *path, int is_for_writing) { return open(path, is_for_writing ? O_WRONLY : O_RDONLY); }
int plat_put(int descriptor, const void *buffer, size_t size) { return (int)write(descriptor, buffer, size); }
void plat_close(int descriptor) { close(descriptor); }

char *plat_map(size_t size) {
    char *start = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return start == MAP_FAILED ? 0 : start;
}

void plat_unmap(char *address, size_t size) { munmap(address, size); }

void plat_protect(char *address, size_t size, int is_accessible) {
    mprotect(address, size, is_accessible ? PROT_READ | PROT_WRITE : PROT_NONE);
}

void plat_handle(enum plat_signal which, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(which == PLAT_USER_SIGNAL ? SIGUSR1 : SIGSEGV, &action, 0);
}

void plat_signal_self(void) { kill(getpid(), SIGUSR1); }

int plat_spawn(char *const *command) {
    pid_t child = fork();
    if (child == 0) {
        if (command)
            execv(command[0], command);
        _exit(command ? 127 : 0);
    }
    int status = -1;
    return child > 0 && waitpid(child, &status, 0) == child ? status : -1;
}

static void *thread_body(void *opaque) {
    struct plat_thread *thread = opaque;
    thread->body(thread->argument);
    return 0;
}

_Static_assert(sizeof(pthread_t) == sizeof(long), "pthread_t fits into a handle");

void plat_thread_start(struct plat_thread *thread, void (*body)(void *), void *argument) {
    pthread_t handle;
    thread->body = body;
    thread->argument = argument;
    if (pthread_create(&handle, 0, thread_body, thread) != 0)
        plat_exit(6);
    thread->handle = (long)handle;
}

void plat_thread_join(struct plat_thread *thread) { pthread_join((pthread_t)thread->handle, 0); }

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
void plat_lock(void) { pthread_mutex_lock(&mutex); }
void plat_unlock(void) { pthread_mutex_unlock(&mutex); }
