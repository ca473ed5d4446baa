// modnext(2), modstat(2), modfind(2), kldfind(2), kldnext(2), kldstat(2), kldfirstmod(2), kenv(2), uuidgen(2) of
// FreeBSD 12.2; sys/kern/kern_module.c, sys/kern/kern_linker.c.
#include "../../runtime/path_cases.h"
#include "../../runtime/children.h"

enum { NONE = 99999, KENV_GET = 0, KENV_SET = 1, KENV_UNSET = 2, KENV_DUMP = 3, KENV_NAME_LIMIT = 128 };

struct module_status { int version; char name[32]; int references, identifier; union { int number; long word; } data; };
struct kernel_file {
    int version;
    char name[PATH_LIMIT];
    int references, identifier;
    char *address;
    size_t size;
    char path[PATH_LIMIT];
};
enum { FIRST_MODULE_STATUS = 44, FIRST_KERNEL_FILE = offsetof(struct kernel_file, path) };

static struct module_status module_status;
static struct kernel_file kernel_file;
static char text[2 * PATH_LIMIT];

static long status_of_module(int module, int version) {
    memset(&module_status, 0x55, sizeof module_status);
    module_status.version = version;
    return sys_modstat(module, &module_status);
}

static long status_of_file(int file, int version) {
    memset(&kernel_file, 0x55, sizeof kernel_file);
    kernel_file.version = version;
    return sys_kldstat(file, &kernel_file);
}

typedef long module_call(int number);

static void check_no_numbers(module_call *call) {
    check_errno("unknown", call(NONE), ENOENT);
    check_errno("negative", call(-1), ENOENT);
}

CASE(modnext, "refuses numbers of no module") { check_no_numbers(sys_modnext); }

CASE(modnext, "gives numbers that modstat knows") {
    for (long module = sys_modnext(0); module > 0; module = sys_modnext((int)module)) {
        check_equal("modstat", status_of_module((int)module, sizeof module_status), 0);
        check_equal("number", module_status.identifier, module);
        check_equal("by name", sys_modfind(module_status.name), module);
    }
}

CASE(modnext, "begins anew with 0") { check_equal("first", sys_modnext(0), sys_modnext(0)); }

CASE(modfnext, "refuses numbers of no module") {
    check_no_numbers(sys_modfnext);
    check_errno("0", sys_modfnext(0), ENOENT);
}

CASE(modfnext, "goes through the modules of a file") {
    long module = sys_kldfirstmod((int)sys_kldnext(0));
    int count = 0;
    check("first", module > 0);
    while (module > 0 && count++ < 10000) module = sys_modfnext((int)module);
    check_equal("end", module, 0);
}

CASE(modfnext, "ends with 0") {
    long module = sys_kldfirstmod((int)sys_kldnext(0)), last = module;
    for (int count = 0; module > 0 && count < 10000; count++) {
        last = module;
        module = sys_modfnext((int)module);
    }
    check_equal("behind the last", sys_modfnext((int)last), 0);
}

CASE(modstat, "gives the first version of its structure as well") {
    int module = (int)sys_modfind("ufs");
    check_equal("modstat", status_of_module(module, FIRST_MODULE_STATUS), 0);
    check_equal("number", module_status.identifier, module);
    check_equal("not beyond", module_status.data.number, 0x55555555);
}

CASE(modstat, "refuses other versions") {
    int module = (int)sys_modfind("ufs");
    check_errno("0", status_of_module(module, 0), EINVAL);
    check_errno("more", status_of_module(module, sizeof module_status + 1), EINVAL);
}

CASE(modstat, "refuses numbers of no module before it looks at the structure") {
    check_errno("version", status_of_module(NONE, 0), ENOENT);
    check_errno("address", sys_modstat(NONE, unmapped_page()), ENOENT);
    check_errno("negative", sys_modstat(-1, unmapped_page()), ENOENT);
}

CASE(modstat, "refuses a bad address") {
    check_errno("modstat", sys_modstat((int)sys_modnext(0), unmapped_page()), EFAULT);
}

CASE(modfind, "refuses names of no module") {
    check_errno("empty", sys_modfind(""), ENOENT);
    check_errno("a part", sys_modfind("uf"), ENOENT);
    check_errno("more", sys_modfind("ufsx"), ENOENT);
}

CASE(modfind, "takes names of up to 31 bytes") {
    check_errno("31", sys_modfind(repeated(text, 'x', 31)), ENOENT);
    check_errno("32", sys_modfind(repeated(text, 'x', 32)), ENAMETOOLONG);
}

CASE(modfind, "refuses bad addresses") { check_path_addresses(sys_modfind); }

CASE(kldfind, "refuses names of no file") {
    check_errno("empty", sys_kldfind(""), ENOENT);
    check_errno("a part", sys_kldfind("kern"), ENOENT);
    check_errno("a folder", sys_kldfind("kernel/"), ENOENT);
}

CASE(kldfind, "takes paths of up to 1023 bytes") {
    check_errno("1023", sys_kldfind(repeated(text, 'x', PATH_LIMIT - 1)), ENOENT);
    check_errno("1024", sys_kldfind(repeated(text, 'x', PATH_LIMIT)), ENAMETOOLONG);
}

CASE(kldfind, "refuses bad addresses") { check_path_addresses(sys_kldfind); }

CASE(kldnext, "refuses numbers of no file") { check_no_numbers(sys_kldnext); }

CASE(kldnext, "gives numbers that kldstat knows") {
    for (long file = sys_kldnext(0); file > 0; file = sys_kldnext((int)file)) {
        check_equal("kldstat", status_of_file((int)file, sizeof kernel_file), 0);
        check_equal("by name", sys_kldfind(kernel_file.name), file);
    }
}

CASE(kldnext, "ends with 0") {
    long file = sys_kldnext(0);
    int count = 0;
    while (file > 0 && count++ < 10000) file = sys_kldnext((int)file);
    check_equal("end", file, 0);
}

CASE(kldstat, "tells of the kernel") {
    int kernel = (int)sys_kldfind("kernel");
    check_equal("kldstat", status_of_file(kernel, sizeof kernel_file), 0);
    check_string("name", kernel_file.name, "kernel");
    check_string("path", kernel_file.path, "/boot/kernel/kernel");
    check_equal("number", kernel_file.identifier, kernel);
    check("references", kernel_file.references > 0);
}

CASE(kldstat, "gives the first version of its structure as well") {
    check_equal("kldstat", status_of_file((int)sys_kldnext(0), FIRST_KERNEL_FILE), 0);
    check_string("name", kernel_file.name, "kernel");
    check_equal("not beyond", kernel_file.path[0], 0x55);
}

CASE(kldstat, "refuses numbers of no file, behind a wrong version") {
    check_errno("unknown", status_of_file(NONE, sizeof kernel_file), ENOENT);
    check_errno("negative", status_of_file(-1, sizeof kernel_file), ENOENT);
    check_errno("version", status_of_file(NONE, 1), EINVAL);
}

CASE(kldfirstmod, "refuses numbers of no file") {
    check_no_numbers(sys_kldfirstmod);
    check_errno("0", sys_kldfirstmod(0), ENOENT);
}

CASE(kldfirstmod, "gives a module that modstat knows") {
    check_equal("modstat", status_of_module((int)sys_kldfirstmod((int)sys_kldnext(0)), sizeof module_status), 0);
}

CASE(kenv, "refuses names that are too long") {
    check_errno("128", sys_kenv(KENV_GET, repeated(text, 'x', KENV_NAME_LIMIT), text, 8), ENOENT);
    check_errno("129", sys_kenv(KENV_GET, repeated(text, 'x', KENV_NAME_LIMIT + 1), text, 8), ENAMETOOLONG);
}

CASE(kenv, "refuses bad addresses, except where it needs none") {
    check_errno("KENV_GET", sys_kenv(KENV_GET, unmapped_page(), text, 8), EFAULT);
    check_errno("no name", sys_kenv(KENV_GET, 0, text, 8), EFAULT);
    check("KENV_DUMP", sys_kenv(KENV_DUMP, unmapped_page(), 0, 0) >= 0);
    become_ordinary_user();
    check_errno("KENV_SET", sys_kenv(KENV_SET, unmapped_page(), text, 8), EPERM);
    check_errno("KENV_UNSET", sys_kenv(KENV_UNSET, unmapped_page(), 0, 0), EPERM);
}

CASE(uuidgen, "makes up to 2048 at once") {
    static uint8_t made[2048][16];
    check_equal("uuidgen", sys_uuidgen(made, 2048), 0);
    check("different", memcmp(made[0], made[2047], 16) != 0);
    check("the last is there", made[2047][8] >> 6 == 2);
}
