// Atomic operations of several threads on the same words: nothing is lost and nothing happens twice. Compiled code uses
// load-linked and store-conditional instructions, or exclusives; words narrower than those parts of a wider one.
#include "cases.h"
#include "threads.h"

enum { MOST = 8, TOTAL = 160000 };
static struct thread threads[MOST];
static volatile uint32_t ready;
static int team;
static uint8_t bytes[8];
static uint16_t halves[4];
static uint32_t words[2];
static uint64_t doubles[1];
static void (*body)(int number, int rounds);

static void enter(void *argument) {
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    await(&ready, (uint32_t)team);
    body((int)(long)argument, TOTAL / team);
}

static void with_threads(int count, void (*work)(int, int)) {
    team = count;
    ready = 0;
    body = work;
    for (long i = 0; i < count; i++)
        check_equal("thr_new", thread_start(&threads[i], enter, (void *)i), 0);
    for (int i = 0; i < count; i++)
        thread_join(&threads[i]);
}

static void add(int number, int rounds) {
    for (int i = 0; i < rounds; i++) {
        __atomic_fetch_add(&bytes[number % 8], 1, __ATOMIC_RELAXED);
        __atomic_fetch_add(&bytes[0], 1, __ATOMIC_ACQ_REL);
        __atomic_fetch_add(&halves[number % 4], 1, __ATOMIC_RELAXED);
        __atomic_fetch_sub(&words[0], 1, __ATOMIC_SEQ_CST);
        __atomic_fetch_add(&words[1], 3, __ATOMIC_RELAXED);
        __atomic_fetch_add(&doubles[0], 0x100000001, __ATOMIC_RELAXED);
    }
}

static void check_sums(int count) {
    memset(bytes, 0, sizeof bytes), memset(halves, 0, sizeof halves);
    words[0] = words[1] = 0, doubles[0] = 0;
    with_threads(count, add);
    unsigned byte_sum = 0, half_sum = 0, rounds = TOTAL / (unsigned)count;
    for (int i = 1; i < 8; i++)
        byte_sum += bytes[i] - (i < count ? (uint8_t)rounds : 0);
    for (int i = 0; i < 4; i++)
        half_sum += (uint16_t)(halves[i] - rounds * (unsigned)(count >= 4 ? count / 4 : i < count));
    check_equal("bytes that were not added to by all, and their neighbours", byte_sum, 0);
    check_equal("the byte of all", bytes[0], (uint8_t)(TOTAL + rounds));
    check_equal("half words", half_sum, 0);
    check_equal("a word counted down", words[0], (uint32_t)-TOTAL);
    check_equal("a word counted up", words[1], 3 * TOTAL);
    check_equal("a doubleword", (long)doubles[0], 0x100000001 * TOTAL);
}

CASE(add, "of two threads to bytes, half words, words and doublewords is exact") { check_sums(2); }
CASE(add, "of four threads is exact") { check_sums(4); }
CASE(add, "of eight threads is exact") { check_sums(8); }

static void exchange_compare(int number, int rounds) {
    (void)number;
    for (int i = 0; i < rounds; i++) {
        uint64_t old = __atomic_load_n(&doubles[0], __ATOMIC_RELAXED);
        while (!__atomic_compare_exchange_n(&doubles[0], &old, old * 3 + 1, 1, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {}
        uint32_t word = __atomic_load_n(&words[0], __ATOMIC_RELAXED);
        while (!__atomic_compare_exchange_n(&words[0], &word, word + 7, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {}
        uint8_t byte = __atomic_load_n(&bytes[3], __ATOMIC_RELAXED);
        while (!__atomic_compare_exchange_n(&bytes[3], &byte, (uint8_t)(byte + 5), 1, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {}
    }
}

static void check_exchanges(int count) {
    uint64_t wanted = 1;
    for (int i = 0; i < TOTAL; i++)
        wanted = wanted * 3 + 1;
    memset(bytes, 0, sizeof bytes);
    words[0] = 0, doubles[0] = 1;
    with_threads(count, exchange_compare);
    check_equal("doubleword", (long)doubles[0], (long)wanted);
    check_equal("word", words[0], (uint32_t)TOTAL * 7);
    check_equal("byte", bytes[3], (uint8_t)(TOTAL * 5));
    check_equal("its neighbours", bytes[2] | bytes[4], 0);
}

CASE(cas, "of two threads loses nothing") { check_exchanges(2); }
CASE(cas, "of four threads loses nothing") { check_exchanges(4); }
CASE(cas, "of eight threads loses nothing") { check_exchanges(8); }

static uint32_t sums[MOST][2];

// Tokens go round: what is taken out is put in by somebody.
static void swap(int number, int rounds) {
    uint32_t mine = (uint32_t)number + 1;
    uint64_t wide = (uint64_t)number << 32;
    for (int i = 0; i < rounds; i++) {
        mine = __atomic_exchange_n(&words[0], mine, __ATOMIC_ACQ_REL);
        wide = __atomic_exchange_n(&doubles[0], wide, __ATOMIC_RELAXED);
    }
    sums[number][0] = mine, sums[number][1] = (uint32_t)(wide >> 32);
}

static void check_tokens(int count) {
    words[0] = 100, doubles[0] = 50ull << 32;
    with_threads(count, swap);
    uint32_t words_sum = words[0], doubles_sum = (uint32_t)(doubles[0] >> 32);
    for (int i = 0; i < count; i++)
        words_sum += sums[i][0], doubles_sum += sums[i][1];
    check_equal("words", words_sum, 100 + count * (count + 1) / 2);
    check_equal("doublewords", doubles_sum, 50 + count * (count - 1) / 2);
}

CASE(swap, "of two threads keeps every token") { check_tokens(2); }
CASE(swap, "of eight threads keeps every token") { check_tokens(8); }

static void bits(int number, int rounds) {
    for (int i = 0; i < rounds; i++) {
        uint32_t bit = 1u << (number * 4 + i % 4);
        if (__atomic_fetch_or(&words[0], bit, __ATOMIC_ACQ_REL) & bit) sums[number][0]++;
        if (!(__atomic_fetch_xor(&words[1], bit, __ATOMIC_RELAXED) & bit)) sums[number][1]++;
        if (!(__atomic_fetch_and(&words[0], ~bit, __ATOMIC_ACQ_REL) & bit)) sums[number][0]++;
    }
}

CASE(bits, "set, cleared and flipped by eight threads, each its own") {
    memset(sums, 0, sizeof sums);
    words[0] = words[1] = 0;
    with_threads(8, bits);
    uint32_t wrong = 0, flips = 0;
    for (int i = 0; i < 8; i++)
        wrong += sums[i][0], flips += sums[i][1];
    check_equal("bits that others changed", wrong, 0);
    check_equal("the word of set and cleared bits", words[0], 0);
    check_equal("flips upward", flips, TOTAL / 2);
    check_equal("the word of flipped bits", words[1], 0);
}

// A stack of nodes without locks. An index with a count of changes makes it safe from nodes that come back.
enum { NODES = 64 };
static struct { uint32_t next, busy; } nodes[NODES];
static uint64_t top;
static uint32_t doubly_used;

static uint32_t pop(void) {
    uint64_t old = __atomic_load_n(&top, __ATOMIC_ACQUIRE), new;
    do {
        if ((uint32_t)old == 0) return 0;
        new = (old & ~0xfffffffful) + (1ul << 32) + __atomic_load_n(&nodes[(uint32_t)old - 1].next, __ATOMIC_RELAXED);
    } while (!__atomic_compare_exchange_n(&top, &old, new, 1, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    return (uint32_t)old;
}

static void push(uint32_t node) {
    uint64_t old = __atomic_load_n(&top, __ATOMIC_RELAXED), new;
    do {
        __atomic_store_n(&nodes[node - 1].next, (uint32_t)old, __ATOMIC_RELAXED);
        new = (old & ~0xfffffffful) + (1ul << 32) + node;
    } while (!__atomic_compare_exchange_n(&top, &old, new, 1, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

static void use_stack(int number, int rounds) {
    (void)number;
    for (int i = 0; i < rounds; i++) {
        uint32_t node = pop();
        if (!node) continue;
        if (__atomic_exchange_n(&nodes[node - 1].busy, 1, __ATOMIC_ACQUIRE)) __atomic_fetch_add(&doubly_used, 1, __ATOMIC_RELAXED);
        __atomic_store_n(&nodes[node - 1].busy, 0, __ATOMIC_RELEASE);
        push(node);
    }
}

CASE(stack, "without locks, of four threads, holds every node once") {
    for (uint32_t i = 1; i <= NODES; i++)
        push(i);
    with_threads(4, use_stack);
    int left = 0;
    while (pop())
        left++;
    check_equal("nodes that two had", doubly_used, 0);
    check_equal("nodes at the end", left, NODES);
}

static struct { uint32_t next, serving; } ticket;
static volatile long guarded[2];

static void lock_and_count(int number, int rounds) {
    (void)number;
    for (int i = 0; i < rounds / 20; i++) {
        uint32_t mine = __atomic_fetch_add(&ticket.next, 1, __ATOMIC_RELAXED);
        while (__atomic_load_n(&ticket.serving, __ATOMIC_ACQUIRE) != mine)
            sys_sched_yield();
        guarded[0] = guarded[0] + 1, guarded[1] = guarded[1] - 1;
        __atomic_store_n(&ticket.serving, mine + 1, __ATOMIC_RELEASE);
    }
}

CASE(lock, "of tickets guards plain words of four threads") {
    with_threads(4, lock_and_count);
    check_equal("counted up", guarded[0], TOTAL / 20);
    check_equal("counted down", guarded[1], -TOTAL / 20);
}
