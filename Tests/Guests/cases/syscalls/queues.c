// Event queues: kqueue(2), kevent(2), kqueuex(2).
#include "../../runtime/children.h"
#include "../../runtime/events.h"

static struct kernel_event event, events[8];
static int ends[2];

static int queue_of(void) {
    int queue = (int)sys_kqueue();
    check("kqueue", queue >= 0);
    return queue;
}

static int watched_pipe(int flags) {
    int queue = queue_of();
    sys_pipe2(ends, 0);
    check_equal("EV_ADD", change_event(queue, (unsigned long)ends[0], EVFILT_READ, EV_ADD | flags, 0, 0), 0);
    return queue;
}

static void count(int signal) { (void)signal; }

CASE(kqueue, "makes a queue") {
    int queue = queue_of();
    struct file_status status;
    check_equal("fstat", sys_fstat(queue, &status), 0);
    check_equal("empty", events_now(queue, events, 8), 0);
}

// kqueue(2): a queue is not inherited by a child created with fork.
CASE(kqueue, "is not inherited") {
    int queue = watched_pipe(0), child = (int)sys_fork();
    if (child == 0) guest_exit(events_now(queue, events, 8) == -EBADF ? 0 : 1);
    check_equal("in the child", wait_for(child), 0);
}

CASE(kqueue, "is bound by the limit of descriptors") {
    struct rlimit limit;
    int queue = queue_of();
    sys_getrlimit(RLIMIT_NOFILE, &limit);
    limit.soft = queue;
    sys_setrlimit(RLIMIT_NOFILE, &limit);
    check_errno("kqueue", sys_kqueue(), EMFILE);
}

CASE(kqueuex, "closes on exec when asked to") {
    check_equal("KQUEUE_CLOEXEC", sys_fcntl((int)sys_kqueuex(1), F_GETFD, 0), FD_CLOEXEC);
    check_equal("without", sys_fcntl((int)sys_kqueuex(0), F_GETFD, 0), 0);
    check_errno("unknown flag", sys_kqueuex(0x100), EINVAL);
}

CASE(kevent, "tells of what can be read") {
    int queue = watched_pipe(0);
    check_equal("nothing yet", events_now(queue, events, 8), 0);
    sys_write(ends[1], "abc", 3);
    check_equal("one", events_now(queue, events, 8), 1);
    check("which", events[0].identifier == (unsigned long)ends[0] && events[0].filter == EVFILT_READ);
    check_equal("bytes", (long)events[0].data, 3);
    check_equal("still there", events_now(queue, events, 8), 1);
}

CASE(kevent, "gives the caller's own word back") {
    int queue = queue_of();
    sys_pipe2(ends, 0);
    struct kernel_event change = {(unsigned long)ends[1], EVFILT_WRITE, EV_ADD, 0, 0, &events, {0}};
    change.extension[0] = 5;
    change.extension[3] = 0x1122334455667788;
    check_equal("kevent", sys_kevent(queue, &change, 1, &event, 1, &at_once), 1);
    check("user data", event.user_data == &events);
    check("extension", event.extension[3] == 0x1122334455667788);
}

CASE(kevent, "tells once with EV_ONESHOT") {
    int queue = watched_pipe(EV_ONESHOT);
    sys_write(ends[1], "a", 1);
    check_equal("one", events_now(queue, events, 8), 1);
    check_equal("none", events_now(queue, events, 8), 0);
    check_errno("gone", change_event(queue, (unsigned long)ends[0], EVFILT_READ, EV_DELETE, 0, 0), ENOENT);
}

CASE(kevent, "tells of changes with EV_CLEAR") {
    int queue = watched_pipe(EV_CLEAR);
    sys_write(ends[1], "a", 1);
    check_equal("one", events_now(queue, events, 8), 1);
    check_equal("none", events_now(queue, events, 8), 0);
    sys_write(ends[1], "b", 1);
    check_equal("one", events_now(queue, events, 8), 1);
}

CASE(kevent, "disables after telling with EV_DISPATCH") {
    int queue = watched_pipe(EV_DISPATCH);
    sys_write(ends[1], "a", 1);
    check_equal("one", events_now(queue, events, 8), 1);
    check_equal("none", events_now(queue, events, 8), 0);
    check_equal("EV_ENABLE", change_event(queue, (unsigned long)ends[0], EVFILT_READ, EV_ENABLE | EV_DISPATCH, 0, 0), 0);
    check_equal("one", events_now(queue, events, 8), 1);
}

CASE(kevent, "says nothing while disabled") {
    int queue = watched_pipe(EV_DISABLE);
    sys_write(ends[1], "a", 1);
    check_equal("none", events_now(queue, events, 8), 0);
    check_equal("EV_ENABLE", change_event(queue, (unsigned long)ends[0], EVFILT_READ, EV_ENABLE, 0, 0), 0);
    check_equal("one", events_now(queue, events, 8), 1);
}

CASE(kevent, "forgets with EV_DELETE") {
    int queue = watched_pipe(0);
    sys_write(ends[1], "a", 1);
    check_equal("EV_DELETE", change_event(queue, (unsigned long)ends[0], EVFILT_READ, EV_DELETE, 0, 0), 0);
    check_equal("none", events_now(queue, events, 8), 0);
    check_errno("once", change_event(queue, (unsigned long)ends[0], EVFILT_READ, EV_DELETE, 0, 0), ENOENT);
}

CASE(kevent, "forgets what is closed") {
    int queue = watched_pipe(0);
    sys_write(ends[1], "a", 1);
    sys_close(ends[0]);
    check_equal("none", events_now(queue, events, 8), 0);
}

CASE(kevent, "acknowledges with EV_RECEIPT") {
    int queue = queue_of();
    sys_pipe2(ends, 0);
    sys_write(ends[1], "a", 1);
    struct kernel_event change = {(unsigned long)ends[0], EVFILT_READ, EV_ADD | EV_RECEIPT, 0, 0, 0, {0}};
    check_equal("kevent", sys_kevent(queue, &change, 1, events, 8, 0), 1);
    check("EV_ERROR of zero", events[0].flags & EV_ERROR && events[0].data == 0);
}

CASE(kevent, "puts errors into the list") {
    int queue = queue_of();
    struct kernel_event change = {300, EVFILT_READ, EV_ADD, 0, 0, 0, {0}};
    check_equal("kevent", sys_kevent(queue, &change, 1, events, 8, 0), 1);
    check("EV_ERROR", events[0].flags & EV_ERROR && events[0].identifier == 300);
    check_equal("EBADF", (long)events[0].data, EBADF);
    check_errno("without room", sys_kevent(queue, &change, 1, 0, 0, 0), EBADF);
}

CASE(kevent, "refuses unknown filters") {
    int queue = queue_of();
    check_errno("-99", change_event(queue, 0, -99, EV_ADD, 0, 0), EINVAL);
    check_errno("5", change_event(queue, 0, 5, EV_ADD, 0, 0), EINVAL);
}

CASE(kevent, "refuses what is no queue") {
    int file = (int)sys_open("file", O_RDWR | O_CREAT, 0600);
    check_errno("file", events_now(file, events, 8), EBADF);
    check_errno("not open", events_now(300, events, 8), EBADF);
}

CASE(kevent, "refuses bad addresses") {
    int queue = watched_pipe(0);
    sys_write(ends[1], "a", 1);
    check_errno("changes", sys_kevent(queue, unmapped_page(), 1, 0, 0, 0), EFAULT);
    check_errno("events", sys_kevent(queue, 0, 0, unmapped_page(), 1, &at_once), EFAULT);
    check_errno("time", sys_kevent(queue, 0, 0, events, 1, unmapped_page()), EFAULT);
}

CASE(kevent, "waits as long as it may") {
    int queue = queue_of();
    struct timespec time = {0, 50000000};
    check_equal("50 ms", sys_kevent(queue, 0, 0, events, 1, &time), 0);
    time.nanoseconds = 1000000000;
    check_errno("no time", sys_kevent(queue, 0, 0, events, 1, &time), EINVAL);
}

CASE(kevent, "waits for events") {
    int queue = watched_pipe(0), child = (int)sys_fork();
    if (child == 0) {
        pause_milliseconds(50);
        sys_write(ends[1], "x", 1);
        guest_exit(0);
    }
    check_equal("one", sys_kevent(queue, 0, 0, events, 8, 0), 1);
    wait_for(child);
}

CASE(kevent, "is interrupted by a handler") {
    int queue = queue_of(), parent = (int)sys_getpid();
    set_handler(SIGUSR1, (void *)count, SA_RESTART);
    int child = (int)sys_fork();
    if (child == 0) {
        for (;;) {
            pause_milliseconds(100);
            sys_kill(parent, SIGUSR1);
        }
    }
    check_errno("kevent", sys_kevent(queue, 0, 0, events, 1, 0), EINTR);
    end_child(child);
}

CASE(kevent, "gives no more than there is room for") {
    int queue = queue_of(), more[2];
    sys_pipe2(ends, 0);
    sys_pipe2(more, 0);
    change_event(queue, (unsigned long)ends[1], EVFILT_WRITE, EV_ADD, 0, 0);
    change_event(queue, (unsigned long)more[1], EVFILT_WRITE, EV_ADD, 0, 0);
    check_equal("one", events_now(queue, events, 1), 1);
    check_equal("both", events_now(queue, events, 8), 2);
    check_equal("none wanted", sys_kevent(queue, 0, 0, 0, 0, 0), 0);
}

CASE(kevent, "tells of the end of a pipe") {
    int queue = watched_pipe(0);
    sys_close(ends[1]);
    check_equal("one", events_now(queue, events, 8), 1);
    check("EV_EOF", events[0].flags & EV_EOF && events[0].data == 0);
}

CASE(kevent, "tells of the bytes of a file") {
    int queue = queue_of(), file = (int)sys_open("file", O_RDWR | O_CREAT, 0600);
    sys_write(file, "12345", 5);
    sys_lseek(file, 2, SEEK_SET);
    check_equal("EV_ADD", change_event(queue, (unsigned long)file, EVFILT_READ, EV_ADD, 0, 0), 0);
    check_equal("one", events_now(queue, events, 8), 1);
    check_equal("bytes", (long)events[0].data, 3);
    sys_lseek(file, 0, SEEK_END);
    check_equal("none at the end", events_now(queue, events, 8), 0);
}

CASE(kevent, "tells of changes of files") {
    int queue = queue_of(), file = (int)sys_open("file", O_RDWR | O_CREAT, 0600);
    check_equal("EV_ADD", change_event(queue, (unsigned long)file, EVFILT_VNODE, EV_ADD | EV_CLEAR,
                                       NOTE_WRITE | NOTE_EXTEND | NOTE_ATTRIB | NOTE_DELETE | NOTE_RENAME, 0), 0);
    sys_write(file, "x", 1);
    check_equal("write", next_event(queue, &event, 2000), 1);
    check("NOTE_WRITE", event.notes & NOTE_WRITE);
    sys_fchmod(file, 0640);
    check_equal("mode", next_event(queue, &event, 2000), 1);
    check("NOTE_ATTRIB", event.notes & NOTE_ATTRIB);
    sys_rename("file", "other");
    check_equal("rename", next_event(queue, &event, 2000), 1);
    check("NOTE_RENAME", event.notes & NOTE_RENAME);
}

CASE(kevent, "tells how a process ends") {
    int queue = queue_of(), child = child_pausing();
    check_equal("EV_ADD", change_event(queue, (unsigned long)child, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0), 0);
    check_equal("not yet", events_now(queue, events, 8), 0);
    sys_kill(child, SIGKILL);
    check_equal("ended", next_event(queue, &event, 5000), 1);
    check("NOTE_EXIT", event.notes & NOTE_EXIT && event.identifier == (unsigned long)child);
    check_equal("status", (long)event.data, SIGKILL);
    wait_for(child);
    check_errno("nobody", change_event(queue, NO_PROCESS, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0), ESRCH);
}

CASE(kevent, "counts signals") {
    int queue = queue_of();
    set_handler(SIGUSR1, SIG_IGN, 0);
    check_equal("EV_ADD", change_event(queue, SIGUSR1, EVFILT_SIGNAL, EV_ADD, 0, 0), 0);
    sys_kill((int)sys_getpid(), SIGUSR1);
    sys_kill((int)sys_getpid(), SIGUSR1);
    check_equal("one", next_event(queue, &event, 2000), 1);
    check_equal("two signals", (long)event.data, 2);
}

CASE(kevent, "counts time") {
    int queue = queue_of();
    check_equal("EV_ADD", change_event(queue, 1, EVFILT_TIMER, EV_ADD, NOTE_MSECONDS, 20), 0);
    check_equal("first", next_event(queue, &event, 5000), 1);
    check("expirations", event.data >= 1);
    check_equal("second", next_event(queue, &event, 5000), 1);
    check_equal("EV_DELETE", change_event(queue, 1, EVFILT_TIMER, EV_DELETE, 0, 0), 0);
    check_equal("no more", next_event(queue, &event, 60), 0);
}

CASE(kevent, "counts time once") {
    int queue = queue_of();
    change_event(queue, 1, EVFILT_TIMER, EV_ADD | EV_ONESHOT, NOTE_USECONDS, 20000);
    check_equal("first", next_event(queue, &event, 5000), 1);
    check_equal("no more", next_event(queue, &event, 60), 0);
}

CASE(kevent, "counts time until a date") {
    struct timespec now;
    int queue = queue_of();
    sys_clock_gettime(CLOCK_REALTIME, &now);
    change_event(queue, 1, EVFILT_TIMER, EV_ADD | EV_ONESHOT, NOTE_SECONDS | NOTE_ABSTIME, now.seconds - 5);
    check_equal("it is past", next_event(queue, &event, 5000), 1);
}

// filt_timervalidate: no negative time, and no other notes than the units.
CASE(kevent, "refuses what is no time") {
    int queue = queue_of();
    check_errno("negative", change_event(queue, 1, EVFILT_TIMER, EV_ADD, 0, -1), EINVAL);
    check_errno("notes", change_event(queue, 1, EVFILT_TIMER, EV_ADD, 0x100, 10), EINVAL);
}

CASE(kevent, "tells of the caller's own events") {
    int queue = queue_of();
    check_equal("EV_ADD", change_event(queue, 7, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0), 0);
    check_equal("not yet", events_now(queue, events, 8), 0);
    check_equal("NOTE_TRIGGER", change_event(queue, 7, EVFILT_USER, 0, NOTE_TRIGGER | NOTE_FFCOPY | 0x55, 0), 0);
    check_equal("one", events_now(queue, events, 8), 1);
    check_equal("notes", events[0].notes & 0xff, 0x55);
    check_equal("cleared", events_now(queue, events, 8), 0);
    check_errno("not there", change_event(queue, 8, EVFILT_USER, 0, NOTE_TRIGGER, 0), ENOENT);
}

CASE(kevent, "watches another queue") {
    int inner = watched_pipe(0), queue = queue_of();
    check_equal("EV_ADD", change_event(queue, (unsigned long)inner, EVFILT_READ, EV_ADD, 0, 0), 0);
    check_equal("nothing", events_now(queue, events, 8), 0);
    sys_write(ends[1], "a", 1);
    check_equal("one", next_event(queue, &event, 2000), 1);
    check_equal("the inner queue", (long)event.identifier, inner);
    struct pollfd polled = {inner, POLLIN, 0};
    check_equal("poll", sys_poll(&polled, 1, 0), 1);
}

CASE(kevent, "waits for enough with NOTE_LOWAT") {
    int queue = queue_of();
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    check_equal("EV_ADD", change_event(queue, (unsigned long)ends[0], EVFILT_READ, EV_ADD, NOTE_LOWAT, 5), 0);
    sys_write(ends[1], "abc", 3);
    check_equal("too few", events_now(queue, events, 8), 0);
    sys_write(ends[1], "de", 2);
    check_equal("enough", events_now(queue, events, 8), 1);
}

CASE(kevent, "changes what it watches already") {
    int queue = watched_pipe(0);
    sys_write(ends[1], "a", 1);
    struct kernel_event change = {(unsigned long)ends[0], EVFILT_READ, EV_ADD, 0, 0, &event, {0}};
    check_equal("kevent", sys_kevent(queue, &change, 1, events, 8, &at_once), 1);
    check("the new word", events[0].user_data == &event);
}
