// Directories: making, listing, moving, the current one, and names relative to a descriptor.
#include "guest.h"

enum { FILES = 300 };
static unsigned char seen[FILES];

static int number(const char *digits) {
    int value = 0;
    while (*digits >= '0' && *digits <= '9')
        value = value * 10 + (*digits++ - '0');
    return *digits ? -1 : value;
}

// Lists `list` with a buffer of that size; counts entries that are not as they should be.
static int listing_errors(size_t size) {
    static char buffer[65536] __attribute__((aligned(8)));
    int directory = (int)sys_open("list", O_RDONLY | O_DIRECTORY, 0), errors = 0, dots = 0, files = 0;
    int64_t base = -1;
    memset(seen, 0, sizeof seen);
    for (;;) {
        long count = sys_getdirentries(directory, buffer, size, &base);
        if (count <= 0) {
            errors += count != 0;
            break;
        }
        for (long at = 0; at < count;) {
            struct directory_entry *entry = (struct directory_entry *)(buffer + at);
            errors += entry->record_size % 8 != 0 || entry->record_size < 24 + entry->name_size + 1;
            errors += entry->name_size != string_length(entry->name) || entry->inode == 0;
            if (entry->name[0] == '.') {
                dots++;
                errors += entry->type != DT_DIR;
            } else {
                int index = number(entry->name + 4);
                errors += index < 0 || index >= FILES || seen[index]++ || entry->type != DT_REG;
                files++;
            }
            at += entry->record_size;
        }
    }
    sys_close(directory);
    return errors + (dots != 2) + (files != FILES);
}

static void listing(void) {
    char name[32];
    check_equal("mkdir", sys_mkdir("list", 0755), 0);
    check_errno("mkdir again", sys_mkdir("list", 0755), EEXIST);
    for (int i = 0; i < FILES; i++)
        sys_close((int)sys_open(format_string(name, sizeof name, "list/file%d", i), O_CREAT | O_WRONLY, 0644));
    check_equal("getdirentries with a large buffer", listing_errors(65536), 0);
    check_equal("with a page", listing_errors(4096), 0);
    check_equal("with a small buffer", listing_errors(512), 0);
    int directory = (int)sys_open("list", O_RDONLY, 0);
    char small[16];
    check_errno("a buffer too small for an entry", sys_getdirentries(directory, small, sizeof small, 0), EINVAL);
    check_errno("a wild buffer", sys_getdirentries(directory, (char *)8, 4096, 0), EFAULT);
    char page[4096];
    long first = sys_getdirentries(directory, page, sizeof page, 0);
    check("the first part", first > 0);
    check_equal("back to the start", sys_lseek(directory, 0, SEEK_SET), 0);
    check_equal("the first part again", sys_getdirentries(directory, page, sizeof page, 0), first);
    sys_close(directory);
    int file = (int)sys_open("list/file0", O_RDONLY, 0);
    check_errno("getdirentries of a file", sys_getdirentries(file, page, sizeof page, 0), EINVAL);
    sys_close(file);
    check_errno("rmdir of a full directory", sys_rmdir("list"), ENOTEMPTY);
    check_errno("unlink of a directory", sys_unlink("list"), EPERM);
    check_errno("rmdir of a file", sys_rmdir("list/file0"), ENOTDIR);
    for (int i = 0; i < FILES; i++)
        sys_unlink(format_string(name, sizeof name, "list/file%d", i));
    check_equal("rmdir", sys_rmdir("list"), 0);
    check_errno("rmdir again", sys_rmdir("list"), ENOENT);
}

static void current(void) {
    char before[1024], after[1024];
    check_equal("__getcwd", sys___getcwd(before, sizeof before), 0);
    check("an absolute path", before[0] == '/');
    sys_mkdir("below", 0755);
    int here = (int)sys_open(".", O_RDONLY | O_DIRECTORY, 0);
    check_equal("chdir", sys_chdir("below"), 0);
    sys___getcwd(after, sizeof after);
    size_t length = string_length(before);
    check("the new path begins with the old one", memcmp(after, before, length) == 0);
    check_string("and ends with the name", after + length, "/below");
    check_errno("__getcwd with a small buffer", sys___getcwd(after, 2), ERANGE);
    check_equal("fchdir", sys_fchdir(here), 0);
    sys___getcwd(after, sizeof after);
    check_string("back again", after, before);
    check_errno("chdir to nothing", sys_chdir("nothing"), ENOENT);
    sys_close(here);
    sys_rmdir("below");
}

static void relative(void) {
    sys_mkdir("base", 0755);
    int base = (int)sys_open("base", O_RDONLY | O_DIRECTORY, 0);
    check_equal("mkdirat", sys_mkdirat(base, "sub", 0755), 0);
    int file = (int)sys_openat(base, "sub/file", O_CREAT | O_RDWR, 0644);
    check("openat", file >= 3);
    struct file_status status;
    check_equal("fstatat", sys_fstatat(base, "sub/file", &status, 0), 0);
    check_equal("linkat", sys_linkat(base, "sub/file", base, "hard", 0), 0);
    check_equal("symlinkat", sys_symlinkat("sub/file", base, "soft"), 0);
    char target[32] = {0};
    check_equal("readlinkat", sys_readlinkat(base, "soft", target, sizeof target), 8);
    check_equal("renameat", sys_renameat(base, "hard", AT_FDCWD, "moved"), 0);
    check_equal("it moved", sys_access("moved", F_OK), 0);
    check_errno("unlinkat of a directory", sys_unlinkat(base, "sub", 0), EPERM);
    check_equal("unlinkat", sys_unlinkat(base, "sub/file", 0), 0);
    check_equal("unlinkat with AT_REMOVEDIR", sys_unlinkat(base, "sub", AT_REMOVEDIR), 0);
    check_errno("unlinkat with a wrong flag", sys_unlinkat(base, "soft", 1), EINVAL);
    check_errno("openat below a file", sys_openat(file, "x", O_RDONLY, 0), ENOTDIR);
    check_errno("openat below a bad descriptor", sys_openat(999, "x", O_RDONLY, 0), EBADF);
    check_equal("mkfifo", sys_mkfifo("base/fifo", 0600), 0);
    sys_fstatat(base, "fifo", &status, 0);
    check_equal("its type", status.mode, S_IFIFO | 0600);
    sys_unlinkat(base, "soft", 0), sys_unlinkat(base, "fifo", 0), sys_unlink("moved");
    sys_close(file), sys_close(base);
    check_equal("all is gone", sys_rmdir("base"), 0);
}

// /dev/fd lists the guest's descriptors; names from there are its files, and nothing else of the host's procfs.
static void descriptors(void) {
    static char buffer[4096] __attribute__((aligned(8)));
    int folder = (int)sys_open("/dev/fd", O_RDONLY | O_DIRECTORY, 0);
    check("open /dev/fd", folder >= 3);
    unsigned found = 0, wrong = 0;
    for (long count; (count = sys_getdirentries(folder, buffer, sizeof buffer, 0)) > 0;) {
        for (long at = 0; at < count;) {
            struct directory_entry *entry = (struct directory_entry *)(buffer + at);
            int index = entry->name[0] == '.' ? -1 : number(entry->name);
            if (index >= 0 && index < 32)
                found |= 1u << index;
            wrong += index > 1000 || (index >= 0 && entry->type != DT_CHR);
            at += entry->record_size;
        }
    }
    check_equal("it lists the standard descriptors", found & 7, 7);
    check_equal("and none but the guest's", wrong, 0);
    int copy = (int)sys_openat(folder, "1", O_WRONLY, 0);
    check("a name from there is its file", copy >= 3);
    check_errno("a descriptor that is not open", sys_openat(folder, "999", O_RDONLY, 0), EBADF);
    check_errno("a way out of it", sys_openat(folder, "../exe", O_RDONLY, 0), ENOTDIR);
    check_errno("fchdir", sys_fchdir(folder), EACCES);
    sys_close(copy), sys_close(folder);
}

// A slash at the end asks for what a link leads to, in calls that change a folder as well (lookup in vfs_lookup.c).
static void slashes(void) {
    sys_symlink("made", "link");
    check_equal("mkdir of a link with a slash", sys_mkdir("link/", 0755), 0);
    struct file_status status;
    check_equal("makes what it leads to", sys_fstatat(AT_FDCWD, "made", &status, AT_SYMLINK_NOFOLLOW), 0);
    check_equal("the link stays", sys_access("link", F_OK), 0);
    check_equal("rename of a link with a slash", sys_rename("link/", "moved"), 0);
    check_errno("moves what it leads to", sys_access("made", F_OK), ENOENT);
    sys_mkdir("made", 0755);
    check_equal("rmdir of a link with a slash", sys_rmdir("link/"), 0);
    check_errno("removes what it leads to", sys_access("made", F_OK), ENOENT);
    check_equal("rmdir with slashes", sys_rmdir("moved//"), 0);
    sys_unlink("link");
    sys_symlink("round", "round");
    check_errno("a link to itself", sys_mkdir("round/", 0755), ELOOP);
    sys_unlink("round");
    check_errno("the host's processes are not there", sys_access("/proc/self/status", F_OK), ENOENT);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    sys_umask(022);
    listing();
    current();
    relative();
    descriptors();
    slashes();
    return checks_failed();
}
