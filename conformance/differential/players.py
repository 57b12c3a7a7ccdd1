"""Runs the two runners over batches of scenarios."""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from normalise import FOLDER
from scenario import Scenario

# A runner's exit status for: the scenario that is over left something behind, go on in a new process.
LEFTOVER = 3
# No batch, however slow the machine, is silent for so long.
PATIENCE = 600


@dataclass(frozen=True)
class Player:
    """One runner."""

    name: str
    command: tuple[str, ...]

    def play(self, scenarios: list[Scenario], tick: int = 2) -> list[list[str]]:
        """The trace of each scenario, without its first and last line. A crash is a line of the trace."""
        traces: list[list[str]] = []
        while len(traces) < len(scenarios):
            rest = scenarios[len(traces) :]
            played, status, complaint = self._run(rest, tick)
            whole = [trace for trace in played if trace[-1] == "done"]
            traces += [trace[1:-1] for trace in whole]
            if len(whole) == len(rest) or (status == LEFTOVER and whole):
                continue
            partial = played[-1][1:] if len(played) > len(whole) else []
            traces.append([*partial, f"crash {self.name} status={status} {complaint}"])
        return traces

    def _run(self, scenarios: list[Scenario], tick: int) -> tuple[list[list[str]], int, str]:
        text = "".join(scenario.text(label) for label, scenario in enumerate(scenarios))
        with tempfile.TemporaryDirectory(prefix="nodenet-") as scratch:
            out = Path(scratch) / "out"
            folder = Path(scratch) / "play"
            folder.mkdir()
            with out.open("wb") as sink:
                command = [*self.command, "--folder", str(folder), "--tick", str(tick)]
                try:
                    done = subprocess.run(
                        command, input=text.encode(), stdout=sink, stderr=subprocess.PIPE, timeout=PATIENCE, check=False
                    )
                    status, complaint = done.returncode, done.stderr.decode(errors="replace")
                except subprocess.TimeoutExpired:
                    status, complaint = -1, "no end"
            if status in (2, 126, 127):
                raise ValueError(f"{self.name}: {complaint}")
            traces: list[list[str]] = []
            for line in out.read_text(errors="replace").splitlines():
                if line.startswith("scenario "):
                    traces.append([])
                traces[-1].append(line.replace(f"{folder}/", FOLDER))
        complaint = " ".join(complaint.split())[-600:]
        return traces, status, complaint
