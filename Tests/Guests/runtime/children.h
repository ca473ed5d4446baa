// Children that behaviour cases start, and who runs them.
#ifndef GUEST_CHILDREN_H
#define GUEST_CHILDREN_H

#include "cases.h"

enum { SOME_USER = 4321, SOME_GROUP = 5432, NO_PROCESS = 99998 };

static inline int is_root(void) { return sys_geteuid() == 0; }

static inline void need_root(void) {
    if (!is_root()) skip_case("needs root");
}

static inline void need_ordinary_user(void) {
    if (is_root()) skip_case("root may");
}

static inline void pause_milliseconds(int count) {
    struct timespec time = {count / 1000, count % 1000 * 1000000L};
    sys_nanosleep(&time, 0);
}

static inline int child_exiting(int status) {
    int child = (int)sys_fork();
    if (child == 0) guest_exit(status);
    return child;
}

// A child that lasts until a signal ends it.
static inline int child_pausing(void) {
    int child = (int)sys_fork();
    if (child == 0)
        for (;;) pause_milliseconds(1000);
    return child;
}

// The time of a processor, in microseconds. The host may count all of a short time as the system's.
static inline int64_t processor_time(const struct rusage *usage) {
    return (usage->user.seconds + usage->system.seconds) * 1000000 + usage->user.microseconds + usage->system.microseconds;
}

// Waits until the child is a zombie, and leaves it one.
static inline void await_zombie(int child) {
    struct signal_info info;
    while (sys_wait6(P_PID, child, 0, WEXITED | WNOWAIT, 0, &info) == -EINTR)
        ;
}

static inline void end_child(int child) {
    sys_kill(child, SIGKILL);
    wait_for(child);
}

// Runs a body in a child and tells whether it exited with 0: 1, or what it exited with, or minus the signal.
static inline int outcome_of_child(int (*body)(void)) {
    int child = (int)sys_fork();
    if (child == 0) guest_exit(body() & 0xff);
    int status = wait_for(child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// Becomes an ordinary user for good.
static inline void become_ordinary_user(void) {
    if (!is_root()) return;
    if (sys_setresgid(SOME_GROUP, SOME_GROUP, SOME_GROUP) != 0 || sys_setresuid(SOME_USER, SOME_USER, SOME_USER) != 0)
        skip_case("cannot become another user");
}

// A page that one may not touch.
static inline void *unmapped_page(void) {
    void *page = (void *)sys_mmap(0, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);
    sys_munmap(page, PAGE);
    return page;
}

// Memory that children share with their parents.
static inline void *shared_page(void) {
    return (void *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
}

#endif
