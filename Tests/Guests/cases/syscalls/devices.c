// /dev/null, /dev/zero, /dev/fd and what the calls for files say of pipes and sockets; null(4), zero(4), fd(4) of
// FreeBSD 12.2, dupfdopen and invfo_chmod in sys/kern/kern_descrip.c, getvnode in sys/kern/vfs_syscalls.c.
#include "case_files.h"

static char buffer[4096];

struct unnamed { int pipe[2], socket[2]; };

static struct unnamed make_unnamed(void) {
    struct unnamed made;
    sys_pipe2(made.pipe, 0);
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, made.socket);
    return made;
}

CASE(open, "of /dev/null reads nothing and takes everything") {
    int null = (int)sys_open("/dev/null", O_RDWR, 0);
    check_equal("read", sys_read(null, buffer, 10), 0);
    check_equal("write", sys_write(null, buffer, sizeof buffer), sizeof buffer);
    check_equal("truncate", sys_open("/dev/null", O_WRONLY | O_TRUNC | O_CREAT, 0644) >= 0, 1);
}

CASE(open, "of /dev/zero reads zeros and can be mapped") {
    int zero = (int)sys_open("/dev/zero", O_RDWR, 0);
    memset(buffer, 1, sizeof buffer);
    check_equal("read", sys_read(zero, buffer, sizeof buffer), sizeof buffer);
    check_equal("zero", buffer[0] | buffer[sizeof buffer - 1], 0);
    char *page = (char *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);
    check_equal("mapped", page[7] = 0, 0);
}

CASE(open, "of /dev/fd gives another descriptor of the same opening") {
    char path[32];
    int file = make_file("f", "abcdef");
    int copy = (int)sys_open(format_string(path, sizeof path, "/dev/fd/%d", file), O_RDWR, 0);
    check_equal("open", copy >= 0 && copy != file, 1);
    sys_lseek(file, 3, SEEK_SET);
    check_equal("the offset is shared", sys_lseek(copy, 0, SEEK_CUR), 3);
}

CASE(open, "of /dev/fd grants no more than the descriptor does") {
    // dupfdopen: EACCES.
    char path[32];
    leave_file("f", "abc");
    int reader = (int)sys_open("f", O_RDONLY, 0);
    format_string(path, sizeof path, "/dev/fd/%d", reader);
    check_errno("writing", sys_open(path, O_RDWR, 0), EACCES);
    check_equal("reading", sys_open(path, O_RDONLY, 0) >= 0, 1);
}

CASE(open, "of /dev/fd refuses what is not open") {
    check_errno("open", sys_open("/dev/fd/200", O_RDONLY, 0), EBADF);
}

CASE(open, "of /dev/stdin, /dev/stdout and /dev/stderr gives the first descriptors") {
    int file = make_file("f", "abc");
    sys_dup2(file, 0);
    int copy = (int)sys_open("/dev/stdin", O_RDONLY, 0);
    sys_lseek(file, 2, SEEK_SET);
    check_equal("offset", sys_lseek(copy, 0, SEEK_CUR), 2);
    check_equal("standard output", sys_open("/dev/stdout", O_WRONLY, 0) >= 0, 1);
}

CASE(stat, "of /dev/stdin and of /dev/fd finds what can be opened") {
    char path[32];
    struct file_status status;
    int file = make_file("f", "abc");
    sys_dup2(file, 0);
    check_equal("the first descriptor", status_of("/dev/stdin", &status), 0);
    check_equal("a device, whatever is open there", status.mode, S_IFCHR | 0666);
    check_equal("without a size", status.size, 0);
    check_equal("may be read", sys_access("/dev/stdin", R_OK), 0);
    check_equal("another", status_of(format_string(path, sizeof path, "/dev/fd/%d", file), &status), 0);
    check_equal("the folder", status_of("/dev/fd", &status), 0);
    check_equal("is one", status.mode & S_IFMT, S_IFDIR);
    check_equal("access to it", sys_access("/dev/fd", X_OK), 0);
}

CASE(fchmod, "is not for pipes and sockets") {
    struct unnamed made = make_unnamed();
    check_errno("pipe", sys_fchmod(made.pipe[0], 0600), EINVAL);
    check_errno("socket", sys_fchmod(made.socket[0], 0600), EINVAL);
}

CASE(fchown, "is not for pipes and sockets") {
    struct unnamed made = make_unnamed();
    check_errno("pipe", sys_fchown(made.pipe[0], -1, -1), EINVAL);
    check_errno("socket", sys_fchown(made.socket[0], -1, -1), EINVAL);
}

CASE(futimes, "is not for pipes and sockets") {
    struct unnamed made = make_unnamed();
    check_errno("pipe", sys_futimes(made.pipe[0], 0), EINVAL);
    check_errno("socket", sys_futimes(made.socket[0], 0), EINVAL);
    check_errno("futimens", sys_futimens(made.pipe[0], 0), EINVAL);
}

CASE(fchflags, "is not for pipes and sockets") {
    struct unnamed made = make_unnamed();
    check_errno("pipe", sys_fchflags(made.pipe[0], 0), EINVAL);
    check_errno("socket", sys_fchflags(made.socket[0], 0), EINVAL);
}

CASE(extattr_get_fd, "is not for pipes and sockets") {
    struct unnamed made = make_unnamed();
    check_errno("pipe", sys_extattr_get_fd(made.pipe[0], 1, "a", buffer, 8), EINVAL);
    check_errno("set", sys_extattr_set_fd(made.socket[0], 1, "a", "x", 1), EINVAL);
    check_errno("delete", sys_extattr_delete_fd(made.pipe[0], 1, "a"), EINVAL);
    check_errno("list", sys_extattr_list_fd(made.pipe[0], 1, 0, 0), EINVAL);
}

CASE(openat, "does not go out from a pipe") {
    struct unnamed made = make_unnamed();
    check_errno("pipe", sys_openat(made.pipe[0], "f", O_RDONLY, 0), ENOTDIR);
    check_errno("socket", sys_openat(made.socket[0], "f", O_RDONLY, 0), ENOTDIR);
}

CASE(fchmod, "works on a FIFO with a name") {
    sys_mkfifo("p", 0600);
    int fifo = (int)sys_open("p", O_RDONLY | O_NONBLOCK, 0);
    check_equal("fchmod", sys_fchmod(fifo, 0640), 0);
    check_equal("permissions", permissions_of("p"), 0640);
    check_equal("futimes", sys_futimes(fifo, 0), 0);
}

CASE(open, "with O_EXEC gives a descriptor that knows its file") {
    leave_file("f", "abc");
    sys_chmod("f", 0755);
    struct file_status status;
    int file = (int)sys_open("f", O_EXEC, 0);
    check_equal("fstat", sys_fstat(file, &status), 0);
    check_equal("size", status.size, 3);
    check_equal("fchmod", sys_fchmod(file, 0700), 0);
    check_equal("permissions", permissions_of("f"), 0700);
    check_equal("fchown", sys_fchown(file, -1, -1), 0);
    check_equal("futimes", sys_futimes(file, 0), 0);
}

CASE(open, "with O_EXEC of a folder gives one to go out from") {
    sys_mkdir("d", 0755);
    leave_file("d/f", "abc");
    int folder = (int)sys_open("d", O_EXEC | O_DIRECTORY, 0);
    check_equal("open", folder >= 0, 1);
    check_equal("openat", sys_openat(folder, "f", O_RDONLY, 0) >= 0, 1);
    check_equal("fchdir", sys_fchdir(folder), 0);
    check_errno("getdirentries", sys_getdirentries(folder, buffer, sizeof buffer, 0), EBADF);
}

CASE(open, "of a name with a slash makes no file") {
    check_errno("O_RDWR", sys_open("new/", O_RDWR | O_CREAT, 0644), ENOENT);
    check_errno("O_RDONLY", sys_open("new/", O_RDONLY | O_CREAT, 0644), ENOENT);
    check_equal("nothing was made", exists("new"), 0);
}

CASE(rename, "with slashes at the end is for folders") {
    leave_file("f", "");
    sys_mkdir("d", 0755);
    check_errno("file to a new name", sys_rename("f", "g/"), ENOENT);
    check_errno("file", sys_rename("f/", "g"), ENOTDIR);
    check_equal("folder to a new name", sys_rename("d/", "e/"), 0);
    check_equal("moved", type_of("e"), S_IFDIR);
}

CASE(rmdir, "by a link and a slash removes the folder") {
    sys_mkdir("d", 0755);
    sys_symlink("d", "s");
    check_equal("rmdir", sys_rmdir("s/"), 0);
    check_equal("the folder is gone", exists("d"), 0);
    check_equal("the link stays", type_of("s"), S_IFLNK);
}

CASE(mkdir, "in a set-group folder does not set the bit") {
    sys_mkdir("d", 0755);
    sys_chown("d", -1, (int)sys_getegid());
    check_equal("chmod", sys_chmod("d", 02755), 0);
    check_equal("mkdir", sys_mkdir("d/e", 0755), 0);
    check_equal("permissions", permissions_of("d/e"), 0755);
}

CASE(open, "gives a new file the group of its folder") {
    need_superuser();
    struct file_status status;
    sys_mkdir("d", 0755);
    sys_chown("d", -1, 4321);
    leave_file("d/f", "");
    status_of("d/f", &status);
    check_equal("file", status.group, 4321);
    sys_mkdir("d/e", 0755);
    status_of("d/e", &status);
    check_equal("folder", status.group, 4321);
    sys_symlink("x", "d/s");
    status_of_link("d/s", &status);
    check_equal("link", status.group, 4321);
    sys_mkfifo("d/p", 0644);
    status_of("d/p", &status);
    check_equal("FIFO", status.group, 4321);
}

CASE(chmod, "sets the set-group bit for members of the group alone") {
    // ufs_chmod: EPERM; chmod(2) of other systems clears the bit.
    need_superuser();
    leave_file("f", "");
    sys_chown("f", ORDINARY_USER, 4321);
    become_ordinary();
    check_errno("chmod", sys_chmod("f", 02755), EPERM);
    check_equal("without the bit", sys_chmod("f", 0755), 0);
    int file = (int)sys_open("f", O_RDONLY, 0);
    check_errno("fchmod", sys_fchmod(file, 02755), EPERM);
}
