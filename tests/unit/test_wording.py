"""One of something is, two of them are: in messages, reports and commands."""

from datetime import UTC, datetime

import pytest

from smartbank.adapters.files.frames import frames_of
from smartbank.cli.keys import said_of
from smartbank.core.columns import plan_columns
from smartbank.core.consent import barred_sentence
from smartbank.core.counts import Counts
from smartbank.core.inbox import Message, MessageKind, sentence
from smartbank.core.readiness import readiness
from smartbank.core.wording import agreeing, plural
from smartbank.services.keys import Rotation


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        (0, "lead", "0 leads"),
        (1, "lead", "1 lead"),
        (1_234, "lead", "1,234 leads"),
        (1, "entry", "1 entry"),
        (2, "entry", "2 entries"),
    ],
)
def test_a_noun_follows_its_number(number, noun, said):
    assert plural(number, noun) == said


def test_a_verb_agrees_with_its_number():
    assert [agreeing(number, "is", "are") for number in (0, 1, 2)] == ["are", "is", "are"]


@pytest.mark.parametrize(
    ("worth", "said"),
    [(1, "1 of 3 is worth a call."), (2, "2 of 3 are worth a call."), (0, "0 of 3 are worth a call.")],
)
def test_one_lead_is_worth_a_call(worth, said):
    counts = {"worth_calling": worth, "leads": 3}

    assert sentence(Message("m", "ana", MessageKind.RUN_DONE, datetime.now(UTC), counts)).endswith(said)


@pytest.mark.parametrize(("aside", "said"), [(1, "1 of 10 rows was set aside"), (2, "2 of 10 rows were set aside")])
def test_one_row_was_set_aside(aside, said):
    plan = plan_columns(["customer_id", "age", "job"])

    assert readiness(plan, Counts(rows=10, clean=10 - aside, aside=aside))[1].startswith(said)


def test_what_is_said_of_barred_customers_reads_right_of_one_and_of_many():
    assert barred_sentence({"unknown": 1}) == "1 gave no consent"
    assert barred_sentence({"unknown": 2}) == "2 gave no consent"


def test_a_file_of_one_column_has_one_column():
    (chunk,) = frames_of([(2, ["a", "b"])], ["customer_id"], ["customer_id"], 10)

    assert chunk.broken[0].reason == "The row has 2 cells, but there is 1 column."


@pytest.mark.parametrize(
    ("stuck", "said"),
    [(1, "1 value sealed with k1 does not open, so"), (1_200, "1,200 values sealed with k1 do not open, so")],
)
def test_what_does_not_open_reads_right_of_one_and_of_many(stuck, said):
    lines = said_of(Rotation("k2", 5, removed=(), unused=(), waiting=(), still_used={"k1": stuck}), in_file=True)

    assert any(line.startswith(said) for line in lines)
