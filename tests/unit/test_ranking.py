import numpy as np
import pytest

from smartbank.core.ranking import CONTRIBUTION_COLUMNS, RankFilter, rank_summary, ranked_frame
from smartbank.core.rules import ScoringRules
from tests.stubs import StubScorer, stub_leads


def rank(ages, *, level=0.0, rules=None):
    leads = stub_leads(ages)
    scorer = StubScorer()
    return ranked_frame(
        leads,
        margins=scorer.margins(leads),
        contributions=scorer.contributions(leads),
        levels=np.full(len(leads), level),
        rules=rules or ScoringRules(),
    )


def test_the_best_lead_comes_first_and_the_propensity_is_the_logistic_of_level_and_margin():
    ranked = rank([30, 60, 40], level=-2.0)

    assert ranked["customer_id"].tolist() == ["lead-1", "lead-2", "lead-0"]
    assert ranked["rank"].tolist() == [1, 2, 3]
    assert ranked["propensity"].tolist() == pytest.approx([0.5, 0.1192, 0.0474], abs=1e-4)
    assert ranked[CONTRIBUTION_COLUMNS[0]].tolist() == [2.0, 0.0, -1.0]


def test_ties_are_broken_by_customer_id_whatever_the_order_of_the_rows():
    leads = stub_leads([50, 50, 50]).iloc[[2, 0, 1]]

    ranked = ranked_frame(
        leads,
        margins=np.ones(3),
        contributions=np.zeros((3, 12)),
        levels=np.zeros(3),
        rules=ScoringRules(),
    )

    assert ranked["customer_id"].tolist() == ["lead-0", "lead-1", "lead-2"]


def test_a_lead_is_worth_a_call_from_the_threshold_on():
    ranked = rank([40, 20], rules=ScoringRules(cost_of_call=1, value_of_sale=2))

    assert ranked["propensity"].tolist() == pytest.approx([0.5, 0.119], abs=1e-3)
    assert ranked["call"].tolist() == [True, False]


def test_the_summary_says_how_much_the_best_leads_hold():
    ranked = rank([40] * 10).assign(propensity=[0.5] + [0.0555555] * 9, band="C", call=False)

    summary = rank_summary(ranked)

    assert summary.leads == 10
    assert summary.expected_sales == pytest.approx(1.0, abs=1e-4)
    assert summary.gain(0.1) == pytest.approx(0.5, abs=1e-4)
    assert summary.gain(1.0) == pytest.approx(1.0)
    assert summary.band_leads == {"A": 0, "B": 0, "C": 10, "D": 0}


def test_a_filter_keeps_bands_propensities_and_the_best_ranks():
    ranked = rank([70, 60, 50, 40, 30], level=-2.0)

    assert RankFilter().apply(ranked)["rank"].tolist() == [1, 2, 3, 4, 5]
    assert RankFilter(best=2).apply(ranked)["rank"].tolist() == [1, 2]
    assert RankFilter(min_propensity=0.2).apply(ranked)["rank"].tolist() == [1, 2, 3]
    assert RankFilter(bands=("D",)).apply(ranked)["rank"].tolist() == [5]


def test_a_filter_survives_being_stored():
    rank_filter = RankFilter(("A", "B"), 0.05, 500, free_only=True)

    assert RankFilter.from_json(rank_filter.to_json()) == rank_filter


def test_margins_that_round_to_one_propensity_keep_their_order():
    leads = stub_leads([40, 40])
    margins = np.array([1e-17, 2e-17])

    ranked = ranked_frame(
        leads, margins=margins, contributions=np.zeros((2, 12)), levels=np.full(2, -2.0), rules=ScoringRules()
    )

    assert ranked["propensity"].nunique() == 1
    assert ranked["customer_id"].tolist() == ["lead-1", "lead-0"]
