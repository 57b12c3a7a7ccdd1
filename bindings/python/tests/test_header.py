"""The hand-written declarations are those of include/nodenet.h: every function, struct, callback and constant."""

from __future__ import annotations

import ctypes
import os
import re
from pathlib import Path
from typing import Any

import pytest

import nodenet
from nodenet import _ffi

_GIVEN = os.environ.get("NODENET_HEADER")
HEADER = Path(_GIVEN) if _GIVEN else Path(__file__).resolve().parents[3] / "include" / "nodenet.h"

pytestmark = pytest.mark.skipif(not HEADER.exists(), reason="the header is only in the repository")

SCALARS: dict[str, Any] = {
    "void": None,
    "int": ctypes.c_int,
    "int32_t": ctypes.c_int32,
    "uint32_t": ctypes.c_uint32,
    "int64_t": ctypes.c_int64,
    "uint64_t": ctypes.c_uint64,
    "uint16_t": ctypes.c_uint16,
    "size_t": ctypes.c_size_t,
}
OPAQUE = {
    "net_loop",
    "net_server",
    "net_socket",
    "net_timer",
    "net_lookup",
    "net_block_list",
    "net_loop_group",
    "net_bound_socket",
}


def clean_header() -> str:
    text = HEADER.read_text()
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
    text = re.sub(r"//[^\n]*", " ", text)
    return text.replace("\\\n", " ")


TEXT = clean_header() if HEADER.exists() else ""
CODE = re.sub(r"^\s*#.*$", "", TEXT, flags=re.MULTILINE).replace('extern "C" {', "")


def ctype(words: str) -> Any:
    """The ctypes type of a C type without a name."""
    plain = " ".join(re.sub(r"\bstruct\b|\bconst\b", " ", words.replace("*", " * ")).split())
    base, stars = plain.split(" ")[0], plain.count("*")
    if base in _ffi.CALLBACKS:
        assert stars == 0
        return _ffi.CALLBACKS[base]
    if base in OPAQUE:
        assert stars == 1
        return ctypes.c_void_p
    if stars == 0:
        return getattr(_ffi, base) if base.startswith("net_") else SCALARS[base]
    if base in ("void", "uint8_t"):
        assert stars == 1
        return ctypes.c_void_p
    if base == "char":
        assert stars in (1, 2)
        return ctypes.c_char_p if stars == 1 else ctypes.POINTER(ctypes.c_char_p)
    kind = getattr(_ffi, base) if base.startswith("net_") else SCALARS[base]
    for _ in range(stars):
        kind = ctypes.POINTER(kind)
    return kind


def parameter(declaration: str) -> Any:
    """The type of `const char *host`."""
    match = re.fullmatch(r"(.*?)(\w+)", declaration.strip(), re.DOTALL)
    assert match is not None, declaration
    return ctype(match.group(1))


def parameters(text: str) -> list[Any]:
    return [] if text.strip() == "void" else [parameter(part) for part in text.split(",")]


def functions() -> dict[str, tuple[Any, list[Any]]]:
    without_structs = re.sub(r"typedef struct \w+ \{.*?\} \w+;", "", CODE, flags=re.DOTALL)
    without_typedefs = re.sub(r"typedef [^;]*;", "", without_structs)
    found = re.findall(r"([\w\s*]+?)\b(net_\w+)\(([^)]*)\)\s*;", without_typedefs)
    return {name: (ctype(result), parameters(arguments)) for result, name, arguments in found}


def structs() -> dict[str, list[tuple[str, Any]]]:
    result = {}
    for body, name in re.findall(r"typedef struct \w+ \{(.*?)\} (\w+);", CODE, re.DOTALL):
        fields = []
        for line in filter(str.strip, body.split(";")):
            array = re.fullmatch(r"\s*char (\w+)\[(\d+)\]\s*", line)
            if array:
                fields.append((array.group(1), ctypes.c_char * int(array.group(2))))
            else:
                fields.append((line.split()[-1].lstrip("*"), parameter(line)))
        result[name] = fields
    return result


def constants() -> dict[str, str]:
    found = re.findall(r"^#define (NET_\w+) +(.+?)\s*$", TEXT, re.MULTILINE)
    return {name: value for name, value in found if not name.endswith("_INIT")}


def test_the_header_was_understood() -> None:
    assert len(functions()) > 150
    assert len(structs()) >= 9
    assert len(constants()) > 70


def test_functions() -> None:
    ours = {name: (result, list(arguments)) for name, (result, arguments) in _ffi.FUNCTIONS.items()}
    theirs = functions()
    assert sorted(ours) == sorted(theirs)
    for name, declaration in theirs.items():
        assert ours[name] == declaration, name


def test_callbacks() -> None:
    theirs = re.findall(r"typedef ([\w\s*]+?)\(\*(net_\w+_fn)\)\(([^)]*)\)\s*;", CODE)
    assert sorted(name for _, name, _ in theirs) == sorted(_ffi.CALLBACKS)
    for result, name, arguments in theirs:
        ours = _ffi.CALLBACKS[name]
        assert (ours._restype_, list(ours._argtypes_)) == (ctype(result), parameters(arguments)), name


def test_structs() -> None:
    theirs = structs()
    assert sorted(theirs) == sorted(struct.__name__ for struct in _ffi.STRUCTS)
    for struct in _ffi.STRUCTS:
        ours = [tuple(field) for field in struct._fields_]
        assert ours == theirs[struct.__name__], struct.__name__


def c_value(text: str) -> int:
    known = {"SIZE_MAX": ctypes.c_size_t(-1).value, "NULL": 0, '""': 0}
    if text in known:
        return known[text]
    text = text.strip("()").rstrip("u")
    return c_value(constants()[text]) if text.startswith("NET_") else int(text)


def test_defaults() -> None:
    found = re.findall(r"^#define (NET_\w+)_INIT +\{(.*)\}\s*$", TEXT, re.MULTILINE)
    sized = [struct for struct in _ffi.STRUCTS if struct is not _ffi.net_buf]
    assert sorted(name.lower() for name, _ in found) == sorted(struct.__name__ for struct in sized)
    for name, body in found:
        struct = getattr(_ffi, name.lower())
        value = struct()
        defaults = [part.strip() for part in body.split(",")]
        assert defaults[0] == f"sizeof({name.lower()})"
        assert value.size == ctypes.sizeof(struct)
        for (field, kind), default in list(zip(struct._fields_, defaults))[1:]:
            if default.endswith("_INIT"):
                assert getattr(value, field).size == ctypes.sizeof(kind), (name, field)
            else:
                # None, empty bytes and an empty pointer are C's zero.
                assert int(getattr(value, field) or 0) == c_value(default), (name, field)


def test_constants() -> None:
    theirs = {name: value for name, value in constants().items() if not name.startswith("NET_VERSION")}
    ours = {name: value for name, value in vars(_ffi).items() if name.startswith("NET_")}
    assert sorted(ours) == sorted(theirs)
    for name, value in theirs.items():
        assert ours[name] == c_value(value), name


def test_events() -> None:
    for noun, events in (("server", _ffi.SERVER_EVENTS), ("socket", _ffi.SOCKET_EVENTS)):
        theirs = re.findall(rf"\bnet_{noun}_on_(\w+)\(", CODE)
        assert sorted(theirs) == sorted(events)
    assert sorted(nodenet.Server._bindings) == sorted(_ffi.SERVER_EVENTS)
    assert sorted(nodenet.Socket._bindings) == sorted(_ffi.SOCKET_EVENTS)


def test_version_of_the_header_the_library_and_the_crate() -> None:
    assert constants()["NET_VERSION"] == f'"{nodenet.__version__}"'
    manifest = HEADER.parent.parent / "Cargo.toml"
    if manifest.exists():
        assert f'\nversion = "{nodenet.__version__}"\n' in manifest.read_text()
