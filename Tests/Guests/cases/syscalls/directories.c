// Directories and nodes: mkdir(2), rmdir(2), mkfifo(2), mknod(2), chdir(2), __getcwd, getdirentries(2), chroot(2) of
// FreeBSD 12.2; kern_mkdirat, kern_frmdirat, kern_mknodat in sys/kern/vfs_syscalls.c.
#include "case_files.h"

static char long_name[PATH_LIMIT + 2];
static char records[8192] __attribute__((aligned(8)));

CASE(mkdir, "makes an empty folder with the mode less the mask") {
    sys_umask(027);
    check_equal("mkdir", sys_mkdir("d", 0777), 0);
    check_equal("permissions", permissions_of("d"), 0750);
    check_equal("type", type_of("d"), S_IFDIR);
}

CASE(mkdir, "takes the nine permission bits of the mode alone") {
    // kern_mkdirat: mode & ACCESSPERMS.
    sys_umask(0);
    check_equal("mkdir", sys_mkdir("d", 07755), 0);
    check_equal("permissions", permissions_of("d"), 0755);
}

CASE(mkdir, "refuses names that are there") {
    leave_file("f", "");
    sys_symlink("none", "s");
    check_errno("file", sys_mkdir("f", 0755), EEXIST);
    check_errno("folder", sys_mkdir(".", 0755), EEXIST);
    check_errno("dots", sys_mkdir("..", 0755), EEXIST);
    check_errno("dangling link", sys_mkdir("s", 0755), EEXIST);
    // lookup: the root is an entry of no folder.
    check_errno("root", sys_mkdir("/", 0755), EISDIR);
}

CASE(mkdir, "refuses names that have no folder") {
    leave_file("f", "");
    check_errno("no folder", sys_mkdir("none/d", 0755), ENOENT);
    check_errno("below a file", sys_mkdir("f/d", 0755), ENOTDIR);
    check_errno("the empty name", sys_mkdir("", 0755), ENOENT);
    check_errno("long", sys_mkdir(repeated(long_name, 'x', NAME_LIMIT + 1), 0755), ENAMETOOLONG);
    check_errno("address", sys_mkdir(NOWHERE, 0755), EFAULT);
}

CASE(mkdir, "accepts slashes at the end") {
    check_equal("mkdir", sys_mkdir("d//", 0755), 0);
    check_equal("type", type_of("d"), S_IFDIR);
}

CASE(mkdir, "needs permission to write the folder above") {
    sys_mkdir("d", 0555);
    become_ordinary();
    check_errno("mkdir", sys_mkdir("d/e", 0755), EACCES);
}

CASE(mkdirat, "goes out from a folder") {
    sys_mkdir("d", 0755);
    int folder = (int)sys_open("d", O_RDONLY, 0);
    check_equal("mkdirat", sys_mkdirat(folder, "e", 0755), 0);
    check_equal("made", type_of("d/e"), S_IFDIR);
    check_errno("not open", sys_mkdirat(200, "e", 0755), EBADF);
    check_errno("file", sys_mkdirat(make_file("f", ""), "e", 0755), ENOTDIR);
}

CASE(rmdir, "removes an empty folder") {
    sys_mkdir("d", 0755);
    check_equal("rmdir", sys_rmdir("d"), 0);
    check_equal("gone", exists("d"), 0);
}

CASE(rmdir, "refuses a folder that is not empty") {
    sys_mkdir("d", 0755);
    leave_file("d/f", "");
    check_errno("rmdir", sys_rmdir("d"), ENOTEMPTY);
    sys_unlink("d/f");
    check_equal("emptied", sys_rmdir("d"), 0);
}

CASE(rmdir, "refuses what is no folder") {
    leave_file("f", "");
    sys_mkdir("d", 0755);
    sys_symlink("d", "s");
    check_errno("file", sys_rmdir("f"), ENOTDIR);
    check_errno("link to a folder", sys_rmdir("s"), ENOTDIR);
    check_errno("none", sys_rmdir("none"), ENOENT);
    check_errno("address", sys_rmdir(NOWHERE), EFAULT);
}

CASE(rmdir, "says EISDIR of the root") { check_errno("rmdir", sys_rmdir("/"), EISDIR); }

CASE(rmdir, "says EINVAL of the dots") {
    sys_mkdir("d", 0755);
    check_errno("dot", sys_rmdir("."), EINVAL);
    check_errno("dots", sys_rmdir(".."), EINVAL);
    check_errno("dot below", sys_rmdir("d/."), EINVAL);
    check_errno("dots below", sys_rmdir("d/.."), EINVAL);
}

CASE(rmdir, "needs permission to write the folder above") {
    sys_mkdir("d", 0755);
    sys_mkdir("d/e", 0755);
    sys_chmod("d", 0555);
    become_ordinary();
    check_errno("rmdir", sys_rmdir("d/e"), EACCES);
}

CASE(rmdir, "leaves whoever is in the folder in an empty one") {
    sys_mkdir("d", 0755);
    sys_chdir("d");
    check_equal("rmdir", sys_rmdir("../d"), 0);
    check_errno("make", sys_open("f", O_RDWR | O_CREAT, 0644), ENOENT);
}

CASE(mkfifo, "makes a FIFO with the mode less the mask") {
    sys_umask(022);
    check_equal("mkfifo", sys_mkfifo("p", 0666), 0);
    check_equal("type", type_of("p"), S_IFIFO);
    check_equal("permissions", permissions_of("p"), 0644);
}

CASE(mkfifo, "refuses names that are there or have no folder") {
    leave_file("f", "");
    check_errno("is there", sys_mkfifo("f", 0644), EEXIST);
    check_errno("no folder", sys_mkfifo("none/p", 0644), ENOENT);
    check_errno("below a file", sys_mkfifo("f/p", 0644), ENOTDIR);
    check_errno("address", sys_mkfifo(NOWHERE, 0644), EFAULT);
}

CASE(mkfifo, "carries bytes between two openings") {
    sys_mkfifo("p", 0644);
    char text[4] = {0};
    int reader = (int)sys_open("p", O_RDONLY | O_NONBLOCK, 0), writer = (int)sys_open("p", O_WRONLY, 0);
    check_equal("write", sys_write(writer, "abc", 3), 3);
    check_equal("read", sys_read(reader, text, 3), 3);
    check_string("text", text, "abc");
    check_errno("nothing more", sys_read(reader, text, 3), EAGAIN);
    sys_close(writer);
    check_equal("end", sys_read(reader, text, 3), 0);
}

CASE(mkfifoat, "goes out from a folder") {
    sys_mkdir("d", 0755);
    int folder = (int)sys_open("d", O_RDONLY, 0);
    check_equal("mkfifoat", sys_mkfifoat(folder, "p", 0644), 0);
    check_equal("made", type_of("d/p"), S_IFIFO);
    check_errno("not open", sys_mkfifoat(200, "p", 0644), EBADF);
}

CASE(mknodat, "makes FIFOs of device 0 alone") {
    check_equal("FIFO", sys_mknodat(AT_FDCWD, "p", S_IFIFO | 0644, 0), 0);
    check_equal("type", type_of("p"), S_IFIFO);
    check_errno("with a device", sys_mknodat(AT_FDCWD, "q", S_IFIFO | 0644, 1), EINVAL);
}

CASE(mknodat, "makes no files, folders, links or sockets") {
    check_errno("file", sys_mknodat(AT_FDCWD, "f", S_IFREG | 0644, 0), EINVAL);
    check_errno("without a type", sys_mknodat(AT_FDCWD, "f", 0644, 0), EINVAL);
    check_errno("folder", sys_mknodat(AT_FDCWD, "f", S_IFDIR | 0755, 0), EINVAL);
    check_errno("link", sys_mknodat(AT_FDCWD, "f", S_IFLNK | 0755, 0), EINVAL);
    check_errno("socket", sys_mknodat(AT_FDCWD, "f", S_IFSOCK | 0755, 0), EINVAL);
}

CASE(mknodat, "makes devices for the superuser alone") {
    become_ordinary();
    check_errno("character device", sys_mknodat(AT_FDCWD, "c", S_IFCHR | 0644, 0x103), EPERM);
    check_errno("block device", sys_mknodat(AT_FDCWD, "b", S_IFBLK | 0644, 0x103), EPERM);
    check_errno("before it looks at the path", sys_mknodat(AT_FDCWD, "none/c", S_IFCHR | 0644, 0x103), EPERM);
}

CASE(freebsd11_mknod, "makes FIFOs") {
    check_equal("mknod", sys_freebsd11_mknod("p", S_IFIFO | 0600, 0), 0);
    check_equal("type", type_of("p"), S_IFIFO);
    check_errno("again", sys_freebsd11_mknod("p", S_IFIFO | 0600, 0), EEXIST);
    check_equal("by a folder", sys_freebsd11_mknodat(AT_FDCWD, "q", S_IFIFO | 0600, 0), 0);
}

CASE(chdir, "changes where relative names begin") {
    sys_mkdir("d", 0755);
    leave_file("d/f", "");
    check_equal("chdir", sys_chdir("d"), 0);
    check_equal("the file", exists("f"), 1);
    check_equal("up", sys_chdir(".."), 0);
    check_equal("the folder", exists("d"), 1);
}

CASE(chdir, "refuses what is no folder") {
    leave_file("f", "");
    check_errno("file", sys_chdir("f"), ENOTDIR);
    check_errno("none", sys_chdir("none"), ENOENT);
    check_errno("long", sys_chdir(repeated(long_name, 'x', NAME_LIMIT + 1)), ENAMETOOLONG);
    check_errno("address", sys_chdir(NOWHERE), EFAULT);
    check_errno("loop", (sys_symlink("s", "s"), sys_chdir("s")), ELOOP);
}

CASE(chdir, "needs permission to search, not to read") {
    sys_mkdir("d", 0666);
    sys_mkdir("e", 0711);
    become_ordinary();
    check_errno("search", sys_chdir("d"), EACCES);
    check_equal("without reading", sys_chdir("e"), 0);
}

CASE(fchdir, "goes to the descriptor's folder") {
    sys_mkdir("d", 0755);
    leave_file("d/f", "");
    int here = (int)sys_open(".", O_RDONLY, 0), folder = (int)sys_open("d", O_RDONLY, 0);
    check_equal("fchdir", sys_fchdir(folder), 0);
    check_equal("the file", exists("f"), 1);
    check_equal("back", sys_fchdir(here), 0);
    check_equal("the folder", exists("d"), 1);
}

CASE(fchdir, "refuses what is no folder") {
    int ends[2];
    sys_pipe2(ends, 0);
    check_errno("file", sys_fchdir(make_file("f", "")), ENOTDIR);
    check_errno("pipe", sys_fchdir(ends[0]), EINVAL);
    check_errno("not open", sys_fchdir(200), EBADF);
    check_errno("negative", sys_fchdir(-1), EBADF);
}

CASE(__getcwd, "tells the path of the current folder") {
    char before[PATH_LIMIT], after[PATH_LIMIT], want[PATH_LIMIT + 8];
    check_equal("getcwd", sys___getcwd(before, sizeof before), 0);
    sys_mkdir("d", 0755);
    sys_symlink("d", "s");
    sys_chdir("s");
    check_equal("below", sys___getcwd(after, sizeof after), 0);
    check_string("path", after, format_string(want, sizeof want, "%s/d", before));
    check_equal("root", (sys_chdir("/"), sys___getcwd(after, sizeof after)), 0);
    check_string("root's path", after, "/");
}

CASE(__getcwd, "needs room for the path") {
    char path[PATH_LIMIT];
    check_errno("1 byte", sys___getcwd(path, 1), EINVAL);
    check_errno("2 bytes", sys___getcwd(path, 2), ERANGE);
    check_equal("getcwd", sys___getcwd(path, sizeof path), 0);
    check_equal("just enough", sys___getcwd(path, string_length(path) + 1), 0);
    check_errno("one byte less", sys___getcwd(path, string_length(path)), ERANGE);
    check_errno("address", sys___getcwd(NOWHERE, PATH_LIMIT), EFAULT);
}

CASE(__getcwd, "says ENOENT in a folder that is gone") {
    char path[PATH_LIMIT];
    sys_mkdir("d", 0755);
    sys_chdir("d");
    sys_rmdir("../d");
    check_errno("getcwd", sys___getcwd(path, sizeof path), ENOENT);
}

static int count_entries(const char *records_, long size, const char *name, int type) {
    int count = 0;
    for (long at = 0; at < size;) {
        const struct directory_entry *entry = (const void *)(records_ + at);
        count += (name == 0 || string_equal(entry->name, name)) && (type == 0 || entry->type == type);
        at += entry->record_size;
    }
    return count;
}

CASE(getdirentries, "gives names with their types") {
    leave_file("f", "");
    sys_mkdir("d", 0755);
    sys_symlink("f", "s");
    sys_mkfifo("p", 0644);
    int folder = (int)sys_open(".", O_RDONLY, 0);
    long size = sys_getdirentries(folder, records, sizeof records, 0);
    check_equal("all", count_entries(records, size, 0, 0), 6);
    check_equal("file", count_entries(records, size, "f", DT_REG), 1);
    check_equal("folder", count_entries(records, size, "d", DT_DIR), 1);
    check_equal("link", count_entries(records, size, "s", DT_LNK), 1);
    check_equal("FIFO", count_entries(records, size, "p", DT_FIFO), 1);
    check_equal("dot", count_entries(records, size, ".", DT_DIR), 1);
    check_equal("dots", count_entries(records, size, "..", DT_DIR), 1);
    check_equal("the end", sys_getdirentries(folder, records, sizeof records, 0), 0);
}

CASE(getdirentries, "gives the same inode as fstatat, and well-formed records") {
    leave_file("file", "");
    struct file_status status;
    status_of("file", &status);
    long size = sys_getdirentries((int)sys_open(".", O_RDONLY, 0), records, sizeof records, 0);
    for (long at = 0; at < size;) {
        const struct directory_entry *entry = (const void *)(records + at);
        check_equal("name's size", entry->name_size, (long)string_length(entry->name));
        check_equal("record's size", entry->record_size, (long)((24 + entry->name_size + 1 + 7) & ~7));
        if (string_equal(entry->name, "file"))
            check_equal("inode", (long)entry->inode, (long)status.inode);
        at += entry->record_size;
    }
}

CASE(getdirentries, "starts again after a seek to the beginning") {
    leave_file("f", "");
    int folder = (int)sys_open(".", O_RDONLY, 0);
    int64_t base = -1;
    long first = sys_getdirentries(folder, records, sizeof records, &base);
    check_equal("base", base, 0);
    check_equal("seek", sys_lseek(folder, 0, SEEK_SET), 0);
    check_equal("the same again", sys_getdirentries(folder, records, sizeof records, 0), first);
}

CASE(getdirentries, "goes on where the last call ended") {
    char name[16];
    for (int i = 0; i < 40; i++)
        leave_file(format_string(name, sizeof name, "file-%d", i), "");
    int folder = (int)sys_open(".", O_RDONLY, 0), count = 0, calls = 0;
    for (long size; (size = sys_getdirentries(folder, records, 512, 0)) > 0; calls++)
        count += count_entries(records, size, 0, 0);
    check_equal("entries", count, 42);
    check_equal("several calls", calls > 2, 1);
}

CASE(getdirentries, "refuses what is no folder, small rooms and bad addresses") {
    int folder = (int)sys_open(".", O_RDONLY, 0);
    check_errno("file", sys_getdirentries(make_file("f", ""), records, sizeof records, 0), EINVAL);
    check_errno("not open", sys_getdirentries(200, records, sizeof records, 0), EBADF);
    check_errno("room", sys_getdirentries(folder, records, 8, 0), EINVAL);
    check_errno("address", sys_getdirentries(folder, NOWHERE, 4096, 0), EFAULT);
}

CASE(freebsd11_getdirentries, "gives the shorter records of old") {
    leave_file("name", "");
    long base = -1;
    int found = 0, folder = (int)sys_open(".", O_RDONLY, 0);
    long size = sys_freebsd11_getdirentries(folder, records, sizeof records, &base);
    check_equal("some", size > 0, 1);
    for (long at = 0; at < size; at += *(uint16_t *)(records + at + 4))
        found += string_equal(records + at + 8, "name") && records[at + 6] == DT_REG && records[at + 7] == 4;
    check_equal("found", found, 1);
    check_equal("base", base, 0);
    check_equal("the end", sys_freebsd11_getdents(folder, records, sizeof records), 0);
}

CASE(chroot, "binds the superuser's names below the new root") {
    need_superuser();
    sys_mkdir("d", 0755);
    leave_file("d/f", "x");
    check_equal("chroot", sys_chroot("d"), 0);
    check_equal("chdir", sys_chdir("/"), 0);
    check_equal("inside", exists("/f"), 1);
    check_equal("nothing above", exists("/../d"), 0);
    check_equal("dots stay inside", exists("../../f"), 1);
}

CASE(chroot, "refuses ordinary users") {
    become_ordinary();
    check_errno("chroot", sys_chroot("."), EPERM);
    check_errno("before it looks at the path", sys_chroot("none"), EPERM);
}

CASE(chroot, "refuses what is no folder") {
    need_superuser();
    leave_file("f", "");
    check_errno("file", sys_chroot("f"), ENOTDIR);
    check_errno("none", sys_chroot("none"), ENOENT);
    check_errno("address", sys_chroot(NOWHERE), EFAULT);
}

CASE(__realpathat, "gives the path without links and dots") {
    char here[PATH_LIMIT], path[PATH_LIMIT], want[PATH_LIMIT + 8];
    sys___getcwd(here, sizeof here);
    sys_mkdir("d", 0755);
    sys_symlink("d", "s");
    check_equal("realpathat", sys___realpathat(AT_FDCWD, "./s/../s/.", path, sizeof path, 0), 0);
    check_string("path", path, format_string(want, sizeof want, "%s/d", here));
    check_errno("none", sys___realpathat(AT_FDCWD, "none", path, sizeof path, 0), ENOENT);
    check_errno("room", sys___realpathat(AT_FDCWD, "d", path, 2, 0), ENAMETOOLONG);
    check_errno("flags", sys___realpathat(AT_FDCWD, "d", path, sizeof path, 1), EINVAL);
}

CASE(undelete, "finds nothing that could come back") {
    leave_file("f", "");
    check_errno("a name that is there", sys_undelete("f"), EEXIST);
    check_errno("none", sys_undelete("none"), ENOENT);
    check_errno("dots", sys_undelete(".."), EINVAL);
}

CASE(revoke, "is for character devices") {
    leave_file("f", "");
    check_errno("file", sys_revoke("f"), EINVAL);
    check_errno("none", sys_revoke("none"), ENOENT);
}

CASE(mkfifo, "keeps all twelve bits of the mode") {
    sys_umask(0);
    check_equal("mkfifo", sys_mkfifo("p", 01666), 0);
    check_equal("permissions", permissions_of("p"), 01666);
    check_errno("slash at the end", sys_mkfifo("q/", 0644), ENOENT);
}

CASE(getdirentries, "goes on from an offset that it has given") {
    char name[16];
    for (int i = 0; i < 20; i++)
        leave_file(format_string(name, sizeof name, "file-%d", i), "");
    int folder = (int)sys_open(".", O_RDONLY, 0), count = 0, counted = 0;
    long size = sys_getdirentries(folder, records, 256, 0);
    int first = count_entries(records, size, 0, 0);
    int64_t offset = sys_lseek(folder, 0, SEEK_CUR);
    while ((size = sys_getdirentries(folder, records, sizeof records, 0)) > 0)
        count += count_entries(records, size, 0, 0);
    check_equal("all", first + count, 22);
    check_equal("seek", sys_lseek(folder, offset, SEEK_SET), offset);
    while ((size = sys_getdirentries(folder, records, sizeof records, 0)) > 0)
        counted += count_entries(records, size, 0, 0);
    check_equal("the rest again", counted, count);
}

CASE(getdirentries, "sees files come and go after a seek") {
    leave_file("f", "");
    int folder = (int)sys_open(".", O_RDONLY, 0);
    long size = sys_getdirentries(folder, records, sizeof records, 0);
    check_equal("f", count_entries(records, size, "f", 0), 1);
    sys_unlink("f");
    leave_file("g", "");
    sys_lseek(folder, 0, SEEK_SET);
    size = sys_getdirentries(folder, records, sizeof records, 0);
    check_equal("f then", count_entries(records, size, "f", 0), 0);
    check_equal("g", count_entries(records, size, "g", 0), 1);
}

CASE(getdirentries, "of a folder that is gone is at its end") {
    sys_mkdir("d", 0755);
    int folder = (int)sys_open("d", O_RDONLY, 0);
    sys_rmdir("d");
    check_equal("getdirentries", sys_getdirentries(folder, records, sizeof records, 0) <= 0, 1);
}
