// shm_open(2), shm_unlink(2) of FreeBSD 12.2, and what FreeBSD 13 adds; sys/kern/uipc_shm.c.
#include "case_files.h"

enum { READ_WRITE = PROT_READ | PROT_WRITE, SHM_RENAME_NOREPLACE = 1, SHM_RENAME_EXCHANGE = 2 };
#define SHM_ANON ((char *)1)
static char name_[64], other_[64], long_name[PATH_LIMIT + 2];

// Names of this process's own: the names of objects are the same everywhere.
static const char *own_name(void) { return format_string(name_, sizeof name_, "/cases.%d", (int)sys_getpid()); }

static const char *other_name(void) { return format_string(other_, sizeof other_, "/cases.%d.b", (int)sys_getpid()); }

CASE(shm_open, "makes an object that two mappings share") {
    int object = (int)sys_shm_open(own_name(), O_RDWR | O_CREAT, 0600);
    check_equal("size at first", (sys_ftruncate(object, PAGE), 0), 0);
    char *first = (char *)sys_mmap(0, PAGE, READ_WRITE, MAP_SHARED, object, 0);
    int again = (int)sys_shm_open(own_name(), O_RDWR, 0);
    char *second = (char *)sys_mmap(0, PAGE, READ_WRITE, MAP_SHARED, again, 0);
    first[5] = 42;
    check_equal("shared", second[5], 42);
    check_equal("unlink", sys_shm_unlink(own_name()), 0);
}

CASE(shm_open, "sets close-on-exec") {
    int object = (int)sys_shm_open(SHM_ANON, O_RDWR, 0600);
    check_equal("flags", sys_fcntl(object, F_GETFD, 0), FD_CLOEXEC);
}

CASE(shm_open, "refuses what is there or is not") {
    check_errno("is not", sys_shm_open(own_name(), O_RDWR, 0600), ENOENT);
    check_equal("make", sys_shm_open(own_name(), O_RDWR | O_CREAT | O_EXCL, 0600) >= 0, 1);
    check_errno("is there", sys_shm_open(own_name(), O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
    check_equal("without O_EXCL", sys_shm_open(own_name(), O_RDWR | O_CREAT, 0600) >= 0, 1);
    sys_shm_unlink(own_name());
}

CASE(shm_open, "refuses names without a slash, long ones and bad addresses") {
    check_errno("slash", sys_shm_open("name", O_RDWR | O_CREAT, 0600), EINVAL);
    repeated(long_name, 'x', PATH_LIMIT)[0] = '/';
    check_errno("long", sys_shm_open(long_name, O_RDWR | O_CREAT, 0600), ENAMETOOLONG);
    check_errno("address", sys_shm_open(NOWHERE, O_RDWR | O_CREAT, 0600), EFAULT);
}

CASE(shm_open, "refuses access for writing only, and other flags") {
    check_errno("O_WRONLY", sys_shm_open(own_name(), O_WRONLY | O_CREAT, 0600), EINVAL);
    check_errno("O_APPEND", sys_shm_open(own_name(), O_RDWR | O_CREAT | O_APPEND, 0600), EINVAL);
    check_errno("no way of access", sys_shm_open(own_name(), 3 | O_CREAT, 0600), EINVAL);
}

CASE(shm_open, "for reading does not write") {
    int object = (int)sys_shm_open(own_name(), O_RDWR | O_CREAT, 0600);
    sys_ftruncate(object, PAGE);
    int reader = (int)sys_shm_open(own_name(), O_RDONLY, 0);
    check_errno("map for writing", sys_mmap(0, PAGE, READ_WRITE, MAP_SHARED, reader, 0), EACCES);
    check_equal("map for reading", sys_mmap(0, PAGE, PROT_READ, MAP_SHARED, reader, 0) > 0, 1);
    check_errno("truncate", sys_ftruncate(reader, 0), EINVAL);
    sys_shm_unlink(own_name());
}

CASE(shm_open, "with O_TRUNC empties an object") {
    int object = (int)sys_shm_open(own_name(), O_RDWR | O_CREAT, 0600);
    struct file_status status;
    sys_ftruncate(object, PAGE);
    sys_close((int)sys_shm_open(own_name(), O_RDWR | O_TRUNC, 0));
    sys_fstat(object, &status);
    check_equal("size", status.size, 0);
    sys_shm_unlink(own_name());
}

CASE(shm_open, "gives objects without a name") {
    int first = (int)sys_shm_open(SHM_ANON, O_RDWR, 0600), second = (int)sys_shm_open(SHM_ANON, O_RDWR, 0600);
    struct file_status status;
    check_equal("size", (sys_ftruncate(first, 100), sys_fstat(first, &status), status.size), 100);
    check_equal("the other's", (sys_fstat(second, &status), status.size), 0);
    check_equal("type", status.mode & S_IFMT, S_IFREG);
    check_errno("for reading only", sys_shm_open(SHM_ANON, O_RDONLY, 0600), EINVAL);
}

CASE(shm_unlink, "takes the name away, and what is mapped stays") {
    int object = (int)sys_shm_open(own_name(), O_RDWR | O_CREAT, 0600);
    sys_ftruncate(object, PAGE);
    char *page = (char *)sys_mmap(0, PAGE, READ_WRITE, MAP_SHARED, object, 0);
    page[0] = 3;
    check_equal("unlink", sys_shm_unlink(own_name()), 0);
    check_equal("mapped", page[0], 3);
    check_errno("again", sys_shm_unlink(own_name()), ENOENT);
    check_errno("open", sys_shm_open(own_name(), O_RDWR, 0), ENOENT);
}

CASE(shm_unlink, "refuses what is not there, long names and bad addresses") {
    check_errno("none", sys_shm_unlink(own_name()), ENOENT);
    repeated(long_name, 'x', PATH_LIMIT)[0] = '/';
    check_errno("long", sys_shm_unlink(long_name), ENAMETOOLONG);
    check_errno("address", sys_shm_unlink(NOWHERE), EFAULT);
}

CASE(shm_rename, "moves a name, replaces one, or refuses to") {
    sys_close((int)sys_shm_open(own_name(), O_RDWR | O_CREAT, 0600));
    check_equal("rename", sys_shm_rename(own_name(), other_name(), 0), 0);
    check_errno("gone", sys_shm_open(own_name(), O_RDWR, 0), ENOENT);
    sys_close((int)sys_shm_open(own_name(), O_RDWR | O_CREAT, 0600));
    check_errno("no replacing", sys_shm_rename(own_name(), other_name(), SHM_RENAME_NOREPLACE), EEXIST);
    check_equal("exchange", sys_shm_rename(own_name(), other_name(), SHM_RENAME_EXCHANGE), 0);
    check_errno("both flags", sys_shm_rename(own_name(), other_name(), 3), EINVAL);
    check_errno("unknown flag", sys_shm_rename(own_name(), other_name(), 8), EINVAL);
    sys_shm_unlink(own_name());
    sys_shm_unlink(other_name());
    check_errno("none", sys_shm_rename(own_name(), other_name(), 0), ENOENT);
}

CASE(shm_open, "gives the permissions less the mask, and no other bits") {
    struct file_status status;
    sys_umask(027);
    int object = (int)sys_shm_open(own_name(), O_RDWR | O_CREAT, 07777);
    sys_fstat(object, &status);
    check_equal("permissions", status.mode & 07777, 0750);
    check_equal("fchmod", sys_fchmod(object, 0600), 0);
    sys_fstat(object, &status);
    check_equal("permissions then", status.mode & 07777, 0600);
    sys_shm_unlink(own_name());
}

CASE(shm_open, "gives objects that read, write and seek") {
    char text[8] = {0};
    int object = (int)sys_shm_open(SHM_ANON, O_RDWR, 0600);
    sys_ftruncate(object, 100);
    check_equal("write", sys_pwrite(object, "abc", 3, 10), 3);
    check_equal("seek", sys_lseek(object, 10, SEEK_SET), 10);
    check_equal("read", sys_read(object, text, 3), 3);
    check_string("text", text, "abc");
    check_equal("the end", sys_lseek(object, 0, SEEK_END), 100);
}

CASE(shm_open, "keeps others out by its permissions") {
    need_superuser();
    int object = (int)sys_shm_open(own_name(), O_RDWR | O_CREAT, 0600);
    check_equal("object", object >= 0, 1);
    IN_CHILD("child") {
        become_ordinary();
        check_errno("open", sys_shm_open(format_string(name_, sizeof name_, "%s", name_), O_RDWR, 0), EACCES);
        check_errno("unlink", sys_shm_unlink(name_), EACCES);
    }
    sys_shm_unlink(own_name());
}
