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
        add     x1, x0, #8
        ldr     x0, [x0]
        mov     x2, sp
        and     sp, x2, #-16
        bl      main
        bl      plat_exit

        .globl  guest_syscall
guest_syscall:
        mov     x8, x0
        mov     x0, x1
        mov     x1, x2
        mov     x2, x3
        svc     #0
#ifdef GUEST_LINUX
        cmn     x0, #4095
#endif
        b.cc    1f
        mov     x0, #-1
1:      ret

        .section .note.GNU-stack, "", %progbits
