// What FreeBSD (freebsd.c) and Linux (linux.c) do in ways of their own.
#ifndef GUEST_KERNEL_H
#define GUEST_KERNEL_H

#include "platform.h"

void guest_handle(int signal, void (*handler)(int));
long guest_fork(void);
// Runs the thread's body on a stack; negative when there is no new thread.
long guest_thread_start(struct plat_thread *thread, char *stack, size_t size);
void guest_thread_join(struct plat_thread *thread);
// Sleeps while the word has this value, wakes one that sleeps.
void guest_wait(uint32_t *word, uint32_t value);
void guest_wake(uint32_t *word);

#endif
