#define _GNU_SOURCE
#include "spawn_program.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int redirect(int descriptor, const char *path, int flags) {
    int file = open(path, flags, 0600);
    if (file < 0)
        return errno;
    if (file == descriptor)
        return 0;
    int problem = dup2(file, descriptor) < 0 ? errno : 0;
    close(file);
    return problem;
}

// Makes the calling process the program; returns only the errno.
static int become(const char *program, char *const arguments[], char *const environment[], const char *directory,
                  const char *const files[3], pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || setsid() < 0)
        return errno;
    // It may have ended before it was to be heard of.
    if (getppid() != parent)
        return ESRCH;
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int signal = 1; signal < NSIG; signal++)
        sigaction(signal, &action, NULL);
    int writing = O_WRONLY | O_CREAT | O_TRUNC;
    for (int i = 0; i < 3; i++) {
        int problem = redirect(i, files[i], i == 0 ? O_RDONLY : writing);
        if (problem != 0)
            return problem;
    }
    if (close_range(3, ~0u, 0) != 0 || chdir(directory) != 0)
        return errno;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(program, arguments, environment);
    return errno;
}

int spawn_program(const char *program, char *const arguments[], char *const environment[], const char *directory,
                  const char *input, const char *output, const char *error, pid_t *process) {
    const char *const files[3] = {input, output, error};
    volatile int problem = 0;
    pid_t parent = getpid();
    // posix_spawn cannot set the signal of the parent's death. The child of vfork shares this stack until it is the program;
    // no handler may run on it meanwhile.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pid_t child = vfork();
    if (child == 0) {
        problem = become(program, arguments, environment, directory, files, parent);
        _exit(127);
    }
    if (child < 0)
        problem = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (problem == 0)
        *process = child;
    else if (child > 0)
        waitpid(child, NULL, 0);
    return problem;
}
