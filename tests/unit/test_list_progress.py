from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from smartbank.core.call_queue import LIST_ID, call_backs_ahead, call_queue, retries_ahead
from smartbank.core.list_progress import PROGRESS_COLUMNS, RETRY_AFTER, Standing, list_progress, to_call
from smartbank.core.outcomes import Outcome, OutcomeKind

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
NOON = NINE + timedelta(hours=3)


def entries(*places):
    return pd.DataFrame({"customer_id": [f"c{place}" for place in places], "place": list(places)})


def outcome(customer_id, kind, *, attempt=1, at=NINE, **more):
    return Outcome(customer_id, at, OutcomeKind(kind), "r1", 0.2, 0.1, list_id="l1", attempt=attempt, by="gil", **more)


def progress(*outcomes, places=(1,), attempts=3, barred=(), now=NOON):
    return list_progress(entries(*places), outcomes, attempts=attempts, barred=barred, now=now)


def standings(*outcomes, **more):
    return progress(*outcomes, **more)["standing"].tolist()


def test_without_outcomes_everybody_is_open_but_for_who_holds_out():
    found = progress(places=(1, 2, 0))

    assert found["standing"].tolist() == [Standing.OPEN, Standing.OPEN, Standing.HELD_OUT]
    assert found["calls"].tolist() == [0, 0, 0]
    assert found["outcome"].isna().all()
    assert found["due_at"].isna().all()


def test_a_list_nobody_is_on_has_no_progress_and_the_same_columns():
    found = list_progress(entries(), [outcome("c1", "declined")], attempts=3, barred=["c1"], now=NOON)

    assert list(found.columns) == ["customer_id", "place", *PROGRESS_COLUMNS]
    assert found.empty
    assert to_call(found).empty


@pytest.mark.parametrize("kind", ["subscribed", "declined", "objected", "wrong_number"])
def test_a_yes_a_no_an_objection_and_a_wrong_number_are_the_end_of_it(kind):
    assert standings(outcome("c1", kind)) == [Standing.DONE]


@pytest.mark.parametrize("kind", ["subscribed", "declined", "objected", "wrong_number"])
def test_it_stays_the_end_of_it_whatever_is_recorded_of_another_call(kind):
    """A result may be brought with an earlier time, or an earlier call be corrected."""
    later = outcome("c1", "no_answer", attempt=2, at=NINE + timedelta(minutes=1))

    found = progress(outcome("c1", kind), later)

    assert (found["standing"].item(), found["outcome"].item(), found["calls"].item()) == (Standing.DONE, kind, 2)
    assert found["last_at"].item() == later.at


def test_a_sale_counts_before_any_other_end():
    sold, declined = outcome("c1", "subscribed"), outcome("c1", "declined", attempt=2, at=NINE + timedelta(minutes=1))

    assert progress(sold, declined)["outcome"].item() == "subscribed"


@pytest.mark.parametrize(
    ("now", "standing"),
    [(NINE + RETRY_AFTER - timedelta(seconds=1), Standing.LATER), (NINE + RETRY_AFTER, Standing.RETRY)],
)
def test_who_did_not_answer_comes_up_again_after_three_hours(now, standing):
    assert standings(outcome("c1", "no_answer"), now=now) == [standing]


def test_who_did_not_answer_as_often_as_the_list_says_is_done():
    made = [outcome("c1", "no_answer", attempt=number) for number in (1, 2)]

    assert standings(*made, attempts=3) == [Standing.RETRY]
    assert standings(*made, attempts=2) == [Standing.DONE]


def test_a_call_back_is_due_at_the_time_agreed_however_often_the_customer_was_called():
    agreed = outcome("c1", "callback", attempt=3, call_again_at=NOON)

    assert standings(agreed, now=NOON - timedelta(minutes=1), attempts=1) == [Standing.LATER]
    assert standings(agreed, now=NOON, attempts=1) == [Standing.CALL_BACK]


def test_a_call_back_without_a_time_is_due_after_three_hours():
    assert progress(outcome("c1", "callback"))["due_at"].tolist() == [pd.Timestamp(NINE + RETRY_AFTER)]


def test_the_newest_outcome_counts_and_the_number_of_the_newest_call():
    found = progress(
        outcome("c1", "no_answer"), outcome("c1", "callback", attempt=2, at=NOON, call_again_at=NOON), now=NOON
    )

    assert found["calls"].tolist() == [2]
    assert found["outcome"].tolist() == ["callback"]
    assert found["last_at"].tolist() == [pd.Timestamp(NOON)]


def test_where_an_earlier_call_was_taken_back_the_next_one_has_a_number_of_its_own():
    assert progress(outcome("c1", "no_answer", attempt=2))["calls"].tolist() == [2]


def test_an_assumed_outcome_ends_it_and_was_no_call():
    found = progress(outcome("c1", "declined", assumed=True))

    assert found["standing"].tolist() == [Standing.DONE]
    assert (found["calls"].tolist(), found["assumed"].tolist()) == ([0], [True])


def test_who_must_not_be_called_is_barred_unless_they_are_done():
    found = standings(outcome("c1", "subscribed"), places=(1, 2, 0), barred=["c1", "c2", "c0"])

    assert found == [Standing.DONE, Standing.BARRED, Standing.HELD_OUT]


def test_the_index_and_the_order_of_the_entries_are_kept():
    given = entries(3, 1, 2).set_index(pd.Index([30, 10, 20]))

    found = list_progress(given, [outcome("c1", "declined")], attempts=3, barred=(), now=NOON)

    assert found.index.tolist() == [30, 10, 20]
    assert found["standing"].tolist() == [Standing.OPEN, Standing.DONE, Standing.OPEN]


def test_call_backs_come_first_then_new_ones_by_place_then_who_did_not_answer():
    made = [
        outcome("c1", "no_answer"),
        outcome("c2", "callback", call_again_at=NOON),
        outcome("c3", "callback", call_again_at=NINE + timedelta(hours=1)),
        outcome("c6", "declined"),
    ]

    found = to_call(progress(*made, places=(5, 4, 6, 1, 2, 3, 0)))

    assert found["customer_id"].tolist() == ["c3", "c2", "c4", "c5", "c1"]
    assert "_order" not in found.columns


def test_of_several_lists_call_backs_come_first_and_then_list_by_list():
    first = progress(outcome("c2", "no_answer"), places=(1, 2)).assign(**{LIST_ID: "l1"})
    back = outcome("c8", "callback", call_again_at=NOON)
    second = progress(back, places=(8, 9)).assign(**{LIST_ID: "l2"})

    found = call_queue(pd.concat([first, second], ignore_index=True))

    assert found["customer_id"].tolist() == ["c8", "c1", "c2", "c9"]


def test_who_comes_up_later_is_told_apart_by_whether_a_time_was_agreed():
    made = [
        outcome("c1", "callback", call_again_at=NOON + timedelta(hours=5)),
        outcome("c2", "callback", call_again_at=NOON + timedelta(hours=1)),
        outcome("c3", "no_answer", at=NOON),
        outcome("c4", "no_answer", at=NINE),
    ]

    found = progress(*made, places=(1, 2, 3, 4)).assign(**{LIST_ID: "l1"})

    assert call_backs_ahead(found)["customer_id"].tolist() == ["c2", "c1"]
    assert retries_ahead(found)["customer_id"].tolist() == ["c3"]
    assert call_queue(found)["customer_id"].tolist() == ["c4"]
