"""Ways to run the programs under measurement, and the interleaved runs of one benchmark after the other."""

import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time


def run(command, **options):
    return subprocess.run([str(word) for word in command], check=True, **options)


def prepared(path):
    """The path, whose folder exists from now on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


class Peer:
    """One way to run the programs: a command prefix and the variant of the build that it runs."""

    def __init__(self, name, prefix, variant, folder):
        self.name = name
        self.prefix = prefix
        self.variant = variant
        self.folder = folder

    def command(self, program, *arguments):
        return [*self.prefix, str(self.folder / self.variant / program), *arguments]

    def output(self, program, *arguments):
        """The program's output as words; empty when it failed."""
        try:
            done = subprocess.run(self.command(program, *arguments), capture_output=True, text=True, timeout=300)
        except subprocess.TimeoutExpired:
            return []
        return done.stdout.split() if done.returncode == 0 else []

    def spawn(self, program):
        """Wall and CPU microseconds and peak KiB of one run."""
        spawn = self.folder / "native/spawn"
        done = subprocess.run([str(spawn), *self.command(program)], capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            sys.exit(f"bench: {self.name} cannot run {program}: {done.stderr.strip()}")
        return [float(word) for word in done.stdout.split()]

    def transform(self, program, arguments, product, environment):
        """Runs a program that makes a file, or prints: nanoseconds of wall clock and of user CPU time, and a digest of
        what it made. None when it failed."""
        product.unlink(missing_ok=True)
        with tempfile.TemporaryFile() as output:
            start = time.monotonic_ns()
            process = subprocess.Popen(self.command(program, *arguments), stdout=output, env=environment)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.monotonic_ns() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if status != 0:
                return None
            output.seek(0)
            made = output.read() + (product.read_bytes() if product.exists() else b"")
        return wall, int(usage.ru_utime * 1e9), hashlib.sha256(made).hexdigest()


def measure_benchmarks(program, peers, names, rounds):
    """{name: {peer: nanoseconds or None}} with None for a failed run or a wrong checksum; the median over the rounds.
    `program NAME` prints the name, a count, a checksum and nanoseconds."""
    results = {}
    for name in names:
        times = {peer.name: [] for peer in peers}
        expected = None
        for _ in range(rounds):
            for peer in peers:
                words = peer.output(program, name)
                checksum = words[2] if len(words) == 4 else None
                expected = expected or checksum
                correct = checksum is not None and checksum == expected
                times[peer.name].append(float(words[3]) if correct else None)
        results[name] = {peer: None if None in runs else statistics.median(runs) for peer, runs in times.items()}
        print(f"  {name}: " + ", ".join(f"{peer} {show_time(t)}" for peer, t in results[name].items()),
              file=sys.stderr)
    return results


def show_time(nanoseconds):
    if nanoseconds is None:
        return "FAIL"
    return f"{nanoseconds / 1e6:.1f} ms" if nanoseconds >= 1e6 else f"{nanoseconds:.1f} ns"
