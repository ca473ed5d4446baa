// Who finds an object of System V by its key, and who may: semget(2), msgget(2), shmget(2), shmdt(2), msgctl(2) of
// FreeBSD 12.2; ipcperm in sys/kern/sysv_ipc.c.
#include "../../runtime/children.h"
#include "../../runtime/interprocess.h"

enum { NO_OBJECT = 0x7f00ff, TOO_MANY = 1 << 20, READING = 0400, ALTERING = 0200 };

static int queue_of(int mode) { return (int)sys_msgget(IPC_PRIVATE, IPC_CREAT | mode); }

// The rest of the case, in a child that may do little.
static void as_ordinary_user(const char *name, void (*body)(long key), long key) {
    need_root();
    int child = (int)sys_fork();
    if (child == 0) {
        become_ordinary_user();
        body(key);
        guest_exit(checks_failed());
    }
    check_equal(name, wait_for(child), 0);
}

CASE(semget, "finds a set that has as many semaphores or more") {
    long key = some_key();
    int set = (int)sys_semget(key, 3, IPC_CREAT | 0600);
    check_equal("as many", sys_semget(key, 3, 0), set);
    check_equal("fewer", sys_semget(key, 1, 0), set);
    check_equal("any", sys_semget(key, 0, 0), set);
    check_errno("more", sys_semget(key, 4, 0), EINVAL);
    sys___semctl(set, 0, IPC_RMID, 0);
}

CASE(semget, "refuses keys that are taken, or not there") {
    long key = some_key() + 1;
    check_errno("not there", sys_semget(key, 1, 0), ENOENT);
    int set = (int)sys_semget(key, 1, IPC_CREAT | IPC_EXCL | 0600);
    check_errno("taken", sys_semget(key, 1, IPC_CREAT | IPC_EXCL | 0600), EEXIST);
    check_errno("before the number", sys_semget(key, 9, IPC_CREAT | IPC_EXCL | 0600), EEXIST);
    sys___semctl(set, 0, IPC_RMID, 0);
}

CASE(semget, "refuses sets that are too large") {
    check_errno("too many", sys_semget(IPC_PRIVATE, TOO_MANY, IPC_CREAT | 0600), EINVAL);
    check_errno("negative", sys_semget(IPC_PRIVATE, -1, IPC_CREAT | 0600), EINVAL);
}

static void find_set(long key) {
    check_errno("reading", sys_semget(key, 1, READING), EACCES);
    check("asking for nothing", sys_semget(key, 1, 0) >= 0);
}

CASE(semget, "refuses other users what the mode does") {
    long key = some_key() + 2;
    need_root();
    int set = (int)sys_semget(key, 1, IPC_CREAT | 0600);
    as_ordinary_user("ordinary user", find_set, key);
    sys___semctl(set, 0, IPC_RMID, 0);
}

static void find_queue(long key) {
    check_errno("altering", sys_msgget(key, ALTERING), EACCES);
    check("asking for nothing", sys_msgget(key, 0) >= 0);
}

CASE(msgget, "refuses other users what the mode does") {
    long key = some_key() + 3;
    need_root();
    int queue = (int)sys_msgget(key, IPC_CREAT | 0600);
    as_ordinary_user("ordinary user", find_queue, key);
    sys_msgctl(queue, IPC_RMID, 0);
}

CASE(msgget, "gives a removed queue's key another number") {
    long key = some_key() + 4;
    int first = (int)sys_msgget(key, IPC_CREAT | 0600);
    sys_msgctl(first, IPC_RMID, 0);
    int second = (int)sys_msgget(key, IPC_CREAT | 0600);
    check("another", first != second);
    check_errno("the first is gone", sys_msgctl(first, IPC_RMID, 0), EINVAL);
    sys_msgctl(second, IPC_RMID, 0);
}

CASE(shmget, "finds a segment that is as large or larger") {
    long key = some_key() + 5;
    int segment = (int)sys_shmget(key, 2 * PAGE, IPC_CREAT | 0600);
    check_equal("as large", sys_shmget(key, 2 * PAGE, 0), segment);
    check_equal("smaller", sys_shmget(key, 1, 0), segment);
    check_errno("larger", sys_shmget(key, 3 * PAGE, 0), EINVAL);
    sys_shmctl(segment, IPC_RMID, 0);
}

CASE(shmdt, "refuses what is not attached") {
    check_errno("never", sys_shmdt(shared_page()), EINVAL);
    check_errno("null", sys_shmdt(0), EINVAL);
}

CASE(shmdt, "needs the first address, and detaches once") {
    int segment = (int)sys_shmget(IPC_PRIVATE, 2 * PAGE, IPC_CREAT | 0600);
    char *memory = (char *)sys_shmat(segment, 0, 0);
    check_errno("inside", sys_shmdt(memory + PAGE), EINVAL);
    check_equal("shmdt", sys_shmdt(memory), 0);
    check_errno("again", sys_shmdt(memory), EINVAL);
    sys_shmctl(segment, IPC_RMID, 0);
}

CASE(shmdt, "leaves another attachment of the segment") {
    struct segment_status status;
    int segment = (int)sys_shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0600);
    char *first = (char *)sys_shmat(segment, 0, 0), *second = (char *)sys_shmat(segment, 0, 0);
    first[0] = 5;
    check_equal("shmdt", sys_shmdt(first), 0);
    check_equal("content", second[0], 5);
    sys_shmctl(segment, IPC_STAT, &status);
    check_equal("attachments", status.attachments, 1);
    sys_shmctl(segment, IPC_RMID, 0);
}

// msgctl(2) has EPERM for who may not change a queue; ipcperm gives EACCES for all that is refused.
static void control_queue(long queue) {
    struct queue_status status;
    check_errno("IPC_STAT", sys_msgctl((int)queue, IPC_STAT, &status), EACCES);
    memset(&status, 0, sizeof status);
    check_errno("IPC_SET", sys_msgctl((int)queue, IPC_SET, &status), EACCES);
    check_errno("IPC_RMID", sys_msgctl((int)queue, IPC_RMID, 0), EACCES);
}

CASE(msgctl, "refuses other users") {
    need_root();
    int queue = queue_of(0600);
    as_ordinary_user("ordinary user", control_queue, queue);
    sys_msgctl(queue, IPC_RMID, 0);
}

CASE(msgctl, "refuses queues that are not there and other commands") {
    int queue = queue_of(0600);
    check_errno("none", sys_msgctl(NO_OBJECT, IPC_RMID, 0), EINVAL);
    check_errno("command", sys_msgctl(queue, 99, 0), EINVAL);
    check_errno("IPC_STAT", sys_msgctl(queue, IPC_STAT, unmapped_page()), EFAULT);
    check_errno("IPC_SET", sys_msgctl(queue, IPC_SET, unmapped_page()), EFAULT);
    sys_msgctl(queue, IPC_RMID, 0);
}
