// Threads and what concerns the whole process: fork, vfork, exec, exit, death by a signal, memory, and code.
#include "threads.h"

enum { THREADS = 3 };

static struct thread threads[THREADS];
static volatile uint32_t is_over, word;
static volatile long rounds;

static unsigned long step(unsigned long x) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    return x;
}

// Runs without a system call.
static void compute(void *argument) {
    unsigned long x = (unsigned long)argument + 1;
    while (load(&is_over) == 0) {
        x = step(x);
        __atomic_fetch_add(&rounds, 1, __ATOMIC_RELAXED);
    }
    if (x == 0) guest_exit(120);
}

static void sleep_on_word(void *argument) {
    (void)argument;
    while (load(&is_over) == 0)
        umtx(&word, UMTX_OP_WAIT_UINT_PRIVATE, 0, 0, 0);
}

static void read_nothing(void *argument) {
    int ends[2];
    char byte;
    (void)argument;
    if (sys_pipe2(ends, 0) == 0) sys_read(ends[0], &byte, 1);
}

static void call_always(void *argument) {
    (void)argument;
    while (load(&is_over) == 0)
        sys_getppid();
}

// Threads that run, sleep, wait for a file, and make system calls.
static void start_zoo(void) {
    static struct thread sleeper, reader;
    is_over = 0;
    thread_start(&threads[0], compute, (void *)0);
    thread_start(&threads[1], call_always, 0);
    thread_start(&sleeper, sleep_on_word, 0);
    thread_start(&reader, read_nothing, 0);
    pause_for(5000000);
}

// Whether the thread that computes does so.
static int goes_on(void) {
    long before = rounds;
    for (int i = 0; i < 5000 && rounds == before; i++)
        pause_for(1000000);
    return rounds != before;
}

static void test_exit(void) {
    int child = (int)sys_fork();
    if (child == 0) {
        start_zoo();
        guest_exit(33);
    }
    check_equal("exit ends all threads", wait_for(child), 33 << 8);
}

static void exit_at_once(void *argument) { guest_exit((int)(long)argument); }

static void test_exit_of_thread(void) {
    int child = (int)sys_fork();
    if (child == 0) {
        start_zoo();
        static struct thread thread;
        thread_start(&thread, exit_at_once, (void *)34);
        for (;;)
            pause_for(1000000000);
    }
    check_equal("exit by another thread", wait_for(child), 34 << 8);
}

static void crash(void *argument) { *(volatile long *)argument = 1; }

static void test_death(void) {
    int child = (int)sys_fork();
    if (child == 0) {
        start_zoo();
        static struct thread thread;
        thread_start(&thread, crash, (void *)8);
        for (;;)
            pause_for(1000000000);
    }
    check_equal("a fault of one thread ends the process", wait_for(child) & 0x7f, SIGSEGV);
    child = (int)sys_fork();
    if (child == 0) {
        start_zoo();
        sys_kill((int)sys_getpid(), SIGTERM);
        for (;;)
            pause_for(1000000000);
    }
    check_equal("a signal ends the process", wait_for(child) & 0x7f, SIGTERM);
    child = (int)sys_fork();
    if (child == 0) {
        start_zoo();
        sys_thr_kill(threads[0].id, SIGKILL);
        for (;;)
            pause_for(1000000000);
    }
    check_equal("SIGKILL of one thread ends the process", wait_for(child) & 0x7f, SIGKILL);
}

static void test_fork(void) {
    start_zoo();
    int wrong = 0;
    for (int i = 0; i < 30; i++) {
        int child = (int)sys_fork();
        if (child == 0) {
            // Only the caller lives on, and all calls work.
            if (sys_thr_kill(-1, 0) != -ESRCH) guest_exit(1);
            if (sys_thr_kill(threads[0].id, 0) != -ESRCH) guest_exit(2);
            char *memory = (char *)sys_mmap(0, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
            memory[5] = 1;
            static struct thread thread;
            thread.stack = 0;
            static volatile uint32_t ran;
            if (thread_start(&thread, (void (*)(void *))(void *)sys_thr_self, (void *)&ran) != 0) guest_exit(3);
            thread_join(&thread);
            guest_exit(own_id() == threads[0].id ? 4 : 0);
        }
        wrong += wait_for(child) != 0;
    }
    check_equal("fork with threads", wrong, 0);
    check("the parent's threads go on", goes_on());
}

static void test_vfork(void) {
    int wrong = 0;
    for (int i = 0; i < 20; i++) {
        int child = (int)sys_vfork();
        if (child == 0) {
            sys_getppid();
            sys_exit(i);
        }
        wrong += wait_for(child) != i << 8;
    }
    check_equal("vfork with threads", wrong, 0);
    check("threads go on after it", goes_on());
}

static volatile long seen_user;

static void see_user(void *argument) {
    (void)argument;
    await(&word, 1);
    seen_user = sys_geteuid();
}

// Users belong to the process, not to the thread that changes them.
static void test_users(void) {
    int child = (int)sys_fork();
    if (child == 0) {
        start_zoo();
        static struct thread thread;
        word = 0;
        thread_start(&thread, see_user, 0);
        int may_change = sys_geteuid() == 0;
        long changed = sys_setresuid(may_change ? 1234 : 0, may_change ? 1234 : 0, may_change ? 1234 : 0);
        __atomic_store_n(&word, 1, __ATOMIC_SEQ_CST);
        thread_join(&thread);
        if (changed != (may_change ? 0 : -EPERM)) guest_exit(1);
        guest_exit(seen_user == sys_geteuid() && (seen_user == 1234) == may_change ? 77 : 2);
    }
    check_equal("all threads have one user", wait_for(child), 77 << 8);
}

static char *own_path;

static void execute(void *argument) {
    char *arguments[] = {own_path, argument, 0};
    sys_execve(own_path, arguments, guest_environment);
    guest_exit(119);
}

static void test_exec(void) {
    int child = (int)sys_fork();
    if (child == 0) {
        start_zoo();
        execute("after-exec");
    }
    check_equal("exec with threads", wait_for(child), 55 << 8);
    child = (int)sys_fork();
    if (child == 0) {
        start_zoo();
        static struct thread thread;
        thread_start(&thread, execute, "after-exec");
        for (;;)
            pause_for(1000000000);
    }
    check_equal("exec by another thread", wait_for(child), 55 << 8);
    child = (int)sys_fork();
    if (child == 0) {
        start_zoo();
        // A program of the host that has nothing to load: only the host's kernel finds out.
        static const char header[120] = "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\76\0\1";
        char path[64], *none[] = {0};
        format_string(path, sizeof path, "/tmp/bsduser-guest-%d", (int)sys_getpid());
        int file = (int)sys_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
        sys_write(file, header, sizeof header);
        sys_close(file);
        long results[] = {sys_execve("/nonexistent", none, none), sys_execve(path, none, none)};
        sys_unlink(path);
        if (results[0] != -ENOENT || results[1] != -ENOEXEC) guest_exit(1);
        guest_exit(goes_on() ? 56 : 2);
    }
    check_equal("an exec that fails leaves the threads", wait_for(child), 56 << 8);
}

static void map_and_unmap(void *argument) {
    (void)argument;
    for (int i = 0; i < 300; i++) {
        char *memory = (char *)sys_mmap(0, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
        for (int page = 0; page < 8; page++)
            memory[page * PAGE] = (char)page;
        sys_mprotect(memory, PAGE, PROT_READ);
        if (memory[0] != 0 || memory[7 * PAGE] != 7) guest_exit(126);
        sys_munmap(memory, 8 * PAGE);
    }
    __atomic_fetch_add(&word, 1, __ATOMIC_SEQ_CST);
}

static void test_memory(void) {
    word = 0;
    struct thread mappers[THREADS] = {0};
    for (int i = 0; i < THREADS; i++)
        thread_start(&mappers[i], map_and_unmap, 0);
    for (int i = 0; i < THREADS; i++)
        thread_join(&mappers[i]);
    check_equal("mappings by many threads", word, THREADS);
}

static char *code_page;
static volatile uint32_t wrong_values;

// Each thread writes functions into its own part of one page and calls them.
static void write_code(void *argument) {
    char *own = code_page + (long)argument * 256;
    for (int i = 0; i < 300; i++) {
        machine_write_function(own, i);
        machine_flush_instructions(own, 16);
        if (((int (*)(void))(void *)own)() != i) __atomic_fetch_add(&wrong_values, 1, __ATOMIC_SEQ_CST);
    }
}

static void test_code(void) {
    code_page = (char *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANON, -1, 0);
    struct thread writers[THREADS] = {0};
    for (long i = 0; i < THREADS; i++)
        thread_start(&writers[i], write_code, (void *)i);
    for (int i = 0; i < THREADS; i++)
        thread_join(&writers[i]);
    check_equal("code written by many threads", wrong_values, 0);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)environment;
    if (argument_count > 1) {
        // After exec there is one thread.
        guest_exit(sys_thr_kill(-1, 0) == -ESRCH ? 55 : 57);
    }
    own_path = arguments[0];
    test_exit();
    test_exit_of_thread();
    test_death();
    test_memory();
    test_code();
    test_exec();
    test_fork();
    test_vfork();
    test_users();
    return checks_failed();
}
