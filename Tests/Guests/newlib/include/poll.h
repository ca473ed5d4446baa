#pragma once
struct pollfd {
    int fd;
    short events, revents;
};
