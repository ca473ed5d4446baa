// posix_openpt(2) of FreeBSD 12.2; sys/kern/tty_pts.c.
#include "../../runtime/children.h"
#include "case_files.h"

#define TIOCPTMASTER 0x2000741cUL
#define TIOCGPTN 0x4004740fUL

static int open_master(int flags) { return (int)sys_posix_openpt(O_RDWR | flags); }

CASE(posix_openpt, "gives the master of a pseudo-terminal") {
    struct file_status status;
    int number = -1, master = open_master(O_NOCTTY);
    check("posix_openpt", master >= 0);
    check_equal("fstat", sys_fstat(master, &status), 0);
    check_equal("type", status.mode & S_IFMT, S_IFCHR);
    check_equal("TIOCPTMASTER", sys_ioctl(master, TIOCPTMASTER, 0), 0);
    check_equal("TIOCGPTN", sys_ioctl(master, TIOCGPTN, &number), 0);
    check("a number", number >= 0);
}

CASE(posix_openpt, "gives another terminal each time") {
    int first = -1, second = -1;
    sys_ioctl(open_master(0), TIOCGPTN, &first);
    sys_ioctl(open_master(0), TIOCGPTN, &second);
    check("two", first >= 0 && second >= 0 && first != second);
}

CASE(posix_openpt, "gives a master that carries bytes to its slave") {
    char path[32], bytes[8] = {0};
    int number = -1, master = open_master(0);
    sys_ioctl(master, TIOCGPTN, &number);
    int slave = (int)sys_open(format_string(path, sizeof path, "/dev/pts/%d", number), O_RDWR | O_NOCTTY, 0);
    check("slave", slave >= 0);
    check_equal("write", sys_write(master, "abc\n", 4), 4);
    check_equal("read", sys_read(slave, bytes, sizeof bytes), 4);
    check_string("bytes", bytes, "abc\n");
}

CASE(posix_openpt, "sets close-on-exec only when asked to") {
    check_equal("without", sys_fcntl(open_master(0), F_GETFD, 0), 0);
    check_equal("with", sys_fcntl(open_master(O_CLOEXEC), F_GETFD, 0), FD_CLOEXEC);
}

CASE(posix_openpt, "refuses other flags") {
    static const int flags[] = {O_NONBLOCK, O_APPEND, O_CREAT, O_TRUNC, O_DIRECTORY};
    for (size_t i = 0; i < COUNT_OF(flags); i++) check_errno("flag", open_master(flags[i]), EINVAL);
    check_errno("writing only", sys_posix_openpt(O_WRONLY), EINVAL);
}

CASE(posix_openpt, "fails when all descriptors are taken") {
    struct rlimit limit;
    int file = (int)sys_open("/dev/null", O_RDONLY, 0);
    sys_getrlimit(RLIMIT_NOFILE, &limit);
    limit.soft = file + 1;
    sys_setrlimit(RLIMIT_NOFILE, &limit);
    check_errno("posix_openpt", open_master(0), EMFILE);
}
