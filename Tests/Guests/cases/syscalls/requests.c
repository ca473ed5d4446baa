// How asynchronous requests fail, are asked about and end: aio_error(2), aio_return(2), aio_cancel(2),
// aio_waitcomplete(2), aio_fsync(2), aio_mlock(2), aio_readv(2) of FreeBSD 12.2 and 13; sys/kern/vfs_aio.c.
#include "asynchronous.h"
#include "../../runtime/children.h"
#include "case_files.h"

enum { SIGEV_UNKNOWN = 77 };

static char buffer[4096];

static struct control_block request(int file, void *data, size_t count, int64_t offset) {
    return (struct control_block){.descriptor = file, .offset = offset, .buffer = data, .count = count};
}

// A request that does not end by itself: it reads from a pipe that nobody writes to.
static struct control_block endless(void) {
    int ends[2];
    sys_pipe2(ends, 0);
    return request(ends[0], buffer, 1, 0);
}

static long error_at_end(struct control_block *block) {
    const void *list[] = {block};
    while (sys_aio_error(block) == EINPROGRESS) sys_aio_suspend(list, 1, 0);
    return sys_aio_error(block);
}

static void ignore(int signal) { (void)signal; }

CASE(aio_error, "says EINPROGRESS while a request is under way") {
    struct control_block block = endless();
    check_equal("aio_read", sys_aio_read(&block), 0);
    check_equal("aio_error", sys_aio_error(&block), EINPROGRESS);
    check_errno("aio_return", sys_aio_return(&block), EINVAL);
    check_equal("still", sys_aio_error(&block), EINPROGRESS);
}

CASE(aio_error, "says 0 of a request that ended well, as often as it is asked") {
    struct control_block block = request(make_file("f", "abc"), buffer, 3, 0);
    sys_aio_read(&block);
    check_equal("end", error_at_end(&block), 0);
    check_equal("again", sys_aio_error(&block), 0);
    check_equal("return", sys_aio_return(&block), 3);
}

CASE(aio_error, "gives the errno of a request that failed") {
    struct control_block block = request(make_file("f", "abc"), unmapped_page(), 3, 0);
    if (sys_aio_read(&block) != 0) skip_case("the request did not begin");
    check_equal("end", error_at_end(&block), EFAULT);
}

// kern_aio_error: EINVAL is the result; the call itself does not fail.
CASE(aio_error, "says EINVAL of what was never begun") {
    struct control_block block = request(0, buffer, 1, 0);
    check_equal("aio_error", sys_aio_error(&block), EINVAL);
}

// aio_aqueue leaves the reason in the block.
CASE(aio_error, "tells why a request could not begin") {
    struct control_block block = request(NOT_OPEN, buffer, 1, 0);
    check_errno("aio_read", sys_aio_read(&block), EBADF);
    check_equal("aio_error", sys_aio_error(&block), EBADF);
}

CASE(aio_return, "fails as the request failed") {
    struct control_block block = request(make_file("f", "abc"), unmapped_page(), 3, 0);
    if (sys_aio_read(&block) != 0) skip_case("the request did not begin");
    error_at_end(&block);
    check_errno("aio_return", sys_aio_return(&block), EFAULT);
    check_errno("again", sys_aio_return(&block), EINVAL);
}

CASE(aio_return, "gives what was written") {
    struct control_block block = request(make_file("f", ""), "abcd", 4, 0);
    sys_aio_write(&block);
    check_equal("end", error_at_end(&block), 0);
    check_equal("aio_return", sys_aio_return(&block), 4);
    check_content("content", "f", "abcd");
}

CASE(aio_cancel, "takes back all requests of a descriptor") {
    struct control_block first = endless(), second = first, other = endless();
    sys_aio_read(&first);
    sys_aio_read(&second);
    sys_aio_read(&other);
    long result = sys_aio_cancel(first.descriptor, 0);
    check("cancelled or under way", result == AIO_CANCELED || result == AIO_NOTCANCELED);
    check_equal("the other's", sys_aio_error(&other), EINPROGRESS);
}

CASE(aio_cancel, "refuses descriptors that are not open") {
    struct control_block block = endless();
    check_errno("never opened", sys_aio_cancel(NOT_OPEN, 0), EBADF);
    check_errno("negative", sys_aio_cancel(-1, &block), EBADF);
}

CASE(aio_cancel, "says AIO_ALLDONE of another descriptor's request") {
    struct control_block block = endless();
    sys_aio_read(&block);
    check_equal("aio_cancel", sys_aio_cancel(make_file("f", ""), &block), AIO_ALLDONE);
    check_equal("under way", sys_aio_error(&block), EINPROGRESS);
}

CASE(aio_waitcomplete, "only looks with no time") {
    void *ended = buffer;
    check_errno("aio_waitcomplete", sys_aio_waitcomplete(&ended, &at_once), EAGAIN);
    check_equal("no block", (long)ended, 0);
}

CASE(aio_waitcomplete, "fails as the request failed, and gives its block") {
    struct control_block block = request(make_file("f", "abc"), unmapped_page(), 3, 0);
    void *ended = 0;
    if (sys_aio_read(&block) != 0) skip_case("the request did not begin");
    check_errno("aio_waitcomplete", sys_aio_waitcomplete(&ended, 0), EFAULT);
    check_equal("block", (long)ended, (long)&block);
}

CASE(aio_waitcomplete, "ends with EINTR at a signal") {
    struct itimerval soon = {{0, 0}, {0, 50000}};
    struct timespec timeout = {10, 0};
    void *ended;
    set_handler(SIGALRM, (void *)ignore, 0);
    sys_setitimer(ITIMER_REAL, &soon, 0);
    check_errno("aio_waitcomplete", sys_aio_waitcomplete(&ended, &timeout), EINTR);
}

CASE(aio_fsync, "refuses operations other than O_SYNC") {
    struct control_block block = request(make_file("f", ""), 0, 0, 0);
    check_errno("0", sys_aio_fsync(0, &block), EINVAL);
    check_errno("another", sys_aio_fsync(O_NONBLOCK, &block), EINVAL);
    check_errno("before the address", sys_aio_fsync(0, unmapped_page()), EINVAL);
}

CASE(aio_fsync, "refuses what is no file") {
    struct control_block pipe = endless(), closed = request(NOT_OPEN, 0, 0, 0);
    check_errno("pipe", sys_aio_fsync(O_SYNC, &pipe), EINVAL);
    check_errno("not open", sys_aio_fsync(O_SYNC, &closed), EBADF);
}

CASE(aio_fsync, "refuses bad addresses and unknown notifications") {
    struct control_block block = request(make_file("f", ""), 0, 0, 0);
    block.event.notification = SIGEV_UNKNOWN;
    check_errno("notification", sys_aio_fsync(O_SYNC, &block), EINVAL);
    check_errno("address", sys_aio_fsync(O_SYNC, unmapped_page()), EFAULT);
}

CASE(aio_mlock, "fails at its end for what is not mapped") {
    struct control_block block = request(-1, unmapped_page(), PAGE, 0);
    check_equal("aio_mlock", sys_aio_mlock(&block), 0);
    check_equal("end", error_at_end(&block), ENOMEM);
    check_errno("aio_return", sys_aio_return(&block), ENOMEM);
}

CASE(aio_mlock, "refuses a bad address of the block") {
    check_errno("aio_mlock", sys_aio_mlock(unmapped_page()), EFAULT);
}

CASE(aio_mlock, "refuses unknown notifications and signals") {
    struct control_block block = request(-1, buffer, 1, 0);
    block.event.notification = SIGEV_UNKNOWN;
    check_errno("notification", sys_aio_mlock(&block), EINVAL);
    block.event.notification = SIGEV_SIGNAL;
    block.event.signal = 129;
    check_errno("signal", sys_aio_mlock(&block), EINVAL);
}

CASE(aio_write, "refuses negative offsets and bad addresses") {
    struct control_block block = request(make_file("f", ""), "x", 1, -1);
    check_errno("offset", sys_aio_write(&block), EINVAL);
    check_errno("address", sys_aio_write(unmapped_page()), EFAULT);
}

typedef long vector_call(void *block);

static void check_vectors(vector_call *call) {
    struct iovec list[1] = {{buffer, 1}};
    int file = make_file("f", "abc");
    struct control_block block = request(file, list, 1, -1);
    check_errno("offset", call(&block), EINVAL);
    block = request(NOT_OPEN, list, 1, 0);
    check_errno("not open", call(&block), EBADF);
}

// sys_aio_readv: copyinuio, of up to 1024 buffers.
static void check_lists(vector_call *call) {
    struct iovec list[1] = {{buffer, 1}};
    int file = make_file("f", "abc");
    struct control_block block = request(file, list, 1025, 0);
    check_errno("1025", call(&block), EINVAL);
    block = request(file, unmapped_page(), 1, 0);
    check_errno("list", call(&block), EFAULT);
    check_errno("block", call(unmapped_page()), EFAULT);
}

CASE(aio_readv, "refuses descriptors and offsets") { check_vectors(sys_aio_readv); }
CASE(aio_writev, "refuses descriptors and offsets") { check_vectors(sys_aio_writev); }
CASE(aio_readv, "refuses long lists and bad addresses") { check_lists(sys_aio_readv); }
CASE(aio_writev, "refuses long lists and bad addresses") { check_lists(sys_aio_writev); }

CASE(aio_readv, "needs a descriptor that reads") {
    struct iovec list[1] = {{buffer, 1}};
    leave_file("f", "abc");
    struct control_block block = request((int)sys_open("f", O_WRONLY, 0), list, 1, 0);
    check_errno("aio_readv", sys_aio_readv(&block), EBADF);
}

CASE(aio_writev, "needs a descriptor that writes") {
    struct iovec list[1] = {{buffer, 1}};
    leave_file("f", "abc");
    struct control_block block = request((int)sys_open("f", O_RDONLY, 0), list, 1, 0);
    check_errno("aio_writev", sys_aio_writev(&block), EBADF);
}
