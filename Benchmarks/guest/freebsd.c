// Signals, processes and threads of FreeBSD.
#include "numbers.h"
#include "kernel.h"

// struct sigaction (sys/sys/signal.h).
void guest_handle(int signal, void (*handler)(int)) {
    struct {
        void (*handler)(int);
        int flags;
        uint32_t mask[4];
    } action = {handler, 0, {0}};
    call4(SYS_SIGACTION, signal, (long)&action, 0, 0);
}

long guest_fork(void) { return call0(SYS_FORK); }

// struct thr_param (sys/sys/thr.h).
struct thread_parameters {
    void (*entry)(void *);
    void *argument;
    char *stack;
    size_t stack_size;
    char *tls;
    size_t tls_size;
    long *child_id, *parent_id;
    int flags;
    void *priority, *spare[3];
};

// thr_exit stores 1 into the handle and wakes who waits for it.
static void thread_entry(void *opaque) {
    struct plat_thread *thread = opaque;
    thread->body(thread->argument);
    call2(SYS_THR_EXIT, (long)&thread->handle, 0);
}

long guest_thread_start(struct plat_thread *thread, char *stack, size_t size) {
    long id;
    struct thread_parameters parameters = {
        .entry = thread_entry, .argument = thread, .stack = stack, .stack_size = size, .tls = stack, .parent_id = &id,
    };
    thread->handle = 0;
    return call2(SYS_THR_NEW, (long)&parameters, sizeof parameters);
}

void guest_thread_join(struct plat_thread *thread) {
    while (thread->handle == 0)
        guest_syscall(SYS_UMTX_OP, (long)&thread->handle, UMTX_OP_WAIT, 0, 0, 0, 0);
}

void guest_wait(uint32_t *word, uint32_t value) {
    guest_syscall(SYS_UMTX_OP, (long)word, UMTX_OP_WAIT_UINT_PRIVATE, value, 0, 0, 0);
}

void guest_wake(uint32_t *word) { guest_syscall(SYS_UMTX_OP, (long)word, UMTX_OP_WAKE_PRIVATE, 1, 0, 0, 0); }
