// aio_read(2) and its relatives of FreeBSD 12.2; sys/kern/vfs_aio.c.
#include "asynchronous.h"
#include "case_files.h"

static char buffer[4096];
static volatile int signals_seen;

static void count_signal(int signal) { signals_seen += signal; }

// Waits for the end of a request and returns its errno.
static long error_at_end(struct control_block *block) {
    const void *list[] = {block};
    while (sys_aio_error(block) == EINPROGRESS)
        sys_aio_suspend(list, 1, 0);
    return sys_aio_error(block);
}

static struct control_block request(int file, void *data, size_t count, int64_t offset) {
    return (struct control_block){.descriptor = file, .offset = offset, .buffer = data, .count = count};
}

CASE(aio_read, "reads at its offset and leaves the descriptor's") {
    int file = make_file("f", "abcdef");
    struct control_block block = request(file, buffer, 3, 2);
    check_equal("aio_read", sys_aio_read(&block), 0);
    check_equal("error", error_at_end(&block), 0);
    check_equal("return", sys_aio_return(&block), 3);
    check_equal("bytes", memcmp(buffer, "cde", 3), 0);
    check_equal("offset", sys_lseek(file, 0, SEEK_CUR), 0);
}

CASE(aio_read, "gives 0 at the end of a file") {
    struct control_block block = request(make_file("f", "abc"), buffer, 10, 100);
    sys_aio_read(&block);
    check_equal("error", error_at_end(&block), 0);
    check_equal("return", sys_aio_return(&block), 0);
}

CASE(aio_read, "refuses descriptors, offsets and blocks") {
    struct control_block block = request(200, buffer, 1, 0);
    check_errno("not open", sys_aio_read(&block), EBADF);
    int file = make_file("f", "abc");
    block = request(file, buffer, 1, -1);
    check_errno("negative offset", sys_aio_read(&block), EINVAL);
    leave_file("g", "");
    block = request((int)sys_open("g", O_WRONLY, 0), buffer, 1, 0);
    check_errno("writing only", sys_aio_read(&block), EBADF);
    check_errno("address", sys_aio_read(NOWHERE), EFAULT);
    block = request(file, buffer, (size_t)-1, 0);
    check_errno("size", sys_aio_read(&block), EINVAL);
}

CASE(aio_read, "tells of a bad buffer at its end") {
    struct control_block block = request(make_file("f", "abc"), NOWHERE, 3, 0);
    long result = sys_aio_read(&block);
    check_equal("at once or at the end", result == -EFAULT || (result == 0 && error_at_end(&block) == EFAULT), 1);
}

CASE(aio_read, "refuses notifications it does not know") {
    struct control_block block = request(make_file("f", "abc"), buffer, 3, 0);
    block.event.notification = 77;
    check_errno("aio_read", sys_aio_read(&block), EINVAL);
}

CASE(aio_read, "raises its signal at the end") {
    struct control_block block = request(make_file("f", "abc"), buffer, 3, 0);
    set_handler(SIGUSR1, count_signal, 0);
    block.event.notification = SIGEV_SIGNAL;
    block.event.signal = SIGUSR1;
    check_equal("aio_read", sys_aio_read(&block), 0);
    check_equal("error", error_at_end(&block), 0);
    for (int i = 0; i < 1000 && !signals_seen; i++) {
        struct timespec while_ = {0, 1000000};
        sys_nanosleep(&while_, 0);
    }
    check_equal("signal", signals_seen, SIGUSR1);
}

CASE(aio_read, "of an empty pipe waits for bytes") {
    int ends[2];
    sys_pipe2(ends, 0);
    struct control_block block = request(ends[0], buffer, 10, 0);
    check_equal("aio_read", sys_aio_read(&block), 0);
    check_equal("waits", sys_aio_error(&block), EINPROGRESS);
    check_errno("no result yet", sys_aio_return(&block), EINVAL);
    sys_write(ends[1], "ab", 2);
    check_equal("error", error_at_end(&block), 0);
    check_equal("return", sys_aio_return(&block), 2);
}

CASE(aio_write, "writes at its offset") {
    int file = make_file("f", "abcdef");
    struct control_block block = request(file, "XY", 2, 1);
    check_equal("aio_write", sys_aio_write(&block), 0);
    check_equal("error", error_at_end(&block), 0);
    check_equal("return", sys_aio_return(&block), 2);
    check_content("content", "f", "aXYdef");
}

CASE(aio_write, "appends with O_APPEND") {
    make_file("f", "abc");
    struct control_block block = request((int)sys_open("f", O_WRONLY | O_APPEND, 0), "XY", 2, 0);
    check_equal("aio_write", sys_aio_write(&block), 0);
    check_equal("error", error_at_end(&block), 0);
    check_content("content", "f", "abcXY");
}

CASE(aio_write, "refuses descriptors that do not write") {
    leave_file("f", "abc");
    struct control_block block = request((int)sys_open("f", O_RDONLY, 0), "x", 1, 0);
    check_errno("reading only", sys_aio_write(&block), EBADF);
    block.descriptor = -1;
    check_errno("negative", sys_aio_write(&block), EBADF);
    check_errno("address", sys_aio_write(NOWHERE), EFAULT);
}

CASE(aio_readv, "fills several buffers") {
    struct iovec list[2] = {{buffer, 2}, {buffer + 100, 3}};
    struct control_block block = request(make_file("f", "abcdef"), list, 2, 1);
    check_equal("aio_readv", sys_aio_readv(&block), 0);
    check_equal("error", error_at_end(&block), 0);
    check_equal("return", sys_aio_return(&block), 5);
    check_equal("bytes", memcmp(buffer, "bc", 2) | memcmp(buffer + 100, "def", 3), 0);
}

CASE(aio_writev, "writes several buffers") {
    struct iovec list[2] = {{"XY", 2}, {"Z", 1}};
    struct control_block block = request(make_file("f", "abcdef"), list, 2, 1);
    check_equal("aio_writev", sys_aio_writev(&block), 0);
    check_equal("error", error_at_end(&block), 0);
    check_equal("return", sys_aio_return(&block), 3);
    check_content("content", "f", "aXYZef");
}

CASE(aio_return, "gives the result once") {
    struct control_block block = request(make_file("f", "abc"), buffer, 3, 0);
    sys_aio_read(&block);
    error_at_end(&block);
    check_equal("first", sys_aio_return(&block), 3);
    check_errno("second", sys_aio_return(&block), EINVAL);
}

CASE(aio_return, "refuses what is no request") {
    struct control_block block = request(0, buffer, 1, 0);
    check_errno("aio_return", sys_aio_return(&block), EINVAL);
    // kern_aio_error: EINVAL is the result, not the call's errno.
    check_equal("aio_error", sys_aio_error(&block), EINVAL);
    check_errno("address", sys_aio_return(NOWHERE), EINVAL);
}

CASE(aio_suspend, "ends when one of the requests has") {
    int ends[2];
    sys_pipe2(ends, 0);
    struct control_block slow = request(ends[0], buffer, 1, 0), fast = request(make_file("f", "abc"), buffer, 3, 0);
    const void *list[] = {&slow, 0, &fast};
    sys_aio_read(&slow);
    sys_aio_read(&fast);
    check_equal("aio_suspend", sys_aio_suspend(list, 3, 0), 0);
    check_equal("fast", sys_aio_error(&fast), 0);
    check_equal("slow", sys_aio_error(&slow), EINPROGRESS);
}

CASE(aio_suspend, "gives up at its timeout") {
    int ends[2];
    sys_pipe2(ends, 0);
    struct control_block block = request(ends[0], buffer, 1, 0);
    struct timespec timeout = {0, 20000000}, none = {0, 0}, wrong = {0, 1000000000};
    const void *list[] = {&block};
    sys_aio_read(&block);
    check_errno("timeout", sys_aio_suspend(list, 1, &timeout), EAGAIN);
    check_errno("no time at all", sys_aio_suspend(list, 1, &none), EAGAIN);
    check_errno("nanoseconds", sys_aio_suspend(list, 1, &wrong), EINVAL);
}

CASE(aio_suspend, "ends with EINTR at a signal") {
    int ends[2];
    struct itimerval soon = {{0, 0}, {0, 50000}};
    sys_pipe2(ends, 0);
    struct control_block block = request(ends[0], buffer, 1, 0);
    const void *list[] = {&block};
    sys_aio_read(&block);
    set_handler(SIGALRM, count_signal, 0);
    sys_setitimer(ITIMER_REAL, &soon, 0);
    check_errno("aio_suspend", sys_aio_suspend(list, 1, 0), EINTR);
}

CASE(aio_suspend, "refuses counts and addresses") {
    const void *list[] = {0};
    check_errno("negative", sys_aio_suspend(list, -1, 0), EINVAL);
    check_errno("too many", sys_aio_suspend(list, 1 << 20, 0), EINVAL);
    check_errno("address", sys_aio_suspend(NOWHERE, 1, 0), EFAULT);
    check_errno("timeout", sys_aio_suspend(list, 1, NOWHERE), EFAULT);
}

CASE(aio_cancel, "takes back what has not begun") {
    int ends[2];
    sys_pipe2(ends, 0);
    struct control_block block = request(ends[0], buffer, 1, 0);
    sys_aio_read(&block);
    long result = sys_aio_cancel(ends[0], &block);
    check_equal("cancelled or under way", result == AIO_CANCELED || result == AIO_NOTCANCELED, 1);
    if (result == AIO_CANCELED)
        check_errno("result", (error_at_end(&block), sys_aio_return(&block)), ECANCELED);
}

CASE(aio_cancel, "says AIO_ALLDONE when there is nothing to cancel") {
    int file = make_file("f", "abc");
    struct control_block block = request(file, buffer, 3, 0);
    check_equal("nothing", sys_aio_cancel(file, 0), AIO_ALLDONE);
    sys_aio_read(&block);
    error_at_end(&block);
    check_equal("ended", sys_aio_cancel(file, &block), AIO_ALLDONE);
    check_errno("not open", sys_aio_cancel(200, 0), EBADF);
}

CASE(aio_waitcomplete, "gives requests as they end") {
    struct control_block block = request(make_file("f", "abc"), buffer, 2, 0);
    void *ended = 0;
    sys_aio_read(&block);
    check_equal("aio_waitcomplete", sys_aio_waitcomplete(&ended, 0), 2);
    check_equal("block", (long)ended, (long)&block);
    check_errno("it is over", sys_aio_return(&block), EINVAL);
}

CASE(aio_waitcomplete, "gives up at its timeout") {
    struct timespec timeout = {0, 20000000}, wrong = {0, -1};
    void *ended = &timeout;
    check_errno("timeout", sys_aio_waitcomplete(&ended, &timeout), EAGAIN);
    check_equal("no block", (long)ended, 0);
    check_errno("nanoseconds", sys_aio_waitcomplete(&ended, &wrong), EINVAL);
    check_errno("address", sys_aio_waitcomplete(NOWHERE, &timeout), EFAULT);
}

CASE(aio_fsync, "ends after what was written before") {
    int file = make_file("f", "");
    struct control_block write = request(file, "abc", 3, 0), sync = request(file, 0, 0, 0);
    sys_aio_write(&write);
    check_equal("aio_fsync", sys_aio_fsync(O_SYNC, &sync), 0);
    check_equal("error", error_at_end(&sync), 0);
    check_equal("return", sys_aio_return(&sync), 0);
    check_equal("the write has ended", sys_aio_error(&write), 0);
    check_errno("operation", sys_aio_fsync(0, &sync), EINVAL);
    sync = request(200, 0, 0, 0);
    check_errno("not open", sys_aio_fsync(O_SYNC, &sync), EBADF);
}

CASE(aio_mlock, "locks memory") {
    char *page = (char *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    struct control_block block = request(-1, page, PAGE, 0);
    check_equal("aio_mlock", sys_aio_mlock(&block), 0);
    check_equal("error", error_at_end(&block), 0);
    check_equal("return", sys_aio_return(&block), 0);
}

CASE(lio_listio, "waits for all of its requests") {
    int file = make_file("f", "abcdef");
    struct control_block read = request(file, buffer, 3, 0), write = request(file, "XY", 2, 4), none = request(200, 0, 0, 0);
    read.operation = LIO_READ;
    write.operation = LIO_WRITE;
    none.operation = LIO_NOP;
    void *list[] = {&read, 0, &none, &write};
    check_equal("lio_listio", sys_lio_listio(LIO_WAIT, list, 4, 0), 0);
    check_equal("read", sys_aio_return(&read), 3);
    check_equal("write", sys_aio_return(&write), 2);
    check_content("content", "f", "abcdXY");
}

CASE(lio_listio, "raises one signal at the end of all") {
    int file = make_file("f", "abcdef");
    struct control_block first = request(file, buffer, 3, 0), second = request(file, buffer + 8, 3, 3);
    struct signal_event event = {.notification = SIGEV_SIGNAL, .signal = SIGUSR2};
    first.operation = second.operation = LIO_READ;
    void *list[] = {&first, &second};
    set_handler(SIGUSR2, count_signal, 0);
    check_equal("lio_listio", sys_lio_listio(LIO_NOWAIT, list, 2, &event), 0);
    for (int i = 0; i < 1000 && !signals_seen; i++) {
        struct timespec while_ = {0, 1000000};
        sys_nanosleep(&while_, 0);
    }
    check_equal("signal", signals_seen, SIGUSR2);
    check_equal("both", sys_aio_return(&first) + sys_aio_return(&second), 6);
}

CASE(lio_listio, "says EIO when a request cannot begin") {
    int file = make_file("f", "abcdef");
    struct control_block good = request(file, buffer, 3, 0), bad = request(200, buffer, 3, 0);
    good.operation = bad.operation = LIO_READ;
    void *list[] = {&good, &bad};
    check_errno("lio_listio", sys_lio_listio(LIO_WAIT, list, 2, 0), EIO);
    check_equal("the good one", sys_aio_return(&good), 3);
}

CASE(lio_listio, "refuses modes, counts and addresses") {
    void *list[] = {0};
    check_errno("mode", sys_lio_listio(7, list, 1, 0), EINVAL);
    check_errno("negative", sys_lio_listio(LIO_WAIT, list, -1, 0), EINVAL);
    check_errno("too many", sys_lio_listio(LIO_WAIT, list, 1 << 20, 0), EINVAL);
    check_errno("address", sys_lio_listio(LIO_WAIT, NOWHERE, 1, 0), EFAULT);
    check_equal("nothing", sys_lio_listio(LIO_WAIT, list, 0, 0), 0);
}
