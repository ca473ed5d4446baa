// Process descriptors: pdfork(2), pdkill(2), pdgetpid(2), pdwait(2) of FreeBSD 15.
#include "../../runtime/children.h"
#include "../../runtime/events.h"

enum { PD_DAEMON = 1, PD_CLOEXEC = 2 };

static int descriptor = -1;

// A child with a descriptor; it lasts until it is killed when the status is negative.
static int start(int flags, int status) {
    int child = (int)sys_pdfork(&descriptor, flags);
    if (child == 0) {
        while (status < 0) pause_milliseconds(1000);
        guest_exit(status);
    }
    return child;
}

static int is_there(int pid) { return sys_kill(pid, 0) == 0; }

CASE(pdfork, "makes a child and a descriptor") {
    int child = start(0, -1);
    check("pdfork", child > 0 && descriptor >= 0);
    check_equal("kill", sys_kill(child, 0), 0);
    check_equal("no close-on-exec", sys_fcntl(descriptor, F_GETFD, 0), 0);
    check_equal("close", sys_close(descriptor), 0);
}

CASE(pdfork, "closes on exec with PD_CLOEXEC") {
    start(PD_CLOEXEC, 0);
    check_equal("F_GETFD", sys_fcntl(descriptor, F_GETFD, 0), FD_CLOEXEC);
}

CASE(pdfork, "refuses unknown flags") { check_errno("pdfork", sys_pdfork(&descriptor, 0x80), EINVAL); }

CASE(pdfork, "refuses a bad address") {
    int status;
    check_errno("pdfork", sys_pdfork(unmapped_page(), 0), EFAULT);
    check_errno("and leaves no child", sys_wait4(-1, &status, WNOHANG, 0), ECHILD);
}

// pdfork(2): wait4 for any child does not find it, by its number it does.
CASE(pdfork, "hides the child from waiting for any") {
    int status, child = start(0, 3);
    check_errno("any", sys_wait4(-1, &status, 0, 0), ECHILD);
    check_equal("by number", sys_wait4(child, &status, 0, 0), child);
    check_equal("status", status, 3 << 8);
}

CASE(pdfork, "kills the child when the descriptor is closed") {
    int child = start(0, -1);
    sys_close(descriptor);
    for (int i = 0; i < 1000 && is_there(child); i++) pause_milliseconds(5);
    check("gone", !is_there(child));
}

CASE(pdfork, "spares the child with PD_DAEMON") {
    int child = start(PD_DAEMON, -1);
    sys_close(descriptor);
    pause_milliseconds(100);
    check("still there", is_there(child));
    sys_kill(child, SIGKILL);
}

CASE(pdfork, "gives a descriptor that poll tells the end of") {
    start(0, -1);
    struct pollfd polled = {descriptor, POLLHUP, 0};
    check_equal("not yet", sys_poll(&polled, 1, 0), 0);
    sys_pdkill(descriptor, SIGKILL);
    check_equal("then", sys_poll(&polled, 1, 5000), 1);
    check_equal("POLLHUP", polled.ready, POLLHUP);
}

CASE(pdkill, "sends a signal") {
    int status, child = start(0, -1);
    check_equal("pdkill", sys_pdkill(descriptor, SIGTERM), 0);
    check_equal("wait", sys_wait4(child, &status, 0, 0), child);
    check_equal("status", status, SIGTERM);
}

CASE(pdkill, "refuses a process that has been waited for") {
    int status, child = start(0, 0);
    sys_wait4(child, &status, 0, 0);
    check_errno("pdkill", sys_pdkill(descriptor, SIGTERM), ESRCH);
}

CASE(pdkill, "refuses what is no signal") {
    start(0, -1);
    check_errno("-1", sys_pdkill(descriptor, -1), EINVAL);
    check_errno("129", sys_pdkill(descriptor, 129), EINVAL);
    check_equal("0 only asks", sys_pdkill(descriptor, 0), 0);
}

CASE(pdkill, "refuses a descriptor that is not open") { check_errno("pdkill", sys_pdkill(300, SIGTERM), EBADF); }

// procdesc_find: EBADF without a file, EINVAL for another kind of file.
CASE(pdkill, "refuses another kind of descriptor") {
    int file = (int)sys_open("file", O_RDWR | O_CREAT, 0600);
    check_errno("pdkill", sys_pdkill(file, SIGTERM), EINVAL);
}

CASE(pdgetpid, "tells the child's number") {
    int pid = 0, child = start(0, -1);
    check_equal("pdgetpid", sys_pdgetpid(descriptor, &pid), 0);
    check_equal("pid", pid, child);
}

CASE(pdgetpid, "works through a duplicate") {
    int pid = 0, child = start(0, -1), copy = (int)sys_dup(descriptor);
    check_equal("pdgetpid", sys_pdgetpid(copy, &pid), 0);
    check_equal("pid", pid, child);
    sys_close(descriptor);
    pause_milliseconds(50);
    check("the duplicate keeps the child", is_there(child));
}

CASE(pdgetpid, "refuses other descriptors") {
    int pid;
    check_errno("not open", sys_pdgetpid(300, &pid), EBADF);
    int file = (int)sys_open("file", O_RDWR | O_CREAT, 0600);
    check_errno("a file", sys_pdgetpid(file, &pid), EINVAL);
}

CASE(pdgetpid, "refuses a bad address") {
    start(0, -1);
    check_errno("pdgetpid", sys_pdgetpid(descriptor, unmapped_page()), EFAULT);
}

CASE(pdwait, "waits for the child") {
    int status = -1;
    start(0, 6);
    check_equal("pdwait", sys_pdwait(descriptor, &status, WEXITED, 0, 0), 0);
    check_equal("status", status, 6 << 8);
}

CASE(pdwait, "does not hang with WNOHANG") {
    int status = -1;
    start(0, -1);
    check_equal("pdwait", sys_pdwait(descriptor, &status, WEXITED | WNOHANG, 0, 0), 0);
}

CASE(pdwait, "tells what it knows") {
    struct signal_info info;
    int status, child = start(0, 8);
    check_equal("pdwait", sys_pdwait(descriptor, &status, WEXITED, 0, &info), 0);
    check("information", info.pid == child && info.status == 8 && info.code == CLD_EXITED);
}

CASE(pdwait, "refuses other descriptors") {
    int status;
    check_errno("not open", sys_pdwait(300, &status, WEXITED, 0, 0), EBADF);
    int file = (int)sys_open("file", O_RDWR | O_CREAT, 0600);
    check_errno("a file", sys_pdwait(file, &status, WEXITED, 0, 0), EINVAL);
}

CASE(pdwait, "refuses unknown options") {
    int status;
    start(0, -1);
    check_errno("pdwait", sys_pdwait(descriptor, &status, WEXITED | 0x200, 0, 0), EINVAL);
}
