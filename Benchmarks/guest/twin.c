// FreeBSD's system calls, as the newlib layer of the tests makes them (Tests/Guests/newlib), on Linux: with this in place
// of FreeBSD's own, the objects of a real program run under qemu-user too. It has what the programs under measurement
// call; the others fail with ENOSYS.
#include "layer.h"
#include "numbers.h"

// sys/sys/errno.h. The first 34 agree but for EAGAIN; the programs ask for none of the later ones.
enum { LINUX_EAGAIN = 11, FREEBSD_EAGAIN = 35, COMMON_ERRORS = 34, FREEBSD_ENOSYS = 78 };

static long converted(long result) {
    if (result == -LINUX_EAGAIN)
        return -FREEBSD_EAGAIN;
    return result < -COMMON_ERRORS ? -EINVAL : result;
}

static long call(long number, long a, long b, long c, long d) {
    long result = call4(number, a, b, c, d);
    return result < 0 ? converted(result) : result;
}

// Files

// sys/sys/fcntl.h.
enum {
    ACCESS_MODE = 3, FREEBSD_APPEND = 8, FREEBSD_CREATE = 0x200, FREEBSD_TRUNCATE = 0x400, FREEBSD_EXCLUSIVE = 0x800,
    FREEBSD_NO_FOLLOW = 0x200,
};

static int linux_open_flags(int flags) {
    int result = flags & ACCESS_MODE;
    if (flags & FREEBSD_APPEND)
        result |= LINUX_APPEND;
    if (flags & FREEBSD_CREATE)
        result |= LINUX_CREATE;
    if (flags & FREEBSD_TRUNCATE)
        result |= LINUX_TRUNCATE;
    if (flags & FREEBSD_EXCLUSIVE)
        result |= LINUX_EXCLUSIVE;
    return result;
}

long sys_open(const char *path, int flags, int mode) {
    return call(SYS_OPENAT, OPEN_DIRECTORY_CURRENT, (long)path, linux_open_flags(flags), mode);
}

long sys_close(int descriptor) { return call(SYS_CLOSE, descriptor, 0, 0, 0); }
long sys_read(int descriptor, void *buffer, size_t size) {
    return call(SYS_READ, descriptor, (long)buffer, (long)size, 0);
}
long sys_write(int descriptor, const void *buffer, size_t size) {
    return call(SYS_WRITE, descriptor, (long)buffer, (long)size, 0);
}
long sys_lseek(int descriptor, int64_t offset, int whence) { return call(SYS_LSEEK, descriptor, offset, whence, 0); }
long sys_fsync(int descriptor) { return call(SYS_FSYNC, descriptor, 0, 0, 0); }
long sys_ftruncate(int descriptor, int64_t length) { return call(SYS_FTRUNCATE, descriptor, length, 0, 0); }
long sys_access(const char *path, int mode) {
    return call(SYS_FACCESSAT, OPEN_DIRECTORY_CURRENT, (long)path, mode, 0);
}
long sys_unlink(const char *path) { return call(SYS_UNLINKAT, OPEN_DIRECTORY_CURRENT, (long)path, 0, 0); }
long sys_rename(const char *from, const char *to) {
    return call(SYS_RENAMEAT, OPEN_DIRECTORY_CURRENT, (long)from, OPEN_DIRECTORY_CURRENT, (long)to);
}
// Linux gives the length, FreeBSD 0.
long sys___getcwd(char *buffer, size_t size) {
    long result = call(SYS_GETCWD, (long)buffer, (long)size, 0, 0);
    return result > 0 ? 0 : result;
}

// No program is run on a terminal.
long sys_ioctl(int descriptor, unsigned long request, void *argument) {
    (void)descriptor, (void)request, (void)argument;
    return -ENOTTY;
}

// include/uapi/linux/stat.h.
struct statx_time {
    int64_t seconds;
    uint32_t nanoseconds;
    int32_t reserved;
};
struct statx_status {
    uint32_t mask, block_size;
    uint64_t attributes;
    uint32_t links, owner, group;
    uint16_t mode, spare;
    uint64_t inode, size, blocks, attributes_mask;
    struct statx_time accessed, born, changed, modified;
    uint32_t raw_major, raw_minor, device_major, device_minor;
    uint64_t reserved[14];
};
enum { EMPTY_PATH = 0x1000, LINUX_NO_FOLLOW = 0x100, BASIC_STATUS = 0x7ff };

static struct freebsd_time time_of(struct statx_time time) {
    return (struct freebsd_time){time.seconds, (long)time.nanoseconds};
}

static long status(int directory, const char *path, int flags, struct freebsd_stat *result) {
    struct statx_status found;
    long error = guest_syscall(SYS_STATX, directory, (long)path, flags, BASIC_STATUS, (long)&found, 0);
    if (error < 0)
        return converted(error);
    *result = (struct freebsd_stat){
        .device = (uint64_t)found.device_major << 32 | found.device_minor, .inode = found.inode, .links = found.links,
        .mode = found.mode, .owner = found.owner, .group = found.group, .size = (int64_t)found.size,
        .raw_device = (uint64_t)found.raw_major << 32 | found.raw_minor, .blocks = (int64_t)found.blocks,
        .block_size = (int32_t)found.block_size, .accessed = time_of(found.accessed),
        .modified = time_of(found.modified), .changed = time_of(found.changed), .born = time_of(found.born),
    };
    return 0;
}

long sys_fstat(int descriptor, struct freebsd_stat *result) { return status(descriptor, "", EMPTY_PATH, result); }
long sys_fstatat(int directory, const char *path, struct freebsd_stat *result, int flags) {
    return status(directory, path, flags & FREEBSD_NO_FOLLOW ? LINUX_NO_FOLLOW : 0, result);
}

// Process, memory, time

_Noreturn long sys_exit(int code) {
    for (;;)
        call(SYS_EXIT_GROUP, code, 0, 0, 0);
}
long sys_getpid(void) { return call0(SYS_GETPID); }
long sys_getppid(void) { return call0(SYS_GETPPID); }

// The layer maps nothing but private memory without a file.
long sys_mmap(void *address, size_t size, int protection, int flags, int descriptor, int64_t offset) {
    (void)flags;
    return converted(guest_syscall(SYS_MMAP, (long)address, (long)size, protection, MAP_PRIVATE | MAP_ANONYMOUS,
                                   descriptor, offset));
}
long sys_munmap(void *address, size_t size) { return call(SYS_MUNMAP, (long)address, (long)size, 0, 0); }

// FreeBSD's CLOCK_REALTIME, CLOCK_MONOTONIC and CLOCK_PROCESS_CPUTIME_ID (sys/sys/_clock_id.h) are Linux' 0, 1 and 2.
long sys_clock_gettime(int clock, struct freebsd_time *time) {
    int number = clock == 4 ? CLOCK_WALL : clock == 15 ? CLOCK_PROCESS : 0;
    return call(SYS_CLOCK_GETTIME, number, (long)time, 0, 0);
}
long sys_getrusage(int who, void *usage) { return call(SYS_GETRUSAGE, who, (long)usage, 0, 0); }

#define UNSUPPORTED(name) \
    long sys_##name(void) { return -FREEBSD_ENOSYS; }
UNSUPPORTED(fcntl)
UNSUPPORTED(dup)
UNSUPPORTED(dup2)
UNSUPPORTED(link)
UNSUPPORTED(mkdir)
UNSUPPORTED(rmdir)
UNSUPPORTED(chdir)
UNSUPPORTED(chmod)
UNSUPPORTED(fchmod)
UNSUPPORTED(chown)
UNSUPPORTED(fchown)
UNSUPPORTED(readlink)
UNSUPPORTED(symlink)
UNSUPPORTED(umask)
UNSUPPORTED(utimes)
UNSUPPORTED(fork)
UNSUPPORTED(wait4)
UNSUPPORTED(execve)
UNSUPPORTED(kill)
UNSUPPORTED(getuid)
UNSUPPORTED(geteuid)
UNSUPPORTED(getgid)
UNSUPPORTED(getegid)
UNSUPPORTED(nanosleep)
