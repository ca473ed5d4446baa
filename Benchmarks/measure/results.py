"""Everything that was measured, as JSON, with what it was measured on."""

import json
import os
import platform
import time
from pathlib import Path

from .peers import output_of

HERE = Path(__file__).resolve().parent.parent


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def first_line(command):
    return (output_of(command).splitlines() or [""])[0]


def host(choice):
    return {
        "processor": processor(), "processors": os.cpu_count(), "kernel": platform.release(),
        "load": os.getloadavg(), "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "bsduser": first_line([choice.bsduser[0], "-V"]), "compiler": first_line(["cc", "--version"]),
        "commit": output_of(["git", "-C", str(HERE), "rev-parse", "HEAD"]).strip(),
        "rounds": choice.rounds, "starts": choice.starts,
    }


def report(peers, measurements, translation):
    return {"subject": peers.subject.name, "rivals": [rival.name for rival in peers.rivals],
            "commands": {peer.name: peer.prefix for peer in peers.all()}, "measurements": measurements,
            "translation": translation}


def host_line(results):
    found = results["host"]
    return (f"{found['processors']} × {found['processor']}, Linux {found['kernel']}, {found['time'][:10]}, {found['bsduser']}, "
            f"{found['rounds']} interleaved rounds; median (least – greatest)")


def write(path, results):
    path.write_text(json.dumps(results, indent=1) + "\n")


def read(path):
    return json.loads(path.read_text())


def merged(parts):
    """One of several results: what a later one has in common with an earlier one counts; the host is the last one's."""
    architectures = {}
    for part in parts:
        for name, report in part["architectures"].items():
            before = architectures.get(name, {"measurements": [], "translation": {}})
            measurements = {(m["part"], m["name"]): m for m in [*before["measurements"], *report["measurements"]]}
            architectures[name] = {**report, "measurements": list(measurements.values()),
                                   "translation": report["translation"] or before["translation"]}
    return {"host": parts[-1]["host"], "architectures": architectures}
