#define _GNU_SOURCE
#include "interruption.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

// Handlers, unlike a blocked or an ignored signal, are nothing that programs inherit.
static int ends[2] = {-1, -1};

static void tell(int number) {
    int before = errno;
    unsigned char byte = (unsigned char)number;
    // A full pipe has been told already.
    if (write(ends[1], &byte, 1) < 0)
        errno = before;
}

static void leave_to_coordinator(int number) { (void)number; }

static int handle(int number, void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    return sigaction(number, &action, NULL);
}

int catch_interruptions(int is_worker) {
    if (pipe2(ends, O_CLOEXEC) != 0 || fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0
        || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
        return errno;
    if (handle(SIGTERM, tell) != 0 || handle(SIGHUP, tell) != 0
        || handle(SIGINT, is_worker ? leave_to_coordinator : tell) != 0)
        return errno;
    return is_worker && prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 ? errno : 0;
}

int wait_for_interruption(void) {
    unsigned char number = 0;
    while (read(ends[0], &number, 1) != 1)
        continue;
    return number;
}

void end_by_signal(int number) {
    signal(number, SIG_DFL);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, number);
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    kill(getpid(), number);
    // It is delivered to some thread before the call returns, or soon after.
    for (;;)
        pause();
}
