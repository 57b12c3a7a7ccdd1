"""Scenarios with pipes. Of accepted sockets only, so that no byte runs in a circle."""

from maker import Maker

ACTIONS = {"pipe": 60, "unpipe": 12, "write": 40}
EVENTS = {"pipe": 6, "unpipe": 8}


class PipeMaker(Maker):
    """Makes one."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.actions.update(ACTIONS)
        self.events.update(EVENTS)
