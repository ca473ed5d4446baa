// The C library's functions that have the shell carry out a line. The library starts the shell by a posix_spawn of its own,
// past the one here: so they are made again over that.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <paths.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"

static int start_shell(pid_t *child, const char *line, const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes) {
    char *words[] = {(char *)"sh", (char *)"-c", (char *)"--", (char *)line, NULL};
    return posix_spawn(child, _PATH_BSHELL, actions, attributes, words, environ);
}

static int status_of(pid_t child) {
    int status;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return -1;
    }
    return status;
}

// MARK: system

/// Runs the shell with the keyboard's signals at their defaults, where they were not ignored, and waits.
static int run_line(const char *line, const sigset_t *mask, const sigset_t *defaults) {
    posix_spawnattr_t attributes;
    pid_t child;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, mask);
    posix_spawnattr_setsigdefault(&attributes, defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int error = start_shell(&child, line, NULL, &attributes);
    posix_spawnattr_destroy(&attributes);
    // As of a shell that could not be executed (POSIX system).
    return error ? 127 << 8 : status_of(child);
}

int system(const char *line) {
    if (!command.words || !line) {
        int (*own)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "system");
        return own ? own(line) : -1;
    }
    static const int keys[] = {SIGINT, SIGQUIT};
    struct sigaction ignored = {.sa_handler = SIG_IGN}, before[2];
    sigset_t waiting, mask, defaults;
    sigemptyset(&ignored.sa_mask);
    sigemptyset(&defaults);
    sigemptyset(&waiting);
    sigaddset(&waiting, SIGCHLD);
    for (int index = 0; index < 2; index++) {
        sigaction(keys[index], &ignored, &before[index]);
        if (before[index].sa_handler != SIG_IGN) sigaddset(&defaults, keys[index]);
    }
    pthread_sigmask(SIG_BLOCK, &waiting, &mask);
    int status = run_line(line, &mask, &defaults);
    int error = errno;
    for (int index = 0; index < 2; index++) sigaction(keys[index], &before[index], NULL);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    errno = error;
    return status;
}

// MARK: popen

struct opened {
    FILE *stream;
    pid_t child;
    struct opened *next;
};

static struct opened *opened;
static pthread_mutex_t opened_lock = PTHREAD_MUTEX_INITIALIZER;

/// Starts the shell with one end of a pipe, which becomes its standard input or output.
static int start_piped(pid_t *child, const char *line, int end, int standard) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, end, standard);
    int error = start_shell(child, line, &actions, NULL);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/// No other child inherits the stream, which POSIX asks for of the shells alone.
static FILE *open_line(const char *line, bool is_reading) {
    int ends[2];
    struct opened *entry = malloc(sizeof *entry);
    if (!entry || pipe2(ends, O_CLOEXEC) != 0) {
        free(entry);
        return NULL;
    }
    int own = ends[is_reading ? 0 : 1], other = ends[is_reading ? 1 : 0];
    int error = start_piped(&entry->child, line, other, is_reading ? STDOUT_FILENO : STDIN_FILENO);
    close(other);
    entry->stream = error ? NULL : fdopen(own, is_reading ? "r" : "w");
    if (!entry->stream) {
        close(own);
        free(entry);
        if (error) errno = error;
        return NULL;
    }
    pthread_mutex_lock(&opened_lock);
    entry->next = opened;
    opened = entry;
    pthread_mutex_unlock(&opened_lock);
    return entry->stream;
}

FILE *popen(const char *line, const char *mode) {
    bool is_reading = strchr(mode, 'r'), is_writing = strchr(mode, 'w');
    if (!command.words) {
        FILE *(*own)(const char *, const char *) = (FILE *(*)(const char *, const char *))dlsym(RTLD_NEXT, "popen");
        return own ? own(line, mode) : NULL;
    }
    if (is_reading == is_writing) {
        errno = EINVAL;
        return NULL;
    }
    return open_line(line, is_reading);
}

int pclose(FILE *stream) {
    pthread_mutex_lock(&opened_lock);
    struct opened **place = &opened;
    while (*place && (*place)->stream != stream) place = &(*place)->next;
    struct opened *entry = *place;
    if (entry) *place = entry->next;
    pthread_mutex_unlock(&opened_lock);
    if (!entry) {
        int (*own)(FILE *) = (int (*)(FILE *))dlsym(RTLD_NEXT, "pclose");
        return own ? own(stream) : -1;
    }
    pid_t child = entry->child;
    free(entry);
    fclose(stream);
    return status_of(child);
}
