// What the cases of extattr_set_file(2) and its relatives share.
#ifndef GUEST_ATTRIBUTE_CASES_H
#define GUEST_ATTRIBUTE_CASES_H

#include "case_files.h"

// EXTATTR_NAMESPACE_USER, EXTATTR_MAXNAMELEN (sys/sys/extattr.h).
enum { USER = 1, ATTRIBUTE_NAME_LIMIT = 255 };

static char value[256], long_name[512];

static int file_with(const char *name, const char *text) {
    int file = make_file("f", "content");
    if (sys_extattr_set_fd(file, USER, name, text, string_length(text)) == -EOPNOTSUPP)
        skip_case("the file system has no extended attributes");
    return file;
}

#endif
