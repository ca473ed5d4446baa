// Threads: thr_new(2), thr_self(2), thr_exit(2), thr_kill(2), thr_kill2(2), thr_suspend(2), thr_wake(2), thr_set_name(2).
#include "../../runtime/children.h"
#include "../../runtime/threads.h"

static struct thread thread, other;
static volatile uint32_t step, stop, signals_here;
static volatile long handler_thread, seen_id;
static void *volatile seen_argument;

static void remember(int signal) {
    (void)signal;
    handler_thread = own_id();
    __atomic_fetch_add(&signals_here, 1, __ATOMIC_SEQ_CST);
}

static void tell_self(void *argument) {
    seen_argument = argument;
    seen_id = own_id();
}

static void spin(void *unused) {
    (void)unused;
    __atomic_store_n(&step, 1, __ATOMIC_SEQ_CST);
    while (!load(&stop)) pause_for(1000000);
}

static volatile long suspend_result;
static void suspend(void *timeout) {
    __atomic_store_n(&step, 1, __ATOMIC_SEQ_CST);
    suspend_result = sys_thr_suspend(timeout);
}

static void await_signal(void) {
    for (int i = 0; i < 1000 && !load(&signals_here); i++) pause_for(5000000);
}

CASE(thr_self, "tells a number") {
    long id = 0;
    check_equal("thr_self", sys_thr_self(&id), 0);
    check("a thread's number", id > 0);
    check_errno("bad address", sys_thr_self(unmapped_page()), EFAULT);
}

CASE(thr_new, "starts a thread") {
    check_equal("thr_new", thread_start(&thread, tell_self, (void *)&step), 0);
    thread_join(&thread);
    check("its argument", seen_argument == &step);
    check_equal("its number", seen_id, thread.id);
    check("another number", thread.id != own_id());
}

CASE(thr_new, "stores the number at both places") {
    static long child;
    static char stack[32768];
    struct thr_param parameters = {.entry = thread_entry, .argument = &thread, .stack_base = stack,
        .stack_size = sizeof stack, .tls_base = (char *)&thread, .child_id = &child, .parent_id = &thread.id};
    thread.body = tell_self;
    check_equal("thr_new", sys_thr_new(&parameters, sizeof parameters), 0);
    thread_join(&thread);
    check("both", child == thread.id && child == seen_id);
}

// sys_thr_new: a size below zero or beyond the structure is EINVAL.
CASE(thr_new, "refuses others") {
    struct thr_param parameters = {.entry = thread_entry};
    check_errno("size", sys_thr_new(&parameters, sizeof parameters + 8), EINVAL);
    check_errno("negative size", sys_thr_new(&parameters, -1), EINVAL);
    check_errno("bad address", sys_thr_new(unmapped_page(), sizeof parameters), EFAULT);
}

CASE(thr_new, "gives the thread its creator's mask") {
    struct signal_set set = signal_set_of(SIGUSR1);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    set_handler(SIGUSR1, (void *)remember, 0);
    thread_start(&thread, spin, 0);
    await(&step, 1);
    check_equal("thr_kill", sys_thr_kill(thread.id, SIGUSR1), 0);
    pause_for(50000000);
    check_equal("blocked", load(&signals_here), 0);
    stop = 1;
    thread_join(&thread);
}

// kern_thr_exit: the last thread goes on.
CASE(thr_exit, "does nothing for the only thread") {
    static long state;
    check_equal("thr_exit", sys_thr_exit(&state), 0);
    check_equal("state", state, 1);
}

CASE(thr_exit, "wakes who waits for the thread") {
    thread_start(&thread, tell_self, 0);
    thread_join(&thread);
    check_equal("state", thread.is_done, 1);
    // The word is written before the thread is gone.
    for (int i = 0; i < 1000 && sys_thr_kill(thread.id, 0) == 0; i++) pause_for(1000000);
    check_errno("gone", sys_thr_kill(thread.id, 0), ESRCH);
}

CASE(thr_kill, "reaches a thread") {
    set_handler(SIGUSR1, (void *)remember, 0);
    thread_start(&thread, spin, 0);
    await(&step, 1);
    check_equal("thr_kill", sys_thr_kill(thread.id, SIGUSR1), 0);
    await_signal();
    check_equal("in that thread", handler_thread, thread.id);
    stop = 1;
    thread_join(&thread);
}

CASE(thr_kill, "reaches the caller") {
    set_handler(SIGUSR1, (void *)remember, 0);
    check_equal("thr_kill", sys_thr_kill(own_id(), SIGUSR1), 0);
    check_equal("in this thread", handler_thread, own_id());
}

CASE(thr_kill, "reaches all others with -1") {
    set_handler(SIGUSR1, (void *)remember, 0);
    check_errno("nobody", sys_thr_kill(-1, SIGUSR1), ESRCH);
    thread_start(&thread, spin, 0);
    await(&step, 1);
    check_equal("thr_kill", sys_thr_kill(-1, SIGUSR1), 0);
    await_signal();
    check_equal("in the other", handler_thread, thread.id);
    stop = 1;
    thread_join(&thread);
}

CASE(thr_kill, "refuses others") {
    check_equal("0 only asks", sys_thr_kill(own_id(), 0), 0);
    check_errno("signal", sys_thr_kill(own_id(), 129), EINVAL);
    check_errno("negative signal", sys_thr_kill(own_id(), -1), EINVAL);
    check_errno("no thread", sys_thr_kill(999999999, SIGUSR1), ESRCH);
}

CASE(thr_kill2, "reaches a thread of the process") {
    set_handler(SIGUSR1, (void *)remember, 0);
    check_equal("thr_kill2", sys_thr_kill2((int)sys_getpid(), own_id(), SIGUSR1), 0);
    check_equal("in this thread", handler_thread, own_id());
}

CASE(thr_kill2, "reaches another process") {
    int child = child_pausing();
    check_equal("thr_kill2", sys_thr_kill2(child, -1, SIGTERM), 0);
    check_equal("status", WTERMSIG(wait_for(child)), SIGTERM);
}

CASE(thr_kill2, "refuses others") {
    check_errno("no process", sys_thr_kill2(NO_PROCESS, own_id(), SIGUSR1), ESRCH);
    check_errno("no thread", sys_thr_kill2((int)sys_getpid(), 999999999, SIGUSR1), ESRCH);
    check_errno("signal", sys_thr_kill2((int)sys_getpid(), own_id(), 129), EINVAL);
    check_equal("0 only asks", sys_thr_kill2((int)sys_getpid(), own_id(), 0), 0);
}

CASE(thr_suspend, "gives up after the time") {
    struct timespec time = {0, 30000000};
    check_errno("thr_suspend", sys_thr_suspend(&time), ETIMEDOUT);
    time.nanoseconds = 0;
    check_errno("at once", sys_thr_suspend(&time), ETIMEDOUT);
}

CASE(thr_suspend, "refuses what is no time") {
    struct timespec time = {0, 1000000000};
    check_errno("nanoseconds", sys_thr_suspend(&time), EINVAL);
    time = (struct timespec){-1, 0};
    check_errno("seconds", sys_thr_suspend(&time), EINVAL);
    check_errno("bad address", sys_thr_suspend(unmapped_page()), EFAULT);
}

CASE(thr_suspend, "is interrupted by a handler") {
    static struct timespec time = {10, 0};
    set_handler(SIGUSR1, (void *)remember, 0);
    thread_start(&thread, suspend, &time);
    await(&step, 1);
    pause_for(50000000);
    sys_thr_kill(thread.id, SIGUSR1);
    thread_join(&thread);
    check_errno("thr_suspend", suspend_result, EINTR);
}

CASE(thr_wake, "wakes a thread") {
    suspend_result = 1;
    thread_start(&thread, suspend, 0);
    await(&step, 1);
    pause_for(50000000);
    check_equal("thr_wake", sys_thr_wake(thread.id), 0);
    thread_join(&thread);
    check_equal("thr_suspend", suspend_result, 0);
}

CASE(thr_wake, "counts once beforehand") {
    struct timespec time = {0, 30000000};
    check_equal("thr_wake", sys_thr_wake(own_id()), 0);
    check_equal("again", sys_thr_wake(own_id()), 0);
    check_equal("first", sys_thr_suspend(&time), 0);
    check_errno("second", sys_thr_suspend(&time), ETIMEDOUT);
}

CASE(thr_wake, "refuses a thread that is not there") { check_errno("thr_wake", sys_thr_wake(999999999), ESRCH); }

CASE(thr_set_name, "names threads") {
    check_equal("own", sys_thr_set_name(own_id(), "some name"), 0);
    check_equal("none", sys_thr_set_name(own_id(), 0), 0);
    check_equal("long", sys_thr_set_name(own_id(), "a name that is longer than MAXCOMLEN"), 0);
}

CASE(thr_set_name, "refuses others") {
    check_errno("no thread", sys_thr_set_name(999999999, "name"), ESRCH);
    check_errno("bad address", sys_thr_set_name(own_id(), unmapped_page()), EFAULT);
}

static int exit_elsewhere(void) {
    thread_start(&other, (void (*)(void *))sys_exit, (void *)77);
    for (;;) pause_for(1000000000);
    return 0;
}

CASE(exit, "by one thread ends the process") { check_equal("status", outcome_of_child(exit_elsewhere), 77); }

static int fork_from_thread_result;
static void fork_there(void *unused) {
    (void)unused;
    int child = (int)sys_fork();
    if (child == 0) guest_exit(sys_thr_kill(-1, 0) == -ESRCH ? 5 : 6);
    fork_from_thread_result = wait_for(child);
}

CASE(fork, "gives the child the calling thread only") {
    thread_start(&thread, fork_there, 0);
    thread_join(&thread);
    check_equal("status", fork_from_thread_result, 5 << 8);
}
