// The time without a system call, as libc's __vdso_clock_gettime makes it (lib/libc/sys/__vdso_gettimeofday.c).
#include "guest.h"

struct binary_time { int64_t seconds; uint64_t fraction; };
struct time_hands {
    uint32_t algorithm, generation;
    uint64_t scale;
    uint32_t counter, mask;
    struct binary_time offset, boot;
    uint32_t physical, spare[7];
};
struct time_keep { uint32_t version, enabled, current; struct time_hands hands[4]; };

static uint64_t counter(void) {
    uint64_t value;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value) : : "memory");
    return value;
}

static void add(struct binary_time *time, int64_t seconds, uint64_t fraction) {
    uint64_t sum = time->fraction + fraction;
    time->seconds += seconds + (sum < fraction);
    time->fraction = sum;
}

// Nanoseconds.
static int64_t now(const volatile struct time_keep *keep, int absolute) {
    for (;;) {
        uint32_t current = keep->current;
        __asm__ volatile("dmb ishld" : : : "memory");
        const volatile struct time_hands *hands = &keep->hands[current];
        uint32_t generation = hands->generation;
        __asm__ volatile("dmb ishld" : : : "memory");
        struct binary_time time = {hands->offset.seconds, hands->offset.fraction};
        uint32_t ticks = ((uint32_t)counter() - hands->counter) & hands->mask;
        add(&time, 0, hands->scale * ticks);
        if (absolute) add(&time, hands->boot.seconds, hands->boot.fraction);
        __asm__ volatile("dmb ishld" : : : "memory");
        if (current == keep->current && generation != 0 && generation == hands->generation)
            return time.seconds * 1000000000 + (int64_t)(((time.fraction >> 32) * 1000000000) >> 32);
    }
}

static int64_t asked(int clock) {
    struct timespec time;
    sys_clock_gettime(clock, &time);
    return time.seconds * 1000000000 + time.nanoseconds;
}

// How often the time lies outside of what the kernel says before and after.
static int wrong(const volatile struct time_keep *keep, int clock, int absolute, int rounds, int64_t tolerance) {
    int count = 0;
    int64_t last = 0;
    for (int i = 0; i < rounds; i++) {
        int64_t before = asked(clock), told = now(keep, absolute), after = asked(clock);
        if (told + 1 + tolerance < before || told > after + tolerance || told + tolerance < last) {
            if (count++ == 0) print("# %ld %ld %ld after %ld\n", before, told, after, last);
        }
        last = told;
    }
    return count;
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    const volatile struct time_keep *keep = (void *)auxiliary_value(AT_TIMEKEEP, 0);
    check("AT_TIMEKEEP", keep != 0);
    if (!keep) return checks_failed();
    check_equal("sizeof(struct vdso_timehands)", sizeof(struct time_hands), 88);
    check_equal("tk_ver", keep->version, 1);
    check_equal("tk_enabled", keep->enabled, 1);
    check_equal("th_algo", keep->hands[keep->current].algorithm, 1);
    uint64_t frequency;
    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
    check("the scale is the frequency's", keep->hands[keep->current].scale == ~0ul / frequency);
    check_equal("CLOCK_MONOTONIC", wrong(keep, CLOCK_MONOTONIC, 0, 20000, 0), 0);
    check_equal("CLOCK_UPTIME", wrong(keep, CLOCK_UPTIME, 0, 1000, 0), 0);
    check_equal("CLOCK_REALTIME", wrong(keep, CLOCK_REALTIME, 1, 20000, 1000000), 0);
    // The 32 bits that libc looks at come round in between.
    struct timespec pause = {4, 400000000};
    sys_nanosleep(&pause, 0);
    check_equal("after a pause", wrong(keep, CLOCK_MONOTONIC, 0, 1000, 0), 0);
    int child = (int)sys_fork();
    if (child == 0) guest_exit(wrong(keep, CLOCK_MONOTONIC, 0, 5000, 0));
    check_equal("in a child", wait_for(child), 0);
    check_errno("the page is read only", sys_getrandom((void *)(uintptr_t)keep, 4, 0), EFAULT);
    return checks_failed();
}
