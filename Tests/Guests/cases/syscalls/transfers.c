// Sending and receiving: sendto(2), sendmsg(2), recvfrom(2), recvmsg(2), getsockname(2), getpeername(2).
#include "../../runtime/network.h"

static int ends[2];
static char text[64];

static void pair(int type) { sys_socketpair(AF_UNIX, type, 0, ends); }

static struct message message_of(struct iovec *vectors, int count) {
    return (struct message){0, 0, vectors, count, 0, 0, 0};
}

CASE(sendto, "sends datagrams to an address") {
    int first = datagrams(), second = datagrams();
    struct address4 address = loopback(port_of(second)), from;
    unsigned size = sizeof from;
    check_equal("sendto", sys_sendto(first, "hello", 5, 0, &address, sizeof address), 5);
    check_equal("recvfrom", sys_recvfrom(second, text, sizeof text, 0, &from, &size), 5);
    check("from", size == 16 && big(from.port) == port_of(first));
}

CASE(sendto, "needs an address or a peer") {
    check_errno("datagrams", sys_sendto(datagrams(), "x", 1, 0, 0, 0), EDESTADDRREQ);
    check_errno("stream", sys_sendto((int)sys_socket(AF_UNIX, SOCK_STREAM, 0), "x", 1, MSG_NOSIGNAL, 0, 0), ENOTCONN);
}

CASE(sendto, "refuses an address of who is connected") {
    int first = datagrams(), second = datagrams();
    struct address4 address = loopback(port_of(second));
    sys_connect(first, &address, sizeof address);
    check_errno("sendto", sys_sendto(first, "x", 1, 0, &address, sizeof address), EISCONN);
}

CASE(sendto, "refuses datagrams that are too long") {
    static char large[70000];
    int first = datagrams(), second = datagrams();
    struct address4 address = loopback(port_of(second));
    check_errno("sendto", sys_sendto(first, large, sizeof large, 0, &address, sizeof address), EMSGSIZE);
}

CASE(sendto, "raises SIGPIPE") {
    struct signal_set set = signal_set_of(SIGPIPE), pending;
    pair(SOCK_STREAM);
    sys_close(ends[1]);
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    check_errno("MSG_NOSIGNAL", sys_sendto(ends[0], "x", 1, MSG_NOSIGNAL, 0, 0), EPIPE);
    sys_sigpending(&pending);
    check("no signal", !signal_set_has(&pending, SIGPIPE));
    check_errno("without", sys_sendto(ends[0], "x", 1, 0, 0, 0), EPIPE);
    sys_sigpending(&pending);
    check("a signal", signal_set_has(&pending, SIGPIPE));
}

// kern_sendit and dofilewrite raise it for sockets of every type.
CASE(sendto, "raises SIGPIPE for packets and datagrams") {
    struct signal_set set = signal_set_of(SIGPIPE), pending;
    static const int types[] = {SOCK_SEQPACKET, SOCK_DGRAM};
    sys_sigprocmask(SIG_BLOCK, &set, 0);
    for (int i = 0; i < 2; i++) {
        pair(types[i]);
        sys_shutdown(ends[0], 1);
        check_errno("MSG_NOSIGNAL", sys_sendto(ends[0], "x", 1, MSG_NOSIGNAL, 0, 0), EPIPE);
        sys_sigpending(&pending);
        check("no signal", !signal_set_has(&pending, SIGPIPE));
        check_errno("without", sys_sendto(ends[0], "x", 1, 0, 0, 0), EPIPE);
        check_equal("a signal", sys_sigtimedwait(&set, 0, 0), SIGPIPE);
        check_errno("write", sys_write(ends[0], "x", 1), EPIPE);
        check_equal("a signal of write", sys_sigtimedwait(&set, 0, 0), SIGPIPE);
    }
}

CASE(sendto, "does not wait with MSG_DONTWAIT") {
    static char large[65536];
    pair(SOCK_STREAM);
    long result;
    do result = sys_sendto(ends[0], large, sizeof large, MSG_DONTWAIT, 0, 0);
    while (result > 0);
    check_errno("full", result, EAGAIN);
}

CASE(sendto, "refuses others") {
    check_errno("file", sys_sendto(plain_file(), "x", 1, 0, 0, 0), ENOTSOCK);
    check_errno("not open", sys_sendto(300, "x", 1, 0, 0, 0), EBADF);
    pair(SOCK_STREAM);
    check_errno("bad address", sys_sendto(ends[0], unmapped_page(), 1, 0, 0, 0), EFAULT);
}

CASE(recvfrom, "leaves what it only looks at") {
    pair(SOCK_STREAM);
    sys_write(ends[0], "abc", 3);
    check_equal("MSG_PEEK", sys_recvfrom(ends[1], text, 2, MSG_PEEK, 0, 0), 2);
    check_equal("then", sys_recvfrom(ends[1], text, sizeof text, 0, 0, 0), 3);
}

CASE(recvfrom, "does not wait with MSG_DONTWAIT") {
    pair(SOCK_STREAM);
    check_errno("recvfrom", sys_recvfrom(ends[1], text, 1, MSG_DONTWAIT, 0, 0), EAGAIN);
}

CASE(recvfrom, "waits for all with MSG_WAITALL") {
    pair(SOCK_STREAM);
    int child = (int)sys_fork();
    if (child == 0) {
        sys_write(ends[0], "one", 3);
        pause_milliseconds(50);
        sys_write(ends[0], "two", 3);
        guest_exit(0);
    }
    check_equal("recvfrom", sys_recvfrom(ends[1], text, 6, MSG_WAITALL, 0, 0), 6);
    wait_for(child);
}

CASE(recvfrom, "cuts datagrams") {
    pair(SOCK_DGRAM);
    sys_write(ends[0], "abcdef", 6);
    sys_write(ends[0], "xy", 2);
    check_equal("first", sys_recvfrom(ends[1], text, 3, 0, 0, 0), 3);
    check_equal("the rest is lost", sys_recvfrom(ends[1], text, sizeof text, 0, 0, 0), 2);
}

// In FreeBSD 12 MSG_TRUNC is only a result: asking for it does not give the whole length.
CASE(recvfrom, "does not tell the length with MSG_TRUNC") {
    pair(SOCK_DGRAM);
    sys_write(ends[0], "abcdef", 6);
    check_equal("recvfrom", sys_recvfrom(ends[1], text, 3, MSG_TRUNC, 0, 0), 3);
}

CASE(recvfrom, "tells the end") {
    pair(SOCK_STREAM);
    sys_write(ends[0], "z", 1);
    sys_close(ends[0]);
    check_equal("what is left", sys_recvfrom(ends[1], text, sizeof text, 0, 0, 0), 1);
    check_equal("end", sys_recvfrom(ends[1], text, sizeof text, 0, 0, 0), 0);
}

CASE(recvfrom, "gives up after SO_RCVTIMEO") {
    pair(SOCK_STREAM);
    struct timeval time = {0, 50000};
    check_equal("setsockopt", sys_setsockopt(ends[1], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time), 0);
    check_errno("recvfrom", sys_recvfrom(ends[1], text, 1, 0, 0, 0), EAGAIN);
}

CASE(recvfrom, "refuses others") {
    check_errno("file", sys_recvfrom(plain_file(), text, 1, 0, 0, 0), ENOTSOCK);
    check_errno("not open", sys_recvfrom(300, text, 1, 0, 0, 0), EBADF);
    check_errno("not connected", sys_recvfrom((int)sys_socket(AF_INET, SOCK_STREAM, 0), text, 1, 0, 0, 0), ENOTCONN);
    pair(SOCK_STREAM);
    sys_write(ends[0], "x", 1);
    check_errno("bad address", sys_recvfrom(ends[1], unmapped_page(), 1, 0, 0, 0), EFAULT);
}

CASE(recvfrom, "receives urgent data out of band") {
    connected(ends);
    check_equal("send", sys_sendto(ends[0], "u", 1, MSG_OOB, 0, 0), 1);
    pause_milliseconds(20);
    check_equal("MSG_OOB", sys_recvfrom(ends[1], text, 1, MSG_OOB, 0, 0), 1);
    check_equal("byte", text[0], 'u');
    check_errno("no more", sys_recvfrom(ends[1], text, 1, MSG_OOB, 0, 0), EINVAL);
}

CASE(sendmsg, "gathers") {
    struct iovec vectors[3] = {{(void *)"one ", 4}, {0, 0}, {(void *)"two", 3}};
    struct message message = message_of(vectors, 3);
    pair(SOCK_DGRAM);
    check_equal("sendmsg", sys_sendmsg(ends[0], &message, 0), 7);
    memset(text, 0, sizeof text);
    check_equal("read", sys_read(ends[1], text, sizeof text), 7);
    check_string("text", text, "one two");
}

CASE(sendmsg, "passes descriptors") {
    struct { struct control_header header; int descriptor; } control __attribute__((aligned(16)));
    struct iovec vector = {(void *)"x", 1};
    struct message message = message_of(&vector, 1);
    unsigned length = sizeof(struct control_header);
    length = (length + MACHINE_CONTROL_ALIGNMENT - 1) / MACHINE_CONTROL_ALIGNMENT * MACHINE_CONTROL_ALIGNMENT;
    uint8_t bytes[64] __attribute__((aligned(16))) = {0};
    int file = plain_file();
    control.header = (struct control_header){length + 4, SOL_SOCKET, SCM_RIGHTS};
    memcpy(bytes, &control.header, sizeof control.header);
    memcpy(bytes + length, &file, 4);
    message.control = bytes;
    message.control_size = length + 4;
    pair(SOCK_STREAM);
    check_equal("sendmsg", sys_sendmsg(ends[0], &message, 0), 1);
    vector.base = text;
    memset(bytes, 0, sizeof bytes);
    message.control_size = sizeof bytes;
    check_equal("recvmsg", sys_recvmsg(ends[1], &message, 0), 1);
    int received = -1;
    memcpy(&received, bytes + length, 4);
    check("another number", received > file);
    check_equal("the same file", sys_write(received, "y", 1), 1);
    check_equal("offset", sys_lseek(file, 0, SEEK_CUR), 1);
}

// kern_recvit disposes of what cannot be stored.
CASE(recvmsg, "opens no descriptors for who cannot learn of them") {
    struct iovec vector = {(void *)"x", 1};
    struct message message = message_of(&vector, 1);
    unsigned length = sizeof(struct control_header);
    length = (length + MACHINE_CONTROL_ALIGNMENT - 1) / MACHINE_CONTROL_ALIGNMENT * MACHINE_CONTROL_ALIGNMENT;
    uint8_t bytes[64] __attribute__((aligned(16))) = {0};
    struct control_header header = {length + 4, SOL_SOCKET, SCM_RIGHTS};
    int file = plain_file();
    memcpy(bytes, &header, sizeof header);
    memcpy(bytes + length, &file, 4);
    message.control = bytes;
    message.control_size = length + 4;
    pair(SOCK_STREAM);
    int next = (int)sys_dup(0);
    sys_close(next);
    sys_sendmsg(ends[0], &message, 0);
    vector.base = text;
    message.control = unmapped_page();
    message.control_size = sizeof bytes;
    check_errno("recvmsg", sys_recvmsg(ends[1], &message, 0), EFAULT);
    check_equal("no descriptor", sys_dup(0), next);
}

// sendit: more vectors than IOV_MAX are EMSGSIZE (copyiniov).
CASE(sendmsg, "refuses too many vectors") {
    static struct iovec vectors[1025];
    struct message message = message_of(vectors, 1025);
    pair(SOCK_STREAM);
    check_errno("sendmsg", sys_sendmsg(ends[0], &message, 0), EMSGSIZE);
    message.vector_count = -1;
    check_errno("negative", sys_sendmsg(ends[0], &message, 0), EMSGSIZE);
}

CASE(sendmsg, "refuses short control messages") {
    struct iovec vector = {(void *)"x", 1};
    struct message message = message_of(&vector, 1);
    uint8_t bytes[8] = {0};
    message.control = bytes;
    message.control_size = 8;
    pair(SOCK_STREAM);
    check_errno("sendmsg", sys_sendmsg(ends[0], &message, 0), EINVAL);
}

CASE(sendmsg, "refuses bad addresses") {
    struct iovec vector = {unmapped_page(), 1};
    struct message message = message_of(&vector, 1);
    pair(SOCK_STREAM);
    check_errno("message", sys_sendmsg(ends[0], unmapped_page(), 0), EFAULT);
    check_errno("text", sys_sendmsg(ends[0], &message, 0), EFAULT);
    message.vectors = unmapped_page();
    check_errno("vectors", sys_sendmsg(ends[0], &message, 0), EFAULT);
}

CASE(recvmsg, "scatters") {
    char first[3], second[8];
    struct iovec vectors[2] = {{first, 3}, {second, 8}};
    struct message message = message_of(vectors, 2);
    pair(SOCK_STREAM);
    sys_write(ends[0], "abcdef", 6);
    check_equal("recvmsg", sys_recvmsg(ends[1], &message, 0), 6);
    check("parts", memcmp(first, "abc", 3) == 0 && memcmp(second, "def", 3) == 0);
}

CASE(recvmsg, "tells that a datagram was cut") {
    struct iovec vector = {text, 3};
    struct message message = message_of(&vector, 1);
    pair(SOCK_DGRAM);
    sys_write(ends[0], "abcdef", 6);
    check_equal("recvmsg", sys_recvmsg(ends[1], &message, 0), 3);
    check("MSG_TRUNC", message.flags & MSG_TRUNC);
}

CASE(recvmsg, "tells where from") {
    struct address4 from;
    struct iovec vector = {text, sizeof text};
    struct message message = message_of(&vector, 1);
    int first = datagrams(), second = datagrams();
    struct address4 address = loopback(port_of(second));
    sys_sendto(first, "x", 1, 0, &address, sizeof address);
    message.name = &from;
    message.name_size = sizeof from;
    check_equal("recvmsg", sys_recvmsg(second, &message, 0), 1);
    check("from", message.name_size == 16 && big(from.port) == port_of(first));
}

CASE(recvmsg, "marks the end of a record") {
    struct iovec vector = {text, sizeof text};
    struct message message = message_of(&vector, 1);
    pair(SOCK_SEQPACKET);
    sys_sendto(ends[0], "ab", 2, MSG_EOR, 0, 0);
    sys_sendto(ends[0], "cd", 2, MSG_EOR, 0, 0);
    check_equal("first", sys_recvmsg(ends[1], &message, 0), 2);
    check_equal("second", sys_recvmsg(ends[1], &message, 0), 2);
}

CASE(recvmsg, "refuses others") {
    struct iovec vector = {text, sizeof text};
    struct message message = message_of(&vector, 1);
    check_errno("file", sys_recvmsg(plain_file(), &message, 0), ENOTSOCK);
    check_errno("not open", sys_recvmsg(300, &message, 0), EBADF);
    pair(SOCK_STREAM);
    check_errno("bad address", sys_recvmsg(ends[0], unmapped_page(), 0), EFAULT);
    message.vector_count = 2000;
    check_errno("vectors", sys_recvmsg(ends[0], &message, 0), EMSGSIZE);
}

CASE(getsockname, "tells the address") {
    struct address4 address;
    unsigned size = sizeof address;
    check_equal("getsockname", sys_getsockname(datagrams(), &address, &size), 0);
    check("address", size == 16 && address.size == 16 && address.family == AF_INET && address.port != 0);
}

CASE(getsockname, "tells of a socket without a name") {
    struct address4 address;
    unsigned size = sizeof address;
    check_equal("getsockname", sys_getsockname((int)sys_socket(AF_INET, SOCK_STREAM, 0), &address, &size), 0);
    check("empty", address.family == AF_INET && address.port == 0);
}

CASE(getsockname, "tells a local name") {
    struct local_address address = local("some name"), got = {0, 0, {0}};
    unsigned size = sizeof got;
    int socket = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    sys_bind(socket, &address, address.size);
    check_equal("getsockname", sys_getsockname(socket, &got, &size), 0);
    check_string("name", got.path, "some name");
    check_equal("family", got.family, AF_UNIX);
}

CASE(getsockname, "refuses others") {
    struct address4 address;
    unsigned size = sizeof address;
    check_errno("file", sys_getsockname(plain_file(), &address, &size), ENOTSOCK);
    check_errno("not open", sys_getsockname(300, &address, &size), EBADF);
    check_errno("bad size", sys_getsockname(datagrams(), &address, unmapped_page()), EFAULT);
    check_errno("bad address", sys_getsockname(datagrams(), unmapped_page(), &size), EFAULT);
    size = (unsigned)-1;
    check_errno("negative size", sys_getsockname(datagrams(), &address, &size), EINVAL);
}

CASE(getpeername, "refuses who has no peer") {
    struct address4 address;
    unsigned size = sizeof address;
    check_errno("stream", sys_getpeername((int)sys_socket(AF_INET, SOCK_STREAM, 0), &address, &size), ENOTCONN);
    check_errno("datagrams", sys_getpeername(datagrams(), &address, &size), ENOTCONN);
    check_errno("listening", sys_getpeername(listening(), &address, &size), ENOTCONN);
    check_errno("file", sys_getpeername(plain_file(), &address, &size), ENOTSOCK);
    check_errno("not open", sys_getpeername(300, &address, &size), EBADF);
}

CASE(getpeername, "tells the peer") {
    struct address4 address;
    unsigned size = sizeof address;
    connected(ends);
    check_equal("getpeername", sys_getpeername(ends[1], &address, &size), 0);
    check_equal("port", big(address.port), port_of(ends[0]));
}
