#include "chost_processor.h"

#include <cpuid.h>

struct chost_processor chost_processor_read(void) {
    struct chost_processor result = {0, 0, 0, 0, 0};
    uint32_t eax, ebx, ecx, edx;
    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) result.leaf1_ecx = ecx;
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) {
        result.leaf7_ebx = ebx;
        result.leaf7_ecx = ecx;
    }
    if (__get_cpuid(0x80000001, &eax, &ebx, &ecx, &edx)) result.extended1_ecx = ecx;
    // XGETBV exists only where OSXSAVE is set (Intel SDM volume 1, 13.2).
    if (result.leaf1_ecx & bit_OSXSAVE) {
        __asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
        result.saved_state = eax;
    }
    return result;
}
