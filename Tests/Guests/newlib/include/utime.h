// Through utimes().
#pragma once
#include <sys/time.h>
#include <time.h>
struct utimbuf {
    time_t actime, modtime;
};
int utimes(const char *path, const struct timeval *times);
static inline int utime(const char *path, const struct utimbuf *times) {
    struct timeval both[2] = {{times ? times->actime : 0, 0}, {times ? times->modtime : 0, 0}};
    return utimes(path, times ? both : 0);
}
