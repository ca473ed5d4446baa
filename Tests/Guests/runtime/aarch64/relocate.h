// Self-relocation of a static PIE. start.S calls relocate() before addresses in data are usable: the function must call
// nothing and touch no global. Format: ELF for the Arm 64-bit Architecture, "Dynamic relocations".
#ifndef GUEST_RELOCATE_H
#define GUEST_RELOCATE_H

enum { DT_RELA = 7, DT_RELASZ = 8, R_AARCH64_RELATIVE = 1027 };

struct dynamic_entry { long tag; unsigned long value; };
struct relocation { unsigned long offset, info; long addend; };

void relocate(unsigned long displacement, const struct dynamic_entry *dynamic) {
    unsigned long relocations = 0, size = 0;
    for (; dynamic->tag; dynamic++) {
        if (dynamic->tag == DT_RELA) relocations = dynamic->value;
        else if (dynamic->tag == DT_RELASZ) size = dynamic->value;
    }
    const struct relocation *relocation = (const struct relocation *)(relocations + displacement);
    for (unsigned long i = 0; i < size / sizeof *relocation; i++)
        if ((relocation[i].info & 0xffffffff) == R_AARCH64_RELATIVE)
            *(unsigned long *)(relocation[i].offset + displacement) =
                displacement + (unsigned long)relocation[i].addend;
}

#endif
