// A run-time linker in miniature, for PT_INTERP: checks that the kernel told it about the main program, and enters it
// with the stack it got itself. The main program (hello, linked as dynamic) relocates itself.
#include "guest.h"

struct program_header {
    uint32_t type, flags;
    uint64_t offset, virtual_address, physical_address, file_size, memory_size, alignment;
};
enum { PT_LOAD = 1, PT_INTERP = 3, PT_PHDR = 6 };

extern char _start[];

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)environment;
    const struct program_header *headers = (const struct program_header *)auxiliary_value(AT_PHDR, 0);
    unsigned long count = auxiliary_value(AT_PHNUM, 0), displacement = 0, entry = auxiliary_value(AT_ENTRY, 0);
    check_equal("AT_BASE is where the interpreter lies", (long)auxiliary_value(AT_BASE, 0),
                (long)guest_load_displacement);
    check("the interpreter is not the program", entry != (unsigned long)_start);
    int has_interpreter = 0, entry_is_loaded = 0;
    for (unsigned long i = 0; i < count; i++)
        if (headers[i].type == PT_PHDR)
            displacement = (unsigned long)headers - headers[i].virtual_address;
    for (unsigned long i = 0; i < count; i++) {
        has_interpreter |= headers[i].type == PT_INTERP;
        unsigned long start = displacement + headers[i].virtual_address;
        entry_is_loaded |= headers[i].type == PT_LOAD && entry >= start && entry < start + headers[i].memory_size;
    }
    check("AT_PHDR shows the main program's headers", has_interpreter);
    check("AT_ENTRY lies in the main program", entry_is_loaded);
    if (checks_failed())
        return 1;
    machine_enter((void *)entry, arguments - 1);
}
