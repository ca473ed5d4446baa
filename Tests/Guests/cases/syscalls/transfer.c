// read(2), write(2), their vectors and positions, lseek(2), pipe2(2) of FreeBSD 12.2; sys/kern/sys_generic.c, vn_seek in
// sys/kern/vfs_vnops.c.
#include "case_files.h"

enum { SIGXFSZ = 25, VECTOR_LIMIT = 1024 };
static char buffer[65536];
static struct iovec vectors[VECTOR_LIMIT + 1];
static volatile int signals_seen;

static void count_signal(int signal) { signals_seen += signal; }

CASE(read, "gives what is left, then 0") {
    int file = make_file("f", "abcdef");
    check_equal("first", sys_read(file, buffer, 4), 4);
    check_equal("rest", sys_read(file, buffer, 4), 2);
    check_equal("end", sys_read(file, buffer, 4), 0);
    check_equal("nothing wanted", sys_read(file, NOWHERE, 0), 0);
}

CASE(read, "refuses what is not open for reading") {
    leave_file("f", "abc");
    check_errno("writing only", sys_read((int)sys_open("f", O_WRONLY, 0), buffer, 1), EBADF);
    check_errno("not open", sys_read(200, buffer, 1), EBADF);
    check_errno("negative", sys_read(-1, buffer, 1), EBADF);
}

CASE(read, "refuses sizes beyond SSIZE_MAX before it looks at the descriptor") {
    check_errno("open", sys_read(0, buffer, (size_t)-1), EINVAL);
    check_errno("not open", sys_read(200, buffer, (size_t)1 << 63), EINVAL);
}

CASE(read, "refuses addresses that are not mapped and keeps the offset") {
    int file = make_file("f", "abc");
    check_errno("read", sys_read(file, NOWHERE, 3), EFAULT);
    check_equal("offset", sys_lseek(file, 0, SEEK_CUR), 0);
}

CASE(read, "of an empty pipe waits for a writer, and ends without one") {
    int ends[2];
    sys_pipe2(ends, 0);
    int child = (int)sys_fork();
    if (child == 0)
        guest_exit(sys_write(ends[1], "x", 1) == 1 ? 0 : 1);
    sys_close(ends[1]);
    check_equal("a byte", sys_read(ends[0], buffer, 10), 1);
    check_equal("the end", sys_read(ends[0], buffer, 10), 0);
    check_equal("child", wait_for(child), 0);
}

CASE(read, "ends with EINTR at a signal, and goes on with SA_RESTART") {
    int ends[2];
    struct itimerval soon = {{0, 0}, {0, 50000}};
    sys_pipe2(ends, 0);
    set_handler(SIGALRM, count_signal, 0);
    sys_setitimer(ITIMER_REAL, &soon, 0);
    check_errno("read", sys_read(ends[0], buffer, 1), EINTR);
    set_handler(SIGALRM, count_signal, SA_RESTART);
    sys_setitimer(ITIMER_REAL, &soon, 0);
    int child = (int)sys_fork();
    if (child == 0) {
        struct timespec later = {0, 150000000};
        sys_nanosleep(&later, 0);
        sys_write(ends[1], "x", 1);
        guest_exit(0);
    }
    check_equal("restarted", sys_read(ends[0], buffer, 1), 1);
    check_equal("handlers", signals_seen, 2 * SIGALRM);
    wait_for(child);
}

CASE(write, "extends the file and leaves holes zero") {
    int file = make_file("f", "ab");
    sys_lseek(file, 5, SEEK_SET);
    check_equal("write", sys_write(file, "x", 1), 1);
    check_equal("size", size_of("f"), 6);
    check_equal("read", sys_pread(file, buffer, 6, 0), 6);
    check_equal("bytes", memcmp(buffer, "ab\0\0\0x", 6), 0);
}

CASE(write, "refuses what is not open for writing") {
    leave_file("f", "abc");
    check_errno("reading only", sys_write((int)sys_open("f", O_RDONLY, 0), "x", 1), EBADF);
    check_errno("folder", sys_write((int)sys_open(".", O_RDONLY, 0), "x", 1), EBADF);
    check_errno("not open", sys_write(200, "x", 1), EBADF);
    check_errno("size", sys_write(1, "x", (size_t)-1), EINVAL);
}

CASE(write, "refuses addresses that are not mapped and changes nothing") {
    int file = make_file("f", "abc");
    check_errno("write", sys_write(file, NOWHERE, 3), EFAULT);
    check_content("content", "f", "abc");
    check_equal("nothing to write", sys_write(file, NOWHERE, 0), 0);
    check_equal("nothing beyond all addresses", sys_write(file, (void *)-64L, 0), 0);
}

CASE(write, "to a pipe without a reader is EPIPE, and SIGPIPE") {
    int ends[2];
    sys_pipe2(ends, 0);
    sys_close(ends[0]);
    set_handler(SIGPIPE, count_signal, 0);
    check_errno("write", sys_write(ends[1], "x", 1), EPIPE);
    check_equal("signal", signals_seen, SIGPIPE);
    int child = (int)sys_fork();
    if (child == 0) {
        set_handler(SIGPIPE, SIG_DFL, 0);
        sys_write(ends[1], "x", 1);
        guest_exit(0);
    }
    check_equal("the end of a process", WTERMSIG(wait_for(child)), SIGPIPE);
}

CASE(write, "to a full pipe is EAGAIN with O_NONBLOCK, and less than all before") {
    int ends[2];
    long total = 0, written;
    sys_pipe2(ends, O_NONBLOCK);
    while ((written = sys_write(ends[1], buffer, sizeof buffer)) > 0)
        total += written;
    check_errno("full", written, EAGAIN);
    check_equal("PIPE_BUF at least", total >= 512, 1);
    while ((written = sys_read(ends[0], buffer, sizeof buffer)) > 0)
        total -= written;
    check_equal("all comes out", total, 0);
}

// A write under a limit of ten bytes. Nothing may be printed meanwhile: the output may be a file as well.
static long write_limited(int file, const char *bytes, size_t size, int64_t offset) {
    struct rlimit old, limit;
    sys_getrlimit(RLIMIT_FSIZE, &old);
    limit = (struct rlimit){10, old.hard};
    sys_setrlimit(RLIMIT_FSIZE, &limit);
    long result = sys_pwrite(file, bytes, size, offset);
    sys_setrlimit(RLIMIT_FSIZE, &old);
    return result;
}

// vn_rlimit_fsize: a write that would end beyond the limit fails as a whole.
CASE(write, "beyond RLIMIT_FSIZE is EFBIG with SIGXFSZ, and writes nothing") {
    int file = make_file("f", "");
    set_handler(SIGXFSZ, count_signal, 0);
    check_equal("up to the limit", write_limited(file, "0123456789", 10, 0), 10);
    check_errno("beyond", write_limited(file, "x", 1, 10), EFBIG);
    check_equal("signal", signals_seen, SIGXFSZ);
    check_equal("inside", write_limited(file, "ab", 2, 8), 2);
    check_content("content", "f", "01234567ab");
}

CASE(write, "across RLIMIT_FSIZE is EFBIG, and writes nothing") {
    int file = make_file("f", "0123456789");
    set_handler(SIGXFSZ, count_signal, 0);
    check_errno("across", write_limited(file, "abcd", 4, 8), EFBIG);
    check_content("content", "f", "0123456789");
}

CASE(readv, "fills the buffers in turn") {
    int file = make_file("f", "abcdefgh");
    struct iovec list[3] = {{buffer, 3}, {buffer + 100, 0}, {buffer + 200, 10}};
    check_equal("readv", sys_readv(file, list, 3), 8);
    check_equal("first", memcmp(buffer, "abc", 3), 0);
    check_equal("last", memcmp(buffer + 200, "defgh", 5), 0);
}

CASE(readv, "takes up to 1024 buffers, and none") {
    int file = make_file("f", "abc");
    for (int i = 0; i <= VECTOR_LIMIT; i++)
        vectors[i] = (struct iovec){buffer + i, 1};
    check_equal("1024", sys_readv(file, vectors, VECTOR_LIMIT), 3);
    check_errno("1025", sys_readv(file, vectors, VECTOR_LIMIT + 1), EINVAL);
    check_equal("none", sys_readv(file, vectors, 0), 0);
    check_errno("a negative count", sys_readv(file, vectors, (unsigned)-1), EINVAL);
}

CASE(readv, "refuses sums beyond SSIZE_MAX") {
    int file = make_file("f", "abc");
    struct iovec list[2] = {{buffer, (size_t)1 << 62}, {buffer, (size_t)1 << 62}};
    check_errno("sum", sys_readv(file, list, 2), EINVAL);
    list[0].size = (size_t)-1;
    check_errno("one", sys_readv(file, list, 1), EINVAL);
}

CASE(readv, "refuses what is not mapped or not open") {
    struct iovec one = {NOWHERE, 1};
    check_errno("list", sys_readv(make_file("f", "abc"), NOWHERE, 1), EFAULT);
    check_errno("buffer", sys_readv(make_file("f", "abc"), &one, 1), EFAULT);
    one.base = buffer;
    check_errno("not open", sys_readv(200, &one, 1), EBADF);
}

CASE(writev, "writes the buffers in turn") {
    int file = make_file("f", "");
    struct iovec list[3] = {{"ab", 2}, {NOWHERE, 0}, {"cde", 3}};
    check_equal("writev", sys_writev(file, list, 3), 5);
    check_content("content", "f", "abcde");
}

CASE(writev, "refuses lists that are too long, wrong or for nobody") {
    int file = make_file("f", "");
    struct iovec one = {"x", 1};
    for (int i = 0; i <= VECTOR_LIMIT; i++)
        vectors[i] = one;
    check_errno("1025", sys_writev(file, vectors, VECTOR_LIMIT + 1), EINVAL);
    check_equal("1024", sys_writev(file, vectors, VECTOR_LIMIT), VECTOR_LIMIT);
    check_errno("list", sys_writev(file, NOWHERE, 1), EFAULT);
    check_errno("reading only", sys_writev((int)sys_open("f", O_RDONLY, 0), &one, 1), EBADF);
}

CASE(pread, "reads at an offset and leaves the descriptor's") {
    int file = make_file("f", "abcdef");
    check_equal("pread", sys_pread(file, buffer, 2, 3), 2);
    check_equal("bytes", memcmp(buffer, "de", 2), 0);
    check_equal("offset", sys_lseek(file, 0, SEEK_CUR), 0);
    check_equal("beyond the end", sys_pread(file, buffer, 2, 100), 0);
}

CASE(pread, "refuses negative offsets and what cannot seek") {
    int file = make_file("f", "abc"), ends[2];
    sys_pipe2(ends, 0);
    check_errno("negative", sys_pread(file, buffer, 1, -1), EINVAL);
    check_errno("pipe", sys_pread(ends[0], buffer, 1, 0), ESPIPE);
    check_errno("pipe, negative", sys_pread(ends[0], buffer, 1, -1), ESPIPE);
    check_errno("not open", sys_pread(200, buffer, 1, 0), EBADF);
}

CASE(pwrite, "writes at an offset and leaves the descriptor's") {
    int file = make_file("f", "abcdef");
    check_equal("pwrite", sys_pwrite(file, "XY", 2, 2), 2);
    check_equal("offset", sys_lseek(file, 0, SEEK_CUR), 0);
    check_content("content", "f", "abXYef");
    check_equal("beyond the end", sys_pwrite(file, "z", 1, 8), 1);
    check_equal("size", size_of("f"), 9);
}

CASE(pwrite, "refuses negative offsets and what cannot seek") {
    int file = make_file("f", "abc"), ends[2];
    sys_pipe2(ends, 0);
    check_errno("negative", sys_pwrite(file, "x", 1, -1), EINVAL);
    check_errno("pipe", sys_pwrite(ends[1], "x", 1, 0), ESPIPE);
    check_errno("reading only", sys_pwrite((int)sys_open("f", O_RDONLY, 0), "x", 1, 0), EBADF);
}

CASE(preadv, "fills the buffers from an offset") {
    int file = make_file("f", "abcdef");
    struct iovec list[2] = {{buffer, 2}, {buffer + 10, 5}};
    check_equal("preadv", sys_preadv(file, list, 2, 1), 5);
    check_equal("first", memcmp(buffer, "bc", 2), 0);
    check_equal("second", memcmp(buffer + 10, "def", 3), 0);
    check_equal("offset", sys_lseek(file, 0, SEEK_CUR), 0);
    check_errno("negative", sys_preadv(file, list, 2, -1), EINVAL);
}

CASE(pwritev, "writes the buffers from an offset") {
    int file = make_file("f", "abcdef"), ends[2];
    struct iovec list[2] = {{"XY", 2}, {"Z", 1}};
    sys_pipe2(ends, 0);
    check_equal("pwritev", sys_pwritev(file, list, 2, 1), 3);
    check_content("content", "f", "aXYZef");
    check_errno("negative", sys_pwritev(file, list, 2, -1), EINVAL);
    check_errno("pipe", sys_pwritev(ends[1], list, 2, 0), ESPIPE);
}

CASE(lseek, "counts from the beginning, the offset and the end") {
    int file = make_file("f", "abcdef");
    check_equal("SEEK_SET", sys_lseek(file, 4, SEEK_SET), 4);
    check_equal("SEEK_CUR", sys_lseek(file, -1, SEEK_CUR), 3);
    check_equal("SEEK_END", sys_lseek(file, -2, SEEK_END), 4);
    check_equal("beyond the end", sys_lseek(file, 100, SEEK_END), 106);
    check_equal("the size stays", size_of("f"), 6);
}

CASE(lseek, "takes offsets of more than 32 bits") {
    int file = make_file("f", "");
    check_equal("seek", sys_lseek(file, (int64_t)5 << 32, SEEK_SET), (int64_t)5 << 32);
    check_equal("tell", sys_lseek(file, 0, SEEK_CUR), (int64_t)5 << 32);
}

CASE(lseek, "refuses offsets before the file, and keeps its own") {
    int file = make_file("f", "abc");
    sys_lseek(file, 2, SEEK_SET);
    check_errno("SEEK_SET", sys_lseek(file, -1, SEEK_SET), EINVAL);
    check_errno("SEEK_CUR", sys_lseek(file, -3, SEEK_CUR), EINVAL);
    check_errno("SEEK_END", sys_lseek(file, -4, SEEK_END), EINVAL);
    check_equal("offset", sys_lseek(file, 0, SEEK_CUR), 2);
}

CASE(lseek, "says EOVERFLOW of offsets that a number cannot hold") {
    int file = make_file("f", "abc");
    sys_lseek(file, 2, SEEK_SET);
    check_errno("SEEK_CUR", sys_lseek(file, INT64_MAX, SEEK_CUR), EOVERFLOW);
    check_errno("SEEK_END", sys_lseek(file, INT64_MAX, SEEK_END), EOVERFLOW);
}

CASE(lseek, "refuses what cannot seek, and origins it does not know") {
    int ends[2], pair[2];
    sys_pipe2(ends, 0);
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    check_errno("pipe", sys_lseek(ends[0], 0, SEEK_CUR), ESPIPE);
    check_errno("socket", sys_lseek(pair[0], 0, SEEK_CUR), ESPIPE);
    check_errno("origin", sys_lseek(make_file("f", ""), 0, 9), EINVAL);
    check_errno("not open", sys_lseek(200, 0, SEEK_SET), EBADF);
}

CASE(lseek, "finds data and holes") {
    int file = make_file("f", "abc");
    check_equal("data", sys_lseek(file, 1, SEEK_DATA), 1);
    check_equal("the hole at the end", sys_lseek(file, 1, SEEK_HOLE), 3);
    check_errno("data at the end", sys_lseek(file, 3, SEEK_DATA), ENXIO);
    check_errno("a hole beyond the end", sys_lseek(file, 4, SEEK_HOLE), ENXIO);
}

CASE(pipe2, "sets the flags of both ends") {
    int ends[2];
    check_equal("pipe2", sys_pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    check_equal("first's", sys_fcntl(ends[0], F_GETFD, 0), FD_CLOEXEC);
    check_equal("second's", sys_fcntl(ends[1], F_GETFD, 0), FD_CLOEXEC);
    check_errno("does not wait", sys_read(ends[0], buffer, 1), EAGAIN);
}

CASE(pipe2, "refuses other flags, bad addresses and too many descriptors") {
    int ends[2];
    check_errno("flags", sys_pipe2(ends, O_APPEND), EINVAL);
    int next = (int)sys_dup(0);
    sys_close(next);
    check_errno("address", sys_pipe2(NOWHERE, 0), EFAULT);
    check_equal("nothing stays open", sys_dup(0), next);
    struct rlimit limit = {next + 2, next + 2};
    sys_setrlimit(RLIMIT_NOFILE, &limit);
    check_errno("descriptors", sys_pipe2(ends, 0), EMFILE);
}

CASE(pipe2, "gives the two lowest free descriptors") {
    int ends[2], low = (int)sys_dup(0);
    sys_close(low);
    check_equal("pipe2", sys_pipe2(ends, 0), 0);
    check_equal("first", ends[0], low);
    check_equal("second", ends[1], low + 1);
}

CASE(freebsd10_pipe, "gives both ends in registers") {
    struct raw_syscall call = {.number = 42};
    raw_syscall(&call);
    check_equal("error", call.error, 0);
    check_equal("write", sys_write((int)call.second, "x", 1), 1);
    check_equal("read", sys_read((int)call.first, buffer, 1), 1);
}

CASE(pipe2, "makes pipes whose ends both read and write") {
    // pipe(2): the pipe is bidirectional.
    int ends[2];
    sys_pipe2(ends, 0);
    check_equal("write to the first", sys_write(ends[0], "x", 1), 1);
    check_equal("read from the second", sys_read(ends[1], buffer, 1), 1);
}

CASE(readv, "of a pipe fills what there is") {
    int ends[2];
    struct iovec list[2] = {{buffer, 2}, {buffer + 100, 10}};
    sys_pipe2(ends, 0);
    sys_write(ends[1], "abcde", 5);
    check_equal("readv", sys_readv(ends[0], list, 2), 5);
    check_equal("bytes", memcmp(buffer, "ab", 2) | memcmp(buffer + 100, "cde", 3), 0);
}

CASE(writev, "to a pipe without a reader is EPIPE") {
    int ends[2];
    struct iovec one = {"x", 1};
    sys_pipe2(ends, 0);
    sys_close(ends[0]);
    set_handler(SIGPIPE, count_signal, 0);
    check_errno("writev", sys_writev(ends[1], &one, 1), EPIPE);
    check_equal("signal", signals_seen, SIGPIPE);
}

CASE(pwrite, "appends with O_APPEND, whatever the offset is") {
    // ffs_write: IO_APPEND moves the offset to the end.
    leave_file("f", "abc");
    int file = (int)sys_open("f", O_WRONLY | O_APPEND, 0);
    check_equal("pwrite", sys_pwrite(file, "X", 1, 0), 1);
    check_content("content", "f", "abcX");
}

CASE(read, "and write share one offset") {
    int file = make_file("f", "abcdef");
    sys_read(file, buffer, 2);
    check_equal("write", sys_write(file, "X", 1), 1);
    check_equal("read", sys_read(file, buffer, 10), 3);
    check_content("content", "f", "abXdef");
}

CASE(read, "into a part that cannot be written is EFAULT") {
    int file = make_file("f", "abcdef");
    char *pages = (char *)sys_mmap(0, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0);
    check_errno("read", sys_read(file, pages, 3), EFAULT);
    check_equal("write from there", sys_write(file, pages, 3), 3);
}
