// Message queues of System V: msgget(2), msgsnd(2), msgrcv(2), msgctl(2).
#include "../../runtime/children.h"
#include "../../runtime/interprocess.h"

static struct typed_text message;

static int own_queue(void) {
    int queue = (int)sys_msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    check("msgget", queue >= 0);
    return queue;
}

static long send(int queue, long type, const char *text) {
    message.type = type;
    memcpy(message.text, text, string_length(text));
    return sys_msgsnd(queue, &message, string_length(text), IPC_NOWAIT);
}

static long receive(int queue, long type, int flags) {
    memset(&message, 0, sizeof message);
    return sys_msgrcv(queue, &message, sizeof message.text, type, flags | IPC_NOWAIT);
}

static void remove_queue(int queue) { sys_msgctl(queue, IPC_RMID, 0); }

CASE(msgget, "makes and finds a queue") {
    long key = some_key();
    int queue = (int)sys_msgget(key, IPC_CREAT | IPC_EXCL | 0600);
    check("made", queue >= 0);
    check_equal("found", sys_msgget(key, 0), queue);
    check_errno("IPC_EXCL", sys_msgget(key, IPC_CREAT | IPC_EXCL | 0600), EEXIST);
    remove_queue(queue);
    check_errno("removed", sys_msgget(key, 0), ENOENT);
}

CASE(msgget, "makes another private queue each time") {
    int first = own_queue(), second = own_queue();
    check("two", first != second);
    remove_queue(first);
    remove_queue(second);
}

CASE(msgsnd, "keeps the order") {
    int queue = own_queue();
    check_equal("first", send(queue, 1, "one"), 0);
    check_equal("second", send(queue, 2, "second"), 0);
    check_equal("length", receive(queue, 0, 0), 3);
    check("first", message.type == 1 && string_equal(message.text, "one"));
    check_equal("length", receive(queue, 0, 0), 6);
    check("second", message.type == 2 && string_equal(message.text, "second"));
    remove_queue(queue);
}

CASE(msgsnd, "sends nothing but a type") {
    int queue = own_queue();
    check_equal("msgsnd", send(queue, 9, ""), 0);
    check_equal("msgrcv", receive(queue, 0, 0), 0);
    check_equal("type", message.type, 9);
    remove_queue(queue);
}

CASE(msgsnd, "refuses types that are none") {
    int queue = own_queue();
    check_errno("0", send(queue, 0, "x"), EINVAL);
    check_errno("-1", send(queue, -1, "x"), EINVAL);
    remove_queue(queue);
}

CASE(msgsnd, "refuses messages that are too long") {
    static char large[65536];
    int queue = own_queue();
    message.type = 1;
    large[sizeof(long) - 1] = large[0] = 1;
    check_errno("msgsnd", sys_msgsnd(queue, large, sizeof large - 8, IPC_NOWAIT), EINVAL);
    remove_queue(queue);
}

// msgsnd(2): EAGAIN when there is no room (msg_qbytes) and it may not wait.
CASE(msgsnd, "does not wait for room when it must not") {
    int queue = own_queue(), sent = 0;
    long result = 0;
    while (sent < 10000 && (result = send(queue, 1, "0123456789012345678901234567890123456789")) == 0) sent++;
    check_errno("msgsnd", result, EAGAIN);
    check("some", sent > 10);
    remove_queue(queue);
}

CASE(msgsnd, "refuses others") {
    int queue = own_queue();
    check_errno("no queue", send(-1, 1, "x"), EINVAL);
    check_errno("bad address", sys_msgsnd(queue, unmapped_page(), 1, IPC_NOWAIT), EFAULT);
    remove_queue(queue);
    check_errno("removed", send(queue, 1, "x"), EINVAL);
}

CASE(msgrcv, "chooses by type") {
    int queue = own_queue();
    send(queue, 3, "three");
    send(queue, 1, "one");
    send(queue, 2, "two");
    check_equal("type 1", receive(queue, 1, 0), 3);
    check_equal("which", message.type, 1);
    check_equal("the lowest up to 2", receive(queue, -2, 0), 3);
    check_equal("which", message.type, 2);
    check_errno("no such type", receive(queue, 1, 0), ENOMSG);
    check_equal("any", receive(queue, 0, 0), 5);
    remove_queue(queue);
}

CASE(msgrcv, "gives the lowest type first with a negative one") {
    int queue = own_queue();
    send(queue, 5, "e");
    send(queue, 2, "b");
    send(queue, 4, "d");
    check_equal("first", receive(queue, -9, 0) == 1 ? message.type : -1, 2);
    check_equal("second", receive(queue, -9, 0) == 1 ? message.type : -1, 4);
    check_equal("third", receive(queue, -9, 0) == 1 ? message.type : -1, 5);
    remove_queue(queue);
}

CASE(msgrcv, "refuses too small a place") {
    int queue = own_queue();
    send(queue, 1, "long text");
    check_errno("msgrcv", sys_msgrcv(queue, &message, 4, 0, IPC_NOWAIT), E2BIG);
    check_equal("MSG_NOERROR", sys_msgrcv(queue, &message, 4, 0, IPC_NOWAIT | MSG_NOERROR), 4);
    check_errno("the rest is lost", receive(queue, 0, 0), ENOMSG);
    remove_queue(queue);
}

CASE(msgrcv, "waits") {
    int queue = own_queue(), child = (int)sys_fork();
    if (child == 0) {
        pause_milliseconds(50);
        send(queue, 4, "late");
        guest_exit(0);
    }
    check_equal("msgrcv", sys_msgrcv(queue, &message, sizeof message.text, 4, 0), 4);
    wait_for(child);
    remove_queue(queue);
}

CASE(msgrcv, "ends when the queue is removed") {
    int queue = own_queue(), ends[2];
    sys_pipe2(ends, 0);
    int child = (int)sys_fork();
    if (child == 0) {
        sys_write(ends[1], "x", 1);
        guest_exit(sys_msgrcv(queue, &message, 8, 0, 0) == -EIDRM ? 0 : 1);
    }
    // Nothing tells that the child waits; on a busy machine it takes its time.
    sys_read(ends[0], &message, 1);
    pause_milliseconds(300);
    remove_queue(queue);
    check_equal("EIDRM", wait_for(child), 0);
}

CASE(msgrcv, "refuses others") {
    int queue = own_queue();
    check_errno("no queue", receive(-1, 0, 0), EINVAL);
    check_errno("nothing", receive(queue, 0, 0), ENOMSG);
    send(queue, 1, "x");
    check_errno("bad address", sys_msgrcv(queue, unmapped_page(), 8, 0, IPC_NOWAIT), EFAULT);
    remove_queue(queue);
}

CASE(msgctl, "tells of a queue") {
    int queue = own_queue();
    struct queue_status status;
    send(queue, 1, "12345");
    check_equal("IPC_STAT", sys_msgctl(queue, IPC_STAT, &status), 0);
    check_equal("messages", (long)status.messages, 1);
    check_equal("bytes", (long)status.bytes, 5);
    check_equal("sender", status.sender, sys_getpid());
    check_equal("mode", status.permission.mode & 0777, 0600);
    remove_queue(queue);
}

CASE(msgctl, "sets the mode and the room") {
    int queue = own_queue();
    struct queue_status status;
    sys_msgctl(queue, IPC_STAT, &status);
    status.permission.mode = 0644;
    status.limit = 100;
    check_equal("IPC_SET", sys_msgctl(queue, IPC_SET, &status), 0);
    sys_msgctl(queue, IPC_STAT, &status);
    check("as set", (status.permission.mode & 0777) == 0644 && status.limit == 100);
    check_equal("within", send(queue, 1, "0123456789012345678901234567890123456789"), 0);
    check_equal("within", send(queue, 1, "0123456789012345678901234567890123456789"), 0);
    check_errno("beyond", send(queue, 1, "0123456789012345678901234567890123456789"), EAGAIN);
    remove_queue(queue);
}

CASE(msgctl, "refuses others") {
    int queue = own_queue();
    struct queue_status status;
    check_errno("command", sys_msgctl(queue, 77, &status), EINVAL);
    check_errno("no queue", sys_msgctl(-1, IPC_STAT, &status), EINVAL);
    check_errno("bad address", sys_msgctl(queue, IPC_STAT, unmapped_page()), EFAULT);
    remove_queue(queue);
}
