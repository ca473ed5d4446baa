// Code written at run time: with the cache flushed as the manuals want it, and a first time without on a page that is
// writable and executable.
#include "guest.h"

typedef long function(void);

static char *map(int protection) {
    return (char *)sys_mmap(0, 2 * PAGE, protection, MAP_PRIVATE | MAP_ANON, -1, 0);
}

static long call(void *code) { return ((function *)code)(); }

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    char *code = map(PROT_READ | PROT_WRITE | PROT_EXEC);
    machine_write_function(code, 1);
    machine_flush_instructions(code, 8);
    check_equal("code written and flushed", call(code), 1);
    machine_write_function(code, 2);
    machine_flush_instructions(code, 8);
    check_equal("code rewritten and flushed", call(code), 2);
    machine_write_function(code, 3);
    check_equal("code rewritten without a flush", call(code), 3);

    long sum = 0;
    for (int i = 0; i < 1000; i++) {
        machine_write_function(code, i);
        machine_flush_instructions(code, 8);
        sum += call(code);
    }
    check_equal("a thousand rewrites", sum, 499500);

    // Instructions and data of the page change in turns.
    long *counter = (long *)(code + 2048);
    machine_write_function(code, 7);
    machine_flush_instructions(code, 8);
    for (int i = 0; i < 1000; i++)
        *counter += call(code);
    check_equal("data beside code", *counter, 7000);

    // A function that spans two pages, changed on the second one.
    char *across = code + PAGE - 4;
    machine_write_function(across, 4);
    machine_flush_instructions(across, 8);
    check_equal("code across two pages", call(across), 4);
    machine_write_function(across, 5);
    machine_flush_instructions(across, 8);
    check_equal("its second half rewritten", call(across), 5);

    // Written by the kernel.
    int pipe[2];
    uint32_t words[2];
    machine_write_function(words, 6);
    sys_pipe2(pipe, 0);
    sys_write(pipe[1], words, sizeof words);
    check_equal("read(2) over code succeeds", sys_read(pipe[0], code, sizeof words), sizeof words);
    machine_flush_instructions(code, 8);
    check_equal("code rewritten by read(2)", call(code), 6);

    // Written, then made executable, as a just-in-time compiler does.
    char *exclusive = map(PROT_READ | PROT_WRITE);
    for (int i = 10; i < 14; i++) {
        check_equal("mprotect to writable", sys_mprotect(exclusive, PAGE, PROT_READ | PROT_WRITE), 0);
        machine_write_function(exclusive, i);
        check_equal("mprotect to executable", sys_mprotect(exclusive, PAGE, PROT_READ | PROT_EXEC), 0);
        check_equal("code after mprotect", call(exclusive), i);
    }

    // Another mapping at the same address.
    check_equal("munmap", sys_munmap(code, 2 * PAGE), 0);
    check_equal("mmap at the same address",
                sys_mmap(code, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0),
                (long)code);
    machine_write_function(code, 8);
    machine_flush_instructions(code, 8);
    check_equal("code in the new mapping", call(code), 8);
    return checks_failed();
}
