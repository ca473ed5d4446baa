// System calls, signals, memory maps and processes.
#include "system.h"

enum { MAP_SIZE = 65536 };

static void getppid_loop(unsigned n) {
    while (n--)
        plat_getppid();
}

static void clock_loop(unsigned n) {
    while (n--)
        plat_wall_ns();
}

static void write_loop(unsigned n) {
    int descriptor = plat_open("/dev/null", 1);
    if (descriptor < 0)
        fail("open");
    while (n--)
        if (plat_put(descriptor, "x", 1) != 1)
            fail("write");
    plat_close(descriptor);
}

static void open_loop(unsigned n) {
    while (n--) {
        int descriptor = plat_open("/dev/null", 0);
        if (descriptor < 0)
            fail("open");
        plat_close(descriptor);
    }
}

static volatile unsigned handled;

static void count_signal(int signal) {
    (void)signal;
    handled++;
}

static void signal_loop(unsigned n) {
    plat_handle(PLAT_USER_SIGNAL, count_signal);
    handled = 0;
    for (unsigned i = 0; i < n; i++)
        plat_signal_self();
    if (handled != n)
        fail("signal");
}

static char *guarded;

static void open_page(int signal) {
    (void)signal;
    plat_protect(guarded, MAP_SIZE, 1);
    handled++;
}

static void fault_loop(unsigned n) {
    guarded = plat_map(MAP_SIZE);
    plat_handle(PLAT_SEGMENTATION_FAULT, open_page);
    handled = 0;
    for (unsigned i = 0; i < n; i++) {
        plat_protect(guarded, MAP_SIZE, 0);
        *(volatile char *)guarded = 1;
    }
    if (handled != n)
        fail("fault");
}

static void map_loop(unsigned n) {
    while (n--) {
        char *start = plat_map(MAP_SIZE);
        if (!start)
            fail("mmap");
        *(volatile char *)start = 1;
        plat_unmap(start, MAP_SIZE);
    }
}

static void spawn_loop(unsigned n, char *const *command) {
    while (n--)
        if (plat_spawn(command) != 0)
            fail("fork");
}

static void fork_loop(unsigned n) { spawn_loop(n, 0); }

static void exec_loop(unsigned n) {
    if (!exec_command)
        fail("a command's name");
    spawn_loop(n, exec_command);
}

const struct system_benchmark calls[] = {
    {"getppid", getppid_loop, 300000, 1},  {"clock_gettime", clock_loop, 300000, 1},
    {"write", write_loop, 300000, 1},      {"open+close", open_loop, 30000, 1},
    {"signal", signal_loop, 30000, 1},     {"fault", fault_loop, 20000, 1},
    {"mmap+munmap", map_loop, 20000, 1},   {"fork+exit+wait", fork_loop, 100, 1},
    {"fork+exec+wait", exec_loop, 20, 1},  {0, 0, 0, 0},
};
