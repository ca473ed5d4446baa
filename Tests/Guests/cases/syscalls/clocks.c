// Clocks and sleeping: clock_gettime(2), gettimeofday(2), nanosleep(2), adjtime(2), ntp_adjtime(2).
#include "../../runtime/children.h"
#include "../../runtime/events.h"

static volatile int counter;

static void count(int signal) {
    (void)signal;
    counter++;
}

static int64_t nanoseconds(const struct timespec *time) { return time->seconds * 1000000000 + time->nanoseconds; }

static int64_t now(int clock) {
    struct timespec time = {0, 0};
    check_equal("clock_gettime", sys_clock_gettime(clock, &time), 0);
    return nanoseconds(&time);
}

static int64_t quiet_now(int clock) {
    struct timespec time = {0, 0};
    sys_clock_gettime(clock, &time);
    return nanoseconds(&time);
}

// A child that interrupts its parent with SIGUSR1 after 100 ms, and again, should the parent not have slept yet.
static int interrupter(void) {
    int parent = (int)sys_getpid(), child;
    set_handler(SIGUSR1, (void *)count, SA_RESTART);
    child = (int)sys_fork();
    if (child == 0) {
        for (;;) {
            pause_milliseconds(100);
            sys_kill(parent, SIGUSR1);
        }
    }
    return child;
}

CASE(clock_gettime, "tells the time of day") {
    struct timeval day;
    int64_t time = now(CLOCK_REALTIME);
    check_equal("gettimeofday", sys_gettimeofday(&day, 0), 0);
    check("the same", day.seconds - time / 1000000000 <= 2 && day.seconds >= time / 1000000000);
    check("after 2020", day.seconds > 1577836800);
}

CASE(clock_gettime, "does not go back") {
    int64_t first = now(CLOCK_MONOTONIC);
    pause_milliseconds(5);
    check("later", now(CLOCK_MONOTONIC) - first >= 5000000);
}

CASE(clock_gettime, "knows all clocks") {
    // CLOCK_REALTIME, VIRTUAL, PROF, MONOTONIC, UPTIME, and the precise and the fast ones, and those of processors.
    static const int clocks[] = {0, 1, 2, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    struct timespec time;
    for (unsigned i = 0; i < COUNT_OF(clocks); i++) {
        check_equal("clock_gettime", sys_clock_gettime(clocks[i], &time), 0);
        check("valid", time.seconds >= 0 && time.nanoseconds >= 0 && time.nanoseconds < 1000000000);
    }
}

CASE(clock_gettime, "refuses unknown clocks") {
    struct timespec time;
    check_errno("3", sys_clock_gettime(3, &time), EINVAL);
    check_errno("6", sys_clock_gettime(6, &time), EINVAL);
    check_errno("16", sys_clock_gettime(16, &time), EINVAL);
    check_errno("1000", sys_clock_gettime(1000, &time), EINVAL);
}

CASE(clock_gettime, "refuses a bad address") {
    check_errno("clock_gettime", sys_clock_gettime(CLOCK_REALTIME, unmapped_page()), EFAULT);
}

CASE(clock_gettime, "counts the processor's time") {
    int64_t process = now(CLOCK_PROCESS_CPUTIME_ID), thread = now(CLOCK_THREAD_CPUTIME_ID);
    for (volatile long i = 0; i < 2000000; i++) continue;
    check("of the process", now(CLOCK_PROCESS_CPUTIME_ID) > process);
    check("of the thread", now(CLOCK_THREAD_CPUTIME_ID) > thread);
}

CASE(clock_gettime, "has whole seconds in CLOCK_SECOND") {
    struct timespec time;
    sys_clock_gettime(CLOCK_SECOND, &time);
    check_equal("nanoseconds", time.nanoseconds, 0);
    check("near", quiet_now(CLOCK_REALTIME) / 1000000000 - time.seconds <= 1);
}

enum { CPUCLOCK_WHICH_PID = 0, CPUCLOCK_WHICH_TID = 1 };

CASE(clock_getcpuclockid2, "gives clocks of processes and threads") {
    int process = 0, thread = 0;
    long id = 0;
    sys_thr_self(&id);
    check_equal("process", sys_clock_getcpuclockid2(0, CPUCLOCK_WHICH_PID, &process), 0);
    check_equal("thread", sys_clock_getcpuclockid2(id, CPUCLOCK_WHICH_TID, &thread), 0);
    int64_t before = now(process);
    for (volatile long i = 0; i < 2000000; i++) continue;
    check("it goes on", now(process) > before && now(thread) > 0);
    check("the same as by name", quiet_now(CLOCK_PROCESS_CPUTIME_ID) - now(process) < 1000000000);
    struct timespec step;
    check_equal("clock_getres", sys_clock_getres(process, &step), 0);
}

CASE(clock_getcpuclockid2, "gives the clock of another process") {
    int clock = 0, child = child_pausing();
    check_equal("clock_getcpuclockid2", sys_clock_getcpuclockid2(child, CPUCLOCK_WHICH_PID, &clock), 0);
    check("little time", now(clock) < 5000000000);
    end_child(child);
    struct timespec time;
    check_errno("of nobody", sys_clock_gettime(clock, &time), EINVAL);
}

CASE(clock_getcpuclockid2, "refuses others") {
    int clock;
    check_errno("nobody", sys_clock_getcpuclockid2(NO_PROCESS, CPUCLOCK_WHICH_PID, &clock), ESRCH);
    check_errno("kind", sys_clock_getcpuclockid2(0, 9, &clock), EINVAL);
    check_errno("bad address", sys_clock_getcpuclockid2(0, CPUCLOCK_WHICH_PID, unmapped_page()), EFAULT);
}

CASE(clock_getres, "tells the steps") {
    struct timespec step;
    check_equal("CLOCK_REALTIME", sys_clock_getres(CLOCK_REALTIME, &step), 0);
    check("some nanoseconds", step.seconds == 0 && step.nanoseconds > 0 && step.nanoseconds < 20000000);
    check_equal("CLOCK_SECOND", sys_clock_getres(CLOCK_SECOND, &step), 0);
    check("a second", step.seconds == 1 && step.nanoseconds == 0);
    check_equal("CLOCK_VIRTUAL", sys_clock_getres(CLOCK_VIRTUAL, &step), 0);
    check("a tick", step.seconds == 0 && step.nanoseconds > 0);
}

CASE(clock_getres, "needs no place") { check_equal("clock_getres", sys_clock_getres(CLOCK_MONOTONIC, 0), 0); }

CASE(clock_getres, "refuses unknown clocks") {
    struct timespec step;
    check_errno("3", sys_clock_getres(3, &step), EINVAL);
    check_errno("99", sys_clock_getres(99, &step), EINVAL);
}

CASE(clock_getres, "refuses a bad address") {
    check_errno("clock_getres", sys_clock_getres(CLOCK_REALTIME, unmapped_page()), EFAULT);
}

static int set_clocks(void) {
    struct timespec time = {1600000000, 0}, wrong = {0, 1000000000};
    become_ordinary_user();
    if (sys_clock_settime(CLOCK_REALTIME, &time) != -EPERM) return 1;
    if (sys_clock_settime(CLOCK_MONOTONIC, &time) != -EPERM) return 2;
    if (sys_clock_settime(CLOCK_REALTIME, &wrong) != -EPERM) return 3;
    return 0;
}

// kern_clock_settime asks for the privilege first.
CASE(clock_settime, "refuses ordinary users") {
    int outcome = outcome_of_child(set_clocks);
    if (outcome == CASE_SKIPPED) skip_case("cannot become another user");
    check_equal("in the child", outcome, 0);
}

CASE(clock_settime, "refuses other clocks") {
    struct timespec time = {1600000000, 0};
    need_root();
    check_errno("CLOCK_MONOTONIC", sys_clock_settime(CLOCK_MONOTONIC, &time), EINVAL);
    check_errno("CLOCK_UPTIME", sys_clock_settime(CLOCK_UPTIME, &time), EINVAL);
}

CASE(clock_settime, "refuses what is no time") {
    struct timespec time = {1600000000, 1000000000};
    need_root();
    check_errno("nanoseconds", sys_clock_settime(CLOCK_REALTIME, &time), EINVAL);
    time = (struct timespec){-1, 0};
    check_errno("seconds", sys_clock_settime(CLOCK_REALTIME, &time), EINVAL);
}

CASE(clock_settime, "refuses a bad address") {
    check_errno("clock_settime", sys_clock_settime(CLOCK_REALTIME, unmapped_page()), EFAULT);
}

CASE(gettimeofday, "needs no places") { check_equal("gettimeofday", sys_gettimeofday(0, 0), 0); }

CASE(gettimeofday, "tells of no time zone") {
    int zone[2] = {7, 7};
    check_equal("gettimeofday", sys_gettimeofday(0, zone), 0);
    check("Greenwich", zone[0] == 0 && zone[1] == 0);
}

CASE(gettimeofday, "refuses bad addresses") {
    struct timeval time;
    check_errno("tp", sys_gettimeofday(unmapped_page(), 0), EFAULT);
    check_errno("tzp", sys_gettimeofday(&time, unmapped_page()), EFAULT);
}

static int set_day(void) {
    struct timeval time = {1600000000, 0};
    become_ordinary_user();
    if (sys_settimeofday(&time, 0) != -EPERM) return 1;
    return sys_settimeofday(0, 0) != -EPERM ? 2 : 0;
}

// kern_settimeofday asks for the privilege first.
CASE(settimeofday, "refuses ordinary users") {
    int outcome = outcome_of_child(set_day);
    if (outcome == CASE_SKIPPED) skip_case("cannot become another user");
    check_equal("in the child", outcome, 0);
}

CASE(settimeofday, "refuses what is no time") {
    struct timeval time = {1600000000, 1000000};
    need_root();
    check_errno("microseconds", sys_settimeofday(&time, 0), EINVAL);
    time = (struct timeval){-1, 0};
    check_errno("seconds", sys_settimeofday(&time, 0), EINVAL);
    check_equal("nothing", sys_settimeofday(0, 0), 0);
}

CASE(settimeofday, "refuses a bad address") {
    check_errno("settimeofday", sys_settimeofday(unmapped_page(), 0), EFAULT);
}

// adjtime(2): without a change it tells what is left of the last one, to everybody.
CASE(adjtime, "tells what is left") {
    struct timeval old = {77, 77};
    check_equal("adjtime", sys_adjtime(0, &old), 0);
    check("nothing", old.seconds == 0 && old.microseconds == 0);
}

static int adjust(void) {
    struct timeval change = {0, 10};
    become_ordinary_user();
    return sys_adjtime(&change, 0) != -EPERM;
}

CASE(adjtime, "refuses ordinary users") {
    int outcome = outcome_of_child(adjust);
    if (outcome == CASE_SKIPPED) skip_case("cannot become another user");
    check_equal("in the child", outcome, 0);
}

CASE(adjtime, "refuses bad addresses") {
    check_errno("delta", sys_adjtime(unmapped_page(), 0), EFAULT);
    check_errno("olddelta", sys_adjtime(0, unmapped_page()), EFAULT);
}

struct time_adjustment {
    unsigned modes;
    long offset, frequency, greatest_error, estimated_error;
    int status;
    long constant, precision, tolerance, pulse_frequency, jitter;
    int shift;
    long stability, jitter_count, calibrations, errors, stability_count;
};

struct time_status {
    struct timespec time;
    long greatest_error, estimated_error, atomic;
    int state;
};

// ntp_gettime(2): TIME_OK 0 ... TIME_ERROR 5.
CASE(ntp_gettime, "tells the time and its state") {
    struct time_status status;
    memset(&status, 0x77, sizeof status);
    long state = sys_ntp_gettime(&status);
    check("a state", state >= 0 && state <= 5 && status.state == state);
    check("the time", quiet_now(CLOCK_REALTIME) - nanoseconds(&status.time) < 2000000000);
    check("errors", status.greatest_error >= 0 && status.estimated_error >= 0);
}

CASE(ntp_gettime, "refuses a bad address") { check_errno("ntp_gettime", sys_ntp_gettime(unmapped_page()), EFAULT); }

CASE(ntp_adjtime, "tells how the clock is kept") {
    struct time_adjustment values;
    memset(&values, 0, sizeof values);
    long state = sys_ntp_adjtime(&values);
    check("a state", state >= 0 && state <= 5);
    check("precision", values.precision > 0 && values.tolerance > 0);
}

static int adjust_more(void) {
    struct time_adjustment values;
    memset(&values, 0, sizeof values);
    values.modes = 2;
    become_ordinary_user();
    return sys_ntp_adjtime(&values) != -EPERM;
}

CASE(ntp_adjtime, "refuses ordinary users") {
    int outcome = outcome_of_child(adjust_more);
    if (outcome == CASE_SKIPPED) skip_case("cannot become another user");
    check_equal("in the child", outcome, 0);
}

CASE(nanosleep, "sleeps long enough") {
    struct timespec time = {0, 30000000};
    int64_t start = quiet_now(CLOCK_MONOTONIC);
    check_equal("nanosleep", sys_nanosleep(&time, 0), 0);
    check("30 ms", quiet_now(CLOCK_MONOTONIC) - start >= 30000000);
}

CASE(nanosleep, "returns at once for nothing and for less") {
    struct timespec time = {0, 0};
    check_equal("0", sys_nanosleep(&time, 0), 0);
    time.seconds = -1;
    check_equal("-1", sys_nanosleep(&time, 0), 0);
}

CASE(nanosleep, "refuses what is no time") {
    struct timespec time = {0, 1000000000};
    check_errno("too many nanoseconds", sys_nanosleep(&time, 0), EINVAL);
    time.nanoseconds = -1;
    check_errno("negative nanoseconds", sys_nanosleep(&time, 0), EINVAL);
}

// nanosleep(2): EINTR even with SA_RESTART, and what is left.
CASE(nanosleep, "tells what is left when interrupted") {
    struct timespec time = {5, 0}, rest = {0, 0};
    int child = interrupter();
    check_errno("nanosleep", sys_nanosleep(&time, &rest), EINTR);
    check("the handler ran", counter >= 1);
    check("the rest", nanoseconds(&rest) > 2000000000 && nanoseconds(&rest) < 5000000000);
    end_child(child);
}

CASE(nanosleep, "leaves the rest alone when not interrupted") {
    struct timespec time = {0, 1000000}, rest = {7, 8};
    check_equal("nanosleep", sys_nanosleep(&time, &rest), 0);
    check("as it was", rest.seconds == 7 && rest.nanoseconds == 8);
}

CASE(nanosleep, "refuses a bad address") { check_errno("nanosleep", sys_nanosleep(unmapped_page(), 0), EFAULT); }

// kern_clock_nanosleep: an error is the result; the other clocks of processors are ENOTSUP, which is EOPNOTSUPP.
CASE(clock_nanosleep, "sleeps by all clocks that go on") {
    static const int clocks[] = {0, 4, 5, 7, 8, 9, 10, 11, 12, 13};
    struct timespec time = {0, 2000000};
    for (unsigned i = 0; i < COUNT_OF(clocks); i++)
        check_equal("clock_nanosleep", sys_clock_nanosleep(clocks[i], 0, &time, 0), 0);
}

CASE(clock_nanosleep, "refuses the clocks of processors") {
    struct timespec time = {0, 1000000};
    check_equal("CLOCK_VIRTUAL", sys_clock_nanosleep(CLOCK_VIRTUAL, 0, &time, 0), EOPNOTSUPP);
    check_equal("CLOCK_PROF", sys_clock_nanosleep(CLOCK_PROF, 0, &time, 0), EOPNOTSUPP);
    check_equal("of the process", sys_clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, 0, &time, 0), EOPNOTSUPP);
    check_equal("of the thread", sys_clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &time, 0), EINVAL);
    check_equal("none", sys_clock_nanosleep(3, 0, &time, 0), EINVAL);
}

CASE(clock_nanosleep, "sleeps until a time") {
    struct timespec time;
    sys_clock_gettime(CLOCK_MONOTONIC, &time);
    int64_t start = nanoseconds(&time), end = start + 40000000;
    time = (struct timespec){end / 1000000000, end % 1000000000};
    check_equal("clock_nanosleep", sys_clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, 0), 0);
    check("reached", quiet_now(CLOCK_MONOTONIC) >= end);
    check_equal("past", sys_clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, 0), 0);
    check_equal("past by the time of day", sys_clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &time, 0), 0);
}

CASE(clock_nanosleep, "refuses unknown flags") {
    struct timespec time = {0, 1};
    check_equal("clock_nanosleep", sys_clock_nanosleep(CLOCK_REALTIME, 2, &time, 0), EINVAL);
}

CASE(clock_nanosleep, "refuses what is no time") {
    struct timespec time = {0, 1000000000};
    check_equal("relative", sys_clock_nanosleep(CLOCK_REALTIME, 0, &time, 0), EINVAL);
    check_equal("absolute", sys_clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &time, 0), EINVAL);
}

CASE(clock_nanosleep, "tells what is left when interrupted") {
    struct timespec time = {5, 0}, rest = {0, 0};
    int child = interrupter();
    check_equal("clock_nanosleep", sys_clock_nanosleep(CLOCK_MONOTONIC, 0, &time, &rest), EINTR);
    check("the rest", nanoseconds(&rest) > 2000000000 && nanoseconds(&rest) < 5000000000);
    end_child(child);
}

CASE(clock_nanosleep, "tells nothing of an absolute time") {
    struct timespec time, rest = {7, 8};
    sys_clock_gettime(CLOCK_MONOTONIC, &time);
    time.seconds += 5;
    int child = interrupter();
    check_equal("clock_nanosleep", sys_clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, &rest), EINTR);
    check("as it was", rest.seconds == 7 && rest.nanoseconds == 8);
    end_child(child);
}
