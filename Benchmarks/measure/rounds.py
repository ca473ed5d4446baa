"""Interleaved runs, and what is kept of them."""

import statistics
import sys

# The units in which times are shown: the first whose value is at least 1.
UNITS = (("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1))


def interleaved(title, peers, rounds, sample, quantity):
    """{peer: {quantity: [nanoseconds of each round]}}; None for a peer that failed or made another product than the first
    one. `sample(peer)` gives a product and {quantity: nanoseconds}, or None. `quantity` is the one that is shown."""
    taken = {peer.name: [] for peer in peers}
    expected = None
    for _ in range(rounds):
        for peer in peers:
            product, times = sample(peer) or (None, None)
            expected = expected if expected is not None else product
            taken[peer.name].append(times if product == expected else None)
    results = {name: None if None in runs else {quantity: [run[quantity] for run in runs] for quantity in runs[0]}
               for name, runs in taken.items()}
    shown = ", ".join(f"{name} {show_time(times and statistics.median(times[quantity]))}" for name, times in results.items())
    print(f"  {title}: {shown}", file=sys.stderr, flush=True)
    return results


def show_time(nanoseconds):
    if nanoseconds is None:
        return "FAIL"
    for unit, size in UNITS:
        if nanoseconds >= size:
            break
    return f"{nanoseconds / size:.3g} {unit}" if nanoseconds < 100 * size else f"{nanoseconds / size:.0f} {unit}"


def measurement(part, name, classes, results, quantity):
    """What is kept of one benchmark; `quantity` is the one that counts."""
    return {"part": part, "name": name, "classes": classes, "quantity": quantity, "times": results}


def by_mode(part, name, class_name, peers, results, quantity):
    """The measurements of a benchmark that every mode of the emulator ran: each is compared with the same runs of the
    other peers."""
    for mode, peer in peers.modes:
        same = {other.name: results[other.name] for other in (peers.native, *peers.rivals)}
        yield measurement(part, f"{name}, {mode} cache", [f"{class_name}, {mode} cache"],
                          {**same, peers.subject.name: results[peer.name]}, quantity)
