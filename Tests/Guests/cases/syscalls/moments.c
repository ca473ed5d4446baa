// What the calls for time and timers still refuse and tell: gettimeofday(2), adjtime(2), ntp_adjtime(2), getitimer(2),
// timer_gettime(2), timer_getoverrun(2), clock_getcpuclockid2, timerfd(2) of FreeBSD 12.2 and 13.
#include "../../runtime/children.h"
#include "../../runtime/events.h"

enum { CPUCLOCK_WHICH_TID = 1, NO_TIMER = 12345, EFD_CLOEXEC = 0x100000, TIMER_NONBLOCK = 4 };

static int watched_timer;
static volatile long missed;

// The timer goes on, and its next signal has missed nothing.
static void keep_first_overrun(int signal) {
    (void)signal;
    if (!missed) missed = sys_ktimer_getoverrun(watched_timer);
}

static int timer_of(int notification, int signal) {
    struct signal_event event = {.notification = notification, .signal = signal};
    int timer = -1;
    check_equal("ktimer_create", sys_ktimer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    return timer;
}

static void set_timer(int timer, long milliseconds, long interval) {
    struct itimerspec value = {{0, interval * 1000000}, {milliseconds / 1000, milliseconds % 1000 * 1000000}};
    check_equal("ktimer_settime", sys_ktimer_settime(timer, 0, &value, 0), 0);
}

CASE(gettimeofday, "tells the time that clock_gettime does") {
    struct timeval day;
    struct timespec clock;
    check_equal("gettimeofday", sys_gettimeofday(&day, 0), 0);
    sys_clock_gettime(CLOCK_REALTIME, &clock);
    check("seconds", clock.seconds - day.seconds >= 0 && clock.seconds - day.seconds <= 2);
    check("microseconds", day.microseconds >= 0 && day.microseconds < 1000000);
}

CASE(settimeofday, "refuses a bad address of the zone") {
    check_errno("settimeofday", sys_settimeofday(0, unmapped_page()), EFAULT);
}

CASE(adjtime, "without a change and a place does nothing") { check_equal("adjtime", sys_adjtime(0, 0), 0); }

CASE(ntp_adjtime, "refuses a bad address") {
    check_errno("not mapped", sys_ntp_adjtime(unmapped_page()), EFAULT);
    check_errno("null", sys_ntp_adjtime(0), EFAULT);
}

// kern_ntp_adjtime: only the modes need the privilege.
CASE(ntp_adjtime, "tells ordinary users all") {
    static unsigned values[64];
    become_ordinary_user();
    check("a state", sys_ntp_adjtime(values) >= 0);
}

CASE(getitimer, "counts down") {
    struct itimerval value = {{3, 0}, {100, 0}}, now;
    sys_setitimer(ITIMER_REAL, &value, 0);
    check_equal("getitimer", sys_getitimer(ITIMER_REAL, &now), 0);
    check("left", now.value.seconds == 99 || now.value.seconds == 100);
    check_equal("interval", now.interval.seconds, 3);
    value = (struct itimerval){{0, 0}, {0, 0}};
    sys_setitimer(ITIMER_REAL, &value, 0);
    sys_getitimer(ITIMER_REAL, &now);
    check("stopped", now.value.seconds == 0 && now.value.microseconds == 0);
}

CASE(ktimer_gettime, "refuses a bad address") {
    check_errno("ktimer_gettime", sys_ktimer_gettime(timer_of(SIGEV_NONE, 0), unmapped_page()), EFAULT);
}

CASE(ktimer_getoverrun, "counts what a blocked signal has missed") {
    struct signal_set blocked = signal_set_of(SIGUSR1), none = {{0}};
    set_handler(SIGUSR1, (void *)keep_first_overrun, 0);
    sys_sigprocmask(SIG_BLOCK, &blocked, 0);
    watched_timer = timer_of(SIGEV_SIGNAL, SIGUSR1);
    set_timer(watched_timer, 1, 1);
    pause_milliseconds(50);
    sys_sigprocmask(SIG_SETMASK, &none, 0);
    check("many", missed >= 5);
}

CASE(ktimer_getoverrun, "refuses a timer that was deleted") {
    int timer = timer_of(SIGEV_NONE, 0);
    check_equal("ktimer_delete", sys_ktimer_delete(timer), 0);
    check_errno("deleted", sys_ktimer_getoverrun(timer), EINVAL);
    check_errno("negative", sys_ktimer_getoverrun(-1), EINVAL);
}

// kern_clock_getcpuclockid2 makes a clock of any number of a thread; the clock itself is for those of the process.
CASE(clock_getcpuclockid2, "gives a clock that tells nothing of threads that are not there") {
    struct timespec time;
    int clock = 0;
    check_equal("unknown", sys_clock_getcpuclockid2(999999999, CPUCLOCK_WHICH_TID, &clock), 0);
    check_errno("clock_gettime", sys_clock_gettime(clock, &time), EINVAL);
}

CASE(timerfd_create, "fails when all descriptors are taken") {
    struct rlimit limit;
    int file = (int)sys_open("/dev/null", O_RDONLY, 0);
    sys_getrlimit(RLIMIT_NOFILE, &limit);
    limit.soft = file + 1;
    sys_setrlimit(RLIMIT_NOFILE, &limit);
    check_errno("timerfd_create", sys_timerfd_create(CLOCK_MONOTONIC, 0), EMFILE);
}

CASE(timerfd_create, "sets the flags that it is asked for alone") {
    int plain = (int)sys_timerfd_create(CLOCK_REALTIME, 0);
    check_equal("close-on-exec", sys_fcntl(plain, F_GETFD, 0), 0);
    check_equal("waiting", sys_fcntl(plain, F_GETFL, 0) & O_NONBLOCK, 0);
    int both = (int)sys_timerfd_create(CLOCK_REALTIME, EFD_CLOEXEC | TIMER_NONBLOCK);
    check_equal("close-on-exec then", sys_fcntl(both, F_GETFD, 0), FD_CLOEXEC);
    check_equal("not waiting", sys_fcntl(both, F_GETFL, 0) & O_NONBLOCK, O_NONBLOCK);
}

CASE(timerfd_gettime, "is zero after the time") {
    struct itimerspec once = {{0, 0}, {0, 1000000}}, now;
    int timer = (int)sys_timerfd_create(CLOCK_MONOTONIC, 0);
    sys_timerfd_settime(timer, 0, &once, 0);
    pause_milliseconds(20);
    check_equal("timerfd_gettime", sys_timerfd_gettime(timer, &now), 0);
    check("zero", now.value.seconds == 0 && now.value.nanoseconds == 0);
}

CASE(timerfd_gettime, "refuses other descriptors") {
    struct itimerspec now;
    check_errno("queue", sys_timerfd_gettime((int)sys_kqueue(), &now), EINVAL);
    check_errno("negative", sys_timerfd_gettime(-1, &now), EBADF);
}
