// Files: open flags, reading and writing, status, size, times, locks, links.
#include "guest.h"

static struct file_status status_of(const char *path) {
    struct file_status status;
    memset(&status, 0xee, sizeof status);
    sys_fstatat(AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW);
    return status;
}

static void opening(void) {
    int file = (int)sys_open("file", O_RDWR | O_CREAT | O_EXCL, 0640);
    check("open with O_CREAT and O_EXCL", file >= 3);
    check_errno("once more", sys_open("file", O_RDWR | O_CREAT | O_EXCL, 0640), EEXIST);
    check_errno("open of nothing", sys_open("nothing", O_RDONLY, 0), ENOENT);
    check_errno("open below a file", sys_open("file/x", O_RDONLY, 0), ENOTDIR);
    check_errno("O_DIRECTORY of a file", sys_open("file", O_RDONLY | O_DIRECTORY, 0), ENOTDIR);
    check_errno("writing a directory", sys_open(".", O_WRONLY, 0), EISDIR);
    check_errno("a path too long", sys_open(memset((char[2000]){0}, 'x', 1999), O_RDONLY, 0), ENAMETOOLONG);
    check_equal("F_GETFL", sys_fcntl(file, F_GETFL, 0), O_RDWR);
    check_equal("write", sys_write(file, "0123456789", 10), 10);
    check_equal("lseek", sys_lseek(file, -4, SEEK_END), 6);
    char buffer[32] = {0};
    check_equal("read to the end", sys_read(file, buffer, sizeof buffer), 4);
    check_string("what was read", buffer, "6789");
    check_equal("read at the end", sys_read(file, buffer, sizeof buffer), 0);
    check_errno("lseek before the start", sys_lseek(file, -1, SEEK_SET), EINVAL);
    check_errno("lseek with a wrong origin", sys_lseek(file, 0, 99), EINVAL);
    check_equal("lseek beyond 4 GiB", sys_lseek(file, 0x123456789, SEEK_SET), 0x123456789);
    sys_close(file);

    file = (int)sys_open("file", O_WRONLY | O_APPEND, 0);
    check_equal("O_APPEND", sys_fcntl(file, F_GETFL, 0), O_WRONLY | O_APPEND);
    sys_lseek(file, 0, SEEK_SET);
    sys_write(file, "ab", 2);
    check_equal("appends at the end", status_of("file").size, 12);
    check_errno("read of a descriptor for writing", sys_read(file, buffer, 1), EBADF);
    sys_close(file);
    file = (int)sys_open("file", O_RDWR | O_TRUNC, 0);
    check_equal("O_TRUNC", status_of("file").size, 0);
    sys_close(file);
}

static void transfers(void) {
    int file = (int)sys_open("file", O_RDWR, 0);
    struct iovec out[3] = {{"one", 3}, {"", 0}, {"three", 5}};
    check_equal("writev", sys_writev(file, out, 3), 8);
    char a[4] = {0}, b[8] = {0};
    struct iovec in[2] = {{a, 3}, {b, 7}};
    sys_lseek(file, 0, SEEK_SET);
    check_equal("readv", sys_readv(file, in, 2), 8);
    check_string("its first part", a, "one");
    check_string("its second part", b, "three");
    check_equal("pwrite", sys_pwrite(file, "TH", 2, 3), 2);
    check_equal("pread", sys_pread(file, b, 5, 3), 5);
    check_string("what pwrite wrote", b, "THree");
    check_equal("neither moves the offset", sys_lseek(file, 0, SEEK_CUR), 8);
    check_equal("pwritev", sys_pwritev(file, out, 1, 20), 3);
    check_equal("preadv", sys_preadv(file, in, 1, 20), 3);
    check_errno("pread at a negative offset", sys_pread(file, b, 1, -1), EINVAL);
    check_errno("readv with no vectors", sys_readv(file, in, 0xffffffff), EINVAL);
    check_errno("writev of a wild vector", sys_writev(file, (struct iovec *)8, 1), EFAULT);
    check_errno("write of a wild buffer", sys_write(file, (void *)8, 10), EFAULT);
    sys_lseek(file, 0, SEEK_SET);
    check_errno("read to a wild buffer", sys_read(file, (void *)8, 10), EFAULT);
    check_equal("write of nothing", sys_write(file, b, 0), 0);
    check_equal("ftruncate", sys_ftruncate(file, 5), 0);
    check_equal("truncate", sys_truncate("file", 10000), 0);
    check_equal("grown", status_of("file").size, 10000);
    check_errno("ftruncate to a negative size", sys_ftruncate(file, -1), EINVAL);
    check_equal("fsync", sys_fsync(file), 0);
    sys_close(file);
}

static void status(void) {
    sys_umask(022);
    int file = (int)sys_open("other", O_WRONLY | O_CREAT | O_TRUNC, 0777);
    sys_write(file, "12345", 5);
    struct file_status status, same = status_of("other");
    check_equal("fstat", sys_fstat(file, &status), 0);
    check_equal("mode after the umask", status.mode, S_IFREG | 0755);
    check_equal("umask tells the old one", sys_umask(022), 022);
    check_equal("size", status.size, 5);
    check_equal("links", (long)status.links, 1);
    check_equal("owner", status.owner, sys_geteuid());
    check("block size", status.block_size >= 512);
    check("inode and device", status.inode == same.inode && status.device == same.device && status.inode != 0);
    struct timespec now;
    sys_clock_gettime(CLOCK_REALTIME, &now);
    check("modified now", now.seconds - status.modified.seconds < 60 && status.modified.seconds <= now.seconds);
    check("nanoseconds are in range", status.modified.nanoseconds >= 0 && status.modified.nanoseconds < 1000000000);
    check_equal("chmod", sys_chmod("other", 0604), 0);
    check_equal("fchmod", sys_fchmod(file, 0640), 0);
    check_equal("mode", status_of("other").mode, S_IFREG | 0640);
    struct timespec times[2] = {{1000000000, 123456789}, {1100000000, 987654321}};
    check_equal("futimens", sys_futimens(file, times), 0);
    status = status_of("other");
    check_equal("access time", status.accessed.seconds, 1000000000);
    check_equal("modification time, nanoseconds", status.modified.nanoseconds, 987654321);
    times[0].nanoseconds = UTIME_OMIT, times[1].nanoseconds = UTIME_NOW;
    check_equal("utimensat", sys_utimensat(AT_FDCWD, "other", times, 0), 0);
    status = status_of("other");
    check_equal("UTIME_OMIT", status.accessed.seconds, 1000000000);
    check("UTIME_NOW", status.modified.seconds >= now.seconds);
    check_errno("fstat of a bad descriptor", sys_fstat(999, &status), EBADF);
    check_errno("fstatat of nothing", sys_fstatat(AT_FDCWD, "nothing", &status, 0), ENOENT);
    check_errno("fstatat with a wrong flag", sys_fstatat(AT_FDCWD, "other", &status, 1), EINVAL);
    check_errno("fstat to a wild pointer", sys_fstat(file, (struct file_status *)8), EFAULT);
    check_equal("access", sys_access("other", R_OK | W_OK), 0);
    check_errno("access of nothing", sys_access("nothing", F_OK), ENOENT);
    check_errno("access with a wrong mode", sys_access("other", 0x88), EINVAL);
    check_equal("faccessat", sys_faccessat(AT_FDCWD, "other", F_OK, AT_EACCESS), 0);
    check_equal("fstat of /dev/null", sys_fstatat(AT_FDCWD, "/dev/null", &status, 0), 0);
    check_equal("is a character device", status.mode & S_IFMT, S_IFCHR);
    sys_close(file);
}

static void locks(void) {
    int file = (int)sys_open("file", O_RDWR, 0);
    struct flock lock = {.start = 10, .length = 5, .type = F_WRLCK, .whence = SEEK_SET};
    check_equal("F_SETLK", sys_fcntl(file, F_SETLK, (long)&lock), 0);
    int parent = (int)sys_getpid(), child = (int)sys_fork();
    if (child == 0) {
        struct flock test = {.start = 12, .length = 1, .type = F_RDLCK, .whence = SEEK_SET};
        int wrong = sys_fcntl(file, F_SETLK, (long)&test) != -EAGAIN;
        wrong |= sys_fcntl(file, F_GETLK, (long)&test) != 0 || test.type != F_WRLCK || test.pid != parent;
        wrong |= test.start != 10 || test.length != 5;
        test = (struct flock){.start = 20, .length = 1, .type = F_WRLCK, .whence = SEEK_SET};
        wrong |= sys_fcntl(file, F_SETLK, (long)&test) != 0;
        guest_exit(wrong);
    }
    check_equal("another process sees the lock", wait_for(child), 0);
    lock.type = F_UNLCK;
    check_equal("unlock", sys_fcntl(file, F_SETLK, (long)&lock), 0);
    lock.type = F_RDLCK;
    check_equal("F_GETLK of a free range", sys_fcntl(file, F_GETLK, (long)&lock), 0);
    check_equal("F_UNLCK", lock.type, F_UNLCK);
    lock.type = 9;
    check_errno("a wrong lock type", sys_fcntl(file, F_SETLK, (long)&lock), EINVAL);
    check_errno("a wild lock", sys_fcntl(file, F_SETLK, 8), EFAULT);
    check_equal("flock", sys_flock(file, LOCK_EX | LOCK_NB), 0);
    int again = (int)sys_open("file", O_RDWR, 0);
    check_errno("flock of a locked file", sys_flock(again, LOCK_EX | LOCK_NB), EAGAIN);
    check_equal("LOCK_UN", sys_flock(file, LOCK_UN), 0);
    sys_close(again), sys_close(file);
}

static void links(void) {
    char buffer[64] = {0};
    check_equal("link", sys_link("file", "hard"), 0);
    check_equal("two links", (long)status_of("file").links, 2);
    check_errno("link to an existing name", sys_link("file", "hard"), EEXIST);
    check_equal("symlink", sys_symlink("file", "soft"), 0);
    check_equal("readlink", sys_readlink("soft", buffer, sizeof buffer), 4);
    check_string("its target", buffer, "file");
    check_equal("a cut readlink", sys_readlink("soft", buffer, 2), 2);
    check_equal("the link's own type", status_of("soft").mode & S_IFMT, S_IFLNK);
    check_errno("readlink of a file", sys_readlink("file", buffer, sizeof buffer), EINVAL);
    check_errno("O_NOFOLLOW", sys_open("soft", O_RDONLY | O_NOFOLLOW, 0), EMLINK);
    sys_symlink("loop", "loop");
    check_errno("a loop of links", sys_open("loop", O_RDONLY, 0), ELOOP);
    check_equal("rename", sys_rename("hard", "renamed"), 0);
    check_errno("rename of nothing", sys_rename("hard", "renamed2"), ENOENT);
    check_equal("unlink", sys_unlink("renamed"), 0);
    check_equal("one link", (long)status_of("file").links, 1);
    check_errno("unlink of nothing", sys_unlink("renamed"), ENOENT);
    sys_unlink("soft"), sys_unlink("loop"), sys_unlink("file"), sys_unlink("other");
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    opening();
    transfers();
    status();
    locks();
    links();
    return checks_failed();
}
