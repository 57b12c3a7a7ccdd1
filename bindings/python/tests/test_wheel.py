"""The package as users get it: a wheel with the library inside, installed in a clean environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import nodenet
from nodenet._library import find_library, library_file_name

PACKAGE = Path(__file__).resolve().parents[1]
REPOSITORY = PACKAGE.parents[1]

pytestmark = pytest.mark.skipif(not (REPOSITORY / "Cargo.toml").exists(), reason="needs the repository")

ECHO = """
import nodenet, os, sys
assert "NODENET_LIBRARY" not in os.environ
assert nodenet.__file__.startswith(sys.prefix), nodenet.__file__
server = nodenet.create_server(lambda socket: socket.on("data", socket.write)).listen(0)
client = nodenet.connect(server.address().port, "127.0.0.1")
client.on("data", lambda data: (print(data.decode()), client.end(), server.close()))
client.write(b"installed")
nodenet.run()
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and what it needs of the repository, so that building leaves nothing behind."""
    package = tmp_path / "repository" / "bindings" / "python"
    package.mkdir(parents=True)
    for name in ("pyproject.toml", "setup.py", "README.md"):
        shutil.copy(PACKAGE / name, package / name)
    shutil.copytree(
        PACKAGE / "src", package / "src", ignore=shutil.ignore_patterns("*.so", "*.egg-info", "__pycache__")
    )
    for name in ("Cargo.toml", "Cargo.lock"):
        shutil.copy(REPOSITORY / name, tmp_path / "repository" / name)
    shutil.copytree(REPOSITORY / "src", tmp_path / "repository" / "src")
    return package


def call(hook: str, package: Path, out: Path, env: dict[str, str]) -> Path:
    """What pip does to build: a hook of the build backend, in a process of its own."""
    out.mkdir()
    program = f"from setuptools import build_meta; print(build_meta.{hook}({str(out)!r}))"
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=package, env={**os.environ, **env}, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    (built,) = out.iterdir()
    return built


def test_wheel_in_a_clean_environment(copy: Path, tmp_path: Path) -> None:
    wheel = call("build_wheel", copy, tmp_path / "out", {"NODENET_LIBRARY": find_library()})
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    assert wheel.name == f"nodenet-{nodenet.__version__}-py3-none-{platform}.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert f"nodenet/{library_file_name()}" in names
        assert "nodenet/py.typed" in names
        info = next(name for name in names if name.endswith(".dist-info/WHEEL"))
        assert f"Tag: py3-none-{platform}" in archive.read(info).decode().splitlines()
        assert "Root-Is-Purelib: false" in archive.read(info).decode().splitlines()
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    python = str(environment / "bin" / "python")
    clean = {name: value for name, value in os.environ.items() if name not in ("NODENET_LIBRARY", "PYTHONPATH")}
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", str(wheel)],
        env=clean,
        check=True,
    )
    result = subprocess.run(
        [python, "-I", "-c", ECHO], env=clean, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (result.stdout, result.stderr, result.returncode) == ("installed\n", "", 0)


def test_the_library_is_built_with_cargo_when_none_is_given(copy: Path, tmp_path: Path) -> None:
    """A stand-in for cargo: what is tested is that it is called, and that what it built is taken."""
    bin_dir, target = tmp_path / "bin", tmp_path / "target"
    bin_dir.mkdir()
    cargo = bin_dir / "cargo"
    cargo.write_text(
        f"#!{sys.executable}\n"
        "import pathlib, shutil, sys\n"
        f"release = pathlib.Path({str(target)!r}, 'release'); release.mkdir(parents=True)\n"
        f"(release.parent / 'arguments').write_text(' '.join(sys.argv[1:]))\n"
        f"(release / {library_file_name()!r}).write_bytes(b'built by cargo')\n"
    )
    cargo.chmod(0o755)
    env = {"NODENET_LIBRARY": "", "CARGO_TARGET_DIR": str(target), "PATH": f"{bin_dir}{os.pathsep}{os.environ['PATH']}"}
    wheel = call("build_wheel", copy, tmp_path / "out", env)
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read(f"nodenet/{library_file_name()}") == b"built by cargo"
    arguments = (target / "arguments").read_text()
    assert arguments.startswith("build --release --locked --manifest-path ")
    assert str(copy.parents[1] / "Cargo.toml") in arguments


def test_a_source_distribution_carries_the_crate(copy: Path, tmp_path: Path) -> None:
    sdist = call("build_sdist", copy, tmp_path / "out", {})
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {"setup.py", "crate/Cargo.toml", "crate/Cargo.lock", "crate/src/lib.rs", "src/nodenet/py.typed"} <= names


def test_import_without_a_library_says_what_is_missing(copy: Path, tmp_path: Path) -> None:
    missing = str(tmp_path / "nothing.so")
    for given, expected in (("", "and NODENET_LIBRARY is not set"), (missing, f"nodenet library {missing}")):
        result = subprocess.run(
            [sys.executable, "-c", "import nodenet"],
            env={**os.environ, "PYTHONPATH": str(copy / "src"), "NODENET_LIBRARY": given},
            capture_output=True,
            text=True,
        )
        assert result.returncode == 1
        assert "\nImportError: " in result.stderr
        assert expected in result.stderr
