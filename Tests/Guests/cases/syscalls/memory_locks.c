// mlock(2), mlockall(2), mincore(2), minherit(2), msync(2), munmap(2), break and the mmap of old of FreeBSD 12.2;
// sys/vm/vm_mmap.c, sys/vm/vm_map.c, sys/vm/vm_unix.c.
#include "case_files.h"

enum {
    READ_WRITE = PROT_READ | PROT_WRITE, MCL_CURRENT = 1, MCL_FUTURE = 2, RLIMIT_MEMLOCK = 6,
    MINCORE_REFERENCED = 2, MINCORE_MODIFIED = 4,
};

static char vector[8];

static char *map(size_t size, int protection) {
    return (char *)sys_mmap(0, size, protection, MAP_PRIVATE | MAP_ANON, -1, 0);
}

// Three pages without the one in the middle.
static char *map_with_hole(void) {
    char *pages = map(3 * PAGE, READ_WRITE);
    sys_munmap(pages + PAGE, PAGE);
    return pages;
}

static int is_mapped(const char *page) { return sys_mincore(page, PAGE, vector) == 0; }

static void limit_locked_memory(int64_t size) {
    struct rlimit limit = {size, size};
    check_equal("setrlimit", sys_setrlimit(RLIMIT_MEMLOCK, &limit), 0);
}

CASE(mlock, "of no bytes locks nothing") {
    char *pages = map_with_hole();
    check_equal("mapped", sys_mlock(pages, 0), 0);
    check_equal("again", sys_mlock(pages, PAGE), 0);
    check_equal("locked already", sys_mlock(pages, PAGE), 0);
}

CASE(mlock, "refuses pages that nobody may read") {
    check_errno("PROT_NONE", sys_mlock(map(PAGE, PROT_NONE), PAGE), ENOMEM);
}

CASE(mlock, "refuses more than RLIMIT_MEMLOCK") {
    limit_locked_memory(2 * PAGE);
    become_ordinary();
    check_errno("too many", sys_mlock(map(64 * PAGE, READ_WRITE), 64 * PAGE), ENOMEM);
}

CASE(munlock, "unlocks what is locked, and takes what is not") {
    char *pages = map(2 * PAGE, READ_WRITE);
    sys_mlock(pages, PAGE);
    check_equal("locked", sys_munlock(pages, PAGE), 0);
    check_equal("not locked", sys_munlock(pages, 2 * PAGE), 0);
}

// mlock(2): pages locked several times are unlocked by one munlock.
CASE(munlock, "ends several locks at once") {
    char *page = map(PAGE, READ_WRITE);
    sys_mlock(page, PAGE);
    sys_mlock(page, PAGE);
    check_equal("munlock", sys_munlock(page, PAGE), 0);
    check_equal("MS_INVALIDATE is for unlocked pages", sys_msync(page, PAGE, MS_INVALIDATE), 0);
}

CASE(munlock, "refuses holes") {
    char *pages = map_with_hole();
    check_errno("hole", sys_munlock(pages + PAGE, PAGE), ENOMEM);
    check_errno("across", sys_munlock(pages, 3 * PAGE), ENOMEM);
}

CASE(munlock, "refuses ranges around the end") {
    char *page = map(PAGE, READ_WRITE);
    check_errno("end", sys_munlock(page, (size_t)-1 - (size_t)page + 1), EINVAL);
    check_errno("all", sys_munlock(page, (size_t)-1), EINVAL);
}

CASE(mlockall, "locks what is mapped") {
    char *page = map(PAGE, READ_WRITE);
    check_equal("mlockall", sys_mlockall(MCL_CURRENT), 0);
    page[0] = 1;
    check_equal("munlockall", sys_munlockall(), 0);
}

CASE(mlockall, "locks what will be mapped") {
    check_equal("mlockall", sys_mlockall(MCL_FUTURE), 0);
    char *page = map(PAGE, READ_WRITE);
    check("mapped", is_mapped(page));
    check("touched at once", vector[0] & MINCORE_INCORE);
}

CASE(mlockall, "refuses more than RLIMIT_MEMLOCK") {
    limit_locked_memory(PAGE);
    become_ordinary();
    check_errno("mlockall", sys_mlockall(MCL_CURRENT), ENOMEM);
    check_equal("what will be", sys_mlockall(MCL_FUTURE), 0);
}

CASE(munlockall, "succeeds with and without locks") {
    check_equal("nothing locked", sys_munlockall(), 0);
    sys_mlock(map(PAGE, READ_WRITE), PAGE);
    check_equal("a page locked", sys_munlockall(), 0);
    check_equal("again", sys_munlockall(), 0);
}

CASE(munlockall, "ends MCL_FUTURE") {
    sys_mlockall(MCL_FUTURE);
    check_equal("munlockall", sys_munlockall(), 0);
    char *page = map(PAGE, READ_WRITE);
    check("mapped", is_mapped(page));
    check_equal("not touched yet", vector[0] & MINCORE_INCORE, 0);
}

CASE(munlockall, "ends the locks of mlock") {
    char *page = map(PAGE, READ_WRITE);
    sys_mlock(page, PAGE);
    check_errno("locked", sys_msync(page, PAGE, MS_INVALIDATE), EBUSY);
    check_equal("munlockall", sys_munlockall(), 0);
    check_equal("unlocked", sys_msync(page, PAGE, MS_INVALIDATE), 0);
}

// msync(2): EBUSY.
CASE(msync, "with MS_INVALIDATE refuses locked pages") {
    char *pages = map(2 * PAGE, READ_WRITE);
    sys_mlock(pages, PAGE);
    check_errno("all", sys_msync(pages, 2 * PAGE, MS_INVALIDATE), EBUSY);
    check_equal("the other", sys_msync(pages + PAGE, PAGE, MS_INVALIDATE), 0);
    check_equal("without the flag", sys_msync(pages, 2 * PAGE, MS_SYNC), 0);
}

CASE(msync, "writes nothing of a private mapping") {
    int file = make_file("f", "abc");
    char *page = (char *)sys_mmap(0, PAGE, READ_WRITE, MAP_PRIVATE, file, 0);
    page[0] = 'X';
    check_equal("msync", sys_msync(page, PAGE, MS_SYNC), 0);
    check_content("content", "f", "abc");
}

CASE(mincore, "tells that a page was written") {
    char *page = map(PAGE, READ_WRITE);
    page[0] = 1;
    check_equal("mincore", sys_mincore(page, PAGE, vector), 0);
    check_equal("referenced", vector[0] & MINCORE_REFERENCED, MINCORE_REFERENCED);
    check_equal("modified", vector[0] & MINCORE_MODIFIED, MINCORE_MODIFIED);
}

CASE(mincore, "tells that a page was never touched") {
    check_equal("mincore", sys_mincore(map(PAGE, READ_WRITE), PAGE, vector), 0);
    check_equal("vector", vector[0], 0);
}

CASE(mincore, "of no bytes needs a mapped page and no vector") {
    char *pages = map_with_hole();
    check_equal("mapped", sys_mincore(pages, 0, NOWHERE), 0);
    check_errno("hole", sys_mincore(pages + PAGE, 0, NOWHERE), ENOMEM);
}

CASE(mincore, "counts pages by the size alone") {
    char *pages = map(2 * PAGE, READ_WRITE);
    memset(vector, 0x55, sizeof vector);
    check_equal("across two pages", sys_mincore(pages + PAGE - 1, 2, vector), 0);
    check_equal("one byte", vector[1], 0x55);
}

CASE(minherit, "of no bytes changes nothing, and passes over holes") {
    char *pages = map_with_hole();
    check_equal("nothing", sys_minherit(pages, 0, INHERIT_NONE), 0);
    check_equal("hole", sys_minherit(pages, 3 * PAGE, INHERIT_ZERO), 0);
    pages[0] = pages[2 * PAGE] = 1;
    IN_CHILD("child") check_equal("zeros", pages[0] | pages[2 * PAGE], 0);
}

CASE(minherit, "is inherited itself") {
    char *page = map(PAGE, READ_WRITE);
    sys_minherit(page, PAGE, INHERIT_ZERO);
    IN_CHILD("child") {
        page[0] = 2;
        IN_CHILD("grandchild") check_equal("zero", page[0], 0);
    }
}

CASE(break, "refuses what lies beyond all addresses") {
    long end = sys_break(0);
    check_errno("break", sys_break((void *)-PAGE), ENOMEM);
    check_equal("unchanged", sys_break(0), end);
}

CASE(sstk, "is not served") {
    check_errno("grow", sys_sstk(PAGE), EOPNOTSUPP);
    check_errno("nothing", sys_sstk(0), EOPNOTSUPP);
}

CASE(munmap, "leaves the file and other mappings of it") {
    int file = make_file("f", "abc");
    char *first = (char *)sys_mmap(0, PAGE, PROT_READ, MAP_SHARED, file, 0);
    char *second = (char *)sys_mmap(0, PAGE, PROT_READ, MAP_SHARED, file, 0);
    check_equal("munmap", sys_munmap(first, PAGE), 0);
    check_equal("gone", is_mapped(first), 0);
    check_equal("the other", second[0], 'a');
}

CASE(freebsd6_mmap, "refuses offsets of files that are negative") {
    int file = make_file("f", "abc");
    check_errno("negative", sys_freebsd6_mmap(0, PAGE, PROT_READ, MAP_SHARED, file, 0, -PAGE), EINVAL);
}

CASE(freebsd6_mmap, "refuses what the descriptor is not open for") {
    leave_file("f", "abc");
    int reader = (int)sys_open("f", O_RDONLY, 0), writer = (int)sys_open("f", O_WRONLY, 0);
    check_errno("writing", sys_freebsd6_mmap(0, PAGE, READ_WRITE, MAP_SHARED, reader, 0, 0), EACCES);
    check_errno("reading", sys_freebsd6_mmap(0, PAGE, PROT_READ, MAP_PRIVATE, writer, 0, 0), EACCES);
}

CASE(freebsd6_mmap, "gives zeros without a file") {
    char *page = (char *)sys_freebsd6_mmap(0, PAGE, READ_WRITE, MAP_PRIVATE | MAP_ANON, -1, 7, 0);
    check_equal("zero", page[PAGE - 1], 0);
    page[0] = 1;
    check_equal("usable", page[0], 1);
}
