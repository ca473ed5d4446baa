// A program that puts a file of its own where standard error was: nothing of the emulator's may come into it.
#include "guest.h"

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    char buffer[64];
    size_t size = sizeof buffer;
    struct file_status status;
    sys_close(2);
    int file = (int)sys_open("own", O_RDWR | O_CREAT | O_TRUNC, 0644);
    check_equal("the file takes the number of standard error", file, 2);
    struct raw_syscall closefrom = {.number = 509, .arguments = {3}};
    raw_syscall(&closefrom);
    check_errno("a variable that does not exist", sys___sysctlbyname("kern.nothing", 12, buffer, &size, 0, 0), ENOENT);
    int child = (int)sys_fork();
    if (child == 0) *(volatile int *)16 = 1;
    check_equal("a child that dies", WTERMSIG(wait_for(child)), SIGSEGV);
    check_equal("fstat", sys_fstat(file, &status), 0);
    check_equal("nothing was written", status.size, 0);
    check_errno("no other descriptor to write to", sys_dup2(4095, 5), EBADF);
    return checks_failed();
}
