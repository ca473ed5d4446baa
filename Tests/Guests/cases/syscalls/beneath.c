// Names that must not lead out of a folder: O_RESOLVE_BENEATH and AT_RESOLVE_BENEATH (open(2) of FreeBSD 13), and names
// that stand for a file by its descriptor alone.
#include "case_files.h"

static char path[PATH_LIMIT + 16];

static int make_tree(void) {
    leave_file("outside", "o");
    sys_mkdir("d", 0755);
    sys_mkdir("d/e", 0755);
    leave_file("d/f", "abc");
    sys_symlink("f", "d/in");
    sys_symlink("../outside", "d/out");
    sys_symlink("/", "d/root");
    return (int)sys_open("d", O_RDONLY, 0);
}

CASE(openat, "with O_RESOLVE_BENEATH opens what lies below") {
    int folder = make_tree();
    check_equal("file", sys_openat(folder, "f", O_RDONLY | O_RESOLVE_BENEATH, 0) >= 0, 1);
    check_equal("through a folder and back", sys_openat(folder, "e/../f", O_RDONLY | O_RESOLVE_BENEATH, 0) >= 0, 1);
    check_equal("link inside", sys_openat(folder, "in", O_RDONLY | O_RESOLVE_BENEATH, 0) >= 0, 1);
    check_equal("new file", sys_openat(folder, "new", O_RDWR | O_CREAT | O_RESOLVE_BENEATH, 0644) >= 0, 1);
    check_equal("made there", exists("d/new"), 1);
}

CASE(openat, "with O_RESOLVE_BENEATH refuses what leads out") {
    int folder = make_tree();
    check_errno("dots", sys_openat(folder, "../outside", O_RDONLY | O_RESOLVE_BENEATH, 0), ENOTCAPABLE);
    check_errno("absolute", sys_openat(folder, "/", O_RDONLY | O_RESOLVE_BENEATH, 0), ENOTCAPABLE);
    check_errno("link out", sys_openat(folder, "out", O_RDONLY | O_RESOLVE_BENEATH, 0), ENOTCAPABLE);
    check_errno("absolute link", sys_openat(folder, "root", O_RDONLY | O_RESOLVE_BENEATH, 0), ENOTCAPABLE);
    check_errno("new file", sys_openat(folder, "../new", O_RDWR | O_CREAT | O_RESOLVE_BENEATH, 0644), ENOTCAPABLE);
    check_equal("nothing was made", exists("new"), 0);
}

CASE(fstatat, "with AT_RESOLVE_BENEATH stays below") {
    struct file_status status;
    int folder = make_tree();
    check_equal("inside", sys_fstatat(folder, "in", &status, AT_RESOLVE_BENEATH), 0);
    check_errno("dots", sys_fstatat(folder, "..", &status, AT_RESOLVE_BENEATH), ENOTCAPABLE);
    check_errno("link out", sys_fstatat(folder, "out", &status, AT_RESOLVE_BENEATH), ENOTCAPABLE);
    check_equal("the link itself", sys_fstatat(folder, "out", &status, AT_RESOLVE_BENEATH | AT_SYMLINK_NOFOLLOW), 0);
}

CASE(unlinkat, "with AT_RESOLVE_BENEATH stays below") {
    int folder = make_tree();
    check_errno("dots", sys_unlinkat(folder, "../outside", AT_RESOLVE_BENEATH), ENOTCAPABLE);
    check_equal("it stays", exists("outside"), 1);
    check_equal("inside", sys_unlinkat(folder, "f", AT_RESOLVE_BENEATH), 0);
    check_equal("folder", sys_unlinkat(folder, "e", AT_RESOLVE_BENEATH | AT_REMOVEDIR), 0);
}

CASE(faccessat, "with AT_RESOLVE_BENEATH stays below") {
    int folder = make_tree();
    check_equal("inside", sys_faccessat(folder, "f", R_OK, AT_RESOLVE_BENEATH), 0);
    check_errno("out", sys_faccessat(folder, "out", R_OK, AT_RESOLVE_BENEATH), ENOTCAPABLE);
    check_errno("chmod out", sys_fchmodat(folder, "out", 0600, AT_RESOLVE_BENEATH), ENOTCAPABLE);
    check_errno("chown out", sys_fchownat(folder, "out", -1, -1, AT_RESOLVE_BENEATH), ENOTCAPABLE);
    check_errno("times out", sys_utimensat(folder, "out", 0, AT_RESOLVE_BENEATH), ENOTCAPABLE);
}

CASE(open, "takes names of 255 bytes, and paths of 1023") {
    char *name = repeated(path, 'n', NAME_LIMIT);
    check_equal("make", sys_open(name, O_RDWR | O_CREAT, 0644) >= 0, 1);
    check_equal("size", size_of(name), 0);
    check_equal("unlink", sys_unlink(name), 0);
    memset(path, '/', sizeof path);
    path[0] = '.';
    path[PATH_LIMIT - 1] = 0;
    check_equal("longest path", sys_open(path, O_RDONLY, 0) >= 0, 1);
    path[PATH_LIMIT - 1] = '/';
    path[PATH_LIMIT] = 0;
    check_errno("one byte more", sys_open(path, O_RDONLY, 0), ENAMETOOLONG);
}

CASE(access, "of a file by a name with a slash is ENOTDIR") {
    leave_file("f", "");
    check_errno("access", sys_access("f/", F_OK), ENOTDIR);
    check_errno("chmod", sys_chmod("f/", 0600), ENOTDIR);
    check_errno("utimes", sys_utimes("f/", 0), ENOTDIR);
    check_errno("unlink", sys_unlink("f/"), ENOTDIR);
    check_errno("truncate", sys_truncate("f/", 0), ENOTDIR);
}
