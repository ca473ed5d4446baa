// Threads, their lock, and atomic operations.
#include "system.h"

enum { TURNS = 1000, THREADS = 2 };

static struct plat_thread crew[THREADS];
static unsigned turns;

static void do_nothing(void *argument) { (void)argument; }

static void thread_loop(unsigned n) {
    while (n--) {
        plat_thread_start(&crew[0], do_nothing, 0);
        plat_thread_join(&crew[0]);
    }
}

// `count` threads that do the same, `n` times TURNS operations in all.
static void together(void (*body)(void *), unsigned count, unsigned n) {
    turns = n * TURNS / count;
    for (unsigned i = 0; i < count; i++)
        plat_thread_start(&crew[i], body, 0);
    for (unsigned i = 0; i < count; i++)
        plat_thread_join(&crew[i]);
}

static uint64_t guarded;

static void lock_turns(void *argument) {
    (void)argument;
    for (unsigned i = 0; i < turns; i++) {
        plat_lock();
        guarded++;
        plat_unlock();
    }
}

static void mutex(unsigned count, unsigned n) {
    guarded = 0;
    together(lock_turns, count, n);
    if (guarded != (uint64_t)turns * count)
        fail("mutex");
}

static void mutex_loop(unsigned n) { mutex(1, n); }
static void contended_mutex_loop(unsigned n) { mutex(THREADS, n); }

static uint32_t counter __attribute__((aligned(64)));

static void add_turns(void *argument) {
    (void)argument;
    for (unsigned i = 0; i < turns; i++)
        __atomic_fetch_add(&counter, 1, __ATOMIC_SEQ_CST);
}

static void exchange_turns(void *argument) {
    (void)argument;
    for (unsigned i = 0; i < turns; i++) {
        uint32_t old = __atomic_load_n(&counter, __ATOMIC_RELAXED);
        while (!__atomic_compare_exchange_n(&counter, &old, old + 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
        }
    }
}

static void atomics(void (*body)(void *), unsigned count, unsigned n) {
    counter = 0;
    together(body, count, n);
    if (counter != turns * count)
        fail("atomic operation");
}

static void add_loop(unsigned n) { atomics(add_turns, 1, n); }
static void shared_add_loop(unsigned n) { atomics(add_turns, THREADS, n); }
static void exchange_loop(unsigned n) { atomics(exchange_turns, 1, n); }
static void shared_exchange_loop(unsigned n) { atomics(exchange_turns, THREADS, n); }

const struct system_benchmark threads[] = {
    {"create+join", thread_loop, 2000, 1},
    {"mutex", mutex_loop, 4000, TURNS},
    {"mutex,two_threads", contended_mutex_loop, 1000, TURNS},
    {"atomic_add", add_loop, 8000, TURNS},
    {"atomic_add,two_threads", shared_add_loop, 4000, TURNS},
    {"compare_exchange", exchange_loop, 8000, TURNS},
    {"compare_exchange,two_threads", shared_exchange_loop, 4000, TURNS},
    {0, 0, 0, 0},
};
