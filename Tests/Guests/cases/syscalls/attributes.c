// chmod(2), chown(2), umask(2), chflags(2), utimes(2), utimensat(2) of FreeBSD 12.2; getutimes, getutimens in
// sys/kern/vfs_syscalls.c, ufs_chmod, ufs_chown, ufs_setattr in sys/ufs/ufs/ufs_vnops.c.
#include "case_files.h"

enum { ALLOWED_SECONDS = 5, SOME_USER = 1234, SOME_GROUP = 4321, UF_NODUMP = 1, SF_IMMUTABLE = 0x20000 };
static char long_name[PATH_LIMIT + 2];

static int is_now(int64_t seconds) {
    struct timespec now;
    sys_clock_gettime(CLOCK_REALTIME, &now);
    return seconds > now.seconds - ALLOWED_SECONDS && seconds <= now.seconds + 1;
}

static void check_times(const char *path, int64_t accessed, int64_t modified) {
    struct file_status status;
    check_equal("status", status_of(path, &status), 0);
    check_equal("accessed", status.accessed.seconds, accessed);
    check_equal("modified", status.modified.seconds, modified);
}

static void check_owner(const char *path, unsigned user, unsigned group) {
    struct file_status status;
    check_equal("status", status_of_link(path, &status), 0);
    check_equal("user", status.owner, user);
    check_equal("group", status.group, group);
}

CASE(chmod, "sets all permission bits") {
    leave_file("f", "");
    for (int mode = 0; mode <= 0777; mode += 0111) {
        check_equal("chmod", sys_chmod("f", mode), 0);
        check_equal("permissions", permissions_of("f"), mode);
    }
}

CASE(chmod, "sets the bits of the set-identity kinds") {
    leave_file("f", "");
    check_equal("set-user", sys_chmod("f", 04755), 0);
    check_equal("permissions", permissions_of("f"), 04755);
    check_equal("set-group", (sys_chown("f", -1, (int)sys_getegid()), sys_chmod("f", 02755)), 0);
    check_equal("permissions", permissions_of("f"), 02755);
}

CASE(chmod, "heeds no mask and no bits beyond the twelve") {
    leave_file("f", "");
    sys_umask(077);
    check_equal("chmod", sys_chmod("f", 0100666), 0);
    check_equal("permissions", permissions_of("f"), 0666);
    check_equal("type", type_of("f"), S_IFREG);
}

CASE(chmod, "sets the sticky bit of folders, of files for the superuser alone") {
    sys_mkdir("d", 0755);
    check_equal("folder", sys_chmod("d", 01755), 0);
    check_equal("permissions", permissions_of("d"), 01755);
    become_ordinary();
    leave_file("f", "");
    check_errno("file", sys_chmod("f", 01644), EFTYPE);
}

CASE(chmod, "follows links") {
    leave_file("f", "");
    sys_symlink("f", "s");
    check_equal("chmod", sys_chmod("s", 0600), 0);
    check_equal("permissions", permissions_of("f"), 0600);
    sys_unlink("f");
    check_errno("dangling", sys_chmod("s", 0600), ENOENT);
}

CASE(chmod, "is for the owner") {
    need_superuser();
    leave_file("f", "");
    become_ordinary();
    check_errno("chmod", sys_chmod("f", 0600), EPERM);
}

CASE(chmod, "refuses what is not there") {
    leave_file("f", "");
    check_errno("none", sys_chmod("none", 0600), ENOENT);
    check_errno("below a file", sys_chmod("f/g", 0600), ENOTDIR);
    check_errno("long", sys_chmod(repeated(long_name, 'x', 256), 0600), ENAMETOOLONG);
    check_errno("address", sys_chmod(NOWHERE, 0600), EFAULT);
}

CASE(fchmod, "sets the mode of an open file") {
    int file = make_file("f", "");
    check_equal("fchmod", sys_fchmod(file, 0640), 0);
    check_equal("permissions", permissions_of("f"), 0640);
    check_equal("open for reading", sys_fchmod((int)sys_open("f", O_RDONLY, 0), 0600), 0);
    check_errno("not open", sys_fchmod(200, 0600), EBADF);
}

CASE(fchmodat, "goes out from a folder") {
    sys_mkdir("d", 0755);
    leave_file("d/f", "");
    int folder = (int)sys_open("d", O_RDONLY, 0);
    check_equal("fchmodat", sys_fchmodat(folder, "f", 0600, 0), 0);
    check_equal("permissions", permissions_of("d/f"), 0600);
    check_errno("not open", sys_fchmodat(200, "f", 0600, 0), EBADF);
    check_errno("file", sys_fchmodat(make_file("g", ""), "f", 0600, 0), ENOTDIR);
    check_errno("flags", sys_fchmodat(folder, "f", 0600, AT_REMOVEDIR), EINVAL);
    check_equal("AT_SYMLINK_NOFOLLOW of a file", sys_fchmodat(folder, "f", 0640, AT_SYMLINK_NOFOLLOW), 0);
    check_equal("permissions", permissions_of("d/f"), 0640);
}

CASE(lchmod, "does not set the mode of what a link leads to") {
    leave_file("f", "");
    sys_chmod("f", 0640);
    sys_symlink("f", "l");
    check_equal("lchmod", sys_lchmod("l", 0600), 0);
    check_equal("fchmodat", sys_fchmodat(AT_FDCWD, "l", 0600, AT_SYMLINK_NOFOLLOW), 0);
    check_equal("permissions", permissions_of("f"), 0640);
}

CASE(lchmod, "sets the mode of what is no link") {
    leave_file("f", "");
    check_equal("lchmod", sys_lchmod("f", 0600), 0);
    check_equal("permissions", permissions_of("f"), 0600);
    check_errno("none", sys_lchmod("none", 0600), ENOENT);
    check_errno("address", sys_lchmod(NOWHERE, 0600), EFAULT);
}

CASE(umask, "gives the mask before, and keeps nine bits") {
    sys_umask(022);
    check_equal("before", sys_umask(027), 022);
    check_equal("again", sys_umask(07777), 027);
    check_equal("nine bits", sys_umask(0), 0777);
}

CASE(umask, "is inherited and then one's own") {
    sys_umask(027);
    IN_CHILD("child") { check_equal("inherited", sys_umask(0), 027); }
    check_equal("unchanged", sys_umask(0), 027);
}

CASE(chown, "gives files to others for the superuser") {
    need_superuser();
    leave_file("f", "");
    check_equal("chown", sys_chown("f", SOME_USER, SOME_GROUP), 0);
    check_owner("f", SOME_USER, SOME_GROUP);
    check_equal("user alone", sys_chown("f", 0, -1), 0);
    check_owner("f", 0, SOME_GROUP);
    check_equal("group alone", sys_chown("f", -1, 0), 0);
    check_owner("f", 0, 0);
}

CASE(chown, "follows links, lchown does not") {
    need_superuser();
    leave_file("f", "");
    sys_symlink("f", "s");
    check_equal("chown", sys_chown("s", SOME_USER, -1), 0);
    check_owner("f", SOME_USER, sys_getegid());
    check_equal("lchown", sys_lchown("s", SOME_USER + 1, SOME_GROUP), 0);
    check_owner("s", SOME_USER + 1, SOME_GROUP);
    check_owner("f", SOME_USER, sys_getegid());
}

CASE(chown, "refuses ordinary users other owners and strange groups") {
    become_ordinary();
    leave_file("f", "");
    check_errno("user", sys_chown("f", 0, -1), EPERM);
    check_errno("group", sys_chown("f", -1, SOME_GROUP), EPERM);
    check_equal("nothing changes", sys_chown("f", -1, -1), 0);
    check_equal("one's own group", sys_chown("f", -1, (int)sys_getegid()), 0);
    check_equal("oneself", sys_chown("f", (int)sys_geteuid(), -1), 0);
}

CASE(chown, "clears the set-identity bits for ordinary users") {
    become_ordinary();
    leave_file("f", "");
    sys_chmod("f", 06755);
    check_equal("chown", sys_chown("f", -1, (int)sys_getegid()), 0);
    check_equal("permissions", permissions_of("f"), 0755);
}

CASE(chown, "refuses what is not there") {
    leave_file("f", "");
    check_errno("none", sys_chown("none", -1, -1), ENOENT);
    check_errno("below a file", sys_chown("f/g", -1, -1), ENOTDIR);
    check_errno("address", sys_chown(NOWHERE, -1, -1), EFAULT);
    check_errno("lchown", sys_lchown("none", -1, -1), ENOENT);
}

CASE(fchown, "gives an open file away") {
    need_superuser();
    int file = make_file("f", "");
    check_equal("fchown", sys_fchown(file, SOME_USER, SOME_GROUP), 0);
    check_owner("f", SOME_USER, SOME_GROUP);
}

CASE(fchown, "refuses what is not open") {
    check_errno("not open", sys_fchown(200, -1, -1), EBADF);
    check_errno("negative", sys_fchown(-1, -1, -1), EBADF);
    check_equal("nothing changes", sys_fchown(make_file("f", ""), -1, -1), 0);
}

CASE(fchownat, "goes out from a folder and heeds the flags") {
    sys_mkdir("d", 0755);
    sys_symlink("none", "d/s");
    int folder = (int)sys_open("d", O_RDONLY, 0);
    check_equal("the link", sys_fchownat(folder, "s", -1, (int)sys_getegid(), AT_SYMLINK_NOFOLLOW), 0);
    check_errno("what it names", sys_fchownat(folder, "s", -1, -1, 0), ENOENT);
    check_errno("flags", sys_fchownat(folder, "s", -1, -1, AT_REMOVEDIR), EINVAL);
    check_errno("not open", sys_fchownat(200, "s", -1, -1, 0), EBADF);
    check_errno("file", sys_fchownat(make_file("f", ""), "s", -1, -1, 0), ENOTDIR);
}

CASE(chflags, "clears what is not set") {
    int file = make_file("f", "");
    sys_symlink("f", "s");
    check_equal("chflags", sys_chflags("f", 0), 0);
    check_equal("fchflags", sys_fchflags(file, 0), 0);
    check_equal("lchflags", sys_lchflags("s", 0), 0);
    check_equal("chflagsat", sys_chflagsat(AT_FDCWD, "f", 0, 0), 0);
}

CASE(chflags, "says EOPNOTSUPP where the file system keeps none") {
    int file = make_file("f", "");
    check_errno("chflags", sys_chflags("f", UF_NODUMP), EOPNOTSUPP);
    check_errno("fchflags", sys_fchflags(file, UF_NODUMP), EOPNOTSUPP);
}

CASE(chflags, "refuses ordinary users the superuser's flags and others' files") {
    need_superuser();
    leave_file("f", "");
    become_ordinary();
    leave_file("own", "");
    check_errno("superuser's flag", sys_chflags("own", SF_IMMUTABLE), EPERM);
    check_errno("another's file", sys_chflags("f", UF_NODUMP), EPERM);
}

CASE(chflags, "refuses what is not there") {
    check_errno("none", sys_chflags("none", 0), ENOENT);
    check_errno("address", sys_chflags(NOWHERE, 0), EFAULT);
    check_errno("not open", sys_fchflags(200, 0), EBADF);
    check_errno("link", sys_lchflags("none", 0), ENOENT);
    check_errno("flags", sys_chflagsat(AT_FDCWD, ".", 0, AT_REMOVEDIR), EINVAL);
}

CASE(utimes, "sets the times given, and to now without") {
    struct timeval times[2] = {{1000, 0}, {2000, 500000}};
    struct file_status status;
    leave_file("f", "");
    check_equal("utimes", sys_utimes("f", times), 0);
    check_times("f", 1000, 2000);
    status_of("f", &status);
    check_equal("microseconds", status.modified.nanoseconds, 500000000);
    check_equal("changed now", is_now(status.changed.seconds), 1);
    check_equal("now", sys_utimes("f", 0), 0);
    status_of("f", &status);
    check_equal("modified", is_now(status.modified.seconds), 1);
}

CASE(utimes, "takes times before 1970") {
    struct timeval times[2] = {{-1000, 0}, {-2000, 0}};
    leave_file("f", "");
    check_equal("utimes", sys_utimes("f", times), 0);
    check_times("f", -1000, -2000);
}

CASE(utimes, "refuses microseconds out of range") {
    struct timeval times[2] = {{1000, 1000000}, {2000, 0}};
    leave_file("f", "");
    check_errno("too many", sys_utimes("f", times), EINVAL);
    times[0].microseconds = -1;
    check_errno("negative", sys_utimes("f", times), EINVAL);
}

CASE(utimes, "is for the owner; to now for whoever may write") {
    need_superuser();
    struct timeval times[2] = {{1000, 0}, {2000, 0}};
    leave_file("f", "");
    sys_chmod("f", 0666);
    leave_file("g", "");
    become_ordinary();
    check_errno("a time", sys_utimes("f", times), EPERM);
    check_equal("now", sys_utimes("f", 0), 0);
    check_errno("now, without writing", sys_utimes("g", 0), EACCES);
}

CASE(utimes, "refuses what is not there") {
    leave_file("f", "");
    check_errno("none", sys_utimes("none", 0), ENOENT);
    check_errno("below a file", sys_utimes("f/g", 0), ENOTDIR);
    check_errno("path", sys_utimes(NOWHERE, 0), EFAULT);
    check_errno("times", sys_utimes("f", NOWHERE), EFAULT);
}

CASE(lutimes, "sets the times of a link") {
    struct timeval times[2] = {{1000, 0}, {2000, 0}}, others[2] = {{3000, 0}, {4000, 0}};
    struct file_status status;
    leave_file("f", "");
    sys_symlink("f", "s");
    sys_utimes("s", others);
    check_equal("lutimes", sys_lutimes("s", times), 0);
    check_times("f", 3000, 4000);
    status_of_link("s", &status);
    check_equal("the link's", status.modified.seconds, 2000);
    check_errno("none", sys_lutimes("none", times), ENOENT);
}

CASE(futimes, "sets the times of an open file") {
    struct timeval times[2] = {{1000, 0}, {2000, 0}};
    int file = make_file("f", "");
    check_equal("futimes", sys_futimes(file, times), 0);
    check_times("f", 1000, 2000);
    check_errno("not open", sys_futimes(200, times), EBADF);
    check_errno("address", sys_futimes(file, NOWHERE), EFAULT);
    times[1].microseconds = 1000000;
    check_errno("microseconds", sys_futimes(file, times), EINVAL);
}

CASE(futimesat, "goes out from a folder") {
    struct timeval times[2] = {{1000, 0}, {2000, 0}};
    sys_mkdir("d", 0755);
    leave_file("d/f", "");
    int folder = (int)sys_open("d", O_RDONLY, 0);
    check_equal("futimesat", sys_futimesat(folder, "f", times), 0);
    check_times("d/f", 1000, 2000);
    check_errno("not open", sys_futimesat(200, "f", times), EBADF);
    check_errno("file", sys_futimesat(make_file("g", ""), "f", times), ENOTDIR);
}

CASE(futimens, "sets nanoseconds, now, or nothing") {
    struct timespec times[2] = {{1000, 123456789}, {2000, 987654321}};
    struct file_status status;
    int file = make_file("f", "");
    check_equal("futimens", sys_futimens(file, times), 0);
    sys_fstat(file, &status);
    check_equal("accessed", status.accessed.nanoseconds, 123456789);
    check_equal("modified", status.modified.nanoseconds, 987654321);
    times[0].nanoseconds = UTIME_OMIT;
    times[1].nanoseconds = UTIME_NOW;
    check_equal("omit and now", sys_futimens(file, times), 0);
    sys_fstat(file, &status);
    check_equal("kept", status.accessed.seconds, 1000);
    check_equal("now", is_now(status.modified.seconds), 1);
}

CASE(futimens, "refuses nanoseconds out of range, and what is not open") {
    struct timespec times[2] = {{1000, 1000000000}, {2000, 0}};
    int file = make_file("f", "");
    check_errno("too many", sys_futimens(file, times), EINVAL);
    times[0].nanoseconds = -3;
    check_errno("negative", sys_futimens(file, times), EINVAL);
    check_errno("not open", sys_futimens(200, 0), EBADF);
    check_errno("address", sys_futimens(file, NOWHERE), EFAULT);
}

CASE(utimensat, "goes out from a folder and heeds the flags") {
    struct timespec times[2] = {{1000, 0}, {2000, 0}};
    struct file_status status;
    sys_mkdir("d", 0755);
    leave_file("d/f", "");
    sys_symlink("f", "d/s");
    int folder = (int)sys_open("d", O_RDONLY, 0);
    check_equal("the link", sys_utimensat(folder, "s", times, AT_SYMLINK_NOFOLLOW), 0);
    status_of("d/f", &status);
    check_equal("not the file", is_now(status.modified.seconds), 1);
    check_equal("the file", sys_utimensat(folder, "s", times, 0), 0);
    check_times("d/f", 1000, 2000);
    check_errno("flags", sys_utimensat(folder, "s", times, AT_REMOVEDIR), EINVAL);
    check_errno("not open", sys_utimensat(200, "s", times, 0), EBADF);
}

CASE(utimensat, "omits both times of another's file") {
    need_superuser();
    struct timespec times[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}}, one[2] = {{0, UTIME_OMIT}, {0, UTIME_NOW}};
    leave_file("f", "");
    become_ordinary();
    check_equal("both", sys_utimensat(AT_FDCWD, "f", times, 0), 0);
    check_errno("one", sys_utimensat(AT_FDCWD, "f", one, 0), EPERM);
    check_errno("none", sys_utimensat(AT_FDCWD, "none", one, 0), ENOENT);
}

CASE(utimes, "keeps the microseconds of both times") {
    struct timeval times[2] = {{1000, 1}, {2000, 999999}};
    struct file_status status;
    leave_file("f", "");
    check_equal("utimes", sys_utimes("f", times), 0);
    status_of("f", &status);
    check_equal("accessed", status.accessed.nanoseconds, 1000);
    check_equal("modified", status.modified.nanoseconds, 999999000);
}

CASE(fchmod, "of a file whose name is gone") {
    struct file_status status;
    int file = make_file("f", "");
    sys_unlink("f");
    check_equal("fchmod", sys_fchmod(file, 0600), 0);
    sys_fstat(file, &status);
    check_equal("permissions", status.mode & 07777, 0600);
    check_equal("futimes", sys_futimes(file, 0), 0);
    check_equal("fchown", sys_fchown(file, -1, (int)sys_getegid()), 0);
}

CASE(umask, "binds neither chmod nor what is there") {
    sys_umask(0777);
    leave_file("f", "");
    check_equal("made without permissions", permissions_of("f"), 0);
    check_equal("chmod", sys_chmod("f", 0644), 0);
    check_equal("permissions", permissions_of("f"), 0644);
    sys_umask(022);
}
