#include "chost_auxv.h"

#include <sys/auxv.h>

int chost_is_privileged(void) { return getauxval(AT_SECURE) != 0; }

// AT_FLAGS_PRESERVE_ARGV0 (Linux 5.12, uapi/linux/binfmts.h).
int chost_keeps_argv0(void) { return (getauxval(AT_FLAGS) & 1) != 0; }
