// Event queues and sockets: data, room, connections, ends and errors (EVFILT_READ, EVFILT_WRITE, EVFILT_EMPTY).
#include "events.h"



static struct kernel_event event, events[8];

static uint16_t big(uint16_t value) { return MACHINE_BIG_ENDIAN ? value : (uint16_t)(value << 8 | value >> 8); }

static struct address4 loopback(int port) {
    struct address4 address = {16, AF_INET, big((uint16_t)port), {127, 0, 0, 1}, {0}};
    return address;
}

static const struct kernel_event *find(long count, int filter) {
    for (long i = 0; i < count; i++)
        if (events[i].filter == filter) return &events[i];
    return 0;
}

static void pairs(void) {
    int queue = (int)sys_kqueue(), ends[2];
    check_equal("socketpair", sys_socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    change_event(queue, ends[0], EVFILT_READ, EV_ADD, 0, 0);
    change_event(queue, ends[0], EVFILT_WRITE, EV_ADD | EV_CLEAR, 0, 0);
    check_equal("both filters of a socket", events_now(queue, events, 8), 1);
    check_equal("room", events[0].filter, EVFILT_WRITE);
    check("how much", events[0].data >= 2048);
    check_equal("told once", events_now(queue, events, 8), 0);
    sys_write(ends[1], "123", 3);
    const struct kernel_event *read = find(events_now(queue, events, 8), EVFILT_READ);
    check("data", read != 0 && read->data == 3);
    sys_shutdown(ends[1], SHUT_WR);
    read = find(events_now(queue, events, 8), EVFILT_READ);
    check("EV_EOF with data", read != 0 && read->data == 3 && (read->flags & EV_EOF));
    sys_close(ends[1]);
    long count = events_now(queue, events, 8);
    check("the other side is gone for reading", find(count, EVFILT_READ) && (find(count, EVFILT_READ)->flags & EV_EOF));
    check("and writing", find(count, EVFILT_WRITE) && (find(count, EVFILT_WRITE)->flags & EV_EOF));
    sys_close(ends[0]);

    sys_socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
    change_event(queue, ends[0], EVFILT_READ, EV_ADD, NOTE_LOWAT, 4);
    sys_write(ends[1], "12", 2);
    check_equal("below NOTE_LOWAT", events_now(queue, events, 8), 0);
    sys_close(ends[0]), sys_close(ends[1]);
    sys_close(queue);
}

static void connections(void) {
    int queue = (int)sys_kqueue(), listener = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    struct address4 address = loopback(0);
    unsigned size = sizeof address;
    sys_bind(listener, &address, sizeof address);
    sys_getsockname(listener, &address, &size);
    sys_listen(listener, 5);
    change_event(queue, listener, EVFILT_READ, EV_ADD, 0, 0);
    check_equal("nobody connects", events_now(queue, events, 8), 0);

    // A socket that is not connected has no events, as one would expect; the host says otherwise.
    int client = (int)sys_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    change_event(queue, client, EVFILT_READ, EV_ADD | EV_CLEAR, 0, 0);
    change_event(queue, client, EVFILT_WRITE, EV_ADD | EV_CLEAR, 0, 0);
    check_equal("a socket that is not connected", next_event(queue, &event, 20), 0);
    long result = sys_connect(client, &address, sizeof address);
    check("connect", result == 0 || result == -EINPROGRESS);
    // The connection may be there before the queue is looked at: then the listener is told of first.
    int is_connected = 0;
    for (int i = 0; i < 10 && !is_connected; i++)
        is_connected = next_event(queue, &event, 1000) == 1 && event.filter == EVFILT_WRITE;
    check("it is connected", is_connected && event.identifier == (unsigned long)client && !(event.flags & EV_EOF));
    int second = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    sys_connect(second, &address, sizeof address);
    struct timespec moment = {0, 20000000};
    sys_nanosleep(&moment, 0);
    long count = events_now(queue, events, 8);
    const struct kernel_event *waiting = 0;
    for (long i = 0; i < count; i++)
        if (events[i].identifier == (unsigned long)listener) waiting = &events[i];
    check("connections wait", waiting != 0 && waiting->data == 2);
    int server = (int)sys_accept(listener, 0, 0);
    check("accept", server > 0);
    change_event(queue, client, EVFILT_READ, EV_DELETE, 0, 0);
    change_event(queue, client, EVFILT_WRITE, EV_DELETE, 0, 0);
    change_event(queue, listener, EVFILT_READ, EV_DELETE, 0, 0);

    change_event(queue, client, EVFILT_READ, EV_ADD, 0, 0);
    check_equal("nothing to read", events_now(queue, events, 8), 0);
    sys_write(server, "hello", 5);
    check_equal("something", next_event(queue, &event, 5000), 1);
    check_equal("how much", (long)event.data, 5);
    check("no EV_EOF", !(event.flags & EV_EOF));
    sys_close(server);
    sys_nanosleep(&moment, 0);
    check_equal("the server closes", next_event(queue, &event, 5000), 1);
    check("EV_EOF", event.flags & EV_EOF);
    check_equal("what is left", (long)event.data, 5);
    check_equal("without error", event.notes, 0);
    change_event(queue, client, EVFILT_READ, EV_DELETE, 0, 0);
    check_equal("EVFILT_EMPTY", change_event(queue, second, EVFILT_EMPTY, EV_ADD, 0, 0), 0);
    check_equal("everything is sent", events_now(queue, events, 8), 1);
    check_equal("by its filter", events[0].filter, EVFILT_EMPTY);
    sys_close(second), sys_close(client), sys_close(listener), sys_close(queue);
}

// A socket that holds bytes of another's becomes empty when they are read, and who waits for that is woken.
static void emptying(void) {
    int queue = (int)sys_kqueue(), pair[2];
    static char bytes[4096];
    struct timespec moment = {0, 20000000};
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    sys_write(pair[0], bytes, sizeof bytes);
    check_equal("EVFILT_EMPTY", change_event(queue, pair[0], EVFILT_EMPTY, EV_ADD | EV_CLEAR, 0, 0), 0);
    check_equal("not yet empty", events_now(queue, events, 8), 0);
    int child = (int)sys_fork();
    if (child == 0) {
        sys_nanosleep(&moment, 0);
        for (long left = sizeof bytes; left > 0;)
            left -= sys_read(pair[1], bytes, sizeof bytes);
        guest_exit(0);
    }
    check_equal("empty at last", next_event(queue, &event, 5000), 1);
    check_equal("by its filter", event.filter, EVFILT_EMPTY);
    check_equal("and only once", events_now(queue, events, 8), 0);
    check_equal("the reader", wait_for(child), 0);
    sys_close(pair[0]), sys_close(pair[1]), sys_close(queue);
}

static void refusal(void) {
    int queue = (int)sys_kqueue(), listener = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    struct address4 address = loopback(0);
    unsigned size = sizeof address;
    // A port that nobody listens at.
    sys_bind(listener, &address, sizeof address);
    sys_getsockname(listener, &address, &size);
    int client = (int)sys_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    change_event(queue, client, EVFILT_WRITE, EV_ADD | EV_CLEAR, 0, 0);
    long result = sys_connect(client, &address, sizeof address);
    check("connect to nobody", result == -EINPROGRESS || result == -ECONNREFUSED);
    if (result == -EINPROGRESS) {
        check_equal("is told", next_event(queue, &event, 5000), 1);
        check("EV_EOF", event.flags & EV_EOF);
        check_equal("fflags is the error", event.notes, ECONNREFUSED);
        int error = 0;
        size = sizeof error;
        sys_getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &size);
        check_equal("SO_ERROR tells it still", error, ECONNREFUSED);
        sys_getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &size);
        check_equal("once", error, 0);
    }
    sys_close(client), sys_close(listener), sys_close(queue);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    pairs();
    connections();
    emptying();
    refusal();
    return checks_failed();
}
