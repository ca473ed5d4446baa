// What the system tells of itself and what it refuses: sysctl(3), modfind(2), kldfind(2), kenv(2), uuidgen(2), mount(2).
#include "../../runtime/children.h"

enum { KENV_GET = 0, KENV_SET = 1, KENV_UNSET = 2, KENV_DUMP = 3, KERN_MAXPROC = 6, KERN_PROC = 14, KERN_PROC_PATHNAME = 12 };

static long by_name(const char *name, void *old, size_t *size) {
    return sys___sysctlbyname(name, string_length(name), old, size, 0, 0);
}

static int number(const char *name) {
    int value = -1;
    size_t size = sizeof value;
    check_equal(name, by_name(name, &value, &size), 0);
    check_equal("size", (long)size, 4);
    return value;
}

static long at(int first, int second, void *old, size_t *size) {
    int name[2] = {first, second};
    return sys___sysctl(name, 2, old, size, 0, 0);
}

CASE(__sysctl, "tells texts") {
    char text[256];
    size_t size = sizeof text;
    check_equal("KERN_OSTYPE", at(CTL_KERN, KERN_OSTYPE, text, &size), 0);
    check_string("text", text, "FreeBSD");
    check_equal("with its end", (long)size, 8);
    size = sizeof text;
    check_equal("HW_MACHINE_ARCH", at(CTL_HW, HW_MACHINE_ARCH, text, &size), 0);
    check_string("text", text, MACHINE_ARCHITECTURE);
    size = sizeof text;
    check_equal("HW_MACHINE", at(CTL_HW, HW_MACHINE, text, &size), 0);
    check_string("text", text, MACHINE_NAME);
}

CASE(__sysctl, "tells numbers") {
    int value = 0;
    size_t size = sizeof value;
    check_equal("HW_PAGESIZE", at(CTL_HW, HW_PAGESIZE, &value, &size), 0);
    check_equal("page", value, PAGE);
    check_equal("HW_BYTEORDER", at(CTL_HW, HW_BYTEORDER, &value, &size), 0);
    check_equal("order", value, MACHINE_BIG_ENDIAN ? 4321 : 1234);
    check_equal("HW_NCPU", at(CTL_HW, HW_NCPU, &value, &size), 0);
    check("processors", value >= 1 && (unsigned long)value == auxiliary_value(AT_NCPUS, 0));
    check_equal("KERN_OSRELDATE", at(CTL_KERN, KERN_OSRELDATE, &value, &size), 0);
    check("as the vector says", (unsigned long)value == auxiliary_value(AT_OSRELDATE, 0));
}

CASE(__sysctl, "tells the size only") {
    size_t size = 0;
    check_equal("sysctl", at(CTL_KERN, KERN_OSTYPE, 0, &size), 0);
    check_equal("size", (long)size, 8);
}

// sysctl(3): ENOMEM when the place is too small, and as much as fits is there.
CASE(__sysctl, "refuses too small a place") {
    char text[8] = {9, 9, 9, 9, 9, 9, 9, 9};
    size_t size = 4;
    check_errno("sysctl", at(CTL_KERN, KERN_OSTYPE, text, &size), ENOMEM);
    check("what fits", memcmp(text, "Free", 4) == 0 && text[4] == 9);
}

CASE(__sysctl, "refuses names that are none") {
    int name[30] = {CTL_KERN, 99999};
    size_t size = 0;
    check_errno("unknown", sys___sysctl(name, 2, 0, &size, 0, 0), ENOENT);
    check_errno("one number", sys___sysctl(name, 1, 0, &size, 0, 0), EINVAL);
    check_errno("too many", sys___sysctl(name, 30, 0, &size, 0, 0), EINVAL);
    check_errno("bad address", sys___sysctl(unmapped_page(), 2, 0, &size, 0, 0), EFAULT);
}

// sysctl_find_oid: more numbers than the variable has are ENOTDIR.
CASE(__sysctl, "refuses to go below a variable") {
    int name[3] = {CTL_KERN, KERN_OSTYPE, 1};
    size_t size = 0;
    check_errno("sysctl", sys___sysctl(name, 3, 0, &size, 0, 0), ENOTDIR);
}

CASE(__sysctl, "refuses bad places") {
    size_t size = 8;
    char text[8];
    check_errno("value", at(CTL_KERN, KERN_OSTYPE, unmapped_page(), &size), EFAULT);
    check_errno("size", at(CTL_KERN, KERN_OSTYPE, text, unmapped_page()), EFAULT);
}

CASE(__sysctl, "refuses to change what cannot be changed") {
    int name[2] = {CTL_KERN, KERN_OSTYPE};
    check_errno("read only", sys___sysctl(name, 2, 0, 0, "Linux", 6), EPERM);
}

static int change_name(void) {
    int name[2] = {CTL_KERN, KERN_HOSTNAME};
    become_ordinary_user();
    return sys___sysctl(name, 2, 0, 0, "another", 8) != -EPERM;
}

CASE(__sysctl, "refuses ordinary users to change what root may") {
    int outcome = outcome_of_child(change_name);
    if (outcome == CASE_SKIPPED) skip_case("cannot become another user");
    check_equal("in the child", outcome, 0);
}

CASE(__sysctl, "finds numbers and names of variables") {
    int request[24] = {0, 3}, found[24] = {0};
    size_t size = sizeof found;
    check_equal("name2oid", sys___sysctl(request, 2, found, &size, "kern.ostype", 11), 0);
    check("number", size == 8 && found[0] == CTL_KERN && found[1] == KERN_OSTYPE);
    char text[64] = {0};
    request[1] = 1;
    request[2] = CTL_KERN;
    request[3] = KERN_OSTYPE;
    size = sizeof text;
    check_equal("name", sys___sysctl(request, 4, text, &size, 0, 0), 0);
    check_string("name", text, "kern.ostype");
    request[1] = 3;
    size = sizeof found;
    check_errno("unknown", sys___sysctl(request, 2, found, &size, "kern.none", 9), ENOENT);
}

CASE(__sysctl, "tells the kind of a variable") {
    struct { unsigned kind; char format[60]; } kind;
    int request[4] = {0, 4, CTL_KERN, KERN_OSTYPE};
    size_t size = sizeof kind;
    check_equal("oidfmt", sys___sysctl(request, 4, &kind, &size, 0, 0), 0);
    check_equal("a string", kind.kind & 0xf, 3);
    check_string("format", kind.format, "A");
}

CASE(__sysctl, "goes from variable to variable") {
    int request[24] = {0, 2, CTL_KERN, KERN_OSTYPE}, found[24] = {0};
    size_t size = sizeof found;
    check_equal("next", sys___sysctl(request, 4, found, &size, 0, 0), 0);
    check("another", size >= 8 && (found[0] != CTL_KERN || found[1] != KERN_OSTYPE));
}

CASE(__sysctl, "tells the caller's own program") {
    int name[4] = {CTL_KERN, KERN_PROC, KERN_PROC_PATHNAME, -1};
    char path[1024];
    size_t size = sizeof path;
    check_equal("pathname", sys___sysctl(name, 4, path, &size, 0, 0), 0);
    check_string("path", path, (const char *)auxiliary_value(AT_EXECPATH, 0));
}

CASE(__sysctl, "gives random bytes") {
    static uint8_t first[32], second[32];
    size_t size = sizeof first;
    check_equal("first", at(CTL_KERN, KERN_ARND, first, &size), 0);
    check_equal("all", (long)size, 32);
    check_equal("second", at(CTL_KERN, KERN_ARND, second, &size), 0);
    check("others", memcmp(first, second, 32) != 0);
}

CASE(__sysctlbyname, "tells numbers by name") {
    check("kern.maxproc", number("kern.maxproc") > 0);
    check("kern.maxfiles", number("kern.maxfiles") > 0);
    check_equal("kern.sigqueue.max_pending_per_proc", number("kern.sigqueue.max_pending_per_proc"), 128);
    check_equal("kern.iov_max", number("kern.iov_max"), 1024);
    check_equal("kern.ngroups", number("kern.ngroups"), 1023);
    check_equal("hw.pagesize", number("hw.pagesize"), PAGE);
}

CASE(__sysctlbyname, "tells the time of the start") {
    struct timeval boot, now;
    size_t size = sizeof boot;
    check_equal("kern.boottime", by_name("kern.boottime", &boot, &size), 0);
    sys_gettimeofday(&now, 0);
    check("before now", boot.seconds > 0 && boot.seconds <= now.seconds);
}

CASE(__sysctlbyname, "refuses names that are none") {
    size_t size = 0;
    check_errno("unknown", by_name("kern.no_such_thing", 0, &size), ENOENT);
    check_errno("a part", by_name("kern.ostyp", 0, &size), ENOENT);
    check_errno("bad address", sys___sysctlbyname(unmapped_page(), 5, 0, &size, 0, 0), EFAULT);
}

// kern___sysctlbyname: a name of no length, or longer than MAXPATHLEN, is EINVAL.
CASE(__sysctlbyname, "refuses empty and long names") {
    static char name[5000];
    size_t size = 0;
    memset(name, 'a', sizeof name);
    check_errno("5000", sys___sysctlbyname(name, sizeof name, 0, &size, 0, 0), EINVAL);
    check_errno("0", by_name("", 0, &size), EINVAL);
}

CASE(modfind, "finds modules") {
    check("ufs", sys_modfind("ufs") > 0);
    check_errno("none", sys_modfind("no such module"), ENOENT);
    check_errno("bad address", sys_modfind(unmapped_page()), EFAULT);
    check_errno("long", sys_modfind("a name that is longer than the thirty-two of MAXMODNAME"), ENAMETOOLONG);
}

CASE(modnext, "goes from module to module") {
    int module = (int)sys_modnext(0), count = 0;
    check("first", module > 0);
    while (module > 0 && count < 10000) module = (int)sys_modnext(module), count++;
    check_equal("end", module, 0);
    check_errno("none", sys_modnext(99999), ENOENT);
    check_errno("modfnext", sys_modfnext(-1), ENOENT);
}

CASE(modstat, "tells of a module") {
    struct { int version; char name[32]; int references, identifier; union { int number; long word; } data; } status;
    int module = (int)sys_modfind("ufs");
    memset(&status, 0, sizeof status);
    status.version = sizeof status;
    check_equal("modstat", sys_modstat(module, &status), 0);
    check_string("name", status.name, "ufs");
    check_equal("number", status.identifier, module);
    status.version = 7;
    check_errno("version", sys_modstat(module, &status), EINVAL);
    check_errno("none", sys_modstat(99999, &status), ENOENT);
    check_errno("bad address", sys_modstat(module, unmapped_page()), EFAULT);
}

CASE(kldfind, "finds the kernel") {
    int kernel = (int)sys_kldfind("kernel");
    check("kernel", kernel > 0);
    check_equal("with its path", sys_kldfind("/boot/kernel/kernel"), kernel);
    check_errno("none", sys_kldfind("none.ko"), ENOENT);
    check_errno("bad address", sys_kldfind(unmapped_page()), EFAULT);
}

CASE(kldnext, "goes from file to file") {
    int first = (int)sys_kldnext(0);
    check_equal("first", first, sys_kldfind("kernel"));
    check("next", sys_kldnext(first) >= 0);
    check_errno("none", sys_kldnext(99999), ENOENT);
    check("a module", sys_kldfirstmod(first) > 0);
    check_errno("none", sys_kldfirstmod(99999), ENOENT);
}

CASE(kldstat, "refuses other versions") {
    int status[600] = {1};
    check_errno("version", sys_kldstat(1, status), EINVAL);
    check_errno("bad address", sys_kldstat(1, unmapped_page()), EFAULT);
}

CASE(kenv, "has no variables of that name") {
    char value[64];
    check_errno("KENV_GET", sys_kenv(KENV_GET, "no.such.variable", value, sizeof value), ENOENT);
    check("KENV_DUMP", sys_kenv(KENV_DUMP, 0, 0, 0) >= 0);
    check_errno("unknown", sys_kenv(99, "name", value, sizeof value), EINVAL);
}

CASE(kenv, "refuses ordinary users to change it") {
    char value[8] = "x";
    become_ordinary_user();
    check_errno("KENV_SET", sys_kenv(KENV_SET, "name", value, 2), EPERM);
    check_errno("KENV_UNSET", sys_kenv(KENV_UNSET, "name", 0, 0), EPERM);
}

struct identifier { uint32_t low; uint16_t middle, high_and_version; uint8_t sequence[2], node[6]; };

// kern_uuid.c: identifiers of version 1, one after the other in time.
CASE(uuidgen, "makes identifiers") {
    struct identifier made[4];
    check_equal("uuidgen", sys_uuidgen(made, 4), 0);
    for (int i = 0; i < 4; i++) {
        check_equal("version", made[i].high_and_version >> 12, 1);
        check_equal("variant", made[i].sequence[0] >> 6, 2);
        if (i > 0) check_equal("the next", made[i].low, made[i - 1].low + 1);
    }
    check("one node", memcmp(made[0].node, made[3].node, 6) == 0);
}

CASE(uuidgen, "makes another each time") {
    struct identifier first, second;
    sys_uuidgen(&first, 1);
    sys_uuidgen(&second, 1);
    check("two", memcmp(&first, &second, sizeof first) != 0);
}

CASE(uuidgen, "refuses others") {
    struct identifier made;
    check_errno("0", sys_uuidgen(&made, 0), EINVAL);
    check_errno("-1", sys_uuidgen(&made, -1), EINVAL);
    check_errno("2049", sys_uuidgen(&made, 2049), EINVAL);
    check_errno("bad address", sys_uuidgen(unmapped_page(), 1), EFAULT);
}

CASE(mount, "refuses ordinary users") {
    become_ordinary_user();
    check_errno("mount", sys_mount("nullfs", "/mnt", 0, 0), EPERM);
    check_errno("unmount", sys_unmount("/mnt", 0), EPERM);
    check_errno("reboot", sys_reboot(0), EPERM);
    check_errno("acct", sys_acct(0), EPERM);
    check_errno("kldload", sys_kldload("none"), EPERM);
    check_errno("kldunload", sys_kldunload(1), EPERM);
}
