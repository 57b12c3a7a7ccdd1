"""Finds and loads the shared library: the file that NODENET_LIBRARY names, else the one inside the package."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from . import _ffi


def library_file_name() -> str:
    if sys.platform == "win32":
        return "nodenet.dll"
    if sys.platform == "darwin":
        return "libnodenet.dylib"
    return "libnodenet.so"


def find_library() -> str:
    given = os.environ.get("NODENET_LIBRARY")
    if given:
        return given
    inside = Path(__file__).parent / library_file_name()
    if inside.exists():
        return str(inside)
    raise ImportError(f"the nodenet library is missing: there is no {inside}, and NODENET_LIBRARY is not set")


def load() -> ctypes.CDLL:
    path = find_library()
    try:
        library = ctypes.CDLL(path)
        _ffi.declare(library)
    except (OSError, AttributeError) as error:
        raise ImportError(f"cannot use the nodenet library {path}: {error}") from error
    return library


lib = load()
