"""One test as a process: started with the module under test in the place of `net`, and ended with all it began."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from table import HERE, Setting

# pass     it ended with 0, and asked for net
# vacuous  it ended with 0, and never asked for net: it says nothing
# skip     it says that it skips itself
# fail     any other status, or a signal
# timeout  it did not end in time
OUTCOMES = ("pass", "vacuous", "skip", "fail", "timeout")

FLAGS = re.compile(r"//\s*Flags:(.*)")
ENVIRONMENT = re.compile(r"//\s*Env:(.*)")
SKIPPED = re.compile(r"^1\.\.0 # Skipped", re.MULTILINE | re.IGNORECASE)
KEPT_OUTPUT = 20_000
# Node runs the tests of these folders side by side, those of others one at a time.
SIDE_BY_SIDE = ("parallel", "async-hooks")


@dataclass(frozen=True)
class Subject:
    """What is put in the place of `net`, and the Node that hosts it."""

    node: Path
    module: Path | None  # None: Node's own
    may_use_net: bool = False
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    test: str
    outcome: str
    seconds: float
    output: str


def folder_of(test: str) -> str:
    return test.split("/", maxsplit=1)[0]


def environment_of(subject: Subject, source: str, scratch: Path, slot: int) -> dict[str, str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("NODE_OPTIONS", "SUITE_", "npm_"))
    }
    found = ENVIRONMENT.search(source)
    if found:
        for pair in found[1].split():
            name, _, value = pair.partition("=")
            environment[name] = value
    environment.update(
        subject.environment,
        NODE_OPTIONS="--require=" + json.dumps(str(HERE / "substitute.js")),
        NODE_TEST_DIR=str(scratch),
        TMPDIR=str(scratch),
        TEST_THREAD_ID=str(slot),
        SUITE_ASKED=str(scratch / "asked"),
    )
    if subject.module:
        environment["SUITE_NET"] = str(subject.module)
    if subject.may_use_net:
        environment["SUITE_MAY_USE_NET"] = "1"
    return environment


def run_group(command: list[str], environment: dict[str, str], folder: Path, limit: float) -> tuple[int | None, str]:
    """Its exit status (None: not in time) and the end of its output. Nothing of its process group survives."""
    # The output is a file: a pipe would be held open by a process that the test left behind.
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
        status: int | None = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = process.wait(timeout=limit)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        output.seek(max(0, output.seek(0, os.SEEK_END) - KEPT_OUTPUT))
        return status, output.read().decode("utf8", "replace")


@contextlib.contextmanager
def file_of(path: Path, setting: Setting) -> Iterator[Path]:
    """The test, or a copy beside it where lines are left out; those stay as empty ones, so that the numbers fit."""
    if not setting.without:
        yield path
        return
    lines = path.read_text(encoding="utf8").splitlines()
    for first, last in setting.without:
        lines[first - 1 : last] = [""] * (last - first + 1)
    part = path.with_suffix(f".part{path.suffix}")
    part.write_text("\n".join(lines), encoding="utf8")
    try:
        yield part
    finally:
        part.unlink()


def run_test(subject: Subject, tree: Path, test: str, setting: Setting, limit: float, slot: int = 0) -> Result:
    source = (tree / test).read_text(encoding="utf8", errors="replace")
    found = FLAGS.search(source)
    flags = [*(found[1].split() if found else []), *setting.flags]
    command = [str(subject.node), *flags]
    if setting.localhost:
        command = [str(HERE / "sandbox.sh"), "--localhost", setting.localhost, *command]
    # A short name: the paths of Unix sockets below it may have 107 bytes.
    scratch = Path(tempfile.mkdtemp(prefix="ns", dir="/tmp"))
    environment = environment_of(subject, source, scratch, slot)
    if folder_of(test) in SIDE_BY_SIDE:
        environment["TEST_PARALLEL"] = "1"
    begin = time.monotonic()
    try:
        with file_of(tree / test, setting) as file:
            status, output = run_group([*command, str(file)], environment, tree.parent, limit)
        asked = (scratch / "asked").exists()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if status is None:
        outcome = "timeout"
    elif status != 0:
        outcome = "fail"
    elif SKIPPED.search(output):
        outcome = "skip"
    else:
        outcome = "pass" if asked else "vacuous"
    return Result(test, outcome, time.monotonic() - begin, output)
