#define _GNU_SOURCE
#include "chost_library.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { NAME_BYTES = 64 };

// The least that dlopen(3) takes: no code, no symbols, a name. It is mapped at once and whole.
struct empty_library {
    Elf64_Ehdr header;
    Elf64_Phdr segments[3];
    Elf64_Dyn dynamic[6];
    Elf64_Sym symbols[1];
    char strings[NAME_BYTES];
};

static Elf64_Phdr segment(uint32_t type, uint64_t offset, uint64_t bytes) {
    return (Elf64_Phdr){
        .p_type = type, .p_flags = PF_R | PF_W, .p_offset = offset, .p_vaddr = offset, .p_paddr = offset,
        .p_filesz = bytes, .p_memsz = bytes, .p_align = type == PT_LOAD ? 0x1000 : 8,
    };
}

static struct empty_library library_named(const char *name) {
    struct empty_library library = {
        .header = {
            .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
            .e_type = ET_DYN, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
            .e_phoff = offsetof(struct empty_library, segments), .e_ehsize = sizeof(Elf64_Ehdr),
            .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 3,
        },
        .segments = {
            segment(PT_LOAD, 0, sizeof library),
            segment(PT_DYNAMIC, offsetof(struct empty_library, dynamic), sizeof library.dynamic),
            // Without it the stack would become executable.
            segment(PT_GNU_STACK, 0, 0),
        },
        .dynamic = {
            {DT_SONAME, {1}},
            {DT_STRTAB, {offsetof(struct empty_library, strings)}},
            {DT_STRSZ, {NAME_BYTES}},
            {DT_SYMTAB, {offsetof(struct empty_library, symbols)}},
            {DT_SYMENT, {sizeof(Elf64_Sym)}},
            {DT_NULL, {0}},
        },
    };
    strcpy(library.strings + 1, name);
    return library;
}

// MFD_NOEXEC_SEAL (Linux 6.3, uapi/linux/memfd.h): some hosts refuse files that say nothing about it, older kernels the flag.
static int empty_file(const char *name) {
    int file = memfd_create(name, MFD_CLOEXEC | 8U);
    return file < 0 && errno == EINVAL ? memfd_create(name, MFD_CLOEXEC) : file;
}

// Beyond the limit on the size of files, which counts for files in memory as well, a signal would come (setrlimit(2)).
static int exceeds_limit(size_t bytes) {
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < bytes;
}

static const char *load(int file, const char *name) {
    struct empty_library library = library_named(name);
    if (exceeds_limit(sizeof library)) return strerror(EFBIG);
    if (write(file, &library, sizeof library) != sizeof library) return strerror(errno);
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return dlopen(path, RTLD_LAZY | RTLD_LOCAL) ? NULL : dlerror();
}

static const char *load_all(const char *const *names, unsigned count) {
    if (count == 0) return NULL;
    if (strlen(names[0]) > NAME_BYTES - 2) return strerror(ENAMETOOLONG);
    int file = empty_file(names[0]);
    if (file < 0) return strerror(errno);
    const char *failure = load(file, names[0]);
    // The descriptor stays open meanwhile: the dynamic linker takes one path for one library.
    if (!failure) failure = load_all(names + 1, count - 1);
    close(file);
    return failure;
}

// What glibc's `struct link_map` begins with beyond its public part, and the names that it compares with DT_NEEDED
// (include/link.h and elf/dl-load.c, `_dl_name_match_p`): so in every release since 2.4.
struct name_list {
    const char *name;
    struct name_list *next;
    int is_static;
};
struct private_map {
    struct link_map visible;
    struct link_map *itself;
    Lmid_t name_space;
    struct name_list *names;
};

enum { PROGRAM_NAMES = 8 };

// Adds names to the program's own; whether the dynamic linker then takes the program for the libraries.
static int name_program(const char *const *names, unsigned count) {
    static struct name_list rows[PROGRAM_NAMES];
    struct private_map *program = NULL;
    void *handle = dlopen(NULL, RTLD_LAZY);
    if (count > PROGRAM_NAMES || !handle || dlinfo(handle, RTLD_DI_LINKMAP, &program) != 0) return 0;
    // Of another layout these would not be so.
    if (program->itself != &program->visible || program->name_space != LM_ID_BASE || !program->names) return 0;
    struct name_list *last = program->names;
    while (last->next) last = last->next;
    for (unsigned index = 0; index < count; index++) {
        rows[index] = (struct name_list){names[index], NULL, 1};
        last = last->next = &rows[index];
    }
    for (unsigned index = 0; index < count; index++)
        if (!dlopen(names[index], RTLD_LAZY | RTLD_NOLOAD)) return 0;
    return 1;
}

const char *chost_provide_libraries(const char *const *names, unsigned count) {
    static char reason[256];
    const char *failure = load_all(names, count);
    if (!failure) return NULL;
    // What dlerror(3) gave lasts until the next call of the dynamic linker's.
    snprintf(reason, sizeof reason, "%s", failure);
    return name_program(names, count) ? NULL : reason;
}

static int holds_core(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size, (void)unused;
    uintptr_t offset = (uintptr_t)&chost_core_is_in_program - object->dlpi_addr;
    for (int index = 0; index < object->dlpi_phnum; index++) {
        const Elf64_Phdr *segment = &object->dlpi_phdr[index];
        if (segment->p_type == PT_LOAD && offset - segment->p_vaddr < segment->p_memsz) return 1;
    }
    // The first is the program; no other is asked.
    return 2;
}

int chost_core_is_in_program(void) { return dl_iterate_phdr(holds_core, NULL) == 1; }
