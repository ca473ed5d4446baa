// The calls for sockets of 4.3BSD, whose addresses begin with a family of 16 bits and have no length: struct osockaddr
// in sys/sys/socket.h, and COMPAT_43 in sys/kern/uipc_syscalls.c.
#include "../../runtime/network.h"

struct old_address { uint16_t family; uint8_t data[14]; };

static char buffer[64];

static int connection[2];

static void connect_both(void) { connected(connection); }
static void pair_both(void) { sys_socketpair(AF_UNIX, SOCK_STREAM, 0, connection); }

// A connection that waits at a listener.
static int listener_with_peer(void) {
    int listener = listening();
    struct address4 address = loopback(port_of(listener));
    int socket = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    sys_connect(socket, &address, sizeof address);
    return listener;
}

static void check_loopback(const struct old_address *address) {
    static const uint8_t host[4] = {127, 0, 0, 1};
    check_equal("family", address->family, AF_INET);
    check_equal("host", memcmp(address->data + 2, host, 4), 0);
}

// What all calls with a socket refuse.
typedef long socket_call(int socket);

static void check_others(socket_call *call) {
    check_errno("not open", call(200), EBADF);
    check_errno("negative", call(-1), EBADF);
    check_errno("file", call(plain_file()), ENOTSOCK);
}

static long accept_at(int socket) { return sys_oaccept(socket, 0, 0); }
static long send_to(int socket) { return sys_osend(socket, "x", 1, 0); }
static long receive_from(int socket) { return sys_orecv(socket, buffer, 1, MSG_DONTWAIT); }
static long receive_name(int socket) { return sys_orecvfrom(socket, buffer, 1, MSG_DONTWAIT, 0, 0); }

static long peer_of(int socket) {
    unsigned size = sizeof buffer;
    return sys_ogetpeername(socket, buffer, &size);
}

static long name_of(int socket) {
    unsigned size = sizeof buffer;
    return sys_ogetsockname(socket, buffer, &size);
}

CASE(oaccept, "gives the peer's address in the old form") {
    struct old_address address;
    unsigned size = sizeof address;
    check("oaccept", sys_oaccept(listener_with_peer(), &address, &size) >= 0);
    check_equal("size", size, sizeof address);
    check_loopback(&address);
}

CASE(oaccept, "needs no place for the address") { check("oaccept", accept_at(listener_with_peer()) >= 0); }
CASE(oaccept, "refuses what is no socket") { check_others(accept_at); }

CASE(oaccept, "refuses sockets that do not listen") {
    check_errno("stream", accept_at((int)sys_socket(AF_INET, SOCK_STREAM, 0)), EINVAL);
}

CASE(oaccept, "does not wait when it must not") {
    int listener = listening();
    sys_fcntl(listener, 4, O_NONBLOCK);
    check_errno("oaccept", accept_at(listener), EAGAIN);
}

CASE(osend, "sends to the peer") {
    pair_both();
    check_equal("osend", sys_osend(connection[0], "abc", 3, 0), 3);
    check_equal("read", sys_read(connection[1], buffer, 9), 3);
    check_equal("bytes", memcmp(buffer, "abc", 3), 0);
}

CASE(osend, "refuses what is no socket") { check_others(send_to); }

CASE(osend, "refuses a socket without a peer") {
    check_errno("stream", send_to((int)sys_socket(AF_UNIX, SOCK_STREAM, 0)), ENOTCONN);
    check_errno("datagrams", send_to((int)sys_socket(AF_INET, SOCK_DGRAM, 0)), EDESTADDRREQ);
}

// sosend_generic: ENOTCONN, and no signal.
CASE(osend, "refuses a TCP socket that was never connected") {
    check_errno("osend", send_to((int)sys_socket(AF_INET, SOCK_STREAM, 0)), ENOTCONN);
}

CASE(osend, "refuses a bad address") {
    pair_both();
    check_errno("osend", sys_osend(connection[0], unmapped_page(), 1, 0), EFAULT);
}

CASE(osend, "raises SIGPIPE when the peer is gone, unless told not to") {
    pair_both();
    sys_close(connection[1]);
    check_errno("MSG_NOSIGNAL", sys_osend(connection[0], "x", 1, MSG_NOSIGNAL), EPIPE);
    set_handler(SIGPIPE, SIG_IGN, 0);
    check_errno("ignored", send_to(connection[0]), EPIPE);
}

CASE(orecv, "receives, and leaves what it only looks at") {
    pair_both();
    sys_write(connection[0], "abc", 3);
    check_equal("look", sys_orecv(connection[1], buffer, 9, MSG_PEEK), 3);
    check_equal("take", sys_orecv(connection[1], buffer, 2, 0), 2);
    check_equal("the rest", sys_orecv(connection[1], buffer, 9, 0), 1);
    check_equal("byte", buffer[0], 'c');
}

CASE(orecv, "refuses what is no socket") { check_others(receive_from); }

CASE(orecv, "does not wait with MSG_DONTWAIT") {
    pair_both();
    check_errno("orecv", receive_from(connection[0]), EAGAIN);
}

CASE(orecv, "tells the end, and refuses a socket without a peer") {
    pair_both();
    sys_close(connection[1]);
    check_equal("end", receive_from(connection[0]), 0);
    check_errno("no peer", receive_from((int)sys_socket(AF_INET, SOCK_STREAM, 0)), ENOTCONN);
}

CASE(orecv, "refuses a bad address") {
    pair_both();
    sys_write(connection[0], "abc", 3);
    check_errno("orecv", sys_orecv(connection[1], unmapped_page(), 3, 0), EFAULT);
}

CASE(orecvfrom, "tells the sender in the old form") {
    int receiver = datagrams(), sender = datagrams();
    struct address4 to = loopback(port_of(receiver));
    struct old_address from;
    unsigned size = sizeof from;
    sys_sendto(sender, "abc", 3, 0, &to, sizeof to);
    check_equal("orecvfrom", sys_orecvfrom(receiver, buffer, 9, 0, &from, &size), 3);
    check_equal("size", size, sizeof from);
    check_loopback(&from);
}

CASE(orecvfrom, "needs no place for the sender") {
    pair_both();
    sys_write(connection[0], "abc", 3);
    check_equal("orecvfrom", receive_name(connection[1]), 1);
}

CASE(orecvfrom, "refuses what is no socket") { check_others(receive_name); }

CASE(orecvfrom, "does not wait with MSG_DONTWAIT") { check_errno("orecvfrom", receive_name(datagrams()), EAGAIN); }

CASE(ogetpeername, "tells the peer in the old form") {
    struct old_address address;
    unsigned size = sizeof address;
    connect_both();
    check_equal("ogetpeername", sys_ogetpeername(connection[0], &address, &size), 0);
    check_equal("size", size, sizeof address);
    check_loopback(&address);
}

CASE(ogetpeername, "refuses who has no peer") {
    check_errno("stream", peer_of((int)sys_socket(AF_INET, SOCK_STREAM, 0)), ENOTCONN);
    check_errno("datagrams", peer_of(datagrams()), ENOTCONN);
}

CASE(ogetpeername, "refuses what is no socket") { check_others(peer_of); }

CASE(ogetpeername, "refuses bad addresses") {
    unsigned size = 16;
    connect_both();
    check_errno("size", sys_ogetpeername(connection[0], buffer, unmapped_page()), EFAULT);
    check_errno("address", sys_ogetpeername(connection[0], unmapped_page(), &size), EFAULT);
}

CASE(ogetsockname, "tells the address in the old form") {
    struct old_address address;
    unsigned size = sizeof address;
    int socket = datagrams();
    check_equal("ogetsockname", sys_ogetsockname(socket, &address, &size), 0);
    check_loopback(&address);
    check_equal("port", address.data[0] << 8 | address.data[1], port_of(socket));
}

CASE(ogetsockname, "cuts the address to its place") {
    struct old_address address = {0, {0xaa, 0xaa, 0xaa, 0xaa}};
    unsigned size = 4;
    check_equal("ogetsockname", sys_ogetsockname(datagrams(), &address, &size), 0);
    check_equal("family", address.family, AF_INET);
    check_equal("not beyond", address.data[2], 0xaa);
}

CASE(ogetsockname, "refuses what is no socket") { check_others(name_of); }

CASE(ogetsockname, "refuses bad addresses") {
    unsigned size = 16;
    check_errno("size", sys_ogetsockname(datagrams(), buffer, unmapped_page()), EFAULT);
    check_errno("address", sys_ogetsockname(datagrams(), unmapped_page(), &size), EFAULT);
}
