"""Servers in turn, many short runs each, so that what the machine does besides meets all of them alike."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack

from load import Figures
from servers import Running, Server, running

# By server, by figure: one value for each round.
Rounds = dict[str, dict[str, list[float]]]


def in_turn(
    servers: Mapping[str, tuple[Server, str]],
    rounds: int,
    run: Callable[[Running], Figures],
    *,
    local: bool = False,
    pinned: bool = True,
) -> Rounds:
    """All are alive at once, and asleep but for the one whose turn it is; every other round goes backwards."""
    found: Rounds = {label: {} for label in servers}
    with ExitStack() as all_of_them:
        listening = {
            label: all_of_them.enter_context(running(server, mode, local=local, pinned=pinned))
            for label, (server, mode) in servers.items()
        }
        labels = list(listening)
        for number in range(rounds):
            shift = number // 2 % len(labels)
            order = labels[shift:] + labels[:shift]
            for label in order if number % 2 == 0 else reversed(order):
                for name, value in run(listening[label]).items():
                    found[label].setdefault(name, []).append(value)
    return found
