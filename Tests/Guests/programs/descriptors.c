// Descriptors that are not files: pipes, poll, select, dup, fcntl, ioctl.
#include "guest.h"

static int is_set(const struct fd_set *set, int descriptor) {
    return (int)(set->bits[descriptor / 64] >> (descriptor % 64)) & 1;
}

static void set(struct fd_set *set, int descriptor) { set->bits[descriptor / 64] |= 1ul << (descriptor % 64); }

static void pipes(void) {
    int pipe[2];
    char buffer[64];
    check_equal("pipe2", sys_pipe2(pipe, 0), 0);
    check_equal("write to a pipe", sys_write(pipe[1], "hello", 5), 5);
    int available = -1;
    check_equal("FIONREAD", sys_ioctl(pipe[0], FIONREAD, &available), 0);
    check_equal("bytes in the pipe", available, 5);
    check_equal("read from a pipe", sys_read(pipe[0], buffer, sizeof buffer), 5);
    check_errno("lseek on a pipe", sys_lseek(pipe[0], 0, SEEK_SET), ESPIPE);
    check_errno("pread on a pipe", sys_pread(pipe[0], buffer, 1, 0), ESPIPE);
    struct file_status status;
    check_equal("fstat of a pipe", sys_fstat(pipe[0], &status), 0);
    check_equal("its type", status.mode & S_IFMT, S_IFIFO);

    check_equal("F_SETFL O_NONBLOCK", sys_fcntl(pipe[0], F_SETFL, O_NONBLOCK), 0);
    check("F_GETFL", sys_fcntl(pipe[0], F_GETFL, 0) & O_NONBLOCK);
    check_errno("read of an empty pipe", sys_read(pipe[0], buffer, 1), EAGAIN);
    int on = 0;
    check_equal("FIONBIO off", sys_ioctl(pipe[0], FIONBIO, &on), 0);
    check("O_NONBLOCK is gone", !(sys_fcntl(pipe[0], F_GETFL, 0) & O_NONBLOCK));
    sys_close(pipe[1]);
    check_equal("read at the end", sys_read(pipe[0], buffer, 1), 0);
    sys_close(pipe[0]);
    check_errno("read of a closed descriptor", sys_read(pipe[0], buffer, 1), EBADF);
    check_errno("close of a closed descriptor", sys_close(pipe[0]), EBADF);

    set_handler(SIGPIPE, SIG_IGN, 0);
    sys_pipe2(pipe, O_CLOEXEC | O_NONBLOCK);
    check_equal("pipe2 with O_CLOEXEC", sys_fcntl(pipe[0], F_GETFD, 0), FD_CLOEXEC);
    check("pipe2 with O_NONBLOCK", sys_fcntl(pipe[1], F_GETFL, 0) & O_NONBLOCK);
    sys_close(pipe[0]);
    check_errno("write without a reader", sys_write(pipe[1], "x", 1), EPIPE);
    sys_close(pipe[1]);
    check_errno("pipe2 with wrong flags", sys_pipe2(pipe, 1), EINVAL);
    check_errno("pipe2 to a wild pointer", sys_pipe2((int *)8, 0), EFAULT);

    struct raw_syscall call = {.number = 42};
    raw_syscall(&call);
    check_equal("the old pipe(2)", call.error, 0);
    check("returns two descriptors", call.first >= 3 && call.second > call.first);
    check_equal("that form a pipe", sys_write((int)call.second, "ab", 2), 2);
    check_equal("its other end", sys_read((int)call.first, buffer, 8), 2);
    sys_close((int)call.first), sys_close((int)call.second);
}

static void waiting(void) {
    int pipe[2];
    sys_pipe2(pipe, 0);
    struct pollfd polled[3] = {{pipe[0], POLLIN, 99}, {pipe[1], POLLOUT, 99}, {-1, POLLIN, 99}};
    check_equal("poll", sys_poll(polled, 3, 0), 1);
    check_equal("nothing to read", polled[0].ready, 0);
    check_equal("room to write", polled[1].ready, POLLOUT);
    check_equal("a negative descriptor", polled[2].ready, 0);
    sys_write(pipe[1], "x", 1);
    polled[0].events = POLLIN | POLLRDNORM;
    check_equal("poll with data", sys_poll(polled, 1, 1000), 1);
    check_equal("POLLIN and POLLRDNORM", polled[0].ready, POLLIN | POLLRDNORM);
    polled[2].descriptor = 999;
    check_equal("poll with a bad descriptor", sys_poll(polled + 2, 1, 0), 1);
    check_equal("POLLNVAL", polled[2].ready, POLLNVAL);
    check_errno("poll of a wild array", sys_poll((struct pollfd *)8, 1, 0), EFAULT);

    struct fd_set in = {{0}}, out = {{0}};
    set(&in, pipe[0]), set(&out, pipe[1]);
    struct timeval timeout = {1, 0};
    check_equal("select", sys_select(pipe[1] + 1, &in, &out, 0, &timeout), 2);
    check("both are ready", is_set(&in, pipe[0]) && is_set(&out, pipe[1]));
    char byte;
    sys_read(pipe[0], &byte, 1);
    timeout = (struct timeval){0, 10000};
    check_equal("select times out", sys_select(pipe[1] + 1, &in, 0, 0, &timeout), 0);
    check("and clears the set", !is_set(&in, pipe[0]));
    check_errno("select with a negative count", sys_select(-1, 0, 0, 0, &timeout), EINVAL);
    set(&in, 77);
    check_errno("select of a closed descriptor", sys_select(78, &in, 0, 0, &timeout), EBADF);
    struct timespec moment = {0, 1000000};
    check_equal("ppoll times out", sys_ppoll(polled, 1, &moment, 0), 0);
    struct fd_set none = {{0}};
    check_equal("pselect times out", sys_pselect(0, &none, 0, 0, &moment, 0), 0);
    sys_close(pipe[1]);
    check_equal("poll of a pipe without writer", sys_poll(polled, 1, 0), 1);
    check("POLLHUP", polled[0].ready & POLLHUP);
    sys_close(pipe[0]);
}

static void copies(void) {
    int first = (int)sys_open("/dev/null", O_RDWR, 0);
    int second = (int)sys_dup(first);
    check_equal("dup takes the lowest number", second, first + 1);
    check_equal("dup2", sys_dup2(first, 40), 40);
    check_equal("F_DUPFD", sys_fcntl(first, F_DUPFD, 50), 50);
    check_equal("F_DUPFD_CLOEXEC", sys_fcntl(first, F_DUPFD_CLOEXEC, 50), 51);
    check_equal("is marked", sys_fcntl(51, F_GETFD, 0), FD_CLOEXEC);
    check_equal("F_SETFD", sys_fcntl(50, F_SETFD, FD_CLOEXEC), 0);
    check_equal("F_GETFD", sys_fcntl(50, F_GETFD, 0), FD_CLOEXEC);
    check_errno("dup of a bad descriptor", sys_dup(999), EBADF);
    check_errno("dup2 to a negative number", sys_dup2(first, -1), EBADF);
    check_errno("an unknown fcntl", sys_fcntl(first, 9999, 0), EINVAL);
    check_equal("close_range", sys_close_range(40, 60, 0), 0);
    check_errno("has closed", sys_fcntl(50, F_GETFD, 0), EBADF);
    sys_close(first), sys_close(second);

    char terminal[64];
    int null = (int)sys_open("/dev/null", O_RDWR, 0);
    check_errno("TIOCGETA of no terminal", sys_ioctl(null, TIOCGETA, terminal), ENOTTY);
    check_errno("TIOCGWINSZ of no terminal", sys_ioctl(null, TIOCGWINSZ, terminal), ENOTTY);
    check_errno("an unknown ioctl", sys_ioctl(null, 0x20005a7f, 0), ENOTTY);
    check_errno("ioctl of a bad descriptor", sys_ioctl(999, TIOCGETA, terminal), EBADF);
    sys_close(null);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    pipes();
    waiting();
    copies();
    return checks_failed();
}
