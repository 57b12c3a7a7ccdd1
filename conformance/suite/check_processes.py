"""The house in which a test runs: its network, its limits, and what is left when it ends."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import tempfile
import time
from pathlib import Path

from process import Subject, run_test
from table import Setting

from bench import Bench, Findings

# What starts a child that would live for long.
NAP = "require('child_process').spawn('sleep', [process.env.NAP], { stdio: 'ignore' })"
# Tests, and what is to be said of them.
TESTS = {
    "hangs": (f"{NAP}; setInterval(() => {{}}, 1000);", "timeout"),
    "leaves": (f"require('net'); {NAP}.unref();", "pass"),
    "idle": ("", "vacuous"),
    "skips": ("require('net'); console.log('1..0 # Skipped: no reason');", "skip"),
    "fails": ("require('net'); process.exitCode = 3;", "fail"),
    "killed": ("require('net'); process.kill(process.pid, 'SIGSEGV');", "fail"),
}


def network(bench: Bench) -> Findings:
    """nothing but loopback can be reached, and localhost has both addresses"""
    with socket.socket() as outside:
        code = outside.connect_ex(("192.0.2.1", 80))
        if code != errno.ENETUNREACH:
            yield f"a public address gives {os.strerror(code)}"
    found = {str(entry[4][0]) for entry in socket.getaddrinfo("localhost", 80)}
    if found != {"127.0.0.1", "::1"}:
        yield f"localhost is {found}"


def processes(bench: Bench) -> Findings:
    """what hangs is ended with its children; what never asks for net, fails or skips is told apart"""
    # A duration that nobody else sleeps, to know the children by.
    nap = f"{1000 + time.time() % 1:.9f}"
    subject = Subject(bench.node, None, environment={"NAP": nap})
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "test"
        (tree / "parallel").mkdir(parents=True)
        for name, (source, expected) in TESTS.items():
            (tree / "parallel" / name).write_text(source, encoding="utf8")
            result = run_test(subject, tree, f"parallel/{name}", Setting(), 2)
            if result.outcome != expected:
                yield f"{name}: {result.outcome} {result.output}"
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if path.read_bytes().split(b"\0")[1:2] == [nap.encode()]:
                yield f"a child survived: {path}"
