"""Scenarios with bound sockets."""

from maker import Maker
from scenario import Rule, Scenario

BOUND_KINDS = {"tcp4": 50, "unix": 30, "tcp6": 8, "any": 5, "elsewhere": 3, "nofolder": 3, "name": 2}
PATHS = ("unix", "nofolder")
ACTIONS = {"adopt": 24, "connect": 24, "getTypeOfService": 2, "setTypeOfService": 2, "setKeepAlive": 3}
BOUND_ACTIONS = {"bind": 14, "close": 8, "address": 5, "fd": 3}


class BoundMaker(Maker):
    """Makes one."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        chance = self.chance
        self.bounds = "xyz"[: chance.pick((1, 1, 2, 2, 3))]
        self.later: list[str] = []
        self.actions.update({key: weight + self.actions.get(key, 0) for key, weight in ACTIONS.items()})
        self.bound_kinds = {
            name: chance.pick(list(self.kinds.values())) if chance.yes(80) else chance.weighted(BOUND_KINDS)
            for name in self.bounds
        }

    def _objects(self) -> None:
        for name in self.bounds:
            self.scenario.objects.append(f"bound {name} {self.bound_kinds[name]}")
        super()._objects()

    def _options(self, name: str, more: tuple[str, ...]) -> list[str]:
        words = super()._options(name, more)
        if name.islower() and self.chance.yes(60):
            self.later.append(name)
            words.append("later")
        return words

    def _connect(self, name: str) -> str:
        # Where from is the bound socket's business, most of the time.
        words = super()._connect(name).split(" ")
        if name in self.later and self.chance.yes(90):
            words = [word for word in words if not word.startswith("localAddress")]
        return " ".join(words)

    def _bound_action(self) -> str:
        chance = self.chance
        name, verb = chance.pick(self.bounds), chance.weighted(BOUND_ACTIONS)
        if verb == "bind" and chance.yes(25):
            words = [f"{name}.bind", chance.pick([*self.bounds, *self.servers])]
            flags = ("reusePort", "ipv6Only") if self.bound_kinds[name] not in PATHS or chance.yes(10) else ()
            words += [word for word in flags if chance.yes(20)]
            return " ".join(words)
        return f"{name}.{verb}"

    def _socket_action(self, name: str) -> str:
        action = super()._socket_action(name)
        chance = self.chance
        if action.endswith(".adopt"):
            client = chance.pick(self.later or list(self.clients))
            return f"{client}.adopt {chance.pick(self.bounds)}" if chance.yes(60) else self._bound_action()
        if action.endswith(".setTypeOfService"):
            return f"{action} {chance.pick((0, 16, 184, 256))}"
        return action

    def _server_action(self, name: str) -> str:
        action = super()._server_action(name)
        chance = self.chance
        if action.startswith(f"{name}.listen") and chance.yes(70):
            if len(self.servers) > 1 and chance.yes(25):
                return f"{name}.listen {chance.pick(self.servers)} {chance.pick(('fd', 'handle'))}"
            return f"{name}.listen {chance.pick(self.bounds)}"
        return action

    def _beginning(self) -> None:
        super()._beginning()
        chance = self.chance
        first = self.scenario.rules[0].actions
        # Half of the servers listen on a bound socket; who connects has adopted one.
        for place, action in enumerate(first):
            name = action[0]
            if action == f"{name}.listen" and chance.yes(50):
                first[place] = f"{name}.listen {chance.pick(self.bounds)}"
        first[:0] = [f"{name}.bind" for name in self.bounds if chance.yes(92)]
        for rule in self.scenario.rules:
            connects = {action[0]: action.split(" ")[1] for action in rule.actions if action[1:].startswith(".connect")}
            for name, target in connects.items():
                if name in self.later:
                    verbs = [f"{name}.adopt {self._bound_for(target)}", f"{name}.hear data"]
                    if chance.yes(10):
                        verbs.append(f"{name}.write {self._size(name)} cb")
                    at = next(i for i, action in enumerate(rule.actions) if action.startswith(f"{name}.connect"))
                    rule.actions[at:at] = verbs

    def _bound_for(self, target: str) -> str:
        """One from which the target can be reached, most of the time."""
        is_path = self.kinds.get(target) in PATHS or target == "nopath"
        like = [name for name, kind in self.bound_kinds.items() if (kind in PATHS) == is_path]
        return self.chance.pick(like if like and self.chance.yes(90) else self.bounds)

    def _reactions(self) -> None:
        super()._reactions()
        chance = self.chance
        for _ in range(chance.between(0, 2)):
            name = self._socket()
            event = chance.pick(("connect", "close", "error", "end", "data"))
            self.scenario.rules.append(Rule(f"on {name} {event} 1", [self._bound_action(), *self._some(1, name)]))

    def _steps(self) -> None:
        super()._steps()
        paths = [name for name, kind in self.bound_kinds.items() if kind == "unix"]
        if paths and self.chance.yes(40):
            # A client of its own, that writes or reads before it connects, or does not.
            name = self.chance.pick(paths)
            self.scenario.objects.append("client d later")
            last = max(rule.step for rule in self.scenario.rules if rule.step is not None)
            actions = [f"{name}.bind", f"d.adopt {name}", self.chance.pick(("d.write 5 cb", "d.end 5 cb", "d.address"))]
            self.scenario.rules.append(Rule(f"at {last + 1}", actions))
            self.scenario.rules.append(Rule(f"at {last + 2}", ["d.connect nopath"]))

    def make(self) -> Scenario:
        """The scenario."""
        scenario = super().make()
        chance = self.chance
        for rule in scenario.rules[-2:]:
            if rule.step is not None:
                rule.actions.append(self._bound_action() if chance.yes(60) else self._socket_action(self._socket()))
        return scenario
