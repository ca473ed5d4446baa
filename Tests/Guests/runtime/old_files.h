// What the calls for files of FreeBSD 11 and before give: sys/sys/stat.h, sys/sys/mount.h.
#ifndef GUEST_OLD_FILES_H
#define GUEST_OLD_FILES_H

#include "guest.h"

struct old_file_status {
    uint32_t device, inode;
    uint16_t mode, links;
    uint32_t owner, group, raw_device;
    struct timespec accessed, modified, changed;
    int64_t size, blocks;
    int32_t block_size;
    uint32_t flags, generation;
    int32_t spare;
    struct timespec born;
};

struct old_file_system {
    uint32_t version, type;
    uint64_t flags, block_size, transfer_size, blocks, free_blocks;
    int64_t available_blocks;
    uint64_t files;
    int64_t free_files;
    uint64_t counters[4], spare[10];
    uint32_t name_limit, owner;
    int32_t identifier[2];
    char spare_text[80], type_name[16], source[88], mount_point[88];
};
_Static_assert(sizeof(struct old_file_system) == 472, "struct freebsd11_statfs");

#endif
