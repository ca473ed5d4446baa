// Numbers at the edge of what they can be, and calls that must fail without leaving anything behind.
#include "events.h"

#define LONGEST 0x7fffffffffffffffL

// Runs a body in a child, ended by SIGALRM after a moment; its wait status.
static int in_child(void (*body)(void)) {
    int child = (int)sys_fork();
    if (child == 0) {
        struct itimerval soon = {{0, 0}, {0, 50000}};
        sys_setitimer(ITIMER_REAL, &soon, 0);
        body();
        guest_exit(0);
    }
    return wait_for(child);
}

static void sleep_for_ever(void) {
    struct timespec time = {LONGEST, 999999999};
    sys_nanosleep(&time, 0);
}

static void sleep_by_clock(void) {
    struct timespec time = {LONGEST, 999999999};
    sys_clock_nanosleep(CLOCK_MONOTONIC, 0, &time, 0);
}

static void sleep_until_the_end(void) {
    struct timespec time = {LONGEST, 999999999};
    sys_clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &time, 0);
}

static void times(void) {
    check_equal("nanosleep of all seconds there are", WTERMSIG(in_child(sleep_for_ever)), SIGALRM);
    check_equal("clock_nanosleep", WTERMSIG(in_child(sleep_by_clock)), SIGALRM);
    check_equal("clock_nanosleep until then", WTERMSIG(in_child(sleep_until_the_end)), SIGALRM);
    struct itimerspec long_ago = {{0, 0}, {10000000000, 0}}, left;
    int timer = -1;
    check_equal("ktimer_create", sys_ktimer_create(CLOCK_MONOTONIC, 0, &timer), 0);
    check_equal("a timer of 300 years", sys_ktimer_settime(timer, 0, &long_ago, 0), 0);
    check_equal("ktimer_gettime", sys_ktimer_gettime(timer, &left), 0);
    check("is far away", left.value.seconds > 9000000000);
    check_equal("ktimer_delete", sys_ktimer_delete(timer), 0);
    int wrong = 0;
    for (int i = 0; i < 100; i++)
        wrong += sys_ktimer_create(CLOCK_MONOTONIC, 0, (int *)16) != -EFAULT;
    check_equal("timers whose number cannot be told", wrong, 0);
    check_equal("take no room", sys_ktimer_create(CLOCK_MONOTONIC, 0, &timer), 0);
}

// The superuser can have numbers whose highest bit is set; everybody else is refused.
static void take_great_numbers(void) {
    if (sys_geteuid() != 0) guest_exit(sys_setgid(0x80000000) == -EPERM && sys_setuid(0xfffffffe) == -EPERM ? 0 : 1);
    if (sys_setgid(0x80000000) != 0 || sys_getgid() != 0x80000000 || sys_getegid() != 0x80000000) guest_exit(2);
    if (sys_setuid(0xfffffffe) != 0 || sys_getuid() != 0xfffffffe || sys_geteuid() != 0xfffffffe) guest_exit(3);
}

static void identities(void) {
    check_equal("identities above 2^31", in_child(take_great_numbers), 0);
    int refusal = sys_geteuid() == 0 ? EINVAL : EPERM;
    check_errno("seteuid(-1)", sys_seteuid(-1), refusal);
    check_errno("setegid(-1)", sys_setegid(-1), refusal);
    check_errno("setuid(-1)", sys_setuid(-1), refusal);
    check_errno("setgid(-1)", sys_setgid(-1), refusal);
    check_equal("setreuid(-1, -1)", sys_setreuid(-1, -1), 0);
}

static void names(void) {
    char buffer[64];
    size_t size = sizeof buffer;
    static char name[5000];
    memset(name, 'a', sizeof name);
    check_errno("sysctlbyname without a name", sys___sysctlbyname("kern.ostype", 0, buffer, &size, 0, 0), EINVAL);
    check_errno("too long a name", sys___sysctlbyname(name, 5000, buffer, &size, 0, 0), EINVAL);
    check_errno("nearly too long", sys___sysctlbyname(name, 1024, buffer, &size, 0, 0), ENAMETOOLONG);
    int feature = 0;
    size = sizeof feature;
    check_equal("kern.features", sys___sysctlbyname("kern.features.posix_shm", 23, &feature, &size, 0, 0), 0);
    check_equal("shared memory objects exist", feature, 1);
    check_equal("process descriptors", sys___sysctlbyname("kern.features.process_descriptors", 33, &feature, &size, 0, 0), 0);
    check_equal("exist", feature, 1);
}

static void limits(void) {
    struct rlimit before, limit = {1L << 40, 1L << 30};
    sys_getrlimit(RLIMIT_FSIZE, &before);
    check_equal("a limit above the greatest", sys_setrlimit(RLIMIT_FSIZE, &limit), 0);
    sys_getrlimit(RLIMIT_FSIZE, &limit);
    check("is that one", limit.soft == 1L << 30 && limit.hard == 1L << 30);
    if (sys_geteuid() == 0) sys_setrlimit(RLIMIT_FSIZE, &before);

    // A child of vfork has limits of its own.
    sys_getrlimit(RLIMIT_STACK, &before);
    int child = (int)sys_vfork();
    if (child == 0) {
        struct rlimit small = {1 << 20, before.hard};
        sys_exit(sys_setrlimit(RLIMIT_STACK, &small) != 0);
    }
    check_equal("setrlimit in a child of vfork", wait_for(child), 0);
    sys_getrlimit(RLIMIT_STACK, &limit);
    check("changes nothing here", limit.soft == before.soft && limit.hard == before.hard);
}

static void use_two_megabytes(void) {
    volatile char *top = __builtin_frame_address(0);
    for (int depth = 0; depth < 2 << 20; depth += 65536)
        top[-depth - 4096] = 1;
}

static void use_two_megabytes_of_one(void) {
    struct rlimit small;
    sys_getrlimit(RLIMIT_STACK, &small);
    small.soft = 1 << 20;
    sys_setrlimit(RLIMIT_STACK, &small);
    use_two_megabytes();
}

static void stacks(void) {
    check_equal("a stack of two megabytes", in_child(use_two_megabytes), 0);
    check_equal("beyond its limit", WTERMSIG(in_child(use_two_megabytes_of_one)), SIGSEGV);
}

static void paths(void) {
    struct file_status status;
    sys_mkdir("extremes", 0755);
    sys_mkdir("extremes/inner", 0755);
    sys_close((int)sys_open("outside", O_WRONLY | O_CREAT, 0644));
    sys_close((int)sys_open("extremes/inside", O_WRONLY | O_CREAT, 0644));
    sys_symlink("../outside", "extremes/link");
    int folder = (int)sys_open("extremes", O_RDONLY | O_DIRECTORY, 0);
    int flags = O_RDONLY | O_RESOLVE_BENEATH, beneath = AT_RESOLVE_BENEATH;
    int inside = (int)sys_openat(folder, "inner/../inside", flags, 0);
    check("O_RESOLVE_BENEATH", inside > folder);
    sys_close(inside);
    check_errno("out of the directory", sys_openat(folder, "../outside", flags, 0), ENOTCAPABLE);
    check_errno("from the root", sys_openat(folder, "/", flags, 0), ENOTCAPABLE);
    check_errno("through a link", sys_openat(folder, "link", flags, 0), ENOTCAPABLE);
    check_equal("fstatat", sys_fstatat(folder, "inside", &status, beneath), 0);
    check_errno("fstatat outside", sys_fstatat(folder, "../outside", &status, beneath), ENOTCAPABLE);
    check_equal("of the link itself", sys_fstatat(folder, "link", &status, beneath | AT_SYMLINK_NOFOLLOW), 0);
    check_errno("faccessat", sys_faccessat(folder, "../outside", F_OK, beneath), ENOTCAPABLE);
    check_errno("fchmodat", sys_fchmodat(folder, "../outside", 0600, beneath), ENOTCAPABLE);
    check_errno("utimensat", sys_utimensat(folder, "link", 0, beneath), ENOTCAPABLE);
    check_errno("linkat", sys_linkat(folder, "../outside", folder, "new", beneath), ENOTCAPABLE);
    check_equal("linkat inside", sys_linkat(folder, "inside", folder, "new", beneath), 0);
    check_errno("unlinkat", sys_unlinkat(folder, "../outside", beneath), ENOTCAPABLE);
    check_errno("unlinkat from the root", sys_unlinkat(folder, "/outside", beneath), ENOTCAPABLE);
    check_equal("unlinkat inside", sys_unlinkat(folder, "inner/../new", beneath), 0);
    check_equal("rmdir inside", sys_unlinkat(folder, "inner", beneath | AT_REMOVEDIR), 0);
}

static void queue(void) {
    struct signal_set blocked = signal_set_of(SIGUSR2);
    sys_sigprocmask(SIG_BLOCK, &blocked, 0);
    int sent = 0;
    long result = 0;
    while (sent < 1000 && (result = sys_sigqueue((int)sys_getpid(), SIGUSR2, 0)) == 0)
        sent++;
    check_equal("signals that can wait", sent, 128);
    check_errno("one more", result, EAGAIN);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    times();
    identities();
    names();
    limits();
    stacks();
    paths();
    queue();
    return checks_failed();
}
