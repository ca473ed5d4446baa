// Who a process is, and who it may become: getuid(2), setregid(2), setresgid(2), getlogin(2), getloginclass(2) of
// FreeBSD 12.2; sys/kern/kern_prot.c, sys/kern/kern_loginclass.c.
#include "../../runtime/children.h"

enum { FIRST = 4001, SECOND = 4002, THIRD = 4003, NAME_ROOM = 33 };

static unsigned real, effective, saved;

static void become(int new_real, int new_effective, int new_saved) {
    need_root();
    if (sys_setresuid(new_real, new_effective, new_saved) != 0) skip_case("cannot become another user");
}

static void become_group(unsigned new_real, unsigned new_effective, unsigned new_saved) {
    need_root();
    if (sys_setresgid(new_real, new_effective, new_saved) != 0 || sys_setresuid(FIRST, FIRST, FIRST) != 0)
        skip_case("cannot become another user");
}

static void check_groups(unsigned wanted_real, unsigned wanted_effective, unsigned wanted_saved) {
    sys_getresgid(&real, &effective, &saved);
    check_equal("real", real, wanted_real);
    check_equal("effective", effective, wanted_effective);
    check_equal("saved", saved, wanted_saved);
}

CASE(getuid, "tells the real user") {
    become(FIRST, SECOND, THIRD);
    check_equal("getuid", sys_getuid(), FIRST);
}

CASE(geteuid, "tells the effective user") {
    become(FIRST, SECOND, THIRD);
    check_equal("geteuid", sys_geteuid(), SECOND);
}

CASE(getgid, "tells the real group") {
    become_group(FIRST, SECOND, THIRD);
    check_equal("getgid", sys_getgid(), FIRST);
}

CASE(getegid, "tells the effective group") {
    become_group(FIRST, SECOND, THIRD);
    check_equal("getegid", sys_getegid(), SECOND);
}

// FreeBSD's system call gives the effective number in the second register (sys_getuid, under COMPAT_43).
CASE(getuid, "gives the effective user in the second register") {
    become(FIRST, SECOND, THIRD);
    struct raw_syscall call = {.number = SYS_getuid};
    raw_syscall(&call);
    check_equal("real", call.first, FIRST);
    check_equal("effective", call.second, SECOND);
}

CASE(getgid, "gives the effective group in the second register") {
    become_group(FIRST, SECOND, THIRD);
    struct raw_syscall call = {.number = SYS_getgid};
    raw_syscall(&call);
    check_equal("real", call.first, FIRST);
    check_equal("effective", call.second, SECOND);
}

// sys_getpid, under COMPAT_43 as well.
CASE(getpid, "gives the parent in the second register") {
    struct raw_syscall call = {.number = SYS_getpid};
    raw_syscall(&call);
    check_equal("process", call.first, sys_getpid());
    check_equal("parent", call.second, sys_getppid());
}

CASE(geteuid, "follows seteuid, getuid does not") {
    become(0, 0, 0);
    sys_seteuid(FIRST);
    check_equal("geteuid", sys_geteuid(), FIRST);
    check_equal("getuid", sys_getuid(), 0);
}

CASE(getegid, "follows setegid, getgid does not") {
    need_root();
    long before = sys_getgid();
    sys_setegid(FIRST);
    check_equal("getegid", sys_getegid(), FIRST);
    check_equal("getgid", sys_getgid(), before);
}

CASE(seteuid, "refuses ordinary users others") {
    become(FIRST, FIRST, FIRST);
    check_errno("root", sys_seteuid(0), EPERM);
    check_errno("another", sys_seteuid(SECOND), EPERM);
    check_equal("its own", sys_seteuid(FIRST), 0);
}

CASE(setresuid, "leaves what is -1") {
    become(FIRST, SECOND, THIRD);
    check_equal("setresuid", sys_setresuid(-1, -1, -1), 0);
    check_equal("the saved one alone", sys_setresuid(-1, -1, FIRST), 0);
    sys_getresuid(&real, &effective, &saved);
    check("numbers", real == FIRST && effective == SECOND && saved == FIRST);
}

CASE(getresuid, "tells each number at its place") {
    become(FIRST, SECOND, THIRD);
    check_equal("saved alone", sys_getresuid(0, 0, &saved), 0);
    check_equal("saved", saved, THIRD);
    check_equal("all", sys_getresuid(&real, &effective, &saved), 0);
    check("numbers", real == FIRST && effective == SECOND && saved == THIRD);
}

CASE(getresgid, "tells each number at its place") {
    become_group(FIRST, SECOND, THIRD);
    check_equal("saved alone", sys_getresgid(0, 0, &saved), 0);
    check_equal("saved", saved, THIRD);
    check_groups(FIRST, SECOND, THIRD);
}

CASE(getresgid, "needs no places") { check_equal("getresgid", sys_getresgid(0, 0, 0), 0); }

CASE(getresgid, "refuses bad addresses") {
    check_errno("real", sys_getresgid(unmapped_page(), 0, 0), EFAULT);
    check_errno("effective", sys_getresgid(0, unmapped_page(), 0), EFAULT);
    check_errno("saved", sys_getresgid(0, 0, unmapped_page()), EFAULT);
}

CASE(setgid, "sets all three for root") {
    need_root();
    check_equal("setgid", sys_setgid(FIRST), 0);
    check_groups(FIRST, FIRST, FIRST);
}

CASE(setgid, "refuses the saved one") {
    become_group(FIRST, SECOND, THIRD);
    check_errno("setgid", sys_setgid(THIRD), EPERM);
}

CASE(setegid, "leaves root's user a way to any group") {
    need_root();
    check_equal("setegid", sys_setegid(FIRST), 0);
    check_equal("another", sys_setegid(SECOND), 0);
    check_equal("getegid", sys_getegid(), SECOND);
}

CASE(setegid, "refuses the effective one that is neither") {
    become_group(FIRST, SECOND, THIRD);
    check_errno("setegid", sys_setegid(SECOND), EPERM);
}

CASE(setegid, "refuses ordinary users") {
    become_group(FIRST, FIRST, FIRST);
    check_errno("root's", sys_setegid(0), EPERM);
    check_equal("its own", sys_setegid(FIRST), 0);
}

CASE(setregid, "leaves what is -1") {
    become_group(FIRST, SECOND, SECOND);
    check_equal("nothing", sys_setregid(-1, -1), 0);
    check_equal("effective", sys_setregid(-1, FIRST), 0);
    check_equal("getegid", sys_getegid(), FIRST);
}

// sys_setregid: the saved number follows when the real one is given.
CASE(setregid, "sets the saved one with the real one") {
    become_group(FIRST, SECOND, SECOND);
    check_equal("setregid", sys_setregid(FIRST, FIRST), 0);
    check_groups(FIRST, FIRST, FIRST);
    check_errno("no way back", sys_setregid(-1, SECOND), EPERM);
}

CASE(setregid, "refuses others") {
    become_group(FIRST, SECOND, SECOND);
    check_errno("real", sys_setregid(THIRD, -1), EPERM);
    check_errno("effective", sys_setregid(-1, THIRD), EPERM);
    check_groups(FIRST, SECOND, SECOND);
}

CASE(setregid, "refuses the effective one as the real one") {
    become_group(FIRST, SECOND, FIRST);
    check_errno("setregid", sys_setregid(SECOND, -1), EPERM);
}

CASE(setresgid, "leaves what is -1") {
    become_group(FIRST, SECOND, THIRD);
    check_equal("setresgid", sys_setresgid(-1, -1, -1), 0);
    check_groups(FIRST, SECOND, THIRD);
}

CASE(setresgid, "refuses others") {
    become_group(FIRST, SECOND, SECOND);
    check_errno("real", sys_setresgid(THIRD, -1, -1), EPERM);
    check_errno("effective", sys_setresgid(-1, THIRD, -1), EPERM);
    check_errno("saved", sys_setresgid(-1, -1, THIRD), EPERM);
    check_groups(FIRST, SECOND, SECOND);
}

CASE(setresgid, "gives root any groups") {
    need_root();
    check_equal("setresgid", sys_setresgid(FIRST, SECOND, THIRD), 0);
    check_groups(FIRST, SECOND, THIRD);
}

CASE(getgroups, "tells in a child what the parent set") {
    static const unsigned wanted[] = {SECOND, THIRD};
    unsigned groups[4];
    need_root();
    if (sys_setgroups(2, wanted) != 0) skip_case("cannot set groups");
    int child = (int)sys_fork();
    if (child == 0) guest_exit(sys_getgroups(4, groups) != 2 || groups[1] != THIRD);
    check_equal("in a child", wait_for(child), 0);
    check_equal("the count alone needs no place", sys_getgroups(0, unmapped_page()), 2);
}

CASE(getlogin, "is kept by a change of users") {
    char name[NAME_ROOM];
    need_root();
    sys_setlogin("somebody");
    become(FIRST, FIRST, FIRST);
    check_equal("getlogin", sys_getlogin(name, sizeof name), 0);
    check_string("name", name, "somebody");
}

// setsid copies the session's name; what one session sets, the other keeps.
CASE(setlogin, "leaves other sessions alone") {
    char name[NAME_ROOM];
    need_root();
    sys_setlogin("somebody");
    int child = (int)sys_fork();
    if (child == 0) {
        sys_setsid();
        sys_getlogin(name, sizeof name);
        int is_copied = string_equal(name, "somebody");
        guest_exit(sys_setlogin("operator") != 0 || !is_copied);
    }
    check_equal("in a session of its own", wait_for(child), 0);
    sys_getlogin(name, sizeof name);
    check_string("name", name, "somebody");
}

CASE(getloginclass, "refuses a bad address") {
    check_errno("getloginclass", sys_getloginclass(unmapped_page(), NAME_ROOM), EFAULT);
}

CASE(getloginclass, "is inherited") {
    char name[NAME_ROOM];
    need_root();
    sys_setloginclass("staff");
    int child = (int)sys_fork();
    if (child == 0) guest_exit(sys_getloginclass(name, sizeof name) != 0 || !string_equal(name, "staff"));
    check_equal("in a child", wait_for(child), 0);
}

// sys_setloginclass: copyinstr gives ENAMETOOLONG for more than MAXLOGNAME bytes.
CASE(setloginclass, "refuses long names") {
    need_root();
    check_errno("33 letters", sys_setloginclass("abcdefghijklmnopqrstuvwxyzabcdefg"), ENAMETOOLONG);
    check_equal("32 letters", sys_setloginclass("abcdefghijklmnopqrstuvwxyzabcdef"), 0);
}

CASE(setloginclass, "refuses a bad address") {
    need_root();
    check_errno("setloginclass", sys_setloginclass(unmapped_page()), EFAULT);
}

CASE(setsid, "begins a session that children share") {
    int child = (int)sys_fork();
    if (child == 0) {
        long session = sys_setsid();
        int grandchild = (int)sys_fork();
        if (grandchild == 0) guest_exit(sys_getsid(0) != session || sys_getpgrp() != session);
        guest_exit(session != sys_getpid() || sys_getsid(0) != session || wait_for(grandchild) != 0);
    }
    check_equal("in a child", wait_for(child), 0);
}

CASE(getpgrp, "follows setpgid") {
    int child = (int)sys_fork();
    if (child == 0) guest_exit(sys_setpgid(0, 0) != 0 || sys_getpgrp() != sys_getpid());
    check_equal("in a child", wait_for(child), 0);
}

CASE(getppid, "is another one's when the parent has ended") {
    volatile int *parents = shared_page();
    int child = (int)sys_fork();
    if (child == 0) {
        int own = (int)sys_getpid();
        if (sys_fork() == 0) {
            while (sys_getppid() == own) pause_milliseconds(1);
            parents[0] = (int)sys_getppid();
            guest_exit(0);
        }
        guest_exit(0);
    }
    wait_for(child);
    while (parents[0] == 0) pause_milliseconds(1);
    check("another", parents[0] != child);
}
