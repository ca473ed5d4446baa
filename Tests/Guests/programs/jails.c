// Jails: jail_set(2) and its relatives, and what a process in one sees and may. Who is not root may not make any. Started
// again by itself with an argument it looks around in the jail that it finds.
#include "process_information.h"

enum {
    JAIL_CREATE = 1, JAIL_UPDATE = 2, JAIL_ATTACH = 4, JAIL_DYING = 8, KERN_PROC = 14, KERN_PROC_PID = 1,
    NAME_LIMIT = 256, PATH_LIMIT = 1024,
};

struct old_jail {
    uint32_t version;
    const char *path, *host_name, *name;
    uint32_t count4, count6;
    const void *addresses4, *addresses6;
};

static char message[128], unique[64], jail_path[PATH_LIMIT], last_text[PATH_LIMIT];
static char *const no_environment[] = {0};

// The parameters of one call.
static struct iovec parameters[32];
static unsigned parameter_count;

static void with(const char *name, const void *value, size_t size) {
    parameters[parameter_count++] = (struct iovec){(void *)name, string_length(name) + 1};
    parameters[parameter_count++] = (struct iovec){(void *)value, size};
}

static void with_text(const char *name, const char *text) { with(name, text, string_length(text) + 1); }

static long finish(int gets, int flags) {
    memset(message, 0, sizeof message);
    with("errmsg", message, sizeof message);
    long result = gets ? sys_jail_get(parameters, parameter_count, flags)
                       : sys_jail_set(parameters, parameter_count, flags);
    parameter_count = 0;
    return result;
}

static long set(int flags) { return finish(0, flags); }
static long get(void) { return finish(1, 0); }

static long make_jail(const char *name, int flags) {
    with_text("path", jail_path);
    if (name) with_text("name", name);
    if (!(flags & JAIL_ATTACH)) with("persist", 0, 0);
    return set(JAIL_CREATE | flags);
}

// A text that jail_get says of a jail; "?" when it says none.
static const char *text_of(int jail, const char *parameter) {
    with("jid", &jail, sizeof jail);
    with(parameter, last_text, sizeof last_text);
    return get() == jail ? last_text : "?";
}

static int number_of(int jail, const char *parameter) {
    int value = -99;
    with("jid", &jail, sizeof jail);
    with(parameter, &value, sizeof value);
    return get() == jail ? value : -100;
}

static long exists(int jail) {
    with("jid", &jail, sizeof jail);
    return get();
}

static int control(const char *name) {
    int value = -1;
    size_t size = sizeof value;
    sys___sysctlbyname(name, string_length(name), &value, &size, 0, 0);
    return value;
}

static const char *host_name(void) {
    static char name[NAME_LIMIT];
    size_t size = sizeof name;
    long result = sys___sysctlbyname("kern.hostname", 13, name, &size, 0, 0);
    return result < 0 ? "?" : name;
}

// ki_jid of a process, or the errno.
static long jail_of(int pid) {
    static char buffer[2048];
    int name[4] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, pid};
    size_t size = sizeof buffer;
    long result = sys___sysctl(name, 4, buffer, &size, 0, 0);
    return result < 0 ? result : ((struct process *)buffer)->jail;
}

static void copy_program(const char *to) {
    static char part[65536];
    int from = (int)sys_open((const char *)auxiliary_value(AT_EXECPATH, 0), O_RDONLY, 0);
    int file = (int)sys_open(to, O_CREAT | O_WRONLY, 0755);
    for (long count; (count = sys_read(from, part, sizeof part)) > 0;)
        sys_write(file, part, (size_t)count);
    sys_close(from), sys_close(file);
}

static void prepare(void) {
    char folder[PATH_LIMIT - 8] = "";
    sys_mkdir("root", 0755);
    sys_close((int)sys_open("outside", O_CREAT | O_WRONLY, 0644));
    copy_program("root/program");
    sys___getcwd(folder, sizeof folder);
    format_string(jail_path, sizeof jail_path, "%s/root", folder);
    format_string(unique, sizeof unique, "test_%d", (int)sys_getpid());
}

static void unprivileged(void) {
    int child = (int)sys_fork();
    if (child == 0) {
        if (sys_geteuid() == 0)
            sys_setuid(12345);
        struct old_jail old = {.version = 2, .path = "/", .host_name = "x"};
        check_errno("jail_set for others than root", make_jail(0, 0), EPERM);
        check_errno("jail_attach", sys_jail_attach(1), EPERM);
        check_errno("jail_remove", sys_jail_remove(1), EPERM);
        check_errno("jail", sys_jail(&old), EPERM);
        check_errno("jail_get tells of none", exists(999998), ENOENT);
        guest_exit(checks_failed());
    }
    check_equal("who is not root", wait_for(child), 0);
    check_equal("security.jail.jailed", control("security.jail.jailed"), 0);
}

// MARK: Parameters

static void failures(void) {
    int number = -1, file = 1;
    check_errno("an odd number of buffers", sys_jail_set(parameters, 1, JAIL_CREATE), EINVAL);
    check_errno("wild buffers", sys_jail_set((struct iovec *)8, 2, JAIL_CREATE), EFAULT);
    with("persist", 0, 0);
    check_errno("neither new nor old", set(0), EINVAL);
    check_string("errmsg", message, "no valid operation (create or update)");
    with("persist", 0, 0);
    check_errno("unknown flags", set(JAIL_CREATE | 0x100), EINVAL);
    with_text("path", jail_path);
    check_errno("neither persistent nor attached", set(JAIL_CREATE), EINVAL);
    check_string("errmsg", message, "new jail must persist or attach");
    with("no.such.thing", 0, 0);
    check_errno("an unknown parameter", make_jail(0, 0), EINVAL);
    check_string("errmsg", message, "unknown parameter: no.such.thing");
    with_text("path", "/no/such/directory"), with("persist", 0, 0);
    check_errno("a path that is not there", set(JAIL_CREATE), ENOENT);
    with_text("path", "outside"), with("persist", 0, 0);
    check_errno("a file", set(JAIL_CREATE), ENOTDIR);
    with("jid", &number, sizeof number);
    check_errno("a negative number", make_jail(0, 0), EINVAL);
    with("jid", &file, 2);
    check_errno("a number of another size", make_jail(0, 0), EINVAL);
    with("name", "abc", 3);
    check_errno("a name without end", make_jail(0, 0), EINVAL);
    check_errno("a jail in one that is not there", make_jail("no_such_jail.x", 0), ENOENT);
    number = 5;
    with("enforce_statfs", &number, sizeof number);
    check_errno("a number out of range", make_jail(0, 0), EINVAL);
    check_errno("jail_get without a jail", get(), ENOENT);
    check_string("errmsg", message, "no jail specified");
    check_errno("a number that no jail has", exists(999998), ENOENT);
    check_string("errmsg", message, "jail 999998 not found");
    check_errno("jail_get with wrong flags", sys_jail_get(parameters, 0, JAIL_CREATE), EINVAL);
    check_errno("jail_attach of none", sys_jail_attach(999998), EINVAL);
    check_errno("jail_remove of none", sys_jail_remove(999998), EINVAL);
    check_errno("jail_remove of 0", sys_jail_remove(0), EINVAL);
    check("no jail is left of it", make_jail("no_such_jail.x", 0) == -ENOENT);
}

static void attributes(void) {
    int jail = (int)make_jail(unique, 0);
    check("jail_set makes a jail", jail > 0);
    check_string("its name", text_of(jail, "name"), unique);
    check_string("its path", text_of(jail, "path"), jail_path);
    check_string("its host name", text_of(jail, "host.hostname"), "");
    check_equal("persist", number_of(jail, "persist"), 1);
    check_equal("nopersist", number_of(jail, "nopersist"), 0);
    check_equal("parent", number_of(jail, "parent"), 0);
    check_equal("dying", number_of(jail, "dying"), 0);
    check_equal("enforce_statfs", number_of(jail, "enforce_statfs"), 2);
    check_equal("allow.set_hostname", number_of(jail, "allow.set_hostname"), 1);
    check_equal("allow.noset_hostname", number_of(jail, "allow.noset_hostname"), 0);
    check_errno("the same name", make_jail(unique, 0), EEXIST);
    with("jid", &jail, sizeof jail);
    check_errno("the same number", make_jail(0, 0), EEXIST);

    with_text("name", unique);
    check_equal("jail_get by name", get(), jail);
    int last = jail - 1, found = 0;
    with("lastjid", &last, sizeof last), with("jid", &found, sizeof found);
    check("jail_get of the next", get() == jail && found == jail);
    with("jid", &jail, sizeof jail), with("host.hostname", last_text, 0);
    parameters[2 * 2] = (struct iovec){"errmsg", 7}, parameters[2 * 2 + 1] = (struct iovec){message, sizeof message};
    check_equal("jail_get of a length", sys_jail_get(parameters, 6, 0), jail);
    check_equal("the length", (long)parameters[3].size, 1);
    parameter_count = 0;
    with("jid", &jail, sizeof jail), with("name", last_text, 1);
    check_errno("no room for the name", get(), EINVAL);
    with("jid", &jail, sizeof jail), with("no.such.thing", last_text, 4);
    check_errno("an unknown parameter", get(), EINVAL);

    with_text("name", unique), with_text("host.hostname", "prison"), with("allow.noset_hostname", 0, 0);
    check_equal("jail_set changes a jail", set(JAIL_UPDATE), jail);
    check_string("its host name", text_of(jail, "host.hostname"), "prison");
    check_equal("allow.set_hostname", number_of(jail, "allow.set_hostname"), 0);
    with_text("name", unique), with_text("path", "/");
    check_errno("the path cannot be changed", set(JAIL_UPDATE), EINVAL);
    check_string("errmsg", message, "path cannot be changed after creation");
    with_text("name", "no_such_jail");
    check_errno("an update of none", set(JAIL_UPDATE), ENOENT);
    with_text("name", unique);
    check_equal("new or old", set(JAIL_CREATE | JAIL_UPDATE), jail);
    check_equal("jail_remove", sys_jail_remove(jail), 0);
    check_errno("is gone", exists(jail), ENOENT);
    check_errno("cannot be removed again", sys_jail_remove(jail), EINVAL);
    int other = (int)make_jail(0, 0);
    check("another has another number", other > 0 && other != jail);
    char number[16];
    check_string("which is its name", text_of(other, "name"), format_string(number, sizeof number, "%d", other));
    sys_jail_remove(other);
}

// MARK: Inside

static void look_around(int parent) {
    char folder[PATH_LIMIT] = "";
    sys___getcwd(folder, sizeof folder);
    check_string("the directory is the jail's root", folder, "/");
    check_equal("a file of the root", sys_access("/program", F_OK), 0);
    check_errno("nothing outside", sys_access("../outside", F_OK), ENOENT);
    check_equal("security.jail.jailed", control("security.jail.jailed"), 1);
    check_equal("security.jail.children.max", control("security.jail.children.max"), 0);
    check_string("kern.hostname", host_name(), "prison");
    check_errno("no signals to others", sys_kill(parent, 0), ESRCH);
    check_errno("others are not seen", jail_of(parent), ESRCH);
    check("its own jail is", jail_of((int)sys_getpid()) > 0);
    int last = 0;
    with("lastjid", &last, sizeof last);
    check_errno("no jails", get(), ENOENT);
    if (sys_geteuid() != 0)
        return;
    check_errno("nor new ones", make_jail(0, 0), EPERM);
    check_errno("nor others", sys_jail_attach(1), EINVAL);
    check_errno("jail_remove", sys_jail_remove(1), EINVAL);
}

static void run_inside(int parent, int user) {
    char number[16];
    char *arguments[] = {"/program", format_string(number, sizeof number, "%d", parent), 0};
    int child = (int)sys_fork();
    if (child == 0) {
        if (user)
            sys_setuid((unsigned)user);
        guest_exit(100 + (int)-sys_execve("/program", arguments, no_environment));
    }
    check_equal(user ? "a program of another user" : "a program", wait_for(child), 0);
}

static void receive(int pipe) {
    char byte;
    sys_read(pipe, &byte, 1);
}

static void attaching(void) {
    int parent = (int)sys_getpid(), ready[2], go[2];
    sys_pipe2(ready, 0), sys_pipe2(go, 0);
    with_text("host.hostname", "prison");
    int jail = (int)make_jail(unique, 0);
    check_equal("outside of jails", jail_of(parent), 0);
    int child = (int)sys_fork();
    if (child == 0) {
        check_equal("jail_attach", sys_jail_attach(jail), 0);
        look_around(parent);
        run_inside(parent, 0);
        run_inside(parent, 12345);
        sys_write(ready[1], "x", 1);
        receive(go[0]);
        check_string("kern.hostname changes", host_name(), "changed");
        guest_exit(checks_failed());
    }
    receive(ready[0]);
    check_equal("ki_jid", jail_of(child), jail);
    check_equal("the parent is outside", jail_of(parent), 0);
    check("security.jail.children.cur", control("security.jail.children.cur") >= 1);
    with_text("name", unique), with_text("host.hostname", "changed"), with("nopersist", 0, 0);
    check_equal("the jail shall not persist", set(JAIL_UPDATE), jail);
    check_equal("but has a process", exists(jail), jail);
    sys_write(go[1], "x", 1);
    check_equal("the process ends", wait_for(child), 0);
    check_errno("and the jail", exists(jail), ENOENT);
    sys_close(ready[0]), sys_close(ready[1]), sys_close(go[0]), sys_close(go[1]);
}

// A child that enters a jail, says its number, and waits for its end with a child of its own. Returns the jail.
static int enter(long (*entering)(void), int *child) {
    int pipe[2], jail = -1;
    sys_pipe2(pipe, 0);
    *child = (int)sys_fork();
    if (*child == 0) {
        jail = (int)entering();
        sys_fork();
        if (jail >= 0)
            sys_write(pipe[1], &jail, sizeof jail);
        for (;;)
            sys_nanosleep(&(struct timespec){1, 0}, 0);
    }
    sys_close(pipe[1]);
    int second = -2;
    sys_read(pipe[0], &jail, sizeof jail);
    sys_read(pipe[0], &second, sizeof second);
    check_equal("a child has the same jail", second, jail);
    sys_close(pipe[0]);
    return jail;
}

static long enter_new(void) { return make_jail(unique, JAIL_ATTACH); }

static long enter_old(void) {
    struct old_jail old = {.version = 2, .path = jail_path, .host_name = "prison", .name = unique};
    return sys_jail(&old);
}

static void removing(void) {
    static const struct { const char *name; long (*entering)(void); } ways[] = {
        {"JAIL_CREATE | JAIL_ATTACH", enter_new}, {"jail", enter_old},
    };
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        int child, jail = enter(ways[way].entering, &child);
        check(ways[way].name, jail > 0);
        check_equal("ki_jid", jail_of(child), jail);
        check_string("its name", text_of(jail, "name"), unique);
        check_string("its path", text_of(jail, "path"), jail_path);
        check_equal("it does not persist", number_of(jail, "persist"), 0);
        check_equal("jail_remove", sys_jail_remove(jail), 0);
        check_equal("kills those inside", WTERMSIG(wait_for(child)), SIGKILL);
        // The child's own child, which nobody here can wait for, may take longer to die: the jail has a process till then
        // (`prison_remove_one` of sys/kern/kern_jail.c sends the signals and returns).
        for (int i = 0; i < 3000 && exists(jail) == jail; i++)
            sys_nanosleep(&(struct timespec){0, 10000000}, 0);
        check_errno("and the jail", exists(jail), ENOENT);
    }
    struct old_jail old = {.version = 1, .path = jail_path, .host_name = "prison"};
    check_errno("jail of a version that never was", sys_jail(&old), EINVAL);
    old.version = 3;
    check_errno("or is not yet", sys_jail(&old), EINVAL);
    old = (struct old_jail){.version = 2, .path = "/no/such/directory", .host_name = "prison"};
    check_errno("without its directory", sys_jail(&old), ENOENT);
    check_errno("wild", sys_jail((void *)8), EFAULT);
}

// In a root of chroot an open directory could lead out of the jail.
static void rooted(void) {
    int jail = (int)make_jail(0, 0), child = (int)sys_fork();
    if (child == 0) {
        check_equal("chroot", sys_mkdir("other", 0755) | sys_chroot("other") | sys_chdir("/"), 0);
        int open = (int)sys_open("/", O_RDONLY | O_DIRECTORY, 0);
        check_errno("jail_attach with an open directory", sys_jail_attach(jail), EPERM);
        check_equal("stays outside", control("security.jail.jailed"), 0);
        sys_close(open);
        check_equal("without one", sys_jail_attach(jail), 0);
        check_equal("is in the jail", sys_access("/program", F_OK), 0);
        check_equal("chroot in a jail", sys_chroot("/"), 0);
        guest_exit(checks_failed());
    }
    check_equal("from another root", wait_for(child), 0);
    sys_rename("root", "moved"), sys_mkdir("root", 0755);
    check_errno("another directory has the jail's name", sys_jail_attach(jail), ENOENT);
    check_equal("jail_remove", sys_jail_remove(jail), 0);
}

int main(int count, char **arguments, char **environment) {
    (void)environment;
    if (count > 1) {
        int parent = 0;
        for (const char *digit = arguments[1]; *digit; digit++)
            parent = parent * 10 + (*digit - '0');
        look_around(parent);
        return checks_failed();
    }
    prepare();
    unprivileged();
    if (sys_geteuid() != 0)
        return checks_failed();
    failures();
    attributes();
    attaching();
    removing();
    rooted();
    return checks_failed();
}
