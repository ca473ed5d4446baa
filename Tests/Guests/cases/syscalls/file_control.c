// fcntl(2), flock(2), ioctl(2) on files, of FreeBSD 12.2; kern_fcntl, sys_flock in sys/kern/kern_descrip.c, vn_ioctl in
// sys/kern/vfs_vnops.c.
#include "case_files.h"

enum { FIOCLEX = 0x20006601, FIONCLEX = 0x20006602, ALARM_MICROSECONDS = 50000 };
#define FIOASYNC 0x8004667dUL
#define FIOSETOWN 0x8004667cUL
#define FIOGETOWN 0x4004667bUL

static void ignore_nothing(int signal) { (void)signal; }

static void alarm_soon(void) {
    struct itimerval soon = {{0, 0}, {0, ALARM_MICROSECONDS}};
    set_handler(SIGALRM, ignore_nothing, 0);
    sys_setitimer(ITIMER_REAL, &soon, 0);
}

static long set_lock(int file, int type, int64_t start, int64_t length) {
    struct flock lock = {start, length, 0, (int16_t)type, SEEK_SET, 0};
    return sys_fcntl(file, F_SETLK, (long)&lock);
}

CASE(fcntl, "F_DUPFD gives the lowest free descriptor from the number on") {
    int file = make_file("f", "");
    check_equal("from 50", sys_fcntl(file, F_DUPFD, 50), 50);
    check_equal("again", sys_fcntl(file, F_DUPFD, 50), 51);
    check_equal("close-on-exec", sys_fcntl(50, F_GETFD, 0), 0);
}

CASE(fcntl, "F_DUPFD refuses numbers out of range") {
    struct rlimit limit = {64, 64};
    sys_setrlimit(RLIMIT_NOFILE, &limit);
    check_errno("negative", sys_fcntl(0, F_DUPFD, -1), EINVAL);
    check_errno("the limit", sys_fcntl(0, F_DUPFD, 64), EINVAL);
    check_equal("below the limit", sys_fcntl(0, F_DUPFD, 63), 63);
    check_errno("none is left", sys_fcntl(0, F_DUPFD, 63), EMFILE);
}

CASE(fcntl, "F_DUPFD looks at the number before the descriptor") {
    check_errno("both wrong", sys_fcntl(200, F_DUPFD, -1), EINVAL);
    check_errno("not open", sys_fcntl(200, F_DUPFD, 10), EBADF);
}

CASE(fcntl, "F_DUPFD_CLOEXEC sets close-on-exec") {
    check_equal("dup", sys_fcntl(0, F_DUPFD_CLOEXEC, 70), 70);
    check_equal("flags", sys_fcntl(70, F_GETFD, 0), FD_CLOEXEC);
}

CASE(fcntl, "F_DUP2FD takes the number and closes what had it") {
    int file = make_file("f", "abc"), other = make_file("g", "");
    check_equal("dup", sys_fcntl(file, F_DUP2FD, other), other);
    check_equal("seek", (sys_lseek(file, 2, SEEK_SET), sys_lseek(other, 0, SEEK_CUR)), 2);
}

CASE(fcntl, "F_DUP2FD refuses numbers out of range") {
    struct rlimit limit = {64, 64};
    sys_setrlimit(RLIMIT_NOFILE, &limit);
    check_errno("negative", sys_fcntl(0, F_DUP2FD, -1), EBADF);
    check_errno("the limit", sys_fcntl(0, F_DUP2FD, 64), EBADF);
    check_errno("not open", sys_fcntl(50, F_DUP2FD, 51), EBADF);
}

CASE(fcntl, "F_DUP2FD_CLOEXEC sets close-on-exec, even onto itself") {
    int file = make_file("f", "");
    check_equal("dup", sys_fcntl(file, F_DUP2FD_CLOEXEC, 70), 70);
    check_equal("flags", sys_fcntl(70, F_GETFD, 0), FD_CLOEXEC);
    check_equal("itself", sys_fcntl(file, F_DUP2FD_CLOEXEC, file), file);
    check_equal("flags of itself", sys_fcntl(file, F_GETFD, 0), FD_CLOEXEC);
}

CASE(fcntl, "F_SETFD looks at FD_CLOEXEC alone") {
    int file = make_file("f", "");
    check_equal("set", sys_fcntl(file, F_SETFD, FD_CLOEXEC | 0x70), 0);
    check_equal("get", sys_fcntl(file, F_GETFD, 0), FD_CLOEXEC);
    check_equal("clear", sys_fcntl(file, F_SETFD, 0x70), 0);
    check_equal("get", sys_fcntl(file, F_GETFD, 0), 0);
}

CASE(fcntl, "F_GETFL does not tell of flags that only opening heeds") {
    int file = (int)sys_open("f", O_RDWR | O_CREAT | O_EXCL | O_TRUNC | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0644);
    check_equal("file", sys_fcntl(file, F_GETFL, 0), O_RDWR);
    check_equal("folder", sys_fcntl((int)sys_open(".", O_RDONLY | O_DIRECTORY, 0), F_GETFL, 0), O_RDONLY);
}

CASE(fcntl, "F_SETFL cannot change the access") {
    int file = (int)sys_open("f", O_RDONLY | O_CREAT, 0644);
    check_equal("set", sys_fcntl(file, F_SETFL, O_RDWR | O_NONBLOCK), 0);
    check_equal("get", sys_fcntl(file, F_GETFL, 0), O_RDONLY | O_NONBLOCK);
    check_errno("write", sys_write(file, "x", 1), EBADF);
}

CASE(fcntl, "F_SETFL turns O_APPEND on and off") {
    int file = make_file("f", "abc");
    sys_fcntl(file, F_SETFL, O_APPEND);
    sys_write(file, "d", 1);
    sys_fcntl(file, F_SETFL, 0);
    sys_lseek(file, 0, SEEK_SET);
    sys_write(file, "A", 1);
    check_content("content", "f", "Abcd");
}

CASE(fcntl, "F_SETFL with O_NONBLOCK makes a pipe say EAGAIN") {
    int ends[2];
    char byte;
    sys_pipe2(ends, 0);
    check_equal("set", sys_fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    check_errno("read", sys_read(ends[0], &byte, 1), EAGAIN);
    check_equal("the other end's", sys_fcntl(ends[1], F_GETFL, 0) & O_NONBLOCK, 0);
}

CASE(fcntl, "F_SETOWN names who gets the signals of a pipe") {
    int ends[2];
    sys_pipe2(ends, 0);
    check_equal("nobody", sys_fcntl(ends[0], F_GETOWN, 0), 0);
    check_equal("set", sys_fcntl(ends[0], F_SETOWN, sys_getpid()), 0);
    check_equal("get", sys_fcntl(ends[0], F_GETOWN, 0), sys_getpid());
    check_equal("group", sys_fcntl(ends[0], F_SETOWN, -sys_getpgrp()), 0);
    check_equal("get the group", sys_fcntl(ends[0], F_GETOWN, 0), -sys_getpgrp());
    check_errno("no such process", sys_fcntl(ends[0], F_SETOWN, 99999999), ESRCH);
}

CASE(fcntl, "F_SETOWN is not for files") {
    // vn_ioctl hands FIOSETOWN to the file system, which does not know it.
    int file = make_file("f", "");
    check_errno("set", sys_fcntl(file, F_SETOWN, sys_getpid()), ENOTTY);
    check_errno("get", sys_fcntl(file, F_GETOWN, 0), ENOTTY);
}

CASE(fcntl, "F_READAHEAD and F_RDAHEAD are for files") {
    int file = make_file("f", ""), ends[2];
    sys_pipe2(ends, 0);
    check_equal("F_READAHEAD", sys_fcntl(file, F_READAHEAD, 65536), 0);
    check_equal("F_RDAHEAD", sys_fcntl(file, F_RDAHEAD, 1), 0);
    check_errno("folder", sys_fcntl((int)sys_open(".", O_RDONLY, 0), F_RDAHEAD, 1), ENOTTY);
    check_errno("pipe", sys_fcntl(ends[0], F_READAHEAD, 65536), EBADF);
    check_errno("not open", sys_fcntl(200, F_READAHEAD, 65536), EBADF);
}

CASE(fcntl, "refuses commands that it does not know") {
    check_errno("command 99", sys_fcntl(0, 99, 0), EINVAL);
    check_errno("not open, too", sys_fcntl(200, 99, 0), EINVAL);
}

CASE(fcntl, "refuses what is not open") {
    check_errno("F_GETFD", sys_fcntl(200, F_GETFD, 0), EBADF);
    check_errno("F_SETFD", sys_fcntl(200, F_SETFD, 0), EBADF);
    check_errno("F_GETFL", sys_fcntl(200, F_GETFL, 0), EBADF);
    check_errno("F_SETFL", sys_fcntl(200, F_SETFL, 0), EBADF);
    check_errno("F_GETOWN", sys_fcntl(-1, F_GETOWN, 0), EBADF);
}

CASE(fcntl, "F_SETLK keeps others out") {
    int file = make_file("f", "abcdefghij");
    check_equal("lock", set_lock(file, F_WRLCK, 2, 3), 0);
    IN_CHILD("child") {
        check_errno("inside", set_lock(file, F_WRLCK, 4, 1), EAGAIN);
        check_errno("reading", set_lock(file, F_RDLCK, 0, 0), EAGAIN);
        check_equal("before", set_lock(file, F_WRLCK, 0, 2), 0);
        check_equal("behind", set_lock(file, F_WRLCK, 5, 0), 0);
    }
}

CASE(fcntl, "F_SETLK shares locks for reading") {
    int file = make_file("f", "abc");
    check_equal("lock", set_lock(file, F_RDLCK, 0, 0), 0);
    IN_CHILD("child") {
        check_equal("reading", set_lock(file, F_RDLCK, 0, 0), 0);
        check_errno("writing", set_lock(file, F_WRLCK, 0, 0), EAGAIN);
    }
}

CASE(fcntl, "F_SETLK needs a descriptor open for the kind of lock") {
    leave_file("f", "abc");
    check_errno("F_WRLCK", set_lock((int)sys_open("f", O_RDONLY, 0), F_WRLCK, 0, 0), EBADF);
    check_errno("F_RDLCK", set_lock((int)sys_open("f", O_WRONLY, 0), F_RDLCK, 0, 0), EBADF);
    check_equal("F_UNLCK", set_lock((int)sys_open("f", O_RDONLY, 0), F_UNLCK, 0, 0), 0);
}

CASE(fcntl, "locks are not for pipes and sockets") {
    int ends[2], pair[2];
    sys_pipe2(ends, 0);
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    struct flock lock = {0, 0, 0, F_RDLCK, SEEK_SET, 0};
    check_errno("pipe", set_lock(ends[0], F_RDLCK, 0, 0), EBADF);
    check_errno("socket", set_lock(pair[0], F_WRLCK, 0, 0), EBADF);
    check_errno("F_GETLK", sys_fcntl(ends[0], F_GETLK, (long)&lock), EBADF);
}

CASE(fcntl, "F_SETLK refuses what is no lock") {
    int file = make_file("f", "abc");
    struct flock lock = {0, 0, 0, 9, SEEK_SET, 0};
    check_errno("type", sys_fcntl(file, F_SETLK, (long)&lock), EINVAL);
    lock = (struct flock){0, 0, 0, F_RDLCK, 9, 0};
    check_errno("whence", sys_fcntl(file, F_SETLK, (long)&lock), EINVAL);
    check_errno("before the file", set_lock(file, F_RDLCK, -1, 1), EINVAL);
    check_errno("address", sys_fcntl(file, F_SETLK, (long)NOWHERE), EFAULT);
}

CASE(fcntl, "locks count from the offset and from the end") {
    int file = make_file("f", "abcdefghij");
    sys_lseek(file, 4, SEEK_SET);
    struct flock current = {1, 2, 0, F_WRLCK, SEEK_CUR, 0}, end = {-2, 1, 0, F_WRLCK, SEEK_END, 0};
    check_equal("SEEK_CUR", sys_fcntl(file, F_SETLK, (long)&current), 0);
    check_equal("SEEK_END", sys_fcntl(file, F_SETLK, (long)&end), 0);
    IN_CHILD("child") {
        check_equal("4", set_lock(file, F_WRLCK, 4, 1), 0);
        check_errno("5", set_lock(file, F_WRLCK, 5, 1), EAGAIN);
        check_errno("6", set_lock(file, F_WRLCK, 6, 1), EAGAIN);
        check_equal("7", set_lock(file, F_WRLCK, 7, 1), 0);
        check_errno("8", set_lock(file, F_WRLCK, 8, 1), EAGAIN);
        check_equal("9", set_lock(file, F_WRLCK, 9, 1), 0);
    }
}

CASE(fcntl, "a negative length locks what stands before") {
    int file = make_file("f", "abcdefghij");
    check_equal("lock", set_lock(file, F_WRLCK, 5, -2), 0);
    IN_CHILD("child") {
        check_equal("2", set_lock(file, F_WRLCK, 2, 1), 0);
        check_errno("3", set_lock(file, F_WRLCK, 3, 1), EAGAIN);
        check_errno("4", set_lock(file, F_WRLCK, 4, 1), EAGAIN);
        check_equal("5", set_lock(file, F_WRLCK, 5, 1), 0);
    }
}

CASE(fcntl, "F_GETLK tells who holds the lock") {
    int file = make_file("f", "abcdefghij");
    int holder = (int)sys_getpid();
    set_lock(file, F_WRLCK, 2, 3);
    IN_CHILD("child") {
        struct flock lock = {1, 0, 0, F_RDLCK, SEEK_SET, 7};
        check_equal("F_GETLK", sys_fcntl(file, F_GETLK, (long)&lock), 0);
        check_equal("type", lock.type, F_WRLCK);
        check_equal("start", lock.start, 2);
        check_equal("length", lock.length, 3);
        check_equal("process", lock.pid, holder);
        check_equal("whence", lock.whence, SEEK_SET);
        check_equal("system", lock.system_id, 0);
    }
}

CASE(fcntl, "F_GETLK changes the type alone when the lock could be had") {
    int file = make_file("f", "abc");
    struct flock lock = {1, 2, 77, F_WRLCK, SEEK_SET, 5};
    check_equal("F_GETLK", sys_fcntl(file, F_GETLK, (long)&lock), 0);
    check_equal("type", lock.type, F_UNLCK);
    check_equal("start", lock.start, 1);
    check_equal("length", lock.length, 2);
    check_equal("process", lock.pid, 77);
}

CASE(fcntl, "one's own locks do not bind oneself") {
    int file = make_file("f", "abc"), other = (int)sys_open("f", O_RDWR, 0);
    struct flock lock = {0, 0, 0, F_WRLCK, SEEK_SET, 0};
    check_equal("lock", set_lock(file, F_WRLCK, 0, 0), 0);
    check_equal("by another descriptor", set_lock(other, F_RDLCK, 0, 0), 0);
    check_equal("F_GETLK", sys_fcntl(file, F_GETLK, (long)&lock), 0);
    check_equal("free", lock.type, F_UNLCK);
}

CASE(fcntl, "F_SETLKW waits until the lock is free") {
    int file = make_file("f", "abc"), ends[2];
    char byte;
    sys_pipe2(ends, 0);
    int child = (int)sys_fork();
    if (child == 0) {
        set_lock(file, F_WRLCK, 0, 0);
        sys_write(ends[1], "x", 1);
        struct timespec while_ = {0, 50000000};
        sys_nanosleep(&while_, 0);
        guest_exit(0);
    }
    sys_read(ends[0], &byte, 1);
    struct flock lock = {0, 0, 0, F_WRLCK, SEEK_SET, 0};
    check_errno("not yet", set_lock(file, F_WRLCK, 0, 0), EAGAIN);
    check_equal("F_SETLKW", sys_fcntl(file, F_SETLKW, (long)&lock), 0);
    check_equal("child", wait_for(child), 0);
}

CASE(fcntl, "a signal ends the wait of F_SETLKW") {
    int file = make_file("f", "abc");
    set_lock(file, F_WRLCK, 0, 0);
    IN_CHILD("child") {
        struct flock lock = {0, 0, 0, F_WRLCK, SEEK_SET, 0};
        alarm_soon();
        check_errno("F_SETLKW", sys_fcntl(file, F_SETLKW, (long)&lock), EINTR);
    }
}

CASE(fcntl, "locks are not inherited and end with the process") {
    int file = make_file("f", "abc");
    IN_CHILD("child") { check_equal("lock", set_lock(file, F_WRLCK, 0, 0), 0); }
    check_equal("free", set_lock(file, F_WRLCK, 0, 0), 0);
    IN_CHILD("second child") { check_errno("not inherited", set_lock(file, F_WRLCK, 0, 0), EAGAIN); }
}

CASE(flock, "keeps other openings out, not copies") {
    int file = make_file("f", ""), other = (int)sys_open("f", O_RDONLY, 0);
    check_equal("lock", sys_flock(file, LOCK_EX), 0);
    check_errno("other", sys_flock(other, LOCK_SH | LOCK_NB), EAGAIN);
    check_equal("copy", sys_flock((int)sys_dup(file), LOCK_EX | LOCK_NB), 0);
    check_equal("unlock", sys_flock(file, LOCK_UN), 0);
    check_equal("other then", sys_flock(other, LOCK_SH | LOCK_NB), 0);
}

CASE(flock, "is shared by readers, and may be raised when alone") {
    int file = make_file("f", ""), other = (int)sys_open("f", O_RDONLY, 0);
    check_equal("first", sys_flock(file, LOCK_SH), 0);
    check_equal("second", sys_flock(other, LOCK_SH), 0);
    check_errno("raise", sys_flock(file, LOCK_EX | LOCK_NB), EAGAIN);
    sys_flock(other, LOCK_UN);
    check_equal("raise alone", sys_flock(file, LOCK_EX | LOCK_NB), 0);
}

CASE(flock, "refuses what says nothing of the lock") {
    // sys_flock: neither LOCK_UN nor LOCK_EX nor LOCK_SH is EBADF.
    int file = make_file("f", "");
    check_errno("0", sys_flock(file, 0), EBADF);
    check_errno("LOCK_NB", sys_flock(file, LOCK_NB), EBADF);
}

CASE(flock, "prefers unlocking, then the exclusive lock") {
    int file = make_file("f", ""), other = (int)sys_open("f", O_RDONLY, 0);
    check_equal("LOCK_SH and LOCK_EX", sys_flock(file, LOCK_SH | LOCK_EX), 0);
    check_errno("it is exclusive", sys_flock(other, LOCK_SH | LOCK_NB), EAGAIN);
    check_equal("LOCK_UN and LOCK_EX", sys_flock(file, LOCK_UN | LOCK_EX), 0);
    check_equal("it is free", sys_flock(other, LOCK_SH | LOCK_NB), 0);
}

CASE(flock, "refuses pipes, sockets and what is not open") {
    int ends[2], pair[2];
    sys_pipe2(ends, 0);
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    check_errno("pipe", sys_flock(ends[0], LOCK_SH), EOPNOTSUPP);
    check_errno("socket", sys_flock(pair[0], LOCK_SH), EOPNOTSUPP);
    check_errno("not open", sys_flock(200, LOCK_SH), EBADF);
    check_errno("negative", sys_flock(-1, LOCK_SH), EBADF);
}

CASE(flock, "ends its wait at a signal") {
    int file = make_file("f", ""), other = (int)sys_open("f", O_RDONLY, 0);
    sys_flock(file, LOCK_EX);
    alarm_soon();
    check_errno("flock", sys_flock(other, LOCK_EX), EINTR);
}

CASE(ioctl, "FIOCLEX and FIONCLEX turn close-on-exec on and off") {
    int file = make_file("f", "");
    check_equal("FIOCLEX", sys_ioctl(file, FIOCLEX, 0), 0);
    check_equal("on", sys_fcntl(file, F_GETFD, 0), FD_CLOEXEC);
    check_equal("FIONCLEX", sys_ioctl(file, FIONCLEX, 0), 0);
    check_equal("off", sys_fcntl(file, F_GETFD, 0), 0);
}

CASE(ioctl, "FIONREAD tells how much stands before a file's end") {
    int file = make_file("f", "abcdef"), count = -1;
    sys_lseek(file, 2, SEEK_SET);
    check_equal("FIONREAD", sys_ioctl(file, FIONREAD, &count), 0);
    check_equal("count", count, 4);
}

CASE(ioctl, "FIONREAD tells how much a pipe holds") {
    int ends[2], count = -1;
    sys_pipe2(ends, 0);
    sys_write(ends[1], "abc", 3);
    check_equal("FIONREAD", sys_ioctl(ends[0], FIONREAD, &count), 0);
    check_equal("count", count, 3);
}

// pipe_ioctl: an end that only writes has nothing to read.
CASE(ioctl, "FIONREAD of a FIFO's writer is zero") {
    int count = -1;
    sys_mkfifo("p", 0600);
    int reader = (int)sys_open("p", O_RDONLY | O_NONBLOCK, 0), writer = (int)sys_open("p", O_WRONLY, 0);
    sys_write(writer, "abc", 3);
    check_equal("FIONREAD", sys_ioctl(writer, FIONREAD, &count), 0);
    check_equal("the writer's", count, 0);
    sys_ioctl(reader, FIONREAD, &count);
    check_equal("the reader's", count, 3);
}

CASE(ioctl, "FIONBIO and FIOASYNC are accepted for files") {
    int file = make_file("f", ""), on = 1;
    check_equal("FIONBIO", sys_ioctl(file, FIONBIO, &on), 0);
    check_equal("FIOASYNC", (on = 0, sys_ioctl(file, FIOASYNC, &on)), 0);
}

CASE(ioctl, "FIONBIO makes a pipe say EAGAIN, until it is turned off") {
    int ends[2], on = 1;
    char byte;
    sys_pipe2(ends, 0);
    check_equal("FIONBIO", sys_ioctl(ends[0], FIONBIO, &on), 0);
    check_errno("read", sys_read(ends[0], &byte, 1), EAGAIN);
    on = 0;
    check_equal("off", sys_ioctl(ends[0], FIONBIO, &on), 0);
    check_equal("flags", sys_fcntl(ends[0], F_GETFL, 0) & O_NONBLOCK, 0);
}

CASE(ioctl, "FIOSETOWN and FIOGETOWN are F_SETOWN and F_GETOWN") {
    int ends[2], owner = (int)sys_getpid(), got = 0;
    sys_pipe2(ends, 0);
    check_equal("FIOSETOWN", sys_ioctl(ends[0], FIOSETOWN, &owner), 0);
    check_equal("FIOGETOWN", sys_ioctl(ends[0], FIOGETOWN, &got), 0);
    check_equal("owner", got, owner);
}

CASE(ioctl, "refuses requests for terminals on a file") {
    char settings[64];
    int file = make_file("f", "");
    check_errno("TIOCGETA", sys_ioctl(file, TIOCGETA, settings), ENOTTY);
    check_errno("TIOCGWINSZ", sys_ioctl(file, TIOCGWINSZ, settings), ENOTTY);
    check_errno("unknown", sys_ioctl(file, 0x20007a01, settings), ENOTTY);
}

CASE(ioctl, "refuses what is not open, and addresses that are not mapped") {
    int count, ends[2];
    sys_pipe2(ends, 0);
    check_errno("not open", sys_ioctl(200, FIONREAD, &count), EBADF);
    check_errno("address", sys_ioctl(ends[0], FIONREAD, NOWHERE), EFAULT);
    check_errno("address of an argument", sys_ioctl(ends[0], FIONBIO, NOWHERE), EFAULT);
}
