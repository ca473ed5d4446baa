// Signals at any moment must not disturb a computation, and none may be lost or doubled.
#include "guest.h"

enum { QUEUED = 500 };

static volatile long alarms, queued, queued_sum;

static void on_alarm(int signal) { alarms += signal == SIGALRM; }

static void on_queued(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)context;
    queued++;
    queued_sum += info->value.integer;
}

static unsigned long step(unsigned long x) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    return x;
}

// Branches, memory, multiplication and calls, all of which a signal may interrupt.
static unsigned long compute(int rounds) {
    static unsigned long table[256];
    unsigned long x = 88172645463325252ul, sum = 0;
    for (int i = 0; i < 256; i++)
        table[i] = x = step(x);
    for (int i = 0; i < rounds; i++) {
        unsigned long *cell = &table[x & 255];
        *cell = *cell * 6364136223846793005ul + (x >> 3);
        if (*cell & 4)
            sum += *cell ^ (unsigned long)i;
        else
            sum -= x % (unsigned long)(i + 1);
        x = step(x + sum);
    }
    return sum;
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    enum { ROUNDS = 300000 };
    unsigned long quiet = compute(ROUNDS);
    set_handler(SIGALRM, (void *)on_alarm, 0);
    struct itimerval fast = {{0, 500}, {0, 500}}, off = {{0, 0}, {0, 0}};
    sys_setitimer(ITIMER_REAL, &fast, 0);
    int wrong = 0;
    for (int i = 0; i < 30 || (alarms < 50 && i < 3000); i++)
        wrong += compute(ROUNDS) != quiet;
    sys_setitimer(ITIMER_REAL, &off, 0);
    check_equal("results under a fast timer", wrong, 0);
    check("the timer fired", alarms >= 50);

    set_handler(SIGRTMIN, (void *)on_queued, SA_SIGINFO | SA_RESTART);
    int self = (int)sys_getpid(), child = (int)sys_fork();
    if (child == 0) {
        for (int i = 1; i <= QUEUED; i++)
            while (sys_sigqueue(self, SIGRTMIN, (void *)((long)i << (MACHINE_BIG_ENDIAN ? 32 : 0))) == -EAGAIN)
                sys_sched_yield();
        guest_exit(0);
    }
    wrong = 0;
    int status = 0;
    while (sys_wait4(child, &status, WNOHANG, 0) == 0)
        wrong += compute(ROUNDS) != quiet;
    check_equal("the sender", status, 0);
    check_equal("results under queued signals", wrong, 0);
    check_equal("every queued signal arrived once", queued, QUEUED);
    check_equal("with its value", queued_sum, QUEUED * (QUEUED + 1) / 2);
    return checks_failed();
}
