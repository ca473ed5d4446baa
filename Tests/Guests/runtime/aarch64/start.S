# Process entry, system call stubs and the brand note of FreeBSD/arm64.
#
# Entry (sys/arm64/arm64/machdep.c exec_setregs): x0 = stack with argc, x30 = entry.
# System calls: number in x8, arguments in x0-x7; on return the carry flag means that x0 is an errno.

#include "layout.h"

        .section .note.tag, "a", %note
        .p2align 2
        .long   8, 4, 1
        .asciz  "FreeBSD"
        .long   1202000
        .text

# The program may have been loaded at another address than it was linked for (static PIE): `link_address` holds the
# address of itself that the linker wrote there (with --apply-dynamic-relocs, where it will be relocated).
        .globl  _start
        .type   _start, %function
_start:
        mov     x19, x0
        adrp    x1, _DYNAMIC
        add     x1, x1, :lo12:_DYNAMIC
        adrp    x2, link_address
        add     x2, x2, :lo12:link_address
        ldr     x3, [x2]
        subs    x20, x2, x3
        b.eq    1f
        mov     x0, x20
        bl      relocate
1:      mov     x0, x19
        # The kernel does not pass ps_strings; it ends the stack.
        ldr     x1, =(MACHINE_USER_STACK - 32)
        mov     x2, x20
        mov     x29, #0
        mov     x30, #0
        bl      guest_start
        brk     #0
        .weak   _DYNAMIC
        .section .data.rel.ro, "aw"
        .p2align 3
link_address:
        .xword  link_address
        .text

        .macro  begin name
        .globl  \name
        .type   \name, %function
\name:
        .endm

# A stub returns x0, or the negated errno.
#define SYSCALL(number, name, ...) \
        begin   sys_##name; \
        mov     x8, number; \
        svc     0; \
        cneg    x0, x0, cs; \
        ret
#include "../syscalls.h"

# void raw_syscall(struct raw_syscall *call): every register the kernel reads and writes, as the caller gives them.
        begin   raw_syscall
        mov     x9, x0
        ldr     x8, [x9]
        ldp     x2, x3, [x9, #24]
        ldp     x4, x5, [x9, #40]
        ldp     x6, x7, [x9, #56]
        ldp     x0, x1, [x9, #8]
        svc     #0
        stp     x0, x1, [x9, #72]
        cset    x2, cs
        str     x2, [x9, #88]
        ret

        .section .note.GNU-stack, "", %progbits
