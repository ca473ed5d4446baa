// The cases that all calls with a path share: what namei in FreeBSD's sys/kern/vfs_lookup.c refuses, whatever the call
// would do with the file. A row makes six cases of one call:
//
//     PATH_CASES(chdir, sys_chdir(path))
//     AT_CASES(mkdirat, sys_mkdirat(directory, path, 0755))      two more, of the folder's descriptor
#ifndef GUEST_PATH_CASES_H
#define GUEST_PATH_CASES_H

#include "case_files.h"

typedef long path_call(const char *path);
typedef long path_call_at(int directory, const char *path);

static inline void check_paths_to_nothing(path_call *call) {
    check_errno("empty", call(""), ENOENT);
    check_errno("below nothing", call("none/below"), ENOENT);
    sys_symlink("none", "dangling");
    check_errno("below a dangling link", call("dangling/below"), ENOENT);
}

static inline void check_paths_through_files(path_call *call) {
    leave_file("file", "");
    sys_symlink("file", "link");
    check_errno("below a file", call("file/below"), ENOTDIR);
    check_errno("below a link to one", call("link/below"), ENOTDIR);
    check_errno("above a file", call("file/.."), ENOTDIR);
}

// A name has 255 bytes at most, a path 1023 and its end.
static inline void check_long_paths(path_call *call) {
    static char path[PATH_LIMIT + 1];
    check_errno("name", call(repeated(path, 'x', NAME_LIMIT + 1)), ENAMETOOLONG);
    repeated(path, '/', PATH_LIMIT);
    path[0] = '.';
    check_errno("path", call(path), ENAMETOOLONG);
}

static inline void check_loops(path_call *call) {
    sys_symlink("loop", "loop");
    sys_symlink("pong", "ping");
    sys_symlink("ping", "pong");
    check_errno("to itself", call("loop/below"), ELOOP);
    check_errno("to each other", call("ping/below"), ELOOP);
}

static inline void check_closed_folders(path_call *call) {
    sys_mkdir("closed", 0777);
    leave_file("closed/below", "");
    sys_chmod("closed", 0);
    become_ordinary();
    check_errno("below", call("closed/below"), EACCES);
    check_errno("not there", call("closed/none"), EACCES);
}

static inline void check_path_addresses(path_call *call) {
    char *pages = (char *)sys_mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    sys_munmap(pages + PAGE, PAGE);
    memset(pages + PAGE - 2, 'x', 2);
    check_errno("not mapped", call(NOWHERE), EFAULT);
    check_errno("without an end", call(pages + PAGE - 2), EFAULT);
    check_errno("none at all", call(0), EFAULT);
}

static inline void check_folder_descriptors(path_call_at *call) {
    int file = make_file("file", ""), ends[2];
    sys_pipe2(ends, 0);
    check_errno("not open", call(NOT_OPEN, "name"), EBADF);
    check_errno("negative", call(-1, "name"), EBADF);
    check_errno("a file", call(file, "name"), ENOTDIR);
    check_errno("a pipe", call(ends[0], "name"), ENOTDIR);
}

#define PATH_CASES(call, attempt)                                                                                 \
    static long call##_of(const char *path) { return attempt; }                                                   \
    CASE_NAMED(call, "refuses paths that lead to nothing", call##_1) { check_paths_to_nothing(call##_of); }       \
    CASE_NAMED(call, "refuses paths through files", call##_2) { check_paths_through_files(call##_of); }           \
    CASE_NAMED(call, "refuses long names and paths", call##_3) { check_long_paths(call##_of); }                   \
    CASE_NAMED(call, "refuses loops of links", call##_4) { check_loops(call##_of); }                              \
    CASE_NAMED(call, "refuses bad addresses of paths", call##_5) { check_path_addresses(call##_of); }             \
    CASE_NAMED(call, "needs permission to search folders", call##_6) { check_closed_folders(call##_of); }

#define AT_CASES(call, attempt)                                                                                   \
    static long call##_from(int directory, const char *path) { return attempt; }                                  \
    PATH_CASES(call, call##_from(AT_FDCWD, path))                                                                 \
    CASE_NAMED(call, "goes out from folders alone", call##_7) { check_folder_descriptors(call##_from); }          \
    CASE_NAMED(call, "does not look at the descriptor for absolute paths", call##_8) {                            \
        check_errno("absolute", call##_from(NOT_OPEN, "/none/below"), ENOENT);                                    \
    }

#endif
