# Prints its line three times and ends with status 7. The counter lives in memory.
start:
    la   r8, counter
loop:
    li   r1, 4              # write(1, line, 15)
    li   r2, 1
    la   r3, line
    li   r4, 15
    syscall
    bnz  r15, failed
    ld   r9, 0(r8)
    addi r9, r9, -1
    st   r9, 0(r8)
    bnz  r9, loop
    li   r1, 1              # exit(7)
    li   r2, 7
    syscall
failed:
    add  r2, r1, r0         # exit(errno)
    li   r1, 1
    syscall
.data
counter: .quad 3
line: .ascii "toy says hello\n"
