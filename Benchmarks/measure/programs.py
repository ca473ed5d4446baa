"""Real programs of Debian's archive at work on inputs of some size; what they print must be what the native ones print."""

import contextlib
import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .builds import prepared
from .peers import variant_folder
from .rounds import interleaved, measurement

HERE = Path(__file__).resolve().parent.parent
FIXTURES = HERE.parent / "Conformance/Fixtures"
sys.path[:0] = [str(FIXTURES), str(HERE.parent / "Tests/Go")]
from common import Sources, locked, need, run  # noqa: E402
from newlib import LAYER, Guest, mark_freebsd, required_tools  # noqa: E402
from programs import words  # noqa: E402
from real_programs import PROGRAMS, build_native, compiler_arguments, unpacked  # noqa: E402
from toolchain import CACHE  # noqa: E402

GUEST = HERE / "guest"
# Bytes of text to compress. How fast the programs are differs.
SMALL_TEXT, LARGE_TEXT = 400_000, 8_000_000


class Task:
    """One run of a program. Arguments and input may name files of Benchmarks/programs and of the prepared data; `source` is
    the program and its arguments that make, natively, the file that the last argument names; it holds that `times`."""

    def __init__(self, name, arguments, input_file=None, source=None, times=1, not_on=()):
        self.name, self.arguments, self.input_file = name, arguments.split(), input_file
        self.source, self.times, self.not_on = source, times, not_on
        self.program = name.split()[0]


TASKS = (
    Task("lua", "work.lua"),
    Task("mujs", "work.js"),
    Task("duktape", "work.js"),
    Task("sqlite3", "-batch :memory:", "work.sql"),
    Task("minigzip", "-6 -c large"),
    Task("minigzip back", "-d -c large.gz", source="minigzip -6 -c large", times=5),
    Task("bzip2", "-9 -c large"),
    Task("bzip2 back", "-d -c large.bz2", source="bzip2 -9 -c large"),
    Task("lz4", "-9 -c large"),
    Task("zstd", "-8 -q -c large"),
    # It reads words at odd addresses, which MIPS kernels make good and qemu-user does not.
    Task("zopfli", "-c --i5 small", not_on=["mips64"]),
)


@contextlib.contextmanager
def made_of(path, wanted):
    """Gives whether something has to be made, because it was not or of other things than the text `wanted` says; notes that
    text beside it when that is done."""
    key = path.with_name(path.name + ".key")
    is_needed = not key.exists() or key.read_text() != wanted
    if is_needed:
        key.unlink(missing_ok=True)
    yield is_needed
    if is_needed:
        key.write_text(wanted)


def digest(texts, files):
    state = hashlib.sha256("\0".join(texts).encode())
    for file in sorted(files):
        state.update(file.read_bytes())
    return state.hexdigest()


class RealPrograms:
    """The programs, built into the cache; newlib is shared with the conformance runner's."""

    def __init__(self, architecture, folder):
        conformance = CACHE / "conformance"
        need({**required_tools(architecture), "tclsh": "tcl8.6"})
        self.architecture = architecture
        self.cache = CACHE / "bench" / architecture
        self.folder = folder
        self.sources = Sources(conformance / "sources")
        self.guest = Guest(conformance, self.sources, architecture)
        self.data = CACHE / "bench/data"

    def build(self, names):
        """The programs as freebsd/NAME, linux/NAME and native/NAME of the benchmarks' folder."""
        with locked(self.cache / "lock"):
            self.guest.prepare()
            self.build_linux_entry()
            sources = {name: unpacked(name, self.sources) for name in names}
            with ThreadPoolExecutor() as pool:
                list(pool.map(lambda name: self.build_program(name, sources[name]), names))
        for name in names:
            for variant in ("freebsd", "linux", "native"):
                link = prepared(variant_folder(self.folder, variant) / name)
                link.unlink(missing_ok=True)
                link.symlink_to(variant_folder(self.cache, variant) / name)

    def build_linux_entry(self):
        """Process entry and system calls of the guests for Linux, as one object like FreeBSD's."""
        command = [*self.guest.command(), "-DGUEST_LINUX", "-I", LAYER, "-I", GUEST]
        run([*command, GUEST / self.architecture / "start.S", GUEST / "twin.c", "-r", "-nostdlib", "-o",
             self.linux_entry()])

    def linux_entry(self):
        return self.cache / "linux-entry.o"

    def build_program(self, name, source):
        arguments = compiler_arguments(name, source)
        log = self.cache / f"{name}.log"
        native = prepared(variant_folder(self.cache, "native") / name)
        with made_of(native, " ".join(arguments)) as is_needed:
            if is_needed:
                build_native(name, source, native, log)
        # What the code is made of beside Debian's sources, of which the cache holds one version.
        code_state = digest([self.guest.version(), *arguments], [FIXTURES / "newlib.py", *LAYER.rglob("*.h")])
        code = self.cache / f"{name}.o"
        with made_of(code, code_state) as is_needed:
            if is_needed:
                print(f"bench: building {name} for {self.architecture}", file=sys.stderr, flush=True)
                self.guest.compile(arguments, code, log)
        files = [*LAYER.glob("*.c"), *GUEST.glob("*.[ch]"), *GUEST.glob(f"{self.architecture}/*")]
        with made_of(self.cache / name, digest([code_state], files)) as is_needed:
            if is_needed:
                self.link(name, code, log)

    def link(self, name, code, log):
        """The program for both systems."""
        for system, start in (("freebsd", None), ("linux", self.linux_entry())):
            output = prepared(self.cache / system / name)
            run([*self.guest.command(), code, "-Wl,-z,noexecstack", *self.guest.libraries_arguments(start), "-o", output],
                log=log)
        mark_freebsd(self.cache / "freebsd" / name)

    def prepare_data(self, tasks, peers):
        for name, size in (("small", SMALL_TEXT), ("large", LARGE_TEXT)):
            path = prepared(self.data / name)
            if not path.exists() or path.stat().st_size != size:
                path.write_bytes(words(size))
        for task in tasks:
            if task.source:
                program, *arguments = task.source.split()
                made, _ = peers.native.timed(program, self.paths(arguments)) or (b"", None)
                (self.data / task.arguments[-1]).write_bytes(made * task.times)

    def paths(self, arguments):
        return [str(self.path(word)) for word in arguments]

    def path(self, word):
        """The file that a word of a task names, else the word."""
        candidates = [HERE / "programs" / word, self.data / word]
        return next((path for path in candidates if path.is_file()), word)


def measure(session):
    """CPU time in user mode of the whole process."""
    tasks = [task for task in TASKS if session.wants(task.name) and session.architecture not in task.not_on]
    if not tasks:
        return
    programs = RealPrograms(session.architecture, session.folder)
    names = {word for task in tasks for word in (task.program, *(task.source or "").split()[:1])}
    programs.build(sorted(names & set(PROGRAMS)))
    programs.prepare_data(tasks, session.peers)
    for task in tasks:
        arguments = programs.paths(task.arguments)
        input_file = programs.path(task.input_file) if task.input_file else "/dev/null"
        results = interleaved(task.name, session.peers.all(), session.rounds,
                              lambda peer: peer.timed(task.program, arguments, input_file=input_file), "user")
        yield measurement("real programs", task.name, ["real programs"], results, "user")
