// _umtx_op: waiting and waking, locks of all kinds, timeouts, and what goes wrong (sys/kern/kern_umtx.c).
#include "threads.h"

enum { THREADS = 4, ROUNDS = 3000 };

static struct thread threads[THREADS];

static void start_all(void (*body)(void *)) {
    for (long i = 0; i < THREADS; i++)
        if (thread_start(&threads[i], body, (void *)i) != 0) guest_exit(122);
}

static void join_all(void) {
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
}

// MARK: Words

static volatile uint32_t word, awake;
static volatile long long_word;

static void wait_word(void *argument) {
    (void)argument;
    while (load(&word) == 7)
        umtx(&word, UMTX_OP_WAIT_UINT_PRIVATE, 7, 0, 0);
    __atomic_fetch_add(&awake, 1, __ATOMIC_SEQ_CST);
}

static void wait_long(void *argument) {
    (void)argument;
    // Both halves of the word count.
    while (long_word == 1)
        umtx(&long_word, UMTX_OP_WAIT, 1, 0, 0);
    __atomic_fetch_add(&awake, 1, __ATOMIC_SEQ_CST);
}

static void test_words(void) {
    word = 7;
    awake = 0;
    start_all(wait_word);
    pause_for(20000000);
    check_equal("nobody wakes by itself", awake, 0);
    word = 8;
    check_equal("WAKE_PRIVATE of one", umtx(&word, UMTX_OP_WAKE_PRIVATE, 1, 0, 0), 0);
    pause_for(20000000);
    check_equal("one is awake", awake, 1);
    volatile void *list[] = {&word, &awake};
    check_equal("NWAKE_PRIVATE", umtx(list, UMTX_OP_NWAKE_PRIVATE, COUNT_OF(list), 0, 0), 0);
    join_all();
    check_equal("all are awake", awake, THREADS);

    long_word = 1;
    awake = 0;
    start_all(wait_long);
    pause_for(10000000);
    long_word = 1L << 32 | 1;
    umtx(&long_word, UMTX_OP_WAKE, 0x7fffffff, 0, 0);
    join_all();
    check_equal("WAIT on a long", awake, THREADS);

    check_equal("WAIT_UINT for another value", umtx(&word, UMTX_OP_WAIT_UINT, 9, 0, 0), 0);
    check_equal("WAKE without waiters", umtx(&word, UMTX_OP_WAKE, 1, 0, 0), 0);
}

// MARK: Timeouts

static void check_time(const char *name, long start, long least, int clock) {
    long spent = now_nanoseconds(clock) - start;
    if (spent < least || spent > least + 2000000000)
        check_equal(name, spent, least);
    else
        check(name, 1);
}

static void test_timeouts(void) {
    word = 7;
    long start = now_nanoseconds(CLOCK_MONOTONIC);
    struct timespec soon = {0, 20000000};
    check_errno("a timespec", umtx(&word, UMTX_OP_WAIT_UINT, 7, 0, &soon), ETIMEDOUT);
    check_time("its time", start, 20000000, CLOCK_MONOTONIC);

    struct umtx_time relative = {{0, 20000000}, 0, CLOCK_MONOTONIC};
    const void *size = (void *)sizeof relative;
    start = now_nanoseconds(CLOCK_MONOTONIC);
    check_errno("a relative _umtx_time", umtx(&word, UMTX_OP_WAIT_UINT_PRIVATE, 7, size, &relative), ETIMEDOUT);
    check_time("its time", start, 20000000, CLOCK_MONOTONIC);

    int clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_UPTIME};
    for (unsigned i = 0; i < COUNT_OF(clocks); i++) {
        start = now_nanoseconds(clocks[i]);
        long end = start + 20000000;
        struct umtx_time absolute = {{end / 1000000000, end % 1000000000}, UMTX_ABSTIME, clocks[i]};
        check_errno("an absolute time", umtx(&word, UMTX_OP_WAIT_UINT_PRIVATE, 7, size, &absolute), ETIMEDOUT);
        check_time("its time", start, 20000000, clocks[i]);
        absolute.time.seconds -= 10;
        check_errno("a time that is past", umtx(&word, UMTX_OP_WAIT_UINT, 7, size, &absolute), ETIMEDOUT);
    }
    struct timespec wrong = {0, 1000000000}, negative = {-1, 0};
    check_errno("too many nanoseconds", umtx(&word, UMTX_OP_WAIT_UINT, 7, 0, &wrong), EINVAL);
    check_errno("a negative time", umtx(&word, UMTX_OP_WAIT_UINT, 7, 0, &negative), EINVAL);
    check_errno("a wild time", umtx(&word, UMTX_OP_WAIT_UINT, 7, 0, (void *)8), EFAULT);

    struct usem2 semaphore = {0, 0};
    check_errno("SEM2_WAIT", umtx(&semaphore, UMTX_OP_SEM2_WAIT, 0, size, &relative), ETIMEDOUT);
    struct umutex mutex = {.owner = 99};
    check_errno("MUTEX_LOCK", umtx(&mutex, UMTX_OP_MUTEX_LOCK, 0, size, &relative), ETIMEDOUT);
    check_equal("the mutex is contested", mutex.owner, 99 | UMUTEX_CONTESTED);
    check_errno("MUTEX_WAIT", umtx(&mutex, UMTX_OP_MUTEX_WAIT, 0, size, &relative), ETIMEDOUT);
    struct urwlock lock = {.state = URWLOCK_WRITE_OWNER};
    check_errno("RW_RDLOCK", umtx(&lock, UMTX_OP_RW_RDLOCK, 0, size, &relative), ETIMEDOUT);
    check_errno("RW_WRLOCK", umtx(&lock, UMTX_OP_RW_WRLOCK, 0, size, &relative), ETIMEDOUT);
    check_equal("no waiters are left in the lock", lock.state, URWLOCK_WRITE_OWNER);
    check_equal("nor counted", lock.readers + lock.writers, 0);
    struct ucond condition = {0, 0, 0, 0};
    mutex.owner = (uint32_t)own_id();
    check_errno("CV_WAIT", umtx(&condition, UMTX_OP_CV_WAIT, 0, &mutex, &soon), ETIMEDOUT);
    check_equal("CV_WAIT unlocked the mutex", mutex.owner, 0);
    check_equal("and left no waiter", condition.has_waiters, 0);
}

// MARK: Mutexes

static struct umutex mutex;
static volatile long counter;

static void count_locked(void *argument) {
    (void)argument;
    uint32_t id = (uint32_t)own_id();
    for (int i = 0; i < ROUNDS; i++) {
        mutex_lock(&mutex, id);
        long value = counter;
        if (i % 64 == 0) sys_sched_yield();
        counter = value + 1;
        mutex_unlock(&mutex, id);
    }
}

static void count_in_kernel(void *argument) {
    (void)argument;
    for (int i = 0; i < ROUNDS / 4; i++) {
        while (umtx(&mutex, UMTX_OP_MUTEX_LOCK, 0, 0, 0) != 0)
            ;
        long value = counter;
        if (i % 64 == 0) sys_sched_yield();
        counter = value + 1;
        if (umtx(&mutex, UMTX_OP_MUTEX_UNLOCK, 0, 0, 0) != 0) guest_exit(123);
    }
}

static void contend(const char *name, uint32_t flags, uint32_t owner, void (*body)(void *), long wanted) {
    mutex = (struct umutex){.owner = owner, .flags = flags, .ceilings = {10, 0xffffffff}};
    counter = 0;
    start_all(body);
    join_all();
    check_equal(name, counter, wanted);
    check_equal("and the mutex is free", mutex.owner & ~UMUTEX_CONTESTED, 0);
}

static void test_mutexes(void) {
    contend("a plain mutex", 0, 0, count_locked, THREADS * ROUNDS);
    contend("a plain mutex, all in the kernel", 0, 0, count_in_kernel, THREADS * (ROUNDS / 4));
    contend("priority inheritance", UMUTEX_PRIO_INHERIT, 0, count_in_kernel, THREADS * (ROUNDS / 4));
    contend("a priority ceiling", UMUTEX_PRIO_PROTECT, UMUTEX_CONTESTED, count_in_kernel, THREADS * (ROUNDS / 4));

    uint32_t id = (uint32_t)own_id();
    struct umutex one = {.owner = 0};
    check_equal("MUTEX_TRYLOCK", umtx(&one, UMTX_OP_MUTEX_TRYLOCK, 0, 0, 0), 0);
    check_equal("the owner", one.owner, id);
    check_errno("MUTEX_TRYLOCK of a locked one", umtx(&one, UMTX_OP_MUTEX_TRYLOCK, 0, 0, 0), EBUSY);
    check_equal("MUTEX_UNLOCK", umtx(&one, UMTX_OP_MUTEX_UNLOCK, 0, 0, 0), 0);
    check_equal("no owner", one.owner, 0);
    check_errno("MUTEX_UNLOCK by who does not own it", umtx(&one, UMTX_OP_MUTEX_UNLOCK, 0, 0, 0), EPERM);
    check_equal("MUTEX_WAIT for a free one", umtx(&one, UMTX_OP_MUTEX_WAIT, 0, 0, 0), 0);
    one.owner = UMUTEX_CONTESTED;
    check_equal("MUTEX_LOCK of a contested one", umtx(&one, UMTX_OP_MUTEX_LOCK, 0, 0, 0), 0);
    check_equal("stays contested", one.owner, id | UMUTEX_CONTESTED);
    check_equal("MUTEX_UNLOCK without waiters", umtx(&one, UMTX_OP_MUTEX_UNLOCK, 0, 0, 0), 0);
    check_equal("ends contention", one.owner, 0);
    one.owner = UMUTEX_CONTESTED;
    check_equal("MUTEX_WAKE", umtx(&one, UMTX_OP_MUTEX_WAKE, 0, 0, 0), 0);
    check_equal("ends contention as well", one.owner, 0);

    one = (struct umutex){.owner = id, .flags = UMUTEX_PRIO_INHERIT};
    check_errno("a deadlock", umtx(&one, UMTX_OP_MUTEX_LOCK, 0, 0, 0), EDEADLK);
    one = (struct umutex){.flags = UMUTEX_PRIO_INHERIT | UMUTEX_PRIO_PROTECT};
    check_errno("two protocols", umtx(&one, UMTX_OP_MUTEX_LOCK, 0, 0, 0), EINVAL);
    check_errno("two protocols to wake", umtx(&one, UMTX_OP_MUTEX_WAKE2, 12, 0, 0), EINVAL);
    one = (struct umutex){.owner = UMUTEX_CONTESTED, .flags = UMUTEX_PRIO_PROTECT, .ceilings = {40, 0}};
    check_errno("no such ceiling", umtx(&one, UMTX_OP_MUTEX_LOCK, 0, 0, 0), EINVAL);
    uint32_t old = 0;
    one.ceilings[0] = 5;
    check_equal("SET_CEILING", umtx(&one, UMTX_OP_SET_CEILING, 20, &old, 0), 0);
    check_equal("the old ceiling", old, 5);
    check_equal("the new ceiling", one.ceilings[0], 20);
    check_errno("SET_CEILING too high", umtx(&one, UMTX_OP_SET_CEILING, 32, &old, 0), EINVAL);
    one.flags = 0;
    check_errno("SET_CEILING of a plain mutex", umtx(&one, UMTX_OP_SET_CEILING, 3, &old, 0), EINVAL);
}

// MARK: Robust mutexes

static struct umutex robust[2];
static volatile uintptr_t robust_list, robust_private_list, robust_inactive;

static void die_with_locks(void *argument) {
    (void)argument;
    uint32_t id = (uint32_t)own_id();
    robust[0] = (struct umutex){.flags = UMUTEX_ROBUST};
    robust[1] = (struct umutex){.flags = UMUTEX_ROBUST};
    mutex_lock(&robust[0], id);
    mutex_lock(&robust[1], id);
    robust[0].next = (uintptr_t)&robust[1];
    robust_private_list = (uintptr_t)&robust[0];
    struct umtx_robust_lists lists = {
        (uintptr_t)&robust_list, (uintptr_t)&robust_private_list, (uintptr_t)&robust_inactive};
    if (umtx(0, UMTX_OP_ROBUST_LISTS, sizeof lists, &lists, 0) != 0) guest_exit(124);
}

static void test_robust(void) {
    static struct thread thread;
    thread_start(&thread, die_with_locks, 0);
    thread_join(&thread);
    uint32_t id = (uint32_t)own_id();
    check_equal("the owner died", robust[0].owner, UMUTEX_RB_OWNERDEAD);
    check_errno("the next owner is told", umtx(&robust[0], UMTX_OP_MUTEX_LOCK, 0, 0, 0), EOWNERDEAD);
    check_equal("and owns it", robust[0].owner, id | UMUTEX_CONTESTED);
    check_errno("the second", umtx(&robust[1], UMTX_OP_MUTEX_TRYLOCK, 0, 0, 0), EOWNERDEAD);
    robust[1].flags |= UMUTEX_NONCONSISTENT;
    check_equal("unlocked without repair", umtx(&robust[1], UMTX_OP_MUTEX_UNLOCK, 0, 0, 0), 0);
    check_errno("it is lost", umtx(&robust[1], UMTX_OP_MUTEX_LOCK, 0, 0, 0), ENOTRECOVERABLE);
    check_equal("unlocked after repair", umtx(&robust[0], UMTX_OP_MUTEX_UNLOCK, 0, 0, 0), 0);
    check_equal("it is as before", umtx(&robust[0], UMTX_OP_MUTEX_LOCK, 0, 0, 0), 0);
    umtx(&robust[0], UMTX_OP_MUTEX_UNLOCK, 0, 0, 0);
    check_errno("too large lists", umtx(0, UMTX_OP_ROBUST_LISTS, 1000, &robust, 0), EINVAL);
    check_errno("wild lists", umtx(0, UMTX_OP_ROBUST_LISTS, 24, (void *)8, 0), EFAULT);
}

// MARK: Condition variables, semaphores, readers and writers

enum { ITEMS = 2000, ROOM = 4 };
static struct ucond not_empty, not_full;
static long items[ROOM], put_count, taken_count, taken_sum;

static void produce_or_consume(void *argument) {
    uint32_t id = (uint32_t)own_id();
    int produces = (long)argument % 2 == 0;
    for (;;) {
        mutex_lock(&mutex, id);
        if (produces) {
            while (put_count - taken_count == ROOM && put_count < ITEMS)
                condition_wait(&not_full, &mutex, id);
            if (put_count < ITEMS) {
                items[put_count % ROOM] = put_count;
                put_count++;
            }
        } else {
            while (put_count == taken_count && taken_count < ITEMS)
                condition_wait(&not_empty, &mutex, id);
            if (taken_count < ITEMS) taken_sum += items[taken_count++ % ROOM];
        }
        int is_over = produces ? put_count == ITEMS : taken_count == ITEMS;
        mutex_unlock(&mutex, id);
        condition_wake(produces ? &not_empty : &not_full, is_over);
        if (is_over) return;
    }
}

static void test_conditions(void) {
    mutex = (struct umutex){.owner = 0};
    start_all(produce_or_consume);
    join_all();
    check_equal("producers and consumers", taken_sum, (long)ITEMS * (ITEMS - 1) / 2);
    struct ucond condition = {.has_waiters = 1};
    check_equal("CV_SIGNAL without waiters", umtx(&condition, UMTX_OP_CV_SIGNAL, 0, 0, 0), 0);
    check_equal("clears the flag", condition.has_waiters, 0);
    condition = (struct ucond){.clock = 14};
    check_errno("CV_WAIT with a clock of the processor", umtx(&condition, UMTX_OP_CV_WAIT, CVWAIT_CLOCKID, &mutex, 0),
                EINVAL);
    struct timespec soon = {0, 1000000};
    check_errno("CV_WAIT without the mutex", umtx(&condition, UMTX_OP_CV_WAIT, 0, &mutex, &soon), EPERM);
}

static struct usem2 available, ticket;

static void pass_tickets(void *argument) {
    (void)argument;
    for (int i = 0; i < ROUNDS / 4; i++) {
        semaphore_wait(&ticket);
        long value = counter;
        counter = value + 1;
        semaphore_post(&ticket);
        semaphore_post(&available);
    }
}

static void test_semaphores(void) {
    counter = 0;
    ticket = (struct usem2){1, 0};
    available = (struct usem2){0, 0};
    start_all(pass_tickets);
    for (int i = 0; i < THREADS * (ROUNDS / 4); i++)
        semaphore_wait(&available);
    join_all();
    check_equal("semaphores", counter, THREADS * (ROUNDS / 4));
    check_equal("the count", available.count & ~USEM_HAS_WAITERS, 0);
    struct usem old = {0, 1, 0};
    check_equal("SEM_WAIT with a count", umtx(&old, UMTX_OP_SEM_WAIT, 0, 0, 0), 0);
    check_equal("SEM_WAKE", umtx(&old, UMTX_OP_SEM_WAKE, 0, 0, 0), 0);
    check_equal("SEM2_WAIT with a count", umtx(&ticket, UMTX_OP_SEM2_WAIT, 0, 0, 0), 0);
}

static struct urwlock rwlock;
static volatile long first_half, second_half, torn;

static void read_or_write(void *argument) {
    for (int i = 0; i < ROUNDS / 4; i++) {
        if (((long)argument + i) % 4 == 0) {
            if (umtx(&rwlock, UMTX_OP_RW_WRLOCK, 0, 0, 0) != 0) continue;
            first_half++;
            if (i % 16 == 0) sys_sched_yield();
            second_half++;
        } else {
            if (umtx(&rwlock, UMTX_OP_RW_RDLOCK, (long)argument == 1 ? URWLOCK_PREFER_READER : 0, 0, 0) != 0) continue;
            if (first_half != second_half) torn++;
        }
        if (umtx(&rwlock, UMTX_OP_RW_UNLOCK, 0, 0, 0) != 0) guest_exit(125);
    }
}

static void test_readers_and_writers(void) {
    start_all(read_or_write);
    join_all();
    check_equal("readers see whole writes", torn, 0);
    check_equal("all writes", first_half, ROUNDS / 4);
    check_equal("the lock is free", rwlock.state, 0);
    check_equal("nobody is counted", rwlock.readers + rwlock.writers, 0);
    check_errno("RW_UNLOCK of a free lock", umtx(&rwlock, UMTX_OP_RW_UNLOCK, 0, 0, 0), EPERM);
    rwlock.state = 0x1fffffff;
    check_errno("too many readers", umtx(&rwlock, UMTX_OP_RW_RDLOCK, 0, 0, 0), EAGAIN);
}

// MARK: The order of accesses

enum { TRIALS = 3000 };
static volatile uint32_t trial, trial_end, here, there, saw_there, saw_here;

static void second_of_two(void *argument) {
    (void)argument;
    for (uint32_t i = 1; i <= TRIALS; i++) {
        await(&trial, i);
        __atomic_store_n(&there, 1, __ATOMIC_SEQ_CST);
        saw_here = load(&here);
        __atomic_store_n(&trial_end, i, __ATOMIC_SEQ_CST);
    }
}

// Each of two threads says that it is there and looks for the other: one of them must see it.
static void test_order(void) {
    int missed = 0;
    thread_start(&threads[0], second_of_two, 0);
    for (uint32_t i = 1; i <= TRIALS; i++) {
        here = there = 0;
        __atomic_store_n(&trial, i, __ATOMIC_SEQ_CST);
        __atomic_store_n(&here, 1, __ATOMIC_SEQ_CST);
        saw_there = load(&there);
        await(&trial_end, i);
        missed += saw_here == 0 && saw_there == 0;
    }
    thread_join(&threads[0]);
    check_equal("stores come before later loads where the program asks for it", missed, 0);
}

// MARK: Other processes

struct shared {
    struct umutex mutex;
    struct ucond condition;
    struct usem2 semaphore;
    struct urwlock lock;
    volatile uint32_t word;
    volatile long counter, turn;
};

static void work(struct shared *shared) {
    uint32_t id = (uint32_t)own_id();
    for (int i = 0; i < 300; i++) {
        mutex_lock(&shared->mutex, id);
        shared->counter++;
        mutex_unlock(&shared->mutex, id);
        umtx(&shared->lock, UMTX_OP_RW_WRLOCK, 0, 0, 0);
        shared->counter++;
        umtx(&shared->lock, UMTX_OP_RW_UNLOCK, 0, 0, 0);
        semaphore_wait(&shared->semaphore);
        shared->counter++;
        semaphore_post(&shared->semaphore);
    }
}

static void test_shared(void) {
    struct shared *shared = (void *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
    shared->mutex.flags = shared->condition.flags = shared->semaphore.flags = shared->lock.flags = USYNC_PROCESS_SHARED;
    shared->semaphore.count = 1;
    int children[2];
    for (unsigned i = 0; i < COUNT_OF(children); i++)
        if ((children[i] = (int)sys_fork()) == 0) {
            // Each lock protects the counter against its own kind only: one child after the other for the sum.
            uint32_t id = (uint32_t)own_id();
            mutex_lock(&shared->mutex, id);
            while (shared->turn != (long)i)
                condition_wait(&shared->condition, &shared->mutex, id);
            mutex_unlock(&shared->mutex, id);
            work(shared);
            mutex_lock(&shared->mutex, id);
            shared->turn++;
            mutex_unlock(&shared->mutex, id);
            condition_wake(&shared->condition, 1);
            umtx(&shared->word, UMTX_OP_WAKE, 1, 0, 0);
            guest_exit(0);
        }
    for (unsigned i = 0; i < COUNT_OF(children); i++)
        check_equal("a process that shares locks", wait_for(children[i]), 0);
    check_equal("what the processes counted", shared->counter, 2 * 900);

    int child = (int)sys_fork();
    if (child == 0) {
        while (shared->word == 0)
            umtx(&shared->word, UMTX_OP_WAIT_UINT, 0, 0, 0);
        guest_exit(9);
    }
    pause_for(20000000);
    shared->word = 1;
    umtx(&shared->word, UMTX_OP_WAKE, 1, 0, 0);
    check_equal("a wake reaches another process", wait_for(child), 9 << 8);

    child = (int)sys_fork();
    if (child == 0) {
        shared->mutex = (struct umutex){.flags = UMUTEX_ROBUST | USYNC_PROCESS_SHARED};
        mutex_lock(&shared->mutex, (uint32_t)own_id());
        robust_list = (uintptr_t)&shared->mutex;
        struct umtx_robust_lists lists = {(uintptr_t)&robust_list, 0, 0};
        umtx(0, UMTX_OP_ROBUST_LISTS, sizeof lists, &lists, 0);
        guest_exit(0);
    }
    wait_for(child);
    check_errno("the mutex of a process that ended", umtx(&shared->mutex, UMTX_OP_MUTEX_LOCK, 0, 0, 0), EOWNERDEAD);
}

static long shared_page(int request, const void *object) { return umtx(0, UMTX_OP_SHM, (unsigned long)request, object, 0); }

static volatile long *map_page(long descriptor) {
    return (volatile long *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, (int)descriptor, 0);
}

static void test_shared_pages(void) {
    char *memory = (char *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
    check_errno("no page yet", shared_page(UMTX_SHM_LOOKUP, memory + 64), ESRCH);
    long descriptor = shared_page(UMTX_SHM_CREAT, memory + 64);
    check("UMTX_SHM_CREAT", descriptor >= 0);
    volatile long *page = map_page(descriptor);
    check_equal("the page is empty", page[0], 0);
    check_equal("it is closed by exec", sys_fcntl((int)descriptor, F_GETFD, 0), FD_CLOEXEC);
    sys_close((int)descriptor);
    int child = (int)sys_fork();
    if (child == 0) {
        volatile long *own = map_page(shared_page(UMTX_SHM_LOOKUP, memory + 64));
        own[0] = 55;
        guest_exit(shared_page(UMTX_SHM_LOOKUP, memory + 128) == -ESRCH ? 0 : 1);
    }
    check_equal("another process finds the page and no other", wait_for(child), 0);
    check_equal("and shares it", page[0], 55);
    check_equal("UMTX_SHM_ALIVE", shared_page(UMTX_SHM_ALIVE, (void *)page), 0);
    check_equal("UMTX_SHM_DESTROY", shared_page(UMTX_SHM_DESTROY, memory + 64), 0);
    check_errno("it is gone", shared_page(UMTX_SHM_LOOKUP, memory + 64), ESRCH);
    check_errno("and not alive", shared_page(UMTX_SHM_ALIVE, (void *)page), ENOTTY);
    check_errno("two requests at once", shared_page(3, memory), EINVAL);
    check_errno("a page for nothing", shared_page(UMTX_SHM_CREAT, (void *)8), EFAULT);
}

static void test_minimum_timeout(void) {
    long value = -1;
    check_equal("SET_MIN_TIMEOUT", umtx(0, UMTX_OP_SET_MIN_TIMEOUT, 1000, 0, 0), 0);
    check_equal("GET_MIN_TIMEOUT", umtx(0, UMTX_OP_GET_MIN_TIMEOUT, 0, &value, 0), 0);
    check_equal("its value", value, 1000);
    check_errno("a wild place for it", umtx(0, UMTX_OP_GET_MIN_TIMEOUT, 0, (void *)8, 0), EFAULT);
    umtx(0, UMTX_OP_SET_MIN_TIMEOUT, 0, 0, 0);
}

// MARK: Mistakes

static void test_mistakes(void) {
    struct timespec soon = {0, 1000000};
    for (int operation = 0; operation < 30; operation++) {
        // Whatever is asked for, a wild object is a mistake of the program's and not of the emulator's.
        static const unsigned long wild[] = {8, 0xdeadbeef000, 0x7fffffffff0, ~0ul - 7, 3};
        for (unsigned i = 0; i < COUNT_OF(wild); i++) {
            long result = umtx((void *)wild[i], operation, 1, (void *)wild[i], &soon);
            if (result > 0) check_equal("a wild object", result, -EFAULT);
            umtx((void *)wild[i], operation, ~0ul, (void *)wild[i], (void *)wild[i]);
        }
    }
    check("wild objects in every operation", 1);
    check_errno("WAIT_UINT on nothing", umtx((void *)8, UMTX_OP_WAIT_UINT, 0, 0, 0), EFAULT);
    check_errno("MUTEX_LOCK on nothing", umtx((void *)8, UMTX_OP_MUTEX_LOCK, 0, 0, 0), EFAULT);
    check_errno("WAKE on nothing", umtx((void *)8, UMTX_OP_WAKE, 1, 0, 0), EFAULT);
    check_errno("NWAKE_PRIVATE on nothing", umtx((void *)8, UMTX_OP_NWAKE_PRIVATE, 1, 0, 0), EFAULT);
    check_errno("an unknown operation", umtx(&word, 99, 0, 0, 0), EINVAL);
    check_errno("a negative operation", umtx(&word, -1, 0, 0, 0), EINVAL);
    check_errno("an operation of the past", umtx(&word, 0, 0, 0, 0), EOPNOTSUPP);
    char *page = (char *)sys_mmap(0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0);
    check_errno("a mutex that cannot be written", umtx(page, UMTX_OP_MUTEX_LOCK, 0, 0, 0), EFAULT);
    check_errno("an odd word", umtx((char *)&word + 1, UMTX_OP_WAIT_UINT, 0, 0, &soon), EFAULT);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    test_words();
    test_timeouts();
    test_mutexes();
    test_robust();
    test_conditions();
    test_semaphores();
    test_readers_and_writers();
    test_order();
    test_shared();
    test_shared_pages();
    test_minimum_timeout();
    test_mistakes();
    return checks_failed();
}
