#pragma once
#include <sys/dirent.h>
