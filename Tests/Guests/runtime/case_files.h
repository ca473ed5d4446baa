// What the behaviour cases about files share: small files made at a stroke, what is known of them, who the caller is.
#ifndef GUEST_CASE_FILES_H
#define GUEST_CASE_FILES_H

#include "cases.h"

// An address where nothing is ever mapped.
#define NOWHERE ((void *)16)

enum { ORDINARY_USER = 65534, PATH_LIMIT = 1024, NAME_LIMIT = 255, NOT_OPEN = 200 };

// A new file with that text, open for both at its beginning.
static inline int make_file(const char *path, const char *text) {
    int file = (int)sys_open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
    sys_write(file, text, string_length(text));
    sys_lseek(file, 0, SEEK_SET);
    return file;
}

// The same, closed.
static inline void leave_file(const char *path, const char *text) { sys_close(make_file(path, text)); }

static inline long status_of(const char *path, struct file_status *status) {
    return sys_fstatat(AT_FDCWD, path, status, 0);
}

static inline long status_of_link(const char *path, struct file_status *status) {
    return sys_fstatat(AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}

// The size of a file, or the errno negated.
static inline long size_of(const char *path) {
    struct file_status status;
    long result = status_of(path, &status);
    return result < 0 ? result : (long)status.size;
}

static inline int permissions_of(const char *path) {
    struct file_status status;
    return status_of(path, &status) < 0 ? -1 : status.mode & 07777;
}

static inline int type_of(const char *path) {
    struct file_status status;
    return status_of_link(path, &status) < 0 ? -1 : status.mode & S_IFMT;
}

static inline int exists(const char *path) { return type_of(path) != -1; }

// The file holds that text and no more.
static inline void check_content(const char *name, const char *path, const char *want) {
    char text[256] = {0};
    int file = (int)sys_open(path, O_RDONLY, 0);
    sys_read(file, text, sizeof text - 1);
    sys_close(file);
    check_string(name, text, want);
}

// A text of that many bytes.
static inline char *repeated(char *buffer, char character, size_t count) {
    memset(buffer, character, count);
    buffer[count] = 0;
    return buffer;
}

static inline int is_superuser(void) { return sys_geteuid() == 0; }

static inline void need_superuser(void) {
    if (!is_superuser())
        skip_case("needs root");
}

// From here on permissions bind: the superuser becomes somebody else, whom the case's folder lets in.
static inline void become_ordinary(void) {
    if (!is_superuser())
        return;
    sys_chmod(".", 0777);
    if (sys_setgroups(0, 0) < 0 || sys_setgid(ORDINARY_USER) < 0 || sys_setuid(ORDINARY_USER) < 0)
        skip_case("root cannot become another user here");
}

static inline void finish_child(const char *name, int child) {
    if (child == 0)
        guest_exit(checks_failed());
    check_equal(name, wait_for(child), 0);
}

// The block that follows runs in a child, whose failures are the case's.
#define IN_CHILD(name)                                                                                            \
    for (int child_ = (int)sys_fork(), over_ = 0; !over_; finish_child(name, child_), over_ = 1)                     \
        if (child_ == 0)

#endif
