// The host's system calls by number, without libc's structures, caches and errno.
#pragma once
#include <stdint.h>
#include <sys/syscall.h>

/// Makes a system call; the kernel's result, negative for an errno.
static inline long chost_system_call(long number, long a, long b, long c, long d, long e, long f) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/// The kernel's `struct statfs` (asm-generic/statfs.h).
struct chost_statfs {
    int64_t type, block_size, blocks, free, available, files, free_files;
    int32_t identifier[2];
    int64_t name_length, fragment_size, flags, spare[4];
};

/// The kernel's `struct statx_timestamp` and `struct statx` (linux/stat.h).
struct chost_statx_time {
    int64_t seconds;
    uint32_t nanoseconds;
    int32_t reserved;
};
struct chost_statx {
    uint32_t mask, block_size;
    uint64_t attributes;
    uint32_t links, user, group;
    uint16_t mode, spare0;
    uint64_t inode, size, blocks, attributes_mask;
    struct chost_statx_time accessed, born, changed, modified;
    uint32_t special_major, special_minor, device_major, device_minor;
    uint64_t mount, spare[13];
};
_Static_assert(sizeof(struct chost_statx) == 256, "as in linux/stat.h");
