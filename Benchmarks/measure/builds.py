"""The benchmarks in C, compiled into a folder: natively, and for the guest under FreeBSD and Linux from the same objects."""

import re
import shutil
import sys
from pathlib import Path

from .cold import write_functions
from .peers import run, variant_folder

HERE = Path(__file__).resolve().parent.parent
COMMON_FLAGS = "-O2 -std=gnu11 -ffp-contract=off -fno-strict-aliasing -Wall -Wextra -Werror".split()
FREESTANDING_FLAGS = "-ffreestanding -fno-tree-loop-distribute-patterns -fno-stack-protector -fno-pic".split()
# Per guest architecture: the Debian cross compiler and its flags.
COMPILERS = {
    "aarch64": ("aarch64-linux-gnu-gcc", ["-mno-outline-atomics"]),
    "mips64": ("mips64-linux-gnuabi64-gcc", "-mno-abicalls -mno-shared -G0 -march=mips64r2".split()),
}
# For code that a program wrote: optimization as far as it takes little time.
COLD_FLAGS = ["-O1", "-Wno-unused-parameter"]


def prepared(path):
    """The path, whose folder exists from now on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def declared(sources):
    """The names of benchmarks, from the rows of the tables in their sources: they are known before anything is built."""
    return [name for source in sources for name in re.findall(r'\{"([^"]+)", "?\w+"?, [\d_]+, ', source.read_text())]


def is_current(output, *inputs):
    return output.exists() and all(file.stat().st_mtime <= output.stat().st_mtime for file in inputs)


class Builds:
    """The programs under measurement: one folder each variant."""

    def __init__(self, folder, architecture):
        self.folder = folder
        self.architecture = architecture
        self.compiler, self.flags = COMPILERS[architecture]
        shared = [HERE / "suite/main.c", HERE / "suite/text.c"]
        suite = sorted((HERE / "suite").glob("*.c"))
        self.cold = prepared(folder.parent / "cold.c")
        self.headers = [*HERE.glob("*/*.h"), Path(__file__)]
        self.programs = {
            "bench": [file for file in suite if file.stem not in ("plat_posix", "freestanding")],
            "cold": [*shared, self.cold],
            "hello": [HERE / "guest/hello.c"],
            "system": [HERE / "system/main.c", HERE / "system/calls.c", HERE / "system/threads.c", shared[1]],
        }
        # What guests and host need beside that for the kernel's services.
        self.kernels = {"system": (["kernel.c", "{system}.c"], ["system/posix.c"])}

    def build(self, names):
        """Builds what is missing or older than its sources of these programs."""
        if not shutil.which(self.compiler):
            sys.exit(f"bench: {self.compiler} is missing; Scripts/install-packages bench installs it")
        if "cold" in names:
            write_functions(self.cold)
        for name in names:
            self.build_native(name, self.programs[name])
            for system in ("freebsd", "linux"):
                self.build_guest(system, name, self.programs[name])

    def build_launcher(self):
        """What runs a program and tells its time and memory."""
        output, source = self.output("native", "spawn"), HERE / "spawn.c"
        if not is_current(output, source):
            run(["cc", "-O2", "-Wall", "-o", output, source])

    def build_native(self, name, sources):
        platform = [HERE / "suite/plat_posix.c", *(HERE / file for file in self.kernels.get(name, ([], []))[1])]
        output = self.output("native", name)
        if not is_current(output, *sources, *platform, *self.headers):
            run(["cc", *COMMON_FLAGS, *self.extra_flags(name), "-static", "-pthread", *self.includes(), "-o", output,
                 *sources, *platform])

    def build_guest(self, system, name, sources):
        defines = ["-DGUEST_LINUX"] if system == "linux" else []
        platform = [HERE / f"guest/{self.architecture}/start.S", HERE / "guest/plat_guest.c",
                    *(HERE / "guest" / file.format(system=system) for file in self.kernels.get(name, ([], []))[0])]
        output = self.output(system, name)
        if is_current(output, *sources, *platform, *self.headers, HERE / "suite/freestanding.c"):
            return
        objects = [self.compile(source, system, defines) for source in platform]
        objects += [self.compile(source, "any", self.extra_flags(name))
                    for source in [*sources, HERE / "suite/freestanding.c"]]
        run([self.compiler, *self.flags, "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none", "-o", output,
             *objects, "-lgcc"])
        if system == "freebsd":
            # Debian's linker knows no FreeBSD emulation; EI_OSABI is set afterwards.
            run(["elfedit", "--output-osabi", "FreeBSD", output])

    def output(self, variant, name):
        return prepared(variant_folder(self.folder, variant) / name)

    def extra_flags(self, name):
        return COLD_FLAGS if name == "cold" else []

    def includes(self):
        return [word for folder in ("suite", "system") for word in ("-I", HERE / folder)]

    def compile(self, source, system, flags):
        output = prepared(self.folder / f"objects-{system}" / f"{source.parent.name}-{source.name}{''.join(flags)}.o")
        if not is_current(output, source, *self.headers):
            run([self.compiler, *COMMON_FLAGS, *FREESTANDING_FLAGS, *self.flags, *flags, *self.includes(), "-c", source,
                 "-o", output])
        return output
