// Sockets and folders, and what the calls with a socket refuse: bindat(2), connectat(2), listen(2), accept4(2),
// getpeername(2), shutdown(2), setfib(2) of FreeBSD 12.2; sys/kern/uipc_syscalls.c, sys/kern/uipc_usrreq.c.
#include "../../runtime/network.h"

static int stream(void) { return (int)sys_socket(AF_UNIX, SOCK_STREAM, 0); }

static char name[8];

typedef long socket_call(int socket);

static void check_no_sockets(socket_call *call) {
    check_errno("never opened", call(200), EBADF);
    check_errno("negative", call(-1), EBADF);
    check_errno("file", call(plain_file()), ENOTSOCK);
    check_errno("queue", call((int)sys_kqueue()), ENOTSOCK);
}

// Both *at calls of sockets; the address is a name of a folder.
typedef long at_call(int directory, int socket, const void *address, int size);

static long at(at_call *call, int directory, const char *path) {
    struct local_address address = local(path);
    return call(directory, stream(), &address, address.size);
}

static void check_folders(at_call *call) {
    sys_close(plain_file());
    check_errno("not open", at(call, 200, "name"), EBADF);
    check_errno("a file", at(call, plain_file(), "name"), ENOTDIR);
    check_errno("below nothing", at(call, AT_FDCWD, "none/name"), ENOENT);
    check_errno("below a file", at(call, AT_FDCWD, "plain file/name"), ENOTDIR);
    check_errno("an absolute name", at(call, 200, "/none/name"), ENOENT);
}

static void check_addresses(at_call *call) {
    struct local_address address = local("name");
    check_errno("not mapped", call(AT_FDCWD, stream(), unmapped_page(), 16), EFAULT);
    check_errno("long", call(AT_FDCWD, stream(), &address, 1000), ENAMETOOLONG);
    struct address4 other = loopback(1);
    check_errno("family", call(AT_FDCWD, stream(), &other, sizeof other), EAFNOSUPPORT);
}

static long bind_here(int socket) {
    struct local_address address = local("name");
    return sys_bindat(AT_FDCWD, socket, &address, address.size);
}

static long connect_here(int socket) {
    struct local_address address = local("name");
    return sys_connectat(AT_FDCWD, socket, &address, address.size);
}

CASE(bindat, "refuses folders that are none") { check_folders(sys_bindat); }
CASE(bindat, "refuses what is no socket") { check_no_sockets(bind_here); }
CASE(bindat, "refuses addresses of the wrong form") { check_addresses(sys_bindat); }

CASE(bindat, "refuses names that are taken, and a second name") {
    int socket = stream();
    check_equal("first", bind_here(socket), 0);
    check_errno("the same name", bind_here(stream()), EADDRINUSE);
    check_errno("again", bind_here(socket), EINVAL);
}

CASE(connectat, "refuses folders that are none") { check_folders(sys_connectat); }
CASE(connectat, "refuses what is no socket") { check_no_sockets(connect_here); }
CASE(connectat, "refuses addresses of the wrong form") { check_addresses(sys_connectat); }

CASE(connectat, "refuses names that nobody listens at") {
    int socket = stream();
    check_errno("nothing", connect_here(stream()), ENOENT);
    bind_here(socket);
    check_errno("not listening", connect_here(stream()), ECONNREFUSED);
    sys_unlink("name");
    int file = (int)sys_open("name", O_RDWR | O_CREAT, 0600);
    check("file", file >= 0);
    check_errno("a file", connect_here(stream()), ENOTSOCK);
}

static long listen_at(int socket) { return sys_listen(socket, 1); }
static long accept_at(int socket) { return sys_accept4(socket, 0, 0, 0); }
static long shut(int socket) { return sys_shutdown(socket, SHUT_RDWR); }

static long peer_of(int socket) {
    unsigned size = sizeof name;
    return sys_getpeername(socket, name, &size);
}

CASE(listen, "refuses what is no socket") { check_no_sockets(listen_at); }
CASE(accept4, "refuses what is no socket") { check_no_sockets(accept_at); }
CASE(shutdown, "refuses what is no socket") { check_no_sockets(shut); }
CASE(getpeername, "refuses what is no socket") { check_no_sockets(peer_of); }

CASE(accept4, "refuses sockets that do not listen") {
    check_errno("stream", accept_at(stream()), EINVAL);
    check_errno("datagrams", accept_at(datagrams()), EINVAL);
}

CASE(getpeername, "refuses bad addresses and negative sizes") {
    int ends[2];
    unsigned size = 16, negative = -1u;
    connected(ends);
    check_errno("size", sys_getpeername(ends[0], name, unmapped_page()), EFAULT);
    check_errno("address", sys_getpeername(ends[0], unmapped_page(), &size), EFAULT);
    check_errno("negative", sys_getpeername(ends[0], name, &negative), EINVAL);
}

CASE(shutdown, "ends both ways at once") {
    int ends[2];
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    check_equal("shutdown", shut(ends[0]), 0);
    check_equal("nothing to read", sys_read(ends[0], name, 1), 0);
    check_equal("nor for the peer", sys_read(ends[1], name, 1), 0);
}

CASE(setfib, "refuses tables beyond the number of them") {
    check_errno("INT_MAX", sys_setfib(0x7fffffff), EINVAL);
    check_equal("0", sys_setfib(0), 0);
}
