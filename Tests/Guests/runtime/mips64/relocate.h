// Self-relocation of a static PIE. start.S calls relocate() before the global offset table is usable: the function
// must call nothing and touch no global. Format: MIPS ABI supplement, "Global Offset Table" and "Relocation"; n64
// packs up to three relocation types in r_info, and lld emits R_MIPS_REL32 followed by R_MIPS_64 for a pointer.
#ifndef GUEST_RELOCATE_H
#define GUEST_RELOCATE_H

enum {
    DT_PLTGOT = 3, DT_SYMTAB = 6, DT_REL = 17, DT_RELSZ = 18,
    DT_MIPS_LOCAL_GOTNO = 0x7000000a, DT_MIPS_SYMTABNO = 0x70000011, DT_MIPS_GOTSYM = 0x70000013,
    R_MIPS_REL32 = 3,
};

struct dynamic_entry { long tag; unsigned long value; };
struct relocation { unsigned long offset, info; };

void relocate(unsigned long displacement, const struct dynamic_entry *dynamic) {
    unsigned long table = 0, local_count = 0, symbol_count = 0, first_symbol = 0, relocations = 0, size = 0;
    for (; dynamic->tag; dynamic++) {
        long tag = dynamic->tag;
        unsigned long value = dynamic->value;
        if (tag == DT_PLTGOT) table = value;
        else if (tag == DT_MIPS_LOCAL_GOTNO) local_count = value;
        else if (tag == DT_MIPS_SYMTABNO) symbol_count = value;
        else if (tag == DT_MIPS_GOTSYM) first_symbol = value;
        else if (tag == DT_REL) relocations = value;
        else if (tag == DT_RELSZ) size = value;
    }
    // The first two entries belong to the run-time linker.
    unsigned long *entry = (unsigned long *)(table + displacement);
    unsigned long count = local_count + symbol_count - first_symbol;
    for (unsigned long i = 2; i < count; i++)
        entry[i] += displacement;
    const struct relocation *relocation = (const struct relocation *)(relocations + displacement);
    for (unsigned long i = 0; i < size / sizeof *relocation; i++)
        if ((relocation[i].info & 0xff) == R_MIPS_REL32)
            *(unsigned long *)(relocation[i].offset + displacement) += displacement;
}

#endif
