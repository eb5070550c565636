"""Whom of a plan other lists took before it was released, and what is said of it."""

from datetime import UTC, datetime, timedelta

import pytest

from smartbank.bootstrap import list_ports
from smartbank.core.inbox import message_of, sentence
from smartbank.core.taken import replaced_words
from smartbank.services.list_release import queue_release
from tests.actors import ANA
from tests.releasing import BEN, asked, bank, entries_of, release

__all__ = ["bank"]


def release_as_seen(bank, seen_at, **more):
    services = bank.services
    about = {"by": ANA, "ports": list_ports(services), "users": services.users, "audit": services.audit}
    list_id = queue_release(asked(bank, **more), **about, now=datetime.now(UTC), seen_at=seen_at)
    bank.work()
    return services.lists.find(list_id)


def said(bank, call_list):
    return sentence(message_of(bank.services.queue.find(call_list.list_id)))


def test_whom_another_list_took_since_the_look_is_said_with_who_has_them_and_that_others_came(bank):
    seen_at = datetime.now(UTC)
    first = release(bank, BEN, name="Duplo 3", calls=10)

    second = release_as_seen(bank, seen_at, calls=20)

    assert second.figures.taken == {first.list_id: 11}
    assert second.figures.replaced == 11
    assert len(entries_of(bank, second)) == 21
    assert said(bank, second) == (
        "Your list is released: 20 customers to call. 11 of those you looked at are on another list since. "
        "Others took their places."
    )


def test_where_nobody_is_left_the_list_is_said_to_be_shorter(bank):
    seen_at = datetime.now(UTC)
    first = release(bank, BEN, name="Duplo 3", calls=50)

    second = release_as_seen(bank, seen_at, calls=50)

    gone, on_it = second.figures.taken[first.list_id], len(entries_of(bank, second))
    assert on_it == 60 - len(entries_of(bank, first))
    assert gone + on_it - second.figures.replaced == len(entries_of(bank, first)) == 53
    assert "went to others: the list is" in said(bank, second)


def test_who_was_on_another_list_when_the_plan_was_looked_at_is_not_said_to_be_taken(bank):
    release(bank, BEN, name="Duplo 3", calls=10)

    second = release_as_seen(bank, datetime.now(UTC) + timedelta(seconds=1), calls=20)

    assert (dict(second.figures.taken), second.figures.replaced) == ({}, 0)
    assert said(bank, second) == "Your list is released: 20 customers to call."


@pytest.mark.parametrize(
    ("replaced", "words"),
    [
        (13, "Others took their places."),
        (4, "4 of their places went to others: the list is 9 customers shorter."),
        (0, "Nobody was left to take their places: the list is 13 customers shorter."),
    ],
)
def test_who_came_instead_is_said_in_a_sentence(replaced, words):
    assert replaced_words(13, replaced) == words
