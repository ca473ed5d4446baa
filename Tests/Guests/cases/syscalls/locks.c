// Record locks that split, join, wait for each other and overflow; fcntl(2) of FreeBSD 12.2, sys/kern/kern_lockf.c.
#include "case_files.h"

static long lock(int file, int command, int type, int64_t start, int64_t length) {
    struct flock record = {start, length, 0, (int16_t)type, SEEK_SET, 0};
    return sys_fcntl(file, command, (long)&record);
}

static void pause_shortly(void) {
    struct timespec while_ = {0, 50000000};
    sys_nanosleep(&while_, 0);
}

CASE(fcntl, "unlocking the middle leaves two locks") {
    int file = make_file("f", "");
    lock(file, F_SETLK, F_WRLCK, 0, 10);
    check_equal("unlock", lock(file, F_SETLK, F_UNLCK, 4, 2), 0);
    IN_CHILD("child") {
        check_errno("first", lock(file, F_SETLK, F_WRLCK, 3, 1), EAGAIN);
        check_equal("middle", lock(file, F_SETLK, F_WRLCK, 4, 2), 0);
        check_errno("second", lock(file, F_SETLK, F_WRLCK, 6, 1), EAGAIN);
    }
}

CASE(fcntl, "neighbouring locks of one process join") {
    int file = make_file("f", "");
    lock(file, F_SETLK, F_WRLCK, 0, 5);
    lock(file, F_SETLK, F_WRLCK, 5, 5);
    IN_CHILD("child") {
        struct flock record = {0, 0, 0, F_WRLCK, SEEK_SET, 0};
        check_equal("F_GETLK", sys_fcntl(file, F_GETLK, (long)&record), 0);
        check_equal("start", record.start, 0);
        check_equal("length", record.length, 10);
    }
}

CASE(fcntl, "a lock changes its kind in place") {
    int file = make_file("f", "");
    lock(file, F_SETLK, F_WRLCK, 0, 10);
    check_equal("lower", lock(file, F_SETLK, F_RDLCK, 0, 10), 0);
    IN_CHILD("reader") { check_equal("reading", lock(file, F_SETLK, F_RDLCK, 0, 10), 0); }
    check_equal("raise", lock(file, F_SETLK, F_WRLCK, 0, 5), 0);
    IN_CHILD("second reader") {
        check_errno("raised part", lock(file, F_SETLK, F_RDLCK, 0, 1), EAGAIN);
        check_equal("the rest", lock(file, F_SETLK, F_RDLCK, 5, 5), 0);
    }
}

CASE(fcntl, "a length of 0 goes to the end, wherever it will be") {
    int file = make_file("f", "");
    lock(file, F_SETLK, F_WRLCK, 100, 0);
    IN_CHILD("child") {
        check_equal("before", lock(file, F_SETLK, F_WRLCK, 0, 100), 0);
        check_errno("far behind", lock(file, F_SETLK, F_WRLCK, (int64_t)1 << 40, 1), EAGAIN);
        struct flock record = {200, 1, 0, F_RDLCK, SEEK_SET, 0};
        sys_fcntl(file, F_GETLK, (long)&record);
        check_equal("start", record.start, 100);
        check_equal("length", record.length, 0);
    }
}

CASE(fcntl, "says EDEADLK rather than wait for each other") {
    int file = make_file("f", ""), ends[2];
    char byte;
    sys_pipe2(ends, 0);
    lock(file, F_SETLK, F_WRLCK, 0, 1);
    int child = (int)sys_fork();
    if (child == 0) {
        lock(file, F_SETLK, F_WRLCK, 1, 1);
        sys_write(ends[1], "x", 1);
        guest_exit(lock(file, F_SETLKW, F_WRLCK, 0, 1) == 0 ? 0 : 1);
    }
    sys_read(ends[0], &byte, 1);
    pause_shortly();
    check_errno("F_SETLKW", lock(file, F_SETLKW, F_WRLCK, 1, 1), EDEADLK);
    lock(file, F_SETLK, F_UNLCK, 0, 1);
    check_equal("the child gets its lock", wait_for(child), 0);
}

CASE(fcntl, "says EOVERFLOW of a start that a number cannot hold") {
    int file = make_file("f", "abc");
    sys_lseek(file, 3, SEEK_SET);
    struct flock record = {INT64_MAX, 1, 0, F_WRLCK, SEEK_CUR, 0};
    check_errno("F_SETLK", sys_fcntl(file, F_SETLK, (long)&record), EOVERFLOW);
    check_errno("F_GETLK", sys_fcntl(file, F_GETLK, (long)&record), EOVERFLOW);
    record.whence = SEEK_END;
    check_errno("SEEK_END", sys_fcntl(file, F_SETLK, (long)&record), EOVERFLOW);
}

CASE(fcntl, "takes the last byte that there can be") {
    int file = make_file("f", "");
    check_equal("the last", lock(file, F_SETLK, F_WRLCK, INT64_MAX, 1), 0);
    check_errno("beyond", lock(file, F_SETLK, F_WRLCK, INT64_MAX, 2), EOVERFLOW);
}

CASE(fcntl, "shares with a shared lock of flock") {
    int file = make_file("f", "");
    check_equal("flock", sys_flock(file, LOCK_SH), 0);
    check_equal("fcntl", lock(file, F_SETLK, F_RDLCK, 0, 0), 0);
}

CASE(flock, "moves with the descriptor over fork") {
    int file = make_file("f", ""), other = (int)sys_open("f", O_RDONLY, 0);
    sys_flock(file, LOCK_EX);
    IN_CHILD("child") { check_equal("unlock by the child", sys_flock(file, LOCK_UN), 0); }
    check_equal("free for others", sys_flock(other, LOCK_EX | LOCK_NB), 0);
}

CASE(flock, "waits until the lock is free") {
    int file = make_file("f", ""), ends[2];
    char byte;
    sys_pipe2(ends, 0);
    int child = (int)sys_fork();
    if (child == 0) {
        int own = (int)sys_open("f", O_RDWR, 0);
        sys_flock(own, LOCK_EX);
        sys_write(ends[1], "x", 1);
        pause_shortly();
        guest_exit(0);
    }
    sys_read(ends[0], &byte, 1);
    check_errno("not yet", sys_flock(file, LOCK_EX | LOCK_NB), EAGAIN);
    check_equal("flock", sys_flock(file, LOCK_EX), 0);
    wait_for(child);
}
