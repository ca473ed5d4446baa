#define _GNU_SOURCE
#include "chost_process.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chost_signal.h"

// MARK: Starting

struct start {
    chost_child child;
    void *context;
};

static int run_child(void *opaque) {
    const struct start *start = opaque;
    start->child(start->context);
    chost_exit_now(127);
}

// Swift code, a guest's system calls and signal handlers on a stack of their own fit amply.
enum { CHILD_STACK_BYTES = 1 << 20, GUARD_BYTES = 4096 };

int32_t chost_vfork(chost_child child, void *context) {
    struct start start = {child, context};
    char *stack = mmap(0, CHILD_STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) return -errno;
    mprotect(stack, GUARD_BYTES, PROT_NONE);
    uint64_t mask = chost_signal_block_all();
    int pid = clone(run_child, stack + CHILD_STACK_BYTES, CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
    int error = errno;
    munmap(stack, CHILD_STACK_BYTES);
    chost_signal_set_mask(mask);
    return pid < 0 ? -error : pid;
}

int32_t chost_fork(void) {
    pid_t pid = fork();
    return pid < 0 ? -errno : pid;
}

void chost_exit_now(int status) {
    syscall(SYS_exit_group, status);
    __builtin_unreachable();
}

int chost_filled_pipe(const void *bytes, size_t count) {
    int ends[2];
    if (count > INT32_MAX || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
    int fits = fcntl(ends[1], F_SETPIPE_SZ, (int)count) >= (int)count && write(ends[1], bytes, count) == (ssize_t)count;
    close(ends[1]);
    if (fits && fcntl(ends[0], F_SETFD, 0) == 0) return ends[0];
    close(ends[0]);
    return -1;
}

int chost_execute(int descriptor, const char *path, char *const arguments[], char *const environment[]) {
    if (descriptor >= 0) {
        syscall(SYS_execveat, descriptor, "", arguments, environment, AT_EMPTY_PATH);
    } else {
        execve(path, arguments, environment);
    }
    return errno;
}

// MARK: Waiting

long chost_wait(int id_type, uint32_t id, int options, int32_t result[4], void *resource_usage) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    long status = chost_blocking_syscall(SYS_waitid, id_type, id, (long)&info, options, (long)resource_usage, 0);
    result[0] = info.si_pid;
    result[1] = (int32_t)info.si_uid;
    result[2] = info.si_code;
    result[3] = info.si_status;
    return status;
}

// MARK: Users and groups

int chost_set_users(uint32_t real, uint32_t effective, uint32_t saved) {
    if (setresuid(real, effective, saved) != 0) return errno;
    // The change makes the process's files in /proc root's own, and the emulator opens some of them.
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    return 0;
}

int chost_set_groups(uint32_t real, uint32_t effective, uint32_t saved) {
    return setresgid(real, effective, saved) == 0 ? 0 : errno;
}

// MARK: Files

int chost_open_in_root(const char *root, const char *path, int flags) {
    int directory = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return -1;
    struct open_how how = {.flags = (uint64_t)flags, .resolve = RESOLVE_IN_ROOT};
    int descriptor = (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
    int error = errno;
    close(directory);
    errno = error;
    return descriptor;
}

const char *chost_own_file(void) {
    // dladdr would look for the name of a symbol as well, and goes through all of them.
    struct link_map *map = NULL;
    struct dl_find_object object;
    if (_dl_find_object((void *)&chost_own_file, &object) == 0) map = object.dlfo_link_map;
    // The program itself has no name there.
    return map != NULL && map->l_name[0] != 0 ? map->l_name : "/proc/self/exe";
}
