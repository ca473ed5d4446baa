#pragma once
#include <sys/time.h>
#define RUSAGE_SELF 0
struct rusage {
    struct timeval ru_utime, ru_stime;
    long ru_other[14];
};
long sys_getrusage(int who, void *usage);
static inline int getrusage(int who, struct rusage *usage) { return sys_getrusage(who, usage) == 0 ? 0 : -1; }
