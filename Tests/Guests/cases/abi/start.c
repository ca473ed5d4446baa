// What a program finds when it starts: arguments, environment, auxiliary vector, memory, signals.
// Authority: execve(2), sys/kern/kern_exec.c exec_copyout_strings, sys/kern/imgact_elf.c __elfN(freebsd_copyout_auxargs).
#include "cases.h"

enum { PT_LOAD = 1, PT_NOTE = 4, MANY = 300 };

struct program_header { uint32_t type, flags; unsigned long offset, address, physical, file_size, memory_size, alignment; };

static char *const no_environment[] = {0};
static int zeroed[5000], initialised = 12345;

static int is_cleared(const int *words, int count) {
    int sum = 0;
    for (int i = 0; i < count; i++)
        sum |= words[i];
    return sum == 0;
}

// MARK: What the program started anew checks, by its first argument

static void check_strings(int argument_count, char **arguments, char **environment) {
    check_equal("argc", argument_count, MANY);
    int wrong = 0;
    char expected[16];
    for (int i = 2; i < MANY; i++)
        wrong += !string_equal(arguments[i], format_string(expected, sizeof expected, "argument %d", i));
    check_equal("arguments that differ", wrong, 0);
    for (int i = 0; i < MANY; i++)
        wrong += !string_equal(environment[i], format_string(expected, sizeof expected, "V%d=%d", i, i));
    check_equal("environment strings that differ", wrong, 0);
    check("the environment ends", environment[MANY] == 0);
}

// The kernel copies all strings out as the one block that it gathered them in.
static void check_block(int argument_count, char **arguments, char **environment) {
    char *place = arguments[0];
    int gaps = 0;
    for (int i = 0; i < argument_count; i++, place += string_length(place) + 1)
        gaps += arguments[i] != place;
    for (int i = 0; environment[i]; i++, place += string_length(place) + 1)
        gaps += environment[i] != place;
    check_equal("strings that do not follow the one before", gaps, 0);
    check("the strings lie above the vectors", (void *)arguments[0] > (void *)guest_auxiliary);
    check("and below the top of the stack", place <= (char *)MACHINE_USER_STACK);
}

static void check_odd(int argument_count, char **arguments, char **environment) {
    check_equal("argc", argument_count, 6);
    check_string("an empty argument", arguments[2], "");
    check_string("an argument of bytes beyond ASCII", arguments[3], "\xff\x80\x01");
    check_string("an argument like an option", arguments[4], "-L");
    check_string("a line break", arguments[5], "a\nb");
    check_string("an environment string without =", environment[0], "NOTHING");
    check_string("one without a name", environment[1], "=value");
    check_string("one twice", environment[2], "TWICE=1");
    check_string("as it was given", environment[3], "TWICE=2");
    check("and no more", environment[4] == 0);
}

static void check_long(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)environment;
    check_equal("the long argument's length", (long)string_length(arguments[2]), 200000);
    check_equal("its last byte", arguments[2][199999], 'x');
}

static void check_signals(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    struct signal_action action;
    struct signal_set set;
    struct signal_stack stack;
    sys_sigaction(SIGUSR1, 0, &action);
    check_equal("a caught signal is at its default", (long)action.handler, (long)SIG_DFL);
    sys_sigaction(SIGUSR2, 0, &action);
    check_equal("an ignored one stays ignored", (long)action.handler, (long)SIG_IGN);
    sys_sigprocmask(SIG_BLOCK, 0, &set);
    check("the mask is kept", signal_set_has(&set, SIGHUP) && signal_set_has(&set, SIGINFO));
    check("as it was", !signal_set_has(&set, SIGUSR1));
    sys_sigpending(&set);
    check("a pending signal is kept", signal_set_has(&set, SIGHUP));
    check("but not one that is ignored by default (execsigs)", !signal_set_has(&set, SIGINFO));
    sys_sigaltstack(0, &stack);
    check("there is no alternate stack", stack.flags & SS_DISABLE);
}

static void write_canary(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    sys_write(9, (const void *)auxiliary_value(AT_CANARY, 0), 64);
    check("written", 1);
}

static void check_memory(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    check("bss is zero", is_cleared(zeroed, COUNT_OF(zeroed)));
    check_equal("data is as linked", initialised, 12345);
}

static const struct {
    const char *name;
    void (*run)(int, char **, char **);
} programs[] = {
    {"strings", check_strings}, {"block", check_block}, {"odd", check_odd}, {"long", check_long},
    {"signals", check_signals}, {"canary", write_canary}, {"memory", check_memory},
};

int started_by_case(int argument_count, char **arguments, char **environment) {
    for (unsigned i = 0; i < COUNT_OF(programs); i++)
        if (string_equal(arguments[1], programs[i].name))
            programs[i].run(argument_count, arguments, environment);
    return checks_failed();
}

// Starts this program anew with one word for what it checks.
static void start(char *word, char *const *environment) {
    char *const arguments[] = {"anew", word, 0};
    check_equal("execve", start_anew(arguments, environment), 0);
}

// MARK: Cases

static char strings[2 * MANY][16];
static char *vector[MANY + 1], *variables[MANY + 1];

static void fill(void) {
    for (int i = 0; i < MANY; i++) {
        vector[i] = format_string(strings[i], sizeof strings[i], "argument %d", i);
        variables[i] = format_string(strings[MANY + i], sizeof strings[i], "V%d=%d", i, i);
    }
    vector[0] = "anew";
}

CASE(execve, "passes hundreds of arguments and environment strings in order") {
    fill();
    vector[1] = "strings";
    check_equal("execve", start_anew(vector, variables), 0);
}

CASE(execve, "lays arguments and environment out as one block above the vectors") {
    fill();
    vector[1] = "block";
    check_equal("execve", start_anew(vector, variables), 0);
}

CASE(execve, "takes strings as they are, whatever is in them") {
    char *const arguments[] = {"anew", "odd", "", "\xff\x80\x01", "-L", "a\nb", 0};
    char *const environment[] = {"NOTHING", "=value", "TWICE=1", "TWICE=2", 0};
    check_equal("execve", start_anew(arguments, environment), 0);
}

CASE(execve, "passes an argument of 200,000 bytes") {
    static char text[200001];
    memset(text, 'x', 200000);
    char *const arguments[] = {"anew", "long", text, 0};
    check_equal("execve", start_anew(arguments, no_environment), 0);
}

CASE(execve, "refuses more bytes than kern.argmax tells") {
    int name[] = {CTL_KERN, KERN_ARGMAX}, most = 0;
    size_t size = sizeof most;
    check_equal("kern.argmax", sys___sysctl(name, 2, &most, &size, 0, 0), 0);
    char *text = (char *)sys_mmap(0, (size_t)most + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    memset(text, 'x', (size_t)most);
    char *const arguments[] = {"anew", "long", text, 0};
    check_errno("one argument too long", start_anew(arguments, no_environment), E2BIG);
    char *const halves[] = {"anew", "long", text + most / 2 - 1000, 0};
    char *const environment[] = {text + most / 2 - 1000, 0};
    check_errno("arguments and environment together", start_anew(halves, environment), E2BIG);
}

CASE(execve, "gives back EFAULT for wild strings, and the program goes on") {
    char *const wild[] = {"anew", (char *)8, 0};
    check_errno("a wild argument", start_anew(wild, no_environment), EFAULT);
    char *const arguments[] = {"anew", "memory", 0};
    check_errno("a wild environment string", start_anew(arguments, wild), EFAULT);
    check_errno("a wild vector", start_anew((char *const *)16, no_environment), EFAULT);
    check_errno("a wild environment", start_anew(arguments, (char *const *)16), EFAULT);
}

static void on_signal(int signal) { (void)signal; }

CASE(execve, "resets caught signals and the alternate stack, keeps ignored, blocked and pending ones") {
    static char stack_memory[65536];
    struct signal_stack stack = {stack_memory, sizeof stack_memory, 0};
    struct signal_set blocked = signal_set_of(SIGINFO);
    blocked.bits[0] |= signal_set_of(SIGHUP).bits[0];
    sys_sigaltstack(&stack, 0);
    set_handler(SIGUSR1, (void *)on_signal, 0);
    set_handler(SIGUSR2, SIG_IGN, 0);
    set_handler(SIGHUP, (void *)on_signal, 0);
    set_handler(SIGINFO, (void *)on_signal, 0);
    sys_sigprocmask(SIG_BLOCK, &blocked, 0);
    sys_kill((int)sys_getpid(), SIGHUP);
    sys_kill((int)sys_getpid(), SIGINFO);
    start("signals", no_environment);
}

CASE(execve, "gives each start another stack canary") {
    unsigned char canaries[2][64];
    for (int i = 0; i < 2; i++) {
        int pipe[2];
        sys_pipe2(pipe, 0);
        int child = (int)sys_fork();
        if (child == 0) {
            sys_dup2(pipe[1], 9);
            start("canary", no_environment);
            guest_exit(1);
        }
        check_equal("read", sys_read(pipe[0], canaries[i], 64), 64);
        check_equal("the child", wait_for(child), 0);
    }
    check("the canaries differ", memcmp(canaries[0], canaries[1], 64) != 0);
}

CASE(execve, "starts with bss cleared and data as linked, whatever was there before") {
    memset(zeroed, 0x55, sizeof zeroed);
    initialised = 1;
    start("memory", no_environment);
}

CASE(auxv, "has each entry once") {
    unsigned long seen = 0;
    int doubled = 0, unknown = 0;
    for (struct auxiliary_entry *entry = guest_auxiliary; entry->type != AT_NULL; entry++) {
        if (entry->type < 0 || entry->type >= 64) { unknown++; continue; }
        doubled += (seen >> entry->type) & 1;
        seen |= 1ul << entry->type;
    }
    check_equal("entries that come twice", doubled, 0);
    check_equal("entries that FreeBSD does not have", unknown, 0);
}

CASE(auxv, "AT_PHDR shows the program's own segments") {
    const struct program_header *header = (const void *)auxiliary_value(AT_PHDR, 0);
    int covers_code = 0, has_brand = 0;
    for (unsigned long i = 0; i < auxiliary_value(AT_PHNUM, 0); i++) {
        unsigned long start = header[i].address + guest_load_displacement;
        unsigned long code = (unsigned long)check_memory;
        if (header[i].type == PT_LOAD)
            covers_code += code >= start && code < start + header[i].memory_size && (header[i].flags & 1);
        if (header[i].type == PT_NOTE) has_brand += string_equal((const char *)start + 12, "FreeBSD");
    }
    check_equal("executable segments that hold a function", covers_code, 1);
    check_equal("the brand note", has_brand, 1);
}

CASE(auxv, "AT_EXECPATH is an absolute path of this very file") {
    const char *path = (const char *)auxiliary_value(AT_EXECPATH, 0);
    char magic[8] = {0};
    int file = (int)sys_open(path, O_RDONLY, 0);
    check("it opens", file >= 0 && path[0] == '/');
    sys_read(file, magic, sizeof magic);
    check("it is ELF", memcmp(magic, "\177ELF", 4) == 0);
    check_equal("EI_OSABI is FreeBSD's", magic[7], 9);
}

CASE(auxv, "AT_STACKPROT tells whether code on the stack runs") {
    uint32_t code[16];
    machine_write_function(code, 77);
    machine_flush_instructions(code, sizeof code);
    int child = (int)sys_fork();
    if (child == 0)
        guest_exit((int)((long (*)(void))code)());
    int status = wait_for(child);
    if (auxiliary_value(AT_STACKPROT, 0) & PROT_EXEC)
        check_equal("it runs", status, 77 << 8);
    else
        check_equal("it ends by SIGSEGV", WTERMSIG(status), SIGSEGV);
}

CASE(auxv, "AT_PAGESIZES, AT_NCPUS and AT_OSRELDATE are what sysctl tells") {
    int name[] = {CTL_HW, HW_NCPU}, value = 0;
    size_t size = sizeof value;
    sys___sysctl(name, 2, &value, &size, 0, 0);
    check_equal("hw.ncpu", value, (long)auxiliary_value(AT_NCPUS, 0));
    name[0] = CTL_KERN, name[1] = KERN_OSRELDATE, size = sizeof value;
    sys___sysctl(name, 2, &value, &size, 0, 0);
    check_equal("kern.osreldate", value, (long)auxiliary_value(AT_OSRELDATE, 0));
    unsigned long sizes[8] = {0};
    size = sizeof sizes;
    check_equal("hw.pagesizes", sys___sysctlbyname("hw.pagesizes", 12, sizes, &size, 0, 0), 0);
    const unsigned long *given = (const void *)auxiliary_value(AT_PAGESIZES, 0);
    check("the same sizes", memcmp(sizes, given, auxiliary_value(AT_PAGESIZESLEN, 0)) == 0);
}

CASE(stack, "grows down by touching it, as far as its limit") {
    struct rlimit limit;
    check_equal("getrlimit", sys_getrlimit(RLIMIT_STACK, &limit), 0);
    volatile char *here = (char *)__builtin_frame_address(0);
    int wrong = 0;
    for (long depth = 0; depth < (4 << 20); depth += PAGE) {
        here[-depth] = (char)(depth >> 12);
        wrong += here[-depth] != (char)(depth >> 12);
    }
    check("the limit allows it", limit.soft >= 8 << 20);
    check_equal("4 MB of it", wrong, 0);
}
