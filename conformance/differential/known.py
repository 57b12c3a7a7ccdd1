"""The differences that are known: each a narrow rule with the reason, as docs/node-compat.md lists them.

A rule takes what Node did and what nodenet did, and gives both without what it explains. Only if they are equal then is
the scenario explained, and counted under the names of the rules that were needed. The cap of a rule is the share of all
scenarios, in percent, in which it may be needed; more is a failure.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from traces import Entry, expand

# Events whose rules may well end what the other socket was about to tell.
NEWS = {"connection", "drop", "connect", "end", "error"}
# Node's buffer.
MOST_IN_A_READ = 65536

Traces = tuple[list[Entry], list[Entry]]


@dataclass(frozen=True)
class Known:
    """One rule."""

    name: str
    reason: str
    cap: float
    without: Callable[[list[Entry], list[Entry]], Traces]


def _cut(node: list[Entry], ours: list[Entry], at: int | None) -> Traces:
    """Nothing after `at` is compared."""
    return (node, ours) if at is None else (node[:at], ours[:at])


def _first(node: list[Entry], wanted: Callable[[Entry], bool]) -> int | None:
    return next((index for index, entry in enumerate(node) if wanted(entry)), None)


def _node_throws(node: list[Entry], ours: list[Entry]) -> Traces:
    """From an error of Node's own, or from what differs before it because of that."""

    def thrown(entry: Entry) -> bool:
        own = "name=TypeError" in entry.head or "ERR_INTERNAL_ASSERTION" in entry.head
        return own and entry.event in ("uncaught", "error")

    at = _first(node, thrown)
    differs = next((index for index, (one, other) in enumerate(zip(node, ours)) if one != other), at)
    return _cut(node, ours, at if at is None or differs is None else min(at, differs))


def _failed_reset(node: list[Entry], ours: list[Entry]) -> Traces:
    """From the reset that fails, which Node may tell in the line of the call itself."""
    at = _first(node, lambda entry: " syscall=reset " in entry.head)
    resets = [index for index, entry in enumerate(node[:at]) if entry.event == "do reset"]
    return _cut(node, ours, resets[-1] if at is not None and resets else at)


def _connect_before_close(node: list[Entry], ours: list[Entry]) -> Traces:
    """From a `connect` on a socket that was destroyed and has not told `close`."""

    def over(entry: Entry) -> bool:
        told = entry.told.get(entry.subject, {})
        ended = told.get("readableEnded") == "true" and told.get("writableFinished") == "true"
        return entry.event in ("end", "finish") and ended

    waiting: set[str] = set()
    destroyed_soon: set[str] = set()
    before: dict[str, dict[str, str]] = {}
    for index, entry in enumerate(node):
        subject = entry.subject
        if entry.event == "do connect" and subject in waiting and entry.told:
            return _cut(node, ours, index)
        if entry.event == "do destroySoon":
            destroyed_soon.add(subject)
        if entry.event == "close":
            waiting.discard(subject)
            destroyed_soon.discard(subject)
        elif (entry.event == "finish" and subject in destroyed_soon) or over(entry):
            # Destroyed by a listener of Node's own, after the line was told.
            waiting.add(subject)
        elif subject in entry.told:
            now, then = entry.told[subject], before.get(subject, {})
            # An error destroys a tick later.
            if now.get("destroyed") == "true" and then.get("destroyed") != "true":
                waiting.add(subject)
            if now.get("errored", "-") != "-" and then.get("errored", "-") == "-":
                waiting.add(subject)
        for name, properties in entry.told.items():
            before[name] = properties
    return node, ours


def _reconnect_with_a_write_waiting(node: list[Entry], ours: list[Entry]) -> Traces:
    """From a `connect` on a socket that was written to or ended in a life that never told `connect`."""
    waiting: set[str] = set()
    for index, entry in enumerate(node):
        subject = entry.subject
        if entry.event in ("do write", "do end", "do destroySoon"):
            waiting.add(subject)
        elif entry.event == "connect":
            waiting.discard(subject)
        elif entry.event == "connection":
            # Accepted sockets are connected from the start.
            connected = entry.words[-1]
            waiting.discard(connected)
        elif entry.event == "do connect" and subject in waiting and entry.told:
            before = [one for one in node[:index] if one.subject == subject and one.event == "close"]
            if before:
                return _cut(node, ours, index)
    return node, ours


def _connect_after_end(node: list[Entry], ours: list[Entry]) -> Traces:
    """From a `connect` on a socket that never connected and whose end waits."""
    ended: set[str] = set()
    for index, entry in enumerate(node):
        if entry.event in ("do end", "do destroySoon"):
            ended.add(entry.subject)
        elif entry.event in ("finish", "connect", "close"):
            ended.discard(entry.subject)
        elif entry.event == "do connect" and entry.subject in ended and not entry.head.endswith("-> busy"):
            return _cut(node, ours, index)
    return node, ours


def _by_object(entries: list[Entry]) -> list[Entry]:
    """Within each step, the lines of one object after those of another; each in its own order."""
    found: list[Entry] = []
    part: list[Entry] = []
    for entry in [*entries, Entry("step end")]:
        if entry.subject and entry.event != "last":
            part.append(entry)
        else:
            found += sorted(part, key=lambda one: one.subject)
            part = []
            found.append(entry)
    return found


def _renamed(entries: list[Entry]) -> list[Entry]:
    """Ports are numbered as they appear, so anew after the lines have moved."""
    numbers: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        return numbers.setdefault(match[0], f"port:{len(numbers) + 1}")

    def renamed(text: str) -> str:
        return re.sub(r"\bport:\d+", name, text)

    return [
        Entry(
            renamed(entry.head),
            {who: {key: renamed(value) for key, value in told.items()} for who, told in entry.told.items()},
        )
        for entry in entries
    ]


def _order_in_a_turn(node: list[Entry], ours: list[Entry]) -> Traces:
    return _renamed(_by_object(node)), _renamed(_by_object(ours))


def _another_course(node: list[Entry], ours: list[Entry]) -> Traces:
    """From where two sockets are ready in one turn and come in another order, if the scenario lets that matter.

    What Node tells first we tell later in the same step, and the other way round: both word for word.
    """
    at = next((index for index, (one, other) in enumerate(zip(node, ours)) if one != other), None)
    if at is None:
        return node, ours
    one, other = node[at], ours[at]
    happens = one.subject and other.subject and not one.event.startswith("do ") and not other.event.startswith("do ")
    # An error that nobody hears ends the process, so that what the other tells never comes.
    ends = "uncaught" in (one.event, other.event)
    if (happens or ends) and one.subject != other.subject:
        later, sooner = _comes(one, ours[at:]), _comes(other, node[at:])
        # What follows of a new connection may end the other, so that its own never comes.
        acts = _acts(node[at + 1 :]) if later else _acts(ours[at + 1 :])
        news = {one.event, other.event} <= NEWS and acts
        if (later and sooner) or ((ends or news) and (later or sooner)):
            return _cut(node, ours, at)
    return node, ours


def _acts(entries: list[Entry]) -> bool:
    """They begin with something that a rule of the scenario does."""
    return bool(entries) and entries[0].event.startswith("do ")


def _comes(wanted: Entry, entries: list[Entry]) -> bool:
    """It does, before the next step."""
    for entry in entries:
        if _renamed([entry]) == _renamed([wanted]):
            return True
        if not entry.subject or entry.event == "last":
            return False
    return False


def _no_number(node: list[Entry], ours: list[Entry]) -> Traces:
    """Where Node's bytesWritten is NaN, ours is taken as right."""
    for one, other in zip(node, ours):
        for name, properties in one.told.items():
            if properties.get("bytesWritten") == "NaN" and name in other.told:
                properties["bytesWritten"] = other.told[name].get("bytesWritten", "")
    return node, ours


def _end_of_the_destroyed(node: list[Entry], ours: list[Entry]) -> Traces:
    """Completions of `end` that only we tell, because the socket was destroyed before the call; up to what they do."""

    def extra(entry: Entry) -> bool:
        return entry.event == "ended" and "code=ERR_STREAM_DESTROYED" in entry.head

    theirs = [entry for entry in node if not extra(entry)]
    kept: list[Entry] = []
    for entry, after in zip(ours, [*ours[1:], Entry("step end")], strict=True):
        if not extra(entry):
            kept.append(entry)
        elif after.event.startswith("do "):
            return theirs[: len(kept)], kept
    return theirs, kept


def _told_twice(node: list[Entry], ours: list[Entry]) -> Traces:
    """From the first difference, if Node tells before and after it of one and the same failed write."""

    def failed(entries: list[Entry]) -> set[str]:
        return {entry.head for entry in entries if entry.event == "write" and " code=" in entry.head}

    for index, (one, other) in enumerate(zip(node, ours)):
        if one != other:
            return _cut(node, ours, index if failed(node[:index]) & failed(node[index:]) else None)
    return node, ours


def _gathered(node: list[Entry], ours: list[Entry]) -> Traces:
    """A write whose refusal Node knows at once, and we when we look: it is the answer alone that differs."""
    found = list(ours)
    for index, (one, other) in enumerate(zip(node, ours)):
        refused = one.told.get(one.subject, {}).get("errored", "-") in ("EPIPE", "ECONNRESET")
        if one.event == "do write" and refused and other.head == one.head.replace("-> false", "-> true"):
            found[index] = Entry(one.head, other.told)
    return node, found


def _merged_reads(entries: list[Entry]) -> list[Entry]:
    found: list[Entry] = []
    for entry in entries:
        last = found[-1] if found else None
        if last is not None and entry.event == last.event == "data" and entry.subject == last.subject:
            corrupt = " corrupt" if "corrupt" in last.head + entry.head else ""
            total = int(last.words[2]) + int(entry.words[2])
            found[-1] = Entry(f"{entry.subject} data {total}{corrupt}", entry.told)
        else:
            found.append(entry)
    return found


def _reads(node: list[Entry], ours: list[Entry]) -> Traces:
    return _merged_reads(_merged_own_reads(node)), _merged_reads(_merged_own_reads(ours))


def _merged_own_reads(entries: list[Entry]) -> list[Entry]:
    """Reads of one socket into buffers of the program's, one after the other, that bring more than Node's own holds."""
    found: list[Entry] = []
    at = 0
    while at < len(entries):
        first = entries[at]
        row = 1
        while first.event == "onread" and at + row < len(entries):
            after = entries[at + row]
            if after.subject != first.subject or after.event not in ("onread", "buffer"):
                break
            row += 1
        reads = [entry for entry in entries[at : at + row] if entry.event == "onread"]
        total = sum(int(entry.words[2]) for entry in reads)
        if total >= MOST_IN_A_READ:
            corrupt = " corrupt" if any("corrupt" in entry.head for entry in reads) else ""
            found.append(Entry(f"{first.subject} onread {total}{corrupt}", reads[-1].told))
        else:
            found += entries[at : at + row]
        at += row
    return found


def _acts_on_a_read(entries: list[Entry]) -> bool:
    """After these reads of one socket a rule of the scenario does something."""
    after = next((entry for entry in entries if (entry.event, entry.subject) != ("data", entries[0].subject)), None)
    return after is not None and after.event.startswith("do ")


def _read_in_step(entries: list[Entry]) -> int:
    """The bytes that the first of these and those after it bring to their socket before the next step."""
    total = 0
    for entry in entries:
        if not entry.subject:
            break
        if (entry.event, entry.subject) == ("data", entries[0].subject):
            total += int(entry.words[2])
    return total


def _reads_count(entries: list[Entry]) -> bool:
    """A rule of the scenario does something at one of the reads."""
    return any(_acts_on_a_read(entries[at:]) for at, entry in enumerate(entries) if entry.event == "data")


def _late_lookup(node: list[Entry], ours: list[Entry]) -> Traces:
    """Without what Node tells of a lookup to a socket that is destroyed; up to what that does."""

    def late(entry: Entry) -> bool:
        return entry.event == "lookup" and entry.told.get(entry.subject, {}).get("destroyed") == "true"

    theirs: list[Entry] = []
    for entry, after in zip(node, [*node[1:], Entry("step end")], strict=True):
        if not late(entry):
            theirs.append(entry)
        elif after.event.startswith("do "):
            return theirs, ours[: len(theirs)]
    return theirs, ours


def _reads_that_matter(node: list[Entry], ours: list[Entry]) -> Traces:
    """From reads of which one at least fills Node's buffer, if the scenario counts reads."""
    for index, (one, other) in enumerate(zip(node, ours)):
        if one != other:
            both = one.event == other.event == "data" and one.subject == other.subject
            bulk = both and max(int(one.words[2]), int(other.words[2])) >= MOST_IN_A_READ
            bulk = bulk and "corrupt" not in one.head + other.head
            acts = _acts_on_a_read(node[index:]) or _acts_on_a_read(ours[index:])
            same = _read_in_step(node[index:]) == _read_in_step(ours[index:])
            in_a_row = _merged_reads(node[index:])[0].head == _merged_reads(ours[index:])[0].head
            if bulk and (acts or same or (in_a_row and (_reads_count(node) or _reads_count(ours)))):
                return _cut(node, ours, index)
            break
    return node, ours


def _no_descriptor_yet(node: list[Entry], ours: list[Entry]) -> Traces:
    """The type of service of a socket that has no descriptor yet, which Node cannot ask for and keeps all the same."""
    found = list(ours)
    for index, (one, other) in enumerate(zip(node, ours)):
        asks = one.event in ("do getTypeOfService", "do setTypeOfService") and one.head.endswith(" -> throws EBADF")
        connecting = one.told.get(one.subject, {}).get("connecting") == "true"
        if asks and connecting and other.head.partition(" -> ")[0] == one.head.partition(" -> ")[0]:
            found[index] = Entry(one.head, other.told)
    return node, found


def _end_before_a_failed_attempt(node: list[Entry], ours: list[Entry]) -> Traces:
    """From where Node forgets, with the attempt that failed, that the socket was ended."""
    ended: set[str] = set()
    for index, entry in enumerate(node):
        told = entry.told.get(entry.subject, {})
        if told.get("connecting") != "true":
            continue
        if told.get("writableEnded") == "true":
            ended.add(entry.subject)
        elif entry.subject in ended:
            return _cut(node, ours, index)
    return node, ours


def _connect_that_throws(node: list[Entry], ours: list[Entry]) -> Traces:
    """From a `connect` of an adopted socket that both refuse, after which Node's waits for a connection for ever."""
    adopted: set[str] = set()
    for index, (one, other) in enumerate(zip(node, ours)):
        if one.event == "do adopt" and one.told:
            adopted.add(one.subject)
        refused = " -> throws " in one.head and " -> throws " in other.head
        if one.event == other.event == "do connect" and one.subject in adopted and refused:
            return _cut(node, ours, index)
    return node, ours


def _read_of_a_piped(node: list[Entry], ours: list[Entry]) -> Traces:
    """From a `read` that gives bytes of a socket with a pipe: in Node they go through the pipe too."""
    pipes: dict[str, int] = {}
    for index, entry in enumerate(node):
        if entry.event == "do pipe" and entry.told and not entry.head.endswith(" -> absent"):
            pipes[entry.subject] = pipes.get(entry.subject, 0) + 1
        elif entry.event == "unpipe":
            source = entry.words[-1]
            pipes[source] = pipes.get(source, 1) - 1
        elif entry.event == "do read" and pipes.get(entry.subject) and not entry.head.endswith(" -> null"):
            return _cut(node, ours, index)
    return node, ours


def _piped_twice(node: list[Entry], ours: list[Entry]) -> Traces:
    """From a second pipe between the same two, of which Node undoes the first where the second is meant."""
    pipes: dict[tuple[str, str], int] = {}
    for index, entry in enumerate(node):
        if entry.event == "do pipe" and entry.told and not entry.head.endswith(" -> absent"):
            pair = (entry.subject, entry.words[2])
            pipes[pair] = pipes.get(pair, 0) + 1
            if pipes[pair] > 1:
                return _cut(node, ours, index)
        elif entry.event == "unpipe":
            pipes.pop((entry.words[-1], entry.subject), None)
    return node, ours


def _reads_a_bound_path(node: list[Entry], ours: list[Entry]) -> Traces:
    """From where a socket with a bound path is to read before it has connected, which Node only then finds out."""
    for index, (one, other) in enumerate(zip(node, ours)):
        if one != other:
            ended = [entry for entry in ours[index:] if entry.event == "error" and "ENOTCONN" in entry.head]
            wrong = [entry for entry in node[index:] if entry.event == "error" and "code=EINVAL" in entry.head]
            both = ended and wrong and ended[0].subject == wrong[0].subject == one.subject
            reads = both and " syscall=read " in ended[0].head and " syscall=read " in wrong[0].head
            return _cut(node, ours, index if reads else None)
    return node, ours


def _closing_handle(node: list[Entry], ours: list[Entry]) -> Traces:
    """From where our loop ends, if a bound socket was closed or not made in the same step: Node's goes round again."""
    for index, (one, other) in enumerate(zip(node, ours)):
        if one != other:
            step = next(at for at in range(index, -1, -1) if node[at].event == "step")
            closes = any(
                entry.event in ("do bind", "do close", "do adopt") and entry.subject in ("x", "y", "z")
                for entry in node[step:index]
            )
            return _cut(node, ours, index if other.head == "loop ends" and closes else None)
    return node, ours


def _local_unknown(node: list[Entry], ours: list[Entry]) -> Traces:
    """In the text of a failed connect Node has the local address that was read last, before there was one."""
    found = list(ours)
    for index, (one, other) in enumerate(zip(node, ours)):
        unknown = "Local (undefined:undefined)"
        if unknown in one.head and re.sub(r"Local \([^)]+\)", unknown, other.head) == one.head:
            found[index] = Entry(one.head, other.told)
    return (node, ours) if found == ours else (_renamed(node), _renamed(found))


# Those that leave out lines are before those that cut at one, so that what is cut is as long on either side.
KNOWN = (
    Known("end of the destroyed", "end(callback) after destroy() never calls back", 3, _end_of_the_destroyed),
    Known("lookup of the destroyed", "a socket that was destroyed during its lookup is told of it", 1, _late_lookup),
    Known("gathered", "a gathered write that the system refuses was answered as if it did not", 1, _gathered),
    Known("Node throws", "a TypeError or an assertion of Node's own ends the process", 2, _node_throws),
    Known(
        "failed reset", "resetAndDestroy() while the end is being sent: reset EINVAL, no close ever", 2, _failed_reset
    ),
    Known("connect before close", "connect() on a destroyed socket that has not told close", 4, _connect_before_close),
    Known(
        "reconnect with a write waiting",
        "connect() after a life in which a write or end waited for a connection that never came: it disturbs the new",
        7,
        _reconnect_with_a_write_waiting,
    ),
    Known("connect after end", "end(), then connect() in the same turn: Node finishes first", 2, _connect_after_end),
    Known("no descriptor yet", "the type of service during a lookup is EBADF in Node", 6, _no_descriptor_yet),
    Known("end before a failed attempt", "forgotten by Node with the attempt", 1, _end_before_a_failed_attempt),
    Known("connect that throws", "an adopted socket that cannot connect so waits for ever", 3, _connect_that_throws),
    Known("local unknown", "the local address in an error's text is what was read last", 1, _local_unknown),
    Known("piped twice", "of two pipes between the same two Node undoes another", 2, _piped_twice),
    Known("read of a piped", "what read() gives is piped too in Node", 1, _read_of_a_piped),
    Known("reads a bound path", "read EINVAL in Node, read ENOTCONN at once here", 1, _reads_a_bound_path),
    Known("closing handle", "a bound socket that closes holds Node's loop for a turn", 1, _closing_handle),
    Known(
        "order in a turn",
        "of several sockets ready in one turn each tells its events in Node's order, but they come in another",
        2,
        _order_in_a_turn,
    ),
    Known(
        "order in a turn, then another course",
        "the same, where a rule of the scenario joins the sockets: compared up to there",
        1,
        _another_course,
    ),
    Known("no number", "bytesWritten is NaN after corked writes while connecting", 1, _no_number),
    Known("told twice", "what is written on by uncork() in a failed write's callback fails twice", 1, _told_twice),
    Known("reads", "where one read ends and the next begins in bulk", 12, _reads),
    Known(
        "reads, then another course",
        "the same, where the scenario counts reads, or others come between",
        2,
        _reads_that_matter,
    ),
)


def _explain(rules: Iterable[Known], node: list[str], ours: list[str]) -> list[str] | None:
    """The names of those rules that change something, one after the other, if the two are equal then."""
    one, other = expand(node), expand(ours)
    needed = []
    for rule in rules:
        before = (len(one), len(other), repr(one), repr(other))
        one, other = rule.without(one, other)
        if (len(one), len(other), repr(one), repr(other)) != before:
            needed.append(rule.name)
    return needed if one == other else None


def explain(node: list[str], ours: list[str]) -> list[str] | None:
    """The names of the rules that make the two equal, as few as possible; none if they cannot."""
    for rule in KNOWN:
        one, other = rule.without(expand(node), expand(ours))
        if one == other:
            return [rule.name]
    # What cuts at a line has to see the lines as they were.
    for left_out in ((_reads, _order_in_a_turn), (_reads,), ()):
        needed = _explain((rule for rule in KNOWN if rule.without not in left_out), node, ours)
        if needed is not None:
            return needed
    return None
