// Signals with threads: who gets them, masks, waits, stacks, timers and faults (sys/kern/kern_sig.c).
#include "events.h"
#include "threads.h"

enum { THREADS = 3 };

static volatile long taker, last_code, count;
static volatile uint32_t is_over, ready;
static struct thread threads[THREADS];

static void note(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)context;
    taker = own_id();
    last_code = info->code;
    __atomic_fetch_add(&count, 1, __ATOMIC_SEQ_CST);
}

static void spin(void *argument) {
    (void)argument;
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    volatile unsigned long x = 0;
    while (load(&is_over) == 0)
        x++;
}

static volatile long result;

static void sleep_long(void *argument) {
    (void)argument;
    struct timespec time = {100, 0};
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    result = sys_nanosleep(&time, 0);
}

static void wait_long(void *argument) {
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    result = umtx(argument, UMTX_OP_WAIT_UINT_PRIVATE, 0, 0, 0);
}

static int comes(long wanted) {
    for (int i = 0; i < 2000 && count < wanted; i++)
        pause_for(1000000);
    return count >= wanted;
}

static void test_kill(void) {
    static struct thread thread;
    static volatile uint32_t word;
    set_handler(SIGUSR1, (void *)note, SA_SIGINFO);
    void (*bodies[])(void *) = {spin, sleep_long, wait_long};
    const char *names[] = {"a thread that runs", "a thread that sleeps", "a thread that waits for a word"};
    for (unsigned i = 0; i < COUNT_OF(bodies); i++) {
        is_over = ready = 0;
        count = 0;
        thread_start(&thread, bodies[i], (void *)&word);
        await(&ready, 1);
        pause_for(10000000);
        sys_thr_kill(thread.id, SIGUSR1);
        check(names[i], comes(1));
        check_equal("takes the signal itself", taker, thread.id);
        check_equal("SI_LWP", last_code, SI_LWP);
        is_over = 1;
        thread_join(&thread);
        if (i > 0) check_errno("and its call ends", result, EINTR);
    }
}

static void test_process_directed(void) {
    static struct thread thread;
    struct signal_set set = signal_set_of(SIGUSR1);
    is_over = ready = 0;
    count = 0;
    thread_start(&thread, spin, 0);
    await(&ready, 1);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    for (int i = 1; i <= 20; i++) {
        sys_kill((int)sys_getpid(), SIGUSR1);
        if (!comes(i)) break;
    }
    check_equal("signals to the process reach who does not block them", count, 20);
    check_equal("which is that thread", taker, thread.id);
    int child = (int)sys_fork();
    if (child == 0) {
        sys_kill((int)sys_getppid(), SIGUSR1);
        guest_exit(0);
    }
    wait_for(child);
    check("a signal from another process", comes(21));
    check_equal("reaches it as well", taker, thread.id);
    is_over = 1;
    thread_join(&thread);
    // Nobody takes it now.
    sys_kill((int)sys_getpid(), SIGUSR1);
    struct signal_set pending;
    sys_sigpending(&pending);
    check("it waits for the process", signal_set_has(&pending, SIGUSR1));
    sys_sigprocmask(SIG_UNBLOCK, &set, 0);
    check_equal("until a thread unblocks it", count, 22);
    check_equal("and takes it", taker, own_id());
}

// A blocked signal of the process goes to who unblocks it, also when the first choice blocks it at the last moment.
static void block_and_unblock(void *argument) {
    (void)argument;
    struct signal_set set = signal_set_of(SIGUSR2);
    while (load(&is_over) == 0) {
        sys_sigprocmask(SIG_BLOCK, &set, 0);
        sys_sigprocmask(SIG_UNBLOCK, &set, 0);
    }
}

static void test_none_lost(void) {
    enum { SIGNALS = 300 };
    set_handler(SIGUSR2, (void *)note, SA_SIGINFO | SA_RESTART);
    struct signal_set set = signal_set_of(SIGUSR2);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    is_over = 0;
    count = 0;
    for (int i = 0; i < THREADS; i++)
        thread_start(&threads[i], block_and_unblock, 0);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    for (int i = 1; i <= SIGNALS; i++) {
        sys_kill((int)sys_getpid(), SIGUSR2);
        if (!comes(i)) break;
    }
    check_equal("none is lost while masks change", count, SIGNALS);
    is_over = 1;
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
    sys_sigprocmask(SIG_UNBLOCK, &set, 0);
}

static volatile long waited_signal, waited_value;

static void wait_for_signal(void *argument) {
    struct signal_set set = signal_set_of(SIGRTMIN);
    struct signal_info info;
    (void)argument;
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    waited_signal = sys_sigtimedwait(&set, &info, 0);
    waited_value = info.value.integer;
}

static void test_wait(void) {
    static struct thread thread;
    struct signal_set set = signal_set_of(SIGRTMIN);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    ready = 0;
    thread_start(&thread, wait_for_signal, 0);
    await(&ready, 1);
    sys_sigqueue((int)sys_getpid(), SIGRTMIN, (void *)(77l << (MACHINE_BIG_ENDIAN && sizeof(long) == 8 ? 32 : 0)));
    thread_join(&thread);
    check_equal("a thread waits for a signal", waited_signal, SIGRTMIN);
    check_equal("and gets its value", waited_value, 77);
    ready = 0;
    thread_start(&thread, wait_for_signal, 0);
    await(&ready, 1);
    pause_for(5000000);
    sys_thr_kill(thread.id, SIGRTMIN);
    thread_join(&thread);
    check_equal("one that was sent to it", waited_signal, SIGRTMIN);
    sys_sigprocmask(SIG_UNBLOCK, &set, 0);
}

// MARK: Locks that a signal interrupts

static struct umutex locked;
static struct usem2 semaphore;
static struct { struct umtx_time time; struct timespec left; } span;

static void lock_in_kernel(void *argument) {
    (void)argument;
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    result = umtx(&locked, UMTX_OP_MUTEX_LOCK, 0, 0, 0);
}

static void lock_for_a_time(void *argument) {
    (void)argument;
    struct umtx_time time = {{100, 0}, 0, CLOCK_MONOTONIC};
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    result = umtx(&locked, UMTX_OP_MUTEX_LOCK, 0, (void *)sizeof time, &time);
}

static void wait_for_semaphore(void *argument) {
    (void)argument;
    span.time = (struct umtx_time){{100, 0}, 0, CLOCK_MONOTONIC};
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    result = umtx(&semaphore, UMTX_OP_SEM2_WAIT, 0, (void *)sizeof span, &span);
}

static void interrupt(void (*body)(void *), int flags) {
    static struct thread thread;
    set_handler(SIGUSR1, (void *)note, SA_SIGINFO | flags);
    locked.owner = 99;
    semaphore.count = 0;
    ready = 0;
    count = 0;
    result = 1;
    thread_start(&thread, body, 0);
    await(&ready, 1);
    pause_for(10000000);
    sys_thr_kill(thread.id, SIGUSR1);
    comes(1);
    pause_for(5000000);
    if (result == 1) {
        // It waits again.
        locked.owner = 0;
        umtx(&locked, UMTX_OP_MUTEX_WAKE2, 0, 0, 0);
    }
    thread_join(&thread);
}

static void test_locks(void) {
    interrupt(lock_in_kernel, 0);
    check_equal("locking goes on after a signal", result, 0);
    interrupt(lock_in_kernel, SA_RESTART);
    check_equal("with SA_RESTART as well", result, 0);
    interrupt(lock_for_a_time, SA_RESTART);
    check_errno("but not for a time", result, EINTR);
    interrupt(wait_for_semaphore, SA_RESTART);
    check_errno("nor does a semaphore", result, EINTR);
    check("which tells the time that is left", span.left.seconds > 90 && span.left.seconds < 100);
}

// MARK: Faults and stacks

static volatile uintptr_t fault_address, handler_stack;
static volatile long fault_thread;

static void on_fault(int signal, struct signal_info *info, struct user_context *context) {
    char here;
    (void)signal;
    fault_address = (uintptr_t)info->address;
    fault_thread = own_id();
    handler_stack = (uintptr_t)&here;
    machine_skip_instruction(context);
}

static void fault_on_own_stack(void *argument) {
    char *memory = argument;
    struct signal_stack stack = {memory, 16384, 0}, old;
    sys_sigaltstack(&stack, &old);
    machine_store((void *)16, 1);
}

static void fault_much(void *argument) {
    for (int i = 0; i < 500; i++) {
        fault_address = 0;
        machine_store((void *)(16 + (long)argument * 8), i);
    }
}

static void test_faults(void) {
    static struct thread thread;
    static char stack[16384];
    set_handler(SIGSEGV, (void *)on_fault, SA_SIGINFO | SA_ONSTACK);
    thread_start(&thread, fault_on_own_stack, stack);
    thread_join(&thread);
    check_equal("a fault's address", (long)fault_address, 16);
    check_equal("goes to the thread that caused it", fault_thread, thread.id);
    check("on its own signal stack", handler_stack - (uintptr_t)stack < sizeof stack);
    struct signal_stack none;
    sys_sigaltstack(0, &none);
    check_equal("this thread has none", none.flags, SS_DISABLE);
    for (long i = 0; i < THREADS; i++)
        thread_start(&threads[i], fault_much, (void *)i);
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
    check("faults of many threads at once", 1);
    set_handler(SIGSEGV, SIG_DFL, 0);
}

// MARK: Many signals against many threads

static volatile uint32_t sum_errors;

static void compute(void *argument) {
    (void)argument;
    while (load(&is_over) == 0) {
        unsigned long x = 88172645463325252ul, sum = 0;
        for (int i = 0; i < 2000; i++) {
            x ^= x << 13, x ^= x >> 7, x ^= x << 17;
            sum += x * 31;
        }
        static volatile unsigned long first;
        if (first == 0) first = sum;
        if (first != sum) __atomic_fetch_add(&sum_errors, 1, __ATOMIC_SEQ_CST);
    }
}

static void test_storm(void) {
    enum { SIGNALS = 1500 };
    set_handler(SIGURG, (void *)note, SA_SIGINFO | SA_RESTART);
    is_over = 0;
    count = 0;
    for (int i = 0; i < THREADS; i++)
        thread_start(&threads[i], compute, 0);
    long sent = 0;
    for (int i = 0; i < SIGNALS; i++) {
        sent += sys_thr_kill(threads[i % THREADS].id, SIGURG) == 0;
        if (i % 30 == 29) comes(sent);
    }
    check("signals to threads that compute", comes(sent));
    check_equal("all of them once", count, SIGNALS);
    is_over = 1;
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
    check_equal("which compute the same", sum_errors, 0);
}

// More signals wait than the queue has room for, of a number that only emulated processes know: threads that compute can
// still be stopped, and none is lost.
static void test_full_queue(int signal) {
    enum { SIGNALS = 400 };
    static struct thread thread;
    struct signal_set set = signal_set_of(signal);
    set_handler(signal, (void *)note, SA_SIGINFO | SA_RESTART);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    is_over = ready = 0;
    count = 0;
    thread_start(&thread, spin, 0);
    await(&ready, 1);
    int self = (int)sys_getpid(), child = (int)sys_fork();
    if (child == 0) {
        for (long i = 0; i < SIGNALS; i++)
            while (sys_sigqueue(self, signal, (void *)i) == -EAGAIN)
                sys_sched_yield();
        guest_exit(0);
    }
    check_equal("signals for a full queue", wait_for(child), 0);
    for (int i = 0; i < 20; i++) {
        child = (int)sys_fork();
        if (child == 0) guest_exit(3);
        if (wait_for(child) != 3 << 8) break;
    }
    check("forks while it is full", child > 0);
    sys_sigprocmask(SIG_UNBLOCK, &set, 0);
    check("all come when they may", comes(SIGNALS));
    is_over = 1;
    thread_join(&thread);
    check_equal("each once", count, SIGNALS);
}

static void test_timer(void) {
    static struct thread thread;
    set_handler(SIGALRM, (void *)note, SA_SIGINFO | SA_RESTART);
    is_over = ready = 0;
    count = 0;
    thread_start(&thread, spin, 0);
    await(&ready, 1);
    struct signal_event event = {
        .notification = SIGEV_THREAD_ID, .signal = SIGALRM, .how.thread = (int)thread.id};
    int timer = -1;
    check_equal("ktimer_create", sys_ktimer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    struct itimerspec fast = {{0, 2000000}, {0, 2000000}};
    sys_ktimer_settime(timer, 0, &fast, 0);
    check("SIGEV_THREAD_ID fires", comes(5));
    check_equal("for its thread", taker, thread.id);
    check_equal("SI_TIMER", last_code, SI_TIMER);
    sys_ktimer_delete(timer);
    is_over = 1;
    thread_join(&thread);
}

static void test_stop(void) {
    int child = (int)sys_fork();
    if (child == 0) {
        is_over = 0;
        for (int i = 0; i < THREADS; i++)
            thread_start(&threads[i], spin, 0);
        pause_for(1000000000);
        guest_exit(7);
    }
    pause_for(20000000);
    sys_kill(child, SIGSTOP);
    int status = 0;
    sys_wait4(child, &status, WUNTRACED, 0);
    check_equal("a process with threads stops", status, SIGSTOP << 8 | 0x7f);
    sys_kill(child, SIGCONT);
    check_equal("and goes on", wait_for(child), 7 << 8);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    test_kill();
    test_process_directed();
    test_none_lost();
    test_wait();
    test_locks();
    test_faults();
    test_storm();
    test_full_queue(SIGRTMIN);
    test_full_queue(SIGRTMAX);
    test_timer();
    test_stop();
    return checks_failed();
}
