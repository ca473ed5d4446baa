"""What the programs that prepare suites share: packages of Debian's archive, work in parallel, manifests."""

import argparse
import contextlib
import fcntl
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(sys.argv[0]).stem


def need(tools):
    """Ends with one line when a program is missing; `tools` names the Debian package of each."""
    missing = {tool: package for tool, package in tools.items() if not shutil.which(tool)}
    if missing:
        packages = " ".join(sorted(set(missing.values())))
        sys.exit(f"{PROGRAM}: {', '.join(missing)} missing: apt-get install {packages}")


def run(command, folder=None, log=None, environment=None):
    """Runs a command; its output goes to the log file, whose end is shown when the command fails."""
    command = [str(word) for word in command]
    if log is None:
        subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr, env=environment)
        return
    with open(log, "ab") as output:
        done = subprocess.run(command, cwd=folder, stdout=output, stderr=output, env=environment)
    if done.returncode != 0:
        sys.stderr.write("".join(open(log, errors="replace").readlines()[-25:]))
        raise SystemExit(f"{PROGRAM}: {shlex.join(command[:4])} ... failed; see {log}")


@contextlib.contextmanager
def locked(path):
    """Holds a lock that ends with the process at the latest, so that programs may prepare in one cache at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Sources:
    """Packages, fetched by apt into a folder. Root rights are not needed: nothing is installed."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)

    def apt(self):
        """apt-get with the machine's own Debian archives as source archives too, all its state in our folder."""
        state = self.folder / "apt"
        parts = state / "sources.list.d"
        options = ["-o", "Dir::Etc::SourceList=/dev/null", "-o", f"Dir::Etc::SourceParts={parts}",
                   "-o", f"Dir::State::Lists={state}/lists", "-o", f"Dir::Cache={state}/cache",
                   "-o", "APT::Get::List-Cleanup=false", "-o", "APT::Sandbox::User=" + os.environ.get("USER", "root")]
        command = ["apt-get", "-q", *options]
        if not (state / "complete").exists():
            for part in (parts, state / "lists/partial", state / "cache/archives/partial"):
                part.mkdir(parents=True, exist_ok=True)
            (parts / "debian.sources").write_text(debian_sources())
            run([*command, "update"], log=self.folder / "apt.log")
            (state / "complete").touch()
        return command

    def fetched(self, name, command, unpack, package=None):
        """The folder `name`: made by `unpack(download, log)`, which gets the folder that apt-get's `command` downloaded
        the package to and returns what of it to keep."""
        target = self.folder / name
        with locked(self.folder / f"{name}.lock"):
            if not target.exists():
                download = self.folder / f"{name}.download"
                shutil.rmtree(download, ignore_errors=True)
                download.mkdir()
                log = self.folder / f"{name}.log"
                with locked(self.folder / "apt.lock"):
                    run([*self.apt(), *command, package or name], download, log)
                unpack(download, log).rename(target)
                shutil.rmtree(download, ignore_errors=True)
        return target

    def package(self, name):
        """The unpacked source package."""
        def unpack(download, log):
            run(["dpkg-source", "--no-check", "-x", next(download.glob("*.dsc")).name, "unpacked"], download, log)
            return download / "unpacked"
        return self.fetched(name, ["source", "--download-only"], unpack)

    def source_part(self, name, package, patterns):
        """The part of a source package's upstream archive whose paths fit the patterns, without the archive's own top
        folder."""
        def unpack(download, log):
            unpack_part(next(download.glob("*.orig.tar.*")), patterns, download / "unpacked", log)
            return download / "unpacked"
        return self.fetched(name, ["source", "--download-only"], unpack, package)

    def binary(self, name, inner=None, patterns=()):
        """The unpacked binary package; or, with the pattern of an archive in it, that archive's part whose paths fit
        the patterns, without its own top folder."""
        def unpack(download, log):
            run(["dpkg-deb", "-x", next(download.glob("*.deb")), download / "package"], log=log)
            if not inner:
                return download / "package"
            unpack_part(next((download / "package").glob(inner)), patterns, download / "unpacked", log)
            return download / "unpacked"
        return self.fetched(name, ["download"], unpack)


def unpack_part(archive, patterns, folder, log):
    folder.mkdir()
    run(["tar", "xf", archive, "-C", folder, "--strip-components=1", "--wildcards", *patterns], log=log)


def debian_sources():
    """The machine's Debian archives, as apt sources of binary and source packages: stanzas of its own configuration."""
    system = Path("/etc/os-release").read_text()
    code_name = (re.search(r"^VERSION_CODENAME=(\w+)", system, re.MULTILINE) or ["", "none"])[1]
    stanzas = []
    for file in [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]:
        if not file.is_file():
            continue
        text = "\n".join(line for line in file.read_text().splitlines() if not line.startswith("#"))
        if file.suffix == ".sources":
            for stanza in text.split("\n\n"):
                if re.search(rf"^Suites:.*\b{code_name}", stanza, re.MULTILINE) and "main" in stanza:
                    stanzas.append(re.sub(r"^Types:.*", "Types: deb deb-src", stanza.strip(), flags=re.MULTILINE))
        else:
            for line in re.findall(rf"^deb +(?:\[[^]]*\] +)?(\S+) +({code_name}\S*) +(.*main.*)$", text, re.MULTILINE):
                stanzas.append("Types: deb deb-src\nURIs: {}\nSuites: {}\nComponents: {}".format(*line))
    if not stanzas:
        sys.exit(f"{PROGRAM}: apt knows no Debian archive for {code_name}; the packages come from there")
    return "\n\n".join(dict.fromkeys(stanzas)) + "\n"


def in_parallel(label, work, items):
    """The results of `work` on each item, as many at a time as there are processors, with lines of progress."""
    results = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for result in pool.map(work, items):
            results.append(result)
            if len(results) % 50 == 0 or len(results) == len(items) or sys.stderr.isatty():
                print(f"{label}: {len(results)}/{len(items)}", end="\r" if sys.stderr.isatty() else "\n",
                      file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return results


def write_manifest(folder, cases, left_out, is_quick):
    """Writes what the runner reads, complete or not at all; `is_quick` says that it is only what a quick run needs."""
    new = folder / "manifest.new"
    new.write_text(json.dumps({"quick": is_quick, "cases": cases, "left_out": left_out}, indent=1) + "\n")
    new.rename(folder / "manifest.json")


def first_complaint(text):
    """The line of a compiler's or linker's output that says what is wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if "error" in line or "undefined" in line), lines[0] if lines else "failed")


def choice_of(documentation):
    """What the command line of a step says: the architecture, the cache and whether a quick run is all that is meant."""
    parser = argparse.ArgumentParser(description=documentation, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arch", required=True)
    parser.add_argument("--cache", required=True, type=Path)
    parser.add_argument("--quick", action="store_true", help="only what a quick run runs")
    return parser.parse_args()
