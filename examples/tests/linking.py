"""Builds the README's program in each way that the README shows, in a folder with nothing else in it, and runs it."""

import os
import shutil
import subprocess
from pathlib import Path

import harness
from harness import Program


def build_with_cmake(folder: Path, *settings: str) -> None:
    cmake = os.environ["CMAKE_COMMAND"]
    subprocess.run([cmake, "-S", folder, "-B", folder / "build", *settings], check=True)
    subprocess.run([cmake, "--build", folder / "build"], check=True)


def talk(program: Path) -> None:
    with Program(program, "0") as server:
        port = int(server.line().removeprefix("listening on port "))
        with harness.connect(port) as peer:
            peer.sendall(b"linked")
            assert harness.receive(peer, 6) == b"linked"


def test_find_package(root: Path) -> None:
    with harness.directory() as folder:
        shutil.copy(root / "examples/readme/find_package/CMakeLists.txt", folder)
        shutil.copy(root / "examples/readme/echo.c", folder)
        build_with_cmake(folder, f"-DCMAKE_PREFIX_PATH={os.environ['NODENET_PREFIX']}")
        talk(folder / "build/echo")


def test_add_subdirectory(root: Path) -> None:
    with harness.directory() as folder:
        shutil.copy(root / "examples/readme/add_subdirectory/CMakeLists.txt", folder)
        shutil.copy(root / "examples/readme/echo.c", folder)
        (folder / "nodenet").symlink_to(root)
        build_with_cmake(folder, f"-DNODENET_CARGO_TARGET_DIR={os.environ['NODENET_CARGO_TARGET_DIR']}")
        talk(folder / "build/echo")


def test_pkg_config(root: Path) -> None:
    description = next(Path(os.environ["NODENET_PREFIX"]).rglob("nodenet.pc"))
    os.environ["PKG_CONFIG_PATH"] = str(description.parent)
    os.environ["LD_LIBRARY_PATH"] = str(description.parent.parent)
    with harness.directory() as folder:
        shutil.copy(root / "examples/readme/echo.c", folder)
        subprocess.run([root / "examples/readme/pkg_config.sh"], cwd=folder, check=True)
        talk(folder / "echo")


harness.main(globals())
