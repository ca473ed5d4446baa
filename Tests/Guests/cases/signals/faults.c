// Faults as signals, with exact si_code and si_addr, for accesses of each size, in each place of the address space.
// Authority: trap_pfault and data_abort of sys/arm64/arm64/trap.c, trap of sys/mips/mips/trap.c, sys/vm/vm_fault.c.
#include "cases.h"
#include "threads.h"

static volatile int signal_seen, code_seen, count;
static void *volatile address_seen;

static void step(int signal, struct signal_info *info, struct user_context *context) {
    signal_seen = signal, code_seen = info->code, address_seen = info->address;
    count++;
    machine_skip_instruction(context);
}

static void come_back(int signal, struct signal_info *info, struct user_context *context) {
    signal_seen = signal, code_seen = info->code, address_seen = info->address;
    count++;
    machine_return_from_call(context);
}

static void expect(const char *what, int signal, int code, const void *address) {
    char name[128];
    check_equal(format_string(name, sizeof name, "%s: signal", what), signal_seen, signal);
    check_equal(format_string(name, sizeof name, "%s: si_code", what), code_seen, code);
    check_equal(format_string(name, sizeof name, "%s: si_addr", what), (long)address_seen, (long)address);
    signal_seen = code_seen = 0;
    address_seen = (void *)1;
}

static char *map(int pages, int protection) {
    return (char *)sys_mmap(0, (size_t)pages * PAGE, protection, MAP_PRIVATE | MAP_ANON, -1, 0);
}

static void catch(void *handler) {
    set_handler(SIGSEGV, handler, SA_SIGINFO);
    set_handler(SIGBUS, handler, SA_SIGINFO);
}

CASE(fault, "tells the first byte of each page's end and beginning") {
    char *room = map(3, PROT_READ | PROT_WRITE), *hole = room + PAGE;
    sys_munmap(hole, PAGE);
    catch((void *)step);
    machine_load(hole - 8);
    check_equal("before the hole", count, 0);
    machine_load(hole);
    expect("its first byte", SIGSEGV, SEGV_MAPERR, hole);
    machine_load(hole + PAGE - 8);
    expect("its last ones", SIGSEGV, SEGV_MAPERR, hole + PAGE - 8);
    machine_load(hole + PAGE);
    check_equal("behind the hole", count, 2);
}

CASE(fault, "of a write to a page that may only be read, which keeps what it had") {
    char *page = map(1, PROT_READ | PROT_WRITE);
    *(long *)(page + 40) = 4711;
    sys_mprotect(page, PAGE, PROT_READ);
    catch((void *)step);
    machine_store(page + 40, 1);
    expect("the write", SIGSEGV, SEGV_ACCERR, page + 40);
    check_equal("the word", *(long *)(page + 40), 4711);
}

CASE(fault, "of a read where nothing may be done") {
    char *page = map(1, PROT_NONE);
    catch((void *)step);
    machine_load(page + 16);
    expect("the read", SIGSEGV, SEGV_ACCERR, page + 16);
    machine_store(page + 16, 1);
    expect("the write", SIGSEGV, SEGV_ACCERR, page + 16);
}

CASE(fault, "of a guard") {
    char *guard = (char *)sys_mmap(0, PAGE, PROT_NONE, MAP_GUARD, -1, 0);
    catch((void *)step);
    machine_load(guard + 8);
    check_equal("signal", signal_seen, SIGSEGV);
    check_equal("si_addr", (long)address_seen, (long)(guard + 8));
}

CASE(fault, "of a jump to nowhere, to data, and to a page of nothing") {
    char *gone = map(1, PROT_READ), *data = map(1, PROT_READ | PROT_WRITE), *closed = map(1, PROT_NONE);
    sys_munmap(gone, PAGE);
    catch((void *)come_back);
    machine_call(gone + 8);
    expect("nowhere", SIGSEGV, SEGV_MAPERR, gone + 8);
    machine_call(closed);
    expect("a page of nothing", SIGSEGV, SEGV_ACCERR, closed);
    machine_write_function(data, 3);
    machine_flush_instructions(data, 8);
    count = 0;
    machine_call(data);
    // MIPS has no permission to execute: what can be read runs.
    if (count) expect("data", SIGSEGV, SEGV_ACCERR, data);
    check("data may run only where reading is executing", count == 1 || string_equal(MACHINE_NAME, "mips"));
}

CASE(fault, "of a jump off the end of the last page") {
    char *room = map(2, PROT_READ | PROT_WRITE | PROT_EXEC), *end = room + PAGE;
    sys_munmap(end, PAGE);
    machine_write_function(end - 8, 5);
    machine_flush_instructions(end - 8, 8);
    catch((void *)come_back);
    check_equal("up to the end", ((long (*)(void))(end - 8))(), 5);
    check_equal("without a fault", count, 0);
    machine_call(end);
    expect("behind it", SIGSEGV, SEGV_MAPERR, end);
}

static char *repaired;

static void repair(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)context;
    count++;
    address_seen = info->address;
    sys_mprotect((void *)((unsigned long)info->address & ~(PAGE - 1ul)), PAGE, PROT_READ | PROT_WRITE);
}

CASE(fault, "repaired by the handler runs the access again, page after page") {
    enum { PAGES = 200 };
    repaired = map(PAGES, PROT_NONE);
    catch((void *)repair);
    long sum = 0;
    for (int i = 0; i < PAGES; i++) {
        machine_store(repaired + i * PAGE + 8, i);
        sum += machine_load(repaired + i * PAGE + 8);
    }
    check_equal("faults", count, PAGES);
    check_equal("what was stored", sum, PAGES * (PAGES - 1) / 2);
}

static void map_it(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)context;
    count++;
    sys_mmap((void *)((unsigned long)info->address & ~(PAGE - 1ul)), PAGE, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0);
}

CASE(fault, "mapped by the handler runs the access again") {
    char *room = map(16, PROT_READ);
    sys_munmap(room, 16 * PAGE);
    catch((void *)map_it);
    for (int i = 0; i < 16; i++)
        machine_store(room + i * PAGE, i);
    check_equal("faults", count, 16);
    check_equal("the last", machine_load(room + 15 * PAGE), 15);
}

CASE(fault, "of copying across a border: every byte before it is there") {
    char *room = map(2, PROT_READ | PROT_WRITE), *border = room + PAGE;
    sys_munmap(border, PAGE);
    catch((void *)map_it);
    volatile char *at = border - 5;
    for (int i = 0; i < 10; i++)
        at[i] = (char)(i + 1);
    int wrong = 0;
    for (int i = 0; i < 10; i++)
        wrong += at[i] != i + 1;
    check_equal("faults", count, 1);
    check_equal("wrong bytes", wrong, 0);
}

CASE(fault, "behind the end of a file mapped, and after it was cut") {
    int file = (int)sys_open("f", O_RDWR | O_CREAT, 0600);
    sys_ftruncate(file, 2 * PAGE);
    char *room = (char *)sys_mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    catch((void *)step);
    machine_store(room + PAGE, 1);
    check_equal("inside", count, 0);
    machine_load(room + 2 * PAGE + 8);
    check("behind the end", signal_seen == SIGBUS || signal_seen == SIGSEGV);
    check_equal("si_addr", (long)address_seen, (long)(room + 2 * PAGE + 8));
    sys_ftruncate(file, PAGE);
    machine_load(room + PAGE);
    check_equal("cut", count, 2);
    check_equal("si_addr", (long)address_seen, (long)(room + PAGE));
}

CASE(fault, "blocked or ignored ends the program all the same") {
    for (int way = 0; way < 2; way++) {
        int child = (int)sys_fork();
        if (child == 0) {
            struct signal_set set = signal_set_of(SIGSEGV);
            if (way) set_handler(SIGSEGV, SIG_IGN, 0);
            else sys_sigprocmask(SIG_BLOCK, &set, 0);
            machine_load((void *)8);
            guest_exit(1);
        }
        check_equal(way ? "ignored" : "blocked", WTERMSIG(wait_for(child)), SIGSEGV);
    }
}

static void again(int signal) {
    (void)signal;
    machine_load((void *)24);
    guest_exit(2);
}

CASE(fault, "in the handler of a fault ends the program") {
    int child = (int)sys_fork();
    if (child == 0) {
        catch((void *)again);
        machine_load((void *)16);
        guest_exit(1);
    }
    check_equal("killed", WTERMSIG(wait_for(child)), SIGSEGV);
}

enum { THREADS = 4, ROUNDS = 500 };
static volatile uint32_t wrong_addresses, handled;

static void on_own_fault(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal;
    // Each thread reads addresses of its own page only; its number is the address of the page.
    void *block = 0;
    machine_get_thread_pointer(&block);
    unsigned long page = *(unsigned long *)block;
    if (((unsigned long)info->address & ~(PAGE - 1ul)) != page) __atomic_fetch_add(&wrong_addresses, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&handled, 1, __ATOMIC_SEQ_CST);
    machine_skip_instruction(context);
}

static void fault_often(void *argument) {
    struct { unsigned long page; } block = {(unsigned long)argument};
    machine_set_thread_pointer(&block);
    for (int i = 0; i < ROUNDS; i++)
        machine_load((char *)argument + i % 512 * 8);
}

CASE(fault, "of several threads at once: each handles its own") {
    static struct thread threads[THREADS];
    set_handler(SIGSEGV, (void *)on_own_fault, SA_SIGINFO);
    for (int i = 0; i < THREADS; i++)
        thread_start(&threads[i], fault_often, map(1, PROT_NONE));
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
    check_equal("handled", handled, THREADS * ROUNDS);
    check_equal("of another thread", wrong_addresses, 0);
}

CASE(illegal, "instruction: SIGILL at its own address") {
    set_handler(SIGILL, (void *)step, SA_SIGINFO);
    machine_illegal_instruction();
    check_equal("signal", signal_seen, SIGILL);
    check_equal("once", count, 1);
    int child = (int)sys_fork();
    if (child == 0) {
        set_handler(SIGILL, SIG_DFL, 0);
        machine_illegal_instruction();
        guest_exit(1);
    }
    check_equal("its default", WTERMSIG(wait_for(child)), SIGILL);
}
