"""What a sales manager clicks through in the morning, and any number of them doing so at once."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks._browser import Visitor, visiting

_SORTS: Final = ("Longest without contact first", "Youngest first", "Oldest first")
_SOME_PAGES: Final = 20

Choice = random.Random


@dataclass(frozen=True)
class Click:
    """One click: what it opened, and how long until the page was drawn to its end, in seconds."""

    what: str
    seconds: float


@dataclass(frozen=True)
class Place:
    """Where people click: the address of the screens, a session token each, and customers to look at."""

    origin: str
    tokens: Sequence[str]
    customer_ids: Sequence[str]


def morning(visitor: Visitor, place: Place, chance: Choice) -> list[tuple[str, Callable[[], Awaitable[Any]]]]:
    """Return the clicks of one round in their order, each with what it opens."""
    return [
        ("Overview", lambda: visitor.go("")),
        ("Leads", lambda: visitor.go("leads")),
        ("Leads, another sort", lambda: visitor.choose("sort", chance.choice(_SORTS))),
        ("Leads, another page", lambda: visitor.turn("leads_page", chance.randint(2, _SOME_PAGES))),
        ("Customer", lambda: visitor.go("customer", customer=chance.choice(place.customer_ids))),
        ("Customer, another", lambda: visitor.go("customer", customer=chance.choice(place.customer_ids))),
        ("Call lists", lambda: visitor.go("call_lists")),
        ("Results", lambda: visitor.go("results")),
        ("Market", lambda: visitor.go("market")),
        ("Model", lambda: visitor.go("model")),
    ]


async def clicked(
    place: Place, *, goes_on: Callable[[int], bool], note: Callable[[Click], None], seed: int = 7
) -> None:
    """Have everybody click at once, without a pause, in a new session each round, as long as `goes_on` says so.

    Parameters
    ----------
    goes_on : callable
        Is asked with the number of rounds a person has done before each one.
    """
    persons = (
        _clicked(token, place, goes_on, note, random.Random(seed + at))  # noqa: S311
        for at, token in enumerate(place.tokens)
    )
    await asyncio.gather(*persons)


async def _clicked(
    token: str, place: Place, goes_on: Callable[[int], bool], note: Callable[[Click], None], chance: Choice
) -> None:
    rounds = 0
    while goes_on(rounds):
        async with visiting(place.origin, token) as visitor:
            for what, click in morning(visitor, place, chance):
                begun = time.perf_counter()
                await click()
                note(Click(what, time.perf_counter() - begun))
        rounds += 1
