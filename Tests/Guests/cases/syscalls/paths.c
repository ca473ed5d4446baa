// How the calls with a path look for it; namei(9), and the ERRORS of each call's page, of FreeBSD 12.2.
#include "../../runtime/path_cases.h"

enum { USER_ATTRIBUTES = 1, PC_NAME_MAX = 4 };

static char buffer[4096];

PATH_CASES(chdir, sys_chdir(path))
PATH_CASES(readlink, sys_readlink(path, buffer, sizeof buffer))
PATH_CASES(statfs, sys_statfs(path, (struct file_system *)buffer))
PATH_CASES(lchown, sys_lchown(path, -1, -1))
PATH_CASES(chflags, sys_chflags(path, 0))
PATH_CASES(lchflags, sys_lchflags(path, 0))
PATH_CASES(lchmod, sys_lchmod(path, 0644))
PATH_CASES(lutimes, sys_lutimes(path, 0))
PATH_CASES(eaccess, sys_eaccess(path, F_OK))
PATH_CASES(pathconf, sys_pathconf(path, PC_NAME_MAX))
PATH_CASES(lpathconf, sys_lpathconf(path, PC_NAME_MAX))
PATH_CASES(truncate, sys_truncate(path, 0))

PATH_CASES(freebsd6_truncate, sys_freebsd6_truncate(path, 0, 0))
PATH_CASES(freebsd11_mknod, sys_freebsd11_mknod(path, S_IFIFO | 0644, 0))
PATH_CASES(freebsd11_stat, sys_freebsd11_stat(path, (struct old_file_status *)buffer))
PATH_CASES(freebsd11_lstat, sys_freebsd11_lstat(path, (struct old_file_status *)buffer))
PATH_CASES(freebsd11_nstat, sys_freebsd11_nstat(path, buffer))
PATH_CASES(freebsd11_nlstat, sys_freebsd11_nlstat(path, buffer))
PATH_CASES(freebsd11_statfs, sys_freebsd11_statfs(path, (struct old_file_system *)buffer))

PATH_CASES(extattr_get_file, sys_extattr_get_file(path, USER_ATTRIBUTES, "a", buffer, 8))
PATH_CASES(extattr_set_file, sys_extattr_set_file(path, USER_ATTRIBUTES, "a", "x", 1))
PATH_CASES(extattr_delete_file, sys_extattr_delete_file(path, USER_ATTRIBUTES, "a"))
PATH_CASES(extattr_list_file, sys_extattr_list_file(path, USER_ATTRIBUTES, buffer, 8))
PATH_CASES(extattr_get_link, sys_extattr_get_link(path, USER_ATTRIBUTES, "a", buffer, 8))
PATH_CASES(extattr_set_link, sys_extattr_set_link(path, USER_ATTRIBUTES, "a", "x", 1))
PATH_CASES(extattr_delete_link, sys_extattr_delete_link(path, USER_ATTRIBUTES, "a"))
PATH_CASES(extattr_list_link, sys_extattr_list_link(path, USER_ATTRIBUTES, buffer, 8))

CASE(chroot, "refuses paths that lead nowhere") {
    need_superuser();
    check_paths_to_nothing(sys_chroot);
    check_paths_through_files(sys_chroot);
    check_loops(sys_chroot);
}

CASE(chroot, "refuses long paths and bad addresses") {
    need_superuser();
    check_long_paths(sys_chroot);
    check_path_addresses(sys_chroot);
}
