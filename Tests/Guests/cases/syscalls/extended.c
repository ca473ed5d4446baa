// extattr_set_file(2) and its relatives of FreeBSD 12.2; sys/kern/vfs_extattr.c.
#include "attribute_cases.h"

enum { EMPTY = 0, SYSTEM = 2 };

CASE(extattr_set_file, "gives the number of bytes written") {
    file_with("a", "");
    check_equal("set", sys_extattr_set_file("f", USER, "name", "12345", 5), 5);
    check_equal("get", sys_extattr_get_file("f", USER, "name", value, sizeof value), 5);
    check_equal("value", memcmp(value, "12345", 5), 0);
}

CASE(extattr_set_file, "replaces the value") {
    file_with("a", "long value");
    check_equal("set", sys_extattr_set_file("f", USER, "a", "x", 1), 1);
    check_equal("size", sys_extattr_get_file("f", USER, "a", 0, 0), 1);
    check_equal("empty", sys_extattr_set_file("f", USER, "a", 0, 0), 0);
    check_equal("size then", sys_extattr_get_file("f", USER, "a", 0, 0), 0);
}

CASE(extattr_set_file, "refuses names that are empty or too long") {
    file_with("a", "");
    repeated(long_name, 'n', ATTRIBUTE_NAME_LIMIT + 1);
    check_errno("empty", sys_extattr_set_file("f", USER, "", "x", 1), EINVAL);
    check_errno("long", sys_extattr_set_file("f", USER, long_name, "x", 1), ENAMETOOLONG);
    check_errno("name's address", sys_extattr_set_file("f", USER, NOWHERE, "x", 1), EFAULT);
    check_errno("value's address", sys_extattr_set_file("f", USER, "b", NOWHERE, 1), EFAULT);
}

CASE(extattr_set_file, "refuses spaces that are none, and the system's for ordinary users") {
    file_with("a", "");
    check_errno("empty", sys_extattr_set_file("f", EMPTY, "b", "x", 1), EINVAL);
    check_errno("unknown", sys_extattr_set_file("f", 9, "b", "x", 1), EINVAL);
    become_ordinary();
    check_errno("system", sys_extattr_set_file("f", SYSTEM, "b", "x", 1), EPERM);
}

CASE(extattr_set_file, "refuses what is not there") {
    file_with("a", "");
    check_errno("none", sys_extattr_set_file("none", USER, "a", "x", 1), ENOENT);
    check_errno("below a file", sys_extattr_set_file("f/g", USER, "a", "x", 1), ENOTDIR);
    check_errno("address", sys_extattr_set_file(NOWHERE, USER, "a", "x", 1), EFAULT);
}

CASE(extattr_set_file, "needs permission to write the file") {
    file_with("a", "x");
    sys_chmod("f", 0444);
    become_ordinary();
    check_errno("set", sys_extattr_set_file("f", USER, "a", "y", 1), EACCES);
    check_equal("get", sys_extattr_get_file("f", USER, "a", value, sizeof value), 1);
}

CASE(extattr_set_fd, "works by a descriptor, and not by one that is not open") {
    int file = file_with("a", "x");
    check_equal("set", sys_extattr_set_fd(file, USER, "b", "yz", 2), 2);
    check_equal("get", sys_extattr_get_file("f", USER, "b", value, sizeof value), 2);
    check_errno("not open", sys_extattr_set_fd(200, USER, "b", "yz", 2), EBADF);
}

CASE(extattr_get_file, "tells the size without a buffer and cuts to a small one") {
    file_with("a", "abcdef");
    check_equal("size", sys_extattr_get_file("f", USER, "a", 0, 0), 6);
    memset(value, '-', 8);
    check_equal("cut", sys_extattr_get_file("f", USER, "a", value, 3), 3);
    check_equal("value", memcmp(value, "abc-", 4), 0);
}

CASE(extattr_get_file, "says ENOATTR of names that are not set") {
    int file = file_with("a", "x");
    check_errno("get", sys_extattr_get_file("f", USER, "b", value, sizeof value), ENOATTR);
    check_errno("by descriptor", sys_extattr_get_fd(file, USER, "b", value, sizeof value), ENOATTR);
    check_errno("a part of a name", sys_extattr_get_file("f", USER, "", value, sizeof value), EINVAL);
    check_errno("no file", sys_extattr_get_file("none", USER, "a", value, sizeof value), ENOENT);
}

CASE(extattr_get_file, "refuses bad addresses and descriptors") {
    file_with("a", "x");
    check_errno("buffer", sys_extattr_get_file("f", USER, "a", NOWHERE, 8), EFAULT);
    check_errno("name", sys_extattr_get_file("f", USER, NOWHERE, value, 8), EFAULT);
    check_errno("not open", sys_extattr_get_fd(200, USER, "a", value, 8), EBADF);
    check_errno("space", sys_extattr_get_file("f", 9, "a", value, 8), EINVAL);
}

CASE(extattr_get_link, "does not follow the link") {
    file_with("a", "x");
    sys_symlink("f", "s");
    check_equal("by the link", sys_extattr_get_file("s", USER, "a", value, 8), 1);
    check_equal("of the link", sys_extattr_get_link("s", USER, "a", value, 8) < 0, 1);
    check_equal("of the file", sys_extattr_get_link("f", USER, "a", value, 8), 1);
    check_equal("set by link calls", sys_extattr_set_link("f", USER, "b", "yz", 2), 2);
    check_equal("delete by link calls", sys_extattr_delete_link("f", USER, "b"), 0);
}

CASE(extattr_delete_file, "takes an attribute away once") {
    int file = file_with("a", "x");
    check_equal("delete", sys_extattr_delete_file("f", USER, "a"), 0);
    check_errno("again", sys_extattr_delete_file("f", USER, "a"), ENOATTR);
    check_errno("by descriptor", sys_extattr_delete_fd(file, USER, "a"), ENOATTR);
    check_errno("gone", sys_extattr_get_file("f", USER, "a", value, 8), ENOATTR);
    check_errno("not open", sys_extattr_delete_fd(200, USER, "a"), EBADF);
}

CASE(extattr_list_file, "gives names behind their lengths") {
    int file = file_with("one", "1");
    check_equal("empty space", sys_extattr_list_file("f", 9, 0, 0), -EINVAL);
    check_equal("size", sys_extattr_list_file("f", USER, 0, 0), 4);
    check_equal("list", sys_extattr_list_fd(file, USER, value, sizeof value), 4);
    check_equal("entry", memcmp(value, "\3one", 4), 0);
    sys_extattr_set_fd(file, USER, "three", "", 0);
    check_equal("two", sys_extattr_list_link("f", USER, 0, 0), 10);
}

CASE(extattr_list_file, "is empty without attributes") {
    int file = file_with("a", "x");
    sys_extattr_delete_fd(file, USER, "a");
    check_equal("size", sys_extattr_list_fd(file, USER, 0, 0), 0);
    check_errno("none", sys_extattr_list_file("none", USER, 0, 0), ENOENT);
    check_errno("not open", sys_extattr_list_fd(200, USER, 0, 0), EBADF);
}
