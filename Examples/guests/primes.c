// primes [LIMIT]: counts the primes below LIMIT (default 2000000) with a sieve, and prints the last ten.
#include "guest.h"

enum { DEFAULT_LIMIT = 2000000, LAST = 10 };

static long parse(const char *digits) {
    long value = 0;
    while (*digits >= '0' && *digits <= '9')
        value = value * 10 + (*digits++ - '0');
    return value;
}

int main(int argument_count, char **arguments, char **environment) {
    (void)environment;
    long limit = argument_count > 1 ? parse(arguments[1]) : DEFAULT_LIMIT;
    if (limit < 2 || limit > 1000000000) {
        print_to(2, "usage: primes [LIMIT]\n");
        return 2;
    }
    char *composite = (char *)sys_mmap(0, (size_t)limit, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    if ((long)composite < 0 && (long)composite > -4096) {
        print_to(2, "primes: not enough memory\n");
        return 1;
    }
    long count = 0, last[LAST] = {0};
    for (long i = 2; i < limit; i++) {
        if (composite[i])
            continue;
        last[count++ % LAST] = i;
        for (long j = i * i; j < limit; j += i)
            composite[j] = 1;
    }
    print("%ld primes below %ld\n", count, limit);
    for (long i = count < LAST ? 0 : count - LAST; i < count; i++)
        print("%ld ", last[i % LAST]);
    print("\n");
    return 0;
}
