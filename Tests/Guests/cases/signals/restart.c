// Calls that wait, interrupted by a handler: which begin again with SA_RESTART, which end with EINTR all the same.
// Authority: sigaction(2), and the ERESTART and EINTR of each call in sys/kern. A child sends a signal twice and then
// does what the call waits for.
// conformance: slow
#include "cases.h"
#include "events.h"
#include "threads.h"

static volatile int count;

static void note(int signal) { (void)signal; count++; }

static int pair[2], parent;

enum end { WRITES, LEAVES, NOTHING };

// A child that sends SIGUSR1 twice, and ends what the call waits for in its way.
static int disturb(int flags, enum end end) {
    parent = (int)sys_getpid();
    count = 0;
    set_handler(SIGUSR1, (void *)note, flags);
    int child = (int)sys_fork();
    if (child) return child;
    for (int i = 0; i < 2; i++) {
        pause_for(30000000);
        sys_kill(parent, SIGUSR1);
    }
    pause_for(30000000);
    if (end == WRITES) sys_write(pair[1], "x", 1);
    if (end == NOTHING) pause_for(500000000);
    guest_exit(17);
}

static void pipes(void) { check_equal("pipe2", sys_pipe2(pair, 0), 0); }

#define RESTARTS(name, end, expression, wanted)                 \
    do {                                                        \
        int child_ = disturb(SA_RESTART, end);                  \
        check_equal(name ": with SA_RESTART", expression, wanted); \
        check_equal(name ": after both signals", count, 2);     \
        wait_for(child_);                                       \
    } while (0)
#define INTERRUPTED(name, flags, expression)                    \
    do {                                                        \
        int child_ = disturb(flags, NOTHING);                   \
        check_errno(name, expression, EINTR);                   \
        check_equal(name ": after one signal", count, 1);       \
        sys_kill(child_, SIGKILL);                              \
        wait_for(child_);                                       \
    } while (0)

static char byte;

CASE(read, "begins again with SA_RESTART, and ends with EINTR without") {
    pipes();
    RESTARTS("read", WRITES, sys_read(pair[0], &byte, 1), 1);
    INTERRUPTED("read without", 0, sys_read(pair[0], &byte, 1));
}

CASE(readv, "begins again with SA_RESTART, and ends with EINTR without") {
    struct iovec vector = {&byte, 1};
    pipes();
    RESTARTS("readv", WRITES, sys_readv(pair[0], &vector, 1), 1);
    INTERRUPTED("readv without", 0, sys_readv(pair[0], &vector, 1));
}

CASE(recvfrom, "begins again with SA_RESTART, and ends with EINTR without") {
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    RESTARTS("recvfrom", WRITES, sys_recvfrom(pair[0], &byte, 1, 0, 0, 0), 1);
    INTERRUPTED("recvfrom without", 0, sys_recvfrom(pair[0], &byte, 1, 0, 0, 0));
}

CASE(recvmsg, "begins again with SA_RESTART, and ends with EINTR without") {
    struct iovec vector = {&byte, 1};
    struct message message = {.vectors = &vector, .vector_count = 1};
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    RESTARTS("recvmsg", WRITES, sys_recvmsg(pair[0], &message, 0), 1);
    INTERRUPTED("recvmsg without", 0, sys_recvmsg(pair[0], &message, 0));
}

CASE(write, "into a full pipe: what was written, or EINTR when nothing was") {
    static char much[1 << 20];
    pipes();
    int child = disturb(0, NOTHING);
    long written = sys_write(pair[1], much, sizeof much);
    check("a part", written > 0 && written < (long)sizeof much);
    check_equal("after one signal", count, 1);
    sys_kill(child, SIGKILL);
    wait_for(child);
    INTERRUPTED("nothing", 0, sys_write(pair[1], much, 1));
}

CASE(accept, "begins again with SA_RESTART, and ends with EINTR without") {
    struct address4 address = {16, AF_INET, 0, {127, 0, 0, 1}, {0}};
    unsigned size = sizeof address;
    int listener = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    sys_bind(listener, &address, sizeof address);
    sys_listen(listener, 5);
    sys_getsockname(listener, &address, &size);
    INTERRUPTED("accept without", 0, sys_accept(listener, 0, 0));
    int child = disturb(SA_RESTART, NOTHING), other = (int)sys_fork();
    if (other == 0) {
        pause_for(150000000);
        guest_exit(sys_connect((int)sys_socket(AF_INET, SOCK_STREAM, 0), &address, sizeof address) != 0);
    }
    check("accept with SA_RESTART", sys_accept(listener, 0, 0) > 0);
    check_equal("after both signals", count, 2);
    sys_kill(child, SIGKILL);
    wait_for(child), wait_for(other);
}

CASE(wait4, "begins again with SA_RESTART, and ends with EINTR without") {
    int status = 0, child = disturb(SA_RESTART, LEAVES);
    check_equal("wait4", sys_wait4(child, &status, 0, 0), child);
    check_equal("status", status, 17 << 8);
    check_equal("after both signals", count, 2);
    child = disturb(0, LEAVES);
    check_errno("wait4 without", sys_wait4(child, &status, 0, 0), EINTR);
    wait_for(child);
}

CASE(wait6, "begins again with SA_RESTART, and ends with EINTR without") {
    int status = 0, child = disturb(SA_RESTART, LEAVES);
    check_equal("wait6", sys_wait6(0, child, &status, 16, 0, 0), child);
    check_equal("after both signals", count, 2);
    child = disturb(0, LEAVES);
    check_errno("wait6 without", sys_wait6(0, child, &status, 16, 0, 0), EINTR);
    wait_for(child);
}

CASE(flock, "begins again with SA_RESTART, and ends with EINTR without") {
    int file = (int)sys_open("f", O_RDWR | O_CREAT, 0600), other = (int)sys_open("f", O_RDWR, 0);
    sys_flock(other, LOCK_EX);
    INTERRUPTED("flock without", 0, sys_flock(file, LOCK_EX));
    int child = disturb(SA_RESTART, NOTHING), holder = (int)sys_fork();
    if (holder == 0) {
        pause_for(150000000);
        sys_flock(other, LOCK_UN);
        guest_exit(0);
    }
    check_equal("flock", sys_flock(file, LOCK_EX), 0);
    check_equal("after both signals", count, 2);
    sys_kill(child, SIGKILL);
    wait_for(child), wait_for(holder);
}

CASE(fcntl, "F_SETLKW begins again with SA_RESTART, and ends with EINTR without") {
    struct flock lock = {.type = F_WRLCK, .whence = SEEK_SET};
    int file = (int)sys_open("f", O_RDWR | O_CREAT, 0600), ready[2];
    sys_pipe2(ready, 0);
    int holder = (int)sys_fork();
    if (holder == 0) {
        sys_fcntl(file, F_SETLK, (long)&lock);
        sys_write(ready[1], "x", 1);
        pause_for(500000000);
        guest_exit(0);
    }
    sys_read(ready[0], &byte, 1);
    INTERRUPTED("fcntl without", 0, sys_fcntl(file, F_SETLKW, (long)&lock));
    int child = disturb(SA_RESTART, NOTHING);
    check_equal("fcntl", sys_fcntl(file, F_SETLKW, (long)&lock), 0);
    check_equal("after both signals", count, 2);
    sys_kill(child, SIGKILL);
    wait_for(child), wait_for(holder);
}

CASE(open, "of a FIFO begins again with SA_RESTART, and ends with EINTR without") {
    sys_mkfifo("fifo", 0600);
    INTERRUPTED("open without", 0, sys_open("fifo", O_RDONLY, 0));
    int child = disturb(SA_RESTART, NOTHING), other = (int)sys_fork();
    if (other == 0) {
        pause_for(150000000);
        guest_exit(sys_open("fifo", O_WRONLY, 0) < 0);
    }
    check("open", sys_open("fifo", O_RDONLY, 0) > 0);
    check_equal("after both signals", count, 2);
    sys_kill(child, SIGKILL);
    wait_for(child), wait_for(other);
}

// MARK: Calls that end with EINTR even with SA_RESTART

static struct timespec long_time = {5, 0};

CASE(nanosleep, "ends with EINTR even with SA_RESTART, and tells the rest") {
    struct timespec rest = {0};
    INTERRUPTED("nanosleep", SA_RESTART, sys_nanosleep(&long_time, &rest));
    check("the rest", rest.seconds == 4 && rest.nanoseconds > 0);
    // Its error is its value (kern_posix_error).
    INTERRUPTED("clock_nanosleep", SA_RESTART, -sys_clock_nanosleep(CLOCK_MONOTONIC, 0, &long_time, &rest));
    check("its rest", rest.seconds == 4);
}

CASE(select, "select, pselect, poll and ppoll end with EINTR even with SA_RESTART") {
    struct timeval five = {5, 0};
    struct pollfd none = {-1, POLLIN, 0};
    INTERRUPTED("select", SA_RESTART, sys_select(0, 0, 0, 0, &five));
    INTERRUPTED("pselect", SA_RESTART, sys_pselect(0, 0, 0, 0, &long_time, 0));
    INTERRUPTED("poll", SA_RESTART, sys_poll(&none, 1, 5000));
    INTERRUPTED("ppoll", SA_RESTART, sys_ppoll(&none, 1, &long_time, 0));
}

CASE(kevent, "ends with EINTR even with SA_RESTART") {
    struct kernel_event event;
    int queue = (int)sys_kqueue();
    INTERRUPTED("kevent", SA_RESTART, sys_kevent(queue, 0, 0, &event, 1, &long_time));
}

CASE(sigsuspend, "sigsuspend and sigtimedwait end with EINTR even with SA_RESTART") {
    struct signal_set none = {{0}}, other = signal_set_of(SIGUSR2);
    INTERRUPTED("sigsuspend", SA_RESTART, sys_sigsuspend(&none));
    INTERRUPTED("sigtimedwait", SA_RESTART, sys_sigtimedwait(&other, 0, &long_time));
}

CASE(umtx, "waits for words end with EINTR even with SA_RESTART when they have a time limit") {
    static volatile uint32_t word;
    INTERRUPTED("WAIT_UINT", SA_RESTART, umtx(&word, UMTX_OP_WAIT_UINT, 0, 0, &long_time));
    INTERRUPTED("WAIT_UINT without SA_RESTART", 0, umtx(&word, UMTX_OP_WAIT_UINT, 0, 0, 0));
}

CASE(semop, "ends with EINTR even with SA_RESTART") {
    struct { uint16_t number; int16_t operation, flags; } take = {0, -1, 0};
    int set = (int)sys_semget(0, 1, 01600);
    INTERRUPTED("semop", SA_RESTART, sys_semop(set, &take, 1));
    sys___semctl(set, 0, 0, 0);
}

CASE(msgrcv, "ends with EINTR even with SA_RESTART") {
    struct { long type; char text[8]; } message;
    int queue = (int)sys_msgget(0, 01600);
    INTERRUPTED("msgrcv", SA_RESTART, sys_msgrcv(queue, &message, 8, 0, 0));
    sys_msgctl(queue, 0, 0);
}
