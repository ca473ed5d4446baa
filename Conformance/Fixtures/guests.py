#!/usr/bin/env python3
"""Prepares the suites abi, syscalls, threads, signals and smc of `bsduserctl conformance`.

    guests.py --arch ARCH --cache DIR [--quick]

Compiles the check programs that Tests/Guests/programs.json lists, and the programs of behaviour cases in
Tests/Guests/cases/SUITE/*.c and SUITE/ARCH/*.c, and writes DIR/ARCH/SUITE/manifest.json for each suite. What is there
already and made of the same sources is not compiled again. Prints the names of the suites' manifests.

A C file is left out of --quick, and may take longer, when it has a line `// conformance: slow`; a row of programs.json
when it says "slow": true.

Needs clang and ld.lld (Debian packages clang and lld).
"""

import csv
import hashlib
import json
import os
import subprocess
import sys

from common import ROOT, choice_of, first_complaint, in_parallel, locked, need, write_manifest

GUESTS = ROOT / "Tests/Guests"
COMPILE = GUESTS / "compile"
SUITES = ("abi", "syscalls", "threads", "signals", "smc")
SLOW_MARK = "// conformance: slow"
# Debug builds of the emulator are slow, and machines that run tests are busy.
SECONDS, SLOW_SECONDS = 180, 900


class Program:
    """A program to compile, and its manifest entry but for the path."""

    def __init__(self, suite, source, link, float_kind, entry):
        self.suite, self.source, self.link, self.float_kind, self.entry = suite, source, link, float_kind, entry

    def path(self):
        variant = [word for word, default in ((self.link, "static"), (self.float_kind, "soft")) if word != default]
        # The program's own name is what its checks see of themselves.
        return "/".join([self.entry["kind"], *variant, self.source.stem])


def manifest_entry(kind, name, is_slow, **more):
    return {"name": name, "kind": kind, "arguments": [], "environment": {}, "input": None, "files": [], "status": 0,
            "seconds": SLOW_SECONDS if is_slow else SECONDS, "quick": not is_slow, "group": kind, **more}


def check_programs(architecture):
    """The programs of programs.json that the architecture runs, each in all ways it is linked."""
    for row in json.loads((GUESTS / "programs.json").read_text()):
        folder, slash, _ = row["program"].rpartition("/")
        if (slash and folder != architecture) or architecture not in row.get("architectures", [architecture]):
            continue
        checks = row["checks"]
        # Who runs a program decides how many checks it makes, not who prepared it.
        checks, root_checks = (checks["others"], checks["root"]) if isinstance(checks, dict) else (checks, checks)
        float_kind = row.get("float", "soft")
        for link in row.get("links", ["static"]):
            # Programs of cases have the same names.
            name = " ".join(["program", row["program"], *([link] if link != "static" else []),
                             *(["hard-float"] if float_kind == "hard" else [])])
            yield Program(row["suite"], GUESTS / "programs" / (row["program"] + ".c"), link, float_kind,
                          manifest_entry("checks", name, row.get("slow", False), arguments=row.get("arguments", []),
                                         environment=row.get("environment", {}), checks=checks,
                                         root_checks=root_checks))


def case_programs(architecture):
    """The programs of behaviour cases. Those below a folder named after an architecture use all its registers."""
    for suite in SUITES:
        folder = GUESTS / "cases" / suite
        for source in [*sorted(folder.glob("*.c")), *sorted((folder / architecture).glob("*.c"))]:
            name = str(source.relative_to(folder).with_suffix(""))
            yield Program(suite, source, "static", "hard" if "/" in name else "soft",
                          manifest_entry("cases", name, SLOW_MARK in source.read_text()))


def write_layouts(architecture, folder):
    """layouts.h: the sizes and offsets of FreeBSD's structures as its own compiler has them, for cases that compare
    them with what a kernel writes."""
    with open(ROOT / "Tests/Support/Data/layouts.csv", newline="") as file:
        rows = [(row["item"], row[architecture]) for row in csv.DictReader(file) if row.get(architecture)]
    text = "".join(f"#define LAYOUT_{name} {value}ul\n" for name, value in rows)
    header = folder / "include/layouts.h"
    header.parent.mkdir(parents=True, exist_ok=True)
    if not header.exists() or header.read_text() != text:
        header.write_text(text)
    return text


def digest(*parts):
    texts = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def common_digest(architecture):
    """What every program is made of beside its own source: the headers and the runtime, the script, the compiler."""
    version = subprocess.run([os.environ.get("CLANG", "clang"), "--version"], capture_output=True).stdout
    files = sorted({COMPILE, *GUESTS.glob("runtime/*.*"), *(GUESTS / "runtime" / architecture).iterdir(),
                    *GUESTS.glob("cases/**/*.h")})
    return digest(version, *(part for file in files for part in (file.relative_to(GUESTS), file.read_bytes())))


def compile_program(program, architecture, folder, common):
    """None, or the compiler's first complaint."""
    output = folder / program.suite / "bin" / program.path()
    key, wanted = output.with_name(output.name + ".key"), digest(common, program.source.read_bytes())
    program.entry["program"] = str(output.relative_to(folder / program.suite))
    output.parent.mkdir(parents=True, exist_ok=True)
    if output.exists() and key.exists() and key.read_text() == wanted:
        return None
    key.unlink(missing_ok=True)
    done = subprocess.run([COMPILE, "--arch", architecture, "--link", program.link, "--float", program.float_kind,
                           "--runtime", folder / "runtime", "--include", folder / "include", program.source, output],
                          capture_output=True, text=True)
    if done.returncode != 0:
        return first_complaint(done.stderr).replace(f"{ROOT}/", "")
    key.write_text(wanted)
    return None


def prepare_runtime(architecture, folder):
    """Compiles the smallest program, so that the runtimes are there for all others; ends when that fails."""
    for float_kind in ("soft", "hard"):
        done = subprocess.run([COMPILE, "--arch", architecture, "--float", float_kind, "--runtime", folder / "runtime",
                               GUESTS / "programs/hello.c", folder / "hello"], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"guests: {done.stderr.strip().splitlines()[0]}")


def prepare(architecture, folder, is_quick):
    prepare_runtime(architecture, folder)
    programs = [program for program in (*check_programs(architecture), *case_programs(architecture))
                if program.entry["quick"] or not is_quick]
    common = digest(common_digest(architecture), write_layouts(architecture, folder))
    reasons = in_parallel(f"guests {architecture}",
                          lambda program: compile_program(program, architecture, folder, common), programs)
    for suite in SUITES:
        mine = [(program.entry, reason) for program, reason in zip(programs, reasons) if program.suite == suite]
        write_manifest(folder / suite, [entry for entry, reason in mine if not reason],
                       [{"name": entry["name"], "reason": reason} for entry, reason in mine if reason], is_quick)
        print(folder / suite / "manifest.json")


def main():
    choice = choice_of(__doc__)
    need({os.environ.get("CLANG", "clang"): "clang", os.environ.get("LLD", "ld.lld"): "lld"})
    folder = choice.cache.resolve() / choice.arch
    for suite in SUITES:
        (folder / suite).mkdir(parents=True, exist_ok=True)
    with locked(folder / "guests.lock"):
        prepare(choice.arch, folder, choice.quick)


if __name__ == "__main__":
    main()
