#include "guest.h"

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    print("hello, FreeBSD/%s\n", MACHINE_ARCHITECTURE);
    return 0;
}
