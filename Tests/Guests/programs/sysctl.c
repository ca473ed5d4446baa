// The tree of sysctl, and what it tells of processes.
#include "guest.h"
#include "process_information.h"

enum {
    KERN_PROC = 14, KERN_PROC_ALL = 0, KERN_PROC_PID = 1, KERN_PROC_UID = 5, KERN_PROC_ARGS = 7, KERN_PROC_PROC = 8,
    KERN_PROC_PATHNAME = 12, KERN_PROC_VMMAP = 32, KERN_PROC_FILEDESC = 33, KERN_PROC_ENV = 35, KERN_PROC_AUXV = 36,
    KERN_PROC_RLIMIT = 37, KERN_PROC_UMASK = 39, KERN_PROC_SIGTRAMP = 41, KERN_PROC_CWD = 42,
    KERN_PROC_INC_THREAD = 0x10,
};

struct vm_entry {
    int size, type;
    uint64_t start, end, offset, file;
    uint32_t device11;
    int flags, resident, private_resident, protection, references, shadows, file_type;
    uint64_t file_size;
    uint32_t raw11;
    uint16_t mode, status;
    uint64_t device, raw;
    int spare[8];
    char path[1024];
};
struct file_entry { int size, type, descriptor, references, flags, spare; int64_t offset; char rest[336], path[1024]; };

static char buffer[1 << 17];

static long query(int operation, int argument) {
    int name[4] = {CTL_KERN, KERN_PROC, operation, argument};
    size_t size = sizeof buffer;
    memset(buffer, 0, sizeof buffer);
    long result = sys___sysctl(name, 4, buffer, &size, 0, 0);
    return result < 0 ? result : (long)size;
}

static void processes(char **arguments, char **environment) {
    check_equal("sizeof(struct kinfo_vmentry)", sizeof(struct vm_entry), 1160);
    check_equal("sizeof(struct kinfo_file)", sizeof(struct file_entry), 1392);
    int pid = (int)sys_getpid();
    const struct process *process = (const void *)buffer;
    set_handler(SIGUSR1, (void *)guest_exit, 0);
    check_equal("kern.proc.pid", query(KERN_PROC_PID, pid), sizeof(long) == 8 ? 1088 : 816);
    check_equal("ki_structsize", process->size, 1088);
    check_equal("ki_pid", process->pid, pid);
    check_equal("ki_ppid", process->parent, (int)sys_getppid());
    check_equal("ki_pgid", process->group, (int)sys_getpgrp());
    check_equal("ki_sid", process->session, (int)sys_getsid(0));
    check_equal("ki_uid", process->user, (int)sys_geteuid());
    check_equal("ki_ruid", process->real_user, (int)sys_getuid());
    check("ki_groups", process->group_count >= 1 && process->groups[0] == (uint32_t)sys_getegid());
    check("ki_sigcatch", signal_set_has(&process->caught, SIGUSR1));
    check("ki_size", process->virtual_size > 0 && process->virtual_size < 1ul << 40);
    check("ki_rssize", process->resident > 0);
    struct timespec now;
    sys_clock_gettime(CLOCK_REALTIME, &now);
    check("ki_start", now.seconds - process->start.seconds >= -1 && now.seconds - process->start.seconds < 600);
    check_string("ki_comm", process->command, "sysctl");
    check("ki_emul", memcmp(process->emulation, "FreeBSD ELF", 11) == 0);
    check("ki_stat", process->state >= 1 && process->state <= 7);
    check_errno("no such process", query(KERN_PROC_PID, 99999999), ESRCH);
    check_errno("of the host", query(KERN_PROC_PID, (int)sys_getppid()), ESRCH);
    check("with threads", query(KERN_PROC_PID | KERN_PROC_INC_THREAD, pid) == 1088);

    int pipe[2];
    sys_pipe2(pipe, 0);
    int child = (int)sys_fork();
    if (child == 0) {
        char byte;
        sys_close(pipe[1]);
        sys_read(pipe[0], &byte, 1);
        guest_exit(0);
    }
    long size = query(KERN_PROC_PROC, 0);
    int own = 0, children = 0;
    for (long offset = 0; offset < size; offset += process->size) {
        process = (const void *)(buffer + offset);
        if (process->size != 1088) break;
        own += process->pid == pid;
        children += process->pid == child && process->parent == pid;
    }
    check_equal("kern.proc.proc: this", own, 1);
    check_equal("kern.proc.proc: its child", children, 1);
    check("kern.proc.uid", query(KERN_PROC_UID, (int)sys_geteuid()) >= 2 * 1088);
    check("the child's arguments", query(KERN_PROC_ARGS, child) > 0);
    sys_close(pipe[0]), sys_close(pipe[1]);
    wait_for(child);
    check_errno("is gone", query(KERN_PROC_PID, child), ESRCH);

    check_equal("kern.proc.args", query(KERN_PROC_ARGS, pid), (long)string_length(arguments[0]) + 1);
    check_string("its text", buffer, arguments[0]);
    size = query(KERN_PROC_ENV, pid);
    check("kern.proc.env", environment[0] ? size > 0 && string_equal(buffer, environment[0]) : size == 0);
    check("kern.proc.auxv", query(KERN_PROC_AUXV, pid) > 0);
    const struct auxiliary_entry *entry = (const void *)buffer;
    while (entry->type != AT_PAGESZ && entry->type != AT_NULL)
        entry++;
    check_equal("AT_PAGESZ", entry->u.value, PAGE);
    check("kern.proc.pathname", query(KERN_PROC_PATHNAME, -1) > 1);
    check("is a whole path", buffer[0] == '/' && sys_access(buffer, X_OK) == 0);
    check("kern.proc.sigtramp", query(KERN_PROC_SIGTRAMP, pid) == 6 * sizeof(long));
    sys_umask(027);
    check_equal("kern.proc.umask", query(KERN_PROC_UMASK, pid), 2);
    check_equal("its value", *(uint16_t *)buffer, 027);
    check_equal("kern.proc.cwd", query(KERN_PROC_CWD, pid), 1392);
    char folder[1024];
    sys___getcwd(folder, sizeof folder);
    check_string("its path", ((struct file_entry *)buffer)->path, folder);
    int name[5] = {CTL_KERN, KERN_PROC, KERN_PROC_RLIMIT, pid, RLIMIT_NOFILE};
    struct rlimit limit, same;
    size_t room = sizeof limit;
    sys_getrlimit(RLIMIT_NOFILE, &same);
    check_equal("kern.proc.rlimit", sys___sysctl(name, 5, &limit, &room, 0, 0), 0);
    check("its value", limit.soft == same.soft && limit.hard == same.hard);
}

static void tables(void) {
    int pid = (int)sys_getpid();
    long size = query(KERN_PROC_VMMAP, pid);
    int code = 0, stack = 0, wrong = 0;
    uint64_t last = 0, here = (uint64_t)(uintptr_t)&tables, there = (uint64_t)(uintptr_t)&pid;
    for (long offset = 0; offset < size;) {
        const struct vm_entry *entry = (const void *)(buffer + offset);
        if (entry->size != sizeof *entry) {
            wrong++;
            break;
        }
        wrong += entry->start < last || entry->end <= entry->start;
        last = entry->end;
        code += entry->start <= here && here < entry->end && entry->protection & PROT_EXEC && entry->path[0] == '/';
        stack += entry->start <= there && there < entry->end && entry->protection & PROT_WRITE;
        offset += entry->size;
    }
    check_equal("kern.proc.vmmap: the code", code, 1);
    check_equal("the stack", stack, 1);
    check_equal("in order", wrong, 0);
    int file = (int)sys_open("/dev/null", O_RDONLY, 0), socket = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    size = query(KERN_PROC_FILEDESC, pid);
    int files = 0, sockets = 0;
    for (long offset = 0; offset < size;) {
        const struct file_entry *entry = (const void *)(buffer + offset);
        if (entry->size <= 0) break;
        files += entry->descriptor == file && entry->type == 1 && string_equal(entry->path, "/dev/null");
        sockets += entry->descriptor == socket && entry->type == 2;
        offset += entry->size;
    }
    check_equal("kern.proc.filedesc: a file", files, 1);
    check_equal("a socket", sockets, 1);
    sys_close(file), sys_close(socket);
}

// Every variable by {0, 2} (next), with its name, its format and its value.
static void everything(void) {
    int request[26] = {0, 2, 1}, count = 3, variables = 0, wrong = 0;
    for (; variables < 2000; variables++) {
        int next[24];
        size_t size = sizeof next;
        if (sys___sysctl(request, (unsigned)count, next, &size, 0, 0) != 0) break;
        int length = (int)(size / sizeof(int));
        memcpy(request + 2, next, size);
        count = length + 2;
        char name[128], format[64];
        size = sizeof name;
        request[1] = 1;
        wrong += sys___sysctl(request, (unsigned)count, name, &size, 0, 0) != 0 || size != string_length(name) + 1;
        size = sizeof format;
        request[1] = 4;
        wrong += sys___sysctl(request, (unsigned)count, format, &size, 0, 0) != 0 || size < 5;
        int by_name[2] = {0, 3}, found[24];
        size = sizeof found;
        long result = sys___sysctl(by_name, 2, found, &size, name, string_length(name));
        wrong += result != 0 || size != (size_t)length * sizeof(int) || memcmp(found, next, size) != 0;
        size = sizeof buffer;
        wrong += sys___sysctl(next, (unsigned)length, buffer, &size, 0, 0) != 0;
        if (wrong) {
            print("# %s\n", name);
            break;
        }
        request[1] = 2;
    }
    check("variables", variables > 250);
    check_equal("each with name, format and value", wrong, 0);
}

static long number(const char *name) {
    long value = -1;
    int short_value;
    size_t size = sizeof value;
    long result = sys___sysctlbyname(name, string_length(name), &value, &size, 0, 0);
    if (result < 0) return result;
    memcpy(&short_value, &value, sizeof short_value);
    return size == sizeof(int) ? short_value : value;
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count;
    processes(arguments, environment);
    tables();
    everything();
    // jemalloc asks for it by its number (VM_OVERCOMMIT of vm_param.h).
    int overcommit[2] = {2, 12}, swapping[2] = {2, 11}, value = -1;
    size_t room = sizeof value;
    check_equal("vm.overcommit by its number", sys___sysctl(overcommit, 2, &value, &room, 0, 0), 0);
    check_equal("its value", value, number("vm.overcommit"));
    check_equal("vm.swap_enabled by its number", sys___sysctl(swapping, 2, &value, &room, 0, 0), 0);
    check("kern.smp.cpus", number("kern.smp.cpus") >= 1);
    check_equal("kern.smp.maxid", number("kern.smp.maxid"), number("kern.smp.cpus") - 1);
    check_equal("kern.sched.cpusetsize", number("kern.sched.cpusetsize"), 32);
    check("kern.maxssiz", number("kern.maxssiz") >= 1 << 20);
    check_equal("security.jail.jailed", number("security.jail.jailed"), 0);
    check_errno("writing", sys___sysctlbyname("kern.ipc.somaxconn", 18, 0, 0, "abcd", 4), EPERM);
    long ticks[5] = {0};
    size_t size = sizeof ticks;
    check_equal("kern.cp_time", sys___sysctlbyname("kern.cp_time", 12, ticks, &size, 0, 0), 0);
    check("its values", size == sizeof ticks && ticks[0] + ticks[2] + ticks[4] > 0);
    check_errno("a node", sys___sysctlbyname("kern", 4, ticks, &size, 0, 0), EISDIR);
    return checks_failed();
}
