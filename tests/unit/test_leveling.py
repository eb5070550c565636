"""The level of a run: the market since the base rate was measured, and what it comes to."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from smartbank.core.bank_settings import BankSettings
from smartbank.core.level import propensity
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.points import point_of, point_words
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT, named_snapshot
from smartbank.core.people import COMMAND_LINE
from smartbank.core.rules import ScoringRules
from smartbank.services.leveling import market_shift, reference_market, replay_levels, snapshot_level
from smartbank.services.settings import change_settings
from tests.markets import observed
from tests.services import memory_services
from tests.stubs import StubScorer

SCORER = StubScorer()
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONTH = {"euribor3m": 1.0, "emp_var_rate": -1.0, "cpi_yoy": 1.0}
MARGINS = np.linspace(-3, 3, 300)
OWN = ScoringRules(base_rate=0.03, base_rate_source="your bank, asked on 8 Oct 2026")


def level(rules, *, margins=MARGINS, whole=True, snapshot=BUNDLED_SNAPSHOT, **instead):
    return snapshot_level(margins, rules=rules, snapshot=snapshot, scorer=SCORER, whole=whole, **instead)


def with_reading(indicator, value):
    readings = (
        replace(each, value=value) if each.indicator is indicator else each for each in BUNDLED_SNAPSHOT.readings
    )
    return named_snapshot(tuple(readings))


def euribor_moved(by):
    return with_reading(Indicator.EURIBOR, BUNDLED_SNAPSHOT.euribor3m + by) if by else BUNDLED_SNAPSHOT


def test_the_default_base_rate_was_measured_in_the_average_of_the_training_months():
    assert reference_market(ScoringRules(), SCORER) == (3.6, 0.1, 1.7)
    assert level(ScoringRules()).market_shift == -0.4  # Euribor 2.64 - 3.6, as far as the guard goes


def test_a_base_rate_said_in_the_market_in_force_is_not_moved():
    here = replace(OWN, base_rate_market=point_of(BUNDLED_SNAPSHOT))

    assert level(here).market_shift == 0.0
    assert level(here).rate == 0.03


def test_the_market_moves_a_base_rate_since_it_was_said():
    before = replace(OWN, base_rate_market=(2.5350455, 3.7, 3.3))

    found = level(before)

    assert found.market_shift == pytest.approx(0.1)
    assert found.rate == pytest.approx(0.0331, abs=1e-4)  # odds of 3 to 97, times 1.105
    assert propensity(found.log_odds + MARGINS).mean() == pytest.approx(found.rate, abs=1e-12)


def test_an_own_base_rate_of_an_earlier_version_counts_as_measured_in_the_bundled_market():
    assert reference_market(OWN, SCORER) == point_of(BUNDLED_SNAPSHOT)
    assert market_shift(BUNDLED_SNAPSHOT, reference_market(OWN, SCORER), SCORER) == 0.0


@pytest.mark.parametrize("rules", [replace(OWN, base_rate=0.04), replace(OWN, base_rate_market=(2.6, 3.7, 3.3))])
def test_a_selection_takes_the_level_of_a_run_on_the_same_base_rate_only(rules):
    whole = level(OWN)

    same = level(OWN, margins=MARGINS[:20], whole=False, earlier=[whole])
    other = level(rules, margins=MARGINS[:20], whole=False, earlier=[whole])

    assert same == whole
    assert other.anchor == "reference"


@pytest.mark.parametrize(("euribor", "correction"), [(0.01, 0.0), (-0.01, 0.0), (0.0, 0.01), (0.0, -0.01)])
def test_a_hair_of_market_or_outcomes_moves_the_level_of_a_selection_by_a_hair(euribor, correction):
    better = MARGINS[150:]  # a bank of better customers: anchored on the reference leads they would have another level
    whole = level(OWN, margins=np.repeat(better, 2), correction=0.2)
    later = {"snapshot": euribor_moved(euribor), "correction": 0.2 + correction}

    found = level(OWN, margins=better[:20], whole=False, earlier=[whole], **later)

    before, after = (propensity(each.log_odds + better).mean() for each in (whole, found))
    assert 0 < abs(after - before) < 0.001
    assert found.log_odds - whole.log_odds == pytest.approx(euribor + correction)
    assert (found.anchor, found.market_shift) == ("run", pytest.approx(euribor))
    assert (found.correction, found.snapshot_id) == (later["correction"], later["snapshot"].snapshot_id)
    assert found.rate == level(OWN, **later).rate


def test_a_selection_whose_market_and_outcomes_are_unchanged_has_every_bit_of_the_level_before():
    rules = replace(OWN, base_rate_market=(2.5350455, 3.7, 3.3))
    whole = level(rules, correction=0.07)

    found = level(rules, margins=MARGINS[:20], whole=False, earlier=[whole], correction=0.07)

    assert (found, found.level_id) == (whole, whole.level_id)


def test_a_figure_that_is_not_scored_keeps_a_selection_on_the_level_of_the_run():
    whole = level(OWN)
    later = with_reading(Indicator.CONFIDENCE, -20.0)

    found = level(OWN, margins=MARGINS[:20], whole=False, snapshot=later, earlier=[whole])

    assert found.log_odds == whole.log_odds
    assert found.snapshot_id == later.snapshot_id != whole.snapshot_id


def test_a_selection_never_takes_the_level_of_a_replay():
    replay, _ = replay_levels(MARGINS, pd.DataFrame([MONTH] * 300), rules=OWN, scorer=SCORER)

    assert level(OWN, margins=MARGINS[:20], whole=False, earlier=[replay]).anchor == "reference"


def test_a_said_base_rate_keeps_the_market_it_was_said_in_and_later_markets_do_not_change_it():
    services = memory_services()
    ports = {"settings": services.settings, "market": services.market, "audit": services.audit}
    services.observations.record_many([observed(Indicator.EURIBOR, 2.0, "2026-10")])

    said = change_settings(replace(BankSettings(), base_rate=0.03), by=COMMAND_LINE, now=NOON, **ports)
    services.observations.record_many([observed(Indicator.EURIBOR, 1.0, "2026-11")])
    kept = change_settings(replace(said, cost_of_call=5.0), by=COMMAND_LINE, now=NOON, **ports)
    by_hand = change_settings(replace(kept, base_rate_market=(9.0, 9.0, 9.0)), by=COMMAND_LINE, now=NOON, **ports)

    assert said.base_rate_market == (2.0, 3.7, 3.3)
    assert kept.base_rate_market == by_hand.base_rate_market == said.base_rate_market
    assert by_hand.version == kept.version


def test_a_market_is_said_in_words():
    assert point_words(point_of(BUNDLED_SNAPSHOT)) == "Euribor 2.64 %, employment 3.7 %, consumer prices 3.30 %"


def test_a_base_rate_said_again_on_the_same_day_belongs_to_the_market_of_that_moment():
    services = memory_services()
    ports = {"settings": services.settings, "market": services.market, "audit": services.audit}
    services.observations.record_many([observed(Indicator.EURIBOR, 2.0, "2026-10")])
    said = change_settings(BankSettings().with_base_rate(0.05, said_at=NOON), by=COMMAND_LINE, now=NOON, **ports)
    services.observations.record_many([observed(Indicator.EURIBOR, 1.0, "2026-11")])

    again = change_settings(said.with_base_rate(0.05, said_at=NOON), by=COMMAND_LINE, now=NOON, **ports)

    assert (said.base_rate_market, again.base_rate_market) == ((2.0, 3.7, 3.3), (1.0, 3.7, 3.3))
