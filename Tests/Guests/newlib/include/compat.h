// Included before every source file of the programs: declarations that they expect of headers where newlib has none.
#pragma once
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <unistd.h>

#ifndef S_ISSOCK
#define S_ISSOCK(mode) (((mode) & 0170000) == 0140000)
#endif

int lstat(const char *path, struct stat *status);
int fchmod(int fd, mode_t mode);
int fchown(int fd, uid_t user, gid_t group);
int utimes(const char *path, const struct timeval *times);
mode_t umask(mode_t mask);
int getpagesize(void);
int mkdir(const char *path, mode_t mode);
int rename(const char *from, const char *to);
