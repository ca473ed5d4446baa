// crash HOW: ends by a signal, after output that must not be lost. With `loop`, `read` and `sleep` the signal comes from outside.
#include "guest.h"

// Not a tail call, and the frame is touched, so that every level takes stack.
static __attribute__((noinline)) int overflow(int depth) {
    volatile char frame[1024];
    frame[depth & 1023] = 1;
    return depth < 0 ? 0 : overflow(depth + 1) + frame[depth & 1023];
}

static void ignore(int signal) { (void)signal; }

static int is(const char *how, const char *name) { return string_equal(how, name); }

int main(int argument_count, char **arguments, char **environment) {
    (void)environment;
    const char *how = argument_count > 1 ? arguments[1] : "";
    struct rlimit no_core = {0, 0};
    sys_setrlimit(RLIMIT_CORE, &no_core);
    print("before\n");
    if (is(how, "null"))
        machine_store(0, 1);
    else if (is(how, "jump"))
        machine_call((void *)0x123456000);
    else if (is(how, "jump-odd"))
        machine_call((char *)main + 1);
    else if (is(how, "illegal"))
        machine_illegal_instruction();
    else if (is(how, "stack"))
        overflow(0);
    else if (is(how, "wild-stack"))
        machine_enter((void *)main, (void *)16);
    else if (is(how, "signal"))
        sys_kill((int)sys_getpid(), SIGTERM);
    else if (is(how, "kill"))
        sys_kill((int)sys_getpid(), SIGKILL);
    else if (is(how, "abort"))
        sys_kill((int)sys_getpid(), SIGABRT);
    else if (is(how, "unknown-call"))
        raw_syscall(&(struct raw_syscall){.number = 9999});
    else if (is(how, "real-time"))
        sys_kill((int)sys_getpid(), SIGRTMIN);
    else if (is(how, "loop"))
        for (volatile long turns = 0;; turns++) {}
    else if (is(how, "read"))
        sys_read(0, (char[1]){0}, 1);
    else if (is(how, "sleep"))
        sys_nanosleep(&(struct timespec){60, 0}, 0);
    else if (is(how, "pipe")) {
        // For a trace whose reader goes away: the program lives on and makes calls.
        set_handler(SIGPIPE, (void *)ignore, 0);
        for (int i = 0; i < 200; i++)
            sys_getpid();
        return 7;
    } else if (is(how, "frame")) {
        // A handler whose frame does not fit anywhere.
        set_handler(SIGSEGV, (void *)overflow, SA_SIGINFO);
        overflow(0);
    }
    print("after\n");
    return 99;
}
