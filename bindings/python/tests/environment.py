"""Lets the tests, and the programs that they start, run from the repository without installing anything."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_SOURCE = Path(__file__).resolve().parents[1] / "src"
_BUILT = Path(__file__).resolve().parents[3] / "target" / "release" / "libnodenet.so"


def prepare() -> None:
    if os.environ.get("NODENET_TEST_INSTALLED"):
        return
    sys.path.insert(0, str(_SOURCE))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_SOURCE), os.environ.get("PYTHONPATH")]))
    if _BUILT.exists():
        os.environ.setdefault("NODENET_LIBRARY", str(_BUILT))


prepare()
