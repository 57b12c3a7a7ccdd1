"""Runs of the measurements, and where what they found is kept."""

import json
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import machine
from places import HERE, OWN, RESULTS, VENV
from sections import SECTIONS
from settings import Settings

Run = dict[str, Any]


def rounded(value: Any) -> Any:
    """More digits than are true would only make files large."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return value


def save(run: Run, file: Path) -> None:
    """A line for each section."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = (f"{json.dumps(name)}: {json.dumps(rounded(value), ensure_ascii=False)}" for name, value in run.items())
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def measured(settings: Settings, chosen: Sequence[str], file: Path) -> Run:
    """Kept after each section, so that nothing is lost if a later one fails."""
    run: Run = {"about": machine.about(settings)}
    for name in chosen:
        section = SECTIONS[name]
        began = time.monotonic()
        run[name] = section.measure(settings)
        save(run, file)
        print(f"\n{section.title} ({time.monotonic() - began:.0f} s)\n\n{section.report([run[name]])}", flush=True)
    return run


def plot(folder: Path, files: Sequence[Path]) -> None:
    python = VENV / "bin" / "python"
    if not python.exists():
        print("bench: no plots, for there is no virtual environment; run it without --write-docs first")
        return
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([python, "-B", HERE / "plots.py", folder, *files], check=True)


def one(settings: Settings, chosen: Sequence[str]) -> None:
    file = OWN / "result.json"
    measured(settings, chosen, file)
    plot(OWN, [file])
    print(f"\nAll of it is in {file}, and the plots are beside it.")


def publish(settings: Settings, count: int) -> None:
    """They take the place of those that were kept, all of them at once."""
    files = []
    for number in range(1, count + 1):
        print(f"\nRun {number} of {count}", flush=True)
        chosen = [name for name, section in SECTIONS.items() if section.timed or number == 1]
        files.append(OWN / f"run-{number}.json")
        measured(settings, chosen, files[-1])
    RESULTS.mkdir(exist_ok=True)
    for old in kept():
        old.unlink()
    for file in files:
        (RESULTS / file.name).write_text(file.read_text())


def kept() -> list[Path]:
    return sorted(RESULTS.glob("run-*.json"))


def read(files: Sequence[Path]) -> list[Run]:
    return [json.loads(file.read_text()) for file in files]
