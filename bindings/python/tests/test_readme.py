"""The programs in README.md run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[1] / "README.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)


def output(program: str) -> str:
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def block(word: str) -> str:
    (found,) = (text for text in BLOCKS if word in text)
    assert isinstance(found, str)
    return found


def test_server_and_client(free_port: int) -> None:
    server, run, _ = block("nodenet.create_server(connection)").partition("nodenet.run()")
    assert run
    client = block('nodenet.connect(7000, "localhost")')
    program = f"{server}\nserver.on('connection', lambda _: server.close())\nimport nodenet\n{client}"
    lines = output(program.replace("7000", str(free_port))).splitlines()
    assert lines[0].startswith(f"listening on Address(address='::', family='IPv6', port={free_port}") or (
        lines[0].startswith("listening on Address(address='0.0.0.0'")
    )
    assert lines[1].startswith("connected: ")
    assert sorted(lines[2:]) == ["b'hello'", "closed"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("nodenet.ThreadedLoop", r"port \d+\n"),
        ("aio.attach", r"b'hello'\n"),
        ("aio.start_server", r"b'hello\\n'\n"),
        ("nodenet.BlockList", r""),
    ],
)
def test_the_others(word: str, expected: str) -> None:
    assert re.fullmatch(expected, output("import nodenet\n" + block(word)))
