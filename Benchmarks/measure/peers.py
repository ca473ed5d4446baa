"""Ways to run the programs under measurement."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# What qemu-user from Debian is run with: the CPU models that guests built for them run best on.
QEMU_OPTIONS = {"aarch64": ["-cpu", "cortex-a57"], "mips64": []}
# How the emulator under measurement is run where a first run and a later one differ: by its translation cache.
CACHE_MODES = [("cold", ["-cache", "off"]), ("warm", [])]
SECONDS = 300


def run(command, **options):
    return subprocess.run([str(word) for word in command], check=True, **options)


def output_of(command):
    """What a command prints, or nothing when it cannot be run."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS).stdout
    except OSError:
        return ""


def variant_folder(folder, variant):
    """Where the programs of a variant are, below an architecture's folder; the native ones are the same for all."""
    return folder.parent / variant if variant == "native" else folder / variant


class Peer:
    """One way to run the programs: a command prefix and the variant of the build that it runs."""

    def __init__(self, name, prefix, variant, folder):
        self.name = name
        self.prefix = prefix
        self.variant = variant
        self.folder = folder

    def with_options(self, mode, options):
        return Peer(f"{self.name}, {mode}", [*self.prefix, *options], self.variant, self.folder)

    def command(self, program, *arguments):
        return [*self.prefix, str(self.path(program)), *map(str, arguments)]

    def path(self, program):
        return variant_folder(self.folder, self.variant) / program

    def words(self, program, *arguments):
        """The program's output as words; empty when it failed."""
        try:
            done = subprocess.run(self.command(program, *arguments), capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return []
        return done.stdout.split() if done.returncode == 0 else []

    def through(self, launcher, program):
        """The words that a native program prints which runs this one."""
        command = [str(variant_folder(self.folder, "native") / launcher), *self.command(program)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        return done.stdout.split() if done.returncode == 0 else []

    def timed(self, program, arguments, product=None, environment=None, input_file=os.devnull):
        """Runs a program that prints, or makes the file `product`: what it made, and nanoseconds of CPU time in user mode,
        of all CPU time, of wall clock. None when it failed."""
        if product:
            product.unlink(missing_ok=True)
        with tempfile.TemporaryFile() as output, open(input_file, "rb") as standard_input:
            start = time.monotonic_ns()
            process = subprocess.Popen(self.command(program, *arguments), stdin=standard_input, stdout=output,
                                       env=environment)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.monotonic_ns() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if status != 0:
                return None
            output.seek(0)
            made = output.read() + (product.read_bytes() if product and product.exists() else b"")
        times = {"user": int(usage.ru_utime * 1e9), "cpu": int((usage.ru_utime + usage.ru_stime) * 1e9), "wall": wall}
        return made, times


class Peers:
    """Native code, the emulator under measurement, and its rivals if they are wanted."""

    def __init__(self, choice, architecture, folder, with_rivals=True):
        self.native = Peer("native", [], "native", folder)
        self.subject = Peer("bsduser", subject_command(choice), choice.system, folder)
        commands = rival_commands(choice.qemu, architecture) if with_rivals else {}
        self.rivals = [Peer(name, command, "linux", folder) for name, command in commands.items()]
        is_cached = re.search(r"\s-cache\b", output_of([self.subject.prefix[0], "-h"]))
        self.modes = [(mode, self.subject.with_options(mode, options if is_cached else []))
                      for mode, options in (CACHE_MODES if is_cached else CACHE_MODES[:1])]

    def all(self):
        return [self.native, *self.rivals, self.subject]

    def with_modes(self):
        return [self.native, *self.rivals, *(peer for _, peer in self.modes)]


def subject_command(choice):
    command = choice.bsduser
    if not shutil.which(command[0]):
        sys.exit(f"bench: no emulator at {command[0]}; build it, or name it with --bsduser")
    return [*command, "--arch-plugin", choice.plugin] if choice.plugin else command


def rival_commands(chosen, architecture):
    """{name: command}: qemu-user from Debian first, then those named on the command line that are for this architecture."""
    debian = f"qemu-{architecture}"
    if not shutil.which(debian):
        sys.exit(f"bench: {debian} is missing; Scripts/install-packages bench installs it")
    commands = {}
    for words in [[debian], *chosen]:
        program = shutil.which(words[0].replace("{arch}", architecture))
        if not program or not Path(program).name.endswith(f"-{architecture}"):
            continue
        options = words[1:] or QEMU_OPTIONS[architecture]
        name = f"qemu {qemu_version(program)}"
        commands[name if name not in commands else program] = [program, *options]
    return commands


def qemu_version(program):
    found = re.search(r"version (\d+\.\d+)", output_of([program, "--version"]))
    return found[1] if found else "?"
