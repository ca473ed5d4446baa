// Forms of calls that older programs have: offsets behind a word of padding, syscall(2), and FreeBSD 4's sendfile.
// sys/kern/syscalls.master; freebsd6_* in sys/kern/vfs_syscalls.c and sys/kern/sys_generic.c.
#include "case_files.h"

static char buffer[4096];

CASE(freebsd6_pread, "reads at an offset behind the padding") {
    int file = make_file("f", "abcdef");
    check_equal("pread", sys_freebsd6_pread(file, buffer, 2, 0, 3), 2);
    check_equal("bytes", memcmp(buffer, "de", 2), 0);
    check_equal("the padding does not count", sys_freebsd6_pread(file, buffer, 2, -1, 4), 2);
    check_equal("bytes", memcmp(buffer, "ef", 2), 0);
    check_errno("negative", sys_freebsd6_pread(file, buffer, 2, 0, -1), EINVAL);
    check_errno("not open", sys_freebsd6_pread(200, buffer, 2, 0, 0), EBADF);
}

CASE(freebsd6_pwrite, "writes at an offset behind the padding") {
    int file = make_file("f", "abcdef"), ends[2];
    sys_pipe2(ends, 0);
    check_equal("pwrite", sys_freebsd6_pwrite(file, "XY", 2, 0, 2), 2);
    check_content("content", "f", "abXYef");
    check_errno("pipe", sys_freebsd6_pwrite(ends[1], "x", 1, 0, 0), ESPIPE);
}

CASE(freebsd6_lseek, "moves to an offset of 64 bits") {
    int file = make_file("f", "abc");
    check_equal("set", sys_freebsd6_lseek(file, 0, (int64_t)7 << 32, SEEK_SET), (int64_t)7 << 32);
    check_equal("current", sys_freebsd6_lseek(file, -1, -5, SEEK_CUR), ((int64_t)7 << 32) - 5);
    check_errno("origin", sys_freebsd6_lseek(file, 0, 0, 9), EINVAL);
    check_errno("not open", sys_freebsd6_lseek(200, 0, 0, SEEK_SET), EBADF);
}

CASE(freebsd6_truncate, "cuts a file by its path") {
    leave_file("f", "abcdef");
    check_equal("truncate", sys_freebsd6_truncate("f", 0, 2), 0);
    check_content("content", "f", "ab");
    check_errno("negative", sys_freebsd6_truncate("f", 0, -1), EINVAL);
    check_errno("none", sys_freebsd6_truncate("none", 0, 0), ENOENT);
}

CASE(freebsd6_ftruncate, "cuts a file by its descriptor") {
    int file = make_file("f", "abcdef");
    check_equal("ftruncate", sys_freebsd6_ftruncate(file, 0, 3), 0);
    check_content("content", "f", "abc");
    check_errno("not open", sys_freebsd6_ftruncate(200, 0, 0), EBADF);
}

CASE(freebsd6_mmap, "maps a file from an offset behind the padding") {
    int file = make_file("f", "");
    sys_ftruncate(file, 2 * PAGE);
    sys_pwrite(file, "second", 6, PAGE);
    char *page = (char *)sys_freebsd6_mmap(0, PAGE, PROT_READ, MAP_SHARED, file, 0, PAGE);
    check_equal("content", memcmp(page, "second", 6), 0);
    check_errno("not open", sys_freebsd6_mmap(0, PAGE, PROT_READ, MAP_SHARED, 200, 0, 0), EBADF);
}

CASE(freebsd4_sendfile, "counts the headers in the length") {
    // sendfile(2), HISTORY: before FreeBSD 5 the headers counted as part of nbytes.
    int pair[2], file = make_file("f", "abcdef");
    int64_t sent = -1;
    struct iovec header = {"<<", 2};
    struct file_headers headers = {&header, 1, 0, 0};
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    check_equal("sendfile", sys_freebsd4_sendfile(file, pair[0], 0, 5, &headers, &sent, 0), 0);
    check_equal("sent", sent, 5);
    check_equal("read", sys_read(pair[1], buffer, 20), 5);
    check_equal("bytes", memcmp(buffer, "<<abc", 5), 0);
}

CASE(syscall, "makes the call that its first argument names") {
    check_equal("getpid", sys_syscall(SYS_getpid, 0, 0, 0), sys_getpid());
    check_equal("dup", sys_syscall(SYS_dup, 0, 0, 0) > 0, 1);
    check_errno("its error", sys_syscall(SYS_close, 200, 0, 0), EBADF);
}

CASE(__syscall, "makes the call that its first argument names") {
    check_equal("getpid", sys___syscall(SYS_getpid, 0, 0, 0), sys_getpid());
    int file = make_file("f", "abcdef");
    check_equal("lseek", sys___syscall(SYS_lseek, file, 4, SEEK_SET), 4);
    check_errno("its error", sys___syscall(SYS_close, 200, 0, 0), EBADF);
}

CASE(getfh, "is for the superuser, as are its relatives") {
    become_ordinary();
    check_errno("getfh", sys_getfh(".", buffer), EPERM);
    check_errno("fhopen", sys_fhopen(buffer, O_RDONLY), EPERM);
}
