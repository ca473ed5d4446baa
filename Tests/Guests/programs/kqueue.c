// Event queues: descriptors, timers, the program's own events, and what changes say (kqueue(2)).
#include "events.h"

static struct kernel_event event, events[16];

static void expect(const char *name, const struct kernel_event *got, unsigned long identifier, int filter,
                   int64_t data) {
    char text[128];
    check_equal(format_string(text, sizeof text, "%s: identifier", name), (long)got->identifier, (long)identifier);
    check_equal(format_string(text, sizeof text, "%s: filter", name), got->filter, filter);
    check_equal(format_string(text, sizeof text, "%s: data", name), (long)got->data, (long)data);
}

static void changes(void) {
    int queue = (int)sys_kqueue(), pipe[2];
    check("kqueue", queue > 2);
    sys_pipe2(pipe, 0);
    check_equal("an empty queue has no events", events_now(queue, events, 16), 0);
    check_equal("EV_ADD", change_event(queue, pipe[0], EVFILT_READ, EV_ADD, 0, 0), 0);
    check_equal("nothing to read", events_now(queue, events, 16), 0);
    sys_write(pipe[1], "hello", 5);
    check_equal("something to read", events_now(queue, events, 16), 1);
    expect("read", events, pipe[0], EVFILT_READ, 5);
    check_equal("udata", (long)events[0].user_data, pipe[0]);
    check_equal("told again", events_now(queue, events, 16), 1);
    check_equal("EV_DISABLE", change_event(queue, pipe[0], EVFILT_READ, EV_DISABLE, 0, 0), 0);
    check_equal("disabled", events_now(queue, events, 16), 0);
    check_equal("EV_ENABLE", change_event(queue, pipe[0], EVFILT_READ, EV_ENABLE, 0, 0), 0);
    check_equal("enabled", events_now(queue, events, 16), 1);
    check_errno("both", change_event(queue, pipe[0], EVFILT_READ, EV_ENABLE | EV_DISABLE, 0, 0), EINVAL);
    check_equal("EV_DELETE", change_event(queue, pipe[0], EVFILT_READ, EV_DELETE, 0, 0), 0);
    check_equal("deleted", events_now(queue, events, 16), 0);
    check_errno("EV_DELETE of none", change_event(queue, pipe[0], EVFILT_READ, EV_DELETE, 0, 0), ENOENT);
    check_errno("EV_ENABLE of none", change_event(queue, pipe[0], EVFILT_READ, EV_ENABLE, 0, 0), ENOENT);
    check_errno("a closed descriptor", change_event(queue, 777, EVFILT_READ, EV_ADD, 0, 0), EBADF);
    check_errno("no descriptor", change_event(queue, -1ul, EVFILT_READ, EV_ADD, 0, 0), EBADF);
    check_errno("no filter", change_event(queue, 1, -14, EV_ADD, 0, 0), EINVAL);
    check_errno("a positive filter", change_event(queue, 1, 1, EV_ADD, 0, 0), EINVAL);
    check_errno("the queue itself", change_event(queue, queue, EVFILT_READ, EV_ADD, 0, 0), EINVAL);
    check_errno("EVFILT_AIO", change_event(queue, 1, EVFILT_AIO, EV_ADD, 0, 0), EPERM);
    check_errno("kevent of a pipe", sys_kevent(pipe[0], 0, 0, events, 1, &at_once), EBADF);
    check_errno("kevent of nothing", sys_kevent(777, 0, 0, events, 1, &at_once), EBADF);
    check_errno("/dev/null", change_event(queue, sys_open("/dev/null", O_RDWR, 0), EVFILT_READ, EV_ADD, 0, 0), ENODEV);

    check_equal("disabled from the start", change_event(queue, pipe[0], EVFILT_READ, EV_ADD | EV_DISABLE, 0, 0), 0);
    check_equal("has no event", events_now(queue, events, 16), 0);
    change_event(queue, pipe[0], EVFILT_READ, EV_ENABLE, 0, 0);
    check_equal("has one when enabled", events_now(queue, events, 16), 1);
    change_event(queue, pipe[0], EVFILT_READ, EV_DELETE, 0, 0);

    change_event(queue, pipe[0], EVFILT_READ, EV_ADD | EV_ONESHOT, 0, 0);
    check_equal("EV_ONESHOT", events_now(queue, events, 16), 1);
    check_equal("told once", events_now(queue, events, 16), 0);
    check_errno("and gone", change_event(queue, pipe[0], EVFILT_READ, EV_DELETE, 0, 0), ENOENT);

    change_event(queue, pipe[0], EVFILT_READ, EV_ADD | EV_CLEAR, 0, 0);
    check_equal("EV_CLEAR", events_now(queue, events, 16), 1);
    check_equal("told once a change", events_now(queue, events, 16), 0);
    sys_write(pipe[1], "x", 1);
    check_equal("told after a change", events_now(queue, events, 16), 1);
    expect("EV_CLEAR", events, pipe[0], EVFILT_READ, 6);
    check("EV_CLEAR is among the flags", events[0].flags & EV_CLEAR);
    check_equal("added again", change_event(queue, pipe[0], EVFILT_READ, EV_ADD | EV_CLEAR, 0, 0), 0);
    check_equal("looked at again", events_now(queue, events, 16), 1);
    change_event(queue, pipe[0], EVFILT_READ, EV_DELETE, 0, 0);

    change_event(queue, pipe[0], EVFILT_READ, EV_ADD | EV_DISPATCH, 0, 0);
    check_equal("EV_DISPATCH", events_now(queue, events, 16), 1);
    check_equal("disabled by it", events_now(queue, events, 16), 0);
    change_event(queue, pipe[0], EVFILT_READ, EV_ENABLE, 0, 0);
    check_equal("enabled after it", events_now(queue, events, 16), 1);
    change_event(queue, pipe[0], EVFILT_READ, EV_DELETE, 0, 0);

    // What the program attaches stays or is replaced.
    struct kernel_event change = {pipe[0], EVFILT_READ, EV_ADD, 0, 0, (void *)0x1234, {1, 2, 3, 4}};
    sys_kevent(queue, &change, 1, 0, 0, 0);
    change.user_data = (void *)0x5678, change.flags = EV_ADD | EV_KEEPUDATA;
    sys_kevent(queue, &change, 1, events, 1, &at_once);
    check_equal("EV_KEEPUDATA", (long)events[0].user_data, 0x1234);
    check("ext comes back", events[0].extension[0] == 1 && events[0].extension[3] == 4);
    change.flags = EV_ADD;
    sys_kevent(queue, &change, 1, events, 1, &at_once);
    check_equal("udata replaced", (long)events[0].user_data, 0x5678);

    // A condition of the program's own.
    change_event(queue, pipe[0], EVFILT_READ, EV_ADD, NOTE_LOWAT, 8);
    check_equal("below NOTE_LOWAT", events_now(queue, events, 16), 0);
    sys_write(pipe[1], "yz", 2);
    check_equal("at NOTE_LOWAT", events_now(queue, events, 16), 1);
    check_equal("still", events_now(queue, events, 16), 1);
    char buffer[16];
    sys_read(pipe[0], buffer, 4);
    check_equal("below again", events_now(queue, events, 16), 0);
    sys_close(pipe[0]), sys_close(pipe[1]);
    check_equal("closed descriptors are forgotten", events_now(queue, events, 16), 0);
    sys_close(queue);
    check_errno("a closed queue", events_now(queue, events, 16), EBADF);
}

static void receipts(void) {
    int queue = (int)sys_kqueue();
    struct kernel_event list[20];
    memset(list, 0, sizeof list);
    for (int i = 0; i < 20; i++)
        list[i] = (struct kernel_event){i, EVFILT_USER, EV_ADD | (i % 2 ? EV_RECEIPT : 0), 0, 0, (void *)(long)i, {0}};
    list[6].filter = -99;
    // The list of events is the list of changes.
    check_equal("receipts and errors", sys_kevent(queue, list, 20, list, 20, &at_once), 11);
    int receipts = 0;
    for (int i = 0; i < 11; i++)
        receipts += list[i].flags == EV_ERROR && list[i].data == 0 && list[i].identifier % 2 == 1;
    check_equal("receipts", receipts, 10);
    check("the error stands where it came up", list[3].identifier == 6 && list[3].flags == EV_ERROR);
    check_equal("its number", (long)list[3].data, EINVAL);
    check_errno("an error without room", change_event(queue, 9, -99, EV_ADD, 0, 0), EINVAL);
    struct kernel_event change = {.identifier = 1, .filter = EVFILT_USER, .flags = EV_ADD | EV_RECEIPT};
    check_equal("a receipt without room", sys_kevent(queue, &change, 1, 0, 0, 0), 0);
    // Changes with filter 0 are passed over.
    change.filter = 0;
    check_equal("filter 0", sys_kevent(queue, &change, 1, events, 1, &at_once), 0);
    sys_close(queue);
}

static void user_events(void) {
    int queue = (int)sys_kqueue();
    check_equal("EVFILT_USER", change_event(queue, 7, EVFILT_USER, EV_ADD | EV_CLEAR, 0x3, 0), 0);
    check_equal("not triggered", events_now(queue, events, 16), 0);
    change_event(queue, 7, EVFILT_USER, 0, NOTE_TRIGGER | NOTE_FFOR | 0x10, 99);
    check_equal("triggered", events_now(queue, events, 16), 1);
    expect("user", events, 7, EVFILT_USER, 99);
    check_equal("NOTE_FFOR", events[0].notes, 0x13);
    check_equal("told once", events_now(queue, events, 16), 0);
    change_event(queue, 7, EVFILT_USER, 0, NOTE_TRIGGER | NOTE_FFAND | 0x11, 0);
    events_now(queue, events, 16);
    check_equal("NOTE_FFAND", events[0].notes, 0x11);
    change_event(queue, 7, EVFILT_USER, 0, NOTE_TRIGGER | NOTE_FFCOPY | 0xabcdef, 0);
    events_now(queue, events, 16);
    check_equal("NOTE_FFCOPY", events[0].notes, 0xabcdef);
    change_event(queue, 7, EVFILT_USER, 0, NOTE_TRIGGER | 0x55, 0);
    events_now(queue, events, 16);
    check_equal("NOTE_FFNOP", events[0].notes, 0xabcdef);
    change_event(queue, 7, EVFILT_USER, EV_DISABLE, NOTE_TRIGGER, 0);
    check_equal("triggered while disabled", events_now(queue, events, 16), 0);
    change_event(queue, 7, EVFILT_USER, EV_ENABLE, 0, 0);
    check_equal("told when enabled", events_now(queue, events, 16), 1);

    // Without EV_CLEAR it stays, in turn with the others.
    change_event(queue, 1, EVFILT_USER, EV_ADD, 0, 0);
    change_event(queue, 2, EVFILT_USER, EV_ADD, 0, 0);
    change_event(queue, 2, EVFILT_USER, 0, NOTE_TRIGGER, 0);
    change_event(queue, 1, EVFILT_USER, 0, NOTE_TRIGGER, 0);
    check_equal("two", events_now(queue, events, 16), 2);
    check("in the order of their triggers", events[0].identifier == 2 && events[1].identifier == 1);
    int pipe[2], seen[3] = {0};
    sys_pipe2(pipe, 0);
    sys_write(pipe[1], "x", 1);
    change_event(queue, pipe[0], EVFILT_READ, EV_ADD, 0, 0);
    for (int i = 0; i < 12; i++) {
        events_now(queue, events, 1);
        seen[events[0].filter == EVFILT_READ ? 0 : events[0].identifier]++;
    }
    check("no event starves another", seen[0] >= 3 && seen[1] >= 3 && seen[2] >= 3);
    change_event(queue, 1, EVFILT_USER, EV_FORCEONESHOT, 0, 0);
    change_event(queue, 2, EVFILT_USER, EV_DELETE, 0, 0);
    change_event(queue, pipe[0], EVFILT_READ, EV_DELETE, 0, 0);
    check_equal("EV_FORCEONESHOT", events_now(queue, events, 16), 1);
    check_errno("ends the note", change_event(queue, 1, EVFILT_USER, EV_DELETE, 0, 0), ENOENT);
    sys_close(pipe[0]), sys_close(pipe[1]), sys_close(queue);
}

static int64_t milliseconds(void) {
    struct timespec now;
    sys_clock_gettime(CLOCK_MONOTONIC, &now);
    return now.seconds * 1000 + now.nanoseconds / 1000000;
}

static void timers(void) {
    int queue = (int)sys_kqueue();
    int64_t start = milliseconds();
    check_equal("EVFILT_TIMER", change_event(queue, 1, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, 30), 0);
    check_equal("not yet", events_now(queue, events, 16), 0);
    check_equal("expires", next_event(queue, &event, 5000), 1);
    expect("timer", &event, 1, EVFILT_TIMER, 1);
    check("after its time", milliseconds() - start >= 29);
    check_errno("once", change_event(queue, 1, EVFILT_TIMER, EV_DELETE, 0, 0), ENOENT);

    change_event(queue, 2, EVFILT_TIMER, EV_ADD, NOTE_USECONDS, 10000);
    struct timespec pause = {0, 100000000};
    sys_nanosleep(&pause, 0);
    check_equal("a period", events_now(queue, &event, 1), 1);
    check("expirations are counted", event.data >= 9 && event.data < 200);
    check("EV_CLEAR is set", event.flags & EV_CLEAR);
    check_equal("and again", next_event(queue, &event, 5000), 1);
    check("few since", event.data >= 1 && event.data < 100);
    check_equal("a new period", change_event(queue, 2, EVFILT_TIMER, EV_ADD, NOTE_SECONDS, 100), 0);
    check_equal("forgets the old", events_now(queue, events, 16), 0);
    check_equal("EV_DELETE", change_event(queue, 2, EVFILT_TIMER, EV_DELETE, 0, 0), 0);

    change_event(queue, 3, EVFILT_TIMER, EV_ADD | EV_ONESHOT, NOTE_NSECONDS, 1);
    check_equal("nanoseconds", next_event(queue, &event, 5000), 1);
    struct timespec now;
    sys_clock_gettime(CLOCK_REALTIME, &now);
    change_event(queue, 4, EVFILT_TIMER, EV_ADD | EV_ONESHOT, NOTE_ABSTIME | NOTE_MSECONDS,
                 now.seconds * 1000 + now.nanoseconds / 1000000 + 20);
    check_equal("NOTE_ABSTIME", next_event(queue, &event, 5000), 1);
    expect("NOTE_ABSTIME", &event, 4, EVFILT_TIMER, 1);
    change_event(queue, 5, EVFILT_TIMER, EV_ADD | EV_ONESHOT, NOTE_ABSTIME | NOTE_SECONDS, now.seconds - 1);
    check_equal("a time that is past", next_event(queue, &event, 5000), 1);
    check_errno("a negative time", change_event(queue, 6, EVFILT_TIMER, EV_ADD, 0, -1), EINVAL);
    check_errno("two units", change_event(queue, 6, EVFILT_TIMER, EV_ADD, NOTE_SECONDS | NOTE_USECONDS, 1), EINVAL);
    check_errno("an unknown unit", change_event(queue, 6, EVFILT_TIMER, EV_ADD, 0x20, 1), EINVAL);
    check_equal("a time beyond all", change_event(queue, 7, EVFILT_TIMER, EV_ADD, NOTE_SECONDS, INT64_MAX), 0);
    start = milliseconds();
    check_equal("a timeout", next_event(queue, &event, 30), 0);
    check("lasts its time", milliseconds() - start >= 29);
    struct timespec bad = {0, 1000000000};
    check_errno("a wrong timeout", sys_kevent(queue, 0, 0, &event, 1, &bad), EINVAL);
    bad = (struct timespec){-1, 0};
    check_errno("a negative timeout", sys_kevent(queue, 0, 0, &event, 1, &bad), EINVAL);
    check_equal("room for nothing: no wait", sys_kevent(queue, 0, 0, 0, 0, 0), 0);
    // A disabled timer goes on counting and wakes nobody.
    change_event(queue, 8, EVFILT_TIMER, EV_ADD | EV_DISABLE, 0, 5);
    check_equal("a disabled timer", next_event(queue, &event, 30), 0);
    change_event(queue, 8, EVFILT_TIMER, EV_ENABLE, 0, 0);
    check_equal("has counted", events_now(queue, &event, 1), 1);
    check("several", event.data >= 3);
    sys_close(queue);
}

static void writers(void) {
    int queue = (int)sys_kqueue(), pipe[2];
    sys_pipe2(pipe, O_NONBLOCK);
    change_event(queue, pipe[1], EVFILT_WRITE, EV_ADD, 0, 0);
    check_equal("room in a pipe", events_now(queue, events, 16), 1);
    check("how much", events[0].data >= 4096);
    static char block[65536];
    while (sys_write(pipe[1], block, sizeof block) > 0) {}
    check_equal("no room", events_now(queue, events, 16), 0);
    sys_read(pipe[0], block, sizeof block);
    check_equal("room again", events_now(queue, events, 16), 1);
    sys_close(pipe[0]);
    check_equal("no reader", events_now(queue, events, 16), 1);
    check("EV_EOF", events[0].flags & EV_EOF);
    sys_close(pipe[1]);

    sys_pipe2(pipe, 0);
    change_event(queue, pipe[0], EVFILT_READ, EV_ADD | EV_CLEAR, 0, 0);
    sys_write(pipe[1], "ab", 2);
    sys_close(pipe[1]);
    check_equal("no writer", events_now(queue, events, 16), 1);
    check("EV_EOF for the reader", events[0].flags & EV_EOF);
    check_equal("what is left", (long)events[0].data, 2);
    sys_close(pipe[0]);

    sys_close(queue);
}

static void descriptors(void) {
    int queue = (int)sys_kqueue(), outer = (int)sys_kqueue(), pipe[2];
    sys_pipe2(pipe, 0);
    change_event(queue, 1, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0);
    struct pollfd polled = {queue, POLLIN, 0};
    check_equal("a queue without events polls as empty", sys_poll(&polled, 1, 0), 0);
    check_equal("a queue in a queue", change_event(outer, queue, EVFILT_READ, EV_ADD, 0, 0), 0);
    check_errno("is only to be read", change_event(outer, queue, EVFILT_WRITE, EV_ADD, 0, 0), EINVAL);
    check_equal("nothing there", events_now(outer, events, 16), 0);
    change_event(queue, 1, EVFILT_USER, 0, NOTE_TRIGGER, 0);
    check_equal("poll of a queue with an event", sys_poll(&polled, 1, 1000), 1);
    check_equal("the outer queue has one", next_event(outer, &event, 1000), 1);
    expect("queue", &event, queue, EVFILT_READ, 1);
    events_now(queue, events, 16);
    check_equal("taken", sys_poll(&polled, 1, 0), 0);
    check_equal("from the outer queue, too", events_now(outer, events, 16), 0);
    change_event(queue, 2, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, 10);
    check_equal("poll waits for a timer", sys_poll(&polled, 1, 5000), 1);
    check_equal("so does the outer queue", next_event(outer, &event, 5000), 1);
    events_now(queue, events, 16);
    change_event(queue, pipe[0], EVFILT_READ, EV_ADD, 0, 0);
    sys_write(pipe[1], "x", 1);
    check_equal("poll sees a descriptor's event", sys_poll(&polled, 1, 0), 1);

    int copy = (int)sys_dup(queue);
    check_equal("a copy of the queue", events_now(copy, events, 16), 1);
    int other = (int)sys_dup(pipe[0]);
    sys_close(pipe[0]);
    check_equal("a note goes with its number", events_now(copy, events, 16), 0);
    sys_close(queue);
    check_equal("the copy lives on", change_event(copy, other, EVFILT_READ, EV_ADD, 0, 0), 0);
    check_equal("with events", events_now(copy, events, 16), 1);
    check_equal("dup2 over the descriptor", sys_dup2(pipe[1], other), other);
    check_equal("ends its note", events_now(copy, events, 16), 0);
    check_equal("kqueuex", sys_fcntl((int)sys_kqueuex(1), F_GETFD, 0), FD_CLOEXEC);
    check_errno("kqueuex with unknown flags", sys_kqueuex(2), EINVAL);

    int child = (int)sys_fork();
    if (child == 0) sys_exit(events_now(copy, events, 16) == -EBADF && sys_fcntl(copy, F_GETFD, 0) == -EBADF ? 0 : 1);
    check_equal("a child has no queue", wait_for(child), 0);
    child = (int)sys_vfork();
    if (child == 0) sys_exit(events_now(copy, events, 16) == -EBADF ? 0 : 1);
    check_equal("nor has a child of vfork", wait_for(child), 0);
    check_equal("the parent's is unharmed", events_now(copy, events, 16), 0);
    change_event(copy, 1, EVFILT_USER, 0, NOTE_TRIGGER, 0);
    check_equal("and works", events_now(copy, events, 16), 1);
    check_equal("close_range closes queues", sys_close_range(copy, copy, 0), 0);
    check_errno("closed", events_now(copy, events, 16), EBADF);
}

static void wild(void) {
    int queue = (int)sys_kqueue();
    struct kernel_event *nowhere = (struct kernel_event *)8;
    check_errno("wild changes", sys_kevent(queue, nowhere, 1, 0, 0, 0), EFAULT);
    check_errno("a wild timeout", sys_kevent(queue, 0, 0, events, 1, (struct timespec *)8), EFAULT);
    check_errno("very many changes", sys_kevent(queue, nowhere, 0x7fffffff, 0, 0, 0), EFAULT);
    check_equal("a negative number of changes", sys_kevent(queue, nowhere, -1, events, 1, &at_once), 0);
    check_errno("a negative number of events", sys_kevent(queue, 0, 0, events, -1, &at_once), EINVAL);
    change_event(queue, 1, EVFILT_USER, EV_ADD, 0, 0);
    change_event(queue, 1, EVFILT_USER, 0, NOTE_TRIGGER, 0);
    check_errno("wild events", sys_kevent(queue, 0, 0, nowhere, 1, &at_once), EFAULT);
    check_equal("very many events", sys_kevent(queue, 0, 0, events, 0x7fffffff, &at_once), 1);
    static char unaligned[2 * sizeof(struct kernel_event)];
    check_equal("an odd address", sys_kevent(queue, 0, 0, (struct kernel_event *)(unaligned + 1), 1, &at_once), 1);

    struct old_kernel_event old = {5, EVFILT_USER, EV_ADD, 0, 0, (void *)0x77};
    check_equal("the old kevent", sys_freebsd11_kevent(queue, &old, 1, 0, 0, 0), 0);
    old.flags = 0, old.notes = NOTE_TRIGGER, old.data = -3;
    change_event(queue, 1, EVFILT_USER, EV_DELETE, 0, 0);
    struct old_kernel_event found;
    check_equal("its events", sys_freebsd11_kevent(queue, &old, 1, &found, 1, &at_once), 1);
    check("are right", found.identifier == 5 && found.data == -3 && found.user_data == (void *)0x77);
    sys_close(queue);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    changes();
    receipts();
    user_events();
    timers();
    writers();
    descriptors();
    wild();
    return checks_failed();
}
