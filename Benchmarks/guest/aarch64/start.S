// Process entry and system calls of the aarch64 guests. FreeBSD passes the stack's address in x0, Linux in sp; both take a
// call's number in x8. FreeBSD reports an error by the carry flag, Linux by a value of -4095 to -1.
#ifndef GUEST_LINUX
        .section .note.tag, "a", %note
        .p2align 2
        .word   8, 4, 1
        .asciz  "FreeBSD"
        .word   1202000
#endif
        .text
        .globl  _start
_start:
#ifdef GUEST_LINUX
        mov     x0, sp
#endif
        mov     x2, sp
        and     sp, x2, #-16
        bl      guest_start

        .globl  guest_syscall
guest_syscall:
        mov     x8, x0
        mov     x0, x1
        mov     x1, x2
        mov     x2, x3
        mov     x3, x4
        mov     x4, x5
        mov     x5, x6
        svc     #0
#ifndef GUEST_LINUX
        cneg    x0, x0, cs
#else
        ret

        .globl  guest_clone
guest_clone:
        mov     x4, x2
        mov     x2, #0
        mov     x3, #0
        mov     x8, #220
        svc     #0
        cbnz    x0, 1f
        ldp     x1, x0, [sp]
        blr     x1
1:
#endif
        ret

        .section .note.GNU-stack, "", %progbits
