// statfs(2), getfsstat(2), pathconf(2), quotactl(2), getrandom(2), and calls of kernels that are built without their option;
// sys/sys/mount.h, sys/sys/unistd.h of FreeBSD 12.2.
#include "../../runtime/old_files.h"
#include "case_files.h"

enum {
    PC_LINK_MAX = 1, PC_NAME_MAX = 4, PC_PATH_MAX = 5, PC_PIPE_BUF = 6, PC_CHOWN_RESTRICTED = 7, PC_NO_TRUNC = 8,
    PC_FILESIZEBITS = 12, PC_SYMLINK_MAX = 18, MNT_WAIT = 1, MNT_NOWAIT = 2, STATFS_VERSION = 0x20140518,
    OLD_STATFS_VERSION = 0x20030518, GRND_RANDOM = 2,
};

struct file_system {
    uint32_t version, type;
    uint64_t flags, block_size, transfer_size, blocks, free_blocks;
    int64_t available_blocks;
    uint64_t files;
    int64_t free_files;
    uint64_t counters[4], spare[10];
    uint32_t name_limit, owner;
    int32_t identifier[2];
    char spare_text[80], type_name[16], source[1024], mount_point[1024];
};
_Static_assert(sizeof(struct file_system) == 2344, "struct statfs");

static struct file_system system_, systems[64];
static struct old_file_system old_system;
static unsigned char bytes[4096];

static void check_plausible(const struct file_system *system) {
    check_equal("version", system->version, STATFS_VERSION);
    check_equal("block size", system->block_size > 0, 1);
    check_equal("free blocks", system->free_blocks <= system->blocks, 1);
    check_equal("names", system->name_limit >= NAME_LIMIT && system->name_limit <= 65536, 1);
    check_equal("mounted at an absolute path", system->mount_point[0], '/');
    check_equal("has a type", system->type_name[0] != 0, 1);
}

CASE(statfs, "tells of the file system of a path") {
    check_equal("statfs", sys_statfs(".", &system_), 0);
    check_plausible(&system_);
}

// getvfsbyname of lib/libc/gen/getvfsbyname.c looks for f_fstypename in vfs.conflist.
CASE(statfs, "names a type that the kernel knows") {
    static struct {
        void *operations;
        char name[16];
        int32_t number, references, flags;
        void *next;
    } types[64];
    static const char *const folders[] = {".", "/", "/dev"};
    size_t size = sizeof types;
    check_equal("vfs.conflist", sys___sysctlbyname("vfs.conflist", 12, types, &size, 0, 0), 0);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        int found = 0;
        // An empty root has no /dev.
        if (sys_statfs(folders[i], &system_) < 0)
            continue;
        for (size_t type = 0; type < size / sizeof types[0]; type++)
            found += string_equal(types[type].name, system_.type_name);
        check_equal(folders[i], found, 1);
    }
}

CASE(statfs, "refuses what is not there") {
    leave_file("f", "");
    check_errno("none", sys_statfs("none", &system_), ENOENT);
    check_errno("below a file", sys_statfs("f/g", &system_), ENOTDIR);
    check_errno("path", sys_statfs(NOWHERE, &system_), EFAULT);
    check_errno("buffer", sys_statfs(".", NOWHERE), EFAULT);
    check_errno("loop", (sys_symlink("s", "s"), sys_statfs("s", &system_)), ELOOP);
}

CASE(fstatfs, "tells the same of an open file") {
    check_equal("statfs", sys_statfs(".", &system_), 0);
    check_equal("fstatfs", sys_fstatfs(make_file("f", ""), &systems[0]), 0);
    check_plausible(&systems[0]);
    check_string("mount point", systems[0].mount_point, system_.mount_point);
    check_equal("identifier", systems[0].identifier[0], system_.identifier[0]);
}

CASE(fstatfs, "refuses what is no file") {
    int ends[2];
    sys_pipe2(ends, 0);
    check_errno("not open", sys_fstatfs(200, &system_), EBADF);
    check_errno("pipe", sys_fstatfs(ends[0], &system_), EINVAL);
    check_errno("buffer", sys_fstatfs(make_file("f", ""), NOWHERE), EFAULT);
}

CASE(freebsd11_statfs, "tells the same in the shorter form") {
    sys_statfs(".", &system_);
    check_equal("statfs", sys_freebsd11_statfs(".", &old_system), 0);
    check_equal("version", old_system.version, OLD_STATFS_VERSION);
    check_equal("block size", (long)old_system.block_size, (long)system_.block_size);
    check_string("type", old_system.type_name, system_.type_name);
    check_equal("fstatfs", sys_freebsd11_fstatfs(make_file("f", ""), &old_system), 0);
    check_errno("none", sys_freebsd11_statfs("none", &old_system), ENOENT);
    check_errno("not open", sys_freebsd11_fstatfs(200, &old_system), EBADF);
}

CASE(getfsstat, "counts without a buffer and fills one") {
    long count = sys_getfsstat(0, 0, MNT_NOWAIT);
    check_equal("count", count >= 1, 1);
    long filled = sys_getfsstat(systems, sizeof systems, MNT_NOWAIT);
    check_equal("filled", filled, count < 64 ? count : 64);
    check_plausible(&systems[0]);
    check_equal("waiting", sys_getfsstat(systems, sizeof systems, MNT_WAIT), filled);
}

CASE(getfsstat, "fills as many as fit") {
    check_equal("one", sys_getfsstat(systems, sizeof systems[0] + 100, MNT_NOWAIT), 1);
    check_equal("none", sys_getfsstat(systems, 100, MNT_NOWAIT), 0);
}

CASE(getfsstat, "refuses other modes, negative sizes and bad addresses") {
    check_errno("mode 0", sys_getfsstat(systems, sizeof systems, 0), EINVAL);
    check_errno("mode 99", sys_getfsstat(systems, sizeof systems, 99), EINVAL);
    check_errno("size", sys_getfsstat(systems, -1, MNT_NOWAIT), EINVAL);
    check_errno("address", sys_getfsstat(NOWHERE, sizeof systems, MNT_NOWAIT), EFAULT);
}

CASE(freebsd11_getfsstat, "counts the same") {
    check_equal("count", sys_freebsd11_getfsstat(0, 0, MNT_NOWAIT), sys_getfsstat(0, 0, MNT_NOWAIT));
    check_equal("one", sys_freebsd11_getfsstat(&old_system, sizeof old_system, MNT_NOWAIT), 1);
    check_equal("version", old_system.version, OLD_STATFS_VERSION);
    check_errno("mode", sys_freebsd11_getfsstat(&old_system, sizeof old_system, 9), EINVAL);
}

CASE(pathconf, "tells limits of names and paths") {
    check_equal("_PC_NAME_MAX", sys_pathconf(".", PC_NAME_MAX), 255);
    check_equal("_PC_PATH_MAX", sys_pathconf(".", PC_PATH_MAX), 1024);
    check_equal("_PC_CHOWN_RESTRICTED", sys_pathconf(".", PC_CHOWN_RESTRICTED), 1);
    check_equal("_PC_NO_TRUNC", sys_pathconf(".", PC_NO_TRUNC), 1);
    check_equal("_PC_FILESIZEBITS", sys_pathconf(".", PC_FILESIZEBITS), 64);
    check_equal("_PC_SYMLINK_MAX", sys_pathconf(".", PC_SYMLINK_MAX), 1024);
    check_equal("_PC_LINK_MAX", sys_pathconf(".", PC_LINK_MAX) >= 8, 1);
}

CASE(pathconf, "tells _PC_PIPE_BUF of folders and FIFOs alone") {
    leave_file("f", "");
    sys_mkfifo("p", 0644);
    check_equal("folder", sys_pathconf(".", PC_PIPE_BUF), 512);
    check_equal("FIFO", sys_pathconf("p", PC_PIPE_BUF), 512);
    check_errno("file", sys_pathconf("f", PC_PIPE_BUF), EINVAL);
}

CASE(pathconf, "refuses names it does not know and what is not there") {
    leave_file("f", "");
    check_errno("name", sys_pathconf(".", 9999), EINVAL);
    check_errno("negative", sys_pathconf(".", -1), EINVAL);
    check_errno("none", sys_pathconf("none", PC_NAME_MAX), ENOENT);
    check_errno("below a file", sys_pathconf("f/g", PC_NAME_MAX), ENOTDIR);
    check_errno("address", sys_pathconf(NOWHERE, PC_NAME_MAX), EFAULT);
}

CASE(lpathconf, "does not follow links") {
    sys_symlink("none", "s");
    check_equal("lpathconf", sys_lpathconf("s", PC_NAME_MAX), 255);
    check_errno("pathconf", sys_pathconf("s", PC_NAME_MAX), ENOENT);
    check_errno("none", sys_lpathconf("none", PC_NAME_MAX), ENOENT);
}

CASE(fpathconf, "tells the same of an open file") {
    int ends[2];
    sys_pipe2(ends, 0);
    check_equal("_PC_NAME_MAX", sys_fpathconf(make_file("f", ""), PC_NAME_MAX), 255);
    check_equal("pipe", sys_fpathconf(ends[0], PC_PIPE_BUF), 512);
    check_errno("a pipe has no names", sys_fpathconf(ends[0], PC_NAME_MAX), EINVAL);
    check_errno("not open", sys_fpathconf(200, PC_NAME_MAX), EBADF);
    check_errno("name", sys_fpathconf(make_file("f", ""), 9999), EINVAL);
}

CASE(quotactl, "finds no quotas") { check_errno("quotactl", sys_quotactl(".", 0x700, 0, bytes), EOPNOTSUPP); }

CASE(getrandom, "fills the buffer") {
    memset(bytes, 0, sizeof bytes);
    check_equal("getrandom", sys_getrandom(bytes, 4000, 0), 4000);
    int zeros = 0;
    for (int i = 0; i < 4000; i++)
        zeros += bytes[i] == 0;
    check_equal("random", zeros < 100, 1);
    check_equal("not beyond", bytes[4000] | bytes[4095], 0);
    check_equal("nothing", sys_getrandom(bytes, 0, 0), 0);
}

CASE(getrandom, "takes its flags and no others") {
    check_equal("GRND_NONBLOCK", sys_getrandom(bytes, 16, GRND_NONBLOCK), 16);
    check_equal("GRND_RANDOM", sys_getrandom(bytes, 16, GRND_RANDOM | GRND_NONBLOCK), 16);
    check_errno("unknown", sys_getrandom(bytes, 16, 0x80), EINVAL);
    check_errno("size", sys_getrandom(bytes, (size_t)-1, 0), EINVAL);
    check_errno("address", sys_getrandom(NOWHERE, 16, 0), EFAULT);
}

CASE(cap_enter, "is a kernel's without Capsicum, as are its companions") {
    unsigned value = 7;
    check_errno("cap_enter", sys_cap_enter(), ENOSYS);
    check_errno("cap_getmode", sys_cap_getmode(&value), ENOSYS);
    check_errno("cap_rights_get", sys___cap_rights_get(0, 0, bytes), ENOSYS);
    check_errno("cap_rights_limit", sys_cap_rights_limit(0, bytes), ENOSYS);
    check_errno("cap_ioctls_limit", sys_cap_ioctls_limit(0, 0, 0), ENOSYS);
    check_errno("cap_ioctls_get", sys_cap_ioctls_get(0, 0, 0), ENOSYS);
    check_errno("cap_fcntls_limit", sys_cap_fcntls_limit(0, 0), ENOSYS);
    check_errno("cap_fcntls_get", sys_cap_fcntls_get(0, &value), ENOSYS);
    check_equal("nothing is written", value, 7);
}

CASE(__acl_get_file, "says that there are no access control lists") {
    check_errno("acl", sys___acl_get_file(".", 2, bytes), EOPNOTSUPP);
}

CASE(quotactl, "looks for the path first") {
    leave_file("f", "");
    check_errno("none", sys_quotactl("none", 0x700, 0, bytes), ENOENT);
    check_errno("below a file", sys_quotactl("f/g", 0x700, 0, bytes), ENOTDIR);
    check_errno("address", sys_quotactl(NOWHERE, 0x700, 0, bytes), EFAULT);
}
