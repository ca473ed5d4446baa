// Scheduling and processor sets: sched_setscheduler(2), rtprio(2), cpuset(2), cpuset_getaffinity(2), sched_yield(2).
#include "../../runtime/children.h"

enum {
    SCHED_FIFO = 1, SCHED_OTHER = 2, SCHED_RR = 3, RTP_LOOKUP = 0, RTP_SET = 1, RTP_PRIO_REALTIME = 2, RTP_PRIO_NORMAL = 3,
    RTP_PRIO_IDLE = 4, CPU_LEVEL_ROOT = 1, CPU_LEVEL_CPUSET = 2, CPU_LEVEL_WHICH = 3, CPU_WHICH_TID = 1, CPU_WHICH_PID = 2,
    CPU_WHICH_CPUSET = 3, CPU_WHICH_IRQ = 4, CPU_WHICH_JAIL = 5, MASK_BYTES = 32,
};

struct priority { uint16_t type, level; };
static unsigned long mask[MASK_BYTES / sizeof(long)];

static int bits(void) {
    int count = 0;
    for (unsigned i = 0; i < COUNT_OF(mask); i++)
        for (unsigned long word = mask[i]; word; word &= word - 1) count++;
    return count;
}

static int first_bit(void) {
    for (unsigned i = 0; i < 8 * MASK_BYTES; i++)
        if (mask[i / (8 * sizeof(long))] >> i % (8 * sizeof(long)) & 1) return (int)i;
    return -1;
}

static void only(int processor) {
    memset(mask, 0, sizeof mask);
    mask[(unsigned)processor / (8 * sizeof(long))] = 1ul << (unsigned)processor % (8 * sizeof(long));
}

CASE(sched_getscheduler, "is time sharing") {
    check_equal("own", sys_sched_getscheduler(0), SCHED_OTHER);
    check_equal("by number", sys_sched_getscheduler((int)sys_getpid()), SCHED_OTHER);
    int child = child_pausing();
    check_equal("a child", sys_sched_getscheduler(child), SCHED_OTHER);
    end_child(child);
}

CASE(sched_getscheduler, "refuses who is not there") {
    check_errno("nobody", sys_sched_getscheduler(NO_PROCESS), ESRCH);
    check_errno("-1", sys_sched_getscheduler(-1), ESRCH);
}

// kern_sched_setscheduler asks for the privilege whatever the policy, and gives no value.
CASE(sched_setscheduler, "refuses ordinary users") {
    int parameter = 0;
    become_ordinary_user();
    check_errno("SCHED_FIFO", sys_sched_setscheduler(0, SCHED_FIFO, &parameter), EPERM);
    check_errno("SCHED_OTHER", sys_sched_setscheduler(0, SCHED_OTHER, &parameter), EPERM);
    check_errno("nobody", sys_sched_setscheduler(NO_PROCESS, SCHED_OTHER, &parameter), ESRCH);
}

CASE(sched_setscheduler, "sets time sharing for root") {
    int parameter = 0;
    need_root();
    check_equal("sched_setscheduler", sys_sched_setscheduler(0, SCHED_OTHER, &parameter), 0);
    check_errno("unknown policy", sys_sched_setscheduler(0, 77, &parameter), EINVAL);
    check_errno("nobody", sys_sched_setscheduler(NO_PROCESS, SCHED_OTHER, &parameter), ESRCH);
}

CASE(sched_setscheduler, "refuses priorities out of range") {
    int parameter = 1000;
    need_root();
    check_errno("SCHED_OTHER", sys_sched_setscheduler(0, SCHED_OTHER, &parameter), EINVAL);
    check_errno("SCHED_RR", sys_sched_setscheduler(0, SCHED_RR, &parameter), EPERM);
}

CASE(sched_setscheduler, "refuses a bad address") {
    check_errno("sched_setscheduler", sys_sched_setscheduler(0, SCHED_OTHER, unmapped_page()), EFAULT);
}

CASE(sched_getparam, "tells a priority in the range") {
    int parameter = -5;
    check_equal("sched_getparam", sys_sched_getparam(0, &parameter), 0);
    check("in range", parameter >= sys_sched_get_priority_min(SCHED_OTHER) &&
                          parameter <= sys_sched_get_priority_max(SCHED_OTHER));
}

CASE(sched_getparam, "refuses others") {
    int parameter;
    check_errno("nobody", sys_sched_getparam(NO_PROCESS, &parameter), ESRCH);
    check_errno("bad address", sys_sched_getparam(0, unmapped_page()), EFAULT);
}

CASE(sched_setparam, "takes a priority in the range") {
    int parameter = 10;
    check_equal("sched_setparam", sys_sched_setparam(0, &parameter), 0);
}

CASE(sched_setparam, "refuses others") {
    int parameter = 10, wrong = 1000;
    check_errno("priority", sys_sched_setparam(0, &wrong), EINVAL);
    check_errno("nobody", sys_sched_setparam(NO_PROCESS, &parameter), ESRCH);
    check_errno("bad address", sys_sched_setparam(0, unmapped_page()), EFAULT);
}

CASE(sched_get_priority_max, "tells the ranges") {
    check_equal("SCHED_FIFO", sys_sched_get_priority_max(SCHED_FIFO), 31);
    check_equal("SCHED_RR", sys_sched_get_priority_max(SCHED_RR), 31);
    check_equal("SCHED_OTHER", sys_sched_get_priority_max(SCHED_OTHER), 103);
    check_errno("unknown", sys_sched_get_priority_max(0), EINVAL);
    check_errno("4", sys_sched_get_priority_max(4), EINVAL);
}

CASE(sched_get_priority_min, "tells the ranges") {
    check_equal("SCHED_FIFO", sys_sched_get_priority_min(SCHED_FIFO), 0);
    check_equal("SCHED_RR", sys_sched_get_priority_min(SCHED_RR), 0);
    check_equal("SCHED_OTHER", sys_sched_get_priority_min(SCHED_OTHER), 0);
    check_errno("unknown", sys_sched_get_priority_min(9), EINVAL);
}

CASE(sched_rr_get_interval, "tells a time") {
    struct timespec time = {-1, -1};
    check_equal("sched_rr_get_interval", sys_sched_rr_get_interval(0, &time), 0);
    check("less than a second", time.seconds == 0 && time.nanoseconds > 0 && time.nanoseconds < 1000000000);
    check_errno("nobody", sys_sched_rr_get_interval(NO_PROCESS, &time), ESRCH);
    check_errno("bad address", sys_sched_rr_get_interval(0, unmapped_page()), EFAULT);
}

CASE(sched_yield, "goes on") { check_equal("sched_yield", sys_sched_yield(), 0); }

CASE(rtprio, "tells of time sharing") {
    struct priority priority = {9, 9};
    check_equal("rtprio", sys_rtprio(RTP_LOOKUP, 0, &priority), 0);
    check_equal("type", priority.type, RTP_PRIO_NORMAL);
    check_equal("by number", sys_rtprio(RTP_LOOKUP, (int)sys_getpid(), &priority), 0);
}

CASE(rtprio, "sets time sharing") {
    struct priority priority = {RTP_PRIO_NORMAL, 0};
    check_equal("rtprio", sys_rtprio(RTP_SET, 0, &priority), 0);
}

// rtprio(2): EPERM for an ordinary user who wants another class (unprivileged_idprio is 0).
CASE(rtprio, "refuses ordinary users other classes") {
    struct priority priority = {RTP_PRIO_REALTIME, 10};
    become_ordinary_user();
    check_errno("real time", sys_rtprio(RTP_SET, 0, &priority), EPERM);
    priority.type = RTP_PRIO_IDLE;
    check_errno("idle", sys_rtprio(RTP_SET, 0, &priority), EPERM);
}

CASE(rtprio, "refuses what is no priority") {
    struct priority priority = {RTP_PRIO_NORMAL, 0};
    check_errno("function", sys_rtprio(7, 0, &priority), EINVAL);
    check_errno("nobody", sys_rtprio(RTP_LOOKUP, NO_PROCESS, &priority), ESRCH);
    check_errno("bad address", sys_rtprio(RTP_LOOKUP, 0, unmapped_page()), EFAULT);
    check_errno("bad address", sys_rtprio(RTP_SET, 0, unmapped_page()), EFAULT);
}

// rtp_to_pri: EINVAL beyond RTP_PRIO_MAX, 31, and for a class that is none.
CASE(rtprio, "refuses priorities out of range") {
    struct priority priority = {RTP_PRIO_REALTIME, 32};
    need_root();
    check_errno("level", sys_rtprio(RTP_SET, 0, &priority), EINVAL);
    priority = (struct priority){99, 0};
    check_errno("class", sys_rtprio(RTP_SET, 0, &priority), EINVAL);
}

CASE(rtprio_thread, "tells of time sharing") {
    struct priority priority = {9, 9};
    long id = 0;
    sys_thr_self(&id);
    check_equal("own", sys_rtprio_thread(RTP_LOOKUP, 0, &priority), 0);
    check_equal("type", priority.type, RTP_PRIO_NORMAL);
    check_equal("by number", sys_rtprio_thread(RTP_LOOKUP, (int)id, &priority), 0);
}

CASE(rtprio_thread, "refuses others") {
    struct priority priority = {RTP_PRIO_NORMAL, 0};
    check_errno("function", sys_rtprio_thread(5, 0, &priority), EINVAL);
    check_errno("no thread", sys_rtprio_thread(RTP_LOOKUP, NO_PROCESS + 100000, &priority), ESRCH);
    check_errno("bad address", sys_rtprio_thread(RTP_LOOKUP, 0, unmapped_page()), EFAULT);
}

CASE(cpuset, "makes a set and joins it") {
    int set = -1, own = -1;
    check_equal("cpuset", sys_cpuset(&set), 0);
    check("a number", set > 1);
    check_equal("cpuset_getid", sys_cpuset_getid(CPU_LEVEL_CPUSET, CPU_WHICH_PID, -1, &own), 0);
    check_equal("the same", own, set);
}

CASE(cpuset, "refuses a bad address") { check_errno("cpuset", sys_cpuset(unmapped_page()), EFAULT); }

CASE(cpuset_getid, "tells the root") {
    int set = -1;
    check_equal("cpuset_getid", sys_cpuset_getid(CPU_LEVEL_ROOT, CPU_WHICH_PID, -1, &set), 0);
    check("a number", set >= 0);
}

// sys_cpuset_getid: the set of an interrupt and CPU_LEVEL_WHICH are EINVAL.
CASE(cpuset_getid, "refuses others") {
    int set;
    check_errno("level", sys_cpuset_getid(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, &set), EINVAL);
    check_errno("unknown level", sys_cpuset_getid(9, CPU_WHICH_PID, -1, &set), EINVAL);
    check_errno("unknown owner", sys_cpuset_getid(CPU_LEVEL_CPUSET, 99, -1, &set), EINVAL);
    check_errno("nobody", sys_cpuset_getid(CPU_LEVEL_CPUSET, CPU_WHICH_PID, NO_PROCESS, &set), ESRCH);
    check_errno("bad address", sys_cpuset_getid(CPU_LEVEL_CPUSET, CPU_WHICH_PID, -1, unmapped_page()), EFAULT);
}

CASE(cpuset_setid, "joins a set") {
    int set = -1, own = -1;
    sys_cpuset(&set);
    int child = child_pausing();
    check_equal("itself", sys_cpuset_setid(CPU_WHICH_PID, -1, set), 0);
    check_equal("cpuset_getid", sys_cpuset_getid(CPU_LEVEL_CPUSET, CPU_WHICH_PID, -1, &own), 0);
    check_equal("the same", own, set);
    end_child(child);
}

// sys_cpuset_setid: "Presently we only support per-process sets".
CASE(cpuset_setid, "refuses others") {
    check_errno("a thread", sys_cpuset_setid(CPU_WHICH_TID, -1, 1), EINVAL);
    check_errno("a set that is not there", sys_cpuset_setid(CPU_WHICH_PID, -1, 12345), ESRCH);
    check_errno("nobody", sys_cpuset_setid(CPU_WHICH_PID, NO_PROCESS, 1), ESRCH);
}

CASE(cpuset_getaffinity, "tells the processors") {
    check_equal("own", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, MASK_BYTES, mask), 0);
    int own = bits();
    check("some", own > 0);
    check_equal("root", sys_cpuset_getaffinity(CPU_LEVEL_ROOT, CPU_WHICH_PID, -1, MASK_BYTES, mask), 0);
    check("at least as many", bits() >= own);
    check_equal("thread", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_TID, -1, MASK_BYTES, mask), 0);
    check_equal("as many", bits(), own);
}

CASE(cpuset_getaffinity, "refuses masks of the wrong size") {
    check_errno("0", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, 0, mask), ERANGE);
    check_errno("too large", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, 4096, mask), ERANGE);
}

CASE(cpuset_getaffinity, "refuses others") {
    check_errno("level", sys_cpuset_getaffinity(9, CPU_WHICH_PID, -1, MASK_BYTES, mask), EINVAL);
    check_errno("owner", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, 99, -1, MASK_BYTES, mask), EINVAL);
    check_errno("nobody", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, NO_PROCESS, MASK_BYTES, mask), ESRCH);
    check_errno("address", sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, MASK_BYTES, unmapped_page()), EFAULT);
}

CASE(cpuset_setaffinity, "binds the caller to a processor") {
    sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, MASK_BYTES, mask);
    int processor = first_bit();
    only(processor);
    check_equal("set", sys_cpuset_setaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, MASK_BYTES, mask), 0);
    memset(mask, 0xff, sizeof mask);
    sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, MASK_BYTES, mask);
    check("one", bits() == 1 && first_bit() == processor);
    check_equal("it runs there", sys_sched_getcpu(), processor);
    int child = (int)sys_fork();
    if (child == 0) {
        sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, MASK_BYTES, mask);
        guest_exit(bits() != 1);
    }
    check_equal("inherited", wait_for(child), 0);
}

// cpuset_modify: a processor that is not there is EINVAL, none at all EDEADLK.
CASE(cpuset_setaffinity, "refuses processors that are not there") {
    only(8 * MASK_BYTES - 1);
    check_errno("the last", sys_cpuset_setaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, MASK_BYTES, mask), EINVAL);
    memset(mask, 0, sizeof mask);
    check_errno("none", sys_cpuset_setaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, MASK_BYTES, mask), EDEADLK);
}

CASE(cpuset_setaffinity, "refuses others") {
    sys_cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, MASK_BYTES, mask);
    check_errno("level", sys_cpuset_setaffinity(9, CPU_WHICH_PID, -1, MASK_BYTES, mask), EINVAL);
    check_errno("owner", sys_cpuset_setaffinity(CPU_LEVEL_WHICH, 99, -1, MASK_BYTES, mask), EINVAL);
    check_errno("nobody", sys_cpuset_setaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, NO_PROCESS, MASK_BYTES, mask), ESRCH);
    check_errno("size", sys_cpuset_setaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, 0, mask), ERANGE);
    check_errno("address", sys_cpuset_setaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, MASK_BYTES, unmapped_page()), EFAULT);
}

CASE(cpuset_getdomain, "tells one domain of memory") {
    int policy = -1;
    check_equal("get", sys_cpuset_getdomain(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, MASK_BYTES, mask, &policy), 0);
    check("the first", bits() >= 1 && first_bit() == 0);
    check("a policy", policy >= 1 && policy <= 4);
    check_errno("level", sys_cpuset_getdomain(9, CPU_WHICH_PID, -1, MASK_BYTES, mask, &policy), EINVAL);
    check_errno("size", sys_cpuset_getdomain(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, 0, mask, &policy), ERANGE);
}

CASE(cpuset_setdomain, "takes what is there") {
    only(0);
    check_equal("set", sys_cpuset_setdomain(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, MASK_BYTES, mask, 1), 0);
    check_errno("policy", sys_cpuset_setdomain(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, MASK_BYTES, mask, 99), EINVAL);
    only(200);
    check_errno("domain", sys_cpuset_setdomain(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, MASK_BYTES, mask, 1), EINVAL);
}
