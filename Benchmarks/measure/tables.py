"""The results as lines of Markdown tables."""

import math
import statistics

GROUPS = {"int": "integer", "fp": "floating point", "mem": "memory", "go": "Go"}


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values))) if values else math.nan


def ratio(above, below):
    return None if above is None or below is None else above / below


def show(value, digits=2):
    return "FAIL" if value is None or math.isnan(value) else f"{value:.{digits}f}"


def row(title, values, digits=2):
    return f"| {title} | " + " | ".join(show(value, digits) for value in values) + " |"


def header(*titles):
    return [f"| {' | '.join(titles)} |", "|---|" + "---:|" * (len(titles) - 1)]


def benchmark_tables(results, groups, subject, rival):
    """The table of geometric means, and that of single benchmarks."""
    def ratios(name):
        times = results[name]
        return [ratio(times[subject], times["native"]), ratio(times[rival], times["native"]),
                ratio(times[rival], times[subject])]

    means = header("group", f"{subject} / native", f"{rival} / native", f"{subject} is faster than {rival} by")
    for group, title in GROUPS.items():
        rows = [ratios(name) for name in results if groups[name] == group]
        if rows:
            complete = [r for r in rows if None not in r]
            note = "" if len(complete) == len(rows) else f" ({len(complete)} of {len(rows)})"
            means.append(row(title + note, [geometric_mean([r[i] for r in complete]) for i in range(3)]))
    single = header("benchmark", "native, ms", f"{subject} / native", f"{rival} / native", f"{rival} / {subject}")
    for name in results:
        native = results[name]["native"]
        single.append(f"| {name} | {show(native and native / 1e6, 1)} | "
                      + " | ".join(show(value) for value in ratios(name)) + " |")
    return means, single


def system_table(peers, start, getppid):
    rows = [("static hello, minimum, ms", lambda n: start[n][0]), ("static hello, median, ms", lambda n: start[n][1]),
            ("static hello, peak resident, MiB", lambda n: start[n][2]),
            ("getppid, ns a call", lambda n: getppid.get(n))]
    return header("", *(peer.name for peer in peers)) + [
        row(title, [value(peer.name) for peer in peers]) for title, value in rows]


def thread_table(results, peers):
    """Nanoseconds of wall clock an operation, and how much more two threads do than one."""
    names = [peer.name for peer in peers]
    lines = header("ns an operation", *names)
    pair = {"one_thread", "two_threads"}
    lines += [row(name, [results[name][peer] for peer in names], 1) for name in results if name not in pair]
    if pair <= results.keys():
        one, two = results["one_thread"], results["two_threads"]
        lines.append(row("two threads do, times what one does", [ratio(one[peer], two[peer]) for peer in names]))
    return lines


def tool_table(results, peers, subject, rival):
    """Seconds of user CPU time and of wall clock of each of the Go tools' tasks."""
    names = [peer.name for peer in peers]
    lines = header("task: seconds of CPU / wall clock", *names, f"faster than {rival} by, CPU", "wall clock")
    gains = []
    for title, pairs in results.items():
        cells = ["FAIL" if pairs[name] is None else f"{pairs[name][1] / 1e9:.2f} / {pairs[name][0] / 1e9:.2f}"
                 for name in names]
        above, below = pairs[rival], pairs[subject]
        gain = None if above is None or below is None else [above[1] / below[1], above[0] / below[0]]
        if gain:
            gains.append(gain)
        lines.append(f"| {title} | {' | '.join(cells)} | " + " | ".join(map(show, gain or [None, None])) + " |")
    means = [geometric_mean([gain[index] for gain in gains]) for index in range(2)]
    lines.append("| geometric mean |" + " |" * len(names) + f" {show(means[0])} | {show(means[1])} |")
    return lines
