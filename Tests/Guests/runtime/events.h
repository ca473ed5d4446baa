// FreeBSD 12.2's event queues: constants and structures of sys/sys/event.h, and shorthands for programs.
#ifndef GUEST_EVENTS_H
#define GUEST_EVENTS_H

#include "guest.h"

enum {
    EVFILT_READ = -1, EVFILT_WRITE = -2, EVFILT_AIO = -3, EVFILT_VNODE = -4, EVFILT_PROC = -5, EVFILT_SIGNAL = -6,
    EVFILT_TIMER = -7, EVFILT_PROCDESC = -8, EVFILT_FS = -9, EVFILT_LIO = -10, EVFILT_USER = -11,
    EVFILT_SENDFILE = -12, EVFILT_EMPTY = -13,
    EV_ADD = 1, EV_DELETE = 2, EV_ENABLE = 4, EV_DISABLE = 8, EV_ONESHOT = 0x10, EV_CLEAR = 0x20, EV_RECEIPT = 0x40,
    EV_DISPATCH = 0x80, EV_FORCEONESHOT = 0x100, EV_KEEPUDATA = 0x200, EV_ERROR = 0x4000, EV_EOF = 0x8000,
    NOTE_LOWAT = 1, NOTE_FILE_POLL = 2,
    NOTE_DELETE = 1, NOTE_WRITE = 2, NOTE_EXTEND = 4, NOTE_ATTRIB = 8, NOTE_LINK = 0x10, NOTE_RENAME = 0x20,
    NOTE_REVOKE = 0x40, NOTE_OPEN = 0x80, NOTE_CLOSE = 0x100, NOTE_CLOSE_WRITE = 0x200, NOTE_READ = 0x400,
    NOTE_SECONDS = 1, NOTE_MSECONDS = 2, NOTE_USECONDS = 4, NOTE_NSECONDS = 8, NOTE_ABSTIME = 0x10,
    NOTE_TRACK = 1, NOTE_TRACKERR = 2, NOTE_CHILD = 4,
};
#define NOTE_EXIT 0x80000000u
#define NOTE_FORK 0x40000000u
#define NOTE_EXEC 0x20000000u
#define NOTE_FFAND 0x40000000u
#define NOTE_FFOR 0x80000000u
#define NOTE_FFCOPY 0xc0000000u
#define NOTE_TRIGGER 0x01000000u

struct kernel_event {
    unsigned long identifier;
    int16_t filter;
    uint16_t flags;
    uint32_t notes;
    int64_t data;
    void *user_data;
    uint64_t extension[4];
};
_Static_assert(sizeof(struct kernel_event) == 64, "struct kevent");

// As FreeBSD 11 and before had it.
struct old_kernel_event {
    unsigned long identifier;
    int16_t filter;
    uint16_t flags;
    uint32_t notes;
    long data;
    void *user_data;
};
_Static_assert(sizeof(struct old_kernel_event) == (sizeof(long) == 8 ? 32 : 20), "struct kevent_freebsd11");

struct itimerspec { struct timespec interval, value; };

// struct sigevent, with the arm of its union that timers use.
struct signal_event {
    int notification, signal;
    union { int integer; void *pointer; } value;
    union { int thread, queue; long spare[8]; } how;
};
_Static_assert(sizeof(struct signal_event) == (sizeof(long) == 8 ? 80 : 44), "struct sigevent");

enum { SIGEV_NONE = 0, SIGEV_SIGNAL = 1, SIGEV_KEVENT = 3, SIGEV_THREAD_ID = 4, TIMER_ABSTIME = 1 };

static const struct timespec at_once = {0, 0};

// One change, and no look for events: the call's result.
static inline long change_event(int queue, unsigned long identifier, int filter, int flags, unsigned notes,
                                int64_t data) {
    struct kernel_event change = {identifier, (int16_t)filter, (uint16_t)flags, notes, data, (void *)identifier, {0}};
    return sys_kevent(queue, &change, 1, 0, 0, 0);
}

// Events that are there now.
static inline long events_now(int queue, struct kernel_event *events, int room) {
    return sys_kevent(queue, 0, 0, events, room, &at_once);
}

// The next event within so many milliseconds; the call's result.
static inline long next_event(int queue, struct kernel_event *event, int milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    return sys_kevent(queue, 0, 0, event, 1, &time);
}

#endif
