// exec and vfork: exec HOW, where each way starts other programs and says what came of it.
#include "guest.h"

static char *const no_environment[] = {0};

// This program, as the kernel names it.
static const char *own_path(void) { return (const char *)auxiliary_value(AT_EXECPATH, 0); }

// Runs a program in a child; its wait status, or the errno of exec plus 0x10000.
static int run(const char *path, char *const *arguments, char *const *environment) {
    int child = (int)sys_fork();
    if (child == 0) {
        long result = sys_execve(path, arguments, environment);
        guest_exit(result < 0 ? 100 + (int)-result : 99);
    }
    return wait_for(child);
}

static volatile int shared;

static void forks(void) {
    shared = 1;
    int child = (int)sys_vfork();
    if (child == 0) {
        shared = 2;
        sys_exit(7);
    }
    check("vfork gives the child's number", child > 0);
    check_equal("the child of vfork shares memory", shared, 2);
    int status = wait_for(child);
    check("its status", WIFEXITED(status) && WEXITSTATUS(status) == 7);

    // The parent goes on only when the child has ended, and finds its own signal actions and mask.
    struct signal_set user = signal_set_of(SIGUSR1), now;
    struct signal_action action;
    child = (int)sys_vfork();
    if (child == 0) {
        set_handler(SIGUSR1, SIG_IGN, 0);
        sys_sigprocmask(SIG_BLOCK, &user, 0);
        struct timespec pause = {0, 50000000};
        sys_nanosleep(&pause, 0);
        shared = 3;
        sys_exit(0);
    }
    check_equal("the parent waited for the child", shared, 3);
    sys_sigaction(SIGUSR1, 0, &action);
    check("the child's actions are its own", action.handler == SIG_DFL);
    sys_sigprocmask(SIG_BLOCK, 0, &now);
    check("and its mask", !signal_set_has(&now, SIGUSR1));
    wait_for(child);

    child = (int)sys_vfork();
    if (child == 0) {
        sys_kill((int)sys_getpid(), SIGTERM);
        sys_exit(0);
    }
    check_equal("a child of vfork killed by a signal", WTERMSIG(wait_for(child)), SIGTERM);

    // A child of vfork that starts a program.
    child = (int)sys_vfork();
    if (child == 0) {
        char *const arguments[] = {(char *)"exec", (char *)"status", (char *)"23", 0};
        sys_execve(own_path(), arguments, no_environment);
        sys_exit(1);
    }
    status = wait_for(child);
    check("vfork and exec", WIFEXITED(status) && WEXITSTATUS(status) == 23);
    for (int i = 0; i < 50; i++) {
        child = (int)sys_vfork();
        if (child == 0)
            sys_exit(i);
        if (WEXITSTATUS(wait_for(child)) != i) {
            check_equal("vfork again and again", i, -1);
            break;
        }
    }
}

static volatile int caught;

static void count_signal(int signal) {
    (void)signal;
    caught++;
}

// A process whose children of vfork are killed by signals, one after the other, has none of these itself.
static void signals_for_children(void) {
    volatile long *words = (void *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
    int parent = (int)sys_fork();
    if (parent == 0) {
        set_handler(SIGUSR2, (void *)count_signal, 0);
        for (int i = 0; i < 100; i++) {
            words[0] = 0;
            int child = (int)sys_vfork();
            if (child == 0) {
                set_handler(SIGUSR2, SIG_DFL, 0);
                words[0] = sys_getpid();
                for (;;)
                    ;
            }
            wait_for(child);
        }
        words[1] = 1;
        sys_exit(caught != 0);
    }
    while (words[1] == 0) {
        // Read once: 0 would be the whole process group.
        int target = (int)words[0];
        if (target != 0)
            sys_kill(target, SIGUSR2);
    }
    int status = wait_for(parent);
    check("signals for children of vfork reach nobody else", WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void write_file(const char *path, const char *text, int mode) {
    int descriptor = (int)sys_open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    sys_write(descriptor, text, string_length(text));
    sys_close(descriptor);
}

static int exit_code(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

static char big[200001];

static void errors(void) {
    char *const arguments[] = {(char *)"x", 0};
    check_errno("exec of a missing file", sys_execve("exec.missing", arguments, no_environment), ENOENT);
    check_errno("exec of a directory", sys_execve("/", arguments, no_environment), EACCES);
    write_file("exec.data", "neither", 0644);
    check_errno("exec without permission", sys_execve("exec.data", arguments, no_environment), EACCES);
    sys_chmod("exec.data", 0755);
    check_errno("exec of text", sys_execve("exec.data", arguments, no_environment), ENOEXEC);
    check_errno("exec with a wild vector", sys_execve(own_path(), (char *const *)8, no_environment), EFAULT);
    check_errno("exec with a wild path", sys_execve((char *)8, arguments, no_environment), EFAULT);
    write_file("exec.script", "#!exec.data\n", 0755);
    check_errno("a script whose interpreter is text", sys_execve("exec.script", arguments, no_environment), ENOEXEC);
    write_file("exec.script", "#!exec.missing\n", 0755);
    check_errno("a script without interpreter", sys_execve("exec.script", arguments, no_environment), ENOENT);
    // A header that promises what the file does not have: whoever asked for it goes on.
    int own = (int)sys_open(own_path(), O_RDONLY, 0);
    static char start[4096];
    long size = sys_read(own, start, sizeof start);
    sys_close(own);
    int truncated = (int)sys_open("exec.data", O_WRONLY | O_TRUNC, 0);
    sys_write(truncated, start, size);
    sys_close(truncated);
    check_errno("exec of half a program", sys_execve("exec.data", arguments, no_environment), ENOEXEC);
    static char *many[8];
    memset(big, 'a', sizeof big - 1);
    for (int i = 0; i < 5; i++)
        many[i] = big;
    check_errno("too many arguments", sys_execve(own_path(), many, no_environment), E2BIG);
    sys_unlink("exec.data");
    sys_unlink("exec.script");
}

static void programs(void) {
    char *const status[] = {(char *)"name of its own", (char *)"status", (char *)"42", 0};
    check_equal("a program's status", exit_code(run(own_path(), status, no_environment)), 42);
    char *const seen[] = {(char *)"name of its own", (char *)"arguments", (char *)"-x", (char *)"", (char *)"--", 0};
    char *const environment[] = {(char *)"A=1", (char *)"LD_PRELOAD=/nothing", (char *)"EMPTY=", 0};
    check_equal("arguments and environment", exit_code(run(own_path(), seen, environment)), 0);

    // Linux has a limit for one text that FreeBSD does not have.
    memset(big, 'a', sizeof big - 1);
    memcpy(big, "B=", 2);
    char *const long_ones[] = {(char *)"exec", (char *)"long", big, (char *)"end", 0};
    char *const long_environment[] = {(char *)"A=1", big, (char *)"LD_PRELOAD=/nothing", 0};
    check_equal("a long argument and a long variable", exit_code(run(own_path(), long_ones, long_environment)), 0);
    char *const none[] = {0};
    char *const told[] = {(char *)"NO_ARGUMENTS=yes", 0};
    check_equal("no arguments at all", exit_code(run(own_path(), none, told)), 44);

    // Limits that the host does not keep.
    char *const limited[] = {(char *)"exec", (char *)"limits", 0};
    int lowered = (int)sys_fork();
    if (lowered == 0) {
        static const int resources[] = {RLIMIT_DATA, RLIMIT_STACK, RLIMIT_VMEM, RLIMIT_NOFILE};
        for (unsigned i = 0; i < COUNT_OF(resources); i++) {
            struct rlimit limit = {resources[i] == RLIMIT_NOFILE ? 50 : 32 << 20, resources[i] == RLIMIT_NOFILE ? 60 : 48 << 20};
            if (sys_setrlimit(resources[i], &limit) != 0) guest_exit(90 + (int)i);
        }
        sys_execve(own_path(), limited, no_environment);
        guest_exit(98);
    }
    check_equal("limits", exit_code(wait_for(lowered)), 0);

    // Ignored signals and the mask go on, handlers do not; a blocked signal that waits still waits.
    char *const inherited[] = {(char *)"exec", (char *)"inherited", 0};
    int child = (int)sys_fork();
    if (child == 0) {
        struct signal_set blocked = signal_set_of(SIGUSR2);
        set_handler(SIGHUP, SIG_IGN, 0);
        set_handler(SIGINT, (void *)errors, 0);
        sys_sigprocmask(SIG_BLOCK, &blocked, 0);
        sys_kill((int)sys_getpid(), SIGUSR2);
        int kept = (int)sys_open("/dev/null", O_RDONLY, 0), closed = (int)sys_open("/dev/null", O_RDONLY | O_CLOEXEC, 0);
        sys_dup2(kept, 20);
        sys_fcntl(closed, F_DUPFD_CLOEXEC, 21);
        sys_execve(own_path(), inherited, no_environment);
        guest_exit(98);
    }
    check_equal("what a program inherits", exit_code(wait_for(child)), 0);

    char script[300];
    write_file("exec.script", format_string(script, sizeof script, "#!%s  script  \nbody\n", own_path()), 0755);
    char *const arguments[] = {(char *)"ignored", (char *)"one", (char *)"two", 0};
    check_equal("a script", exit_code(run("exec.script", arguments, no_environment)), 0);
    write_file("exec.script", "#!/bin/sh\nexit 5\n", 0755);
    check_equal("a script for a native shell", exit_code(run("exec.script", arguments, no_environment)), 5);
    char *const native[] = {(char *)"sh", (char *)"-c", (char *)"test \"$X\" = y && test -z \"$BSDUSER\" && exit 6", 0};
    char *const native_environment[] = {(char *)"X=y", 0};
    check_equal("a native program", exit_code(run("/bin/sh", native, native_environment)), 6);
    sys_unlink("exec.script");
}

static int check_arguments(int count, char **arguments, char **environment) {
    if (count != 5 || !string_equal(arguments[0], "name of its own"))
        return 1;
    if (!string_equal(arguments[2], "-x") || arguments[3][0] != 0 || !string_equal(arguments[4], "--"))
        return 2;
    int found = 0, others = 0;
    for (; *environment != 0; environment++) {
        if (string_equal(*environment, "A=1") || string_equal(*environment, "EMPTY=") ||
            string_equal(*environment, "LD_PRELOAD=/nothing"))
            found++;
        else
            others++;
    }
    return found == 3 && others == 0 ? 0 : 3;
}

static int check_inherited(void) {
    struct signal_action action;
    struct signal_set set;
    sys_sigaction(SIGHUP, 0, &action);
    if (action.handler != SIG_IGN)
        return 1;
    sys_sigaction(SIGINT, 0, &action);
    if (action.handler != SIG_DFL)
        return 2;
    sys_sigprocmask(SIG_BLOCK, 0, &set);
    if (!signal_set_has(&set, SIGUSR2) || signal_set_has(&set, SIGUSR1))
        return 3;
    sys_sigpending(&set);
    if (!signal_set_has(&set, SIGUSR2))
        return 4;
    if (sys_fcntl(20, F_GETFD, 0) != 0)
        return 5;
    for (int descriptor = 21; descriptor < 30; descriptor++)
        if (sys_fcntl(descriptor, F_GETFD, 0) != -EBADF)
            return 6;
    return 0;
}

static int check_script(int count, char **arguments) {
    return count == 5 && string_equal(arguments[2], "exec.script") && string_equal(arguments[3], "one") &&
                   string_equal(arguments[4], "two")
               ? 0
               : 1;
}

static int check_long(int count, char **arguments, char **environment) {
    if (count != 4 || string_length(arguments[2]) != sizeof big - 1 || !string_equal(arguments[3], "end"))
        return 1;
    if (arguments[2][0] != 'B' || arguments[2][sizeof big - 2] != 'a')
        return 2;
    if (!string_equal(environment[0], "A=1") || !string_equal(environment[1], arguments[2]))
        return 3;
    return string_equal(environment[2], "LD_PRELOAD=/nothing") && environment[3] == 0 ? 0 : 4;
}

static int check_limits(void) {
    static const int resources[] = {RLIMIT_DATA, RLIMIT_STACK, RLIMIT_VMEM};
    struct rlimit limit;
    for (unsigned i = 0; i < COUNT_OF(resources); i++)
        if (sys_getrlimit(resources[i], &limit) != 0 || limit.soft != 32 << 20 || limit.hard != 48 << 20)
            return 1 + (int)i;
    sys_getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.soft != 50 || limit.hard != 60 || sys_getdtablesize() != 50)
        return 8;
    return sys_dup2(1, 50) == -EBADF && sys_dup2(1, 49) == 49 ? 0 : 9;
}

static int number(const char *text) {
    int value = 0;
    while (*text >= '0' && *text <= '9')
        value = value * 10 + *text++ - '0';
    return value;
}

int main(int argument_count, char **arguments, char **environment) {
    const char *how = argument_count > 1 ? arguments[1] : "";
    if (string_equal(how, "status"))
        return number(arguments[2]);
    if (string_equal(how, "arguments"))
        return check_arguments(argument_count, arguments, environment);
    if (string_equal(how, "inherited"))
        return check_inherited();
    if (argument_count == 0 && arguments[0] == 0 && environment_value("NO_ARGUMENTS") != 0)
        return 44;
    if (string_equal(how, "long"))
        return check_long(argument_count, arguments, environment);
    if (string_equal(how, "limits"))
        return check_limits();
    if (string_equal(how, "script"))
        return check_script(argument_count, arguments);
    forks();
    signals_for_children();
    errors();
    programs();
    return checks_failed();
}
