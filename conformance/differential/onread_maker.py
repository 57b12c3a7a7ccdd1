"""Scenarios with clients that read into a buffer of their own."""

from maker import Maker
from scenario import Rule

SIZES = (5, 16, 100, 1000, 1000, 16384, 65536)
# As many reads of a small buffer are enough.
MOST_READS = 40
ACTIONS = {"write": 60, "stop": 24, "pause": 16, "resume": 40, "read": 12, "hear readable": 6}
EVENTS = {"onread": 60, "end": 20}


class OnreadMaker(Maker):
    """Makes one."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.smallest = 65536
        self.actions.update({key: weight + self.actions.get(key, 0) for key, weight in ACTIONS.items()})
        self.events.update({key: weight + self.events.get(key, 0) for key, weight in EVENTS.items()})

    def _options(self, name: str, more: tuple[str, ...]) -> list[str]:
        words = super()._options(name, more)
        chance = self.chance
        if name.islower() and chance.yes(92):
            size = chance.pick(SIZES) if chance.yes(98) else 0
            self.smallest = min(self.smallest, size or 65536)
            words.append(f"{'onread' if chance.yes(45) else 'onreadBy'}={size}")
        return words

    def _size(self, name: str) -> int:
        return min(super()._size(name), MOST_READS * self.smallest)

    def _socket_action(self, name: str) -> str:
        action = super()._socket_action(name)
        chance = self.chance
        if action.endswith(".stop") and "." in name:
            return f"{chance.pick(self.clients)}.stop"
        # Nothing of it comes through a pipe but the end.
        if action.endswith(".unref") and chance.yes(20) and name in self.clients:
            return f"{name}.pipe {chance.pick(self._sockets())}"
        return action

    def _reactions(self) -> None:
        super()._reactions()
        chance = self.chance
        # Something comes, and more of it after the socket has stopped.
        server, name = chance.pick(self.servers), chance.pick(self.clients)
        writes = [f"{server}.1.write {self._size(server)}" for _ in range(chance.between(1, 3))]
        self.scenario.rules.append(Rule(f"on {server} connection 1", [*writes, *self._some(2, f"{server}.1")]))
        actions = [chance.pick(("stop", "pause", "stop", "destroy", "end", "reset", "resume")), "setTimeout 10"]
        shown = [f"{name}.{verb}" for verb in actions[: chance.between(1, 2)]]
        self.scenario.rules.append(Rule(f"on {name} onread {chance.pick((1, 1, 2, 3))}", shown))

    def _steps(self) -> None:
        super()._steps()
        chance = self.chance
        name = chance.pick(self.clients)
        last = max(rule.step for rule in self.scenario.rules if rule.step is not None)
        if chance.yes(70):
            verb = chance.pick(("resume", "resume", "read", "read 0", "pause"))
            self.scenario.rules.append(Rule(f"at {last + 1}", [f"{name}.{verb}", *self._some(2, name)]))
