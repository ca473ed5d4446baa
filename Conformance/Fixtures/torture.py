#!/usr/bin/env python3
"""Prepares the suite torture of `bsduserctl conformance`: programs that are hard on a compiler, and so on an emulator.

    torture.py --arch ARCH --cache DIR [--quick]

Compiles gcc's own execution tests (gcc.c-torture/execute of Debian's gcc-12-source, with ieee and builtins) at several
levels, and csmith's random programs, whose native builds say what they print, for FreeBSD with newlib. Writes
DIR/ARCH/torture/manifest.json and prints its path. What was made already is not made again. All sources are fetched
into DIR/sources.

Needs Debian with gcc, make, dpkg-dev, and the cross compiler gcc-12-mips64-linux-gnuabi64 or gcc-12-aarch64-linux-gnu.
"""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from common import Sources, choice_of, first_complaint, in_parallel, locked, write_manifest
from csmith import random_programs
from dejagnu import Directives, flags_of_x_file
from newlib import LAYER, Guest, mark_freebsd, need_compiler

LEVELS = ("-O0", "-O2", "-O3", "-Os")
RANDOM_LEVELS = ("-O0", "-O2")
# Instructions of the architecture that gcc uses only when it is told to; they are in the programs of one level.
WIDER_LEVEL = "-O3"
WIDER_FLAGS = {"mips64": ["-mbranch-likely", "-mpaired-single"]}
QUICK_LEVEL = "-O2"
# Of gcc's tests a quick run takes every twelfth of each folder.
QUICK_STEP = 12
RANDOM_PROGRAMS, QUICK_RANDOM_PROGRAMS = 300, 15
# Debug builds of the emulator are slow, and machines that run tests are busy.
SECONDS, RANDOM_SECONDS = 60, 300
COMPILE_SECONDS = 300

# What the .exp files of gcc's test folders add to the flags.
FOLDER_FLAGS = {
    "execute": ["-w"],
    "ieee": ["-w", "-fno-inline"],
    "builtins": ["-w", "-fno-tree-dse", "-fno-tree-loop-distribute-patterns", "-fno-tracer", "-fno-ipa-ra",
                 "-fno-inline-functions"],
}
# Small files; and a test may define a function that the layer has too, of which the first is taken.
LINK_FLAGS = ["-Wl,-z,max-page-size=4096", "-Wl,--allow-multiple-definition"]


class Test:
    """A program at one level: what it is compiled from, and its manifest entry."""

    def __init__(self, group, name, level, sources, flags, quick, **entry):
        self.name = f"{group}/{name} {level}"
        self.sources, self.flags = sources, [level, *flags]
        self.excuse = None
        self.stem = f"{group}-{name}{level}".replace(" ", "-")
        self.entry = {"name": self.name, "kind": "status", "program": "", "arguments": [], "environment": {},
                      "input": None, "files": [], "status": 0, "seconds": SECONDS, "quick": quick, "group": group,
                      **entry}

    def name_program(self, state):
        """Names the program after all that it is made of, so that one which is there is the right one."""
        digest = hashlib.sha256("\0".join([state, *map(str, self.flags)]).encode())
        for source in self.sources:
            if source.exists():
                digest.update(source.read_bytes())
        self.entry["program"] = f"bin/{self.stem}-{digest.hexdigest()[:12]}"


def gcc_tests(sources, architecture):
    """gcc's tests at all levels, with what their directives say."""
    triplet = f"{architecture}-unknown-freebsd12.2"
    root = sources.binary("gcc-12-source", "usr/src/gcc-*/gcc-*.tar.*", ["*/gcc.c-torture/execute"])
    execute = root / "gcc/testsuite/gcc.c-torture/execute"
    for group, folder in (("execute", execute), ("ieee", execute / "ieee"), ("builtins", execute / "builtins")):
        files = [file for file in sorted(folder.glob("*.c")) if not file.stem.endswith("-lib")]
        for number, file in enumerate(files):
            directives = Directives(file.read_text(errors="replace"), triplet)
            flags = [*FOLDER_FLAGS[group], *directives.flags, *flags_of_x_file(file.with_suffix(".x"))]
            # gcc's trampolines for nested functions are code on the stack.
            flags.append("-Wl,-z,execstack" if "trampolines" in directives.required else "-Wl,-z,noexecstack")
            parts = [file.with_name(file.stem + "-lib.c"), folder / "lib/main.c"] if group == "builtins" else []
            for level in LEVELS:
                wider = WIDER_FLAGS.get(architecture, []) if level == WIDER_LEVEL else []
                test = Test(group, file.stem, level, [file, *parts], [*wider, *flags],
                            number % QUICK_STEP == 0 and level == QUICK_LEVEL)
                test.excuse = directives.reason_to_leave_out(test.flags)
                yield test


def random_tests(count, guest, sources, cache, folder):
    """csmith's programs; their golden outputs are made, if they are not there yet."""
    programs = random_programs(range(1, count + 1), guest.is_big_endian(), sources, cache / "csmith")
    with locked(cache / "csmith.lock"):
        excuses = in_parallel("torture: csmith", lambda program: program.prepare(), programs)
    for number, (program, excuse) in enumerate(zip(programs, excuses)):
        golden = Path("golden", f"csmith-{program.output.name}")
        if not excuse:
            shutil.copy(program.output, folder / golden)
        for level in RANDOM_LEVELS:
            test = Test("csmith", program.name, level, [program.source],
                        ["-w", "-I", program.include, "-Wl,-z,noexecstack"],
                        number < QUICK_RANDOM_PROGRAMS and level == QUICK_LEVEL,
                        kind="output", output=str(golden), seconds=RANDOM_SECONDS)
            test.excuse = excuse
            yield test


def compile_test(test, guest, folder):
    """Compiles a test that is not there yet; what the compiler complained of becomes its excuse."""
    if test.excuse:
        return
    output = folder / test.entry["program"]
    complaint, new = (output.with_name(output.name + suffix) for suffix in (".complaint", ".new"))
    if output.exists():
        return
    if not complaint.exists():
        command = [*guest.compiler, *guest.headers(), *test.flags, *test.sources,
                   *LINK_FLAGS, *guest.libraries_arguments(), "-o", new]
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=COMPILE_SECONDS)
        except subprocess.TimeoutExpired:
            test.excuse = f"the compiler runs longer than {COMPILE_SECONDS} s"
            return
        if done.returncode == 0:
            mark_freebsd(new)
            new.rename(output)
            return
        complaint.write_text(first_complaint(done.stderr).replace(f"{test.sources[0].parent}/", ""))
    test.excuse = complaint.read_text()


def state_of(guest):
    """A digest of what all programs are made of: compiler, libraries, headers of our own."""
    state = hashlib.sha256((guest.version() + repr(LINK_FLAGS)).encode())
    libraries = [guest.folder / "start.o", guest.folder / "liblayer.a", guest.libraries / "libc.a"]
    for file in (*libraries, guest.libraries / "libm.a", *sorted((LAYER / "include").rglob("*.h"))):
        state.update(file.read_bytes())
    return state.hexdigest()


def discard_outdated(folder, tests):
    """Removes the programs of earlier sources, compilers or flags."""
    current = {Path(test.entry["program"]).name for test in tests}
    for file in (folder / "bin").iterdir():
        if file.name.split(".")[0] not in current:
            file.unlink()


def finish(folder, tests, is_quick):
    """Writes the manifest. That of a full preparation has what a quick run needs, as long as its programs are there."""
    complete = folder / "complete"
    if is_quick and complete.exists():
        known = {case["program"] for case in json.loads((folder / "manifest.json").read_text())["cases"]}
        if known.issuperset(test.entry["program"] for test in tests if not test.excuse):
            return
        complete.unlink()
    if not is_quick:
        discard_outdated(folder, tests)
    write_manifest(folder, [test.entry for test in tests if not test.excuse],
                   [{"name": test.name, "reason": test.excuse} for test in tests if test.excuse], is_quick)
    if not is_quick:
        complete.touch()


def main():
    choice = choice_of(__doc__)
    need_compiler(choice.arch)
    cache = choice.cache.resolve()
    folder = cache / choice.arch / "torture"
    sources = Sources(cache / "sources")
    guest = Guest(cache, sources, choice.arch)
    guest.prepare()
    with locked(cache / f"{choice.arch}-torture.lock"):
        for name in ("bin", "golden"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        count = QUICK_RANDOM_PROGRAMS if choice.quick else RANDOM_PROGRAMS
        every = (*gcc_tests(sources, choice.arch), *random_tests(count, guest, sources, cache, folder))
        tests = [test for test in every if test.entry["quick"] or not choice.quick]
        state = state_of(guest)
        for test in tests:
            if not test.excuse:
                test.name_program(state)
        in_parallel(f"torture {choice.arch}", lambda test: compile_test(test, guest, folder), tests)
        finish(folder, tests, choice.quick)
    print(folder / "manifest.json")


if __name__ == "__main__":
    main()
