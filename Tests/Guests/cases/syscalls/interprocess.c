// Shared segments and semaphores of System V: shmget(2), shmat(2), shmctl(2), semget(2), semop(2), semctl(2).
#include "../../runtime/children.h"
#include "../../runtime/interprocess.h"

static int own_segment(size_t size) {
    int segment = (int)sys_shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
    check("shmget", segment >= 0);
    return segment;
}

static char *attached(int segment) {
    char *memory = (char *)sys_shmat(segment, 0, 0);
    check("shmat", (long)memory > 0);
    return memory;
}

static int own_set(int count) {
    int set = (int)sys_semget(IPC_PRIVATE, count, IPC_CREAT | 0600);
    check("semget", set >= 0);
    return set;
}

static long set_value(int set, int number, int value) {
    union semaphore_argument argument = {.status = 0};
    argument.value = value;
    return sys___semctl(set, number, SETVAL, &argument);
}

static long operate(int set, int number, int change, int flags) {
    struct semaphore_operation operation = {(uint16_t)number, (int16_t)change, (int16_t)flags};
    return sys_semop(set, &operation, 1);
}

static long value_of(int set, int number) { return sys___semctl(set, number, GETVAL, 0); }
static void remove_set(int set) { sys___semctl(set, 0, IPC_RMID, 0); }
static void remove_segment(int segment) { sys_shmctl(segment, IPC_RMID, 0); }

CASE(shmget, "makes and finds a segment") {
    long key = some_key();
    int segment = (int)sys_shmget(key, 8192, IPC_CREAT | IPC_EXCL | 0600);
    check("made", segment >= 0);
    check_equal("found", sys_shmget(key, 0, 0), segment);
    check_equal("found again", sys_shmget(key, 8192, IPC_CREAT | 0600), segment);
    check_errno("IPC_EXCL", sys_shmget(key, 8192, IPC_CREAT | IPC_EXCL | 0600), EEXIST);
    check_errno("too small", sys_shmget(key, 100000, 0), EINVAL);
    remove_segment(segment);
    check_errno("removed", sys_shmget(key, 0, 0), ENOENT);
}

CASE(shmget, "refuses a segment of no size") {
    check_errno("0", sys_shmget(IPC_PRIVATE, 0, IPC_CREAT | 0600), EINVAL);
}

CASE(shmget, "makes another private segment each time") {
    int first = own_segment(PAGE), second = own_segment(PAGE);
    check("two", first != second);
    remove_segment(first);
    remove_segment(second);
}

CASE(shmat, "shares the memory") {
    int segment = own_segment(PAGE);
    char *memory = attached(segment), *again = attached(segment);
    check("twice", memory != again);
    memory[5] = 42;
    check_equal("the same", again[5], 42);
    int child = (int)sys_fork();
    if (child == 0) {
        memory[6] = 43;
        guest_exit(0);
    }
    wait_for(child);
    check_equal("with a child", again[6], 43);
    remove_segment(segment);
}

CASE(shmat, "refuses others") {
    int segment = own_segment(PAGE);
    check_errno("no segment", sys_shmat(-1, 0, 0), EINVAL);
    check_errno("address", sys_shmat(segment, (void *)0x12345, 0), EINVAL);
    remove_segment(segment);
    check_errno("removed", sys_shmat(segment, 0, 0), EINVAL);
}

static int write_there(void) {
    int segment = (int)sys_shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0600);
    char *memory = (char *)sys_shmat(segment, 0, SHM_RDONLY);
    remove_segment(segment);
    if (memory[0] != 0) return 1;
    machine_store(memory, 1);
    return 2;
}

CASE(shmat, "does not let write with SHM_RDONLY") {
    int outcome = outcome_of_child(write_there);
    check("a signal", outcome == -SIGSEGV || outcome == -SIGBUS);
}

CASE(shmat, "rounds the address with SHM_RND") {
    int segment = own_segment(PAGE);
    char *place = unmapped_page();
    check_equal("shmat", sys_shmat(segment, place + 100, SHM_RND), (long)place);
    check_equal("shmdt", sys_shmdt(place), 0);
    remove_segment(segment);
}

// SHM_REMAP is both bits, and kern_shmat_locked asks for either.
CASE(shmat, "replaces what is mapped with SHM_REMAP") {
    int segment = own_segment(PAGE);
    char *place = (char *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    char *writable = attached(segment);
    place[0] = 'm';
    writable[0] = 's';
    check_errno("without", sys_shmat(segment, place, 0), ENOMEM);
    check_equal("with", sys_shmat(segment, place, SHM_RDONLY | SHM_RND), (long)place);
    check_equal("the segment's", place[0], 's');
    check_equal("shmdt", sys_shmdt(place), 0);
    remove_segment(segment);
}

CASE(shmdt, "detaches") {
    int segment = own_segment(PAGE);
    struct segment_status status;
    char *memory = attached(segment);
    check_equal("shmdt", sys_shmdt(memory), 0);
    sys_shmctl(segment, IPC_STAT, &status);
    check_equal("attachments", status.attachments, 0);
    check_errno("once", sys_shmdt(memory), EINVAL);
    check_errno("elsewhere", sys_shmdt(unmapped_page()), EINVAL);
    remove_segment(segment);
}

CASE(shmctl, "tells of a segment") {
    int segment = own_segment(3 * PAGE);
    struct segment_status status;
    attached(segment);
    check_equal("IPC_STAT", sys_shmctl(segment, IPC_STAT, &status), 0);
    check_equal("size", (long)status.size, 3 * PAGE);
    check_equal("mode", status.permission.mode & 0777, 0600);
    check_equal("attachments", status.attachments, 1);
    check_equal("maker", status.creator, sys_getpid());
    check("owner", status.permission.user == (unsigned)sys_geteuid());
    remove_segment(segment);
}

CASE(shmctl, "sets the mode") {
    int segment = own_segment(PAGE);
    struct segment_status status;
    sys_shmctl(segment, IPC_STAT, &status);
    status.permission.mode = 0640;
    check_equal("IPC_SET", sys_shmctl(segment, IPC_SET, &status), 0);
    sys_shmctl(segment, IPC_STAT, &status);
    check_equal("mode", status.permission.mode & 0777, 0640);
    remove_segment(segment);
}

CASE(shmctl, "keeps a removed segment while it is attached") {
    int segment = own_segment(PAGE);
    char *memory = attached(segment);
    check_equal("IPC_RMID", sys_shmctl(segment, IPC_RMID, 0), 0);
    memory[0] = 9;
    check_equal("still there", memory[0], 9);
    check_equal("shmdt", sys_shmdt(memory), 0);
}

CASE(shmctl, "refuses others") {
    int segment = own_segment(PAGE);
    struct segment_status status;
    check_errno("command", sys_shmctl(segment, 77, &status), EINVAL);
    check_errno("no segment", sys_shmctl(-1, IPC_STAT, &status), EINVAL);
    check_errno("bad address", sys_shmctl(segment, IPC_STAT, unmapped_page()), EFAULT);
    remove_segment(segment);
}

static int look_at_segment(int segment) {
    struct segment_status status;
    become_ordinary_user();
    if (sys_shmctl(segment, IPC_STAT, &status) != -EACCES) return 1;
    if (sys_shmat(segment, 0, 0) != -EACCES) return 2;
    // shmctl(2) has EPERM, ipcperm gives EACCES.
    return sys_shmctl(segment, IPC_RMID, 0) != -EACCES ? 3 : 0;
}

CASE(shmctl, "refuses other users") {
    need_root();
    int segment = own_segment(PAGE), child = (int)sys_fork();
    if (child == 0) guest_exit(look_at_segment(segment));
    check_equal("in the child", WEXITSTATUS(wait_for(child)), 0);
    remove_segment(segment);
}

CASE(semget, "makes and finds a set") {
    long key = some_key();
    int set = (int)sys_semget(key, 3, IPC_CREAT | IPC_EXCL | 0600);
    check("made", set >= 0);
    check_equal("found", sys_semget(key, 0, 0), set);
    check_equal("fewer", sys_semget(key, 2, 0), set);
    check_errno("more", sys_semget(key, 4, 0), EINVAL);
    check_errno("IPC_EXCL", sys_semget(key, 3, IPC_CREAT | IPC_EXCL | 0600), EEXIST);
    remove_set(set);
    check_errno("removed", sys_semget(key, 3, 0), ENOENT);
}

CASE(semget, "refuses sets of no size") {
    check_errno("0", sys_semget(IPC_PRIVATE, 0, IPC_CREAT | 0600), EINVAL);
    check_errno("-1", sys_semget(IPC_PRIVATE, -1, IPC_CREAT | 0600), EINVAL);
}

CASE(semop, "takes and gives") {
    int set = own_set(1);
    check_equal("give", operate(set, 0, 5, 0), 0);
    check_equal("take", operate(set, 0, -3, 0), 0);
    check_equal("value", value_of(set, 0), 2);
    check_errno("too much", operate(set, 0, -3, IPC_NOWAIT), EAGAIN);
    check_errno("not zero", operate(set, 0, 0, IPC_NOWAIT), EAGAIN);
    check_equal("take", operate(set, 0, -2, 0), 0);
    check_equal("zero", operate(set, 0, 0, IPC_NOWAIT), 0);
    remove_set(set);
}

CASE(semop, "does all or nothing") {
    int set = own_set(2);
    struct semaphore_operation operations[2] = {{0, 1, 0}, {1, -1, IPC_NOWAIT}};
    check_errno("semop", sys_semop(set, operations, 2), EAGAIN);
    check_equal("untouched", value_of(set, 0), 0);
    remove_set(set);
}

CASE(semop, "waits") {
    int set = own_set(1), child = (int)sys_fork();
    if (child == 0) {
        pause_milliseconds(50);
        operate(set, 0, 1, 0);
        guest_exit(0);
    }
    check_equal("semop", operate(set, 0, -1, 0), 0);
    wait_for(child);
    remove_set(set);
}

CASE(semop, "takes back with SEM_UNDO") {
    int set = own_set(1);
    set_value(set, 0, 5);
    int child = (int)sys_fork();
    if (child == 0) guest_exit(operate(set, 0, -3, SEM_UNDO) != 0);
    check_equal("in the child", wait_for(child), 0);
    check_equal("value", value_of(set, 0), 5);
    remove_set(set);
}

CASE(semop, "ends when the set is removed") {
    int set = own_set(1), child = (int)sys_fork();
    if (child == 0) guest_exit(operate(set, 0, -1, 0) == -EIDRM ? 0 : 1);
    for (int i = 0; i < 1000 && sys___semctl(set, 0, GETNCNT, 0) != 1; i++) pause_milliseconds(5);
    remove_set(set);
    check_equal("EIDRM", wait_for(child), 0);
}

// semop(2): EFBIG for a number that the set does not have, E2BIG for more than SEMOPM operations, 100.
CASE(semop, "refuses others") {
    static struct semaphore_operation many[101];
    int set = own_set(1);
    check_errno("number", operate(set, 1, 1, IPC_NOWAIT), EFBIG);
    check_errno("too many", sys_semop(set, many, 101), E2BIG);
    check_errno("no set", operate(-1, 0, 1, 0), EINVAL);
    check_errno("bad address", sys_semop(set, unmapped_page(), 1), EFAULT);
    check_errno("overflow", operate(set, 0, 32767, 0) == 0 ? operate(set, 0, 32767, 0) : 0, ERANGE);
    remove_set(set);
    check_errno("removed", operate(set, 0, 1, 0), EINVAL);
}

CASE(__semctl, "sets and gets values") {
    int set = own_set(3);
    uint16_t values[3] = {7, 8, 9};
    union semaphore_argument argument = {.values = values};
    check_equal("SETALL", sys___semctl(set, 0, SETALL, &argument), 0);
    check_equal("GETVAL", value_of(set, 1), 8);
    check_equal("SETVAL", set_value(set, 1, 4), 0);
    memset(values, 0, sizeof values);
    check_equal("GETALL", sys___semctl(set, 0, GETALL, &argument), 0);
    check("values", values[0] == 7 && values[1] == 4 && values[2] == 9);
    remove_set(set);
}

CASE(__semctl, "tells who waits") {
    int set = own_set(1);
    check_equal("GETNCNT", sys___semctl(set, 0, GETNCNT, 0), 0);
    int child = (int)sys_fork();
    if (child == 0) guest_exit(operate(set, 0, -1, 0) != 0);
    for (int i = 0; i < 400 && sys___semctl(set, 0, GETNCNT, 0) != 1; i++) pause_milliseconds(5);
    check_equal("one", sys___semctl(set, 0, GETNCNT, 0), 1);
    check_equal("GETZCNT", sys___semctl(set, 0, GETZCNT, 0), 0);
    operate(set, 0, 1, 0);
    wait_for(child);
    check_equal("GETPID", sys___semctl(set, 0, GETPID, 0), child);
    remove_set(set);
}

CASE(__semctl, "tells of a set") {
    int set = own_set(2);
    struct set_status status;
    union semaphore_argument argument = {.status = &status};
    check_equal("IPC_STAT", sys___semctl(set, 0, IPC_STAT, &argument), 0);
    check_equal("semaphores", status.count, 2);
    check_equal("mode", status.permission.mode & 0777, 0600);
    status.permission.mode = 0660;
    check_equal("IPC_SET", sys___semctl(set, 0, IPC_SET, &argument), 0);
    sys___semctl(set, 0, IPC_STAT, &argument);
    check_equal("mode", status.permission.mode & 0777, 0660);
    remove_set(set);
}

CASE(__semctl, "refuses others") {
    int set = own_set(1);
    check_errno("number", sys___semctl(set, 1, GETVAL, 0), EINVAL);
    check_errno("negative number", sys___semctl(set, -1, GETVAL, 0), EINVAL);
    check_errno("command", sys___semctl(set, 0, 77, 0), EINVAL);
    check_errno("no set", sys___semctl(-1, 0, GETVAL, 0), EINVAL);
    check_errno("value", set_value(set, 0, 40000), ERANGE);
    check_errno("negative value", set_value(set, 0, -1), ERANGE);
    check_errno("bad address", sys___semctl(set, 0, SETVAL, unmapped_page()), EFAULT);
    remove_set(set);
}
