"""Go: benchmarks of its runtime and library, and its own tools at work."""

import os
import statistics
import sys
from pathlib import Path

from .peers import prepared, run, show_time

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
            run(["go", "build", "-o", prepared(self.folder / variant / "gobench"), "."], env=environment,
                cwd=HERE / "go")
            for tool in TOOLS:
                run(["go", "build", "-o", self.folder / variant / tool, f"cmd/{tool}"], env=environment,
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


def measure_tools(builds, peers, rounds):
    """{title: {peer: (wall, user) nanoseconds or None}}, medians over interleaved runs; None for a failed run or a
    product that differs from the first one."""
    environment = builds.task_environment()
    results = {}
    for title, tool, arguments in builds.tasks():
        runs = {peer.name: [] for peer in peers}
        expected = None
        for _ in range(rounds):
            for peer in peers:
                done = peer.transform(tool, arguments, builds.product, environment)
                expected = expected or (done and done[2])
                runs[peer.name].append(done[:2] if done and done[2] == expected else None)
        results[title] = {peer: None if None in pairs else tuple(map(statistics.median, zip(*pairs)))
                          for peer, pairs in runs.items()}
        print(f"  {title}: " + ", ".join(f"{peer} {show_time(pair and pair[1])}"
                                         for peer, pair in results[title].items()), file=sys.stderr)
    return results
