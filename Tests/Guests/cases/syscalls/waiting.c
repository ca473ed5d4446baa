// Waiting for children: wait4(2), wait6(2).
#include "../../runtime/children.h"

static volatile int counter;

static void count(int signal) {
    (void)signal;
    counter++;
}

static int stopped_child(void) {
    int child = child_pausing(), status;
    sys_kill(child, SIGSTOP);
    check_equal("stopped", sys_wait4(child, &status, WUNTRACED, 0), child);
    return child;
}

CASE(wait4, "tells how a child exited") {
    int status = -1, child = child_exiting(42);
    check_equal("wait4", sys_wait4(child, &status, 0, 0), child);
    check_equal("status", status, 42 << 8);
}

CASE(wait4, "tells what signal ended a child") {
    int status = -1, child = child_pausing();
    sys_kill(child, SIGTERM);
    check_equal("wait4", sys_wait4(child, &status, 0, 0), child);
    check_equal("status", status, SIGTERM);
}

CASE(wait4, "waits for any child") {
    int first = child_exiting(1), second = child_exiting(2), status;
    long a = sys_wait4(-1, &status, 0, 0), b = sys_wait4(-1, &status, 0, 0);
    check("both", (a == first && b == second) || (a == second && b == first));
    check_errno("no more", sys_wait4(-1, &status, 0, 0), ECHILD);
}

CASE(wait4, "waits for the caller's group") {
    int status, other = child_pausing(), own = child_exiting(2);
    sys_setpgid(other, other);
    check_equal("of the own group", sys_wait4(0, &status, 0, 0), own);
    check_equal("status", status, 2 << 8);
    check_errno("no more there", sys_wait4(0, &status, WNOHANG, 0), ECHILD);
    end_child(other);
}

CASE(wait4, "waits for another group") {
    int status, other = child_pausing(), own = child_exiting(2);
    sys_setpgid(other, other);
    check_equal("none has ended", sys_wait4(-other, &status, WNOHANG, 0), 0);
    sys_kill(other, SIGKILL);
    check_equal("wait4", sys_wait4(-other, &status, 0, 0), other);
    wait_for(own);
}

CASE(wait4, "returns zero with WNOHANG when none has ended") {
    int status = 77, child = child_pausing();
    check_equal("wait4", sys_wait4(child, &status, WNOHANG, 0), 0);
    check_equal("any", sys_wait4(-1, &status, WNOHANG, 0), 0);
    end_child(child);
}

CASE(wait4, "refuses without children") {
    int status;
    check_errno("any", sys_wait4(-1, &status, 0, 0), ECHILD);
    check_errno("WNOHANG", sys_wait4(-1, &status, WNOHANG, 0), ECHILD);
    check_errno("group", sys_wait4(0, &status, 0, 0), ECHILD);
}

CASE(wait4, "refuses who is no child") {
    int status;
    check_errno("itself", sys_wait4((int)sys_getpid(), &status, 0, 0), ECHILD);
    check_errno("the parent", sys_wait4((int)sys_getppid(), &status, 0, 0), ECHILD);
    check_errno("nobody", sys_wait4(NO_PROCESS, &status, 0, 0), ECHILD);
    check_errno("no group", sys_wait4(-NO_PROCESS, &status, 0, 0), ECHILD);
}

CASE(wait4, "reaps once") {
    int status, child = child_exiting(0);
    check_equal("first", sys_wait4(child, &status, 0, 0), child);
    check_errno("second", sys_wait4(child, &status, 0, 0), ECHILD);
}

CASE(wait4, "refuses unknown options") {
    int status, child = child_exiting(0);
    check_errno("0x100", sys_wait4(child, &status, 0x100, 0), EINVAL);
    check_errno("0x40000000", sys_wait4(child, &status, 0x40000000, 0), EINVAL);
    check_equal("the child is still there", sys_wait4(child, &status, 0, 0), child);
}

// kern_wait hands its options to kern_wait6 with WEXITED | WTRAPPED added: those of wait6 are good here too.
CASE(wait4, "takes the options of wait6") {
    int status = -1, child = child_exiting(3);
    check_equal("WNOWAIT", sys_wait4(child, &status, WNOWAIT, 0), child);
    check_equal("status", status, 3 << 8);
    check_equal("WEXITED", sys_wait4(child, &status, WEXITED, 0), child);
}

CASE(wait4, "tells of a stop with WUNTRACED") {
    int status, child = child_pausing();
    sys_kill(child, SIGSTOP);
    check_equal("wait4", sys_wait4(child, &status, WUNTRACED, 0), child);
    check_equal("status", status, SIGSTOP << 8 | 0x7f);
    check_equal("once", sys_wait4(child, &status, WUNTRACED | WNOHANG, 0), 0);
    end_child(child);
}

CASE(wait4, "says nothing of a stop without WUNTRACED") {
    int status, child = stopped_child();
    check_equal("wait4", sys_wait4(child, &status, WNOHANG, 0), 0);
    end_child(child);
}

CASE(wait4, "tells of going on with WCONTINUED") {
    int status, child = stopped_child();
    sys_kill(child, SIGCONT);
    check_equal("wait4", sys_wait4(child, &status, WCONTINUED, 0), child);
    check_equal("status", status, SIGCONT);
    end_child(child);
}

CASE(wait4, "ends a stopped child with SIGKILL") {
    int status, child = stopped_child();
    sys_kill(child, SIGKILL);
    check_equal("wait4", sys_wait4(child, &status, 0, 0), child);
    check_equal("status", status, SIGKILL);
}

CASE(wait4, "gives the usage of the child") {
    struct rusage usage;
    int status;
    memset(&usage, 0xff, sizeof usage);
    int child = (int)sys_fork();
    if (child == 0) {
        for (volatile long i = 0; i < 3000000; i++) continue;
        guest_exit(0);
    }
    check_equal("wait4", sys_wait4(child, &status, 0, &usage), child);
    check("time of a processor", processor_time(&usage) > 0);
    check("valid", usage.system.microseconds >= 0 && usage.system.microseconds < 1000000 && usage.maximum_resident >= 0);
}

CASE(wait4, "needs no place for the status") {
    int child = child_exiting(9);
    check_equal("wait4", sys_wait4(child, 0, 0, 0), child);
}

// The status is copied after the child is gone (kern_exit.c sys_wait4).
CASE(wait4, "fails on a bad address after the child is gone") {
    int child = child_exiting(0), status;
    check_errno("wait4", sys_wait4(child, unmapped_page(), 0, 0), EFAULT);
    check_errno("reaped", sys_wait4(child, &status, 0, 0), ECHILD);
}

CASE(wait4, "is interrupted by a handler") {
    int child = child_pausing(), status, own = (int)sys_getpid();
    set_handler(SIGUSR1, (void *)count, 0);
    int sender = (int)sys_fork();
    if (sender == 0) {
        for (;;) {
            pause_milliseconds(100);
            sys_kill(own, SIGUSR1);
        }
    }
    check_errno("wait4", sys_wait4(child, &status, 0, 0), EINTR);
    check("the handler ran", counter >= 1);
    end_child(sender);
    end_child(child);
}

CASE(wait4, "goes on after a handler with SA_RESTART") {
    int status, own = (int)sys_getpid();
    set_handler(SIGUSR1, (void *)count, SA_RESTART);
    int child = (int)sys_fork();
    if (child == 0) {
        pause_milliseconds(100);
        sys_kill(own, SIGUSR1);
        pause_milliseconds(100);
        guest_exit(6);
    }
    check_equal("wait4", sys_wait4(child, &status, 0, 0), child);
    check_equal("the handler ran", counter, 1);
}

// wait(2): when SIGCHLD is ignored or has SA_NOCLDWAIT, children leave nothing to wait for.
CASE(wait4, "waits for all to go when SIGCHLD is ignored") {
    int status;
    set_handler(SIGCHLD, SIG_IGN, 0);
    child_exiting(1);
    check_errno("wait4", sys_wait4(-1, &status, 0, 0), ECHILD);
}

CASE(wait4, "waits for all to go with SA_NOCLDWAIT") {
    int status;
    set_handler(SIGCHLD, (void *)count, SA_NOCLDWAIT);
    int child = child_exiting(1);
    long result;
    do result = sys_wait4(child, &status, 0, 0);
    while (result == -EINTR);
    check_errno("wait4", result, ECHILD);
}

CASE(wait6, "tells what it knows of an exit") {
    struct signal_info info;
    struct { struct rusage own, children; } usage;
    int status = -1, child = child_exiting(5);
    check_equal("wait6", sys_wait6(P_PID, child, &status, WEXITED, &usage, &info), child);
    check_equal("status", status, 5 << 8);
    check_equal("si_signo", info.signal, SIGCHLD);
    check_equal("si_code", info.code, CLD_EXITED);
    check_equal("si_pid", info.pid, child);
    check_equal("si_status", info.status, 5);
    check_equal("si_uid", info.user, sys_getuid());
}

CASE(wait6, "tells what signal ended a child") {
    struct signal_info info;
    int status, child = child_pausing();
    sys_kill(child, SIGKILL);
    check_equal("wait6", sys_wait6(P_ALL, 0, &status, WEXITED, 0, &info), child);
    check_equal("si_code", info.code, CLD_KILLED);
    check_equal("si_status", info.status, SIGKILL);
}

CASE(wait6, "leaves the child with WNOWAIT") {
    int status, child = child_exiting(5);
    check_equal("first", sys_wait6(P_PID, child, &status, WEXITED | WNOWAIT, 0, 0), child);
    check_equal("second", sys_wait6(P_PID, child, &status, WEXITED, 0, 0), child);
    check_errno("third", sys_wait6(P_PID, child, &status, WEXITED, 0, 0), ECHILD);
}

CASE(wait6, "needs to know what to wait for") {
    int status, child = child_exiting(0);
    check_errno("no options", sys_wait6(P_PID, child, &status, 0, 0, 0), EINVAL);
    check_errno("WNOHANG only", sys_wait6(P_PID, child, &status, WNOHANG, 0, 0), EINVAL);
    check_errno("unknown option", sys_wait6(P_PID, child, &status, WEXITED | 0x200, 0, 0), EINVAL);
    wait_for(child);
}

// proc_to_reap: a zombie counts as a child only with WEXITED.
CASE(wait6, "does not see an exit without WEXITED") {
    int status, child = child_exiting(0);
    await_zombie(child);
    check_errno("WUNTRACED", sys_wait6(P_PID, child, &status, WUNTRACED | WNOHANG, 0, 0), ECHILD);
    wait_for(child);
}

CASE(wait6, "clears the information when it finds none") {
    struct signal_info info;
    memset(&info, 0x55, sizeof info);
    int status, child = child_pausing();
    check_equal("WNOHANG", sys_wait6(P_PID, child, &status, WEXITED | WNOHANG, 0, &info), 0);
    check("cleared", info.signal == 0 && info.pid == 0);
    end_child(child);
}

CASE(wait6, "tells of stops and of going on") {
    struct signal_info info;
    int status, child = child_pausing();
    sys_kill(child, SIGSTOP);
    check_equal("stop", sys_wait6(P_PID, child, &status, WUNTRACED, 0, &info), child);
    check("CLD_STOPPED", info.code == CLD_STOPPED && info.status == SIGSTOP);
    sys_kill(child, SIGCONT);
    check_equal("continue", sys_wait6(P_PID, child, &status, WCONTINUED, 0, &info), child);
    check("CLD_CONTINUED", info.code == CLD_CONTINUED && info.status == SIGCONT);
    end_child(child);
}

CASE(wait6, "waits for a group") {
    int status, other = child_pausing(), child = child_exiting(1);
    sys_setpgid(other, other);
    check_equal("P_PGID", sys_wait6(P_PGID, other, &status, WEXITED | WNOHANG, 0, 0), 0);
    check_equal("own", sys_wait6(P_PGID, sys_getpgrp(), &status, WEXITED, 0, 0), child);
    end_child(other);
}

// kern_wait6: zero as a process means the caller's group (WAIT_MYPGRP).
CASE(wait6, "takes process zero for the caller's group") {
    int status, child = child_exiting(1);
    check_equal("P_PID 0", sys_wait6(P_PID, 0, &status, WEXITED, 0, 0), child);
}

// proc_to_reap: P_SID, P_UID, P_GID and P_JAILID choose by what the child is.
CASE(wait6, "waits for a session") {
    int status, child = child_exiting(1);
    check_equal("P_SID", sys_wait6(P_SID, sys_getsid(0), &status, WEXITED, 0, 0), child);
    check_errno("of nobody", sys_wait6(P_SID, NO_PROCESS, &status, WEXITED, 0, 0), ECHILD);
}

CASE(wait6, "waits for a user and a group of users") {
    int status, child = child_exiting(1);
    check_equal("P_UID", sys_wait6(P_UID, sys_geteuid(), &status, WEXITED, 0, 0), child);
    child = child_exiting(1);
    check_equal("P_GID", sys_wait6(P_GID, sys_getegid(), &status, WEXITED, 0, 0), child);
    child = child_exiting(1);
    check_errno("another user", sys_wait6(P_UID, SOME_USER, &status, WEXITED, 0, 0), ECHILD);
    wait_for(child);
}

CASE(wait6, "finds nobody of another kind") {
    int status, child = child_exiting(1);
    check_errno("P_PPID", sys_wait6(P_PPID, sys_getpid(), &status, WEXITED, 0, 0), ECHILD);
    wait_for(child);
}

CASE(wait6, "refuses who is no child") {
    int status;
    check_errno("P_PID", sys_wait6(P_PID, NO_PROCESS, &status, WEXITED, 0, 0), ECHILD);
    check_errno("P_PGID", sys_wait6(P_PGID, NO_PROCESS, &status, WEXITED, 0, 0), ECHILD);
    check_errno("P_ALL", sys_wait6(P_ALL, 0, &status, WEXITED, 0, 0), ECHILD);
}

CASE(poll, "of a FIFO tells POLLHUP once a writer has gone, not before one came") {
    sys_mkfifo("p", 0644);
    struct pollfd one = {(int)sys_open("p", O_RDONLY | O_NONBLOCK, 0), POLLIN, 0};
    check_equal("no writer yet", sys_poll(&one, 1, 0), 0);
    check_equal("reads the end", sys_read(one.descriptor, buffer, 1), 0);
    int writer = (int)sys_open("p", O_WRONLY | O_NONBLOCK, 0);
    check_equal("a writer", sys_poll(&one, 1, 0), 0);
    check_errno("nothing to read", sys_read(one.descriptor, buffer, 1), EAGAIN);
    sys_close(writer);
    check_equal("it has gone", sys_poll(&one, 1, 0), 1);
    check_equal("events", one.ready, POLLIN | POLLHUP);
}

CASE(poll, "of a connection tells its end") {
    int pair[2];
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    struct pollfd one = {pair[0], POLLIN | POLLOUT, 0};
    check_equal("writable", (sys_poll(&one, 1, 0), one.ready), POLLOUT);
    sys_shutdown(pair[1], SHUT_WR);
    check_equal("no more to read", (sys_poll(&one, 1, 0), one.ready), POLLIN | POLLOUT);
    sys_close(pair[1]);
    check_equal("the end of both", (sys_poll(&one, 1, 0), one.ready), POLLIN | POLLOUT | POLLHUP);
}

CASE(select, "takes the end of a pipe for readable, and a pipe without a reader for writable") {
    int ends[2], others[2];
    sys_pipe2(ends, 0);
    sys_pipe2(others, 0);
    sys_close(ends[1]);
    sys_close(others[0]);
    struct fd_set in = set_of(ends[0]), out = set_of(others[1]);
    struct timeval none = {0, 0};
    check_equal("select", sys_select(others[1] + 1, &in, &out, 0, &none), 2);
}

CASE(select, "takes the longest timeouts") {
    int ends[2];
    sys_pipe2(ends, 0);
    sys_write(ends[1], "x", 1);
    struct fd_set in = set_of(ends[0]);
    struct timeval longest = {INT64_MAX, 999999};
    struct timespec longest_too = {INT64_MAX, 999999999};
    struct pollfd one = {ends[0], POLLIN, 0};
    check_equal("select", sys_select(ends[0] + 1, &in, 0, 0, &longest), 1);
    check_equal("pselect", sys_pselect(ends[0] + 1, &in, 0, 0, &longest_too, 0), 1);
    check_equal("ppoll", sys_ppoll(&one, 1, &longest_too, 0), 1);
    check_equal("poll", sys_poll(&one, 1, 0x7fffffff), 1);
}

CASE(poll, "counts each entry of one descriptor") {
    int ends[2];
    sys_pipe2(ends, 0);
    struct pollfd list[3] = {{ends[1], POLLOUT, 0}, {ends[1], POLLIN, 0}, {ends[1], POLLOUT, 0}};
    check_equal("poll", sys_poll(list, 3, 0), 2);
    check_equal("asked for reading", list[1].ready & POLLOUT, 0);
}
