// Threads and their locks, as libthr makes them of thr_new and _umtx_op. For programs that test just those.
#ifndef GUEST_THREADS_H
#define GUEST_THREADS_H

#include "guest.h"

enum {
    UMTX_OP_WAIT = 2, UMTX_OP_WAKE, UMTX_OP_MUTEX_TRYLOCK, UMTX_OP_MUTEX_LOCK, UMTX_OP_MUTEX_UNLOCK,
    UMTX_OP_SET_CEILING, UMTX_OP_CV_WAIT, UMTX_OP_CV_SIGNAL, UMTX_OP_CV_BROADCAST, UMTX_OP_WAIT_UINT,
    UMTX_OP_RW_RDLOCK, UMTX_OP_RW_WRLOCK, UMTX_OP_RW_UNLOCK, UMTX_OP_WAIT_UINT_PRIVATE, UMTX_OP_WAKE_PRIVATE,
    UMTX_OP_MUTEX_WAIT, UMTX_OP_MUTEX_WAKE, UMTX_OP_SEM_WAIT, UMTX_OP_SEM_WAKE, UMTX_OP_NWAKE_PRIVATE,
    UMTX_OP_MUTEX_WAKE2, UMTX_OP_SEM2_WAIT, UMTX_OP_SEM2_WAKE, UMTX_OP_SHM, UMTX_OP_ROBUST_LISTS,
    UMTX_OP_GET_MIN_TIMEOUT, UMTX_OP_SET_MIN_TIMEOUT,
    UMTX_SHM_CREAT = 1, UMTX_SHM_LOOKUP = 2, UMTX_SHM_DESTROY = 4, UMTX_SHM_ALIVE = 8,
    USYNC_PROCESS_SHARED = 1, UMUTEX_NONCONSISTENT = 2, UMUTEX_PRIO_INHERIT = 4, UMUTEX_PRIO_PROTECT = 8,
    UMUTEX_ROBUST = 16, URWLOCK_PREFER_READER = 2, CVWAIT_ABSTIME = 2, CVWAIT_CLOCKID = 4, UMTX_ABSTIME = 1,
    ENOTRECOVERABLE = 95, EOWNERDEAD = 96,
};
#define UMUTEX_CONTESTED 0x80000000u
#define UMUTEX_RB_OWNERDEAD (UMUTEX_CONTESTED | 0x10u)
#define UMUTEX_RB_NOTRECOV (UMUTEX_CONTESTED | 0x11u)
#define URWLOCK_WRITE_OWNER 0x80000000u
#define URWLOCK_WRITE_WAITERS 0x40000000u
#define URWLOCK_READ_WAITERS 0x20000000u
#define USEM_HAS_WAITERS 0x80000000u

struct umutex { volatile uint32_t owner; uint32_t flags, ceilings[2]; uintptr_t next; uint32_t spare[sizeof(long) == 8 ? 2 : 3]; };
struct ucond { volatile uint32_t has_waiters; uint32_t flags, clock, spare; };
struct urwlock { volatile uint32_t state; uint32_t flags; volatile uint32_t readers, writers; uint32_t spare[4]; };
struct usem { volatile uint32_t has_waiters, count; uint32_t flags; };
struct usem2 { volatile uint32_t count; uint32_t flags; };
struct umtx_time { struct timespec time; uint32_t flags, clock; };
struct umtx_robust_lists { uintptr_t shared, own, inactive; };

struct thr_param {
    void (*entry)(void *);
    void *argument;
    char *stack_base;
    size_t stack_size;
    char *tls_base;
    size_t tls_size;
    long *child_id, *parent_id;
    int flags;
    void *priority, *spare[3];
};
_Static_assert(sizeof(struct thr_param) == (sizeof(long) == 8 ? 104 : 52), "struct thr_param");
_Static_assert(sizeof(struct umtx_time) == 24, "struct _umtx_time");

struct thread {
    long id;
    // thr_exit stores 1 here and wakes who waits.
    volatile long is_done;
    void (*body)(void *);
    void *argument;
    char *stack;
};

enum { THREAD_STACK = 32 * 1024 };

static inline long umtx(volatile void *object, int operation, unsigned long value, const void *first, const void *second) {
    return sys__umtx_op((void *)object, operation, value, (void *)first, (void *)second);
}

static inline uint32_t load(const volatile uint32_t *word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }

static inline int exchange(volatile uint32_t *word, uint32_t expected, uint32_t wanted) {
    return __atomic_compare_exchange_n(word, &expected, wanted, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

// MARK: Threads

static inline long own_id(void) {
    long id = 0;
    sys_thr_self(&id);
    return id;
}

static void thread_entry(void *opaque) {
    struct thread *thread = opaque;
    thread->body(thread->argument);
    sys_thr_exit((long *)&thread->is_done);
    guest_exit(121);
}

// The result of thr_new. The stack is kept for the next start with the same structure.
static inline long thread_start(struct thread *thread, void (*body)(void *), void *argument) {
    if (!thread->stack)
        thread->stack = (char *)sys_mmap(0, THREAD_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    thread->is_done = 0;
    thread->body = body;
    thread->argument = argument;
    struct thr_param parameters = {
        .entry = thread_entry, .argument = thread, .stack_base = thread->stack, .stack_size = THREAD_STACK,
        .tls_base = (char *)thread, .parent_id = &thread->id,
    };
    return sys_thr_new(&parameters, sizeof parameters);
}

static inline void thread_join(struct thread *thread) {
    while (thread->is_done == 0)
        umtx(&thread->is_done, UMTX_OP_WAIT, 0, 0, 0);
}

static inline void pause_for(long nanoseconds) {
    struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    sys_nanosleep(&time, 0);
}

static inline void await(const volatile uint32_t *word, uint32_t wanted) {
    while (load(word) != wanted)
        sys_sched_yield();
}

static inline long now_nanoseconds(int clock) {
    struct timespec time;
    sys_clock_gettime(clock, &time);
    return time.seconds * 1000000000 + time.nanoseconds;
}

// MARK: Locks, with the parts in user space that libthr has

// 0, EOWNERDEAD, or a negated errno.
static inline long mutex_lock(struct umutex *mutex, uint32_t id) {
    for (;;) {
        uint32_t owner = load(&mutex->owner);
        if ((owner & ~UMUTEX_CONTESTED) == 0 && (mutex->flags & (UMUTEX_PRIO_PROTECT | UMUTEX_PRIO_INHERIT)) == 0) {
            if (exchange(&mutex->owner, owner, id | owner)) return 0;
            continue;
        }
        if (mutex->flags != 0) {
            long result = umtx(mutex, UMTX_OP_MUTEX_LOCK, 0, 0, 0);
            if (result != -EINTR) return result;
            continue;
        }
        umtx(mutex, UMTX_OP_MUTEX_WAIT, 0, 0, 0);
    }
}

static inline long mutex_unlock(struct umutex *mutex, uint32_t id) {
    if (mutex->flags & (UMUTEX_PRIO_PROTECT | UMUTEX_PRIO_INHERIT)) return umtx(mutex, UMTX_OP_MUTEX_UNLOCK, 0, 0, 0);
    uint32_t owner;
    do {
        owner = load(&mutex->owner);
        if ((owner & ~UMUTEX_CONTESTED) != id) return -EPERM;
    } while (!exchange(&mutex->owner, owner, mutex->flags & UMUTEX_NONCONSISTENT ? UMUTEX_RB_NOTRECOV : 0));
    return owner & UMUTEX_CONTESTED ? umtx(mutex, UMTX_OP_MUTEX_WAKE2, mutex->flags, 0, 0) : 0;
}

static inline long condition_wait(struct ucond *condition, struct umutex *mutex, uint32_t id) {
    long result = umtx(condition, UMTX_OP_CV_WAIT, 0, mutex, 0);
    mutex_lock(mutex, id);
    return result;
}

static inline void condition_wake(struct ucond *condition, int all) {
    if (load(&condition->has_waiters)) umtx(condition, all ? UMTX_OP_CV_BROADCAST : UMTX_OP_CV_SIGNAL, 0, 0, 0);
}

static inline void semaphore_wait(struct usem2 *semaphore) {
    for (;;) {
        uint32_t count = load(&semaphore->count);
        if ((count & ~USEM_HAS_WAITERS) == 0)
            umtx(semaphore, UMTX_OP_SEM2_WAIT, 0, 0, 0);
        else if (exchange(&semaphore->count, count, count - 1))
            return;
    }
}

static inline void semaphore_post(struct usem2 *semaphore) {
    uint32_t count = __atomic_fetch_add(&semaphore->count, 1, __ATOMIC_SEQ_CST);
    if (count & USEM_HAS_WAITERS) umtx(semaphore, UMTX_OP_SEM2_WAKE, 0, 0, 0);
}

#endif
