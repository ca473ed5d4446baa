// A program that forks without end meets RLIMIT_NPROC: EAGAIN (fork1 of sys/kern/kern_fork.c), as many processes as the
// limit says, and everything works when they are gone. The limit binds no superuser, so one becomes somebody else first.
#include "threads.h"

enum { RLIMIT_NPROC = 7, LIMIT = 30, DEPTH = 5 };

static struct {
    volatile uint32_t alive, most, refused, strange, over;
} *shared;

static void note_most(uint32_t alive) {
    uint32_t most = load(&shared->most);
    while (alive > most && !exchange(&shared->most, most, alive))
        most = load(&shared->most);
}

// Forks until it may not, and so do its children.
static void explode(int depth) {
    int children = 0;
    for (int i = 0; i < 2 * LIMIT && load(&shared->over) == 0; i++) {
        int child = (int)sys_fork();
        if (child == 0) {
            note_most(__atomic_add_fetch(&shared->alive, 1, __ATOMIC_SEQ_CST));
            if (depth < DEPTH) explode(depth + 1);
            while (load(&shared->over) == 0)
                umtx(&shared->over, UMTX_OP_WAIT_UINT, 0, 0, 0);
            __atomic_sub_fetch(&shared->alive, 1, __ATOMIC_SEQ_CST);
            guest_exit(0);
        }
        if (child > 0) {
            children++;
            continue;
        }
        __atomic_add_fetch(child == -EAGAIN ? &shared->refused : &shared->strange, 1, __ATOMIC_SEQ_CST);
        break;
    }
    if (depth == 0) {
        for (int i = 0; i < 20000 && load(&shared->alive) < LIMIT; i++)
            pause_for(1000000);
        __atomic_store_n(&shared->over, 1, __ATOMIC_SEQ_CST);
        umtx(&shared->over, UMTX_OP_WAKE, 0x7fffffff, 0, 0);
    } else {
        while (load(&shared->over) == 0)
            umtx(&shared->over, UMTX_OP_WAIT_UINT, 0, 0, 0);
    }
    for (; children > 0; children--)
        if (wait_for(-1) != 0) __atomic_add_fetch(&shared->strange, 1, __ATOMIC_SEQ_CST);
}

static int child_of_ones_own(void) {
    int child = (int)sys_fork();
    if (child == 0) guest_exit(6);
    return child < 0 ? child : wait_for(child);
}

// A user who has no other process.
static void bomb(void) {
    shared->alive = shared->most = 1;
    struct rlimit limit = {LIMIT, LIMIT}, seen = {0, 0};
    check_equal("setrlimit", sys_setrlimit(RLIMIT_NPROC, &limit), 0);
    sys_getrlimit(RLIMIT_NPROC, &seen);
    check_equal("the limit", (long)seen.soft, LIMIT);
    explode(0);
    check_equal("as many processes as the limit allows", shared->most, LIMIT);
    check("others are refused", shared->refused > 0);
    check_equal("with EAGAIN, and no process ends otherwise", shared->strange, 0);
    check_equal("none is left", shared->alive, 1);
    check_errno("no child is left", wait_for(-1), ECHILD);
    check_equal("a fork works again", child_of_ones_own(), 6 << 8);
    limit.hard = LIMIT + 1;
    check_errno("the limit cannot be raised", sys_setrlimit(RLIMIT_NPROC, &limit), EPERM);
}

// Anybody: with a limit below what there is already.
static void refused(void) {
    struct rlimit limit, none;
    sys_getrlimit(RLIMIT_NPROC, &limit);
    none = limit;
    none.soft = 1;
    check_equal("a limit of one", sys_setrlimit(RLIMIT_NPROC, &none), 0);
    long child = sys_fork();
    if (child == 0) guest_exit(1);
    check_errno("fork", child, EAGAIN);
    child = sys_vfork();
    if (child == 0) sys_exit(1);
    check_errno("vfork", child, EAGAIN);
    int descriptor = 0;
    child = sys_pdfork(&descriptor, 0);
    if (child == 0) guest_exit(1);
    check_errno("pdfork", child, EAGAIN);
    check_equal("the limit as before", sys_setrlimit(RLIMIT_NPROC, &limit), 0);
    check_equal("a fork works again", child_of_ones_own(), 6 << 8);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    shared = (void *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
    int user = 50000 + (int)sys_getpid() % 10000;
    int is_alone = sys_geteuid() == 0 && sys_setresuid(user, user, user) == 0;
    refused();
    if (is_alone) bomb();
    return checks_failed();
}
