"""Tests of the comparison itself: `python -m pytest conformance/differential`."""

from generate import generate
from known import explain
from normalise import normalise
from scenario import Rule, Scenario, parse
from shrink import shrink
from traces import compress, expand


def test_a_seed_gives_the_same_scenario_for_ever() -> None:
    assert generate(7).text() == generate(7).text()
    assert len({generate(seed).text() for seed in range(200)}) == 200


def test_the_text_of_a_scenario_can_be_read_again() -> None:
    for seed in range(50):
        scenario = generate(seed)
        assert parse(scenario.text())[0].text() == scenario.text()


def test_ports_get_names_and_nothing_else_does() -> None:
    lines = [
        "A listening | listening=true address=127.0.0.1:40001/IPv4",
        "a connect | localPort=50001 remotePort=40001 bytesRead=40001",
        'a error code=X port=1 message="connect X 127.0.0.1:40001"',
    ]
    assert normalise(lines) == [
        "A listening | listening=true address=127.0.0.1:port:A/IPv4",
        "a connect | localPort=port:1 remotePort=port:A bytesRead=40001",
        'a error code=X port=1 message="connect X 127.0.0.1:port:A"',
    ]


def test_a_trace_survives_being_expanded() -> None:
    lines = ["step 0", "do a.write 5 -> true | x=1 y=2", "a drain | y=3", "A connection A.1 |  ; x=1", "loop ends"]
    assert [line.replace(" |  ; ", " |  ; ") for line in compress(expand(lines))] == lines


def test_what_is_not_known_is_not_explained() -> None:
    node = ["step 0", "a data 5 | bytesRead=5", "a drain | need=false", "loop ends"]
    assert explain(node, node) is not None
    assert explain(node, [node[0], node[1], node[3]]) is None
    assert explain(node, [*node[:2], node[1], *node[2:]]) is None
    assert explain(node, [line.replace("bytesRead=5", "bytesRead=6") for line in node]) is None


def test_reads_may_be_cut_otherwise_but_lose_nothing() -> None:
    node = ["step 0", "a data 65536 | bytesRead=65536", "a data 10 | bytesRead=65546", "loop ends"]
    assert explain(node, ["step 0", "a data 65546 | bytesRead=65546", "loop ends"]) == ["reads"]
    assert explain(node, ["step 0", "a data 65545 | bytesRead=65545", "loop ends"]) is None


def test_only_the_answer_of_a_refused_write_may_be_early() -> None:
    node = ["step 0", "do a.write 5 -> false | errored=EPIPE", "loop ends"]
    early = node[1].replace("false", "true")
    assert explain(node, [node[0], early, node[2]]) == ["gathered"]
    assert explain(node, [node[0], early.replace("EPIPE", "-"), node[2]]) is None
    full = ["step 0", "do a.write 5 -> false | errored=-", "loop ends"]
    assert explain(full, [full[0], full[1].replace("false", "true"), full[2]]) is None


def test_the_shrinker_keeps_what_matters_and_drops_the_rest() -> None:
    def first(candidates: list[Scenario]) -> Scenario | None:
        return next((one for one in candidates if "a.reset" in one.text()), None)

    scenario = Scenario(
        1,
        ["server A unix allowHalfOpen", "client a highWaterMark=16"],
        [Rule("at 0", ["A.listen", "a.write 100 cb"]), Rule("on a close 1", ["a.reset", "A.close"])],
    )
    small = shrink(scenario, first)
    assert small.objects == ["client a"]
    assert [action for rule in small.rules for action in rule.actions if rule.head != "at 0"] == ["a.reset"]
