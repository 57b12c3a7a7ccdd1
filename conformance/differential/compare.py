"""Compares what the two runners do with a batch of scenarios."""

from dataclasses import dataclass, field

from known import explain
from normalise import normalise
from players import Player
from scenario import Scenario

# A scenario that differs is played again, by Node as often as this with each length of a tick.
NODE_AGAIN = (2, 2, 2, 2, 8, 8, 20)
OURS_AGAIN = (2, 8, 20)
# And if its order is still none of Node's, as often as this.
NODE_ONCE_MORE = (2, 4, 8) * 5

Trace = tuple[str, ...]

SAME, ORDERS, KNOWN, DIFFERENT = "same", "orders", "known", "different"


@dataclass
class Verdict:
    """What came out for one scenario."""

    scenario: Scenario
    kind: str
    rules: list[str] = field(default_factory=list)
    node: list[str] = field(default_factory=list)
    ours: list[str] = field(default_factory=list)


def _play(player: Player, scenarios: list[Scenario], tick: int) -> list[Trace]:
    return [tuple(normalise(trace)) for trace in player.play(scenarios, tick)]


def nearest(trace: Trace, candidates: list[Trace]) -> Trace:
    """The one with the longest beginning in common."""

    def common(other: Trace) -> int:
        return next((i for i, (one, two) in enumerate(zip(trace, other)) if one != two), min(len(trace), len(other)))

    return max(candidates, key=common)


def compare(node: Player, ours: Player, scenarios: list[Scenario], thorough: bool = True) -> list[Verdict]:
    """A verdict for each scenario, in order."""
    theirs = [{trace: 1} for trace in _play(node, scenarios, 2)]
    mine = [{trace: 1} for trace in _play(ours, scenarios, 2)]
    verdicts: dict[int, Verdict] = {}
    open_ones = [index for index in range(len(scenarios)) if theirs[index].keys() != mine[index].keys()]

    def again(player: Player, into: list[dict[Trace, int]], ticks: tuple[int, ...]) -> None:
        for tick in ticks:
            for index, trace in zip(open_ones, _play(player, [scenarios[i] for i in open_ones], tick)):
                into[index][trace] = into[index].get(trace, 0) + 1

    def explained(index: int) -> list[str] | None:
        """Of every trace of ours that is none of Node's, the rules that make it one."""
        rules: list[str] = []
        for trace in mine[index]:
            if trace in theirs[index]:
                continue
            found = None
            for other in theirs[index]:
                found = explain(list(other), list(trace))
                if found is not None:
                    break
            if found is None:
                return None
            rules += [rule for rule in found if rule not in rules]
        return rules

    def sort_out() -> None:
        for index in list(open_ones):
            rules = explained(index)
            if rules is not None:
                verdicts[index] = Verdict(scenarios[index], KNOWN if rules else ORDERS, rules)
                open_ones.remove(index)

    sort_out()
    if open_ones:
        again(node, theirs, NODE_AGAIN if thorough else NODE_AGAIN[3:])
        # What a short silence gave counts for nothing where a longer one is at hand.
        for index in open_ones:
            mine[index] = {}
        again(ours, mine, OURS_AGAIN if thorough else OURS_AGAIN[:2])
        sort_out()
    if open_ones and thorough:
        again(node, theirs, NODE_ONCE_MORE)
        sort_out()
    for index in open_ones:
        trace = next(trace for trace in mine[index] if trace not in theirs[index])
        other = nearest(trace, list(theirs[index]))
        verdicts[index] = Verdict(scenarios[index], DIFFERENT, [], list(other), list(trace))
    return [verdicts.get(index, Verdict(scenario, SAME)) for index, scenario in enumerate(scenarios)]


def first_difference(node: Player, ours: Player, scenarios: list[Scenario]) -> Scenario | None:
    """The first of the scenarios that shows an unexplained difference, when asked again too."""
    theirs, mine = _play(node, scenarios, 2), _play(ours, scenarios, 2)
    for scenario, one, other in zip(scenarios, theirs, mine):
        if one != other and explain(list(one), list(other)) is None:
            again = compare(node, ours, [scenario], thorough=False)[0]
            if again.kind == DIFFERENT:
                return scenario
    return None
