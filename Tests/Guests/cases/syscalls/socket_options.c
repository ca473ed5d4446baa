// Options of sockets: setsockopt(2), getsockopt(2).
#include "../../runtime/network.h"

struct linger { int on, seconds; };

static int stream(void) { return (int)sys_socket(AF_INET, SOCK_STREAM, 0); }

CASE(getsockopt, "tells what a socket is") {
    check_equal("SO_TYPE", option(stream(), SOL_SOCKET, SO_TYPE), SOCK_STREAM);
    check_equal("SO_TYPE", option(datagrams(), SOL_SOCKET, SO_TYPE), SOCK_DGRAM);
    check_equal("SO_PROTOCOL", option(stream(), SOL_SOCKET, SO_PROTOCOL), IPPROTO_TCP);
    check_equal("SO_DOMAIN", option(stream(), SOL_SOCKET, SO_DOMAIN), AF_INET);
}

CASE(getsockopt, "has no error at first") { check_equal("SO_ERROR", option(stream(), SOL_SOCKET, SO_ERROR), 0); }

CASE(getsockopt, "tells an error once") {
    int listener = listening(), client = (int)sys_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct address4 address = loopback(port_of(listener));
    sys_close(listener);
    long result = sys_connect(client, &address, sizeof address);
    struct pollfd polled = {client, POLLOUT, 0};
    sys_poll(&polled, 1, 2000);
    if (result == -EINPROGRESS) check_equal("SO_ERROR", option(client, SOL_SOCKET, SO_ERROR), ECONNREFUSED);
    else check_errno("at once", result, ECONNREFUSED);
    check_equal("once", option(client, SOL_SOCKET, SO_ERROR), 0);
}

// sooptcopyout: the value is cut to the place.
CASE(getsockopt, "cuts the value to its place") {
    uint8_t value[8] = {9, 9, 9, 9, 9, 9, 9, 9};
    unsigned size = 2;
    check_equal("getsockopt", sys_getsockopt(stream(), SOL_SOCKET, SO_TYPE, value, &size), 0);
    check_equal("size", size, 2);
    check_equal("untouched", value[2], 9);
    size = 8;
    check_equal("getsockopt", sys_getsockopt(stream(), SOL_SOCKET, SO_TYPE, value, &size), 0);
    check_equal("size", size, 4);
}

CASE(getsockopt, "refuses unknown options") {
    check_errno("option", option(stream(), SOL_SOCKET, 0x7777), ENOPROTOOPT);
    check_errno("of TCP", option(stream(), IPPROTO_TCP, 0x7777), ENOPROTOOPT);
}

CASE(getsockopt, "refuses others") {
    int value;
    unsigned size = sizeof value;
    check_errno("file", option(plain_file(), SOL_SOCKET, SO_TYPE), ENOTSOCK);
    check_errno("not open", option(300, SOL_SOCKET, SO_TYPE), EBADF);
    check_errno("bad size", sys_getsockopt(stream(), SOL_SOCKET, SO_TYPE, &value, unmapped_page()), EFAULT);
    check_errno("bad address", sys_getsockopt(stream(), SOL_SOCKET, SO_TYPE, unmapped_page(), &size), EFAULT);
    size = (unsigned)-5;
    check_errno("negative size", sys_getsockopt(stream(), SOL_SOCKET, SO_TYPE, &value, &size), EINVAL);
}

// sogetopt gives the option's own bit of so_options, not 1.
CASE(setsockopt, "turns switches on and off") {
    static const int switches[] = {SO_REUSEADDR, SO_KEEPALIVE, SO_REUSEPORT, SO_BROADCAST};
    int socket = stream();
    for (unsigned i = 0; i < COUNT_OF(switches); i++) {
        check_equal("off at first", option(socket, SOL_SOCKET, switches[i]), 0);
        check_equal("on", set_option(socket, SOL_SOCKET, switches[i], 1), 0);
        check_equal("its bit", option(socket, SOL_SOCKET, switches[i]), switches[i]);
        check_equal("off", set_option(socket, SOL_SOCKET, switches[i], 0), 0);
        check_equal("off again", option(socket, SOL_SOCKET, switches[i]), 0);
    }
}

CASE(setsockopt, "sets the sizes of buffers") {
    int socket = stream();
    check_equal("send", set_option(socket, SOL_SOCKET, SO_SNDBUF, 20000), 0);
    check_equal("receive", set_option(socket, SOL_SOCKET, SO_RCVBUF, 30000), 0);
    check_equal("SO_SNDBUF", option(socket, SOL_SOCKET, SO_SNDBUF), 20000);
    check_equal("SO_RCVBUF", option(socket, SOL_SOCKET, SO_RCVBUF), 30000);
}

CASE(setsockopt, "refuses buffers of no size") {
    check_errno("0", set_option(stream(), SOL_SOCKET, SO_SNDBUF, 0), EINVAL);
    check_errno("-1", set_option(stream(), SOL_SOCKET, SO_RCVBUF, -1), EINVAL);
}

CASE(setsockopt, "sets SO_LINGER") {
    int socket = stream();
    struct linger linger = {1, 7}, got = {0, 0};
    unsigned size = sizeof got;
    check_equal("setsockopt", sys_setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
    check_equal("getsockopt", sys_getsockopt(socket, SOL_SOCKET, SO_LINGER, &got, &size), 0);
    check("seconds", got.on != 0 && got.seconds == 7);
    linger.seconds = -1;
    check_errno("negative", sys_setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), EDOM);
    check_errno("short", sys_setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, 4), EINVAL);
}

CASE(setsockopt, "sets time limits") {
    int socket = stream();
    struct timeval time = {3, 250000}, got = {0, 0};
    unsigned size = sizeof got;
    check_equal("setsockopt", sys_setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time), 0);
    check_equal("getsockopt", sys_getsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &got, &size), 0);
    check("time", got.seconds == 3 && got.microseconds >= 240000 && got.microseconds <= 260000);
    time.microseconds = 1000000;
    check_errno("no time", sys_setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time), EDOM);
}

CASE(setsockopt, "sets options of TCP") {
    int socket = stream();
    check_equal("TCP_NODELAY", set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1), 0);
    check("on", option(socket, IPPROTO_TCP, TCP_NODELAY) != 0);
    check_equal("TCP_KEEPIDLE", set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 100), 0);
    check_equal("as set", option(socket, IPPROTO_TCP, TCP_KEEPIDLE), 100);
}

CASE(setsockopt, "sets options of IP") {
    int socket = datagrams();
    check_equal("IP_TTL", set_option(socket, IPPROTO_IP, IP_TTL, 33), 0);
    check_equal("as set", option(socket, IPPROTO_IP, IP_TTL), 33);
    check_equal("IP_TOS", set_option(socket, IPPROTO_IP, IP_TOS, 16), 0);
    check_equal("as set", option(socket, IPPROTO_IP, IP_TOS), 16);
    check_errno("256", set_option(socket, IPPROTO_IP, IP_TTL, 256), EINVAL);
}

CASE(setsockopt, "lets an address be used again") {
    int first = stream(), second = stream();
    struct address4 address = loopback(0);
    set_option(first, SOL_SOCKET, SO_REUSEPORT, 1);
    set_option(second, SOL_SOCKET, SO_REUSEPORT, 1);
    sys_bind(first, &address, sizeof address);
    address = loopback(port_of(first));
    check_equal("bind", sys_bind(second, &address, sizeof address), 0);
}

CASE(setsockopt, "spares who sets SO_NOSIGPIPE") {
    int ends[2];
    struct signal_set set = signal_set_of(SIGPIPE), pending;
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    check_equal("setsockopt", set_option(ends[0], SOL_SOCKET, SO_NOSIGPIPE, 1), 0);
    sys_close(ends[1]);
    check_errno("write", sys_write(ends[0], "x", 1), EPIPE);
    sys_sigpending(&pending);
    check("no signal", !signal_set_has(&pending, SIGPIPE));
}

CASE(setsockopt, "refuses unknown options") {
    check_errno("option", set_option(stream(), SOL_SOCKET, 0x7777, 1), ENOPROTOOPT);
    check_errno("of TCP", set_option(stream(), IPPROTO_TCP, 0x7777, 1), ENOPROTOOPT);
    check_errno("SO_TYPE", set_option(stream(), SOL_SOCKET, SO_TYPE, 1), ENOPROTOOPT);
}

// sooptcopyin: EINVAL when the value is shorter than the option.
CASE(setsockopt, "refuses values that are too short") {
    char byte = 1;
    check_errno("1", sys_setsockopt(stream(), SOL_SOCKET, SO_REUSEADDR, &byte, 1), EINVAL);
    check_errno("0", sys_setsockopt(stream(), SOL_SOCKET, SO_REUSEADDR, &byte, 0), EINVAL);
}

CASE(setsockopt, "refuses others") {
    check_errno("file", set_option(plain_file(), SOL_SOCKET, SO_REUSEADDR, 1), ENOTSOCK);
    check_errno("not open", set_option(300, SOL_SOCKET, SO_REUSEADDR, 1), EBADF);
    check_errno("bad address", sys_setsockopt(stream(), SOL_SOCKET, SO_REUSEADDR, unmapped_page(), 4), EFAULT);
    int value = 1;
    check_errno("negative size", sys_setsockopt(stream(), SOL_SOCKET, SO_REUSEADDR, &value, -4), EINVAL);
}

CASE(getsockopt, "tells the peer of a local socket") {
    struct external_credentials credentials;
    unsigned size = sizeof credentials;
    int listener = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0), client = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    struct local_address address = local("name");
    sys_bind(listener, &address, address.size);
    sys_listen(listener, 1);
    sys_connect(client, &address, address.size);
    check_equal("getsockopt", sys_getsockopt(client, SOL_LOCAL, LOCAL_PEERCRED, &credentials, &size), 0);
    check_equal("user", credentials.user, sys_geteuid());
    check("group", credentials.group_count >= 1 && credentials.groups[0] == (uint32_t)sys_getegid());
}

CASE(setsockopt, "binds IPv6 to IPv6") {
    int socket = (int)sys_socket(AF_INET6, SOCK_STREAM, 0);
    if (socket < 0) skip_case("no IPv6");
    check("IPV6_V6ONLY", option(socket, IPPROTO_IPV6, IPV6_V6ONLY) != 0);
    check_equal("off", set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0), 0);
    check_equal("is off", option(socket, IPPROTO_IPV6, IPV6_V6ONLY), 0);
}
