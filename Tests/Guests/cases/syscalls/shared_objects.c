// Names and flags of shared memory objects: shm_unlink(2) of FreeBSD 12.2, shm_open2 and shm_rename(2) of FreeBSD 13;
// sys/kern/uipc_shm.c.
#include "case_files.h"

enum {
    SHM_ALLOW_SEALING = 1, SHM_GROW_ON_WRITE = 2, SHM_LARGEPAGE = 4, SHM_RENAME_NOREPLACE = 1, SHM_RENAME_EXCHANGE = 2,
    F_ADD_SEALS = 19, F_GET_SEALS = 20, F_SEAL_SEAL = 1, F_SEAL_SHRINK = 2, F_SEAL_GROW = 4, F_SEAL_WRITE = 8,
};
#define SHM_ANON ((char *)1)
static char names[3][64], long_name[PATH_LIMIT + 2], text[16];

static const char *name_of(int index) {
    return format_string(names[index], sizeof names[index], "/objects.%d.%d", (int)sys_getpid(), index);
}

static int object_of(int index) { return (int)sys_shm_open(name_of(index), O_RDWR | O_CREAT, 0600); }
static const char *much_too_long(void) {
    repeated(long_name, 'x', PATH_LIMIT)[0] = '/';
    return long_name;
}

CASE(shm_unlink, "refuses other users") {
    need_superuser();
    sys_close(object_of(0));
    int child = (int)sys_fork();
    if (child == 0) {
        const char *name = names[0];
        become_ordinary();
        guest_exit(sys_shm_unlink(name) != -EACCES);
    }
    check_equal("ordinary user", wait_for(child), 0);
    check_equal("owner", sys_shm_unlink(name_of(0)), 0);
}

CASE(shm_unlink, "gives the name free for another object") {
    int first = object_of(0);
    sys_write(first, "old", 3);
    check_equal("unlink", sys_shm_unlink(name_of(0)), 0);
    int second = object_of(0);
    check_equal("empty", sys_read(second, text, 3), 0);
    check_equal("the first stays", sys_pread(first, text, 3, 0), 3);
    sys_shm_unlink(name_of(0));
}

CASE(shm_rename, "refuses what is not there") {
    check_errno("rename", sys_shm_rename(name_of(0), name_of(1), 0), ENOENT);
    check_errno("exchange", sys_shm_rename(name_of(0), name_of(1), SHM_RENAME_EXCHANGE), ENOENT);
}

// kern_shm_rename: with nothing to exchange with, the name just moves.
CASE(shm_rename, "moves an object where there is nothing to exchange it with") {
    sys_write(object_of(0), "abc", 3);
    check_equal("rename", sys_shm_rename(name_of(0), name_of(1), SHM_RENAME_EXCHANGE), 0);
    check_equal("moved", sys_read((int)sys_shm_open(name_of(1), O_RDONLY, 0), text, 9), 3);
    check_errno("gone", sys_shm_open(name_of(0), O_RDONLY, 0), ENOENT);
    sys_shm_unlink(name_of(1));
}

CASE(shm_rename, "to the same name does nothing, and looks at nothing") {
    check_equal("nothing there", sys_shm_rename(name_of(0), name_of(0), 0), 0);
    sys_close(object_of(0));
    check_equal("an object", sys_shm_rename(name_of(0), name_of(0), SHM_RENAME_NOREPLACE), 0);
    check("still there", sys_shm_open(name_of(0), O_RDONLY, 0) >= 0);
    sys_shm_unlink(name_of(0));
}

CASE(shm_rename, "refuses other users") {
    need_superuser();
    sys_close(object_of(0));
    name_of(1);
    IN_CHILD("ordinary user") {
        become_ordinary();
        check_errno("rename", sys_shm_rename(names[0], names[1], 0), EACCES);
    }
    sys_shm_unlink(name_of(0));
}

CASE(shm_rename, "refuses flags that are none or exclude each other") {
    sys_close(object_of(0));
    check_errno("both", sys_shm_rename(name_of(0), name_of(1), 3), EINVAL);
    check_errno("unknown", sys_shm_rename(name_of(0), name_of(1), 4), EINVAL);
    sys_shm_unlink(name_of(0));
}

CASE(shm_rename, "refuses long names and bad addresses") {
    check_errno("from", sys_shm_rename(NOWHERE, name_of(1), 0), EFAULT);
    check_errno("to", sys_shm_rename(name_of(0), NOWHERE, 0), EFAULT);
    check_errno("long", sys_shm_rename(much_too_long(), name_of(1), 0), ENAMETOOLONG);
    check_errno("long to", sys_shm_rename(name_of(0), much_too_long(), 0), ENAMETOOLONG);
}

CASE(shm_rename, "takes the replaced object's name away") {
    int replaced = object_of(1);
    sys_write(replaced, "old", 3);
    sys_write(object_of(0), "newer", 5);
    check_equal("rename", sys_shm_rename(name_of(0), name_of(1), 0), 0);
    check_equal("its content", sys_read((int)sys_shm_open(name_of(1), O_RDONLY, 0), text, 9), 5);
    check_equal("the other's stays", sys_pread(replaced, text, 9, 0), 3);
    sys_shm_unlink(name_of(1));
}

CASE(shm_open2, "makes an object without a name") {
    struct file_status status;
    int object = (int)sys_shm_open2(SHM_ANON, O_RDWR, 0, 0, "label");
    check("shm_open2", object >= 0);
    check_equal("ftruncate", sys_ftruncate(object, PAGE), 0);
    sys_fstat(object, &status);
    check_equal("size", status.size, PAGE);
}

CASE(shm_open2, "makes and finds an object with a name") {
    int object = (int)sys_shm_open2(name_of(0), O_RDWR | O_CREAT | O_EXCL, 0600, 0, 0);
    check("shm_open2", object >= 0);
    check_errno("taken", sys_shm_open2(name_of(0), O_RDWR | O_CREAT | O_EXCL, 0600, 0, 0), EEXIST);
    check("by shm_open", sys_shm_open(name_of(0), O_RDONLY, 0) >= 0);
    sys_shm_unlink(name_of(0));
    check_errno("gone", sys_shm_open2(name_of(0), O_RDWR, 0, 0, 0), ENOENT);
}

// Unlike shm_open, which is shm_open2 with O_CLOEXEC.
CASE(shm_open2, "sets close-on-exec only when asked to") {
    int plain = (int)sys_shm_open2(SHM_ANON, O_RDWR, 0, 0, 0);
    int closing = (int)sys_shm_open2(SHM_ANON, O_RDWR | O_CLOEXEC, 0, 0, 0);
    check_equal("without", sys_fcntl(plain, F_GETFD, 0), 0);
    check_equal("with", sys_fcntl(closing, F_GETFD, 0), FD_CLOEXEC);
}

CASE(shm_open2, "grows an object by writing with SHM_GROW_ON_WRITE") {
    int object = (int)sys_shm_open2(SHM_ANON, O_RDWR, 0, SHM_GROW_ON_WRITE, 0);
    check_equal("write", sys_write(object, "abc", 3), 3);
    check_equal("read", sys_pread(object, text, 9, 0), 3);
}

CASE(shm_open2, "lets seal with SHM_ALLOW_SEALING alone") {
    int open = (int)sys_shm_open2(SHM_ANON, O_RDWR, 0, SHM_ALLOW_SEALING, 0);
    int closed = (int)sys_shm_open2(SHM_ANON, O_RDWR, 0, 0, 0);
    check_equal("no seals", sys_fcntl(open, F_GET_SEALS, 0), 0);
    check_equal("sealed", sys_fcntl(closed, F_GET_SEALS, 0), F_SEAL_SEAL);
    check_errno("add", sys_fcntl(closed, F_ADD_SEALS, F_SEAL_GROW), EPERM);
    check_equal("add to the other", sys_fcntl(open, F_ADD_SEALS, F_SEAL_SHRINK), 0);
    sys_ftruncate(open, PAGE);
    check_errno("shrink", sys_ftruncate(open, 1), EPERM);
}

CASE(shm_open2, "refuses flags that it does not know") {
    check_errno("sharing", sys_shm_open2(SHM_ANON, O_RDWR, 0, 0x10, 0), EINVAL);
    check_errno("large pages", sys_shm_open2(SHM_ANON, O_RDWR, 0, SHM_LARGEPAGE, 0), ENOTTY);
    check_errno("writing only", sys_shm_open2(SHM_ANON, O_WRONLY, 0, 0, 0), EINVAL);
    check_errno("appending", sys_shm_open2(SHM_ANON, O_RDWR | O_APPEND, 0, 0, 0), EINVAL);
    check_errno("reading without a name", sys_shm_open2(SHM_ANON, O_RDONLY, 0, 0, 0), EINVAL);
}

CASE(shm_open2, "refuses names without a slash, long ones and bad addresses") {
    check_errno("slash", sys_shm_open2("name", O_RDWR | O_CREAT, 0600, 0, 0), EINVAL);
    check_errno("long", sys_shm_open2(much_too_long(), O_RDWR | O_CREAT, 0600, 0, 0), ENAMETOOLONG);
    check_errno("address", sys_shm_open2(NOWHERE, O_RDWR, 0, 0, 0), EFAULT);
}
