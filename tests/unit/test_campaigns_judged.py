"""Simulated campaigns, from the release to what the results say of them."""

from datetime import UTC, datetime

import numpy as np
import pytest

from smartbank.adapters.memory import MemoryOutcomeRepository
from smartbank.core.list_entries import list_owner
from smartbank.core.list_results import calibration
from smartbank.core.uplift import UpliftVerdict, uplift
from smartbank.services.call_lists import end_list
from tests.actors import ANA
from tests.bank import EVERYONE, Bank
from tests.stubs import stub_leads
from tests.unit.test_list_results_service import CAMPAIGNS, NO, SOLD, outcome, release, results


@pytest.fixture(scope="module")
def campaigning():
    """A bank with two thousand ranked customers, in which campaigns leave no outcomes."""
    return large_bank()


def large_bank():
    bank = Bank()
    leads = stub_leads([18 + place % 70 for place in range(2_000)])
    bank.services.customers.save_many(leads, source={"synthetic": False}, saved_at=bank.clock)
    bank.run_id = bank.score(EVERYONE)
    return bank


def campaign(bank, seed, *, own_share=0.5, outcomes=None):
    """Release a list, have customers buy with their propensity if called and with a part of it if not, and end it.

    Returns what the page would count, and the sales calling is expected to have brought. Unless the bank's outcomes are
    given, they are forgotten: the rules on calling would keep these customers off the next list.
    """
    outcomes = outcomes or MemoryOutcomeRepository()
    call_list = release(bank, calls=600, seed=f"seed-{seed}", exploration=0.02)
    entries = bank.services.frames.load(list_owner(call_list.list_id))
    p1 = entries["propensity"].to_numpy()
    held_out = (entries["role"] == "control").to_numpy()
    bought = np.random.default_rng(seed).random(len(entries)) < np.where(held_out, own_share * p1, p1)
    told = bought | ~held_out
    outcomes.record_many(
        outcome(customer, SOLD if sale else NO, int(not held), list_id=call_list.list_id)
        for customer, sale, held in zip(entries.loc[told, "customer_id"], bought[told], held_out[told], strict=True)
    )
    end_list(call_list.list_id, by=ANA, lists=bank.services.lists, audit=bank.services.audit, now=datetime.now(UTC))
    pool = (entries["role"] != "exploration").to_numpy()
    n_best = int((pool & ~held_out).sum())
    return results(bank, call_list, outcomes=outcomes), n_best * float((1 - own_share) * p1[pool].mean())


def test_a_campaign_from_release_to_result_is_judged_as_it_was():
    bank = large_bank()
    found, truth = campaign(bank, 7, outcomes=bank.services.outcomes)

    judged = uplift(found.entries)

    assert judged.verdict is UpliftVerdict.MORE_SALES
    assert judged.extra_sales.low <= truth <= judged.extra_sales.high
    assert 20 < truth < 100
    assert (judged.n_called, judged.n_held_out, judged.calls) == (588, 147, 588)
    ratio = calibration(found.entries).ratio
    assert ratio.low < 1 < ratio.high


def test_of_sixty_campaigns_the_interval_holds_what_calling_brought_in_nine_of_ten(campaigning):
    ends = [
        (uplift(found.entries).extra_sales, truth)
        for found, truth in (campaign(campaigning, s) for s in range(CAMPAIGNS))
    ]

    held = sum(extra.low <= truth <= extra.high for extra, truth in ends)

    assert held >= 0.9 * CAMPAIGNS


def test_of_campaigns_without_an_effect_few_seem_to_have_one(campaigning):
    verdicts = [uplift(campaign(campaigning, seed, own_share=1.0)[0].entries).verdict for seed in range(100, 120)]

    assert verdicts.count(UpliftVerdict.TOO_EARLY) >= 17
