"""Makes a scenario from a seed. Those of what came later are made by heirs of this maker, so that these stay."""

from chance import Chance
from scenario import Rule, Scenario

# Raise it with every change that gives any seed another scenario: what was found under a seed is found there no more.
VERSION = 3

KINDS = {"tcp4": 46, "unix": 26, "tcp6": 10, "any": 6, "name": 6, "elsewhere": 3, "nofolder": 3}
MARKS = (16, 16, 1000, 1, 0, 65536, 16384, 100000)
TIMEOUTS = (10, 25)
CODES = ("E_USER", "E_OTHER")
ENDS = ("end", "destroy", "destroySoon", "reset")

# What a scenario is about: how often which action, beside those of every scenario.
GENERAL = {
    "write": 34, "write cb": 18, "end": 9, "end cb": 6, "destroy": 5, "destroy error": 3, "destroySoon": 3, "reset": 3,
    "pause": 6, "resume": 6, "cork": 3, "uncork": 3, "read": 2, "hear data": 8, "unhear data": 2, "hear readable": 2,
    "unhear readable": 1, "unhear error": 1, "setTimeout": 2, "setNoDelay": 1, "setKeepAlive": 1, "allowHalfOpen": 1,
    "address": 1, "ref": 1, "unref": 2, "connect": 1,
}  # fmt: skip
THEMES: dict[str, dict[str, int]] = {
    "general": {},
    "half open": {"end": 40, "end cb": 20, "allowHalfOpen": 8, "write": 20, "hear data": 16},
    "reset": {"reset": 32, "write": 20, "pause": 10},
    "destroy": {"destroy": 40, "destroy error": 24, "destroySoon": 12},
    "timeouts": {"setTimeout": 48, "write": 16},
    "drain": {"write": 40, "write cb": 40, "pause": 20, "resume": 20, "hear data": 16},
    "paused": {"hear readable": 48, "read": 60, "unhear readable": 12, "pause": 12, "resume": 12},
    "cork": {"cork": 40, "uncork": 40, "write": 30, "write cb": 20},
    "ref": {"ref": 32, "unref": 48},
    "reconnect": {"connect": 40, "destroy": 16, "end": 12},
    "flow": {"pause": 48, "resume": 48, "hear data": 24, "unhear data": 20, "write": 16},
    "refused": {"connect": 24, "write": 12},
    "race": {"connect": 16, "destroy": 12, "reset": 8},
    "many": {"connect": 20, "end": 16},
}
SERVER_ACTIONS = {"close": 5, "close cb": 5, "listen": 4, "getConnections": 4, "maxConnections": 2, "address": 2,
                  "ref": 2, "unref": 3}  # fmt: skip
SOCKET_EVENTS = {
    "connect": 10, "ready": 3, "data": 20, "end": 16, "finish": 6, "drain": 8, "close": 8, "error": 6, "write": 6,
    "ended": 4, "timeout": 3, "pause": 2, "resume": 3, "readable": 4, "lookup": 1, "connectionAttempt": 1,
    "connectionAttemptFailed": 1,
}  # fmt: skip
THEME_EVENTS: dict[str, dict[str, int]] = {
    "timeouts": {"timeout": 20},
    "drain": {"drain": 24, "write": 10},
    "paused": {"readable": 30},
    "flow": {"pause": 8, "resume": 8, "data": 10},
    "reconnect": {"close": 24},
    "refused": {"error": 14, "close": 8, "connectionAttempt": 6, "connectionAttemptFailed": 6},
}
SERVER_EVENTS = {"listening": 6, "connection": 10, "close": 5, "error": 2, "drop": 2, "closed": 2, "count": 2}
NOWHERE = ("nobody4", "nobody6", "nopath", "nobody")
LOOKED_UP = ("any", "name")


class Maker:
    """Makes one scenario."""

    def __init__(self, seed: int) -> None:
        self.chance = Chance(seed * 1000 + VERSION)
        self.scenario = Scenario(seed)
        chance = self.chance
        self.themes = [chance.pick(list(THEMES)) for _ in range(chance.pick((1, 1, 2)))]
        busy = bool({"many", "race"} & set(self.themes))
        self.servers = "AB"[: chance.pick((1, 1, 1, 2) if not busy else (1, 2))]
        self.clients = "abc"[: chance.pick((1, 1, 1, 2) if not busy else (1, 2, 3))]
        # Lookups are made by threads: beside anything else they would give any order.
        self.alone = len(self.servers) == len(self.clients) == 1
        self.kinds = {name: chance.weighted(KINDS) for name in self.servers}
        if not self.alone:
            self.kinds = {name: "tcp4" if kind in LOOKED_UP else kind for name, kind in self.kinds.items()}
        self.marks: dict[str, int] = {}
        # Of steps after the first: what clients that come later do there.
        self.late: dict[int, Rule] = {}
        self.actions = self._merged(GENERAL, THEMES)
        self.events = self._merged(SOCKET_EVENTS, THEME_EVENTS)

    def _merged(self, common: dict[str, int], themes: dict[str, dict[str, int]]) -> dict[str, int]:
        weights = dict(common)
        for theme in self.themes:
            for key, weight in themes.get(theme, {}).items():
                weights[key] = weights.get(key, 0) + weight
        return weights

    # ---- objects

    def _options(self, name: str, more: tuple[str, ...]) -> list[str]:
        chance = self.chance
        words = ["allowHalfOpen"] if chance.yes(60 if "half open" in self.themes else 25) else []
        self.marks[name] = 65536
        if chance.yes(60 if {"drain", "paused", "cork"} & set(self.themes) else 25):
            self.marks[name] = chance.pick(MARKS)
            words.append(f"highWaterMark={self.marks[name]}")
        words += [word for word in more if chance.yes(8)]
        return words

    def _objects(self) -> None:
        chance = self.chance
        for name in self.servers:
            words = self._options(name, ("noDelay", "keepAlive", "keepAliveInitialDelay=1000", "pauseOnConnect"))
            if chance.yes(40 if "many" in self.themes else 3):
                words.append(f"maxConnections={chance.pick((0, 1, 1, 2))}")
            self.scenario.objects.append(" ".join(["server", name, self.kinds[name], *words]))
        for name in self.clients:
            words = self._options(name, ("noDelay", "keepAlive", "keepAliveInitialDelay=1000"))
            self.scenario.objects.append(" ".join(["client", name, *words]))

    # ---- actions

    def _size(self, name: str) -> int:
        chance = self.chance
        mark = self.marks[name[0]]
        if chance.yes(45):
            return max(0, chance.pick((mark - 1, mark, mark + 1, mark // 2, mark * 2 if mark < 65536 else 5)))
        return chance.pick((1, 5, 5, 100, 100, 1000, 0, 70000, 65536) if chance.yes(96) else (200000, 1000000))

    def _connect(self, name: str) -> str:
        chance = self.chance
        if chance.yes(40 if "refused" in self.themes else 4):
            target = chance.pick(NOWHERE if self.alone else NOWHERE[:3])
        else:
            target = chance.pick(self.servers)
        words = []
        if chance.yes(5):
            words.append(f"localAddress={chance.pick(('127.0.0.1', '::1', '192.0.2.1'))}")
        if chance.yes(5):
            words.append(f"family={chance.pick(('4', '6'))}")
        if chance.yes(5):
            words.append("autoSelectFamily=false")
        if chance.yes(20 if "timeouts" in self.themes else 3):
            words.append(f"timeout={chance.pick(TIMEOUTS)}")
        return " ".join([f"{name}.connect", target, *words])

    def _socket_action(self, name: str) -> str:
        chance = self.chance
        verb = chance.weighted(self.actions)
        if verb == "connect":
            # Nobody connects an accepted socket again; Node then loses count of the server's connections.
            if "." in name:
                return f"{name}.write {self._size(name)}"
            return self._connect(name)
        if verb in ("write", "write cb"):
            return f"{name}.write {self._size(name)}{verb[5:]}"
        if verb in ("end", "end cb"):
            count = f" {self._size(name)}" if chance.yes(40) else ""
            return f"{name}.end{count}{verb[3:]}"
        if verb == "destroy error":
            return f"{name}.destroy {chance.pick(CODES)}"
        if verb == "read":
            return f"{name}.read" if chance.yes(50) else f"{name}.read {self._size(name)}"
        if verb in ("pipe", "unpipe"):
            return self._pipe_action(name, verb)
        if verb == "setTimeout":
            return f"{name}.setTimeout {chance.pick((*TIMEOUTS, *TIMEOUTS, 0))}"
        if verb in ("setNoDelay", "setKeepAlive", "allowHalfOpen"):
            return f"{name}.{verb} {chance.pick(('true', 'false'))}"
        return f"{name}.{verb}"

    def _pipe_action(self, name: str, verb: str) -> str:
        chance = self.chance
        accepted = [socket for socket in self._sockets() if "." in socket]
        source = name if "." in name else chance.pick(accepted)
        if verb == "unpipe" and chance.yes(40):
            return f"{source}.unpipe"
        destination = source if chance.yes(50) else chance.pick(accepted)
        return f"{source}.{verb} {destination}{' noend' if verb == 'pipe' and chance.yes(25) else ''}"

    def _server_action(self, name: str) -> str:
        chance = self.chance
        verb = chance.weighted(SERVER_ACTIONS)
        if verb == "maxConnections":
            return f"{name}.maxConnections {chance.pick((0, 1, 2))}"
        if verb == "listen" and len(self.servers) > 1 and chance.yes(40):
            return f"{name}.listen {chance.pick(self.servers)}"
        return f"{name}.{verb}"

    def _sockets(self) -> list[str]:
        return list(self.clients) + [f"{server}.{number}" for server in self.servers for number in (1, 2)]

    def _socket(self) -> str:
        chance = self.chance
        if chance.yes(50):
            return chance.pick(self.clients)
        return f"{chance.pick(self.servers)}.{1 if chance.yes(90 if len(self.clients) == 1 else 70) else 2}"

    def _some(self, most: int, subject: str | None = None) -> list[str]:
        """Up to `most` actions, at least one; often on the subject."""
        chance = self.chance
        server_share = 30 if "race" in self.themes or "ref" in self.themes else 10
        actions = []
        for _ in range(chance.between(1, most)):
            if chance.yes(server_share):
                actions.append(self._server_action(chance.pick(self.servers)))
            elif subject is not None and not subject.isupper() and chance.yes(60):
                actions.append(self._socket_action(subject))
            else:
                actions.append(self._socket_action(self._socket()))
        return actions

    # ---- rules

    def _beginning(self) -> None:
        """Servers listen, clients connect, most of them hear data."""
        chance = self.chance
        first = Rule("at 0", [f"{name}.listen" for name in self.servers if chance.yes(97)])
        rules = [first]
        listening = {name: Rule(f"on {name} listening 1") for name in self.servers}
        for name in self.clients:
            if chance.yes(85):
                first.actions.append(f"{name}.hear data")
            server = chance.pick(self.servers)
            # A path listens inside the call, a host is looked up first.
            early = chance.yes(40 if self.kinds[server] in ("unix", "any") else 6)
            if name != "a" and chance.yes(70):
                # Sockets that are ready in the same turn come in an order of their own, so that less can be compared.
                number = chance.between(1, 2)
                where = self.late.setdefault(number, Rule(f"at {number}"))
                where.actions.append(self._connect(name) if not early else f"{name}.connect {server}")
            elif early or "refused" in self.themes:
                where = first
                where.actions.append(self._connect(name) if not early else f"{name}.connect {server}")
            else:
                where = listening[server]
                where.actions.append(f"{name}.connect {server}" if chance.yes(90) else self._connect(name))
            # Writes, ends and more before the connection is there.
            for _ in range(chance.pick((0, 0, 1, 2, 3))):
                hasty = chance.yes(25)
                where.actions.append(self._socket_action(name) if hasty else f"{name}.write {self._size(name)}")
        rules += listening.values()
        for name in self.servers:
            for number in (1, 2) if len(self.clients) > 1 or "reconnect" in self.themes else (1,):
                actions = [f"{name}.{number}.hear data"] if chance.yes(85) else []
                if chance.yes(70):
                    actions += self._some(3, f"{name}.{number}")
                rules.append(Rule(f"on {name} connection {number}", actions))
        if not first.actions:
            first.actions.append(f"{self.servers[0]}.listen")
        self.scenario.rules += [rule for rule in rules if rule.actions]

    def _reactions(self) -> None:
        chance = self.chance
        for _ in range(chance.between(1, 7)):
            if chance.yes(12):
                name = chance.pick(self.servers)
                event = chance.weighted(SERVER_EVENTS)
            else:
                name = self._socket()
                event = chance.weighted(self.events)
            number = chance.pick((1, 1, 1, 1, 1, 2, 2, 3))
            self.scenario.rules.append(Rule(f"on {name} {event} {number}", self._some(3, name)))
        if "reconnect" in self.themes:
            name = chance.pick(self.clients)
            self.scenario.rules.append(Rule(f"on {name} close 1", [self._connect(name), *self._some(2, name)]))
        if "reconnect" in self.themes:
            # Something is read before the socket connects anew.
            name = f"{chance.pick(self.servers)}.1"
            self.scenario.rules.append(Rule(f"on {name[0]} connection 1", [f"{name}.write {self._size(name)}"]))
            self.scenario.rules.append(Rule(f"on {chance.pick(self.clients)} data 1", [f"{name}.{chance.pick(ENDS)}"]))
        if "ref" in self.themes:
            # The loop ends only when everything in it is unref'd.
            server, name = chance.pick(self.servers), chance.pick(self.clients)
            self.scenario.rules.append(Rule(f"on {server} connection 1", [f"{server}.unref", f"{server}.1.unref"]))
            again = [f"{name}.ref"] if chance.yes(50) else []
            self.scenario.rules.append(Rule(f"on {name} connect 1", [f"{name}.unref", *again]))
            if chance.yes(50):
                self.scenario.rules[0].actions.insert(0, f"{server}.unref")
        if "cork" in self.themes:
            # Corks within corks, undone one by one.
            name = self._socket()
            verbs = [chance.pick(("cork", "cork", "uncork", "write", "write cb")) for _ in range(chance.between(2, 6))]
            actions = [
                f"{name}.write {self._size(name)}{verb[5:]}" if "write" in verb else f"{name}.{verb}" for verb in verbs
            ]
            event = chance.pick(("connect", "ready", "data", "write"))
            self.scenario.rules.append(Rule(f"on {name} {event} 1", actions))
        if "timeouts" in self.themes:
            # A timer is only changed while it runs if that happens before there is silence.
            name = chance.pick(self.clients)
            early, late = chance.pick(("connectionAttempt", "connect")), chance.pick(("ready", "data", "end", "drain"))
            self.scenario.rules.append(Rule(f"on {name} {early} 1", [f"{name}.setTimeout {chance.pick(TIMEOUTS)}"]))
            self.scenario.rules.append(Rule(f"on {name} {late} 1", [f"{name}.setTimeout {chance.pick((0, 0, 10))}"]))
        if "destroy" in self.themes:
            name = self._socket()
            event = chance.pick(list(SOCKET_EVENTS))
            self.scenario.rules.append(Rule(f"on {name} {event} 1", [f"{name}.destroy"]))

    def _steps(self) -> None:
        steps = self.chance.pick((0, 1, 1, 2, 2, 3, 4))
        for number in range(1, max([steps, *self.late]) + 1):
            late = self.late[number].actions if number in self.late else []
            self.scenario.rules.append(Rule(f"at {number}", late + self._some(3)))

    def make(self) -> Scenario:
        """The scenario."""
        self._objects()
        self._beginning()
        self._reactions()
        self._steps()
        return self.scenario
