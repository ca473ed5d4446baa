// Descriptors: how they are made, shared, bounded and closed. Authority: dup(2), close(2), fcntl(2) of FreeBSD 12.2.
#include "cases.h"

CASE(dup, "gives the lowest free descriptor") {
    int first = (int)sys_open("/dev/null", O_RDONLY, 0);
    int second = (int)sys_open("/dev/null", O_RDONLY, 0);
    check_equal("close the first", sys_close(first), 0);
    check_equal("dup of the second", sys_dup(second), first);
}

CASE(dup, "refuses a descriptor that is not open") { check_errno("dup", sys_dup(200), EBADF); }
