// signal_storm [FACTOR]: many signals, none lost, none doubled, whatever the program is doing when they come.
// FACTOR 10 sends 100,000 of its own and 20,000 queued ones.
#include "guest.h"

static long factor = 1;

static volatile long seen, sum, wrong_value;

static void on_count(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info, (void)context;
    seen++;
}

static void on_queued(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)context;
    long value = (long)info->value.pointer;
    if (info->code != SI_QUEUE || value != seen)
        wrong_value++;
    seen++;
    sum += value;
}


// Each signal of the child answers a byte, so an ordinary signal never finds another one pending.
static void ping_pong(void) {
    long rounds = 1000 * factor;
    int to_child[2], status;
    char byte = 'x';
    sys_pipe2(to_child, 0);
    set_handler(SIGUSR1, (void *)on_count, SA_SIGINFO);
    seen = 0;
    int parent = (int)sys_getpid(), child = (int)sys_fork();
    if (child == 0) {
        sys_close(to_child[1]);
        while (sys_read(to_child[0], &byte, 1) == 1)
            sys_kill(parent, SIGUSR1);
        guest_exit(0);
    }
    sys_close(to_child[0]);
    struct signal_set user = signal_set_of(SIGUSR1), old;
    for (long i = 0; i < rounds; i++) {
        // Three ways to wait: spinning, in sigsuspend, and in a call that blocks.
        if (i % 3 == 1)
            sys_sigprocmask(SIG_BLOCK, &user, &old);
        sys_write(to_child[1], &byte, 1);
        if (i % 3 == 1) {
            while (seen <= i)
                sys_sigsuspend(&old);
            sys_sigprocmask(SIG_SETMASK, &old, 0);
        } else if (i % 3 == 2) {
            struct timespec second = {1, 0};
            while (seen <= i)
                sys_nanosleep(&second, 0);
        } else {
            while (seen <= i)
                ;
        }
        if (seen != i + 1) {
            check_equal("signals after as many requests", seen, i + 1);
            break;
        }
    }
    sys_close(to_child[1]);
    while ((status = (int)sys_wait4(child, &status, 0, 0)) == -EINTR)
        ;
    check_equal("each request's signal came once", seen, rounds);
}

// A child queues real-time signals as fast as it can: all arrive, in order, with their values.
static void queued(void) {
    long queued_count = 2000 * factor;
    set_handler(SIGRTMIN, (void *)on_queued, SA_SIGINFO | SA_RESTART);
    seen = sum = wrong_value = 0;
    int parent = (int)sys_getpid(), status = 0, child = (int)sys_fork();
    if (child == 0) {
        for (long i = 0; i < queued_count; i++)
            while (sys_sigqueue(parent, SIGRTMIN, (void *)i) == -EAGAIN)
                sys_sched_yield();
        guest_exit(0);
    }
    check_equal("the child ended", sys_wait4(child, &status, 0, 0), child);
    check_equal("queued signals", seen, queued_count);
    check_equal("sum of their values", sum, queued_count * (queued_count - 1) / 2);
    check_equal("out of order", wrong_value, 0);
}

// Signals to itself, from within arithmetic: each is delivered before kill returns.
static void own(void) {
    long signals = 10000 * factor;
    set_handler(SIGUSR2, (void *)on_count, SA_SIGINFO);
    seen = 0;
    int self = (int)sys_getpid();
    for (long i = 0; i < signals; i++) {
        sys_kill(self, SIGUSR2);
        if (seen != i + 1)
            break;
    }
    check_equal("own signals are delivered at once", seen, signals);
}

// A timer every 100 microseconds against computing and system calls: registers survive.
static void timer(void) {
    set_handler(SIGALRM, (void *)on_count, SA_SIGINFO | SA_RESTART);
    seen = 0;
    struct itimerval every = {{0, 100}, {0, 100}}, never = {{0, 0}, {0, 0}};
    sys_setitimer(ITIMER_REAL, &every, 0);
    unsigned long checksum = 1, expected = 1;
    long rounds = 0, ticks = 200 * factor;
    while (seen < ticks) {
        for (int i = 0; i < 1000; i++)
            checksum = checksum * 6364136223846793005ul + 1442695040888963407ul;
        if (sys_getppid() <= 0)
            break;
        rounds++;
    }
    sys_setitimer(ITIMER_REAL, &never, 0);
    for (long i = 0; i < rounds * 1000; i++)
        expected = expected * 6364136223846793005ul + 1442695040888963407ul;
    check("timer signals came", seen >= ticks);
    check("the computation is not disturbed", checksum == expected);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)environment;
    if (argument_count > 1)
        factor = arguments[1][0] == '1' && arguments[1][1] == '0' ? 10 : arguments[1][0] - '0';
    ping_pong();
    queued();
    own();
    timer();
    return checks_failed();
}
