#define _GNU_SOURCE
#include "chost_pages.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096 };

// Pages that cannot be read, beyond the end of a file, stay zero in the copy.
static void copy_pages(char *copy, char *source, size_t byte_count) {
    pid_t self = getpid();
    for (size_t done = 0; done < byte_count;) {
        struct iovec to = {copy + done, byte_count - done};
        struct iovec from = {source + done, byte_count - done};
        ssize_t moved = process_vm_readv(self, &to, 1, &from, 1, 0);
        done += moved > 0 ? (size_t)moved : PAGE_BYTES;
    }
}

int chost_replace_pages(uint64_t address, size_t byte_count, int is_shared, int protection) {
    char *source = (char *)(uintptr_t)address;
    int flags = MAP_ANONYMOUS | MAP_NORESERVE | (is_shared ? MAP_SHARED : MAP_PRIVATE);
    char *copy = mmap(NULL, byte_count, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (copy == MAP_FAILED) return errno;
    if ((protection & PROT_READ) == 0 && mprotect(source, byte_count, PROT_READ) != 0) {
        int failure = errno;
        munmap(copy, byte_count);
        return failure;
    }
    copy_pages(copy, source, byte_count);
    if (mprotect(copy, byte_count, protection) != 0
        || mremap(copy, byte_count, byte_count, MREMAP_MAYMOVE | MREMAP_FIXED, source) == MAP_FAILED) {
        int failure = errno;
        munmap(copy, byte_count);
        mprotect(source, byte_count, protection);
        return failure;
    }
    return 0;
}
