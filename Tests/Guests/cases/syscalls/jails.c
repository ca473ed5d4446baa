// Jails: jail(2), jail_set(2), jail_get(2), jail_attach(2), jail_remove(2). Who is not root may not make any.
#include "../../runtime/children.h"

enum { JAIL_CREATE = 1, JAIL_UPDATE = 2, JAIL_ATTACH = 4, NO_JAIL = 987654 };

static struct iovec parameters[16];
static unsigned count;
static char message[128];

static void with(const char *name, const void *value, size_t size) {
    parameters[count++] = (struct iovec){(void *)name, string_length(name) + 1};
    parameters[count++] = (struct iovec){(void *)value, size};
}

static long set(int flags) {
    with("errmsg", message, sizeof message);
    unsigned all = count;
    count = 0;
    return sys_jail_set(parameters, all, flags);
}

static long get(void) {
    with("errmsg", message, sizeof message);
    unsigned all = count;
    count = 0;
    return sys_jail_get(parameters, all, 0);
}

// A jail that lasts; its number.
static int made(const char *name) {
    need_root();
    with("path", "/", 2);
    with("name", name, string_length(name) + 1);
    with("persist", 0, 0);
    int jail = (int)set(JAIL_CREATE);
    check("jail_set", jail > 0);
    return jail;
}

static const char *own_name(void) {
    static char name[64];
    return format_string(name, sizeof name, "case%d", (int)sys_getpid());
}

CASE(jail_set, "refuses ordinary users") {
    become_ordinary_user();
    with("path", "/", 2);
    check_errno("jail_set", set(JAIL_CREATE), EPERM);
    check_errno("jail_attach", sys_jail_attach(1), EPERM);
    check_errno("jail_remove", sys_jail_remove(1), EPERM);
}

CASE(jail_set, "makes and removes a jail") {
    int jail = made(own_name());
    with("jid", &jail, sizeof jail);
    check_equal("found", get(), jail);
    check_equal("jail_remove", sys_jail_remove(jail), 0);
    with("jid", &jail, sizeof jail);
    check_errno("gone", get(), ENOENT);
}

CASE(jail_set, "refuses a name that is taken") {
    int jail = made(own_name());
    with("path", "/", 2);
    with("name", own_name(), string_length(own_name()) + 1);
    with("persist", 0, 0);
    check_errno("again", set(JAIL_CREATE), EEXIST);
    sys_jail_remove(jail);
}

// kern_jail_set: neither JAIL_CREATE nor JAIL_UPDATE is EINVAL, as is an odd number of parameters.
CASE(jail_set, "refuses wrong requests") {
    need_root();
    with("path", "/", 2);
    check_errno("no flag", set(0), EINVAL);
    with("path", "/", 2);
    check_errno("unknown flag", set(0x1000), EINVAL);
    with("no.such.parameter", "x", 2);
    with("path", "/", 2);
    check_errno("unknown parameter", set(JAIL_CREATE), EINVAL);
    check_errno("odd", sys_jail_set(parameters, 3, JAIL_CREATE), EINVAL);
    with("path", "/no/such/folder", 16);
    with("persist", 0, 0);
    check_errno("no such folder", set(JAIL_CREATE), ENOENT);
}

CASE(jail_set, "changes a jail") {
    static char host[64];
    int jail = made(own_name());
    with("jid", &jail, sizeof jail);
    with("host.hostname", "changed.example", 16);
    check_equal("jail_set", set(JAIL_UPDATE), jail);
    with("jid", &jail, sizeof jail);
    with("host.hostname", host, sizeof host);
    check_equal("jail_get", get(), jail);
    check_string("name", host, "changed.example");
    sys_jail_remove(jail);
    jail = NO_JAIL;
    with("jid", &jail, sizeof jail);
    check_errno("none", set(JAIL_UPDATE), ENOENT);
}

CASE(jail_get, "refuses what is not there") {
    int jail = NO_JAIL;
    with("jid", &jail, sizeof jail);
    check_errno("number", get(), ENOENT);
    with("name", "no-such-jail", 13);
    check_errno("name", get(), ENOENT);
    check_errno("odd", sys_jail_get(parameters, 1, 0), EINVAL);
    check_errno("bad address", sys_jail_get(unmapped_page(), 2, 0), EFAULT);
}

CASE(jail_get, "finds a jail by its name") {
    int jail = made(own_name()), number = 0;
    with("name", own_name(), string_length(own_name()) + 1);
    with("jid", &number, sizeof number);
    check_equal("jail_get", get(), jail);
    sys_jail_remove(jail);
}

CASE(jail_get, "goes from jail to jail") {
    int jail = made(own_name()), last = jail - 1;
    with("lastjid", &last, sizeof last);
    check("the next", get() >= jail);
    sys_jail_remove(jail);
}

CASE(jail_attach, "puts the caller into a jail") {
    int jail = made(own_name()), child = (int)sys_fork();
    if (child == 0) {
        int jailed = 0;
        size_t size = sizeof jailed;
        if (sys_jail_attach(jail) != 0) guest_exit(1);
        if (sys___sysctlbyname("security.jail.jailed", 20, &jailed, &size, 0, 0) != 0 || jailed != 1) guest_exit(2);
        if (sys_kill((int)sys_getppid(), 0) != -ESRCH) guest_exit(3);
        guest_exit(0);
    }
    check_equal("in the child", WEXITSTATUS(wait_for(child)), 0);
    sys_jail_remove(jail);
}

CASE(jail_attach, "refuses what is not there") {
    need_root();
    check_errno("jail_attach", sys_jail_attach(NO_JAIL), EINVAL);
}

CASE(jail_remove, "refuses what is not there") {
    need_root();
    check_errno("jail_remove", sys_jail_remove(NO_JAIL), EINVAL);
}

CASE(jail_remove, "ends the processes in the jail") {
    int jail = made(own_name()), ends[2], child;
    char byte;
    sys_pipe2(ends, 0);
    child = (int)sys_fork();
    if (child == 0) {
        sys_jail_attach(jail);
        sys_write(ends[1], "x", 1);
        for (;;) pause_milliseconds(1000);
    }
    sys_read(ends[0], &byte, 1);
    check_equal("jail_remove", sys_jail_remove(jail), 0);
    check_equal("status", wait_for(child), SIGKILL);
}

CASE(jail, "refuses unknown versions") {
    struct { uint32_t version; const char *path, *host, *name; uint32_t count4, count6; const void *at4, *at6; } request = {
        99, "/", "host", "name", 0, 0, 0, 0};
    check_errno("version", sys_jail(&request), EINVAL);
    check_errno("bad address", sys_jail(unmapped_page()), EFAULT);
}

CASE(wait6, "waits for those of a jail") {
    int status, child = child_exiting(1);
    check_equal("outside of all", sys_wait6(P_JAILID, 0, &status, WEXITED, 0, 0), child);
    child = child_exiting(1);
    check_errno("of none", sys_wait6(P_JAILID, NO_JAIL, &status, WEXITED, 0, 0), ECHILD);
    wait_for(child);
}

CASE(jail_get, "refuses flags that it does not know") {
    int jail = 0;
    with("jid", &jail, sizeof jail);
    check_errno("flags", sys_jail_get(parameters, 2, 0x1000), EINVAL);
}
