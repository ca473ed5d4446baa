// Asynchronous input and output (aio(4)), its notifications, and lists of requests.
#include "asynchronous.h"

static volatile int signals, last_code;
static void *volatile last_value;

static void on_signal(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)context;
    signals++;
    last_code = info->code;
    last_value = info->value.pointer;
}

static void pause_for(int milliseconds) {
    struct timespec time = {0, milliseconds * 1000000};
    sys_nanosleep(&time, 0);
}

static void files(void) {
    int file = (int)sys_open("aio.data", O_RDWR | O_CREAT | O_TRUNC, 0644);
    char text[] = "asynchronous", found[16] = "";
    struct control_block block = {.descriptor = file, .offset = 4, .buffer = text, .count = 12};
    check_equal("aio_write", sys_aio_write(&block), 0);
    for (int i = 0; i < 1000 && sys_aio_error(&block) == EINPROGRESS; i++) pause_for(1);
    check_equal("aio_error", sys_aio_error(&block), 0);
    check_equal("its status", block.kernel.status, 12);
    check_equal("aio_return", sys_aio_return(&block), 12);
    check_errno("once", sys_aio_return(&block), EINVAL);
    block.buffer = found;
    check_equal("aio_read", sys_aio_read(&block), 0);
    const void *list[] = {0, &block};
    check_equal("aio_suspend", sys_aio_suspend(list, 2, 0), 0);
    check_equal("its result", sys_aio_return(&block), 12);
    check_string("what was read", found, "asynchronous");
    check_equal("aio_fsync", sys_aio_fsync(O_SYNC, &block), 0);
    void *ended = 0;
    check_equal("aio_waitcomplete", sys_aio_waitcomplete(&ended, 0), 0);
    check("tells which", ended == &block);
    check_errno("aio_fsync of another kind", sys_aio_fsync(0, &block), EINVAL);
    struct iovec vectors[] = {{found, 2}, {found + 8, 3}};
    block.buffer = vectors, block.count = 2;
    check_equal("aio_readv", sys_aio_readv(&block), 0);
    check_equal("into two buffers", sys_aio_waitcomplete(&ended, 0), 5);
    check("as it should be", found[0] == 'a' && found[8] == 'y');

    block.buffer = (void *)8, block.count = 4;
    check_equal("a wild buffer", sys_aio_read(&block), 0);
    check_equal("fails later", sys_aio_error(&block), EFAULT);
    check_errno("with its error", sys_aio_return(&block), EFAULT);
    block.descriptor = -1;
    check_errno("no descriptor", sys_aio_read(&block), EBADF);
    check_equal("is its error", sys_aio_error(&block), EBADF);
    check_errno("and no request", sys_aio_return(&block), EINVAL);
    int reader = (int)sys_open("aio.data", O_RDONLY, 0);
    block.descriptor = reader;
    check_errno("not open for writing", sys_aio_write(&block), EBADF);
    block.offset = -1;
    check_errno("a negative offset", sys_aio_read(&block), EINVAL);
    check_errno("a wild control block", sys_aio_read((void *)8), EFAULT);
    block.offset = 0, block.event.notification = 77;
    check_errno("an unknown notification", sys_aio_read(&block), EINVAL);
    struct timespec moment = {0, 10000000};
    check_errno("nothing to wait for", sys_aio_waitcomplete(&ended, &moment), EAGAIN);
    sys_close(reader), sys_close(file);
    sys_unlink("aio.data");
}

static void streams(void) {
    int pipe[2];
    char found[16] = "";
    sys_pipe2(pipe, 0);
    struct control_block block = {.descriptor = pipe[0], .buffer = found, .count = 8};
    check_equal("aio_read of an empty pipe", sys_aio_read(&block), 0);
    check_equal("is in progress", sys_aio_error(&block), EINPROGRESS);
    check_errno("aio_return meanwhile", sys_aio_return(&block), EINVAL);
    check_errno("the same control block", sys_aio_read(&block), EINVAL);
    const void *list[] = {&block};
    struct timespec moment = {0, 20000000};
    check_errno("aio_suspend times out", sys_aio_suspend(list, 1, &moment), EAGAIN);
    sys_write(pipe[1], "later", 5);
    check_equal("aio_suspend", sys_aio_suspend(list, 1, 0), 0);
    check_equal("read", sys_aio_return(&block), 5);
    check_string("the text", found, "later");

    sys_aio_read(&block);
    check_equal("aio_cancel", sys_aio_cancel(pipe[0], &block), AIO_CANCELED);
    check_equal("cancelled", sys_aio_error(&block), ECANCELED);
    check_errno("its result", sys_aio_return(&block), ECANCELED);
    check_equal("nothing is left", sys_aio_cancel(pipe[0], 0), AIO_ALLDONE);
    check_errno("of no descriptor", sys_aio_cancel(-1, 0), EBADF);

    set_handler(SIGUSR1, (void *)on_signal, SA_SIGINFO);
    block.event.notification = SIGEV_SIGNAL, block.event.signal = SIGUSR1, block.event.value.pointer = &block;
    sys_aio_read(&block);
    sys_write(pipe[1], "x", 1);
    for (int i = 0; i < 2000 && signals == 0; i++) pause_for(1);
    check_equal("SIGEV_SIGNAL", signals, 1);
    check_equal("SI_ASYNCIO", last_code, SI_ASYNCIO);
    check("the value", last_value == &block);
    check_equal("the read", sys_aio_return(&block), 1);

    int queue = (int)sys_kqueue();
    struct kernel_event event;
    block.event.notification = SIGEV_KEVENT, block.event.signal = queue;
    check_equal("with SIGEV_KEVENT", sys_aio_read(&block), 0);
    check_equal("not yet", events_now(queue, &event, 1), 0);
    sys_write(pipe[1], "yz", 2);
    check_equal("EVFILT_AIO", next_event(queue, &event, 5000), 1);
    check("of the control block", event.filter == EVFILT_AIO && event.identifier == (unsigned long)&block);
    check("udata", event.user_data == &block);
    check("EV_EOF", event.flags & EV_EOF);
    check_equal("the read", sys_aio_return(&block), 2);
    check_equal("the note is gone", events_now(queue, &event, 1), 0);
    block.event.signal = pipe[0];
    check_errno("no queue", sys_aio_read(&block), EBADF);

    // A child has none of its parent's requests.
    block.event.notification = SIGEV_NONE;
    sys_aio_read(&block);
    int child = (int)sys_fork();
    if (child == 0) sys_exit(sys_aio_cancel(pipe[0], 0) == AIO_ALLDONE ? 0 : 1);
    check_equal("a child has none", wait_for(child), 0);
    sys_write(pipe[1], "abc", 3);
    check_equal("the parent's is unharmed", sys_aio_suspend(list, 1, 0), 0);
    check_equal("and reads", sys_aio_return(&block), 3);
    sys_close(pipe[0]), sys_close(pipe[1]), sys_close(queue);
}

static void lists(void) {
    int file = (int)sys_open("aio.list", O_RDWR | O_CREAT | O_TRUNC, 0644), pipe[2];
    sys_pipe2(pipe, 0);
    char found[8];
    struct control_block blocks[3] = {
        {.descriptor = file, .buffer = "0123", .count = 4, .operation = LIO_WRITE},
        {.descriptor = file, .offset = 4, .buffer = "4567", .count = 4, .operation = LIO_WRITE},
        {.descriptor = pipe[0], .buffer = found, .count = 8, .operation = LIO_READ},
    };
    void *list[] = {&blocks[0], 0, &blocks[1]};
    check_equal("LIO_WAIT", sys_lio_listio(LIO_WAIT, list, 3, 0), 0);
    check_equal("the first", sys_aio_return(&blocks[0]), 4);
    check_equal("the second", sys_aio_return(&blocks[1]), 4);
    int queue = (int)sys_kqueue();
    struct kernel_event event;
    struct signal_event wanted = {.notification = SIGEV_KEVENT, .signal = queue};
    list[1] = &blocks[2];
    check_equal("LIO_NOWAIT", sys_lio_listio(LIO_NOWAIT, list, 3, &wanted), 0);
    check_equal("not all have ended", events_now(queue, &event, 1), 0);
    sys_write(pipe[1], "x", 1);
    check_equal("EVFILT_LIO", next_event(queue, &event, 5000), 1);
    check("of the list", event.filter == EVFILT_LIO && event.identifier == (unsigned long)list);
    for (int i = 0; i < 3; i++) check("each has ended", sys_aio_return(&blocks[i]) > 0);
    blocks[0].descriptor = -1;
    check_errno("one that cannot begin", sys_lio_listio(LIO_WAIT, list, 1, 0), EIO);
    check_errno("an unknown mode", sys_lio_listio(7, list, 1, 0), EINVAL);
    check_errno("a negative count", sys_lio_listio(LIO_WAIT, list, -1, 0), EINVAL);
    check_errno("a wild list", sys_lio_listio(LIO_WAIT, (void *)8, 1, 0), EFAULT);
    sys_close(file), sys_close(pipe[0]), sys_close(pipe[1]), sys_close(queue);
    sys_unlink("aio.list");
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    files();
    streams();
    lists();
    return checks_failed();
}
