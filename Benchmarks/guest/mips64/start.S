# Process entry and system calls of the mips64 guests. FreeBSD passes the stack's address in $a0, Linux in $sp; both take
# a call's number in $v0 and report an error by $a3.
#ifndef GUEST_LINUX
        .section .note.tag, "a", %note
        .p2align 2
        .long   8, 4, 1
        .asciz  "FreeBSD"
        .long   1202000
#endif
        .text
        .set    noreorder
        # Also where the rest has abicalls, as newlib has: $gp is not set up here, and functions want their address in $t9.
        .option pic0

        .globl  _start
        .globl  __start
        .ent    _start
_start:
__start:
#ifdef GUEST_LINUX
        move    $4, $sp
#endif
        dli     $8, -16
        and     $sp, $sp, $8
        dla     $25, guest_start
        jalr    $25
        daddiu  $sp, $sp, -64
        .end    _start

        .globl  guest_syscall
        .ent    guest_syscall
guest_syscall:
        move    $2, $4
        move    $4, $5
        move    $5, $6
        move    $6, $7
        move    $7, $8
        move    $8, $9
        move    $9, $10
        syscall
        beqz    $7, 1f
        nop
        dnegu   $2, $2
1:      jr      $31
        nop
        .end    guest_syscall

#ifdef GUEST_LINUX
        .globl  guest_clone
        .ent    guest_clone
guest_clone:
        move    $8, $6
        move    $6, $0
        move    $7, $0
        li      $2, 5055
        syscall
        bnez    $7, 1f
        nop
        bnez    $2, 2f
        nop
        ld      $25, 0($sp)
        ld      $4, 8($sp)
        jalr    $25
        daddiu  $sp, $sp, -64
1:      dnegu   $2, $2
2:      jr      $31
        nop
        .end    guest_clone
#endif

        .section .note.GNU-stack, "", %progbits
