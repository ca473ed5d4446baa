#!/usr/bin/env python3
"""Prepares Berkeley TestFloat's generator of floating-point cases, for the suite fp of `bsduserctl conformance`.

    testfloat.py --cache DIR

Makes DIR/testfloat/testfloat_gen from TestFloat 3e and SoftFloat 3e, both under the BSD licence, which lie in Debian's
source package of qemu. NaNs are those of SoftFloat's ARM-VFPv2-defaultNaN: every NaN result is the default one
(7FC00000, 7FF8000000000000), and a NaN converts to integer 0. Prints the path.

    testfloat_gen [-level 1|2] [-seed N] [-n N] [-rnear_even|-rnear_maxMag|-rminMag|-rmin|-rmax] [-tininessbefore|
        -tininessafter] [-exact|-notexact] FUNCTION

writes a line per case: the operands, the result and the flags, in hexadecimal. Flags: 1 inexact, 2 underflow,
4 overflow, 8 division by zero, 10 invalid.

Needs gcc, make, dpkg-dev.
"""

import argparse
import os
import shutil
from pathlib import Path

from common import Sources, locked, need, run

SPECIALIZATION = "ARM-VFPv2-defaultNaN"
BUILD = "build/Linux-x86_64-GCC"


def prepare(cache):
    folder = cache / "testfloat"
    program = folder / "testfloat_gen"
    with locked(cache / "testfloat.lock"):
        if not program.exists():
            folder.mkdir(exist_ok=True)
            source = Sources(cache / "sources").source_part(
                "testfloat", "qemu", ["*/tests/fp/berkeley-softfloat-3", "*/tests/fp/berkeley-testfloat-3"])
            build(source / "tests/fp", folder / "build", program)
    return program


def build(source, folder, program):
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)
    log = program.parent / "build.log"
    jobs = f"-j{os.cpu_count()}"
    run(["make", jobs, "-C", folder / "berkeley-softfloat-3" / BUILD, f"SPECIALIZE_TYPE={SPECIALIZATION}"], log=log)
    made = folder / "berkeley-testfloat-3" / BUILD
    run(["make", jobs, "-C", made, program.name], log=log)
    (made / program.name).rename(program)
    shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", required=True, type=Path)
    choice = parser.parse_args()
    need({"gcc": "gcc", "make": "make", "dpkg-deb": "dpkg", "apt-get": "apt"})
    print(prepare(choice.cache.resolve()))


if __name__ == "__main__":
    main()
