// What a process finds at its start: arguments, environment, auxiliary vector, ps_strings, stack.
// Run as: start one "two words" "" with the environment VISIBLE=yes EMPTY=
#include "guest.h"

extern char _start[];

int main(int argument_count, char **arguments, char **environment) {
    check_equal("argc", argument_count, 4);
    check_string("argv[1]", arguments[1], "one");
    check_string("argv[2]", arguments[2], "two words");
    check_string("argv[3]", arguments[3], "");
    check("argv ends with a null pointer", arguments[argument_count] == 0);
    check("the environment follows argv", environment == arguments + argument_count + 1);
    check_string("environment value", environment_value("VISIBLE"), "yes");
    check_string("empty environment value", environment_value("EMPTY"), "");
    check("no other environment", environment_value("HOME") == 0);

    check("stack is 16-byte aligned", ((unsigned long)(arguments - 1) & 15) == 0);
    check("stack is below USRSTACK", (unsigned long)arguments < MACHINE_USER_STACK);

    check_equal("AT_PAGESZ", (long)auxiliary_value(AT_PAGESZ, 0), PAGE);
    check_equal("AT_PHENT", (long)auxiliary_value(AT_PHENT, 0), 56);
    check("AT_PHNUM", auxiliary_value(AT_PHNUM, 0) >= 2 && auxiliary_value(AT_PHNUM, 0) < 20);
    check("AT_PHDR", auxiliary_value(AT_PHDR, 0) > guest_load_displacement);
    check_equal("AT_ENTRY", (long)auxiliary_value(AT_ENTRY, 0), (long)_start);
    check_equal("AT_BASE without an interpreter", (long)auxiliary_value(AT_BASE, 1), (long)guest_load_displacement);
    check_equal("AT_FLAGS", (long)auxiliary_value(AT_FLAGS, 1), 0);
    check("AT_NCPUS", auxiliary_value(AT_NCPUS, 0) >= 1);
    check("AT_OSRELDATE is 12.2 or later", auxiliary_value(AT_OSRELDATE, 0) >= 1202000);
    check_equal("AT_CANARYLEN", (long)auxiliary_value(AT_CANARYLEN, 0), 64);
    const unsigned char *canary = (const unsigned char *)auxiliary_value(AT_CANARY, 0);
    int different = 0;
    for (int i = 1; canary && i < 64; i++)
        different += canary[i] != canary[0];
    check("AT_CANARY holds random bytes", different > 8);
    const long *page_sizes = (const long *)auxiliary_value(AT_PAGESIZES, 0);
    check("AT_PAGESIZESLEN", auxiliary_value(AT_PAGESIZESLEN, 0) >= sizeof(long));
    check_equal("the first of AT_PAGESIZES", page_sizes ? page_sizes[0] : 0, PAGE);
    check("AT_STACKPROT", (auxiliary_value(AT_STACKPROT, 0) & 3) == (PROT_READ | PROT_WRITE));
    const char *path = (const char *)auxiliary_value(AT_EXECPATH, 0);
    check("AT_EXECPATH names this program", path && path[0] == '/' && sys_access(path, X_OK) == 0);

    check("ps_strings is at the top of the stack",
          (unsigned long)guest_ps_strings == MACHINE_USER_STACK - sizeof *guest_ps_strings);
    check("ps_strings argv", guest_ps_strings->arguments == arguments);
    check_equal("ps_strings argc", guest_ps_strings->argument_count, argument_count);
    check("ps_strings environment", guest_ps_strings->environment == environment);
    check_equal("ps_strings environment count", guest_ps_strings->environment_count, 2);
    int name[2] = {CTL_KERN, KERN_PS_STRINGS};
    unsigned long address = 0;
    size_t size = sizeof address;
    check_equal("sysctl kern.ps_strings succeeds", sys___sysctl(name, 2, &address, &size, 0, 0), 0);
    check_equal("sysctl kern.ps_strings", (long)address, (long)guest_ps_strings);
    name[1] = KERN_USRSTACK;
    check_equal("sysctl kern.usrstack succeeds", sys___sysctl(name, 2, &address, &size, 0, 0), 0);
    check_equal("sysctl kern.usrstack", (long)address, (long)MACHINE_USER_STACK);
    return checks_failed();
}
