"""plots.py FOLDER RESULT...: the plots of docs/performance.md. Runs with the Python that has matplotlib."""

import importlib
import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import growth
import throughput
from servers import OURS, RAW

# Found at run time: only this program has it.
pyplot: Any = importlib.import_module("matplotlib.pyplot")

COLOURS = {
    OURS: "#c0392b",
    RAW: "#2c3e50",
    throughput.AGAIN: "#95a5a6",
    "uSockets": "#16a085",
    "libuv": "#2980b9",
    "libevent": "#8e44ad",
    "Asio": "#d35400",
    "tokio": "#f1c40f",
    "Node": "#27ae60",
}


def finish(figure: Any, file: Path) -> None:
    figure.tight_layout()
    # Without the time at which it was made, so that the same results give the same file.
    figure.savefig(file, dpi=110, metadata={"Software": None})
    pyplot.close(figure)


def plot_counts(counts: dict[str, dict[str, float]], memory: dict[str, dict[str, float]], file: Path) -> None:
    panels = {
        "user instructions per echo\n(64 B, 50 connections)": counts["instructions, 50 connections per echo of 64 B"],
        "user instructions per connection": counts["instructions, accept to close per connection"],
        "resident bytes per idle connection": {name: row["idle"] for name, row in memory.items() if name in COLOURS},
    }
    figure, axes = pyplot.subplots(1, len(panels), figsize=(12, 3.6))
    for axis, (title, values) in zip(axes, panels.items(), strict=True):
        names = sorted(values, key=lambda name: values[name], reverse=True)
        bars = axis.barh(names, [values[name] for name in names], color=[COLOURS.get(name) for name in names])
        axis.bar_label(bars, fmt="{:,.0f}", padding=3, fontsize=8)
        axis.set(title=title, xscale="log")
        axis.margins(x=0.25)
    finish(figure, file)


def plot_throughput(runs: Sequence[throughput.Throughput], file: Path) -> None:
    columns = [column.name for column in throughput.COLUMNS if column.served != "requests"]
    names = [name for name in COLOURS if name != RAW and throughput.ratios(runs, columns[0], name, RAW)]
    figure, axis = pyplot.subplots(figsize=(12, 4.5))
    width = 0.8 / len(names)
    for at, name in enumerate(names):
        found = [throughput.ratios(runs, column, name, RAW) for column in columns]
        middle = [statistics.median(each) for each in found]
        low = [one - min(each) for one, each in zip(middle, found, strict=True)]
        high = [max(each) - one for one, each in zip(middle, found, strict=True)]
        places = [place + (at - (len(names) - 1) / 2) * width for place in range(len(columns))]
        axis.bar(places, middle, width, yerr=[low, high], label=name, color=COLOURS[name], error_kw={"lw": 0.8})
    axis.axhline(1, color=COLOURS[RAW], lw=0.8)
    axis.set(title="throughput against raw epoll", xticks=range(len(columns)), xticklabels=columns)
    axis.legend(ncols=len(names), fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.08), frameon=False)
    finish(figure, file)


def plot_offered(runs: Sequence[dict[str, Any]], file: Path) -> None:
    rates = list(runs[0])
    quantiles = {"p50": "p50_us", "p99": "p99_us", "p99.9": "p999_us"}
    figure, axes = pyplot.subplots(1, len(rates), figsize=(12, 3.8), sharey=True)
    for axis, rate in zip(axes, rates, strict=True):
        for name in runs[0][rate]:
            values = [[one for run in runs for one in run[rate][name][key]] for key in quantiles.values()]
            middle = [statistics.median(each) for each in values]
            low = [one - min(each) for one, each in zip(middle, values, strict=True)]
            high = [max(each) - one for one, each in zip(middle, values, strict=True)]
            axis.errorbar(
                list(quantiles), middle, yerr=[low, high], marker="o", capsize=3, label=name, color=COLOURS[name]
            )
        axis.set(title=f"{rate} requests/s on 50 connections", yscale="log", ylabel="µs from when it was due")
        axis.legend()
    finish(figure, file)


def plot_growth(runs: Sequence[growth.Growth], file: Path) -> None:
    panels = {"cpu_us": "CPU µs per request of 64 B", "bytes": "resident bytes per idle connection"}
    figure, axes = pyplot.subplots(1, len(panels), figsize=(12, 3.8))
    for axis, (what, title) in zip(axes, panels.items(), strict=True):
        for name in runs[0]:
            points = [(int(count), growth.median(runs, name, count, what)) for count in runs[0][name]]
            there = [(count, value) for count, value in points if value is not None]
            axis.plot(*zip(*there, strict=True), marker="o", label=name, color=COLOURS[name])
        axis.set(title=title, xscale="log", xlabel="connections")
        axis.set_ylim(bottom=0)
        axis.legend()
    finish(figure, file)


def main() -> None:
    folder, *files = map(Path, sys.argv[1:])
    runs = [json.loads(file.read_text()) for file in files]

    def found(name: str) -> list[Any]:
        return [run[name] for run in runs if name in run]

    pyplot.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    if found("counts") and found("memory"):
        plot_counts(found("counts")[0], found("memory")[0], folder / "counts.png")
    if found("throughput"):
        plot_throughput(found("throughput"), folder / "throughput.png")
    if found("offered"):
        plot_offered(found("offered"), folder / "latency.png")
    if found("growth"):
        plot_growth(found("growth"), folder / "growth.png")


if __name__ == "__main__":
    main()
