"""Tables of figures, in Markdown, which a terminal shows well enough."""

import statistics
from collections.abc import Iterable, Mapping, Sequence


def figure(value: float | None, digits: int | None = None) -> str:
    """With as many digits as say something, unless it is told how many."""
    if value is None:
        return "-"
    if digits is None:
        digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 20 else 2
    return f"{value:,.{digits}f}"


def interval(values: Sequence[float], digits: int | None = None) -> str:
    """The median, and from where to where."""
    if not values:
        return "-"
    middle = figure(statistics.median(values), digits)
    low, high = figure(min(values), digits), figure(max(values), digits)
    return middle if low == high else f"{middle} ({low}-{high})"


def better(values: Sequence[float], *, high: bool) -> float:
    """The better quartile of what was timed: slow phases of the machine last for seconds, and it outlives them."""
    if len(values) < 2:
        return values[0]
    return statistics.quantiles(values, n=4, method="inclusive")[2 if high else 0]


def timed(values: Sequence[float], *, high: bool, digits: int | None = None) -> str:
    """The better quartile, and from where to where all are."""
    if not values:
        return "-"
    low, most = figure(min(values), digits), figure(max(values), digits)
    middle = figure(better(values, high=high), digits)
    return middle if low == most else f"{middle} ({low}-{most})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The first column is of names, the others of figures."""
    lines = [list(head), ["---", *["---:"] * (len(head) - 1)], *map(list, rows)]
    width = [max(len(line[at]) for line in lines) for at in range(len(head))]
    lines[1] = ["-" * width[0], *("-" * (size - 1) + ":" for size in width[1:])]
    return "\n".join(
        "| " + " | ".join(f"{cell:{'<' if at == 0 else '>'}{width[at]}}" for at, cell in enumerate(line)) + " |"
        for line in lines
    )


def names_of(runs: Sequence[Mapping[str, object]]) -> list[str]:
    """The keys of all, in the order of the first that has them."""
    return list(dict.fromkeys(name for run in runs for name in run))
