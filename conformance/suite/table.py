"""What is known of each of Node's tests: tests.tsv, and settings.tsv for the few that want more than a plain start."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent

CLASSES = ("A", "B", "C")
EXPECTATIONS = (
    "pass",
    "differs",  # class B only: README.md says why
    "node",  # Node's own net fails it as well
    "-",  # class C is not judged
)


@dataclass(frozen=True)
class Row:
    test: str
    klass: str
    expect: str
    inert: bool  # passes with a net that does nothing, and so proves nothing
    remark: str


@dataclass
class Setting:
    flags: list[str] = field(default_factory=list)
    localhost: str | None = None
    # First and last of lines that are left out.
    without: list[tuple[int, int]] = field(default_factory=list)


class TableError(Exception):
    pass


def lines(path: Path) -> list[list[str]]:
    """The columns of each line, without comments."""
    text = path.read_text(encoding="utf8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def check(row: Row) -> None:
    wrong = None
    if row.klass not in CLASSES or row.expect not in EXPECTATIONS:
        wrong = "no such class or expectation"
    elif (row.klass == "C") != (row.expect == "-"):
        wrong = "class C, and no other, is without expectation"
    elif row.expect == "differs" and row.klass != "B":
        wrong = "only class B may differ"
    if wrong:
        raise TableError(f"{row.test}: {wrong}")


def read_table(path: Path = HERE / "tests.tsv") -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for columns in lines(path):
        if len(columns) not in (4, 5):
            raise TableError(f"{columns[0]}: {len(columns)} columns")
        test, klass, expect, inert, remark = [*columns, ""][:5]
        if test in rows or inert not in ("inert", "-"):
            raise TableError(f"{test}: twice, or neither 'inert' nor '-'")
        rows[test] = Row(test, klass, expect, inert == "inert", remark)
        check(rows[test])
    return rows


def read_settings(path: Path = HERE / "settings.tsv") -> dict[str, Setting]:
    settings: dict[str, Setting] = {}
    for test, kind, value in lines(path):
        setting = settings.setdefault(test, Setting())
        if kind == "flag":
            setting.flags.append(value)
        elif kind == "localhost":
            setting.localhost = value
        elif kind == "without":
            first, _, last = value.partition("-")
            setting.without.append((int(first), int(last or first)))
        else:
            raise TableError(f"{test}: no setting '{kind}'")
    return settings
