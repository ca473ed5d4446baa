// fork, vfork, wait, exit statuses, exec of itself, of a script and of a host program.
// Started again by itself with a first argument it plays the part of the executed program.
#include "guest.h"

static char *no_environment[] = {"MARK=42", 0};

static int run(const char *path, char *const *arguments) {
    int child = (int)sys_fork();
    if (child == 0) {
        long result = sys_execve(path, arguments, no_environment);
        guest_exit((int)-result);
    }
    return wait_for(child);
}

static void forks(void) {
    int self = (int)sys_getpid(), pipe[2];
    long shared_value = 1;
    sys_pipe2(pipe, 0);
    int child = (int)sys_fork();
    if (child == 0) {
        shared_value = 2;
        long message[2] = {sys_getpid(), sys_getppid()};
        sys_write(pipe[1], message, sizeof message);
        guest_exit(7);
    }
    long message[2] = {0, 0};
    check_equal("the child writes to the pipe", sys_read(pipe[0], message, sizeof message), sizeof message);
    check_equal("getpid in the child", message[0], child);
    check_equal("getppid in the child", message[1], self);
    int status = 0;
    struct rusage usage;
    memset(&usage, 0xff, sizeof usage);
    check_equal("wait4", sys_wait4(child, &status, 0, &usage), child);
    check_equal("wait status of exit(7)", status, 7 << 8);
    check("rusage is filled in", usage.user.seconds >= 0 && usage.user.seconds < 60);
    check_equal("memory is not shared", shared_value, 1);
    check_errno("wait4 without children", sys_wait4(-1, &status, 0, 0), ECHILD);

    struct raw_syscall call = {.number = SYS_fork, .second = 99};
    raw_syscall(&call);
    if (call.first == 0)
        guest_exit((int)call.second);
    check_equal("fork's second result in the child", WEXITSTATUS(wait_for((int)call.first)),
                MACHINE_FORK_SECOND_RESULT);

    child = (int)sys_fork();
    if (child == 0) {
        struct timespec pause = {0, 50000000};
        sys_nanosleep(&pause, 0);
        guest_exit(0x1ff);
    }
    check_equal("WNOHANG while the child runs", sys_wait4(child, &status, WNOHANG, 0), 0);
    check_equal("an exit status has eight bits", wait_for(child), 0xff << 8);

    child = (int)sys_fork();
    if (child == 0)
        for (;;)
            sys_sched_yield();
    sys_kill(child, SIGTERM);
    check_equal("a child killed by SIGTERM", wait_for(child), SIGTERM);

    volatile int vfork_result = 0;
    child = (int)sys_vfork();
    if (child == 0)
        guest_exit(3);
    vfork_result = WEXITSTATUS(wait_for(child));
    check_equal("vfork", vfork_result, 3);

    int children[20], sum = 0;
    for (int i = 0; i < 20; i++) {
        children[i] = (int)sys_fork();
        if (children[i] == 0)
            guest_exit(i);
    }
    for (int i = 0; i < 20; i++)
        sum += WEXITSTATUS(wait_for(children[i]));
    check_equal("twenty children", sum, 190);
}

static int child_signals;
static void on_child(int signal) { child_signals += signal == SIGCHLD; }

static void child_signal(void) {
    struct signal_set set = signal_set_of(SIGCHLD), empty = signal_set_of(0), old;
    set_handler(SIGCHLD, (void *)on_child, 0);
    sys_sigprocmask(SIG_BLOCK, &set, &old);
    int child = (int)sys_fork();
    if (child == 0)
        guest_exit(0);
    sys_sigsuspend(&empty);
    check_equal("SIGCHLD", child_signals, 1);
    wait_for(child);
    sys_sigprocmask(SIG_SETMASK, &old, 0);
    set_handler(SIGCHLD, SIG_DFL, 0);
}

static void executions(const char *self, const char *script) {
    char *arguments[] = {"renamed", "executed", "two words", 0};
    check_equal("execve of itself", run(self, arguments), 42 << 8);
    char *script_arguments[] = {"script", "from script", 0};
    check_equal("execve of a script", run(script, script_arguments), 43 << 8);
    char *shell[] = {"sh", "-c", "test \"$MARK\" = 42 && exit 44", 0};
    check_equal("execve of a host program", run("/bin/sh", shell), 44 << 8);

    check_equal("execve of nothing", WEXITSTATUS(run("/nonexistent", arguments)), ENOENT);
    check_equal("execve of a directory", WEXITSTATUS(run("/", arguments)), EACCES);
    int descriptor = (int)sys_open("not-a-program", O_WRONLY | O_CREAT | O_TRUNC, 0755);
    sys_write(descriptor, "\1\2\3\4", 4);
    sys_close(descriptor);
    check_equal("execve of what is no program", WEXITSTATUS(run("./not-a-program", arguments)), ENOEXEC);
    sys_chmod("not-a-program", 0644);
    check_equal("execve without permission", WEXITSTATUS(run("./not-a-program", arguments)), EACCES);
    sys_unlink("not-a-program");
    check_errno("execve with a wild path", sys_execve((const char *)8, arguments, no_environment), EFAULT);
    check_errno("execve with wild arguments", sys_execve(self, (char *const *)8, no_environment), EFAULT);

    // Descriptors survive unless they are marked; handlers do not, ignored signals do.
    int kept = (int)sys_open("/dev/null", O_RDONLY, 0), closed = (int)sys_open("/dev/null", O_RDONLY | O_CLOEXEC, 0);
    char kept_text[16], closed_text[16];
    format_string(kept_text, sizeof kept_text, "%d", kept);
    format_string(closed_text, sizeof closed_text, "%d", closed);
    set_handler(SIGUSR1, SIG_IGN, 0);
    set_handler(SIGUSR2, (void *)on_child, 0);
    char *inheriting[] = {"self", "inherits", kept_text, closed_text, 0};
    check_equal("what a program inherits", run(self, inheriting), 0);
}

static int number(const char *digits) {
    int value = 0;
    while (*digits)
        value = value * 10 + (*digits++ - '0');
    return value;
}

static int inherits(char **arguments) {
    struct signal_action ignored, caught;
    sys_sigaction(SIGUSR1, 0, &ignored);
    sys_sigaction(SIGUSR2, 0, &caught);
    return 1 * (sys_fcntl(number(arguments[2]), F_GETFD, 0) != 0) +
           2 * (sys_fcntl(number(arguments[3]), F_GETFD, 0) != -EBADF) +
           4 * (ignored.handler != SIG_IGN) + 8 * (caught.handler != SIG_DFL);
}

// The exit status of this program as the one that was executed.
static int executed(int argument_count, char **arguments) {
    const char *mark = environment_value("MARK");
    if (!mark || !string_equal(mark, "42"))
        return 1;
    if (argument_count == 3 && string_equal(arguments[1], "executed"))
        return string_equal(arguments[0], "renamed") && string_equal(arguments[2], "two words") ? 42 : 2;
    // A script `#!self in-script` gets: self, "in-script", the script's path, the arguments.
    if (argument_count == 4 && string_equal(arguments[1], "in-script"))
        return string_equal(arguments[2], "./processes.script") && string_equal(arguments[3], "from script") ? 43 : 3;
    return argument_count == 4 && string_equal(arguments[1], "inherits") ? inherits(arguments) : 4;
}

int main(int argument_count, char **arguments, char **environment) {
    (void)environment;
    if (argument_count > 1)
        return executed(argument_count, arguments);
    const char *self = (const char *)auxiliary_value(AT_EXECPATH, 0);
    char line[600];
    format_string(line, sizeof line, "#!%s in-script\n", self);
    int script = (int)sys_open("processes.script", O_WRONLY | O_CREAT | O_TRUNC, 0755);
    sys_write(script, line, string_length(line));
    sys_close(script);
    forks();
    child_signal();
    executions(self, "./processes.script");
    sys_unlink("processes.script");
    return checks_failed();
}
