// unicorn-oracle: runs short MIPS64 release 2 instruction sequences on Unicorn and reports the state they leave.
//
// It is a program of its own so that a crash of Unicorn, or its licence, stays outside the tests that ask it.
// Unicorn has no call that reads or writes HI, LO, the floating-point registers or FCSR, so a prologue of guest code
// loads the whole state from a block at address 0 (reachable from $0) and an epilogue stores it there again.
#include <byteswap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>
#include <unistd.h>

#include "protocol.h"

enum {
    PAGE = 4096,
    STATE_GPR = 0x1000,
    STATE_HI = STATE_GPR + 32 * 8,
    STATE_LO = STATE_HI + 8,
    STATE_FPR = STATE_LO + 8,
    STATE_FCSR = STATE_FPR + 32 * 8,
    STATE_BYTES = 2 * PAGE,
    // The prologue ends where the code under test starts, on a page of its own so that its translation stays cached.
    CODE_MAP = CODE_ADDRESS - PAGE,
    EPILOGUE = CODE_ADDRESS + PAGE,
    // Where a run stops. Unicorn drops the translation of the block that holds this address after each run, so it is a
    // block of its own.
    STOP = EPILOGUE + PAGE / 2,
    CODE_BYTES = 3 * PAGE,
    MAXIMUM_BLOCKS = 4096,
};

// QEMU's exception numbers for MIPS (target/mips/cpu.h), which Unicorn passes to the interrupt hook.
enum {
    EXCP_AdEL = 12, EXCP_AdES = 13, EXCP_SYSCALL = 17, EXCP_BREAK = 18, EXCP_CpU = 19, EXCP_RI = 20,
    EXCP_OVERFLOW = 21, EXCP_TRAP = 22, EXCP_FPE = 23,
};

static uc_engine *engine;
static uc_context *reset_context;
static uint8_t state_page[STATE_BYTES] __attribute__((aligned(PAGE)));
static uint8_t code_pages[CODE_BYTES] __attribute__((aligned(PAGE)));
static uint8_t memory_window[MAXIMUM_MEMORY] __attribute__((aligned(PAGE)));
static uint32_t loaded_words[MAXIMUM_WORDS], loaded_count = UINT32_MAX;
static uint32_t interrupt_number;
static bool interrupted;
static unsigned blocks_run;

_Noreturn static void fail(const char *what) {
    fprintf(stderr, "unicorn-oracle: %s\n", what);
    exit(1);
}

static void require(uc_err error, const char *what) {
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

// Instruction encodings: MIPS64 Architecture For Programmers, Volume II.
static uint32_t load_store(uint32_t opcode, uint32_t rt, uint32_t offset) { return opcode << 26 | rt << 16 | offset; }
enum { LW = 0x23, SW = 0x2b, LDC1 = 0x35, LD = 0x37, SDC1 = 0x3d, SD = 0x3f };
enum { MFHI_1 = 0x00000810, MTHI_1 = 0x00200011, MFLO_1 = 0x00000812, MTLO_1 = 0x00200013 };
enum { MFC0_1_STATUS = 0x40016000, MTC0_1_STATUS = 0x40816000 };
enum { CFC1_1_FCSR = 0x4441f800, CTC1_1_FCSR = 0x44c1f800, J = 0x08000000 };

static void store_word(uint8_t *at, uint32_t word) {
    word = bswap_32(word);
    memcpy(at, &word, sizeof word);
}

static void build_prologue(void) {
    uint32_t words[128];
    unsigned count = 0;
    for (uint32_t i = 0; i < 32; i++)
        words[count++] = load_store(LDC1, i, STATE_FPR + 8 * i);
    words[count++] = load_store(LW, 1, STATE_FCSR);
    words[count++] = CTC1_1_FCSR;
    words[count++] = load_store(LD, 1, STATE_HI);
    words[count++] = MTHI_1;
    words[count++] = load_store(LD, 1, STATE_LO);
    words[count++] = MTLO_1;
    for (uint32_t i = 1; i < 32; i++)
        words[count++] = load_store(LD, i, STATE_GPR + 8 * i);
    uint8_t *start = code_pages + PAGE - 4 * count;
    for (unsigned i = 0; i < count; i++)
        store_word(start + 4 * i, words[i]);
}

static void build_epilogue(void) {
    uint32_t words[128];
    unsigned count = 0;
    for (uint32_t i = 0; i < 32; i++)
        words[count++] = load_store(SD, i, STATE_GPR + 8 * i);
    for (uint32_t i = 0; i < 32; i++)
        words[count++] = load_store(SDC1, i, STATE_FPR + 8 * i);
    words[count++] = CFC1_1_FCSR;
    words[count++] = load_store(SW, 1, STATE_FCSR);
    words[count++] = MFHI_1;
    words[count++] = load_store(SD, 1, STATE_HI);
    words[count++] = MFLO_1;
    words[count++] = load_store(SD, 1, STATE_LO);
    words[count++] = J | (STOP >> 2 & 0x3ffffff);
    words[count++] = 0;
    for (unsigned i = 0; i < count; i++)
        store_word(code_pages + 2 * PAGE + 4 * i, words[i]);
}

static uint64_t prologue_start(void) { return CODE_ADDRESS - 4 * (32 + 6 + 31); }

static uc_err start(uint64_t address, uint64_t end) {
    interrupted = false;
    blocks_run = 0;
    return uc_emu_start(engine, address, end, 0, 0);
}

// Sets Status.CU1 (floating point usable) and Status.FR (32 registers of 64 bits). Unicorn's own register write sets the
// bits, which mtc0 of this CPU model would mask out; the mtc0 of the same value then brings the flags that the
// translator keeps of Status up to date, which the register write does not.
static void enable_float(void) {
    uint64_t status = 0;
    require(uc_reg_read(engine, UC_MIPS_REG_CP0_STATUS, &status), "read Status");
    status |= 1u << 29 | 1u << 26;
    require(uc_reg_write(engine, UC_MIPS_REG_CP0_STATUS, &status), "write Status");
    static const uint32_t words[] = {MFC0_1_STATUS, MTC0_1_STATUS, 0};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        store_word(code_pages + PAGE + 4 * i, words[i]);
    require(start(CODE_ADDRESS, CODE_ADDRESS + sizeof words), "enable floating point");
    if (interrupted)
        fail("cannot enable floating point");
}

static void create_engine(void) {
    require(uc_open(UC_ARCH_MIPS, UC_MODE_MIPS64 | UC_MODE_BIG_ENDIAN, &engine), "open");
    require(uc_ctl_set_cpu_model(engine, UC_CPU_MIPS64_MIPS64R2_GENERIC), "choose the CPU model");
    require(uc_mem_map_ptr(engine, 0, STATE_BYTES, UC_PROT_READ | UC_PROT_WRITE, state_page), "map the state");
    require(uc_mem_map_ptr(engine, CODE_MAP, CODE_BYTES, UC_PROT_READ | UC_PROT_EXEC, code_pages), "map the code");
    require(uc_mem_map_ptr(engine, MEMORY_ADDRESS, MAXIMUM_MEMORY, UC_PROT_READ | UC_PROT_WRITE, memory_window),
            "map the memory window");
    uc_hook interrupt_hook, block_hook;
    require(uc_hook_add(engine, &interrupt_hook, UC_HOOK_INTR, (void *)on_interrupt, NULL, 1, 0), "hook interrupts");
    require(uc_hook_add(engine, &block_hook, UC_HOOK_BLOCK, (void *)on_block, NULL, 1, 0), "hook blocks");
    enable_float();
    require(uc_context_alloc(engine, &reset_context), "allocate a context");
    require(uc_context_save(engine, reset_context), "save the context");
}

static void load_code(const uint32_t *words, uint32_t count) {
    if (count == loaded_count && memcmp(words, loaded_words, 4 * count) == 0)
        return;
    uint8_t *code = code_pages + PAGE;
    for (uint32_t i = 0; i < count; i++)
        store_word(code + 4 * i, words[i]);
    store_word(code + 4 * count, J | (EPILOGUE >> 2 & 0x3ffffff));
    store_word(code + 4 * count + 4, 0);
    memcpy(loaded_words, words, 4 * count);
    loaded_count = count;
    require(uc_ctl_remove_cache(engine, CODE_ADDRESS, CODE_ADDRESS + PAGE), "drop translations");
}

static void put_state(const struct cpu_state *state) {
    uint64_t *gpr = (uint64_t *)(state_page + STATE_GPR), *fpr = (uint64_t *)(state_page + STATE_FPR);
    for (int i = 0; i < 32; i++) {
        gpr[i] = bswap_64(state->gpr[i]);
        fpr[i] = bswap_64(state->fpr[i]);
    }
    *(uint64_t *)(state_page + STATE_HI) = bswap_64(state->hi);
    *(uint64_t *)(state_page + STATE_LO) = bswap_64(state->lo);
    *(uint32_t *)(state_page + STATE_FCSR) = bswap_32(state->fcsr);
}

static void get_state(struct cpu_state *state) {
    const uint64_t *gpr = (uint64_t *)(state_page + STATE_GPR), *fpr = (uint64_t *)(state_page + STATE_FPR);
    for (int i = 0; i < 32; i++) {
        state->gpr[i] = bswap_64(gpr[i]);
        state->fpr[i] = bswap_64(fpr[i]);
    }
    state->hi = bswap_64(*(uint64_t *)(state_page + STATE_HI));
    state->lo = bswap_64(*(uint64_t *)(state_page + STATE_LO));
    state->fcsr = bswap_32(*(uint32_t *)(state_page + STATE_FCSR));
    state->padding = 0;
}

static enum exception exception_of_interrupt(uint32_t number) {
    switch (number) {
    case EXCP_OVERFLOW: return EXCEPTION_OVERFLOW;
    case EXCP_TRAP: return EXCEPTION_TRAP;
    case EXCP_BREAK: return EXCEPTION_BREAK;
    case EXCP_SYSCALL: return EXCEPTION_SYSCALL;
    case EXCP_RI: return EXCEPTION_RESERVED;
    case EXCP_AdEL:
    case EXCP_AdES: return EXCEPTION_ADDRESS;
    case EXCP_FPE: return EXCEPTION_FLOAT;
    case EXCP_CpU: return EXCEPTION_COPROCESSOR;
    default: return EXCEPTION_OTHER;
    }
}

static enum exception exception_of_error(uc_err error) {
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

static struct reply_header run(void) {
    struct reply_header reply = {EXCEPTION_NONE, 0};
    require(uc_context_restore(engine, reset_context), "reset");
    uc_err error = start(prologue_start(), STOP);
    if (interrupted) {
        reply.exception = exception_of_interrupt(interrupt_number);
        reply.detail = interrupt_number;
    } else if (error != UC_ERR_OK) {
        reply.exception = exception_of_error(error);
        reply.detail = error;
    } else if (blocks_run > MAXIMUM_BLOCKS) {
        reply.exception = EXCEPTION_ENDLESS;
    }
    if (reply.exception != EXCEPTION_NONE)
        require(start(EPILOGUE, STOP), "store the state");
    return reply;
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
static size_t answer(const uint8_t **at, const uint8_t *end, uint8_t *out) {
    struct request_header header;
    if ((size_t)(end - *at) < sizeof header)
        fail("a request is cut short");
    memcpy(&header, *at, sizeof header);
    if (header.word_count > MAXIMUM_WORDS || header.memory_size > MAXIMUM_MEMORY)
        fail("a request is too large");
    size_t size = sizeof header + 4 * header.word_count + sizeof(struct cpu_state) + header.memory_size;
    if ((size_t)(end - *at) < size)
        fail("a request is cut short");
    uint32_t words[MAXIMUM_WORDS];
    struct cpu_state state;
    const uint8_t *body = *at + sizeof header;
    memcpy(words, body, 4 * header.word_count);
    memcpy(&state, body + 4 * header.word_count, sizeof state);
    memcpy(memory_window, body + 4 * header.word_count + sizeof state, header.memory_size);
    *at += size;

    load_code(words, header.word_count);
    put_state(&state);
    struct reply_header reply = run();
    get_state(&state);
    memcpy(out, &reply, sizeof reply);
    memcpy(out + sizeof reply, &state, sizeof state);
    memcpy(out + sizeof reply + sizeof state, memory_window, header.memory_size);
    return sizeof reply + sizeof state + header.memory_size;
}

int main(void) {
    build_prologue();
    build_epilogue();
    create_engine();
    uint32_t batch[2];
    while (read_fully(batch, sizeof batch)) {
        if (batch[1] > MAXIMUM_BATCH_BYTES)
            fail("a batch is too large");
        uint8_t *requests = malloc(batch[1] + 1), *replies = malloc(2 * sizeof(uint32_t) + batch[1] + 1);
        if (!requests || !replies || !read_fully(requests, batch[1]))
            fail("a batch is cut short");
        const uint8_t *at = requests;
        size_t used = 2 * sizeof(uint32_t);
        // A reply is never larger than its request.
        for (uint32_t i = 0; i < batch[0]; i++)
            used += answer(&at, requests + batch[1], replies + used);
        uint32_t head[2] = {batch[0], (uint32_t)(used - sizeof head)};
        memcpy(replies, head, sizeof head);
        write_fully(replies, used);
        free(requests);
        free(replies);
    }
    return 0;
}
