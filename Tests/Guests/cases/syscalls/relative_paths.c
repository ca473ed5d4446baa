// How the calls with a folder's descriptor and a path look for it; openat(2), DESCRIPTION and ERRORS, of FreeBSD 12.2.
#include "../../runtime/path_cases.h"

enum { FD_NONE = -200 };

static char buffer[4096];

AT_CASES(openat, sys_openat(directory, path, O_RDONLY, 0))
AT_CASES(faccessat, sys_faccessat(directory, path, F_OK, 0))
AT_CASES(fchmodat, sys_fchmodat(directory, path, 0644, 0))
AT_CASES(fchownat, sys_fchownat(directory, path, -1, -1, 0))
AT_CASES(fstatat, sys_fstatat(directory, path, (struct file_status *)buffer, 0))
AT_CASES(futimesat, sys_futimesat(directory, path, 0))
AT_CASES(utimensat, sys_utimensat(directory, path, 0, 0))
AT_CASES(chflagsat, sys_chflagsat(directory, path, 0, 0))
AT_CASES(mkdirat, sys_mkdirat(directory, path, 0755))
AT_CASES(mkfifoat, sys_mkfifoat(directory, path, 0644))
AT_CASES(mknodat, sys_mknodat(directory, path, S_IFIFO | 0644, 0))
AT_CASES(readlinkat, sys_readlinkat(directory, path, buffer, sizeof buffer))
AT_CASES(symlinkat, sys_symlinkat("target", directory, path))
AT_CASES(linkat, sys_linkat(directory, path, AT_FDCWD, "new", 0))
AT_CASES(renameat, sys_renameat(directory, path, AT_FDCWD, "new"))
AT_CASES(unlinkat, sys_unlinkat(directory, path, 0))
AT_CASES(funlinkat, sys_funlinkat(directory, path, FD_NONE, 0))
AT_CASES(__realpathat, sys___realpathat(directory, path, buffer, sizeof buffer, 0))
AT_CASES(freebsd11_fstatat, sys_freebsd11_fstatat(directory, path, (struct old_file_status *)buffer, 0))
AT_CASES(freebsd11_mknodat, sys_freebsd11_mknodat(directory, path, S_IFIFO | 0644, 0))
