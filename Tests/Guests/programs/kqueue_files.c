// Event queues: files and directories (EVFILT_VNODE, EVFILT_READ and EVFILT_WRITE of kqueue(2)).
#include "events.h"

static struct kernel_event event, events[8];
static const unsigned everything = NOTE_DELETE | NOTE_WRITE | NOTE_EXTEND | NOTE_ATTRIB | NOTE_LINK | NOTE_RENAME;

// The notes of the next event, 0 when there is none.
static unsigned notes(int queue) { return next_event(queue, &event, 100) == 1 ? event.notes : 0; }

static void watching(void) {
    int queue = (int)sys_kqueue();
    int file = (int)sys_open("kq.file", O_RDWR | O_CREAT | O_TRUNC, 0644);
    check_equal("EVFILT_VNODE", change_event(queue, file, EVFILT_VNODE, EV_ADD | EV_CLEAR, everything, 0), 0);
    check_equal("nothing yet", events_now(queue, events, 8), 0);
    sys_write(file, "abc", 3);
    check_equal("a longer file", notes(queue), NOTE_WRITE | NOTE_EXTEND);
    check_equal("told once", events_now(queue, events, 8), 0);
    sys_pwrite(file, "x", 1, 0);
    check_equal("another content", notes(queue), NOTE_WRITE);
    sys_fchmod(file, 0600);
    check_equal("another mode", notes(queue), NOTE_ATTRIB);
    sys_link("kq.file", "kq.link");
    check_equal("another name", notes(queue), NOTE_LINK);
    sys_rename("kq.file", "kq.moved");
    check_equal("a new name", notes(queue), NOTE_RENAME);
    sys_unlink("kq.moved");
    check_equal("a name less", notes(queue), NOTE_DELETE);
    sys_unlink("kq.link");
    check_equal("no name", notes(queue), NOTE_DELETE);
    sys_close(file);
    check_equal("closed", events_now(queue, events, 8), 0);

    file = (int)sys_open("kq.file", O_RDWR | O_CREAT, 0644);
    change_event(queue, file, EVFILT_VNODE, EV_ADD | EV_CLEAR, NOTE_OPEN | NOTE_CLOSE | NOTE_CLOSE_WRITE | NOTE_READ, 0);
    int reader = (int)sys_open("kq.file", O_RDONLY, 0);
    check_equal("opened", notes(queue), NOTE_OPEN);
    char byte;
    sys_write(file, "y", 1);
    sys_read(reader, &byte, 1);
    check_equal("read", notes(queue), NOTE_READ);
    sys_close(reader);
    check_equal("closed by a reader", notes(queue), NOTE_CLOSE);
    int writer = (int)sys_open("kq.file", O_WRONLY, 0);
    sys_close(writer);
    check_equal("opened and closed by a writer", notes(queue), NOTE_OPEN | NOTE_CLOSE_WRITE);
    // filt_vfsvnode: who asks for one of the notes of a change gets all of them.
    change_event(queue, file, EVFILT_VNODE, EV_ADD | EV_CLEAR, NOTE_WRITE, 0);
    sys_write(file, "yy", 2);
    check_equal("a longer file for who asks for writes", notes(queue), NOTE_WRITE | NOTE_EXTEND);
    // Only what is asked for.
    change_event(queue, file, EVFILT_VNODE, EV_ADD, NOTE_ATTRIB, 0);
    sys_write(file, "z", 1);
    check_equal("what nobody asked for", notes(queue), 0);
    sys_close(file);
    sys_unlink("kq.file");

    int pipe[2];
    sys_pipe2(pipe, 0);
    check_errno("a pipe has no vnode", change_event(queue, pipe[0], EVFILT_VNODE, EV_ADD, NOTE_WRITE, 0), EINVAL);
    sys_close(pipe[0]), sys_close(pipe[1]);
    sys_close(queue);
}

static void directories(void) {
    int queue = (int)sys_kqueue();
    sys_mkdir("kq.folder", 0755);
    int folder = (int)sys_open("kq.folder", O_RDONLY | O_DIRECTORY, 0);
    change_event(queue, folder, EVFILT_VNODE, EV_ADD | EV_CLEAR, everything, 0);
    int file = (int)sys_open("kq.folder/a", O_RDWR | O_CREAT, 0644);
    sys_close(file);
    check("a new file", notes(queue) & NOTE_WRITE);
    sys_rename("kq.folder/a", "kq.folder/b");
    check("a renamed file", notes(queue) & NOTE_WRITE);
    sys_unlink("kq.folder/b");
    check("a removed file", notes(queue) & NOTE_WRITE);
    sys_mkdir("kq.folder/sub", 0755);
    check("a new directory", notes(queue) & NOTE_WRITE);
    sys_rmdir("kq.folder/sub");
    check("a removed directory", notes(queue) & NOTE_WRITE);
    sys_rename("kq.folder", "kq.other");
    check_equal("a new name", notes(queue), NOTE_RENAME);
    sys_rmdir("kq.other");
    check("gone", notes(queue) & NOTE_DELETE);
    sys_close(folder), sys_close(queue);
}

static void contents(void) {
    int queue = (int)sys_kqueue();
    int file = (int)sys_open("kq.data", O_RDWR | O_CREAT | O_TRUNC, 0644);
    change_event(queue, file, EVFILT_READ, EV_ADD, 0, 0);
    check_equal("an empty file", events_now(queue, events, 8), 0);
    sys_write(file, "hello", 5);
    check_equal("the offset is at the end", events_now(queue, events, 8), 0);
    sys_lseek(file, 2, SEEK_SET);
    change_event(queue, file, EVFILT_READ, EV_ADD, 0, 0);
    check_equal("before the end", events_now(queue, events, 8), 1);
    check_equal("what is left", (long)events[0].data, 3);
    char buffer[8];
    sys_read(file, buffer, 8);
    check_equal("at the end", events_now(queue, events, 8), 0);
    int child = (int)sys_fork();
    if (child == 0) {
        struct timespec time = {0, 20000000};
        sys_nanosleep(&time, 0);
        int own = (int)sys_open("kq.data", O_WRONLY, 0);
        sys_exit(sys_pwrite(own, "ab", 2, 5) == 2 ? 0 : 1);
    }
    check_equal("somebody writes", next_event(queue, &event, 5000), 1);
    check_equal("how much", (long)event.data, 2);
    wait_for(child);
    change_event(queue, file, EVFILT_READ, EV_DELETE, 0, 0);
    sys_lseek(file, 0, SEEK_END);
    change_event(queue, file, EVFILT_READ, EV_ADD, NOTE_FILE_POLL, 0);
    check_equal("NOTE_FILE_POLL", events_now(queue, events, 8), 1);
    check_equal("without data", (long)events[0].data, 0);
    change_event(queue, file, EVFILT_READ, EV_DELETE, 0, 0);
    change_event(queue, file, EVFILT_WRITE, EV_ADD, 0, 0);
    check_equal("a file can always be written", events_now(queue, events, 8), 1);
    check_equal("EVFILT_WRITE", events[0].filter, EVFILT_WRITE);
    sys_close(file), sys_close(queue);
    sys_unlink("kq.data");
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    watching();
    directories();
    contents();
    return checks_failed();
}
