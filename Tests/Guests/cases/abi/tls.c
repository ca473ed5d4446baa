// The thread pointer: of the first thread, of others, in handlers, over fork and exec.
// Authority: cpu_set_user_tls of sys/arm64 and sys/mips, sysarch(2).
#include "cases.h"
#include "threads.h"

static char block[64], other_block[64];

int started_by_case(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    void *pointer = block;
    check_equal("it can be read", machine_get_thread_pointer(&pointer), 0);
    check_equal("a new program has none", (long)pointer, 0);
    return checks_failed();
}

CASE(tls, "what is set is what the register reads") {
    check_equal("set", machine_set_thread_pointer(block), 0);
    check_equal("the register", (long)machine_thread_pointer(), (long)machine_thread_pointer_of(block));
    void *got = 0;
    check_equal("get", machine_get_thread_pointer(&got), 0);
    check_equal("the same", (long)got, (long)block);
}

CASE(tls, "a child has it, and its own") {
    machine_set_thread_pointer(block);
    int child = (int)sys_fork();
    if (child == 0) {
        int inherited = machine_thread_pointer() == machine_thread_pointer_of(block);
        machine_set_thread_pointer(other_block);
        guest_exit(inherited ? 5 : 6);
    }
    check_equal("the child", wait_for(child), 5 << 8);
    check_equal("the parent", (long)machine_thread_pointer(), (long)machine_thread_pointer_of(block));
}

CASE(tls, "a new program starts without") {
    char *const arguments[] = {"anew", 0}, *const environment[] = {0};
    machine_set_thread_pointer(block);
    check_equal("execve", start_anew(arguments, environment), 0);
}

static volatile int wrong;

static void look(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info, (void)context;
    wrong += machine_thread_pointer() != machine_thread_pointer_of(block);
}

CASE(tls, "a handler sees it, and so does what comes after") {
    machine_set_thread_pointer(block);
    set_handler(SIGUSR1, (void *)look, SA_SIGINFO);
    for (int i = 0; i < 100; i++) {
        sys_kill((int)sys_getpid(), SIGUSR1);
        wrong += machine_thread_pointer() != machine_thread_pointer_of(block);
    }
    check_equal("wrong ones", wrong, 0);
}

enum { THREADS = 8, ROUNDS = 20000 };
static struct thread threads[THREADS];
static volatile uint32_t failures_seen, started;

static void compare(void *argument) {
    __atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
    await(&started, THREADS);
    uint32_t differs = 0;
    for (int i = 0; i < ROUNDS; i++)
        differs += machine_thread_pointer() != machine_thread_pointer_of(argument);
    __atomic_fetch_add(&failures_seen, differs, __ATOMIC_SEQ_CST);
}

CASE(tls, "each thread has its own from the start") {
    machine_set_thread_pointer(block);
    for (int i = 0; i < THREADS; i++)
        check_equal("thr_new", thread_start(&threads[i], compare, &threads[i]), 0);
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
    check_equal("wrong ones", failures_seen, 0);
    check_equal("the first thread's", (long)machine_thread_pointer(), (long)machine_thread_pointer_of(block));
}

static void change(void *argument) {
    (void)argument;
    machine_set_thread_pointer(other_block);
    failures_seen += machine_thread_pointer() != machine_thread_pointer_of(other_block);
}

CASE(tls, "a thread that changes its own leaves others alone") {
    machine_set_thread_pointer(block);
    thread_start(&threads[0], change, 0);
    thread_join(&threads[0]);
    check_equal("the thread's", failures_seen, 0);
    check_equal("the first thread's", (long)machine_thread_pointer(), (long)machine_thread_pointer_of(block));
}

CASE(sysarch, "refuses an operation that there is not") {
    check_errno("operation 12345", sys_sysarch(12345, 0), MACHINE_UNKNOWN_SYSARCH);
    check_errno("operation -1", sys_sysarch(-1, 0), MACHINE_UNKNOWN_SYSARCH);
}
