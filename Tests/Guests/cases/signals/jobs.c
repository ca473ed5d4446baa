// Signals between processes: stopping and continuing, groups, limits that end in signals, broken pipes, timers.
// Authority: kill(2), wait(2), setrlimit(2), setitimer(2), sys/kern/kern_sig.c.
#include "events.h"
#include "threads.h"
#include "cases.h"

enum { SIGXCPU = 24, SIGXFSZ = 25 };

static volatile int count, seen[8];

static void note(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)context;
    if (count < 8) seen[count] = info->code;
    count++;
}

static int sleeper(void) {
    int child = (int)sys_fork();
    if (child) return child;
    for (;;)
        pause_for(100000000);
}

static int spinner(void) {
    int child = (int)sys_fork();
    if (child) return child;
    for (volatile long i = 0;; i++) {}
}

static void stop_and_continue(int child) {
    int status = 0;
    pause_for(20000000);
    sys_kill(child, SIGSTOP);
    check_equal("wait4 with WUNTRACED", sys_wait4(child, &status, WUNTRACED, 0), child);
    check("stopped", WIFSTOPPED(status) && status >> 8 == SIGSTOP);
    check_equal("told once", sys_wait4(child, &status, WUNTRACED | WNOHANG, 0), 0);
    sys_kill(child, SIGCONT);
    check_equal("wait4 with WCONTINUED", sys_wait4(child, &status, WCONTINUED, 0), child);
    check_equal("continued", status, SIGCONT);
    sys_kill(child, SIGTERM);
    check_equal("killed", WTERMSIG(wait_for(child)), SIGTERM);
}

CASE(stop, "and continue a process that sleeps") { stop_and_continue(sleeper()); }
CASE(stop, "and continue a process that computes") { stop_and_continue(spinner()); }

CASE(stop, "is ended by SIGKILL, but not by other signals") {
    int child = sleeper(), status = 0;
    sys_kill(child, SIGSTOP);
    sys_wait4(child, &status, WUNTRACED, 0);
    sys_kill(child, SIGTERM);
    pause_for(30000000);
    check_equal("SIGTERM waits", sys_wait4(child, &status, WNOHANG, 0), 0);
    sys_kill(child, SIGKILL);
    check_equal("SIGKILL does not", WTERMSIG(wait_for(child)), SIGKILL);
}

CASE(stop, "tells the parent by SIGCHLD, unless SA_NOCLDSTOP") {
    for (int quiet = 0; quiet < 2; quiet++) {
        int child = sleeper(), status = 0;
        count = 0;
        set_handler(SIGCHLD, (void *)note, SA_SIGINFO | SA_RESTART | (quiet ? SA_NOCLDSTOP : 0));
        sys_kill(child, SIGSTOP);
        sys_wait4(child, &status, WUNTRACED, 0);
        pause_for(20000000);
        check_equal(quiet ? "quiet" : "told", count, !quiet);
        if (!quiet) check_equal("si_code", seen[0], CLD_STOPPED);
        sys_kill(child, SIGKILL);
        wait_for(child);
        set_handler(SIGCHLD, SIG_DFL, 0);
    }
}

CASE(stop, "SIGTSTP with a handler runs it, and with default stops") {
    int child = (int)sys_fork(), status = 0;
    if (child == 0) {
        set_handler(SIGTSTP, (void *)note, SA_SIGINFO);
        sys_kill((int)sys_getpid(), SIGTSTP);
        if (count != 1) guest_exit(1);
        guest_exit(9);
    }
    check_equal("with a handler", wait_for(child), 9 << 8);
    // A group of its own that no parent of another group in the session is in would be an orphan's, which does not stop.
    child = sleeper();
    sys_kill(child, SIGSTOP);
    check_equal("with SIGSTOP", sys_wait4(child, &status, WUNTRACED, 0), child);
    sys_kill(child, SIGKILL);
    wait_for(child);
}

CASE(group, "kill of a group reaches all of it and nobody else") {
    int children[3], other = sleeper();
    for (int i = 0; i < 3; i++) {
        children[i] = sleeper();
        check_equal("setpgid", sys_setpgid(children[i], children[0]), 0);
    }
    check_equal("kill", sys_kill(-children[0], SIGTERM), 0);
    for (int i = 0; i < 3; i++)
        check_equal("killed", WTERMSIG(wait_for(children[i])), SIGTERM);
    int status;
    check_equal("the other lives", sys_wait4(other, &status, WNOHANG, 0), 0);
    sys_kill(other, SIGKILL);
    wait_for(other);
    check_errno("no such group", sys_kill(-children[0], 0), ESRCH);
}

CASE(group, "kill of 0 reaches the own group") {
    int child = (int)sys_fork();
    if (child == 0) {
        sys_setpgid(0, 0);
        set_handler(SIGUSR1, SIG_IGN, 0);
        int ready[2];
        char byte;
        sys_pipe2(ready, 0);
        int grandchild = (int)sys_fork();
        if (grandchild == 0) {
            set_handler(SIGUSR1, SIG_DFL, 0);
            sys_write(ready[1], "x", 1);
            for (;;)
                pause_for(100000000);
        }
        sys_read(ready[0], &byte, 1);
        sys_kill(0, SIGUSR1);
        guest_exit(WTERMSIG(wait_for(grandchild)) == SIGUSR1 ? 4 : 5);
    }
    check_equal("the child", wait_for(child), 4 << 8);
}

CASE(terminal, "that a session's leader opens does not become its controlling one, whose end would be SIGHUP") {
    int child = (int)sys_fork();
    if (child == 0) {
        char name[32] = "/dev/";
        struct { int size; char *buffer; } request = {sizeof name - 5, name + 5};
        sys_setsid();
        int master = (int)sys_posix_openpt(O_RDWR);
        // FIODGNAME
        sys_ioctl(master, 0x80000000UL | sizeof request << 16 | 'f' << 8 | 120, &request);
        int terminal = (int)sys_open(name, O_RDWR, 0);
        sys_close(terminal);
        sys_close(master);
        pause_for(20000000);
        guest_exit(terminal >= 0 ? 3 : 4);
    }
    check_equal("the child", wait_for(child), 3 << 8);
}

CASE(pipe, "writing without a reader: SIGPIPE, or EPIPE") {
    int pipe[2], child = (int)sys_fork();
    if (child == 0) {
        sys_pipe2(pipe, 0);
        sys_close(pipe[0]);
        sys_write(pipe[1], "x", 1);
        guest_exit(1);
    }
    check_equal("killed", WTERMSIG(wait_for(child)), SIGPIPE);
    set_handler(SIGPIPE, (void *)note, SA_SIGINFO);
    sys_pipe2(pipe, 0);
    sys_close(pipe[0]);
    check_errno("write", sys_write(pipe[1], "x", 1), EPIPE);
    check_equal("handled", count, 1);
    set_handler(SIGPIPE, SIG_IGN, 0);
    check_errno("write, ignored", sys_write(pipe[1], "x", 1), EPIPE);
}

CASE(limit, "of a file's size: SIGXFSZ and EFBIG") {
    // The limit holds for the program's own output as well, which may be a file: nothing is said under it.
    struct rlimit before, limit;
    int file = (int)sys_open("f", O_RDWR | O_CREAT, 0600);
    static char bytes[2000];
    set_handler(SIGXFSZ, (void *)note, SA_SIGINFO);
    sys_getrlimit(RLIMIT_FSIZE, &before);
    limit = (struct rlimit){1000, before.hard};
    long set = sys_setrlimit(RLIMIT_FSIZE, &limit), within = sys_write(file, bytes, 1000);
    long beyond = sys_write(file, bytes, 1);
    sys_setrlimit(RLIMIT_FSIZE, &before);
    check_equal("setrlimit", set, 0);
    check_equal("up to the limit", within, 1000);
    check_errno("beyond", beyond, EFBIG);
    check_equal("SIGXFSZ", count, 1);
}

CASE(limit, "of processor time: SIGXCPU") {
    // A second of processor time may take a busy machine long.
    struct itimerval patience = {{0, 0}, {150, 0}};
    sys_setitimer(ITIMER_REAL, &patience, 0);
    int child = (int)sys_fork();
    if (child == 0) {
        struct rlimit limit = {1, 3};
        sys_setrlimit(RLIMIT_CPU, &limit);
        for (volatile long i = 0;; i++) {}
    }
    check_equal("killed", WTERMSIG(wait_for(child)), SIGXCPU);
}

static void run_timer(int which, int signal) {
    struct itimerval value = {{0, 5000}, {0, 5000}}, off = {{0, 0}, {0, 0}};
    count = 0;
    set_handler(signal, (void *)note, SA_SIGINFO);
    check_equal("setitimer", sys_setitimer(which, &value, 0), 0);
    long end = now_nanoseconds(CLOCK_MONOTONIC) + 10000000000;
    for (volatile long i = 0; count < 5; i++)
        if (i % 1000000 == 0 && now_nanoseconds(CLOCK_MONOTONIC) > end) break;
    sys_setitimer(which, &off, 0);
    check("comes again and again", count >= 5);
    check_equal("si_code", seen[0], SI_KERNEL);
}

CASE(timer, "of the time spent in the program") { run_timer(ITIMER_VIRTUAL, SIGVTALRM); }
CASE(timer, "of the time spent in program and kernel") { run_timer(ITIMER_PROF, SIGPROF); }
CASE(timer, "of time that passes") { run_timer(ITIMER_REAL, SIGALRM); }

CASE(timer, "counts what it could not send: overruns") {
    struct signal_event event = {.notification = SIGEV_SIGNAL, .signal = SIGUSR1};
    struct itimerspec often = {{0, 1000000}, {0, 1000000}}, off = {{0, 0}, {0, 0}};
    struct signal_set set = signal_set_of(SIGUSR1);
    int timer = -1;
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    check_equal("ktimer_create", sys_ktimer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    sys_ktimer_settime(timer, 0, &often, 0);
    pause_for(60000000);
    struct signal_info info = {0};
    check_equal("one signal", sys_sigtimedwait(&set, &info, 0), SIGUSR1);
    check("overruns", info.reason.timer.overrun >= 20);
    check("as ktimer_getoverrun tells", sys_ktimer_getoverrun(timer) >= 20);
    pause_for(5000000);
    sys_ktimer_settime(timer, 0, &off, 0);
    check_equal("ktimer_delete", sys_ktimer_delete(timer), 0);
    struct timespec now = {0, 0};
    check_errno("its signal goes with it", sys_sigtimedwait(&set, &info, &now), EAGAIN);
}

CASE(abort, "SIGABRT ends a program even when it was blocked and handled before") {
    int child = (int)sys_fork();
    if (child == 0) {
        struct signal_set set = signal_set_of(SIGABRT);
        sys_sigprocmask(SIG_BLOCK, &set, 0);
        sys_kill((int)sys_getpid(), SIGABRT);
        set_handler(SIGABRT, SIG_DFL, 0);
        sys_sigprocmask(SIG_UNBLOCK, &set, 0);
        guest_exit(1);
    }
    check_equal("killed", WTERMSIG(wait_for(child)), SIGABRT);
}

CASE(default, "actions: what ends a program, and what does nothing") {
    static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTRAP, SIGEMT, SIGFPE, SIGBUS, SIGSYS, SIGALRM, SIGTERM,
                                 SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGUSR1, SIGUSR2, SIGRTMIN};
    static const int harmless[] = {SIGURG, SIGCONT, SIGCHLD, SIGIO, SIGWINCH, SIGINFO};
    for (unsigned i = 0; i < COUNT_OF(ending); i++) {
        int child = (int)sys_fork();
        if (child == 0) {
            sys_kill((int)sys_getpid(), ending[i]);
            guest_exit(1);
        }
        check_equal("ends", WTERMSIG(wait_for(child)), ending[i]);
    }
    for (unsigned i = 0; i < COUNT_OF(harmless); i++) {
        int child = (int)sys_fork();
        if (child == 0) {
            sys_kill((int)sys_getpid(), harmless[i]);
            guest_exit(7);
        }
        check_equal("does nothing", wait_for(child), 7 << 8);
    }
}

// Whoever waits is told the number, also of signals that other systems do not have.
CASE(default, "actions of SIGTHR and of the last real-time signal end a program") {
    static const int ending[] = {SIGTHR, SIGTHR + 1, 50, SIGRTMIN + 40, SIGRTMAX};
    for (unsigned i = 0; i < COUNT_OF(ending); i++) {
        int child = (int)sys_fork();
        if (child == 0) {
            sys_kill((int)sys_getpid(), ending[i]);
            guest_exit(1);
        }
        check_equal("ends", WTERMSIG(wait_for(child)), ending[i]);
    }
}
