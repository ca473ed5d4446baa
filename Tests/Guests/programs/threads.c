// Threads: their start, their end, and what the kernel keeps of them.
#include "threads.h"

static long child_id, parent_id, seen_id;
static void *seen_pointer, *seen_argument;
static char *seen_stack;
static volatile uint32_t flag;

static void note(void *argument) {
    seen_id = own_id();
    seen_pointer = machine_thread_pointer();
    seen_argument = argument;
    char here;
    seen_stack = &here;
}

static void wait_for_flag(void *argument) {
    (void)argument;
    await(&flag, 1);
}

static void test_start(void) {
    static struct thread thread;
    check_equal("thr_new", thread_start(&thread, note, (void *)0x1234), 0);
    thread_join(&thread);
    check("the thread ran with its argument", seen_argument == (void *)0x1234);
    check("parent_tid", thread.id != 0 && thread.id == seen_id);
    check("numbers of threads are none of processes", thread.id >= 100000 && thread.id != sys_getpid());
    check("threads differ", thread.id != own_id());
    check("the thread pointer", seen_pointer == machine_thread_pointer_of(&thread));
    check("the stack", seen_stack > thread.stack && seen_stack < thread.stack + THREAD_STACK);
    check_equal("thr_exit stores 1", thread.is_done, 1);
}

static void store_child(void *argument) {
    seen_id = own_id();
    // Both numbers are there before the thread runs.
    *(volatile uint32_t *)argument = child_id == seen_id && parent_id == seen_id ? 1 : 2;
    sys_thr_exit(0);
}

static void test_numbers(void) {
    static volatile uint32_t outcome;
    static char stack[THREAD_STACK] __attribute__((aligned(16)));
    struct thr_param parameters = {
        .entry = store_child, .argument = (void *)&outcome, .stack_base = stack, .stack_size = sizeof stack,
        .child_id = &child_id, .parent_id = &parent_id,
    };
    check_equal("thr_new with both numbers", sys_thr_new(&parameters, sizeof parameters), 0);
    while (load(&outcome) == 0)
        sys_sched_yield();
    check_equal("child_tid and parent_tid", outcome, 1);

    check_errno("too large a structure", sys_thr_new(&parameters, sizeof parameters + 1), EINVAL);
    check_errno("a negative size", sys_thr_new(&parameters, -1), EINVAL);
    check_errno("no structure", sys_thr_new(0, sizeof parameters), EFAULT);
    parameters.parent_id = (long *)8;
    check_errno("a wild parent_tid", sys_thr_new(&parameters, sizeof parameters), EFAULT);
    parameters.parent_id = 0;
    parameters.child_id = (long *)8;
    check_errno("a wild child_tid", sys_thr_new(&parameters, sizeof parameters), EFAULT);
    parameters.child_id = 0;
    struct { uint16_t type, priority; } priority = {9, 0};
    parameters.priority = &priority;
    check_errno("an unknown class", sys_thr_new(&parameters, sizeof parameters), EINVAL);
    priority.type = 2;
    check_errno("real time takes privileges", sys_thr_new(&parameters, sizeof parameters), EPERM);
    parameters.priority = (void *)8;
    check_errno("a wild class", sys_thr_new(&parameters, sizeof parameters), EFAULT);
}

static void test_calls(void) {
    static struct thread thread;
    flag = 0;
    thread_start(&thread, wait_for_flag, 0);
    check_equal("thr_set_name", sys_thr_set_name(thread.id, "worker"), 0);
    check_errno("thr_set_name of nobody", sys_thr_set_name(99, "worker"), ESRCH);
    check_errno("thr_set_name with a wild name", sys_thr_set_name(thread.id, (char *)8), EFAULT);
    check_equal("thr_kill 0", sys_thr_kill(thread.id, 0), 0);
    check_equal("thr_kill 0 of all others", sys_thr_kill(-1, 0), 0);
    check_errno("thr_kill of nobody", sys_thr_kill(99, 0), ESRCH);
    check_errno("thr_kill with no signal", sys_thr_kill(thread.id, 200), EINVAL);
    check_errno("thr_kill of all with no signal", sys_thr_kill(-1, 200), EINVAL);
    check_equal("thr_kill2 0", sys_thr_kill2((int)sys_getpid(), thread.id, 0), 0);
    check_errno("thr_kill2 of nobody", sys_thr_kill2((int)sys_getpid(), 99, 0), ESRCH);
    __atomic_store_n(&flag, 1, __ATOMIC_SEQ_CST);
    thread_join(&thread);
    while (sys_thr_kill(thread.id, 0) == 0)
        sys_sched_yield();
    check_errno("thr_kill after its end", sys_thr_kill(thread.id, 0), ESRCH);
    check_errno("thr_kill of all others when there are none", sys_thr_kill(-1, 0), ESRCH);
    check_errno("thr_self with a wild pointer", sys_thr_self((long *)8), EFAULT);
}

static void suspend(void *argument) {
    *(volatile long *)argument = 1;
    *(volatile long *)argument = 2 + sys_thr_suspend(0);
}

static void test_suspend(void) {
    static struct thread thread;
    static volatile long outcome;
    thread_start(&thread, suspend, (void *)&outcome);
    while (outcome == 0)
        sys_sched_yield();
    check_equal("thr_wake", sys_thr_wake(thread.id), 0);
    thread_join(&thread);
    check_equal("thr_suspend", outcome, 2);
    struct timespec soon = {0, 2000000}, none = {0, 0}, wrong = {0, 1000000000};
    check_errno("thr_suspend times out", sys_thr_suspend(&soon), ETIMEDOUT);
    check_errno("thr_suspend with no time", sys_thr_suspend(&none), ETIMEDOUT);
    check_errno("thr_suspend with a wrong time", sys_thr_suspend(&wrong), EINVAL);
    check_equal("thr_wake of the caller", sys_thr_wake(own_id()), 0);
    check_equal("thr_suspend after a wake", sys_thr_suspend(0), 0);
    check_errno("thr_wake of nobody", sys_thr_wake(99), ESRCH);
}

// sleepq_catch_signals: who has woken itself does not begin its next sleep. libthr ends with it the wait of a thread that
// is cancelled just before.
static void test_own_wake(void) {
    static volatile uint32_t word;
    struct timespec soon = {0, 2000000}, minute = {60, 0};
    sys_thr_wake(own_id());
    check_errno("a woken thread does not wait for a word", umtx(&word, UMTX_OP_WAIT_UINT_PRIVATE, 0, 0, &minute), EINTR);
    check_errno("it does so the next time", umtx(&word, UMTX_OP_WAIT_UINT_PRIVATE, 0, 0, &soon), ETIMEDOUT);
    sys_thr_wake(own_id());
    check_errno("nor does it sleep", sys_nanosleep(&minute, 0), EINTR);
    sys_thr_wake(own_id());
    check_equal("writing is no sleep", sys_write(1, "", 0), 0);
    check_equal("a suspension is over", sys_thr_suspend(0), 0);
}

static volatile uint32_t arrived;

static void arrive(void *argument) {
    (void)argument;
    __atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
    while (load(&flag) == 0)
        umtx(&flag, UMTX_OP_WAIT_UINT_PRIVATE, 0, 0, 0);
}

static void test_many(void) {
    enum { MANY = 1000 };
    static struct thread threads[MANY];
    for (int round = 0; round < 2; round++) {
        flag = arrived = 0;
        int started = 0;
        for (int i = 0; i < MANY; i++)
            started += thread_start(&threads[i], arrive, 0) == 0;
        check_equal("a thousand threads start", started, MANY);
        await(&arrived, MANY);
        int distinct = 0;
        for (int i = 1; i < MANY; i++)
            distinct += threads[i].id != threads[i - 1].id;
        check_equal("their numbers differ", distinct, MANY - 1);
        __atomic_store_n(&flag, 1, __ATOMIC_SEQ_CST);
        check_equal("all are woken", umtx(&flag, UMTX_OP_WAKE_PRIVATE, 0x7fffffff, 0, 0), 0);
        for (int i = 0; i < MANY; i++)
            thread_join(&threads[i]);
    }
    check("a thousand threads end", 1);
}

static void nothing(void *argument) { (void)argument; }

static void test_rate(void) {
    static struct thread thread;
    for (int i = 0; i < 2000; i++) {
        if (thread_start(&thread, nothing, 0) != 0) {
            check_equal("threads one after another", i, 2000);
            return;
        }
        thread_join(&thread);
    }
    check("threads one after another", 1);
}

// MARK: Processors

enum { CPU_LEVEL_ROOT = 1, CPU_LEVEL_CPUSET, CPU_LEVEL_WHICH, CPU_WHICH_TID = 1, CPU_WHICH_PID, CPU_WHICH_CPUSET };

static unsigned long first_processor(const unsigned long *mask) { return mask[0] & -mask[0]; }

static volatile unsigned long inherited;

static void read_processors(void *argument) {
    unsigned long mask[4];
    (void)argument;
    sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_TID, -1, sizeof mask, mask);
    inherited = mask[0];
}

static void test_processors(void) {
    static struct thread thread;
    unsigned long all[4], mask[4] = {0}, one[4] = {0}, huge[5] = {0};
    check_equal("cpuset_getaffinity", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, sizeof all, all), 0);
    check("there is a processor", all[0] != 0 && all[1] == 0);
    int count = 0, name[] = {CTL_HW, HW_NCPU};
    size_t size = sizeof count;
    sys___sysctl(name, 2, &count, &size, 0, 0);
    check_equal("as many as hw.ncpu says", __builtin_popcountl(all[0]), count);
    check_equal("the root has all", sys_cpuset_getaffinity(CPU_LEVEL_ROOT, CPU_WHICH_PID, -1, sizeof mask, mask), 0);
    check_equal("of them", (long)mask[0], (long)all[0]);
    check_equal("a mask of one word", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, sizeof(long), mask), 0);
    check_errno("too small a mask", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, 4, mask), ERANGE);
    check_errno("too large a mask", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, sizeof huge, huge), ERANGE);
    check_errno("no such level", sys_cpuset_getaffinity(9, CPU_WHICH_PID, -1, sizeof mask, mask), EINVAL);
    check_errno("no such owner", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, 77, -1, sizeof mask, mask), EINVAL);
    check_errno("no such thread", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_TID, 99, sizeof mask, mask), ESRCH);
    check_errno("a wild mask", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, sizeof mask, (void *)8), EFAULT);

    one[0] = first_processor(all);
    check_equal("one processor", sys_cpuset_setaffinity(CPU_LEVEL_WHICH, CPU_WHICH_TID, -1, sizeof one, one), 0);
    sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_TID, own_id(), sizeof mask, mask);
    check_equal("is what the thread has", (long)mask[0], (long)one[0]);
    check_equal("where it runs", 1l << sys_sched_getcpu(), (long)one[0]);
    thread_start(&thread, read_processors, 0);
    thread_join(&thread);
    check_equal("a new thread inherits it", (long)inherited, (long)one[0]);
    check_equal("all again", sys_cpuset_setaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, sizeof all, all), 0);
    one[0] = 0;
    check_errno("no processor", sys_cpuset_setaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, sizeof one, one), EDEADLK);
    one[3] = 1ul << 63;
    check_errno("one that is not there", sys_cpuset_setaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, sizeof one, one), EINVAL);

    int set = -1;
    check_equal("cpuset_getid", sys_cpuset_getid(CPU_LEVEL_CPUSET, CPU_WHICH_PID, -1, &set), 0);
    check_equal("the set of processes", set, 1);
    check_equal("cpuset", sys_cpuset(&set), 0);
    check("a new set", set > 1);
    check_equal("cpuset_setid", sys_cpuset_setid(CPU_WHICH_PID, -1, 1), 0);
    check_errno("an unknown set", sys_cpuset_setid(CPU_WHICH_PID, -1, 99), ESRCH);
    int policy = 0;
    check_equal("cpuset_getdomain", sys_cpuset_getdomain(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, sizeof mask, mask, &policy), 0);
    check("one domain", mask[0] == 1 && policy > 0);
    check_equal("cpuset_setdomain", sys_cpuset_setdomain(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, sizeof mask, mask, policy), 0);
}

// The last thread of a process must end the process itself.
static void test_last(void) {
    int child = (int)sys_fork();
    if (child == 0) {
        long state = 0;
        sys_thr_exit(&state);
        guest_exit(state == 1 ? 42 : 43);
    }
    check_equal("thr_exit of the last thread returns", wait_for(child), 42 << 8);
}

static void exit_later(void *argument) {
    pause_for(20000000);
    guest_exit((int)(long)argument);
}

static void test_first_leaves(void) {
    int child = (int)sys_fork();
    if (child == 0) {
        static struct thread thread;
        thread_start(&thread, exit_later, (void *)17);
        sys_thr_exit(0);
        guest_exit(99);
    }
    check_equal("the first thread may end before others", wait_for(child), 17 << 8);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    test_start();
    test_numbers();
    test_calls();
    test_suspend();
    test_own_wake();
    test_last();
    test_first_leaves();
    test_rate();
    test_processors();
    test_many();
    return checks_failed();
}
