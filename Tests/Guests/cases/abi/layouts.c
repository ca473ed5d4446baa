// How far the kernel writes into a structure, and where its fields land: against the sizes and offsets of FreeBSD's own
// compiler (layouts.h, made of Tests/Support/Data/layouts.csv).
#include "cases.h"
#include "events.h"
#include "layouts.h"
#include "threads.h"

enum { ROOM = 4096, SYS_FSTATFS = 556, P_PID = 0, WNOWAIT = 8, WEXITED = 16 };
static unsigned char low[ROOM], high[ROOM];

// Bytes that the call wrote: those up to the last one that is not what it was, over two different fillings. The call's
// argument `place` is the buffer.
static long extent(long number, int place, const long *arguments, int count) {
    unsigned char *buffers[] = {low, high};
    long end = 0;
    for (int turn = 0; turn < 2; turn++) {
        struct raw_syscall raw = {.number = number};
        unsigned char filling = turn ? 0x5a : 0xa5;
        memset(buffers[turn], filling, ROOM);
        for (int i = 0; i < count; i++)
            raw.arguments[i] = arguments[i];
        raw.arguments[place] = (long)buffers[turn];
        raw_syscall(&raw);
        if (raw.error) return -raw.first;
        for (long i = ROOM; i > end; i--)
            if (buffers[turn][i - 1] != filling) end = i;
    }
    return end;
}

#define EXTENT(number, place, ...) \
    extent(number, place, (long[]){__VA_ARGS__}, (int)(sizeof((long[]){__VA_ARGS__}) / sizeof(long)))
#define FIELD(type, bytes, offset) (*(const type *)((const char *)(bytes) + (offset)))

static int new_file(const char *name, int size) {
    int file = (int)sys_open(name, O_RDWR | O_CREAT, 0600);
    sys_ftruncate(file, size);
    return file;
}

CASE(layout, "struct stat") {
    int file = new_file("f", 0x1234567);
    sys_link("f", "g");
    struct timespec times[2] = {{1000000001, 0}, {1000000002, 0}};
    sys_futimens(file, times);
    check_equal("size", EXTENT(SYS_fstat, 1, file, 0), LAYOUT_sz_stat);
    check_equal("st_size", FIELD(int64_t, low, LAYOUT_off_st_size), 0x1234567);
    check_equal("st_nlink", FIELD(int64_t, low, LAYOUT_off_st_nlink), 2);
    check_equal("st_mode", FIELD(uint16_t, low, LAYOUT_off_st_mode), S_IFREG | 0600);
    check_equal("st_atim", FIELD(int64_t, low, LAYOUT_off_st_atim), 1000000001);
    check("st_blksize", FIELD(int32_t, low, LAYOUT_off_st_blksize) >= 512);
    check("st_ino", FIELD(int64_t, low, LAYOUT_off_st_ino) != 0);
    int null = (int)sys_open("/dev/null", O_RDONLY, 0);
    EXTENT(SYS_fstat, 1, null, 0);
    check("st_rdev", FIELD(int64_t, low, LAYOUT_off_st_rdev) != 0);
}

CASE(layout, "struct statfs") {
    int file = new_file("f", 1);
    check_equal("size", EXTENT(SYS_FSTATFS, 1, file, 0), LAYOUT_sz_statfs);
    check_equal("f_version", FIELD(uint32_t, low, 0), 0x20140518);
}

CASE(layout, "struct dirent") {
    new_file("four", 1);
    sys_mkdir("a-name-of-19-bytes", 0700);
    int directory = (int)sys_open(".", O_RDONLY, 0);
    long size = sys_getdirentries(directory, (char *)low, ROOM, 0);
    int found = 0, wrong = 0;
    for (long at = 0; at < size;) {
        const struct directory_entry *entry = (const void *)(low + at);
        long name_size = (long)string_length((const char *)low + at + LAYOUT_off_d_name);
        wrong += entry->record_size != ((LAYOUT_off_d_name + (unsigned long)name_size + 1 + 7) & ~7ul);
        found += string_equal((const char *)low + at + LAYOUT_off_d_name, "four");
        if (entry->record_size == 0) break;
        at += entry->record_size;
    }
    check_equal("the file", found, 1);
    check_equal("records of another length than their name asks for", wrong, 0);
}

CASE(layout, "times: timeval, timespec, itimerval, itimerspec") {
    int timer = -1;
    check_equal("timeval", EXTENT(SYS_gettimeofday, 0, 0, 0), LAYOUT_sz_timeval);
    check_equal("timespec", EXTENT(SYS_clock_gettime, 1, CLOCK_REALTIME, 0), LAYOUT_sz_timespec);
    check_equal("itimerval", EXTENT(SYS_getitimer, 1, ITIMER_VIRTUAL, 0), LAYOUT_sz_itimerval);
    struct signal_event event = {.notification = SIGEV_NONE};
    check_equal("ktimer_create", sys_ktimer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    check_equal("itimerspec", EXTENT(SYS_ktimer_gettime, 1, timer, 0), LAYOUT_sz_itimerspec);
}

CASE(layout, "struct rusage and struct rlimit") {
    check_equal("rusage", EXTENT(SYS_getrusage, 1, RUSAGE_SELF, 0), LAYOUT_sz_rusage);
    check_equal("rlimit", EXTENT(SYS_getrlimit, 1, RLIMIT_NOFILE, 0), LAYOUT_sz_rlimit);
}

CASE(layout, "signals: sigset_t, struct sigaction, stack_t, ucontext_t") {
    check_equal("sigset_t", EXTENT(SYS_sigprocmask, 2, SIG_BLOCK, 0, 0), LAYOUT_sz_sigset);
    check_equal("sigset_t of sigpending", EXTENT(SYS_sigpending, 0, 0), LAYOUT_sz_sigset);
    check_equal("struct sigaction", EXTENT(SYS_sigaction, 2, SIGUSR1, 0, 0), LAYOUT_sz_sigaction);
    long stack = EXTENT(SYS_sigaltstack, 1, 0, 0);
    check("stack_t, of which the last word may be padding",
          stack == (long)LAYOUT_sz_stack_t || stack == (long)LAYOUT_sz_stack_t - 4);
    // UC_COPY_SIZE: what follows the machine context is the program's.
    check_equal("ucontext_t of getcontext", EXTENT(SYS_getcontext, 0, 0), LAYOUT_off_uc_link);
}

CASE(layout, "siginfo_t, and struct __wrusage, of wait6") {
    for (int usage = 0; usage < 2; usage++) {
        int child = (int)sys_fork();
        if (child == 0) guest_exit(77);
        // WNOWAIT leaves the child to the second turn.
        long end = usage ? EXTENT(SYS_wait6, 4, P_PID, child, 0, WEXITED | WNOWAIT, 0, 0)
                         : EXTENT(SYS_wait6, 5, P_PID, child, 0, WEXITED | WNOWAIT, 0, 0);
        check_equal(usage ? "struct __wrusage" : "siginfo_t", end, usage ? LAYOUT_sz_wrusage : LAYOUT_sz_siginfo);
        wait_for(child);
        if (usage) continue;
        check_equal("si_signo", FIELD(int, low, LAYOUT_off_si_signo), SIGCHLD);
        check_equal("si_code", FIELD(int, low, LAYOUT_off_si_code), CLD_EXITED);
        check_equal("si_pid", FIELD(int, low, LAYOUT_off_si_pid), child);
        check_equal("si_uid", FIELD(int, low, LAYOUT_off_si_uid), sys_getuid());
        check_equal("si_status", FIELD(int, low, LAYOUT_off_si_status), 77);
    }
}

static unsigned char info_bytes[LAYOUT_sz_siginfo], context_bytes[LAYOUT_sz_ucontext];

static void copy(int signal, const void *info, const void *context) {
    (void)signal;
    memcpy(info_bytes, info, sizeof info_bytes);
    memcpy(context_bytes, context, sizeof context_bytes);
}

CASE(layout, "siginfo_t of sigqueue") {
    set_handler(SIGUSR1, (void *)copy, SA_SIGINFO);
    sys_sigqueue((int)sys_getpid(), SIGUSR1, (void *)0x1122334455667788);
    check_equal("si_signo", FIELD(int, info_bytes, LAYOUT_off_si_signo), SIGUSR1);
    check_equal("si_errno", FIELD(int, info_bytes, LAYOUT_off_si_errno), 0);
    check_equal("si_code", FIELD(int, info_bytes, LAYOUT_off_si_code), SI_QUEUE);
    check_equal("si_pid", FIELD(int, info_bytes, LAYOUT_off_si_pid), sys_getpid());
    check_equal("si_uid", FIELD(int, info_bytes, LAYOUT_off_si_uid), sys_getuid());
    check_equal("si_value", FIELD(long, info_bytes, LAYOUT_off_si_value), 0x1122334455667788);
}

CASE(layout, "siginfo_t of a timer") {
    struct signal_event event = {.notification = SIGEV_SIGNAL, .signal = SIGUSR2, .value = {.pointer = info_bytes}};
    struct itimerspec at_once_only = {{0, 0}, {0, 1000000}};
    int timer = -1;
    struct signal_set set = signal_set_of(SIGUSR2), none = signal_set_of(0);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    set_handler(SIGUSR2, (void *)copy, SA_SIGINFO);
    sys_ktimer_create(CLOCK_MONOTONIC, &event, &timer);
    sys_ktimer_settime(timer, 0, &at_once_only, 0);
    sys_sigsuspend(&none);
    check_equal("si_code", FIELD(int, info_bytes, LAYOUT_off_si_code), SI_TIMER);
    check_equal("si_value", FIELD(long, info_bytes, LAYOUT_off_si_value), (long)info_bytes);
    check_equal("si_timerid", FIELD(int, info_bytes, LAYOUT_off_si_reason), timer);
    check_equal("si_overrun", FIELD(int, info_bytes, LAYOUT_off_si_reason + 4), 0);
}

static void copy_and_step(int signal, struct signal_info *info, struct user_context *context) {
    copy(signal, info, context);
    machine_skip_instruction(context);
}

CASE(layout, "siginfo_t of a fault") {
    set_handler(SIGSEGV, (void *)copy_and_step, SA_SIGINFO);
    machine_load((void *)0x1230);
    check_equal("si_code", FIELD(int, info_bytes, LAYOUT_off_si_code), SEGV_MAPERR);
    check_equal("si_addr", FIELD(long, info_bytes, LAYOUT_off_si_addr), 0x1230);
}

CASE(layout, "ucontext_t") {
    static char stack_memory[65536];
    struct signal_stack stack = {stack_memory, sizeof stack_memory, 0};
    struct signal_set set = signal_set_of(SIGUSR2);
    sys_sigaltstack(&stack, 0);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    set_handler(SIGUSR1, (void *)copy, SA_SIGINFO);
    sys_kill((int)sys_getpid(), SIGUSR1);
    check("uc_sigmask", memcmp(context_bytes + LAYOUT_off_uc_sigmask, &set, sizeof set) == 0);
    check_equal("uc_link", FIELD(long, context_bytes, LAYOUT_off_uc_link), 0);
    check_equal("uc_stack.ss_sp", FIELD(long, context_bytes, LAYOUT_off_uc_stack), (long)stack_memory);
    check_equal("uc_stack.ss_size", FIELD(long, context_bytes, LAYOUT_off_uc_stack + 8), sizeof stack_memory);
    check_equal("uc_flags", FIELD(int, context_bytes, LAYOUT_off_uc_flags), 0);
}

CASE(layout, "struct kevent and struct pollfd") {
    int queue = (int)sys_kqueue();
    change_event(queue, 7, EVFILT_USER, EV_ADD, 0, 0);
    change_event(queue, 7, EVFILT_USER, 0, NOTE_TRIGGER, 0);
    check_equal("struct kevent", EXTENT(SYS_kevent, 3, queue, 0, 0, 0, 2, (long)&at_once), LAYOUT_sz_kevent);
    check_equal("ident", FIELD(long, low, 0), 7);
    int pair[2];
    sys_pipe2(pair, 0);
    unsigned char two[2 * LAYOUT_sz_pollfd];
    memset(two, 0, sizeof two);
    *(int *)two = pair[0], *(int16_t *)(two + 4) = POLLIN;
    *(int *)(two + LAYOUT_sz_pollfd) = pair[1], *(int16_t *)(two + LAYOUT_sz_pollfd + 4) = POLLOUT;
    check_equal("poll", sys_poll((struct pollfd *)two, 2, 0), 1);
    check_equal("the second of two", FIELD(int16_t, two, LAYOUT_sz_pollfd + 6), POLLOUT);
}

CASE(layout, "struct flock") {
    int file = new_file("f", 100);
    struct flock lock = {.start = 10, .length = 20, .type = F_WRLCK, .whence = SEEK_SET};
    check_equal("F_SETLK", sys_fcntl(file, F_SETLK, (long)&lock), 0);
    int child = (int)sys_fork();
    if (child == 0) {
        unsigned char bytes[LAYOUT_sz_flock + 8];
        memset(bytes, 0xa5, sizeof bytes);
        struct flock question = {.start = 0, .length = 0, .type = F_WRLCK, .whence = SEEK_SET};
        memcpy(bytes, &question, sizeof question);
        check_equal("F_GETLK", sys_fcntl(file, F_GETLK, (long)bytes), 0);
        check_equal("l_start", FIELD(int64_t, bytes, 0), 10);
        check_equal("l_len", FIELD(int64_t, bytes, 8), 20);
        check_equal("l_pid", FIELD(int, bytes, 16), sys_getppid());
        check_equal("what is behind it", bytes[LAYOUT_sz_flock], 0xa5);
        guest_exit(checks_failed());
    }
    check_equal("the child", wait_for(child), 0);
}

CASE(layout, "System V: shmid_ds, semid_ds, msqid_ds") {
    enum { IPC_RMID = 0, IPC_STAT = 2, IPC_CREAT = 01000 };
    int segment = (int)sys_shmget(0, 5000, IPC_CREAT | 0600), queue = (int)sys_msgget(0, IPC_CREAT | 0600),
        set = (int)sys_semget(0, 3, IPC_CREAT | 0600);
    check("made", segment >= 0 && queue >= 0 && set >= 0);
    long end = EXTENT(SYS_shmctl, 2, segment, IPC_STAT, 0);
    check("shmid_ds", end > 0 && end <= (long)LAYOUT_sz_shmid_ds);
    end = EXTENT(SYS_msgctl, 2, queue, IPC_STAT, 0);
    check("msqid_ds", end > 0 && end <= (long)LAYOUT_sz_msqid_ds);
    unsigned char bytes[LAYOUT_sz_semid_ds + 8];
    memset(bytes, 0xa5, sizeof bytes);
    void *argument = bytes;
    check_equal("IPC_STAT", sys___semctl(set, 0, IPC_STAT, &argument), 0);
    check_equal("what is behind semid_ds", bytes[LAYOUT_sz_semid_ds], 0xa5);
    sys_shmctl(segment, IPC_RMID, 0), sys_msgctl(queue, IPC_RMID, 0), sys___semctl(set, 0, IPC_RMID, 0);
}

CASE(layout, "struct linger and struct sockaddr_storage") {
    int socket = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    unsigned size = ROOM;
    memset(low, 0xa5, ROOM);
    check_equal("getsockopt", sys_getsockopt(socket, SOL_SOCKET, SO_LINGER, low, &size), 0);
    check_equal("struct linger", size, LAYOUT_sz_linger);
    size = ROOM;
    check_equal("getsockname", sys_getsockname(socket, low, &size), 0);
    check_equal("struct sockaddr_in is as long as struct sockaddr", size, LAYOUT_sz_sockaddr);
}

CASE(layout, "struct kinfo_proc") {
    int name[] = {CTL_KERN, 14, 1, (int)sys_getpid()};
    size_t size = ROOM;
    check_equal("kern.proc.pid", sys___sysctl(name, 4, low, &size, 0, 0), 0);
    check_equal("size", (long)size, LAYOUT_sz_kinfo_proc);
    check_equal("ki_structsize", FIELD(int, low, 0), LAYOUT_sz_kinfo_proc);
    check_equal("ki_pid", FIELD(int, low, LAYOUT_off_kp_pid), sys_getpid());
    check_string("ki_comm", (const char *)low + LAYOUT_off_kp_comm, "layouts");
    check("ki_stat", low[LAYOUT_off_kp_stat] >= 1 && low[LAYOUT_off_kp_stat] <= 7);
    check("ki_tid", FIELD(int, low, LAYOUT_off_kp_tid) > 0);
}

CASE(layout, "sizes that calls are given: thr_param and umtx_robust_lists") {
    struct thr_param parameters = {0};
    check_errno("thr_new of a larger one", sys_thr_new(&parameters, (int)LAYOUT_sz_thr_param + 1), EINVAL);
    unsigned long lists[8] = {0};
    check_equal("ROBUST_LISTS", umtx(0, UMTX_OP_ROBUST_LISTS, LAYOUT_sz_umtx_robust, lists, 0), 0);
    check_errno("larger ones", umtx(0, UMTX_OP_ROBUST_LISTS, LAYOUT_sz_umtx_robust + 8, lists, 0), EINVAL);
}
