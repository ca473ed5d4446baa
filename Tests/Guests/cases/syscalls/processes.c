// How processes begin and end: fork(2), vfork(2), rfork(2), _exit(2).
#include "../../runtime/children.h"

enum { RFFDG = 4, RFPROC = 0x10, RFMEM = 0x20, RFCFDG = 0x1000, RFTHREAD = 0x2000, RFPPWAIT = 1 << 30 };

static volatile int counter;
static volatile int *shared;

static void count(int signal) {
    (void)signal;
    counter++;
}

CASE(fork, "gives the parent the child's number and the child zero") {
    shared = shared_page();
    int child = (int)sys_fork();
    if (child == 0) {
        shared[0] = (int)sys_getpid();
        guest_exit(0);
    }
    check_equal("status", wait_for(child), 0);
    check("another process", child != sys_getpid() && child > 0);
    check_equal("the child's own number", shared[0], child);
}

CASE(fork, "makes the caller the parent") {
    shared = shared_page();
    int own = (int)sys_getpid();
    int child = (int)sys_fork();
    if (child == 0) guest_exit(sys_getppid() == own ? 0 : 1);
    check_equal("getppid in the child", wait_for(child), 0);
}

CASE(fork, "copies private memory") {
    counter = 5;
    int child = (int)sys_fork();
    if (child == 0) {
        counter = 6;
        guest_exit(0);
    }
    wait_for(child);
    check_equal("the parent's copy", counter, 5);
}

CASE(fork, "shares memory that is mapped shared") {
    shared = shared_page();
    int child = (int)sys_fork();
    if (child == 0) {
        shared[3] = 17;
        guest_exit(0);
    }
    wait_for(child);
    check_equal("what the child wrote", shared[3], 17);
}

CASE(fork, "shares the offsets of open files") {
    int file = (int)sys_open("file", O_RDWR | O_CREAT, 0600);
    int child = (int)sys_fork();
    if (child == 0) {
        sys_write(file, "1234", 4);
        guest_exit(0);
    }
    wait_for(child);
    check_equal("offset", sys_lseek(file, 0, SEEK_CUR), 4);
}

CASE(fork, "gives the child descriptors of its own") {
    int file = (int)sys_open("file", O_RDWR | O_CREAT, 0600);
    int child = (int)sys_fork();
    if (child == 0) guest_exit(sys_close(file) != 0);
    check_equal("closed in the child", wait_for(child), 0);
    check_equal("open in the parent", sys_write(file, "x", 1), 1);
}

// fork(2): "All interval timers are cleared".
CASE(fork, "clears the child's interval timers") {
    struct itimerval value = {{0, 0}, {10, 0}};
    sys_setitimer(ITIMER_REAL, &value, 0);
    int child = (int)sys_fork();
    if (child == 0) {
        sys_getitimer(ITIMER_REAL, &value);
        guest_exit(value.value.seconds != 0 || value.value.microseconds != 0);
    }
    check_equal("in the child", wait_for(child), 0);
    sys_getitimer(ITIMER_REAL, &value);
    check("in the parent", value.value.seconds > 0);
}

CASE(fork, "keeps the signal mask and the actions") {
    struct signal_set usr1 = signal_set_of(SIGUSR1), mask;
    struct signal_action action;
    set_handler(SIGUSR2, (void *)count, 0);
    sys_sigprocmask(SIG_BLOCK, &usr1, 0);
    int child = (int)sys_fork();
    if (child == 0) {
        sys_sigprocmask(SIG_BLOCK, 0, &mask);
        sys_sigaction(SIGUSR2, 0, &action);
        guest_exit(!signal_set_has(&mask, SIGUSR1) * 2 + (action.handler != (void *)count));
    }
    check_equal("in the child", WEXITSTATUS(wait_for(child)), 0);
}

CASE(fork, "does not pass pending signals on") {
    struct signal_set usr1 = signal_set_of(SIGUSR1), pending;
    sys_sigprocmask(SIG_BLOCK, &usr1, 0);
    sys_kill((int)sys_getpid(), SIGUSR1);
    int child = (int)sys_fork();
    if (child == 0) {
        sys_sigpending(&pending);
        guest_exit(signal_set_has(&pending, SIGUSR1));
    }
    check_equal("pending in the child", wait_for(child), 0);
    sys_sigpending(&pending);
    check("pending in the parent", signal_set_has(&pending, SIGUSR1));
}

CASE(fork, "keeps the group, the session and the mask of modes") {
    int group = (int)sys_getpgrp(), session = (int)sys_getsid(0);
    sys_umask(0135);
    int child = (int)sys_fork();
    if (child == 0)
        guest_exit((sys_getpgrp() != group) + 2 * (sys_getsid(0) != session) + 4 * (sys_umask(0) != 0135));
    check_equal("in the child", wait_for(child), 0);
}

CASE(fork, "does not pass record locks on") {
    int file = (int)sys_open("file", O_RDWR | O_CREAT, 0600);
    struct flock lock = {0, 10, 0, F_WRLCK, SEEK_SET, 0};
    check_equal("lock", sys_fcntl(file, F_SETLK, (long)&lock), 0);
    int child = (int)sys_fork();
    if (child == 0) {
        struct flock wanted = {0, 10, 0, F_WRLCK, SEEK_SET, 0};
        guest_exit(sys_fcntl(file, F_SETLK, (long)&wanted) == -EAGAIN ? 0 : 1);
    }
    check_equal("the child cannot lock", wait_for(child), 0);
}

CASE(fork, "begins the child's usage of children at zero") {
    wait_for(child_exiting(0));
    int child = (int)sys_fork();
    if (child == 0) {
        struct rusage usage;
        sys_getrusage(RUSAGE_CHILDREN, &usage);
        guest_exit(processor_time(&usage) != 0);
    }
    check_equal("usage", wait_for(child), 0);
}

CASE(vfork, "shares the memory") {
    counter = 1;
    int child = (int)sys_vfork();
    if (child == 0) {
        counter = 2;
        sys_exit(3);
    }
    check_equal("what the child wrote", counter, 2);
    check_equal("status", wait_for(child), 3 << 8);
}

CASE(vfork, "keeps the parent until the child has ended") {
    int child = (int)sys_vfork();
    if (child == 0) {
        pause_milliseconds(100);
        counter = 9;
        sys_exit(0);
    }
    check_equal("the child came first", counter, 9);
    wait_for(child);
}

// exit1 makes a zombie of the child before its parent goes on: posix_spawn looks for one that could not run its program.
CASE(vfork, "leaves a child that has ended to be waited for at once") {
    for (int i = 0; i < 50; i++) {
        int status = -1, child = (int)sys_vfork();
        if (child == 0)
            sys_exit(5);
        check_equal("wait4", sys_wait4(child, &status, WNOHANG, 0), child);
        check_equal("status", status, 5 << 8);
    }
}

CASE(vfork, "gives the child a number of its own") {
    static volatile int number, parent;
    int own = (int)sys_getpid();
    int child = (int)sys_vfork();
    if (child == 0) {
        number = (int)sys_getpid();
        parent = (int)sys_getppid();
        sys_exit(0);
    }
    wait_for(child);
    check_equal("getpid", number, child);
    check_equal("getppid", parent, own);
}

CASE(vfork, "gives the child descriptors of its own") {
    int file = (int)sys_open("file", O_RDWR | O_CREAT, 0600);
    int child = (int)sys_vfork();
    if (child == 0) {
        sys_close(file);
        sys_exit(0);
    }
    wait_for(child);
    check_equal("open in the parent", sys_write(file, "x", 1), 1);
}

CASE(rfork, "makes a process with RFPROC and RFFDG") {
    counter = 1;
    int child = (int)sys_rfork(RFPROC | RFFDG);
    if (child == 0) {
        counter = 2;
        guest_exit(7);
    }
    check_equal("status", wait_for(child), 7 << 8);
    check_equal("memory is copied", counter, 1);
}

CASE(rfork, "makes a process without descriptors with RFCFDG") {
    shared = shared_page();
    int file = (int)sys_open("file", O_RDWR | O_CREAT, 0600);
    int child = (int)sys_rfork(RFPROC | RFCFDG);
    if (child == 0) {
        shared[0] = (int)sys_write(file, "x", 1);
        guest_exit(0);
    }
    wait_for(child);
    check_errno("the descriptor in the child", shared[0], EBADF);
    check_equal("and in the parent", sys_write(file, "x", 1), 1);
}

// rfork(2): EINVAL "Both the RFFDG and the RFCFDG flags were specified".
CASE(rfork, "refuses to copy and to clear descriptors") {
    check_errno("rfork", sys_rfork(RFPROC | RFFDG | RFCFDG), EINVAL);
}

CASE(rfork, "refuses flags that it does not have") { check_errno("rfork", sys_rfork(RFPROC | 1 << 16), EINVAL); }

// RFTHREAD without RFPROC changes nothing that could be changed (fork1: "Can't not create a process yet").
CASE(rfork, "changes the caller itself without RFPROC") {
    int file = (int)sys_open("file", O_RDWR | O_CREAT, 0600);
    check_equal("RFFDG", sys_rfork(RFFDG), 0);
    check_equal("still open", sys_write(file, "x", 1), 1);
}

CASE(exit, "tells the low eight bits") {
    check_equal("0", wait_for(child_exiting(0)), 0);
    check_equal("255", wait_for(child_exiting(255)), 255 << 8);
    check_equal("256", wait_for(child_exiting(256)), 0);
    check_equal("-1", wait_for(child_exiting(-1)), 255 << 8);
}

CASE(exit, "closes the descriptors") {
    int pair[2];
    char byte;
    sys_pipe2(pair, 0);
    int child = (int)sys_fork();
    if (child == 0) guest_exit(0);
    sys_close(pair[1]);
    check_equal("end of file", sys_read(pair[0], &byte, 1), 0);
    wait_for(child);
}

CASE(exit, "sends SIGCHLD to the parent") {
    struct signal_set set = signal_set_of(SIGCHLD);
    // With its default action the signal is dropped, blocked or not (kern_sig.c tdsendsignal).
    set_handler(SIGCHLD, (void *)count, 0);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    struct signal_info info;
    int child = child_exiting(4);
    check_equal("SIGCHLD", sys_sigwaitinfo(&set, &info), SIGCHLD);
    check_equal("si_code", info.code, CLD_EXITED);
    check_equal("si_pid", info.pid, child);
    check_equal("si_status", info.status, 4);
    wait_for(child);
}

CASE(exit, "gives the children another parent") {
    shared = shared_page();
    int child = (int)sys_fork();
    if (child == 0) {
        int middle = (int)sys_getpid();
        if (sys_fork() == 0) {
            while (sys_getppid() == middle) pause_milliseconds(5);
            shared[0] = (int)sys_getppid();
            shared[1] = 1;
            guest_exit(0);
        }
        guest_exit(0);
    }
    wait_for(child);
    while (!shared[1]) pause_milliseconds(5);
    check("another parent", shared[0] != child && shared[0] > 0);
}

CASE(exit, "ends all threads of the process") {
    check_equal("status", wait_for(child_exiting(11)), 11 << 8);
}

CASE(getpid, "stays the same") { check_equal("getpid", sys_getpid(), sys_getpid()); }

CASE(getdtablesize, "is the limit of descriptors") {
    struct rlimit limit;
    sys_getrlimit(RLIMIT_NOFILE, &limit);
    check_equal("getdtablesize", sys_getdtablesize(), limit.soft);
}

CASE(getdtablesize, "follows the limit") {
    struct rlimit limit;
    sys_getrlimit(RLIMIT_NOFILE, &limit);
    limit.soft = 64;
    check_equal("setrlimit", sys_setrlimit(RLIMIT_NOFILE, &limit), 0);
    check_equal("getdtablesize", sys_getdtablesize(), 64);
}
