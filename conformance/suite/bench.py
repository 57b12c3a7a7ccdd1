"""What a check of the judge works with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from batch import run_batch
from process import Subject
from table import HERE

# What a check found wrong, line by line.
Findings = Iterator[str]

FAULTY = HERE / "standins" / "faulty.js"
INERT = HERE / "standins" / "inert.js"


@dataclass(frozen=True)
class Bench:
    node: Path
    tree: Path
    module: Path | None  # None: Node's own net
    jobs: int

    def outcomes(self, subject: Subject, tests: list[str], limit: float) -> dict[str, str]:
        return {result.test: result.outcome for result in run_batch(subject, self.tree, tests, self.jobs, limit)}

    def faulty(self, name: str) -> Subject:
        return Subject(self.node, FAULTY, may_use_net=True, environment={"STANDIN_FAULT": name})
