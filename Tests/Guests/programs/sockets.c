// Sockets of all families as programs use them: addresses, connections, datagrams, options, errors.
#include "guest.h"

static uint16_t big(uint16_t value) { return MACHINE_BIG_ENDIAN ? value : (uint16_t)(value << 8 | value >> 8); }

static struct address4 loopback(int port) {
    struct address4 address = {16, AF_INET, big((uint16_t)port), {127, 0, 0, 1}, {0}};
    return address;
}

static struct address6 loopback6(int port) {
    struct address6 address = {28, AF_INET6, big((uint16_t)port), 0, {0}, 0};
    address.address[15] = 1;
    return address;
}

static int option(int socket, int level, int name) {
    int value = -1;
    unsigned size = sizeof value;
    long result = sys_getsockopt(socket, level, name, &value, &size);
    return result < 0 ? (int)result : size == sizeof value ? value : -1000;
}

static long set_option(int socket, int level, int name, int value) {
    return sys_setsockopt(socket, level, name, &value, sizeof value);
}

static void making(void) {
    int socket = (int)sys_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    check("socket", socket >= 0);
    check_equal("SOCK_CLOEXEC", sys_fcntl(socket, F_GETFD, 0), FD_CLOEXEC);
    check("SOCK_NONBLOCK", sys_fcntl(socket, F_GETFL, 0) & O_NONBLOCK);
    check_equal("SO_TYPE", option(socket, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
    check_equal("SO_PROTOCOL", option(socket, SOL_SOCKET, SO_PROTOCOL), IPPROTO_TCP);
    check_equal("SO_DOMAIN", option(socket, SOL_SOCKET, SO_DOMAIN), AF_INET);
    struct file_status status;
    sys_fstat(socket, &status);
    check_equal("is a socket", status.mode & S_IFMT, 0140000);
    check_errno("getpeername without a peer", sys_getpeername(socket, &status, &(unsigned){16}), ENOTCONN);
    sys_close(socket);
    check_errno("an unknown family", sys_socket(77, SOCK_STREAM, 0), EAFNOSUPPORT);
    check_errno("AF_UNSPEC", sys_socket(AF_UNSPEC, SOCK_STREAM, 0), EAFNOSUPPORT);
    check_errno("an unknown flag", sys_socket(AF_INET, SOCK_STREAM | 0x40000000, 0), EINVAL);
    check_errno("SCTP", sys_socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP), EPROTONOSUPPORT);
    check_errno("UDP as a stream", sys_socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
    check_errno("an unknown type", sys_socket(AF_UNIX, 9, 0), EPROTOTYPE);
    check_errno("socketpair of AF_INET", sys_socketpair(AF_INET, SOCK_STREAM, 0, &(int[2]){0}[0]), EOPNOTSUPP);
    int file = (int)sys_open("/dev/null", O_RDWR, 0);
    check_errno("listen on a file", sys_listen(file, 1), ENOTSOCK);
    check_errno("getsockopt of a file", option(file, SOL_SOCKET, SO_TYPE), ENOTSOCK);
    check_errno("shutdown of a file", sys_shutdown(file, SHUT_RD), ENOTSOCK);
    sys_close(file);
    check_errno("send to nowhere", sys_sendto(file, "x", 1, 0, 0, 0), EBADF);
    check_equal("setfib 0", sys_setfib(0), 0);
    check_errno("setfib 1", sys_setfib(1), EINVAL);
}

// A listening TCP socket of the loopback; its port comes back.
static int listening(int *port) {
    struct address4 address = loopback(0);
    unsigned size = sizeof address;
    int socket = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    check_equal("SO_REUSEADDR", set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1), 0);
    check_equal("reads as its bit", option(socket, SOL_SOCKET, SO_REUSEADDR), SO_REUSEADDR);
    check_equal("bind", sys_bind(socket, &address, sizeof address), 0);
    check_equal("SO_ACCEPTCONN before", option(socket, SOL_SOCKET, SO_ACCEPTCONN), 0);
    check_equal("listen", sys_listen(socket, 5), 0);
    check_equal("SO_ACCEPTCONN after", option(socket, SOL_SOCKET, SO_ACCEPTCONN), SO_ACCEPTCONN);
    check_equal("SO_LISTENQLIMIT", option(socket, SOL_SOCKET, SO_LISTENQLIMIT), 5);
    check_equal("getsockname", sys_getsockname(socket, &address, &size), 0);
    check("its length and family", size == 16 && address.size == 16 && address.family == AF_INET);
    *port = big(address.port);
    check("has a port", *port > 0);
    return socket;
}

static void tcp(void) {
    int port;
    int listener = listening(&port);
    struct address4 to = loopback(port), from;
    unsigned size = sizeof from;
    int client = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    check_equal("connect", sys_connect(client, &to, sizeof to), 0);
    check_errno("connect again", sys_connect(client, &to, sizeof to), EISCONN);
    memset(&from, 0, sizeof from);
    int server = (int)sys_accept(listener, &from, &size);
    check("accept", server >= 0);
    check("tells the peer", size == 16 && from.size == 16 && from.family == AF_INET && from.address[0] == 127);
    struct address4 own;
    size = sizeof own;
    sys_getsockname(client, &own, &size);
    check("the client's port", own.port == from.port && own.port != 0);
    size = 4;
    memset(&own, 0xee, sizeof own);
    check_equal("getpeername with little room", sys_getpeername(client, &own, &size), 0);
    check("is cut", size == 4 && own.port == to.port && own.address[0] == 0xee);
    check_errno("with a negative room", sys_getpeername(client, &own, &(unsigned){0x80000000u}), EINVAL);

    char buffer[64];
    check_equal("send", sys_sendto(client, "hello", 5, 0, 0, 0), 5);
    check_errno("send with an address", sys_sendto(client, "x", 1, 0, &to, sizeof to), EISCONN);
    check_equal("recv MSG_PEEK", sys_recvfrom(server, buffer, 64, MSG_PEEK, 0, 0), 5);
    int available = 0;
    check_equal("FIONREAD", sys_ioctl(server, FIONREAD, &available), 0);
    check_equal("its bytes", available, 5);
    size = sizeof from;
    check_equal("recvfrom", sys_recvfrom(server, buffer, 64, 0, &from, &size), 5);
    check_equal("a stream tells no address", size, 0);
    check_errno("recv MSG_DONTWAIT", sys_recvfrom(server, buffer, 64, MSG_DONTWAIT, 0, 0), EAGAIN);
    sys_sendto(client, "ab", 2, 0, 0, 0);
    sys_write(client, "cd", 2);
    check_equal("recv MSG_WAITALL", sys_recvfrom(server, buffer, 4, MSG_WAITALL, 0, 0), 4);
    check("its data", memcmp(buffer, "abcd", 4) == 0);

    check_equal("TCP_NODELAY", set_option(client, IPPROTO_TCP, TCP_NODELAY, 1), 0);
    check("is on", option(client, IPPROTO_TCP, TCP_NODELAY) > 0);
    check_equal("SO_KEEPALIVE", set_option(client, SOL_SOCKET, SO_KEEPALIVE, 1), 0);
    check_equal("TCP_KEEPIDLE", set_option(client, IPPROTO_TCP, TCP_KEEPIDLE, 77), 0);
    check_equal("is kept", option(client, IPPROTO_TCP, TCP_KEEPIDLE), 77);
    check_equal("TCP_KEEPINTVL", set_option(client, IPPROTO_TCP, TCP_KEEPINTVL, 7), 0);
    check_equal("is kept", option(client, IPPROTO_TCP, TCP_KEEPINTVL), 7);
    check_equal("TCP_KEEPCNT", set_option(client, IPPROTO_TCP, TCP_KEEPCNT, 3), 0);
    check("TCP_MAXSEG", option(client, IPPROTO_TCP, TCP_MAXSEG) > 100);
    unsigned char information[236];
    size = sizeof information;
    check_equal("TCP_INFO", sys_getsockopt(client, IPPROTO_TCP, TCP_INFO, information, &size), 0);
    check("ESTABLISHED", size == 236 && information[0] == 4);
    check_equal("IP_TOS", set_option(client, IPPROTO_IP, IP_TOS, 0x10), 0);
    check_equal("is kept", option(client, IPPROTO_IP, IP_TOS), 0x10);
    check_equal("IP_TTL", set_option(client, IPPROTO_IP, IP_TTL, 33), 0);
    check_equal("is kept", option(client, IPPROTO_IP, IP_TTL), 33);
    check_errno("an unknown option", option(client, SOL_SOCKET, 0x7777), ENOPROTOOPT);
    check_errno("an unknown option of TCP", set_option(client, IPPROTO_TCP, 3000, 1), ENOPROTOOPT);
    check_errno("too short a value", sys_setsockopt(client, SOL_SOCKET, SO_REUSEADDR, "x", 1), EINVAL);
    check_errno("no value", sys_setsockopt(client, SOL_SOCKET, SO_REUSEADDR, 0, 4), EFAULT);
    check_errno("a negative length", sys_setsockopt(client, SOL_SOCKET, SO_REUSEADDR, "x", -1), EINVAL);
    check_equal("SO_RCVBUF", set_option(client, SOL_SOCKET, SO_RCVBUF, 40000), 0);
    check_equal("is what was set", option(client, SOL_SOCKET, SO_RCVBUF), 40000);
    check_errno("SO_SNDBUF of 0", set_option(client, SOL_SOCKET, SO_SNDBUF, 0), EINVAL);
    struct { int on, seconds; } linger = {1, 2};
    check_equal("SO_LINGER", sys_setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
    size = sizeof linger;
    check_equal("SO_LINGER back", sys_getsockopt(client, SOL_SOCKET, SO_LINGER, &linger, &size), 0);
    check("its value", linger.on == SO_LINGER && linger.seconds == 2);
    linger.on = 0;
    sys_setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);

    check_equal("shutdown", sys_shutdown(client, SHUT_WR), 0);
    check_errno("an unknown way", sys_shutdown(client, 7), EINVAL);
    check_equal("the peer reads the end", sys_recvfrom(server, buffer, 64, 0, 0, 0), 0);
    set_handler(SIGPIPE, SIG_IGN, 0);
    check_errno("send after it", sys_sendto(client, "x", 1, 0, 0, 0), EPIPE);
    sys_close(client), sys_close(server);
    check_equal("accept without an address", sys_fcntl(listener, F_SETFL, O_NONBLOCK), 0);
    check_errno("without a connection", sys_accept(listener, 0, 0), EAGAIN);
    client = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    sys_connect(client, &to, sizeof to);
    server = (int)sys_accept(listener, 0, 0);
    check("accept inherits O_NONBLOCK", sys_fcntl(server, F_GETFL, 0) & O_NONBLOCK);
    sys_close(client), sys_close(server);
    client = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    sys_connect(client, &to, sizeof to);
    server = (int)sys_accept4(listener, 0, 0, SOCK_CLOEXEC);
    check("accept4 does not", !(sys_fcntl(server, F_GETFL, 0) & O_NONBLOCK));
    check_equal("but has SOCK_CLOEXEC", sys_fcntl(server, F_GETFD, 0), FD_CLOEXEC);
    check_errno("accept4 with wrong flags", sys_accept4(listener, 0, 0, 1), EINVAL);
    check_errno("accept with a wild length", sys_accept(listener, &from, (unsigned *)8), EFAULT);
    sys_close(client), sys_close(server), sys_close(listener);

    client = (int)sys_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    long result = sys_connect(client, &to, sizeof to);
    check("connect without waiting", result == -EINPROGRESS || result == -ECONNREFUSED);
    struct pollfd polled = {client, POLLOUT, 0};
    sys_poll(&polled, 1, 5000);
    check("SO_ERROR", result == -ECONNREFUSED || option(client, SOL_SOCKET, SO_ERROR) == ECONNREFUSED);
    sys_close(client);
    client = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    check_errno("connect to nobody", sys_connect(client, &to, sizeof to), ECONNREFUSED);
    check_errno("a wrong length", sys_connect(client, &to, 15), EINVAL);
    check_errno("no length", sys_connect(client, &to, 1), EINVAL);
    check_errno("much length", sys_connect(client, &to, 256), ENAMETOOLONG);
    check_errno("a wild address", sys_connect(client, (void *)8, 16), EFAULT);
    to.family = 99;
    check_errno("a wrong family", sys_connect(client, &to, sizeof to), EAFNOSUPPORT);
    sys_close(client);
}

static void udp(void) {
    struct address4 address = loopback(0), from;
    unsigned size = sizeof address;
    int receiver = (int)sys_socket(AF_INET, SOCK_DGRAM, 0), sender = (int)sys_socket(AF_INET, SOCK_DGRAM, 0);
    check_equal("bind UDP", sys_bind(receiver, &address, sizeof address), 0);
    sys_getsockname(receiver, &address, &size);
    check_errno("bind the same", sys_bind(sender, &address, sizeof address), EADDRINUSE);
    check_equal("sendto", sys_sendto(sender, "datagram", 8, 0, &address, sizeof address), 8);
    char buffer[64];
    size = sizeof from;
    check_equal("recvfrom", sys_recvfrom(receiver, buffer, sizeof buffer, 0, &from, &size), 8);
    check("tells the sender", size == 16 && from.size == 16 && from.family == AF_INET && from.port != 0);
    check_errno("send without an address", sys_sendto(sender, "x", 1, 0, 0, 0), EDESTADDRREQ);
    check_equal("connect UDP", sys_connect(sender, &address, sizeof address), 0);
    check_errno("sendto when connected", sys_sendto(sender, "x", 1, 0, &address, sizeof address), EISCONN);
    check_equal("send", sys_sendto(sender, "0123456789", 10, 0, 0, 0), 10);
    struct iovec parts[2] = {{buffer, 2}, {buffer + 10, 3}};
    struct message message = {&from, sizeof from, parts, 2, 0, 0, 0};
    check_equal("recvmsg cuts", sys_recvmsg(receiver, &message, 0), 5);
    check_equal("and says so", message.flags & MSG_TRUNC, MSG_TRUNC);
    check("parts", memcmp(buffer, "01", 2) == 0 && memcmp(buffer + 10, "234", 3) == 0);
    check_equal("msg_namelen", message.name_size, 16);
    struct address4 none = {16, AF_UNSPEC, 0, {0}, {0}};
    check_errno("connect to AF_UNSPEC", sys_connect(sender, &none, sizeof none), EAFNOSUPPORT);
    check_errno("ends the connection", sys_getpeername(sender, &from, &size), ENOTCONN);
    struct timeval limit = {0, 20000};
    check_equal("SO_RCVTIMEO", sys_setsockopt(receiver, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
    check_errno("ends a wait", sys_recvfrom(receiver, buffer, 1, 0, 0, 0), EAGAIN);
    memset(&limit, 0, sizeof limit);
    size = sizeof limit;
    check_equal("SO_RCVTIMEO back", sys_getsockopt(receiver, SOL_SOCKET, SO_RCVTIMEO, &limit, &size), 0);
    check("its value", limit.seconds == 0 && limit.microseconds == 20000 && size == sizeof limit);
    limit.microseconds = 1000000;
    check_errno("a wrong time", sys_setsockopt(receiver, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), EDOM);
    static char large[70000];
    check_errno("too large a datagram", sys_sendto(sender, large, sizeof large, 0, &address, sizeof address), EMSGSIZE);

    unsigned char hops = 9;
    check_equal("IP_MULTICAST_TTL as a byte", sys_setsockopt(sender, IPPROTO_IP, IP_MULTICAST_TTL, &hops, 1), 0);
    check_equal("is kept", option(sender, IPPROTO_IP, IP_MULTICAST_TTL), 9);
    check_errno("beyond a byte", set_option(sender, IPPROTO_IP, IP_MULTICAST_TTL, 256), EINVAL);
    check_equal("IP_MULTICAST_LOOP", set_option(sender, IPPROTO_IP, IP_MULTICAST_LOOP, 0), 0);
    check_equal("is off", option(sender, IPPROTO_IP, IP_MULTICAST_LOOP), 0);
    unsigned char request[8] = {224, 0, 0, 251, 127, 0, 0, 1};
    check_equal("IP_ADD_MEMBERSHIP", sys_setsockopt(sender, IPPROTO_IP, IP_ADD_MEMBERSHIP, request, 8), 0);
    check_errno("again", sys_setsockopt(sender, IPPROTO_IP, IP_ADD_MEMBERSHIP, request, 8), EADDRINUSE);
    check_equal("IP_DROP_MEMBERSHIP", sys_setsockopt(sender, IPPROTO_IP, IP_DROP_MEMBERSHIP, request, 8), 0);
    check_errno("again", sys_setsockopt(sender, IPPROTO_IP, IP_DROP_MEMBERSHIP, request, 8), EADDRNOTAVAIL);
    sys_close(receiver), sys_close(sender);
}

static void ipv6(void) {
    struct address6 address = loopback6(0), from;
    unsigned size = sizeof address;
    int listener = (int)sys_socket(AF_INET6, SOCK_STREAM, 0);
    if (listener == -EAFNOSUPPORT) {
        check("no IPv6 here", 1);
        return;
    }
    check_equal("IPV6_V6ONLY is on", option(listener, IPPROTO_IPV6, IPV6_V6ONLY), 1);
    check_equal("can be off", set_option(listener, IPPROTO_IPV6, IPV6_V6ONLY, 0), 0);
    check_equal("SO_DOMAIN", option(listener, SOL_SOCKET, SO_DOMAIN), AF_INET6);
    check_equal("IPV6_UNICAST_HOPS", set_option(listener, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 12), 0);
    check_equal("is kept", option(listener, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 12);
    if (sys_bind(listener, &address, sizeof address) == -EADDRNOTAVAIL) {
        check("no ::1 here", 1);
        sys_close(listener);
        return;
    }
    sys_listen(listener, 1);
    sys_getsockname(listener, &address, &size);
    check("an address of IPv6", size == 28 && address.size == 28 && address.family == AF_INET6 && address.port);
    int client = (int)sys_socket(AF_INET6, SOCK_STREAM, 0);
    check_equal("connect to ::1", sys_connect(client, &address, sizeof address), 0);
    size = sizeof from;
    int server = (int)sys_accept(listener, &from, &size);
    check("accept", server >= 0 && size == 28 && from.family == AF_INET6 && from.address[15] == 1);
    sys_close(client), sys_close(server), sys_close(listener);
}

static char *own_path;
static volatile int pipe_signals;
static void on_pipe(int signal) { pipe_signals += signal == SIGPIPE; }

static void signals(void) {
    int pair[2];
    set_handler(SIGPIPE, (void *)on_pipe, SA_RESTART);
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    sys_close(pair[1]);
    check_errno("send without a peer", sys_sendto(pair[0], "x", 1, 0, 0, 0), EPIPE);
    check_equal("raises SIGPIPE", pipe_signals, 1);
    check_errno("with MSG_NOSIGNAL", sys_sendto(pair[0], "x", 1, MSG_NOSIGNAL, 0, 0), EPIPE);
    check_equal("it does not", pipe_signals, 1);
    check_errno("write", sys_write(pair[0], "x", 1), EPIPE);
    check_equal("does", pipe_signals, 2);
    check_equal("SO_NOSIGPIPE", set_option(pair[0], SOL_SOCKET, SO_NOSIGPIPE, 1), 0);
    check_equal("is on", option(pair[0], SOL_SOCKET, SO_NOSIGPIPE), SO_NOSIGPIPE);
    check_errno("write", sys_write(pair[0], "x", 1), EPIPE);
    struct iovec part = {"x", 1};
    check_errno("writev", sys_writev(pair[0], &part, 1), EPIPE);
    check_errno("send", sys_sendto(pair[0], "x", 1, 0, 0, 0), EPIPE);
    struct message message = {0, 0, &part, 1, 0, 0, 0};
    check_errno("sendmsg", sys_sendmsg(pair[0], &message, 0), EPIPE);
    check_equal("none raises a signal", pipe_signals, 2);
    // Another program has the socket as it is.
    int child = (int)sys_fork();
    if (child == 0) {
        char number[16], *then[] = {own_path, "write-to", format_string(number, sizeof number, "%d", pair[0]), 0};
        sys_execve(own_path, then, guest_environment);
        guest_exit(1);
    }
    check_equal("nor for the next program", wait_for(child), 44 << 8);
    sys_close(pair[0]);
}

static volatile int alarms;
static void on_alarm(int signal) { alarms += signal == SIGALRM; }

static void interrupted(void) {
    int pair[2];
    char buffer[8];
    struct itimerval soon = {{0, 0}, {0, 30000}}, never = {{0, 0}, {0, 0}};
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    set_handler(SIGALRM, (void *)on_alarm, 0);
    sys_setitimer(ITIMER_REAL, &soon, 0);
    check_errno("recv is interrupted", sys_recvfrom(pair[0], buffer, 8, 0, 0, 0), EINTR);
    sys_setitimer(ITIMER_REAL, &soon, 0);
    struct iovec part = {buffer, 8};
    char control[256];
    struct message message = {0, 0, &part, 1, control, sizeof control, 0};
    check_errno("recvmsg is interrupted", sys_recvmsg(pair[0], &message, 0), EINTR);
    int port;
    int listener = listening(&port);
    sys_setitimer(ITIMER_REAL, &soon, 0);
    check_errno("accept is interrupted", sys_accept(listener, 0, 0), EINTR);
    check_equal("by the handler", alarms, 3);
    set_handler(SIGALRM, (void *)on_alarm, SA_RESTART);
    struct timeval limit = {0, 100000};
    sys_setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sys_setitimer(ITIMER_REAL, &soon, 0);
    check_errno("recv is restarted until its limit", sys_recvfrom(pair[0], buffer, 8, 0, 0, 0), EAGAIN);
    check_equal("after the handler", alarms, 4);
    sys_setitimer(ITIMER_REAL, &never, 0);
    sys_close(pair[0]), sys_close(pair[1]), sys_close(listener);
}

static void files(void) {
    static char data[20000], received[30000];
    for (unsigned i = 0; i < sizeof data; i++)
        data[i] = (char)(i * 7);
    char name[] = "sockets-file";
    int pair[2], file = (int)sys_open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    sys_write(file, data, sizeof data);
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    struct iovec before[2] = {{"head", 4}, {"er", 2}}, after = {"end", 3};
    struct file_headers headers = {before, 2, &after, 1};
    int64_t sent = -1;
    check_equal("sendfile", sys_sendfile(file, pair[0], 100, 0, &headers, &sent, 0), 0);
    check_equal("bytes sent", sent, 6 + 19900 + 3);
    size_t size = 0;
    while (size < (size_t)sent) {
        long count = sys_read(pair[1], received + size, sizeof received - size);
        if (count <= 0) break;
        size += (size_t)count;
    }
    check_equal("bytes received", (long)size, sent);
    check("headers", memcmp(received, "header", 6) == 0);
    check("the file", memcmp(received + 6, data + 100, 19900) == 0);
    check("trailers", memcmp(received + 6 + 19900, "end", 3) == 0);
    check_equal("a part", sys_sendfile(file, pair[0], 0, 10, 0, &sent, 0), 0);
    check_equal("of 10 bytes", sent, 10);
    check_equal("beyond the end", sys_sendfile(file, pair[0], 50000, 10, 0, &sent, 0), 0);
    check_equal("nothing", sent, 0);
    check_errno("a negative offset", sys_sendfile(file, pair[0], -1, 0, 0, &sent, 0), EINVAL);
    check_errno("from a socket", sys_sendfile(pair[0], pair[1], 0, 0, 0, 0, 0), EINVAL);
    check_errno("to a file", sys_sendfile(file, file, 0, 0, 0, 0, 0), ENOTSOCK);
    check_errno("wild headers", sys_sendfile(file, pair[0], 0, 0, (void *)8, 0, 0), EFAULT);
    sys_fcntl(pair[0], F_SETFL, O_NONBLOCK);
    long result = 0;
    for (int i = 0; i < 1000 && result == 0; i++)
        result = sys_sendfile(file, pair[0], 0, 0, 0, &sent, 0);
    check_errno("a full socket", result, EAGAIN);
    check("tells how much went", sent >= 0 && sent < (int64_t)sizeof data);
    sys_close(pair[0]), sys_close(pair[1]), sys_close(file);
    sys_unlink(name);
}

// A signal that comes along with connect does not keep the connection from being begun: EINTR says that it is under way
// (kern_connectat).
static void connecting_among_signals(void) {
    int port, lost = 0, wrong = 0, before = alarms;
    int listener = listening(&port);
    struct address4 to = loopback(port), from;
    set_handler(SIGALRM, (void *)on_alarm, SA_RESTART);
    for (int i = 0; i < 1000; i++) {
        struct itimerval soon = {{0, 2000}, {0, 1 + i % 300}}, never = {{0, 0}, {0, 0}};
        int client = (int)sys_socket(AF_INET, SOCK_STREAM | (i % 2 ? SOCK_NONBLOCK : 0), 0);
        sys_setitimer(ITIMER_REAL, &soon, 0);
        for (volatile int spin = 0; spin < i % 97 * 8; spin++) {}
        long result = sys_connect(client, &to, sizeof to);
        sys_setitimer(ITIMER_REAL, &never, 0);
        wrong += result != 0 && result != -EINPROGRESS && result != -EINTR;
        struct pollfd room = {client, POLLOUT, 0};
        unsigned size = sizeof from;
        lost += sys_poll(&room, 1, 2000) != 1 || sys_getpeername(client, &from, &size) != 0;
        if (lost)
            break;
        sys_close((int)sys_accept(listener, 0, 0)), sys_close(client);
    }
    sys_close(listener);
    check("signals came", alarms > before);
    check_equal("connect among signals", wrong, 0);
    check_equal("no connection is lost", lost, 0);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)environment;
    own_path = arguments[0];
    if (argument_count == 3) {
        int socket = 0;
        for (char *digit = arguments[2]; *digit; digit++)
            socket = socket * 10 + *digit - '0';
        guest_exit(sys_write(socket, "x", 1) == -EPIPE && option(socket, SOL_SOCKET, SO_NOSIGPIPE) != 0 ? 44 : 45);
    }
    making();
    tcp();
    udp();
    ipv6();
    signals();
    interrupted();
    connecting_among_signals();
    files();
    return checks_failed();
}
