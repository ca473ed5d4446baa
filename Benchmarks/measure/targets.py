"""What the project wants to reach, class by class, and whether a run reached it."""

import math
import statistics


class Target:
    """Times faster than qemu-user, and times slower than native code; None where nothing is asked. `each` asks it of every
    benchmark of the class, not of their geometric mean."""

    def __init__(self, faster, of_native=None, each=False):
        self.faster = faster
        self.of_native = of_native
        self.each = each


# "At most 0.6 of qemu's time".
START_UP = Target(1 / 0.6)
NO_SLOWER = Target(1, each=True)

# In the order of the tables.
TARGETS = {
    "integer": {"mips64": Target(2, 1.5), "aarch64": Target(2.2, 1.5)},
    "floating point": {"mips64": Target(10, 3.5), "aarch64": Target(5, 2.5)},
    "memory": {"mips64": Target(2.5), "aarch64": Target(3)},
    "calls and indirect branches": {"mips64": Target(3), "aarch64": Target(3)},
    "real programs": {"mips64": Target(2.5), "aarch64": Target(2.5)},
    "programs in Go": {},
    "Go compiler, cold cache": {"aarch64": Target(3)},
    "Go compiler, warm cache": {"aarch64": Target(5)},
    "cold code, cold cache": {"mips64": Target(5), "aarch64": Target(5)},
    "cold code, warm cache": {"mips64": Target(20), "aarch64": Target(20)},
    "start-up, cold cache": {},
    "start-up, warm cache": {"mips64": START_UP, "aarch64": START_UP},
    "system calls and signals": {"mips64": NO_SLOWER, "aarch64": NO_SLOWER},
    "fork, exit, wait": {"mips64": Target(4), "aarch64": Target(4)},
    "threads, locks, atomic operations": {"mips64": NO_SLOWER, "aarch64": Target(2, each=True)},
}


def median(measurement, peer):
    """The median of the times that count; None for a peer that failed or was not measured."""
    times = measurement["times"].get(peer)
    return times and statistics.median(times[measurement["quantity"]])


def ratio(measurement, above, below):
    above, below = median(measurement, above), median(measurement, below)
    return above / below if above and below else None


def geometric_mean(values):
    """None without values, or when one is missing."""
    return math.exp(statistics.fmean(map(math.log, values))) if values and None not in values else None


class ClassResult:
    """The ratios of one class on one architecture."""

    def __init__(self, title, architecture, members, subject, rivals):
        self.title = title
        self.members = members
        self.target = TARGETS[title].get(architecture)
        self.of_native = geometric_mean([ratio(m, subject, "native") for m in members])
        self.rivals_of_native = {rival: geometric_mean([ratio(m, rival, "native") for m in members]) for rival in rivals}
        self.faster = {rival: geometric_mean([ratio(m, rival, subject) for m in members]) for rival in rivals}
        self.least = min(((ratio(m, rival, subject) or 0, m["name"]) for m in members for rival in rivals[:1]),
                         default=(None, ""))
        self.least_of_all = min((ratio(m, rival, subject) or 0 for m in members for rival in rivals), default=0)

    def verdict(self):
        """Empty without a target; every rival counts."""
        if not self.target:
            return ""
        reached = [self.least_of_all] if self.target.each else list(self.faster.values())
        is_met = all(value is not None and value >= self.target.faster for value in reached)
        if self.target.of_native:
            is_met = is_met and self.of_native is not None and self.of_native <= self.target.of_native
        return "met" if is_met else "not met"


def class_results(architecture, report):
    """The classes of which something was measured, in the order of the targets."""
    rivals = report["rivals"]
    for title in TARGETS:
        members = [m for m in report["measurements"] if title in m["classes"]]
        if members:
            yield ClassResult(title, architecture, members, report["subject"], rivals)
