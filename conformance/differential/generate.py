"""Makes a scenario from a seed: the same one for ever, as long as VERSION is the same."""

from dataclasses import dataclass

from addresses_maker import AddressesMaker
from bound_maker import BoundMaker
from maker import Maker
from onread_maker import OnreadMaker
from pipe_maker import PipeMaker
from proxy_maker import ProxyMaker
from scenario import Scenario


@dataclass(frozen=True)
class Kind:
    """What seeds from `base` on are about, up to the next kind.

    The short run plays the first so many of them, which stay the same, and so many fresh ones.
    """

    name: str
    base: int
    maker: type[Maker]
    fixed: int
    fresh: int


# In the order of their bases. Between them is room for seeds from the clock.
SEED_KINDS = (
    Kind("plain", 0, Maker, 500, 40),
    Kind("pipes", 5_000_000_000_000, PipeMaker, 30, 10),
    Kind("onread", 10_000_000_000_000, OnreadMaker, 40, 10),
    Kind("bound", 15_000_000_000_000, BoundMaker, 40, 10),
    Kind("addresses", 20_000_000_000_000, AddressesMaker, 40, 10),
    Kind("proxies", 25_000_000_000_000, ProxyMaker, 40, 10),
)


def fixed_seeds() -> list[int]:
    """Those that are the same in every run."""
    return [kind.base + number for kind in SEED_KINDS for number in range(1, kind.fixed + 1)]


def fresh_seeds(first: int) -> list[int]:
    """Those that go with them, by a number that is another in every run."""
    return [kind.base + first + number for kind in SEED_KINDS for number in range(kind.fresh)]


def kind_of(seed: int) -> Kind:
    """What a seed is about."""
    return next(kind for kind in reversed(SEED_KINDS) if kind.base <= seed)


def generate(seed: int) -> Scenario:
    """The scenario of a seed."""
    return kind_of(seed).maker(seed).make()
