// The calls for files, folders, file systems, pipes and event queues of FreeBSD 11 and before, of which programs of
// today's libc make none: freebsd11_cvtstat, freebsd11_cvtnstat, freebsd11_getdirentries and freebsd11_getfsstat in
// sys/kern/vfs_syscalls.c, freebsd11_kevent in sys/kern/kern_event.c of FreeBSD 12.2.
#include "../../runtime/events.h"
#include "../../runtime/old_files.h"
#include "case_files.h"

enum { MNT_NOWAIT = 2 };

static struct old_file_status old;
static char records[4096];

CASE(freebsd11_fstat, "tells the same as fstat") {
    struct file_status status;
    int file = make_file("f", "abcdef");
    sys_fstat(file, &status);
    check_equal("fstat", sys_freebsd11_fstat(file, &old), 0);
    check_equal("mode", old.mode, status.mode);
    check_equal("size", old.size, 6);
    check_equal("links", old.links, 1);
    check_equal("owner", old.owner, status.owner);
    check_equal("modified", old.modified.nanoseconds, status.modified.nanoseconds);
}

CASE(freebsd11_fstat, "knows pipes and sockets") {
    int ends[2];
    sys_pipe2(ends, 0);
    check_equal("pipe", sys_freebsd11_fstat(ends[0], &old), 0);
    check_equal("type", old.mode & S_IFMT, S_IFIFO);
    check_equal("socket", sys_freebsd11_fstat((int)sys_socket(AF_UNIX, SOCK_STREAM, 0), &old), 0);
    check_equal("its type", old.mode & S_IFMT, S_IFSOCK);
}

CASE(freebsd11_fstat, "refuses descriptors that are not open") {
    check_errno("never opened", sys_freebsd11_fstat(NOT_OPEN, &old), EBADF);
    check_errno("negative", sys_freebsd11_fstat(-1, &old), EBADF);
}

CASE(freebsd11_fstat, "refuses a bad address") {
    check_errno("fstat", sys_freebsd11_fstat(make_file("f", ""), NOWHERE), EFAULT);
    check_errno("lstat", sys_freebsd11_lstat("f", NOWHERE), EFAULT);
}

// struct nstat has no padding words for the mode and the links: both have 32 bits.
CASE(freebsd11_nfstat, "tells the same in the form of NetBSD") {
    static unsigned words[64];
    struct file_status status;
    int file = make_file("f", "abc");
    sys_fstat(file, &status);
    check_equal("nfstat", sys_freebsd11_nfstat(file, words), 0);
    check_equal("mode", words[2], S_IFREG | 0644);
    check_equal("links", words[3], 1);
    check_equal("owner", words[4], status.owner);
}

CASE(freebsd11_nfstat, "knows pipes") {
    static unsigned words[64];
    int ends[2];
    sys_pipe2(ends, 0);
    check_equal("nfstat", sys_freebsd11_nfstat(ends[1], words), 0);
    check_equal("type", words[2] & S_IFMT, S_IFIFO);
}

CASE(freebsd11_nfstat, "refuses descriptors that are not open") {
    check_errno("never opened", sys_freebsd11_nfstat(NOT_OPEN, records), EBADF);
    check_errno("negative", sys_freebsd11_nfstat(-1, records), EBADF);
}

CASE(freebsd11_nfstat, "refuses a bad address") {
    check_errno("nfstat", sys_freebsd11_nfstat(make_file("f", ""), NOWHERE), EFAULT);
}

CASE(freebsd11_lstat, "tells of a link itself") {
    sys_symlink("none", "s");
    check_equal("lstat", sys_freebsd11_lstat("s", &old), 0);
    check_equal("type", old.mode & S_IFMT, S_IFLNK);
    check_equal("size", old.size, 4);
}

// The names of a folder by the old records: inode, length, type and length of the name, name.
static int names_of(const char *bytes, long size) {
    int count = 0;
    for (long at = 0; at < size; at += *(const uint16_t *)(bytes + at + 4))
        count += string_length(bytes + at + 8) == (uint8_t)bytes[at + 7];
    return count;
}

CASE(freebsd11_getdents, "gives all names once") {
    for (int i = 0; i < 10; i++) {
        char name[16];
        leave_file(format_string(name, sizeof name, "name%d", i), "");
    }
    int folder = (int)sys_open(".", O_RDONLY, 0);
    long size = sys_freebsd11_getdents(folder, records, sizeof records);
    check("some", size > 0);
    check_equal("with the dots", names_of(records, size), 12);
    check_equal("the end", sys_freebsd11_getdents(folder, records, sizeof records), 0);
}

CASE(freebsd11_getdents, "refuses files and bad addresses") {
    int folder = (int)sys_open(".", O_RDONLY, 0);
    check_errno("file", sys_freebsd11_getdents(make_file("f", ""), records, sizeof records), EINVAL);
    check_errno("address", sys_freebsd11_getdents(folder, NOWHERE, sizeof records), EFAULT);
}

CASE(freebsd11_getdirentries, "refuses files and bad addresses") {
    long base;
    int folder = (int)sys_open(".", O_RDONLY, 0);
    check_errno("file", sys_freebsd11_getdirentries(make_file("f", ""), records, 4096, &base), EINVAL);
    check_errno("records", sys_freebsd11_getdirentries(folder, NOWHERE, 4096, &base), EFAULT);
    folder = (int)sys_open(".", O_RDONLY, 0);
    check_errno("base", sys_freebsd11_getdirentries(folder, records, 4096, NOWHERE), EFAULT);
}

CASE(freebsd11_getdirentries, "needs no place for the base") {
    int folder = (int)sys_open(".", O_RDONLY, 0);
    check("getdirentries", sys_freebsd11_getdirentries(folder, records, 4096, 0) > 0);
}

CASE(freebsd11_getfsstat, "fills as many as fit") {
    static struct old_file_system systems[64];
    check_equal("one", sys_freebsd11_getfsstat(systems, sizeof systems[0] + 100, MNT_NOWAIT), 1);
    check_equal("none", sys_freebsd11_getfsstat(systems, 100, MNT_NOWAIT), 0);
    check("a type", systems[0].type_name[0] != 0);
}

CASE(freebsd11_getfsstat, "refuses other modes") {
    static struct old_file_system system;
    check_errno("0", sys_freebsd11_getfsstat(&system, sizeof system, 0), EINVAL);
    check_errno("99", sys_freebsd11_getfsstat(&system, sizeof system, 99), EINVAL);
}

CASE(freebsd11_getfsstat, "refuses a bad address") {
    check_errno("getfsstat", sys_freebsd11_getfsstat(NOWHERE, sizeof(struct old_file_system), MNT_NOWAIT), EFAULT);
}

CASE(freebsd10_pipe, "gives the two lowest descriptors") {
    int first = (int)sys_open("/dev/null", O_RDONLY, 0), second = (int)sys_open("/dev/null", O_RDONLY, 0);
    sys_close(first);
    sys_close(second);
    struct raw_syscall call = {.number = SYS_freebsd10_pipe};
    raw_syscall(&call);
    check_equal("first", call.first, first);
    check_equal("second", call.second, second);
    check_equal("close-on-exec", sys_fcntl(first, F_GETFD, 0), 0);
}

CASE(freebsd10_pipe, "fails when no two descriptors are left") {
    struct rlimit limit;
    int file = (int)sys_open("/dev/null", O_RDONLY, 0);
    sys_getrlimit(RLIMIT_NOFILE, &limit);
    limit.soft = file + 2;
    sys_setrlimit(RLIMIT_NOFILE, &limit);
    check_errno("pipe", sys_freebsd10_pipe(), EMFILE);
    check_equal("the last one is free", sys_dup(file), file + 1);
}

CASE(freebsd11_kevent, "tells of events in the shorter form") {
    int queue = (int)sys_kqueue(), ends[2];
    sys_pipe2(ends, 0);
    struct old_kernel_event change = {(unsigned long)ends[0], EVFILT_READ, EV_ADD, 0, 0, &queue}, found;
    memset(&found, 0x55, sizeof found);
    check_equal("add", sys_freebsd11_kevent(queue, &change, 1, 0, 0, 0), 0);
    check_equal("nothing", sys_freebsd11_kevent(queue, 0, 0, &found, 1, &at_once), 0);
    sys_write(ends[1], "abc", 3);
    check_equal("event", sys_freebsd11_kevent(queue, 0, 0, &found, 1, &at_once), 1);
    check_equal("identifier", (long)found.identifier, ends[0]);
    check_equal("filter", found.filter, EVFILT_READ);
    check_equal("data", found.data, 3);
    check_equal("the caller's word", (long)found.user_data, (long)&queue);
}

CASE(freebsd11_kevent, "puts errors into the list, or fails without one") {
    int queue = (int)sys_kqueue();
    struct old_kernel_event change = {NOT_OPEN, EVFILT_READ, EV_ADD, 0, 0, 0}, found;
    check_equal("list", sys_freebsd11_kevent(queue, &change, 1, &found, 1, &at_once), 1);
    check_equal("flag", found.flags & EV_ERROR, EV_ERROR);
    check_equal("errno", found.data, EBADF);
    check_errno("no list", sys_freebsd11_kevent(queue, &change, 1, 0, 0, 0), EBADF);
    change = (struct old_kernel_event){0, EVFILT_USER, EV_DELETE, 0, 0, 0};
    check_errno("not there", sys_freebsd11_kevent(queue, &change, 1, 0, 0, 0), ENOENT);
}

CASE(freebsd11_kevent, "refuses what is no queue, and bad addresses") {
    struct old_kernel_event change = {0, EVFILT_USER, EV_ADD, 0, 0, 0};
    int queue = (int)sys_kqueue();
    check_errno("not open", sys_freebsd11_kevent(NOT_OPEN, &change, 1, 0, 0, 0), EBADF);
    check_errno("file", sys_freebsd11_kevent(make_file("f", ""), &change, 1, 0, 0, 0), EBADF);
    check_errno("changes", sys_freebsd11_kevent(queue, NOWHERE, 1, 0, 0, 0), EFAULT);
    check_errno("time", sys_freebsd11_kevent(queue, 0, 0, &change, 1, NOWHERE), EFAULT);
}

CASE(freebsd11_kevent, "gives up at its timeout") {
    struct timespec time = {0, 30000000}, wrong = {0, -1};
    struct old_kernel_event found;
    int queue = (int)sys_kqueue();
    check_equal("timeout", sys_freebsd11_kevent(queue, 0, 0, &found, 1, &time), 0);
    check_errno("no time", sys_freebsd11_kevent(queue, 0, 0, &found, 1, &wrong), EINVAL);
}

CASE(freebsd6_lseek, "refuses offsets before the file, and unknown origins") {
    int file = make_file("f", "abc");
    check_errno("before", sys_freebsd6_lseek(file, 0, -1, SEEK_SET), EINVAL);
    check_errno("origin", sys_freebsd6_lseek(file, 0, 0, 99), EINVAL);
    check_equal("the end", sys_freebsd6_lseek(file, 0, 0, SEEK_END), 3);
}

CASE(freebsd4_sendfile, "refuses what is no file and what is no stream socket") {
    int pair[2], file = make_file("f", "abc");
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    check_errno("file", sys_freebsd4_sendfile(NOT_OPEN, pair[0], 0, 0, 0, 0, 0), EBADF);
    check_errno("socket", sys_freebsd4_sendfile(file, NOT_OPEN, 0, 0, 0, 0, 0), EBADF);
    check_errno("no socket", sys_freebsd4_sendfile(file, file, 0, 0, 0, 0, 0), ENOTSOCK);
    check_errno("no file", sys_freebsd4_sendfile(pair[1], pair[0], 0, 0, 0, 0, 0), EINVAL);
}

CASE(freebsd4_sendfile, "refuses sockets without a peer, and negative offsets") {
    int pair[2], file = make_file("f", "abc"), lonely = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    check_errno("offset", sys_freebsd4_sendfile(file, pair[0], -1, 0, 0, 0, 0), EINVAL);
    check_errno("no peer", sys_freebsd4_sendfile(file, lonely, 0, 0, 0, 0, 0), ENOTCONN);
}

CASE(freebsd4_sendfile, "sends all without headers") {
    int pair[2], file = make_file("f", "abcdef");
    int64_t sent = -1;
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    check_equal("sendfile", sys_freebsd4_sendfile(file, pair[0], 2, 0, 0, &sent, 0), 0);
    check_equal("sent", sent, 4);
    check_equal("read", sys_read(pair[1], records, 20), 4);
    check_equal("bytes", memcmp(records, "cdef", 4), 0);
}

CASE(__syscall, "takes the number as one of 64 bits") {
    int file = make_file("f", "abcdef");
    check_equal("dup", sys___syscall(SYS_dup, file, 0, 0), file + 1);
    check_equal("lseek", sys___syscall(SYS_lseek, file, 3, SEEK_SET), 3);
    check_errno("its error", sys___syscall(SYS_dup, -1, 0, 0), EBADF);
}

// nosys: SIGSYS, and ENOSYS for who ignores it.
CASE(__syscall, "refuses numbers of no call") {
    set_handler(SIGSYS, SIG_IGN, 0);
    check_errno("unknown", sys___syscall(100000, 0, 0, 0), ENOSYS);
    check_errno("negative", sys___syscall(-1, 0, 0, 0), ENOSYS);
}

CASE(__syscall, "makes calls that end a process") {
    int child = (int)sys_fork();
    if (child == 0) sys___syscall(SYS_exit, 7, 0, 0);
    check_equal("status", WEXITSTATUS(wait_for(child)), 7);
}
