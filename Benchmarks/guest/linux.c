// Signals, processes and threads of Linux.
#include "numbers.h"
#include "kernel.h"

// struct sigaction as the kernel has it: arch/mips/include/uapi/asm/signal.h, include/linux/signal_types.h.
void guest_handle(int signal, void (*handler)(int)) {
    struct {
#ifdef __mips__
        unsigned flags;
        void (*handler)(int);
#else
        void (*handler)(int);
        unsigned long flags;
        void *restorer;
#endif
        unsigned long mask[2];
    } action = {.handler = handler};
    call4(SYS_SIGACTION, signal, (long)&action, 0, SIGNAL_SET_SIZE);
}

long guest_fork(void) { return guest_syscall(SYS_CLONE, SIGNAL_CHILD, 0, 0, 0, 0, 0); }

// Defined in start.S: clone, whose child calls function(argument), the two words that `stack` points to.
long guest_clone(long flags, long *stack, volatile void *cleared_at_end);

static volatile int *life(struct plat_thread *thread) { return (volatile int *)&thread->handle; }

static void thread_entry(void *opaque) {
    struct plat_thread *thread = opaque;
    thread->body(thread->argument);
    call2(SYS_EXIT, 0, 0);
}

// The kernel clears the word when the thread has ended, and wakes who waits for it.
long guest_thread_start(struct plat_thread *thread, char *stack, size_t size) {
    long *top = (long *)(stack + size) - 2;
    top[0] = (long)thread_entry;
    top[1] = (long)thread;
    *life(thread) = 1;
    return guest_clone(CLONE_THREAD | CLONE_CHILD_CLEARTID, top, life(thread));
}

void guest_thread_join(struct plat_thread *thread) {
    while (*life(thread) != 0)
        guest_syscall(SYS_FUTEX, (long)life(thread), FUTEX_WAIT, 1, 0, 0, 0);
}

void guest_wait(uint32_t *word, uint32_t value) {
    guest_syscall(SYS_FUTEX, (long)word, FUTEX_WAIT_PRIVATE, value, 0, 0, 0);
}

void guest_wake(uint32_t *word) { guest_syscall(SYS_FUTEX, (long)word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0); }
