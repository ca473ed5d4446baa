// The calls on open files: what they say of other descriptors, of lengths and offsets, and of the ways in which a file
// is open; fsync(2), fstatfs(2), ftruncate(2), pread(2), posix_fallocate(2), posix_fadvise(2), fspacectl(2) of FreeBSD.
#include "../../runtime/descriptor_cases.h"

enum { PC_NAME_MAX = 4, PC_PIPE_BUF = 6, FADV_NORMAL = 0, SPACECTL_DEALLOC = 1, EXTATTR_USER = 1 };

static char buffer[4096];
static struct iovec both[2] = {{buffer, 2}, {buffer + 2, 2}};
static const int64_t range[2] = {1, 2};

OPEN_FILE_CASES(fsync, sys_fsync(descriptor), EINVAL)
OPEN_FILE_CASES(fdatasync, sys_fdatasync(descriptor), EINVAL)
OPEN_FILE_CASES(fchown, sys_fchown(descriptor, -1, -1), EINVAL)
OPEN_FILE_CASES(fchflags, sys_fchflags(descriptor, 0), EINVAL)
OPEN_FILE_CASES(futimes, sys_futimes(descriptor, 0), EINVAL)
OPEN_FILE_CASES(futimens, sys_futimens(descriptor, 0), EINVAL)
OPEN_FILE_CASES(fstatfs, sys_fstatfs(descriptor, (struct file_system *)buffer), EINVAL)
OPEN_FILE_CASES(freebsd11_fstatfs, sys_freebsd11_fstatfs(descriptor, (struct old_file_system *)buffer), EINVAL)
OPEN_FILE_CASES(ftruncate, sys_ftruncate(descriptor, 1), EINVAL)
OPEN_FILE_CASES(freebsd6_ftruncate, sys_freebsd6_ftruncate(descriptor, 0, 1), EINVAL)
OPEN_FILE_CASES(pread, sys_pread(descriptor, buffer, 1, 0), ESPIPE)
OPEN_FILE_CASES(pwrite, sys_pwrite(descriptor, "x", 1, 0), ESPIPE)
OPEN_FILE_CASES(preadv, sys_preadv(descriptor, both, 2, 0), ESPIPE)
OPEN_FILE_CASES(pwritev, sys_pwritev(descriptor, both, 2, 0), ESPIPE)
OPEN_FILE_CASES(freebsd6_pread, sys_freebsd6_pread(descriptor, buffer, 1, 0, 0), ESPIPE)
OPEN_FILE_CASES(freebsd6_pwrite, sys_freebsd6_pwrite(descriptor, "x", 1, 0, 0), ESPIPE)
OPEN_FILE_CASES(freebsd6_lseek, sys_freebsd6_lseek(descriptor, 0, 0, SEEK_CUR), ESPIPE)
OPEN_FILE_CASES(posix_fadvise, -sys_posix_fadvise(descriptor, 0, 0, FADV_NORMAL), ESPIPE)
DESCRIPTOR_CASES(posix_fallocate, -sys_posix_fallocate(descriptor, 0, 1), ESPIPE)
DESCRIPTOR_CASES(fspacectl, sys_fspacectl(descriptor, SPACECTL_DEALLOC, range, 0, 0), ESPIPE)
DESCRIPTOR_CASES(fchdir, sys_fchdir(descriptor), EINVAL)
DESCRIPTOR_CASES(freebsd11_getdirentries, sys_freebsd11_getdirentries(descriptor, buffer, 4096, 0), EINVAL)
DESCRIPTOR_CASES(freebsd11_getdents, sys_freebsd11_getdents(descriptor, buffer, 4096), EINVAL)
DESCRIPTOR_CASES(extattr_get_fd, sys_extattr_get_fd(descriptor, EXTATTR_USER, "a", buffer, 8), EINVAL)
DESCRIPTOR_CASES(extattr_set_fd, sys_extattr_set_fd(descriptor, EXTATTR_USER, "a", "x", 1), EINVAL)
DESCRIPTOR_CASES(extattr_delete_fd, sys_extattr_delete_fd(descriptor, EXTATTR_USER, "a"), EINVAL)
DESCRIPTOR_CASES(extattr_list_fd, sys_extattr_list_fd(descriptor, EXTATTR_USER, buffer, 8), EINVAL)

// Descriptors of one file, open for reading and for writing only.
static int reader(void) { return (int)sys_open("f", O_RDONLY, 0); }
static int writer(void) { return (int)sys_open("f", O_WRONLY, 0); }

CASE(fdatasync, "is for descriptors that only write, too") {
    leave_file("f", "abc");
    check_equal("writer", sys_fdatasync(writer()), 0);
    check_equal("folder", sys_fdatasync((int)sys_open(".", O_RDONLY, 0)), 0);
}

CASE(fsync, "needs no permission to write") {
    leave_file("f", "abc");
    check_equal("reader", sys_fsync(reader()), 0);
    check_equal("writer", sys_fsync(writer()), 0);
}

CASE(fchdir, "needs permission to search the folder") {
    sys_mkdir("d", 0755);
    int folder = (int)sys_open("d", O_RDONLY, 0);
    sys_chmod("d", 0644);
    become_ordinary();
    check_errno("fchdir", sys_fchdir(folder), EACCES);
}

CASE(fchown, "is for the superuser, and for owners among their groups") {
    need_superuser();
    int file = make_file("f", "");
    sys_chown("f", ORDINARY_USER, ORDINARY_USER);
    become_ordinary();
    check_errno("another user", sys_fchown(file, 0, -1), EPERM);
    check_errno("a strange group", sys_fchown(file, -1, 4321), EPERM);
    check_equal("the same", sys_fchown(file, ORDINARY_USER, ORDINARY_USER), 0);
}

CASE(futimes, "refuses microseconds out of range and bad addresses") {
    struct timeval times[2] = {{1000, 0}, {1000, 1000000}};
    int file = make_file("f", "");
    check_errno("million", sys_futimes(file, times), EINVAL);
    times[1].microseconds = -1;
    check_errno("negative", sys_futimes(file, times), EINVAL);
    check_errno("address", sys_futimes(file, NOWHERE), EFAULT);
}

CASE(futimes, "is for the owner; to now for whoever may write") {
    need_superuser();
    struct timeval times[2] = {{1000, 0}, {1000, 0}};
    leave_file("f", "");
    sys_chmod("f", 0666);
    become_ordinary();
    check_errno("a time", sys_futimes(reader(), times), EPERM);
    check_equal("now", sys_futimes(reader(), 0), 0);
}

CASE(futimens, "is for the owner; to now for whoever may write") {
    need_superuser();
    struct timespec times[2] = {{1000, 0}, {1000, 0}}, now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    leave_file("f", "");
    sys_chmod("f", 0666);
    become_ordinary();
    check_errno("a time", sys_futimens(reader(), times), EPERM);
    check_equal("now", sys_futimens(reader(), now), 0);
}

CASE(fchflags, "says EOPNOTSUPP where the file system keeps none") {
    check_errno("UF_NODUMP", sys_fchflags(make_file("f", ""), 1), EOPNOTSUPP);
}

CASE(fchflags, "is for the owner") {
    need_superuser();
    leave_file("f", "");
    become_ordinary();
    check_errno("fchflags", sys_fchflags(reader(), 0), EPERM);
}

CASE(fstatfs, "refuses a bad address") {
    check_errno("fstatfs", sys_fstatfs(make_file("f", ""), NOWHERE), EFAULT);
    check_errno("of old", sys_freebsd11_fstatfs(make_file("f", ""), NOWHERE), EFAULT);
}

CASE(freebsd11_fstatfs, "tells the same as freebsd11_statfs") {
    static char other[4096];
    check_equal("fstatfs", sys_freebsd11_fstatfs(make_file("f", ""), (struct old_file_system *)buffer), 0);
    check_equal("statfs", sys_freebsd11_statfs("f", (struct old_file_system *)other), 0);
    check_equal("version and type", memcmp(buffer, other, 8), 0);
}

CASE(ftruncate, "makes bytes zero that were cut away before") {
    int file = make_file("f", "abcdef");
    check_equal("cut", sys_ftruncate(file, 2), 0);
    check_equal("extend", sys_ftruncate(file, 6), 0);
    check_equal("read", sys_pread(file, buffer, 8, 0), 6);
    check_equal("zeros", memcmp(buffer, "ab\0\0\0\0", 6), 0);
}

CASE(freebsd6_ftruncate, "refuses negative lengths and descriptors that do not write") {
    leave_file("f", "abc");
    check_errno("negative", sys_freebsd6_ftruncate(writer(), 0, -1), EINVAL);
    check_errno("reading only", sys_freebsd6_ftruncate(reader(), 0, 1), EINVAL);
    check_errno("folder", sys_freebsd6_ftruncate((int)sys_open(".", O_RDONLY, 0), 0, 1), EINVAL);
}

CASE(pread, "gives 0 at the end and beyond") {
    int file = make_file("f", "abc");
    check_equal("what is left", sys_pread(file, buffer, 10, 1), 2);
    check_equal("the end", sys_pread(file, buffer, 10, 3), 0);
    check_equal("beyond", sys_pread(file, buffer, 10, (int64_t)1 << 40), 0);
}

CASE(pread, "refuses descriptors that do not read, and bad addresses") {
    leave_file("f", "abc");
    check_errno("writing only", sys_pread(writer(), buffer, 1, 0), EBADF);
    check_errno("address", sys_pread(reader(), NOWHERE, 1, 0), EFAULT);
    check_errno("folder's size", sys_pread(reader(), buffer, (size_t)-1, 0), EINVAL);
}

CASE(pwrite, "refuses descriptors that do not write, and bad addresses") {
    leave_file("f", "abc");
    check_errno("reading only", sys_pwrite(reader(), "x", 1, 0), EBADF);
    check_errno("address", sys_pwrite(writer(), NOWHERE, 1, 0), EFAULT);
    check_content("content", "f", "abc");
}

CASE(pwrite, "leaves a hole of zeros before its offset") {
    int file = make_file("f", "a");
    check_equal("pwrite", sys_pwrite(file, "z", 1, 5000), 1);
    check_equal("size", size_of("f"), 5001);
    check_equal("read", sys_pread(file, buffer, 4, 0), 4);
    check_equal("zeros", memcmp(buffer, "a\0\0\0", 4), 0);
}

CASE(preadv, "refuses negative offsets, long lists and bad addresses") {
    int file = make_file("f", "abcdef");
    struct iovec nowhere = {NOWHERE, 2};
    check_errno("offset", sys_preadv(file, both, 2, -1), EINVAL);
    check_errno("1025", sys_preadv(file, both, 1025, 0), EINVAL);
    check_errno("list", sys_preadv(file, NOWHERE, 2, 0), EFAULT);
    check_errno("buffer", sys_preadv(file, &nowhere, 1, 0), EFAULT);
}

CASE(preadv, "leaves the descriptor's offset") {
    int file = make_file("f", "abcdef");
    check_equal("preadv", sys_preadv(file, both, 2, 3), 3);
    check_equal("bytes", memcmp(buffer, "def", 3), 0);
    check_equal("offset", sys_lseek(file, 0, SEEK_CUR), 0);
    check_equal("no buffers", sys_preadv(file, both, 0, 3), 0);
}

CASE(pwritev, "refuses negative offsets, long lists and bad addresses") {
    int file = make_file("f", "abcdef");
    struct iovec nowhere = {NOWHERE, 2};
    check_errno("offset", sys_pwritev(file, both, 2, -1), EINVAL);
    check_errno("1025", sys_pwritev(file, both, 1025, 0), EINVAL);
    check_errno("list", sys_pwritev(file, NOWHERE, 2, 0), EFAULT);
    check_errno("buffer", sys_pwritev(file, &nowhere, 1, 0), EFAULT);
    check_content("content", "f", "abcdef");
}

CASE(writev, "of buffers of no size writes nothing") {
    struct iovec empty[2] = {{NOWHERE, 0}, {buffer, 0}};
    int file = make_file("f", "abc");
    check_equal("empty", sys_writev(file, empty, 2), 0);
    check_equal("none", sys_writev(file, empty, 0), 0);
    check_content("content", "f", "abc");
}

CASE(freebsd6_pread, "refuses negative offsets and bad addresses") {
    int file = make_file("f", "abc");
    check_errno("offset", sys_freebsd6_pread(file, buffer, 1, 0, -1), EINVAL);
    check_errno("address", sys_freebsd6_pread(file, NOWHERE, 1, 0, 0), EFAULT);
}

CASE(freebsd6_pwrite, "refuses negative offsets and bad addresses") {
    int file = make_file("f", "abc");
    check_errno("offset", sys_freebsd6_pwrite(file, "x", 1, 0, -1), EINVAL);
    check_errno("address", sys_freebsd6_pwrite(file, NOWHERE, 1, 0, 0), EFAULT);
}

CASE(posix_fallocate, "refuses descriptors that do not write, and folders") {
    leave_file("f", "abc");
    check_equal("reading only", sys_posix_fallocate(reader(), 0, 1), EBADF);
    check_equal("folder", sys_posix_fallocate((int)sys_open(".", O_RDONLY, 0), 0, 1), EBADF);
}

CASE(posix_fadvise, "refuses a folder and a device") {
    check_equal("folder", sys_posix_fadvise((int)sys_open(".", O_RDONLY, 0), 0, 0, FADV_NORMAL), ENODEV);
    check_equal("device", sys_posix_fadvise((int)sys_open("/dev/null", O_RDONLY, 0), 0, 0, FADV_NORMAL), ENODEV);
}

CASE(fspacectl, "makes a range zero and tells that nothing is left") {
    int file = make_file("f", "abcdef");
    int64_t rest[2] = {-1, -1};
    check_equal("fspacectl", sys_fspacectl(file, SPACECTL_DEALLOC, range, 0, rest), 0);
    check_equal("offset", rest[0], 3);
    check_equal("length", rest[1], 0);
    check_equal("read", sys_pread(file, buffer, 8, 0), 6);
    check_equal("bytes", memcmp(buffer, "a\0\0def", 6), 0);
}

CASE(fspacectl, "goes up to the end of the file and does not extend it") {
    int file = make_file("f", "abcdef");
    int64_t long_range[2] = {4, 1000}, rest[2] = {-1, -1};
    check_equal("fspacectl", sys_fspacectl(file, SPACECTL_DEALLOC, long_range, 0, rest), 0);
    check_equal("offset", rest[0], 6);
    check_equal("length", rest[1], 0);
    check_equal("size", size_of("f"), 6);
    check_content("content", "f", "abcd");
}

CASE(fspacectl, "refuses ranges, commands and flags that are none") {
    int file = make_file("f", "abcdef");
    static const int64_t wrong[][2] = {{-1, 1}, {0, 0}, {0, -1}, {INT64_MAX, 1}};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        check_errno("range", sys_fspacectl(file, SPACECTL_DEALLOC, wrong[i], 0, 0), EINVAL);
    check_errno("command", sys_fspacectl(file, 2, range, 0, 0), EINVAL);
    check_errno("flags", sys_fspacectl(file, SPACECTL_DEALLOC, range, 1, 0), EINVAL);
    check_content("content", "f", "abcdef");
}

CASE(fspacectl, "refuses descriptors that do not write, and bad addresses") {
    leave_file("f", "abcdef");
    check_errno("reading only", sys_fspacectl(reader(), SPACECTL_DEALLOC, range, 0, 0), EBADF);
    check_errno("range", sys_fspacectl(writer(), SPACECTL_DEALLOC, NOWHERE, 0, 0), EFAULT);
    check_errno("rest", sys_fspacectl(writer(), SPACECTL_DEALLOC, range, 0, NOWHERE), EFAULT);
}

// kern_fpathconf: pipes and sockets have _PC_PIPE_BUF alone, other descriptors nothing.
CASE(fpathconf, "knows little of descriptors that are no files") {
    int pair[2];
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    check_errno("name of a socket", sys_fpathconf(pair[0], PC_NAME_MAX), EINVAL);
    check_equal("a socket's buffer", sys_fpathconf(pair[0], PC_PIPE_BUF), 512);
    check_errno("queue", sys_fpathconf((int)sys_kqueue(), PC_PIPE_BUF), EOPNOTSUPP);
}

CASE(fpathconf, "refuses descriptors that are not open") {
    check_errno("never opened", sys_fpathconf(NOT_OPEN, PC_NAME_MAX), EBADF);
    check_errno("negative", sys_fpathconf(-1, PC_NAME_MAX), EBADF);
}

CASE(fpathconf, "refuses names that are none") {
    int file = make_file("f", "");
    check_errno("unknown", sys_fpathconf(file, 9999), EINVAL);
    check_errno("negative", sys_fpathconf(file, -1), EINVAL);
}
