// open(2), openat(2) of FreeBSD 12.2; vn_open_cred and vn_open_vnode in sys/kern/vfs_vnops.c.
#include "case_files.h"

static char long_path[4096];

static void count_nothing(int signal) { (void)signal; }

CASE(open, "reads what is there") {
    leave_file("f", "text");
    char text[8] = {0};
    int file = (int)sys_open("f", O_RDONLY, 0);
    check_equal("read", sys_read(file, text, sizeof text), 4);
    check_string("text", text, "text");
    check_errno("write", sys_write(file, "x", 1), EBADF);
}

CASE(open, "for writing only does not read") {
    leave_file("f", "text");
    char byte;
    int file = (int)sys_open("f", O_WRONLY, 0);
    check_errno("read", sys_read(file, &byte, 1), EBADF);
    check_equal("write", sys_write(file, "T", 1), 1);
    check_content("content", "f", "Text");
}

CASE(open, "refuses a file that is not there") {
    check_errno("open", sys_open("none", O_RDONLY, 0), ENOENT);
    check_errno("below a folder that is not there", sys_open("none/f", O_RDWR | O_CREAT, 0644), ENOENT);
    check_errno("the empty name", sys_open("", O_RDONLY, 0), ENOENT);
}

CASE(open, "makes a file with the mode less the mask") {
    sys_umask(027);
    sys_close((int)sys_open("f", O_RDWR | O_CREAT, 0777));
    check_equal("permissions", permissions_of("f"), 0750);
    check_equal("size", size_of("f"), 0);
}

CASE(open, "never sets the sticky bit of a new file") {
    // kern_openat: cmode = ... & ~S_ISTXT.
    sys_umask(0);
    sys_close((int)sys_open("f", O_RDWR | O_CREAT, 01644));
    check_equal("permissions", permissions_of("f"), 0644);
}

CASE(open, "gives a descriptor that writes even if the new file's mode forbids it") {
    int file = (int)sys_open("f", O_RDWR | O_CREAT, 0);
    check_equal("write", sys_write(file, "x", 1), 1);
    check_equal("permissions", permissions_of("f"), 0);
}

CASE(open, "leaves the mode of a file that is there") {
    leave_file("f", "text");
    sys_close((int)sys_open("f", O_RDWR | O_CREAT, 0777));
    check_equal("permissions", permissions_of("f"), 0644);
    check_equal("size", size_of("f"), 4);
}

CASE(open, "with O_EXCL refuses what is there") {
    leave_file("f", "");
    sys_symlink("nowhere", "link");
    sys_mkdir("d", 0755);
    check_errno("file", sys_open("f", O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST);
    check_errno("dangling link", sys_open("link", O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST);
    check_errno("folder", sys_open("d", O_RDONLY | O_CREAT | O_EXCL, 0644), EEXIST);
    check_equal("new", sys_open("g", O_RDWR | O_CREAT | O_EXCL, 0644) >= 0, 1);
}

CASE(open, "with O_CREAT makes what a dangling link names") {
    sys_symlink("target", "link");
    check_equal("open", sys_open("link", O_RDWR | O_CREAT, 0644) >= 0, 1);
    check_equal("target", type_of("target"), S_IFREG);
    check_equal("link", type_of("link"), S_IFLNK);
}

CASE(open, "with O_TRUNC empties the file") {
    leave_file("f", "text");
    check_equal("open", sys_open("f", O_WRONLY | O_TRUNC, 0) >= 0, 1);
    check_equal("size", size_of("f"), 0);
}

CASE(open, "with O_APPEND writes at the end whatever the offset is") {
    leave_file("f", "abc");
    int file = (int)sys_open("f", O_RDWR | O_APPEND, 0);
    check_equal("offset at first", sys_lseek(file, 0, SEEK_CUR), 0);
    sys_write(file, "d", 1);
    sys_lseek(file, 1, SEEK_SET);
    sys_write(file, "e", 1);
    check_equal("offset after a write", sys_lseek(file, 0, SEEK_CUR), 5);
    check_content("content", "f", "abcde");
}

CASE(open, "refuses two ways of access at once") {
    leave_file("f", "");
    check_errno("O_WRONLY and O_RDWR", sys_open("f", O_WRONLY | O_RDWR, 0), EINVAL);
    check_errno("O_EXEC and O_RDWR", sys_open("f", O_EXEC | O_RDWR, 0), EINVAL);
    check_errno("before it looks for the file", sys_open("none", O_WRONLY | O_RDWR, 0), EINVAL);
}

CASE(open, "refuses to write a folder") {
    sys_mkdir("d", 0755);
    check_errno("O_WRONLY", sys_open("d", O_WRONLY, 0), EISDIR);
    check_errno("O_RDWR", sys_open("d", O_RDWR, 0), EISDIR);
    check_errno("O_TRUNC", sys_open("d", O_RDONLY | O_TRUNC, 0), EISDIR);
    check_equal("O_RDONLY", sys_open("d", O_RDONLY, 0) >= 0, 1);
}

CASE(open, "with O_DIRECTORY takes folders only") {
    leave_file("f", "");
    sys_mkdir("d", 0755);
    check_errno("file", sys_open("f", O_RDONLY | O_DIRECTORY, 0), ENOTDIR);
    check_equal("folder", sys_open("d", O_RDONLY | O_DIRECTORY, 0) >= 0, 1);
    check_errno("none", sys_open("none", O_RDONLY | O_DIRECTORY, 0), ENOENT);
}

CASE(open, "with O_DIRECTORY and O_CREAT makes nothing") {
    // vn_open_cred: O_CREAT counts without O_DIRECTORY only; with O_EXCL besides it is EINVAL.
    sys_mkdir("d", 0755);
    check_errno("none", sys_open("none", O_RDONLY | O_CREAT | O_DIRECTORY, 0755), ENOENT);
    check_equal("nothing was made", exists("none"), 0);
    check_equal("folder", sys_open("d", O_RDONLY | O_CREAT | O_DIRECTORY, 0755) >= 0, 1);
    check_errno("O_EXCL", sys_open("n", O_RDONLY | O_CREAT | O_EXCL | O_DIRECTORY, 0755), EINVAL);
}

CASE(open, "with O_CREAT opens a folder that is there for reading") {
    // vn_open_vnode refuses folders for FWRITE and O_TRUNC alone.
    sys_mkdir("d", 0755);
    check_equal("open", sys_open("d", O_RDONLY | O_CREAT, 0644) >= 0, 1);
    check_errno("for writing", sys_open("d", O_RDWR | O_CREAT, 0644), EISDIR);
}

CASE(open, "with O_NOFOLLOW says EMLINK of a link") {
    leave_file("f", "");
    sys_symlink("f", "link");
    check_errno("link", sys_open("link", O_RDONLY | O_NOFOLLOW, 0), EMLINK);
    check_errno("dangling", (sys_unlink("f"), sys_open("link", O_RDONLY | O_NOFOLLOW, 0)), EMLINK);
    check_errno("with O_CREAT", sys_open("link", O_RDWR | O_CREAT | O_NOFOLLOW, 0644), EMLINK);
}

CASE(open, "with O_NOFOLLOW follows links before the last name") {
    sys_mkdir("d", 0755);
    leave_file("d/f", "x");
    sys_symlink("d", "link");
    check_equal("open", sys_open("link/f", O_RDONLY | O_NOFOLLOW, 0) >= 0, 1);
}

CASE(open, "says ELOOP of links that lead nowhere but to each other") {
    sys_symlink("b", "a");
    sys_symlink("a", "b");
    check_errno("a loop", sys_open("a", O_RDONLY, 0), ELOOP);
    check_errno("in the middle", sys_open("a/f", O_RDONLY, 0), ELOOP);
}

CASE(open, "refuses names that are too long") {
    check_errno("component", sys_open(repeated(long_path, 'n', NAME_LIMIT + 1), O_RDONLY, 0), ENAMETOOLONG);
    check_errno("longest component", sys_open(repeated(long_path, 'n', NAME_LIMIT), O_RDONLY, 0), ENOENT);
    check_errno("path", sys_open(repeated(long_path, '/', PATH_LIMIT), O_RDONLY, 0), ENAMETOOLONG);
    check_equal("longest path", sys_open(repeated(long_path, '/', PATH_LIMIT - 1), O_RDONLY, 0) >= 0, 1);
}

CASE(open, "refuses what stands below a file") {
    leave_file("f", "");
    check_errno("below", sys_open("f/g", O_RDONLY, 0), ENOTDIR);
    check_errno("make below", sys_open("f/g", O_RDWR | O_CREAT, 0644), ENOTDIR);
    check_errno("slash at the end", sys_open("f/", O_RDONLY, 0), ENOTDIR);
    check_errno("dot below", sys_open("f/.", O_RDONLY, 0), ENOTDIR);
}

CASE(open, "refuses an address that is not mapped") { check_errno("open", sys_open(NOWHERE, O_RDONLY, 0), EFAULT); }

CASE(open, "binds ordinary users by the permissions") {
    leave_file("f", "text");
    sys_chmod("f", 0);
    become_ordinary();
    check_errno("read", sys_open("f", O_RDONLY, 0), EACCES);
    check_errno("write", sys_open("f", O_WRONLY, 0), EACCES);
    check_errno("truncate", sys_open("f", O_RDONLY | O_TRUNC, 0), EACCES);
}

CASE(open, "needs search and write permission of the folder") {
    sys_mkdir("d", 0700);
    leave_file("d/f", "");
    sys_chmod("d", 0);
    sys_mkdir("e", 0555);
    become_ordinary();
    check_errno("search", sys_open("d/f", O_RDONLY, 0), EACCES);
    check_errno("make", sys_open("e/new", O_RDWR | O_CREAT, 0644), EACCES);
}

CASE(open, "with O_EXEC gives what cannot be read") {
    leave_file("f", "text");
    sys_chmod("f", 0755);
    char byte;
    int file = (int)sys_open("f", O_EXEC, 0);
    check_equal("open", file >= 0, 1);
    check_errno("read", sys_read(file, &byte, 1), EBADF);
    check_errno("write", sys_write(file, "x", 1), EBADF);
    check_equal("flags", sys_fcntl(file, F_GETFL, 0), O_EXEC);
}

CASE(open, "with O_EXEC needs permission to execute") {
    leave_file("f", "text");
    become_ordinary();
    check_errno("open", sys_open("f", O_EXEC, 0), EACCES);
}

CASE(open, "takes a lock with O_EXLOCK") {
    leave_file("f", "");
    int file = (int)sys_open("f", O_RDWR | O_EXLOCK, 0);
    check_equal("open", file >= 0, 1);
    check_errno("O_EXLOCK again", sys_open("f", O_RDWR | O_EXLOCK | O_NONBLOCK, 0), EAGAIN);
    check_errno("O_SHLOCK", sys_open("f", O_RDWR | O_SHLOCK | O_NONBLOCK, 0), EAGAIN);
    sys_close(file);
    check_equal("after close", sys_open("f", O_RDWR | O_EXLOCK | O_NONBLOCK, 0) >= 0, 1);
}

CASE(open, "shares a lock with O_SHLOCK") {
    leave_file("f", "");
    check_equal("first", sys_open("f", O_RDONLY | O_SHLOCK | O_NONBLOCK, 0) >= 0, 1);
    check_equal("second", sys_open("f", O_RDONLY | O_SHLOCK | O_NONBLOCK, 0) >= 0, 1);
    check_errno("O_EXLOCK", sys_open("f", O_RDWR | O_EXLOCK | O_NONBLOCK, 0), EAGAIN);
}

CASE(open, "of a FIFO for writing without a reader is ENXIO with O_NONBLOCK") {
    sys_mkfifo("fifo", 0644);
    check_errno("open", sys_open("fifo", O_WRONLY | O_NONBLOCK, 0), ENXIO);
    int reader = (int)sys_open("fifo", O_RDONLY | O_NONBLOCK, 0);
    check_equal("reader", reader >= 0, 1);
    check_equal("writer", sys_open("fifo", O_WRONLY | O_NONBLOCK, 0) >= 0, 1);
}

CASE(open, "of a local socket is EOPNOTSUPP") {
    struct local_address address = {106, AF_UNIX, "s"};
    int socket = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    check_equal("bind", sys_bind(socket, &address, sizeof address), 0);
    check_errno("open", sys_open("s", O_RDWR, 0), EOPNOTSUPP);
}

CASE(open, "keeps close-on-exec and the status flags") {
    int file = (int)sys_open("f", O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_APPEND, 0644);
    check_equal("descriptor flags", sys_fcntl(file, F_GETFD, 0), FD_CLOEXEC);
    check_equal("status flags", sys_fcntl(file, F_GETFL, 0), O_RDWR | O_NONBLOCK | O_APPEND);
}

CASE(open, "fails when all descriptors are taken, and makes nothing") {
    struct rlimit limit = {3, 3};
    sys_closefrom(3);
    sys_setrlimit(RLIMIT_NOFILE, &limit);
    check_errno("open", sys_open(".", O_RDONLY, 0), EMFILE);
}

CASE(openat, "goes out from the folder of the descriptor") {
    sys_mkdir("d", 0755);
    leave_file("d/f", "x");
    int folder = (int)sys_open("d", O_RDONLY, 0);
    check_equal("relative", sys_openat(folder, "f", O_RDONLY, 0) >= 0, 1);
    check_equal("current", sys_openat(AT_FDCWD, "d/f", O_RDONLY, 0) >= 0, 1);
    check_errno("not in the current", sys_openat(AT_FDCWD, "f", O_RDONLY, 0), ENOENT);
}

CASE(openat, "does not look at the descriptor for an absolute path") {
    check_equal("bad descriptor", sys_openat(-1, "/", O_RDONLY, 0) >= 0, 1);
    check_equal("open file", sys_openat(make_file("f", ""), "/", O_RDONLY, 0) >= 0, 1);
}

CASE(openat, "refuses a descriptor that is no folder") {
    int file = make_file("f", "");
    check_errno("file", sys_openat(file, "g", O_RDONLY, 0), ENOTDIR);
    check_errno("not open", sys_openat(200, "g", O_RDONLY, 0), EBADF);
    check_errno("negative", sys_openat(-1, "g", O_RDONLY, 0), EBADF);
}

CASE(openat, "follows the folder when it is renamed and ends with it") {
    sys_mkdir("d", 0755);
    leave_file("d/f", "x");
    int folder = (int)sys_open("d", O_RDONLY, 0);
    sys_rename("d", "e");
    check_equal("renamed", sys_openat(folder, "f", O_RDONLY, 0) >= 0, 1);
    sys_unlink("e/f");
    sys_rmdir("e");
    check_errno("removed", sys_openat(folder, "g", O_RDWR | O_CREAT, 0644), ENOENT);
}

CASE(open, "tells of O_SYNC and O_ASYNC afterwards") {
    int file = (int)sys_open("f", O_RDWR | O_CREAT | O_SYNC, 0644);
    check_equal("O_SYNC", sys_fcntl(file, F_GETFL, 0), O_RDWR | O_SYNC);
    check_equal("write", sys_write(file, "x", 1), 1);
}

CASE(open, "of a FIFO waits for the other side") {
    sys_mkfifo("p", 0644);
    int child = (int)sys_fork();
    if (child == 0) {
        struct timespec while_ = {0, 50000000};
        sys_nanosleep(&while_, 0);
        int writer = (int)sys_open("p", O_WRONLY, 0);
        guest_exit(sys_write(writer, "x", 1) == 1 ? 0 : 1);
    }
    char byte = 0;
    int reader = (int)sys_open("p", O_RDONLY, 0);
    check_equal("read", sys_read(reader, &byte, 1), 1);
    check_equal("byte", byte, 'x');
    check_equal("child", wait_for(child), 0);
}

CASE(open, "of a FIFO ends its wait at a signal") {
    struct itimerval soon = {{0, 0}, {0, 50000}};
    sys_mkfifo("p", 0644);
    set_handler(SIGALRM, count_nothing, 0);
    sys_setitimer(ITIMER_REAL, &soon, 0);
    check_errno("open", sys_open("p", O_RDONLY, 0), EINTR);
}
