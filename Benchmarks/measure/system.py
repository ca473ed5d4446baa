"""What the kernel does for a program: system calls, signals, memory maps, processes, threads."""

from .builds import HERE, declared
from .rounds import interleaved, measurement

TABLES = [HERE / "system/calls.c", HERE / "system/threads.c"]

# The class of each benchmark of Benchmarks/system; the others belong to none that has a target.
CLASSES = {
    "getppid": "system calls and signals", "clock_gettime": "system calls and signals",
    "write": "system calls and signals", "open+close": "system calls and signals", "signal": "system calls and signals",
    "fork+exit+wait": "fork, exit, wait",
    "create+join": "threads, locks, atomic operations", "mutex": "threads, locks, atomic operations",
    "mutex,two_threads": "threads, locks, atomic operations", "atomic_add": "threads, locks, atomic operations",
    "atomic_add,two_threads": "threads, locks, atomic operations",
    "compare_exchange": "threads, locks, atomic operations",
    "compare_exchange,two_threads": "threads, locks, atomic operations",
}


def measure(session):
    """CPU time of an operation, in the program, its children and the kernel."""
    names = session.wanted(declared(TABLES))
    if names:
        session.builds.build(["system"])
    for name in names:
        results = interleaved(name, session.peers.all(), session.rounds, lambda peer: operation(peer, name),
                              "cpu")
        yield measurement("system", name, [CLASSES[name]] if name in CLASSES else [], results, "cpu")


def operation(peer, name):
    # qemu-user runs a program that its guest starts only if it is named itself.
    prefix = peer.prefix if peer.variant == "linux" else []
    command = [*prefix, str(peer.path("system")), "nothing"]
    words = peer.words("system", name, 0, *command)
    return (words[1], {"cpu": int(words[2]) / 1e3, "wall": int(words[3]) / 1e3}) if len(words) == 4 else None
