// kevent with lists, counts, times, filters and identifiers that make no sense (sys/kern/kern_event.c), in both layouts.
#include "events.h"

enum { EITHER = 1000 };

static char *page, *read_only, *unmapped;
static int queue, ends[2], closed;

static void expect(const char *name, const char *what, long result, int wanted) {
    char text[160];
    if (wanted == EITHER || result == -wanted) return;
    check_errno(format_string(text, sizeof text, "%s %s", name, what), result, wanted);
}

// MARK: Both layouts

struct layout {
    const char *name;
    size_t size;
    long (*call)(int queue, const void *changes, int change_count, void *events, int event_count, const void *time);
};

static long new_call(int fd, const void *changes, int count, void *events, int room, const void *time) {
    return sys_kevent(fd, changes, count, events, room, time);
}

static long old_call(int fd, const void *changes, int count, void *events, int room, const void *time) {
    return sys_freebsd11_kevent(fd, changes, count, events, room, time);
}

static const struct layout layouts[] = {
    {"kevent", sizeof(struct kernel_event), new_call},
    {"freebsd11_kevent", sizeof(struct old_kernel_event), old_call},
};

// Both layouts begin alike.
static void fill(void *place, unsigned long identifier, int filter, int flags, unsigned notes) {
    struct old_kernel_event event = {identifier, (int16_t)filter, (uint16_t)flags, notes, 0, 0};
    memcpy(place, &event, offsetof(struct old_kernel_event, data));
}

// A triggered event of the program's own, which stays until it is deleted.
static void trigger(void) {
    change_event(queue, 1, EVFILT_USER, EV_ADD, NOTE_TRIGGER, 0);
    change_event(queue, 1, EVFILT_USER, 0, NOTE_TRIGGER, 0);
}

static void descriptors(const struct layout *layout) {
    int wrong[] = {-1, closed, ends[0], 0x7fffffff, (int)0x80000000, (int)sys_open("/dev/null", O_RDWR, 0)};
    for (unsigned i = 0; i < COUNT_OF(wrong); i++) {
        expect(layout->name, "of what is no queue", layout->call(wrong[i], 0, 0, page, 1, &at_once), EBADF);
        expect(layout->name, "of what is no queue, for nothing", layout->call(wrong[i], 0, 0, 0, 0, &at_once), EBADF);
    }
    sys_close(wrong[COUNT_OF(wrong) - 1]);
}

static void times(const struct layout *layout) {
    char *last = page + PAGE;
    void *wild[] = {(void *)1, (void *)8, unmapped, (void *)MACHINE_USER_TOP, (void *)-16l, last - 8, last - 1};
    for (unsigned i = 0; i < COUNT_OF(wild); i++) {
        expect(layout->name, "with a wild time", layout->call(queue, 0, 0, page, 1, wild[i]), EFAULT);
        expect(layout->name, "with a wild time for nothing", layout->call(queue, 0, 0, 0, 0, wild[i]), EFAULT);
    }
    struct timespec wrong[] = {
        {-1, 0}, {0, -1}, {0, 1000000000}, {(int64_t)(1ull << 63), 0}, {0, (long)(1ul << (8 * sizeof(long) - 1))}};
    trigger();
    for (unsigned i = 0; i < COUNT_OF(wrong); i++) {
        expect(layout->name, "with a wrong time", layout->call(queue, 0, 0, page, 1, &wrong[i]), EINVAL);
        // Who takes no events does not wait.
        expect(layout->name, "with a wrong time for nothing", layout->call(queue, 0, 0, page, 0, &wrong[i]), 0);
    }
    struct timespec endless = {0x7fffffffffffffff, 999999999};
    check_equal("an endless time", layout->call(queue, 0, 0, page, 1, &endless), 1);
    change_event(queue, 1, EVFILT_USER, EV_DELETE, 0, 0);
}

static int exists(unsigned long identifier) {
    struct kernel_event change = {identifier, EVFILT_USER, 0, 0, 0, 0, {0}};
    return sys_kevent(queue, &change, 1, 0, 0, 0) == 0;
}

static void changes(const struct layout *layout) {
    char *wild[] = {0, (char *)8, unmapped, (char *)MACHINE_USER_TOP, (char *)-4096l, page + PAGE - 8};
    static const int counts[] = {1, 7, 8, 9, 1000, 0x7fffffff};
    for (unsigned i = 0; i < COUNT_OF(wild); i++)
        for (unsigned k = 0; k < COUNT_OF(counts); k++)
            expect(layout->name, "with wild changes", layout->call(queue, wild[i], counts[k], 0, 0, &at_once), EFAULT);
    // A page of changes that say nothing, and no page behind it.
    memset(page, 0, PAGE);
    expect(layout->name, "with too many changes", layout->call(queue, page, 0x7fffffff, 0, 0, &at_once), EFAULT);
    expect(layout->name, "with few enough", layout->call(queue, page, (int)(PAGE / layout->size), 0, 0, &at_once), 0);

    // Changes are read eight at a time (KQ_NEVENTS): those of a group that can be read are made.
    char *list = page + PAGE - 10 * layout->size;
    for (unsigned i = 0; i < 10; i++)
        fill(list + i * layout->size, 100 + i, EVFILT_USER, EV_ADD, 0);
    expect(layout->name, "with a list that ends early", layout->call(queue, list, 11, 0, 0, &at_once), EFAULT);
    int made = 0;
    for (unsigned i = 0; i < 10; i++)
        made += exists(100 + i);
    check_equal("the first group was changed", made, 8);
    for (unsigned i = 0; i < 10; i++)
        fill(list + i * layout->size, 100 + i, EVFILT_USER, EV_DELETE, 0);
    check_equal("and no other", layout->call(queue, list, 8, 0, 0, &at_once), 0);

    // Each failure is an event when there is room; without any it is the call's, at the first.
    for (unsigned i = 0; i < 10; i++)
        fill(list + i * layout->size, 200 + i, EVFILT_USER, EV_ENABLE, 0);
    check_equal("failures with room", layout->call(queue, list, 10, page, 10, &at_once), 10);
    struct old_kernel_event first;
    memcpy(&first, page + 9 * layout->size, offsetof(struct old_kernel_event, data));
    check("are told", first.identifier == 209 && first.flags == EV_ERROR && first.filter == EVFILT_USER);
    expect(layout->name, "with failures without room", layout->call(queue, list, 10, page, 9, &at_once), ENOENT);
    expect(layout->name, "with failures in a wild list", layout->call(queue, list, 1, unmapped, 1, &at_once), EITHER);
}

static void events(const struct layout *layout) {
    char *wild[] = {0, (char *)8, unmapped, (char *)MACHINE_USER_TOP, (char *)-4096l, read_only, page + PAGE - 8};
    static const int counts[] = {1, 8, 1000, 0x7fffffff};
    for (unsigned i = 0; i < COUNT_OF(wild); i++)
        for (unsigned k = 0; k < COUNT_OF(counts); k++) {
            // No event, nowhere to write.
            expect(layout->name, "with wild events", layout->call(queue, 0, 0, wild[i], counts[k], &at_once), 0);
            trigger();
            expect(layout->name, "with a wild event", layout->call(queue, 0, 0, wild[i], counts[k], &at_once), EFAULT);
            change_event(queue, 1, EVFILT_USER, EV_DELETE, 0, 0);
        }
    static const int negative[] = {-1, (int)0x80000000};
    trigger();
    for (unsigned i = 0; i < COUNT_OF(negative); i++)
        expect(layout->name, "for less than no event", layout->call(queue, 0, 0, page, negative[i], &at_once), EINVAL);
    memset(page, 0x5a, PAGE);
    check_equal("room for 2^31 events", layout->call(queue, 0, 0, page, 0x7fffffff, &at_once), 1);
    int touched = 0;
    for (size_t i = layout->size; i < PAGE; i++)
        touched += page[i] != 0x5a;
    check_equal("what is behind the event stays", touched, 0);
    change_event(queue, 1, EVFILT_USER, EV_DELETE, 0, 0);
}

// MARK: Filters and identifiers

static void filters(void) {
    static const int none[] = {-14, -15, -100, -32768, 1, 2, 32767};
    static const int flags[] = {EV_ADD, EV_DELETE, EV_ENABLE, EV_DISABLE, 0, EV_ADD | EV_RECEIPT, 0xffff & ~EV_DISABLE};
    for (unsigned i = 0; i < COUNT_OF(none); i++)
        for (unsigned k = 0; k < COUNT_OF(flags); k++)
            expect("kevent", "of a filter that is none", change_event(queue, 0, none[i], flags[k], 0, 0), EINVAL);
    check_equal("a change without a filter is none", change_event(queue, 77, 0, 0xffff, -1u, -1), 0);

    static const int of_descriptors[] = {EVFILT_READ, EVFILT_WRITE, EVFILT_VNODE, EVFILT_PROCDESC, EVFILT_EMPTY};
    unsigned long wild[] = {-1ul, (unsigned long)closed, 0x7fffffff, 0x80000000ul, 1ul << (8 * sizeof(long) - 1), 123456};
    for (unsigned i = 0; i < COUNT_OF(of_descriptors); i++)
        for (unsigned k = 0; k < COUNT_OF(wild); k++)
            for (unsigned f = 0; f < 2; f++)
                expect("kevent", "of a wild descriptor",
                       change_event(queue, wild[k], of_descriptors[i], f ? EV_ADD : EV_DELETE, 0, 0), EBADF);
    // A descriptor's number does not wrap.
    if (sizeof(long) == 8)
        expect("kevent", "of a number beyond descriptors",
               change_event(queue, (unsigned long)(1ll << 32) | (unsigned)ends[0], EVFILT_READ, EV_ADD, 0, 0), EBADF);
    static const int not_of_pipes[] = {EVFILT_VNODE, EVFILT_PROCDESC, EVFILT_EMPTY};
    for (unsigned i = 0; i < COUNT_OF(not_of_pipes); i++)
        expect("kevent", "of a pipe", change_event(queue, (unsigned long)ends[0], not_of_pipes[i], EV_ADD, -1u, 0), EINVAL);
    static const unsigned long nobody[] = {0x7fffffff, 999999};
    for (unsigned i = 0; i < COUNT_OF(nobody); i++)
        expect("kevent", "of a process that is none",
               change_event(queue, nobody[i], EVFILT_PROC, EV_ADD, NOTE_EXIT, 0), ESRCH);
    // The kernel adds these, not the program.
    expect("kevent", "EVFILT_AIO", change_event(queue, 1, EVFILT_AIO, EV_ADD, 0, 0), EPERM);
    expect("kevent", "EVFILT_LIO", change_event(queue, 1, EVFILT_LIO, EV_ADD, 0, 0), EPERM);
    check("filters and identifiers", 1);

    static const int64_t never[] = {0x7fffffffffffffff, 1ll << 62, 1ll << 40};
    for (unsigned i = 0; i < COUNT_OF(never); i++)
        for (unsigned unit = 1; unit <= 8; unit *= 2) {
            if (unit == 8 && i == 2) continue;
            expect("kevent", "with a timer of ages", change_event(queue, 5, EVFILT_TIMER, EV_ADD, unit, never[i]), 0);
            expect("kevent", "with a timer of ages, and no event", events_now(queue, (void *)page, 1), 0);
            expect("kevent", "with a negative timer", change_event(queue, 6, EVFILT_TIMER, EV_ADD, unit, -never[i]), EINVAL);
            change_event(queue, 5, EVFILT_TIMER, EV_DELETE, 0, 0);
        }
    check("timers", 1);
}

static void values(void) {
    struct kernel_event change = {3, EVFILT_USER, EV_ADD | EV_CLEAR, 0, -1, (void *)-3l, {1, 2, 3, ~0ull}}, found;
    check_equal("a note with wild values", sys_kevent(queue, &change, 1, 0, 0, 0), 0);
    // Its own values stay when the change says so.
    struct kernel_event again = {3, EVFILT_USER, EV_KEEPUDATA, NOTE_TRIGGER | NOTE_FFCOPY | 0xabcdef, 5, (void *)1, {9, 9, 9, 9}};
    check_equal("triggered", sys_kevent(queue, &again, 1, &found, 1, &at_once), 1);
    check("udata is as it was", found.user_data == (void *)-3l);
    check("the rest as well", found.extension[0] == 1 && found.extension[3] == ~0ull && found.notes == 0xabcdef);
    change.flags = EV_DELETE;
    sys_kevent(queue, &change, 1, 0, 0, 0);
    struct kernel_event wrong = {42, -77, EV_ADD, 0x123, 0x456, (void *)0x789, {4, 5, 6, 7}};
    check_equal("an error", sys_kevent(queue, &wrong, 1, &found, 1, &at_once), 1);
    check("says what it is about", found.identifier == 42 && found.filter == -77 && found.flags == EV_ERROR);
    check("and why", found.data == EINVAL && found.user_data == (void *)0x789 && found.notes == 0x123);
}

// Anything at all: an answer, at once, and a queue that works afterwards.
static void anything(void) {
    uint64_t state = 88172645463325252ull;
    static const unsigned long identifiers[] = {0, 1, 2, 3, 4, 5, 6, 1000, 0x7fffffff, -1ul, 1ul << 31, 128, 65};
    for (int i = 0; i < 20000; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        int filter = -(int)(state % 15), flags = (int)(state >> 8) & 0xffff;
        unsigned long identifier = identifiers[(state >> 24) % COUNT_OF(identifiers)];
        // A process may be told to trace all its children for ever, which is another test.
        if (filter == EVFILT_PROC) flags &= ~EV_ADD;
        struct kernel_event change = {identifier, (int16_t)filter, (uint16_t)flags, (unsigned)(state >> 16),
                                      (int64_t)(state * 31) >> (state % 64), (void *)state, {0}};
        long result = sys_kevent(queue, &change, 1, (void *)page, 4, &at_once);
        if (result < -ENOTCAPABLE || result > 4) {
            check_equal("any change", result, 0);
            return;
        }
    }
    sys_close(queue);
    queue = (int)sys_kqueue();
    trigger();
    check_equal("a queue after 20,000 changes", events_now(queue, (void *)page, 1), 1);
}

// Queues within queues: each waits for the one before it, and one for itself by way of others.
static void nests(void) {
    int queues[24];
    for (unsigned i = 0; i < COUNT_OF(queues); i++) {
        queues[i] = (int)sys_kqueue();
        if (i == 0) continue;
        long result = change_event(queues[i], (unsigned long)queues[i - 1], EVFILT_READ, EV_ADD, 0, 0);
        if (result != 0 && result != -EINVAL) check_equal("a queue of queues", result, 0);
    }
    long result = change_event(queues[0], (unsigned long)queues[3], EVFILT_READ, EV_ADD, 0, 0);
    check("a circle of queues gives an answer", result == 0 || result == -EINVAL);
    change_event(queues[0], 1, EVFILT_USER, EV_ADD, 0, 0);
    change_event(queues[0], 1, EVFILT_USER, 0, NOTE_TRIGGER, 0);
    check_equal("and the others work", events_now(queues[1], (void *)page, 4), 1);
    for (unsigned i = 0; i < COUNT_OF(queues); i++)
        sys_close(queues[i]);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    read_only = (char *)sys_mmap(0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0);
    page = (char *)sys_mmap(0, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    unmapped = page + PAGE;
    sys_munmap(unmapped, PAGE);
    queue = (int)sys_kqueue();
    sys_pipe2(ends, 0);
    closed = (int)sys_kqueue();
    sys_close(closed);
    for (unsigned i = 0; i < COUNT_OF(layouts); i++) {
        descriptors(&layouts[i]);
        times(&layouts[i]);
        changes(&layouts[i]);
        events(&layouts[i]);
        check(layouts[i].name, 1);
    }
    filters();
    values();
    nests();
    anything();
    return checks_failed();
}
