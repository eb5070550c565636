from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.bank_settings import BankSettings
from smartbank.core.difference import difference
from smartbank.core.level import propensity
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.points import point_of
from smartbank.errors import ModelArtifactError, NotFoundError
from smartbank.services.difference import what_changed
from tests.actors import ANA
from tests.bank import EVERYONE, Bank
from tests.markets import observed
from tests.model_versions import CHALLENGER, promoted
from tests.services import bundled_market
from tests.stubs import ScorerByAgeAndChannel, model_with, stub_leads

LOG_ODDS = st.floats(-6, 6)
SCORED = st.fixed_dictionaries({"margin": LOG_ODDS, "level": LOG_ODDS})


def share(prediction):
    return float(propensity(np.array([prediction["level"] + prediction["margin"]]))[0])


@given(earlier=SCORED, later=SCORED, between=LOG_ODDS, market=LOG_ODDS)
def test_the_parts_add_up_in_log_odds_and_in_points(earlier, later, between, market):
    versions = ({"model_version": "a"}, {"model_version": "b"})

    found = difference(
        earlier | versions[0], later | versions[1], margin_between=between, market_between=market, changed={}
    )

    log_odds = later["level"] + later["margin"] - earlier["level"] - earlier["margin"]
    assert found.customer + found.market + found.rest == pytest.approx(log_odds, abs=1e-9)
    assert found.points == pytest.approx(100 * (share(later) - share(earlier)), abs=1e-9)
    assert found.market == pytest.approx(market, abs=1e-9)
    assert found.is_other_model


@pytest.fixture
def bank():
    bank = Bank()
    save(bank, [30, 60])
    bank.score(EVERYONE)
    return bank


def save(bank, ages, **more):
    bank.clock += timedelta(hours=1)
    leads = stub_leads(ages).assign(**more)
    bank.services.customers.save_many(leads, source={"kind": "upload", "name": "x"}, saved_at=bank.clock)


def parts(bank, earlier, later):
    held = bank.services
    kept = {each["snapshot_id"]: held.snapshots.find(each["snapshot_id"]) for each in (earlier, later)}
    return what_changed(
        earlier,
        later,
        markets={name: snapshot for name, snapshot in kept.items() if snapshot is not None},
        by=ANA,
        customers=held.customers,
        load_model=held.models.scorer_of,
    )


def changed(bank, customer_id="lead-0"):
    later, earlier, *_ = bank.services.predictions.history(customer_id)
    return earlier, later, parts(bank, earlier, later)


def adds_up(earlier, later, found):
    log_odds = later["level"] + later["margin"] - earlier["level"] - earlier["margin"]
    return found.customer + found.market + found.rest == pytest.approx(log_odds, abs=1e-12)


def test_a_changed_customer_is_the_customers_part_and_the_field_is_named(bank):
    save(bank, [50, 60])
    bank.score(EVERYONE)

    earlier, later, found = changed(bank)

    assert found.changed == {"age": (30.0, 50.0)}
    assert found.customer == pytest.approx(2.0)
    assert found.market == 0.0
    assert adds_up(earlier, later, found)
    assert not found.is_other_model


def test_another_base_rate_is_the_levels_part(bank):
    bank.services.settings.save(BankSettings(base_rate=0.3), by="ana", at=bank.clock)
    bank.score(EVERYONE)

    earlier, later, found = changed(bank)

    assert (found.customer, found.changed) == (0.0, {})
    assert found.rest > 0.5
    assert adds_up(earlier, later, found)


def test_a_base_rate_said_anew_in_the_same_market_is_no_change_of_the_market(bank):
    said_now = point_of(bank.services.market.look())
    rules = BankSettings(base_rate=0.113, base_rate_source="you", base_rate_market=said_now)
    bank.services.settings.save(rules, by="ana", at=bank.clock)
    bank.score(EVERYONE)

    earlier, later, found = changed(bank)

    assert earlier["level"] - earlier["intercept"] != later["level"] - later["intercept"]
    assert found.market == 0.0
    assert adds_up(earlier, later, found)


def test_a_market_that_moved_is_the_markets_part_within_the_guard(bank):
    today = datetime.now(UTC)
    bank.services.observations.record_many([observed(Indicator.EURIBOR, 2.9, f"{today:%Y-%m}", fetched_at=today)])
    bank.score(EVERYONE)

    earlier, later, found = changed(bank)

    assert earlier["snapshot_id"] != later["snapshot_id"]
    assert found.market == pytest.approx(2.9 - bundled_market().look().euribor3m)
    assert adds_up(earlier, later, found)


def test_another_model_is_the_models_part_with_the_customer_scored_by_the_earlier_one(bank):
    other = ScorerByAgeAndChannel(CHALLENGER)
    bank.services.shelf.models[CHALLENGER] = model_with(other)
    bank.services.registry.promote(promoted())
    save(bank, [40, 60], contact="cellular")
    bank.score(EVERYONE)

    earlier, later, found = changed(bank)

    assert found.is_other_model
    assert found.customer == pytest.approx(1.0)
    assert set(found.changed) == {"age", "contact"}
    assert adds_up(earlier, later, found)


def test_what_can_no_longer_be_split_says_why(bank):
    bank.score(EVERYONE)
    later, earlier, *_ = bank.services.predictions.history("lead-0")

    with pytest.raises(NotFoundError, match="no longer kept"):
        parts(bank, earlier | {"customer_version": 99}, later)
    with pytest.raises(NotFoundError, match="replay"):
        parts(bank, earlier | {"snapshot_id": "file"}, later)
    with pytest.raises(NotFoundError, match="market of one of the two"):
        parts(bank, earlier | {"snapshot_id": "market-gone"}, later)
    with pytest.raises(ModelArtifactError):
        parts(bank, earlier | {"model_version": "2026.1-00000000"}, later)


def test_a_score_is_no_different_from_itself(bank):
    (newest,) = bank.services.predictions.history("lead-1")

    found = parts(bank, newest, newest)

    assert replace(found, changed={}) == found
    assert (found.customer, found.market, found.rest, found.points) == (0.0, 0.0, 0.0, 0.0)
