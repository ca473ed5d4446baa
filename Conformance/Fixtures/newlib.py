"""A C library for FreeBSD guests: newlib (Debian's newlib-source) on the system call layer in Tests/Guests/newlib."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time

from common import PROGRAM, ROOT, locked, need, run

LAYER = ROOT / "Tests/Guests/newlib"
RUNTIME = ROOT / "Tests/Guests/runtime"

# Per architecture: Debian's cross tool prefix, newlib's host name, compiler flags, and those of the entry code, which
# may address in another way than the rest.
ARCHITECTURES = {
    "aarch64": ("aarch64-linux-gnu", "aarch64-unknown-elf", "-march=armv8-a -mno-outline-atomics -fno-pic",
                "-march=armv8-a"),
    "mips64": ("mips64-linux-gnuabi64", "mips64-unknown-elf", "-mabi=64 -march=mips64r2 -mno-shared -mplt -fno-pic",
               "-mabi=64 -march=mips64r2 -mabicalls -fPIC"),
}
NOT_LINUX = "-U__linux__ -U__gnu_linux__ -U__linux -Ulinux -Uunix -U__unix -U__unix__"


def required_tools(architecture):
    """Programs and the Debian packages that have them."""
    prefix = ARCHITECTURES[architecture][0]
    return {"gcc": "gcc", "make": "make", "dpkg-source": "dpkg-dev", "apt-get": "apt",
            f"{prefix}-gcc-12": f"gcc-12-{prefix}"}


def need_compiler(architecture):
    """Ends the program when there is no cross compiler for the architecture, or a tool is missing."""
    if architecture not in ARCHITECTURES:
        sys.exit(f"{PROGRAM}: no cross compiler is known for {architecture}, only for {', '.join(ARCHITECTURES)}")
    need(required_tools(architecture))


def newlib_sources(sources):
    """newlib's unpacked and repaired sources."""
    source = sources.binary("newlib-source", "usr/src/newlib/newlib-*.tar.*")
    # The section attribute of _impure_ptr on MIPS conflicts with its definition under gcc 12.
    config = source / "newlib/libc/include/sys/config.h"
    repaired = re.sub(r"(#define __ATTRIBUTE_IMPURE_PTR__) __attribute__.*", r"\1", config.read_text())
    with locked(sources.folder / "newlib-source.lock"):
        config.write_text(repaired)
    return source


def mark_freebsd(program):
    """Sets EI_OSABI to ELFOSABI_FREEBSD: Debian's linker knows no FreeBSD emulation."""
    with open(program, "r+b") as file:
        file.seek(7)
        file.write(b"\x09")


class Guest:
    """The cross compiler with newlib and the layer for one architecture."""

    def __init__(self, folder, sources, architecture):
        self.folder = folder / f"{architecture}-newlib"
        self.prefix, self.host, flags, self.entry_flags = ARCHITECTURES[architecture]
        self.architecture = architecture
        own = subprocess.check_output([f"{self.prefix}-gcc-12", "-print-file-name=include"], text=True).strip()
        self.compiler = shlex.split(f"{self.prefix}-gcc-12 {flags} {NOT_LINUX} -nostdinc") + ["-isystem", own]
        self.include = self.folder / "installed" / self.host / "include"
        self.libraries = self.folder / "installed" / self.host / "lib"
        self.sources = sources

    def version(self):
        """What says which compiler it is."""
        return subprocess.check_output([f"{self.prefix}-gcc-12", "--version"], text=True)

    def is_big_endian(self):
        macros = subprocess.check_output([*self.compiler, "-dM", "-E", "-x", "c", "/dev/null"], text=True)
        return "#define __BYTE_ORDER__ __ORDER_BIG_ENDIAN__" in macros

    def prepare(self):
        with locked(self.folder.parent / f"{self.folder.name}.lock"):
            self.prepare_alone()

    def prepare_alone(self):
        complete = self.folder / "complete"
        if not complete.exists():
            self.build_newlib()
            complete.touch()
        newest = max(file.stat().st_mtime for folder in (LAYER, RUNTIME) for file in folder.rglob("*"))
        archive = self.folder / "liblayer.a"
        if not archive.exists() or archive.stat().st_mtime < newest:
            self.build_layer(archive)

    def build_newlib(self):
        start = time.monotonic()
        source = newlib_sources(self.sources)
        build = self.folder / "build"
        shutil.rmtree(build, ignore_errors=True)
        build.mkdir(parents=True)
        flags = ("-O2 -g0 -w -fno-stack-protector -fno-builtin-printf -D_FORTIFY_SOURCE=0 -DMISSING_SYSCALL_NAMES "
                 "-DHAVE_RENAME -DHAVE_FCNTL -DHAVE_SYSTEM")
        tools = [f"AR={self.prefix}-ar", f"RANLIB={self.prefix}-ranlib", f"AS={self.prefix}-as"]
        features = ("--disable-multilib --disable-newlib-supplied-syscalls --enable-newlib-io-long-long "
                    "--enable-newlib-io-c99-formats --enable-newlib-io-long-double --enable-newlib-register-fini "
                    "--disable-nls --enable-newlib-reent-check-verify --disable-newlib-atexit-dynamic-alloc "
                    "--enable-newlib-global-atexit").split()
        log = self.folder / "newlib.log"
        run([source / "newlib/configure", f"--host={self.host}", "--build=x86_64-linux-gnu",
             f"--prefix={self.folder}/installed", "CC=" + shlex.join(self.compiler), f"CFLAGS={flags}", *tools,
             *features], build, log)
        run(["make", f"-j{os.cpu_count()}"], build, log)
        run(["make", "install"], build, log)
        shutil.rmtree(build)
        print(f"newlib: {time.monotonic() - start:.0f} s", file=sys.stderr)

    def command(self):
        return [*self.compiler, *self.headers(), "-D_GNU_SOURCE", "-U_FORTIFY_SOURCE", "-fno-stack-protector", "-O2",
                "-w"]

    def headers(self):
        return ["-isystem", str(LAYER / "include"), "-isystem", str(self.include)]

    def build_layer(self, archive):
        runtime = RUNTIME / self.architecture
        objects = []
        for source in sorted(LAYER.glob("*.c")):
            output = self.folder / (source.stem + ".o")
            run([*self.command(), "-I", LAYER, "-I", runtime, "-c", source, "-o", output])
            objects.append(output)
        start = self.folder / "start.o"
        run([f"{self.prefix}-gcc-12", *self.entry_flags.split(), "-I", RUNTIME, "-c", runtime / "start.S", "-o", start])
        new = archive.with_suffix(".new")
        new.unlink(missing_ok=True)
        run([f"{self.prefix}-ar", "rcs", new, *objects])
        new.rename(archive)

    def libraries_arguments(self, start=None):
        """The end of a command line that links a program. All of the layer goes in, so that it, and not newlib's
        functions for other systems, is what newlib itself uses. `start` replaces the object with the process entry and
        FreeBSD's system calls."""
        return ["-nostdlib", "-static", "-no-pie", "-Wl,-e,_start", "-Wl,--build-id=none", "-s",
                start or self.folder / "start.o", "-Wl,--whole-archive", self.folder / "liblayer.a", "-Wl,--no-whole-archive",
                "-Wl,--start-group", self.libraries / "libm.a", self.libraries / "libc.a", "-lgcc", "-Wl,--end-group"]

    def compile(self, arguments, output, log):
        """Joins a program's own code into one object."""
        run([*self.command(), "-include", LAYER / "include/compat.h", *arguments, "-r", "-nostdlib", "-o", output],
            log=log)

    def link(self, arguments, output, log):
        run([*self.command(), "-include", LAYER / "include/compat.h", *arguments, "-Wl,-z,noexecstack",
             *self.libraries_arguments(), "-o", output], log=log)
        mark_freebsd(output)
