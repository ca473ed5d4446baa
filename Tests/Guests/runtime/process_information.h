// What sysctl tells of a process.
#ifndef PROCESS_INFORMATION_H
#define PROCESS_INFORMATION_H

#include "guest.h"

// struct kinfo_proc of LP64, as far as it is looked at.
struct process {
    int size, layout;
    void *kernel[8];
    int pid, parent, group, terminal_group, session, terminal_session;
    int spare[2];
    struct signal_set pending, blocked, ignored, caught;
    uint32_t user, real_user, saved_user, real_group, saved_group;
    int16_t group_count, spare_short;
    uint32_t groups[16];
    unsigned long virtual_size, resident, swap_resident, text, data, stack;
    uint32_t more[6];
    uint64_t run_time;
    struct timeval start, child_time;
    long flags, kernel_flags;
    int trace;
    char state, nice, lock, run_index;
    uint8_t processor, last;
    char thread_name[17], wait_message[9], login[18], lock_name[9], command[20], emulation[17], login_class[18],
        more_name[4], spare_strings[46];
    int spare_ints[2];
    uint64_t terminal;
    int on_processor, last_processor, tracer, flags2, routes, credential_flags, jail, thread_count;
};

#endif
