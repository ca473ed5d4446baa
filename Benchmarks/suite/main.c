// bench list | bench NAME [N [REPETITIONS]]
// A repetition prints one line: NAME N CHECKSUM(hex) NANOSECONDS
#include "bench.h"
#include "text.h"

static uint8_t arena[ARENA_SIZE] __attribute__((aligned(4096)));
static size_t arena_used;

void *arena_alloc(size_t n) {
    void *start = arena + arena_used;
    arena_used += (n + 63) & ~(size_t)63;
    if (arena_used > ARENA_SIZE) {
        plat_write(2, "arena full\n", 11);
        plat_exit(3);
    }
    return start;
}

void arena_reset(void) { arena_used = 0; }

static void run(const struct bench *bench, unsigned n, unsigned repetitions) {
    while (repetitions--) {
        arena_reset();
        uint64_t start = plat_now_ns();
        uint64_t checksum = bench->run(n);
        uint64_t end = plat_now_ns();
        put_string(bench->name), put_string(" "), put_number(n, 10), put_string(" ");
        put_number(checksum, 16), put_string(" "), put_number(end - start, 10), put_string("\n");
        flush_line();
    }
}

int main(int argc, char **argv) {
    int found = 0;
    for (const struct bench *bench = benchmarks; argc > 1 && bench->name; bench++) {
        if (equal(argv[1], "list")) {
            put_string(bench->name), put_string(" "), put_string(bench->group), put_string(" ");
            put_number(bench->n, 10), put_string("\n");
            flush_line();
            found = 1;
        } else if (equal(argv[1], bench->name)) {
            run(bench, argc > 2 ? parse(argv[2]) : bench->n, argc > 3 ? parse(argv[3]) : 1);
            found = 1;
        }
    }
    if (!found) {
        put_string("usage: bench list | bench NAME [N [REPETITIONS]]\n");
        flush_line();
    }
    return found ? 0 : 2;
}
