// The calls that are refused whatever their arguments: to ordinary users, and by a kernel without an option or a module
// (nosys, the `#else` of each option in sys/kern, sys/netinet/sctp_syscalls.c, default_vnodeops in vfs_default.c).
#include "case_files.h"

// As large as struct acl, and empty.
static char list[8192];

enum first_argument { NOTHING, PATH, FILE };

static long refused(long number, enum first_argument kind) {
    struct raw_syscall call = {.number = number, .arguments = {0, 2, (long)list}};
    if (kind == PATH) call.arguments[0] = (long)".";
    if (kind == FILE) call.arguments[0] = make_file("f", "");
    // Calls of modules that are not there raise it.
    set_handler(SIGSYS, SIG_IGN, 0);
    become_ordinary();
    raw_syscall(&call);
    return call.error ? -call.first : call.first;
}

#define REFUSED_CASE(call, number, kind, want)                                                                    \
    CASE_NAMED(call, "is refused", call##_refused) { check_errno(#call, refused(number, kind), want); }

// What only the superuser may do, who is told so before the arguments are looked at.
REFUSED_CASE(unmount, 22, NOTHING, EPERM)
REFUSED_CASE(acct, 51, NOTHING, EPERM)
REFUSED_CASE(reboot, 55, NOTHING, EPERM)
REFUSED_CASE(swapon, 85, NOTHING, EPERM)
REFUSED_CASE(swapoff, 424, NOTHING, EPERM)
REFUSED_CASE(kldunload, 305, NOTHING, EPERM)
REFUSED_CASE(kldunloadf, 444, NOTHING, EPERM)
REFUSED_CASE(lgetfh, 160, NOTHING, EPERM)
REFUSED_CASE(fhopen, 298, NOTHING, EPERM)
REFUSED_CASE(freebsd11_fhstat, 299, NOTHING, EPERM)
REFUSED_CASE(freebsd11_fhstatfs, 398, NOTHING, EPERM)
REFUSED_CASE(fhstat, 553, NOTHING, EPERM)
REFUSED_CASE(fhstatfs, 558, NOTHING, EPERM)
REFUSED_CASE(fhlink, 565, NOTHING, EPERM)
REFUSED_CASE(fhlinkat, 566, NOTHING, EPERM)
REFUSED_CASE(fhreadlink, 567, NOTHING, EPERM)

// A kernel without FFCLOCK, AUDIT, MAC, CAPABILITIES, RCTL and REGRESSION, and without the modules of NFS and kgssapi.
REFUSED_CASE(ffclock_getcounter, 241, NOTHING, ENOSYS)
REFUSED_CASE(ffclock_setestimate, 242, NOTHING, ENOSYS)
REFUSED_CASE(ffclock_getestimate, 243, NOTHING, ENOSYS)
REFUSED_CASE(audit, 445, NOTHING, ENOSYS)
REFUSED_CASE(auditon, 446, NOTHING, ENOSYS)
REFUSED_CASE(getauid, 447, NOTHING, ENOSYS)
REFUSED_CASE(setauid, 448, NOTHING, ENOSYS)
REFUSED_CASE(getaudit, 449, NOTHING, ENOSYS)
REFUSED_CASE(setaudit, 450, NOTHING, ENOSYS)
REFUSED_CASE(getaudit_addr, 451, NOTHING, ENOSYS)
REFUSED_CASE(setaudit_addr, 452, NOTHING, ENOSYS)
REFUSED_CASE(auditctl, 453, NOTHING, ENOSYS)
REFUSED_CASE(__mac_get_proc, 384, NOTHING, ENOSYS)
REFUSED_CASE(__mac_set_proc, 385, NOTHING, ENOSYS)
REFUSED_CASE(__mac_get_fd, 386, NOTHING, ENOSYS)
REFUSED_CASE(__mac_get_file, 387, NOTHING, ENOSYS)
REFUSED_CASE(__mac_set_fd, 388, NOTHING, ENOSYS)
REFUSED_CASE(__mac_set_file, 389, NOTHING, ENOSYS)
REFUSED_CASE(mac_syscall, 394, NOTHING, ENOSYS)
REFUSED_CASE(__mac_get_pid, 409, NOTHING, ENOSYS)
REFUSED_CASE(__mac_get_link, 410, NOTHING, ENOSYS)
REFUSED_CASE(__mac_set_link, 411, NOTHING, ENOSYS)
REFUSED_CASE(__mac_execve, 415, NOTHING, ENOSYS)
REFUSED_CASE(__cap_rights_get, 515, NOTHING, ENOSYS)
REFUSED_CASE(cap_getmode, 517, NOTHING, ENOSYS)
REFUSED_CASE(cap_rights_limit, 533, NOTHING, ENOSYS)
REFUSED_CASE(cap_ioctls_limit, 534, NOTHING, ENOSYS)
REFUSED_CASE(cap_ioctls_get, 535, NOTHING, ENOSYS)
REFUSED_CASE(cap_fcntls_limit, 536, NOTHING, ENOSYS)
REFUSED_CASE(cap_fcntls_get, 537, NOTHING, ENOSYS)
REFUSED_CASE(rctl_get_racct, 525, NOTHING, ENOSYS)
REFUSED_CASE(rctl_get_rules, 526, NOTHING, ENOSYS)
REFUSED_CASE(rctl_get_limits, 527, NOTHING, ENOSYS)
REFUSED_CASE(rctl_add_rule, 528, NOTHING, ENOSYS)
REFUSED_CASE(rctl_remove_rule, 529, NOTHING, ENOSYS)
REFUSED_CASE(__setugid, 374, NOTHING, ENOSYS)
REFUSED_CASE(nlm_syscall, 154, NOTHING, ENOSYS)
REFUSED_CASE(nfssvc, 155, NOTHING, ENOSYS)
REFUSED_CASE(gssd_syscall, 505, NOTHING, ENOSYS)
REFUSED_CASE(utrace, 335, NOTHING, ENOSYS)

// A file system without access control lists.
REFUSED_CASE(__acl_set_file, 348, PATH, EOPNOTSUPP)
REFUSED_CASE(__acl_delete_file, 351, PATH, EOPNOTSUPP)
REFUSED_CASE(__acl_aclcheck_file, 353, PATH, EOPNOTSUPP)
REFUSED_CASE(__acl_get_link, 425, PATH, EOPNOTSUPP)
REFUSED_CASE(__acl_set_link, 426, PATH, EOPNOTSUPP)
REFUSED_CASE(__acl_delete_link, 427, PATH, EOPNOTSUPP)
REFUSED_CASE(__acl_aclcheck_link, 428, PATH, EOPNOTSUPP)
REFUSED_CASE(extattrctl, 355, PATH, EOPNOTSUPP)

// The same, by descriptor.
REFUSED_CASE(__acl_get_fd, 349, FILE, EOPNOTSUPP)
REFUSED_CASE(__acl_set_fd, 350, FILE, EOPNOTSUPP)
REFUSED_CASE(__acl_delete_fd, 352, FILE, EOPNOTSUPP)
REFUSED_CASE(__acl_aclcheck_fd, 354, FILE, EOPNOTSUPP)

// A kernel without SCTP.
REFUSED_CASE(sctp_peeloff, 471, NOTHING, EOPNOTSUPP)
REFUSED_CASE(sctp_generic_sendmsg, 472, NOTHING, EOPNOTSUPP)
REFUSED_CASE(sctp_generic_sendmsg_iov, 473, NOTHING, EOPNOTSUPP)
REFUSED_CASE(sctp_generic_recvmsg, 474, NOTHING, EOPNOTSUPP)

// A call that was never written.
REFUSED_CASE(freebsd11_vadvise, 72, NOTHING, EINVAL)
