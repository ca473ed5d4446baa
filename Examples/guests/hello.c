// Prints a greeting, and what the program sees of its machine.
#include "guest.h"

static void print_sysctl(const char *title, int first, int second) {
    int name[2] = {first, second};
    char value[256] = "";
    size_t size = sizeof value - 1;
    if (sys___sysctl(name, 2, value, &size, 0, 0) == 0)
        print("%s: %s\n", title, value);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)environment;
    print("Hello from FreeBSD on %s.\n", MACHINE_ARCHITECTURE);
    print_sysctl("System", CTL_KERN, KERN_OSTYPE);
    print_sysctl("Machine", CTL_HW, HW_MACHINE_ARCH);
    for (int i = 1; i < argument_count; i++)
        print("Argument %d: %s\n", i, arguments[i]);
    return 0;
}
