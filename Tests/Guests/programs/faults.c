// Faults as signals: the right signal, si_code and si_addr, and execution resumed through the context.
#include "guest.h"

static volatile int signal_seen, code_seen, fault_count;
static void *volatile address_seen;
static char *repaired_page;

static void on_fault(int signal, struct signal_info *info, struct user_context *context) {
    signal_seen = signal;
    code_seen = info->code;
    address_seen = info->address;
    fault_count++;
    machine_skip_instruction(context);
}

// A jump to nowhere resumes at the return address.
static void on_wild_jump(int signal, struct signal_info *info, struct user_context *context) {
    signal_seen = signal;
    code_seen = info->code;
    address_seen = info->address;
    machine_return_from_call(context);
}

static void on_repairable_fault(int signal, struct signal_info *info, struct user_context *context) {
    (void)signal, (void)context;
    address_seen = info->address;
    fault_count++;
    sys_mprotect(repaired_page, PAGE, PROT_READ | PROT_WRITE);
}

static char *map(int protection) { return (char *)sys_mmap(0, PAGE, protection, MAP_PRIVATE | MAP_ANON, -1, 0); }

static void expect(const char *what, int signal, int code, const void *address) {
    char name[128];
    check_equal(format_string(name, sizeof name, "%s: signal", what), signal_seen, signal);
    check_equal(format_string(name, sizeof name, "%s: si_code", what), code_seen, code);
    check_equal(format_string(name, sizeof name, "%s: si_addr", what), (long)address_seen, (long)address);
    signal_seen = code_seen = 0;
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    set_handler(SIGSEGV, (void *)on_fault, SA_SIGINFO);
    set_handler(SIGBUS, (void *)on_fault, SA_SIGINFO);
    char *gone = map(PROT_READ), *closed = map(PROT_NONE), *constant = map(PROT_READ), *file;
    sys_munmap(gone, PAGE);

    machine_load(gone + 24);
    expect("read of an unmapped page", SIGSEGV, SEGV_MAPERR, gone + 24);
    machine_store(gone + 32, 1);
    expect("write to an unmapped page", SIGSEGV, SEGV_MAPERR, gone + 32);
    machine_load(0);
    expect("read of address 0", SIGSEGV, SEGV_MAPERR, 0);
    machine_load(closed + 8);
    expect("read of a PROT_NONE page", SIGSEGV, SEGV_ACCERR, closed + 8);
    machine_store(constant + 16, 1);
    expect("write to a read-only page", SIGSEGV, SEGV_ACCERR, constant + 16);
    check_equal("which stays as it was", machine_load(constant + 16), 0);
    machine_store((char *)main, 1);
    expect("write to the program's code", SIGSEGV, SEGV_ACCERR, (void *)main);

    // Behind the end of a file: 12.2 on MIPS says SIGSEGV, later kernels and others SIGBUS.
    int descriptor = (int)sys_open("faults.data", O_RDWR | O_CREAT | O_TRUNC, 0600);
    sys_write(descriptor, "x", 1);
    file = (char *)sys_mmap(0, 2 * PAGE, PROT_READ, MAP_SHARED, descriptor, 0);
    sys_unlink("faults.data");
    machine_load(file + PAGE);
    check("read behind the end of a file", signal_seen == SIGBUS || signal_seen == SIGSEGV);
    check_equal("its si_addr", (long)address_seen, (long)(file + PAGE));

    set_handler(SIGSEGV, (void *)on_wild_jump, SA_SIGINFO);
    machine_call(gone);
    expect("jump to an unmapped page", SIGSEGV, SEGV_MAPERR, gone);
    machine_call(0);
    expect("jump to address 0", SIGSEGV, SEGV_MAPERR, 0);
    machine_call(closed);
    expect("jump to a PROT_NONE page", SIGSEGV, SEGV_ACCERR, closed);

    // The handler repairs the cause, and the instruction runs again.
    set_handler(SIGSEGV, (void *)on_repairable_fault, SA_SIGINFO);
    repaired_page = closed;
    fault_count = 0;
    machine_store(closed + 64, 42);
    check_equal("a repaired write ran again", machine_load(closed + 64), 42);
    check_equal("after one fault", fault_count, 1);
    for (int i = 0; i < 100; i++) {
        sys_mprotect(closed, PAGE, PROT_READ);
        machine_store(closed + 8 * i, i);
    }
    check_equal("a hundred repaired writes", fault_count, 101);
    check_equal("the last of them", machine_load(closed + 8 * 99), 99);

    // SIGSEGV while it is blocked or ignored ends the process all the same.
    for (int blocked = 0; blocked < 2; blocked++) {
        int child = (int)sys_fork();
        if (child == 0) {
            struct signal_set set = signal_set_of(SIGSEGV);
            struct rlimit no_core = {0, 0};
            sys_setrlimit(RLIMIT_CORE, &no_core);
            if (blocked)
                sys_sigprocmask(SIG_BLOCK, &set, 0);
            else
                set_handler(SIGSEGV, SIG_IGN, 0);
            machine_load(gone);
            guest_exit(0);
        }
        const char *name = blocked ? "a blocked SIGSEGV kills" : "an ignored SIGSEGV kills";
        check_equal(name, WTERMSIG(wait_for(child)), SIGSEGV);
    }
    return checks_failed();
}
