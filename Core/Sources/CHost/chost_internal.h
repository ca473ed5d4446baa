// Shared by the C files of this target only.
#pragma once
#include <stdint.h>

#include "chost_memory.h"

// An instruction that may fault and where to go on when it does. Both distances are from their own field.
struct chost_guard {
    int32_t instruction;
    int32_t resume;
};

// Assembly text that notes the instruction at local label `label` in the table of guards. The flag R keeps the section
// through the linker's garbage collection: nothing but its start and end symbols refers to it.
#define CHOST_GUARD(label, resume)                                                                                     \
    "\n.pushsection chost_guards,\"aR\",@progbits\n.balign 4\n.long " label " - .\n.long " resume " - .\n.popsection\n"

// Where to go on after a fault at `instruction`, or 0.
uintptr_t chost_guard_resume(uintptr_t instruction);

// Notes how an access of this thread failed; called by the fault handler.
void chost_note_fault(uint64_t address, int32_t code, uint32_t is_write);
