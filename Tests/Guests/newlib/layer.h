// newlib on FreeBSD: what the files of this folder share. The system calls are those of Tests/Guests/runtime, which
// return the negated errno; newlib wants -1 and its own errno.
#ifndef NEWLIB_LAYER_H
#define NEWLIB_LAYER_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>

// Turns a system call's result into newlib's convention.
long newlib_result(long result);

// FreeBSD's struct stat (sys/sys/stat.h) under another name, since newlib has a struct stat of its own.
struct freebsd_time { int64_t seconds; long nanoseconds; };
struct freebsd_stat {
    uint64_t device, inode, links;
    uint16_t mode, padding0;
    uint32_t owner, group, padding1;
    uint64_t raw_device;
    struct freebsd_time accessed, modified, changed, born;
    int64_t size, blocks;
    int32_t block_size;
    uint32_t flags;
    uint64_t generation, spare[10];
};
struct freebsd_flock { int64_t start, length; int pid; int16_t type, whence; int system_id; };

#endif
