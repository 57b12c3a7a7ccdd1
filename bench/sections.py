"""All that is measured, in the order in which it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cores
import counts
import files
import growth
import memory
import offered
import pause
import proxying
import pythons
import throughput
from settings import Settings


@dataclass(frozen=True)
class Section:
    title: str
    # What is found is kept as JSON.
    measure: Callable[[Settings], Any]
    # Markdown, of what one or more runs found.
    report: Callable[[Sequence[Any]], str]
    # Times differ from run to run; what is counted does not, and is counted once.
    timed: bool = True


SECTIONS: Mapping[str, Section] = {
    "counts": Section("Counts", counts.measure, counts.report, timed=False),
    "memory": Section("Memory", memory.measure, memory.report, timed=False),
    "throughput": Section("Throughput", throughput.measure, throughput.report),
    "proxying": Section("Proxying", proxying.measure, proxying.report),
    "offered": Section("Latency at a fixed load", offered.measure, offered.report),
    "pause": Section("After a long pause", pause.measure, pause.report),
    "growth": Section("As connections become more", growth.measure, growth.report),
    "files": Section("A large file", files.measure, files.report),
    "cores": Section("Two loops", cores.measure, cores.report),
    "python": Section("Python", pythons.measure, pythons.report),
}
