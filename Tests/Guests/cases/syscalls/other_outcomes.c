// Calls with few outcomes, and the outcomes of others that stand nowhere else: getcwd(3), umask(2), getdtablesize(2),
// getrandom(2), getrlimit(2), getfsstat(2), kqueue(2), ppoll(2), pselect(2), jail(2) of FreeBSD 12.2; kcmp(2),
// membarrier(2), getrlimitusage(2) of FreeBSD 14 and 15.
#include "../../runtime/children.h"
#include "../../runtime/events.h"
#include "case_files.h"

enum {
    KCMP_FILE = 100, KCMP_FILES = 102, KCMP_SIGHAND = 103, KCMP_VM = 104, MEMBARRIER_QUERY = 0,
    MEMBARRIER_PRIVATE_EXPEDITED = 8, KQUEUE_CLOEXEC = 1, MNT_NOWAIT = 2, NO_JAIL = 987654, JAIL_VERSION = 2,
};

static void count_signal(int signal) { (void)signal; }

// Leaves the caller no free descriptor.
static void take_all_descriptors(void) {
    struct rlimit limit;
    int file = (int)sys_open("/dev/null", O_RDONLY, 0);
    sys_getrlimit(RLIMIT_NOFILE, &limit);
    limit.soft = file + 1;
    sys_setrlimit(RLIMIT_NOFILE, &limit);
}

CASE(__getcwd, "refuses a bad address") { check_errno("getcwd", sys___getcwd(unmapped_page(), PATH_LIMIT), EFAULT); }

CASE(umask, "is kept by exec's and fork's children alike") {
    sys_umask(027);
    int child = (int)sys_fork();
    if (child == 0) guest_exit((int)sys_umask(0));
    check_equal("in a child", WEXITSTATUS(wait_for(child)), 027);
    check_equal("one's own", sys_umask(022), 027);
}

CASE(getdtablesize, "is kept by children") {
    take_all_descriptors();
    long size = sys_getdtablesize();
    int child = (int)sys_fork();
    if (child == 0) guest_exit(sys_getdtablesize() != size);
    check_equal("in a child", wait_for(child), 0);
}

CASE(getrandom, "gives other bytes each time") {
    char first[32], second[32];
    check_equal("first", sys_getrandom(first, sizeof first, 0), sizeof first);
    check_equal("second", sys_getrandom(second, sizeof second, 0), sizeof second);
    check("different", memcmp(first, second, sizeof first) != 0);
}

CASE(getrandom, "gives a child other bytes than its parent") {
    char *shared = shared_page();
    int child = (int)sys_fork();
    if (child == 0) guest_exit(sys_getrandom(shared, 32, 0) != 32);
    check_equal("in a child", wait_for(child), 0);
    sys_getrandom(shared + 32, 32, 0);
    check("different", memcmp(shared, shared + 32, 32) != 0);
}

CASE(getrlimit, "tells what was set") {
    struct rlimit limit = {0, 0};
    sys_setrlimit(RLIMIT_CORE, &limit);
    limit = (struct rlimit){5, 5};
    check_equal("getrlimit", sys_getrlimit(RLIMIT_CORE, &limit), 0);
    check("zeros", limit.soft == 0 && limit.hard == 0);
}

CASE(getfsstat, "gives the root first or another place that statfs knows") {
    static char systems[8192], one[4096];
    check("getfsstat", sys_getfsstat((struct file_system *)systems, sizeof systems, MNT_NOWAIT) >= 1);
    // f_mntonname stands behind f_mntfromname.
    check_equal("statfs", sys_statfs(systems + 2344 - PATH_LIMIT, (struct file_system *)one), 0);
}

CASE(kqueue, "sets no close-on-exec") {
    int queue = (int)sys_kqueue();
    check("kqueue", queue >= 0);
    check_equal("FD_CLOEXEC", sys_fcntl(queue, F_GETFD, 0), 0);
}

CASE(kqueuex, "sets no close-on-exec without the flag") {
    check_equal("FD_CLOEXEC", sys_fcntl((int)sys_kqueuex(0), F_GETFD, 0), 0);
    check_equal("with it", sys_fcntl((int)sys_kqueuex(KQUEUE_CLOEXEC), F_GETFD, 0), FD_CLOEXEC);
}

CASE(kqueuex, "refuses flags that it does not know") { check_errno("kqueuex", sys_kqueuex(0x100), EINVAL); }

CASE(kqueuex, "fails when all descriptors are taken") {
    take_all_descriptors();
    check_errno("kqueuex", sys_kqueuex(0), EMFILE);
}

CASE(ppoll, "gives up at its timeout") {
    struct timespec time = {0, 20000000};
    int ends[2];
    sys_pipe2(ends, 0);
    struct pollfd one = {ends[0], POLLIN, -1};
    check_equal("ppoll", sys_ppoll(&one, 1, &time, 0), 0);
    check_equal("nothing", one.ready, 0);
}

CASE(ppoll, "tells what is ready, and what is not open") {
    struct pollfd list[2] = {{make_file("f", "abc"), POLLIN, 0}, {NOT_OPEN, POLLIN, 0}};
    check_equal("ppoll", sys_ppoll(list, 2, 0, 0), 2);
    check_equal("file", list[0].ready, POLLIN);
    check_equal("not open", list[1].ready, POLLNVAL);
}

CASE(pselect, "says EBADF of what is not open, and EINVAL of a count") {
    struct fd_set in = {{1ul << 60}};
    check_errno("not open", sys_pselect(61, &in, 0, 0, &at_once, 0), EBADF);
    check_errno("count", sys_pselect(-1, 0, 0, 0, &at_once, 0), EINVAL);
}

CASE(pselect, "ends with EINTR at a signal") {
    struct itimerval soon = {{0, 0}, {0, 50000}};
    struct timespec long_ = {10, 0};
    set_handler(SIGALRM, (void *)count_signal, SA_RESTART);
    sys_setitimer(ITIMER_REAL, &soon, 0);
    check_errno("pselect", sys_pselect(0, 0, 0, 0, &long_, 0), EINTR);
}

static long compare(int kind, unsigned long first, unsigned long second) {
    int own = (int)sys_getpid();
    long result = sys_kcmp(own, own, kind, first, second);
    if (result == -ENOSYS || result == -EPERM) skip_case("the host has no kcmp");
    return result;
}

CASE(kcmp, "refuses kinds and descriptors that are none") {
    int file = make_file("f", "");
    check_errno("kind", compare(9, 0, 0), EINVAL);
    check_errno("first", compare(KCMP_FILE, NOT_OPEN, (unsigned long)file), EBADF);
    check_errno("second", compare(KCMP_FILE, (unsigned long)file, NOT_OPEN), EBADF);
}

CASE(kcmp, "orders what differs one way") {
    int first = make_file("f", ""), second = make_file("g", "");
    long forward = compare(KCMP_FILE, (unsigned long)first, (unsigned long)second);
    long backward = compare(KCMP_FILE, (unsigned long)second, (unsigned long)first);
    check("less and greater", (forward == 1 && backward == 2) || (forward == 2 && backward == 1));
}

CASE(membarrier, "refuses commands that are none") {
    check_errno("unknown", sys_membarrier(1 << 20, 0, 0), EINVAL);
    check_errno("two at once", sys_membarrier(3, 0, 0), EINVAL);
}

CASE(membarrier, "refuses flags") { check_errno("membarrier", sys_membarrier(MEMBARRIER_QUERY, 2, 0), EINVAL); }

// membarrier(2): EPERM without MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED before.
CASE(membarrier, "needs a process that has registered") {
    check_errno("before", sys_membarrier(MEMBARRIER_PRIVATE_EXPEDITED, 0, 0), EPERM);
    check_equal("register", sys_membarrier(2 * MEMBARRIER_PRIVATE_EXPEDITED, 0, 0), 0);
    check_equal("then", sys_membarrier(MEMBARRIER_PRIVATE_EXPEDITED, 0, 0), 0);
}

CASE(getrlimitusage, "refuses resources and flags that are none") {
    int64_t used;
    check_errno("resource", sys_getrlimitusage(99, 0, &used), EINVAL);
    check_errno("flags", sys_getrlimitusage(RLIMIT_NOFILE, 2, &used), EINVAL);
}

CASE(getrlimitusage, "says ENXIO of limits that nobody counts") {
    int64_t used;
    check_errno("RLIMIT_FSIZE", sys_getrlimitusage(RLIMIT_FSIZE, 0, &used), ENXIO);
    check_errno("RLIMIT_CORE", sys_getrlimitusage(RLIMIT_CORE, 0, &used), ENXIO);
}

CASE(getrlimitusage, "refuses a bad address") {
    check_errno("getrlimitusage", sys_getrlimitusage(RLIMIT_NOFILE, 0, unmapped_page()), EFAULT);
}

CASE(jail_attach, "refuses numbers of no jail") {
    need_root();
    check_errno("0", sys_jail_attach(0), EINVAL);
    check_errno("negative", sys_jail_attach(-1), EINVAL);
}

CASE(jail_attach, "refuses ordinary users") {
    become_ordinary_user();
    check_errno("jail_attach", sys_jail_attach(NO_JAIL), EPERM);
}

CASE(jail_remove, "refuses numbers of no jail") {
    need_root();
    check_errno("0", sys_jail_remove(0), EINVAL);
    check_errno("negative", sys_jail_remove(-1), EINVAL);
}

CASE(jail_remove, "refuses ordinary users") {
    become_ordinary_user();
    check_errno("jail_remove", sys_jail_remove(NO_JAIL), EPERM);
}

struct jail_request {
    uint32_t version;
    const char *path, *host, *name;
    uint32_t count4, count6;
    const void *addresses4, *addresses6;
};

static long imprison(const char *path, uint32_t version) {
    struct jail_request request = {version, path, "host.example", 0, 0, 0, 0, 0};
    return sys_jail(&request);
}

CASE(jail, "puts the caller into a new jail") {
    need_root();
    int child = (int)sys_fork();
    if (child == 0) {
        int jailed = 0;
        size_t size = sizeof jailed;
        if (imprison("/", JAIL_VERSION) <= 0) guest_exit(1);
        guest_exit(sys___sysctlbyname("security.jail.jailed", 20, &jailed, &size, 0, 0) != 0 || jailed != 1);
    }
    check_equal("in a child", wait_for(child), 0);
}

CASE(jail, "refuses ordinary users") {
    become_ordinary_user();
    check_errno("jail", imprison("/", JAIL_VERSION), EPERM);
}

CASE(jail, "refuses folders that are none") {
    need_root();
    leave_file("f", "");
    check_errno("nothing", imprison("/none/below", JAIL_VERSION), ENOENT);
    check_errno("address", imprison(unmapped_page(), JAIL_VERSION), EFAULT);
}
