// Starting programs: execve(2), fexecve(2). What is started is this program, which then looks around.
#include "../../runtime/children.h"
#include "../../runtime/events.h"
#include "../../runtime/process_information.h"

static char *const no_environment[] = {0};
static volatile int counter;

enum { FIRST_USER = 4321 };

static const char *own_path(void) { return (const char *)auxiliary_value(AT_EXECPATH, 0); }

static void count(int signal) {
    (void)signal;
    counter++;
}

// What ki_comm of sysctl's kern.proc.pid says of a process.
static void command_of(int pid, char command[20]) {
    enum { KERN_PROC = 14, KERN_PROC_PID = 1, PROCESS_BYTES = 1088 };
    static _Alignas(struct process) char bytes[PROCESS_BYTES];
    int name[4] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, pid};
    size_t size = sizeof bytes;
    command[0] = 0;
    if (sys___sysctl(name, 4, bytes, &size, 0, 0) == 0) memcpy(command, ((struct process *)bytes)->command, 20);
}

// What the started program looks for: its exit status is 0 when it is so.
static int look(const char *what, int number) {
    struct signal_action action;
    struct signal_set set;
    struct signal_stack stack;
    struct itimerval interval;
    struct itimerspec timer;
    char name[33];
    if (string_equal(what, "status")) return number;
    if (string_equal(what, "command")) {
        char command[20];
        command_of((int)sys_getpid(), command);
        return sys_write(number, command, 20) != 20 || sys_read(number, command, 1) != 0;
    }
    if (string_equal(what, "closed")) return sys_fcntl(number, F_GETFD, 0) != -EBADF;
    if (string_equal(what, "open")) return sys_fcntl(number, F_GETFD, 0) != 0;
    if (string_equal(what, "default")) return sys_sigaction(number, 0, &action) != 0 || action.handler != SIG_DFL;
    if (string_equal(what, "ignored")) return sys_sigaction(number, 0, &action) != 0 || action.handler != SIG_IGN;
    if (string_equal(what, "blocked")) return sys_sigprocmask(SIG_BLOCK, 0, &set) != 0 || !signal_set_has(&set, number);
    if (string_equal(what, "pending")) return sys_sigpending(&set) != 0 || !signal_set_has(&set, number);
    if (string_equal(what, "stack")) return sys_sigaltstack(0, &stack) != 0 || !(stack.flags & SS_DISABLE);
    if (string_equal(what, "timer")) return sys_ktimer_gettime(number, &timer) != -EINVAL;
    if (string_equal(what, "alarm")) return sys_getitimer(ITIMER_REAL, &interval) != 0 || interval.value.seconds < 5;
    if (string_equal(what, "pid")) return sys_getpid() != number;
    if (string_equal(what, "mask")) return sys_umask(0) != number;
    if (string_equal(what, "folder")) return sys_access("here", F_OK) != 0;
    if (string_equal(what, "files")) return sys_getdtablesize() != number;
    if (string_equal(what, "login")) return sys_getlogin(name, sizeof name) != 0 || !string_equal(name, "operator");
    if (string_equal(what, "user")) {
        unsigned users[3], groups[3];
        sys_getresuid(&users[0], &users[1], &users[2]);
        sys_getresgid(&groups[0], &groups[1], &groups[2]);
        int is_user = users[0] == 0 && users[1] == (unsigned)number && users[2] == (unsigned)number;
        int is_group = groups[1] == (unsigned)number + 1 && groups[2] == (unsigned)number + 1;
        return !is_user || !is_group || sys_issetugid() != 1;
    }
    if (string_equal(what, "unchanged")) return sys_issetugid() != number;
    if (string_equal(what, "queue")) return sys_fcntl(number, F_GETFD, 0) != -EBADF;
    return 99;
}

// --started WHAT NUMBER, or --started text ARGUMENTS..., or --started environment NAME VALUE.
int started_by_case(int argument_count, char **arguments, char **environment) {
    (void)environment;
    if (argument_count < 4) return 98;
    if (string_equal(arguments[2], "text"))
        return argument_count != 5 || !string_equal(arguments[3], "") || !string_equal(arguments[4], "two words");
    if (string_equal(arguments[2], "environment")) {
        const char *value = environment_value(arguments[3]);
        return !value || !string_equal(value, arguments[4]);
    }
    int number = 0;
    for (const char *digit = arguments[3]; *digit; digit++) number = number * 10 + *digit - '0';
    return look(arguments[2], number);
}

static long become(const char *what, int number) {
    char text[16];
    format_string(text, sizeof text, "%d", number);
    char *const arguments[] = {(char *)"case", (char *)STARTED_BY_CASE, (char *)what, text, 0};
    return start_anew(arguments, no_environment);
}

// Starts this program in a child that has prepared itself; its exit status.
static int started(const char *what, int number) {
    int child = (int)sys_fork();
    if (child == 0) guest_exit(100 - (int)become(what, number));
    int status = wait_for(child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static long execute(const char *path) {
    char *const arguments[] = {(char *)path, 0};
    return sys_execve(path, arguments, no_environment);
}

static void write_file(const char *path, const char *text, int mode) {
    int file = (int)sys_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700);
    sys_write(file, text, string_length(text));
    sys_close(file);
    sys_chmod(path, mode);
}

CASE(execve, "starts a program") { check_equal("status", started("status", 23), 23); }

// do_execve copies p_comm from the last name that the lookup saw.
CASE(execve, "names the process after the file, not after a link or the first argument") {
    const char *file = own_path();
    for (const char *at = file; *at; at++)
        if (*at == '/') file = at + 1;
    char number[16], expected[20] = {0}, own[20], seen[20];
    for (int i = 0; i < 19 && file[i]; i++) expected[i] = file[i];
    check_equal("link", sys_symlink(own_path(), "link"), 0);
    int ends[2];
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    format_string(number, sizeof number, "%d", ends[1]);
    char *const arguments[] = {(char *)"-other", (char *)STARTED_BY_CASE, (char *)"command", number, 0};
    int child = (int)sys_fork();
    if (child == 0) {
        sys_close(ends[0]);
        guest_exit(100 - (int)sys_execve("link", arguments, no_environment));
    }
    sys_close(ends[1]);
    check_equal("started", sys_read(ends[0], own, sizeof own), sizeof own);
    command_of(child, seen);
    sys_close(ends[0]);
    int status = wait_for(child);
    check_equal("status", WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);
    check_string("it says", own, expected);
    check_string("others say", seen, expected);
}

CASE(execve, "passes the arguments") {
    char *const arguments[] = {(char *)"x", (char *)STARTED_BY_CASE, (char *)"text", (char *)"", (char *)"two words", 0};
    int child = (int)sys_fork();
    if (child == 0) guest_exit(100 - (int)start_anew(arguments, no_environment));
    check_equal("status", wait_for(child), 0);
}

CASE(execve, "passes the environment") {
    char *const arguments[] = {(char *)"x", (char *)STARTED_BY_CASE, (char *)"environment", (char *)"NAME", (char *)"a=b", 0};
    char *const environment[] = {(char *)"OTHER=1", (char *)"NAME=a=b", 0};
    int child = (int)sys_fork();
    if (child == 0) guest_exit(100 - (int)start_anew(arguments, environment));
    check_equal("status", wait_for(child), 0);
}

CASE(execve, "keeps the process") {
    int child = (int)sys_fork();
    if (child == 0) guest_exit(100 - (int)become("pid", (int)sys_getpid()));
    check_equal("getpid", wait_for(child), 0);
}

CASE(execve, "closes what is to be closed on exec") {
    int closed = (int)sys_open("a", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int open = (int)sys_open("b", O_RDWR | O_CREAT, 0600);
    check_equal("O_CLOEXEC", started("closed", closed), 0);
    check_equal("the other", started("open", open), 0);
    sys_fcntl(open, F_SETFD, FD_CLOEXEC);
    check_equal("F_SETFD", started("closed", open), 0);
}

CASE(execve, "resets handlers and keeps what is ignored") {
    set_handler(SIGUSR1, (void *)count, 0);
    set_handler(SIGUSR2, SIG_IGN, 0);
    check_equal("caught", started("default", SIGUSR1), 0);
    check_equal("ignored", started("ignored", SIGUSR2), 0);
}

CASE(execve, "keeps the signal mask") {
    struct signal_set set = signal_set_of(SIGUSR1);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    check_equal("blocked", started("blocked", SIGUSR1), 0);
}

CASE(execve, "keeps pending signals") {
    int child = (int)sys_fork();
    if (child == 0) {
        struct signal_set set = signal_set_of(SIGUSR1);
        sys_sigprocmask(SIG_BLOCK, &set, 0);
        sys_kill((int)sys_getpid(), SIGUSR1);
        guest_exit(100 - (int)become("pending", SIGUSR1));
    }
    check_equal("pending", wait_for(child), 0);
}

CASE(execve, "gives up the alternate signal stack") {
    static char memory[32768];
    struct signal_stack stack = {memory, sizeof memory, 0};
    sys_sigaltstack(&stack, 0);
    check_equal("disabled", started("stack", 0), 0);
}

CASE(execve, "deletes timers and keeps interval timers") {
    int child = (int)sys_fork(), timer = -1;
    if (child == 0) {
        sys_ktimer_create(CLOCK_REALTIME, 0, &timer);
        guest_exit(100 - (int)become("timer", timer));
    }
    check_equal("timer", wait_for(child), 0);
    child = (int)sys_fork();
    if (child == 0) {
        struct itimerval value = {{0, 0}, {10, 0}};
        sys_setitimer(ITIMER_REAL, &value, 0);
        guest_exit(100 - (int)become("alarm", 0));
    }
    check_equal("interval timer", wait_for(child), 0);
}

CASE(execve, "keeps the folder, the mask of modes and the limits") {
    struct rlimit limit;
    sys_getrlimit(RLIMIT_NOFILE, &limit);
    limit.soft = 77;
    sys_setrlimit(RLIMIT_NOFILE, &limit);
    sys_mkdir("here", 0700);
    sys_umask(0123);
    check_equal("folder", started("folder", 0), 0);
    check_equal("mask", started("mask", 0123), 0);
    check_equal("limit", started("files", 77), 0);
}

CASE(execve, "keeps the login name") {
    need_root();
    sys_setlogin("operator");
    check_equal("getlogin", started("login", 0), 0);
}

// kqueuex(2): KQUEUE_CLOEXEC is 1.
CASE(execve, "closes event queues that were made so") {
    int queue = (int)sys_kqueuex(1);
    if (queue < 0) skip_case("no kqueuex");
    check_equal("closed", started("queue", queue), 0);
}

CASE(execve, "refuses a file that is not there") {
    check_errno("none", execute("none"), ENOENT);
    check_errno("empty", execute(""), ENOENT);
    check_errno("in no folder", execute("none/file"), ENOENT);
}

CASE(execve, "refuses a file that may not be executed") {
    write_file("file", "text", 0644);
    check_errno("execve", execute("file"), EACCES);
}

CASE(execve, "refuses folders") {
    sys_mkdir("folder", 0755);
    check_errno("execve", execute("folder"), EACCES);
    check_errno("with a slash", execute("folder/"), EACCES);
}

CASE(execve, "refuses a path through a file") {
    write_file("file", "text", 0755);
    check_errno("execve", execute("file/x"), ENOTDIR);
}

CASE(execve, "refuses names that are too long") {
    static char path[1200];
    memset(path, 'a', 300);
    check_errno("name", execute(path), ENAMETOOLONG);
    for (int i = 0; i < 1100; i++) path[i] = i % 2 ? '/' : '.';
    check_errno("path", execute(path), ENAMETOOLONG);
}

CASE(execve, "refuses a loop of links") {
    sys_symlink("b", "a");
    sys_symlink("a", "b");
    check_errno("execve", execute("a"), ELOOP);
}

// exec_check_permissions: an empty file is ENOEXEC, as is one of no known format.
CASE(execve, "refuses files that are no programs") {
    write_file("text", "just text\n", 0755);
    write_file("empty", "", 0755);
    check_errno("text", execute("text"), ENOEXEC);
    check_errno("empty", execute("empty"), ENOEXEC);
}

CASE(execve, "refuses bad addresses") {
    char *const arguments[] = {(char *)"x", 0};
    check_errno("path", sys_execve(unmapped_page(), arguments, no_environment), EFAULT);
    check_errno("arguments", start_anew(unmapped_page(), no_environment), EFAULT);
    check_errno("environment", start_anew(arguments, unmapped_page()), EFAULT);
    char *const bad[] = {(char *)"x", unmapped_page(), 0};
    check_errno("an argument", start_anew(bad, no_environment), EFAULT);
}

// ARG_MAX is 512 kB on machines of 64 bits (sys/param.h, NCARGS).
CASE(execve, "refuses more arguments than there is room for") {
    static char *arguments[300];
    size_t size = 4096;
    char *text = (char *)sys_mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    memset(text, 'x', size - 1);
    for (int i = 0; i < 200; i++) arguments[i] = text;
    arguments[1] = (char *)STARTED_BY_CASE;
    check_errno("800 kB", start_anew(arguments, no_environment), E2BIG);
}

CASE(execve, "passes one argument of the script to its interpreter") {
    char script[1200];
    format_string(script, sizeof script, "#!%s %s\n", own_path(), STARTED_BY_CASE);
    write_file("script", script, 0755);
    int child = (int)sys_fork();
    if (child == 0) {
        // The started program sees: itself, --started, the path of the script, "17".
        char *const arguments[] = {(char *)"script", (char *)"17", 0};
        guest_exit(100 - (int)sys_execve("./status", arguments, no_environment));
    }
    check_equal("no such script", WEXITSTATUS(wait_for(child)), 100 + ENOENT);
    sys_rename("script", "status");
    child = (int)sys_fork();
    if (child == 0) {
        char *const arguments[] = {(char *)"script", (char *)"17", 0};
        guest_exit(100 - (int)sys_execve("status", arguments, no_environment));
    }
    check_equal("status", WEXITSTATUS(wait_for(child)), 17);
}

CASE(execve, "refuses a script without its interpreter") {
    write_file("script", "#!/no/such/interpreter\n", 0755);
    check_errno("execve", execute("./script"), ENOENT);
    write_file("nameless", "#!\n", 0755);
    check_errno("no name", execute("./nameless"), ENOEXEC);
}

CASE(execve, "goes on after a failure") {
    struct signal_action action;
    set_handler(SIGUSR1, (void *)count, 0);
    check_errno("execve", execute("none"), ENOENT);
    sys_sigaction(SIGUSR1, 0, &action);
    check("the handler is there", action.handler == (void *)count);
    sys_kill((int)sys_getpid(), SIGUSR1);
    check_equal("and runs", counter, 1);
}

CASE(execve, "works in a child of vfork") {
    int child = (int)sys_vfork();
    if (child == 0) {
        become("status", 31);
        sys_exit(1);
    }
    check_equal("status", WEXITSTATUS(wait_for(child)), 31);
}

CASE(fexecve, "starts the program of a descriptor") {
    int file = (int)sys_open(own_path(), O_RDONLY | O_CLOEXEC, 0);
    check("open", file >= 0);
    int child = (int)sys_fork();
    if (child == 0) {
        char *const arguments[] = {(char *)"x", (char *)STARTED_BY_CASE, (char *)"status", (char *)"12", 0};
        guest_exit(100 - (int)sys_fexecve(file, arguments, no_environment));
    }
    check_equal("status", WEXITSTATUS(wait_for(child)), 12);
}

CASE(fexecve, "refuses descriptors that are not open") {
    char *const arguments[] = {(char *)"x", 0};
    check_errno("200", sys_fexecve(200, arguments, no_environment), EBADF);
    check_errno("-1", sys_fexecve(-1, arguments, no_environment), EBADF);
}

CASE(fexecve, "refuses what is no program") {
    char *const arguments[] = {(char *)"x", 0};
    write_file("file", "text", 0755);
    check_errno("text", sys_fexecve((int)sys_open("file", O_RDONLY, 0), arguments, no_environment), ENOEXEC);
    sys_chmod("file", 0644);
    check_errno("mode", sys_fexecve((int)sys_open("file", O_RDONLY, 0), arguments, no_environment), EACCES);
    check_errno("folder", sys_fexecve((int)sys_open(".", O_RDONLY, 0), arguments, no_environment), EACCES);
}

CASE(fexecve, "refuses bad addresses") {
    int file = (int)sys_open(own_path(), O_RDONLY, 0);
    check_errno("arguments", sys_fexecve(file, unmapped_page(), no_environment), EFAULT);
}

// This program as a file of the case's folder, with an owner and a mode.
static void copy_own_program(const char *path, unsigned user, unsigned group, int mode) {
    static char bytes[1 << 16];
    int from = (int)sys_open(own_path(), O_RDONLY, 0), to = (int)sys_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700);
    for (long size; (size = sys_read(from, bytes, sizeof bytes)) > 0;) sys_write(to, bytes, (size_t)size);
    sys_close(from);
    sys_close(to);
    sys_chown(path, user, group);
    sys_chmod(path, mode);
}

// execve(2): the effective and the saved number are those of the file; the real one stays.
CASE(execve, "gives a set-user-ID program the rights of its owner") {
    if (sys_geteuid() != 0) skip_case("needs root");
    copy_own_program("program", FIRST_USER, FIRST_USER + 1, 06755);
    char *const arguments[] = {(char *)"x", (char *)STARTED_BY_CASE, (char *)"user", (char *)"4321", 0};
    int child = (int)sys_fork();
    if (child == 0) guest_exit(100 - (int)sys_execve("program", arguments, no_environment));
    check_equal("status", wait_for(child), 0);
}

CASE(execve, "gives no rights to a program whose owner is the user already") {
    copy_own_program("program", (unsigned)sys_geteuid(), (unsigned)sys_getegid(), 04755);
    char *const arguments[] = {(char *)"x", (char *)STARTED_BY_CASE, (char *)"unchanged", (char *)"0", 0};
    int child = (int)sys_fork();
    if (child == 0) guest_exit(100 - (int)sys_execve("program", arguments, no_environment));
    check_equal("status", wait_for(child), 0);
}
