import numpy as np
import pandas as pd
import pytest

from smartbank.adapters.uci import read_uci
from smartbank.core.fields import CAMPAIGN_FIELDS, LEAD_COLUMNS
from smartbank.core.level import anchored_intercept, propensity
from smartbank.core.market.indicators import MARKET_FEATURES
from smartbank.ml.artifact import load_scorer

KNOWN = {
    **dict.fromkeys(LEAD_COLUMNS),
    "age": 40.0,
    "job": "technician",
    "contact": "cellular",
    "attempt": 1.0,
    "previous": 0.0,
    "poutcome": "nonexistent",
}


def leads(*changes):
    return pd.DataFrame([KNOWN | change for change in changes], columns=list(LEAD_COLUMNS))


@pytest.fixture(params=["small", "shipped"])
def scorer(request, small_models, shipped_models):
    return load_scorer(small_models if request.param == "small" else shipped_models, n_threads=2)


def test_one_row_gives_the_same_bits_alone_and_in_a_batch(scorer, training_data):
    rows = training_data.frame.iloc[::53]

    together = scorer.margins(rows)
    alone = np.concatenate([scorer.margins(rows.iloc[[row]]) for row in range(len(rows))])

    assert together.dtype == np.float64
    assert (together == alone).all()


def test_contributions_and_base_value_add_up_to_the_margin(scorer, training_data):
    rows = training_data.frame

    added = scorer.contributions(rows).sum(axis=1) + scorer.base_value

    assert np.abs(added - scorer.margins(rows)).max() < 1e-4


def test_contributions_of_a_row_are_the_same_alone_and_in_a_batch(scorer, training_data):
    rows = training_data.frame.iloc[::97]

    together = scorer.contributions(rows)
    alone = np.concatenate([scorer.contributions(rows.iloc[[row]]) for row in range(len(rows))])

    assert (together == alone).all()


def test_fields_the_trees_do_not_use_contribute_nothing(scorer, training_data):
    unused = [LEAD_COLUMNS.index(name) for name in scorer.card["fields_not_used"]]

    contributions = scorer.contributions(training_data.frame)

    assert unused == [LEAD_COLUMNS.index("housing"), LEAD_COLUMNS.index("loan")]
    assert (contributions[:, unused] == 0).all()


@pytest.mark.parametrize("job", ["astronaut", "librarian", "zookeeper", "unknown", None, np.nan])
def test_an_unknown_category_scores_as_unknown_wherever_it_sorts(scorer, job):
    unknown, strange = scorer.margins(leads({"job": None}))[0], scorer.margins(leads({"job": job}))[0]

    assert strange == unknown


def test_columns_without_a_value_score_as_unknown(scorer):
    empty = pd.DataFrame({name: [None, None] for name in LEAD_COLUMNS})

    margins = scorer.margins(empty)

    assert np.isfinite(margins).all()
    assert margins[0] == margins[1] == scorer.margins(leads(dict.fromkeys(LEAD_COLUMNS)))[0]


def test_no_lead_is_no_margin(scorer):
    nobody = leads().astype(object)

    assert scorer.margins(nobody).shape == (0,)
    assert scorer.contributions(nobody).shape == (0, 12)


def test_duration_and_market_beside_a_lead_change_nothing(scorer):
    plain = leads({})

    beside = plain.assign(duration=5_000, euribor3m=0.6, y=True)

    assert scorer.margins(beside) == scorer.margins(plain)


def test_another_attempt_never_raises_a_margin(scorer):
    margins = scorer.margins(leads(*({"attempt": float(attempt)} for attempt in range(1, 20))))

    assert (np.diff(margins) <= 0).all()


def test_a_lead_without_contact_history_scores_between_the_best_and_the_worst_with_one(scorer):
    nothing = dict.fromkeys(field.name for field in CAMPAIGN_FIELDS)
    best = {"poutcome": "success", "previous": 1.0, "days_since_contact": 3.0, "contact": "cellular", "attempt": 1.0}
    worst = {"poutcome": "failure", "previous": 0.0, "days_since_contact": None, "contact": "telephone", "attempt": 9.0}

    low, middle, high = scorer.margins(leads(worst, nothing, best))

    assert low < middle < high


def test_the_base_value_and_the_reference_lie_where_the_training_rows_do(scorer):
    reference = scorer.reference_margins()

    assert reference.shape == (2_000,)
    assert (np.diff(reference) >= 0).all()
    assert reference[0] < scorer.base_value < reference[-1]
    assert abs(anchored_intercept(reference, scorer.card["base_rate"])) < 0.01


def test_the_market_adds_nothing_at_its_training_mean_and_no_more_outside_its_range(scorer):
    centre = pd.DataFrame([scorer.level.centres], columns=list(MARKET_FEATURES))
    edge = pd.DataFrame([scorer.level.high], columns=list(MARKET_FEATURES))

    assert scorer.market_terms(centre).tolist() == [0.0]
    assert scorer.market_terms(edge + 50).tolist() == scorer.market_terms(edge).tolist()


def test_one_market_gives_the_same_bits_alone_and_in_a_batch(scorer):
    markets = pd.DataFrame(np.random.default_rng(0).normal(0, 3, (500, 3)), columns=list(MARKET_FEATURES))

    together = scorer.market_terms(markets)
    alone = np.concatenate([scorer.market_terms(markets.iloc[[row]]) for row in range(len(markets))])

    assert (together == alone).all()


def test_an_index_level_of_a_training_month_is_known_year_on_year(scorer):
    changes = scorer.cpi_year_on_year(np.array([93.994, 94.601, 128.02, np.nan]))

    assert changes[:2].tolist() == [2.78, 2.35]
    assert np.isnan(changes[2:]).all()


def test_a_rate_is_said_for_a_sales_manager(shipped_models):
    scorer = load_scorer(shipped_models)

    group, rate, rows = scorer.rate("poutcome", "success")

    assert (group, round(rate, 2), rows) == ("customers who bought in the last campaign", 0.65, 1_373)
    assert scorer.rate("job", "astronaut") is None
    assert scorer.rate("job", None)[0] == "customers whose job is not known"


def test_all_of_uci_s_rows_score_alike_alone_and_together_and_add_up(shipped_models, uci_file):
    rows = read_uci(uci_file).frame
    scorer = load_scorer(shipped_models)
    sample = np.random.default_rng(0).choice(len(rows), 500, replace=False)

    margins = scorer.margins(rows)
    contributions = scorer.contributions(rows)
    alone = np.concatenate([scorer.margins(rows.iloc[[row]]) for row in sample])

    assert (margins[sample] == alone).all()
    assert np.abs(contributions.sum(axis=1) + scorer.base_value - margins).max() < 1e-4
    assert propensity(margins).mean() == pytest.approx(rows["y"].mean(), abs=1e-6)
    assert len(np.unique(margins)) > 8_000
