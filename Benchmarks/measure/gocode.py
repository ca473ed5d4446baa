"""Go: benchmarks of its runtime and library, and its own tools at work."""

import os
import sys
from pathlib import Path

from .builds import prepared
from .peers import run, variant_folder
from .rounds import by_mode, interleaved, measurement
from .suite import printed

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE.parent / "Tests/Go"))
import toolchain  # noqa: E402

# What Go calls the guest architectures that it knows under FreeBSD.
ARCHITECTURES = {"aarch64": "arm64"}
TOOLS = ("compile", "link", "asm", "gofmt")
# Packages whose archives the tools read.
INPUTS = ("strconv", "go/types", "cmd/gofmt")
ASSEMBLED = "crypto/internal/fips140/nistec"
# Threads that the tools use at the same time.
PROCESSORS = 2
# The task that has targets, in all modes of the emulator.
MAIN_TASK = "compile go/types"


class GoBuilds:
    """The benchmarks and tools, built for the guest under both systems and for the host."""

    def __init__(self, folder, architecture):
        self.folder = folder
        self.root = toolchain.fetch()
        self.architecture = ARCHITECTURES[architecture]
        host = toolchain.environment(self.root, "linux", "")
        del host["GOARCH"]
        self.environments = {"native": host}
        for system in ("freebsd", "linux"):
            self.environments[system] = toolchain.environment(self.root, system, self.architecture)

    def build(self):
        for variant, environment in self.environments.items():
            run(["go", "build", "-o", prepared(variant_folder(self.folder, variant) / "gobench"), "."], env=environment,
                cwd=HERE / "go")
            for tool in TOOLS:
                run(["go", "build", "-o", variant_folder(self.folder, variant) / tool, f"cmd/{tool}"], env=environment,
                    cwd=self.root / "src")

    def listed(self, template, *packages):
        done = run(["go", "list", "-export", "-f", template, *packages], env=self.environments["freebsd"],
                   cwd=self.root / "src", capture_output=True, text=True)
        return done.stdout

    def files(self, package):
        """A package's sources in Go for the guest, as paths."""
        folder = self.root / "src" / package
        return [str(folder / name) for name in self.listed('{{join .GoFiles " "}}', package).split()]

    def tasks(self):
        """What the tools are to do: title, tool, arguments. The product is the file `product` of the folder."""
        entry = "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}\n{{end}}"
        configuration = self.folder / "importcfg"
        configuration.write_text(self.listed(entry, "-deps", *INPUTS))
        main = self.listed("{{.Export}}", "cmd/gofmt").strip()

        def compilation(package):
            arguments = ["-p", package, "-std", "-pack", f"-c={PROCESSORS}", "-nolocalimports", "-trimpath",
                         str(self.root), "-importcfg", str(configuration), "-o", str(self.product)]
            return f"compile {package}", "compile", arguments + self.files(package)

        assembly = ["-p", ASSEMBLED, "-trimpath", str(self.root), "-I", str(self.root / "pkg/include"), "-D",
                    "GOOS_freebsd", "-D", f"GOARCH_{self.architecture}", "-o", str(self.product),
                    str(self.root / "src" / ASSEMBLED / f"p256_asm_{self.architecture}.s")]
        return [compilation("strconv"), compilation("go/types"), (f"asm {ASSEMBLED}", "asm", assembly),
                ("link gofmt", "link", ["-importcfg", str(configuration), "-o", str(self.product), main]),
                ("gofmt go/types", "gofmt", self.files("go/types"))]

    @property
    def product(self):
        return self.folder / "product"

    def task_environment(self):
        """The tools work for the guest, whatever runs them."""
        environment = {"GOROOT": str(self.root), "GOOS": "freebsd", "GOARCH": self.architecture,
                       "GOMAXPROCS": str(PROCESSORS)}
        return {**os.environ, **environment}



def builds_of(session):
    builds = GoBuilds(session.folder, session.architecture)
    builds.build()
    return builds


def measure(session):
    """CPU time of what computes, with the runtime's own threads; wall-clock time of an operation of threads."""
    if session.architecture not in ARCHITECTURES:
        return
    builds_of(session)
    words = session.peers.native.words("gobench", "list")
    for name, group in zip(words[::2], words[1::2]):
        if not session.wants(name):
            continue
        results = interleaved(f"Go {name}", session.peers.all(), session.rounds,
                              lambda peer: printed(peer, name, "gobench"), "cpu")
        if group == "threads":
            yield measurement("Go's threads", name, [], renamed(results, "cpu", "wall"), "wall")
        else:
            yield measurement("Go", name, ["programs in Go"], results, "cpu")


def renamed(results, quantity, name):
    return {peer: times and {name: times[quantity]} for peer, times in results.items()}


def measure_tools(session):
    """CPU time in user mode of Go's compiler, assembler, linker and formatter, which make what the native ones make."""
    if session.architecture not in ARCHITECTURES:
        return
    builds = builds_of(session)
    environment = builds.task_environment()
    peers = session.peers
    for title, tool, arguments in builds.tasks():
        if not session.wants(title) or (session.is_quick and title != MAIN_TASK):
            continue

        def sample(peer):
            return peer.timed(tool, arguments, builds.product, environment)

        if title == MAIN_TASK:
            for _, peer in peers.modes:
                sample(peer)
            results = interleaved(title, peers.with_modes(), session.rounds, sample, "user")
            yield from by_mode("Go's tools", title, "Go compiler", peers, results, "user")
        else:
            yield measurement("Go's tools", title, [], interleaved(title, peers.all(), session.rounds, sample,
                                                                       "user"), "user")
