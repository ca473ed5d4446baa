// Shared memory objects and descriptors that count: shm_open(2), eventfd(2), timerfd(2), fspacectl(2).
#include "events.h"

enum {
    SHM_ALLOW_SEALING = 1, SHM_RENAME_NOREPLACE = 1, SHM_RENAME_EXCHANGE = 2, F_ADD_SEALS = 19, F_GET_SEALS = 20,
    F_SEAL_SEAL = 1, F_SEAL_SHRINK = 2, F_SEAL_GROW = 4, EFD_SEMAPHORE = 1, EFD_NONBLOCK = 4,
};
#define SHM_ANON ((const char *)1)

static void objects(void) {
    char name[64], other[64];
    format_string(name, sizeof name, "/bsduser-test-%d/a", (int)sys_getpid());
    format_string(other, sizeof other, "/bsduser-test-%d/b", (int)sys_getpid());
    int object = (int)sys_shm_open(SHM_ANON, O_RDWR, 0600);
    check("SHM_ANON", object > 2);
    check_equal("close-on-exec", sys_fcntl(object, F_GETFD, 0), FD_CLOEXEC);
    check_equal("ftruncate", sys_ftruncate(object, 2 * PAGE), 0);
    char *memory = (char *)sys_mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
    memory[PAGE] = 42;
    int child = (int)sys_fork();
    if (child == 0) {
        memory[PAGE + 1] = (char)(memory[PAGE] + 1);
        sys_exit(0);
    }
    wait_for(child);
    check_equal("shared with a child", memory[PAGE + 1], 43);
    check_equal("sealed against seals", sys_fcntl(object, F_GET_SEALS, 0), F_SEAL_SEAL);
    sys_close(object);

    check_errno("a name that is not there", sys_shm_open(name, O_RDWR, 0), ENOENT);
    object = (int)sys_shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    check("a new name", object > 2);
    check_errno("O_EXCL", sys_shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
    sys_ftruncate(object, 10);
    int again = (int)sys_shm_open(name, O_RDONLY, 0);
    struct file_status status;
    sys_fstat(again, &status);
    check_equal("the same object", (long)status.size, 10);
    check_errno("open for reading only", sys_write(again, "x", 1), EBADF);
    check_equal("shm_rename", sys_shm_rename(name, other, 0), 0);
    check_errno("the old name", sys_shm_open(name, O_RDWR, 0), ENOENT);
    sys_close((int)sys_shm_open(name, O_RDWR | O_CREAT, 0600));
    check_errno("SHM_RENAME_NOREPLACE", sys_shm_rename(other, name, SHM_RENAME_NOREPLACE), EEXIST);
    check_errno("both flags", sys_shm_rename(other, name, SHM_RENAME_NOREPLACE | SHM_RENAME_EXCHANGE), EINVAL);
    check_equal("SHM_RENAME_EXCHANGE", sys_shm_rename(other, name, SHM_RENAME_EXCHANGE), 0);
    check_equal("shm_unlink", sys_shm_unlink(name), 0);
    check_equal("and the other", sys_shm_unlink(other), 0);
    check_errno("gone", sys_shm_unlink(name), ENOENT);
    check_errno("a name without slash", sys_shm_open("name", O_RDWR | O_CREAT, 0600), EINVAL);
    check_errno("O_WRONLY", sys_shm_open(SHM_ANON, O_WRONLY, 0600), EINVAL);
    check_errno("O_NONBLOCK", sys_shm_open(SHM_ANON, O_RDWR | O_NONBLOCK, 0600), EINVAL);
    check_errno("a wild name", sys_shm_open((char *)8, O_RDWR, 0), EFAULT);

    object = (int)sys_shm_open2(SHM_ANON, O_RDWR, 0, SHM_ALLOW_SEALING, "label");
    check_equal("shm_open2 has no close-on-exec", sys_fcntl(object, F_GETFD, 0), 0);
    check_equal("no seals", sys_fcntl(object, F_GET_SEALS, 0), 0);
    sys_ftruncate(object, PAGE);
    check_equal("F_ADD_SEALS", sys_fcntl(object, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW), 0);
    check_errno("sealed", sys_ftruncate(object, 0), EPERM);
    sys_close(object);
    check_errno("unknown sharing", sys_shm_open2(SHM_ANON, O_RDWR, 0, 0x80, 0), EINVAL);
}

static void counters(void) {
    struct { unsigned initial; int flags; } request = {3, EFD_NONBLOCK};
    int counter = (int)sys___specialfd(1, &request, sizeof request);
    check("eventfd", counter > 2);
    uint64_t value = 0;
    check_equal("read", sys_read(counter, &value, 8), 8);
    check_equal("the first value", (long)value, 3);
    check_errno("empty", sys_read(counter, &value, 8), EAGAIN);
    value = 0x100000002;
    check_equal("write", sys_write(counter, &value, 8), 8);
    int copy = (int)sys_dup(counter), queue = (int)sys_kqueue();
    struct kernel_event event;
    change_event(queue, copy, EVFILT_READ, EV_ADD, 0, 0);
    check_equal("EVFILT_READ", events_now(queue, &event, 1), 1);
    check_equal("data is the value", event.data == 0x100000002, 1);
    value = 0;
    check_equal("read of a copy", sys_read(copy, &value, 8), 8);
    check("all 64 bits", value == 0x100000002);
    check_errno("too short", sys_read(counter, &value, 4), EINVAL);
    sys_close(copy), sys_close(counter);
    request.flags = EFD_SEMAPHORE;
    counter = (int)sys___specialfd(1, &request, sizeof request);
    sys_read(counter, &value, 8);
    check_equal("EFD_SEMAPHORE", (long)value, 1);
    sys_close(counter);
    request.flags = 0x40;
    check_errno("unknown flags", sys___specialfd(1, &request, sizeof request), EINVAL);
    check_errno("an unknown kind", sys___specialfd(9, &request, sizeof request), EINVAL);
    check_errno("a wrong size", sys___specialfd(1, &request, 4), EINVAL);
    check_errno("a wild request", sys___specialfd(1, (void *)8, sizeof request), EFAULT);

    int timer = (int)sys_timerfd_create(CLOCK_MONOTONIC, 0);
    check("timerfd_create", timer > 2);
    struct itimerspec set = {{0, 5000000}, {0, 10000000}}, old;
    check_equal("timerfd_settime", sys_timerfd_settime(timer, 0, &set, &old), 0);
    check_equal("it did not run", (long)(old.value.seconds + old.value.nanoseconds), 0);
    change_event(queue, timer, EVFILT_READ, EV_ADD, 0, 0);
    check_equal("expires", next_event(queue, &event, 5000), 1);
    check_equal("read of a timer", sys_read(timer, &value, 8), 8);
    check("expirations", value >= 1 && value < 1000);
    check_equal("timerfd_gettime", sys_timerfd_gettime(timer, &old), 0);
    check_equal("its period", (long)old.interval.nanoseconds, 5000000);
    check_errno("a wrong clock", sys_timerfd_create(CLOCK_PROF, 0), EINVAL);
    check_errno("unknown flags", sys_timerfd_create(CLOCK_MONOTONIC, 0x40), EINVAL);
    set.value.nanoseconds = -1;
    check_errno("a wrong time", sys_timerfd_settime(timer, 0, &set, 0), EINVAL);
    check_errno("of no timer", sys_timerfd_gettime(queue, &old), EINVAL);
    sys_close(timer), sys_close(queue);
}

static void holes(void) {
    int file = (int)sys_open("sm.data", O_RDWR | O_CREAT | O_TRUNC, 0644);
    char block[3 * 4096];
    memset(block, 'x', sizeof block);
    sys_write(file, block, sizeof block);
    int64_t range[2] = {4096, 4096}, rest[2] = {0, 0};
    check_equal("fspacectl", sys_fspacectl(file, 1, range, 0, rest), 0);
    check("nothing is left to do", rest[0] == 8192 && rest[1] == 0);
    sys_pread(file, block, 3, 4095);
    check("a hole reads as zero", block[0] == 'x' && block[1] == 0);
    range[1] = 0;
    check_errno("an empty range", sys_fspacectl(file, 1, range, 0, rest), EINVAL);
    int64_t used = 0;
    check_equal("getrlimitusage", sys_getrlimitusage(RLIMIT_NOFILE, 0, &used), 0);
    check("open descriptors", used >= 4 && used < 100);
    sys_close(file);
    sys_unlink("sm.data");
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    objects();
    counters();
    holes();
    return checks_failed();
}
