"""Start-up: the smallest program there is."""

from .rounds import by_mode, interleaved, measurement

PROGRAM = "hello"


def measure(session):
    """Wall-clock time from fork to the end, and peak memory."""
    if not session.wants(PROGRAM):
        return
    session.builds.build([PROGRAM])
    session.builds.build_launcher()
    # Once unmeasured, so that files are in memory.
    for peer in session.peers.with_modes():
        spawn(peer)
    results = interleaved("static hello", session.peers.with_modes(), session.starts, spawn, "wall")
    yield from by_mode("start-up", "static hello", "start-up", session.peers, results, "wall")
    memory = {name: times and {"KiB": times["KiB"]} for name, times in results.items()}
    last = session.peers.modes[-1][1].name
    same = {peer.name: memory[peer.name] for peer in (session.peers.native, *session.peers.rivals)}
    yield measurement("start-up", "static hello, peak resident", [], {**same, session.peers.subject.name: memory[last]},
                      "KiB")


def spawn(peer):
    words = peer.through("spawn", PROGRAM)
    return ("", {"wall": float(words[0]) * 1e3, "cpu": float(words[1]) * 1e3, "KiB": float(words[2])}) if words else None
