"""Reduces a scenario that shows a difference to a small one that still does."""

import time
from collections.abc import Callable, Iterator

from scenario import Rule, Scenario

# Gives the first of the candidates that still shows the difference, if there is one.
First = Callable[[list[Scenario]], Scenario | None]

# As many candidates are played in one go.
_BATCH = 16
_OPTIONS = 2
_NEED_A_WORD = (".connect", ".hear", ".unhear", ".allowHalfOpen", ".pipe", ".setKeepAlive", ".answer", ".adopt")
# What is said of these needs all its words.
LISTS = ("l", "m")


def _numbers(word: str) -> list[str]:
    """Smaller numbers for a word that is one, or `name=number`."""
    name, equals, digits = word.rpartition("=")
    if not digits.isdigit() or int(digits) == 0 or name == "family":
        return []
    value = int(digits)
    return [f"{name}{equals}{smaller}" for smaller in sorted({0, 1, 5, value // 2, value - 1}) if smaller < value]


def _shorter(action: str) -> Iterator[str]:
    """An action with a word less, or a number smaller."""
    words = action.split(" ")
    if words[0].partition(".")[0] in LISTS:
        return
    kept = 2 if words[0].endswith(_NEED_A_WORD) else 1
    needs_number = words[0].endswith((".write", ".setTimeout", ".maxConnections", ".setTypeOfService"))
    for index in range(len(words) - 1, 0, -1):
        if index >= kept and not (index == 1 and needs_number) and not words[0].endswith("able"):
            yield " ".join(words[:index] + words[index + 1 :])
        for smaller in _numbers(words[index]):
            yield " ".join([*words[:index], smaller, *words[index + 1 :]])


def _without_object(scenario: Scenario, index: int) -> Scenario:
    found = scenario.copy()
    name = found.objects.pop(index).split(" ")[1]

    def mentions(words: str) -> bool:
        return any(
            word == name or word.startswith(f"{name}.") or word.endswith(f"={name}") for word in words.split(" ")
        )

    found.objects = [
        " ".join(word for word in line.split(" ") if not word.endswith(f"={name}")) for line in found.objects
    ]

    found.rules = [
        Rule(rule.head, [action for action in rule.actions if not mentions(action)])
        for rule in found.rules
        if not mentions(rule.head)
    ]
    return found


def _whole(scenario: Scenario) -> bool:
    """It is one that the runners take: it has an object, and step 0 comes first of the steps."""
    steps = [rule.step for rule in scenario.rules if rule.step is not None and rule.actions]
    return bool(scenario.objects) and steps[:1] == [0]


def candidates(scenario: Scenario) -> Iterator[Scenario]:
    """All that are one thing smaller, the boldest first."""
    for index in range(len(scenario.objects)):
        yield _without_object(scenario, index)
    for index in range(len(scenario.rules)):
        found = scenario.copy()
        del found.rules[index]
        yield found
    for index, rule in enumerate(scenario.rules):
        for place in range(len(rule.actions)):
            found = scenario.copy()
            del found.rules[index].actions[place]
            yield found
    for index, line in enumerate(scenario.objects):
        words = line.split(" ")
        has_kind = words[0] in ("server", "bound")
        first = 3 if has_kind else _OPTIONS
        if has_kind and words[2] != "tcp4":
            found = scenario.copy()
            found.objects[index] = " ".join([*words[:2], "tcp4", *words[3:]])
            yield found
        for place in range(first, len(words)):
            for instead in ([], *([word] for word in _numbers(words[place]))):
                found = scenario.copy()
                found.objects[index] = " ".join(words[:place] + instead + words[place + 1 :])
                yield found
    for index, rule in enumerate(scenario.rules):
        if rule.step:
            found = scenario.copy()
            earlier = [other for other in found.rules[:index] if other.step is not None]
            if earlier:
                earlier[-1].actions += found.rules.pop(index).actions
                yield found
        for place, action in enumerate(rule.actions):
            for shorter in _shorter(action):
                found = scenario.copy()
                found.rules[index].actions[place] = shorter
                yield found


def shrink(scenario: Scenario, first: First, patience: float = 120) -> Scenario:
    """The smallest that is found in `patience` seconds by taking whatever still differs, until nothing does."""
    best = scenario
    until = time.monotonic() + patience
    while True:
        queue = [candidate for candidate in candidates(best) if _whole(candidate)]
        found = None
        for start in range(0, len(queue), _BATCH):
            found = first(queue[start : start + _BATCH])
            if found is not None or time.monotonic() > until:
                break
        if found is None:
            return best
        best = found
        best.rules = [rule for rule in best.rules if rule.actions]
