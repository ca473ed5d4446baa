#ifndef CHOST_LIBRARY_H
#define CHOST_LIBRARY_H

// Makes the dynamic linker believe that libraries are loaded: it loads an empty one for each, made in memory, with that
// DT_SONAME. Objects that are loaded afterwards and want the library then get what they want of it from the program.
// Where the host has no room for such a file, the program itself takes the names on. Returns NULL, or what went wrong.
const char *chost_provide_libraries(const char *const *names, unsigned count);

// Whether this code is part of the program, not of a library that it has loaded.
int chost_core_is_in_program(void);

#endif
