// Local sockets: names, descriptors and credentials in messages.
#include "guest.h"

static struct local_address local(const char *path) {
    struct local_address address = {(uint8_t)(2 + string_length(path)), AF_UNIX, {0}};
    memcpy(address.path, path, string_length(path));
    return address;
}

enum { ALIGNMENT = MACHINE_CONTROL_ALIGNMENT };
#define ALIGNED(size) (((size) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT)
#define DATA(header) ((char *)(header) + ALIGNED(sizeof(struct control_header)))
#define SPACE(size) (ALIGNED(sizeof(struct control_header)) + ALIGNED(size))
#define LENGTH(size) (ALIGNED(sizeof(struct control_header)) + (size))

static void names(void) {
    int listener = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    struct local_address address, from;
    unsigned size = sizeof from;
    check_errno("listen without a name", sys_listen(listener, 1), EDESTADDRREQ);
    check_equal("getsockname without a name", sys_getsockname(listener, &from, &size), 0);
    check("is empty", size == 16 && from.size == 16 && from.family == AF_UNIX && from.path[0] == 0);
    address = local("local-name");
    sys_unlink("local-name");
    check_equal("bind", sys_bind(listener, &address, address.size), 0);
    struct file_status status;
    check_equal("makes a file", sys_fstatat(AT_FDCWD, "local-name", &status, 0), 0);
    check_equal("a socket", status.mode & S_IFMT, 0140000);
    size = sizeof from;
    check_equal("getsockname", sys_getsockname(listener, &from, &size), 0);
    check("ends with the name", size >= 12 && memcmp(from.path + size - 2 - 10, "local-name", 10) == 0);
    check_errno("bind again", sys_bind(listener, &address, address.size), EINVAL);
    int other = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    check_errno("bind a name that is there", sys_bind(other, &address, address.size), EADDRINUSE);
    check_errno("connect before listen", sys_connect(other, &address, address.size), ECONNREFUSED);
    check_equal("listen", sys_listen(listener, 1), 0);
    check_equal("connect", sys_connect(other, &address, sizeof(struct local_address)), 0);
    size = sizeof from;
    int server = (int)sys_accept(listener, &from, &size);
    check("accept", server >= 0);
    check("of a socket without a name", size == 16 && from.family == AF_UNIX && from.path[0] == 0);
    size = sizeof from;
    check_equal("getpeername", sys_getpeername(other, &from, &size), 0);
    check("the listener's name", memcmp(from.path + size - 2 - 10, "local-name", 10) == 0);
    struct external_credentials credentials;
    size = sizeof credentials;
    check_equal("LOCAL_PEERCRED", sys_getsockopt(other, SOL_LOCAL, LOCAL_PEERCRED, &credentials, &size), 0);
    check("its size", size == sizeof credentials && credentials.version == 0);
    check_equal("the user", credentials.user, (int)sys_geteuid());
    check_equal("the group", credentials.groups[0], (int)sys_getegid());
    sys_close(server), sys_close(other), sys_close(listener);
    other = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    check_errno("connect to nobody", sys_connect(other, &address, address.size), ECONNREFUSED);
    check_equal("unlink", sys_unlink("local-name"), 0);
    check_errno("connect to nothing", sys_connect(other, &address, address.size), ENOENT);
    int file = (int)sys_open("local-name", O_CREAT | O_RDWR, 0600);
    check_errno("connect to a file", sys_connect(other, &address, address.size), ENOTSOCK);
    sys_close(file), sys_unlink("local-name");
    check_errno("no path", sys_bind(other, &address, 2), EINVAL);
    address.path[0] = 0;
    check_errno("an empty path", sys_bind(other, &address, 10), ENOENT);
    char large[107] = {107, AF_UNIX, 'x'};
    check_errno("too long", sys_bind(other, large, sizeof large), EINVAL);
    sys_close(other);

    sys_mkdir("local-folder", 0700);
    int folder = (int)sys_open("local-folder", O_DIRECTORY, 0);
    listener = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0), other = (int)sys_socket(AF_UNIX, SOCK_STREAM, 0);
    address = local("inside");
    check_equal("bindat", sys_bindat(folder, listener, &address, address.size), 0);
    check_equal("is in the folder", sys_fstatat(folder, "inside", &status, 0), 0);
    sys_listen(listener, 1);
    check_equal("connectat", sys_connectat(folder, other, &address, address.size), 0);
    sys_close(listener), sys_close(other);
    check_equal("unlinkat", sys_unlinkat(folder, "inside", 0), 0);
    sys_close(folder), sys_rmdir("local-folder");
}

static void datagrams(void) {
    int receiver = (int)sys_socket(AF_UNIX, SOCK_DGRAM, 0), sender = (int)sys_socket(AF_UNIX, SOCK_DGRAM, 0);
    struct local_address address = local("local-datagrams"), from;
    sys_unlink("local-datagrams");
    check_equal("bind", sys_bind(receiver, &address, address.size), 0);
    check_equal("sendto", sys_sendto(sender, "one", 3, 0, &address, address.size), 3);
    char buffer[16];
    unsigned size = sizeof from;
    check_equal("recvfrom", sys_recvfrom(receiver, buffer, sizeof buffer, 0, &from, &size), 3);
    check("without a name", size == 16 && from.size == 16 && from.family == AF_UNIX && from.path[0] == 0);
    sys_close(receiver), sys_close(sender), sys_unlink("local-datagrams");
}

// Sends one byte with control messages.
static long send_control(int socket, void *control, unsigned size) {
    struct iovec part = {"c", 1};
    struct message message = {0, 0, &part, 1, control, size, 0};
    return sys_sendmsg(socket, &message, 0);
}

static long receive_control(int socket, struct message *message, void *control, unsigned size, int flags) {
    static char byte;
    static struct iovec part = {&byte, 1};
    *message = (struct message){0, 0, &part, 1, control, size, 0};
    return sys_recvmsg(socket, message, flags);
}

static void descriptors(void) {
    int pair[2], pipe[2];
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    sys_pipe2(pipe, 0);
    _Alignas(8) char control[SPACE(2 * sizeof(int))], answer[256];
    memset(control, 0, sizeof control);
    struct control_header *header = (void *)control;
    *header = (struct control_header){LENGTH(2 * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
    memcpy(DATA(header), pipe, sizeof pipe);
    check_equal("send descriptors", send_control(pair[0], control, sizeof control), 1);
    struct message message;
    memset(answer, 0xee, sizeof answer);
    check_equal("receive them", receive_control(pair[1], &message, answer, SPACE(2 * sizeof(int)), 0), 1);
    header = (void *)answer;
    check_equal("msg_controllen", message.control_size, SPACE(2 * sizeof(int)));
    check_equal("cmsg_len", header->size, LENGTH(2 * sizeof(int)));
    check("SCM_RIGHTS", header->level == SOL_SOCKET && header->type == SCM_RIGHTS);
    check_equal("no MSG_CTRUNC", message.flags & MSG_CTRUNC, 0);
    int received[2];
    memcpy(received, DATA(header), sizeof received);
    check("are new ones", received[0] > pipe[1] && received[1] > received[0]);
    char buffer[4];
    check_equal("of the same pipe", sys_write(received[1], "ab", 2), 2);
    check_equal("read", sys_read(pipe[0], buffer, 4), 2);
    sys_close(received[0]), sys_close(received[1]);

    send_control(pair[0], control, sizeof control);
    receive_control(pair[1], &message, answer, sizeof answer, MSG_CMSG_CLOEXEC);
    memcpy(received, DATA(answer), sizeof received);
    check_equal("MSG_CMSG_CLOEXEC", sys_fcntl(received[0], F_GETFD, 0), FD_CLOEXEC);
    sys_close(received[0]), sys_close(received[1]);

    int lowest = (int)sys_dup(0);
    sys_close(lowest);
    send_control(pair[0], control, sizeof control);
    check_equal("too little room", receive_control(pair[1], &message, answer, LENGTH(sizeof(int)), 0), 1);
    check_equal("MSG_CTRUNC", message.flags & MSG_CTRUNC, MSG_CTRUNC);
    check_equal("nothing is given", message.control_size, 0);
    int next = (int)sys_dup(0);
    check_equal("nothing stays open", next, lowest);
    sys_close(next);

    header = (void *)control;
    int wrong[2] = {pipe[0], 999999};
    memcpy(DATA(header), wrong, sizeof wrong);
    check_errno("a descriptor that is none", send_control(pair[0], control, sizeof control), EBADF);
    header->size = 5000;
    check_errno("a length too large", send_control(pair[0], control, sizeof control), EINVAL);
    header->size = 3;
    check_errno("a length too small", send_control(pair[0], control, sizeof control), EINVAL);
    *header = (struct control_header){LENGTH(4), SOL_SOCKET, 77};
    check_errno("an unknown kind", send_control(pair[0], control, SPACE(4)), EINVAL);
    check_errno("wild control", send_control(pair[0], (void *)8, 64), EFAULT);
    struct message wild = {0, 0, (void *)8, 1, 0, 0, 0};
    check_errno("a wild vector", sys_sendmsg(pair[0], &wild, 0), EFAULT);
    wild.vector_count = 5000;
    check_errno("too long a vector", sys_sendmsg(pair[0], &wild, 0), EMSGSIZE);
    sys_close(pair[0]), sys_close(pair[1]), sys_close(pipe[0]), sys_close(pipe[1]);
}

static void credentials(void) {
    int pair[2];
    sys_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    _Alignas(8) char control[SPACE(sizeof(struct message_credentials))], answer[256];
    memset(control, 0, sizeof control);
    struct control_header *header = (void *)control;
    *header = (struct control_header){LENGTH(sizeof(struct message_credentials)), SOL_SOCKET, SCM_CREDS};
    struct message message;
    check_equal("a message without credentials", send_control(pair[0], 0, 0), 1);
    check_equal("is received", receive_control(pair[1], &message, answer, sizeof answer, 0), 1);
    check_equal("without", message.control_size, 0);
    check_equal("send credentials", send_control(pair[0], control, sizeof control), 1);
    memset(answer, 0, sizeof answer);
    check_equal("receive them", receive_control(pair[1], &message, answer, sizeof answer, 0), 1);
    check_equal("their length", message.control_size, sizeof control);
    header = (void *)answer;
    struct message_credentials received;
    memcpy(&received, DATA(header), sizeof received);
    check("SCM_CREDS", header->level == SOL_SOCKET && header->type == SCM_CREDS);
    check_equal("the process", received.pid, (int)sys_getpid());
    check_equal("the user", received.effective_user, (int)sys_geteuid());
    check("the groups", received.group_count >= 1 && received.groups[0] == (uint32_t)sys_getegid());
    int child = (int)sys_fork();
    if (child == 0) {
        struct timespec pause = {0, 50000000};
        sys_nanosleep(&pause, 0);
        guest_exit(send_control(pair[0], control, sizeof control) == 1 ? 0 : 1);
    }
    memset(answer, 0, sizeof answer);
    check_equal("waits for another process's", receive_control(pair[1], &message, answer, sizeof answer, 0), 1);
    memcpy(&received, DATA(answer), sizeof received);
    check_equal("its number", received.pid, child);
    check_equal("the child", wait_for(child), 0);
    sys_close(pair[0]), sys_close(pair[1]);
}

static void times(void) {
    struct address4 address = {16, AF_INET, 0, {127, 0, 0, 1}, {0}};
    unsigned size = sizeof address;
    int on = 1, receiver = (int)sys_socket(AF_INET, SOCK_DGRAM, 0), sender = (int)sys_socket(AF_INET, SOCK_DGRAM, 0);
    sys_bind(receiver, &address, sizeof address);
    sys_getsockname(receiver, &address, &size);
    sys_connect(sender, &address, sizeof address);
    check_equal("SO_TIMESTAMP", sys_setsockopt(receiver, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof on), 0);
    _Alignas(8) char answer[256];
    struct message message;
    sys_sendto(sender, "t", 1, 0, 0, 0);
    check_equal("a datagram", receive_control(receiver, &message, answer, sizeof answer, 0), 1);
    struct control_header *header = (void *)answer;
    struct timeval stamp, now;
    memcpy(&stamp, DATA(header), sizeof stamp);
    sys_gettimeofday(&now, 0);
    check("SCM_TIMESTAMP", header->type == SCM_TIMESTAMP && message.control_size == SPACE(sizeof stamp));
    check("is now", now.seconds - stamp.seconds >= 0 && now.seconds - stamp.seconds < 5);
    on = 0;
    sys_setsockopt(receiver, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof on);
    on = 1;
    check_equal("SO_BINTIME", sys_setsockopt(receiver, SOL_SOCKET, SO_BINTIME, &on, sizeof on), 0);
    sys_sendto(sender, "t", 1, 0, 0, 0);
    receive_control(receiver, &message, answer, sizeof answer, 0);
    struct { int64_t seconds; uint64_t fraction; } binary;
    memcpy(&binary, DATA(header), sizeof binary);
    check("SCM_BINTIME", header->type == SCM_BINTIME && message.control_size == SPACE(16));
    check("is now", binary.seconds - now.seconds >= -1 && binary.seconds - now.seconds < 5);
    on = 0;
    sys_setsockopt(receiver, SOL_SOCKET, SO_BINTIME, &on, sizeof on);
    on = 1;
    check_equal("IP_RECVDSTADDR", sys_setsockopt(receiver, IPPROTO_IP, IP_RECVDSTADDR, &on, sizeof on), 0);
    sys_sendto(sender, "t", 1, 0, 0, 0);
    receive_control(receiver, &message, answer, sizeof answer, 0);
    check("its message", header->level == IPPROTO_IP && header->type == IP_RECVDSTADDR && header->size == LENGTH(4));
    check("the address", memcmp(DATA(header), address.address, 4) == 0);
    // IP_SENDSRCADDR is the same number.
    sys_close(sender);
    sender = (int)sys_socket(AF_INET, SOCK_DGRAM, 0);
    struct iovec part = {"s", 1};
    struct message out = {&address, sizeof address, &part, 1, answer, message.control_size, 0};
    check_equal("IP_SENDSRCADDR", sys_sendmsg(sender, &out, 0), 1);
    check_equal("arrives", receive_control(receiver, &message, answer, sizeof answer, 0), 1);
    sys_close(receiver), sys_close(sender);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    names();
    datagrams();
    descriptors();
    credentials();
    times();
    return checks_failed();
}
