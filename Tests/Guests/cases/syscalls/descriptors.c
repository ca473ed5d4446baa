// Descriptors: how they are made, shared, bounded and closed. Authority: dup(2), close(2), closefrom(2),
// getdtablesize(2) of FreeBSD 12.2; kern_dup and kern_close_range in sys/kern/kern_descrip.c.
#include "case_files.h"

static int is_open(int descriptor) { return sys_fcntl(descriptor, F_GETFD, 0) >= 0; }

CASE(dup, "gives the lowest free descriptor") {
    int first = (int)sys_open("/dev/null", O_RDONLY, 0);
    int second = (int)sys_open("/dev/null", O_RDONLY, 0);
    check_equal("close the first", sys_close(first), 0);
    check_equal("dup of the second", sys_dup(second), first);
}

CASE(dup, "refuses a descriptor that is not open") { check_errno("dup", sys_dup(200), EBADF); }

CASE(dup, "refuses a negative descriptor") {
    check_errno("dup of -1", sys_dup(-1), EBADF);
    check_errno("dup of the smallest number", sys_dup(-2147483647 - 1), EBADF);
}

CASE(dup, "shares the offset") {
    int file = make_file("f", "abcdef"), copy = (int)sys_dup(file);
    check_equal("seek by the one", sys_lseek(file, 4, SEEK_SET), 4);
    check_equal("seen by the other", sys_lseek(copy, 0, SEEK_CUR), 4);
}

CASE(dup, "shares the status flags and clears close-on-exec") {
    int file = (int)sys_open("f", O_RDWR | O_CREAT | O_CLOEXEC, 0644), copy = (int)sys_dup(file);
    sys_fcntl(copy, F_SETFL, O_APPEND);
    check_equal("flags of the first", sys_fcntl(file, F_GETFL, 0), O_RDWR | O_APPEND);
    check_equal("descriptor flags of the copy", sys_fcntl(copy, F_GETFD, 0), 0);
    check_equal("descriptor flags of the first", sys_fcntl(file, F_GETFD, 0), FD_CLOEXEC);
}

CASE(dup, "fails when all descriptors are taken") {
    struct rlimit limit = {8, 8};
    sys_setrlimit(RLIMIT_NOFILE, &limit);
    for (int i = 0; i < 8; i++)
        sys_dup(0);
    check_errno("dup", sys_dup(0), EMFILE);
    sys_close(7);
    check_equal("after a close", sys_dup(0), 7);
}

CASE(dup, "outlives the file's name and the first descriptor") {
    int file = make_file("f", "kept"), copy = (int)sys_dup(file);
    char text[8] = {0};
    sys_unlink("f");
    sys_close(file);
    check_equal("read", sys_read(copy, text, 4), 4);
    check_string("text", text, "kept");
}

CASE(dup2, "takes the wanted number") {
    int file = make_file("f", "abc");
    check_equal("dup2", sys_dup2(file, 50), 50);
    check_equal("open", is_open(50), 1);
    check_equal("the old one stays", is_open(file), 1);
}

CASE(dup2, "closes what had the number") {
    int ends[2];
    sys_pipe2(ends, 0);
    int file = make_file("f", "");
    check_equal("dup2 onto the writing end", sys_dup2(file, ends[1]), ends[1]);
    char byte;
    check_equal("the reader sees the end", sys_read(ends[0], &byte, 1), 0);
}

CASE(dup2, "onto itself changes nothing, not even close-on-exec") {
    int file = (int)sys_open("f", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    check_equal("dup2", sys_dup2(file, file), file);
    check_equal("flags", sys_fcntl(file, F_GETFD, 0), FD_CLOEXEC);
}

CASE(dup2, "clears close-on-exec of the copy") {
    int file = (int)sys_open("f", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    check_equal("dup2", sys_dup2(file, 60), 60);
    check_equal("flags", sys_fcntl(60, F_GETFD, 0), 0);
}

CASE(dup2, "refuses what is not open") {
    check_errno("dup2", sys_dup2(200, 3), EBADF);
    check_errno("dup2 onto itself", sys_dup2(200, 200), EBADF);
    check_errno("dup2 of -1", sys_dup2(-1, 3), EBADF);
}

CASE(dup2, "leaves the target alone when the source is not open") {
    int file = make_file("f", "abc");
    check_errno("dup2", sys_dup2(200, file), EBADF);
    check_equal("the target is open", is_open(file), 1);
}

CASE(dup2, "refuses numbers out of range") {
    struct rlimit limit = {64, 64};
    sys_setrlimit(RLIMIT_NOFILE, &limit);
    check_errno("dup2 onto -1", sys_dup2(0, -1), EBADF);
    check_errno("dup2 onto the limit", sys_dup2(0, 64), EBADF);
    check_equal("dup2 below the limit", sys_dup2(0, 63), 63);
}

CASE(close, "frees the number for the next open") {
    int file = make_file("f", "");
    check_equal("close", sys_close(file), 0);
    check_equal("open again", sys_open("f", O_RDONLY, 0), file);
}

CASE(close, "refuses what is not open") {
    int file = make_file("f", "");
    check_equal("close", sys_close(file), 0);
    check_errno("close again", sys_close(file), EBADF);
    check_errno("close of -1", sys_close(-1), EBADF);
    check_errno("close of a large number", sys_close(0x7fffffff), EBADF);
}

CASE(close, "of any descriptor drops the process's record locks on the file") {
    int file = make_file("f", "abc"), other = (int)sys_open("f", O_RDWR, 0);
    struct flock lock = {0, 0, 0, F_WRLCK, SEEK_SET, 0};
    check_equal("lock", sys_fcntl(file, F_SETLK, (long)&lock), 0);
    check_equal("close of the other", sys_close(other), 0);
    IN_CHILD("child") {
        check_equal("nobody has it", sys_fcntl(file, F_SETLK, (long)&lock), 0);
    }
}

CASE(close, "of one copy keeps the lock of flock") {
    int file = make_file("f", "abc"), copy = (int)sys_dup(file), other = (int)sys_open("f", O_RDWR, 0);
    check_equal("lock", sys_flock(file, LOCK_EX), 0);
    sys_close(copy);
    check_errno("still held", sys_flock(other, LOCK_EX | LOCK_NB), EAGAIN);
    sys_close(file);
    check_equal("free after the last", sys_flock(other, LOCK_EX | LOCK_NB), 0);
}

CASE(closefrom, "closes all from the number on") {
    sys_dup2(0, 40);
    sys_dup2(0, 41);
    sys_dup2(0, 99);
    check_equal("closefrom", sys_closefrom(41), 0);
    check_equal("below", is_open(40), 1);
    check_equal("at", is_open(41), 0);
    check_equal("above", is_open(99), 0);
}

CASE(closefrom, "succeeds when there is nothing to close") {
    check_equal("closefrom", sys_closefrom(500), 0);
    check_equal("the largest number", sys_closefrom(0x7fffffff), 0);
}

CASE(closefrom, "takes a negative number for 0") {
    int output = (int)sys_dup(1), child = (int)sys_fork();
    if (child == 0)
        guest_exit(sys_closefrom(-5) == 0 && !is_open(0) && !is_open(output) ? 0 : 1);
    check_equal("child", wait_for(child), 0);
}

CASE(closefrom, "ends what pipes await") {
    int ends[2];
    sys_pipe2(ends, 0);
    sys_dup2(ends[0], 3 + ends[1]);
    int reader = 3 + ends[1], writer = (int)sys_dup2(ends[1], reader + 1);
    sys_close(ends[1]);
    check_equal("closefrom the writer", sys_closefrom(writer), 0);
    char byte;
    check_equal("end of file", sys_read(reader, &byte, 1), 0);
}

CASE(close_range, "closes the range and its ends") {
    for (int i = 40; i < 45; i++)
        sys_dup2(0, i);
    check_equal("close_range", sys_close_range(41, 43, 0), 0);
    check_equal("below", is_open(40), 1);
    check_equal("first", is_open(41), 0);
    check_equal("last", is_open(43), 0);
    check_equal("above", is_open(44), 1);
}

CASE(close_range, "refuses a range that ends before it begins") {
    sys_dup2(0, 40);
    check_errno("close_range", sys_close_range(41, 40, 0), EINVAL);
    check_equal("nothing is closed", is_open(40), 1);
}

CASE(close_range, "refuses flags") { check_errno("close_range", sys_close_range(40, 50, 1), EINVAL); }

CASE(close_range, "goes up to the largest number") {
    sys_dup2(0, 40);
    check_equal("close_range", sys_close_range(40, ~0u, 0), 0);
    check_equal("closed", is_open(40), 0);
    check_equal("nothing to close", sys_close_range(40, ~0u, 0), 0);
}

CASE(getdtablesize, "follows the soft limit of descriptors") {
    struct rlimit limit = {37, 64};
    check_equal("setrlimit", sys_setrlimit(RLIMIT_NOFILE, &limit), 0);
    check_equal("getdtablesize", sys_getdtablesize(), 37);
}
