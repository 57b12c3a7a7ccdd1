"""docs/performance.md: the prose is written by hand, everything between two marks by this program."""

import re

import machine
import results
from places import DOCUMENT, PLOTS
from sections import SECTIONS


def written(text: str, runs: list[results.Run]) -> str:
    """The text with what the runs found between its marks."""
    reports = {"about": machine.report([run["about"] for run in runs])}
    for name, section in SECTIONS.items():
        found = [run[name] for run in runs if name in run]
        if found:
            reports[name] = section.report(found)

    def between(mark: re.Match[str]) -> str:
        name = mark[1]
        return f"<!-- measured: {name} -->\n\n{reports.get(name, 'Not measured.')}\n\n<!-- end of {name} -->"

    return re.sub(r"<!-- measured: (\w+) -->.*?<!-- end of \1 -->", between, text, flags=re.DOTALL)


def write() -> None:
    files = results.kept()
    if not files:
        raise SystemExit("bench: no runs are kept in bench/results")
    DOCUMENT.write_text(written(DOCUMENT.read_text(), results.read(files)))
    results.plot(PLOTS, files)
    print(f"bench: {DOCUMENT} is written, of {len(files)} runs")


def is_as_measured() -> bool:
    """Nobody has changed a figure by hand."""
    files = results.kept()
    return not files or DOCUMENT.read_text() == written(DOCUMENT.read_text(), results.read(files))
