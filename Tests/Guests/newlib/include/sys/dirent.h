// Directories cannot be listed in these programs.
#pragma once
typedef struct { int unused; } DIR;
struct dirent {
    long d_ino;
    unsigned char d_type;
    char d_name[256];
};
static inline DIR *opendir(const char *path) { return (void)path, (DIR *)0; }
static inline struct dirent *readdir(DIR *directory) { return (void)directory, (struct dirent *)0; }
static inline int closedir(DIR *directory) { return (void)directory, -1; }
