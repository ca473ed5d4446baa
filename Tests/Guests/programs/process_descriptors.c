// Process descriptors (pdfork(2)), procctl(2), and what waits for processes.
#include "events.h"

enum { PD_DAEMON = 1, PD_CLOEXEC = 2 };

static struct kernel_event event;
static volatile int children_signalled;

static void on_child(int signal) {
    (void)signal;
    children_signalled++;
}

static void pause_for(int milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    sys_nanosleep(&time, 0);
}

static int start(int *descriptor, int flags, int status, int after) {
    int child = (int)sys_pdfork(descriptor, flags);
    if (child == 0) {
        pause_for(after);
        sys_exit(status);
    }
    return child;
}

static int exists(int pid) { return sys_kill(pid, 0) == 0; }

static void descriptors(void) {
    int descriptor = -1, pid = 0, status;
    set_handler(SIGCHLD, (void *)on_child, 0);
    int child = start(&descriptor, 0, 5, 300);
    check("pdfork", child > 0 && descriptor > 2);
    check_equal("pdgetpid", sys_pdgetpid(descriptor, &pid), 0);
    check_equal("is the child", pid, child);
    check_equal("no close-on-exec", sys_fcntl(descriptor, F_GETFD, 0), 0);
    check_errno("wait for any leaves it out", sys_wait4(-1, &status, WNOHANG, 0), ECHILD);
    int queue = (int)sys_kqueue();
    check_equal("EVFILT_PROCDESC", change_event(queue, descriptor, EVFILT_PROCDESC, EV_ADD, NOTE_EXIT, 0), 0);
    check_errno("no EVFILT_READ", change_event(queue, descriptor, EVFILT_READ, EV_ADD, 0, 0), EINVAL);
    check_errno("of a pipe", change_event(queue, 0, EVFILT_PROCDESC, EV_ADD, NOTE_EXIT, 0), EINVAL);
    struct pollfd polled = {descriptor, 0, 0};
    check_equal("poll", sys_poll(&polled, 1, 0), 0);
    check_equal("it ends", next_event(queue, &event, 5000), 1);
    check("NOTE_EXIT", event.notes == NOTE_EXIT && event.filter == EVFILT_PROCDESC);
    check_equal("status", (long)event.data, 5 << 8);
    check_equal("poll tells", sys_poll(&polled, 1, 1000), 1);
    check_equal("POLLHUP", polled.ready, POLLHUP);
    check_equal("without SIGCHLD", children_signalled, 0);
    check_errno("any child", sys_wait4(-1, &status, WNOHANG, 0), ECHILD);
    check_equal("this child", sys_wait4(child, &status, 0, 0), child);
    check_equal("its status", status, 5 << 8);
    check_errno("once", sys_wait4(child, &status, 0, 0), ECHILD);
    check_errno("pdkill afterwards", sys_pdkill(descriptor, SIGTERM), ESRCH);
    check_equal("pdgetpid afterwards", sys_pdgetpid(descriptor, &pid), 0);
    sys_close(descriptor);

    child = start(&descriptor, PD_CLOEXEC, 0, 5000);
    check_equal("PD_CLOEXEC", sys_fcntl(descriptor, F_GETFD, 0), FD_CLOEXEC);
    check_equal("pdkill", sys_pdkill(descriptor, SIGTERM), 0);
    check_equal("pdwait", sys_pdwait(descriptor, &status, 16, 0, 0), 0);
    check_equal("killed by", status, SIGTERM);
    sys_close(descriptor);

    // The last descriptor keeps the process alive.
    child = start(&descriptor, 0, 0, 10000);
    int copy = (int)sys_dup(descriptor);
    sys_close(descriptor);
    pause_for(20);
    check("a copy keeps it", exists(child));
    sys_close(copy);
    for (int i = 0; i < 200 && exists(child); i++) {
        pause_for(5);
        sys_wait4(-1, &status, WNOHANG, 0);
    }
    check("the last close kills", !exists(child));
    child = start(&descriptor, PD_DAEMON, 0, 10000);
    sys_close(descriptor);
    pause_for(20);
    check("but not a daemon", exists(child));
    sys_kill(child, SIGKILL);

    // Ordinary children are found beside those with a descriptor.
    int other = start(&descriptor, 0, 1, 0);
    child = (int)sys_fork();
    if (child == 0) {
        pause_for(30);
        sys_exit(9);
    }
    check_equal("wait for any finds the other child", sys_wait4(-1, &status, 0, 0), child);
    check_equal("with its status", status, 9 << 8);
    check_equal("the first is still there", sys_wait4(other, &status, 0, 0), other);
    check_equal("with its own", status, 1 << 8);
    sys_close(descriptor);

    check_errno("pdfork with unknown flags", sys_pdfork(&descriptor, 8), EINVAL);
    check_errno("pdfork to nowhere", sys_pdfork((int *)8, 0), EFAULT);
    check_errno("pdgetpid of another descriptor", sys_pdgetpid(queue, &pid), EINVAL);
    check_errno("pdgetpid of none", sys_pdgetpid(-1, &pid), EBADF);
    check_errno("pdkill with a wrong signal", sys_pdkill(queue, 129), EINVAL);
    sys_close(queue);
}

static void clean_descriptors(void) {
    enum { RFFDG = 1 << 2, RFPROC = 1 << 4, RFCFDG = 1 << 12 };
    int file = (int)sys_open("/dev/null", O_RDWR, 0);
    int child = (int)sys_rfork(RFPROC | RFCFDG);
    if (child == 0) sys_exit(sys_fcntl(file, F_GETFD, 0) == -EBADF && sys_fcntl(1, F_GETFD, 0) == -EBADF ? 0 : 1);
    check_equal("RFCFDG: a child without descriptors", wait_for(child), 0);
    check_equal("the parent has its own", sys_fcntl(file, F_GETFD, 0), 0);
    check_errno("both to copy and to clear", sys_rfork(RFPROC | RFFDG | RFCFDG), EINVAL);
    sys_close(file);
}

struct reaper_status {
    unsigned flags, children, descendants;
    int reaper, pid;
    unsigned padding[15];
};

struct reaper_kill {
    int signal;
    unsigned flags;
    int subtree;
    unsigned killed;
    int failed;
    unsigned padding[15];
};

static void control(void) {
    enum { P_PID = 0 };
    int value = 0;
    check_equal("PROC_TRACE_STATUS", sys_procctl(P_PID, 0, 8, &value), 0);
    check_equal("nobody traces", value, 0);
    value = 2;
    check_equal("PROC_TRACE_CTL_DISABLE", sys_procctl(P_PID, sys_getpid(), 7, &value), 0);
    sys_procctl(P_PID, 0, 8, &value);
    check_equal("nobody may", value, -1);
    value = 4;
    check_errno("a value it does not have", sys_procctl(P_PID, 0, 7, &value), EINVAL);
    check_equal("PROC_ASLR_STATUS", sys_procctl(P_PID, 0, 14, &value), 0);
    check_equal("PROC_ASLR_NOFORCE", value, 3);
    value = 1;
    sys_procctl(P_PID, 0, 13, &value);
    sys_procctl(P_PID, 0, 14, &value);
    check_equal("PROC_ASLR_FORCE_ENABLE", value, 1);
    value = SIGUSR1;
    check_equal("PROC_PDEATHSIG_CTL", sys_procctl(P_PID, 0, 11, &value), 0);
    value = 0;
    sys_procctl(P_PID, 0, 12, &value);
    check_equal("PROC_PDEATHSIG_STATUS", value, SIGUSR1);
    value = 200;
    check_errno("no signal", sys_procctl(P_PID, 0, 11, &value), EINVAL);
    check_errno("no command", sys_procctl(P_PID, 0, 99, &value), EINVAL);
    check_errno("no type", sys_procctl(3, 0, 8, &value), EINVAL);
    check_errno("no process", sys_procctl(P_PID, 0x7ffffff0, 8, &value), ESRCH);
    check_errno("no memory", sys_procctl(P_PID, 0, 8, (void *)8), EFAULT);

    struct reaper_status status;
    check_equal("PROC_REAP_STATUS", sys_procctl(P_PID, 0, 4, &status), 0);
    // REAPER_STATUS_OWNED; init may reap the caller, which is a flag of its own.
    check_equal("is none", (long)status.flags & 1, 0);
    check_errno("PROC_REAP_RELEASE of none", sys_procctl(P_PID, 0, 3, 0), EINVAL);
    check_equal("PROC_REAP_ACQUIRE", sys_procctl(P_PID, 0, 2, 0), 0);
    check_errno("twice", sys_procctl(P_PID, 0, 2, 0), EBUSY);
    int child = (int)sys_fork();
    if (child == 0) {
        if (sys_fork() == 0) {
            pause_for(10000);
            sys_exit(0);
        }
        sys_exit(0);
    }
    check_equal("the child ends", wait_for(child), 0);
    sys_procctl(P_PID, 0, 4, &status);
    check("owned", status.flags & 1);
    check("the grandchild is there", status.descendants >= 1 && status.pid > 0);
    struct reaper_kill kill = {.signal = SIGKILL};
    check_equal("PROC_REAP_KILL", sys_procctl(P_PID, 0, 6, &kill), 0);
    check("kills it", kill.killed >= 1);
    int ending;
    check("and it comes here", sys_wait4(-1, &ending, 0, 0) > 0);
    check_equal("PROC_REAP_RELEASE", sys_procctl(P_PID, 0, 3, 0), 0);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    descriptors();
    clean_descriptors();
    control();
    return checks_failed();
}
