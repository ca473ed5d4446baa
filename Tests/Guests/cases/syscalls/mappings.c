// The flags of mmap that allocators, the run-time linker and libthr depend on: mmap(2) of FreeBSD 12.2,
// kern_mmap_fpcheck in sys/vm/vm_mmap.c, vm_map_insert and vm_map_growstack in sys/vm/vm_map.c.
#include "case_files.h"

enum { READ_WRITE = PROT_READ | PROT_WRITE, ANONYMOUS = MAP_PRIVATE | MAP_ANON, MEGABYTE = 1 << 20 };

static char vector[64];

static char *map(size_t size) { return (char *)sys_mmap(0, size, READ_WRITE, ANONYMOUS, -1, 0); }
static int is_mapped(const char *page) { return sys_mincore(page, PAGE, vector) == 0; }

// The kernel's access to a page, which says EFAULT where the program's own would end it.
static long written(char *page) { return sys_getrandom(page, 1, 0); }

CASE(mmap, "with MAP_ALIGNED gives multiples of a power of two") {
    for (int bits = 12; bits <= 24; bits += 4) {
        long address = sys_mmap(0, PAGE, READ_WRITE, ANONYMOUS | MAP_ALIGNED(bits), -1, 0);
        check("mapped", address > 0);
        check_equal("aligned", address & ((1l << bits) - 1), 0);
    }
}

CASE(mmap, "with MAP_ALIGNED refuses less than a page and more than a word") {
    check_errno("2 bytes", sys_mmap(0, PAGE, READ_WRITE, ANONYMOUS | MAP_ALIGNED(2), -1, 0), EINVAL);
    check_errno("half a page", sys_mmap(0, PAGE, READ_WRITE, ANONYMOUS | MAP_ALIGNED(11), -1, 0), EINVAL);
    check_errno("64 bits", sys_mmap(0, PAGE, READ_WRITE, ANONYMOUS | MAP_ALIGNED(64), -1, 0), EINVAL);
    check("MAP_ALIGNED_SUPER", sys_mmap(0, 4 * MEGABYTE, READ_WRITE, ANONYMOUS | MAP_ALIGNED(1), -1, 0) > 0);
}

CASE(mmap, "with MAP_GUARD keeps a range from everybody") {
    char *guard = (char *)sys_mmap(0, 2 * PAGE, PROT_NONE, MAP_GUARD, -1, 0);
    check("mapped", (long)guard > 0);
    check_errno("no access", written(guard), EFAULT);
    char *other = (char *)sys_mmap(guard, PAGE, READ_WRITE, ANONYMOUS, -1, 0);
    check("not given away", other + PAGE <= guard || other >= guard + 2 * PAGE);
    check_errno("excluded", sys_mmap(guard, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED | MAP_EXCL, -1, 0), ENOMEM);
    check_equal("replaced", sys_mmap(guard, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0), (long)guard);
    check_equal("access then", written(guard), 1);
}

// vm_map_protect: KERN_PROTECTION_FAILURE for what is beyond the greatest protection.
CASE(mprotect, "gives nobody access to a guard") {
    char *guard = (char *)sys_mmap(0, PAGE, PROT_NONE, MAP_GUARD, -1, 0);
    sys_mprotect(guard, PAGE, READ_WRITE);
    check_errno("no access", written(guard), EFAULT);
}

CASE(mmap, "with MAP_GUARD takes no descriptor and no offset") {
    int file = make_file("f", "abc");
    check_errno("descriptor", sys_mmap(0, PAGE, PROT_NONE, MAP_GUARD, file, 0), EINVAL);
    check_errno("offset", sys_mmap(0, PAGE, PROT_NONE, MAP_GUARD, -1, PAGE), EINVAL);
    check_errno("MAP_STACK", sys_mmap(0, PAGE, PROT_NONE, MAP_GUARD | MAP_STACK, -1, 0), EINVAL);
}

// mmap(2) has EINVAL for addresses that are taken, vm_mmap_to_errno gives ENOMEM for KERN_NO_SPACE.
CASE(mmap, "with MAP_EXCL takes free addresses alone") {
    char *pages = map(3 * PAGE);
    sys_munmap(pages + PAGE, PAGE);
    int flags = ANONYMOUS | MAP_FIXED | MAP_EXCL;
    check_errno("taken", sys_mmap(pages, PAGE, READ_WRITE, flags, -1, 0), ENOMEM);
    check_errno("partly", sys_mmap(pages + PAGE, 2 * PAGE, READ_WRITE, flags, -1, 0), ENOMEM);
    check_equal("free", sys_mmap(pages + PAGE, PAGE, READ_WRITE, flags, -1, 0), (long)pages + PAGE);
}

CASE(mmap, "with MAP_STACK gives memory that can be used to its lower end") {
    char *stack = (char *)sys_mmap(0, MEGABYTE, READ_WRITE, MAP_STACK, -1, 0);
    check("mapped", (long)stack > 0);
    for (long at = MEGABYTE - PAGE; at >= MEGABYTE / 2; at -= PAGE) stack[at] = 1;
    check_equal("content", stack[MEGABYTE / 2], 1);
}

CASE(mmap, "with MAP_STACK needs reading and writing, and no descriptor") {
    check_errno("writing only", sys_mmap(0, MEGABYTE, PROT_WRITE, MAP_STACK, -1, 0), EINVAL);
    check_errno("descriptor", sys_mmap(0, MEGABYTE, READ_WRITE, MAP_STACK, make_file("f", ""), 0), EINVAL);
}

CASE(mmap, "with MAP_FIXED refuses addresses that are no user's") {
    check_errno("the end", sys_mmap((void *)-PAGE, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0), EINVAL);
    check_errno("inside a page", sys_mmap(map(PAGE) + 1, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0), EINVAL);
    check_errno("around", sys_mmap(map(PAGE), (size_t)-PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0), EINVAL);
}

CASE(mmap, "takes an address for a hint when it is free") {
    char *hint = map(3 * PAGE);
    sys_munmap(hint, 3 * PAGE);
    check_equal("free", sys_mmap(hint, PAGE, READ_WRITE, ANONYMOUS, -1, 0), (long)hint);
    check("taken", sys_mmap(hint, PAGE, READ_WRITE, ANONYMOUS, -1, 0) > 0);
    check_equal("the first is left alone", is_mapped(hint), 1);
}

CASE(mmap, "refuses files without MAP_SHARED and MAP_PRIVATE") {
    check_errno("neither", sys_mmap(0, PAGE, PROT_READ, 0, make_file("f", "abc"), 0), EINVAL);
    check_errno("not open", sys_mmap(0, PAGE, PROT_READ, MAP_PRIVATE, NOT_OPEN, 0), EBADF);
    check_errno("anonymous with one", sys_mmap(0, PAGE, READ_WRITE, ANONYMOUS, 0, 0), EINVAL);
    check_errno("anonymous with an offset", sys_mmap(0, PAGE, READ_WRITE, ANONYMOUS, -1, PAGE), EINVAL);
    check_errno("unknown flag", sys_mmap(0, PAGE, READ_WRITE, ANONYMOUS | 0x80, -1, 0), EINVAL);
}

CASE(mmap, "keeps a file's pages after its descriptor and its name are gone") {
    int file = make_file("f", "abc");
    char *page = (char *)sys_mmap(0, PAGE, READ_WRITE, MAP_SHARED, file, 0);
    sys_close(file);
    sys_unlink("f");
    check_equal("content", memcmp(page, "abc", 3), 0);
    page[0] = 'X';
    check_equal("writable", page[0], 'X');
}

CASE(mmap, "refuses more than RLIMIT_VMEM") {
    struct rlimit limit = {64 * MEGABYTE, 64 * MEGABYTE};
    check_equal("setrlimit", sys_setrlimit(RLIMIT_VMEM, &limit), 0);
    check_errno("mmap", sys_mmap(0, 128 * MEGABYTE, READ_WRITE, ANONYMOUS, -1, 0), ENOMEM);
}

CASE(madvise, "with MADV_DONTNEED keeps the content") {
    char *page = map(PAGE);
    page[0] = 7;
    check_equal("madvise", sys_madvise(page, PAGE, MADV_DONTNEED), 0);
    check_equal("content", page[0], 7);
}

CASE(munmap, "in the middle leaves both ends") {
    char *pages = map(3 * PAGE);
    pages[0] = 1;
    pages[2 * PAGE] = 3;
    check_equal("munmap", sys_munmap(pages + PAGE, 1), 0);
    check_equal("gone", is_mapped(pages + PAGE), 0);
    check_equal("content", pages[0] + pages[2 * PAGE], 4);
}
