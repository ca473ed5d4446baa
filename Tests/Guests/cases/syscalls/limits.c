// Limits, usage and priorities: getrlimit(2), getrusage(2), getpriority(2).
#include "../../runtime/children.h"

enum {
    RLIMIT_RSS = 5, RLIMIT_MEMLOCK = 6, RLIMIT_NPROC = 7, RLIMIT_SBSIZE = 9, RLIMIT_NPTS = 11, RLIMIT_SWAP = 12,
    RLIMIT_KQUEUES = 13, RLIMIT_UMTXP = 14, RUSAGE_THREAD = 1, PRIO_PROCESS = 0, PRIO_PGRP = 1, PRIO_USER = 2,
    SIGXCPU = 24, SIGXFSZ = 25,
};
static const int64_t infinity = INT64_MAX;

static struct rlimit limit_of(int which) {
    struct rlimit limit = {-7, -7};
    check_equal("getrlimit", sys_getrlimit(which, &limit), 0);
    return limit;
}

static long set_limit(int which, int64_t soft, int64_t hard) {
    struct rlimit limit = {soft, hard};
    return sys_setrlimit(which, &limit);
}

CASE(getrlimit, "knows all resources") {
    for (int which = RLIMIT_CPU; which <= RLIMIT_UMTXP; which++) {
        struct rlimit limit = limit_of(which);
        check("soft below hard", limit.soft >= 0 && limit.soft <= limit.hard);
    }
}

CASE(getrlimit, "refuses unknown resources") {
    struct rlimit limit;
    check_errno("15", sys_getrlimit(15, &limit), EINVAL);
    check_errno("-1", sys_getrlimit(-1, &limit), EINVAL);
}

CASE(getrlimit, "refuses a bad address") { check_errno("getrlimit", sys_getrlimit(RLIMIT_CPU, unmapped_page()), EFAULT); }

CASE(setrlimit, "lowers the soft limit") {
    struct rlimit before = limit_of(RLIMIT_NOFILE);
    check_equal("setrlimit", set_limit(RLIMIT_NOFILE, 50, before.hard), 0);
    struct rlimit after = limit_of(RLIMIT_NOFILE);
    check("as set", after.soft == 50 && after.hard == before.hard);
    check_equal("raise it again", set_limit(RLIMIT_NOFILE, before.hard, before.hard), 0);
}

CASE(setrlimit, "refuses ordinary users to raise the hard limit") {
    become_ordinary_user();
    check_equal("lower", set_limit(RLIMIT_CORE, 0, 1000), 0);
    check_errno("raise", set_limit(RLIMIT_CORE, 0, 1001), EPERM);
    check_errno("raise both", set_limit(RLIMIT_CORE, 2000, 2000), EPERM);
    check_errno("raise the soft one", set_limit(RLIMIT_CORE, 2000, 1000), EPERM);
    check_equal("lower again", set_limit(RLIMIT_CORE, 0, 999), 0);
}

CASE(setrlimit, "lets root raise the hard limit") {
    need_root();
    check_equal("lower", set_limit(RLIMIT_SBSIZE, 1000, 1000), 0);
    check_equal("raise", set_limit(RLIMIT_SBSIZE, 5000, 5000), 0);
    check_equal("as set", limit_of(RLIMIT_SBSIZE).hard, 5000);
}

// kern_proc_setrlimit: the soft limit is cut to the hard one, negative limits are none.
CASE(setrlimit, "cuts the soft limit to the hard one") {
    need_root();
    check_equal("setrlimit", set_limit(RLIMIT_CORE, 5000, 3000), 0);
    check_equal("soft", limit_of(RLIMIT_CORE).soft, 3000);
}

CASE(setrlimit, "takes a negative limit for none") {
    need_root();
    check_equal("setrlimit", set_limit(RLIMIT_SWAP, -1, -1), 0);
    struct rlimit limit = limit_of(RLIMIT_SWAP);
    check("infinite", limit.soft == infinity && limit.hard == infinity);
}

CASE(setrlimit, "refuses unknown resources") {
    check_errno("15", set_limit(15, 1, 1), EINVAL);
    check_errno("-1", set_limit(-1, 1, 1), EINVAL);
}

CASE(setrlimit, "refuses a bad address") { check_errno("setrlimit", sys_setrlimit(RLIMIT_CPU, unmapped_page()), EFAULT); }

CASE(setrlimit, "is inherited") {
    set_limit(RLIMIT_NOFILE, 40, limit_of(RLIMIT_NOFILE).hard);
    set_limit(RLIMIT_KQUEUES, 7, 7);
    int child = (int)sys_fork();
    if (child == 0) {
        struct rlimit files, queues;
        sys_getrlimit(RLIMIT_NOFILE, &files);
        sys_getrlimit(RLIMIT_KQUEUES, &queues);
        guest_exit((files.soft != 40) + 2 * (queues.soft != 7));
    }
    check_equal("in the child", wait_for(child), 0);
}

CASE(setrlimit, "bounds descriptors") {
    int file = (int)sys_open("file", O_RDWR | O_CREAT, 0600), high = (int)sys_fcntl(file, F_DUPFD, 30);
    set_limit(RLIMIT_NOFILE, 20, limit_of(RLIMIT_NOFILE).hard);
    int next;
    do next = (int)sys_dup(file);
    while (next >= 0);
    check_errno("dup", next, EMFILE);
    check_errno("open", sys_open("file", O_RDONLY, 0), EMFILE);
    check_errno("dup2", sys_dup2(file, 20), EBADF);
    check_errno("F_DUPFD", sys_fcntl(file, F_DUPFD, 20), EINVAL);
    check_equal("what is open stays open", sys_write(high, "x", 1), 1);
    int pair[2];
    check_errno("pipe2", sys_pipe2(pair, 0), EMFILE);
}

CASE(setrlimit, "bounds the sizes of files") {
    int file = (int)sys_open("file", O_RDWR | O_CREAT, 0600);
    set_handler(SIGXFSZ, SIG_IGN, 0);
    struct rlimit before = limit_of(RLIMIT_FSIZE);
    // What the case tells may go to a file, too: it tells it afterwards.
    long set = set_limit(RLIMIT_FSIZE, 1000, before.hard);
    long below = sys_pwrite(file, "0123456789", 10, 990), beyond = sys_pwrite(file, "x", 1, 1000);
    set_limit(RLIMIT_FSIZE, before.soft, before.hard);
    check_equal("setrlimit", set, 0);
    check_equal("up to it", below, 10);
    check_errno("beyond", beyond, EFBIG);
}

static int write_beyond(void) {
    int file = (int)sys_open("file", O_RDWR | O_CREAT, 0600);
    set_limit(RLIMIT_FSIZE, 0, 0);
    sys_write(file, "x", 1);
    return 0;
}

CASE(setrlimit, "ends who writes beyond the size of files") {
    check_equal("SIGXFSZ", outcome_of_child(write_beyond), -SIGXFSZ);
}

static int compute(void) {
    set_limit(RLIMIT_CPU, 1, limit_of(RLIMIT_CPU).hard);
    for (;;) continue;
    return 0;
}

CASE(setrlimit, "ends who computes too long") { check_equal("SIGXCPU", outcome_of_child(compute), -SIGXCPU); }

CASE(setrlimit, "bounds addresses") {
    check_equal("setrlimit", set_limit(RLIMIT_VMEM, 64 << 20, limit_of(RLIMIT_VMEM).hard), 0);
    check_errno("mmap", sys_mmap(0, 256 << 20, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0), ENOMEM);
}

// vm_map_insert: guards are no part of the size.
CASE(setrlimit, "does not count guard pages as addresses") {
    check("a guard", sys_mmap(0, 512 << 20, PROT_NONE, MAP_GUARD, -1, 0) > 0);
    check_equal("setrlimit", set_limit(RLIMIT_VMEM, 64 << 20, limit_of(RLIMIT_VMEM).hard), 0);
    check("mmap", sys_mmap(0, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0) > 0);
    check_errno("more than the limit", sys_mmap(0, 64 << 20, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0), ENOMEM);
}

static void on_user_signal(int signal) { (void)signal; }

// postsig_done counts what handlers are called for.
CASE(getrusage, "counts signals") {
    enum { SIGNALS = 10 };
    struct rusage usage;
    sys_getrusage(RUSAGE_SELF, &usage);
    long before = usage.counters[SIGNALS];
    set_handler(SIGUSR1, (void *)on_user_signal, 0);
    for (int i = 0; i < 3; i++) sys_kill((int)sys_getpid(), SIGUSR1);
    sys_getrusage(RUSAGE_SELF, &usage);
    check_equal("of the process", usage.counters[SIGNALS] - before, 3);
    sys_getrusage(RUSAGE_THREAD, &usage);
    check_equal("of the thread", usage.counters[SIGNALS], before + 3);
}

CASE(getrusage, "counts the processor's time") {
    struct rusage first, second;
    check_equal("getrusage", sys_getrusage(RUSAGE_SELF, &first), 0);
    for (volatile long i = 0; i < 3000000; i++) continue;
    sys_getrusage(RUSAGE_SELF, &second);
    check("more", processor_time(&second) > processor_time(&first));
    check("memory", first.maximum_resident > 0);
}

CASE(getrusage, "counts children when they are waited for") {
    struct rusage usage;
    int child = (int)sys_fork();
    if (child == 0) {
        for (volatile long i = 0; i < 5000000; i++) continue;
        guest_exit(0);
    }
    await_zombie(child);
    sys_getrusage(RUSAGE_CHILDREN, &usage);
    check_equal("not before", processor_time(&usage), 0);
    wait_for(child);
    sys_getrusage(RUSAGE_CHILDREN, &usage);
    check("then", processor_time(&usage) > 0);
}

CASE(getrusage, "tells of the thread") {
    struct rusage usage;
    check_equal("getrusage", sys_getrusage(RUSAGE_THREAD, &usage), 0);
    check("valid", usage.user.microseconds >= 0 && usage.user.microseconds < 1000000);
}

CASE(getrusage, "refuses others") {
    struct rusage usage;
    check_errno("2", sys_getrusage(2, &usage), EINVAL);
    check_errno("-2", sys_getrusage(-2, &usage), EINVAL);
    check_errno("bad address", sys_getrusage(RUSAGE_SELF, unmapped_page()), EFAULT);
}

CASE(getpriority, "of zero is the caller's") {
    check_equal("process", sys_getpriority(PRIO_PROCESS, 0), sys_getpriority(PRIO_PROCESS, (int)sys_getpid()));
}

CASE(getpriority, "of a group is the best of it") {
    sys_setpgid(0, 0);
    long own = sys_getpriority(PRIO_PROCESS, 0);
    if (own >= 15) skip_case("runs at too low a priority already");
    int child = child_pausing();
    check_equal("setpriority", sys_setpriority(PRIO_PROCESS, child, (int)own + 3), 0);
    check_equal("group", sys_getpriority(PRIO_PGRP, 0), own);
    check_equal("child", sys_getpriority(PRIO_PROCESS, child), own + 3);
    end_child(child);
}

CASE(getpriority, "refuses who is not there") {
    check_errno("process", sys_getpriority(PRIO_PROCESS, NO_PROCESS), ESRCH);
    check_errno("group", sys_getpriority(PRIO_PGRP, NO_PROCESS), ESRCH);
    check_errno("user", sys_getpriority(PRIO_USER, 765432), ESRCH);
}

CASE(getpriority, "refuses unknown kinds") {
    check_errno("3", sys_getpriority(3, 0), EINVAL);
    check_errno("-1", sys_getpriority(-1, 0), EINVAL);
}

CASE(setpriority, "lowers the caller") {
    long own = sys_getpriority(PRIO_PROCESS, 0);
    if (own >= 15) skip_case("runs at too low a priority already");
    check_equal("setpriority", sys_setpriority(PRIO_PROCESS, 0, (int)own + 2), 0);
    check_equal("getpriority", sys_getpriority(PRIO_PROCESS, 0), own + 2);
}

// donice: ordinary users may not raise it, which is EACCES.
CASE(setpriority, "refuses ordinary users to raise it") {
    become_ordinary_user();
    if (sys_setpriority(PRIO_PROCESS, 0, 10) != 0) skip_case("runs at too low a priority already");
    check_errno("setpriority", sys_setpriority(PRIO_PROCESS, 0, 5), EACCES);
    check_equal("the same", sys_setpriority(PRIO_PROCESS, 0, 10), 0);
}

// PRIO_MIN is -20 and PRIO_MAX 20: donice cuts what is beyond.
CASE(setpriority, "cuts to the range") {
    check_equal("setpriority", sys_setpriority(PRIO_PROCESS, 0, 1000), 0);
    check_equal("getpriority", sys_getpriority(PRIO_PROCESS, 0), 20);
}

CASE(setpriority, "is inherited") {
    long own = sys_getpriority(PRIO_PROCESS, 0);
    if (own >= 15) skip_case("runs at too low a priority already");
    sys_setpriority(PRIO_PROCESS, 0, (int)own + 1);
    int child = (int)sys_fork();
    if (child == 0) guest_exit(sys_getpriority(PRIO_PROCESS, 0) != own + 1);
    check_equal("in the child", wait_for(child), 0);
}

CASE(setpriority, "refuses who is not there") {
    check_errno("process", sys_setpriority(PRIO_PROCESS, NO_PROCESS, 5), ESRCH);
    check_errno("group", sys_setpriority(PRIO_PGRP, NO_PROCESS, 5), ESRCH);
    check_errno("kind", sys_setpriority(3, 0, 5), EINVAL);
}

CASE(setpriority, "refuses a process of another user") {
    become_ordinary_user();
    long result = sys_setpriority(PRIO_PROCESS, 1, 20);
    check("setpriority", result == -EPERM || result == -ESRCH);
}
