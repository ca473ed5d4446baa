// select(2), pselect(2), poll(2), ppoll(2) of FreeBSD 12.2; sys/kern/sys_generic.c.
#include "case_files.h"

enum { WORD_BITS = 8 * sizeof(long), POLLWRNORM = POLLOUT, POLLRDBAND = 0x80, POLLINIGNEOF = 0x2000 };
static char buffer[65536];
static volatile int signals_seen;

static void count_signal(int signal) { signals_seen += signal; }

static struct fd_set set_of(int descriptor) {
    struct fd_set set = {{0}};
    set.bits[descriptor / WORD_BITS] |= 1ul << (descriptor % WORD_BITS);
    return set;
}

static int has(const struct fd_set *set, int descriptor) {
    return (set->bits[descriptor / WORD_BITS] >> (descriptor % WORD_BITS)) & 1;
}

static void alarm_soon(void) {
    struct itimerval soon = {{0, 0}, {0, 50000}};
    set_handler(SIGALRM, count_signal, 0);
    sys_setitimer(ITIMER_REAL, &soon, 0);
}

static long milliseconds_since(const struct timespec *start) {
    struct timespec now;
    sys_clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.seconds - start->seconds) * 1000 + (now.nanoseconds - start->nanoseconds) / 1000000;
}

CASE(select, "tells which descriptors are ready, and clears the others") {
    int full[2], empty[2];
    sys_pipe2(full, 0);
    sys_pipe2(empty, 0);
    sys_write(full[1], "x", 1);
    struct fd_set in = set_of(full[0]), also = set_of(empty[0]), out = set_of(empty[1]);
    in.bits[0] |= also.bits[0];
    check_equal("select", sys_select(empty[1] + 1, &in, &out, 0, 0), 2);
    check_equal("full", has(&in, full[0]), 1);
    check_equal("empty", has(&in, empty[0]), 0);
    check_equal("writable", has(&out, empty[1]), 1);
}

CASE(select, "clears the sets at its timeout") {
    int ends[2];
    sys_pipe2(ends, 0);
    struct fd_set in = set_of(ends[0]);
    struct timeval timeout = {0, 20000};
    struct timespec start;
    sys_clock_gettime(CLOCK_MONOTONIC, &start);
    check_equal("select", sys_select(ends[0] + 1, &in, 0, 0, &timeout), 0);
    check_equal("cleared", has(&in, ends[0]), 0);
    check_equal("waited", milliseconds_since(&start) >= 19, 1);
    // select(2): FreeBSD leaves the timeout as it is.
    check_equal("timeout", timeout.microseconds, 20000);
}

CASE(select, "says EBADF of what is not open") {
    struct fd_set in = set_of(200);
    struct timeval none = {0, 0};
    check_errno("select", sys_select(201, &in, 0, 0, &none), EBADF);
    in = set_of(40);
    check_errno("a low one", sys_select(41, &in, 0, 0, &none), EBADF);
    check_equal("not counted", sys_select(40, &in, 0, 0, &none), 0);
}

CASE(select, "refuses counts, times and addresses") {
    struct fd_set in = set_of(0);
    struct timeval negative = {-1, 0}, large = {0, 1000000}, none = {0, 0};
    check_errno("count", sys_select(-1, &in, 0, 0, &none), EINVAL);
    check_errno("negative time", sys_select(0, 0, 0, 0, &negative), EINVAL);
    check_errno("microseconds", sys_select(0, 0, 0, 0, &large), EINVAL);
    check_errno("set", sys_select(1, NOWHERE, 0, 0, &none), EFAULT);
    check_errno("time", sys_select(0, 0, 0, 0, NOWHERE), EFAULT);
}

CASE(select, "ends with EINTR at a signal, even with SA_RESTART") {
    int ends[2];
    sys_pipe2(ends, 0);
    struct fd_set in = set_of(ends[0]);
    alarm_soon();
    set_handler(SIGALRM, count_signal, SA_RESTART);
    check_errno("select", sys_select(ends[0] + 1, &in, 0, 0, 0), EINTR);
    check_equal("the set stays", has(&in, ends[0]), 1);
}

CASE(select, "takes files for ready always, and the end of a pipe for readable") {
    int file = make_file("f", ""), ends[2];
    sys_pipe2(ends, 0);
    sys_close(ends[1]);
    struct fd_set in = set_of(file), also = set_of(ends[0]), out = set_of(file);
    in.bits[0] |= also.bits[0];
    check_equal("select", sys_select(ends[0] + 1, &in, &out, 0, 0), 3);
}

CASE(select, "finds descriptors of the upper words") {
    int ends[2];
    sys_pipe2(ends, 0);
    sys_write(ends[1], "x", 1);
    int high = (int)sys_fcntl(ends[0], F_DUPFD, 130);
    struct fd_set in = set_of(high);
    check_equal("select", sys_select(high + 1, &in, 0, 0, 0), 1);
    check_equal("set", has(&in, high), 1);
}

CASE(pselect, "waits with another mask and puts one's own back") {
    struct signal_set blocked = signal_set_of(SIGUSR1), none = {{0}}, after;
    set_handler(SIGUSR1, count_signal, 0);
    sys_sigprocmask(SIG_BLOCK, &blocked, 0);
    sys_kill((int)sys_getpid(), SIGUSR1);
    check_equal("blocked", signals_seen, 0);
    check_errno("pselect", sys_pselect(0, 0, 0, 0, 0, &none), EINTR);
    check_equal("delivered", signals_seen, SIGUSR1);
    sys_sigprocmask(SIG_BLOCK, 0, &after);
    check_equal("blocked again", signal_set_has(&after, SIGUSR1), 1);
}

CASE(pselect, "refuses times and addresses") {
    struct timespec negative = {-1, 0}, large = {0, 1000000000}, none = {0, 0};
    check_errno("negative time", sys_pselect(0, 0, 0, 0, &negative, 0), EINVAL);
    check_errno("nanoseconds", sys_pselect(0, 0, 0, 0, &large, 0), EINVAL);
    check_errno("time", sys_pselect(0, 0, 0, 0, NOWHERE, 0), EFAULT);
    check_errno("mask", sys_pselect(0, 0, 0, 0, &none, NOWHERE), EFAULT);
    check_equal("nothing", sys_pselect(0, 0, 0, 0, &none, 0), 0);
}

CASE(poll, "tells what is ready") {
    int ends[2];
    sys_pipe2(ends, 0);
    struct pollfd list[2] = {{ends[0], POLLIN | POLLRDNORM, -1}, {ends[1], POLLOUT, -1}};
    check_equal("writable", sys_poll(list, 2, 0), 1);
    check_equal("nothing to read", list[0].ready, 0);
    check_equal("room", list[1].ready, POLLOUT);
    sys_write(ends[1], "x", 1);
    check_equal("both", sys_poll(list, 2, -1), 2);
    check_equal("readable", list[0].ready, POLLIN | POLLRDNORM);
}

CASE(poll, "tells POLLHUP at the end of a pipe") {
    int ends[2];
    sys_pipe2(ends, 0);
    sys_write(ends[1], "x", 1);
    sys_close(ends[1]);
    struct pollfd one = {ends[0], POLLIN, 0};
    check_equal("poll", sys_poll(&one, 1, 0), 1);
    check_equal("bytes and the end", one.ready, POLLIN | POLLHUP);
    sys_read(ends[0], buffer, 1);
    check_equal("poll", sys_poll(&one, 1, 0), 1);
    // pipe_poll: the end is readable, too.
    check_equal("the end alone", one.ready, POLLIN | POLLHUP);
}

CASE(poll, "tells POLLHUP of a pipe that nobody reads") {
    int ends[2];
    sys_pipe2(ends, 0);
    sys_close(ends[0]);
    struct pollfd one = {ends[1], POLLOUT, 0};
    check_equal("poll", sys_poll(&one, 1, 0), 1);
    // pipe_poll: never POLLERR.
    check_equal("events", one.ready, POLLOUT | POLLHUP);
}

CASE(poll, "tells POLLNVAL of what is not open, and skips negative descriptors") {
    struct pollfd list[2] = {{200, POLLIN, 0}, {-1, POLLIN, 77}};
    check_equal("poll", sys_poll(list, 2, -1), 1);
    check_equal("not open", list[0].ready, POLLNVAL);
    check_equal("negative", list[1].ready, 0);
}

CASE(poll, "takes files for ready always") {
    struct pollfd one = {make_file("f", ""), POLLIN | POLLOUT | POLLRDNORM, 0};
    check_equal("poll", sys_poll(&one, 1, -1), 1);
    check_equal("events", one.ready, POLLIN | POLLOUT | POLLRDNORM);
}

CASE(poll, "gives up at its timeout") {
    int ends[2];
    struct timespec start;
    sys_pipe2(ends, 0);
    struct pollfd one = {ends[0], POLLIN, 77};
    sys_clock_gettime(CLOCK_MONOTONIC, &start);
    check_equal("poll", sys_poll(&one, 1, 20), 0);
    check_equal("nothing", one.ready, 0);
    check_equal("waited", milliseconds_since(&start) >= 19, 1);
    check_equal("without descriptors", sys_poll(0, 0, 1), 0);
}

CASE(poll, "refuses counts, times and addresses") {
    struct pollfd one = {0, 0, 0};
    check_errno("time", sys_poll(&one, 1, -2), EINVAL);
    check_errno("count", sys_poll(&one, 0x7fffffff, 0), EINVAL);
    check_errno("address", sys_poll(NOWHERE, 1, 0), EFAULT);
}

CASE(poll, "ends with EINTR at a signal") {
    int ends[2];
    sys_pipe2(ends, 0);
    struct pollfd one = {ends[0], POLLIN, 0};
    alarm_soon();
    check_errno("poll", sys_poll(&one, 1, -1), EINTR);
}

CASE(poll, "sees a full pipe and its room") {
    int ends[2];
    sys_pipe2(ends, O_NONBLOCK);
    while (sys_write(ends[1], buffer, sizeof buffer) > 0)
        ;
    struct pollfd one = {ends[1], POLLOUT, 0};
    check_equal("full", sys_poll(&one, 1, 0), 0);
    while (sys_read(ends[0], buffer, sizeof buffer) > 0)
        ;
    check_equal("empty", sys_poll(&one, 1, 0), 1);
}

CASE(ppoll, "waits with another mask") {
    struct signal_set blocked = signal_set_of(SIGUSR1), none = {{0}};
    struct timespec long_ = {10, 0}, short_ = {0, 1000000};
    set_handler(SIGUSR1, count_signal, 0);
    sys_sigprocmask(SIG_BLOCK, &blocked, 0);
    sys_kill((int)sys_getpid(), SIGUSR1);
    check_equal("with one's own mask", sys_ppoll(0, 0, &short_, 0), 0);
    check_errno("with the other", sys_ppoll(0, 0, &long_, &none), EINTR);
    check_equal("delivered", signals_seen, SIGUSR1);
}

CASE(ppoll, "refuses times, masks and addresses") {
    struct timespec negative = {-1, 0}, large = {0, 1000000000}, none = {0, 0};
    check_errno("negative time", sys_ppoll(0, 0, &negative, 0), EINVAL);
    check_errno("nanoseconds", sys_ppoll(0, 0, &large, 0), EINVAL);
    check_errno("time", sys_ppoll(0, 0, NOWHERE, 0), EFAULT);
    check_errno("mask", sys_ppoll(0, 0, &none, NOWHERE), EFAULT);
    check_errno("list", sys_ppoll(NOWHERE, 1, &none, 0), EFAULT);
}

CASE(poll, "of a FIFO tells POLLHUP once a writer has gone, not before one came") {
    sys_mkfifo("p", 0644);
    struct pollfd one = {(int)sys_open("p", O_RDONLY | O_NONBLOCK, 0), POLLIN, 0};
    check_equal("no writer yet", sys_poll(&one, 1, 0), 0);
    check_equal("reads the end", sys_read(one.descriptor, buffer, 1), 0);
    int writer = (int)sys_open("p", O_WRONLY | O_NONBLOCK, 0);
    check_equal("a writer", sys_poll(&one, 1, 0), 0);
    check_errno("nothing to read", sys_read(one.descriptor, buffer, 1), EAGAIN);
    sys_close(writer);
    check_equal("it has gone", sys_poll(&one, 1, 0), 1);
    check_equal("events", one.ready, POLLIN | POLLHUP);
}

CASE(poll, "of a connection tells its end") {
    int pair[2];
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    struct pollfd one = {pair[0], POLLIN | POLLOUT, 0};
    check_equal("writable", (sys_poll(&one, 1, 0), one.ready), POLLOUT);
    sys_shutdown(pair[1], SHUT_WR);
    check_equal("no more to read", (sys_poll(&one, 1, 0), one.ready), POLLIN | POLLOUT);
    sys_close(pair[1]);
    check_equal("the end of both", (sys_poll(&one, 1, 0), one.ready), POLLIN | POLLOUT | POLLHUP);
}

CASE(select, "takes the end of a pipe for readable, and a pipe without a reader for writable") {
    int ends[2], others[2];
    sys_pipe2(ends, 0);
    sys_pipe2(others, 0);
    sys_close(ends[1]);
    sys_close(others[0]);
    struct fd_set in = set_of(ends[0]), out = set_of(others[1]);
    struct timeval none = {0, 0};
    check_equal("select", sys_select(others[1] + 1, &in, &out, 0, &none), 2);
}

CASE(select, "takes the longest timeouts") {
    int ends[2];
    sys_pipe2(ends, 0);
    sys_write(ends[1], "x", 1);
    struct fd_set in = set_of(ends[0]);
    struct timeval longest = {INT64_MAX, 999999};
    struct timespec longest_too = {INT64_MAX, 999999999};
    struct pollfd one = {ends[0], POLLIN, 0};
    check_equal("select", sys_select(ends[0] + 1, &in, 0, 0, &longest), 1);
    check_equal("pselect", sys_pselect(ends[0] + 1, &in, 0, 0, &longest_too, 0), 1);
    check_equal("ppoll", sys_ppoll(&one, 1, &longest_too, 0), 1);
    check_equal("poll", sys_poll(&one, 1, 0x7fffffff), 1);
}

CASE(poll, "counts each entry of one descriptor") {
    int ends[2];
    sys_pipe2(ends, 0);
    struct pollfd list[3] = {{ends[1], POLLOUT, 0}, {ends[1], POLLIN, 0}, {ends[1], POLLOUT, 0}};
    check_equal("poll", sys_poll(list, 3, 0), 2);
    check_equal("asked for reading", list[1].ready & POLLOUT, 0);
}
