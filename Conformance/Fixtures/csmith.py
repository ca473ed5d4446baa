"""Random programs of csmith (Debian packages csmith and libcsmith-dev) with fixed seeds. Each computes a checksum; what
the native compiler makes of it says which."""

import signal
import subprocess
from pathlib import Path

# How much time of the processor a program may take natively, whatever else runs; many of them run for ever.
NATIVE_SECONDS = 2
# A program with unions or bit-fields may look at bytes of a wider value, so its checksum depends on the byte order.
PLAIN = ("--no-unions", "--no-bitfields")


class RandomProgram:
    """A program of one seed, made once for all architectures."""

    def __init__(self, seed, is_plain, tools, folder):
        self.name = f"{seed} plain" if is_plain else str(seed)
        self.options = ["--seed", str(seed), *(PLAIN if is_plain else ())]
        self.generator = tools / "bin/csmith"
        self.include = tools / "include"
        stem = folder / self.name.replace(" ", "-")
        self.source, self.output, self.excuse = (stem.with_suffix(suffix) for suffix in (".c", ".out", ".excuse"))

    def prepare(self):
        """None, or why there is no such program."""
        if not self.output.exists() and not self.excuse.exists():
            excuse = self.make()
            if excuse:
                self.excuse.write_text(excuse)
        return self.excuse.read_text() if self.excuse.exists() else None

    def make(self):
        text = subprocess.run([self.generator, *self.options], capture_output=True, check=True,
                              cwd=self.source.parent).stdout
        self.source.write_bytes(text)
        native = self.source.with_suffix(".native")
        done = subprocess.run(["gcc", "-O1", "-w", "-I", self.include, self.source, "-o", native], capture_output=True,
                              text=True)
        if done.returncode != 0:
            return "natively: " + done.stderr.splitlines()[0]
        # The limit is the process's, so that a shell sets it; it ends the program by one of two signals.
        limited = ["sh", "-c", f'ulimit -t {NATIVE_SECONDS} && exec "$0"', native]
        done = subprocess.run(limited, capture_output=True)
        native.unlink()
        if -done.returncode in (signal.SIGXCPU, signal.SIGKILL):
            return f"takes more than {NATIVE_SECONDS} s natively"
        if done.returncode != 0:
            return f"ends with status {done.returncode} natively"
        new = Path(f"{self.output}.new")
        new.write_bytes(done.stdout)
        new.rename(self.output)
        return None


def random_programs(seeds, is_big_endian, sources, folder):
    """A program per seed: on little-endian targets, whose checksums are then those of the native build, every third
    with unions and bit-fields."""
    folder.mkdir(exist_ok=True)
    tools, headers = (sources.binary(name) / "usr" for name in ("csmith", "libcsmith-dev"))
    link = tools / "include"
    if not link.exists():
        link.symlink_to(headers / "include/csmith")
    return [RandomProgram(seed, is_big_endian or seed % 3 != 0, tools, folder) for seed in seeds]
