// Segments, semaphores and message queues of System V (shmget(2), semget(2), msgget(2)).
#include "interprocess.h"

static void segments(void) {
    int segment = (int)sys_shmget(0, 5 * PAGE, IPC_CREAT | 0600);
    check("shmget", segment >= 0);
    char *memory = (char *)sys_shmat(segment, 0, 0);
    check("shmat", (long)memory > 0);
    check("the segment is empty", memory[0] == 0 && memory[5 * PAGE - 1] == 0);
    memory[PAGE] = 17;
    char *again = (char *)sys_shmat(segment, 0, SHM_RDONLY);
    check("attached twice", again != memory && again[PAGE] == 17);
    int child = (int)sys_fork();
    if (child == 0) {
        memory[PAGE] = 18;
        sys_exit(0);
    }
    wait_for(child);
    check_equal("shared with a child", again[PAGE], 18);
    struct segment_status status;
    check_equal("IPC_STAT", sys_shmctl(segment, IPC_STAT, &status), 0);
    check_equal("size", (long)status.size, 5 * PAGE);
    check_equal("attachments", status.attachments, 2);
    check_equal("mode", status.permission.mode & 0777, 0600);
    check_equal("creator", status.creator, sys_getpid());
    status.permission.mode = 0640;
    check_equal("IPC_SET", sys_shmctl(segment, IPC_SET, &status), 0);
    sys_shmctl(segment, IPC_STAT, &status);
    check_equal("the new mode", status.permission.mode & 0777, 0640);
    check_equal("shmdt", sys_shmdt(again), 0);
    check_errno("shmdt of nothing", sys_shmdt(again), EINVAL);
    sys_shmctl(segment, IPC_STAT, &status);
    check_equal("attachments afterwards", status.attachments, 1);
    check_equal("the memory is free", sys_mincore(again, PAGE, again), -ENOMEM);
    check_errno("at an odd address", sys_shmat(segment, again + 1, 0), EINVAL);
    check_equal("rounded down", sys_shmat(segment, again + 1, SHM_RND), (long)again);
    check_equal("the same content", again[PAGE], 18);
    check_errno("over something else", sys_shmat(segment, memory, 0), ENOMEM);
    sys_shmdt(again);
    check_equal("IPC_RMID", sys_shmctl(segment, IPC_RMID, 0), 0);
    check_equal("it lives while attached", memory[PAGE], 18);
    check_equal("the last shmdt", sys_shmdt(memory), 0);
    check_errno("gone", sys_shmat(segment, 0, 0), EINVAL);
    check_errno("an unknown key", sys_shmget(0x7b5d0000 + sys_getpid(), PAGE, 0), ENOENT);
    check_errno("a wild status", sys_shmctl(segment, IPC_SET, (void *)8), EFAULT);
}

static void semaphores(void) {
    long key = 0x7b5d0000 + sys_getpid();
    int set = (int)sys_semget(key, 3, IPC_CREAT | IPC_EXCL | 0600);
    check("semget", set >= 0);
    check_errno("IPC_EXCL", sys_semget(key, 3, IPC_CREAT | IPC_EXCL | 0600), EEXIST);
    union semaphore_argument argument = {.value = 5};
    check_equal("SETVAL", sys___semctl(set, 1, SETVAL, &argument), 0);
    check_equal("GETVAL", sys___semctl(set, 1, GETVAL, 0), 5);
    uint16_t values[3] = {1, 2, 3};
    argument.values = values;
    check_equal("SETALL", sys___semctl(set, 0, SETALL, &argument), 0);
    values[0] = values[1] = values[2] = 9;
    check_equal("GETALL", sys___semctl(set, 0, GETALL, &argument), 0);
    check("their values", values[0] == 1 && values[1] == 2 && values[2] == 3);
    struct set_status status;
    argument.status = &status;
    check_equal("IPC_STAT", sys___semctl(set, 0, IPC_STAT, &argument), 0);
    check_equal("how many", status.count, 3);
    check_equal("key", status.permission.key, key);
    struct semaphore_operation operations[2] = {{0, -1, 0}, {2, 4, 0}};
    check_equal("semop", sys_semop(set, operations, 2), 0);
    check_equal("one less", sys___semctl(set, 0, GETVAL, 0), 0);
    check_equal("four more", sys___semctl(set, 2, GETVAL, 0), 7);
    check_equal("GETPID", sys___semctl(set, 2, GETPID, 0), sys_getpid());
    operations[0].flags = IPC_NOWAIT;
    check_errno("IPC_NOWAIT", sys_semop(set, operations, 1), EAGAIN);
    int child = (int)sys_fork();
    if (child == 0) {
        struct timespec time = {0, 20000000};
        sys_nanosleep(&time, 0);
        struct semaphore_operation give = {0, 1, 0}, undo = {1, 10, SEM_UNDO};
        sys_semop(set, &undo, 1);
        sys_exit((int)sys_semop(set, &give, 1));
    }
    operations[0].flags = 0;
    check_equal("waits for another process", sys_semop(set, operations, 1), 0);
    check_equal("which ends", wait_for(child), 0);
    check_equal("SEM_UNDO", sys___semctl(set, 1, GETVAL, 0), 2);
    check_errno("too many operations", sys_semop(set, operations, 101), E2BIG);
    check_errno("no such semaphore", sys___semctl(set, 7, GETVAL, 0), EINVAL);
    check_errno("no such command", sys___semctl(set, 0, 99, &argument), EINVAL);
    check_errno("a wild argument", sys___semctl(set, 0, SETVAL, (void *)8), EFAULT);
    check_errno("wild operations", sys_semop(set, (void *)8, 1), EFAULT);
    check_equal("IPC_RMID", sys___semctl(set, 0, IPC_RMID, 0), 0);
    check_errno("gone", sys___semctl(set, 0, GETVAL, 0), EINVAL);
}

static void queues(void) {
    int queue = (int)sys_msgget(0, IPC_CREAT | 0600);
    check("msgget", queue >= 0);
    struct typed_text message = {7, "seven"}, found;
    check_equal("msgsnd", sys_msgsnd(queue, &message, 6, 0), 0);
    message = (struct typed_text){3, "three!"};
    check_equal("another", sys_msgsnd(queue, &message, 7, 0), 0);
    struct queue_status status;
    check_equal("IPC_STAT", sys_msgctl(queue, IPC_STAT, &status), 0);
    check_equal("messages", (long)status.messages, 2);
    check_equal("bytes", (long)status.bytes, 13);
    check_equal("sender", status.sender, sys_getpid());
    check_equal("by type", sys_msgrcv(queue, &found, 64, 3, 0), 7);
    check_equal("type", found.type, 3);
    check_string("text", found.text, "three!");
    check_errno("too long", sys_msgrcv(queue, &found, 2, 0, 0), E2BIG);
    check_equal("MSG_NOERROR", sys_msgrcv(queue, &found, 2, 0, MSG_NOERROR), 2);
    check_errno("empty", sys_msgrcv(queue, &found, 64, 0, IPC_NOWAIT), ENOMSG);
    int child = (int)sys_fork();
    if (child == 0) {
        struct timespec time = {0, 20000000};
        sys_nanosleep(&time, 0);
        sys_exit((int)sys_msgsnd(queue, &message, 7, 0));
    }
    check_equal("waits for a message", sys_msgrcv(queue, &found, 64, 0, 0), 7);
    wait_for(child);
    check_errno("a wrong type", sys_msgsnd(queue, &(struct typed_text){0, ""}, 1, 0), EINVAL);
    check_errno("a wild message", sys_msgsnd(queue, (void *)8, 1, 0), EFAULT);
    check_errno("a very long one", sys_msgsnd(queue, &message, ~0ul, 0), EINVAL);
    check_equal("IPC_RMID", sys_msgctl(queue, IPC_RMID, 0), 0);
    check_errno("gone", sys_msgsnd(queue, &message, 1, 0), EINVAL);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    segments();
    semaphores();
    queues();
    return checks_failed();
}
