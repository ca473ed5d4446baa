// What locks ask of the kernel: _umtx_op(2).
#include "../../runtime/children.h"
#include "../../runtime/threads.h"

static struct thread thread;
static volatile uint32_t word, step;
static volatile long result;
static const struct timespec short_time = {0, 30000000};
static struct umutex mutex;
static struct ucond condition;
static struct urwlock lock;
static struct usem2 semaphore;

static uint32_t own(void) { return (uint32_t)own_id(); }

// With a plain timespec the first operand is its size or less.
static long timed(volatile void *object, int operation, unsigned long value) {
    return umtx(object, operation, value, (void *)sizeof short_time, &short_time);
}

static void wait_for_word(void *operation) {
    __atomic_store_n(&step, 1, __ATOMIC_SEQ_CST);
    result = umtx(&word, (int)(long)operation, 0, 0, 0);
    __atomic_store_n(&step, 2, __ATOMIC_SEQ_CST);
}

static void check_wake(const char *name, int wait, int wake) {
    word = step = 0;
    result = 1;
    thread_start(&thread, wait_for_word, (void *)(long)wait);
    await(&step, 1);
    pause_for(30000000);
    check_equal("still waits", load(&step), 1);
    word = 1;
    check_equal(name, umtx(&word, wake, 1, 0, 0), 0);
    thread_join(&thread);
    check_equal("woken", result, 0);
}

CASE(_umtx_op, "UMTX_OP_WAIT returns when the word is another") {
    volatile long number = 5;
    check_equal("another", umtx(&number, UMTX_OP_WAIT, 4, 0, 0), 0);
    check_errno("the same", timed(&number, UMTX_OP_WAIT, 5), ETIMEDOUT);
}

CASE(_umtx_op, "UMTX_OP_WAIT_UINT returns when the number is another") {
    word = 5;
    check_equal("another", umtx(&word, UMTX_OP_WAIT_UINT, 4, 0, 0), 0);
    check_errno("the same", timed(&word, UMTX_OP_WAIT_UINT, 5), ETIMEDOUT);
    check_errno("private", timed(&word, UMTX_OP_WAIT_UINT_PRIVATE, 5), ETIMEDOUT);
}

CASE(_umtx_op, "UMTX_OP_WAKE wakes UMTX_OP_WAIT_UINT") { check_wake("wake", UMTX_OP_WAIT_UINT, UMTX_OP_WAKE); }

CASE(_umtx_op, "UMTX_OP_WAKE_PRIVATE wakes UMTX_OP_WAIT_UINT_PRIVATE") {
    check_wake("wake", UMTX_OP_WAIT_UINT_PRIVATE, UMTX_OP_WAKE_PRIVATE);
}

CASE(_umtx_op, "UMTX_OP_NWAKE_PRIVATE wakes at several words") {
    word = step = 0;
    thread_start(&thread, wait_for_word, (void *)UMTX_OP_WAIT_UINT_PRIVATE);
    await(&step, 1);
    pause_for(30000000);
    volatile void *words[2] = {&step, &word};
    check_equal("wake", umtx(words, UMTX_OP_NWAKE_PRIVATE, 2, 0, 0), 0);
    thread_join(&thread);
    check_equal("woken", result, 0);
}

CASE(_umtx_op, "waits for other processes in shared memory") {
    volatile uint32_t *shared = shared_page();
    int child = (int)sys_fork();
    if (child == 0) {
        while (!load(shared)) umtx(shared, UMTX_OP_WAIT_UINT, 0, 0, 0);
        guest_exit(0);
    }
    pause_for(30000000);
    __atomic_store_n(shared, 1, __ATOMIC_SEQ_CST);
    check_equal("wake", umtx(shared, UMTX_OP_WAKE, 10, 0, 0), 0);
    check_equal("woken", wait_for(child), 0);
}

CASE(_umtx_op, "waits until a time of a clock") {
    struct umtx_time until = {{0, 0}, UMTX_ABSTIME, CLOCK_MONOTONIC};
    sys_clock_gettime(CLOCK_MONOTONIC, &until.time);
    long start = now_nanoseconds(CLOCK_MONOTONIC);
    until.time.nanoseconds += 40000000;
    if (until.time.nanoseconds >= 1000000000) until.time.seconds++, until.time.nanoseconds -= 1000000000;
    check_errno("wait", umtx(&word, UMTX_OP_WAIT_UINT, 0, (void *)sizeof until, &until), ETIMEDOUT);
    check("long enough", now_nanoseconds(CLOCK_MONOTONIC) - start >= 40000000);
    check_errno("past", umtx(&word, UMTX_OP_WAIT_UINT, 0, (void *)sizeof until, &until), ETIMEDOUT);
}

CASE(_umtx_op, "refuses what is no time") {
    struct timespec time = {0, 1000000000};
    check_errno("nanoseconds", umtx(&word, UMTX_OP_WAIT_UINT, 0, (void *)sizeof time, &time), EINVAL);
    time = (struct timespec){-1, 0};
    check_errno("seconds", umtx(&word, UMTX_OP_WAIT_UINT, 0, (void *)sizeof time, &time), EINVAL);
    check_errno("bad address", umtx(&word, UMTX_OP_WAIT_UINT, 0, (void *)sizeof time, unmapped_page()), EFAULT);
}

CASE(_umtx_op, "refuses bad addresses") {
    check_errno("wait", umtx(unmapped_page(), UMTX_OP_WAIT_UINT, 0, 0, 0), EFAULT);
    check_errno("mutex", umtx(unmapped_page(), UMTX_OP_MUTEX_LOCK, 0, 0, 0), EFAULT);
    check_errno("lock", umtx(unmapped_page(), UMTX_OP_RW_RDLOCK, 0, 0, 0), EFAULT);
    check_errno("semaphore", umtx(unmapped_page(), UMTX_OP_SEM2_WAIT, 0, 0, 0), EFAULT);
}

CASE(_umtx_op, "refuses unknown operations") {
    check_errno("99", umtx(&word, 99, 0, 0, 0), EINVAL);
    check_errno("-1", umtx(&word, -1, 0, 0, 0), EINVAL);
    check_errno("the first locks", umtx(&word, 0, 0, 0, 0), EOPNOTSUPP);
}

CASE(_umtx_op, "locks and unlocks a mutex") {
    check_equal("lock", umtx(&mutex, UMTX_OP_MUTEX_LOCK, 0, 0, 0), 0);
    check_equal("owner", mutex.owner & ~UMUTEX_CONTESTED, own());
    check_equal("unlock", umtx(&mutex, UMTX_OP_MUTEX_UNLOCK, 0, 0, 0), 0);
    check_equal("free", mutex.owner & ~UMUTEX_CONTESTED, 0);
    check_errno("unlock again", umtx(&mutex, UMTX_OP_MUTEX_UNLOCK, 0, 0, 0), EPERM);
}

CASE(_umtx_op, "tries a mutex") {
    check_equal("free", umtx(&mutex, UMTX_OP_MUTEX_TRYLOCK, 0, 0, 0), 0);
    umtx(&mutex, UMTX_OP_MUTEX_UNLOCK, 0, 0, 0);
    mutex.owner = own() + 1;
    check_errno("taken", umtx(&mutex, UMTX_OP_MUTEX_TRYLOCK, 0, 0, 0), EBUSY);
    check_errno("in time", timed(&mutex, UMTX_OP_MUTEX_LOCK, 0), ETIMEDOUT);
}

static void take_mutex(void *unused) {
    (void)unused;
    result = umtx(&mutex, UMTX_OP_MUTEX_LOCK, 0, 0, 0);
    umtx(&mutex, UMTX_OP_MUTEX_UNLOCK, 0, 0, 0);
}

CASE(_umtx_op, "passes a mutex on") {
    result = 1;
    check_equal("lock", umtx(&mutex, UMTX_OP_MUTEX_LOCK, 0, 0, 0), 0);
    thread_start(&thread, take_mutex, 0);
    for (int i = 0; i < 1000 && !(load(&mutex.owner) & UMUTEX_CONTESTED); i++) pause_for(2000000);
    check("contested", load(&mutex.owner) & UMUTEX_CONTESTED);
    check_equal("unlock", umtx(&mutex, UMTX_OP_MUTEX_UNLOCK, 0, 0, 0), 0);
    thread_join(&thread);
    check_equal("the other", result, 0);
}

CASE(_umtx_op, "locks mutexes that inherit priorities") {
    mutex.flags = UMUTEX_PRIO_INHERIT;
    check_equal("lock", umtx(&mutex, UMTX_OP_MUTEX_LOCK, 0, 0, 0), 0);
    check_errno("again", umtx(&mutex, UMTX_OP_MUTEX_LOCK, 0, 0, 0), EDEADLK);
    check_equal("unlock", umtx(&mutex, UMTX_OP_MUTEX_UNLOCK, 0, 0, 0), 0);
    check_errno("unlock again", umtx(&mutex, UMTX_OP_MUTEX_UNLOCK, 0, 0, 0), EPERM);
}

CASE(_umtx_op, "refuses a mutex of two protocols") {
    mutex.flags = UMUTEX_PRIO_INHERIT | UMUTEX_PRIO_PROTECT;
    check_errno("lock", umtx(&mutex, UMTX_OP_MUTEX_LOCK, 0, 0, 0), EINVAL);
}

CASE(_umtx_op, "sets the ceiling of a mutex") {
    uint32_t old = 99;
    mutex.flags = UMUTEX_PRIO_PROTECT;
    mutex.ceilings[0] = 10;
    check_equal("set", umtx(&mutex, UMTX_OP_SET_CEILING, 20, &old, 0), 0);
    check("old and new", old == 10 && mutex.ceilings[0] == 20);
    check_errno("too high", umtx(&mutex, UMTX_OP_SET_CEILING, 1000, &old, 0), EINVAL);
    mutex.flags = 0;
    check_errno("another mutex", umtx(&mutex, UMTX_OP_SET_CEILING, 5, &old, 0), EINVAL);
}

static void wait_on_condition(void *unused) {
    uint32_t id = own();
    (void)unused;
    mutex_lock(&mutex, id);
    __atomic_store_n(&step, 1, __ATOMIC_SEQ_CST);
    result = condition_wait(&condition, &mutex, id);
    mutex_unlock(&mutex, id);
}

static void check_condition(int operation) {
    step = 0;
    result = 1;
    thread_start(&thread, wait_on_condition, 0);
    await(&step, 1);
    await(&condition.has_waiters, 1);
    mutex_lock(&mutex, own());
    check_equal("wake", umtx(&condition, operation, 0, 0, 0), 0);
    mutex_unlock(&mutex, own());
    thread_join(&thread);
    check_equal("woken", result, 0);
    check_equal("no waiters", condition.has_waiters, 0);
}

CASE(_umtx_op, "signals a condition") { check_condition(UMTX_OP_CV_SIGNAL); }
CASE(_umtx_op, "tells a condition to all") { check_condition(UMTX_OP_CV_BROADCAST); }

CASE(_umtx_op, "waits for a condition in time") {
    check_equal("lock", mutex_lock(&mutex, own()), 0);
    check_errno("wait", umtx(&condition, UMTX_OP_CV_WAIT, 0, &mutex, &short_time), ETIMEDOUT);
    check_equal("the mutex is free", mutex.owner & ~UMUTEX_CONTESTED, 0);
    check_equal("no waiters", condition.has_waiters, 0);
}

CASE(_umtx_op, "has many readers and one writer") {
    check_equal("read", umtx(&lock, UMTX_OP_RW_RDLOCK, 0, 0, 0), 0);
    check_equal("read again", umtx(&lock, UMTX_OP_RW_RDLOCK, 0, 0, 0), 0);
    check_equal("two readers", lock.state & 0x1fffffff, 2);
    check_errno("write", timed(&lock, UMTX_OP_RW_WRLOCK, 0), ETIMEDOUT);
    check_equal("unlock", umtx(&lock, UMTX_OP_RW_UNLOCK, 0, 0, 0), 0);
    check_equal("unlock", umtx(&lock, UMTX_OP_RW_UNLOCK, 0, 0, 0), 0);
    check_equal("write", umtx(&lock, UMTX_OP_RW_WRLOCK, 0, 0, 0), 0);
    check("the writer", lock.state & URWLOCK_WRITE_OWNER);
    check_errno("read", timed(&lock, UMTX_OP_RW_RDLOCK, 0), ETIMEDOUT);
    check_errno("write again", timed(&lock, UMTX_OP_RW_WRLOCK, 0), ETIMEDOUT);
    check_equal("unlock", umtx(&lock, UMTX_OP_RW_UNLOCK, 0, 0, 0), 0);
    check_errno("unlock again", umtx(&lock, UMTX_OP_RW_UNLOCK, 0, 0, 0), EPERM);
}

CASE(_umtx_op, "waits for a semaphore") {
    check_errno("none", timed(&semaphore, UMTX_OP_SEM2_WAIT, 0), ETIMEDOUT);
    semaphore.count = 3;
    check_equal("some", umtx(&semaphore, UMTX_OP_SEM2_WAIT, 0, 0, 0), 0);
    check_equal("untouched", semaphore.count & ~USEM_HAS_WAITERS, 3);
}

static void take_semaphore(void *unused) {
    (void)unused;
    semaphore_wait(&semaphore);
    __atomic_store_n(&step, 2, __ATOMIC_SEQ_CST);
}

CASE(_umtx_op, "wakes who waits for a semaphore") {
    thread_start(&thread, take_semaphore, 0);
    for (int i = 0; i < 1000 && !(load(&semaphore.count) & USEM_HAS_WAITERS); i++) pause_for(2000000);
    check("waits", load(&semaphore.count) & USEM_HAS_WAITERS);
    semaphore_post(&semaphore);
    thread_join(&thread);
    check_equal("went on", step, 2);
    check_equal("taken", semaphore.count & ~USEM_HAS_WAITERS, 0);
}

CASE(_umtx_op, "makes and finds shared memory of an address") {
    static char place[PAGE] __attribute__((aligned(4096)));
    check_errno("not yet", umtx(0, UMTX_OP_SHM, UMTX_SHM_LOOKUP, place, 0), ESRCH);
    int made = (int)umtx(0, UMTX_OP_SHM, UMTX_SHM_CREAT, place, 0);
    check("made", made >= 0);
    int found = (int)umtx(0, UMTX_OP_SHM, UMTX_SHM_LOOKUP, place, 0);
    check("found", found >= 0 && found != made);
    check_equal("destroy", umtx(0, UMTX_OP_SHM, UMTX_SHM_DESTROY, place, 0), 0);
    check_errno("gone", umtx(0, UMTX_OP_SHM, UMTX_SHM_LOOKUP, place, 0), ESRCH);
    check_errno("two flags", umtx(0, UMTX_OP_SHM, UMTX_SHM_CREAT | UMTX_SHM_LOOKUP, place, 0), EINVAL);
}

static void leave_locked(void *unused) {
    static uintptr_t first;
    static struct umtx_robust_lists lists;
    (void)unused;
    first = (uintptr_t)&mutex;
    lists = (struct umtx_robust_lists){0, (uintptr_t)&first, 0};
    result = umtx(0, UMTX_OP_ROBUST_LISTS, sizeof lists, &lists, 0);
    mutex.owner = own();
}

// umtx_thread_cleanup: who ends with a robust mutex leaves word.
CASE(_umtx_op, "releases robust mutexes of a thread that ends") {
    mutex.flags = UMUTEX_ROBUST;
    mutex.owner = UMUTEX_CONTESTED;
    thread_start(&thread, leave_locked, 0);
    thread_join(&thread);
    check_equal("lists", result, 0);
    check_errno("lock", umtx(&mutex, UMTX_OP_MUTEX_LOCK, 0, 0, 0), EOWNERDEAD);
    check_equal("owner", mutex.owner & ~UMUTEX_CONTESTED, own());
}

CASE(_umtx_op, "refuses lists of the wrong size") {
    struct umtx_robust_lists lists = {0, 0, 0};
    check_errno("long", umtx(0, UMTX_OP_ROBUST_LISTS, sizeof lists + 64, &lists, 0), EINVAL);
    check_errno("bad address", umtx(0, UMTX_OP_ROBUST_LISTS, sizeof lists, unmapped_page(), 0), EFAULT);
}
