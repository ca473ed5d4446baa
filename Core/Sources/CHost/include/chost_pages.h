// Exchanging the pages behind guest addresses.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Replaces the pages of a range by anonymous ones with the same bytes, shared with later children or private, and
/// with the protection given (PROT_ of the host). 0, or a host errno, when nothing has changed.
int chost_replace_pages(uint64_t address, size_t byte_count, int is_shared, int protection);
