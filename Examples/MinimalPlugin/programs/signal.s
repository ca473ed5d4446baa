# Installs a handler for SIGUSR1, sends it to itself and ends with the status that the handler left.
start:
    li   r1, 340            # sigprocmask(SIG_UNBLOCK, &mask, 0): whoever started us may have blocked it
    li   r2, 2
    la   r3, mask
    li   r4, 0
    syscall
    bnz  r15, failed
    li   r1, 416            # sigaction(SIGUSR1, &action, 0)
    li   r2, 30
    la   r3, action
    li   r4, 0
    la   r8, handler
    st   r8, 0(r3)
    syscall
    bnz  r15, failed
    li   r1, 20             # getpid
    syscall
    add  r2, r1, r0
    li   r1, 37             # kill(pid, SIGUSR1)
    li   r3, 30
    syscall
    bnz  r15, failed
    la   r8, status
    ld   r2, 0(r8)
    li   r1, 1              # exit(status)
    syscall
failed:
    add  r2, r1, r0
    li   r1, 1
    syscall
handler:                    # r2 = signal, r14 = where to return to
    la   r8, status
    addi r9, r2, 12         # 30 + 12
    st   r9, 0(r8)
    jr   r14
.data
action: .quad 0             # sa_handler
    .quad 0                 # sa_flags, and the first word of sa_mask
    .quad 0
    .quad 0
mask: .quad 0x20000000      # bit 29: signal 30
    .quad 0
status: .quad 1
