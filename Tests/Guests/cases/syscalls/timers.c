// Timers: setitimer(2), timer_create(2), timer_settime(2), timer_delete(2).
#include "../../runtime/children.h"
#include "../../runtime/events.h"

static volatile int counter, last_signal, last_code, last_value, last_timer, last_overrun;

static void tell(int signal, struct signal_info *info, struct user_context *context) {
    (void)context;
    last_signal = signal;
    last_code = info->code;
    last_value = info->value.integer;
    last_timer = info->reason.timer.timer;
    last_overrun = info->reason.timer.overrun;
    counter++;
}

static struct itimerval interval(long value, long repeat) {
    return (struct itimerval){{repeat / 1000, repeat % 1000 * 1000}, {value / 1000, value % 1000 * 1000}};
}

static struct itimerspec setting(long value, long repeat) {
    return (struct itimerspec){{repeat / 1000, repeat % 1000 * 1000000}, {value / 1000, value % 1000 * 1000000}};
}

static void await_count(int wanted) {
    for (int i = 0; i < 1000 && counter < wanted; i++) pause_milliseconds(5);
}

static int made_timer(int notification, int signal, int number) {
    struct signal_event event = {notification, signal, {0}, {0}};
    int timer = -1;
    event.value.pointer = 0;
    event.value.integer = number;
    check_equal("ktimer_create", sys_ktimer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    return timer;
}

CASE(setitimer, "sends SIGALRM after the time") {
    struct itimerval value = interval(30, 0);
    set_handler(SIGALRM, (void *)tell, SA_SIGINFO);
    check_equal("setitimer", sys_setitimer(ITIMER_REAL, &value, 0), 0);
    await_count(1);
    check_equal("once", counter, 1);
    pause_milliseconds(60);
    check_equal("and not again", counter, 1);
}

CASE(setitimer, "repeats") {
    struct itimerval value = interval(20, 20);
    set_handler(SIGALRM, (void *)tell, SA_SIGINFO);
    sys_setitimer(ITIMER_REAL, &value, 0);
    await_count(3);
    check("three times", counter >= 3);
}

CASE(setitimer, "gives the value before") {
    struct itimerval value = interval(10000, 3000), old;
    sys_setitimer(ITIMER_REAL, &value, 0);
    value = interval(0, 0);
    check_equal("setitimer", sys_setitimer(ITIMER_REAL, &value, &old), 0);
    check("value", old.value.seconds == 9 || old.value.seconds == 10);
    check_equal("interval", old.interval.seconds, 3);
}

CASE(setitimer, "stops with zero") {
    struct itimerval value = interval(40, 0), off = interval(0, 0);
    set_handler(SIGALRM, (void *)tell, SA_SIGINFO);
    sys_setitimer(ITIMER_REAL, &value, 0);
    sys_setitimer(ITIMER_REAL, &off, 0);
    pause_milliseconds(80);
    check_equal("nothing came", counter, 0);
}

// kern_setitimer: a stopped timer has no interval.
CASE(setitimer, "forgets the interval of a stopped timer") {
    static const int kinds[] = {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF};
    for (unsigned i = 0; i < COUNT_OF(kinds); i++) {
        struct itimerval value = interval(0, 5000), now;
        check_equal("setitimer", sys_setitimer(kinds[i], &value, 0), 0);
        check_equal("getitimer", sys_getitimer(kinds[i], &now), 0);
        check_equal("interval", now.interval.seconds, 0);
    }
}

CASE(setitimer, "counts the processor's time") {
    struct itimerval value = interval(20, 0);
    set_handler(SIGVTALRM, (void *)tell, SA_SIGINFO);
    set_handler(SIGPROF, (void *)tell, SA_SIGINFO);
    sys_setitimer(ITIMER_VIRTUAL, &value, 0);
    while (counter < 1) continue;
    check_equal("ITIMER_VIRTUAL", last_signal, SIGVTALRM);
    sys_setitimer(ITIMER_PROF, &value, 0);
    while (counter < 2) continue;
    check_equal("ITIMER_PROF", last_signal, SIGPROF);
}

CASE(setitimer, "refuses unknown timers") {
    struct itimerval value = interval(10, 0);
    check_errno("3", sys_setitimer(3, &value, 0), EINVAL);
    check_errno("-1", sys_setitimer(-1, &value, 0), EINVAL);
}

CASE(setitimer, "refuses what is no time") {
    struct itimerval value = {{0, 0}, {0, 1000000}};
    check_errno("microseconds", sys_setitimer(ITIMER_VIRTUAL, &value, 0), EINVAL);
    value = (struct itimerval){{0, 0}, {-1, 0}};
    check_errno("seconds", sys_setitimer(ITIMER_VIRTUAL, &value, 0), EINVAL);
    value = (struct itimerval){{0, -1}, {1, 0}};
    check_errno("interval", sys_setitimer(ITIMER_VIRTUAL, &value, 0), EINVAL);
}

CASE(setitimer, "only tells without a new value") {
    struct itimerval value = interval(9000, 0), old;
    sys_setitimer(ITIMER_PROF, &value, 0);
    check_equal("setitimer", sys_setitimer(ITIMER_PROF, 0, &old), 0);
    check("told", old.value.seconds == 8 || old.value.seconds == 9);
    sys_getitimer(ITIMER_PROF, &old);
    check("still running", old.value.seconds == 8 || old.value.seconds == 9);
}

CASE(setitimer, "refuses bad addresses") {
    struct itimerval value = interval(0, 0);
    check_errno("itv", sys_setitimer(ITIMER_REAL, unmapped_page(), 0), EFAULT);
    check_errno("oitv", sys_setitimer(ITIMER_REAL, &value, unmapped_page()), EFAULT);
}

CASE(getitimer, "is zero at first") {
    struct itimerval value = interval(5, 5);
    check_equal("getitimer", sys_getitimer(ITIMER_VIRTUAL, &value), 0);
    check("zero", !value.value.seconds && !value.value.microseconds && !value.interval.seconds);
}

CASE(getitimer, "refuses unknown timers") {
    struct itimerval value;
    check_errno("getitimer", sys_getitimer(3, &value), EINVAL);
}

CASE(getitimer, "refuses a bad address") {
    check_errno("getitimer", sys_getitimer(ITIMER_REAL, unmapped_page()), EFAULT);
}

CASE(ktimer_create, "sends the signal with its value") {
    set_handler(SIGUSR1, (void *)tell, SA_SIGINFO);
    int timer = made_timer(SIGEV_SIGNAL, SIGUSR1, 77);
    struct itimerspec value = setting(20, 0);
    check_equal("ktimer_settime", sys_ktimer_settime(timer, 0, &value, 0), 0);
    await_count(1);
    check_equal("signal", last_signal, SIGUSR1);
    check_equal("si_code", last_code, SI_TIMER);
    check_equal("si_value", last_value, 77);
    check_equal("si_timerid", last_timer, timer);
}

// timer_create(2): without an event it is SIGALRM with the timer's number.
CASE(ktimer_create, "sends SIGALRM by default") {
    int timer = -1;
    set_handler(SIGALRM, (void *)tell, SA_SIGINFO);
    check_equal("ktimer_create", sys_ktimer_create(CLOCK_REALTIME, 0, &timer), 0);
    struct itimerspec value = setting(20, 0);
    sys_ktimer_settime(timer, 0, &value, 0);
    await_count(1);
    check_equal("signal", last_signal, SIGALRM);
    check_equal("si_value", last_value, timer);
}

CASE(ktimer_create, "sends the signal to a thread") {
    long own = 0;
    sys_thr_self(&own);
    set_handler(SIGUSR2, (void *)tell, SA_SIGINFO);
    struct signal_event event = {SIGEV_THREAD_ID, SIGUSR2, {0}, {0}};
    event.how.thread = (int)own;
    int timer = -1;
    check_equal("ktimer_create", sys_ktimer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    struct itimerspec value = setting(20, 0);
    sys_ktimer_settime(timer, 0, &value, 0);
    await_count(1);
    check_equal("came", counter, 1);
}

CASE(ktimer_create, "refuses other clocks") {
    int timer;
    check_errno("CLOCK_VIRTUAL", sys_ktimer_create(CLOCK_VIRTUAL, 0, &timer), EINVAL);
    check_errno("CLOCK_PROCESS_CPUTIME_ID", sys_ktimer_create(CLOCK_PROCESS_CPUTIME_ID, 0, &timer), EINVAL);
    check_errno("-1", sys_ktimer_create(-1, 0, &timer), EINVAL);
    check_errno("1000", sys_ktimer_create(1000, 0, &timer), EINVAL);
}

CASE(ktimer_create, "refuses unknown notifications and signals") {
    struct signal_event event = {99, SIGUSR1, {0}, {0}};
    int timer;
    check_errno("notification", sys_ktimer_create(CLOCK_REALTIME, &event, &timer), EINVAL);
    event.notification = SIGEV_SIGNAL;
    event.signal = 0;
    check_errno("signal 0", sys_ktimer_create(CLOCK_REALTIME, &event, &timer), EINVAL);
    event.signal = 129;
    check_errno("signal 129", sys_ktimer_create(CLOCK_REALTIME, &event, &timer), EINVAL);
}

CASE(ktimer_create, "refuses bad addresses") {
    int timer;
    check_errno("event", sys_ktimer_create(CLOCK_REALTIME, unmapped_page(), &timer), EFAULT);
    check_errno("timer", sys_ktimer_create(CLOCK_REALTIME, 0, unmapped_page()), EFAULT);
}

// kern_ktimer_create: TIMER_MAX is 32, of which three are the interval timers.
CASE(ktimer_create, "refuses more than a process may have") {
    int timer, made = 0;
    long result = 0;
    while (made < 100 && (result = sys_ktimer_create(CLOCK_REALTIME, 0, &timer)) == 0) made++;
    check_errno("ktimer_create", result, EAGAIN);
    check_equal("made", made, 29);
}

CASE(ktimer_create, "is not inherited") {
    int timer = made_timer(SIGEV_NONE, 0, 0), child = (int)sys_fork();
    if (child == 0) {
        struct itimerspec value;
        guest_exit(sys_ktimer_gettime(timer, &value) == -EINVAL ? 0 : 1);
    }
    check_equal("in the child", wait_for(child), 0);
}

CASE(ktimer_settime, "gives the value before") {
    int timer = made_timer(SIGEV_NONE, 0, 0);
    struct itimerspec value = setting(9000, 2000), old;
    check_equal("first", sys_ktimer_settime(timer, 0, &value, &old), 0);
    check("zero", !old.value.seconds && !old.value.nanoseconds);
    value = setting(0, 0);
    check_equal("second", sys_ktimer_settime(timer, 0, &value, &old), 0);
    check("value", old.value.seconds == 8 || old.value.seconds == 9);
    check_equal("interval", old.interval.seconds, 2);
}

CASE(ktimer_settime, "takes an absolute time") {
    set_handler(SIGUSR1, (void *)tell, SA_SIGINFO);
    int timer = made_timer(SIGEV_SIGNAL, SIGUSR1, 0);
    struct itimerspec value = setting(0, 0);
    sys_clock_gettime(CLOCK_MONOTONIC, &value.value);
    check_equal("ktimer_settime", sys_ktimer_settime(timer, TIMER_ABSTIME, &value, 0), 0);
    await_count(1);
    check_equal("it is past", counter, 1);
}

CASE(ktimer_settime, "counts what it cannot deliver") {
    struct signal_set set = signal_set_of(SIGUSR1);
    set_handler(SIGUSR1, (void *)tell, SA_SIGINFO);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    int timer = made_timer(SIGEV_SIGNAL, SIGUSR1, 0);
    struct itimerspec value = setting(10, 10);
    sys_ktimer_settime(timer, 0, &value, 0);
    pause_milliseconds(120);
    sys_sigprocmask(SIG_UNBLOCK, &set, 0);
    check_equal("one signal", counter - (last_overrun == 0), 1);
    check("si_overrun", last_overrun >= 3);
    check("ktimer_getoverrun", sys_ktimer_getoverrun(timer) >= 0);
}

CASE(ktimer_settime, "refuses what is no time") {
    int timer = made_timer(SIGEV_NONE, 0, 0);
    struct itimerspec value = {{0, 0}, {0, 1000000000}};
    check_errno("nanoseconds", sys_ktimer_settime(timer, 0, &value, 0), EINVAL);
    value = (struct itimerspec){{0, 0}, {-1, 0}};
    check_errno("seconds", sys_ktimer_settime(timer, 0, &value, 0), EINVAL);
    value = (struct itimerspec){{0, -1}, {1, 0}};
    check_errno("interval", sys_ktimer_settime(timer, 0, &value, 0), EINVAL);
}

// realtimer_settime looks at the interval of a running timer only.
CASE(ktimer_settime, "does not look at the interval of a stopped timer") {
    int timer = made_timer(SIGEV_NONE, 0, 0);
    struct itimerspec value = {{0, -1}, {0, 0}}, now;
    check_equal("ktimer_settime", sys_ktimer_settime(timer, 0, &value, 0), 0);
    value = setting(0, 5000);
    check_equal("ktimer_settime", sys_ktimer_settime(timer, 0, &value, 0), 0);
    sys_ktimer_gettime(timer, &now);
    check_equal("no interval", now.interval.seconds, 0);
}

CASE(ktimer_settime, "refuses a timer that is not there") {
    struct itimerspec value = setting(10, 0);
    check_errno("3", sys_ktimer_settime(3, 0, &value, 0), EINVAL);
    check_errno("-1", sys_ktimer_settime(-1, 0, &value, 0), EINVAL);
    check_errno("1000", sys_ktimer_settime(1000, 0, &value, 0), EINVAL);
}

CASE(ktimer_settime, "refuses bad addresses") {
    int timer = made_timer(SIGEV_NONE, 0, 0);
    struct itimerspec value = setting(0, 0);
    check_errno("value", sys_ktimer_settime(timer, 0, unmapped_page(), 0), EFAULT);
    check_errno("ovalue", sys_ktimer_settime(timer, 0, &value, unmapped_page()), EFAULT);
}

CASE(ktimer_gettime, "counts down") {
    int timer = made_timer(SIGEV_NONE, 0, 0);
    struct itimerspec value = setting(9000, 4000), now;
    sys_ktimer_settime(timer, 0, &value, 0);
    check_equal("ktimer_gettime", sys_ktimer_gettime(timer, &now), 0);
    check("value", now.value.seconds == 8 || now.value.seconds == 9);
    check_equal("interval", now.interval.seconds, 4);
}

CASE(ktimer_gettime, "is zero after the time") {
    int timer = made_timer(SIGEV_NONE, 0, 0);
    struct itimerspec value = setting(10, 0), now;
    sys_ktimer_settime(timer, 0, &value, 0);
    pause_milliseconds(40);
    sys_ktimer_gettime(timer, &now);
    check("zero", !now.value.seconds && !now.value.nanoseconds);
}

CASE(ktimer_gettime, "refuses others") {
    struct itimerspec now;
    check_errno("not there", sys_ktimer_gettime(5, &now), EINVAL);
    int timer = made_timer(SIGEV_NONE, 0, 0);
    check_errno("bad address", sys_ktimer_gettime(timer, unmapped_page()), EFAULT);
}

CASE(ktimer_getoverrun, "is zero at first") {
    check_equal("ktimer_getoverrun", sys_ktimer_getoverrun(made_timer(SIGEV_NONE, 0, 0)), 0);
}

CASE(ktimer_getoverrun, "refuses a timer that is not there") {
    check_errno("5", sys_ktimer_getoverrun(5), EINVAL);
    check_errno("-1", sys_ktimer_getoverrun(-1), EINVAL);
}

CASE(ktimer_delete, "ends a timer") {
    set_handler(SIGUSR1, (void *)tell, SA_SIGINFO);
    int timer = made_timer(SIGEV_SIGNAL, SIGUSR1, 0);
    struct itimerspec value = setting(50, 0);
    sys_ktimer_settime(timer, 0, &value, 0);
    check_equal("ktimer_delete", sys_ktimer_delete(timer), 0);
    pause_milliseconds(100);
    check_equal("nothing came", counter, 0);
    check_errno("once", sys_ktimer_delete(timer), EINVAL);
}

CASE(ktimer_delete, "takes back a signal that waits") {
    struct signal_set set = signal_set_of(SIGUSR1), pending;
    set_handler(SIGUSR1, (void *)tell, SA_SIGINFO);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    int timer = made_timer(SIGEV_SIGNAL, SIGUSR1, 0);
    struct itimerspec value = setting(10, 0);
    sys_ktimer_settime(timer, 0, &value, 0);
    pause_milliseconds(50);
    sys_sigpending(&pending);
    check("it waits", signal_set_has(&pending, SIGUSR1));
    check_equal("ktimer_delete", sys_ktimer_delete(timer), 0);
    sys_sigpending(&pending);
    check("it does not", !signal_set_has(&pending, SIGUSR1));
}

CASE(ktimer_delete, "gives the number free") {
    int timer = made_timer(SIGEV_NONE, 0, 0);
    sys_ktimer_delete(timer);
    check_equal("the same again", made_timer(SIGEV_NONE, 0, 0), timer);
}

CASE(ktimer_delete, "refuses a timer that is not there") {
    check_errno("7", sys_ktimer_delete(7), EINVAL);
    check_errno("-1", sys_ktimer_delete(-1), EINVAL);
}
