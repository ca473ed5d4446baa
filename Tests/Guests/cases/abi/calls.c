// System calls as the processor makes them: registers, the error flag, second results, indirect calls.
// Authority: cpu_fetch_syscall_args and cpu_set_syscall_retval of sys/arm64/arm64 and sys/mips/mips, syscall(2).
#include "cases.h"

enum { INDIRECT = 0, INDIRECT_QUAD = 198, NO_CALL = 999 };
static const long forms[] = {-1, INDIRECT, INDIRECT_QUAD};
static const char *const form_names[] = {"direct", "through syscall", "through __syscall"};

// One call in one of three forms, with six arguments at most.
static struct raw_syscall call(int form, long number, const long *arguments, int count) {
    struct raw_syscall raw = {.number = form == 0 ? number : forms[form]};
    int place = 0;
    if (form > 0) raw.arguments[place++] = number;
    for (int i = 0; i < count; i++)
        raw.arguments[place++] = arguments[i];
    raw.second = 0x5555;
    raw_syscall(&raw);
    return raw;
}

#define CALL(form, number, ...) \
    call(form, number, (long[]){__VA_ARGS__, 0}, (int)(sizeof((long[]){__VA_ARGS__, 0}) / sizeof(long)) - 1)

static void expect(const char *what, int form, struct raw_syscall raw, long result, long error) {
    char name[96];
    check_equal(format_string(name, sizeof name, "%s %s: error flag", what, form_names[form]), raw.error, error != 0);
    check_equal(format_string(name, sizeof name, "%s %s: result", what, form_names[form]), raw.first,
                error ? error : result);
}

// A sparse file with a few bytes beyond 4 GiB.
static const int64_t far = 0x123456789;

static int far_file(void) {
    int file = (int)sys_open("far", O_RDWR | O_CREAT, 0600);
    if (sys_pwrite(file, "far away", 8, far) != 8) skip_case("no files of 5 GB here");
    return file;
}

CASE(syscall, "a successful call clears the error flag, in all three forms") {
    for (int form = 0; form < 3; form++)
        expect("getpid", form, CALL(form, SYS_getpid, 0), sys_getpid(), 0);
}

CASE(syscall, "a failed call sets it and gives the errno as a positive number") {
    for (int form = 0; form < 3; form++)
        expect("close of none", form, CALL(form, SYS_close, 555), 0, EBADF);
}

CASE(syscall, "a failed call leaves the second result as it was") {
    check_equal("the register", CALL(0, SYS_close, 555, 0x5555).second, 0x5555);
}

CASE(syscall, "a call with one result clears the second, or leaves it, as the architecture has it") {
    check_equal("the register", CALL(0, SYS_getpgrp, 0, 0x5555).second, MACHINE_CLEARS_SECOND_RESULT ? 0 : 0x5555);
}

CASE(syscall, "a call with two results gives both") {
    for (int form = 0; form < 3; form++) {
        struct raw_syscall raw = CALL(form, SYS_freebsd10_pipe, 0);
        check_equal("error flag", raw.error, 0);
        check_equal("written at the second", sys_write((int)raw.second, "two", 3), 3);
        char text[4] = {0};
        check_equal("read at the first", sys_read((int)raw.first, text, 3), 3);
        check_string("what was written", text, "two");
    }
}

CASE(syscall, "fork tells parent and child by both results") {
    struct raw_syscall raw = CALL(0, SYS_fork, 0);
    if (raw.first == 0 || raw.second == 1)
        guest_exit(raw.second == MACHINE_FORK_SECOND_RESULT && raw.error == 0 ? 9 : 8);
    check("the parent gets the child's number", raw.first > 1);
    check_equal("the child", wait_for((int)raw.first), 9 << 8);
}

CASE(syscall, "passes an offset of 64 bits, in all three forms") {
    int file = far_file();
    for (int form = 0; form < 3; form++) {
        char text[9] = {0};
        expect("pread", form, CALL(form, SYS_pread, file, (long)text, 8, far), 8, 0);
        check_string("the text", text, "far away");
        expect("lseek", form, CALL(form, SYS_lseek, file, far + 1, SEEK_SET), far + 1, 0);
        expect("lseek backwards", form, CALL(form, SYS_lseek, file, -2, SEEK_CUR), far - 1, 0);
        expect("lseek to the end", form, CALL(form, SYS_lseek, file, 0, SEEK_END), far + 8, 0);
        expect("ftruncate", form, CALL(form, SYS_ftruncate, file, far + 8), 0, 0);
    }
}

CASE(syscall, "passes six arguments: mmap far inside a file") {
    int file = far_file();
    for (int form = 0; form < 3; form++) {
        struct raw_syscall raw =
            CALL(form, SYS_mmap, 0, 2 * PAGE, PROT_READ, MAP_SHARED, file, far & ~(long)(PAGE - 1));
        check_equal("error flag", raw.error, 0);
        check("the bytes", raw.error == 0 && memcmp((char *)raw.first + (far & (PAGE - 1)), "far away", 8) == 0);
        sys_munmap((void *)raw.first, 2 * PAGE);
    }
}

CASE(syscall, "passes seven arguments: sendfile") {
    for (int form = 0; form < 3; form++) {
        int pair[2], file = (int)sys_open("f", O_RDWR | O_CREAT, 0600);
        sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
        sys_pwrite(file, "0123456789", 10, 0);
        struct iovec header = {"<", 1}, trailer = {">", 1};
        struct file_headers around = {&header, 1, &trailer, 1};
        int64_t sent = 0;
        expect("sendfile", form, CALL(form, SYS_sendfile, file, pair[0], 3, 4, (long)&around, (long)&sent, 0), 0, 0);
        char text[8] = {0};
        sys_read(pair[1], text, 7);
        check_string("what arrived", text, "<3456>");
        check_equal("bytes", sent, 6);
        sys_close(pair[0]), sys_close(pair[1]), sys_close(file);
    }
}

// The kernel takes an int argument as the register's lower half, so that what is above it does not matter.
CASE(syscall, "takes 32-bit arguments from the lower half of the register") {
    for (int form = 0; form < 3; form++) {
        const long rubbish = 0x7777777700000000;
        int file = (int)sys_open("f", O_RDWR | O_CREAT, 0600);
        expect("write", form, CALL(form, SYS_write, file | rubbish, (long)"abc", 3), 3, 0);
        expect("lseek", form, CALL(form, SYS_lseek, file | rubbish, 0, SEEK_CUR | rubbish), 3, 0);
        expect("fcntl", form, CALL(form, SYS_fcntl, file | rubbish, F_GETFL | rubbish, 0), O_RDWR, 0);
        expect("a negative one, not sign-extended", form,
               CALL(form, SYS_faccessat, (long)(uint32_t)AT_FDCWD, (long)"f", R_OK | rubbish, rubbish), 0, 0);
        expect("kill", form, CALL(form, SYS_kill, sys_getpid() | rubbish, rubbish), 0, 0);
        expect("close", form, CALL(form, SYS_close, file | rubbish), 0, 0);
    }
}

CASE(syscall, "takes sizes and addresses whole") {
    char byte;
    int file = (int)sys_open("/dev/zero", O_RDONLY, 0);
    for (int form = 0; form < 3; form++) {
        expect("read of a size beyond all", form, CALL(form, SYS_read, file, (long)&byte, -1), 0, EINVAL);
        expect("munmap of nothing", form, CALL(form, SYS_munmap, 0x10000, 0), 0, EINVAL);
        expect("mmap of more than there is", form,
               CALL(form, SYS_mmap, 0, 1l << 62, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0), 0, ENOMEM);
    }
}

CASE(syscall, "an unknown number is refused, in all three forms") {
    set_handler(SIGSYS, SIG_IGN, 0);
    for (int form = 0; form < 3; form++)
        expect("call 999", form, CALL(form, NO_CALL, 0), 0, ENOSYS);
    expect("syscall through itself", 1, CALL(1, INDIRECT, SYS_getpid), 0, ENOSYS);
    expect("a negative number", 0, CALL(0, -1, 0), 0, ENOSYS);
    expect("one beyond 32 bits", 0, CALL(0, 0x7fffffff, 0), 0, ENOSYS);
}

CASE(syscall, "results of 64 bits come whole") {
    int file = far_file();
    struct raw_syscall raw = CALL(0, SYS_lseek, file, 0x7fffffffffff0000 - 1, SEEK_SET);
    check("a large position, or refused", raw.error ? raw.first == EINVAL : raw.first == 0x7fffffffffff0000 - 1);
    raw = CALL(0, SYS_mmap, 0x300000000, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0);
    check_equal("an address beyond 4 GB", raw.first, 0x300000000);
}
