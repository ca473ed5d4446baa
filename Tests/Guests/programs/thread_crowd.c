// thread_crowd [SECONDS]: many threads at once: waits for those that end, locks of those that end, and fork, exec, exit
// and signals while they run. The last part lasts so many seconds.
#include "threads.h"

enum { CROWD = 1000, WAITERS = 40 };

static struct thread crowd[CROWD];
static volatile uint32_t gate, arrived, left, wrong;

static void add(volatile uint32_t *counter) { __atomic_fetch_add(counter, 1, __ATOMIC_SEQ_CST); }

static void open_gate(void) {
    __atomic_store_n(&gate, 1, __ATOMIC_SEQ_CST);
    umtx(&gate, UMTX_OP_WAKE_PRIVATE, 0x7fffffff, 0, 0);
}

static void wait_at_gate(void) {
    add(&arrived);
    while (load(&gate) == 0)
        umtx(&gate, UMTX_OP_WAIT_UINT_PRIVATE, 0, 0, 0);
}

static unsigned long step(unsigned long x) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    return x;
}

static unsigned long compute(unsigned long seed, int rounds) {
    unsigned long x = seed + 88172645463325252ul, sum = 0;
    for (int i = 0; i < rounds; i++)
        sum += (x = step(x)) * 31;
    return sum;
}

static int await_count(const volatile uint32_t *counter, uint32_t wanted) {
    for (int i = 0; i < 20000 && load(counter) != wanted; i++)
        pause_for(1000000);
    return load(counter) == wanted;
}

static int is_gone(long id) {
    for (int i = 0; i < 20000 && sys_thr_kill(id, 0) == 0; i++)
        pause_for(1000000);
    return sys_thr_kill(id, 0) == -ESRCH;
}

// MARK: Threads that are waited for, and threads that are not

static unsigned long results[CROWD];

static void run_and_wait(void *argument) {
    long number = (long)argument;
    results[number] = compute((unsigned long)number, 500);
    wait_at_gate();
    results[number] += compute((unsigned long)number, 500);
}

static void test_joined(void) {
    gate = arrived = 0;
    int started = 0;
    for (long i = 0; i < CROWD; i++)
        started += thread_start(&crowd[i], run_and_wait, (void *)i) == 0;
    check_equal("a crowd starts", started, CROWD);
    check("all run", await_count(&arrived, CROWD));
    open_gate();
    int right = 0;
    for (long i = 0; i < CROWD; i++) {
        thread_join(&crowd[i]);
        right += results[i] == 2 * compute((unsigned long)i, 500);
    }
    check_equal("each has computed and ended", right, CROWD);
    int gone = 0;
    for (long i = 0; i < CROWD; i++)
        gone += is_gone(crowd[i].id);
    check_equal("none is left", gone, CROWD);
}

static void leave_alone(void *argument) {
    results[(long)argument] = compute((unsigned long)argument, 100);
    add(&left);
    sys_thr_exit(0);
}

static void test_detached(void) {
    left = 0;
    int started = 0;
    for (long i = 0; i < CROWD; i++)
        started += thread_start(&crowd[i], leave_alone, (void *)i) == 0;
    check_equal("a crowd that nobody waits for starts", started, CROWD);
    check("all come to their end", await_count(&left, CROWD));
    int gone = 0;
    for (long i = 0; i < CROWD; i++)
        gone += is_gone(crowd[i].id);
    check_equal("and are gone", gone, CROWD);
}

// kern.threads.max_threads_per_proc
static void test_limit(void) {
    static struct thread more[600];
    gate = arrived = 0;
    long started = 0, result = 0;
    for (long i = 0; i < CROWD + (long)COUNT_OF(more) && result == 0; i++) {
        struct thread *thread = i < CROWD ? &crowd[i] : &more[i - CROWD];
        result = thread_start(thread, run_and_wait, (void *)(i % CROWD));
        started += result == 0;
    }
    check_errno("there is a limit", result, 67);
    check_equal("of threads with the first", started, 1499);
    open_gate();
    for (long i = 0; i < started; i++)
        thread_join(i < CROWD ? &crowd[i] : &more[i - CROWD]);
    for (long i = 0; i < started; i++)
        is_gone((i < CROWD ? &crowd[i] : &more[i - CROWD])->id);
    check_equal("a thread starts when they have ended", thread_start(&crowd[0], leave_alone, 0), 0);
    is_gone(crowd[0].id);
}

// MARK: A thread that others wait for ends

static struct thread waiters[WAITERS], owner;
static volatile uint32_t owner_may_end, ready;

static void end_when_told(void *argument) {
    (void)argument;
    await(&owner_may_end, 1);
}

static void join_owner(void *argument) {
    (void)argument;
    add(&ready);
    thread_join(&owner);
    if (owner.is_done != 1) add(&wrong);
}

static void test_many_joins(void) {
    for (int round = 0; round < 20; round++) {
        owner_may_end = ready = 0;
        thread_start(&owner, end_when_told, 0);
        for (int i = 0; i < WAITERS; i++)
            thread_start(&waiters[i], join_owner, 0);
        await(&ready, WAITERS);
        // Some sleep by now, some are about to.
        if (round % 2) pause_for(2000000);
        owner_may_end = 1;
        for (int i = 0; i < WAITERS; i++)
            thread_join(&waiters[i]);
        is_gone(owner.id);
    }
    check_equal("many threads wait for the end of one", wrong, 0);
}

// MARK: Its locks

static struct umutex *mutex;
static volatile uint32_t died, got, lost, others;
static volatile int gives_up;
static uintptr_t *list;

static void register_list(struct umutex *first, int is_shared) {
    *list = (uintptr_t)first;
    struct umtx_robust_lists lists = {is_shared ? (uintptr_t)list : 0, is_shared ? 0 : (uintptr_t)list, 0};
    if (umtx(0, UMTX_OP_ROBUST_LISTS, sizeof lists, &lists, 0) != 0) guest_exit(124);
}

static void own_until_told(void *argument) {
    (void)argument;
    long result = umtx(mutex, UMTX_OP_MUTEX_LOCK, 0, 0, 0);
    if (result != 0) add(&wrong);
    register_list(mutex, mutex->flags & USYNC_PROCESS_SHARED);
    add(&ready);
    await(&owner_may_end, 1);
}

static void lock_after_death(void *argument) {
    (void)argument;
    add(&ready);
    long result = umtx(mutex, UMTX_OP_MUTEX_LOCK, 0, 0, 0);
    switch (-result) {
    case EOWNERDEAD: add(&died); break;
    case ENOTRECOVERABLE: add(&lost); return;
    case 0: add(&got); break;
    default: add(&others); return;
    }
    if (result != 0 && gives_up) mutex->flags |= UMUTEX_NONCONSISTENT;
    if (umtx(mutex, UMTX_OP_MUTEX_UNLOCK, 0, 0, 0) != 0) add(&others);
}

static void test_death(const char *name, uint32_t flags, int gives) {
    static struct umutex own_mutex;
    static uintptr_t own_list;
    mutex = flags & USYNC_PROCESS_SHARED
        ? (struct umutex *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0) : &own_mutex;
    list = flags & USYNC_PROCESS_SHARED ? (uintptr_t *)(mutex + 1) : &own_list;
    gives_up = gives;
    int bad = 0;
    for (int round = 0; round < 10; round++) {
        *mutex = (struct umutex){.flags = flags, .ceilings = {10, 0}};
        if (flags & UMUTEX_PRIO_PROTECT) mutex->owner = UMUTEX_CONTESTED;
        owner_may_end = ready = died = got = lost = others = 0;
        thread_start(&owner, own_until_told, 0);
        await(&ready, 1);
        for (int i = 0; i < WAITERS; i++)
            thread_start(&waiters[i], lock_after_death, 0);
        await(&ready, WAITERS + 1);
        if (round % 2) pause_for(2000000);
        owner_may_end = 1;
        for (int i = 0; i < WAITERS; i++)
            thread_join(&waiters[i]);
        is_gone(owner.id);
        bad += died != 1 || others != 0 || got != (gives ? 0 : WAITERS - 1) || lost != (gives ? WAITERS - 1 : 0);
    }
    check_equal(name, bad, 0);
}

static void test_deaths(void) {
    test_death("an owner ends while others wait", UMUTEX_ROBUST, 0);
    test_death("and what it left cannot be mended", UMUTEX_ROBUST, 1);
    test_death("the same with priority inheritance", UMUTEX_ROBUST | UMUTEX_PRIO_INHERIT, 0);
    test_death("the same with a ceiling", UMUTEX_ROBUST | UMUTEX_PRIO_PROTECT, 0);
    test_death("the same in shared memory", UMUTEX_ROBUST | USYNC_PROCESS_SHARED, 0);
    test_death("lost in shared memory", UMUTEX_ROBUST | USYNC_PROCESS_SHARED, 1);
}

// A process that ends, however it does, leaves its locks to others.
static char *own_path;

static void end_process(long how) {
    char *arguments[] = {own_path, "after-exec", 0};
    switch (how) {
    case 0: guest_exit(0);
    case 1: *(volatile long *)8 = 1; break;
    case 2: sys_kill((int)sys_getpid(), SIGTERM); break;
    case 3: sys_execve(own_path, arguments, guest_environment); break;
    case 4: sys_thr_exit(0); break;
    }
    guest_exit(99);
}

static void end_process_by_thread(void *how) { end_process((long)how); }

static void test_death_of_process(void) {
    static const char *const names[] = {
        "a process exits with a lock", "one crashes", "a signal ends one", "one runs another program",
        "its thread exits", "another thread of it exits", "another thread of it crashes",
        "a signal comes to another thread of it", "another thread of it runs another program",
    };
    mutex = (struct umutex *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
    list = (uintptr_t *)(mutex + 1);
    volatile uint32_t *locked = (volatile uint32_t *)(mutex + 2);
    for (long how = 0; how < 9; how++) {
        *mutex = (struct umutex){.flags = UMUTEX_ROBUST | USYNC_PROCESS_SHARED};
        *locked = 0;
        int child = (int)sys_fork();
        if (child == 0) {
            if (umtx(mutex, UMTX_OP_MUTEX_LOCK, 0, 0, 0) != 0) guest_exit(98);
            register_list(mutex, 1);
            __atomic_store_n(locked, 1, __ATOMIC_SEQ_CST);
            pause_for(5000000);
            if (how < 5) end_process(how);
            thread_start(&owner, end_process_by_thread, (void *)(how - 5));
            for (;;)
                pause_for(1000000000);
        }
        await(locked, 1);
        struct umtx_time time = {{20, 0}, 0, CLOCK_MONOTONIC};
        check_errno(names[how], umtx(mutex, UMTX_OP_MUTEX_LOCK, 0, (void *)sizeof time, &time), EOWNERDEAD);
        umtx(mutex, UMTX_OP_MUTEX_UNLOCK, 0, 0, 0);
        wait_for(child);
    }
}

// MARK: Memory that goes away under those who wait in it

static volatile long outcome;

static void wait_in_memory(void *word) {
    outcome = 1;
    add(&ready);
    struct umtx_time time = {{0, 50000000}, 0, CLOCK_MONOTONIC};
    outcome = umtx(word, UMTX_OP_WAIT_UINT_PRIVATE, 0, (void *)sizeof time, &time);
}

static void test_memory(void) {
    char *memory = (char *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    ready = 0;
    thread_start(&owner, wait_in_memory, memory);
    await(&ready, 1);
    pause_for(5000000);
    sys_munmap(memory, PAGE);
    thread_join(&owner);
    check_errno("a wait in memory that is unmapped ends", outcome, ETIMEDOUT);
}

// MARK: Everything at once

static volatile uint32_t is_over, handled;
static int to_nobody[2];

static void count_signal(int signal) { (void)signal, add(&handled); }

static void busy(void *argument) {
    long number = (long)argument;
    struct timespec soon = {0, 100000};
    char byte;
    while (load(&is_over) == 0) switch (number % 5) {
        case 0: if (compute(1, 2000) != compute(1, 2000)) add(&wrong); break;
        case 1: sys_nanosleep(&soon, 0); break;
        case 2: umtx(&gate, UMTX_OP_WAIT_UINT_PRIVATE, 0, 0, &soon); break;
        case 3: sys_getppid(); sys_sched_yield(); break;
        case 4: if (sys_read(to_nobody[0], &byte, 1) >= 0) add(&wrong); break;
        }
}

static void fork_and_wait(int how) {
    char *arguments[] = {own_path, "after-exec", 0};
    int child = (int)(how == 2 ? sys_vfork() : sys_fork());
    if (child == 0) {
        if (how == 1 && (sys_thr_kill(-1, 0) != -ESRCH || compute(3, 100) == 0)) sys_exit(1);
        if (how != 1) sys_execve(own_path, arguments, guest_environment);
        sys_exit(how == 1 ? 55 : 2);
    }
    int status = wait_for(child);
    if (status != 55 << 8) {
        add(&wrong);
        print("child of kind %d: 0x%x\n", how, status);
    }
}

static void fork_always(void *argument) {
    (void)argument;
    while (load(&is_over) == 0)
        fork_and_wait(1);
    add(&left);
}

static void start_and_join(void *argument) {
    struct thread other = {0};
    (void)argument;
    while (load(&is_over) == 0) {
        if (thread_start(&other, join_owner, 0) != 0) add(&wrong);
        thread_join(&other);
    }
    add(&left);
}

static void test_together(long seconds) {
    enum { BUSY = 50 };
    sys_pipe2(to_nobody, 0);
    set_handler(SIGUSR1, (void *)count_signal, 0);
    set_handler(SIGALRM, (void *)count_signal, SA_RESTART);
    gate = is_over = handled = wrong = left = 0;
    static struct thread forkers[2], starter;
    owner.is_done = 1;
    for (long i = 0; i < BUSY; i++)
        thread_start(&crowd[i], busy, (void *)i);
    for (unsigned i = 0; i < COUNT_OF(forkers); i++)
        thread_start(&forkers[i], fork_always, 0);
    thread_start(&starter, start_and_join, 0);
    struct itimerval fast = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};
    sys_setitimer(ITIMER_REAL, &fast, 0);
    // Another process sends as well.
    int self = (int)sys_getpid(), child = (int)sys_fork();
    if (child == 0) {
        while (sys_kill(self, SIGUSR1) == 0)
            pause_for(100000);
        guest_exit(0);
    }
    long end = now_nanoseconds(CLOCK_MONOTONIC) + seconds * 1000000000;
    for (int i = 0; now_nanoseconds(CLOCK_MONOTONIC) < end || i < 6; i++) {
        fork_and_wait(i % 3);
        sys_thr_kill(crowd[i % BUSY].id, SIGUSR1);
    }
    sys_setitimer(ITIMER_REAL, &never, 0);
    is_over = 1;
    sys_kill(child, SIGKILL);
    wait_for(child);
    // Readers wait for ever, unless a signal comes.
    for (long i = 0; i < BUSY; i++)
        while (crowd[i].is_done == 0) {
            sys_thr_kill(crowd[i].id, SIGUSR1);
            pause_for(100000);
        }
    for (unsigned i = 0; i < COUNT_OF(forkers); i++)
        thread_join(&forkers[i]);
    thread_join(&starter);
    check("signals came", handled > 10);
    check_equal("all forks, programs and sums are right", wrong, 0);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)environment;
    own_path = arguments[0];
    if (argument_count > 1 && string_equal(arguments[1], "after-exec")) {
        if (sys_thr_kill(-1, 0) != -ESRCH) guest_exit(57);
        pause_for(1000000);
        guest_exit(55);
    }
    long seconds = 0;
    for (char *digit = argument_count > 1 ? arguments[1] : "1"; *digit; digit++)
        seconds = seconds * 10 + *digit - '0';
    test_joined();
    test_detached();
    test_limit();
    test_many_joins();
    test_deaths();
    test_death_of_process();
    test_memory();
    test_together(seconds);
    return checks_failed();
}
