// Process groups and sessions: getpgrp(2), setpgid(2), setsid(2), getsid(2).
#include "../../runtime/children.h"

CASE(getpgid, "of zero is the caller's") { check_equal("getpgid", sys_getpgid(0), sys_getpgrp()); }

CASE(getpgid, "of another process") {
    int child = child_pausing();
    check_equal("getpgid", sys_getpgid(child), sys_getpgrp());
    end_child(child);
}

CASE(getpgid, "refuses a process that is not there") { check_errno("getpgid", sys_getpgid(NO_PROCESS), ESRCH); }
CASE(getpgid, "refuses a negative number") { check_errno("getpgid", sys_getpgid(-1), ESRCH); }

CASE(getsid, "of zero is the caller's") { check_equal("getsid", sys_getsid(0), sys_getsid((int)sys_getpid())); }
CASE(getsid, "refuses a process that is not there") { check_errno("getsid", sys_getsid(NO_PROCESS), ESRCH); }
CASE(getsid, "refuses a negative number") { check_errno("getsid", sys_getsid(-5), ESRCH); }

CASE(getsid, "of a child is the parent's") {
    int child = child_pausing();
    check_equal("getsid", sys_getsid(child), sys_getsid(0));
    end_child(child);
}

CASE(setpgid, "makes a group of the caller") {
    check_equal("setpgid", sys_setpgid(0, 0), 0);
    check_equal("getpgrp", sys_getpgrp(), sys_getpid());
    check_equal("once more", sys_setpgid(0, 0), 0);
}

CASE(setpgid, "moves a child") {
    int child = child_pausing();
    check_equal("setpgid", sys_setpgid(child, child), 0);
    check_equal("getpgid", sys_getpgid(child), child);
    check_equal("back", sys_setpgid(child, (int)sys_getpgrp()), 0);
    check_equal("getpgid", sys_getpgid(child), sys_getpgrp());
    end_child(child);
}

CASE(setpgid, "joins a sibling's group") {
    int first = child_pausing(), second = child_pausing();
    sys_setpgid(first, first);
    check_equal("setpgid", sys_setpgid(second, first), 0);
    check_equal("getpgid", sys_getpgid(second), first);
    end_child(first);
    end_child(second);
}

CASE(setpgid, "refuses a negative group") { check_errno("setpgid", sys_setpgid(0, -1), EINVAL); }

// setpgid(2): ESRCH when the process is not the caller or a child of it.
CASE(setpgid, "refuses a process that is not there") { check_errno("setpgid", sys_setpgid(NO_PROCESS, 0), ESRCH); }
CASE(setpgid, "refuses the parent") { check_errno("setpgid", sys_setpgid((int)sys_getppid(), 0), ESRCH); }

// setpgid(2): EPERM when there is no such group in the caller's session.
CASE(setpgid, "refuses a group that is not there") { check_errno("setpgid", sys_setpgid(0, NO_PROCESS), EPERM); }

CASE(setpgid, "refuses a group of another session") {
    int pair[2];
    char byte;
    sys_pipe2(pair, 0);
    int child = (int)sys_fork();
    if (child == 0) {
        sys_setsid();
        sys_write(pair[1], "x", 1);
        for (;;) pause_milliseconds(1000);
    }
    sys_read(pair[0], &byte, 1);
    check_errno("the leader of a session", sys_setpgid(child, child), EPERM);
    check_errno("its group", sys_setpgid(0, child), EPERM);
    end_child(child);
}

CASE(setpgid, "refuses the leader of a session") {
    int child = (int)sys_fork();
    if (child == 0) {
        sys_setsid();
        guest_exit(sys_setpgid(0, 0) == -EPERM ? 0 : 1);
    }
    check_equal("in the child", wait_for(child), 0);
}

CASE(setsid, "starts a session and a group") {
    int child = (int)sys_fork();
    if (child == 0) {
        int own = (int)sys_getpid();
        int failed = sys_setsid() != own;
        failed |= (sys_getsid(0) != own) << 1;
        failed |= (sys_getpgrp() != own) << 2;
        guest_exit(failed);
    }
    check_equal("in the child", WEXITSTATUS(wait_for(child)), 0);
}

CASE(setsid, "refuses the leader of a group") {
    sys_setpgid(0, 0);
    check_errno("setsid", sys_setsid(), EPERM);
}

CASE(setsid, "refuses a second time") {
    int child = (int)sys_fork();
    if (child == 0) {
        sys_setsid();
        guest_exit(sys_setsid() == -EPERM ? 0 : 1);
    }
    check_equal("in the child", wait_for(child), 0);
}

CASE(getppid, "is the process that forked") {
    int own = (int)sys_getpid();
    int child = (int)sys_fork();
    if (child == 0) guest_exit(sys_getppid() != own);
    check_equal("in the child", wait_for(child), 0);
}

CASE(getpgrp, "is inherited") {
    int group = (int)sys_getpgrp();
    int child = (int)sys_fork();
    if (child == 0) guest_exit(sys_getpgrp() != group);
    check_equal("in the child", wait_for(child), 0);
}
