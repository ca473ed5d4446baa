// Memory: mmap with FreeBSD's flags, protection, inheritance, residency, the break, stack growth.
#include "guest.h"

enum { READ_WRITE = PROT_READ | PROT_WRITE, ANONYMOUS = MAP_PRIVATE | MAP_ANON };

static char *map(void *address, size_t size, int flags) {
    return (char *)sys_mmap(address, size, READ_WRITE, flags, -1, 0);
}

static int failed(const void *address) { return (long)address < 0 && (long)address > -4096; }

static volatile int faults;
static void on_fault(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info;
    faults++;
    machine_skip_instruction(context);
}

static int faults_on_read(const void *address) {
    faults = 0;
    machine_load(address);
    return faults != 0;
}

static int faults_on_write(void *address) {
    faults = 0;
    machine_store(address, 1);
    return faults != 0;
}

static void placement(void) {
    char *first = map(0, 16 * PAGE, ANONYMOUS);
    check("mmap", !failed(first) && ((unsigned long)first & (PAGE - 1)) == 0);
    check("is zeroed and writable", first[0] == 0 && first[16 * PAGE - 1] == 0 && !faults_on_write(first + 8));
    first[PAGE] = 5;
    check_equal("MAP_FIXED over it", (long)map(first + PAGE, PAGE, ANONYMOUS | MAP_FIXED), (long)(first + PAGE));
    check_equal("replaces it", first[PAGE], 0);
    // The manual page says EINVAL, the kernel ENOMEM.
    long exclusive = (long)map(first + PAGE, PAGE, ANONYMOUS | MAP_FIXED | MAP_EXCL);
    check("MAP_EXCL over it", exclusive == -EINVAL || exclusive == -ENOMEM);
    check_errno("MAP_EXCL without MAP_FIXED", (long)map(0, PAGE, ANONYMOUS | MAP_EXCL), EINVAL);
    check_errno("MAP_FIXED at an odd address", (long)map(first + 1, PAGE, ANONYMOUS | MAP_FIXED), EINVAL);
    check_equal("munmap of a part", sys_munmap(first + 4 * PAGE, 2 * PAGE), 0);
    check("the hole faults", faults_on_read(first + 4 * PAGE) && faults_on_read(first + 6 * PAGE - 8));
    check("its neighbours do not", !faults_on_read(first + 4 * PAGE - 8) && !faults_on_read(first + 6 * PAGE));
    check_equal("MAP_EXCL into the hole", (long)map(first + 4 * PAGE, PAGE, ANONYMOUS | MAP_FIXED | MAP_EXCL),
                (long)(first + 4 * PAGE));
    char *hint = first + 5 * PAGE;
    char *near = map(hint, PAGE, ANONYMOUS);
    check("a hint is only a hint", !failed(near));
    check_equal("munmap of nothing", sys_munmap(first + 1000 * PAGE, PAGE), 0);
    check_errno("munmap of no bytes", sys_munmap(first, 0), EINVAL);
    check_errno("munmap that wraps around", sys_munmap(first, (size_t)-PAGE), EINVAL);
    sys_munmap(first, 16 * PAGE);
    check("after munmap it faults", faults_on_read(first));

    check_errno("mmap of no bytes", (long)map(0, 0, ANONYMOUS), EINVAL);
    check_errno("mmap of everything", (long)map(0, (size_t)1 << 62, ANONYMOUS), ENOMEM);
    check_errno("unknown flags", (long)map(0, PAGE, ANONYMOUS | 0x8), EINVAL);
    check_errno("private and shared", (long)map(0, PAGE, MAP_PRIVATE | MAP_SHARED | MAP_ANON), EINVAL);
    check_errno("MAP_ANON with a descriptor", sys_mmap(0, PAGE, READ_WRITE, ANONYMOUS, 1, 0), EINVAL);
    check_errno("MAP_FIXED beyond user space", (long)map((void *)MACHINE_USER_TOP, PAGE, ANONYMOUS | MAP_FIXED), EINVAL);
    check_errno("a bad descriptor", sys_mmap(0, PAGE, READ_WRITE, MAP_PRIVATE, 999, 0), EBADF);

    char *aligned = map(0, PAGE, ANONYMOUS | MAP_ALIGNED(21));
    check("MAP_ALIGNED", !failed(aligned) && ((unsigned long)aligned & ((1 << 21) - 1)) == 0);
    check_errno("MAP_ALIGNED beyond the address", (long)map(0, PAGE, ANONYMOUS | MAP_ALIGNED(3)), EINVAL);
    char *low = map(0, PAGE, ANONYMOUS | MAP_32BIT);
    check("MAP_32BIT", !failed(low) && (unsigned long)low + PAGE <= 0x80000000ul);
    sys_munmap(aligned, PAGE), sys_munmap(low, PAGE);
}

static void guards(void) {
    char *guard = (char *)sys_mmap(0, 4 * PAGE, PROT_NONE, MAP_GUARD, -1, 0);
    check("MAP_GUARD", !failed(guard));
    check("faults", faults_on_read(guard));
    check_errno("MAP_GUARD with protection", sys_mmap(0, PAGE, PROT_READ, MAP_GUARD, -1, 0), EINVAL);
    check_errno("MAP_GUARD with MAP_ANON", sys_mmap(0, PAGE, PROT_NONE, MAP_GUARD | MAP_ANON, -1, 0), EINVAL);
    check_equal("MAP_FIXED over a guard", (long)map(guard + PAGE, PAGE, ANONYMOUS | MAP_FIXED), (long)(guard + PAGE));
    check("is usable", !faults_on_write(guard + PAGE));
    check("the rest still faults", faults_on_read(guard + 2 * PAGE));
    check_equal("munmap of a guard", sys_munmap(guard, 4 * PAGE), 0);

    char *stack = (char *)sys_mmap(0, 64 * PAGE, READ_WRITE, MAP_STACK | ANONYMOUS, -1, 0);
    check("MAP_STACK", !failed(stack));
    check("its top is usable", !faults_on_write(stack + 64 * PAGE - 8));
    int errors = 0;
    for (long at = 63 * PAGE; at >= 4 * PAGE; at -= PAGE)
        errors += faults_on_write(stack + at);
    check_equal("it grows", errors, 0);
    check_equal("munmap of a stack", sys_munmap(stack, 64 * PAGE), 0);
}

static void protection(void) {
    char *page = map(0, 3 * PAGE, ANONYMOUS);
    check_equal("mprotect", sys_mprotect(page + PAGE, PAGE, PROT_READ), 0);
    check("only that page is read-only", faults_on_write(page + PAGE) && !faults_on_write(page + 2 * PAGE));
    check_equal("PROT_NONE", sys_mprotect(page + PAGE, PAGE, PROT_NONE), 0);
    check("cannot be read", faults_on_read(page + PAGE));
    char byte = 0;
    int pipe[2];
    sys_pipe2(pipe, 0);
    check_errno("nor by the kernel", sys_write(pipe[1], page + PAGE, 1), EFAULT);
    check_equal("back again", sys_mprotect(page + PAGE, PAGE, READ_WRITE), 0);
    check_equal("with its content", sys_write(pipe[1], page + PAGE, 1), 1);
    sys_read(pipe[0], &byte, 1);
    check_equal("mprotect at an odd address takes its page", sys_mprotect(page + 8, PAGE / 2, READ_WRITE), 0);
    sys_close(pipe[0]), sys_close(pipe[1]);

    char vector[3] = {9, 9, 9};
    page[0] = page[PAGE] = page[2 * PAGE] = 1;
    check_equal("mincore", sys_mincore(page, 3 * PAGE, vector), 0);
    check("touched pages are in core", vector[0] & vector[1] & vector[2] & MINCORE_INCORE);
    check_errno("mincore of unmapped memory", sys_mincore(page + 100 * PAGE, PAGE, vector), ENOMEM);
    check_errno("mincore to a wild vector", sys_mincore(page, PAGE, (char *)8), EFAULT);
    check_equal("madvise", sys_madvise(page, PAGE, MADV_WILLNEED), 0);
    check_errno("unknown advice", sys_madvise(page, PAGE, 99), EINVAL);
    check_equal("MADV_DONTNEED", sys_madvise(page, PAGE, MADV_DONTNEED), 0);
    check_equal("keeps the content, unlike Linux", page[0], 1);
    check_equal("msync", sys_msync(page, PAGE, MS_SYNC), 0);
    check_errno("msync with both", sys_msync(page, PAGE, MS_ASYNC | MS_INVALIDATE), EINVAL);
    sys_munmap(page, 3 * PAGE);
}

static void inheritance(void) {
    char *copied = map(0, PAGE, ANONYMOUS), *shared = map(0, PAGE, MAP_SHARED | MAP_ANON);
    char *zeroed = map(0, PAGE, ANONYMOUS), *none = map(0, PAGE, ANONYMOUS);
    copied[0] = shared[0] = zeroed[0] = none[0] = 1;
    check_equal("INHERIT_ZERO", sys_minherit(zeroed, PAGE, INHERIT_ZERO), 0);
    check_equal("INHERIT_NONE", sys_minherit(none, PAGE, INHERIT_NONE), 0);
    check_errno("an unknown inheritance", sys_minherit(copied, PAGE, 9), EINVAL);
    int child = (int)sys_fork();
    if (child == 0) {
        int right = copied[0] == 1 && shared[0] == 1 && zeroed[0] == 0 && faults_on_read(none);
        copied[0] = shared[0] = 2;
        guest_exit(!right);
    }
    check_equal("what a child sees", wait_for(child), 0);
    check_equal("private memory is not changed by it", copied[0], 1);
    check_equal("shared memory is", shared[0], 2);
}

static void shared_inheritance(void) {
    int file = (int)sys_open("inherited.data", O_RDWR | O_CREAT | O_TRUNC, 0600);
    sys_write(file, "ab", 2);
    char *memory = map(0, PAGE, ANONYMOUS);
    char *of_file = (char *)sys_mmap(0, 2 * PAGE, READ_WRITE, MAP_PRIVATE, file, 0);
    memory[0] = 1;
    check_equal("INHERIT_SHARE", sys_minherit(memory, PAGE, INHERIT_SHARE), 0);
    check_equal("INHERIT_SHARE of a private mapping of a file", sys_minherit(of_file, 2 * PAGE, INHERIT_SHARE), 0);
    check("the contents stay", memory[0] == 1 && of_file[0] == 'a' && of_file[1] == 'b' && of_file[2] == 0);
    int child = (int)sys_fork();
    if (child == 0) {
        memory[0] = of_file[0] = 2;
        guest_exit(0);
    }
    check_equal("a child that writes to both", wait_for(child), 0);
    check_equal("anonymous memory is shared with it", memory[0], 2);
    check_equal("and so is that of the file", of_file[0], 2);
    char byte;
    sys_pread(file, &byte, 1, 0);
    check_equal("the file is as it was", byte, 'a');
    sys_munmap(memory, PAGE), sys_munmap(of_file, 2 * PAGE), sys_close(file);
    sys_unlink("inherited.data");
}

static void files(void) {
    int file = (int)sys_open("memory.data", O_RDWR | O_CREAT | O_TRUNC, 0600);
    char page[PAGE];
    memset(page, 'a', sizeof page);
    sys_write(file, page, PAGE), sys_write(file, page, 100);
    char *shared = (char *)sys_mmap(0, 2 * PAGE, READ_WRITE, MAP_SHARED, file, 0);
    char *private = (char *)sys_mmap(0, PAGE, READ_WRITE, MAP_PRIVATE, file, PAGE);
    check("mapped files", !failed(shared) && !failed(private));
    check("their content", shared[0] == 'a' && private[99] == 'a' && private[100] == 0);
    shared[0] = 'b', private[0] = 'c';
    check_equal("msync", sys_msync(shared, PAGE, MS_SYNC), 0);
    sys_pread(file, page, 1, 0);
    check_equal("a shared mapping writes the file", page[0], 'b');
    sys_pread(file, page, 1, PAGE);
    check_equal("a private one does not", page[0], 'a');
    check_errno("an odd offset", sys_mmap(0, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 100), EINVAL);
    int reader = (int)sys_open("memory.data", O_RDONLY, 0);
    check_errno("a shared writable mapping of a file open for reading",
                sys_mmap(0, PAGE, READ_WRITE, MAP_SHARED, reader, 0), EACCES);
    check("a private one is allowed", !failed((void *)sys_mmap(0, PAGE, READ_WRITE, MAP_PRIVATE, reader, 0)));
    int directory = (int)sys_open(".", O_RDONLY, 0);
    check("a directory cannot be mapped", failed((void *)sys_mmap(0, PAGE, PROT_READ, MAP_PRIVATE, directory, 0)));
    sys_close(directory), sys_close(reader), sys_close(file);
    check_equal("a mapping outlives its descriptor", shared[0], 'b');
    sys_munmap(shared, 2 * PAGE), sys_munmap(private, PAGE);
    sys_unlink("memory.data");
}

static int depth(int levels) {
    volatile char frame[4096];
    frame[0] = frame[4095] = 1;
    return levels == 0 ? frame[0] : depth(levels - 1) + frame[4095];
}

static void break_and_stack(void) {
    extern char end[];
    char *start = (char *)(((unsigned long)end + PAGE - 1) & ~(unsigned long)(PAGE - 1));
    check("break(0) tells the current one", sys_break(0) <= (long)start);
    check_equal("break", sys_break(start + 4 * PAGE - 8), (long)(start + 4 * PAGE));
    check("the new memory is usable", !faults_on_write(start) && !faults_on_write(start + 4 * PAGE - 8));
    check_equal("break(0) again", sys_break(0), (long)(start + 4 * PAGE));
    check_equal("back", sys_break(start), (long)start);
    check("it is gone", faults_on_read(start + PAGE));
    check_equal("again", sys_break(start + 2 * PAGE), (long)(start + 2 * PAGE));
    check_equal("it is zeroed", machine_load(start), 0);
    check_errno("a break beyond the limit", sys_break((char *)0x7000000000), ENOMEM);
    check_equal("four megabytes of stack", depth(1000), 1001);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    set_handler(SIGSEGV, (void *)on_fault, SA_SIGINFO);
    set_handler(SIGBUS, (void *)on_fault, SA_SIGINFO);
    placement();
    guards();
    protection();
    inheritance();
    shared_inheritance();
    files();
    break_and_stack();
    return checks_failed();
}
