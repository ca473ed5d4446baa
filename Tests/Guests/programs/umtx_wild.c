// _umtx_op with addresses, times, counts and lists that make no sense: the errno of sys/kern/kern_umtx.c, and no wait.
#include "threads.h"

enum {
    // Places an object may lie in: nowhere, at an odd address, in a page of zeros that is only to be read, and with its
    // first word as the last of a page before an unmapped one.
    NOWHERE, ODD, READ_ONLY, LAST_WORD, PLACES,
    // The kernel's answer depends on the machine.
    EITHER = 1000,
};

struct row {
    const char *name;
    int operation;
    unsigned long value;
    int wanted[PLACES];
};

// Each is called with a time of a millisecond, where it takes one.
static const struct row objects[] = {
    {"WAIT", UMTX_OP_WAIT, 0, {EFAULT, EFAULT, EFAULT, EFAULT}},
    {"WAIT for another value", UMTX_OP_WAIT, 7, {EFAULT, EFAULT, EFAULT, EFAULT}},
    // A look at the mapping is all that there is to it; it asks for a page that may be written (umtx_key_get).
    {"WAKE", UMTX_OP_WAKE, 0x7fffffff, {EFAULT, 0, EFAULT, 0}},
    {"WAKE of a negative number", UMTX_OP_WAKE, -1ul, {EFAULT, 0, EFAULT, 0}},
    {"WAIT_UINT", UMTX_OP_WAIT_UINT, 0, {EFAULT, EFAULT, EFAULT, ETIMEDOUT}},
    {"WAIT_UINT for a value that no number has", UMTX_OP_WAIT_UINT, 1ul << 63, {EFAULT, EFAULT, EFAULT, EITHER}},
    {"WAIT_UINT_PRIVATE", UMTX_OP_WAIT_UINT_PRIVATE, 0, {EFAULT, EFAULT, ETIMEDOUT, ETIMEDOUT}},
    // An address is a name, and nobody waits under it.
    {"WAKE_PRIVATE", UMTX_OP_WAKE_PRIVATE, 0x7fffffff, {0, 0, 0, 0}},
    {"WAKE_PRIVATE of 2^40", UMTX_OP_WAKE_PRIVATE, (unsigned long)(1ll << 40), {0, 0, 0, 0}},
    {"MUTEX_TRYLOCK", UMTX_OP_MUTEX_TRYLOCK, 0, {EFAULT, EFAULT, EFAULT, EFAULT}},
    {"MUTEX_LOCK", UMTX_OP_MUTEX_LOCK, 0, {EFAULT, EFAULT, EFAULT, EFAULT}},
    {"MUTEX_WAIT", UMTX_OP_MUTEX_WAIT, 0, {EFAULT, EFAULT, 0, EFAULT}},
    {"MUTEX_UNLOCK", UMTX_OP_MUTEX_UNLOCK, 0, {EFAULT, EFAULT, EPERM, EFAULT}},
    {"MUTEX_WAKE", UMTX_OP_MUTEX_WAKE, 0, {EFAULT, EFAULT, EITHER, EFAULT}},
    // The flags come with the call: the owner is all that is read.
    {"MUTEX_WAKE2", UMTX_OP_MUTEX_WAKE2, 0, {EFAULT, EFAULT, 0, 0}},
    {"MUTEX_WAKE2 of a shared one", UMTX_OP_MUTEX_WAKE2, USYNC_PROCESS_SHARED, {EFAULT, EFAULT, EFAULT, 0}},
    {"MUTEX_WAKE2 with two protocols", UMTX_OP_MUTEX_WAKE2, 12, {EINVAL, EINVAL, EINVAL, EINVAL}},
    {"SET_CEILING", UMTX_OP_SET_CEILING, 1, {EFAULT, EITHER, EINVAL, EFAULT}},
    {"CV_SIGNAL", UMTX_OP_CV_SIGNAL, 0, {EFAULT, EFAULT, EFAULT, EFAULT}},
    {"CV_BROADCAST", UMTX_OP_CV_BROADCAST, 0, {EFAULT, EFAULT, EFAULT, EFAULT}},
    {"RW_RDLOCK", UMTX_OP_RW_RDLOCK, 0, {EFAULT, EFAULT, EFAULT, EFAULT}},
    {"RW_WRLOCK", UMTX_OP_RW_WRLOCK, 0, {EFAULT, EFAULT, EFAULT, EFAULT}},
    {"RW_UNLOCK", UMTX_OP_RW_UNLOCK, 0, {EFAULT, EITHER, EPERM, EFAULT}},
    {"SEM_WAIT", UMTX_OP_SEM_WAIT, 0, {EFAULT, EFAULT, EFAULT, EFAULT}},
    {"SEM_WAKE", UMTX_OP_SEM_WAKE, 0, {EFAULT, EFAULT, 0, EFAULT}},
    {"SEM2_WAIT", UMTX_OP_SEM2_WAIT, 0, {EFAULT, EFAULT, EFAULT, EFAULT}},
    {"SEM2_WAKE", UMTX_OP_SEM2_WAKE, 0, {EFAULT, EFAULT, 0, EFAULT}},
    {"NWAKE_PRIVATE of one", UMTX_OP_NWAKE_PRIVATE, 1, {EFAULT, 0, 0, EFAULT}},
    {"NWAKE_PRIVATE of none", UMTX_OP_NWAKE_PRIVATE, 0, {0, 0, 0, 0}},
    // The count is an int.
    {"NWAKE_PRIVATE of 2^40", UMTX_OP_NWAKE_PRIVATE, (unsigned long)(1ll << 40), {0, 0, 0, 0}},
    {"NWAKE_PRIVATE of -1", UMTX_OP_NWAKE_PRIVATE, -1ul, {0, 0, 0, 0}},
    {"NWAKE_PRIVATE of INT_MAX", UMTX_OP_NWAKE_PRIVATE, 0x7fffffff, {EFAULT, EFAULT, EFAULT, EFAULT}},
};

// The same for what the first operand names.
static const struct row operands[] = {
    {"SHM: create", UMTX_OP_SHM, UMTX_SHM_CREAT, {EFAULT, EITHER, EFAULT, EITHER}},
    {"SHM: look up", UMTX_OP_SHM, UMTX_SHM_LOOKUP, {EFAULT, EITHER, EFAULT, EITHER}},
    {"SHM: destroy", UMTX_OP_SHM, UMTX_SHM_DESTROY, {EFAULT, EITHER, EFAULT, EITHER}},
    {"SHM: alive", UMTX_OP_SHM, UMTX_SHM_ALIVE, {EFAULT, EITHER, EITHER, EITHER}},
    {"SHM: nothing", UMTX_OP_SHM, 0, {EINVAL, EINVAL, EINVAL, EINVAL}},
    {"SHM: two requests", UMTX_OP_SHM, UMTX_SHM_CREAT | UMTX_SHM_LOOKUP, {EINVAL, EINVAL, EINVAL, EINVAL}},
    {"SHM: all requests", UMTX_OP_SHM, -1ul, {EINVAL, EINVAL, EINVAL, EINVAL}},
    {"ROBUST_LISTS", UMTX_OP_ROBUST_LISTS, sizeof(struct umtx_robust_lists), {EFAULT, 0, 0, EFAULT}},
    {"ROBUST_LISTS of nothing", UMTX_OP_ROBUST_LISTS, 0, {EITHER, 0, 0, 0}},
    {"ROBUST_LISTS of too much", UMTX_OP_ROBUST_LISTS, 25, {EINVAL, EINVAL, EINVAL, EINVAL}},
    {"ROBUST_LISTS of 2^64 - 1", UMTX_OP_ROBUST_LISTS, -1ul, {EINVAL, EINVAL, EINVAL, EINVAL}},
    {"GET_MIN_TIMEOUT", UMTX_OP_GET_MIN_TIMEOUT, 0, {EFAULT, 0, EFAULT, EFAULT}},
};

static char *page, *read_only, *unmapped, *guard;

static void expect(const char *name, const char *place, long result, int wanted) {
    char text[160];
    if (wanted == EITHER || result == -wanted) return;
    check_errno(format_string(text, sizeof text, "%s %s", name, place), result, wanted);
}

static void sweep(const struct row *row, int is_operand) {
    struct { const char *name; char *address; int kind; } places[] = {
        {"at 0", 0, NOWHERE}, {"at 1", (char *)1, ODD}, {"at 8", (char *)8, NOWHERE},
        {"at an unmapped page", unmapped, NOWHERE}, {"at the kernel's", (char *)MACHINE_USER_TOP, NOWHERE},
        {"at the last page of all", (char *)-4096l, NOWHERE}, {"at the last word of all", (char *)-8l, NOWHERE},
        {"in a guard", guard, NOWHERE}, {"at an odd address", page + 1, ODD}, {"at an even address", page + 2, ODD},
        {"in a page to read", read_only, READ_ONLY}, {"at the end of a page", page + PAGE - 4, LAST_WORD},
    };
    struct timespec soon = {0, 1000000};
    for (unsigned i = 0; i < COUNT_OF(places); i++) {
        char *address = places[i].address;
        memset(page, 0, PAGE);
        // An odd address that lies nowhere gives what either gives.
        int wanted = row->wanted[places[i].kind];
        if (address == (char *)1 && wanted == 0) wanted = row->wanted[NOWHERE];
        long result = is_operand ? umtx(0, row->operation, row->value, address, 0)
                                 : umtx(address, row->operation, row->value, 0, &soon);
        if (row->operation == UMTX_OP_SHM && result > 0) sys_close((int)result);
        expect(row->name, places[i].name, result, wanted);
    }
    check(row->name, 1);
}

static void test_addresses(void) {
    for (unsigned i = 0; i < COUNT_OF(objects); i++)
        sweep(&objects[i], 0);
    for (unsigned i = 0; i < COUNT_OF(operands); i++)
        sweep(&operands[i], 1);
    umtx(0, UMTX_OP_SHM, UMTX_SHM_DESTROY, page + 1, 0);
    umtx(0, UMTX_OP_SHM, UMTX_SHM_DESTROY, page + PAGE - 4, 0);
    static const int unknown[] = {29, 30, 1000, 0x7fffffff};
    for (unsigned i = 0; i < COUNT_OF(unknown); i++)
        expect("an operation that is none", "", umtx(page, unknown[i], 0, 0, 0), EINVAL);
    check_errno("the lock of FreeBSD 5", umtx((void *)8, 0, 0, 0, 0), EOPNOTSUPP);
    check_errno("and its unlock", umtx((void *)8, 1, 0, 0, 0), EOPNOTSUPP);
}

// A page behind the end of its file: mapped, and nothing there.
static void test_behind_the_end(void) {
    char path[64];
    format_string(path, sizeof path, "/tmp/bsduser-umtx-%d", (int)sys_getpid());
    int file = (int)sys_open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    sys_unlink(path);
    static const int sharings[] = {MAP_SHARED, MAP_PRIVATE};
    struct timespec soon = {0, 1000000};
    for (unsigned i = 0; i < COUNT_OF(sharings); i++) {
        char *empty = (char *)sys_mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, sharings[i], file, 0);
        for (unsigned row = 0; row < COUNT_OF(objects); row++) {
            int operation = objects[row].operation, wanted = objects[row].wanted[NOWHERE];
            // The mapping is there, the page is not.
            if (operation == UMTX_OP_WAKE) wanted = 0;
            if (operation == UMTX_OP_MUTEX_WAKE2 && objects[row].value != 12) wanted = EFAULT;
            expect(objects[row].name, "behind a file's end", umtx(empty, operation, objects[row].value, 0, &soon), wanted);
        }
        sys_munmap(empty, 2 * PAGE);
    }
    sys_close(file);
    check("objects behind the end of a file", 1);
}

// MARK: Condition variables: two objects in one call

static void test_conditions(void) {
    static struct ucond condition;
    static struct umutex mutex;
    struct timespec soon = {0, 1000000};
    char *wild[] = {0, (char *)8, unmapped, (char *)MACHINE_USER_TOP, page + 1};
    for (unsigned i = 0; i < COUNT_OF(wild); i++) {
        mutex.owner = (uint32_t)own_id();
        expect("CV_WAIT", "in a wild variable", umtx(wild[i], UMTX_OP_CV_WAIT, 0, &mutex, &soon), EFAULT);
        check_equal("the mutex stays locked", mutex.owner, (uint32_t)own_id());
        condition.has_waiters = 0;
        expect("CV_WAIT", "with a wild mutex", umtx(&condition, UMTX_OP_CV_WAIT, 0, wild[i], &soon), EFAULT);
        check_equal("nobody waits", condition.has_waiters, 0);
        if (i == 0) continue;
        mutex.owner = (uint32_t)own_id();
        long result = umtx(&condition, UMTX_OP_CV_WAIT, 0, &mutex, wild[i]);
        if (wild[i] != page + 1) expect("CV_WAIT", "with a wild time", result, EFAULT);
        if (wild[i] != page + 1) check_equal("the mutex stays locked", mutex.owner, (uint32_t)own_id());
    }
    struct timespec wrong[] = {{-1, 0}, {0, -1}, {0, 1000000000}, {0, (long)(~0ul >> 1)}};
    for (unsigned i = 0; i < COUNT_OF(wrong); i++) {
        mutex.owner = (uint32_t)own_id();
        expect("CV_WAIT", "with a wrong time", umtx(&condition, UMTX_OP_CV_WAIT, 0, &mutex, &wrong[i]), EINVAL);
        check_equal("the mutex stays locked", mutex.owner, (uint32_t)own_id());
    }
    expect("CV_WAIT", "in a page to read", umtx(read_only, UMTX_OP_CV_WAIT, 0, &mutex, &soon), EFAULT);
    expect("CV_WAIT", "with a mutex in a page to read", umtx(&condition, UMTX_OP_CV_WAIT, 0, read_only, &soon), EPERM);
    expect("CV_WAIT", "with flags that are none", umtx(&condition, UMTX_OP_CV_WAIT, 8, &mutex, &soon), EITHER);
    static const uint32_t clocks[] = {14, 0x7fffffff, 0x80000000, 0xffffffff};
    for (unsigned i = 0; i < COUNT_OF(clocks); i++) {
        condition = (struct ucond){.clock = clocks[i]};
        mutex.owner = (uint32_t)own_id();
        expect("CV_WAIT", "with a clock that is none",
               umtx(&condition, UMTX_OP_CV_WAIT, CVWAIT_CLOCKID, &mutex, &soon), EINVAL);
    }
    // A word of the page before an unmapped one has no room for the flags, nor for the clock.
    memset(page, 0, PAGE);
    expect("CV_WAIT", "at a page's end", umtx(page + PAGE - 4, UMTX_OP_CV_WAIT, 0, &mutex, &soon), EFAULT);
    expect("CV_WAIT", "at a page's end", umtx(page + PAGE - 8, UMTX_OP_CV_WAIT, CVWAIT_CLOCKID, &mutex, &soon), EFAULT);
    check("condition variables", 1);
}

// MARK: Times

static struct umutex busy_mutex;
static struct urwlock busy_lock;
static struct usem no_semaphore;
static struct usem2 no_semaphore2;
static volatile uint32_t zero;
static volatile long long_zero;

static const struct { const char *name; int operation; volatile void *object; } waits[] = {
    {"WAIT", UMTX_OP_WAIT, &long_zero}, {"WAIT_UINT", UMTX_OP_WAIT_UINT, &zero},
    {"WAIT_UINT_PRIVATE", UMTX_OP_WAIT_UINT_PRIVATE, &zero}, {"MUTEX_LOCK", UMTX_OP_MUTEX_LOCK, &busy_mutex},
    {"MUTEX_WAIT", UMTX_OP_MUTEX_WAIT, &busy_mutex}, {"RW_RDLOCK", UMTX_OP_RW_RDLOCK, &busy_lock},
    {"RW_WRLOCK", UMTX_OP_RW_WRLOCK, &busy_lock}, {"SEM_WAIT", UMTX_OP_SEM_WAIT, &no_semaphore},
    {"SEM2_WAIT", UMTX_OP_SEM2_WAIT, &no_semaphore2},
};

static void test_times(void) {
    busy_mutex.owner = 99;
    busy_lock.state = URWLOCK_WRITE_OWNER;
    char *time_end = page + PAGE;
    struct umtx_time wrong[] = {
        {{-1, 0}, 0, CLOCK_MONOTONIC}, {{0, -1}, 0, CLOCK_MONOTONIC}, {{0, 1000000000}, 0, CLOCK_MONOTONIC},
        {{(int64_t)(1ull << 63), 0}, 0, CLOCK_MONOTONIC}, {{0, (long)(1ul << (8 * sizeof(long) - 1))}, 0, 0},
    };
    void *wild[] = {(void *)8, unmapped, (void *)MACHINE_USER_TOP, (void *)-16l, guard, time_end - 8, time_end - 1};
    void *sizes[] = {0, (void *)1, (void *)sizeof(struct timespec), (void *)sizeof(struct umtx_time), (void *)-1l};
    for (unsigned i = 0; i < COUNT_OF(waits); i++) {
        for (unsigned size = 0; size < COUNT_OF(sizes); size++) {
            for (unsigned k = 0; k < COUNT_OF(wild); k++)
                expect(waits[i].name, "with a wild time",
                       umtx(waits[i].object, waits[i].operation, 0, sizes[size], wild[k]), EFAULT);
            for (unsigned k = 0; k < COUNT_OF(wrong); k++)
                expect(waits[i].name, "with a wrong time",
                       umtx(waits[i].object, waits[i].operation, 0, sizes[size], &wrong[k]), EINVAL);
        }
        // Room for a timespec and no more: enough unless the size says more.
        struct timespec soon = {0, 1000000};
        memcpy(time_end - sizeof soon, &soon, sizeof soon);
        void *last = time_end - sizeof soon;
        expect(waits[i].name, "with a time at a page's end",
               umtx(waits[i].object, waits[i].operation, 0, (void *)sizeof soon, last), ETIMEDOUT);
        expect(waits[i].name, "with a size of all memory",
               umtx(waits[i].object, waits[i].operation, 0, (void *)-1l, last), EFAULT);
        struct umtx_time whole = {{0, 1000000}, 0, CLOCK_MONOTONIC};
        expect(waits[i].name, "with a size that is too large",
               umtx(waits[i].object, waits[i].operation, 0, (void *)1000, &whole), ETIMEDOUT);
        whole.clock = 77;
        umtx(waits[i].object, waits[i].operation, 0, (void *)sizeof whole, &whole);
        whole.clock = 0xffffffff;
        whole.flags = 0xfffffffe;
        umtx(waits[i].object, waits[i].operation, 0, (void *)sizeof whole, &whole);
        check(waits[i].name, 1);
    }
    check_equal("the mutex has its owner", busy_mutex.owner & ~UMUTEX_CONTESTED, 99);
    check_equal("the lock as well", busy_lock.state, URWLOCK_WRITE_OWNER);
    check_equal("nobody waits for it", busy_lock.readers + busy_lock.writers, 0);
}

// The end of time is not now.
static volatile uint32_t ready;
static volatile long outcome;
static struct umtx_time endless;

static void wait_endlessly(void *operation) {
    long i = (long)operation;
    __atomic_store_n(&ready, 1, __ATOMIC_SEQ_CST);
    outcome = umtx(waits[i].object, waits[i].operation, 0, (void *)sizeof endless, &endless);
}

static void nothing(int signal) { (void)signal; }

static void test_endless(void) {
    static struct thread thread;
    static const struct umtx_time ends[] = {
        {{0x7fffffffffffffff, 999999999}, 0, CLOCK_MONOTONIC}, {{0x7fffffffffffffff, 0}, UMTX_ABSTIME, CLOCK_MONOTONIC},
        {{0x7fffffffffffffff, 0}, UMTX_ABSTIME, CLOCK_REALTIME}, {{0x7fffffffffffffff, 0}, 0, CLOCK_REALTIME},
        {{10000000000, 0}, UMTX_ABSTIME, CLOCK_REALTIME},
    };
    set_handler(SIGUSR1, (void *)nothing, 0);
    for (unsigned i = 0; i < COUNT_OF(waits); i++)
        for (unsigned k = 0; k < COUNT_OF(ends); k++) {
            endless = ends[k];
            ready = 0;
            outcome = 1;
            thread_start(&thread, wait_endlessly, (void *)(long)i);
            await(&ready, 1);
            pause_for(2000000);
            expect(waits[i].name, "until the end of time", outcome, -1);
            while (!thread.is_done) {
                sys_thr_kill(thread.id, SIGUSR1);
                pause_for(200000);
            }
            thread_join(&thread);
            expect(waits[i].name, "until the end of time, interrupted", outcome, EINTR);
        }
    set_handler(SIGUSR1, SIG_DFL, 0);
    check("waits until the end of time", 1);
}

// MARK: Robust lists

static struct umutex chain[1200];
static uintptr_t heads[3];

static void exit_with_lists(void *shape) {
    uint32_t id = (uint32_t)own_id();
    for (unsigned i = 0; i < COUNT_OF(chain); i++)
        chain[i] = (struct umutex){.owner = id, .flags = UMUTEX_ROBUST, .next = (uintptr_t)&chain[i + 1]};
    chain[COUNT_OF(chain) - 1].next = 0;
    heads[0] = heads[1] = (uintptr_t)chain, heads[2] = 0;
    struct umtx_robust_lists lists = {(uintptr_t)&heads[0], 0, (uintptr_t)&heads[2]};
    switch ((long)shape) {
    case 1: chain[2].next = (uintptr_t)&chain[0]; break;
    case 2: chain[2].next = 8; break;
    case 3: chain[2].next = MACHINE_USER_TOP; break;
    case 4: chain[2].next = (uintptr_t)&chain[2]; break;
    case 5: chain[2].next = (uintptr_t)&chain[3] + 2; break;
    case 6: chain[3].owner = 99; break;
    case 7: chain[3].flags = 0; break;
    case 8: chain[2].next = (uintptr_t)read_only; break;
    case 9: lists.inactive = 8, chain[2].next = 0; break;
    case 10: lists.own = 8, chain[2].next = 0; break;
    case 11: heads[2] = (uintptr_t)read_only, chain[2].next = 0; break;
    case 12: chain[3].flags = UMUTEX_ROBUST | UMUTEX_PRIO_INHERIT | UMUTEX_PRIO_PROTECT; break;
    }
    if (umtx(0, UMTX_OP_ROBUST_LISTS, sizeof lists, &lists, 0) != 0) guest_exit(124);
}

static unsigned released(void) {
    unsigned count = 0;
    for (unsigned i = 0; i < COUNT_OF(chain); i++)
        count += chain[i].owner == UMUTEX_RB_OWNERDEAD;
    return count;
}

static void test_robust_lists(void) {
    static struct thread thread;
    for (long shape = 0; shape <= 12; shape++) {
        thread_start(&thread, exit_with_lists, (void *)shape);
        thread_join(&thread);
        char name[64];
        // kern.ipc.umtx_max_robust of a list that is too long; three of one that ends amiss.
        check_equal(format_string(name, sizeof name, "robust list %ld", shape), released(), shape == 0 ? 1000 : 3);
    }
    static const unsigned long wild[] = {8, MACHINE_USER_TOP, -8ul, 1};
    for (unsigned i = 0; i < COUNT_OF(wild); i++) {
        struct umtx_robust_lists lists = {wild[i], wild[i], wild[i]};
        int child = (int)sys_fork();
        if (child == 0) {
            umtx(0, UMTX_OP_ROBUST_LISTS, sizeof lists, &lists, 0);
            guest_exit(5);
        }
        check_equal("exit with wild heads of lists", wait_for(child), 5 << 8);
    }
}

// MARK: thr_new and its relatives

static void test_threads(void) {
    char *wild[] = {(char *)8, unmapped, (char *)MACHINE_USER_TOP, guard};
    for (unsigned i = 0; i < COUNT_OF(wild); i++) {
        struct thr_param parameters = {.entry = (void (*)(void *))(void *)wild[i]};
        expect("thr_new", "with wild parameters", sys_thr_new(wild[i], sizeof parameters), EFAULT);
        parameters.parent_id = (long *)wild[i];
        expect("thr_new", "with a wild place", sys_thr_new(&parameters, sizeof parameters), EFAULT);
        expect("thr_self", "with a wild place", sys_thr_self((long *)wild[i]), EFAULT);
        expect("thr_suspend", "with a wild time", sys_thr_suspend((struct timespec *)wild[i]), EFAULT);
        expect("thr_create", "in a wild context", sys_thr_create((struct user_context *)wild[i], (long *)wild[i], 0), EFAULT);
        // A thread that starts nowhere, and one that says so nowhere.
        int child = (int)sys_fork();
        if (child == 0) {
            parameters.parent_id = 0;
            sys_thr_new(&parameters, sizeof parameters);
            pause_for(5000000000);
            guest_exit(1);
        }
        // Which signal it is for a kernel's address depends on the machine.
        int end = WTERMSIG(wait_for(child));
        check("a thread that starts nowhere", end == SIGSEGV || (end == SIGBUS && i == 2));
        child = (int)sys_fork();
        if (child == 0) {
            static struct thread other;
            thread_start(&other, (void (*)(void *))(void *)sys_thr_exit, wild[i]);
            // On a busy machine it takes its time to go.
            long left = 0;
            for (int patience = 0; patience < 1000 && (left = sys_thr_kill(other.id, 0)) != -ESRCH; patience++)
                pause_for(5000000);
            guest_exit(left == -ESRCH ? 7 : 8);
        }
        check_equal("thr_exit with a wild word", wait_for(child), 7 << 8);
    }
    static const int sizes[] = {-1, (int)0x80000000, 0x7fffffff, sizeof(struct thr_param) + 8};
    for (unsigned i = 0; i < COUNT_OF(sizes); i++)
        expect("thr_new", "of a wrong size", sys_thr_new(page, sizes[i]), EINVAL);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    read_only = (char *)sys_mmap(0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0);
    guard = (char *)sys_mmap(0, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);
    // A hole of one page: nothing that is mapped later on is as small.
    page = (char *)sys_mmap(0, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    unmapped = page + PAGE;
    sys_munmap(unmapped, PAGE);
    test_addresses();
    test_behind_the_end();
    test_conditions();
    test_times();
    test_endless();
    test_robust_lists();
    test_threads();
    return checks_failed();
}
