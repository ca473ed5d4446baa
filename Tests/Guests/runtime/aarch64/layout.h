// The top of the stack, as bsduser lays a process out: FreeBSD's own lies beyond the host's user addresses.
#define MACHINE_USER_STACK 0x3ffffffff000
#define MACHINE_USER_TOP 0x400000000000
