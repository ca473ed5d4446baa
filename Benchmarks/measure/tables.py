"""The results as Markdown tables: classes with their targets, then every benchmark."""

import statistics

from .rounds import show_time
from .targets import class_results, median, ratio


def show(value):
    if value is None:
        return "–"
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def row(cells):
    return f"| {' | '.join(cells)} |"


def header(titles):
    return [row(titles), "|---|" + "---:|" * (len(titles) - 1)]


def class_table(architecture, report):
    rivals, subject = report["rivals"], report["subject"]
    lines = header(["class (benchmarks)", *(f"{rival} / native" for rival in rivals), f"{subject} / native", "at most",
                    *(f"faster than {rival} by" for rival in rivals), "at least", "the least", "target"])
    for result in class_results(architecture, report):
        target = result.target
        least, name = result.least
        bar = f"{target.faster:.2f}{' each' if target.each else ''}" if target else ""
        lines.append(row([f"{result.title} ({len(result.members)})", *map(show, result.rivals_of_native.values()),
                          show(result.of_native), show(target.of_native) if target and target.of_native else "",
                          *map(show, result.faster.values()), bar,
                          f"{show(least)} {name}" if len(result.members) > 1 else "", result.verdict()]))
    return lines


def cell(measurement, peer):
    """Median, least and greatest."""
    times = measurement["times"].get(peer)
    if not times:
        return "FAIL" if peer in measurement["times"] else "–"
    values = times[measurement["quantity"]]
    show_value = show_memory if measurement["quantity"] == "KiB" else show_time
    return f"{show_value(statistics.median(values))} ({show_value(min(values))} – {show_value(max(values))})"


def show_memory(kibibytes):
    return f"{kibibytes / 1024:.2f} MiB"


def benchmark_table(report, part):
    rivals, subject = report["rivals"], report["subject"]
    lines = header([part, "native", *rivals, subject, f"{subject} / native",
                    *(f"{rival} / {subject}" for rival in rivals)])
    for measurement in report["measurements"]:
        if measurement["part"] != part:
            continue
        peers = ["native", *rivals, subject]
        lines.append(row([measurement["name"], *(cell(measurement, peer) for peer in peers),
                          show(ratio(measurement, subject, "native")),
                          *(show(ratio(measurement, rival, subject)) for rival in rivals)]))
    return lines


def scaling_line(report):
    """How much more two threads do than one, from Go's benchmarks of threads."""
    found = {m["name"]: m for m in report["measurements"]}
    if not {"one_thread", "two_threads"} <= found.keys():
        return []
    peers = ["native", *report["rivals"], report["subject"]]

    def times_more(peer):
        one, two = median(found["one_thread"], peer), median(found["two_threads"], peer)
        return one / two if one and two else None

    return ["Two threads do, times what one does: "
            + ", ".join(f"{peer} {show(times_more(peer))}" for peer in peers) + "."]


def translation_table(report):
    figures = report["translation"]
    return [*header(["cold code", report["subject"]]), *(row([name, show(value)]) for name, value in figures.items())
            ] if figures else []


def tables(architecture, report):
    """The text of an architecture's results."""
    blocks = [[f"## {architecture}"], class_table(architecture, report)]
    for part in dict.fromkeys(m["part"] for m in report["measurements"]):
        blocks.append(benchmark_table(report, part))
    blocks += [scaling_line(report), translation_table(report)]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"
