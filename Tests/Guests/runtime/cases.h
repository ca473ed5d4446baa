// A program of behaviour cases, each in a process and an empty folder of its own: include this once and write
//
//     CASE(open, "refuses a file that is not there") { check_errno("open", sys_open("none", O_RDONLY, 0), ENOENT); }
//
// The program runs all its cases, or those that its arguments name; --list prints the names. What it prints:
//
//     case open: refuses a file that is not there
//     ok open                      as every check does, or FAIL with what was got
//     skip needs root              the case does not apply here: skip_case(reason)
//     died signal 11               the case did not come to its end
//     cases done                   at the end
//
// A case may start its own program anew, as another one: see started_by_case.
//
// `bsduserctl conformance` reads that. The exit status is 0 when nothing failed.
#ifndef GUEST_CASES_H
#define GUEST_CASES_H

#include "guest.h"

struct behaviour_case {
    const char *call, *outcome;
    void (*run)(void);
};

#define CASE_JOINED(left, right) left##right
#define CASE_NAMED(call, outcome, line)                                                                           \
    static void CASE_JOINED(case_, line)(void);                                                                   \
    __attribute__((used, section("behaviour_cases"), retain)) static const struct behaviour_case                  \
        CASE_JOINED(row_, line) = {#call, outcome, CASE_JOINED(case_, line)};                                     \
    static void CASE_JOINED(case_, line)(void)
#define CASE(call, outcome) CASE_NAMED(call, outcome, __LINE__)

extern const struct behaviour_case __start_behaviour_cases[], __stop_behaviour_cases[];

// The main function of a program that a case starts anew: with "anew" as arguments[0], or, where a script starts it and
// says what that is, with STARTED_BY_CASE behind it.
__attribute__((weak)) int started_by_case(int argument_count, char **arguments, char **environment);
#define STARTED_BY_CASE "--started"

enum { CASE_SECONDS = 20, CASE_SKIPPED = 77 };

// Ends a case that does not apply here, such as one that needs root.
static inline _Noreturn void skip_case(const char *reason) {
    print("skip %s\n", reason);
    guest_exit(CASE_SKIPPED);
}

static _Noreturn void run_case_here(const struct behaviour_case *row) {
    char folder[32];
    format_string(folder, sizeof folder, "case-%d", (int)(row - __start_behaviour_cases));
    // A folder that is there already has other things in it.
    if (sys_mkdir(folder, 0777) != 0 || sys_chdir(folder) != 0) {
        print("FAIL %s cannot be made\n", folder);
        guest_exit(1);
    }
    // Whoever started the program may ignore signals, which is inherited.
    for (int signal = 1; signal < SIGTHR; signal++)
        set_handler(signal, SIG_DFL, 0);
    struct itimerval limit = {{0, 0}, {CASE_SECONDS, 0}};
    sys_setitimer(ITIMER_REAL, &limit, 0);
    row->run();
    guest_exit(checks_failed());
}

// 0 when the case passed or does not apply.
static int run_case(const struct behaviour_case *row, const char *name) {
    print("case %s\n", name);
    int child = (int)sys_fork();
    if (child == 0)
        run_case_here(row);
    int status = wait_for(child);
    if (status < 0 || !WIFEXITED(status)) {
        print("died %s %d\n", status < 0 ? "errno" : "signal", status < 0 ? -status : WTERMSIG(status));
        return 1;
    }
    return WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != CASE_SKIPPED;
}

static int is_wanted(const char *name, int count, char **names) {
    for (int i = 0; i < count; i++)
        if (string_equal(names[i], name))
            return 1;
    return count == 0;
}

// exec of this program; the call's result when it returns.
static inline long start_anew(char *const *arguments, char *const *environment) {
    return sys_execve((const char *)auxiliary_value(AT_EXECPATH, 0), arguments, environment);
}

static int is_started_by_case(int argument_count, char **arguments) {
    return (argument_count > 0 && string_equal(arguments[0], "anew"))
        || (argument_count > 1 && string_equal(arguments[1], STARTED_BY_CASE));
}

int main(int argument_count, char **arguments, char **environment) {
    if (started_by_case && is_started_by_case(argument_count, arguments))
        return started_by_case(argument_count, arguments, environment);
    int lists = argument_count == 2 && string_equal(arguments[1], "--list");
    int failed = 0, found = 0;
    for (const struct behaviour_case *row = __start_behaviour_cases; row < __stop_behaviour_cases; row++) {
        char name[256];
        format_string(name, sizeof name, "%s: %s", row->call, row->outcome);
        if (lists)
            print("%s\n", name);
        else if (is_wanted(name, argument_count - 1, arguments + 1)) {
            found++;
            failed += run_case(row, name);
        }
    }
    if (!lists && !found)
        print("died no such case\n");
    if (!lists)
        print("cases done\n");
    return failed || (!lists && !found);
}

#endif
