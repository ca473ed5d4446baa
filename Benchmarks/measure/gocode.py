"""Go: benchmarks of its runtime and library, and its own tools at work."""

import os
import sys
from pathlib import Path

from .builds import declared, prepared
from .peers import run, variant_folder
from .rounds import by_mode, interleaved, measurement
from .suite import printed

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE.parent / "Tests/Go"))
import toolchain  # noqa: E402

# What Go calls the guest architectures that it knows under FreeBSD.
ARCHITECTURES = {"aarch64": "arm64"}
TABLES = [HERE / "go/computing.go", HERE / "go/threads.go"]
# Packages whose archives the tools read.
INPUTS = ("strconv", "go/types", "cmd/gofmt")
ASSEMBLED = "crypto/internal/fips140/nistec"
# Threads that the tools use at the same time.
PROCESSORS = 2
# The task that has targets, in all modes of the emulator.
MAIN_TASK = "compile go/types"
# What the tools are asked to do; the first word is the tool.
TASKS = ("compile strconv", MAIN_TASK, f"asm {ASSEMBLED}", "link gofmt", "gofmt go/types")


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

    def build_benchmarks(self):
        self.build("gobench", ".", HERE / "go")

    def build_tools(self, names):
        for name in names:
            self.build(name, f"cmd/{name}", self.root / "src")

    def build(self, name, package, folder):
        for variant, environment in self.environments.items():
            run(["go", "build", "-o", prepared(variant_folder(self.folder, variant) / name), package], env=environment,
                cwd=folder)

    def listed(self, template, *packages):
        done = run(["go", "list", "-export", "-f", template, *packages], env=self.environments["freebsd"],
                   cwd=self.root / "src", capture_output=True, text=True)
        return done.stdout

    def files(self, package):
        """A package's sources in Go for the guest, as paths."""
        folder = self.root / "src" / package
        return [str(folder / name) for name in self.listed('{{join .GoFiles " "}}', package).split()]

    def tasks(self):
        """{title: arguments} of what the tools are to do. The product is the file `product` of the folder."""
        entry = "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}\n{{end}}"
        configuration = self.folder / "importcfg"
        configuration.write_text(self.listed(entry, "-deps", *INPUTS))
        main = self.listed("{{.Export}}", "cmd/gofmt").strip()

        def compilation(package):
            arguments = ["-p", package, "-std", "-pack", f"-c={PROCESSORS}", "-nolocalimports", "-trimpath",
                         str(self.root), "-importcfg", str(configuration), "-o", str(self.product)]
            return arguments + self.files(package)

        assembly = ["-p", ASSEMBLED, "-trimpath", str(self.root), "-I", str(self.root / "pkg/include"), "-D",
                    "GOOS_freebsd", "-D", f"GOARCH_{self.architecture}", "-o", str(self.product),
                    str(self.root / "src" / ASSEMBLED / f"p256_asm_{self.architecture}.s")]
        linking = ["-importcfg", str(configuration), "-o", str(self.product), main]
        return dict(zip(TASKS, (compilation("strconv"), compilation("go/types"), assembly, linking, self.files("go/types"))))

    @property
    def product(self):
        return self.folder / "product"

    def task_environment(self):
        """The tools work for the guest, whatever runs them."""
        environment = {"GOROOT": str(self.root), "GOOS": "freebsd", "GOARCH": self.architecture,
                       "GOMAXPROCS": str(PROCESSORS)}
        return {**os.environ, **environment}



def measure(session):
    """CPU time of what computes, with the runtime's own threads; wall-clock time of an operation of threads."""
    if session.architecture not in ARCHITECTURES:
        return
    names = session.wanted(declared(TABLES))
    if not names:
        return
    GoBuilds(session.folder, session.architecture).build_benchmarks()
    words = session.peers.native.words("gobench", "list")
    groups = dict(zip(words[::2], words[1::2]))
    for name in names:
        group = groups[name]
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
    titles = [title for title in session.wanted(TASKS) if title == MAIN_TASK or not session.is_quick]
    if not titles:
        return
    builds = GoBuilds(session.folder, session.architecture)
    builds.build_tools(dict.fromkeys(title.split()[0] for title in titles))
    environment, tasks, peers = builds.task_environment(), builds.tasks(), session.peers
    for title in titles:
        tool, arguments = title.split()[0], tasks[title]

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
