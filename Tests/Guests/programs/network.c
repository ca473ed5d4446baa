// What a program learns of the network: interfaces, addresses, routes, by ioctl and by sysctl.
#include "guest.h"

struct interface_request {
    char name[16];
    union { struct address4 address; int16_t flags[2]; int number; uint16_t index; char spare[16]; } value;
};
struct interface_configuration { int size; struct interface_request *requests; };
struct link_address { uint8_t size, family; uint16_t index; uint8_t type, name_size, address_size, selector; char data[46]; };
struct interface_message { uint16_t size; uint8_t version, type; int addresses, flags; uint16_t index, spare; };
struct interface_data {
    uint8_t type, physical, address_size, header_size, link_state, group;
    uint16_t size;
    uint32_t mtu, metric;
    uint64_t numbers[17];
};
struct route_message {
    uint16_t size; uint8_t version, type; uint16_t index, spare; int flags, addresses, pid, sequence, error, mask;
    unsigned long inits, metrics[14];
};

#define REQUEST(number) (0xc0000000UL | sizeof(struct interface_request) << 16 | 'i' << 8 | (number))
#define SIOCGIFCONF (0xc0000000UL | sizeof(struct interface_configuration) << 16 | 'i' << 8 | 36)
#define ALIGNED(size) (((size) + sizeof(long) - 1) & ~(sizeof(long) - 1))
enum {
    CTL_NET = 4, PF_ROUTE = 17, NET_RT_DUMP = 1, NET_RT_IFLIST = 3, NET_RT_IFMALIST = 4, NET_RT_IFLISTL = 5,
    RTM_GET = 4, RTM_NEWADDR = 0xc, RTM_IFINFO = 0xe, RTM_NEWMADDR = 0xf, RTA_IFP = 0x10, RTA_IFA = 0x20,
    RTA_NETMASK = 4, IFF_UP = 1, IFF_LOOPBACK = 8,
};

static int loopback_index;
static char loopback_name[16];

static void requests(void) {
    int socket = (int)sys_socket(AF_INET, SOCK_DGRAM, 0);
    static struct interface_request list[32];
    struct interface_configuration configuration = {sizeof list, list};
    check_equal("SIOCGIFCONF", sys_ioctl(socket, SIOCGIFCONF, &configuration), 0);
    check("has entries", configuration.size > 0 && configuration.size <= (int)sizeof list);
    const char *next = (const char *)list, *end = next + configuration.size;
    int found = 0, links = 0;
    while (next < end) {
        const struct interface_request *entry = (const void *)next;
        if (entry->value.address.family == AF_INET && entry->value.address.address[0] == 127) {
            memcpy(loopback_name, entry->name, 16);
            found++;
        }
        links += entry->value.address.family == AF_LINK;
        next += 16 + (entry->value.address.size > 16 ? entry->value.address.size : 16);
    }
    check_equal("ends where it says", next == end, 1);
    check("the loopback", found == 1);
    check("links", links >= 1);
    struct interface_request request;
    memset(&request, 0, sizeof request);
    memcpy(request.name, loopback_name, 16);
    check_equal("SIOCGIFFLAGS", sys_ioctl(socket, REQUEST(17), &request), 0);
    check_equal("up, a loopback", request.value.flags[0] & (IFF_UP | IFF_LOOPBACK), IFF_UP | IFF_LOOPBACK);
    check_equal("SIOCGIFADDR", sys_ioctl(socket, REQUEST(33), &request), 0);
    check("127.0.0.1", request.value.address.size == 16 && request.value.address.family == AF_INET &&
                           request.value.address.address[0] == 127 && request.value.address.address[3] == 1);
    check_equal("SIOCGIFNETMASK", sys_ioctl(socket, REQUEST(37), &request), 0);
    check("255.0.0.0", request.value.address.address[0] == 255 && request.value.address.address[3] == 0);
    check_equal("SIOCGIFMTU", sys_ioctl(socket, REQUEST(51), &request), 0);
    check("its value", request.value.number >= 576);
    check_equal("SIOCGIFINDEX", sys_ioctl(socket, REQUEST(32), &request), 0);
    loopback_index = request.value.index;
    check("its value", loopback_index > 0);
    request.name[0] = '#';
    check_errno("an unknown interface", sys_ioctl(socket, REQUEST(17), &request), ENXIO);
    check_errno("SIOCSIFFLAGS", sys_ioctl(socket, 0x80206910UL, &request), EPERM);
    int value = -1;
    check_equal("SIOCATMARK", sys_ioctl(socket, SIOCATMARK, &value), 0);
    check_equal("its value", value, 0);
    check_errno("an unknown request", sys_ioctl(socket, 0x800469ffUL, &value), ENOTTY);
    check_errno("a wild request", sys_ioctl(socket, REQUEST(17), (void *)8), EFAULT);
    int file = (int)sys_open("/dev/null", O_RDWR, 0);
    check_errno("of a file", sys_ioctl(file, REQUEST(17), &request), ENOTTY);
    sys_close(file), sys_close(socket);
}

static char buffer[1 << 16];

static long table(int family, int operation, int argument) {
    int name[6] = {CTL_NET, PF_ROUTE, 0, family, operation, argument};
    size_t size = 0;
    if (sys___sysctl(name, 6, 0, &size, 0, 0) != 0 || size > sizeof buffer) return -1;
    size_t room = sizeof buffer;
    return sys___sysctl(name, 6, buffer, &room, 0, 0) == 0 && room == size ? (long)size : -1;
}

// Walks the messages; the addresses begin at `data` bytes for interfaces and at `address_data` for addresses.
static void walk(const char *what, int operation, size_t data, size_t address_data) {
    long size = table(0, operation, 0);
    int interfaces = 0, addresses = 0, loopbacks = 0, wrong = 0;
    print("# %s: %ld bytes\n", what, size);
    for (long offset = 0; offset < size;) {
        const struct interface_message *message = (const void *)(buffer + offset);
        if (message->size == 0 || message->version != 5 || offset + message->size > size) {
            wrong++;
            break;
        }
        if (message->type == RTM_IFINFO) {
            interfaces++;
            const struct link_address *link = (const void *)(buffer + offset + data);
            const struct interface_data *details = (const void *)((const char *)link - sizeof *details);
            wrong += message->addresses != RTA_IFP || link->family != AF_LINK || link->index != message->index;
            wrong += details->size != sizeof *details || link->name_size == 0 || details->mtu == 0;
            wrong += message->size != data + ALIGNED(link->size);
        } else if (message->type == RTM_NEWADDR) {
            addresses++;
            wrong += (message->addresses & (RTA_IFP | RTA_IFA)) != (RTA_IFP | RTA_IFA);
            const char *next = buffer + offset + address_data;
            for (int bit = 1; bit <= 0x80; bit <<= 1) {
                if (!(message->addresses & bit)) continue;
                const struct address4 *address = (const void *)next;
                if (bit == RTA_IFA && address->family == AF_INET && address->address[0] == 127) loopbacks++;
                next += ALIGNED((size_t)address->size);
            }
            wrong += next != buffer + offset + message->size;
        } else
            wrong++;
        offset += message->size;
    }
    check("interfaces", interfaces >= 1);
    check("addresses", addresses >= 1);
    check_equal("one loopback", loopbacks, 1);
    check_equal("nothing wrong", wrong, 0);
}

static void tables(void) {
    check_equal("sizeof(struct if_data)", sizeof(struct interface_data), 152);
    walk("NET_RT_IFLIST", NET_RT_IFLIST, 16 + 152, 20);
    walk("NET_RT_IFLISTL", NET_RT_IFLISTL, 24 + 152, 24 + 152);
    long all = table(0, NET_RT_IFLIST, 0), one = table(0, NET_RT_IFLIST, loopback_index);
    check("one interface", one > 0 && one <= all);
    check("its family", table(AF_INET, NET_RT_IFLIST, loopback_index) <= one);
    check_equal("no interface", table(0, NET_RT_IFLIST, 9999), 0);
    long groups = table(AF_INET, NET_RT_IFMALIST, loopback_index);
    const struct interface_message *group = (const void *)buffer;
    check("multicast groups", groups == 0 || (group->type == RTM_NEWMADDR && group->size <= groups));

    long routes = table(AF_INET, NET_RT_DUMP, 0);
    int wrong = 0;
    for (long offset = 0; offset < routes;) {
        const struct route_message *route = (const void *)(buffer + offset);
        if (route->size < sizeof *route || offset + route->size > routes) {
            wrong++;
            break;
        }
        const struct address4 *destination = (const void *)(route + 1);
        wrong += route->version != 5 || route->type != RTM_GET || destination->family != AF_INET || !(route->flags & 1);
        offset += route->size;
    }
    check("routes", routes >= 0);
    check_equal("are well formed", wrong, 0);
    int name[6] = {CTL_NET, PF_ROUTE, 0, 0, 77, 0};
    size_t size = sizeof buffer;
    check_errno("an unknown operation", sys___sysctl(name, 6, buffer, &size, 0, 0), EINVAL);
    check_errno("a name too short", sys___sysctl(name, 4, buffer, &size, 0, 0), EISDIR);
    name[4] = NET_RT_IFLIST;
    size = 8;
    check_errno("a buffer too small", sys___sysctl(name, 6, buffer, &size, 0, 0), ENOMEM);
}

static int number(const char *name) {
    int value = -1;
    size_t size = sizeof value;
    long result = sys___sysctlbyname(name, string_length(name), &value, &size, 0, 0);
    return result < 0 ? (int)result : value;
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    requests();
    tables();
    check("kern.ipc.soacceptqueue", number("kern.ipc.soacceptqueue") >= 128);
    check("kern.ipc.somaxconn", number("kern.ipc.somaxconn") == number("kern.ipc.soacceptqueue"));
    check_equal("net.inet.ip.portrange.last", number("net.inet.ip.portrange.last"), 65535);
    check_equal("net.inet6.ip6.v6only", number("net.inet6.ip6.v6only"), 1);
    int keep_idle[4] = {CTL_NET, AF_INET, IPPROTO_TCP, 6}, value = 0;
    size_t size = sizeof value;
    check_equal("net.inet.tcp.keepidle by number", sys___sysctl(keep_idle, 4, &value, &size, 0, 0), 0);
    check_equal("its value", value, 7200000);
    return checks_failed();
}
