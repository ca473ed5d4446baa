// What a program asks about the system: time, random numbers, sysctl, limits, usage, identity.
#include "guest.h"

static char text[512];

static const char *text_sysctl(int first, int second) {
    int name[2] = {first, second};
    size_t size = sizeof text;
    memset(text, 0, sizeof text);
    return sys___sysctl(name, 2, text, &size, 0, 0) == 0 && size == string_length(text) + 1 ? text : "(error)";
}

static long number_sysctl(int first, int second) {
    int name[2] = {first, second}, value = -1;
    size_t size = sizeof value;
    long result = sys___sysctl(name, 2, &value, &size, 0, 0);
    return result < 0 ? result : size == sizeof value ? value : -1000;
}

static void sysctls(void) {
    check_string("kern.ostype", text_sysctl(CTL_KERN, KERN_OSTYPE), "FreeBSD");
    const char *release = text_sysctl(CTL_KERN, KERN_OSRELEASE);
    check("kern.osrelease", release[0] == '1' && release[2] == '.');
    check("kern.version", memcmp(text_sysctl(CTL_KERN, KERN_VERSION), "FreeBSD ", 8) == 0);
    check("kern.osreldate", number_sysctl(CTL_KERN, KERN_OSRELDATE) >= 1200000);
    check_equal("kern.osreldate is AT_OSRELDATE", number_sysctl(CTL_KERN, KERN_OSRELDATE),
                (long)auxiliary_value(AT_OSRELDATE, 0));
    check("kern.hostname", string_length(text_sysctl(CTL_KERN, KERN_HOSTNAME)) > 0);
    check("kern.argmax", number_sysctl(CTL_KERN, KERN_ARGMAX) >= 4096);
    check_string("hw.machine", text_sysctl(CTL_HW, HW_MACHINE), MACHINE_NAME);
    check_string("hw.machine_arch", text_sysctl(CTL_HW, HW_MACHINE_ARCH), MACHINE_ARCHITECTURE);
    check_equal("hw.pagesize", number_sysctl(CTL_HW, HW_PAGESIZE), PAGE);
    check_equal("hw.byteorder", number_sysctl(CTL_HW, HW_BYTEORDER), MACHINE_BIG_ENDIAN ? 4321 : 1234);
    check_equal("hw.ncpu is AT_NCPUS", number_sysctl(CTL_HW, HW_NCPU), (long)auxiliary_value(AT_NCPUS, 0));

    int ostype[2] = {CTL_KERN, KERN_OSTYPE};
    size_t size = 0;
    check_equal("sysctl without a buffer", sys___sysctl(ostype, 2, 0, &size, 0, 0), 0);
    check_equal("tells the size", (long)size, 8);
    size = 3;
    check_errno("a buffer too small", sys___sysctl(ostype, 2, text, &size, 0, 0), ENOMEM);
    check("is filled as far as it goes", memcmp(text, "Fre", 3) == 0);
    int unknown[2] = {CTL_KERN, 99999};
    check_errno("an unknown name", sys___sysctl(unknown, 2, text, &size, 0, 0), ENOENT);
    check_errno("writing a constant", sys___sysctl(ostype, 2, 0, 0, "x", 2), EPERM);
    check_errno("a name too short", sys___sysctl(ostype, 1, text, &size, 0, 0), EINVAL);
    // {0, 3} turns a name into numbers (CTL_SYSCTL_NAME2OID), as sysctlbyname(3) of 12.2 does.
    int by_name[2] = {0, 3}, found[24];
    size = sizeof found;
    check_equal("name to numbers", sys___sysctl(by_name, 2, found, &size, "kern.osreldate", 14), 0);
    check("the numbers", size == 8 && found[0] == CTL_KERN && found[1] == KERN_OSRELDATE);
    size = sizeof found;
    check_errno("no such name", sys___sysctl(by_name, 2, found, &size, "kern.nothing", 12), ENOENT);
    int value = 0;
    size = sizeof value;
    check_equal("__sysctlbyname", sys___sysctlbyname("hw.pagesize", 11, &value, &size, 0, 0), 0);
    check_equal("its value", value, PAGE);
    unsigned char random[2][16];
    int arandom[2] = {CTL_KERN, KERN_ARND};
    size = 16;
    sys___sysctl(arandom, 2, random[0], &size, 0, 0);
    check_equal("kern.arandom", sys___sysctl(arandom, 2, random[1], &size, 0, 0), 0);
    check("differs each time", memcmp(random[0], random[1], 16) != 0);
}

static void clocks(void) {
    struct timespec real, monotonic, later, resolution;
    struct timeval time;
    check_equal("CLOCK_REALTIME", sys_clock_gettime(CLOCK_REALTIME, &real), 0);
    check("after 2020", real.seconds > 1577836800 && real.seconds < 4102444800);
    check_equal("gettimeofday", sys_gettimeofday(&time, 0), 0);
    check("agrees", time.seconds - real.seconds >= 0 && time.seconds - real.seconds <= 2);
    check("microseconds", time.microseconds >= 0 && time.microseconds < 1000000);
    check_equal("CLOCK_MONOTONIC", sys_clock_gettime(CLOCK_MONOTONIC, &monotonic), 0);
    struct timespec pause = {0, 20000000};
    check_equal("nanosleep", sys_nanosleep(&pause, 0), 0);
    sys_clock_gettime(CLOCK_MONOTONIC, &later);
    long elapsed = (later.seconds - monotonic.seconds) * 1000000000 + later.nanoseconds - monotonic.nanoseconds;
    check("slept long enough", elapsed >= 20000000);
    check("and not too long", elapsed < 5000000000);
    static const int clocks[] = {CLOCK_VIRTUAL, CLOCK_PROF, CLOCK_UPTIME, 7, 8, 9, 10, 11, 12, CLOCK_SECOND,
                                 CLOCK_THREAD_CPUTIME_ID, CLOCK_PROCESS_CPUTIME_ID};
    int wrong = 0;
    for (unsigned i = 0; i < COUNT_OF(clocks); i++)
        wrong += sys_clock_gettime(clocks[i], &later) != 0;
    check_equal("all clocks", wrong, 0);
    sys_clock_gettime(CLOCK_SECOND, &later);
    check_equal("CLOCK_SECOND has none", later.nanoseconds, 0);
    check_errno("an unknown clock", sys_clock_gettime(99, &later), EINVAL);
    check_equal("clock_getres", sys_clock_getres(CLOCK_MONOTONIC, &resolution), 0);
    check("a fine resolution", resolution.seconds == 0 && resolution.nanoseconds > 0);
    struct timespec wrong_pause = {0, 1000000000};
    check_errno("nanosleep with too many nanoseconds", sys_nanosleep(&wrong_pause, 0), EINVAL);
}

static void resources(void) {
    struct rlimit limit, again;
    check_equal("getrlimit", sys_getrlimit(RLIMIT_NOFILE, &limit), 0);
    check("open files", limit.soft >= 16 && limit.soft <= limit.hard);
    check_equal("getdtablesize", sys_getdtablesize(), limit.soft > 0x7fffffff ? 0x7fffffff : limit.soft);
    struct rlimit lower = {32, limit.hard};
    check_equal("setrlimit", sys_setrlimit(RLIMIT_NOFILE, &lower), 0);
    sys_getrlimit(RLIMIT_NOFILE, &again);
    check_equal("is set", again.soft, 32);
    check_equal("getdtablesize follows", sys_getdtablesize(), 32);
    check_equal("dup2 below it", sys_dup2(1, 31), 31);
    check_errno("dup2 at it", sys_dup2(1, 32), EBADF);
    check_errno("F_DUPFD at it", sys_fcntl(1, F_DUPFD, 32), EINVAL);
    check_errno("F_DUPFD with no number left below it", sys_fcntl(1, F_DUPFD, 31), EMFILE);
    sys_close(31);
    sys_setrlimit(RLIMIT_NOFILE, &limit);
    check_errno("dup2 beyond any limit", sys_dup2(1, 0x7fffffff), EBADF);
    check_equal("stack", sys_getrlimit(RLIMIT_STACK, &limit), 0);
    check("has a size", limit.soft >= 1 << 20);
    check_errno("an unknown limit", sys_getrlimit(99, &limit), EINVAL);
    check_equal("core", sys_getrlimit(RLIMIT_CORE, &limit), 0);

    struct rusage usage;
    memset(&usage, 0xff, sizeof usage);
    for (volatile long i = 0; i < 30000000; i++)
        ;
    check_equal("getrusage", sys_getrusage(RUSAGE_SELF, &usage), 0);
    check("user time", usage.user.seconds > 0 || usage.user.microseconds > 0);
    check("resident size", usage.maximum_resident > 0);
    check_equal("of children", sys_getrusage(RUSAGE_CHILDREN, &usage), 0);
    check_errno("of nobody", sys_getrusage(7, &usage), EINVAL);

    unsigned char random[64];
    memset(random, 0, sizeof random);
    check_equal("getrandom", sys_getrandom(random, sizeof random, 0), sizeof random);
    int zeros = 0;
    for (unsigned i = 0; i < sizeof random; i++)
        zeros += random[i] == 0;
    check("is random", zeros < 16);
    check_errno("getrandom with wrong flags", sys_getrandom(random, 1, 0x80), EINVAL);
}

// The session that this program was started in may be led from outside the host's container, where Linux says 0; one of
// its own has a number.
static int session_of_leader(void) {
    long child = sys_fork();
    if (child == 0) {
        long self = sys_getpid();
        sys_exit(sys_setsid() == self && sys_getsid(0) == self && sys_getsid((int)self) == self ? 0 : 1);
    }
    return wait_for((int)child);
}

static void identity(void) {
    int self = (int)sys_getpid();
    check("getpid", self > 0);
    check("getppid", sys_getppid() > 0 && sys_getppid() != self);
    check("getpgrp", sys_getpgrp() > 0 && sys_getpgid(0) == sys_getpgrp());
    check("a session leader is its own session", session_of_leader() == 0);
    check_errno("getpgid of nobody", sys_getpgid(0x3fffffff), ESRCH);
    check_equal("real and effective user", sys_getuid(), sys_geteuid());
    check_equal("real and effective group", sys_getgid(), sys_getegid());
    check_equal("issetugid", sys_issetugid(), 0);
    long thread = 0;
    check_equal("thr_self", sys_thr_self(&thread), 0);
    check("is no process id", thread > 0 && thread != self);
    check_equal("sched_yield", sys_sched_yield(), 0);
    void *tls = 0;
    static char block[64];
    check_equal("set the thread pointer", machine_set_thread_pointer(block), 0);
    check("the processor has it", machine_thread_pointer() == machine_thread_pointer_of(block));
    check_equal("get the thread pointer", machine_get_thread_pointer(&tls), 0);
    check("as it was set", tls == block);
    check_errno("an unknown sysarch", sys_sysarch(999, &tls), MACHINE_UNKNOWN_SYSARCH);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    sysctls();
    clocks();
    resources();
    identity();
    return checks_failed();
}
