// Control of processes: procctl(2).
#include "../../runtime/children.h"

enum {
    PROC_SPROTECT = 1, PROC_REAP_ACQUIRE, PROC_REAP_RELEASE, PROC_REAP_STATUS, PROC_REAP_GETPIDS, PROC_REAP_KILL,
    PROC_TRACE_CTL, PROC_TRACE_STATUS, PROC_TRAPCAP_CTL, PROC_TRAPCAP_STATUS, PROC_PDEATHSIG_CTL, PROC_PDEATHSIG_STATUS,
    PROC_STACKGAP_CTL = 17, PROC_STACKGAP_STATUS = 18, REAPER_STATUS_OWNED = 1,
};

struct reaper_status { unsigned flags, children, descendants; int reaper, pid; unsigned spare[15]; };
struct reaped { int pid, subtree; unsigned flags, spare[15]; };
struct reaped_list { unsigned count, spare[15]; struct reaped *processes; };
struct reaper_kill { int signal; unsigned flags; int subtree; unsigned killed; int failed; unsigned spare[15]; };

static long control(int command, void *data) { return sys_procctl(P_PID, 0, command, data); }

CASE(procctl, "refuses unknown commands and owners") {
    int value = 1;
    check_errno("command", control(999, &value), EINVAL);
    check_errno("owner", sys_procctl(99, 0, PROC_TRACE_STATUS, &value), EINVAL);
    check_errno("nobody", sys_procctl(P_PID, NO_PROCESS, PROC_TRACE_STATUS, &value), ESRCH);
    check_errno("bad address", control(PROC_TRACE_STATUS, unmapped_page()), EFAULT);
}

// kern_procctl: these are the caller's own, and of one process.
CASE(procctl, "says EINVAL of another's signal of the parent's death") {
    int signal = SIGUSR1;
    check_errno("set", sys_procctl(P_PID, NO_PROCESS, PROC_PDEATHSIG_CTL, &signal), EINVAL);
    check_errno("tell", sys_procctl(P_PID, NO_PROCESS, PROC_PDEATHSIG_STATUS, &signal), EINVAL);
    check_errno("a bad address first", sys_procctl(P_PID, NO_PROCESS, PROC_PDEATHSIG_CTL, unmapped_page()), EFAULT);
    check_errno("of a group", sys_procctl(P_PGID, 0, PROC_PDEATHSIG_STATUS, &signal), EINVAL);
    check_errno("reaper of a group", sys_procctl(P_PGID, 0, PROC_REAP_ACQUIRE, 0), EINVAL);
}

CASE(procctl, "makes a reaper") {
    struct reaper_status status;
    check_equal("not yet", control(PROC_REAP_STATUS, &status), 0);
    check_equal("flags", status.flags & REAPER_STATUS_OWNED, 0);
    check_equal("acquire", control(PROC_REAP_ACQUIRE, 0), 0);
    check_errno("again", control(PROC_REAP_ACQUIRE, 0), EBUSY);
    check_equal("status", control(PROC_REAP_STATUS, &status), 0);
    check("owned", status.flags & REAPER_STATUS_OWNED && status.reaper == sys_getpid());
    check("nobody below", status.children == 0 && status.descendants == 0 && status.pid == -1);
    check_equal("release", control(PROC_REAP_RELEASE, 0), 0);
    check_errno("once", control(PROC_REAP_RELEASE, 0), EINVAL);
}

CASE(procctl, "gives orphans to the reaper") {
    control(PROC_REAP_ACQUIRE, 0);
    int own = (int)sys_getpid(), status, child = (int)sys_fork();
    if (child == 0) {
        int middle = (int)sys_getpid();
        if (sys_fork() == 0) {
            while (sys_getppid() == middle) pause_milliseconds(2);
            guest_exit(sys_getppid() == own ? 3 : 4);
        }
        guest_exit(0);
    }
    check_equal("the child", sys_wait4(child, &status, 0, 0), child);
    check("the orphan", sys_wait4(-1, &status, 0, 0) > 0);
    check_equal("its parent", status, 3 << 8);
}

CASE(procctl, "lists what a reaper has") {
    struct reaped processes[4];
    struct reaped_list list = {4, {0}, processes};
    control(PROC_REAP_ACQUIRE, 0);
    int child = child_pausing();
    memset(processes, 0, sizeof processes);
    check_equal("list", control(PROC_REAP_GETPIDS, &list), 0);
    check("the child", processes[0].pid == child && processes[0].subtree == child);
    check_equal("valid and a child", processes[0].flags & 3, 3);
    check_equal("the end", processes[1].flags & 1, 0);
    end_child(child);
}

CASE(procctl, "kills what a reaper has") {
    struct reaper_kill request = {SIGTERM, 0, 0, 0, 0, {0}};
    control(PROC_REAP_ACQUIRE, 0);
    int child = child_pausing();
    check_equal("kill", control(PROC_REAP_KILL, &request), 0);
    check("one", request.killed == 1 && request.failed == -1);
    check_equal("status", wait_for(child), SIGTERM);
    check_errno("nobody", control(PROC_REAP_KILL, &request), ESRCH);
    request.signal = 300;
    check_errno("signal", control(PROC_REAP_KILL, &request), EINVAL);
}

// reap_kill and reap_getpids of who is no reaper: the caller's own reaper is asked; nobody of its own is there.
CASE(procctl, "is not inherited as a reaper") {
    struct reaper_status status;
    control(PROC_REAP_ACQUIRE, 0);
    int own = (int)sys_getpid(), child = (int)sys_fork();
    if (child == 0) {
        if (control(PROC_REAP_STATUS, &status) != 0) guest_exit(1);
        if (status.flags & REAPER_STATUS_OWNED) guest_exit(2);
        guest_exit(status.reaper == own ? 0 : 3);
    }
    check_equal("in the child", WEXITSTATUS(wait_for(child)), 0);
}

CASE(procctl, "sends a signal when the parent dies") {
    int *shared = shared_page(), child = (int)sys_fork();
    if (child == 0) {
        int grandchild = (int)sys_fork();
        if (grandchild == 0) {
            int signal = SIGKILL;
            shared[0] = (int)control(PROC_PDEATHSIG_CTL, &signal);
            shared[1] = (int)sys_getpid();
            for (;;) pause_milliseconds(1000);
        }
        while (!((volatile int *)shared)[1]) pause_milliseconds(2);
        guest_exit(0);
    }
    wait_for(child);
    check_equal("procctl", shared[0], 0);
    int i = 0;
    while (i < 1000 && sys_kill(shared[1], 0) == 0) pause_milliseconds(5), i++;
    check("it died", i < 1000);
}

CASE(procctl, "tells the signal of the parent's death") {
    int signal = 99;
    check_equal("none", control(PROC_PDEATHSIG_STATUS, &signal), 0);
    check_equal("0", signal, 0);
    signal = SIGUSR1;
    check_equal("set", control(PROC_PDEATHSIG_CTL, &signal), 0);
    signal = 0;
    check_equal("tell", control(PROC_PDEATHSIG_STATUS, &signal), 0);
    check_equal("as set", signal, SIGUSR1);
    signal = 300;
    check_errno("no signal", control(PROC_PDEATHSIG_CTL, &signal), EINVAL);
    int child = (int)sys_fork();
    if (child == 0) guest_exit(control(PROC_PDEATHSIG_STATUS, &signal) != 0 || signal != 0);
    check_equal("not inherited", wait_for(child), 0);
}

CASE(procctl, "turns tracing on and off") {
    int value = 2, status = 7;
    check_equal("at first", control(PROC_TRACE_STATUS, &status), 0);
    check_equal("nobody traces", status, 0);
    check_equal("disable", control(PROC_TRACE_CTL, &value), 0);
    control(PROC_TRACE_STATUS, &status);
    check_equal("disabled", status, -1);
    value = 1;
    check_equal("enable", control(PROC_TRACE_CTL, &value), 0);
    value = 55;
    check_errno("unknown", control(PROC_TRACE_CTL, &value), EINVAL);
}

CASE(procctl, "keeps switches of memory") {
    int value = 2, status = 0;
    check_equal("disable", control(PROC_STACKGAP_CTL, &value), 0);
    check_equal("tell", control(PROC_STACKGAP_STATUS, &status), 0);
    check("disabled", status & 2);
    value = 1 << 20;
    check_errno("unknown", control(PROC_STACKGAP_CTL, &value), EINVAL);
}

CASE(procctl, "refuses ordinary users protection") {
    int value = 1;
    become_ordinary_user();
    check_errno("PROC_SPROTECT", control(PROC_SPROTECT, &value), EPERM);
}
