// Litmus tests: up to four threads work through many pairs of words at the same time, and afterwards each pair and what
// the threads read is looked at. Names of shapes: Alglave, Maranget, Tautschnig, "Herding Cats", table III.
#ifndef LITMUS_H
#define LITMUS_H

#include "cases.h"
#include "threads.h"

enum { LITMUS_BATCH = 1000, LITMUS_BATCHES = 120 };

// The words lie in cache lines of their own; `read` is what the threads have read.
struct pair {
    long x __attribute__((aligned(64))), y __attribute__((aligned(64)));
    long read[4] __attribute__((aligned(64)));
};

typedef void litmus_thread(struct pair *pair);

static struct pair litmus_pairs[LITMUS_BATCH];
static volatile uint32_t litmus_round, litmus_arrived;
static litmus_thread *const *litmus_bodies;

static void litmus_pass(litmus_thread *body) {
    for (int i = 0; i < LITMUS_BATCH; i++)
        body(&litmus_pairs[i]);
}

static void litmus_worker(void *argument) {
    for (uint32_t round = 1; round <= LITMUS_BATCHES; round++) {
        await(&litmus_round, round);
        litmus_pass(litmus_bodies[(long)argument]);
        __atomic_fetch_add(&litmus_arrived, 1, __ATOMIC_SEQ_CST);
    }
}

// The number of pairs, of 120,000, whose outcome is one that must not be.
static inline long litmus_count(litmus_thread *const *bodies, int threads, int (*forbidden)(const struct pair *)) {
    static struct thread workers[4];
    long seen = 0;
    litmus_bodies = bodies;
    litmus_round = 0;
    for (int i = 1; i < threads; i++)
        check_equal("thr_new", thread_start(&workers[i], litmus_worker, (void *)(long)i), 0);
    for (uint32_t round = 1; round <= LITMUS_BATCHES; round++) {
        memset(litmus_pairs, 0, sizeof litmus_pairs);
        litmus_arrived = 0;
        __atomic_store_n(&litmus_round, round, __ATOMIC_SEQ_CST);
        litmus_pass(bodies[0]);
        await(&litmus_arrived, (uint32_t)threads - 1);
        for (int i = 0; i < LITMUS_BATCH; i++)
            seen += forbidden(&litmus_pairs[i]);
    }
    for (int i = 1; i < threads; i++)
        thread_join(&workers[i]);
    return seen;
}

#define THREAD(name) static void name(struct pair *p)
#define FORBIDDEN(name, ...) static inline int name(const struct pair *p) { return __VA_ARGS__; }
#define LITMUS(shape, how, forbidden, ...)                                                        \
    CASE(shape, how) {                                                                            \
        litmus_thread *const bodies[] = {__VA_ARGS__};                                            \
        check_equal("forbidden outcomes", litmus_count(bodies, COUNT_OF(bodies), forbidden), 0);  \
    }

#define STORE(place, value, order) __atomic_store_n(&p->place, value, __ATOMIC_##order)
#define LOAD(number, place, order) (p->read[number] = __atomic_load_n(&p->place, __ATOMIC_##order))
#define FENCE __atomic_thread_fence(__ATOMIC_SEQ_CST)

// What must not come out, where the program has ordered each thread's accesses.
FORBIDDEN(mp_broken, p->read[0] == 1 && p->read[1] == 0)
FORBIDDEN(sb_broken, p->read[0] == 0 && p->read[1] == 0)
FORBIDDEN(lb_broken, p->read[0] == 1 && p->read[1] == 1)
FORBIDDEN(s_broken, p->read[0] == 1 && p->x == 2)
FORBIDDEN(r_broken, p->read[0] == 0 && p->y == 2)
FORBIDDEN(two_writes_broken, p->x == 1 && p->y == 1)
FORBIDDEN(iriw_broken, p->read[0] == 1 && p->read[1] == 0 && p->read[2] == 1 && p->read[3] == 0)
FORBIDDEN(wrc_broken, p->read[0] == 1 && p->read[1] == 1 && p->read[2] == 0)

#endif
