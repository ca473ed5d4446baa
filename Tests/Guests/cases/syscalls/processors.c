// How a process is scheduled, and on which processors: sched_setparam(2), sched_get_priority_max(2), rtprio(2),
// cpuset(2), cpuset_getdomain(2), sched_getcpu(3) of FreeBSD 12.2 and 13; sys/kern/kern_cpuset.c, p1003_1b.c, ksched.c.
#include "../../runtime/children.h"
#include "case_files.h"

enum {
    SCHED_OTHER = 2, RTP_LOOKUP = 0, RTP_SET = 1, RTP_PRIO_REALTIME = 2, RTP_PRIO_NORMAL = 3, RTP_PRIO_IDLE = 4,
    CPU_LEVEL_ROOT = 1, CPU_LEVEL_CPUSET = 2, CPU_LEVEL_WHICH = 3, CPU_WHICH_TID = 1, CPU_WHICH_PID = 2,
    CPU_WHICH_CPUSET = 3, CPU_WHICH_IRQ = 4, MASK_BYTES = 32, FIRST_TOUCH = 2, NO_SET = 12345,
};

struct priority { uint16_t type, level; };
static unsigned long mask[MASK_BYTES / sizeof(long)];

static int set_of(int process) {
    int set = -1;
    long result = sys_cpuset_getid(CPU_LEVEL_CPUSET, CPU_WHICH_PID, process, &set);
    return result < 0 ? (int)result : set;
}

static int zombie(void) {
    int child = child_exiting(0);
    await_zombie(child);
    return child;
}

CASE(sched_getscheduler, "is inherited, and not told of zombies") {
    int child = child_pausing();
    check_equal("child", sys_sched_getscheduler(child), sys_sched_getscheduler(0));
    end_child(child);
    check_errno("zombie", sys_sched_getscheduler(zombie()), ESRCH);
}

CASE(sched_getscheduler, "tells of processes of other users") {
    become_ordinary_user();
    check_equal("parent", sys_sched_getscheduler((int)sys_getppid()), SCHED_OTHER);
}

CASE(sched_getparam, "tells of another process") {
    int own = -1, other = -1, child = child_pausing();
    check_equal("own", sys_sched_getparam((int)sys_getpid(), &own), 0);
    check_equal("child", sys_sched_getparam(child, &other), 0);
    check("a priority", other >= 0 && other <= 103);
    end_child(child);
}

CASE(sched_getparam, "does not know zombies") {
    int parameter = -1;
    check_errno("zombie", sys_sched_getparam(zombie(), &parameter), ESRCH);
    check_equal("nothing is told", parameter, -1);
}

CASE(sched_setparam, "refuses priorities out of range") {
    int low = -1, high = 104;
    check_errno("-1", sys_sched_setparam(0, &low), EINVAL);
    check_errno("104", sys_sched_setparam(0, &high), EINVAL);
}

// p_cansched: EPERM.
CASE(sched_setparam, "refuses a process of another user") {
    int parameter = 10;
    need_root();
    int child = child_pausing();
    IN_CHILD("ordinary user") {
        become_ordinary_user();
        check_errno("sched_setparam", sys_sched_setparam(child, &parameter), EPERM);
    }
    check_equal("root may", sys_sched_setparam(child, &parameter), 0);
    end_child(child);
}

CASE(sched_get_priority_max, "is not less than the least") {
    for (int policy = 1; policy <= 3; policy++)
        check("policy", sys_sched_get_priority_max(policy) >= sys_sched_get_priority_min(policy));
}

CASE(sched_get_priority_max, "refuses negative policies") { check_errno("-1", sys_sched_get_priority_max(-1), EINVAL); }
CASE(sched_get_priority_min, "refuses negative policies") { check_errno("-1", sys_sched_get_priority_min(-1), EINVAL); }

CASE(sched_rr_get_interval, "is the same for all") {
    struct timespec own, other;
    int child = child_pausing();
    check_equal("own", sys_sched_rr_get_interval(0, &own), 0);
    check_equal("child", sys_sched_rr_get_interval(child, &other), 0);
    check_equal("time", own.nanoseconds, other.nanoseconds);
    end_child(child);
}

CASE(sched_rr_get_interval, "refuses who is not there before the address") {
    check_errno("nobody", sys_sched_rr_get_interval(NO_PROCESS, unmapped_page()), ESRCH);
    check_errno("negative", sys_sched_rr_get_interval(-1, unmapped_page()), ESRCH);
}

CASE(sched_rr_get_interval, "refuses a bad address") {
    check_errno("address", sys_sched_rr_get_interval(0, unmapped_page()), EFAULT);
}

// sched_relinquish by its old name; it has no result.
CASE(yield, "goes on") {
    struct raw_syscall call = {.number = SYS_yield, .second = 0};
    raw_syscall(&call);
    check_equal("result", call.first, 0);
    check_equal("again", sys_yield(), 0);
}

CASE(sched_yield, "lets others run who share a processor") {
    volatile int *is_set = shared_page();
    int child = (int)sys_fork();
    if (child == 0) {
        is_set[0] = 1;
        guest_exit(0);
    }
    while (!is_set[0]) check_equal("sched_yield", sys_sched_yield(), 0);
    wait_for(child);
}

CASE(sched_getcpu, "tells one of the processors that the caller may use") {
    long processor = sys_sched_getcpu();
    check_equal("get", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, MASK_BYTES, mask), 0);
    check("in range", processor >= 0 && processor < 8 * MASK_BYTES);
    check("its bit", mask[(unsigned long)processor / (8 * sizeof(long))] >> processor % (8 * sizeof(long)) & 1);
}

CASE(rtprio_thread, "sets time sharing") {
    struct priority priority = {RTP_PRIO_NORMAL, 0};
    check_equal("rtprio_thread", sys_rtprio_thread(RTP_SET, 0, &priority), 0);
}

CASE(rtprio_thread, "refuses ordinary users other classes") {
    struct priority priority = {RTP_PRIO_REALTIME, 10};
    become_ordinary_user();
    check_errno("real time", sys_rtprio_thread(RTP_SET, 0, &priority), EPERM);
    priority.type = RTP_PRIO_IDLE;
    check_errno("idle", sys_rtprio_thread(RTP_SET, 0, &priority), EPERM);
}

CASE(rtprio_thread, "refuses what is no priority") {
    struct priority priority = {99, 0};
    need_root();
    check_errno("class", sys_rtprio_thread(RTP_SET, 0, &priority), EINVAL);
    priority = (struct priority){RTP_PRIO_REALTIME, 32};
    check_errno("level", sys_rtprio_thread(RTP_SET, 0, &priority), EINVAL);
    check_errno("address", sys_rtprio_thread(RTP_SET, 0, unmapped_page()), EFAULT);
}

CASE(cpuset, "makes another set each time") {
    int first = -1, second = -1;
    check_equal("first", sys_cpuset(&first), 0);
    check_equal("second", sys_cpuset(&second), 0);
    check("two", first != second);
    check_equal("the caller's is the second", set_of(-1), second);
}

CASE(cpuset, "makes sets that children inherit") {
    int set = -1;
    sys_cpuset(&set);
    int child = child_pausing();
    check_equal("child", set_of(child), set);
    end_child(child);
}

CASE(cpuset_setid, "moves another process") {
    int set = -1, child = child_pausing(), before = set_of(child);
    sys_cpuset(&set);
    check("another", before != set);
    check_equal("cpuset_setid", sys_cpuset_setid(CPU_WHICH_PID, child, set), 0);
    check_equal("moved", set_of(child), set);
    end_child(child);
}

CASE(cpuset_setid, "refuses sets that are not there before processes") {
    check_errno("set", sys_cpuset_setid(CPU_WHICH_PID, NO_PROCESS, NO_SET), ESRCH);
    check_errno("kind", sys_cpuset_setid(CPU_WHICH_CPUSET, -1, 1), EINVAL);
    check_errno("unknown kind", sys_cpuset_setid(99, -1, NO_SET), EINVAL);
}

CASE(cpuset_getid, "tells the set of a thread and of a set") {
    int set = -1, found = -1;
    sys_cpuset(&set);
    check_equal("thread", sys_cpuset_getid(CPU_LEVEL_CPUSET, CPU_WHICH_TID, -1, &found), 0);
    check_equal("the caller's", found, set);
    check_equal("set", sys_cpuset_getid(CPU_LEVEL_WHICH, CPU_WHICH_CPUSET, set, &found), 0);
    check_equal("itself", found, set);
}

CASE(cpuset_getid, "refuses sets and interrupts that are not there") {
    int set;
    check_errno("set", sys_cpuset_getid(CPU_LEVEL_CPUSET, CPU_WHICH_CPUSET, NO_SET, &set), ESRCH);
    check_errno("interrupt", sys_cpuset_getid(CPU_LEVEL_CPUSET, CPU_WHICH_IRQ, 0, &set), EINVAL);
}

CASE(cpuset_getaffinity, "tells the processors of a set") {
    int set = -1;
    sys_cpuset(&set);
    check_equal("by number", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_CPUSET, set, MASK_BYTES, mask), 0);
    check("some", mask[0] != 0);
    check_errno("none", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_CPUSET, NO_SET, MASK_BYTES, mask), ESRCH);
}

CASE(cpuset_setaffinity, "binds another process") {
    int child = child_pausing();
    sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, child, MASK_BYTES, mask);
    unsigned long lowest = mask[0] & -mask[0];
    mask[0] = lowest;
    memset(mask + 1, 0, sizeof mask - sizeof mask[0]);
    if (lowest == 0) skip_case("the first processors are not there");
    check_equal("set", sys_cpuset_setaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, child, MASK_BYTES, mask), 0);
    memset(mask, 0xff, sizeof mask);
    sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, child, MASK_BYTES, mask);
    check_equal("bound", (long)mask[0], (long)lowest);
    end_child(child);
}

// kern_cpuset_getdomain and kern_cpuset_setdomain look at the size, the policy and the process in this order.
static long get_domain(int kind, int owner, size_t size, void *domains, void *policy) {
    return sys_cpuset_getdomain(CPU_LEVEL_WHICH, kind, owner, size, domains, policy);
}

CASE(cpuset_getdomain, "refuses masks of the wrong size") {
    int policy;
    check_errno("0", get_domain(CPU_WHICH_PID, -1, 0, mask, &policy), ERANGE);
    check_errno("too large", get_domain(CPU_WHICH_PID, -1, 4096, mask, &policy), ERANGE);
}

CASE(cpuset_getdomain, "refuses who is not there and other kinds") {
    int policy;
    check_errno("nobody", get_domain(CPU_WHICH_PID, NO_PROCESS, MASK_BYTES, mask, &policy), ESRCH);
    check_errno("kind", get_domain(99, -1, MASK_BYTES, mask, &policy), EINVAL);
    check_errno("level", sys_cpuset_getdomain(9, CPU_WHICH_PID, -1, MASK_BYTES, mask, &policy), EINVAL);
}

CASE(cpuset_getdomain, "refuses bad addresses") {
    int policy;
    check_errno("mask", get_domain(CPU_WHICH_PID, -1, MASK_BYTES, unmapped_page(), &policy), EFAULT);
    check_errno("policy", get_domain(CPU_WHICH_PID, -1, MASK_BYTES, mask, unmapped_page()), EFAULT);
}

static long set_domain(size_t size, const void *domains, int policy, int process) {
    return sys_cpuset_setdomain(CPU_LEVEL_WHICH, CPU_WHICH_PID, process, size, domains, policy);
}

CASE(cpuset_setdomain, "refuses policies that are none") {
    mask[0] = 1;
    check_errno("0", set_domain(MASK_BYTES, mask, 0, -1), EINVAL);
    check_errno("beyond", set_domain(MASK_BYTES, mask, 5, -1), EINVAL);
    check_errno("before the address", set_domain(MASK_BYTES, unmapped_page(), 0, -1), EINVAL);
}

CASE(cpuset_setdomain, "refuses an empty mask, and who is not there") {
    check_errno("empty", set_domain(MASK_BYTES, mask, FIRST_TOUCH, -1), EDEADLK);
    mask[0] = 1;
    check_errno("nobody", set_domain(MASK_BYTES, mask, FIRST_TOUCH, NO_PROCESS), ESRCH);
}

CASE(cpuset_setdomain, "refuses masks of the wrong size and bad addresses") {
    check_errno("size", set_domain(0, mask, FIRST_TOUCH, -1), ERANGE);
    check_errno("address", set_domain(MASK_BYTES, unmapped_page(), FIRST_TOUCH, -1), EFAULT);
}
