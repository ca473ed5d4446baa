// What main.c asks of a processor, and what the processors share.
#ifndef ORACLE_MACHINE_H
#define ORACLE_MACHINE_H

#include <stdbool.h>
#include <unicorn/unicorn.h>

#include "protocol.h"

struct machine {
    const char *name;
    size_t state_size;
    // Makes the engine, with the memory window mapped.
    void (*create)(void *memory_window);
    // Places the words of a request at CODE_ADDRESS.
    void (*load)(const uint32_t *words, uint32_t count);
    // Runs them from a state to a state.
    struct reply_header (*run)(void *state);
};

extern const struct machine mips64_machine, aarch64_machine;

enum { PAGE = 4096, MAXIMUM_BLOCKS = 4096 };

_Noreturn void fail(const char *what);
void require(uc_err error, const char *what);

// What the hooks have seen since `start`.
extern uint32_t interrupt_number;
extern bool interrupted;
extern unsigned blocks_run;

// Counts blocks and notes interrupts of an engine, and runs it between two addresses.
void add_hooks(uc_engine *engine);
uc_err start(uc_engine *engine, uint64_t address, uint64_t end);

enum exception exception_of_error(uc_err error);

#endif
