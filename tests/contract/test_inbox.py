"""Every inbox must pass these, whatever it is built on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.inbox import MESSAGES_KEPT, Message, MessageKind

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def inbox(build):
    return build("Inbox")


def message(number, username="ana", **values):
    minute = NINE + timedelta(minutes=number)
    return Message(f"m{number}", username, MessageKind.EXPORT_READY, minute, **values)


def ids(messages):
    return [message.message_id for message in messages]


def test_a_message_comes_back_as_it_was(inbox):
    sent = message(1, counts={"leads": 3}, page="leads", query={"run": "r1"})

    assert inbox.add(sent)

    assert inbox.newest("ana") == [sent]


def test_a_user_has_their_own_messages_newest_first(inbox):
    for sent in (message(1), message(3), message(2), message(4, "ben")):
        inbox.add(sent)

    assert ids(inbox.newest("ana")) == ["m3", "m2", "m1"]
    assert ids(inbox.newest("nobody")) == []


def test_the_same_message_twice_is_one_and_stays_read(inbox):
    inbox.add(message(1))
    inbox.mark_read("ana", ["m1"], now=NINE)

    assert not inbox.add(message(1))

    assert inbox.newest("ana") == [replace(message(1), read_at=NINE)]


def test_only_ones_own_unread_messages_are_marked(inbox):
    for sent in (message(1), message(2), message(3, "ben")):
        inbox.add(sent)
    inbox.mark_read("ana", ["m1"], now=NINE)

    inbox.mark_read("ana", ["m1", "m3", "unknown"], now=NINE + timedelta(hours=1))

    assert [sent.read_at for sent in inbox.newest("ana")] == [None, NINE]
    assert [sent.read_at for sent in inbox.newest("ben")] == [None]


def test_of_a_user_only_the_newest_messages_stay(inbox):
    inbox.add(message(0, "ben"))
    for number in range(MESSAGES_KEPT + 3):
        inbox.add(replace(message(number), message_id=f"n{number}"))

    kept = ids(inbox.newest("ana"))

    assert (len(kept), kept[0], kept[-1]) == (MESSAGES_KEPT, f"n{MESSAGES_KEPT + 2}", "n3")
    assert ids(inbox.newest("ben")) == ["m0"]


def test_old_messages_of_everybody_are_deleted(inbox):
    for sent in (message(1), message(2, "ben"), message(3)):
        inbox.add(sent)

    assert inbox.delete_before(NINE + timedelta(minutes=3)) == 2

    assert ids(inbox.newest("ana")) == ["m3"]
    assert inbox.newest("ben") == []
