// The table of benchmarks: name, function, default amount of work, class.
#include "bench.h"

uint64_t bench_fib(unsigned n);
uint64_t bench_tak(unsigned n);
uint64_t bench_sieve(unsigned n);
uint64_t bench_fannkuch(unsigned n);
uint64_t bench_queens(unsigned n);
uint64_t bench_qsort(unsigned n);
uint64_t bench_gsort(unsigned n);
uint64_t bench_bubble(unsigned n);
uint64_t bench_sha256(unsigned n);
uint64_t bench_arx64(unsigned n);
uint64_t bench_crc32(unsigned n);
uint64_t bench_chacha(unsigned n);
uint64_t bench_lz(unsigned n);
uint64_t bench_dhry(unsigned n);
uint64_t bench_matint(unsigned n);
uint64_t bench_vm(unsigned n);
uint64_t bench_icall(unsigned n);
uint64_t bench_vcall(unsigned n);
uint64_t bench_chase(unsigned n);
uint64_t bench_tree(unsigned n);
uint64_t bench_hash(unsigned n);
uint64_t bench_str(unsigned n);
uint64_t bench_div(unsigned n);
uint64_t bench_bignum(unsigned n);
uint64_t bench_bits(unsigned n);
uint64_t bench_life(unsigned n);
uint64_t bench_edit(unsigned n);
uint64_t bench_lex(unsigned n);
uint64_t bench_huff(unsigned n);
uint64_t bench_heap(unsigned n);
uint64_t bench_nbody(unsigned n);
uint64_t bench_mandel(unsigned n);
uint64_t bench_mandelf(unsigned n);
uint64_t bench_spectral(unsigned n);
uint64_t bench_matmul(unsigned n);
uint64_t bench_matmulf(unsigned n);
uint64_t bench_fft(unsigned n);
uint64_t bench_fftf(unsigned n);
uint64_t bench_lu(unsigned n);
uint64_t bench_conv(unsigned n);
uint64_t bench_poly(unsigned n);
uint64_t bench_ray(unsigned n);
uint64_t bench_fplat(unsigned n);
uint64_t bench_copy32(unsigned n);
uint64_t bench_copy8(unsigned n);
uint64_t bench_memcpy(unsigned n);
uint64_t bench_memsmall(unsigned n);
uint64_t bench_triad(unsigned n);
uint64_t bench_sum64(unsigned n);
uint64_t bench_random(unsigned n);
uint64_t bench_endian(unsigned n);

const struct bench benchmarks[] = {
    {"fib", bench_fib, 260, "int"},
    {"tak", bench_tak, 1800, "int"},
    {"sieve", bench_sieve, 140, "int"},
    {"fannkuch", bench_fannkuch, 4, "int"},
    {"queens", bench_queens, 350, "int"},
    {"qsort", bench_qsort, 67, "int"},
    {"gsort", bench_gsort, 200, "int"},
    {"bubble", bench_bubble, 190, "int"},
    {"sha256", bench_sha256, 1200, "int"},
    {"arx64", bench_arx64, 500, "int"},
    {"crc32", bench_crc32, 460, "int"},
    {"chacha", bench_chacha, 770, "int"},
    {"lz", bench_lz, 180, "int"},
    {"dhry", bench_dhry, 310, "int"},
    {"matint", bench_matint, 650, "int"},
    {"vm", bench_vm, 180, "int"},
    {"icall", bench_icall, 460, "int"},
    {"vcall", bench_vcall, 380, "int"},
    {"chase", bench_chase, 640, "int"},
    {"tree", bench_tree, 150, "int"},
    {"hash", bench_hash, 400, "int"},
    {"str", bench_str, 220, "int"},
    {"div", bench_div, 120, "int"},
    {"bignum", bench_bignum, 3000, "int"},
    {"bits", bench_bits, 350, "int"},
    {"life", bench_life, 470, "int"},
    {"edit", bench_edit, 210, "int"},
    {"lex", bench_lex, 2600, "int"},
    {"huff", bench_huff, 160, "int"},
    {"heap", bench_heap, 200, "int"},
    {"nbody", bench_nbody, 150, "fp"},
    {"mandel", bench_mandel, 65, "fp"},
    {"mandelf", bench_mandelf, 64, "fp"},
    {"spectral", bench_spectral, 380, "fp"},
    {"matmul", bench_matmul, 150, "fp"},
    {"matmulf", bench_matmulf, 220, "fp"},
    {"fft", bench_fft, 2100, "fp"},
    {"fftf", bench_fftf, 2200, "fp"},
    {"lu", bench_lu, 760, "fp"},
    {"conv", bench_conv, 130, "fp"},
    {"poly", bench_poly, 150, "fp"},
    {"ray", bench_ray, 280, "fp"},
    {"fplat", bench_fplat, 92, "fp"},
    {"copy32", bench_copy32, 770, "mem"},
    {"copy8", bench_copy8, 440, "mem"},
    {"memcpy", bench_memcpy, 590, "mem"},
    {"memsmall", bench_memsmall, 480, "mem"},
    {"triad", bench_triad, 1700, "mem"},
    {"sum64", bench_sum64, 1700, "mem"},
    {"random", bench_random, 250, "mem"},
    {"endian", bench_endian, 3800, "mem"},
    {0, 0, 0, 0},
};
