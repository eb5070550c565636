"""The linear part: its terms, its Shapley values, and a fit whose answer is known."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.ml.encoding import Encoder
from smartbank.ml.linear import LinearModel, Term
from smartbank.ml.linear_fit import fit_linear

AGE, JOB = LEAD_COLUMNS.index("age"), LEAD_COLUMNS.index("job")
MODEL = LinearModel(
    {
        "age": Term(unknown=0.5, mean=0.1, slope=0.02, centre=40.0, low=18.0, high=90.0),
        "job": Term(unknown=-0.25, mean=0.2, levels=(1.0, -1.0)),
    }
)


def rows(*pairs):
    codes = np.full((len(pairs), len(LEAD_COLUMNS)), np.nan, dtype=np.float32)
    for at, (age, job) in enumerate(pairs):
        codes[at, [AGE, JOB]] = age, job
    return codes


def test_terms_are_added_numbers_clipped_and_unknown_has_its_own():
    margins = MODEL.margins(rows((50, 0), (50, 1), (200, 0), (np.nan, np.nan)))

    assert margins.tolist() == pytest.approx([0.2 + 1, 0.2 - 1, 0.02 * 50 + 1, 0.5 - 0.25])


def test_contributions_and_the_base_value_add_up_to_the_margin():
    codes = rows((50, 0), (17, 1), (np.nan, np.nan))

    contributions = MODEL.contributions(codes)

    assert contributions.sum(axis=1) == pytest.approx(MODEL.margins(codes))
    assert contributions[:, -1].tolist() == pytest.approx([0.1 + 0.2] * 3)
    assert contributions[0, AGE] == pytest.approx(0.2 - 0.1)


@given(st.lists(st.tuples(st.floats(0, 200, width=32), st.sampled_from([0, 1, np.nan])), min_size=1, max_size=40))
def test_a_row_alone_has_the_same_bits_as_in_a_batch(pairs):
    codes = rows(*pairs)

    together = MODEL.margins(codes)

    assert together.tolist() == [MODEL.margins(codes[[at]])[0] for at in range(len(codes))]


def test_a_model_is_the_same_after_it_was_written():
    again = LinearModel.from_json(json.loads(json.dumps(MODEL.to_json())))

    assert again == MODEL


def fitted(training_data, *, ridge=1.0, month_ridge=1.0, day_ridge=1e6, rows_=slice(None)):
    frame = training_data.frame.iloc[rows_]
    encoder = Encoder.fitted(training_data.frame)
    months, days = (np.unique(frame[name], return_inverse=True)[1] for name in ("period", "day"))
    return fit_linear(
        encoder.codes(frame),
        frame["y"].to_numpy(bool),
        months,
        days,
        np.ones(len(frame)),
        features=("age", "contact", "attempt", "poutcome"),
        encoder=encoder,
        ridge=ridge,
        month_ridge=month_ridge,
        day_ridge=day_ridge,
    )


def test_a_fit_finds_what_made_up_leads_were_made_with(training_data):
    terms = fitted(training_data).model.terms

    failure, nonexistent, success = terms["poutcome"].levels
    cellular, telephone = terms["contact"].levels
    assert success - (failure + nonexistent) / 2 == pytest.approx(2, abs=0.4)
    assert cellular - telephone == pytest.approx(1, abs=0.4)
    assert terms["attempt"].slope == pytest.approx(-0.2, abs=0.08)
    assert terms["age"].slope == pytest.approx(0, abs=0.02)


def test_a_month_better_than_its_leads_explain_has_an_effect_that_a_ridge_holds_back(training_data):
    frame = training_data.frame.assign(y=training_data.frame["y"] | (training_data.frame["period"] == "2009-03"))
    data = type(training_data)(frame, training_data.sha256)
    inside = (frame["period"] == "2009-03").to_numpy()

    weak, strong = (fitted(data, month_ridge=ridge).month_effects for ridge in (1.0, 1e6))

    assert weak[inside].min() > 1.5
    assert np.abs(weak[~inside]).max() < 1.5
    assert np.abs(strong).max() < 0.001


def test_a_field_more_frequent_on_good_days_earns_less_beside_effects_of_days(training_data):
    days = training_data.frame["day"]
    good = days.isin(days.unique()[::7])
    lucky = np.random.default_rng(1).random(len(days)) < 0.5
    frame = training_data.frame.assign(
        y=training_data.frame["y"] | (good & lucky), contact=training_data.frame["contact"].mask(good, "telephone")
    )
    data = type(training_data)(frame, training_data.sha256)

    weak, strong = (fitted(data, day_ridge=ridge) for ridge in (1.0, 1e6))

    apart = [each.model.terms["contact"].levels[0] - each.model.terms["contact"].levels[1] for each in (weak, strong)]
    assert apart[0] > apart[1] + 0.3  # cellular sells better by 1, as the leads were made
    assert weak.day_effects[good].mean() > weak.day_effects[~good].mean() + 0.5
    assert np.abs(strong.day_effects).max() < 0.001


def test_a_day_on_which_all_bought_among_days_on_which_next_to_nobody_did_is_fitted(training_data):
    rows = np.arange(len(training_data.frame))
    all_bought = (training_data.frame["day"] == training_data.frame["day"].iloc[-1]).to_numpy()
    data = type(training_data)(training_data.frame.assign(y=all_bought | (rows % 300 == 0)), training_data.sha256)

    found = fitted(data, day_ridge=0.1, month_ridge=0.1, ridge=0.1)

    assert np.isfinite(found.day_effects).all()
    assert found.day_effects[all_bought].min() > 1.5 * np.abs(found.day_effects[~all_bought]).max()


def test_the_rounded_fit_is_that_of_a_general_solver(training_data):
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  only here

    frame = training_data.frame
    encoder = Encoder.fitted(frame)
    codes = encoder.codes(frame)[:, [LEAD_COLUMNS.index("contact"), LEAD_COLUMNS.index("attempt")]].astype(float)
    months = np.unique(frame["period"], return_inverse=True)[1]
    attempt = (codes[:, 1] - codes[:, 1].mean()) / codes[:, 1].std()
    columns = [codes[:, 0] == 0, codes[:, 0] == 1, attempt, *(months == month for month in range(26))]

    solved = LogisticRegression(C=0.5, tol=1e-10, max_iter=5_000).fit(np.column_stack(columns), frame["y"])
    ours = fit_linear(
        encoder.codes(frame),
        frame["y"].to_numpy(bool),
        months,
        np.zeros_like(months),
        np.ones(len(frame)),
        features=("contact", "attempt"),
        encoder=encoder,
        ridge=2.0,
        month_ridge=2.0,
        day_ridge=1e9,
    )

    assert ours.model.terms["contact"].levels == pytest.approx(solved.coef_[0, :2], abs=2e-5)
    assert ours.model.terms["attempt"].slope == pytest.approx(solved.coef_[0, 2] / codes[:, 1].std(), abs=2e-5)
    assert ours.month_effects == pytest.approx(solved.coef_[0, 3:][months], abs=2e-5)
