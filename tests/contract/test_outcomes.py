"""Every repository of outcomes must pass these, whatever it is built on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from smartbank.core.outcomes import CONTACT_COLUMNS, Outcome, OutcomeCounts, OutcomeKind

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
SOLD = Outcome("c1", NINE, OutcomeKind.SUBSCRIBED, "r1", 0.25, 0.113)


@pytest.fixture
def outcomes(build):
    return build("OutcomeRepository")


def test_without_outcomes_there_is_nothing_to_count(outcomes):
    assert outcomes.recent(NINE, base_rate=0.113, base_rate_market=None) == OutcomeCounts(0, 0, 0.0)


def test_decided_calls_are_counted_with_what_was_expected_of_them(outcomes):
    kinds = [OutcomeKind.DECLINED, OutcomeKind.OBJECTED, OutcomeKind.NO_ANSWER, OutcomeKind.CALLBACK]
    others = [replace(SOLD, customer_id=f"d{place}", outcome=kind) for place, kind in enumerate(kinds)]

    assert outcomes.record_many([SOLD, *others]) == 5

    assert outcomes.recent(NINE, base_rate=0.113, base_rate_market=None) == OutcomeCounts(
        calls=3, conversions=1, expected=0.75
    )


def test_a_customer_has_one_outcome_at_a_moment_and_the_first_stays(outcomes):
    fraction = replace(SOLD, at=NINE + timedelta(microseconds=700), outcome=OutcomeKind.DECLINED)
    later = replace(SOLD, at=NINE + timedelta(hours=1))

    written = [outcomes.record_many([SOLD, fraction]), outcomes.record_many([fraction, later, later])]

    assert written == [1, 1]
    assert outcomes.recent(NINE, base_rate=0.113, base_rate_market=None) == OutcomeCounts(
        calls=2, conversions=2, expected=0.5
    )


def test_the_outcomes_of_a_customer_come_newest_first(outcomes):
    later = replace(SOLD, at=NINE + timedelta(hours=1), outcome=OutcomeKind.NO_ANSWER)
    outcomes.record_many([SOLD, replace(SOLD, customer_id="c2"), later])

    assert outcomes.of_customer("c1") == [later, SOLD]
    assert outcomes.of_customer("nobody") == []


def test_only_calls_since_a_moment_on_the_same_base_rate_count(outcomes):
    outcomes.record_many(
        [
            replace(SOLD, at=NINE - timedelta(seconds=1)),
            replace(SOLD, customer_id="c2", base_rate=0.03),
            replace(SOLD, customer_id="c3"),
        ]
    )

    assert outcomes.recent(NINE, base_rate=0.113, base_rate_market=None).calls == 1
    assert outcomes.recent(NINE, base_rate=0.03, base_rate_market=None).calls == 1


def test_calls_on_the_same_figure_said_in_another_market_do_not_count(outcomes):
    then, now = (2.5, 3.7, 3.3), (2.0, 3.7, 3.3)
    outcomes.record_many([replace(SOLD, base_rate_market=then)])

    assert outcomes.recent(NINE, base_rate=0.113, base_rate_market=then).calls == 1
    assert outcomes.recent(NINE, base_rate=0.113, base_rate_market=now).calls == 0
    assert outcomes.recent(NINE, base_rate=0.113, base_rate_market=None).calls == 0


def test_an_earlier_correction_is_taken_out_of_what_was_expected(outcomes):
    corrected = replace(SOLD, propensity=0.5, correction=1.0986122886681098)  # odds of 1 to 1, three times too high

    outcomes.record_many([corrected])

    assert outcomes.recent(NINE, base_rate=0.113, base_rate_market=None).expected == pytest.approx(0.25)


def test_decided_calls_come_oldest_first_and_of_one_moment_by_customer(outcomes):
    later = replace(SOLD, at=NINE + timedelta(hours=1), outcome=OutcomeKind.OBJECTED)
    other = replace(SOLD, customer_id="b9", outcome=OutcomeKind.DECLINED)
    open_ones = [
        replace(SOLD, customer_id=f"d{place}", outcome=kind)
        for place, kind in enumerate((OutcomeKind.NO_ANSWER, OutcomeKind.CALLBACK))
    ]

    outcomes.record_many([later, SOLD, *open_ones, other])

    assert list(outcomes.decided()) == [other, SOLD, later]
    assert list(outcomes.decided(NINE)) == [other, SOLD, later]
    assert list(outcomes.decided(NINE + timedelta(milliseconds=1))) == [later]


def test_who_bought_without_being_called_is_no_call_and_yet_a_customer_who_bought(outcomes):
    by_themselves = replace(SOLD, list_id="l1", attempt=0)

    outcomes.record(by_themselves)

    assert outcomes.of_list("l1") == [by_themselves]
    assert list(outcomes.decided()) == []
    assert outcomes.recent(NINE, base_rate=0.113, base_rate_market=None) == OutcomeCounts()
    assert outcomes.contacts(NINE)["outcome"].tolist() == ["subscribed"]


def test_an_assumed_no_counts_where_somebody_called_before_it(outcomes):
    never_called = replace(ON_LIST, assumed=True)
    called_once = replace(ON_LIST, customer_id="c2", attempt=2, assumed=True)

    outcomes.record_many([never_called, called_once])

    assert list(outcomes.decided()) == [called_once]
    assert outcomes.of_list("l1") == [never_called, called_once]


def test_calls_to_made_up_customers_count_for_nothing_outside_of_their_list(outcomes):
    made_up = replace(SOLD, list_id="l1", attempt=1, synthetic=True)

    outcomes.record(made_up)

    assert outcomes.of_list("l1") == outcomes.of_customer("c1") == [made_up]
    assert list(outcomes.decided()) == []
    assert outcomes.recent(NINE, base_rate=0.113, base_rate_market=None) == OutcomeCounts()


def test_without_outcomes_none_is_decided(outcomes):
    assert list(outcomes.decided()) == []


ON_LIST = replace(SOLD, list_id="l1", attempt=1, by="rui", outcome=OutcomeKind.DECLINED)
LATER = NINE + timedelta(seconds=30)


def test_the_outcome_of_a_call_is_recorded_once_whoever_comes_later(outcomes):
    assert outcomes.record(ON_LIST) == ON_LIST

    assert outcomes.record(replace(ON_LIST, at=LATER, outcome=OutcomeKind.SUBSCRIBED)) == ON_LIST
    assert outcomes.record(replace(ON_LIST, attempt=2)).attempt == 2
    assert len(outcomes.of_list("l1")) == 2


def test_a_correction_takes_the_place_of_the_version_it_was_made_from(outcomes):
    outcomes.record(ON_LIST)
    sold = replace(ON_LIST, outcome=OutcomeKind.SUBSCRIBED, version=2)

    assert [outcomes.correct(sold), outcomes.correct(replace(sold, by="ana"))] == [True, False]

    assert outcomes.of_list("l1") == outcomes.of_customer("c1") == list(outcomes.decided()) == [sold]
    assert outcomes.recent(NINE, base_rate=0.113, base_rate_market=None).conversions == 1


def test_what_nobody_recorded_cannot_be_corrected(outcomes):
    assert not outcomes.correct(replace(ON_LIST, version=2))
    assert not outcomes.take_back(ON_LIST)


def test_an_outcome_that_is_taken_back_counts_for_nothing_and_may_be_recorded_anew(outcomes):
    outcomes.record(ON_LIST)

    assert [outcomes.take_back(ON_LIST), outcomes.take_back(ON_LIST)] == [True, False]

    assert outcomes.of_list("l1") == outcomes.of_customer("c1") == list(outcomes.decided()) == []
    assert outcomes.contacts(NINE).empty
    assert outcomes.recent(NINE, base_rate=0.113, base_rate_market=None) == OutcomeCounts()
    again = outcomes.record(replace(ON_LIST, outcome=OutcomeKind.NO_ANSWER))
    assert (again.outcome, again.version) == (OutcomeKind.NO_ANSWER, 2)
    assert outcomes.of_list("l1") == [again]


def test_every_version_of_a_customers_outcomes_is_kept_with_what_became_of_it(outcomes):
    declined = outcomes.record(ON_LIST)
    sold = replace(declined, outcome=OutcomeKind.SUBSCRIBED, version=2)
    outcomes.correct(sold)
    outcomes.take_back(sold)
    outcomes.record(replace(ON_LIST, outcome=OutcomeKind.NO_ANSWER))
    outcomes.record(replace(ON_LIST, customer_id="somebody else"))

    kept = outcomes.every_version(ON_LIST.customer_id)

    assert [(str(each.outcome.outcome), str(each.standing)) for each in kept] == [
        ("no_answer", "counts"),
        ("subscribed", "taken back"),
        ("declined", "corrected since"),
    ]


def test_the_outcomes_of_a_list_come_in_the_order_of_the_calls(outcomes):
    first = replace(ON_LIST, customer_id="c9")
    second = replace(ON_LIST, at=LATER, customer_id="a1", call_again_at=LATER, outcome=OutcomeKind.CALLBACK)
    for each in (second, first, replace(ON_LIST, list_id="l2"), SOLD):
        outcomes.record(each)

    assert outcomes.of_list("l1") == [first, second]


def test_who_was_called_is_a_frame_and_what_was_only_assumed_is_no_call(outcomes):
    again = replace(ON_LIST, customer_id="c2", at=LATER, call_again_at=LATER, outcome=OutcomeKind.CALLBACK)
    assumed = replace(ON_LIST, customer_id="c3", assumed=True)
    for each in (again, ON_LIST, assumed):
        outcomes.record(each)

    calls = outcomes.contacts(NINE)

    assert tuple(calls.columns) == CONTACT_COLUMNS
    assert calls["customer_id"].tolist() == ["c1", "c2"]
    assert calls["outcome"].tolist() == ["declined", "callback"]
    assert calls["call_again_at"].isna().tolist() == [True, False]
    assert calls["at"].tolist() == [pd.Timestamp(NINE), pd.Timestamp(LATER)]
    assert outcomes.contacts(LATER)["customer_id"].tolist() == ["c2"]
    assert outcomes.contacts(LATER + timedelta(days=1)).dtypes.equals(calls.dtypes)
