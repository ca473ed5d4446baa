// The cases that the calls on open files share: fget and getvnode in FreeBSD's sys/kern/kern_descrip.c and
// vfs_syscalls.c. A row makes two cases of one call, OPEN_FILE_CASES a third:
//
//     DESCRIPTOR_CASES(pread, sys_pread(descriptor, buffer, 1, 0), ESPIPE)
//
// The errno is what the call says of what is no file: a socket, a queue of events.
#ifndef GUEST_DESCRIPTOR_CASES_H
#define GUEST_DESCRIPTOR_CASES_H

#include "case_files.h"

typedef long descriptor_call(int descriptor);

static inline void check_open_descriptors(descriptor_call *call) {
    int closed = make_file("f", "");
    sys_close(closed);
    check_errno("closed", call(closed), EBADF);
    check_errno("never opened", call(NOT_OPEN), EBADF);
    check_errno("negative", call(-1), EBADF);
    check_errno("of a folder for names", call(AT_FDCWD), EBADF);
}

static inline void check_no_files(descriptor_call *call, int want) {
    int pair[2];
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    check_errno("socket", call(pair[0]), want);
    check_errno("queue", call((int)sys_kqueue()), want);
}

static inline void check_nameless_file(descriptor_call *call) {
    int file = make_file("f", "abcdef");
    sys_unlink("f");
    check("without a name", call(file) >= 0);
    int copy = (int)sys_dup(file);
    sys_close(file);
    check("by a duplicate", call(copy) >= 0);
}

#define DESCRIPTOR_CASES(call, attempt, want)                                                                     \
    static long call##_of(int descriptor) { return attempt; }                                                     \
    CASE_NAMED(call, "refuses descriptors that are not open", call##_1) { check_open_descriptors(call##_of); }    \
    CASE_NAMED(call, "refuses sockets and event queues", call##_2) { check_no_files(call##_of, want); }

#define OPEN_FILE_CASES(call, attempt, want)                                                                      \
    DESCRIPTOR_CASES(call, attempt, want)                                                                         \
    CASE_NAMED(call, "works on a file whose name is gone", call##_3) { check_nameless_file(call##_of); }

#endif
