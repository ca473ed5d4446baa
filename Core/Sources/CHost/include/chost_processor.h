#ifndef CHOST_PROCESSOR_H
#define CHOST_PROCESSOR_H

#include <stdint.h>

// What the processor says of itself, unchanged: CPUID and the state that the operating system saves.
struct chost_processor {
    uint32_t leaf1_ecx;
    uint32_t leaf7_ebx;
    uint32_t leaf7_ecx;
    uint32_t extended1_ecx;
    // XCR0; 0 where the operating system does not use XSAVE.
    uint32_t saved_state;
};

struct chost_processor chost_processor_read(void);

#endif
