// Starts programs for the conformance runner: what Swift's Glibc module does not show.
#ifndef SPAWN_PROGRAM_H
#define SPAWN_PROGRAM_H

#include <sys/types.h>

// Starts a program in a folder and a session of its own, with default signals, the three files as its standard
// descriptors and no others; it ends when the calling thread does. Returns 0 and the process's number, or the errno.
int spawn_program(const char *program, char *const arguments[], char *const environment[], const char *directory,
                  const char *input, const char *output, const char *error, pid_t *process);

#endif
