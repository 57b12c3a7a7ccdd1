"""Tests of the comparison itself: `python -m pytest conformance/differential`."""

from generate import SEED_KINDS, fixed_seeds, generate, kind_of
from known import explain
from normalise import normalise
from scenario import Rule, Scenario, parse
from shrink import shrink
from traces import compress, expand


def test_a_seed_gives_the_same_scenario_for_ever() -> None:
    assert generate(7).text() == generate(7).text()
    assert len({generate(seed).text() for seed in range(200)}) == 200


def test_each_seed_is_of_one_kind_and_the_fixed_ones_are_of_all() -> None:
    assert {kind_of(seed) for seed in fixed_seeds()} == set(SEED_KINDS)
    for kind in SEED_KINDS:
        assert kind_of(kind.base) == kind
        text = "".join(generate(kind.base + number).text() for number in range(1, 30))
        assert (" onread" in text) == (kind.name == "onread")
        assert (".adopt" in text) == (kind.name == "bound")
        assert ("\nlist l" in text) == (kind.name == "addresses")
        assert (".unpipe" in text) == (kind.name in ("pipes", "proxies"))


def test_the_text_of_a_scenario_can_be_read_again() -> None:
    for seed in [kind.base + number for kind in SEED_KINDS for number in range(50)]:
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


def test_what_node_cannot_be_asked_for_yet_is_only_so_while_connecting() -> None:
    node = ["step 0", "do a.getTypeOfService -> throws EBADF | connecting=true", "loop ends"]
    ours = [node[0], node[1].replace("throws EBADF", "16"), node[2]]
    assert explain(node, ours) == ["no descriptor yet"]
    assert explain([line.replace("true", "false") for line in node], [ours[0], ours[1], ours[2]]) is None
    assert explain(ours, node) is None


def test_our_loop_may_end_a_turn_before_only_if_a_bound_socket_closed() -> None:
    node = ["step 0", "do x.close | address=-", "a data 5 | bytesRead=5", "loop ends"]
    assert explain(node, [*node[:2], "loop ends"]) == ["closing handle"]
    assert explain([node[0], *node[2:]], [node[0], "loop ends"]) is None
    assert explain([*node[:2], "step 1", *node[2:]], [*node[:2], "step 1", "loop ends"]) is None


def test_a_connect_that_throws_excuses_only_what_follows() -> None:
    node = ["step 0", "do a.adopt x | x=1", "do a.connect A -> throws ERR_A | x=2", "a connect | x=3"]
    ours = [*node[:2], "do a.connect A -> throws ERR_B | x=1"]
    assert explain(node, ours) == ["connect that throws"]
    assert explain([node[0], *node[2:]], [ours[0], *ours[2:]]) is None
    assert explain(node, [*ours[:2], "do a.connect A | x=1"]) is None


def test_an_end_may_outlive_a_failed_attempt_of_several() -> None:
    node = [
        "step 0",
        "a connectionAttempt | connecting=true writableEnded=true",
        "a connectionAttempt | writableEnded=false",
    ]
    assert explain(node, [*node[:2], "a connectionAttempt"]) == ["end before a failed attempt"]
    assert explain([node[0], node[2]], [node[0], "a connectionAttempt"]) is None


def test_what_is_read_of_a_piped_socket_is_known_and_of_another_is_not() -> None:
    node = ["step 0", "do A.1.pipe A.2 | x=1", "do A.1.read -> 5 | bytesRead=5", "b data 5 | bytesRead=5", "loop ends"]
    ours = [*node[:3], node[4]]
    assert explain(node, ours) == ["read of a piped"]
    assert explain([node[0], *node[2:]], [ours[0], *ours[2:]]) is None
    undone = "A.2 unpipe A.1 | x=2"
    assert explain([*node[:2], undone, *node[2:]], [*ours[:2], undone, *ours[2:]]) is None


def test_two_pipes_between_the_same_two_are_compared_up_to_the_second() -> None:
    node = ["step 0", "do A.1.pipe A.2 | x=1", "do A.1.pipe A.2 noend", "A.1 resume | x=2", "loop ends"]
    assert explain(node, [*node[:3], node[4]]) == ["piped twice"]
    other = [line.replace("A.2 noend", "A.3 noend") for line in node]
    assert explain(other, [*other[:3], other[4]]) is None


def test_the_shrinker_takes_a_list_out_of_the_options() -> None:
    def first(candidates: list[Scenario]) -> Scenario | None:
        return next((one for one in candidates if "a.reset" in one.text()), None)

    rules = [Rule("at 0", ["l.addSubnet ::1 128", "a.reset"])]
    small = shrink(Scenario(1, ["list l", "client a blockList=l"], rules), first)
    assert small.objects == ["client a"]


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
