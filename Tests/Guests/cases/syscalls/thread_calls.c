// The lesser calls for threads: thr_create(2), thr_self(2), thr_exit(2), thr_set_name(2), thr_suspend(2), thr_wake(2),
// thr_kill2(2) of FreeBSD 12.2; sys/kern/kern_thr.c.
#include "../../runtime/children.h"
#include "../../runtime/threads.h"

enum { NO_THREAD = 999999999 };

static struct user_context context;
static struct thread thread;
static long created, seen;
static volatile uint32_t step;
static volatile long result;
static char stack[32768];

static void tell_self(void *unused) {
    (void)unused;
    seen = own_id();
}

static void begin(void) {
    seen = own_id();
    __atomic_store_n(&step, 1, __ATOMIC_SEQ_CST);
    sys_thr_exit(0);
    guest_exit(122);
}

static void prepare_context(void) {
    sys_getcontext(&context);
    machine_context_call(&context, begin, stack + sizeof stack);
}

CASE(thr_create, "starts a thread in a context") {
    prepare_context();
    check_equal("thr_create", sys_thr_create(&context, &created, 0), 0);
    await(&step, 1);
    check_equal("its number", created, seen);
    check("another", created != own_id());
}

CASE(thr_create, "needs no place for the number") {
    prepare_context();
    check_equal("thr_create", sys_thr_create(&context, 0, 0), 0);
    await(&step, 1);
}

CASE(thr_create, "refuses a bad address of the context") {
    check_errno("not mapped", sys_thr_create(unmapped_page(), &created, 0), EFAULT);
    check_errno("null", sys_thr_create(0, &created, 0), EFAULT);
}

CASE(thr_create, "refuses a bad address of the number") {
    prepare_context();
    check_errno("thr_create", sys_thr_create(&context, unmapped_page(), 0), EFAULT);
    check_equal("no thread", load(&step), 0);
}

CASE(thr_self, "tells the same each time") {
    long first = 0, second = 0;
    sys_thr_self(&first);
    sys_thr_self(&second);
    check("same", first == second && first != 0);
}

CASE(thr_self, "tells another number in another thread and in a child") {
    thread_start(&thread, tell_self, 0);
    thread_join(&thread);
    check("thread", seen != own_id());
    long parent = own_id();
    int child = (int)sys_fork();
    if (child == 0) guest_exit(own_id() == parent);
    check_equal("child", wait_for(child), 0);
}

CASE(thr_self, "refuses a bad address") { check_errno("thr_self", sys_thr_self(unmapped_page()), EFAULT); }

CASE(thr_exit, "needs no place") { check_equal("the only thread", sys_thr_exit(0), 0); }
CASE(thr_exit, "takes no notice of a bad address") { check_equal("the only thread", sys_thr_exit(unmapped_page()), 0); }

CASE(thr_set_name, "cuts a name however long it is") {
    static char name[3 * PAGE];
    memset(name, 'x', sizeof name - 1);
    check_equal("thr_set_name", sys_thr_set_name(own_id(), name), 0);
}

// sys_thr_set_name reads MAXCOMLEN bytes of a name that is longer.
CASE(thr_set_name, "looks at no more of a name than it keeps") {
    char *pages = (char *)sys_mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    sys_munmap(pages + PAGE, PAGE);
    memset(pages, 'x', PAGE);
    check_equal("20 bytes", sys_thr_set_name(own_id(), pages + PAGE - 20), 0);
    check_errno("19 bytes", sys_thr_set_name(own_id(), pages + PAGE - 19), EFAULT);
}

CASE(thr_set_name, "looks at the name before the thread") {
    check_errno("both wrong", sys_thr_set_name(NO_THREAD, unmapped_page()), EFAULT);
    check_errno("0", sys_thr_set_name(0, 0), ESRCH);
}

static void ignore(int signal) { (void)signal; }

static void suspend(void *timeout) {
    __atomic_store_n(&step, 1, __ATOMIC_SEQ_CST);
    result = sys_thr_suspend(timeout);
    __atomic_store_n(&step, 2, __ATOMIC_SEQ_CST);
}

CASE(thr_suspend, "with a time is not restarted") {
    static struct timespec time = {10, 0};
    set_handler(SIGUSR1, (void *)ignore, SA_RESTART);
    thread_start(&thread, suspend, &time);
    await(&step, 1);
    pause_for(50000000);
    sys_thr_kill(thread.id, SIGUSR1);
    thread_join(&thread);
    check_errno("thr_suspend", result, EINTR);
}

CASE(thr_suspend, "without a time goes on after a handler with SA_RESTART") {
    set_handler(SIGUSR1, (void *)ignore, SA_RESTART);
    thread_start(&thread, suspend, 0);
    await(&step, 1);
    pause_for(50000000);
    sys_thr_kill(thread.id, SIGUSR1);
    pause_for(50000000);
    check_equal("suspended", load(&step), 1);
    sys_thr_wake(thread.id);
    thread_join(&thread);
    check_equal("thr_suspend", result, 0);
}

CASE(thr_wake, "does not reach other processes") {
    int child = child_pausing();
    check_errno("a child's", sys_thr_wake(child), ESRCH);
    check_errno("negative", sys_thr_wake(-1), ESRCH);
    end_child(child);
}

CASE(thr_kill2, "refuses a process of another user") {
    need_root();
    int child = child_pausing(), ordinary = (int)sys_fork();
    if (ordinary == 0) {
        become_ordinary_user();
        guest_exit(sys_thr_kill2(child, -1, SIGTERM) != -EPERM);
    }
    check_equal("ordinary user", wait_for(ordinary), 0);
    end_child(child);
}

CASE(swapcontext, "leaves the old place alone when the new one is bad") {
    struct user_context old;
    memset(&old, 0x55, sizeof old);
    check_errno("null", sys_swapcontext(&old, 0), EINVAL);
    check_equal("untouched", *(unsigned char *)&old, 0x55);
}
