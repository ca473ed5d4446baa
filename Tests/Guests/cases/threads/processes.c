// Threads and what happens to the process around them: ends, forks, execs, signals; and threads that wait for words.
// Authority: thr_new(2), thr_exit(2), thr_kill(2), _umtx_op(2), fork1 and kern_execve of sys/kern.
#include "cases.h"
#include "threads.h"

enum { THREADS = 4 };
static struct thread threads[THREADS];
static volatile uint32_t ready, word, awake, is_over;

int started_by_case(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    pause_for(50000000);
    check_errno("other threads are gone", sys_thr_kill(-1, 0), ESRCH);
    return checks_failed();
}

static void spin(void *argument) {
    (void)argument;
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    while (!load(&is_over)) {}
}

static void sleep_long(void *argument) {
    struct timespec time = {100, 0};
    (void)argument;
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    sys_nanosleep(&time, 0);
}

static void wait_for_word(void *argument) {
    (void)argument;
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    long result = umtx(&word, UMTX_OP_WAIT_UINT_PRIVATE, 0, 0, 0);
    if (result == 0) __atomic_fetch_add(&awake, 1, __ATOMIC_SEQ_CST);
}

static void start_all(void (*body)(void *)) {
    ready = 0;
    for (int i = 0; i < THREADS; i++)
        check_equal("thr_new", thread_start(&threads[i], body, 0), 0);
    await(&ready, THREADS);
    pause_for(20000000);
}

static void start_some_of_each(void) {
    void (*const bodies[])(void *) = {spin, sleep_long, wait_for_word, spin};
    for (int i = 0; i < THREADS; i++)
        thread_start(&threads[i], bodies[i], 0);
    await(&ready, THREADS);
}

CASE(exit, "ends threads that run, sleep and wait") {
    int child = (int)sys_fork();
    if (child == 0) {
        start_some_of_each();
        guest_exit(21);
    }
    check_equal("the status", wait_for(child), 21 << 8);
}

CASE(execve, "of one thread ends all others") {
    char *const arguments[] = {"anew", 0}, *const environment[] = {0};
    start_some_of_each();
    check_equal("execve", start_anew(arguments, environment), 0);
}

static void exec_here(void *argument) {
    char *const arguments[] = {"anew", 0}, *const environment[] = {0};
    (void)argument;
    start_anew(arguments, environment);
    guest_exit(99);
}

CASE(execve, "of another thread than the first keeps the process number") {
    thread_start(&threads[0], exec_here, 0);
    for (;;)
        pause_for(1000000000);
}

CASE(execve, "that fails lets all threads go on") {
    char *const nothing[] = {0};
    start_all(spin);
    check_errno("no such program", sys_execve("none", nothing, nothing), ENOENT);
    for (int i = 0; i < THREADS; i++)
        check_equal("still there", sys_thr_kill(threads[i].id, 0), 0);
    is_over = 1;
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
}

CASE(fork, "copies the calling thread alone") {
    start_all(spin);
    int child = (int)sys_fork();
    if (child == 0) {
        long others = sys_thr_kill(-1, 0);
        // The other threads' memory is there, but nobody who writes to it.
        guest_exit(others == -ESRCH && ready == THREADS ? 5 : 6);
    }
    check_equal("the child", wait_for(child), 5 << 8);
    check_equal("threads of the parent", sys_thr_kill(-1, 0), 0);
    is_over = 1;
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
}

static void start_again(void *argument) {
    (void)argument;
    __atomic_fetch_add(&awake, 1, __ATOMIC_SEQ_CST);
}

CASE(fork, "leaves a child that can start threads itself") {
    start_all(spin);
    int child = (int)sys_fork();
    if (child == 0) {
        static struct thread own[THREADS];
        for (int i = 0; i < THREADS; i++)
            thread_start(&own[i], start_again, 0);
        for (int i = 0; i < THREADS; i++)
            thread_join(&own[i]);
        guest_exit(awake == THREADS ? 5 : 6);
    }
    check_equal("the child", wait_for(child), 5 << 8);
    is_over = 1;
}

static void fork_often(void *argument) {
    for (int i = 0; i < 20; i++) {
        int child = (int)sys_fork();
        if (child == 0) guest_exit(7);
        if (wait_for(child) == 7 << 8) __atomic_fetch_add((uint32_t *)argument, 1, __ATOMIC_SEQ_CST);
    }
}

CASE(fork, "of all threads at once") {
    static volatile uint32_t good;
    for (int i = 0; i < THREADS; i++)
        thread_start(&threads[i], fork_often, (void *)&good);
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
    check_equal("children that came and went", good, THREADS * 20);
}

CASE(signal, "that kills ends all threads") {
    int child = (int)sys_fork();
    if (child == 0) {
        start_some_of_each();
        sys_thr_kill(threads[1].id, SIGTERM);
        pause_for(5000000000);
        guest_exit(1);
    }
    check_equal("killed", WTERMSIG(wait_for(child)), SIGTERM);
}

static void fault(void *argument) {
    (void)argument;
    machine_load((void *)8);
}

CASE(signal, "of one thread's fault ends the process") {
    int child = (int)sys_fork();
    if (child == 0) {
        start_some_of_each();
        is_over = 1;
        static struct thread last;
        thread_start(&last, fault, 0);
        pause_for(5000000000);
        guest_exit(1);
    }
    check_equal("killed", WTERMSIG(wait_for(child)), SIGSEGV);
}

// MARK: Waiting for words

CASE(umtx, "WAKE_PRIVATE wakes as many as it says") {
    start_all(wait_for_word);
    check_equal("nobody is awake", awake, 0);
    umtx(&word, UMTX_OP_WAKE_PRIVATE, 1, 0, 0);
    await(&awake, 1);
    pause_for(20000000);
    check_equal("one", awake, 1);
    umtx(&word, UMTX_OP_WAKE_PRIVATE, 2, 0, 0);
    await(&awake, 3);
    pause_for(20000000);
    check_equal("three", awake, 3);
    umtx(&word, UMTX_OP_WAKE_PRIVATE, 0x7fffffff, 0, 0);
    await(&awake, 4);
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
    check_equal("all", awake, THREADS);
}

CASE(umtx, "a wait for another value returns at once") {
    word = 5;
    check_equal("WAIT_UINT", umtx(&word, UMTX_OP_WAIT_UINT, 6, 0, 0), 0);
    check_equal("WAIT_UINT_PRIVATE", umtx(&word, UMTX_OP_WAIT_UINT_PRIVATE, 6, 0, 0), 0);
    static volatile long wide = 0x100000005;
    check_equal("WAIT compares all of a long", umtx(&wide, UMTX_OP_WAIT, 5, 0, 0), 0);
}

static struct umutex mutex;
static volatile long counted, owner_died;

static void count_guarded(void *argument) {
    uint32_t id = (uint32_t)own_id();
    (void)argument;
    for (int i = 0; i < 5000; i++) {
        mutex_lock(&mutex, id);
        counted = counted + 1;
        mutex_unlock(&mutex, id);
    }
}

static void count_with(uint32_t flags) {
    mutex.flags = flags;
    for (int i = 0; i < THREADS; i++)
        thread_start(&threads[i], count_guarded, 0);
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
    check_equal("counted", counted, THREADS * 5000);
    check_equal("the owner at the end", mutex.owner & ~UMUTEX_CONTESTED, 0);
}

CASE(mutex, "of four threads guards plain memory") { count_with(0); }
CASE(mutex, "with priority inheritance guards plain memory") { count_with(UMUTEX_PRIO_INHERIT); }

static void lock_and_leave(void *argument) {
    static uintptr_t list = (uintptr_t)&mutex;
    struct umtx_robust_lists lists = {.own = (uintptr_t)&list};
    (void)argument;
    mutex.flags = UMUTEX_ROBUST;
    umtx(0, UMTX_OP_ROBUST_LISTS, sizeof lists, &lists, 0);
    umtx(&mutex, UMTX_OP_MUTEX_TRYLOCK, 0, 0, 0);
}

CASE(mutex, "whose owner ended is given on with EOWNERDEAD") {
    thread_start(&threads[0], lock_and_leave, 0);
    thread_join(&threads[0]);
    owner_died = umtx(&mutex, UMTX_OP_MUTEX_LOCK, 0, 0, 0);
    check_errno("MUTEX_LOCK", owner_died, EOWNERDEAD);
    check_equal("the owner", mutex.owner & ~UMUTEX_CONTESTED, own_id());
}

static struct usem2 semaphore;

static void take_one(void *argument) {
    (void)argument;
    semaphore_wait(&semaphore);
    __atomic_fetch_add(&awake, 1, __ATOMIC_SEQ_CST);
}

CASE(semaphore, "lets through as many as were posted") {
    for (int i = 0; i < THREADS; i++)
        thread_start(&threads[i], take_one, 0);
    pause_for(20000000);
    check_equal("nobody", awake, 0);
    for (uint32_t i = 1; i <= THREADS; i++) {
        semaphore_post(&semaphore);
        await(&awake, i);
        pause_for(5000000);
        check_equal("one more", awake, i);
    }
}

static struct thread wakers[2];
static volatile uint32_t nobody, wakers_started;

static void wake_nobody(void *unused) {
    (void)unused;
    __atomic_add_fetch(&wakers_started, 1, __ATOMIC_SEQ_CST);
    for (;;) umtx(&nobody, UMTX_OP_WAKE_PRIVATE, 1, 0, 0);
}

static void do_nothing(void *unused) { (void)unused; }

static void grandchild(void) {
    int child = (int)sys_fork(), status;
    if (child != 0) guest_exit(sys_wait4(child, &status, 0, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 99);
    umtx(&nobody, UMTX_OP_WAKE_PRIVATE, 1, 0, 0);
    // It has memory of its own again, and may start threads.
    thread_start(&wakers[0], do_nothing, 0);
    thread_join(&wakers[0]);
    guest_exit(7);
}

// What the emulator makes of loops that run for long must not disturb the parent, whose state is the child's.
CASE(vfork, "keeps its parent's registers while its child computes") {
    long first = sys_getpid(), second = first * 3, third = first * 5, fourth = first * 7;
    int child = (int)sys_vfork(), status = 0;
    if (child == 0) {
        unsigned long a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8;
        for (unsigned long i = 0; i < 4000000; i++) {
            a += b ^ i, b += c ^ a, c += d ^ b, d += e ^ c, e += f ^ d, f += g ^ e, g += h ^ f, h += a ^ g;
        }
        guest_exit((a ^ b ^ c ^ d ^ e ^ f ^ g ^ h) == 0 ? 8 : 7);
    }
    check_equal("wait4", sys_wait4(child, &status, 0, 0), child);
    check_equal("its status", WEXITSTATUS(status), 7);
    check("registers", second == first * 3 && third == first * 5 && fourth == first * 7);
}

CASE(vfork, "lets its child fork while threads of the parent use what the child has of it") {
    for (int i = 0; i < 2; i++) thread_start(&wakers[i], wake_nobody, 0);
    await(&wakers_started, 2);
    int right = 0;
    for (int i = 0; i < 200; i++) {
        int child = (int)sys_vfork(), status;
        if (child == 0) grandchild();
        if (sys_wait4(child, &status, 0, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7) right++;
    }
    check_equal("children", right, 200);
}
