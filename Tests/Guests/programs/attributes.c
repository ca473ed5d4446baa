// Extended attributes, the kernel's files and modules, pseudo-terminals.
#include "guest.h"

enum { EXTATTR_NAMESPACE_EMPTY = 0, EXTATTR_NAMESPACE_USER = 1, EXTATTR_NAMESPACE_SYSTEM = 2 };
enum { USER = EXTATTR_NAMESPACE_USER };

static void extended(void) {
    const char *path = "attributes-file";
    char buffer[256], folder[256];
    int file = (int)sys_open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    long result = sys_extattr_set_file(path, USER, "color", "green", 5);
    if (result == -EOPNOTSUPP) {
        // The folder's file system has none: what there is to check is that it says so everywhere.
        for (int i = 0; i < 17; i++)
            check_errno("no attributes here", sys_extattr_set_fd(file, USER, "color", "green", 5), EOPNOTSUPP);
        sys_close(file), sys_unlink(path);
        return;
    }
    (void)folder;
    check_equal("extattr_set_file", result, 5);
    check_equal("its size", sys_extattr_get_file(path, USER, "color", 0, 0), 5);
    check_equal("extattr_get_file", sys_extattr_get_file(path, USER, "color", buffer, sizeof buffer), 5);
    check("its value", memcmp(buffer, "green", 5) == 0);
    memset(buffer, 'x', sizeof buffer);
    check_equal("little room", sys_extattr_get_fd(file, USER, "color", buffer, 3), 3);
    check("is cut", memcmp(buffer, "grex", 4) == 0);
    check_equal("extattr_set_fd", sys_extattr_set_fd(file, USER, "size", "", 0), 0);
    check_equal("is empty", sys_extattr_get_fd(file, USER, "size", buffer, sizeof buffer), 0);
    check_equal("extattr_list_fd", sys_extattr_list_fd(file, USER, 0, 0), 11);
    check_equal("extattr_list_file", sys_extattr_list_file(path, USER, buffer, sizeof buffer), 11);
    check("names with lengths", (buffer[0] == 5 && memcmp(buffer + 1, "color\4size", 10) == 0) ||
                                    (buffer[0] == 4 && memcmp(buffer + 1, "size\5color", 10) == 0));
    check_equal("extattr_delete_file", sys_extattr_delete_file(path, USER, "color"), 0);
    check_errno("again", sys_extattr_delete_file(path, USER, "color"), ENOATTR);
    check_errno("an attribute that is none", sys_extattr_get_file(path, USER, "color", buffer, 8), ENOATTR);
    check_equal("extattr_delete_fd", sys_extattr_delete_fd(file, USER, "size"), 0);
    check_errno("no file", sys_extattr_get_file("no-such-file", USER, "color", buffer, 8), ENOENT);
    check_errno("no such space", sys_extattr_get_fd(file, 7, "color", buffer, 8), EINVAL);
    check_errno("no name", sys_extattr_get_fd(file, USER, "", buffer, 8), EINVAL);
    sys_close(file), sys_unlink(path);
    check_errno("no descriptor", sys_extattr_get_fd(file, USER, "color", buffer, 8), EBADF);
}

static void modules(void) {
    static struct { int version; char name[1024]; int references, id; void *address; size_t size; char path[1024]; } file;
    struct { int version; char name[32]; int references, id; unsigned long data; } module;
    check_equal("kldfind", sys_kldfind("kernel"), 1);
    check_errno("of nothing", sys_kldfind("zfs.ko"), ENOENT);
    check_equal("kldnext of 0", sys_kldnext(0), 1);
    check_equal("the end", sys_kldnext(1), 0);
    check_errno("of nothing", sys_kldnext(77), ENOENT);
    file.version = sizeof file;
    check_equal("kldstat", sys_kldstat(1, &file), 0);
    check_string("its name", file.name, "kernel");
    check_string("its path", file.path, "/boot/kernel/kernel");
    file.version = 3;
    check_errno("of another version", sys_kldstat(1, &file), EINVAL);
    int first = (int)sys_kldfirstmod(1);
    check("kldfirstmod", first > 0);
    module.version = sizeof module;
    check_equal("modstat", sys_modstat(first, &module), 0);
    check_equal("modfind of its name", sys_modfind(module.name), first);
    check("modnext", sys_modnext(first) > first);
    check_errno("modfind of nothing", sys_modfind("zfs"), ENOENT);
}

static void terminals(void) {
    int master = (int)sys_posix_openpt(O_RDWR);
    check("posix_openpt", master >= 0);
    check_errno("for reading alone", sys_posix_openpt(O_RDONLY), EINVAL);
    char name[32] = "/dev/";
    struct { int size; char *buffer; } request = {sizeof name - 5, name + 5};
    check_equal("FIODGNAME", sys_ioctl(master, 0x80000000UL | sizeof request << 16 | 'f' << 8 | 120, &request), 0);
    check("its name", memcmp(name, "/dev/pts/", 9) == 0);
    int slave = (int)sys_open(name, O_RDWR, 0);
    check("the other side", slave >= 0);
    char buffer[8];
    check_equal("write", sys_write(slave, "ab", 2), 2);
    check_equal("read", sys_read(master, buffer, sizeof buffer), 2);
    request.size = 3;
    check_errno("too little room", sys_ioctl(master, 0x80000000UL | sizeof request << 16 | 'f' << 8 | 120, &request),
                EINVAL);
    sys_close(master), sys_close(slave);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    extended();
    modules();
    terminals();
    return checks_failed();
}
