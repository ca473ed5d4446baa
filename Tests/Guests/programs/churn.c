// Thousands of descriptors, mappings and processes, one after another: nothing may run out.
#include "guest.h"

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)environment;
    if (argument_count > 1)
        return 5;
    int errors = 0, first = (int)sys_open("/dev/null", O_RDONLY, 0);
    sys_close(first);
    for (int i = 0; i < 20000; i++) {
        int descriptor = (int)sys_open("/dev/null", O_RDONLY, 0);
        errors += descriptor != first || sys_close(descriptor) != 0;
    }
    check_equal("20000 times open and close", errors, 0);

    for (int i = 0; i < 20000; i++) {
        size_t size = (size_t)(1 + i % 64) * PAGE;
        long address = sys_mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
        if (address <= 0) {
            errors++;
            continue;
        }
        *(volatile long *)address = i;
        errors += sys_munmap((void *)address, size) != 0;
    }
    check_equal("20000 times mmap and munmap", errors, 0);

    for (int i = 0; i < 300; i++) {
        int child = (int)sys_fork();
        if (child == 0)
            guest_exit(i & 0x7f);
        errors += child <= 0 || wait_for(child) != (i & 0x7f) << 8;
    }
    check_equal("300 times fork and wait", errors, 0);

    char *again[] = {arguments[0], "again", 0}, *nothing[] = {0};
    for (int i = 0; i < 20; i++) {
        int child = (int)sys_fork();
        if (child == 0) {
            sys_execve((const char *)auxiliary_value(AT_EXECPATH, 0), again, nothing);
            guest_exit(1);
        }
        errors += wait_for(child) != 5 << 8;
    }
    check_equal("20 times fork and exec", errors, 0);

    for (int i = 0; i < 2000; i++) {
        int pipe[2];
        char byte = (char)i, back = 0;
        errors += sys_pipe2(pipe, 0) != 0 || sys_write(pipe[1], &byte, 1) != 1 || sys_read(pipe[0], &back, 1) != 1;
        errors += back != byte || sys_close(pipe[0]) != 0 || sys_close(pipe[1]) != 0;
    }
    check_equal("2000 pipes", errors, 0);

    // Code at many addresses, more than any cache of translations keeps for ever.
    for (int i = 0; i < 2000; i++) {
        char *code = (char *)sys_mmap(0, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANON, -1, 0);
        for (int at = 0; at + 64 <= PAGE; at += 64) {
            machine_write_function(code + at, i + at);
            machine_flush_instructions(code + at, 64);
        }
        for (int at = 0; at + 64 <= PAGE; at += 64)
            errors += ((long (*)(void))(code + at))() != (int16_t)(i + at);
        errors += sys_munmap(code, PAGE) != 0;
    }
    check_equal("128000 small functions", errors, 0);
    return checks_failed();
}
