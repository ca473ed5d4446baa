// Users, groups and names: setuid(2), setreuid(2), setresuid(2), getgroups(2), getlogin(2), issetugid(2).
#include "../../runtime/children.h"

enum { FIRST = 4001, SECOND = 4002, THIRD = 4003 };

static unsigned real, effective, saved;

static void read_users(void) { sys_getresuid(&real, &effective, &saved); }
static void read_groups(void) { sys_getresgid(&real, &effective, &saved); }

static void check_numbers(unsigned wanted_real, unsigned wanted_effective, unsigned wanted_saved) {
    check_equal("real", real, wanted_real);
    check_equal("effective", effective, wanted_effective);
    check_equal("saved", saved, wanted_saved);
}

// The cases with given numbers begin as root and become somebody for good.
static void become(unsigned new_real, unsigned new_effective, unsigned new_saved) {
    need_root();
    if (sys_setresuid((int)new_real, (int)new_effective, (int)new_saved) != 0) skip_case("cannot become another user");
}

static void become_group(unsigned new_real, unsigned new_effective, unsigned new_saved) {
    need_root();
    if (sys_setresgid(new_real, new_effective, new_saved) != 0 || sys_setresuid(FIRST, FIRST, FIRST) != 0)
        skip_case("cannot become another user");
}

CASE(getresuid, "tells all three") {
    check_equal("getresuid", sys_getresuid(&real, &effective, &saved), 0);
    check("as the others do", real == sys_getuid() && effective == sys_geteuid());
}

CASE(getresuid, "needs no places") { check_equal("getresuid", sys_getresuid(0, 0, 0), 0); }

CASE(getresuid, "refuses bad addresses") {
    check_errno("real", sys_getresuid(unmapped_page(), 0, 0), EFAULT);
    check_errno("saved", sys_getresuid(0, 0, unmapped_page()), EFAULT);
}

CASE(getresgid, "tells all three") {
    check_equal("getresgid", sys_getresgid(&real, &effective, &saved), 0);
    check("as the others do", real == sys_getgid() && effective == sys_getegid());
    check_errno("bad address", sys_getresgid(0, unmapped_page(), 0), EFAULT);
}

CASE(setuid, "leaves what is set already") {
    check_equal("setuid", sys_setuid((unsigned)sys_getuid()), 0);
    check_equal("getuid", sys_getuid(), sys_geteuid());
}

CASE(setuid, "sets all three for root") {
    become(0, 0, 0);
    check_equal("setuid", sys_setuid(FIRST), 0);
    read_users();
    check_numbers(FIRST, FIRST, FIRST);
    check_errno("back", sys_setuid(0), EPERM);
}

// setuid(2): permitted for the real and the effective number, and sets all three.
CASE(setuid, "sets all three to the real one") {
    become(FIRST, SECOND, SECOND);
    check_equal("setuid", sys_setuid(FIRST), 0);
    read_users();
    check_numbers(FIRST, FIRST, FIRST);
}

CASE(setuid, "sets all three to the effective one") {
    become(FIRST, SECOND, THIRD);
    check_equal("setuid", sys_setuid(SECOND), 0);
    read_users();
    check_numbers(SECOND, SECOND, SECOND);
}

CASE(setuid, "refuses the saved one") {
    become(FIRST, SECOND, THIRD);
    check_errno("setuid", sys_setuid(THIRD), EPERM);
}

CASE(setuid, "refuses ordinary users") {
    if (is_root()) become(FIRST, FIRST, FIRST);
    check_errno("root", sys_setuid(0), EPERM);
    check_errno("another", sys_setuid(SECOND), EPERM);
}

CASE(seteuid, "goes to and fro between real and saved") {
    become(FIRST, SECOND, SECOND);
    check_equal("real", sys_seteuid(FIRST), 0);
    check_equal("geteuid", sys_geteuid(), FIRST);
    check_equal("saved", sys_seteuid(SECOND), 0);
    check_equal("geteuid", sys_geteuid(), SECOND);
    check_errno("another", sys_seteuid(THIRD), EPERM);
}

CASE(seteuid, "leaves root a way back") {
    become(0, 0, 0);
    check_equal("away", sys_seteuid(FIRST), 0);
    check_equal("geteuid", sys_geteuid(), FIRST);
    check_equal("back", sys_seteuid(0), 0);
}

// sys_seteuid compares with the real and the saved number only.
CASE(seteuid, "refuses the effective one that is neither") {
    become(FIRST, SECOND, THIRD);
    check_errno("seteuid", sys_seteuid(SECOND), EPERM);
}

CASE(setreuid, "swaps") {
    become(FIRST, SECOND, SECOND);
    check_equal("setreuid", sys_setreuid(SECOND, FIRST), 0);
    read_users();
    check_numbers(SECOND, FIRST, FIRST);
}

CASE(setreuid, "leaves what is -1") {
    become(FIRST, SECOND, SECOND);
    check_equal("nothing", sys_setreuid(-1, -1), 0);
    check_equal("effective", sys_setreuid(-1, FIRST), 0);
    read_users();
    check_numbers(FIRST, FIRST, SECOND);
}

// sys_setreuid: the saved number follows when the real one is given.
CASE(setreuid, "sets the saved one with the real one") {
    become(FIRST, SECOND, SECOND);
    check_equal("setreuid", sys_setreuid(FIRST, FIRST), 0);
    read_users();
    check_numbers(FIRST, FIRST, FIRST);
    check_errno("no way back", sys_setreuid(-1, SECOND), EPERM);
}

CASE(setreuid, "refuses others") {
    become(FIRST, SECOND, SECOND);
    check_errno("real", sys_setreuid(THIRD, -1), EPERM);
    check_errno("effective", sys_setreuid(-1, THIRD), EPERM);
}

// sys_setreuid: the real number may become the saved one, not the effective one.
CASE(setreuid, "refuses the effective one as the real one") {
    become(FIRST, SECOND, FIRST);
    check_errno("setreuid", sys_setreuid(SECOND, -1), EPERM);
}

CASE(setresuid, "sets what is given") {
    become(FIRST, SECOND, THIRD);
    check_equal("setresuid", sys_setresuid(THIRD, -1, FIRST), 0);
    read_users();
    check_numbers(THIRD, SECOND, FIRST);
}

CASE(setresuid, "refuses others") {
    become(FIRST, SECOND, SECOND);
    check_errno("real", sys_setresuid(THIRD, -1, -1), EPERM);
    check_errno("effective", sys_setresuid(-1, THIRD, -1), EPERM);
    check_errno("saved", sys_setresuid(-1, -1, THIRD), EPERM);
    read_users();
    check_numbers(FIRST, SECOND, SECOND);
}

CASE(setresuid, "gives up root for good") {
    become(0, 0, 0);
    check_equal("setresuid", sys_setresuid(FIRST, FIRST, FIRST), 0);
    check_errno("back", sys_setresuid(0, 0, 0), EPERM);
}

CASE(setgid, "sets all three to the real one") {
    become_group(FIRST, SECOND, SECOND);
    check_equal("setgid", sys_setgid(FIRST), 0);
    read_groups();
    check_numbers(FIRST, FIRST, FIRST);
}

CASE(setgid, "sets all three to the effective one") {
    become_group(FIRST, SECOND, THIRD);
    check_equal("setgid", sys_setgid(SECOND), 0);
    read_groups();
    check_numbers(SECOND, SECOND, SECOND);
}

CASE(setgid, "refuses ordinary users") {
    become_group(FIRST, FIRST, FIRST);
    check_errno("root's", sys_setgid(0), EPERM);
    check_errno("another", sys_setgid(SECOND), EPERM);
    check_equal("its own", sys_setgid(FIRST), 0);
}

CASE(setegid, "goes to and fro between real and saved") {
    become_group(FIRST, SECOND, SECOND);
    check_equal("real", sys_setegid(FIRST), 0);
    check_equal("saved", sys_setegid(SECOND), 0);
    check_equal("getegid", sys_getegid(), SECOND);
    check_errno("another", sys_setegid(THIRD), EPERM);
}

CASE(setregid, "swaps") {
    become_group(FIRST, SECOND, SECOND);
    check_equal("setregid", sys_setregid(SECOND, FIRST), 0);
    read_groups();
    check_numbers(SECOND, FIRST, FIRST);
    check_errno("others", sys_setregid(THIRD, -1), EPERM);
}

CASE(setresgid, "sets what is given") {
    become_group(FIRST, SECOND, THIRD);
    check_equal("setresgid", sys_setresgid(-1, THIRD, FIRST), 0);
    read_groups();
    check_numbers(FIRST, THIRD, FIRST);
    check_errno("others", sys_setresgid(-1, -1, THIRD + 1), EPERM);
}

// getgroups(2) of FreeBSD 12: the effective group comes first.
CASE(getgroups, "gives the effective group first") {
    static unsigned groups[1024];
    long count = sys_getgroups(1024, groups);
    check("some", count >= 1);
    check_equal("first", groups[0], sys_getegid());
    check_equal("as many as it tells", sys_getgroups(0, 0), count);
}

CASE(getgroups, "refuses too small a place") {
    unsigned group;
    need_root();
    static const unsigned wanted[] = {FIRST, SECOND, THIRD};
    if (sys_setgroups(3, wanted) != 0) skip_case("cannot set groups");
    check_errno("getgroups", sys_getgroups(1, &group), EINVAL);
}

CASE(getgroups, "refuses a bad address") { check_errno("getgroups", sys_getgroups(1024, unmapped_page()), EFAULT); }

// kern_setgroups: the first of the list is the effective group, the others are kept in order.
CASE(setgroups, "sets the effective group with the list") {
    static const unsigned wanted[] = {SECOND, THIRD, FIRST};
    unsigned groups[8];
    need_root();
    if (sys_setgroups(3, wanted) != 0) skip_case("cannot set groups");
    check_equal("getgroups", sys_getgroups(8, groups), 3);
    check_equal("first", groups[0], SECOND);
    check("others", groups[1] == FIRST && groups[2] == THIRD);
    check_equal("getegid", sys_getegid(), SECOND);
}

CASE(setgroups, "keeps the effective group of an empty list") {
    unsigned groups[8];
    long group = sys_getegid();
    need_root();
    if (sys_setgroups(0, 0) != 0) skip_case("cannot set groups");
    check_equal("getgroups", sys_getgroups(8, groups), 1);
    check_equal("first", groups[0], group);
}

CASE(setgroups, "refuses ordinary users") {
    static const unsigned wanted[] = {FIRST};
    become_ordinary_user();
    check_errno("one", sys_setgroups(1, wanted), EPERM);
    check_errno("none", sys_setgroups(0, 0), EPERM);
}

CASE(setgroups, "refuses too many") {
    static unsigned groups[1100];
    check_errno("setgroups", sys_setgroups(1100, groups), EINVAL);
}

CASE(getlogin, "tells a name") {
    char name[33] = {0};
    check_equal("getlogin", sys_getlogin(name, sizeof name), 0);
    check("short", string_length(name) < sizeof name);
}

CASE(getlogin, "refuses too small a place") {
    char name[33];
    need_root();
    check_equal("setlogin", sys_setlogin("somebody"), 0);
    check_errno("8", sys_getlogin(name, 8), ERANGE);
    check_equal("9", sys_getlogin(name, 9), 0);
    check_string("name", name, "somebody");
}

CASE(getlogin, "refuses a bad address") { check_errno("getlogin", sys_getlogin(unmapped_page(), 33), EFAULT); }

CASE(setlogin, "sets the name of the session") {
    char name[33];
    need_root();
    check_equal("setlogin", sys_setlogin("operator"), 0);
    int child = (int)sys_fork();
    if (child == 0) {
        sys_getlogin(name, sizeof name);
        guest_exit(!string_equal(name, "operator"));
    }
    check_equal("in a child", wait_for(child), 0);
}

CASE(setlogin, "refuses ordinary users") {
    become_ordinary_user();
    check_errno("setlogin", sys_setlogin("somebody"), EPERM);
    check_errno("before it looks at the name", sys_setlogin(unmapped_page()), EPERM);
}

// sys_setlogin: a name that is too long is EINVAL.
CASE(setlogin, "refuses a long name") {
    need_root();
    check_errno("33 letters", sys_setlogin("abcdefghijklmnopqrstuvwxyzabcdefg"), EINVAL);
    check_equal("32 letters", sys_setlogin("abcdefghijklmnopqrstuvwxyzabcdef"), 0);
    check_errno("bad address", sys_setlogin(unmapped_page()), EFAULT);
}

CASE(getloginclass, "tells a name") {
    char name[33] = {0};
    check_equal("getloginclass", sys_getloginclass(name, sizeof name), 0);
    check("some", string_length(name) > 0);
}

CASE(getloginclass, "refuses too small a place") {
    char name[33];
    check_errno("1", sys_getloginclass(name, 1), ERANGE);
    check_errno("0", sys_getloginclass(name, 0), ERANGE);
}

CASE(setloginclass, "sets the class") {
    char name[33];
    need_root();
    check_equal("setloginclass", sys_setloginclass("staff"), 0);
    sys_getloginclass(name, sizeof name);
    check_string("class", name, "staff");
    check_errno("empty", sys_setloginclass(""), EINVAL);
}

CASE(setloginclass, "refuses ordinary users") {
    become_ordinary_user();
    check_errno("setloginclass", sys_setloginclass("staff"), EPERM);
}

CASE(issetugid, "is zero for an ordinary program") { check_equal("issetugid", sys_issetugid(), 0); }

// issetugid(2): also who "has changed any of its real, effective or saved user or group ID's since it began execution".
CASE(issetugid, "is one after a change of users") {
    become(FIRST, FIRST, FIRST);
    check_equal("issetugid", sys_issetugid(), 1);
    int child = (int)sys_fork();
    if (child == 0) guest_exit((int)sys_issetugid());
    check_equal("in a child", wait_for(child), 1 << 8);
}

CASE(issetugid, "is one after a change of groups") {
    need_root();
    check_equal("setegid", sys_setegid(FIRST), 0);
    check_equal("issetugid", sys_issetugid(), 1);
}

CASE(issetugid, "is zero after a call that changes nothing") {
    sys_setuid((unsigned)sys_getuid());
    check_equal("issetugid", sys_issetugid(), 0);
}
