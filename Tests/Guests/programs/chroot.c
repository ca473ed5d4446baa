// chroot(2): another root for the process, its threads and children, and the programs that they start. Who is not root may
// not. Started again by itself with an argument it looks around in the root that it finds.
#include "threads.h"

static char *const no_environment[] = {0};

static void make_file(const char *path) {
    int file = (int)sys_open(path, O_CREAT | O_WRONLY, 0644);
    sys_write(file, path, string_length(path));
    sys_close(file);
}

static void copy_program(const char *to) {
    static char part[65536];
    int from = (int)sys_open((const char *)auxiliary_value(AT_EXECPATH, 0), O_RDONLY, 0);
    int file = (int)sys_open(to, O_CREAT | O_WRONLY, 0755);
    for (long count; (count = sys_read(from, part, sizeof part)) > 0;)
        sys_write(file, part, (size_t)count);
    sys_close(from), sys_close(file);
}

static int is_there(const char *path) { return sys_access(path, F_OK) == 0; }

static void check_directory(const char *name, const char *want) {
    char folder[1024] = "";
    long result = sys___getcwd(folder, sizeof folder);
    check_string(name, result < 0 ? "?" : folder, want);
}

static void prepare(void) {
    sys_mkdir("base", 0755), sys_mkdir("base/inner", 0755), sys_mkdir("base/closed", 0);
    make_file("outside"), make_file("base/here"), make_file("base/inner/deep");
    sys_symlink("/here", "base/absolute"), sys_symlink("../../../../../outside", "base/up");
    copy_program("base/program");
}

static void unprivileged(void) {
    int child = (int)sys_fork();
    if (child == 0) {
        if (sys_geteuid() == 0)
            sys_setuid(12345);
        check_errno("chroot for others than root", sys_chroot("/"), EPERM);
        check_errno("even of nothing", sys_chroot("missing"), EPERM);
        guest_exit(checks_failed());
    }
    check_equal("who is not root", wait_for(child), 0);
}

static void failures(void) {
    check_errno("a directory that is not there", sys_chroot("missing"), ENOENT);
    check_errno("no name", sys_chroot(""), ENOENT);
    check_errno("a file", sys_chroot("outside"), ENOTDIR);
    check_errno("a wild name", sys_chroot((const char *)8), EFAULT);
    check("nothing has changed", is_there("outside"));
}

static void look_around(void) {
    check_directory("the directory is as it was called", "/");
    check("a file of the root", is_there("/here"));
    check("by a relative name", is_there("here"));
    check("by a link", is_there("absolute"));
    check("up is where it was", is_there("../../here"));
    check("not outside", !is_there("../outside"));
    check("not by a link", !is_there("up"));
}

static volatile int other_sees;

static void look_from_thread(void *argument) {
    (void)argument;
    other_sees = is_there("/here") && !is_there("/base/here");
}

static void start_program(void) {
    static char *arguments[] = {"/program", "look", 0};
    int child = (int)sys_fork();
    if (child == 0)
        guest_exit(100 + (int)-sys_execve("/program", arguments, no_environment));
    check_equal("a program started there", wait_for(child), 0);
    child = (int)sys_vfork();
    if (child == 0)
        guest_exit(100 + (int)-sys_execve("/program", arguments, no_environment));
    check_equal("by vfork", wait_for(child), 0);
    child = (int)sys_fork();
    if (child == 0) {
        sys_setuid(12345);
        guest_exit(100 + (int)-sys_execve("/program", arguments, no_environment));
    }
    check_equal("by another user", wait_for(child), 0);
}

// A root within the root: directories that are open could lead out.
static void again(void) {
    check_equal("chdir /inner", sys_chdir("/inner"), 0);
    int open = (int)sys_open("/", O_RDONLY | O_DIRECTORY, 0);
    check_errno("a second time, with an open directory", sys_chroot("."), EPERM);
    sys_close(open);
    check_equal("without one", sys_chroot("."), 0);
    check_directory("getcwd", "/");
    check("a file of it", is_there("/deep"));
    check("nothing above", !is_there("/here") && !is_there("../here") && !is_there("/../here"));
    check_equal("chroot of the root", sys_chroot("/"), 0);
    check("changes nothing", is_there("/deep") && !is_there("/here"));
}

static void inside(void) {
    int outside = (int)sys_open(".", O_RDONLY | O_DIRECTORY, 0);
    static struct thread thread;
    check_equal("chroot", sys_chroot("base"), 0);
    check("a file of the root", is_there("/here"));
    check("not the old root", !is_there("/base/here"));
    char folder[1024];
    check_errno("getcwd outside of the root", sys___getcwd(folder, sizeof folder), ENOENT);
    check("relative names do not lead out", !is_there("outside"));
    check("nor do descriptors", sys_openat(outside, "outside", O_RDONLY, 0) < 0);
    char name[32];
    check("nor as roots", sys_chroot(format_string(name, sizeof name, "/dev/fd/%d", outside)) < 0);
    check("nor all of them", sys_chroot("/dev/fd") < 0 && is_there("/here"));
    sys_close(outside);
    check_equal("chdir /", sys_chdir("/"), 0);
    look_around();
    thread_start(&thread, look_from_thread, 0);
    thread_join(&thread);
    check("another thread has the same root", other_sees);
    start_program();
    again();
}

// What a child of vfork does to its root is its own business.
static void virtual_fork(void) {
    static volatile int seen;
    int child = (int)sys_vfork();
    if (child == 0) {
        seen = sys_chroot("base") == 0 && is_there("/here");
        guest_exit(0);
    }
    check_equal("vfork", wait_for(child), 0);
    check("chroot in a child of vfork", seen);
    check("leaves the parent alone", is_there("outside") && !is_there("/here"));
}

int main(int count, char **arguments, char **environment) {
    (void)arguments, (void)environment;
    if (count > 1) {
        look_around();
        return checks_failed();
    }
    prepare();
    unprivileged();
    if (sys_geteuid() != 0)
        return checks_failed();
    failures();
    virtual_fork();
    int child = (int)sys_fork();
    if (child == 0) {
        inside();
        guest_exit(checks_failed());
    }
    check_equal("inside the root", wait_for(child), 0);
    check("the parent is where it was", is_there("outside"));
    return checks_failed();
}
