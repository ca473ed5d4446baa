// A fast checksum of memory, against damage and not against forgery.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Mixes `byte_count` bytes into `seed`. The result depends on every byte and on where it stands; it is the same in
/// every process. `bytes` need not be aligned, and may be NULL when there
/// are none.
uint64_t chost_checksum(const void *bytes, size_t byte_count, uint64_t seed);
