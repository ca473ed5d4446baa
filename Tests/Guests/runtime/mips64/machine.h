// What FreeBSD/mips64 (n64) programs see of the machine: the signal context and a few instructions.
// Layout: sys/mips/include/ucontext.h; sizes and offsets are asserted below.
#ifndef GUEST_MACHINE_H
#define GUEST_MACHINE_H

#include "../freebsd.h"

#define MACHINE_NAME "mips"
#define MACHINE_ARCHITECTURE "mips64"
#define MACHINE_BIG_ENDIAN 1
#define MACHINE_CONTROL_ALIGNMENT 8
#define MACHINE_USER_STACK 0x7ffffff000UL
#define MACHINE_USER_TOP 0x8000000000UL
#define MACHINE_CONTEXT_MAGIC 0xacedbadeUL

enum { REGISTER_V0 = 2, REGISTER_V1 = 3, REGISTER_A0 = 4, REGISTER_A3 = 7, REGISTER_T9 = 25, REGISTER_SP = 29 };
enum { SYSARCH_SET_TLS = 1, SYSARCH_GET_TLS = 2, TLS_OFFSET = 0x7000 + 16 };
enum {
    // What fork gives the child as second result; whether a call with one result clears the second register.
    MACHINE_FORK_SECOND_RESULT = 1, MACHINE_CLEARS_SECOND_RESULT = 0,
    MACHINE_UNKNOWN_SYSARCH = EINVAL,
    // Whether the context that getcontext fills in tells that the caller runs on the alternate stack.
    MACHINE_GETCONTEXT_TELLS_STACK = 1,
};

struct machine_context {
    int on_stack;
    unsigned long pc, registers[32], status, lo, hi;
    int float_used;
    unsigned long float_registers[33], float_exception;
    void *tls;
    int spare[8];
};

struct user_context {
    struct signal_set mask;
    struct machine_context machine;
    struct user_context *link;
    struct signal_stack stack;
    int flags, spare[4];
};

_Static_assert(sizeof(struct machine_context) == 616, "mcontext_t");
_Static_assert(offsetof(struct machine_context, registers) == 16, "mc_regs");
_Static_assert(offsetof(struct machine_context, float_registers) == 304, "mc_fpregs");
_Static_assert(offsetof(struct machine_context, tls) == 576, "mc_tls");
_Static_assert(sizeof(struct user_context) == 688, "ucontext_t");
_Static_assert(offsetof(struct user_context, stack) == 640, "uc_stack");

// Whether the context is one that the kernel made; where code interrupted on the alternate stack ran.
static inline int machine_context_is_valid(const struct user_context *context) {
    return context->machine.registers[0] == MACHINE_CONTEXT_MAGIC && context->machine.registers[REGISTER_SP] != 0;
}

static inline int machine_context_on_stack(const struct user_context *context) { return context->machine.on_stack; }

// The second argument of a handler without SA_SIGINFO is si_code.
static inline int machine_plain_handler_code(unsigned long argument) { return (int)argument; }

// Makes instructions written at [start, start + size) visible to instruction fetch, the way user code may:
// synci steps over the lines, sync orders, and the jump through ra with a hazard barrier refetches.
static inline void machine_flush_instructions(void *start, size_t size) {
    for (char *line = start; line < (char *)start + size; line += 16)
        __asm__ volatile("synci 0(%0)" : : "r"(line) : "memory");
    __asm__ volatile("sync" : : : "memory");
}

// Writes a function that returns a 16-bit number: jr $ra with daddiu $v0, $zero, value in its delay slot.
static inline void machine_write_function(void *at, int value) {
    uint32_t *words = at;
    words[0] = 0x03e00008;
    words[1] = 0x64020000 | (uint16_t)value;
}

static inline void *machine_thread_pointer(void) {
    void *pointer;
    __asm__ volatile(".set push\n\t.set mips64r2\n\trdhwr $3, $29\n\tmove %0, $3\n\t.set pop" : "=r"(pointer) : : "$3");
    return pointer;
}

// Through the kernel; what the register reads as for a block of that address.
long sys_sysarch(int operation, void *parameters);
static inline long machine_set_thread_pointer(void *block) { return sys_sysarch(SYSARCH_SET_TLS, block); }
static inline long machine_get_thread_pointer(void **block) { return sys_sysarch(SYSARCH_GET_TLS, block); }
static inline void *machine_thread_pointer_of(void *block) { return (char *)block + TLS_OFFSET; }

// Accesses as single instructions that never sit in a delay slot, so that a handler can step over them.
static inline long machine_load(const void *address) {
    long value = 0;
    __asm__ volatile(".set push\n\t.set noreorder\n\tnop\n\tld %0, 0(%1)\n\tnop\n\t.set pop"
                     : "+r"(value) : "r"(address));
    return value;
}

static inline void machine_store(void *address, long value) {
    __asm__ volatile(".set push\n\t.set noreorder\n\tnop\n\tsd %1, 0(%0)\n\tnop\n\t.set pop"
                     : : "r"(address), "r"(value) : "memory");
}

// The compiler must not know the address: it takes a call of 0 for impossible.
static inline void machine_call(void *address) {
    __asm__("" : "+r"(address));
    ((void (*)(void))address)();
}

static inline void machine_illegal_instruction(void) { __asm__ volatile(".word 0x7c00003f"); }

static inline void machine_skip_instruction(struct user_context *context) { context->machine.pc += 4; }

static inline void machine_return_from_call(struct user_context *context) {
    context->machine.pc = context->machine.registers[31];
}

// Makes a context call a function, on a stack that ends at `top`, where there is nothing to return to.
static inline void machine_context_call(struct user_context *context, void (*function)(void), void *top) {
    context->machine.pc = context->machine.registers[REGISTER_T9] = (unsigned long)function;
    context->machine.registers[REGISTER_SP] = (unsigned long)top & ~15ul;
    context->machine.registers[31] = 0;
}

static inline unsigned long machine_context_stack(const struct user_context *context) {
    return context->machine.registers[REGISTER_SP];
}

// Starts a program at its entry as the kernel would: the stack's address in $a0 and $sp, the entry in $t9.
_Noreturn static inline void machine_enter(void *entry, void *stack) {
    __asm__ volatile("move $25, %0\n\tmove $4, %1\n\tmove $29, $4\n\tmove $5, $0\n\tmove $6, $0\n\tmove $7, $0\n\t"
                     "jr $25"
                     : : "r"(entry), "r"(stack) : "memory");
    __builtin_unreachable();
}

#endif
