"""The suite in C: its builds, start-up time, and the price of a system call."""

import math
import shutil
import statistics
import sys
from pathlib import Path

from .peers import prepared, run

HERE = Path(__file__).resolve().parent.parent
COMMON_FLAGS = "-O2 -std=gnu11 -ffp-contract=off -fno-strict-aliasing -Wall -Wextra -Werror".split()
FREESTANDING_FLAGS = "-ffreestanding -fno-tree-loop-distribute-patterns -fno-stack-protector -fno-pic".split()
# Per guest architecture: the Debian cross compiler and its flags.
COMPILERS = {
    "aarch64": ("aarch64-linux-gnu-gcc", ["-mno-outline-atomics"]),
    "mips64": ("mips64-linux-gnuabi64-gcc", "-mno-abicalls -mno-shared -G0 -march=mips64r2".split()),
}


class Builds:
    """The programs under measurement, compiled into a folder: one folder each variant."""

    def __init__(self, folder, architecture):
        self.folder = folder
        self.architecture = architecture
        self.compiler, self.flags = COMPILERS[architecture]
        suite = sorted((HERE / "suite").glob("*.c"))
        self.programs = {
            "bench": [file for file in suite if file.stem not in ("plat_posix", "freestanding")],
            "hello": [HERE / "guest/hello.c"],
            "getppid": [HERE / "guest/getppid.c"],
        }

    def build(self):
        if not shutil.which(self.compiler):
            sys.exit(f"bench: {self.compiler} is missing; Scripts/install-packages bench installs it")
        run(["cc", "-O2", "-Wall", "-o", self.prepare("native", "spawn"), HERE / "spawn.c"])
        for name, sources in self.programs.items():
            run(["cc", *COMMON_FLAGS, "-static", "-I", HERE / "suite", "-o", self.prepare("native", name),
                 *sources, HERE / "suite/plat_posix.c"])
        objects = {source: self.compile(source) for sources in self.programs.values() for source in sources}
        support = self.compile(HERE / "suite/freestanding.c")
        for system in ("freebsd", "linux"):
            defines = ["-DGUEST_LINUX"] if system == "linux" else []
            platform = [self.compile(HERE / f"guest/{self.architecture}/start.S", system, defines),
                        self.compile(HERE / "guest/plat_guest.c", system, defines)]
            for name, sources in self.programs.items():
                self.link(system, name, platform + [objects[source] for source in sources] + [support])

    def prepare(self, variant, name):
        return prepared(self.folder / variant / name)

    def compile(self, source, system="any", defines=()):
        output = self.prepare(f"objects-{system}", source.name + ".o")
        run([self.compiler, *COMMON_FLAGS, *FREESTANDING_FLAGS, *self.flags, *defines, "-I", HERE / "suite",
             "-c", source, "-o", output])
        return output

    def link(self, system, name, objects):
        output = self.prepare(system, name)
        run([self.compiler, *self.flags, "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none", "-o", output,
             *objects, "-lgcc"])
        if system == "freebsd":
            # Debian's linker knows no FreeBSD emulation; EI_OSABI is set afterwards.
            run(["elfedit", "--output-osabi", "FreeBSD", output])


def measure_start(peers, runs):
    """{peer: (minimum and median wall milliseconds, peak MiB)} of the static hello, runs interleaved."""
    samples = {peer.name: [] for peer in peers}
    for peer in peers:
        peer.spawn("hello")
    for _ in range(runs):
        for peer in peers:
            samples[peer.name].append(peer.spawn("hello"))
    return {name: (min(s[0] for s in rows) / 1e3, statistics.median(s[0] for s in rows) / 1e3,
                   max(s[2] for s in rows) / 1024) for name, rows in samples.items()}


def measure_getppid(peers, rounds):
    """{peer: nanoseconds a call}, the minimum over the rounds."""
    best = {}
    for _ in range(rounds):
        for peer in peers:
            words = peer.output("getppid")
            if words:
                best[peer.name] = min(best.get(peer.name, math.inf), int(words[0]) / 1e6)
    return best
