// Addresses and options of sockets, for programs of behaviour cases.
#ifndef GUEST_NETWORK_H
#define GUEST_NETWORK_H

#include "children.h"

static inline uint16_t big(int value) {
    return MACHINE_BIG_ENDIAN ? (uint16_t)value : (uint16_t)(value << 8 | (value >> 8 & 0xff));
}

static inline struct address4 loopback(int port) {
    return (struct address4){16, AF_INET, big(port), {127, 0, 0, 1}, {0}};
}

// The name of a local socket; its size is that of the structure up to the name's end.
static inline struct local_address local(const char *path) {
    struct local_address address = {(uint8_t)(2 + string_length(path)), AF_UNIX, {0}};
    memcpy(address.path, path, string_length(path));
    return address;
}

static inline int option(int socket, int level, int name) {
    int value = -1;
    unsigned size = sizeof value;
    long result = sys_getsockopt(socket, level, name, &value, &size);
    return result < 0 ? (int)result : size == sizeof value ? value : -1000;
}

static inline long set_option(int socket, int level, int name, int value) {
    return sys_setsockopt(socket, level, name, &value, sizeof value);
}

static inline int port_of(int socket) {
    struct address4 address;
    unsigned size = sizeof address;
    return sys_getsockname(socket, &address, &size) < 0 ? -1 : big(address.port);
}

// A TCP socket of the loopback that listens at some port.
static inline int listening(void) {
    struct address4 address = loopback(0);
    int socket = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    if (sys_bind(socket, &address, sizeof address) != 0 || sys_listen(socket, 5) != 0) return -1;
    return socket;
}

// Both ends of a TCP connection: the one that connected, and the one that was accepted.
static inline int connected(int ends[2]) {
    int listener = listening();
    struct address4 address = loopback(port_of(listener));
    ends[0] = (int)sys_socket(AF_INET, SOCK_STREAM, 0);
    long result = sys_connect(ends[0], &address, sizeof address);
    ends[1] = (int)sys_accept(listener, 0, 0);
    sys_close(listener);
    return (int)result;
}

// A UDP socket of the loopback.
static inline int datagrams(void) {
    struct address4 address = loopback(0);
    int socket = (int)sys_socket(AF_INET, SOCK_DGRAM, 0);
    sys_bind(socket, &address, sizeof address);
    return socket;
}

static inline int plain_file(void) { return (int)sys_open("plain file", O_RDWR | O_CREAT, 0600); }

#endif
