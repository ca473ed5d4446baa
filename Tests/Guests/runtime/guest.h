// What a guest program includes: FreeBSD's constants, the system calls, output and checks. No libc behind it.
#ifndef GUEST_H
#define GUEST_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "freebsd.h"
#include "machine.h"

struct kernel_event;
struct old_kernel_event;
struct itimerspec;
struct signal_event;
struct file_system;
struct old_file_status;
struct old_file_system;

// sys_NAME(...) returns the call's result, or the errno negated.
#define SYSCALL(number, name, ...)    \
    enum { SYS_##name = number };     \
    long sys_##name(__VA_ARGS__);
#include "syscalls.h"
#undef SYSCALL

// One system call with every register spelt out; second and error are the registers as the kernel left them.
struct raw_syscall {
    long number, arguments[8], first, second, error;
};
void raw_syscall(struct raw_syscall *call);

int main(int argument_count, char **arguments, char **environment);

extern char **guest_environment;
extern struct auxiliary_entry *guest_auxiliary;
extern struct ps_strings *guest_ps_strings;
extern unsigned long guest_load_displacement;

// The auxiliary vector's value of that type, or `missing`.
unsigned long auxiliary_value(long type, unsigned long missing);
char *environment_value(const char *name);

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t string_length(const char *string);
int string_equal(const char *a, const char *b);

// print(): %s %c %d %u %x %p and %ld %lu %lx, with a field width and zero fill as in %016lx.
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_to(int descriptor, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *format_string(char *buffer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

// Each check prints "ok NAME" or "FAIL NAME got X want Y"; main ends with `return checks_failed();`.
void check(const char *name, int holds);
void check_equal(const char *name, long got, long want);
void check_string(const char *name, const char *got, const char *want);
// The system call's result is that errno.
void check_errno(const char *name, long result, int want);
int checks_failed(void);

// Installs a handler; flags are SA_*. Returns the system call's result.
long set_handler(int signal, void *handler, int flags);
struct signal_set signal_set_of(int signal);
int signal_set_has(const struct signal_set *set, int signal);
// Waits for a child and returns its wait status, or the negated errno.
int wait_for(int pid);
_Noreturn void guest_exit(int status);

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
