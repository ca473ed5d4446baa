// Event queues: processes, process descriptors and signals (kqueue(2)).
#include "events.h"

static struct kernel_event event, events[8];
static volatile int handled;

static void on_signal(int signal) {
    (void)signal;
    handled++;
}

static void pause_for(int milliseconds) {
    struct timespec time = {0, milliseconds * 1000000};
    sys_nanosleep(&time, 0);
}

static int child_that_exits(int status, int after) {
    int child = (int)sys_fork();
    if (child == 0) {
        pause_for(after);
        sys_exit(status);
    }
    return child;
}

static void processes(void) {
    int queue = (int)sys_kqueue();
    int child = child_that_exits(7, 20);
    check_equal("EVFILT_PROC", change_event(queue, child, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0), 0);
    check_equal("the child ends", next_event(queue, &event, 5000), 1);
    check_equal("its number", (long)event.identifier, child);
    check_equal("NOTE_EXIT", event.notes == NOTE_EXIT, 1);
    check_equal("its status", (long)event.data, 7 << 8);
    check("EV_EOF, EV_ONESHOT and EV_CLEAR", event.flags == (EV_EOF | EV_ONESHOT | EV_CLEAR));
    check_equal("told once", events_now(queue, events, 8), 0);
    check_errno("the note is gone", change_event(queue, child, EVFILT_PROC, EV_DELETE, 0, 0), ENOENT);
    check_equal("the child is still to be waited for", wait_for(child), 7 << 8);
    check_errno("a process that is gone", change_event(queue, child, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0), ESRCH);
    check_errno("no process", change_event(queue, 0, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0), ESRCH);
    check_errno("no number", change_event(queue, -1ul, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0), ESRCH);

    child = (int)sys_fork();
    if (child == 0) {
        pause_for(5000);
        sys_exit(1);
    }
    change_event(queue, child, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0);
    check_equal("the child lives", next_event(queue, &event, 10), 0);
    sys_kill(child, SIGTERM);
    check_equal("a child that is killed", next_event(queue, &event, 5000), 1);
    check_equal("by which signal", (long)event.data, SIGTERM);
    wait_for(child);

    // A child that has ended already.
    child = child_that_exits(3, 0);
    struct signal_info info;
    memset(&info, 0, sizeof info);
    while (sys_wait6(0, child, 0, 1 | 8 | 16, 0, &info) == 0) pause_for(1);
    change_event(queue, child, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0);
    check_equal("a zombie", next_event(queue, &event, 5000), 1);
    check_equal("a zombie's status", (long)event.data, 3 << 8);
    wait_for(child);

    // A disabled note tells when it is enabled, and does not keep the queue awake.
    child = child_that_exits(4, 0);
    change_event(queue, child, EVFILT_PROC, EV_ADD | EV_DISABLE, NOTE_EXIT, 0);
    check_equal("a disabled note", next_event(queue, &event, 50), 0);
    change_event(queue, child, EVFILT_PROC, EV_ENABLE, NOTE_EXIT, 0);
    check_equal("enabled", next_event(queue, &event, 5000), 1);
    check_equal("status", (long)event.data, 4 << 8);
    wait_for(child);
    sys_close(queue);
}

static void forks(const char *program) {
    int queue = (int)sys_kqueue(), self = (int)sys_getpid();
    // This process.
    check_equal("NOTE_FORK of this process", change_event(queue, self, EVFILT_PROC, EV_ADD, NOTE_FORK, 0), 0);
    int child = child_that_exits(0, 0);
    check_equal("it forks", next_event(queue, &event, 5000), 1);
    check("NOTE_FORK", event.notes == NOTE_FORK && event.identifier == (unsigned long)self);
    wait_for(child);
    child = (int)sys_vfork();
    if (child == 0) sys_exit(0);
    check_equal("it forks in the other way", next_event(queue, &event, 5000), 1);
    wait_for(child);

    // NOTE_TRACK: a note for the child comes by itself.
    change_event(queue, self, EVFILT_PROC, EV_ADD, NOTE_TRACK | NOTE_EXIT | NOTE_FORK, 0);
    child = child_that_exits(6, 20);
    int saw_fork = 0, saw_child = 0, saw_exit = 0;
    for (int i = 0; i < 10 && !saw_exit; i++) {
        if (next_event(queue, &event, 5000) != 1) break;
        if (event.identifier == (unsigned long)self) saw_fork += event.notes == NOTE_FORK;
        if (event.identifier != (unsigned long)child) continue;
        if (event.notes == NOTE_CHILD) saw_child += event.data == self;
        if (event.notes & NOTE_EXIT) saw_exit += event.data == 6 << 8;
    }
    check_equal("NOTE_FORK with NOTE_TRACK", saw_fork, 1);
    check_equal("NOTE_CHILD names the parent", saw_child, 1);
    check_equal("NOTE_EXIT of the child", saw_exit, 1);
    wait_for(child);
    change_event(queue, self, EVFILT_PROC, EV_DELETE, 0, 0);

    // Another process, which forks and becomes another program.
    int pipe[2];
    char byte;
    sys_pipe2(pipe, 0);
    child = (int)sys_fork();
    if (child == 0) {
        sys_read(pipe[0], &byte, 1);
        int grandchild = child_that_exits(0, 0);
        wait_for(grandchild);
        char *arguments[] = {(char *)program, "exit", 0}, *environment[] = {0};
        sys_execve(program, arguments, environment);
        sys_exit(1);
    }
    change_event(queue, child, EVFILT_PROC, EV_ADD, NOTE_FORK | NOTE_EXEC | NOTE_EXIT, 0);
    pause_for(20);
    sys_write(pipe[1], "x", 1);
    unsigned seen = 0;
    int64_t status = -1;
    while (!(seen & NOTE_EXIT) && next_event(queue, &event, 5000) == 1) {
        seen |= event.notes;
        if (event.notes & NOTE_EXIT) status = event.data;
    }
    check("NOTE_FORK of a child", seen & NOTE_FORK);
    check("NOTE_EXEC of a child", seen & NOTE_EXEC);
    check_equal("NOTE_EXIT of the new program", (long)status, 17 << 8);
    wait_for(child);
    sys_close(pipe[0]), sys_close(pipe[1]), sys_close(queue);
}

static void signals(void) {
    int queue = (int)sys_kqueue(), self = (int)sys_getpid();
    check_equal("EVFILT_SIGNAL", change_event(queue, SIGUSR1, EVFILT_SIGNAL, EV_ADD, 0, 0), 0);
    set_handler(SIGUSR1, SIG_IGN, 0);
    check_equal("no signal", events_now(queue, events, 8), 0);
    sys_kill(self, SIGUSR1);
    sys_kill(self, SIGUSR1);
    check_equal("an ignored signal", events_now(queue, events, 8), 1);
    check_equal("its number", (long)events[0].identifier, SIGUSR1);
    check_equal("how often", (long)events[0].data, 2);
    check_equal("told once", events_now(queue, events, 8), 0);

    // From another process, while this one waits: the wait is not interrupted.
    int child = (int)sys_fork();
    if (child == 0) {
        pause_for(20);
        sys_kill(self, SIGUSR1);
        sys_exit(0);
    }
    check_equal("an ignored signal wakes the queue", next_event(queue, &event, 5000), 1);
    check_equal("once", (long)event.data, 1);
    wait_for(child);

    // One that is caught is counted, and interrupts a wait that has nothing else to tell.
    set_handler(SIGUSR1, (void *)on_signal, SA_RESTART);
    sys_kill(self, SIGUSR1);
    check_equal("handled", handled, 1);
    check_equal("and counted", events_now(queue, events, 8), 1);
    change_event(queue, SIGUSR1, EVFILT_SIGNAL, EV_DELETE, 0, 0);
    child = (int)sys_fork();
    if (child == 0) {
        pause_for(20);
        sys_kill(self, SIGUSR1);
        sys_exit(0);
    }
    check_errno("a handler ends the wait, SA_RESTART or not", next_event(queue, &event, 5000), EINTR);
    check_equal("after it ran", handled, 2);
    wait_for(child);

    // A blocked one is counted when it arrives.
    struct signal_set set = signal_set_of(SIGUSR2);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    change_event(queue, SIGUSR2, EVFILT_SIGNAL, EV_ADD, 0, 0);
    sys_kill(self, SIGUSR2);
    check_equal("a blocked signal", events_now(queue, events, 8), 1);
    struct signal_set pending;
    sys_sigpending(&pending);
    check("still waits", signal_set_has(&pending, SIGUSR2));

    // SIGCHLD does nothing by default and is counted all the same.
    change_event(queue, SIGCHLD, EVFILT_SIGNAL, EV_ADD, 0, 0);
    child = child_that_exits(0, 10);
    check_equal("SIGCHLD", next_event(queue, &event, 5000), 1);
    check_equal("is counted", (long)event.identifier, SIGCHLD);
    check_equal("and the child is there", wait_for(child), 0);
    check_equal("a number that is no signal", change_event(queue, 4711, EVFILT_SIGNAL, EV_ADD, 0, 0), 0);
    sys_close(queue);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)environment;
    if (argument_count > 1) guest_exit(17);
    processes();
    forks(arguments[0]);
    signals();
    return checks_failed();
}
