// sysarch(2) of FreeBSD/mips (sys/mips/mips/sys_machdep.c).
#include "cases.h"

enum { SYSARCH_GET_COUNT = 3 };

CASE(sysarch, "MIPS_GET_TLS needs a place that can be written") {
    check_errno("a wild place", sys_sysarch(SYSARCH_GET_TLS, (void *)16), EFAULT);
}

CASE(sysarch, "MIPS_SET_TLS takes any address") {
    void *block = 0;
    check_equal("an odd one", sys_sysarch(SYSARCH_SET_TLS, (void *)0x123457), 0);
    check_equal("MIPS_GET_TLS", sys_sysarch(SYSARCH_GET_TLS, &block), 0);
    check_equal("what was set", (long)block, 0x123457);
    check_equal("rdhwr reads beside it", (long)machine_thread_pointer(), 0x123457 + TLS_OFFSET);
}
