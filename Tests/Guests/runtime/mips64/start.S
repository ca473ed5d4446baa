# Process entry, system call stubs and the brand note of FreeBSD/mips64 (n64).
#
# Entry (sys/mips/mips/pm_machdep.c exec_setregs): $a0 = stack with argc, $a3 = ps_strings, $t9 = pc.
# System calls: number in $v0, arguments in $a0-$a7; on return $a3 != 0 means that $v0 is an errno.

        .section .note.tag, "a", %note
        .p2align 2
        .long   8, 4, 1
        .asciz  "FreeBSD"
        .long   1202000
        .text
        .set    noreorder

# The program may have been loaded at another address than it was linked for (static PIE). The global offset table
# still holds link-time addresses then, so the difference is added by hand until relocate() has run.
        .globl  _start
        .ent    _start
_start:
        .cpsetup $25, $16, _start
        move    $16, $4
        move    $17, $7
        ld      $8, %got_disp(_start)($gp)
        dsubu   $18, $25, $8
        beqz    $18, 1f
        ld      $5, %got_disp(_DYNAMIC)($gp)
        daddu   $5, $5, $18
        ld      $25, %got_disp(relocate)($gp)
        daddu   $25, $25, $18
        jalr    $25
        move    $4, $18
1:      ld      $25, %got_disp(guest_start)($gp)
        move    $4, $16
        move    $5, $17
        move    $6, $18
        jalr    $25
        move    $31, $0
        break
        .end    _start
        .weak   _DYNAMIC

        .macro  begin name
        .globl  \name
        .type   \name, @function
        .ent    \name
\name:
        .endm

# A stub returns $v0, or the negated errno.
#define SYSCALL(number, name, ...) \
        begin   sys_##name; \
        li      $2, number; \
        syscall; \
        beqz    $7, 1f; \
        nop; \
        dnegu   $2, $2; \
1:      jr      $31; \
        nop; \
        .end    sys_##name
#include "../syscalls.h"

# void raw_syscall(struct raw_syscall *call): every register the kernel reads and writes, as the caller gives them.
        begin   raw_syscall
        move    $24, $4
        ld      $2, 0($24)
        ld      $3, 80($24)
        ld      $5, 16($24)
        ld      $6, 24($24)
        ld      $7, 32($24)
        ld      $8, 40($24)
        ld      $9, 48($24)
        ld      $10, 56($24)
        ld      $11, 64($24)
        ld      $4, 8($24)
        syscall
        sd      $2, 72($24)
        sd      $3, 80($24)
        sd      $7, 88($24)
        jr      $31
        nop
        .end    raw_syscall

        .section .note.GNU-stack, "", %progbits
