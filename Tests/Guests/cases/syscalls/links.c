// link(2), symlink(2), readlink(2), unlink(2), rename(2) of FreeBSD 12.2; kern_linkat_vp, kern_funlinkat, kern_renameat in
// sys/kern/vfs_syscalls.c, and lookup in sys/kern/vfs_lookup.c, which refuses to delete "." and "..".
#include "case_files.h"

static char long_name[PATH_LIMIT + 2];

static long links_of(const char *path) {
    struct file_status status;
    return status_of_link(path, &status) < 0 ? -1 : (long)status.links;
}

static int same_file(const char *a, const char *b) {
    struct file_status first, second;
    return status_of_link(a, &first) == 0 && status_of_link(b, &second) == 0 && first.inode == second.inode;
}

CASE(link, "gives a file another name") {
    leave_file("f", "text");
    check_equal("link", sys_link("f", "g"), 0);
    check_equal("same file", same_file("f", "g"), 1);
    check_equal("links", links_of("f"), 2);
    sys_unlink("f");
    check_content("content", "g", "text");
}

CASE(link, "refuses names that are there or have no folder") {
    leave_file("f", "");
    leave_file("g", "");
    check_errno("is there", sys_link("f", "g"), EEXIST);
    check_errno("itself", sys_link("f", "f"), EEXIST);
    check_errno("no source", sys_link("none", "h"), ENOENT);
    check_errno("no folder", sys_link("f", "none/h"), ENOENT);
    check_errno("below a file", sys_link("f", "g/h"), ENOTDIR);
}

CASE(link, "refuses folders") {
    sys_mkdir("d", 0755);
    check_errno("link", sys_link("d", "e"), EPERM);
    check_errno("whatever the new name is", sys_link("d", "d"), EPERM);
}

CASE(link, "follows a link at the end of the old name") {
    leave_file("f", "");
    sys_symlink("f", "s");
    check_equal("link", sys_link("s", "g"), 0);
    check_equal("of the file", same_file("f", "g"), 1);
    check_errno("dangling", (sys_symlink("none", "t"), sys_link("t", "h")), ENOENT);
}

CASE(link, "does not follow the new name") {
    leave_file("f", "");
    sys_symlink("none", "s");
    check_errno("link", sys_link("f", "s"), EEXIST);
}

CASE(link, "needs permission to write the folder") {
    sys_mkdir("d", 0555);
    become_ordinary();
    leave_file("f", "");
    check_errno("link", sys_link("f", "d/g"), EACCES);
}

CASE(link, "refuses long names and bad addresses") {
    leave_file("f", "");
    check_errno("long", sys_link("f", repeated(long_name, 'x', NAME_LIMIT + 1)), ENAMETOOLONG);
    check_errno("first address", sys_link(NOWHERE, "g"), EFAULT);
    check_errno("second address", sys_link("f", NOWHERE), EFAULT);
}

CASE(linkat, "follows with AT_SYMLINK_FOLLOW alone") {
    leave_file("f", "");
    sys_symlink("f", "s");
    check_equal("without", sys_linkat(AT_FDCWD, "s", AT_FDCWD, "g", 0), 0);
    check_equal("a link", type_of("g"), S_IFLNK);
    check_equal("with", sys_linkat(AT_FDCWD, "s", AT_FDCWD, "h", AT_SYMLINK_FOLLOW), 0);
    check_equal("a file", type_of("h"), S_IFREG);
}

CASE(linkat, "goes out from two folders") {
    sys_mkdir("d", 0755);
    sys_mkdir("e", 0755);
    leave_file("d/f", "x");
    int d = (int)sys_open("d", O_RDONLY, 0), e = (int)sys_open("e", O_RDONLY, 0);
    check_equal("linkat", sys_linkat(d, "f", e, "g", 0), 0);
    check_equal("same", same_file("d/f", "e/g"), 1);
}

CASE(linkat, "refuses flags it does not know and descriptors that are no folders") {
    int file = make_file("f", "");
    check_errno("flags", sys_linkat(AT_FDCWD, "f", AT_FDCWD, "g", AT_REMOVEDIR), EINVAL);
    check_errno("first", sys_linkat(file, "f", AT_FDCWD, "g", 0), ENOTDIR);
    check_errno("second", sys_linkat(AT_FDCWD, "f", file, "g", 0), ENOTDIR);
    check_errno("not open", sys_linkat(200, "f", AT_FDCWD, "g", 0), EBADF);
}

CASE(symlink, "keeps any text") {
    char text[64] = {0};
    check_equal("symlink", sys_symlink("some/where else", "s"), 0);
    check_equal("readlink", sys_readlink("s", text, sizeof text), 15);
    check_string("text", text, "some/where else");
    check_equal("size", (type_of("s"), size_of("s")), -ENOENT);
}

CASE(symlink, "refuses names that are there, even dangling ones") {
    leave_file("f", "");
    sys_symlink("none", "s");
    check_errno("file", sys_symlink("x", "f"), EEXIST);
    check_errno("dangling link", sys_symlink("x", "s"), EEXIST);
    check_errno("folder", sys_symlink("x", "."), EEXIST);
}

CASE(symlink, "refuses names without a folder and texts that are too long") {
    check_errno("no folder", sys_symlink("x", "none/s"), ENOENT);
    check_errno("long text", sys_symlink(repeated(long_name, 'x', PATH_LIMIT), "s"), ENAMETOOLONG);
    check_errno("address", sys_symlink(NOWHERE, "s"), EFAULT);
    check_equal("longest text", sys_symlink(repeated(long_name, 'x', PATH_LIMIT - 1), "s"), 0);
}

CASE(symlink, "takes the text's length for the size") {
    struct file_status status;
    sys_symlink("12345", "s");
    check_equal("status", status_of_link("s", &status), 0);
    check_equal("size", status.size, 5);
}

CASE(symlinkat, "goes out from a folder") {
    sys_mkdir("d", 0755);
    int folder = (int)sys_open("d", O_RDONLY, 0);
    check_equal("symlinkat", sys_symlinkat("x", folder, "s"), 0);
    check_equal("link", type_of("d/s"), S_IFLNK);
    check_errno("not open", sys_symlinkat("x", 200, "s"), EBADF);
    check_errno("file", sys_symlinkat("x", make_file("f", ""), "s"), ENOTDIR);
}

CASE(readlink, "cuts the text to the room, without an end") {
    char text[8] = "-------";
    sys_symlink("abcdef", "s");
    check_equal("readlink", sys_readlink("s", text, 3), 3);
    check_string("text", text, "abc----");
    check_equal("no room", sys_readlink("s", text, 0), 0);
}

CASE(readlink, "refuses what is no link") {
    char text[8];
    leave_file("f", "");
    check_errno("file", sys_readlink("f", text, sizeof text), EINVAL);
    check_errno("folder", sys_readlink(".", text, sizeof text), EINVAL);
    check_errno("none", sys_readlink("none", text, sizeof text), ENOENT);
    check_errno("below a file", sys_readlink("f/s", text, sizeof text), ENOTDIR);
}

CASE(readlink, "refuses addresses and sizes out of range") {
    char text[8];
    sys_symlink("x", "s");
    check_errno("path", sys_readlink(NOWHERE, text, sizeof text), EFAULT);
    check_errno("buffer", sys_readlink("s", NOWHERE, 8), EFAULT);
    check_errno("size", sys_readlink("s", text, (size_t)-1), EINVAL);
}

CASE(readlinkat, "goes out from a folder") {
    char text[8] = {0};
    sys_mkdir("d", 0755);
    sys_symlink("abc", "d/s");
    int folder = (int)sys_open("d", O_RDONLY, 0);
    check_equal("readlinkat", sys_readlinkat(folder, "s", text, sizeof text), 3);
    check_string("text", text, "abc");
    check_errno("not open", sys_readlinkat(200, "s", text, sizeof text), EBADF);
    check_errno("file", sys_readlinkat(make_file("f", ""), "s", text, sizeof text), ENOTDIR);
}

CASE(unlink, "takes the name away, and the file with its last descriptor") {
    int file = make_file("f", "text");
    char byte;
    check_equal("unlink", sys_unlink("f"), 0);
    check_equal("gone", exists("f"), 0);
    check_equal("still readable", sys_read(file, &byte, 1), 1);
    struct file_status status;
    sys_fstat(file, &status);
    check_equal("links", (long)status.links, 0);
}

CASE(unlink, "takes a link, not what it names") {
    leave_file("f", "");
    sys_symlink("f", "s");
    check_equal("unlink", sys_unlink("s"), 0);
    check_equal("the file stays", exists("f"), 1);
}

CASE(unlink, "refuses what is not there") {
    leave_file("f", "");
    check_errno("none", sys_unlink("none"), ENOENT);
    check_errno("the empty name", sys_unlink(""), ENOENT);
    check_errno("below a file", sys_unlink("f/g"), ENOTDIR);
    check_errno("long", sys_unlink(repeated(long_name, 'x', NAME_LIMIT + 1)), ENAMETOOLONG);
    check_errno("address", sys_unlink(NOWHERE), EFAULT);
}

CASE(unlink, "refuses folders") {
    sys_mkdir("d", 0755);
    check_errno("folder", sys_unlink("d"), EPERM);
}

// lookup: the root is an entry of no folder.
CASE(unlink, "says EISDIR of the root") {
    check_errno("slash", sys_unlink("/"), EISDIR);
    check_errno("slashes", sys_unlink("///"), EISDIR);
}

CASE(unlink, "says EINVAL of the dots") {
    sys_mkdir("d", 0755);
    check_errno("dot", sys_unlink("."), EINVAL);
    check_errno("dots", sys_unlink(".."), EINVAL);
    check_errno("below", sys_unlink("d/.."), EINVAL);
}

CASE(unlink, "needs permission to write the folder") {
    sys_mkdir("d", 0755);
    leave_file("d/f", "");
    sys_chmod("d", 0555);
    become_ordinary();
    check_errno("unlink", sys_unlink("d/f"), EACCES);
}

CASE(unlink, "keeps other users' files in a sticky folder") {
    need_superuser();
    sys_mkdir("d", 0777);
    sys_chmod("d", 01777);
    leave_file("d/f", "");
    become_ordinary();
    check_errno("unlink", sys_unlink("d/f"), EPERM);
    leave_file("d/own", "");
    check_equal("one's own", sys_unlink("d/own"), 0);
}

CASE(unlinkat, "removes folders with AT_REMOVEDIR") {
    sys_mkdir("d", 0755);
    leave_file("f", "");
    check_errno("without", sys_unlinkat(AT_FDCWD, "d", 0), EPERM);
    check_equal("with", sys_unlinkat(AT_FDCWD, "d", AT_REMOVEDIR), 0);
    check_errno("of a file", sys_unlinkat(AT_FDCWD, "f", AT_REMOVEDIR), ENOTDIR);
}

CASE(unlinkat, "refuses flags and descriptors") {
    int file = make_file("f", "");
    check_errno("flags", sys_unlinkat(AT_FDCWD, "f", AT_SYMLINK_FOLLOW), EINVAL);
    check_errno("not open", sys_unlinkat(200, "f", 0), EBADF);
    check_errno("file", sys_unlinkat(file, "g", 0), ENOTDIR);
    check_equal("the file stays", exists("f"), 1);
}

CASE(funlinkat, "takes the name away if it is the descriptor's file") {
    int file = make_file("f", ""), other = make_file("g", "");
    check_errno("another", sys_funlinkat(AT_FDCWD, "f", other, 0), EDEADLK);
    check_equal("the same", sys_funlinkat(AT_FDCWD, "f", file, 0), 0);
    check_equal("gone", exists("f"), 0);
    check_equal("no descriptor", sys_funlinkat(AT_FDCWD, "g", -200, 0), 0);
    check_errno("not open", sys_funlinkat(AT_FDCWD, "h", 200, 0), EBADF);
}

CASE(rename, "moves a file and replaces what has the name") {
    leave_file("f", "new");
    leave_file("g", "old");
    check_equal("rename", sys_rename("f", "g"), 0);
    check_equal("gone", exists("f"), 0);
    check_content("content", "g", "new");
}

CASE(rename, "of two names of one file changes nothing") {
    leave_file("f", "x");
    sys_link("f", "g");
    check_equal("rename", sys_rename("f", "g"), 0);
    check_equal("first", exists("f"), 1);
    check_equal("second", exists("g"), 1);
    check_equal("onto itself", sys_rename("f", "f"), 0);
}

CASE(rename, "of a link moves the link") {
    leave_file("f", "x");
    sys_symlink("f", "s");
    check_equal("rename", sys_rename("s", "t"), 0);
    check_equal("link", type_of("t"), S_IFLNK);
    check_equal("onto a link", (leave_file("g", "g"), sys_rename("g", "t")), 0);
    check_equal("replaced", type_of("t"), S_IFREG);
    check_content("the file stays", "f", "x");
}

CASE(rename, "replaces an empty folder by a folder") {
    sys_mkdir("d", 0755);
    sys_mkdir("e", 0755);
    leave_file("d/f", "");
    check_errno("not empty", sys_rename("e", "d"), ENOTEMPTY);
    check_equal("empty", sys_rename("d", "e"), 0);
    check_equal("with what is in it", exists("e/f"), 1);
}

CASE(rename, "does not mix files and folders") {
    leave_file("f", "");
    sys_mkdir("d", 0755);
    check_errno("folder onto file", sys_rename("d", "f"), ENOTDIR);
    check_errno("file onto folder", sys_rename("f", "d"), EISDIR);
}

CASE(rename, "refuses to move a folder below itself") {
    sys_mkdir("d", 0755);
    check_errno("directly", sys_rename("d", "d/e"), EINVAL);
    sys_mkdir("d/e", 0755);
    check_errno("deeper", sys_rename("d", "d/e/f"), EINVAL);
}

CASE(rename, "refuses the dots") {
    sys_mkdir("d", 0755);
    check_errno("dot", sys_rename(".", "e"), EINVAL);
    check_errno("dots", sys_rename("..", "e"), EINVAL);
    check_errno("below", sys_rename("d/.", "e"), EINVAL);
    check_errno("onto dot", sys_rename("d", "."), EINVAL);
    check_errno("onto dots", sys_rename("d", ".."), EINVAL);
}

// kern_renameat: EISDIR of lookup becomes EINVAL for a folder.
CASE(rename, "refuses the root") {
    sys_mkdir("d", 0755);
    leave_file("f", "");
    check_errno("of the root", sys_rename("/", "e"), EISDIR);
    check_errno("a folder onto it", sys_rename("d", "/"), EINVAL);
    check_errno("a file onto it", sys_rename("f", "/"), EISDIR);
    check_errno("nothing onto it", sys_rename("none", "/"), ENOENT);
}

CASE(rename, "refuses what is not there") {
    leave_file("f", "");
    check_errno("none", sys_rename("none", "g"), ENOENT);
    check_errno("no folder", sys_rename("f", "none/g"), ENOENT);
    check_errno("below a file", sys_rename("f", "f/g"), ENOTDIR);
    check_errno("the empty name", sys_rename("f", ""), ENOENT);
    check_errno("file with a slash", sys_rename("f/", "g"), ENOTDIR);
}

CASE(rename, "refuses long names and bad addresses") {
    leave_file("f", "");
    check_errno("long", sys_rename("f", repeated(long_name, 'x', NAME_LIMIT + 1)), ENAMETOOLONG);
    check_errno("first address", sys_rename(NOWHERE, "g"), EFAULT);
    check_errno("second address", sys_rename("f", NOWHERE), EFAULT);
}

CASE(rename, "needs permission to write both folders") {
    sys_mkdir("d", 0755);
    leave_file("d/f", "");
    sys_chmod("d", 0555);
    leave_file("g", "");
    become_ordinary();
    check_errno("out of it", sys_rename("d/f", "h"), EACCES);
    check_errno("into it", sys_rename("g", "d/g"), EACCES);
}

CASE(renameat, "goes out from two folders") {
    sys_mkdir("d", 0755);
    sys_mkdir("e", 0755);
    leave_file("d/f", "x");
    int d = (int)sys_open("d", O_RDONLY, 0), e = (int)sys_open("e", O_RDONLY, 0);
    check_equal("renameat", sys_renameat(d, "f", e, "g"), 0);
    check_equal("moved", exists("e/g"), 1);
    check_errno("first not open", sys_renameat(200, "f", e, "g"), EBADF);
    check_errno("second not open", sys_renameat(e, "g", 200, "f"), EBADF);
    check_errno("file", sys_renameat(make_file("h", ""), "f", e, "g"), ENOTDIR);
}
