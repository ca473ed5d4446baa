// Descriptors that count, and small calls of later systems: eventfd(2), timerfd(2), kcmp(2), getrlimitusage(2), membarrier(2).
#include "../../runtime/children.h"
#include "../../runtime/events.h"

enum {
    EVENT_COUNTER = 1, EFD_SEMAPHORE = 1, EFD_NONBLOCK = 4, EFD_CLOEXEC = 0x100000, TFD_TIMER_ABSTIME = 1,
    KCMP_FILE = 100, KCMP_FILES = 102, KCMP_VM = 104, MEMBARRIER_QUERY = 0,
};

static uint64_t value;

static int counter_of(unsigned initial, int flags) {
    struct { unsigned initial; int flags; } request = {initial, flags};
    return (int)sys___specialfd(EVENT_COUNTER, &request, sizeof request);
}

static long add(int descriptor, uint64_t number) { return sys_write(descriptor, &number, sizeof number); }
static long take(int descriptor) { return sys_read(descriptor, &value, sizeof value); }

static int timer_of(int flags) { return (int)sys_timerfd_create(CLOCK_MONOTONIC, flags); }

static long set_timer(int timer, long milliseconds, long interval) {
    struct itimerspec setting = {{interval / 1000, interval % 1000 * 1000000},
                                 {milliseconds / 1000, milliseconds % 1000 * 1000000}};
    return sys_timerfd_settime(timer, 0, &setting, 0);
}

CASE(__specialfd, "counts") {
    int counter = counter_of(3, 0);
    check("eventfd", counter >= 0);
    check_equal("add", add(counter, 4), 8);
    check_equal("take", take(counter), 8);
    check_equal("all", (long)value, 7);
}

CASE(__specialfd, "gives one at a time with EFD_SEMAPHORE") {
    int counter = counter_of(2, EFD_SEMAPHORE | EFD_NONBLOCK);
    check_equal("first", take(counter), 8);
    check_equal("one", (long)value, 1);
    check_equal("second", take(counter), 8);
    check_errno("no more", take(counter), EAGAIN);
}

CASE(__specialfd, "does not wait with EFD_NONBLOCK") {
    int counter = counter_of(0, EFD_NONBLOCK);
    check_errno("empty", take(counter), EAGAIN);
    check_equal("full", add(counter, UINT64_MAX - 1), 8);
    check_errno("more", add(counter, 1), EAGAIN);
}

CASE(__specialfd, "refuses what it cannot count") {
    char bytes[4];
    int counter = counter_of(1, EFD_NONBLOCK);
    check_errno("too much", add(counter, UINT64_MAX), EINVAL);
    check_errno("short read", sys_read(counter, bytes, 4), EINVAL);
    check_errno("short write", sys_write(counter, bytes, 4), EINVAL);
}

CASE(__specialfd, "tells poll and kevent") {
    struct kernel_event event;
    int counter = counter_of(0, 0), queue = (int)sys_kqueue();
    struct pollfd polled = {counter, POLLIN | POLLOUT, 0};
    check_equal("poll", sys_poll(&polled, 1, 0), 1);
    check_equal("writable", polled.ready, POLLOUT);
    check_equal("EV_ADD", change_event(queue, (unsigned long)counter, EVFILT_READ, EV_ADD, 0, 0), 0);
    check_equal("nothing", events_now(queue, &event, 1), 0);
    add(counter, 5);
    check_equal("kevent", next_event(queue, &event, 2000), 1);
    sys_poll(&polled, 1, 0);
    check("readable", polled.ready & POLLIN);
}

CASE(__specialfd, "closes on exec with EFD_CLOEXEC") {
    check_equal("F_GETFD", sys_fcntl(counter_of(0, EFD_CLOEXEC), F_GETFD, 0), FD_CLOEXEC);
}

CASE(__specialfd, "refuses others") {
    struct { unsigned initial; int flags; } request = {0, 0};
    check_errno("kind", sys___specialfd(99, &request, sizeof request), EINVAL);
    check_errno("size", sys___specialfd(EVENT_COUNTER, &request, 4), EINVAL);
    check_errno("flags", counter_of(0, 0x80), EINVAL);
    check_errno("bad address", sys___specialfd(EVENT_COUNTER, unmapped_page(), sizeof request), EFAULT);
}

CASE(timerfd_create, "makes a timer") {
    int timer = timer_of(EFD_NONBLOCK | EFD_CLOEXEC);
    check("timerfd_create", timer >= 0);
    check_equal("FD_CLOEXEC", sys_fcntl(timer, F_GETFD, 0), FD_CLOEXEC);
    check_errno("not set", take(timer), EAGAIN);
}

CASE(timerfd_create, "refuses others") {
    check_errno("clock", sys_timerfd_create(CLOCK_VIRTUAL, 0), EINVAL);
    check_errno("unknown clock", sys_timerfd_create(99, 0), EINVAL);
    check_errno("flags", sys_timerfd_create(CLOCK_MONOTONIC, 0x80), EINVAL);
}

CASE(timerfd_settime, "counts expirations") {
    int timer = timer_of(0);
    check_equal("timerfd_settime", set_timer(timer, 10, 10), 0);
    pause_milliseconds(60);
    check_equal("read", take(timer), 8);
    check("several", value >= 2);
    check_equal("stop", set_timer(timer, 0, 0), 0);
}

CASE(timerfd_settime, "waits for the time") {
    int timer = timer_of(0);
    set_timer(timer, 30, 0);
    check_equal("read", take(timer), 8);
    check_equal("once", (long)value, 1);
}

CASE(timerfd_settime, "takes an absolute time") {
    struct itimerspec setting = {{0, 0}, {0, 0}};
    int timer = timer_of(0);
    sys_clock_gettime(CLOCK_MONOTONIC, &setting.value);
    check_equal("timerfd_settime", sys_timerfd_settime(timer, TFD_TIMER_ABSTIME, &setting, 0), 0);
    check_equal("it is past", take(timer), 8);
}

CASE(timerfd_settime, "gives the value before") {
    struct itimerspec setting = {{0, 0}, {0, 0}}, old;
    int timer = timer_of(0);
    set_timer(timer, 9000, 2000);
    check_equal("timerfd_settime", sys_timerfd_settime(timer, 0, &setting, &old), 0);
    check("before", (old.value.seconds == 8 || old.value.seconds == 9) && old.interval.seconds == 2);
}

CASE(timerfd_settime, "refuses others") {
    struct itimerspec setting = {{0, 0}, {0, 1000000000}};
    int timer = timer_of(0), file = (int)sys_open("file", O_RDWR | O_CREAT, 0600);
    check_errno("time", sys_timerfd_settime(timer, 0, &setting, 0), EINVAL);
    setting.value.nanoseconds = 0;
    check_errno("flags", sys_timerfd_settime(timer, 0x80, &setting, 0), EINVAL);
    check_errno("a file", sys_timerfd_settime(file, 0, &setting, 0), EINVAL);
    check_errno("not open", sys_timerfd_settime(300, 0, &setting, 0), EBADF);
    check_errno("bad address", sys_timerfd_settime(timer, 0, unmapped_page(), 0), EFAULT);
}

CASE(timerfd_gettime, "counts down") {
    struct itimerspec now;
    int timer = timer_of(0);
    check_equal("not set", sys_timerfd_gettime(timer, &now), 0);
    check("zero", now.value.seconds == 0 && now.value.nanoseconds == 0);
    set_timer(timer, 9000, 3000);
    check_equal("set", sys_timerfd_gettime(timer, &now), 0);
    check("left", (now.value.seconds == 8 || now.value.seconds == 9) && now.interval.seconds == 3);
}

CASE(timerfd_gettime, "refuses others") {
    struct itimerspec now;
    check_errno("not open", sys_timerfd_gettime(300, &now), EBADF);
    check_errno("a file", sys_timerfd_gettime((int)sys_open("file", O_RDWR | O_CREAT, 0600), &now), EINVAL);
    check_errno("bad address", sys_timerfd_gettime(timer_of(0), unmapped_page()), EFAULT);
}

CASE(kcmp, "compares descriptors") {
    int own = (int)sys_getpid(), file = (int)sys_open("file", O_RDWR | O_CREAT, 0600), copy = (int)sys_dup(file);
    int other = (int)sys_open("file", O_RDWR, 0);
    long result = sys_kcmp(own, own, KCMP_FILE, (unsigned long)file, (unsigned long)copy);
    if (result == -ENOSYS || result == -EPERM) skip_case("the host has no kcmp");
    check_equal("duplicates", result, 0);
    check("opened twice", sys_kcmp(own, own, KCMP_FILE, (unsigned long)file, (unsigned long)other) > 0);
    check_errno("not open", sys_kcmp(own, own, KCMP_FILE, (unsigned long)file, 300), EBADF);
}

CASE(kcmp, "compares processes") {
    int own = (int)sys_getpid(), child = child_pausing();
    long result = sys_kcmp(own, own, KCMP_VM, 0, 0);
    if (result == -ENOSYS || result == -EPERM) skip_case("the host has no kcmp");
    check_equal("itself", result, 0);
    check("a child", sys_kcmp(own, child, KCMP_VM, 0, 0) > 0);
    check_errno("kind", sys_kcmp(own, own, 9, 0, 0), EINVAL);
    check_errno("nobody", sys_kcmp(own, NO_PROCESS, KCMP_VM, 0, 0), ESRCH);
    end_child(child);
}

CASE(getrlimitusage, "counts descriptors") {
    int64_t before = -1, after = -1;
    check_equal("before", sys_getrlimitusage(RLIMIT_NOFILE, 0, &before), 0);
    sys_open("/dev/null", O_RDONLY, 0);
    check_equal("after", sys_getrlimitusage(RLIMIT_NOFILE, 0, &after), 0);
    check_equal("one more", (long)(after - before), 1);
    check_errno("unknown", sys_getrlimitusage(99, 0, &after), EINVAL);
    check_errno("flags", sys_getrlimitusage(RLIMIT_NOFILE, 0x100, &after), EINVAL);
}

CASE(membarrier, "tells its commands") {
    check("some", sys_membarrier(MEMBARRIER_QUERY, 0, 0) > 0);
    check_errno("unknown", sys_membarrier(1 << 20, 0, 0), EINVAL);
    check_errno("flags", sys_membarrier(MEMBARRIER_QUERY, 7, 0), EINVAL);
}

CASE(ktrace, "refuses what a kernel without the option does") {
    check_errno("ktrace", sys_ktrace("file", 0, 0, 0), ENOSYS);
    check_errno("utrace", sys_utrace("text", 4), ENOSYS);
    check_errno("profil", sys_profil(0, 0, 0, 0), ENOSYS);
}
