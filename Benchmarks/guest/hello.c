// The smallest program there is to start.
#include "bench.h"

int main(void) {
    plat_write(1, "hello\n", 6);
    return 0;
}
