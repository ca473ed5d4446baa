// The C library's functions that execute a program, each put before its own. Those of the exec family allocate no
// memory and take no lock: they are called between vfork and exec, where the parent's memory is the child's.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <paths.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "command.h"

static size_t count_of(char *const list[]) {
    size_t count = 0;
    while (list && list[count]) count++;
    return count;
}

// MARK: What takes the place of a program

/// Words that the emulator is given between its options and the guest's arguments: `--from-host -0 argv0 -- path`.
enum { inserted_words = 5 };

static size_t emulator_words(char *const arguments[]) {
    return command.count + inserted_words + count_of(arguments) + 1;
}

/// The emulator's argument vector for a guest program.
static void fill_arguments(char **words, const char *path, char *const arguments[]) {
    size_t count = command.count;
    memcpy(words, command.words, count * sizeof *words);
    words[count++] = (char *)"--from-host";
    words[count++] = (char *)"-0";
    words[count++] = arguments && arguments[0] ? arguments[0] : (char *)"";
    words[count++] = (char *)"--";
    words[count++] = (char *)path;
    for (size_t index = 1; arguments && arguments[0] && arguments[index]; index++) words[count++] = arguments[index];
    words[count] = NULL;
}

static size_t carried_words(char *const environment[]) { return count_of(environment) + 3; }

/// An environment that carries this library into another host program. `joined` holds the text of a longer LD_PRELOAD.
static void fill_environment(char **entries, char *const environment[], char *joined, size_t joined_bytes) {
    static const char preload[] = "LD_PRELOAD=";
    size_t count = 0;
    char *list = command.entries[1];
    for (size_t index = 0; environment && environment[index]; index++) {
        if (strncmp(environment[index], preload, sizeof preload - 1) != 0) {
            entries[count++] = environment[index];
        } else if (snprintf(joined, joined_bytes, "%s:%s", command.entries[1], environment[index] + sizeof preload - 1)
                   < (int)joined_bytes) {
            list = joined;
        }
    }
    entries[count++] = command.entries[0];
    entries[count++] = list;
    entries[count] = NULL;
}

enum { joined_bytes = 2 * PATH_MAX };

// MARK: exec

/// A path for what execveat names; null when there is none. The emulator opens it in its turn, when descriptors that
/// are closed on exec are gone.
static const char *path_of(int directory, const char *path, char *place, size_t bytes) {
    if (*path == '/' || (*path && directory == AT_FDCWD)) return path;
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
    ssize_t length = readlink(link, place, bytes);
    if (length <= 0 || (size_t)length + strlen(path) + 2 > bytes) return NULL;
    snprintf(place + length, bytes - (size_t)length, "%s%s", *path ? "/" : "", path);
    if (*path) return place;
    struct stat named, meant;
    bool is_there = stat(place, &named) == 0 && fstat(directory, &meant) == 0;
    return is_there && named.st_dev == meant.st_dev && named.st_ino == meant.st_ino ? place : NULL;
}

static int replace(int directory, const char *path, char *const arguments[], char *const environment[], int flags) {
    if (!command.words) return (int)syscall(SYS_execveat, directory, path, arguments, environment, flags);
    if (is_guest_program(directory, path, flags)) {
        char place[PATH_MAX];
        const char *name = path_of(directory, path, place, sizeof place);
        if (!name) {
            errno = ENOENT;
            return -1;
        }
        // The kernel would refuse a file without the right to execute it.
        if (faccessat(AT_FDCWD, name, X_OK, AT_EACCESS) != 0) return -1;
        char *words[emulator_words(arguments)];
        fill_arguments(words, name, arguments);
        return (int)syscall(SYS_execve, words[0], words, environment);
    }
    char joined[joined_bytes];
    char *entries[carried_words(environment)];
    fill_environment(entries, environment, joined, sizeof joined);
    return (int)syscall(SYS_execveat, directory, path, arguments, entries, flags);
}

int execve(const char *path, char *const arguments[], char *const environment[]) {
    return replace(AT_FDCWD, path, arguments, environment, 0);
}

int execveat(int directory, const char *path, char *const arguments[], char *const environment[], int flags) {
    return replace(directory, path, arguments, environment, flags);
}

int fexecve(int descriptor, char *const arguments[], char *const environment[]) {
    return replace(descriptor, "", arguments, environment, AT_EMPTY_PATH);
}

int execv(const char *path, char *const arguments[]) { return execve(path, arguments, environ); }

// MARK: exec with a search

/// A file without a header that the kernel knows is a script of the shell (POSIX execvp).
static int execute_script(const char *path, char *const arguments[], char *const environment[]) {
    char *words[count_of(arguments) + 3];
    size_t count = 0;
    words[count++] = (char *)_PATH_BSHELL;
    words[count++] = (char *)path;
    for (size_t index = 1; arguments[0] && arguments[index]; index++) words[count++] = arguments[index];
    words[count] = NULL;
    return execve(words[0], words, environment);
}

static int try_program(const char *path, char *const arguments[], char *const environment[]) {
    execve(path, arguments, environment);
    if (errno == ENOEXEC) execute_script(path, arguments, environment);
    return -1;
}

/// The places where a name is looked for.
static const char *search_path(void) {
    for (char **entry = environ; entry && *entry; entry++) {
        if (strncmp(*entry, "PATH=", 5) == 0) return *entry + 5;
    }
    return _PATH_DEFPATH;
}

/// The next candidate for a name in the list of folders, in `place`; null at the end. Names too long are left out.
static const char *next_candidate(const char **list, const char *name, char *place, size_t bytes) {
    while (*list) {
        size_t length = strcspn(*list, ":");
        int written = snprintf(place, bytes, "%.*s%s%s", (int)length, *list, length ? "/" : "", name);
        *list = (*list)[length] ? *list + length + 1 : NULL;
        if (written >= 0 && (size_t)written < bytes) return place;
    }
    return NULL;
}

int execvpe(const char *name, char *const arguments[], char *const environment[]) {
    if (strchr(name, '/') || !*name) return try_program(name, arguments, environment);
    char place[PATH_MAX];
    const char *list = search_path();
    bool is_forbidden = false;
    while (next_candidate(&list, name, place, sizeof place)) {
        try_program(place, arguments, environment);
        switch (errno) {
        case EACCES: is_forbidden = true; break;
        case ENOENT: case ENOTDIR: case ESTALE: case ENODEV: case ETIMEDOUT: break;
        default: return -1;
        }
    }
    errno = is_forbidden ? EACCES : ENOENT;
    return -1;
}

int execvp(const char *name, char *const arguments[]) { return execvpe(name, arguments, environ); }

// MARK: exec with arguments in the call

static size_t count_arguments(va_list list) {
    size_t count = 1;
    while (va_arg(list, char *)) count++;
    return count;
}

static void take_arguments(char **words, const char *first, va_list list, size_t count) {
    words[0] = (char *)first;
    for (size_t index = 1; index <= count; index++) words[index] = va_arg(list, char *);
}

/// Gathers the arguments of a call that has them one by one into `words`.
#define GATHER(first)                                                                                                  \
    va_list list;                                                                                                      \
    va_start(list, first);                                                                                             \
    size_t count = count_arguments(list);                                                                              \
    va_end(list);                                                                                                      \
    char *words[count + 1];                                                                                            \
    words[count] = NULL;                                                                                               \
    va_start(list, first);                                                                                             \
    take_arguments(words, first, list, count)

int execl(const char *path, const char *first, ...) {
    GATHER(first);
    va_end(list);
    return execve(path, words, environ);
}

int execlp(const char *name, const char *first, ...) {
    GATHER(first);
    va_end(list);
    return execvpe(name, words, environ);
}

int execle(const char *path, const char *first, ...) {
    GATHER(first);
    char **environment = va_arg(list, char **);
    va_end(list);
    return execve(path, words, environment);
}

// MARK: posix_spawn

typedef int spawn_function(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
                           char *const[], char *const[]);

static int spawn(const char *function, pid_t *child, const char *path, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
    spawn_function *own = (spawn_function *)dlsym(RTLD_NEXT, function);
    if (!own) return ENOSYS;
    if (!command.words) return own(child, path, actions, attributes, arguments, environment);
    if (is_guest_program(AT_FDCWD, path, 0)) {
        if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) != 0) return errno;
        char *words[emulator_words(arguments)];
        fill_arguments(words, path, arguments);
        return own(child, words[0], actions, attributes, words, environment);
    }
    char joined[joined_bytes];
    char *entries[carried_words(environment)];
    fill_environment(entries, environment, joined, sizeof joined);
    return own(child, path, actions, attributes, arguments, entries);
}

int posix_spawn(pid_t *child, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
    return spawn("posix_spawn", child, path, actions, attributes, arguments, environment);
}

int posix_spawnp(pid_t *child, const char *name, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
    char place[PATH_MAX];
    if (command.words && !strchr(name, '/')) {
        const char *list = search_path();
        while (next_candidate(&list, name, place, sizeof place)) {
            if (is_guest_program(AT_FDCWD, place, 0) && access(place, X_OK) == 0) {
                return spawn("posix_spawn", child, place, actions, attributes, arguments, environment);
            }
            struct stat status;
            if (access(place, X_OK) == 0 && stat(place, &status) == 0 && S_ISREG(status.st_mode)) break;
        }
    }
    return spawn("posix_spawnp", child, name, actions, attributes, arguments, environment);
}
