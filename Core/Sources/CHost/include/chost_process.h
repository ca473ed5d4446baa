// Host processes: fork, a child that shares memory until it ends or runs another program, and exec.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// What the child of `chost_vfork` runs; it does not return.
typedef void (*chost_child)(void *context);

/// Starts a child that shares this process's memory and runs `child(context)` on a stack of its own; the calling thread
/// stands still until the child has ended or has become another program. The child's number, or a negative errno.
///
/// All signals are blocked in the child when it begins.
int32_t chost_vfork(chost_child child, void *context);

/// fork. The child's number, 0 in the child, or a negative errno.
int32_t chost_fork(void);

/// Ends the calling process at once: nothing is flushed, no handler runs.
void chost_exit_now(int status) __attribute__((noreturn));

/// The reading end of a pipe that has the bytes in it, and no writer; it outlives exec. -1 where the host has no pipe that large.
int chost_filled_pipe(const void *bytes, size_t count);

/// execve of the file open as `descriptor`, or of `path` when `descriptor` is negative. Returns an errno.
int chost_execute(int descriptor, const char *path, char *const arguments[], char *const environment[]);

/// `waitid` with the resource usage of the child alone.
/// Fills `result`: {number, host user id, si_code, si_status}. The result of the call, or -errno; interrupted by every
/// signal that is noted.
long chost_wait(int id_type, uint32_t id, int options, int32_t result[4], void *resource_usage);

/// Opens `path` as if `root` were the root directory. The descriptor, or -1 with errno.
int chost_open_in_root(const char *root, const char *path, int flags);

/// setresuid and setresgid of the C library, which change all threads of the process. 0, or an errno.
int chost_set_users(uint32_t real, uint32_t effective, uint32_t saved);
int chost_set_groups(uint32_t real, uint32_t effective, uint32_t saved);

/// Path of the file that this code was loaded from.
const char *chost_own_file(void);
