// Timers and sleeps: ktimer_create(2), setitimer(2), clock_nanosleep(2).
#include "events.h"

enum { SIGVT = 26 };

static volatile int fired, last_code, last_timer, last_overrun, last_signal;
static void *volatile last_value;
static volatile int last_number;

static void on_signal(int signal, struct signal_info *info, struct user_context *context) {
    (void)context;
    fired++;
    last_signal = signal;
    last_code = info->code;
    last_timer = info->reason.timer.timer;
    last_overrun = info->reason.timer.overrun;
    last_value = info->value.pointer;
    last_number = info->value.integer;
}

static void pause_for(int milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    while (sys_nanosleep(&time, &time) == -EINTR) {}
}

static void await_signal(int wanted) {
    for (int i = 0; i < 2000 && fired < wanted; i++) pause_for(1);
}

static void posix_timers(void) {
    int timer = -1;
    struct signal_event event = {.notification = SIGEV_SIGNAL, .signal = SIGUSR1, .value = {.pointer = &timer}};
    set_handler(SIGUSR1, (void *)on_signal, SA_SIGINFO);
    set_handler(SIGALRM, (void *)on_signal, SA_SIGINFO);
    check_equal("ktimer_create", sys_ktimer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    check("its number", timer >= 3);
    struct itimerspec set = {{0, 0}, {0, 10000000}}, old;
    check_equal("ktimer_settime", sys_ktimer_settime(timer, 0, &set, &old), 0);
    check("it did not run", old.value.seconds == 0 && old.value.nanoseconds == 0);
    await_signal(1);
    check_equal("it fires", fired, 1);
    check("SI_TIMER", last_code == SI_TIMER && last_timer == timer && last_value == &timer);
    pause_for(30);
    check_equal("once", fired, 1);

    // Expirations while the signal is blocked are counted, and signalled once.
    struct signal_set blocked = signal_set_of(SIGUSR1);
    sys_sigprocmask(SIG_BLOCK, &blocked, 0);
    set = (struct itimerspec){{0, 5000000}, {0, 5000000}};
    sys_ktimer_settime(timer, 0, &set, 0);
    pause_for(60);
    sys_sigprocmask(SIG_UNBLOCK, &blocked, 0);
    await_signal(2);
    long overrun = sys_ktimer_getoverrun(timer);
    check("ktimer_getoverrun", overrun >= 0);
    check("the signal says the same or less", last_overrun <= 1000);
    check_equal("ktimer_gettime", sys_ktimer_gettime(timer, &old), 0);
    check_equal("its interval", old.interval.nanoseconds, 5000000);
    set = (struct itimerspec){{0, 0}, {0, 0}};
    sys_ktimer_settime(timer, 0, &set, 0);
    sys_ktimer_gettime(timer, &old);
    check("stopped", old.value.seconds == 0 && old.value.nanoseconds == 0);

    int seen = fired;
    struct timespec now;
    sys_clock_gettime(CLOCK_MONOTONIC, &now);
    set.value = (struct timespec){now.seconds, now.nanoseconds};
    check_equal("TIMER_ABSTIME in the past", sys_ktimer_settime(timer, TIMER_ABSTIME, &set, 0), 0);
    await_signal(seen + 1);
    check_equal("fires at once", fired, seen + 1);
    check_equal("ktimer_delete", sys_ktimer_delete(timer), 0);
    check_errno("deleted", sys_ktimer_delete(timer), EINVAL);
    check_errno("settime of none", sys_ktimer_settime(timer, 0, &set, 0), EINVAL);

    seen = fired;
    check_equal("without an event", sys_ktimer_create(CLOCK_REALTIME, 0, &timer), 0);
    set.value = (struct timespec){0, 1000000};
    sys_ktimer_settime(timer, 0, &set, 0);
    await_signal(seen + 1);
    check_equal("it is SIGALRM", last_signal, SIGALRM);
    check_equal("with the timer's number", last_number, timer);
    sys_ktimer_delete(timer);

    event.notification = SIGEV_NONE;
    seen = fired;
    sys_ktimer_create(CLOCK_MONOTONIC, &event, &timer);
    sys_ktimer_settime(timer, 0, &set, 0);
    pause_for(20);
    check_equal("SIGEV_NONE", fired, seen);
    sys_ktimer_delete(timer);
    long self;
    sys_thr_self(&self);
    event.notification = SIGEV_THREAD_ID, event.how.thread = (int)self;
    check_equal("SIGEV_THREAD_ID", sys_ktimer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    sys_ktimer_settime(timer, 0, &set, 0);
    await_signal(seen + 1);
    check_equal("reaches the thread", fired, seen + 1);
    sys_ktimer_delete(timer);

    event.notification = SIGEV_KEVENT;
    check_errno("SIGEV_KEVENT is not for timers", sys_ktimer_create(CLOCK_MONOTONIC, &event, &timer), EINVAL);
    event.notification = SIGEV_SIGNAL, event.signal = 200;
    check_errno("no signal", sys_ktimer_create(CLOCK_MONOTONIC, &event, &timer), EINVAL);
    check_errno("no clock for timers", sys_ktimer_create(CLOCK_PROF, 0, &timer), EINVAL);
    sys_ktimer_create(CLOCK_MONOTONIC, 0, &timer);
    set.value.nanoseconds = 1000000000;
    check_errno("a wrong time", sys_ktimer_settime(timer, 0, &set, 0), EINVAL);
    check_errno("a wild time", sys_ktimer_settime(timer, 0, (void *)8, 0), EFAULT);
    sys_ktimer_delete(timer);
    int made[40], count = 0;
    while (count < 40 && sys_ktimer_create(CLOCK_MONOTONIC, 0, &made[count]) == 0) count++;
    check_errno("too many", sys_ktimer_create(CLOCK_MONOTONIC, 0, &timer), EAGAIN);
    while (count > 0) sys_ktimer_delete(made[--count]);
}

static void interval_timers(void) {
    struct itimerval set = {{0, 0}, {0, 5000}}, old;
    fired = 0;
    check_equal("ITIMER_REAL", sys_setitimer(ITIMER_REAL, &set, 0), 0);
    await_signal(1);
    check_equal("is SIGALRM", last_signal, SIGALRM);
    set_handler(SIGVT, (void *)on_signal, SA_SIGINFO);
    set_handler(SIGPROF, (void *)on_signal, SA_SIGINFO);
    fired = 0;
    check_equal("ITIMER_VIRTUAL", sys_setitimer(ITIMER_VIRTUAL, &set, 0), 0);
    for (volatile long i = 0; i < 400000000 && fired == 0; i++) {}
    check_equal("is SIGVTALRM", last_signal, SIGVT);
    fired = 0;
    check_equal("ITIMER_PROF", sys_setitimer(ITIMER_PROF, &set, 0), 0);
    for (volatile long i = 0; i < 400000000 && fired == 0; i++) {}
    check_equal("is SIGPROF", last_signal, SIGPROF);
    set.value.seconds = 100;
    sys_setitimer(ITIMER_REAL, &set, 0);
    check_equal("getitimer", sys_getitimer(ITIMER_REAL, &old), 0);
    check("what is left", old.value.seconds >= 99 && old.value.seconds <= 100);
    set.value = (struct timeval){0, 0};
    check_equal("stopping it", sys_setitimer(ITIMER_REAL, &set, &old), 0);
    check("tells what was left", old.value.seconds >= 99);
    set.value.microseconds = 1000000;
    check_errno("a wrong time", sys_setitimer(ITIMER_REAL, &set, 0), EINVAL);
    check_errno("a wrong timer", sys_setitimer(3, &set, 0), EINVAL);
}

static void sleeps(void) {
    struct timespec time = {0, 20000000}, before, after, rest = {9, 9};
    sys_clock_gettime(CLOCK_MONOTONIC, &before);
    check_equal("clock_nanosleep", sys_clock_nanosleep(CLOCK_MONOTONIC, 0, &time, 0), 0);
    sys_clock_gettime(CLOCK_MONOTONIC, &after);
    int64_t took = (after.seconds - before.seconds) * 1000000000 + after.nanoseconds - before.nanoseconds;
    check("lasts its time", took >= 20000000);
    time = after;
    check_equal("until a time that is past", sys_clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, 0), 0);
    // The error is the result.
    time = (struct timespec){0, 1000000000};
    check_equal("a wrong time", sys_clock_nanosleep(CLOCK_MONOTONIC, 0, &time, 0), EINVAL);
    struct itimerval alarm = {{0, 0}, {0, 10000}};
    sys_setitimer(ITIMER_REAL, &alarm, 0);
    time = (struct timespec){5, 0};
    check_equal("a signal ends it", sys_clock_nanosleep(CLOCK_REALTIME, 0, &time, &rest), EINTR);
    check("what is left", rest.seconds == 4 && rest.nanoseconds > 0);
    sys_setitimer(ITIMER_REAL, &alarm, 0);
    check_errno("nanosleep, too", sys_nanosleep(&time, &rest), EINTR);
    check("what is left of it", rest.seconds == 4);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    posix_timers();
    interval_timers();
    sleeps();
    return checks_failed();
}
