// Event queues and threads: several wait for one queue while others change it, trigger it and close it.
#include "events.h"
#include "threads.h"

enum { WAITERS = 3, TRIGGERS = 200 };

static struct thread threads[WAITERS];
static volatile uint32_t ready, taken, is_over;
static volatile long results[WAITERS];
static int queue, pipe_ends[2];

static void take_events(void *argument) {
    long number = (long)argument;
    struct kernel_event event;
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    while (load(&is_over) == 0) {
        long result = next_event(queue, &event, 2000);
        if (result < 0) {
            results[number] = result;
            return;
        }
        if (result == 1) __atomic_fetch_add(&taken, 1, __ATOMIC_SEQ_CST);
    }
}

static void start(void (*body)(void *)) {
    ready = taken = is_over = 0;
    for (long i = 0; i < WAITERS; i++) {
        results[i] = 0;
        thread_start(&threads[i], body, (void *)i);
    }
    await(&ready, WAITERS);
}

static void join(void) {
    for (int i = 0; i < WAITERS; i++) thread_join(&threads[i]);
}

static void reaches(const char *name, volatile uint32_t *counter, uint32_t wanted) {
    for (int i = 0; i < 3000 && load(counter) < wanted; i++) pause_for(1000000);
    check_equal(name, load(counter), wanted);
}

static void triggers(void) {
    queue = (int)sys_kqueue();
    start(take_events);
    pause_for(20000000);
    // Notes are added while others wait.
    for (int i = 0; i < TRIGGERS; i++) {
        change_event(queue, i, EVFILT_USER, EV_ADD | EV_ONESHOT, 0, 0);
        change_event(queue, i, EVFILT_USER, 0, NOTE_TRIGGER, 0);
    }
    reaches("each trigger is taken once", &taken, TRIGGERS);

    taken = 0;
    sys_pipe2(pipe_ends, 0);
    change_event(queue, pipe_ends[0], EVFILT_READ, EV_ADD | EV_CLEAR, 0, 0);
    for (uint32_t i = 1; i <= 50; i++) {
        sys_write(pipe_ends[1], "x", 1);
        for (int turn = 0; turn < 2000 && load(&taken) < i; turn++) pause_for(100000);
    }
    check_equal("each change of a descriptor is told once", load(&taken), 50);

    taken = 0;
    change_event(queue, 1, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, 20);
    reaches("a timer wakes one", &taken, 1);
    pause_for(50000000);
    check_equal("and only one", load(&taken), 1);

    // Closing the queue ends the waits.
    sys_close(queue);
    join();
    for (int i = 0; i < WAITERS; i++) check_errno("a waiter of a closed queue", results[i], EBADF);
    sys_close(pipe_ends[0]), sys_close(pipe_ends[1]);
}

static void close_pipe(void *argument) {
    (void)argument;
    pause_for(20000000);
    sys_close(pipe_ends[1]);
}

static void trigger_later(void *argument) {
    (void)argument;
    pause_for(20000000);
    change_event(queue, 5, EVFILT_USER, 0, NOTE_TRIGGER, 0);
}

static void changes(void) {
    static struct thread other;
    struct kernel_event event;
    queue = (int)sys_kqueue();
    sys_pipe2(pipe_ends, 0);
    change_event(queue, pipe_ends[0], EVFILT_READ, EV_ADD, 0, 0);
    thread_start(&other, close_pipe, 0);
    check_equal("the end of a pipe wakes", next_event(queue, &event, 5000), 1);
    check("EV_EOF", event.flags & EV_EOF);
    thread_join(&other);
    change_event(queue, pipe_ends[0], EVFILT_READ, EV_DELETE, 0, 0);
    change_event(queue, 5, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0);
    thread_start(&other, trigger_later, 0);
    struct pollfd polled = {queue, POLLIN, 0};
    check_equal("poll of a queue wakes", sys_poll(&polled, 1, 5000), 1);
    thread_join(&other);
    check_equal("with the event", events_now(queue, &event, 1), 1);
    sys_close(queue), sys_close(pipe_ends[0]);
}

// Many threads at one queue and its notes: nothing may be lost, and nothing may break.
static void work(void *argument) {
    long number = (long)argument;
    struct kernel_event event;
    int own[2];
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < 200; i++) {
        sys_pipe2(own, 0);
        change_event(queue, own[0], EVFILT_READ, EV_ADD | EV_DISPATCH, 0, 0);
        change_event(queue, (unsigned long)(1000 + number), EVFILT_TIMER, EV_ADD | EV_ONESHOT, NOTE_USECONDS, 50);
        sys_write(own[1], "x", 1);
        if (next_event(queue, &event, 0) < 0) results[number]++;
        sys_close(own[0]), sys_close(own[1]);
        if (i % 50 == 0) {
            int child = (int)sys_fork();
            if (child == 0) sys_exit(sys_fcntl(queue, F_GETFD, 0) == -EBADF ? 0 : 1);
            if (wait_for(child) != 0) results[number]++;
        }
    }
    __atomic_fetch_add(&taken, 1, __ATOMIC_SEQ_CST);
}

static void storm(void) {
    queue = (int)sys_kqueue();
    start(work);
    join();
    check_equal("all have worked", load(&taken), WAITERS);
    for (int i = 0; i < WAITERS; i++) check_equal("without an error", results[i], 0);
    struct kernel_event events[16];
    while (events_now(queue, events, 16) > 0) {}
    change_event(queue, 1, EVFILT_USER, EV_ADD, 0, 0);
    change_event(queue, 1, EVFILT_USER, 0, NOTE_TRIGGER, 0);
    check_equal("the queue works", events_now(queue, events, 16), 1);
    sys_close(queue);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    triggers();
    changes();
    storm();
    return checks_failed();
}
