#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/// The emulator's command as the library found it when it was loaded.
struct command {
    /// Executable and options; null when the library was loaded by somebody else than the emulator: it then does
    /// nothing.
    char **words;
    size_t count;
    /// The two environment entries that carry the library into further host programs.
    char *entries[2];
};

extern struct command command;

/// Whether a file, named as for execveat, is a program for the emulator: an ELF file that this host does not run.
bool is_guest_program(int directory, const char *path, int flags);

#endif
