// fstat(2), fstatat(2), access(2) and the forms before FreeBSD 12; sys/kern/vfs_syscalls.c, sys/sys/stat.h.
#include "../../runtime/old_files.h"
#include "case_files.h"

enum { ALLOWED_SECONDS = 5 };
static char long_path[PATH_LIMIT + 2];

static int is_now(int64_t seconds) {
    struct timespec now;
    sys_clock_gettime(CLOCK_REALTIME, &now);
    return seconds > now.seconds - ALLOWED_SECONDS && seconds <= now.seconds + 1;
}

CASE(fstat, "tells a file's type, size, links and owner") {
    struct file_status status;
    int file = make_file("f", "abcdef");
    sys_link("f", "g");
    check_equal("fstat", sys_fstat(file, &status), 0);
    check_equal("mode", status.mode, S_IFREG | 0644);
    check_equal("size", status.size, 6);
    check_equal("links", (long)status.links, 2);
    check_equal("owner", status.owner, sys_geteuid());
    check_equal("block size", status.block_size > 0, 1);
    check_equal("flags", status.flags, 0);
}

CASE(fstat, "tells the times in nanoseconds") {
    struct file_status status;
    sys_fstat(make_file("f", "x"), &status);
    check_equal("accessed", is_now(status.accessed.seconds), 1);
    check_equal("modified", is_now(status.modified.seconds), 1);
    check_equal("changed", is_now(status.changed.seconds), 1);
    check_equal("nanoseconds", status.modified.nanoseconds >= 0 && status.modified.nanoseconds < 1000000000, 1);
    check_equal("born no later", status.born.seconds <= status.changed.seconds, 1);
}

CASE(fstat, "counts blocks of 512 bytes") {
    static char block[8192];
    struct file_status status;
    int file = make_file("f", "");
    sys_write(file, block, sizeof block);
    sys_fsync(file);
    sys_fstat(file, &status);
    check_equal("blocks", status.blocks >= 16, 1);
}

CASE(fstat, "knows pipes, sockets and devices") {
    struct file_status status;
    int ends[2], pair[2];
    sys_pipe2(ends, 0);
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    check_equal("pipe", (sys_fstat(ends[0], &status), status.mode & S_IFMT), S_IFIFO);
    check_equal("socket", (sys_fstat(pair[0], &status), status.mode & S_IFMT), S_IFSOCK);
    check_equal("device", (sys_fstat((int)sys_open("/dev/null", O_RDONLY, 0), &status), status.mode & S_IFMT), S_IFCHR);
    check_equal("folder", (sys_fstat((int)sys_open(".", O_RDONLY, 0), &status), status.mode & S_IFMT), S_IFDIR);
}

CASE(fstat, "refuses what is not open and bad addresses") {
    struct file_status status;
    check_errno("not open", sys_fstat(200, &status), EBADF);
    check_errno("negative", sys_fstat(-1, &status), EBADF);
    check_errno("address", sys_fstat(make_file("f", ""), NOWHERE), EFAULT);
}

CASE(fstatat, "follows links, unless told not to") {
    struct file_status status;
    leave_file("f", "abc");
    sys_symlink("f", "s");
    check_equal("follow", sys_fstatat(AT_FDCWD, "s", &status, 0), 0);
    check_equal("file", status.mode & S_IFMT, S_IFREG);
    check_equal("do not", sys_fstatat(AT_FDCWD, "s", &status, AT_SYMLINK_NOFOLLOW), 0);
    check_equal("link", status.mode & S_IFMT, S_IFLNK);
    check_equal("links of a slash", (sys_mkdir("d", 0755), sys_symlink("d", "t"),
                                     sys_fstatat(AT_FDCWD, "t/", &status, AT_SYMLINK_NOFOLLOW)), 0);
    check_equal("lead to the folder", status.mode & S_IFMT, S_IFDIR);
}

CASE(fstatat, "goes out from a folder") {
    struct file_status status;
    sys_mkdir("d", 0755);
    leave_file("d/f", "abc");
    int folder = (int)sys_open("d", O_RDONLY, 0);
    check_equal("fstatat", sys_fstatat(folder, "f", &status, 0), 0);
    check_equal("size", status.size, 3);
    check_errno("not open", sys_fstatat(200, "f", &status, 0), EBADF);
    check_errno("file", sys_fstatat(make_file("g", ""), "f", &status, 0), ENOTDIR);
    check_equal("an absolute path", sys_fstatat(200, "/", &status, 0), 0);
}

CASE(fstatat, "refuses what is not there") {
    struct file_status status;
    leave_file("f", "");
    check_errno("none", sys_fstatat(AT_FDCWD, "none", &status, 0), ENOENT);
    check_errno("the empty name", sys_fstatat(AT_FDCWD, "", &status, 0), ENOENT);
    check_errno("below a file", sys_fstatat(AT_FDCWD, "f/g", &status, 0), ENOTDIR);
    check_errno("file with a slash", sys_fstatat(AT_FDCWD, "f/", &status, 0), ENOTDIR);
    check_errno("long name", sys_fstatat(AT_FDCWD, repeated(long_path, 'x', 256), &status, 0), ENAMETOOLONG);
    check_errno("long path", sys_fstatat(AT_FDCWD, repeated(long_path, '/', 1024), &status, 0), ENAMETOOLONG);
}

CASE(fstatat, "refuses bad flags, addresses and loops") {
    struct file_status status;
    check_errno("flags", sys_fstatat(AT_FDCWD, ".", &status, AT_REMOVEDIR), EINVAL);
    check_errno("path", sys_fstatat(AT_FDCWD, NOWHERE, &status, 0), EFAULT);
    check_errno("buffer", sys_fstatat(AT_FDCWD, ".", NOWHERE, 0), EFAULT);
    check_errno("loop", (sys_symlink("s", "s"), sys_fstatat(AT_FDCWD, "s", &status, 0)), ELOOP);
    check_equal("the loop itself", sys_fstatat(AT_FDCWD, "s", &status, AT_SYMLINK_NOFOLLOW), 0);
}

CASE(fstatat, "needs permission to search, not to read") {
    struct file_status status;
    sys_mkdir("d", 0755);
    leave_file("d/f", "");
    leave_file("g", "");
    sys_chmod("d", 0);
    sys_chmod("g", 0);
    become_ordinary();
    check_errno("below", sys_fstatat(AT_FDCWD, "d/f", &status, 0), EACCES);
    check_equal("the folder", sys_fstatat(AT_FDCWD, "d", &status, 0), 0);
    check_equal("the file", sys_fstatat(AT_FDCWD, "g", &status, 0), 0);
}

CASE(freebsd11_stat, "tells the same in the shorter form") {
    struct old_file_status old, link;
    struct file_status status;
    int file = make_file("f", "abcdef");
    sys_symlink("f", "s");
    status_of("f", &status);
    check_equal("stat", sys_freebsd11_stat("s", &old), 0);
    check_equal("mode", old.mode, S_IFREG | 0644);
    check_equal("size", old.size, 6);
    check_equal("modified", old.modified.seconds, status.modified.seconds);
    check_equal("lstat", sys_freebsd11_lstat("s", &link), 0);
    check_equal("link", link.mode & S_IFMT, S_IFLNK);
    check_equal("fstat", sys_freebsd11_fstat(file, &link), 0);
    check_equal("inode", link.inode, old.inode);
}

CASE(freebsd11_stat, "refuses what is not there, not open or not mapped") {
    struct old_file_status old;
    check_errno("none", sys_freebsd11_stat("none", &old), ENOENT);
    check_errno("link", sys_freebsd11_lstat("none", &old), ENOENT);
    check_errno("not open", sys_freebsd11_fstat(200, &old), EBADF);
    check_errno("address", sys_freebsd11_stat(".", NOWHERE), EFAULT);
}

CASE(freebsd11_fstatat, "goes out from a folder and heeds the flags") {
    struct old_file_status old;
    sys_mkdir("d", 0755);
    sys_symlink("none", "d/s");
    int folder = (int)sys_open("d", O_RDONLY, 0);
    check_equal("link", sys_freebsd11_fstatat(folder, "s", &old, AT_SYMLINK_NOFOLLOW), 0);
    check_equal("type", old.mode & S_IFMT, S_IFLNK);
    check_errno("follow", sys_freebsd11_fstatat(folder, "s", &old, 0), ENOENT);
    check_errno("flags", sys_freebsd11_fstatat(folder, "s", &old, AT_REMOVEDIR), EINVAL);
}

CASE(freebsd11_nstat, "tells the same in the form of NetBSD") {
    // struct nstat (sys/sys/stat.h): the mode has 32 bits and stands third.
    static unsigned words[64];
    int file = make_file("f", "abc");
    check_equal("nstat", sys_freebsd11_nstat("f", words), 0);
    check_equal("mode", words[2], S_IFREG | 0644);
    words[2] = 0;
    check_equal("nfstat", sys_freebsd11_nfstat(file, words), 0);
    check_equal("mode", words[2], S_IFREG | 0644);
    sys_symlink("f", "s");
    check_equal("nlstat", sys_freebsd11_nlstat("s", words), 0);
    check_equal("link", words[2] & S_IFMT, S_IFLNK);
    check_errno("none", sys_freebsd11_nstat("none", words), ENOENT);
}

CASE(access, "asks whether a name is there") {
    leave_file("f", "");
    check_equal("file", sys_access("f", F_OK), 0);
    check_errno("none", sys_access("none", F_OK), ENOENT);
    check_errno("below a file", sys_access("f/g", F_OK), ENOTDIR);
    check_errno("dangling link", (sys_symlink("none", "s"), sys_access("s", F_OK)), ENOENT);
}

CASE(access, "asks for permissions") {
    leave_file("f", "");
    sys_chmod("f", 0444);
    become_ordinary();
    check_equal("read", sys_access("f", R_OK), 0);
    check_errno("write", sys_access("f", W_OK), EACCES);
    check_errno("both", sys_access("f", R_OK | W_OK), EACCES);
    check_errno("execute", sys_access("f", X_OK), EACCES);
}

CASE(access, "lets the superuser do all, except execute what nobody may") {
    need_superuser();
    leave_file("f", "");
    sys_chmod("f", 0);
    check_equal("read and write", sys_access("f", R_OK | W_OK), 0);
    check_errno("execute", sys_access("f", X_OK), EACCES);
    sys_chmod("f", 0010);
    check_equal("execute for the group", sys_access("f", X_OK), 0);
}

CASE(access, "refuses other modes and bad addresses") {
    check_errno("mode", sys_access(".", 8), EINVAL);
    check_errno("negative mode", sys_access(".", -1), EINVAL);
    check_errno("address", sys_access(NOWHERE, F_OK), EFAULT);
    check_errno("the empty name", sys_access("", F_OK), ENOENT);
}

CASE(access, "asks for the real user, eaccess for the effective one") {
    need_superuser();
    leave_file("f", "");
    sys_chmod("f", 0600);
    sys_chmod(".", 0777);
    if (sys_setresuid(0, ORDINARY_USER, 0) < 0)
        skip_case("root cannot become another user here");
    check_equal("access", sys_access("f", R_OK), 0);
    check_errno("eaccess", sys_eaccess("f", R_OK), EACCES);
    check_equal("faccessat", sys_faccessat(AT_FDCWD, "f", R_OK, 0), 0);
    check_errno("AT_EACCESS", sys_faccessat(AT_FDCWD, "f", R_OK, AT_EACCESS), EACCES);
}

CASE(eaccess, "asks like access for most") {
    leave_file("f", "");
    check_equal("file", sys_eaccess("f", R_OK), 0);
    check_errno("none", sys_eaccess("none", F_OK), ENOENT);
    check_errno("mode", sys_eaccess("f", 16), EINVAL);
    check_errno("address", sys_eaccess(NOWHERE, F_OK), EFAULT);
}

CASE(faccessat, "goes out from a folder") {
    sys_mkdir("d", 0755);
    leave_file("d/f", "");
    int folder = (int)sys_open("d", O_RDONLY, 0);
    check_equal("faccessat", sys_faccessat(folder, "f", R_OK, 0), 0);
    check_errno("none", sys_faccessat(folder, "g", F_OK, 0), ENOENT);
    check_errno("not open", sys_faccessat(200, "f", F_OK, 0), EBADF);
    check_errno("file", sys_faccessat(make_file("g", ""), "f", F_OK, 0), ENOTDIR);
    check_errno("flags", sys_faccessat(folder, "f", F_OK, AT_REMOVEDIR), EINVAL);
}
