"""Answers kept for a request that comes again behave alike in memory and on the database."""

from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.idempotency import GIVEN_UP_AFTER, KEPT_FOR, KeptAnswer

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def answers(build):
    return build("AnswerRepository")


def test_a_request_is_done_once_and_answered_as_it_was(answers):
    assert answers.begin("one", "a lead", now=NOW) is None
    assert answers.begin("one", "a lead", now=NOW) == KeptAnswer(is_same=True)

    answers.finish("one", '{"result": "YES"}')

    assert answers.begin("one", "a lead", now=NOW + KEPT_FOR) == KeptAnswer(True, '{"result": "YES"}')


def test_another_request_under_the_same_key_gets_no_answer(answers):
    answers.begin("one", "a lead", now=NOW)
    answers.finish("one", "{}")

    assert answers.begin("one", "another lead", now=NOW) == KeptAnswer(is_same=False)


def test_a_failed_request_may_be_made_again(answers):
    answers.begin("one", "a lead", now=NOW)

    answers.forget("one")

    assert answers.begin("one", "another lead", now=NOW) is None


def test_an_answer_forgotten_while_it_was_made_is_not_kept(answers):
    answers.begin("one", "a lead", now=NOW)
    answers.delete_before(NOW + timedelta(days=1))

    answers.finish("one", "{}")

    assert answers.begin("one", "another lead", now=NOW) is None


def test_one_that_was_broken_off_is_done_anew_by_one_caller(answers):
    answers.begin("one", "a lead", now=NOW)
    later = NOW + GIVEN_UP_AFTER + timedelta(seconds=1)

    assert answers.begin("one", "a lead", now=later) is None
    assert answers.begin("one", "a lead", now=later) == KeptAnswer(is_same=True)


def test_an_answer_is_forgotten_after_a_day(answers):
    for place, name in enumerate(("one", "two")):
        answers.begin(name, "a lead", now=NOW + timedelta(hours=place))
        answers.finish(name, "{}")

    assert answers.begin("one", "another lead", now=NOW + KEPT_FOR + timedelta(minutes=1)) is None
    assert answers.delete_before(NOW + timedelta(hours=2)) == 1
    assert answers.begin("two", "another lead", now=NOW) is None
