// wc [FILES]: counts lines, words and bytes of files, or of the standard input.
#include "guest.h"

struct counts {
    long lines, words, bytes;
};

static int count(int descriptor, struct counts *counts) {
    static char buffer[65536];
    int in_word = 0;
    for (;;) {
        long size = sys_read(descriptor, buffer, sizeof buffer);
        if (size <= 0)
            return (int)size;
        for (long i = 0; i < size; i++) {
            char c = buffer[i];
            int is_space = c == ' ' || (c >= '\t' && c <= '\r');
            counts->lines += c == '\n';
            counts->words += !is_space && !in_word;
            in_word = !is_space;
        }
        counts->bytes += size;
    }
}

static void report(const struct counts *counts, const char *name) {
    print("%8ld%8ld%8ld%s%s\n", counts->lines, counts->words, counts->bytes, *name ? " " : "", name);
}

int main(int argument_count, char **arguments, char **environment) {
    (void)environment;
    struct counts total = {0, 0, 0};
    int failed = 0;
    if (argument_count < 2) {
        failed = count(0, &total) < 0;
        report(&total, "");
    }
    for (int i = 1; i < argument_count; i++) {
        struct counts counts = {0, 0, 0};
        int descriptor = (int)sys_open(arguments[i], O_RDONLY, 0);
        int result = descriptor < 0 ? descriptor : count(descriptor, &counts);
        if (result < 0) {
            print_to(2, "wc: %s: error %d\n", arguments[i], -result);
            failed = 1;
            continue;
        }
        sys_close(descriptor);
        report(&counts, arguments[i]);
        total.lines += counts.lines, total.words += counts.words, total.bytes += counts.bytes;
    }
    if (argument_count > 2)
        report(&total, "total");
    return failed;
}
