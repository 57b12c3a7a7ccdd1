"""Every name in Python that docs/node-compat.md gives is there."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import nodenet
from nodenet import aio

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = ROOT / "docs" / "node-compat.md"

pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason="the document is only in the repository")


def tables() -> tuple[list[Any], list[Any]]:
    """As tests/node_compat reads them, which is no package."""
    path = ROOT / "tests" / "node_compat" / "table.py"
    spec = importlib.util.spec_from_file_location("node_compat_table", path)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    items, beyond = module.rows(DOCUMENT)
    return items, beyond


def found(name: str) -> object:
    """`Socket.write`, `connect`, `aio.connect`."""
    value: object = nodenet
    words = name.split(".")
    if words[0] == "aio":
        value = aio
        words = words[1:]
    for word in words:
        if isinstance(value, type) and issubclass(value, nodenet.Error):
            value = value()
        # Fields of a dataclass without a default are only in its annotations.
        annotations: dict[str, object] = getattr(value, "__annotations__", {})
        value = annotations[word] if not hasattr(value, word) and word in annotations else getattr(value, word)
    return value


def fault(code: str, node: str) -> str | None:
    if re.fullmatch(r'"\w+"', code):
        kind = nodenet.Server if node.startswith("`server`") else nodenet.Socket
        return None if code.strip('"') in kind._bindings else f"no event {code}"
    name, _, keyword = re.sub(r"\)$", "", code).partition("(")
    try:
        value = found(name)
    except (AttributeError, KeyError):
        return f"nodenet has no {name}"
    if keyword:
        assert keyword.endswith("="), code
        assert callable(value), code
        if keyword.rstrip("=") not in inspect.signature(value).parameters:
            return f"{name} takes no {keyword.rstrip('=')}"
    return None


def test_every_name_is_there() -> None:
    items, beyond = tables()
    checked = 0
    faults = []
    for row in items + beyond:
        for code in re.findall(r"`([^`]+)`", row.python):
            checked += 1
            wrong = fault(code, row.node)
            if wrong is not None:
                faults.append(f"docs/node-compat.md: line {row.line}: {wrong}")
    assert faults == []
    assert checked > 200


def test_every_public_name_has_a_row() -> None:
    items, beyond = tables()
    text = " ".join(row.python + " " + row.remark for row in items + beyond)
    # What it takes and gives: types of arguments, results and events, and the classes of errors.
    helpers = {"ADDRCONFIG", "ALL", "V4MAPPED", "Address", "LookupOptions", "Metrics", "PeerCredentials", "Waiter"}
    for name in nodenet.__all__:
        value = getattr(nodenet, name)
        if isinstance(value, type) and issubclass(value, BaseException):
            helpers.add(name)
    missing = [name for name in nodenet.__all__ if name not in helpers and not re.search(rf"\b{name}\b", text)]
    members = [
        f"{kind.__name__}.{name}"
        for kind in (nodenet.Server, nodenet.Socket, nodenet.BlockList, nodenet.Loop, nodenet.Timer)
        for name in vars(kind)
        if not name.startswith("_") and f"{kind.__name__}.{name}" not in text
    ]
    assert missing == []
    # asyncio's name for `post`, for programs that were written for it; what only Python has.
    only_here = ["call_soon_threadsafe", "closed", "default", "make_default", "set_exception_handler"]
    assert sorted(members) == [f"Loop.{name}" for name in only_here]


@pytest.mark.parametrize("code", ["Socket.writes", "nothing", "connect(nobody=)", '"never"'])
def test_what_is_missing_is_found(code: str) -> None:
    assert fault(code, "`socket` event") is not None
