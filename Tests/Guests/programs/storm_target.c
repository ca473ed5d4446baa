// storm_target THREADS: takes the signals of another process until SIGTERM, and tells what came: a line of
// `plain COUNT queued COUNT sum SUM doubled COUNT disordered COUNT wrong COUNT`. SIGUSR1 is only counted; each SIGRTMIN has a
// value of its own, from 0 upwards. The threads compute, call, wait and start others meanwhile.
// storm_target send PID COUNT: sends so many of each kind, as fast as it can.
#include "threads.h"

enum { MOST_THREADS = 8, VALUES = 1 << 26 };

static struct thread threads[MOST_THREADS];
static volatile uint32_t is_over, wrong, doubled, disordered, plain;
static volatile unsigned long queued, sum, next;
static uint8_t *seen;

static void count(volatile uint32_t *counter) { __atomic_fetch_add(counter, 1, __ATOMIC_SEQ_CST); }

static void on_plain(int signal) { (void)signal, count(&plain); }

static void on_end(int signal) { (void)signal, is_over = 1; }

static void on_queued(int signal, struct signal_info *info, struct user_context *context) {
    (void)context;
    unsigned long value = (unsigned long)info->value.pointer;
    if (signal != SIGRTMIN || info->code != SI_QUEUE || value >= VALUES) {
        count(&wrong);
        return;
    }
    uint8_t bit = (uint8_t)(1 << value % 8);
    if (__atomic_fetch_or(&seen[value / 8], bit, __ATOMIC_SEQ_CST) & bit) count(&doubled);
    // Only one thread sees them in their order.
    if (value != next) count(&disordered);
    next = value + 1;
    __atomic_fetch_add(&sum, value, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&queued, 1, __ATOMIC_SEQ_CST);
}

static unsigned long compute(void) {
    unsigned long x = 88172645463325252ul, result = 0;
    for (int i = 0; i < 3000; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        result += x * 31;
    }
    return result;
}

static void nothing(void *argument) { (void)argument; }

static void work(void *argument) {
    static volatile uint32_t never;
    struct timespec soon = {0, 200000};
    struct thread other = {0};
    unsigned long expected = compute();
    while (load(&is_over) == 0) switch ((long)argument % 4) {
        case 0: if (compute() != expected) count(&wrong); break;
        case 1: if (sys_getppid() <= 0) count(&wrong); break;
        case 2: umtx(&never, UMTX_OP_WAIT_UINT_PRIVATE, 0, 0, &soon); break;
        case 3:
            if (thread_start(&other, nothing, 0) == 0) thread_join(&other);
            else count(&wrong);
        }
}

// What is on its way when the end comes still counts.
static void settle(void) {
    for (int quiet = 0; quiet < 10; quiet++) {
        unsigned long before = queued;
        pause_for(50000000);
        if (queued != before) quiet = 0;
    }
}

static long number(const char *text) {
    long value = 0;
    for (; *text; text++)
        value = value * 10 + *text - '0';
    return value;
}

static void send(int target, long signals) {
    for (long i = 0; i < signals; i++) {
        long result = 0;
        while ((result = sys_sigqueue(target, SIGRTMIN, (void *)i)) == -EAGAIN)
            sys_sched_yield();
        if (result != 0 || sys_kill(target, SIGUSR1) != 0) guest_exit(1);
    }
}

int main(int argument_count, char **arguments, char **environment) {
    (void)environment;
    if (argument_count == 4 && string_equal(arguments[1], "send")) {
        send((int)number(arguments[2]), number(arguments[3]));
        return 0;
    }
    if (argument_count != 2) return 2;
    long thread_count = number(arguments[1]);
    if (thread_count < 1 || thread_count > MOST_THREADS) return 2;
    seen = (uint8_t *)sys_mmap(0, VALUES / 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    set_handler(SIGUSR1, (void *)on_plain, SA_RESTART);
    set_handler(SIGRTMIN, (void *)on_queued, SA_SIGINFO | SA_RESTART);
    set_handler(SIGTERM, (void *)on_end, 0);
    for (long i = 1; i < thread_count; i++)
        if (thread_start(&threads[i], work, (void *)(i - 1)) != 0) return 3;
    print("ready\n");
    work(0);
    settle();
    for (long i = 1; i < thread_count; i++)
        thread_join(&threads[i]);
    print("plain %u queued %lu sum %lu doubled %u disordered %u wrong %u\n", plain, queued, sum, doubled, disordered, wrong);
    return 0;
}
