"""Scenarios of bulk through pipes: somebody writes much, somebody reads slowly, and the pipe is undone or ended."""

from pipe_maker import PipeMaker
from scenario import Rule, Scenario

SERVER_MARKS = (16, 1000, 1000, 65536)
MUCH = (200, 5000, 20000, 60000, 60000, 70000)


class ProxyMaker(PipeMaker):
    """Makes one."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        # One server of which everybody is a client, who come one after the other.
        self.servers = "A"
        self.clients = "ab" if self.chance.yes(65) else "a"
        self.kinds = {"A": self.chance.pick(("tcp4", "tcp4", "unix"))}
        self.actions["connect"] = 1

    def _pipe(self) -> str:
        """Where from, and where to."""
        chance = self.chance
        end = " noend" if chance.yes(30) else ""
        if len(self.clients) == 1:
            return f"A.1.pipe A.1{end}"
        return f"A.1.pipe A.2{end}" if chance.yes(85) else f"A.1.pipe A.1{end}"

    def make(self) -> Scenario:
        """The scenario."""
        chance = self.chance
        scenario = self.scenario
        scenario.objects = [f"server A {self.kinds['A']} highWaterMark={chance.pick(SERVER_MARKS)}"]
        if chance.yes(60):
            scenario.objects[0] += " allowHalfOpen"
        self.marks = {"A": 1000, **dict.fromkeys(self.clients, 65536)}
        for name in self.clients:
            scenario.objects.append(f"client {name}{' allowHalfOpen' if chance.yes(60) else ''}")
        last = self.clients[-1]
        hears = [f"{name}.hear data" for name in self.clients if chance.yes(90)]
        rules = [Rule("at 0", ["A.listen", *hears]), Rule("on A listening 1", ["a.connect A"])]
        if last == "b":
            rules.append(Rule("on A connection 1", ["b.connect A"]))
        pipes = [self._pipe()]
        other = self._pipe()
        if chance.yes(40) and other.split(" ")[1] != pipes[0].split(" ")[1]:
            pipes.append(other)
        before = [f"a.write {chance.pick(MUCH)}"] if chance.yes(40) else []
        rules.append(Rule(f"on A connection {len(self.clients)}", [*before, *pipes]))
        scenario.rules = rules
        slow = [f"{last}.pause"] if chance.yes(50) else []
        # What is corked is full without much.
        full = f"A.{len(self.clients)}" if chance.yes(40) else None
        self._step(1, [*slow, *([f"{full}.cork"] if full else []), f"a.write {chance.pick(MUCH)}"])
        if full and chance.yes(50):
            # More comes than goes out, so that something is unread when the pipe is undone.
            self._step(2, ["a.write 5000"])
            self._step(3, [f"{full}.uncork" if chance.yes(40) else "A.1.unpipe"])
        else:
            self._step(2, [f"{full}.uncork" if full and chance.yes(60) else self._middle()])
        self._step(4, [chance.pick(("A.1.resume", "A.1.hear data", "A.1.read", "a.write 1000", self._pipe()))])
        self._step(5, [f"{last}.resume", chance.pick(("a.end", "a.end 100", "a.write 5000", "a.destroy", "a.reset"))])
        if chance.yes(50):
            self._step(6, [self._socket_action(self._socket())])
        for _ in range(chance.between(0, 3)):
            name = self._socket()
            event = chance.pick(
                ("pipe", "unpipe", "data", "end", "drain", "pause", "resume", "finish", "close", "error")
            )
            scenario.rules.append(Rule(f"on {name} {event} {chance.pick((1, 1, 2))}", self._some(1, name)))
        return scenario

    def _middle(self) -> str:
        chance = self.chance
        to = "A.2" if len(self.clients) > 1 else "A.1"
        return chance.pick(("A.1.unpipe", "A.1.unpipe", f"A.1.unpipe {to}", "a.end", f"{to}.end", f"{to}.destroy",
                            "A.1.pause", "a.write 70000"))  # fmt: skip

    def _step(self, number: int, actions: list[str]) -> None:
        if self.chance.yes(35):
            actions.append(self._socket_action(self._socket()))
        self.scenario.rules.append(Rule(f"at {number}", actions))
