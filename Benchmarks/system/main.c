// system list | system NAME [N [COMMAND...]]
// Prints NAME, the number of operations, and picoseconds of CPU time and of wall clock of one operation.
//
// The CPU time is that of the process and its children, so that a busy machine disturbs less.
#include "system.h"
#include "text.h"

char *const *exec_command;

void fail(const char *what) {
    put_string(what);
    put_string(" failed\n");
    flush_line();
    plat_exit(1);
}

static void run(const struct system_benchmark *benchmark, unsigned n) {
    uint64_t wall = plat_wall_ns(), cpu = plat_cpu_ns();
    benchmark->run(n);
    cpu = plat_cpu_ns() - cpu;
    wall = plat_wall_ns() - wall;
    uint64_t operations = (uint64_t)n * benchmark->scale;
    put_string(benchmark->name), put_string(" "), put_number(operations, 10), put_string(" ");
    put_number(cpu * 1000 / operations, 10), put_string(" "), put_number(wall * 1000 / operations, 10);
    put_string("\n");
    flush_line();
}

static int visit(const struct system_benchmark *benchmark, int argc, char **argv) {
    int found = 0;
    for (; benchmark->name; benchmark++) {
        if (equal(argv[1], "list")) {
            put_string(benchmark->name), put_string("\n");
            flush_line();
            found = 1;
        } else if (equal(argv[1], benchmark->name)) {
            unsigned n = argc > 2 ? parse(argv[2]) : 0;
            run(benchmark, n ? n : benchmark->n);
            found = 1;
        }
    }
    return found;
}

int main(int argc, char **argv) {
    if (argc < 2)
        return 2;
    // What exec runs: it does nothing.
    if (equal(argv[1], "nothing"))
        return 0;
    exec_command = argc > 3 ? argv + 3 : 0;
    int found = visit(calls, argc, argv);
    return visit(threads, argc, argv) || found ? 0 : 2;
}
