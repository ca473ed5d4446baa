#pragma once
struct passwd {
    char *pw_dir, *pw_name;
};
static inline struct passwd *getpwuid(int user) { return (void)user, (struct passwd *)0; }
