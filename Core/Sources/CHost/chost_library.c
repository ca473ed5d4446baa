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

static const char *load(int file, const char *name) {
    struct empty_library library = library_named(name);
    if (write(file, &library, sizeof library) != sizeof library) return strerror(errno);
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return dlopen(path, RTLD_LAZY | RTLD_LOCAL) ? NULL : dlerror();
}

const char *chost_provide_libraries(const char *const *names, unsigned count) {
    if (count == 0) return NULL;
    if (strlen(names[0]) > NAME_BYTES - 2) return strerror(ENAMETOOLONG);
    int file = empty_file(names[0]);
    if (file < 0) return strerror(errno);
    const char *failure = load(file, names[0]);
    // The descriptor stays open meanwhile: the dynamic linker takes one path for one library.
    if (!failure) failure = chost_provide_libraries(names + 1, count - 1);
    close(file);
    return failure;
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
