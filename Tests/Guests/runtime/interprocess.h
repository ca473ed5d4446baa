// What System V's calls take and give (sys/{ipc,shm,sem,msg}.h).
#ifndef GUEST_INTERPROCESS_H
#define GUEST_INTERPROCESS_H

#include "guest.h"

enum {
    IPC_PRIVATE = 0, IPC_CREAT = 0x200, IPC_EXCL = 0x400, IPC_NOWAIT = 0x800, IPC_RMID = 0, IPC_SET = 1, IPC_STAT = 2,
    GETNCNT = 3, GETPID = 4, GETVAL = 5, GETALL = 6, GETZCNT = 7, SETVAL = 8, SETALL = 9, SEM_UNDO = 0x1000, SHM_RDONLY = 0x1000,
    SHM_RND = 0x2000, MSG_NOERROR = 0x1000, ENOMSG = 83, EIDRM = 82,
};

struct permission {
    unsigned creator, creator_group, user, group;
    uint16_t mode, sequence;
    long key;
};

struct segment_status {
    struct permission permission;
    size_t size;
    int last, creator;
    unsigned attachments;
    int64_t attached, detached, changed;
};
_Static_assert(sizeof(struct segment_status) == (sizeof(long) == 8 ? 80 : 64), "struct shmid_ds");

struct set_status {
    struct permission permission;
    void *base;
    uint16_t count;
    int64_t operated, changed;
};
_Static_assert(sizeof(struct set_status) == (sizeof(long) == 8 ? 64 : 48), "struct semid_ds");

struct queue_status {
    struct permission permission;
    void *first, *last;
    unsigned long bytes, messages, limit;
    int sender, receiver;
    int64_t sent, received, changed;
};
_Static_assert(sizeof(struct queue_status) == (sizeof(long) == 8 ? 104 : 80), "struct msqid_ds");

struct semaphore_operation { uint16_t number; int16_t change, flags; };
union semaphore_argument { int value; void *status; uint16_t *values; };
struct typed_text { long type; char text[64]; };

// A key that no other process is likely to use.
static inline long some_key(void) { return 0x62000000 + (sys_getpid() & 0xffff) * 16; }

#endif
