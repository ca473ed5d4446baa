// file_limit [again]: prints the limit on the size of files that it sees, and, without an argument, once more after execve.
#include "guest.h"

int main(int argument_count, char **arguments, char **environment) {
    (void)arguments;
    struct rlimit files, data;
    sys_getrlimit(RLIMIT_FSIZE, &files);
    print("%ld %ld\n", (long)files.soft, (long)files.hard);
    if (argument_count > 1)
        return 0;
    // A limit that the host does not keep is handed over to the next program.
    sys_getrlimit(RLIMIT_DATA, &data);
    data.soft = data.hard / 2;
    sys_setrlimit(RLIMIT_DATA, &data);
    char *const again[] = {(char *)"file_limit", (char *)"again", 0};
    return (int)sys_execve((const char *)auxiliary_value(AT_EXECPATH, 0), again, environment);
}
