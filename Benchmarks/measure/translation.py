"""What the translator made of the programs: figures of `bsduser -d profile`, which are the same however busy the machine is,
but for the time."""

import json
import subprocess
import tempfile
from pathlib import Path

from .peers import SECONDS, output_of

# Figure: what is counted, and what for. Less is better. Instructions that the disassembler does not know make the number
# of those translated depend on addresses, by a percent or two; bytes say the same.
FIGURES = {
    "host instructions executed for a guest instruction": ("executedHostInstructions", "executedGuestInstructions"),
    "host bytes that run for a guest byte": ("hostBytesHot", "guestBytes"),
    "host bytes for a guest byte": ("hostBytesTotal", "guestBytes"),
}
SHOWN = {"host instructions made for a guest instruction": ("hostInstructionsHot", "guestInstructions"), **FIGURES}
TIME = {"nanoseconds of translation for a guest instruction": ("translationNanoseconds", "guestInstructions")}


def is_supported(peer):
    return "statistics" in output_of([peer.prefix[0], "-d", "help"])


def counts(peer, program, *arguments, item="profile"):
    """The emulator's figures about one run, or None when there are none; `item` is what it is asked to log."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        profiled = peer.with_options("profiled", ["-d", item, "-D", str(log)])
        try:
            done = subprocess.run(profiled.command(program, *arguments), capture_output=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return None
        lines = log.read_text().splitlines() if done.returncode == 0 and log.exists() else []
    return next((json.loads(line) for line in lines if line.startswith("{")), None)


def quotient(found, pair):
    above, below = (found.get(name) for name in pair)
    return above / below if above is not None and below else None


def figures(found, chosen):
    """{figure: value} of a run's counts; without figures for which something was not counted."""
    values = {name: quotient(found, pair) for name, pair in chosen.items()} if found else {}
    return {name: value for name, value in values.items() if value is not None}


def measure(session):
    """What the tables show: of the functions that run once, for which most of the time is translation."""
    # A cache of earlier translations would leave nothing to count.
    peer = session.peers.modes[0][1]
    if not is_supported(peer):
        return {}
    # The least time, since it is wall-clock time; and without counters, which take time themselves.
    timed = [figures(counts(peer, "cold", "cold", item="statistics"), TIME) for _ in range(session.rounds)]
    return {**figures(counts(peer, "cold", "cold"), SHOWN), **min(timed, key=lambda found: list(found.values()))}
