// The C half of process start, and the helpers declared in guest.h.
#include "guest.h"

#include "relocate.h"

char **guest_environment;
struct auxiliary_entry *guest_auxiliary;
struct ps_strings *guest_ps_strings;
unsigned long guest_load_displacement;

_Noreturn void guest_exit(int status) {
    for (;;)
        sys_exit(status);
}

// start.S calls this with the stack as the kernel laid it out: argc, argv, 0, environment, 0, auxiliary vector.
_Noreturn void guest_start(long *stack, struct ps_strings *ps_strings, unsigned long displacement) {
    int argument_count = (int)stack[0];
    char **arguments = (char **)(stack + 1);
    char **end = guest_environment = arguments + argument_count + 1;
    while (*end)
        end++;
    guest_auxiliary = (struct auxiliary_entry *)(end + 1);
    guest_ps_strings = ps_strings;
    guest_load_displacement = displacement;
    guest_exit(main(argument_count, arguments, guest_environment));
}

unsigned long auxiliary_value(long type, unsigned long missing) {
    for (struct auxiliary_entry *entry = guest_auxiliary; entry->type != AT_NULL; entry++)
        if (entry->type == type)
            return (unsigned long)entry->u.value;
    return missing;
}

char *environment_value(const char *name) {
    size_t size = string_length(name);
    for (char **entry = guest_environment; *entry; entry++)
        if (memcmp(*entry, name, size) == 0 && (*entry)[size] == '=')
            return *entry + size + 1;
    return 0;
}

void *memcpy(void *to, const void *from, size_t size) {
    for (size_t i = 0; i < size; i++)
        ((char *)to)[i] = ((const char *)from)[i];
    return to;
}

void *memmove(void *to, const void *from, size_t size) {
    if ((uintptr_t)to <= (uintptr_t)from)
        return memcpy(to, from, size);
    while (size--)
        ((char *)to)[size] = ((const char *)from)[size];
    return to;
}

void *memset(void *to, int byte, size_t size) {
    for (size_t i = 0; i < size; i++)
        ((char *)to)[i] = (char)byte;
    return to;
}

int memcmp(const void *a, const void *b, size_t size) {
    const unsigned char *left = a, *right = b;
    for (size_t i = 0; i < size; i++)
        if (left[i] != right[i])
            return left[i] - right[i];
    return 0;
}

size_t string_length(const char *string) {
    size_t length = 0;
    while (string[length])
        length++;
    return length;
}

int string_equal(const char *a, const char *b) {
    size_t i = 0;
    while (a[i] && a[i] == b[i])
        i++;
    return a[i] == b[i];
}

struct output {
    char *buffer;
    size_t size, used;
};

static void put(struct output *output, char character) {
    if (output->used + 1 < output->size)
        output->buffer[output->used++] = character;
}

static void put_number(struct output *output, unsigned long value, int base, int width, char fill) {
    char digits[24];
    int count = 0;
    do
        digits[count++] = "0123456789abcdef"[value % (unsigned)base];
    while (value /= (unsigned)base);
    while (width-- > count)
        put(output, fill);
    while (count)
        put(output, digits[--count]);
}

static void put_signed(struct output *output, long value, int width, char fill) {
    if (value < 0)
        put(output, '-');
    put_number(output, value < 0 ? 0 - (unsigned long)value : (unsigned long)value, 10, width, fill);
}

static void put_string(struct output *output, const char *string) {
    for (string = string ? string : "(null)"; *string; string++)
        put(output, *string);
}

static void format_list(struct output *output, const char *format, va_list list) {
    for (; *format; format++) {
        if (*format != '%') {
            put(output, *format);
            continue;
        }
        char fill = *++format == '0' ? '0' : ' ';
        int width = 0;
        while (*format >= '0' && *format <= '9')
            width = width * 10 + (*format++ - '0');
        int is_long = *format == 'l';
        format += is_long;
        switch (*format) {
        case 's': put_string(output, va_arg(list, const char *)); break;
        case 'c': put(output, (char)va_arg(list, int)); break;
        case 'd': put_signed(output, is_long ? va_arg(list, long) : va_arg(list, int), width, fill); break;
        case 'u': put_number(output, is_long ? va_arg(list, long) : va_arg(list, unsigned), 10, width, fill); break;
        case 'x': put_number(output, is_long ? va_arg(list, long) : va_arg(list, unsigned), 16, width, fill); break;
        case 'p': put_number(output, (unsigned long)va_arg(list, void *), 16, width, fill); break;
        default: put(output, *format);
        }
    }
    output->buffer[output->used] = 0;
}

char *format_string(char *buffer, size_t size, const char *format, ...) {
    struct output output = {buffer, size, 0};
    va_list list;
    va_start(list, format);
    format_list(&output, format, list);
    va_end(list);
    return buffer;
}

static void print_list(int descriptor, const char *format, va_list list) {
    char buffer[1024];
    struct output output = {buffer, sizeof buffer, 0};
    format_list(&output, format, list);
    for (size_t done = 0; done < output.used;) {
        long written = sys_write(descriptor, buffer + done, output.used - done);
        if (written <= 0)
            guest_exit(120);
        done += (size_t)written;
    }
}

void print(const char *format, ...) {
    va_list list;
    va_start(list, format);
    print_list(1, format, list);
    va_end(list);
}

void print_to(int descriptor, const char *format, ...) {
    va_list list;
    va_start(list, format);
    print_list(descriptor, format, list);
    va_end(list);
}

static int failures, successes;

void check(const char *name, int holds) { check_equal(name, holds != 0, 1); }

void check_equal(const char *name, long got, long want) {
    if (got == want)
        print("ok %s\n", name), successes++;
    else
        print("FAIL %s got %ld (0x%lx) want %ld (0x%lx)\n", name, got, got, want, want), failures++;
}

void check_string(const char *name, const char *got, const char *want) {
    if (got && string_equal(got, want))
        print("ok %s\n", name), successes++;
    else
        print("FAIL %s got \"%s\" want \"%s\"\n", name, got, want), failures++;
}

void check_errno(const char *name, long result, int want) { check_equal(name, result, -(long)want); }

// A program that made no check has not tested anything, which is a failure too.
int checks_failed(void) { return failures != 0 || successes == 0; }

long set_handler(int signal, void *handler, int flags) {
    struct signal_action action = {handler, flags, {{0}}};
    return sys_sigaction(signal, &action, 0);
}

struct signal_set signal_set_of(int signal) {
    struct signal_set set = {{0}};
    if (signal > 0)
        set.bits[(signal - 1) / 32] |= 1u << ((signal - 1) % 32);
    return set;
}

int signal_set_has(const struct signal_set *set, int signal) {
    return (set->bits[(signal - 1) / 32] >> ((signal - 1) % 32)) & 1;
}

int wait_for(int pid) {
    int status = 0;
    long result;
    do
        result = sys_wait4(pid, &status, 0, 0);
    while (result == -EINTR);
    return result < 0 ? (int)result : status;
}
