// FreeBSD 12.2's asynchronous requests: constants and struct aiocb of sys/sys/aio.h.
#ifndef GUEST_ASYNCHRONOUS_H
#define GUEST_ASYNCHRONOUS_H

#include "events.h"

enum {
    LIO_NOP = 0, LIO_WRITE = 1, LIO_READ = 2, LIO_NOWAIT = 0, LIO_WAIT = 1, AIO_CANCELED = 1, AIO_NOTCANCELED = 2,
    AIO_ALLDONE = 3, SI_ASYNCIO = 0x10004,
};

struct control_block {
    int descriptor;
    int64_t offset;
    volatile void *buffer;
    size_t count;
    int spare[2];
    void *spare_pointer;
    int operation, priority;
    struct { long status, error; void *information; } kernel;
    struct signal_event event;
};
_Static_assert(sizeof(struct control_block) == (sizeof(long) == 8 ? 160 : 104), "struct aiocb");

#endif
