// What FreeBSD/arm64 programs see of the machine: the signal context and a few instructions.
// Layout: sys/arm64/include/ucontext.h; sizes and offsets are asserted below.
#ifndef GUEST_MACHINE_H
#define GUEST_MACHINE_H

#include "../freebsd.h"
#include "layout.h"

#define MACHINE_NAME "arm64"
#define MACHINE_ARCHITECTURE "aarch64"
#define MACHINE_BIG_ENDIAN 0
#define MACHINE_CONTROL_ALIGNMENT 8

enum {
    // What fork gives the child as second result; whether a call with one result clears the second register.
    MACHINE_FORK_SECOND_RESULT = 0, MACHINE_CLEARS_SECOND_RESULT = 1,
    MACHINE_UNKNOWN_SYSARCH = EOPNOTSUPP,
    // Whether the context that getcontext fills in tells that the caller runs on the alternate stack.
    MACHINE_GETCONTEXT_TELLS_STACK = 0,
};

struct machine_context {
    unsigned long registers[30], lr, sp, pc;
    uint32_t status, padding0;
    struct { unsigned long low, high; } __attribute__((aligned(16))) vectors[32];
    uint32_t float_status, float_control;
    int float_flags, padding1, flags, padding2;
    unsigned long spare[8];
};

struct user_context {
    struct signal_set mask;
    struct machine_context machine;
    struct user_context *link;
    struct signal_stack stack;
    int flags, spare[4];
};

_Static_assert(sizeof(struct machine_context) == 880, "mcontext_t");
_Static_assert(offsetof(struct machine_context, vectors) == 272, "fp_q");
_Static_assert(offsetof(struct machine_context, flags) == 800, "mc_flags");
_Static_assert(sizeof(struct user_context) == 960, "ucontext_t");
_Static_assert(offsetof(struct user_context, stack) == 904, "uc_stack");

// Whether the context is one that the kernel made; where code interrupted on the alternate stack ran.
static inline int machine_context_is_valid(const struct user_context *context) {
    return context->machine.flags == 1 && context->machine.sp != 0 && (context->machine.status & 0xfffffff) == 0;
}

static inline int machine_context_on_stack(const struct user_context *context) {
    return context->stack.flags & SS_ONSTACK;
}

// The second argument of a handler without SA_SIGINFO is the siginfo all the same.
static inline int machine_plain_handler_code(unsigned long argument) {
    return ((const struct signal_info *)argument)->code;
}

// Makes instructions written at [start, start + size) visible to instruction fetch, the way user code may.
static inline void machine_flush_instructions(void *start, size_t size) {
    char *first = (char *)((unsigned long)start & ~63ul);
    for (char *line = first; line < (char *)start + size; line += 64)
        __asm__ volatile("dc cvau, %0" : : "r"(line) : "memory");
    __asm__ volatile("dsb ish" : : : "memory");
    for (char *line = first; line < (char *)start + size; line += 64)
        __asm__ volatile("ic ivau, %0" : : "r"(line) : "memory");
    __asm__ volatile("dsb ish\n\tisb" : : : "memory");
}

// Writes a function that returns a 16-bit number: movz x0, #value; ret.
static inline void machine_write_function(void *at, int value) {
    uint32_t *words = at;
    words[0] = 0xd2800000 | (uint32_t)(uint16_t)value << 5;
    words[1] = 0xd65f03c0;
}

static inline void *machine_thread_pointer(void) {
    void *pointer;
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(pointer));
    return pointer;
}

// The thread pointer is a register that programs write themselves; what it reads as for a block of that address.
static inline long machine_set_thread_pointer(void *block) {
    __asm__ volatile("msr tpidr_el0, %0" : : "r"(block));
    return 0;
}

static inline long machine_get_thread_pointer(void **block) {
    *block = machine_thread_pointer();
    return 0;
}

static inline void *machine_thread_pointer_of(void *block) { return block; }

// Accesses as single instructions, so that a handler can step over them.
static inline long machine_load(const void *address) {
    long value = 0;
    __asm__ volatile("ldr %0, [%1]" : "+r"(value) : "r"(address));
    return value;
}

static inline void machine_store(void *address, long value) {
    __asm__ volatile("str %1, [%0]" : : "r"(address), "r"(value) : "memory");
}

// The compiler must not know the address: it takes a call of 0 for impossible.
static inline void machine_call(void *address) {
    __asm__("" : "+r"(address));
    ((void (*)(void))address)();
}

static inline void machine_illegal_instruction(void) { __asm__ volatile(".inst 0"); }

static inline void machine_skip_instruction(struct user_context *context) { context->machine.pc += 4; }

static inline void machine_return_from_call(struct user_context *context) {
    context->machine.pc = context->machine.lr;
}

// Makes a context call a function, on a stack that ends at `top`, where there is nothing to return to.
static inline void machine_context_call(struct user_context *context, void (*function)(void), void *top) {
    context->machine.pc = (unsigned long)function;
    context->machine.sp = (unsigned long)top & ~15ul;
    context->machine.lr = 0;
}

static inline unsigned long machine_context_stack(const struct user_context *context) { return context->machine.sp; }

// Starts a program at its entry as the kernel would.
_Noreturn static inline void machine_enter(void *entry, void *stack) {
    __asm__ volatile("mov x0, %1\n\tmov sp, %1\n\tmov x30, %0\n\tbr %0"
                     : : "r"(entry), "r"(stack) : "x0", "x30", "memory");
    __builtin_unreachable();
}

#endif
