// Files and directories.
#include "layer.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

long sys_open(const char *, int, int), sys_close(int);
long sys_read(int, void *, size_t), sys_write(int, const void *, size_t);
long sys_lseek(int, int64_t, int), sys_ioctl(int, unsigned long, void *), sys_fcntl(int, int, long), sys_fsync(int);
long sys_ftruncate(int, int64_t), sys_dup(int), sys_dup2(int, int), sys_access(const char *, int);
long sys_unlink(const char *), sys_link(const char *, const char *), sys_rename(const char *, const char *);
long sys_mkdir(const char *, int), sys_rmdir(const char *), sys_chdir(const char *), sys___getcwd(char *, size_t);
long sys_chmod(const char *, int), sys_fchmod(int, int), sys_chown(const char *, int, int), sys_fchown(int, int, int);
long sys_readlink(const char *, char *, size_t), sys_symlink(const char *, const char *), sys_umask(int);
long sys_fstat(int, struct freebsd_stat *), sys_fstatat(int, const char *, struct freebsd_stat *, int);
long sys_utimes(const char *, const struct timeval *);

enum { FREEBSD_AT_FDCWD = -100, FREEBSD_AT_SYMLINK_NOFOLLOW = 0x200, FREEBSD_F_GETLK = 11 };
enum { FREEBSD_F_RDLCK = 1, FREEBSD_F_UNLCK = 2, FREEBSD_F_WRLCK = 3 };
#define FREEBSD_TIOCGETA 0x402c7413UL

static int freebsd_open_flags(int flags) {
    // Access mode, O_APPEND, O_CREAT, O_TRUNC and O_EXCL have the same bits.
    int result = flags & 0xf0f;
    if (flags & O_NONBLOCK) result |= 0x4;
    if (flags & O_SYNC) result |= 0x80;
    if (flags & 0x40000) result |= 0x100000; // O_CLOEXEC
    if (flags & 0x200000) result |= 0x20000; // O_DIRECTORY
    return result;
}

int open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    int mode = va_arg(list, int);
    va_end(list);
    return (int)newlib_result(sys_open(path, freebsd_open_flags(flags), mode));
}

int close(int fd) { return (int)newlib_result(sys_close(fd)); }
int read(int fd, void *buffer, size_t size) { return (int)newlib_result(sys_read(fd, buffer, size)); }
int write(int fd, const void *buffer, size_t size) { return (int)newlib_result(sys_write(fd, buffer, size)); }
off_t lseek(int fd, off_t offset, int whence) { return newlib_result(sys_lseek(fd, offset, whence)); }
int fsync(int fd) { return (int)newlib_result(sys_fsync(fd)); }
int ftruncate(int fd, off_t length) { return (int)newlib_result(sys_ftruncate(fd, length)); }
int dup(int fd) { return (int)newlib_result(sys_dup(fd)); }
int dup2(int fd, int to) { return (int)newlib_result(sys_dup2(fd, to)); }
int access(const char *path, int mode) { return (int)newlib_result(sys_access(path, mode)); }
int unlink(const char *path) { return (int)newlib_result(sys_unlink(path)); }
int link(const char *path, const char *to) { return (int)newlib_result(sys_link(path, to)); }
int rename(const char *from, const char *to) { return (int)newlib_result(sys_rename(from, to)); }
int _rename(const char *from, const char *to) { return rename(from, to); }
int mkdir(const char *path, mode_t mode) { return (int)newlib_result(sys_mkdir(path, (int)mode)); }
int rmdir(const char *path) { return (int)newlib_result(sys_rmdir(path)); }
int chdir(const char *path) { return (int)newlib_result(sys_chdir(path)); }
int chmod(const char *path, mode_t mode) { return (int)newlib_result(sys_chmod(path, (int)mode)); }
int fchmod(int fd, mode_t mode) { return (int)newlib_result(sys_fchmod(fd, (int)mode)); }
int chown(const char *path, uid_t user, gid_t group) { return (int)newlib_result(sys_chown(path, user, group)); }
int fchown(int fd, uid_t user, gid_t group) { return (int)newlib_result(sys_fchown(fd, user, group)); }
int symlink(const char *target, const char *path) { return (int)newlib_result(sys_symlink(target, path)); }
ssize_t readlink(const char *path, char *buffer, size_t size) {
    return newlib_result(sys_readlink(path, buffer, size));
}
mode_t umask(mode_t mask) { return (mode_t)sys_umask((int)mask); }
int utimes(const char *path, const struct timeval *times) { return (int)newlib_result(sys_utimes(path, times)); }

int isatty(int fd) {
    char terminal[64];
    return newlib_result(sys_ioctl(fd, FREEBSD_TIOCGETA, terminal)) == 0;
}

char *getcwd(char *buffer, size_t size) {
    size = size ? size : 1024;
    buffer = buffer ? buffer : malloc(size);
    return newlib_result(sys___getcwd(buffer, size)) == 0 ? buffer : 0;
}

static int convert(long result, const struct freebsd_stat *from, struct stat *to) {
    if (newlib_result(result) < 0)
        return -1;
    memset(to, 0, sizeof *to);
    to->st_dev = from->device;
    to->st_ino = from->inode;
    to->st_mode = from->mode;
    to->st_nlink = from->links;
    to->st_uid = from->owner;
    to->st_gid = from->group;
    to->st_rdev = from->raw_device;
    to->st_size = from->size;
    to->st_blksize = from->block_size;
    to->st_blocks = from->blocks;
    to->st_atime = from->accessed.seconds;
    to->st_mtime = from->modified.seconds;
    to->st_ctime = from->changed.seconds;
    return 0;
}

int fstat(int fd, struct stat *status) {
    struct freebsd_stat result;
    return convert(sys_fstat(fd, &result), &result, status);
}

int stat(const char *path, struct stat *status) {
    struct freebsd_stat result;
    return convert(sys_fstatat(FREEBSD_AT_FDCWD, path, &result, 0), &result, status);
}

int lstat(const char *path, struct stat *status) {
    struct freebsd_stat result;
    return convert(sys_fstatat(FREEBSD_AT_FDCWD, path, &result, FREEBSD_AT_SYMLINK_NOFOLLOW), &result, status);
}

static int lock(int fd, int command, struct flock *lock) {
    static const short to_freebsd[] = {0, FREEBSD_F_RDLCK, FREEBSD_F_WRLCK, FREEBSD_F_UNLCK};
    static const short from_freebsd[] = {0, F_RDLCK, F_UNLCK, F_WRLCK};
    if (lock->l_type < F_RDLCK || lock->l_type > F_UNLCK)
        return (int)newlib_result(-EINVAL);
    struct freebsd_flock request = {lock->l_start, lock->l_len, 0, to_freebsd[lock->l_type], lock->l_whence, 0};
    long result = sys_fcntl(fd, command - F_GETLK + FREEBSD_F_GETLK, (long)&request);
    if (result >= 0 && command == F_GETLK)
        lock->l_type = from_freebsd[request.type & 3];
    return (int)newlib_result(result);
}

int fcntl(int fd, int command, ...) {
    va_list list;
    va_start(list, command);
    long argument = va_arg(list, long);
    va_end(list);
    if (command >= F_GETLK && command <= F_SETLKW)
        return lock(fd, command, (struct flock *)argument);
    if (command == F_SETFL)
        argument = freebsd_open_flags((int)argument);
    // F_DUPFD, F_GETFD, F_SETFD, F_GETFL and F_SETFL are 0 to 4 in both.
    return command <= F_SETFL ? (int)newlib_result(sys_fcntl(fd, command, argument)) : (int)newlib_result(-EINVAL);
}
