#include "chost_checksum.h"

#include <string.h>

enum { LANES = 8, STRIPE_BYTES = LANES * 8 };

// Odd constants with evenly spread bits: multiplication by them is a permutation of 64-bit numbers.
static const uint64_t LANE_FACTOR = 0xd6e8feb86659fd93, FINAL_FACTOR = 0xa0761d6478bd642f;

static uint64_t mixed(uint64_t state, uint64_t word) {
    state = (state ^ word) * LANE_FACTOR;
    return state ^ (state >> 32);
}

uint64_t chost_checksum(const void *bytes, size_t byte_count, uint64_t seed) {
    const unsigned char *next = bytes;
    uint64_t lanes[LANES];
    for (int lane = 0; lane < LANES; lane++) lanes[lane] = seed + (uint64_t)lane * FINAL_FACTOR;
    size_t left = byte_count;
    // Independent lanes, so that the processor works on all of them at once.
    for (; left >= STRIPE_BYTES; left -= STRIPE_BYTES, next += STRIPE_BYTES) {
        uint64_t words[LANES];
        memcpy(words, next, STRIPE_BYTES);
        for (int lane = 0; lane < LANES; lane++) lanes[lane] = mixed(lanes[lane], words[lane]);
    }
    uint64_t rest[LANES] = {0};
    if (left > 0) memcpy(rest, next, left);
    for (int lane = 0; lane < LANES; lane++) lanes[lane] = mixed(lanes[lane], rest[lane]);
    uint64_t result = seed ^ byte_count * FINAL_FACTOR;
    for (int lane = 0; lane < LANES; lane++) result = mixed(result * FINAL_FACTOR, lanes[lane]);
    return result;
}
