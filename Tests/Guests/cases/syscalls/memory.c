// mmap(2), munmap(2), mprotect(2), msync(2), madvise(2), mincore(2), minherit(2), mlock(2), break of FreeBSD 12.2;
// sys/vm/vm_mmap.c, sys/vm/vm_map.c, sys/vm/vm_unix.c, vn_mmap in sys/kern/vfs_vnops.c.
#include "case_files.h"

enum {
    READ_WRITE = PROT_READ | PROT_WRITE, ANONYMOUS = MAP_PRIVATE | MAP_ANON, MCL_CURRENT = 1, MCL_FUTURE = 2,
    MADV_NOSYNC = 6, MADV_AUTOSYNC = 7, MADV_NOCORE = 8, MADV_CORE = 9,
};
static volatile int faults;

static char *map(size_t size) { return (char *)sys_mmap(0, size, READ_WRITE, ANONYMOUS, -1, 0); }

static char *map_file(int file, int protection, int flags, int64_t offset) {
    return (char *)sys_mmap(0, PAGE, protection, flags, file, offset);
}

static void on_fault(int signal, struct signal_info *info, struct user_context *context) {
    (void)info;
    faults = signal;
    machine_skip_instruction(context);
}

// The signal that a load or a store there raises, or 0.
static int fault_of(char *address, int stores) {
    faults = 0;
    set_handler(SIGSEGV, on_fault, SA_SIGINFO);
    set_handler(SIGBUS, on_fault, SA_SIGINFO);
    if (stores)
        machine_store(address, 1);
    else
        machine_load(address);
    return faults;
}

CASE(mmap, "gives zeroed pages at page boundaries") {
    char *pages = map(3 * PAGE);
    check_equal("aligned", (long)pages & (PAGE - 1), 0);
    int zero = 1;
    for (int i = 0; i < 3 * PAGE; i++)
        zero &= pages[i] == 0;
    check_equal("zero", zero, 1);
    check_equal("a store", fault_of(pages + 2 * PAGE, 1), 0);
}

CASE(mmap, "of a file shows it, and zeros behind its end") {
    char *page = map_file(make_file("f", "abcdef"), PROT_READ, MAP_PRIVATE, 0);
    check_equal("content", memcmp(page, "abcdef", 6), 0);
    check_equal("behind the end", page[6] | page[PAGE - 1], 0);
}

CASE(mmap, "shared writes the file, private does not") {
    int file = make_file("f", "abcdef");
    map_file(file, READ_WRITE, MAP_PRIVATE, 0)[0] = 'P';
    check_content("private", "f", "abcdef");
    map_file(file, READ_WRITE, MAP_SHARED, 0)[1] = 'S';
    check_content("shared", "f", "aScdef");
}

CASE(mmap, "shows what is written to the file later") {
    int file = make_file("f", "abcdef");
    char *page = map_file(file, PROT_READ, MAP_SHARED, 0);
    sys_pwrite(file, "X", 1, 2);
    check_equal("byte", page[2], 'X');
    sys_close(file);
    check_equal("after close", page[3], 'd');
    sys_unlink("f");
    check_equal("after unlink", page[4], 'e');
}

CASE(mmap, "takes offsets inside of a page and answers in kind") {
    // kern_mmap: the offset in the page is added to the address.
    char *at = map_file(make_file("f", "abcdef"), PROT_READ, MAP_PRIVATE, 3);
    check_equal("address", (long)at & (PAGE - 1), 3);
    check_equal("content", memcmp(at, "def", 3), 0);
}

CASE(mmap, "with MAP_FIXED wants the offset's remainder in the address") {
    int file = make_file("f", "abcdef");
    char *room = map(2 * PAGE);
    check_equal("same remainder", sys_mmap(room + 2, 100, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 2), (long)room + 2);
    check_equal("content", room[2], 'c');
    check_errno("another", sys_mmap(room + 1, 100, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 2), EINVAL);
}

CASE(mmap, "raises SIGBUS behind the last page of the file") {
    int file = make_file("f", "abc");
    char *pages = (char *)sys_mmap(0, 2 * PAGE, PROT_READ, MAP_SHARED, file, 0);
    check_equal("first page", fault_of(pages, 0), 0);
    check_equal("second page", fault_of(pages + PAGE, 0), SIGBUS);
}

CASE(mmap, "needs a descriptor open for what is wanted") {
    leave_file("f", "abc");
    int reader = (int)sys_open("f", O_RDONLY, 0), writer = (int)sys_open("f", O_WRONLY, 0);
    check_errno("shared writing", (long)map_file(reader, READ_WRITE, MAP_SHARED, 0), EACCES);
    check_errno("reading", (long)map_file(writer, PROT_READ, MAP_SHARED, 0), EACCES);
    check_errno("private reading", (long)map_file(writer, PROT_READ, MAP_PRIVATE, 0), EACCES);
    check_equal("private writing", (long)map_file(reader, READ_WRITE, MAP_PRIVATE, 0) > 0, 1);
}

CASE(mmap, "refuses what has no pages") {
    int ends[2], pair[2];
    sys_pipe2(ends, 0);
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    check_errno("pipe", (long)map_file(ends[0], PROT_READ, MAP_SHARED, 0), ENODEV);
    check_errno("socket", (long)map_file(pair[0], PROT_READ, MAP_SHARED, 0), ENODEV);
    check_errno("not open", (long)map_file(200, PROT_READ, MAP_SHARED, 0), EBADF);
    check_errno("no descriptor", (long)map_file(-1, PROT_READ, MAP_SHARED, 0), EBADF);
    // vm_mmap_vnode: a folder is EINVAL, whatever mmap(2) says of ENODEV.
    check_errno("folder", (long)map_file((int)sys_open(".", O_RDONLY, 0), PROT_READ, MAP_SHARED, 0), EINVAL);
}

CASE(mmap, "refuses negative offsets of files, and offsets without a file") {
    int file = make_file("f", "abc");
    check_errno("negative", (long)map_file(file, PROT_READ, MAP_SHARED, -PAGE), EINVAL);
    check_errno("anonymous", sys_mmap(0, PAGE, READ_WRITE, ANONYMOUS, -1, PAGE), EINVAL);
    check_errno("anonymous with a descriptor", sys_mmap(0, PAGE, READ_WRITE, ANONYMOUS, file, 0), EINVAL);
}

CASE(mmap, "refuses flags that exclude each other") {
    check_errno("shared and private", sys_mmap(0, PAGE, READ_WRITE, MAP_SHARED | ANONYMOUS, -1, 0), EINVAL);
    check_errno("MAP_EXCL alone", sys_mmap(0, PAGE, READ_WRITE, ANONYMOUS | MAP_EXCL, -1, 0), EINVAL);
    check_errno("protection", sys_mmap(0, PAGE, 0x80, ANONYMOUS, -1, 0), EINVAL);
    check_errno("stack without writing", sys_mmap(0, PAGE, PROT_READ, ANONYMOUS | MAP_STACK, -1, 0), EINVAL);
    check_errno("guard with protection", sys_mmap(0, PAGE, PROT_READ, MAP_GUARD, -1, 0), EINVAL);
    check_errno("guard with MAP_PRIVATE", sys_mmap(0, PAGE, 0, MAP_GUARD | MAP_PRIVATE, -1, 0), EINVAL);
}

CASE(mmap, "ignores the flags of old that did nothing") {
    check_equal("0x20 and 0x40", sys_mmap(0, PAGE, READ_WRITE, ANONYMOUS | 0x60, -1, 0) > 0, 1);
}

CASE(mmap, "with MAP_FIXED replaces what is there") {
    char *pages = map(3 * PAGE);
    pages[0] = pages[PAGE] = pages[2 * PAGE] = 1;
    check_equal("mmap", sys_mmap(pages + PAGE, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0), (long)pages + PAGE);
    check_equal("before", pages[0], 1);
    check_equal("new", pages[PAGE], 0);
    check_equal("behind", pages[2 * PAGE], 1);
}

CASE(mmap, "without protection faults at each access") {
    char *page = (char *)sys_mmap(0, PAGE, PROT_NONE, ANONYMOUS, -1, 0);
    check_equal("load", fault_of(page, 0), SIGSEGV);
    check_equal("store", fault_of(page, 1), SIGSEGV);
    check_errno("by the kernel", sys_getrandom(page, 8, 0), EFAULT);
}

CASE(mmap, "shares memory over fork when MAP_SHARED says so") {
    char *shared = (char *)sys_mmap(0, PAGE, READ_WRITE, MAP_SHARED | MAP_ANON, -1, 0), *private = map(PAGE);
    IN_CHILD("child") {
        shared[0] = private[0] = 7;
        check_equal("child", shared[0], 7);
    }
    check_equal("shared", shared[0], 7);
    check_equal("private", private[0], 0);
}

CASE(munmap, "takes whole pages away, and nothing twice") {
    char *pages = map(3 * PAGE);
    check_equal("inside of a page", sys_munmap(pages + PAGE + 100, 10), 0);
    check_equal("before", fault_of(pages, 0), 0);
    check_equal("gone", fault_of(pages + PAGE, 0), SIGSEGV);
    check_equal("behind", fault_of(pages + 2 * PAGE, 0), 0);
    check_equal("again", sys_munmap(pages + PAGE, PAGE), 0);
}

CASE(munmap, "refuses no bytes and ranges out of the address space") {
    char *page = map(PAGE);
    check_errno("no bytes", sys_munmap(page, 0), EINVAL);
    check_errno("around the end", sys_munmap((void *)-PAGE, 2 * PAGE), EINVAL);
    check_errno("everything", sys_munmap(page, (size_t)-PAGE), EINVAL);
}

CASE(mprotect, "changes what may be done") {
    char *page = map(PAGE);
    check_equal("reading only", sys_mprotect(page, PAGE, PROT_READ), 0);
    check_equal("load", fault_of(page, 0), 0);
    check_equal("store", fault_of(page, 1), SIGSEGV);
    check_equal("nothing", sys_mprotect(page, PAGE, PROT_NONE), 0);
    check_equal("load then", fault_of(page, 0), SIGSEGV);
    check_equal("all", sys_mprotect(page, PAGE, READ_WRITE), 0);
    check_equal("store then", fault_of(page, 1), 0);
}

CASE(mprotect, "cannot make a shared file writable that is open for reading") {
    leave_file("f", "abc");
    char *page = map_file((int)sys_open("f", O_RDONLY, 0), PROT_READ, MAP_SHARED, 0);
    check_errno("mprotect", sys_mprotect(page, PAGE, READ_WRITE), EACCES);
    char *own = map_file((int)sys_open("f", O_RDONLY, 0), PROT_READ, MAP_PRIVATE, 0);
    check_equal("private", sys_mprotect(own, PAGE, READ_WRITE), 0);
}

CASE(mprotect, "passes over holes, as FreeBSD's vm_map_protect does") {
    char *pages = map(3 * PAGE);
    sys_munmap(pages + PAGE, PAGE);
    check_equal("across a hole", sys_mprotect(pages, 3 * PAGE, PROT_READ), 0);
    check_equal("first", fault_of(pages, 1), SIGSEGV);
    check_equal("last", fault_of(pages + 2 * PAGE, 1), SIGSEGV);
    check_equal("a hole alone", sys_mprotect(pages + PAGE, PAGE, PROT_READ), 0);
}

CASE(mprotect, "refuses ranges around the end; no bytes are nothing") {
    char *page = map(PAGE);
    check_errno("around the end", sys_mprotect(page, (size_t)-1 - (size_t)page, PROT_READ), EINVAL);
    check_equal("no bytes", sys_mprotect(page, 0, PROT_NONE), 0);
    check_equal("unchanged", fault_of(page, 1), 0);
}

CASE(msync, "writes a shared file") {
    char *page = map_file(make_file("f", "abc"), READ_WRITE, MAP_SHARED, 0);
    page[0] = 'X';
    check_equal("MS_SYNC", sys_msync(page, PAGE, MS_SYNC), 0);
    check_equal("MS_ASYNC", sys_msync(page, PAGE, MS_ASYNC), 0);
    check_equal("MS_INVALIDATE", sys_msync(page, PAGE, MS_INVALIDATE), 0);
    check_content("content", "f", "Xbc");
}

CASE(msync, "refuses what msync(2) tells") {
    char *pages = map(2 * PAGE);
    check_errno("both flags", sys_msync(pages, PAGE, MS_ASYNC | MS_INVALIDATE), EINVAL);
    sys_munmap(pages + PAGE, PAGE);
    check_errno("not mapped", sys_msync(pages + PAGE, PAGE, MS_SYNC), ENOMEM);
    check_errno("a hole", sys_msync(pages, 2 * PAGE, MS_SYNC), ENOMEM);
    check_errno("around the end", sys_msync(pages, (size_t)-1 - (size_t)pages, MS_SYNC), EINVAL);
}

CASE(madvise, "takes each advice and keeps the content") {
    char *page = map(PAGE);
    page[0] = 5;
    for (int advice = MADV_NORMAL; advice <= MADV_CORE; advice++)
        if (advice != MADV_FREE)
            check_equal("madvise", sys_madvise(page, PAGE, advice), 0);
    check_equal("content", page[0], 5);
}

CASE(madvise, "with MADV_FREE leaves the content or zeros, and pages that can be used") {
    char *page = map(PAGE);
    page[0] = 5;
    check_equal("madvise", sys_madvise(page, PAGE, MADV_FREE), 0);
    check_equal("one or the other", page[0] == 5 || page[0] == 0, 1);
    page[0] = 6;
    check_equal("usable", page[0], 6);
}

CASE(madvise, "refuses other advice and ranges out of the address space") {
    char *page = map(PAGE);
    check_errno("advice", sys_madvise(page, PAGE, 99), EINVAL);
    check_errno("around the end", sys_madvise(page, (size_t)-1 - (size_t)page + 1, MADV_NORMAL), EINVAL);
    sys_munmap(page, PAGE);
    check_equal("not mapped", sys_madvise(page, PAGE, MADV_NORMAL), 0);
}

CASE(mincore, "tells of each page") {
    char vector[3] = {-1, -1, -1}, *pages = map(2 * PAGE);
    pages[0] = 1;
    check_equal("mincore", sys_mincore(pages, 2 * PAGE, vector), 0);
    check_equal("touched", vector[0] & MINCORE_INCORE, MINCORE_INCORE);
    check_equal("beyond", vector[2], (char)-1);
    check_equal("a part of a page", sys_mincore(pages, 1, vector), 0);
}

CASE(mincore, "refuses holes, the end of the address space and bad vectors") {
    char vector[3], *pages = map(3 * PAGE);
    pages[0] = 1;
    sys_munmap(pages + PAGE, PAGE);
    check_errno("hole", sys_mincore(pages, 3 * PAGE, vector), ENOMEM);
    check_errno("not mapped", sys_mincore(pages + PAGE, PAGE, vector), ENOMEM);
    check_errno("beyond", sys_mincore((void *)-PAGE, PAGE, vector), ENOMEM);
    check_errno("vector", sys_mincore(pages, PAGE, NOWHERE), EFAULT);
}

CASE(minherit, "says what a child gets") {
    char *copied = map(PAGE), *zeroed = map(PAGE), *shared = map(PAGE), *none = map(PAGE);
    copied[0] = zeroed[0] = shared[0] = none[0] = 1;
    check_equal("zero", sys_minherit(zeroed, PAGE, INHERIT_ZERO), 0);
    check_equal("share", sys_minherit(shared, PAGE, INHERIT_SHARE), 0);
    check_equal("none", sys_minherit(none, PAGE, INHERIT_NONE), 0);
    IN_CHILD("child") {
        check_equal("copied", copied[0], 1);
        check_equal("zeroed", zeroed[0], 0);
        check_equal("nothing", fault_of(none, 0), SIGSEGV);
        shared[0] = 9;
    }
    check_equal("shared", shared[0], 9);
    check_equal("the parent's own", none[0] + zeroed[0], 2);
}

CASE(minherit, "refuses other kinds, and ranges around the end") {
    char *page = map(PAGE);
    check_errno("kind", sys_minherit(page, PAGE, 9), EINVAL);
    check_errno("negative", sys_minherit(page, PAGE, -1), EINVAL);
    check_errno("around the end", sys_minherit(page, (size_t)-1 - (size_t)page, INHERIT_COPY), EINVAL);
}

CASE(mlock, "locks and unlocks pages") {
    char *pages = map(2 * PAGE);
    check_equal("mlock", sys_mlock(pages + 10, PAGE), 0);
    check_equal("usable", (pages[0] = 3), 3);
    check_equal("munlock", sys_munlock(pages, PAGE), 0);
}

CASE(mlock, "refuses holes and ranges around the end") {
    char *pages = map(2 * PAGE);
    sys_munmap(pages + PAGE, PAGE);
    check_errno("hole", sys_mlock(pages, 2 * PAGE), ENOMEM);
    check_errno("munlock of a hole", sys_munlock(pages + PAGE, PAGE), ENOMEM);
    check_errno("around the end", sys_mlock(pages, (size_t)-1 - (size_t)pages + 1), EINVAL);
    check_errno("munlock around the end", sys_munlock(pages, (size_t)-1 - (size_t)pages + 1), EINVAL);
}

CASE(mlockall, "refuses nothing and unknown flags") {
    check_errno("nothing", sys_mlockall(0), EINVAL);
    check_errno("unknown", sys_mlockall(4), EINVAL);
    check_errno("with a known one", sys_mlockall(MCL_FUTURE | 8), EINVAL);
    check_equal("munlockall", sys_munlockall(), 0);
}

CASE(sbrk, "is not served, and sstk neither") {
    check_errno("sbrk", sys_sbrk(PAGE), EOPNOTSUPP);
    check_errno("sstk", sys_sstk(PAGE), EOPNOTSUPP);
}

CASE(break, "grows the heap with zeros and shrinks it") {
    extern char _end[];
    char *start = (char *)(((unsigned long)_end + PAGE - 1) & ~(PAGE - 1ul));
    check_equal("grow", sys_break(start + 4 * PAGE) >= 0, 1);
    check_equal("zero", start[3 * PAGE], 0);
    start[3 * PAGE] = 1;
    check_equal("shrink", sys_break(start + 2 * PAGE) >= 0, 1);
    check_equal("gone", fault_of(start + 3 * PAGE, 0), SIGSEGV);
    check_equal("grow again", sys_break(start + 4 * PAGE) >= 0, 1);
    check_equal("zero again", start[3 * PAGE], 0);
}

CASE(break, "refuses more than RLIMIT_DATA") {
    extern char _end[];
    struct rlimit limit = {16 * PAGE, 16 * PAGE};
    check_equal("setrlimit", sys_setrlimit(RLIMIT_DATA, &limit), 0);
    check_errno("break", sys_break(_end + (1 << 24)), ENOMEM);
}

CASE(msync, "of no bytes means all that is mapped there") {
    char *page = map(PAGE);
    check_equal("mapped", sys_msync(page, 0, MS_SYNC), 0);
    sys_munmap(page, PAGE);
    check_errno("not mapped", sys_msync(page, 0, MS_SYNC), ENOMEM);
}

CASE(break, "tells the end of the heap when asked for less than its beginning") {
    // kern_break, as libc asks for the first break.
    long end = sys_break(0);
    check_equal("an address", end > 0, 1);
    check_equal("grow", sys_break((void *)(end + PAGE)), end + PAGE);
    check_equal("the same again", sys_break((void *)8), end + PAGE);
}

CASE(mmap, "of no bytes of a file is EINVAL for new programs") {
    int file = make_file("f", "abc");
    check_errno("anonymous", sys_mmap(0, 0, READ_WRITE, ANONYMOUS, -1, 0), EINVAL);
    check_errno("file", sys_mmap(0, 0, PROT_READ, MAP_SHARED, file, 0), EINVAL);
}
