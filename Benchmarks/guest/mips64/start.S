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

        .globl  _start
        .globl  __start
        .ent    _start
_start:
__start:
#ifdef GUEST_LINUX
        move    $4, $sp
#endif
        daddiu  $5, $4, 8
        ld      $4, 0($4)
        dli     $8, -16
        and     $sp, $sp, $8
        jal     main
        daddiu  $sp, $sp, -64
        move    $4, $2
        jal     plat_exit
        nop
        .end    _start

        .globl  guest_syscall
        .ent    guest_syscall
guest_syscall:
        move    $2, $4
        move    $4, $5
        move    $5, $6
        move    $6, $7
        syscall
        beqz    $7, 1f
        nop
        li      $2, -1
1:      jr      $31
        nop
        .end    guest_syscall

        .section .note.GNU-stack, "", %progbits
