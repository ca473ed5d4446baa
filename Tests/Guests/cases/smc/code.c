// Code that changes: written, made visible with the architecture's own instructions, run; by the program, the kernel,
// another thread, another process, another mapping. Authority: DDI 0487 B2.4.4, MIPS64 manual on SYNCI; mmap(2).
#include "cases.h"
#include "threads.h"

typedef long function(void);

enum { WHOLE = PROT_READ | PROT_WRITE | PROT_EXEC };

static char *map(int pages, int protection) {
    return (char *)sys_mmap(0, (size_t)pages * PAGE, protection, MAP_PRIVATE | MAP_ANON, -1, 0);
}

static long call(const void *code) { return ((function *)code)(); }

static void write_code(void *at, int value) {
    machine_write_function(at, value);
    machine_flush_instructions(at, 8);
}

static uint32_t image[2];

static const void *image_of(int value) {
    machine_write_function(image, value);
    return image;
}

CASE(flush, "makes each rewriting visible at once") {
    char *code = map(1, WHOLE);
    int wrong = 0;
    for (int i = 0; i < 20000; i++) {
        write_code(code, i);
        wrong += call(code) != i;
    }
    check_equal("calls of old code", wrong, 0);
}

CASE(flush, "of one function leaves its neighbours as they were") {
    char *code = map(1, WHOLE);
    for (int i = 0; i < 256; i++)
        write_code(code + i * 16, i);
    int wrong = 0;
    for (int round = 0; round < 20; round++) {
        int changed = round * 13 % 256;
        write_code(code + changed * 16, 1000 + round);
        for (int i = 0; i < 256; i++)
            wrong += call(code + i * 16) != (i == changed ? 1000 + round : i);
        write_code(code + changed * 16, changed);
    }
    check_equal("wrong results", wrong, 0);
}

CASE(flush, "of code that crosses pages, changed on either side") {
    char *room = map(3, WHOLE);
    int wrong = 0;
    for (int i = 0; i < 500; i++) {
        char *across = room + PAGE - 4;
        write_code(across, i);
        wrong += call(across) != i;
        // Only the half on one page changes.
        uint32_t other[2];
        machine_write_function(other, i + 1);
        memcpy(across + i % 2 * 4, other + i % 2, 4);
        machine_flush_instructions(across + i % 2 * 4, 4);
        long result = call(across);
        wrong += result != i && result != i + 1;
        memcpy(across, other, 8);
        machine_flush_instructions(across, 8);
        wrong += call(across) != i + 1;
    }
    check_equal("wrong results", wrong, 0);
}

CASE(flush, "of many pages of code, one after another") {
    enum { PAGES = 600 };
    char *code = map(PAGES, WHOLE);
    int wrong = 0;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < PAGES; i++)
            write_code(code + i * PAGE + i % 200 * 16, i + round);
        for (int i = 0; i < PAGES; i++)
            wrong += call(code + i * PAGE + i % 200 * 16) != i + round;
    }
    check_equal("wrong results", wrong, 0);
}

CASE(kernel, "read, pread, readv, recvfrom and copies of files over code") {
    char *code = map(1, WHOLE);
    int pipe[2], pair[2], file = (int)sys_open("f", O_RDWR | O_CREAT, 0600);
    struct iovec vector = {code, 8};
    sys_pipe2(pipe, 0);
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    for (int i = 0; i < 50; i++) {
        int value = i * 10;
        write_code(code, value);
        check_equal("before", call(code), value);
        sys_write(pipe[1], image_of(value + 1), 8);
        sys_read(pipe[0], code, 8);
        machine_flush_instructions(code, 8);
        check_equal("read", call(code), value + 1);
        sys_pwrite(file, image_of(value + 2), 8, 0);
        sys_pread(file, code, 8, 0);
        machine_flush_instructions(code, 8);
        check_equal("pread", call(code), value + 2);
        sys_write(pipe[1], image_of(value + 3), 8);
        sys_readv(pipe[0], &vector, 1);
        machine_flush_instructions(code, 8);
        check_equal("readv", call(code), value + 3);
        sys_write(pair[0], image_of(value + 4), 8);
        sys_recvfrom(pair[1], code, 8, 0, 0, 0);
        machine_flush_instructions(code, 8);
        check_equal("recvfrom", call(code), value + 4);
    }
}

CASE(mprotect, "between writable and executable in turns, as just-in-time compilers do") {
    char *code = map(2, PROT_READ | PROT_WRITE);
    int wrong = 0;
    for (int i = 0; i < 500; i++) {
        wrong += sys_mprotect(code, 2 * PAGE, PROT_READ | PROT_WRITE) != 0;
        machine_write_function(code, i);
        machine_write_function(code + PAGE - 4, i + 1);
        wrong += sys_mprotect(code, 2 * PAGE, PROT_READ | PROT_EXEC) != 0;
        machine_flush_instructions(code, 2 * PAGE);
        wrong += call(code) != i;
        wrong += call(code + PAGE - 4) != i + 1;
    }
    check_equal("wrong results", wrong, 0);
}

static volatile int faults;

static void come_back(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info;
    faults++;
    machine_return_from_call(context);
}

CASE(mprotect, "takes away running, and gives it back") {
    char *code = map(1, WHOLE);
    set_handler(SIGSEGV, (void *)come_back, SA_SIGINFO);
    for (int i = 0; i < 20; i++) {
        write_code(code, i);
        check_equal("runs", call(code), i);
        sys_mprotect(code, PAGE, PROT_NONE);
        call(code);
        check_equal("faults", faults, i + 1);
        sys_mprotect(code, PAGE, WHOLE);
        check_equal("runs again", call(code), i);
    }
}

CASE(munmap, "code that is gone does not run, and other code at its place does") {
    char *code = map(1, WHOLE);
    set_handler(SIGSEGV, (void *)come_back, SA_SIGINFO);
    for (int i = 0; i < 50; i++) {
        write_code(code, i);
        check_equal("runs", call(code), i);
        sys_munmap(code, PAGE);
        call(code);
        check_equal("faults", faults, i + 1);
        check_equal("mapped again", sys_mmap(code, PAGE, WHOLE, MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0), (long)code);
    }
}

CASE(mmap, "over code replaces it, as loading another library at one address") {
    char *code = map(4, WHOLE);
    int files[2], wrong = 0;
    char name[] = "library0";
    for (int i = 0; i < 2; i++) {
        name[7] = (char)('0' + i);
        files[i] = (int)sys_open(name, O_RDWR | O_CREAT, 0700);
        sys_ftruncate(files[i], 4 * PAGE);
        for (int page = 0; page < 4; page++)
            sys_pwrite(files[i], image_of(i * 100 + page), 8, page * PAGE + 64);
    }
    for (int round = 0; round < 200; round++) {
        int which = round & 1;
        wrong += sys_mmap(code, 4 * PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, files[which], 0) != (long)code;
        for (int page = 0; page < 4; page++)
            wrong += call(code + page * PAGE + 64) != which * 100 + page;
        if (round % 3 == 0) sys_munmap(code, 4 * PAGE);
    }
    check_equal("wrong results", wrong, 0);
}

CASE(mmap, "of a file's code twice: what is written through one mapping runs in the other") {
    int file = (int)sys_open("f", O_RDWR | O_CREAT, 0700), wrong = 0;
    sys_ftruncate(file, PAGE);
    char *data = (char *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    char *code = (char *)sys_mmap(0, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0);
    for (int i = 0; i < 200; i++) {
        machine_write_function(data + 32, i);
        machine_flush_instructions(data + 32, 8);
        machine_flush_instructions(code + 32, 8);
        wrong += call(code + 32) != i;
    }
    check_equal("wrong results", wrong, 0);
}

CASE(mmap, "of shared memory twice: the same, as just-in-time compilers with two views do") {
    int file = (int)sys_shm_open((char *)1, O_RDWR, 0600), wrong = 0;
    sys_ftruncate(file, PAGE);
    char *data = (char *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    char *code = (char *)sys_mmap(0, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0);
    check("both views", (long)data > 0 && (long)code > 0);
    for (int i = 0; i < 200; i++) {
        machine_write_function(data + PAGE - 8, i);
        machine_flush_instructions(data + PAGE - 8, 8);
        machine_flush_instructions(code + PAGE - 8, 8);
        wrong += call(code + PAGE - 8) != i;
    }
    check_equal("wrong results", wrong, 0);
}

CASE(fork, "parent and child run different code at one address") {
    char *code = map(1, WHOLE);
    write_code(code, 1);
    check_equal("before", call(code), 1);
    for (int i = 2; i < 12; i++) {
        int child = (int)sys_fork();
        if (child == 0) {
            int old = (int)call(code);
            write_code(code, 100 + i);
            guest_exit(old == i - 1 && call(code) == 100 + i ? 3 : 4);
        }
        write_code(code, i);
        check_equal("the parent", call(code), i);
        check_equal("the child", wait_for(child), 3 << 8);
        check_equal("the parent afterwards", call(code), i);
    }
}

CASE(vfork, "code that the child changes is changed for the parent") {
    char *code = map(1, WHOLE);
    write_code(code, 1);
    check_equal("before", call(code), 1);
    int child = (int)sys_vfork();
    if (child == 0) {
        write_code(code, 2);
        sys_exit(call(code) == 2 ? 3 : 4);
    }
    check_equal("the child", wait_for(child), 3 << 8);
    check_equal("the parent", call(code), 2);
}

CASE(fork, "shared memory with code: what one writes the other runs") {
    char *code = (char *)sys_mmap(0, 2 * PAGE, WHOLE, MAP_SHARED | MAP_ANON, -1, 0);
    volatile uint32_t *turn = (volatile uint32_t *)(code + PAGE);
    write_code(code, 1);
    check_equal("before", call(code), 1);
    int child = (int)sys_fork(), wrong = 0;
    for (uint32_t i = 0; i < 20; i++) {
        // In turns: who writes hands on, who reads flushes for itself.
        int writes = (i & 1) == (child == 0);
        if (writes) {
            await(turn, 2 * i);
            write_code(code, 50 + (int)i);
            __atomic_store_n(turn, 2 * i + 1, __ATOMIC_SEQ_CST);
        } else {
            await(turn, 2 * i + 1);
            machine_flush_instructions(code, 8);
            wrong += call(code) != 50 + (int)i;
            __atomic_store_n(turn, 2 * i + 2, __ATOMIC_SEQ_CST);
        }
    }
    if (child == 0) guest_exit(wrong);
    check_equal("wrong in the child", wait_for(child), 0);
    check_equal("wrong in the parent", wrong, 0);
}

// MARK: Threads

static char *shared_code;
static volatile uint32_t turn, is_over, bad;

static void run_after_each_write(void *argument) {
    (void)argument;
    for (uint32_t i = 0; i < 2000; i++) {
        await(&turn, 2 * i + 1);
        // The writer has flushed for all; the reader synchronises its own fetches (isb; a jump with hazard barrier).
        machine_flush_instructions(shared_code, 8);
        if (call(shared_code) != (long)(i & 0x7fff)) bad++;
        __atomic_store_n(&turn, 2 * i + 2, __ATOMIC_SEQ_CST);
    }
}

CASE(threads, "one writes, the other runs, in turns") {
    static struct thread thread;
    shared_code = map(1, WHOLE);
    thread_start(&thread, run_after_each_write, 0);
    for (uint32_t i = 0; i < 2000; i++) {
        await(&turn, 2 * i);
        write_code(shared_code, (int)(i & 0x7fff));
        __atomic_store_n(&turn, 2 * i + 1, __ATOMIC_SEQ_CST);
    }
    thread_join(&thread);
    check_equal("calls of old code", bad, 0);
}

static void run_all_the_time(void *argument) {
    long last = 0;
    (void)argument;
    while (!load(&is_over)) {
        long now = call(shared_code);
        // One word changes at once, so that old or new code runs, and never older than what ran before.
        if (now < last) bad++;
        last = now;
    }
}

CASE(threads, "one changes an instruction that others are running: old or new, never back") {
    static struct thread threads[2];
    shared_code = map(1, WHOLE);
    write_code(shared_code, 1);
    for (int i = 0; i < 2; i++)
        thread_start(&threads[i], run_all_the_time, 0);
    for (int i = 1; i < 3000; i++) {
        uint32_t words[2];
        machine_write_function(words, i);
        for (int word = 0; word < 2; word++)
            __atomic_store_n((uint32_t *)shared_code + word, words[word], __ATOMIC_RELEASE);
        machine_flush_instructions(shared_code, 8);
    }
    pause_for(20000000);
    check_equal("the last one", call(shared_code), 2999);
    is_over = 1;
    for (int i = 0; i < 2; i++)
        thread_join(&threads[i]);
    check_equal("steps back", bad, 0);
}

static void write_own_code(void *argument) {
    char *code = argument;
    for (int i = 0; i < 3000; i++) {
        write_code(code, i);
        if (call(code) != i) __atomic_fetch_add(&bad, 1, __ATOMIC_SEQ_CST);
    }
}

CASE(threads, "each writes and runs its own code, on one page and on pages of their own") {
    static struct thread threads[4];
    char *code = map(4, WHOLE);
    for (int step = 0; step < 2; step++) {
        for (int i = 0; i < 4; i++)
            thread_start(&threads[i], write_own_code, code + i * (step ? PAGE : 128));
        for (int i = 0; i < 4; i++)
            thread_join(&threads[i]);
    }
    check_equal("calls of old code", bad, 0);
}

static void map_and_run(void *argument) {
    (void)argument;
    for (int i = 0; i < 300; i++) {
        char *code = map(1, WHOLE);
        write_code(code, i);
        if (call(code) != i) __atomic_fetch_add(&bad, 1, __ATOMIC_SEQ_CST);
        sys_munmap(code, PAGE);
    }
}

CASE(threads, "map, run and unmap code at addresses that come again") {
    static struct thread threads[4];
    for (int i = 0; i < 4; i++)
        thread_start(&threads[i], map_and_run, 0);
    for (int i = 0; i < 4; i++)
        thread_join(&threads[i]);
    check_equal("calls of old code", bad, 0);
}

static void rewrite_in_handler(int signal) {
    (void)signal;
    write_code(shared_code, (int)call(shared_code) + 1);
}

CASE(signal, "a handler changes the code that is called in between") {
    shared_code = map(1, WHOLE);
    write_code(shared_code, 0);
    set_handler(SIGUSR1, (void *)rewrite_in_handler, 0);
    int wrong = 0;
    for (int i = 0; i < 500; i++) {
        wrong += call(shared_code) != i;
        sys_kill((int)sys_getpid(), SIGUSR1);
    }
    check_equal("wrong results", wrong, 0);
}

static void restart_at_other_code(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)info, (void)context;
    faults++;
    sys_mprotect(shared_code, PAGE, WHOLE);
    write_code(shared_code, 77);
}

CASE(signal, "a fault of running is repaired by writing the code") {
    shared_code = map(1, PROT_NONE);
    set_handler(SIGSEGV, (void *)restart_at_other_code, SA_SIGINFO);
    check_equal("the call", call(shared_code), 77);
    check_equal("faults", faults, 1);
}

CASE(madvise, "code that is freed reads as zero or as it was, and can be written again") {
    char *code = map(1, WHOLE);
    for (int i = 0; i < 50; i++) {
        write_code(code, i);
        check_equal("runs", call(code), i);
        sys_madvise(code, PAGE, MADV_FREE);
        write_code(code, i + 1);
        check_equal("runs again", call(code), i + 1);
    }
}
