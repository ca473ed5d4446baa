"""The suite in C: what compilers' code is made of, and nothing of the kernel's."""

from .builds import HERE, declared
from .rounds import interleaved, measurement

TABLE = [HERE / "suite/table.c"]

GROUPS = {"int": "integer", "fp": "floating point", "mem": "memory"}
# Benchmarks of calls and of branches whose target the emulator learns at run time.
CALLS = ("fib", "tak", "dhry", "vm", "icall", "vcall", "lex")
CALLS_CLASS = "calls and indirect branches"


def classes_of(name, group):
    return [GROUPS[group], *([CALLS_CLASS] if name in CALLS else [])]


def listed(native):
    """{name: (group, amount of work)} of the suite's benchmarks."""
    words = native.words("bench", "list")
    return {name: (group, int(amount)) for name, group, amount in zip(words[::3], words[1::3], words[2::3])}


def measure(session):
    """CPU time, which the program reads itself before and after the benchmark."""
    names = session.wanted(declared(TABLE))
    if not names:
        return
    session.builds.build(["bench"])
    groups = listed(session.peers.native)
    for name in names:
        group, _ = groups[name]
        results = interleaved(name, session.peers.all(), session.rounds, lambda peer: printed(peer, name), "cpu")
        yield measurement("suite", name, classes_of(name, group), results, "cpu")


def printed(peer, name, program="bench"):
    """Checksum and time of a benchmark that prints name, count, checksum and nanoseconds."""
    words = peer.words(program, name)
    return (words[2], {"cpu": float(words[3])}) if len(words) == 4 else None
