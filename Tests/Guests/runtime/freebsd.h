// FreeBSD 12.2 constants and structures that all architectures share, under the runtime's own structure names.
// Sources: sys/sys/{errno,fcntl,mman,signal,stat,dirent,time,resource,wait,poll,ttycom,filio,sysctl,elf_common}.h.
#ifndef GUEST_FREEBSD_H
#define GUEST_FREEBSD_H

#include <stddef.h>
#include <stdint.h>

enum {
    EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, EIO = 5, ENXIO = 6, E2BIG = 7, ENOEXEC = 8, EBADF = 9, ECHILD = 10, EDEADLK = 11,
    ENOMEM = 12, EACCES = 13, EFAULT = 14, EBUSY = 16, EEXIST = 17, EXDEV = 18, ENODEV = 19, ENOTDIR = 20, EISDIR = 21,
    EINVAL = 22, EMFILE = 24, ENOTTY = 25, ETXTBSY = 26, EFBIG = 27, ENOSPC = 28, ESPIPE = 29, EROFS = 30, EMLINK = 31,
    EPIPE = 32, ERANGE = 34, EAGAIN = 35, EOPNOTSUPP = 45, ELOOP = 62, ENAMETOOLONG = 63, ENOTEMPTY = 66, ENOSYS = 78,
    EOVERFLOW = 84, EDOM = 33, EINPROGRESS = 36, EALREADY = 37, ENOTSOCK = 38, EDESTADDRREQ = 39, EMSGSIZE = 40,
    EPROTOTYPE = 41, ENOPROTOOPT = 42, EPROTONOSUPPORT = 43, EAFNOSUPPORT = 47, EADDRINUSE = 48, EADDRNOTAVAIL = 49,
    ECONNRESET = 54, ENOATTR = 87, ENOBUFS = 55, EISCONN = 56, ENOTCONN = 57, ETIMEDOUT = 60, ECONNREFUSED = 61,
    ENOTCAPABLE = 93, ENOLCK = 77, EFTYPE = 79, ECANCELED = 85,
};

enum {
    O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_NONBLOCK = 4, O_APPEND = 8, O_SHLOCK = 0x10, O_EXLOCK = 0x20, O_ASYNC = 0x40,
    O_SYNC = 0x80, O_NOFOLLOW = 0x100, O_CREAT = 0x200, O_TRUNC = 0x400, O_EXCL = 0x800, O_NOCTTY = 0x8000,
    O_DIRECTORY = 0x20000, O_EXEC = 0x40000, O_CLOEXEC = 0x100000, O_RESOLVE_BENEATH = 0x800000,
    AT_FDCWD = -100, AT_EACCESS = 0x100, AT_SYMLINK_NOFOLLOW = 0x200, AT_SYMLINK_FOLLOW = 0x400, AT_REMOVEDIR = 0x800,
    AT_RESOLVE_BENEATH = 0x2000,
    F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_GETOWN = 5, F_SETOWN = 6, F_DUP2FD = 10, F_GETLK = 11,
    F_SETLK = 12, F_SETLKW = 13, F_READAHEAD = 15, F_RDAHEAD = 16, F_DUPFD_CLOEXEC = 17, F_DUP2FD_CLOEXEC = 18, FD_CLOEXEC = 1, F_RDLCK = 1, F_UNLCK = 2, F_WRLCK = 3,
    LOCK_SH = 1, LOCK_EX = 2, LOCK_NB = 4, LOCK_UN = 8,
    SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2, SEEK_DATA = 3, SEEK_HOLE = 4,
    R_OK = 4, W_OK = 2, X_OK = 1, F_OK = 0,
    S_IFMT = 0170000, S_IFIFO = 0010000, S_IFCHR = 0020000, S_IFDIR = 0040000, S_IFBLK = 0060000, S_IFREG = 0100000,
    S_IFLNK = 0120000, S_IFSOCK = 0140000,
    DT_FIFO = 1, DT_CHR = 2, DT_DIR = 4, DT_BLK = 6, DT_REG = 8, DT_LNK = 10, DT_SOCK = 12,
    UTIME_NOW = -1, UTIME_OMIT = -2,
};

enum {
    PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4,
    MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 0x10, MAP_STACK = 0x400, MAP_NOSYNC = 0x800, MAP_ANON = 0x1000,
    MAP_GUARD = 0x2000, MAP_EXCL = 0x4000, MAP_NOCORE = 0x20000, MAP_PREFAULT_READ = 0x40000, MAP_32BIT = 0x80000,
    MS_SYNC = 0, MS_ASYNC = 1, MS_INVALIDATE = 2,
    MADV_NORMAL = 0, MADV_RANDOM = 1, MADV_SEQUENTIAL = 2, MADV_WILLNEED = 3, MADV_DONTNEED = 4, MADV_FREE = 5,
    INHERIT_SHARE = 0, INHERIT_COPY = 1, INHERIT_NONE = 2, INHERIT_ZERO = 3,
    MINCORE_INCORE = 1,
    PAGE = 4096,
};
#define MAP_ALIGNED(bits) ((bits) << 24)

enum {
    SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGILL = 4, SIGTRAP = 5, SIGABRT = 6, SIGEMT = 7, SIGFPE = 8, SIGKILL = 9,
    SIGBUS = 10, SIGSEGV = 11, SIGSYS = 12, SIGPIPE = 13, SIGALRM = 14, SIGTERM = 15, SIGURG = 16, SIGSTOP = 17,
    SIGTSTP = 18, SIGCONT = 19, SIGCHLD = 20, SIGIO = 23, SIGVTALRM = 26, SIGPROF = 27, SIGWINCH = 28, SIGINFO = 29,
    SIGUSR1 = 30, SIGUSR2 = 31, SIGTHR = 32, SIGRTMIN = 65, SIGRTMAX = 126,
    SA_ONSTACK = 1, SA_RESTART = 2, SA_RESETHAND = 4, SA_NOCLDSTOP = 8, SA_NODEFER = 0x10, SA_NOCLDWAIT = 0x20,
    SA_SIGINFO = 0x40,
    SIG_BLOCK = 1, SIG_UNBLOCK = 2, SIG_SETMASK = 3,
    SS_ONSTACK = 1, SS_DISABLE = 4, MINSIGSTKSZ = 2048,
    SI_USER = 0x10001, SI_QUEUE = 0x10002, SI_TIMER = 0x10003, SI_KERNEL = 0x10006, SI_LWP = 0x10007,
    SEGV_MAPERR = 1, SEGV_ACCERR = 2, TRAP_BRKPT = 1, CLD_EXITED = 1, CLD_KILLED = 2,
    ITIMER_REAL = 0, ITIMER_VIRTUAL = 1, ITIMER_PROF = 2,
    WNOHANG = 1, WUNTRACED = 2, WCONTINUED = 4, WNOWAIT = 8, WEXITED = 16, WTRAPPED = 32, P_PID = 0, P_PPID = 1, P_PGID = 2,
    P_SID = 3, P_UID = 5, P_GID = 6, P_ALL = 7, P_JAILID = 11, CLD_STOPPED = 5, CLD_CONTINUED = 6,
};
#define SIG_DFL ((void *)0)
#define SIG_IGN ((void *)1)
#define WIFEXITED(status) (((status) & 0x7f) == 0)
#define WEXITSTATUS(status) (((status) >> 8) & 0xff)
#define WTERMSIG(status) ((status) & 0x7f)
#define WIFSTOPPED(status) (((status) & 0xff) == 0x7f)
#define WSTOPSIG(status) (((status) >> 8) & 0xff)

enum {
    POLLIN = 1, POLLPRI = 2, POLLOUT = 4, POLLERR = 8, POLLHUP = 0x10, POLLNVAL = 0x20, POLLRDNORM = 0x40,
    CLOCK_REALTIME = 0, CLOCK_VIRTUAL = 1, CLOCK_PROF = 2, CLOCK_MONOTONIC = 4, CLOCK_UPTIME = 5, CLOCK_SECOND = 13,
    CLOCK_THREAD_CPUTIME_ID = 14, CLOCK_PROCESS_CPUTIME_ID = 15,
    RLIMIT_CPU = 0, RLIMIT_FSIZE = 1, RLIMIT_DATA = 2, RLIMIT_STACK = 3, RLIMIT_CORE = 4, RLIMIT_NOFILE = 8,
    RLIMIT_VMEM = 10, RUSAGE_SELF = 0, RUSAGE_CHILDREN = -1,
    GRND_NONBLOCK = 1,
    CTL_KERN = 1, KERN_OSTYPE = 1, KERN_OSRELEASE = 2, KERN_VERSION = 4, KERN_ARGMAX = 8, KERN_HOSTNAME = 10,
    KERN_OSRELDATE = 24, KERN_PS_STRINGS = 32, KERN_USRSTACK = 33, KERN_ARND = 37,
    CTL_HW = 6, HW_MACHINE = 1, HW_NCPU = 3, HW_BYTEORDER = 4, HW_PAGESIZE = 7, HW_MACHINE_ARCH = 11,
};

enum {
    AF_UNSPEC = 0, AF_UNIX = 1, AF_INET = 2, AF_ROUTE = 17, AF_LINK = 18, AF_INET6 = 28,
    SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_RAW = 3, SOCK_SEQPACKET = 5, SOCK_CLOEXEC = 0x10000000,
    SOCK_NONBLOCK = 0x20000000,
    IPPROTO_IP = 0, IPPROTO_TCP = 6, IPPROTO_UDP = 17, IPPROTO_IPV6 = 41, IPPROTO_SCTP = 132, SOL_SOCKET = 0xffff,
    SOL_LOCAL = 0, LOCAL_PEERCRED = 1, LOCAL_CREDS = 2,
    SO_DEBUG = 1, SO_ACCEPTCONN = 2, SO_REUSEADDR = 4, SO_KEEPALIVE = 8, SO_BROADCAST = 0x20, SO_LINGER = 0x80,
    SO_REUSEPORT = 0x200, SO_TIMESTAMP = 0x400, SO_NOSIGPIPE = 0x800, SO_BINTIME = 0x2000, SO_SNDBUF = 0x1001,
    SO_RCVBUF = 0x1002, SO_SNDTIMEO = 0x1005, SO_RCVTIMEO = 0x1006, SO_ERROR = 0x1007, SO_TYPE = 0x1008,
    SO_LISTENQLIMIT = 0x1011, SO_PROTOCOL = 0x1016, SO_DOMAIN = 0x1019,
    IP_TOS = 3, IP_TTL = 4, IP_RECVDSTADDR = 7, IP_MULTICAST_IF = 9, IP_MULTICAST_TTL = 10, IP_MULTICAST_LOOP = 11,
    IP_ADD_MEMBERSHIP = 12, IP_DROP_MEMBERSHIP = 13, IP_RECVIF = 20, IP_RECVTTL = 65,
    IPV6_UNICAST_HOPS = 4, IPV6_V6ONLY = 27, IPV6_RECVPKTINFO = 36, IPV6_PKTINFO = 46,
    TCP_NODELAY = 1, TCP_MAXSEG = 2, TCP_INFO = 32, TCP_KEEPIDLE = 256, TCP_KEEPINTVL = 512, TCP_KEEPCNT = 1024,
    MSG_OOB = 1, MSG_PEEK = 2, MSG_EOR = 8, MSG_TRUNC = 0x10, MSG_CTRUNC = 0x20, MSG_WAITALL = 0x40,
    MSG_DONTWAIT = 0x80, MSG_EOF = 0x100, MSG_NOSIGNAL = 0x20000, MSG_CMSG_CLOEXEC = 0x40000,
    SCM_RIGHTS = 1, SCM_TIMESTAMP = 2, SCM_CREDS = 3, SCM_BINTIME = 4, SHUT_RD = 0, SHUT_WR = 1, SHUT_RDWR = 2,
};
#define SIOCATMARK 0x40047307UL
#define TIOCGETA 0x402c7413UL
#define TIOCGWINSZ 0x40087468UL
#define FIONREAD 0x4004667fUL
#define FIONBIO 0x8004667eUL

enum {
    AT_NULL = 0, AT_PHDR = 3, AT_PHENT = 4, AT_PHNUM = 5, AT_PAGESZ = 6, AT_BASE = 7, AT_FLAGS = 8, AT_ENTRY = 9,
    AT_EXECPATH = 15, AT_CANARY = 16, AT_CANARYLEN = 17, AT_OSRELDATE = 18, AT_NCPUS = 19, AT_PAGESIZES = 20,
    AT_PAGESIZESLEN = 21, AT_TIMEKEEP = 22, AT_STACKPROT = 23,
};

struct timeval { int64_t seconds; long microseconds; };
struct timespec { int64_t seconds; long nanoseconds; };
struct itimerval { struct timeval interval, value; };
struct iovec { void *base; size_t size; };
struct pollfd { int descriptor; int16_t events, ready; };
struct message {
    void *name;
    unsigned name_size;
    struct iovec *vectors;
    int vector_count;
    void *control;
    unsigned control_size;
    int flags;
};
struct control_header { unsigned size; int level, type; };
struct address4 { uint8_t size, family; uint16_t port; uint8_t address[4], zero[8]; };
struct address6 { uint8_t size, family; uint16_t port; uint32_t flow; uint8_t address[16]; uint32_t scope; };
struct local_address { uint8_t size, family; char path[104]; };
struct file_headers { struct iovec *headers; int header_count; struct iovec *trailers; int trailer_count; };
struct message_credentials { int pid; uint32_t user, effective_user, group; int16_t group_count; uint32_t groups[16]; };
struct external_credentials { uint32_t version, user; int16_t group_count; uint32_t groups[16]; void *unused; };
struct fd_set { unsigned long bits[1024 / (8 * sizeof(long))]; };
struct rlimit { int64_t soft, hard; };
struct flock { int64_t start, length; int pid; int16_t type, whence; int system_id; };
struct signal_set { uint32_t bits[4]; };
struct signal_stack { void *base; size_t size; int flags; };
struct window_size { uint16_t rows, columns, width, height; };

struct rusage {
    struct timeval user, system;
    long maximum_resident, counters[13];
};

struct file_status {
    uint64_t device, inode, links;
    uint16_t mode, padding0;
    uint32_t owner, group, padding1;
    uint64_t raw_device;
    struct timespec accessed, modified, changed, born;
    int64_t size, blocks;
    int32_t block_size;
    uint32_t flags;
    uint64_t generation, spare[10];
};

struct directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t record_size;
    uint8_t type, padding0;
    uint16_t name_size, padding1;
    char name[256];
};

struct signal_info {
    int signal, error, code, pid;
    uint32_t user;
    int status;
    void *address;
    union { int integer; void *pointer; } value;
    union {
        struct { int trap; } fault;
        struct { int timer, overrun; } timer;
        long spare[5];
    } reason;
};

struct user_context;
typedef void signal_handler(int signal, struct signal_info *info, struct user_context *context);

struct signal_action {
    void *handler;
    int flags;
    struct signal_set mask;
};

struct ps_strings {
    char **arguments;
    unsigned argument_count;
    char **environment;
    unsigned environment_count;
};

struct auxiliary_entry {
    long type;
    union { long value; void *pointer; } u;
};

_Static_assert(sizeof(struct message) == (sizeof(long) == 8 ? 48 : 28), "struct msghdr");
_Static_assert(sizeof(struct message_credentials) == 84, "struct cmsgcred");
_Static_assert(sizeof(struct file_status) == 224, "struct stat");
_Static_assert(offsetof(struct file_status, size) == 112, "st_size");
_Static_assert(offsetof(struct directory_entry, name) == 24, "d_name");
_Static_assert(sizeof(struct signal_info) == (sizeof(long) == 8 ? 80 : 64), "siginfo_t");
_Static_assert(sizeof(struct signal_action) == (sizeof(long) == 8 ? 32 : 24), "struct sigaction");
_Static_assert(sizeof(struct rusage) == (sizeof(long) == 8 ? 144 : 88), "struct rusage");
_Static_assert(sizeof(struct flock) == 32, "struct flock");
_Static_assert(sizeof(struct ps_strings) == 4 * sizeof(long), "struct ps_strings");

#endif
