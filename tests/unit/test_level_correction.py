"""The level follows the bank's own outcomes, slowly and within limits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank import worker
from smartbank.core.audit import AuditAction
from smartbank.core.bank_settings import BankSettings
from smartbank.core.level import level_rate
from smartbank.core.level_correction import MAX_CORRECTION, correction_from, correction_of, level_shift
from smartbank.core.outcomes import Outcome, OutcomeCounts, OutcomeKind
from tests.replays import Replays
from tests.services import memory_services
from tests.unit.test_scoring import MORNING


def outcomes(sold, declined, *, propensity=0.2, **values):
    """Return outcomes of the last hour, of calls that were given a propensity on a base rate of 20 %."""
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    kinds = [OutcomeKind.SUBSCRIBED] * sold + [OutcomeKind.DECLINED] * declined
    return [
        Outcome(f"c{place}", hour_ago, kind, "r1", **{"propensity": propensity, "base_rate": 0.2} | values)
        for place, kind in enumerate(kinds)
    ]


def test_outcomes_as_expected_move_nothing():
    assert correction_of(OutcomeCounts(1_000, 200, 200.0)).shift == 0.0


def test_few_outcomes_move_nothing_however_they_are():
    assert level_shift(99, 0, 0.2) == 0.0
    assert level_shift(100, 0, 0.2) < 0


def test_after_200_calls_the_outcomes_have_half_of_the_say():
    # 20 of 200 sold where 20 % were expected: (20 + 40) / 400 = 15 %, odds of 3 to 17 where 1 to 4 were expected
    assert level_shift(200, 20, 0.2) == -0.35


def test_many_outcomes_move_it_nearly_all_the_way_but_no_further_than_the_guard():
    assert level_shift(100_000, 10_000, 0.2) == pytest.approx(-0.81)  # odds of 1 to 9 where 1 to 4 were expected
    assert level_shift(100_000, 1_000, 0.2) == -MAX_CORRECTION
    assert level_shift(100_000, 90_000, 0.2) == MAX_CORRECTION


@given(st.integers(100, 100_000), st.floats(0, 1), st.floats(0.001, 0.999))
def test_the_shift_goes_where_the_outcomes_point_and_stays_within_the_guard(calls, share, expected):
    conversions = int(share * calls)

    shift = level_shift(calls, conversions, expected)

    assert -MAX_CORRECTION <= shift <= MAX_CORRECTION
    assert shift * (conversions - expected * calls) >= 0


def test_a_stored_correction_is_worked_out_from_its_counts():
    found = correction_of(OutcomeCounts(200, 20, 40.0))

    assert correction_from(found.__dict__) == found
    assert correction_from(found.__dict__ | {"shift": 9.0}) == found
    assert correction_from(None).shift == 0.0


@pytest.fixture
def bank():
    services = memory_services()
    services.outcomes.record_many(outcomes(20, 180))
    return services


def test_a_run_follows_the_outcomes_and_is_made_again_bit_for_bit_after_more_came_in(bank):
    replays = Replays(bank)
    bank.outcomes.record_many([replace(each, customer_id=f"new {each.customer_id}") for each in outcomes(300, 0)])

    level = replays.level
    assert replays.result["correction"] == {"calls": 200, "conversions": 20, "expected": 0.2, "shift": -0.35}
    assert level.rate == level_rate(0.2, level.market_shift - 0.35)
    assert level.level_id != replace(level, correction=0.0).level_id
    assert replays.whole().is_intact
    assert replays.whole().equal == 3


@pytest.mark.parametrize(("name", "value"), [("conversions", 90), ("calls", 400), ("expected", 0.1)])
def test_changed_counts_of_a_run_are_noticed(bank, name, value):
    replays = Replays(bank)

    replays.result["correction"][name] = value

    assert replays.first().name == "level correction"


def test_a_run_that_follows_no_outcomes_takes_none(bank):
    bank.settings.save(BankSettings(base_rate=0.2, follow_outcomes=False), by="ana", at=MORNING)

    replays = Replays(bank)

    assert replays.level.correction == 0.0
    assert replays.result["correction"]["calls"] == 0


def test_outcomes_of_calls_on_another_base_rate_are_left_out():
    services = memory_services()
    services.outcomes.record_many(outcomes(20, 180, base_rate=0.113))

    assert Replays(services).level.correction == 0.0


def test_a_correction_does_not_feed_on_itself():
    """Calls given corrected propensities that come true keep the correction they were given."""
    services = memory_services()
    services.outcomes.record_many(outcomes(1_500, 8_500, propensity=0.15, correction=-0.35))

    assert Replays(services).level.correction == pytest.approx(-0.35, abs=0.01)


def test_the_audit_log_says_at_which_rate_and_correction_a_run_ended(bank):
    replays = Replays(bank)
    assert not worker.run_once(bank)

    ended = next(entry.event for entry in bank.audit.newest() if entry.event.action is AuditAction.RUN)
    assert ended.details["level_correction"] == -0.35
    assert ended.details["level_rate"] == replays.level.rate
