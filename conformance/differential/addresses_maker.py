"""Scenarios about where connections come from and go to: lookups, block lists, ports, and what the IP header says."""

from maker import Maker
from scenario import Rule

ADDRESSES = {"127.0.0.1": 40, "::1": 30, "127.0.0.2": 14, "::ffff:127.0.0.1": 6, "nonsense": 4}
# Of other address families, ranges and prefixes too.
BLOCKED = ("127.0.0.1", "127.0.0.1", "::1", "127.0.0.2", "10.1.2.3", "::ffff:127.0.0.1", "fe80::1", "nonsense")
RANGES = ("127.0.0.0 127.0.0.255", "127.0.0.2 127.0.0.9", "::1 ::2", "10.0.0.9 10.0.0.1", "::1 127.0.0.1")
SUBNETS = ("127.0.0.0 8", "127.0.0.2 32", "::1 127", "::ffff:7f00:0 104", "10.0.0.0 33", "fe80:: 10")
CIDRS = ("127.0.0.0/8", "127.0.0.2/31", "::/0", "::1/128", "::ffff:127.0.0.0/104", "127.0.0.1", "127.0.0.1/x")
ACTIONS = {
    "connect": 40, "answer": 20, "list": 40, "setTypeOfService": 4, "getTypeOfService": 5, "setKeepAlive": 10,
}  # fmt: skip
EVENTS = {"lookup": 20, "connectionAttempt": 12, "connectionAttemptFailed": 20}
LIST_ACTIONS = {"Address": 30, "Range": 14, "Subnet": 14, "CIDR": 16, "check": 30, "rules": 10, "clear": 4}


class AddressesMaker(Maker):
    """Makes one."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        chance = self.chance
        # Paths have no addresses; a name is looked up by a thread, while the scenario's own lookups answer at once.
        self.kinds = {
            name: "tcp4" if kind == "name" or (kind in ("unix", "nofolder") and chance.yes(70)) else kind
            for name, kind in self.kinds.items()
        }
        self.last = 0
        self.lists = "lm"[: chance.pick((1, 1, 2))]
        self.actions.update({key: weight + self.actions.get(key, 0) for key, weight in ACTIONS.items()})
        self.events.update({key: weight + self.events.get(key, 0) for key, weight in EVENTS.items()})

    def _objects(self) -> None:
        self.scenario.objects += [f"list {name}" for name in self.lists]
        self.scenario.objects.append("bound x tcp4")
        super()._objects()
        self.scenario.objects.append(f"client d{f' blockList={self.lists[0]}' if self.chance.yes(40) else ''}")

    def _options(self, name: str, more: tuple[str, ...]) -> list[str]:
        words = super()._options(name, more)
        chance = self.chance
        if chance.yes(40):
            words.append(f"blockList={chance.pick(self.lists)}")
        if name.islower() and chance.yes(30):
            words.append(f"typeOfService={chance.pick((0, 16, 184, 255))}")
        return words

    def _answer(self) -> str:
        chance = self.chance
        if chance.yes(8):
            return "fail"
        return ",".join(chance.weighted(ADDRESSES) for _ in range(chance.pick((1, 2, 2, 3, 4))))

    def _connect(self, name: str) -> str:
        chance = self.chance
        words = [super()._connect(name)]
        if chance.yes(60):
            words.append(f"lookup={self._answer() if chance.yes(65) else 'wait'}")
        if chance.yes(8):
            words.append(f"localPort={chance.pick((*self.servers, 'x'))}")
        if chance.yes(20) and "autoSelectFamily" not in words[0]:
            words.append("autoSelectFamily=true")
        return " ".join(words)

    def _list_action(self) -> str:
        chance = self.chance
        name, verb = chance.pick(self.lists), chance.weighted(LIST_ACTIONS)
        if verb in ("rules", "clear"):
            return f"{name}.{verb}"
        if verb == "check":
            return f"{name}.check {chance.pick(BLOCKED)}"
        words = {"Address": BLOCKED, "Range": RANGES, "Subnet": SUBNETS, "CIDR": CIDRS}[verb]
        return f"{name}.{'add' if chance.yes(65) else 'remove'}{verb} {chance.pick(words)}"

    def _socket_action(self, name: str) -> str:
        action = super()._socket_action(name)
        chance = self.chance
        verb = action.rpartition(".")[2]
        if verb == "list":
            return self._list_action()
        if verb == "answer":
            return f"{chance.pick(self.clients)}.answer {self._answer()}"
        if verb == "setTypeOfService":
            return f"{action} {chance.pick((0, 16, 184, 255, 256))}"
        if verb.startswith("setKeepAlive") and chance.yes(60):
            times = [chance.pick((0, 1000, 5000)), chance.pick((0, 1000, 500)), chance.pick((0, 3, 1000))]
            return " ".join([action, *map(str, times[: chance.pick((1, 3))])])
        return action

    def _server_action(self, name: str) -> str:
        action = super()._server_action(name)
        chance = self.chance
        if action.startswith(f"{name}.listen"):
            words = [word for word in ("ipv6Only", "backlog=1") if chance.yes(25)]
            return " ".join([action, *words])
        return action

    def _beginning(self) -> None:
        super()._beginning()
        chance = self.chance
        first = self.scenario.rules[0].actions
        first[:0] = [self._list_action() for _ in range(chance.pick((0, 0, 1, 2)))]
        if chance.yes(60):
            first.insert(0, "x.bind")
        first += [f"{name}.connect {chance.pick(self.servers)} lookup=wait" for name in self.clients if chance.yes(6)]

    def _reactions(self) -> None:
        super()._reactions()
        chance = self.chance
        name = chance.pick(self.clients)
        event = chance.pick(("lookup", "connectionAttempt", "connectionAttemptFailed", "connect", "close", "error"))
        self.scenario.rules.append(Rule(f"on {name} {event} 1", self._some(2, name)))

    def _steps(self) -> None:
        super()._steps()
        self.last = max(rule.step for rule in self.scenario.rules if rule.step is not None)
        self.chance.pick((self._blocked, self._served, self._refused))(self.chance.pick(self.servers))

    def _step(self, *actions: str) -> None:
        self.last += 1
        self.scenario.rules.append(Rule(f"at {self.last}", list(actions)))

    def _blocked(self, server: str) -> None:
        """Somebody is on a list, and later no longer."""
        chance = self.chance
        rule = chance.pick(("Address 127.0.0.1", "Subnet 127.0.0.0 8", "Range 127.0.0.1 127.0.0.9", "CIDR 127.0.0.0/8"))
        objects = self.scenario.objects
        line = next(line for line in objects if line.startswith(f"server {server} "))
        if "blockList=" not in line:
            objects[objects.index(line)] = line = f"{line} blockList={self.lists[-1]}"
        which = line.partition("blockList=")[2][0]
        self._step(f"{server}.listen", f"{which}.add{rule}", f"d.connect {server}")
        self._step(f"{which}.remove{rule}", f"{which}.check 127.0.0.1", "d.destroy")
        self._step(f"d.connect {server}")

    def _served(self, server: str) -> None:
        """The type of service is set at some time, and asked for at another."""
        chance = self.chance
        self.scenario.rules[0].actions.insert(0, f"d.setTypeOfService {chance.pick((16, 184))}")
        event = chance.pick(("connect", "connect", "ready", "end", "close"))
        self.scenario.rules.append(Rule(f"on d {event} 1", ["d.getTypeOfService"]))
        self._step(f"{server}.listen", f"d.connect {server}")
        self._step("d.setTypeOfService 8", "d.getTypeOfService", "d.setKeepAlive true 1000 1000 2", "d.end")

    def _refused(self, server: str) -> None:
        """All of many addresses refuse, or one that goes out from a port of its own."""
        chance = self.chance
        first, other = chance.pick((("127.0.0.1", "::1"), ("::1", "127.0.0.1")))
        third = "127.0.0.2" if ":" not in first else "::1"
        self._step(f"d.connect nobody4 lookup={first},{third},{other}")
        self._step("x.bind", "d.connect nobody4 localPort=x")
        self._step(f"d.connect {server} lookup={first},{other}")
