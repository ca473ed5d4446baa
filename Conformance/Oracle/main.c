// unicorn-oracle: runs short instruction sequences on Unicorn and reports the state they leave: unicorn-oracle MACHINE
//
// It is a program of its own so that a crash of Unicorn, or its licence, stays outside the tests that ask it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"

uint32_t interrupt_number;
bool interrupted;
unsigned blocks_run;

static uint8_t memory_window[MAXIMUM_MEMORY] __attribute__((aligned(PAGE)));

_Noreturn void fail(const char *what) {
    fprintf(stderr, "unicorn-oracle: %s\n", what);
    exit(1);
}

void require(uc_err error, const char *what) {
    if (error == UC_ERR_OK)
        return;
    fprintf(stderr, "unicorn-oracle: %s: %s\n", what, uc_strerror(error));
    exit(1);
}

static void on_interrupt(uc_engine *uc, uint32_t number, void *data) {
    (void)data;
    interrupt_number = number;
    interrupted = true;
    uc_emu_stop(uc);
}

static void on_block(uc_engine *uc, uint64_t address, uint32_t size, void *data) {
    (void)address, (void)size, (void)data;
    if (++blocks_run > MAXIMUM_BLOCKS)
        uc_emu_stop(uc);
}

void add_hooks(uc_engine *engine) {
    uc_hook interrupt_hook, block_hook;
    require(uc_hook_add(engine, &interrupt_hook, UC_HOOK_INTR, (void *)on_interrupt, NULL, 1, 0), "hook interrupts");
    require(uc_hook_add(engine, &block_hook, UC_HOOK_BLOCK, (void *)on_block, NULL, 1, 0), "hook blocks");
}

uc_err start(uc_engine *engine, uint64_t address, uint64_t end) {
    interrupted = false;
    blocks_run = 0;
    return uc_emu_start(engine, address, end, 0, 0);
}

enum exception exception_of_error(uc_err error) {
    switch (error) {
    case UC_ERR_OK: return EXCEPTION_NONE;
    case UC_ERR_READ_UNMAPPED:
    case UC_ERR_WRITE_UNMAPPED:
    case UC_ERR_FETCH_UNMAPPED:
    case UC_ERR_READ_PROT:
    case UC_ERR_WRITE_PROT:
    case UC_ERR_FETCH_PROT: return EXCEPTION_MEMORY;
    case UC_ERR_READ_UNALIGNED:
    case UC_ERR_WRITE_UNALIGNED:
    case UC_ERR_FETCH_UNALIGNED: return EXCEPTION_ADDRESS;
    case UC_ERR_INSN_INVALID: return EXCEPTION_RESERVED;
    default: return EXCEPTION_OTHER;
    }
}

static bool read_fully(void *buffer, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t got = read(STDIN_FILENO, (char *)buffer + done, size - done);
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

static void write_fully(const void *buffer, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t put = write(STDOUT_FILENO, (const char *)buffer + done, size - done);
        if (put <= 0)
            fail("the asking side is gone");
        done += (size_t)put;
    }
}

// Takes one request from [*at, end) and appends its reply at `out`; returns the reply's size.
static size_t answer(const struct machine *machine, const uint8_t **at, const uint8_t *end, uint8_t *out) {
    struct request_header header;
    if ((size_t)(end - *at) < sizeof header)
        fail("a request is cut short");
    memcpy(&header, *at, sizeof header);
    if (header.word_count > MAXIMUM_WORDS || header.memory_size > MAXIMUM_MEMORY)
        fail("a request is too large");
    size_t size = sizeof header + 4 * header.word_count + machine->state_size + header.memory_size;
    if ((size_t)(end - *at) < size)
        fail("a request is cut short");
    uint32_t words[MAXIMUM_WORDS];
    uint64_t state[MAXIMUM_STATE / sizeof(uint64_t)];
    const uint8_t *body = *at + sizeof header;
    memcpy(words, body, 4 * header.word_count);
    memcpy(state, body + 4 * header.word_count, machine->state_size);
    memcpy(memory_window, body + 4 * header.word_count + machine->state_size, header.memory_size);
    *at += size;

    machine->load(words, header.word_count);
    struct reply_header reply = machine->run(state);
    memcpy(out, &reply, sizeof reply);
    memcpy(out + sizeof reply, state, machine->state_size);
    memcpy(out + sizeof reply + machine->state_size, memory_window, header.memory_size);
    return sizeof reply + machine->state_size + header.memory_size;
}

int main(int count, char **arguments) {
    const char *name = count > 1 ? arguments[1] : "mips64";
    const struct machine *machine = strcmp(name, "aarch64") == 0 ? &aarch64_machine : &mips64_machine;
    if (strcmp(machine->name, name) != 0)
        fail("no such machine");
    machine->create(memory_window);
    uint32_t batch[2];
    uint8_t *requests = NULL, *replies = NULL;
    size_t room = 0;
    while (read_fully(batch, sizeof batch)) {
        if (batch[1] > MAXIMUM_BATCH_BYTES)
            fail("a batch is too large");
        if (!replies || batch[1] > room) {
            room = batch[1];
            requests = realloc(requests, room);
            replies = realloc(replies, 2 * sizeof(uint32_t) + room);
        }
        if (!requests || !replies || !read_fully(requests, batch[1]))
            fail("a batch is cut short");
        const uint8_t *at = requests;
        size_t used = 2 * sizeof(uint32_t);
        // A reply is never larger than its request.
        for (uint32_t i = 0; i < batch[0]; i++)
            used += answer(machine, &at, requests + batch[1], replies + used);
        uint32_t head[2] = {batch[0], (uint32_t)(used - sizeof head)};
        memcpy(replies, head, sizeof head);
        write_fully(replies, used);
    }
    free(requests);
    free(replies);
    return 0;
}
