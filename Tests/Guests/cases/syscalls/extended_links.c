// The extattr calls by descriptor and of links: extattr(2) of FreeBSD 12.2, sys/kern/vfs_extattr.c.
#include "attribute_cases.h"

enum { NO_SPACE = 9 };

CASE(extattr_set_fd, "gives the number of bytes, and replaces a value") {
    int file = file_with("a", "long value");
    check_equal("set", sys_extattr_set_fd(file, USER, "a", "xy", 2), 2);
    check_equal("size", sys_extattr_get_fd(file, USER, "a", 0, 0), 2);
    check_equal("nothing", sys_extattr_set_fd(file, USER, "a", 0, 0), 0);
    check_equal("size then", sys_extattr_get_fd(file, USER, "a", 0, 0), 0);
}

CASE(extattr_set_fd, "refuses names, spaces and addresses") {
    int file = file_with("a", "x");
    repeated(long_name, 'n', ATTRIBUTE_NAME_LIMIT + 1);
    check_errno("empty", sys_extattr_set_fd(file, USER, "", "x", 1), EINVAL);
    check_errno("long", sys_extattr_set_fd(file, USER, long_name, "x", 1), ENAMETOOLONG);
    check_errno("space", sys_extattr_set_fd(file, NO_SPACE, "a", "x", 1), EINVAL);
    check_errno("name", sys_extattr_set_fd(file, USER, NOWHERE, "x", 1), EFAULT);
    check_errno("value", sys_extattr_set_fd(file, USER, "b", NOWHERE, 1), EFAULT);
}

CASE(extattr_get_fd, "cuts a value to its place") {
    int file = file_with("a", "abcdef");
    memset(value, '-', 8);
    check_equal("size", sys_extattr_get_fd(file, USER, "a", 0, 0), 6);
    check_equal("cut", sys_extattr_get_fd(file, USER, "a", value, 4), 4);
    check_equal("bytes", memcmp(value, "abcd-", 5), 0);
}

CASE(extattr_get_fd, "refuses what is not set, and bad addresses") {
    int file = file_with("a", "x");
    check_errno("not set", sys_extattr_get_fd(file, USER, "b", value, 8), ENOATTR);
    check_errno("value", sys_extattr_get_fd(file, USER, "a", NOWHERE, 8), EFAULT);
    check_errno("name", sys_extattr_get_fd(file, USER, NOWHERE, value, 8), EFAULT);
    check_errno("space", sys_extattr_get_fd(file, NO_SPACE, "a", value, 8), EINVAL);
}

CASE(extattr_delete_fd, "takes an attribute away once") {
    int file = file_with("a", "x");
    check_equal("delete", sys_extattr_delete_fd(file, USER, "a"), 0);
    check_errno("again", sys_extattr_delete_fd(file, USER, "a"), ENOATTR);
    check_errno("gone", sys_extattr_get_file("f", USER, "a", value, 8), ENOATTR);
}

CASE(extattr_delete_fd, "refuses names, spaces and addresses") {
    int file = file_with("a", "x");
    check_errno("empty", sys_extattr_delete_fd(file, USER, ""), EINVAL);
    check_errno("space", sys_extattr_delete_fd(file, NO_SPACE, "a"), EINVAL);
    check_errno("name", sys_extattr_delete_fd(file, USER, NOWHERE), EFAULT);
    check_equal("still there", sys_extattr_get_fd(file, USER, "a", 0, 0), 1);
}

CASE(extattr_delete_fd, "needs permission to write the file") {
    need_superuser();
    int file = file_with("a", "x");
    sys_chmod("f", 0444);
    become_ordinary();
    check_errno("delete", sys_extattr_delete_fd(file, USER, "a"), EACCES);
}

CASE(extattr_list_fd, "gives names behind their lengths") {
    int file = file_with("one", "1");
    check_equal("size", sys_extattr_list_fd(file, USER, 0, 0), 4);
    check_equal("list", sys_extattr_list_fd(file, USER, value, sizeof value), 4);
    check_equal("entry", memcmp(value, "\3one", 4), 0);
}

CASE(extattr_list_fd, "is empty without attributes") {
    int file = file_with("a", "x");
    sys_extattr_delete_fd(file, USER, "a");
    check_equal("size", sys_extattr_list_fd(file, USER, 0, 0), 0);
    check_equal("list", sys_extattr_list_fd(file, USER, value, sizeof value), 0);
}

CASE(extattr_list_fd, "refuses spaces and addresses") {
    int file = file_with("a", "x");
    check_errno("space", sys_extattr_list_fd(file, NO_SPACE, value, 8), EINVAL);
    check_errno("address", sys_extattr_list_fd(file, USER, NOWHERE, 8), EFAULT);
}

CASE(extattr_set_link, "works on what is no link") {
    file_with("a", "x");
    check_equal("set", sys_extattr_set_link("f", USER, "b", "yz", 2), 2);
    check_equal("get", sys_extattr_get_file("f", USER, "b", value, 8), 2);
    check_equal("list", sys_extattr_list_link("f", USER, 0, 0), 4);
    check_equal("delete", sys_extattr_delete_link("f", USER, "b"), 0);
    check_errno("gone", sys_extattr_get_link("f", USER, "b", value, 8), ENOATTR);
}
