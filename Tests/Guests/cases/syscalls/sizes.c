// truncate(2), fsync(2), posix_fallocate(2), posix_fadvise(2), copy_file_range(2), sendfile(2) of FreeBSD;
// kern_truncate and its neighbours in sys/kern/vfs_syscalls.c.
#include "case_files.h"

enum { FADV_NORMAL = 0, FADV_WILLNEED = 3, FADV_NOREUSE = 5 };
static char buffer[4096];

CASE(truncate, "cuts a file, and extends it with zeros") {
    leave_file("f", "abcdef");
    check_equal("cut", sys_truncate("f", 2), 0);
    check_content("content", "f", "ab");
    check_equal("extend", sys_truncate("f", 5), 0);
    check_equal("size", size_of("f"), 5);
    check_equal("read", sys_read((int)sys_open("f", O_RDONLY, 0), buffer, 9), 5);
    check_equal("zeros", memcmp(buffer, "ab\0\0\0", 5), 0);
}

CASE(truncate, "follows links") {
    leave_file("f", "abc");
    sys_symlink("f", "s");
    check_equal("truncate", sys_truncate("s", 1), 0);
    check_equal("size", size_of("f"), 1);
}

CASE(truncate, "refuses folders, negative lengths and what is not there") {
    leave_file("f", "abc");
    check_errno("folder", sys_truncate(".", 0), EISDIR);
    check_errno("negative", sys_truncate("f", -1), EINVAL);
    check_errno("negative of nothing", sys_truncate("none", -1), EINVAL);
    check_errno("none", sys_truncate("none", 0), ENOENT);
    check_errno("below a file", sys_truncate("f/g", 0), ENOTDIR);
    check_errno("address", sys_truncate(NOWHERE, 0), EFAULT);
}

// ufs_setattr: only regular files have a size.
CASE(truncate, "leaves other files as they are") {
    sys_mkfifo("p", 0600);
    check_equal("FIFO", sys_truncate("p", 10), 0);
    check_equal("size", size_of("p"), 0);
    check_equal("device", sys_truncate("/dev/null", 10), 0);
}

CASE(truncate, "needs permission to write") {
    leave_file("f", "abc");
    sys_chmod("f", 0444);
    become_ordinary();
    check_errno("truncate", sys_truncate("f", 0), EACCES);
}

CASE(ftruncate, "cuts and extends, and leaves the offset") {
    int file = make_file("f", "abcdef");
    sys_lseek(file, 4, SEEK_SET);
    check_equal("cut", sys_ftruncate(file, 1), 0);
    check_equal("offset", sys_lseek(file, 0, SEEK_CUR), 4);
    check_equal("read behind the end", sys_read(file, buffer, 4), 0);
    check_equal("extend", sys_ftruncate(file, (int64_t)3 << 32), 0);
    check_equal("size", size_of("f"), (int64_t)3 << 32);
}

CASE(ftruncate, "refuses what is not open for writing, and negative lengths") {
    leave_file("f", "abc");
    check_errno("reading only", sys_ftruncate((int)sys_open("f", O_RDONLY, 0), 0), EINVAL);
    check_errno("negative", sys_ftruncate((int)sys_open("f", O_RDWR, 0), -1), EINVAL);
    check_errno("not open", sys_ftruncate(200, 0), EBADF);
    check_equal("unchanged", size_of("f"), 3);
}

CASE(ftruncate, "refuses pipes and sockets") {
    int ends[2], pair[2];
    sys_pipe2(ends, 0);
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    check_errno("pipe", sys_ftruncate(ends[1], 0), EINVAL);
    check_errno("socket", sys_ftruncate(pair[0], 0), EINVAL);
    check_errno("folder", sys_ftruncate((int)sys_open(".", O_RDONLY, 0), 0), EINVAL);
}

CASE(fsync, "is for files and folders") {
    int ends[2], file = make_file("f", "abc");
    sys_pipe2(ends, 0);
    check_equal("file", sys_fsync(file), 0);
    check_equal("folder", sys_fsync((int)sys_open(".", O_RDONLY, 0)), 0);
    check_errno("pipe", sys_fsync(ends[0]), EINVAL);
    check_errno("not open", sys_fsync(200), EBADF);
}

CASE(fdatasync, "is for files and folders") {
    int pair[2], file = make_file("f", "abc");
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    check_equal("file", sys_fdatasync(file), 0);
    check_equal("open for reading", sys_fdatasync((int)sys_open("f", O_RDONLY, 0)), 0);
    check_errno("socket", sys_fdatasync(pair[0]), EINVAL);
    check_errno("not open", sys_fdatasync(-1), EBADF);
}

CASE(sync, "never fails") { check_equal("sync", sys_sync(), 0); }

CASE(posix_fallocate, "extends a file with zeros and never cuts it") {
    int file = make_file("f", "abc");
    long result = sys_posix_fallocate(file, 0, 10);
    if (result == EOPNOTSUPP || result == EINVAL)
        skip_case("the file system does not allocate ahead");
    check_equal("extend", result, 0);
    check_equal("size", size_of("f"), 10);
    check_equal("inside", sys_posix_fallocate(file, 2, 2), 0);
    check_equal("size then", size_of("f"), 10);
    check_content("content", "f", "abc");
}

CASE(posix_fallocate, "gives its error as the result") {
    int file = make_file("f", "abc"), ends[2];
    sys_pipe2(ends, 0);
    check_equal("negative offset", sys_posix_fallocate(file, -1, 1), EINVAL);
    check_equal("no length", sys_posix_fallocate(file, 0, 0), EINVAL);
    check_equal("beyond all", sys_posix_fallocate(file, INT64_MAX, 1), EFBIG);
    check_equal("not open", sys_posix_fallocate(200, 0, 1), EBADF);
    check_equal("reading only", sys_posix_fallocate((int)sys_open("f", O_RDONLY, 0), 0, 1), EBADF);
    check_equal("pipe", sys_posix_fallocate(ends[1], 0, 1), ESPIPE);
}

CASE(posix_fadvise, "takes each advice") {
    int file = make_file("f", "abc");
    for (int advice = FADV_NORMAL; advice <= FADV_NOREUSE; advice++)
        check_equal("advice", sys_posix_fadvise(file, 0, 0, advice), 0);
    check_equal("a part", sys_posix_fadvise(file, 1, 100, FADV_WILLNEED), 0);
}

CASE(posix_fadvise, "gives its error as the result") {
    int file = make_file("f", "abc"), ends[2];
    sys_pipe2(ends, 0);
    check_equal("advice", sys_posix_fadvise(file, 0, 0, 99), EINVAL);
    check_equal("negative offset", sys_posix_fadvise(file, -1, 1, FADV_NORMAL), EINVAL);
    check_equal("negative length", sys_posix_fadvise(file, 0, -1, FADV_NORMAL), EINVAL);
    check_equal("beyond all", sys_posix_fadvise(file, INT64_MAX, 1, FADV_NORMAL), EINVAL);
    check_equal("not open", sys_posix_fadvise(200, 0, 0, FADV_NORMAL), EBADF);
    check_equal("pipe", sys_posix_fadvise(ends[0], 0, 0, FADV_NORMAL), ESPIPE);
    check_equal("folder", sys_posix_fadvise((int)sys_open(".", O_RDONLY, 0), 0, 0, FADV_NORMAL), ENODEV);
}

CASE(copy_file_range, "copies by the descriptors' offsets") {
    int from = make_file("f", "abcdef"), to = make_file("g", "XXXXXXXX");
    sys_lseek(from, 2, SEEK_SET);
    check_equal("copy", sys_copy_file_range(from, 0, to, 0, 3, 0), 3);
    check_equal("from", sys_lseek(from, 0, SEEK_CUR), 5);
    check_equal("to", sys_lseek(to, 0, SEEK_CUR), 3);
    check_content("content", "g", "cdeXXXXX");
    check_equal("what is left", sys_copy_file_range(from, 0, to, 0, 100, 0), 1);
    check_equal("the end", sys_copy_file_range(from, 0, to, 0, 100, 0), 0);
}

CASE(copy_file_range, "copies by offsets of its own") {
    int from = make_file("f", "abcdef"), to = make_file("g", "");
    int64_t in = 1, out = 2;
    check_equal("copy", sys_copy_file_range(from, &in, to, &out, 4, 0), 4);
    check_equal("in", in, 5);
    check_equal("out", out, 6);
    check_equal("the descriptor's", sys_lseek(from, 0, SEEK_CUR), 0);
    check_equal("size", size_of("g"), 6);
}

CASE(copy_file_range, "refuses what copy_file_range(2) tells") {
    int from = make_file("f", "abcdef"), to = make_file("g", ""), ends[2];
    int64_t negative = -1;
    sys_pipe2(ends, 0);
    check_errno("flags", sys_copy_file_range(from, 0, to, 0, 1, 1), EINVAL);
    check_errno("negative offset", sys_copy_file_range(from, &negative, to, 0, 1, 0), EINVAL);
    check_errno("writing to what reads", sys_copy_file_range(from, 0, (int)sys_open("g", O_RDONLY, 0), 0, 1, 0), EBADF);
    check_errno("reading from what writes", sys_copy_file_range((int)sys_open("f", O_WRONLY, 0), 0, to, 0, 1, 0), EBADF);
    check_errno("not open", sys_copy_file_range(200, 0, to, 0, 1, 0), EBADF);
    check_errno("pipe", sys_copy_file_range(ends[0], 0, to, 0, 1, 0), EINVAL);
    check_errno("appending", sys_copy_file_range(from, 0, (int)sys_open("g", O_WRONLY | O_APPEND, 0), 0, 1, 0), EBADF);
    check_errno("address", sys_copy_file_range(from, NOWHERE, to, 0, 1, 0), EFAULT);
}

CASE(copy_file_range, "refuses ranges of one file that overlap") {
    int file = make_file("f", "abcdef");
    int64_t in = 0, out = 2;
    check_errno("overlap", sys_copy_file_range(file, &in, file, &out, 3, 0), EINVAL);
    check_equal("apart", sys_copy_file_range(file, &in, file, &out, 2, 0), 2);
    check_content("content", "f", "ababef");
}

CASE(sendfile, "sends a part of a file to a stream socket") {
    int pair[2], file = make_file("f", "abcdef");
    int64_t sent = -1;
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    check_equal("sendfile", sys_sendfile(file, pair[0], 2, 3, 0, &sent, 0), 0);
    check_equal("sent", sent, 3);
    check_equal("read", sys_read(pair[1], buffer, 10), 3);
    check_equal("bytes", memcmp(buffer, "cde", 3), 0);
    check_equal("the offset stays", sys_lseek(file, 0, SEEK_CUR), 0);
}

CASE(sendfile, "sends all from the offset on for length 0") {
    int pair[2], file = make_file("f", "abcdef");
    int64_t sent = -1;
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    check_equal("sendfile", sys_sendfile(file, pair[0], 1, 0, 0, &sent, 0), 0);
    check_equal("sent", sent, 5);
    check_equal("beyond the end", sys_sendfile(file, pair[0], 100, 0, 0, &sent, 0), 0);
    check_equal("nothing", sent, 0);
}

CASE(sendfile, "puts headers before and trailers behind") {
    int pair[2], file = make_file("f", "file");
    int64_t sent = -1;
    struct iovec header = {"<", 1}, trailer = {">", 1};
    struct file_headers headers = {&header, 1, &trailer, 1};
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    check_equal("sendfile", sys_sendfile(file, pair[0], 0, 0, &headers, &sent, 0), 0);
    check_equal("sent", sent, 6);
    check_equal("read", sys_read(pair[1], buffer, 10), 6);
    check_equal("bytes", memcmp(buffer, "<file>", 6), 0);
}

CASE(sendfile, "refuses what sendfile(2) tells") {
    int pair[2], ends[2], datagrams[2], file = make_file("f", "abc");
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    sys_socketpair(AF_UNIX, SOCK_DGRAM, 0, datagrams);
    sys_pipe2(ends, 0);
    check_errno("negative offset", sys_sendfile(file, pair[0], -1, 1, 0, 0, 0), EINVAL);
    check_errno("no socket", sys_sendfile(file, ends[1], 0, 1, 0, 0, 0), ENOTSOCK);
    check_errno("no stream", sys_sendfile(file, datagrams[0], 0, 1, 0, 0, 0), EINVAL);
    check_errno("file not open", sys_sendfile(200, pair[0], 0, 1, 0, 0, 0), EBADF);
    check_errno("socket not open", sys_sendfile(file, 200, 0, 1, 0, 0, 0), EBADF);
    check_errno("not for reading", sys_sendfile((int)sys_open("f", O_WRONLY, 0), pair[0], 0, 1, 0, 0, 0), EBADF);
    check_errno("not connected", sys_sendfile(file, (int)sys_socket(AF_INET, SOCK_STREAM, 0), 0, 1, 0, 0, 0), ENOTCONN);
}

CASE(copy_file_range, "says EISDIR of folders") {
    int to = make_file("g", ""), folder = (int)sys_open(".", O_RDONLY, 0);
    check_errno("folder", sys_copy_file_range(folder, 0, to, 0, 1, 0), EISDIR);
}

CASE(sendfile, "tells how much it has sent when a socket is full") {
    int pair[2], file = make_file("f", "");
    int64_t sent = -1;
    sys_ftruncate(file, 8 << 20);
    sys_socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
    check_errno("sendfile", sys_sendfile(file, pair[0], 0, 0, 0, &sent, 0), EAGAIN);
    check_equal("a part", sent > 0 && sent < 8 << 20, 1);
}

CASE(sendfile, "is for files") {
    int pair[2], ends[2];
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    sys_pipe2(ends, 0);
    check_errno("pipe", sys_sendfile(ends[0], pair[0], 0, 1, 0, 0, 0), EINVAL);
    check_errno("socket", sys_sendfile(pair[1], pair[0], 0, 1, 0, 0, 0), EINVAL);
    check_errno("folder", sys_sendfile((int)sys_open(".", O_RDONLY, 0), pair[0], 0, 1, 0, 0, 0), EINVAL);
}

CASE(sendfile, "to a peer that has closed is EPIPE") {
    int pair[2], file = make_file("f", "abc");
    set_handler(SIGPIPE, SIG_IGN, 0);
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    sys_close(pair[1]);
    check_errno("sendfile", sys_sendfile(file, pair[0], 0, 0, 0, 0, 0), EPIPE);
}
