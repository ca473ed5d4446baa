// Making, naming and connecting sockets: socket(2), bind(2), listen(2), accept(2), connect(2), shutdown(2).
#include "../../runtime/network.h"

CASE(socket, "makes sockets of all kinds that there are") {
    check("TCP", sys_socket(AF_INET, SOCK_STREAM, 0) >= 0);
    check("TCP by name", sys_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) >= 0);
    check("UDP", sys_socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) >= 0);
    check("local stream", sys_socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
    check("local datagrams", sys_socket(AF_UNIX, SOCK_DGRAM, 0) >= 0);
    check("local packets", sys_socket(AF_UNIX, SOCK_SEQPACKET, 0) >= 0);
}

CASE(socket, "sets flags of the descriptor") {
    int plain = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    check_equal("no FD_CLOEXEC", sys_fcntl(plain, F_GETFD, 0), 0);
    check_equal("O_RDWR", sys_fcntl(plain, F_GETFL, 0), O_RDWR);
    int flagged = (int)sys_socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    check_equal("SOCK_CLOEXEC", sys_fcntl(flagged, F_GETFD, 0), FD_CLOEXEC);
    check_equal("SOCK_NONBLOCK", sys_fcntl(flagged, F_GETFL, 0), O_RDWR | O_NONBLOCK);
}

CASE(socket, "refuses families that are not there") {
    check_errno("99", sys_socket(99, SOCK_STREAM, 0), EAFNOSUPPORT);
    check_errno("-1", sys_socket(-1, SOCK_STREAM, 0), EAFNOSUPPORT);
}

// socreate: EPROTOTYPE when the family has no such type, EPROTONOSUPPORT when it has no such protocol.
CASE(socket, "refuses types and protocols that a family does not have") {
    check_errno("type", sys_socket(AF_UNIX, 9, 0), EPROTOTYPE);
    check_errno("protocol", sys_socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
    check_errno("local protocol", sys_socket(AF_UNIX, SOCK_STREAM, 99), EPROTONOSUPPORT);
}

CASE(socket, "refuses ordinary users raw sockets") {
    become_ordinary_user();
    check_errno("raw", sys_socket(AF_INET, SOCK_RAW, 1), EPERM);
}

CASE(socketpair, "connects two sockets") {
    int ends[2];
    char text[8] = {0};
    check_equal("socketpair", sys_socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    check_equal("write", sys_write(ends[0], "hello", 5), 5);
    check_equal("read", sys_read(ends[1], text, 8), 5);
    check_string("text", text, "hello");
}

CASE(socketpair, "keeps the bounds of datagrams") {
    int ends[2];
    char text[8];
    check_equal("socketpair", sys_socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
    sys_write(ends[0], "one", 3);
    sys_write(ends[0], "three", 5);
    check_equal("first", sys_read(ends[1], text, 8), 3);
    check_equal("second", sys_read(ends[1], text, 8), 5);
}

CASE(socketpair, "sets flags of both descriptors") {
    int ends[2];
    check_equal("socketpair", sys_socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    check_equal("first", sys_fcntl(ends[0], F_GETFD, 0), FD_CLOEXEC);
    check_equal("second", sys_fcntl(ends[1], F_GETFL, 0), O_RDWR | O_NONBLOCK);
}

CASE(socketpair, "refuses other families") {
    int ends[2];
    check_errno("AF_INET", sys_socketpair(AF_INET, SOCK_STREAM, 0, ends), EOPNOTSUPP);
    check_errno("unknown", sys_socketpair(99, SOCK_STREAM, 0, ends), EAFNOSUPPORT);
}

CASE(socketpair, "refuses a bad address") {
    check_errno("socketpair", sys_socketpair(AF_UNIX, SOCK_STREAM, 0, unmapped_page()), EFAULT);
}

CASE(bind, "gives a port") {
    int socket = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    struct address4 address = loopback(0);
    check_equal("bind", sys_bind(socket, &address, sizeof address), 0);
    check("a port", port_of(socket) > 0);
}

CASE(bind, "refuses an address in use") {
    int first = listening(), second = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    struct address4 address = loopback(port_of(first));
    check_errno("bind", sys_bind(second, &address, sizeof address), EADDRINUSE);
}

CASE(bind, "refuses an address of another machine") {
    int socket = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    struct address4 address = loopback(0);
    memcpy(address.address, "\xc0\x00\x02\x01", 4);
    check_errno("bind", sys_bind(socket, &address, sizeof address), EADDRNOTAVAIL);
}

CASE(bind, "binds once") {
    int socket = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    struct address4 address = loopback(0);
    sys_bind(socket, &address, sizeof address);
    check_errno("bind", sys_bind(socket, &address, sizeof address), EINVAL);
}

// tcp_usr_bind: EINVAL for a wrong size. The family it does not look at.
CASE(bind, "refuses addresses of the wrong form") {
    int socket = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    struct address4 address = loopback(0);
    check_errno("short", sys_bind(socket, &address, 8), EINVAL);
    check_errno("long", sys_bind(socket, &address, 300), ENAMETOOLONG);
    check_errno("bad address", sys_bind(socket, unmapped_page(), sizeof address), EFAULT);
}

CASE(bind, "refuses what is no socket") {
    struct address4 address = loopback(0);
    check_errno("file", sys_bind(plain_file(), &address, sizeof address), ENOTSOCK);
    check_errno("not open", sys_bind(300, &address, sizeof address), EBADF);
}

CASE(bind, "makes a file of a local name") {
    int socket = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    struct local_address address = local("name");
    struct file_status status;
    check_equal("bind", sys_bind(socket, &address, address.size), 0);
    check_equal("fstatat", sys_fstatat(AT_FDCWD, "name", &status, 0), 0);
    check_equal("a socket", status.mode & S_IFMT, 0140000);
    check_errno("in use", sys_bind((int)sys_socket(AF_UNIX, SOCK_STREAM, 0), &address, address.size), EADDRINUSE);
}

CASE(bind, "refuses local names that cannot be made") {
    int socket = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    struct local_address address = local("none/name");
    check_errno("folder", sys_bind(socket, &address, address.size), ENOENT);
    plain_file();
    address = local("plain file/name");
    check_errno("through a file", sys_bind(socket, &address, address.size), ENOTDIR);
    address = local("plain file");
    check_errno("a file", sys_bind(socket, &address, address.size), EADDRINUSE);
}

CASE(bindat, "binds in a folder") {
    sys_mkdir("folder", 0700);
    int folder = (int)sys_open("folder", O_RDONLY | O_DIRECTORY, 0), socket = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    struct local_address address = local("name");
    check_equal("bindat", sys_bindat(folder, socket, &address, address.size), 0);
    check_equal("there", sys_access("folder/name", F_OK), 0);
}

CASE(bindat, "refuses bad folders") {
    int socket = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    struct local_address address = local("name");
    check_errno("not open", sys_bindat(300, socket, &address, address.size), EBADF);
    check_errno("a file", sys_bindat(plain_file(), socket, &address, address.size), ENOTDIR);
    check_equal("AT_FDCWD", sys_bindat(AT_FDCWD, socket, &address, address.size), 0);
}

CASE(listen, "makes a socket accept") {
    int socket = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    check_equal("not yet", option(socket, SOL_SOCKET, SO_ACCEPTCONN), 0);
    check_equal("listen", sys_listen(socket, 3), 0);
    check("then", option(socket, SOL_SOCKET, SO_ACCEPTCONN) != 0);
    check_equal("again", sys_listen(socket, 7), 0);
}

CASE(listen, "refuses others") {
    int ends[2];
    check_errno("datagrams", sys_listen(datagrams(), 1), EOPNOTSUPP);
    check_errno("file", sys_listen(plain_file(), 1), ENOTSOCK);
    check_errno("not open", sys_listen(300, 1), EBADF);
    connected(ends);
    check_errno("connected", sys_listen(ends[0], 1), EINVAL);
}

// uipc_listen.
CASE(listen, "needs a name for a local socket") {
    check_errno("listen", sys_listen((int)sys_socket(AF_UNIX, SOCK_STREAM, 0), 1), EDESTADDRREQ);
}

CASE(accept, "gives the peer's address") {
    int listener = listening(), client = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    struct address4 address = loopback(port_of(listener)), peer;
    unsigned size = sizeof peer;
    check_equal("connect", sys_connect(client, &address, sizeof address), 0);
    int accepted = (int)sys_accept(listener, &peer, &size);
    check("accept", accepted >= 0);
    check_equal("size", size, 16);
    check("peer", peer.family == AF_INET && big(peer.port) == port_of(client));
}

CASE(accept, "cuts the address to its place") {
    int listener = listening(), client = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    struct address4 address = loopback(port_of(listener));
    uint8_t peer[16];
    memset(peer, 0x55, sizeof peer);
    unsigned size = 4;
    sys_connect(client, &address, sizeof address);
    check("accept", sys_accept(listener, peer, &size) >= 0);
    check_equal("size", size, 4);
    check("cut", peer[1] == AF_INET && peer[4] == 0x55);
}

CASE(accept, "does not wait when it must not") {
    int listener = listening();
    sys_fcntl(listener, F_SETFL, O_NONBLOCK);
    check_errno("accept", sys_accept(listener, 0, 0), EAGAIN);
}

// accept(2): the new socket has the flags of the listening one; accept4(2) has its own.
CASE(accept, "gives the listener's flags to the new socket") {
    int listener = listening(), client = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    struct address4 address = loopback(port_of(listener));
    sys_fcntl(listener, F_SETFL, O_NONBLOCK);
    sys_connect(client, &address, sizeof address);
    pause_milliseconds(20);
    int accepted = (int)sys_accept(listener, 0, 0);
    check("O_NONBLOCK", sys_fcntl(accepted, F_GETFL, 0) & O_NONBLOCK);
    check_equal("no FD_CLOEXEC", sys_fcntl(accepted, F_GETFD, 0), 0);
}

CASE(accept, "refuses others") {
    check_errno("not listening", sys_accept((int)sys_socket(AF_INET, SOCK_STREAM, 0), 0, 0), EINVAL);
    check_errno("datagrams", sys_accept(datagrams(), 0, 0), EINVAL);
    check_errno("file", sys_accept(plain_file(), 0, 0), ENOTSOCK);
    check_errno("not open", sys_accept(300, 0, 0), EBADF);
}

CASE(accept4, "sets flags of the new socket") {
    int listener = listening(), client = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    struct address4 address = loopback(port_of(listener));
    sys_connect(client, &address, sizeof address);
    int accepted = (int)sys_accept4(listener, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK);
    check_equal("FD_CLOEXEC", sys_fcntl(accepted, F_GETFD, 0), FD_CLOEXEC);
    check("O_NONBLOCK", sys_fcntl(accepted, F_GETFL, 0) & O_NONBLOCK);
}

CASE(accept4, "refuses unknown flags") { check_errno("accept4", sys_accept4(listening(), 0, 0, 1), EINVAL); }

CASE(accept4, "does not inherit the listener's flags") {
    int listener = listening(), client = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    struct address4 address = loopback(port_of(listener));
    sys_connect(client, &address, sizeof address);
    sys_fcntl(listener, F_SETFL, O_NONBLOCK);
    pause_milliseconds(20);
    int accepted = (int)sys_accept4(listener, 0, 0, 0);
    check_equal("no O_NONBLOCK", sys_fcntl(accepted, F_GETFL, 0) & O_NONBLOCK, 0);
}

CASE(connect, "connects") {
    int ends[2];
    check_equal("connect", connected(ends), 0);
    struct address4 peer;
    unsigned size = sizeof peer;
    check_equal("getpeername", sys_getpeername(ends[0], &peer, &size), 0);
    check_equal("port", big(peer.port), port_of(ends[1]));
}

CASE(connect, "refuses where nobody listens") {
    int listener = listening(), client = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    struct address4 address = loopback(port_of(listener));
    sys_close(listener);
    check_errno("connect", sys_connect(client, &address, sizeof address), ECONNREFUSED);
}

CASE(connect, "refuses a second time") {
    int ends[2];
    connected(ends);
    struct address4 address = loopback(port_of(ends[1]));
    check_errno("connect", sys_connect(ends[0], &address, sizeof address), EISCONN);
}

CASE(connect, "refuses addresses of the wrong form") {
    int socket = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    struct address4 address = loopback(1);
    check_errno("short", sys_connect(socket, &address, 4), EINVAL);
    address.family = AF_UNIX;
    check_errno("family", sys_connect(socket, &address, sizeof address), EAFNOSUPPORT);
    check_errno("bad address", sys_connect(socket, unmapped_page(), 16), EFAULT);
    check_errno("file", sys_connect(plain_file(), &address, 16), ENOTSOCK);
    check_errno("not open", sys_connect(300, &address, 16), EBADF);
}

CASE(connect, "refuses local names") {
    int socket = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    struct local_address address = local("none");
    check_errno("not there", sys_connect(socket, &address, address.size), ENOENT);
    plain_file();
    address = local("plain file");
    check_errno("no socket", sys_connect(socket, &address, address.size), ENOTSOCK);
    address = local("name");
    sys_bind((int)sys_socket(AF_UNIX, SOCK_STREAM, 0), &address, address.size);
    check_errno("nobody listens", sys_connect(socket, &address, address.size), ECONNREFUSED);
    address = local("datagrams");
    sys_bind((int)sys_socket(AF_UNIX, SOCK_DGRAM, 0), &address, address.size);
    check_errno("another type", sys_connect(socket, &address, address.size), EPROTOTYPE);
}

CASE(connect, "sets and changes the peer of datagrams") {
    int first = datagrams(), second = datagrams(), third = datagrams();
    struct address4 address = loopback(port_of(second)), peer;
    unsigned size = sizeof peer;
    check_equal("first", sys_connect(first, &address, sizeof address), 0);
    address = loopback(port_of(third));
    check_equal("second", sys_connect(first, &address, sizeof address), 0);
    check_equal("getpeername", sys_getpeername(first, &peer, &size), 0);
    check_equal("port", big(peer.port), port_of(third));
}

CASE(connectat, "connects in a folder") {
    sys_mkdir("folder", 0700);
    int folder = (int)sys_open("folder", O_RDONLY | O_DIRECTORY, 0), listener = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    struct local_address address = local("name");
    sys_bindat(folder, listener, &address, address.size);
    sys_listen(listener, 1);
    int client = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    check_equal("connectat", sys_connectat(folder, client, &address, address.size), 0);
    check_errno("not here", sys_connectat(AT_FDCWD, (int)sys_socket(AF_UNIX, SOCK_STREAM, 0), &address, address.size), ENOENT);
    check_errno("not open", sys_connectat(300, (int)sys_socket(AF_UNIX, SOCK_STREAM, 0), &address, address.size), EBADF);
}

CASE(shutdown, "ends writing") {
    int ends[2];
    char byte;
    connected(ends);
    set_handler(SIGPIPE, SIG_IGN, 0);
    check_equal("shutdown", sys_shutdown(ends[0], SHUT_WR), 0);
    check_equal("end of file", sys_read(ends[1], &byte, 1), 0);
    check_errno("write", sys_write(ends[0], "x", 1), EPIPE);
    check_equal("the other way", sys_write(ends[1], "y", 1), 1);
    check_equal("read", sys_read(ends[0], &byte, 1), 1);
}

CASE(shutdown, "ends reading") {
    int ends[2];
    char byte;
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    check_equal("shutdown", sys_shutdown(ends[0], SHUT_RD), 0);
    check_equal("end of file", sys_read(ends[0], &byte, 1), 0);
    check_equal("write", sys_write(ends[0], "x", 1), 1);
}

CASE(shutdown, "refuses others") {
    int ends[2];
    connected(ends);
    check_errno("direction", sys_shutdown(ends[0], 3), EINVAL);
    check_errno("direction", sys_shutdown(ends[0], -1), EINVAL);
    check_errno("not connected", sys_shutdown((int)sys_socket(AF_INET, SOCK_STREAM, 0), SHUT_RD), ENOTCONN);
    check_errno("file", sys_shutdown(plain_file(), SHUT_RD), ENOTSOCK);
    check_errno("not open", sys_shutdown(300, SHUT_RD), EBADF);
}

CASE(setfib, "has one routing table") {
    check_equal("0", sys_setfib(0), 0);
    check_errno("1", sys_setfib(1), EINVAL);
    check_errno("-1", sys_setfib(-1), EINVAL);
}
