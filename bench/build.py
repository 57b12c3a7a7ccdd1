"""Builds what is measured, and installs what is missing, as scripts/setup.sh does for the tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from places import HERE, OWN, ROOT, TOKIO, VENV


def run(*command: str | Path, **environment: str) -> None:
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")


def without(what: str, why: str) -> None:
    print(f"bench: without {what}: {why}", file=sys.stderr)


def library(*, peers: bool = False, usockets: Path | None = None) -> None:
    if peers:
        run(HERE / "setup.sh")
    for tool in ("valgrind", "strace", "strip"):
        if shutil.which(tool) is None:
            raise SystemExit(f"bench: {tool} is missing")
    run(
        "cmake",
        "--preset",
        "release",
        f"-DNODENET_BUILD_PEERS={'ON' if peers else 'OFF'}",
        f"-DNODENET_USOCKETS={usockets.resolve() if usockets else ''}",
    )
    run("cmake", "--build", "--preset", "release")


def tokio() -> None:
    manifest = HERE / "peers" / "tokio" / "Cargo.toml"
    run("cargo", "build", "--release", "--locked", "--manifest-path", manifest, CARGO_TARGET_DIR=str(TOKIO))


def node() -> str | None:
    """The Node.js whose behaviour is the measure, if the tests have installed it; else any."""
    found = next(iter(sorted((ROOT / "build" / "node").glob("node_modules/node-linux-*/bin/node"))), None)
    if found is not None:
        return str(found)
    other = shutil.which("node")
    if other is None:
        without("Node", "it is not installed")
    return other


def python() -> Path | None:
    """A Python with what requirements.txt names."""
    wanted = (HERE / "requirements.txt").read_text()
    mark, binary = VENV / "installed.txt", VENV / "bin" / "python"
    if not mark.exists() or mark.read_text() != wanted:
        OWN.mkdir(parents=True, exist_ok=True)
        try:
            run(sys.executable, "-m", "venv", "--clear", VENV)
            run(binary, "-m", "pip", "install", "--quiet", "--requirement", HERE / "requirements.txt")
        except SystemExit as failed:
            without("plots and Python", str(failed))
            return None
        mark.write_text(wanted)
    return binary
