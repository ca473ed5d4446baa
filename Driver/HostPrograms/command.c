#define _GNU_SOURCE
#include "command.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host_programs.h"

struct command command;

static const char preload[] = "LD_PRELOAD";

/// Where an entry stands in the environment; null when there is none. Not getenv and its relatives: shells have
/// functions of their own by these names, which know nothing of the environment yet.
static char **place_of(const char *name) {
    size_t bytes = strlen(name);
    for (char **place = environ; place && *place; place++) {
        if (strncmp(*place, name, bytes) == 0 && (*place)[bytes] == '=') return place;
    }
    return NULL;
}

static void remove_entry(char **place) {
    do {
        place[0] = place[1];
    } while (*place++);
}

/// `NAME=VALUE` in memory of its own; null when there is none.
static char *entry(const char *name, const char *value) {
    char *text;
    return asprintf(&text, "%s=%s", name, value) < 0 ? NULL : text;
}

/// Splits the command into words. They stay for the life of the process.
static bool parse(const char *value) {
    char *text = strdup(value);
    if (!text) return false;
    size_t count = 0;
    for (const char *byte = text; *byte; byte++) count += *byte == HOST_PROGRAMS_SEPARATOR;
    char **words = calloc(count + 1, sizeof *words);
    if (!words || count == 0) return false;
    const char separator[] = {HOST_PROGRAMS_SEPARATOR, 0};
    for (size_t index = 0; index < count; index++) words[index] = strsep(&text, separator);
    command.words = words;
    command.count = count;
    return true;
}

/// Takes this library, the first in the list, out of LD_PRELOAD. The emulator put it there.
static void leave_preload(char **place) {
    const char *list = *place + sizeof preload;
    size_t own = strcspn(list, ": ");
    char *rest = list[own] ? entry(preload, list + own + 1) : NULL;
    if (rest) {
        *place = rest;
    } else {
        remove_entry(place);
    }
}

__attribute__((constructor)) static void take_command(void) {
    char **value = place_of(HOST_PROGRAMS_COMMAND);
    Dl_info own;
    if (!value || !place_of(preload) || !dladdr((void *)take_command, &own)) return;
    command.entries[0] = *value;
    command.entries[1] = entry(preload, own.dli_fname);
    if (!command.entries[1] || !parse(*value + sizeof HOST_PROGRAMS_COMMAND)) return;
    remove_entry(value);
    leave_preload(place_of(preload));
}

bool is_guest_program(int directory, const char *path, int flags) {
    if (!command.words) return false;
    char opened[32];
    if ((flags & AT_EMPTY_PATH) && !*path) {
        // Opened once more: the descriptor may be for the path alone.
        snprintf(opened, sizeof opened, "/proc/self/fd/%d", directory);
        path = opened;
    }
    int follow = flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0;
    int descriptor = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | follow);
    if (descriptor < 0) return false;
    Elf64_Ehdr header;
    struct stat status;
    bool is_elf = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)
        && pread(descriptor, &header, sizeof header, 0) == sizeof header
        && memcmp(header.e_ident, ELFMAG, SELFMAG) == 0;
    close(descriptor);
    if (!is_elf) return false;
    // The class and the byte order lie before the machine; a machine in the other byte order is not this host's either.
    bool is_host_machine = header.e_ident[EI_DATA] == ELFDATA2LSB
        && (header.e_machine == EM_X86_64 || header.e_machine == EM_386);
    return !is_host_machine || header.e_ident[EI_OSABI] == ELFOSABI_FREEBSD;
}
