#define _GNU_SOURCE
#include "chost_fault.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "chost_internal.h"
#include "chost_state.h"

// Bit 1 of the page fault error code: the access was a write (Intel SDM volume 3, 4.7).
enum { PAGE_FAULT_WRITE = 2 };
// FreeBSD's si_code of a bus error on an object (sys/signal.h BUS_OBJERR); also what tells it from a segmentation fault.
enum { GUEST_BUS_OBJECT_ERROR = 3 };
// MXCSR: six sticky flags, and six masks above them from bit 7 (Intel SDM volume 1, 10.2.3).
enum { MXCSR_FLAGS = 0x3f, MXCSR_MASK_SHIFT = 7 };

static const int handled_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};

// A process has one arena; tests make more.
enum { ARENAS = 64 };
static struct arena {
    uintptr_t start, end;
} arenas[ARENAS];
static const char *version_text = "bsduser";
static chost_asynchronous_handler asynchronous_handler;

static void add_arena(uintptr_t start, size_t byte_count) {
    for (struct arena *arena = arenas; arena < arenas + ARENAS; arena++) {
        uintptr_t unused = 0;
        if (!__atomic_compare_exchange_n(&arena->start, &unused, start, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) continue;
        // Until here it is empty to the handler.
        __atomic_store_n(&arena->end, start + byte_count, __ATOMIC_SEQ_CST);
        return;
    }
}

static void remove_arena(uintptr_t start) {
    for (struct arena *arena = arenas; arena < arenas + ARENAS; arena++) {
        if (__atomic_load_n(&arena->start, __ATOMIC_SEQ_CST) != start) continue;
        __atomic_store_n(&arena->end, 0, __ATOMIC_SEQ_CST);
        __atomic_store_n(&arena->start, 0, __ATOMIC_SEQ_CST);
        return;
    }
}

void chost_fault_set_arena(const void *start, size_t byte_count) {
    if (byte_count > 0)
        add_arena((uintptr_t)start, byte_count);
    else
        remove_arena((uintptr_t)start);
}

static int is_in_arena(uintptr_t instruction) {
    for (const struct arena *arena = arenas; arena < arenas + ARENAS; arena++)
        if (instruction >= arena->start && instruction < arena->end) return 1;
    return 0;
}

void chost_fault_set_version(const char *version) { version_text = version; }

void chost_fault_set_asynchronous_handler(chost_asynchronous_handler handler) { asynchronous_handler = handler; }

// MARK: Dying

static char *append_text(char *out, const char *text) {
    while (*text != 0) *out++ = *text++;
    return out;
}

static char *append_hexadecimal(char *out, uint64_t number) {
    out = append_text(out, "0x");
    int shift = 60;
    while (shift > 0 && (number >> shift & 15) == 0) shift -= 4;
    for (; shift >= 0; shift -= 4) *out++ = "0123456789abcdef"[number >> shift & 15];
    return out;
}

static const char *signal_name(int signal) {
    switch (signal) {
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    default: return "SIGILL";
    }
}

static void restore_default(int signal) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, 0);
}

// A fault of the emulator itself: says so, and lets the instruction raise the signal again with its default action.
static void die(int signal, uintptr_t instruction, uint64_t address) {
    char line[512], *out = line;
    
    for (const char *text = version_text; *text != 0 && out < line + 100;) *out++ = *text++;
    out = append_text(out, ": internal error: ");
    out = append_text(out, signal_name(signal));
    out = append_text(out, " at host address ");
    out = append_hexadecimal(out, instruction);
    out = append_text(out, ", accessing ");
    out = append_hexadecimal(out, address);
    void *registers = chost_current_registers();
    if (registers != 0) {
        out = append_text(out, ", guest pc ");
        out = append_hexadecimal(out, chost_state_of(registers)->pc);
    }
    *out++ = '\n';
    ssize_t ignored = write(STDERR_FILENO, line, (size_t)(out - line));
    (void)ignored;
    restore_default(signal);
}

// MARK: Handling

struct access {
    uint64_t address;
    int32_t code;
    uint32_t is_write;
};

static struct access describe(int signal, const siginfo_t *info, const greg_t *host) {
    struct access access = {0, 0, 0};
    if (info->si_code == SI_KERNEL) return access;  // A general protection fault: the CPU does not tell the address.
    access.address = (uint64_t)(uintptr_t)info->si_addr;
    access.code = signal == SIGBUS ? GUEST_BUS_OBJECT_ERROR : info->si_code == SEGV_ACCERR ? 2 : 1;
    access.is_write = (host[REG_ERR] & PAGE_FAULT_WRITE) != 0;
    return access;
}

static int is_integer_division(int signal, const siginfo_t *info) {
    return signal == SIGFPE && (info->si_code == FPE_INTDIV || info->si_code == FPE_INTOVF);
}

// Leaves translated code by its exit thunk. Returns 0 when the fault is not one that guest code can cause.
static int leave_translated_code(int signal, const siginfo_t *info, ucontext_t *context) {
    if (signal == SIGILL || is_integer_division(signal, info)) return 0;
    greg_t *host = context->uc_mcontext.gregs;
    void *registers = (char *)host[REG_RBP] - CHOST_REGISTER_BIAS;
    if (registers != chost_current_registers()) return 0;
    struct chost_state *state = chost_state_of(registers);
    struct access access = describe(signal, info, host);
    state->fault_host = (uint64_t)host[REG_RIP];
    state->fault_address = access.address;
    state->fault_code = access.code;
    state->fault_is_write = access.is_write;
    state->exit_reason = signal == SIGFPE ? CHOST_EXIT_FLOAT_EXCEPTION : CHOST_EXIT_MEMORY_FAULT;
    if (signal == SIGFPE && context->uc_mcontext.fpregs != 0) {
        // An exception that traps is not accumulated.
        uint32_t control = context->uc_mcontext.fpregs->mxcsr;
        context->uc_mcontext.fpregs->mxcsr = control & ~(~(control >> MXCSR_MASK_SHIFT) & MXCSR_FLAGS);
    }
    host[REG_RIP] = (greg_t)(uintptr_t)state->exit_thunk;
    return 1;
}

// A call of translated code has found its stack full. What stands there only tells where guest returns are likely to lead:
// the stack begins anew, and the call is made again.
static int renew_return_stack(int signal, const siginfo_t *info, ucontext_t *context) {
    greg_t *host = context->uc_mcontext.gregs;
    char *registers = (char *)host[REG_RBP] - CHOST_REGISTER_BIAS;
    if (signal != SIGSEGV || registers != chost_current_registers()) return 0;
    uintptr_t top = chost_state_of(registers)->return_stack_top, pushed = (uintptr_t)host[REG_RSP] - sizeof top;
    uintptr_t stack = top + sizeof top - CHOST_RETURN_STACK_BYTES;
    if ((uintptr_t)info->si_addr != pushed || pushed >= stack || pushed < stack - CHOST_RETURN_GUARD_BYTES) return 0;
    // The uppermost entry is that of the empty stack.
    host[REG_RSP] = (greg_t)top;
    return 1;
}

static void handle_fault(int signal, siginfo_t *info, void *opaque) {
    ucontext_t *context = opaque;
    if (info->si_code <= 0) {
        if (asynchronous_handler != 0) {
            asynchronous_handler(signal, info, opaque);
            return;
        }
        restore_default(signal);
        raise(signal);
        return;
    }
    greg_t *host = context->uc_mcontext.gregs;
    uintptr_t instruction = (uintptr_t)host[REG_RIP];
    if (is_in_arena(instruction) && (renew_return_stack(signal, info, context) || leave_translated_code(signal, info, context)))
        return;
    uintptr_t resume = signal == SIGSEGV || signal == SIGBUS ? chost_guard_resume(instruction) : 0;
    struct access access = describe(signal, info, host);
    if (resume == 0) {
        die(signal, instruction, access.address);
        return;
    }
    chost_note_fault(access.address, access.code, access.is_write);
    host[REG_RIP] = (greg_t)resume;
}

int chost_fault_install(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handle_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    // Asynchronous signals wait: their handler notes what came, and must not be interrupted by itself.
    sigfillset(&action.sa_mask);
    for (size_t index = 0; index < sizeof handled_signals / sizeof handled_signals[0]; index++)
        if (sigaction(handled_signals[index], &action, 0) != 0) return errno;
    return 0;
}

// MARK: Alternate stacks

enum { STACK_BYTES = 64 * 1024, GUARD_BYTES = 4096 };

static __thread char *signal_stack __attribute__((tls_model("initial-exec")));

int chost_fault_prepare_thread(void) {
    if (signal_stack != 0) return 0;
    char *mapping = mmap(0, GUARD_BYTES + STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED) return errno;
    stack_t stack = {.ss_sp = mapping + GUARD_BYTES, .ss_size = STACK_BYTES};
    if (mprotect(mapping, GUARD_BYTES, PROT_NONE) != 0 || sigaltstack(&stack, 0) != 0) {
        int error = errno;
        munmap(mapping, GUARD_BYTES + STACK_BYTES);
        return error;
    }
    signal_stack = mapping;
    return 0;
}

void chost_fault_release_thread(void) {
    if (signal_stack == 0) return;
    stack_t stack = {.ss_flags = SS_DISABLE};
    sigaltstack(&stack, 0);
    munmap(signal_stack, GUARD_BYTES + STACK_BYTES);
    signal_stack = 0;
}
