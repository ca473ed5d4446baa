// MIPS64 release 2. Unicorn has no call that reads or writes HI, LO, the floating-point registers or FCSR, so a prologue of
// guest code loads them from a block at address 0 (reachable from $0) and an epilogue stores them there again, with $1
// that both use.
#include <byteswap.h>
#include <string.h>

#include "machine.h"

enum {
    STATE_GPR = 0x1000,
    STATE_HI = STATE_GPR + 32 * 8,
    STATE_LO = STATE_HI + 8,
    STATE_FPR = STATE_LO + 8,
    STATE_FCSR = STATE_FPR + 32 * 8,
    STATE_DONE = STATE_FCSR + 8,
    STATE_BYTES = 2 * PAGE,
    // The prologue ends where the code under test starts, on a page of its own so that its translation stays cached.
    CODE_MAP = CODE_ADDRESS - PAGE,
    EPILOGUE = CODE_ADDRESS + PAGE,
    // An address that no run reaches: one that it does reach would cost its block's translation with every run.
    NOWHERE = 0x10000,
    CODE_BYTES = 3 * PAGE,
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
static uint32_t loaded_words[MAXIMUM_WORDS], loaded_count = UINT32_MAX;

// Instruction encodings: MIPS64 Architecture For Programmers, Volume II.
static uint32_t load_store(uint32_t opcode, uint32_t rt, uint32_t offset) { return opcode << 26 | rt << 16 | offset; }
enum { LW = 0x23, SW = 0x2b, LDC1 = 0x35, LD = 0x37, SDC1 = 0x3d, SD = 0x3f };
enum { MFHI_1 = 0x00000810, MTHI_1 = 0x00200011, MFLO_1 = 0x00000812, MTLO_1 = 0x00200013 };
enum { MFC0_1_STATUS = 0x40016000, MTC0_1_STATUS = 0x40816000 };
enum { CFC1_1_FCSR = 0x4441f800, CTC1_1_FCSR = 0x44c1f800, J = 0x08000000, BREAK = 0x0000000d, ORI_1_1 = 0x34010001 };

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
    words[count++] = load_store(LD, 1, STATE_GPR + 8);
    uint8_t *start = code_pages + PAGE - 4 * count;
    for (unsigned i = 0; i < count; i++)
        store_word(start + 4 * i, words[i]);
}

static void build_epilogue(void) {
    uint32_t words[128];
    unsigned count = 0;
    words[count++] = load_store(SD, 1, STATE_GPR + 8);
    for (uint32_t i = 0; i < 32; i++)
        words[count++] = load_store(SDC1, i, STATE_FPR + 8 * i);
    words[count++] = CFC1_1_FCSR;
    words[count++] = load_store(SW, 1, STATE_FCSR);
    words[count++] = MFHI_1;
    words[count++] = load_store(SD, 1, STATE_HI);
    words[count++] = MFLO_1;
    words[count++] = load_store(SD, 1, STATE_LO);
    // The program counter is lost with the exception that ends the run; this tells that it came here.
    words[count++] = ORI_1_1;
    words[count++] = load_store(SD, 1, STATE_DONE);
    words[count++] = BREAK;
    for (unsigned i = 0; i < count; i++)
        store_word(code_pages + 2 * PAGE + 4 * i, words[i]);
}

static uint64_t prologue_start(void) { return CODE_ADDRESS - 4 * (32 + 6 + 1); }

// $2 to $31, which Unicorn reads and writes.
enum { REGISTER_COUNT = 30 };
static int registers[REGISTER_COUNT];
static void name_registers(void) {
    for (int i = 0; i < REGISTER_COUNT; i++)
        registers[i] = UC_MIPS_REG_0 + 2 + i;
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
    require(start(engine, CODE_ADDRESS, CODE_ADDRESS + sizeof words), "enable floating point");
    if (interrupted)
        fail("cannot enable floating point");
}

static void create(void *memory_window) {
    name_registers();
    build_prologue();
    build_epilogue();
    require(uc_open(UC_ARCH_MIPS, UC_MODE_MIPS64 | UC_MODE_BIG_ENDIAN, &engine), "open");
    require(uc_ctl_set_cpu_model(engine, UC_CPU_MIPS64_MIPS64R2_GENERIC), "choose the CPU model");
    require(uc_mem_map_ptr(engine, 0, STATE_BYTES, UC_PROT_READ | UC_PROT_WRITE, state_page), "map the state");
    require(uc_mem_map_ptr(engine, CODE_MAP, CODE_BYTES, UC_PROT_READ | UC_PROT_EXEC, code_pages), "map the code");
    require(uc_mem_map_ptr(engine, MEMORY_ADDRESS, MAXIMUM_MEMORY, UC_PROT_READ | UC_PROT_WRITE, memory_window),
            "map the memory window");
    add_hooks(engine);
    enable_float();
    require(uc_context_alloc(engine, &reset_context), "allocate a context");
    require(uc_context_save(engine, reset_context), "save the context");
}

static void load(const uint32_t *words, uint32_t count) {
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

static void places(struct mips64_state *state, void *result[REGISTER_COUNT]) {
    for (int i = 0; i < REGISTER_COUNT; i++)
        result[i] = &state->gpr[2 + i];
}

static void put_state(struct mips64_state *state) {
    void *values[REGISTER_COUNT];
    places(state, values);
    require(uc_reg_write_batch(engine, registers, values, REGISTER_COUNT), "write the registers");
    uint64_t *gpr = (uint64_t *)(state_page + STATE_GPR), *fpr = (uint64_t *)(state_page + STATE_FPR);
    gpr[1] = bswap_64(state->gpr[1]);
    for (int i = 0; i < 32; i++)
        fpr[i] = bswap_64(state->fpr[i]);
    *(uint64_t *)(state_page + STATE_HI) = bswap_64(state->hi);
    *(uint64_t *)(state_page + STATE_LO) = bswap_64(state->lo);
    *(uint32_t *)(state_page + STATE_FCSR) = bswap_32(state->fcsr);
}

static void get_state(struct mips64_state *state) {
    void *values[REGISTER_COUNT];
    places(state, values);
    require(uc_reg_read_batch(engine, registers, values, REGISTER_COUNT), "read the registers");
    const uint64_t *gpr = (uint64_t *)(state_page + STATE_GPR), *fpr = (uint64_t *)(state_page + STATE_FPR);
    state->gpr[0] = 0;
    state->gpr[1] = bswap_64(gpr[1]);
    for (int i = 0; i < 32; i++)
        state->fpr[i] = bswap_64(fpr[i]);
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

static struct reply_header run(void *state) {
    struct reply_header reply = {EXCEPTION_NONE, 0};
    require(uc_context_restore(engine, reset_context), "reset");
    put_state(state);
    *(uint64_t *)(state_page + STATE_DONE) = 0;
    uc_err error = start(engine, prologue_start(), NOWHERE);
    bool is_stored = *(uint64_t *)(state_page + STATE_DONE) != 0;
    if (is_stored) {
        // Control ran past the last instruction.
    } else if (interrupted) {
        reply.exception = exception_of_interrupt(interrupt_number);
        reply.detail = interrupt_number;
    } else if (error != UC_ERR_OK) {
        reply.exception = exception_of_error(error);
        reply.detail = error;
    } else if (blocks_run > MAXIMUM_BLOCKS) {
        reply.exception = EXCEPTION_ENDLESS;
    }
    // After an exception in a delay slot the branch is still pending, and may lead away from the epilogue.
    if (!is_stored && start(engine, EPILOGUE, NOWHERE) != UC_ERR_OK)
        reply.exception = EXCEPTION_LOST;
    get_state(state);
    return reply;
}

const struct machine mips64_machine = {"mips64", sizeof(struct mips64_state), create, load, run};
