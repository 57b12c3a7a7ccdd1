"""Where things are."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / "build" / "release"
EXAMPLES = BUILD / "examples"
PROGRAMS = BUILD / "bench"
PEERS = PROGRAMS / "peers"
LOAD = PROGRAMS / "load"
LIBRARY = BUILD / "lib" / "libnodenet.so"
# Not under build/release, which is CMake's.
OWN = ROOT / "build" / "bench"
TOKIO = OWN / "tokio"
VENV = OWN / "venv"
RESULTS = HERE / "results"
DOCUMENT = ROOT / "docs" / "performance.md"
PLOTS = ROOT / "docs" / "performance"
