"""Puts the native library into the wheel: the one that NODENET_LIBRARY names, else one built here with cargo.

Everything else about the package is in pyproject.toml.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = Path(__file__).resolve().parent
# In the repository the crate is two folders up; a source distribution carries it inside.
CRATES = (HERE.parent.parent, HERE / "crate")
CRATE_FILES = ("Cargo.toml", "Cargo.lock", "README.md", "build.rs")


def crate() -> Path:
    for folder in CRATES:
        manifest = folder / "Cargo.toml"
        if manifest.exists() and 'name = "nodenet"' in manifest.read_text():
            return folder
    raise SystemExit(f"no Cargo.toml of nodenet in {' or '.join(map(str, CRATES))}")


def version() -> str:
    found = re.search(r'^version = "([^"]+)"', (crate() / "Cargo.toml").read_text(), re.MULTILINE)
    if found is None:
        raise SystemExit("Cargo.toml has no version")
    return found.group(1)


def file_name() -> str:
    return {"win32": "nodenet.dll", "darwin": "libnodenet.dylib"}.get(sys.platform, "libnodenet.so")


def library() -> Path:
    given = os.environ.get("NODENET_LIBRARY")
    if given:
        path = Path(given).resolve()
        if not path.exists():
            raise SystemExit(f"NODENET_LIBRARY names {given}, which does not exist")
        return path
    target = Path(os.environ.get("CARGO_TARGET_DIR", crate() / "target"))
    command = ["cargo", "build", "--release", "--locked", "--manifest-path", str(crate() / "Cargo.toml")]
    try:
        subprocess.run([*command, "--target-dir", str(target)], check=True)
    except FileNotFoundError:
        raise SystemExit("cargo is not installed: install Rust, or name a built library in NODENET_LIBRARY") from None
    return target / "release" / file_name()


class BuildWithLibrary(build_py):
    def run(self) -> None:
        super().run()
        package = HERE / "src" / "nodenet" if self.editable_mode else Path(self.build_lib) / "nodenet"
        package.mkdir(parents=True, exist_ok=True)
        shutil.copy2(library(), package / file_name())


class AnyPythonWheel(bdist_wheel):
    """The library is for one platform, but no part of it knows Python: one wheel serves every version."""

    def get_tag(self) -> tuple[str, str, str]:
        return ("py3", "none", super().get_tag()[2])


class SdistWithCrate(sdist):
    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        super().make_release_tree(base_dir, files)
        inside = Path(base_dir) / "crate"
        inside.mkdir(exist_ok=True)
        for name in CRATE_FILES:
            if (crate() / name).exists():
                shutil.copy2(crate() / name, inside / name)
        shutil.copytree(crate() / "src", inside / "src", dirs_exist_ok=True)


class WithLibrary(Distribution):
    def has_ext_modules(self) -> bool:
        return True


setup(
    version=version(),
    distclass=WithLibrary,
    cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": AnyPythonWheel, "sdist": SdistWithCrate},
)
