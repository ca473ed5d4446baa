"""Compares what the translator makes of the suite with what it made of it before: by figures that no load disturbs."""

import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import suite, translation
from .builds import Builds
from .peers import Peers
from .targets import geometric_mean

FOLDER = Path(__file__).resolve().parent.parent / "baseline"
# What of the host's processor the translator asks for, as /proc/cpuinfo names it; each set has figures of its own.
HOST_FEATURES = ("aes", "avx512_bitalg", "avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl", "pclmulqdq", "sha_ni")
# Relative difference that is one.
TOLERANCE = 0.03
# The benchmarks do this part of their work: what is counted is the same for each turn of a loop.
PART = 20
DIGITS = 4


def measured(peers):
    """{benchmark: {figure: value}} of the suite; a benchmark without figures has none."""
    peer = peers.modes[0][1]

    def of(item):
        name, (_, amount) = item
        values = translation.figures(translation.counts(peer, "bench", name, max(1, amount // PART)),
                                     translation.FIGURES)
        return name, {figure: round(value, DIGITS) for figure, value in values.items()}

    with ThreadPoolExecutor() as pool:
        return dict(pool.map(of, suite.listed(peers.native).items()))


def host_features():
    flags = re.search(r"^flags\s*:(.*)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return " ".join(sorted(set(HOST_FEATURES) & set(flags[1].split()))) if flags else ""


def baselines(architecture):
    """{host's features: {benchmark: {figure: value}}}."""
    path = FOLDER / f"{architecture}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def differences(before, after):
    """(worse, better, missing): lines of text about figures that differ, and about those that only one side has."""
    worse, better, missing = [], [], []
    for benchmark in dict.fromkeys([*before, *after]):
        old, new = before.get(benchmark, {}), after.get(benchmark, {})
        missing += [f"{benchmark}: {figure}: only {'now' if figure in new else 'in the baseline'}"
                    for figure in dict.fromkeys([*old, *new]) if (figure in old) != (figure in new)]
        if not old and not new:
            missing.append(f"{benchmark}: no figures")
        for figure in old.keys() & new.keys():
            change = new[figure] / old[figure] - 1 if old[figure] else 0
            if abs(change) > TOLERANCE:
                line = f"{benchmark}: {figure}: {old[figure]:.3f} before, {new[figure]:.3f} now ({change:+.1%})"
                (worse if change > 0 else better).append(line)
    return worse, better, missing


def means(figures):
    """{figure: geometric mean over the benchmarks}."""
    names = dict.fromkeys(figure for values in figures.values() for figure in values)
    return {name: geometric_mean([values.get(name) for values in figures.values()]) for name in names}


def check(architecture, figures):
    """Prints what differs; whether the baseline holds."""
    before = baselines(architecture).get(host_features())
    if before is None:
        print(f"bench: the baseline of {architecture} has no figures for a processor with {host_features() or 'x86-64-v3'}; "
              "--update-baseline adds them", file=sys.stderr)
        return True
    worse, better, missing = differences(before, figures)
    for title, lines in (("worse", worse), ("better", better), ("missing", missing)):
        for line in lines:
            print(f"{architecture}: {title}: {line}")
    for name, value in means(figures).items():
        print(f"{architecture}: {name}: {value:.3f}, in the baseline {means(before)[name]:.3f} (geometric means)")
    if better and not worse and not missing:
        print(f"{architecture}: better than the baseline: --update-baseline keeps it so")
    return not worse and not missing


def update(architecture, figures):
    FOLDER.mkdir(exist_ok=True)
    kept = {**baselines(architecture), host_features(): figures}
    (FOLDER / f"{architecture}.json").write_text(text_of(kept))


def text_of(kept):
    """JSON with a line for each benchmark, so that changes are easy to read."""
    hosts = []
    for features, benchmarks in kept.items():
        lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(values)}" for name, values in benchmarks.items())
        hosts.append(f" {json.dumps(features)}: {{\n{lines}\n }}")
    return "{\n" + ",\n".join(hosts) + "\n}\n"


def main(choice):
    """The status that the command ends with."""
    is_good = True
    for architecture in choice.arch:
        folder = choice.build.resolve() / architecture
        peers = Peers(choice, architecture, folder, with_rivals=False)
        if not translation.is_supported(peers.subject):
            sys.exit("bench: the emulator has no -d profile")
        Builds(folder, architecture).build(["bench"])
        figures = measured(peers)
        if choice.update_baseline:
            update(architecture, figures)
        else:
            is_good = check(architecture, figures) and is_good
    return 0 if is_good else 1
