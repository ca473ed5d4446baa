// A64 with every extension that Unicorn's largest model has.
#include <string.h>

#include "machine.h"

enum { CODE_BYTES = 2 * PAGE, NOWHERE = 0 };

// QEMU's exception numbers for Arm (target/arm/cpu.h), which Unicorn passes to the interrupt hook.
enum { EXCP_UDEF = 1, EXCP_SWI = 2, EXCP_PREFETCH_ABORT = 3, EXCP_DATA_ABORT = 4, EXCP_BKPT = 7 };

static uc_engine *engine;
static uc_context *reset_context;
static uint8_t code_pages[CODE_BYTES] __attribute__((aligned(PAGE)));
static uint32_t loaded_words[MAXIMUM_WORDS], loaded_count = UINT32_MAX;

enum { REGISTER_COUNT = 32 + 32 + 3 };
static int registers[REGISTER_COUNT];

static void name_registers(void) {
    for (int i = 0; i < 29; i++)
        registers[i] = UC_ARM64_REG_X0 + i;
    registers[29] = UC_ARM64_REG_X29;
    registers[30] = UC_ARM64_REG_X30;
    registers[31] = UC_ARM64_REG_SP;
    for (int i = 0; i < 32; i++)
        registers[32 + i] = UC_ARM64_REG_Q0 + i;
    registers[64] = UC_ARM64_REG_NZCV;
    registers[65] = UC_ARM64_REG_FPCR;
    registers[66] = UC_ARM64_REG_FPSR;
}

// The places of the registers in a state; the last three as doublewords of their own.
static void places(struct aarch64_state *state, uint64_t control[3], void *result[REGISTER_COUNT]) {
    for (int i = 0; i < 32; i++) {
        result[i] = &state->general[i];
        result[32 + i] = &state->vectors[2 * i];
    }
    for (int i = 0; i < 3; i++)
        result[64 + i] = &control[i];
}

static void put_state(struct aarch64_state *state) {
    uint64_t control[3] = {state->nzcv, state->fpcr, state->fpsr};
    void *values[REGISTER_COUNT];
    places(state, control, values);
    require(uc_reg_write_batch(engine, registers, values, REGISTER_COUNT), "write the registers");
}

static void get_state(struct aarch64_state *state) {
    uint64_t control[3] = {0, 0, 0};
    void *values[REGISTER_COUNT];
    places(state, control, values);
    require(uc_reg_read_batch(engine, registers, values, REGISTER_COUNT), "read the registers");
    state->nzcv = (uint32_t)control[0];
    state->fpcr = (uint32_t)control[1];
    state->fpsr = (uint32_t)control[2];
    state->padding = 0;
}

static void create(void *memory_window) {
    name_registers();
    require(uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &engine), "open");
    require(uc_ctl_set_cpu_model(engine, UC_CPU_ARM64_MAX), "choose the CPU model");
    require(uc_mem_map_ptr(engine, CODE_ADDRESS, CODE_BYTES, UC_PROT_READ | UC_PROT_EXEC, code_pages), "map the code");
    require(uc_mem_map_ptr(engine, MEMORY_ADDRESS, MAXIMUM_MEMORY, UC_PROT_READ | UC_PROT_WRITE, memory_window),
            "map the memory window");
    add_hooks(engine);
    // CPACR_EL1.FPEN: floating point and vectors are usable.
    uint64_t access = 3 << 20;
    require(uc_reg_write(engine, UC_ARM64_REG_CPACR_EL1, &access), "enable floating point");
    require(uc_context_alloc(engine, &reset_context), "allocate a context");
    require(uc_context_save(engine, reset_context), "save the context");
}

// `brk` with a code of its own. An address to stop at would cost its block's translation with every run.
static const uint32_t end_word = 0xd43fffe0;

static void load(const uint32_t *words, uint32_t count) {
    if (count == loaded_count && memcmp(words, loaded_words, 4 * count) == 0)
        return;
    memcpy(code_pages, words, 4 * count);
    memcpy(code_pages + 4 * count, &end_word, sizeof end_word);
    memcpy(loaded_words, words, 4 * count);
    loaded_count = count;
    require(uc_ctl_remove_cache(engine, CODE_ADDRESS, CODE_ADDRESS + PAGE), "drop translations");
}

static enum exception exception_of_interrupt(uint32_t number) {
    switch (number) {
    case EXCP_UDEF: return EXCEPTION_RESERVED;
    case EXCP_SWI: return EXCEPTION_SYSCALL;
    case EXCP_PREFETCH_ABORT:
    case EXCP_DATA_ABORT: return EXCEPTION_MEMORY;
    case EXCP_BKPT: return EXCEPTION_BREAK;
    default: return EXCEPTION_OTHER;
    }
}

static struct reply_header run(void *state) {
    struct reply_header reply = {EXCEPTION_NONE, 0};
    require(uc_context_restore(engine, reset_context), "reset");
    put_state(state);
    uc_err error = start(engine, CODE_ADDRESS, NOWHERE);
    uint64_t pc = 0;
    if (interrupted && interrupt_number == EXCP_BKPT)
        require(uc_reg_read(engine, UC_ARM64_REG_PC, &pc), "read the program counter");
    if (error != UC_ERR_OK) {
        // Also after a failed access of a helper, behind which the rest of the block still runs.
        reply.exception = exception_of_error(error);
        reply.detail = error;
    } else if (pc == CODE_ADDRESS + 4 * loaded_count) {
        // Control ran past the last instruction.
    } else if (interrupted) {
        reply.exception = exception_of_interrupt(interrupt_number);
        reply.detail = interrupt_number;
    } else if (blocks_run > MAXIMUM_BLOCKS) {
        reply.exception = EXCEPTION_ENDLESS;
    }
    get_state(state);
    return reply;
}

const struct machine aarch64_machine = {"aarch64", sizeof(struct aarch64_state), create, load, run};
