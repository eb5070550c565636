"""A request that comes again under its key."""

from datetime import UTC, datetime

import pytest

from smartbank.adapters.memory import MemoryAnswerRepository
from smartbank.errors import ConflictError, LeadValidationError, StorageError
from smartbank.services.answered_once import answered_once
from tests.actors import ANA, EVERYBODY

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def ask():
    answers = MemoryAnswerRepository()

    def ask(make, asked="a lead", *, by=ANA, where="/predictions"):
        return answered_once("key-0001", asked, make, where=where, by=by, answers=answers, now=NOW)

    return ask


def test_the_second_answer_is_the_first_one(ask):
    assert ask(lambda: "first") == ("first", False)
    assert ask(lambda: "second") == ("first", True)


def test_of_two_users_and_at_two_addresses_the_same_key_means_two_requests(ask):
    ask(lambda: "first")

    assert ask(lambda: "other", by=next(iter(EVERYBODY.values()))) == ("other", False)
    assert ask(lambda: "elsewhere", where="/customers") == ("elsewhere", False)


def test_a_key_is_refused_for_another_request(ask):
    ask(lambda: "first")

    with pytest.raises(LeadValidationError, match="Use a new one for each request"):
        ask(lambda: "second", "another lead")


def test_what_failed_may_be_tried_again(ask):
    def fail():
        raise StorageError("away")

    with pytest.raises(StorageError):
        ask(fail)

    assert ask(lambda: "now") == ("now", False)


def test_a_request_is_not_done_twice_at_once(ask):
    def again():
        with pytest.raises(ConflictError, match="being done"):
            ask(lambda: "inner")
        return "outer"

    assert ask(again) == ("outer", False)
