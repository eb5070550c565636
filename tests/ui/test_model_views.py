"""The views of the model page that say how good the model is, and the backtest in every state it may be in."""

import pytest

from smartbank.core.backtest_report import backtest_report
from smartbank.errors import BacktestError
from smartbank.ui.model_backtest import backtest_rows
from tests.backtests import backtest_values
from tests.model_cards import DECILES, CardScorer, model_card, said, services_with_card, tables


class Shelf:
    def __init__(self, found):
        self._found = found

    def load(self, version):  # noqa: ARG002
        if isinstance(self._found, BacktestError):
            raise self._found
        return self._found


@pytest.fixture
def services(request):
    return services_with_card(**getattr(request, "param", {}))


def test_the_protocols_stand_side_by_side_with_the_paper_as_other_data(open_page):
    page = open_page("model.py", section="How good")

    assert not page.exception
    protocols = tables(page)[0]
    assert protocols["AUC"].tolist() == [
        "0.760",
        "0.550",
        "not measured",
        "not measured",
        "0.650 (0.630 to 0.670)",
        "0.630 (0.620 to 0.640)",
        "not measured",
        "not measured",
        "0.794",
    ]
    assert protocols["Base rate"].tolist() == ["11.3 %"] * 2 + ["not measured"] * 2 + ["24.0 %"] * 4 + ["not published"]
    assert protocols["Read it as"].tolist()[-1] == "Other data"
    assert "beaten nor missed" in said(page)
    assert tables(page)[1]["Ahead by, AUC"].tolist() == ["", "0.010 (-0.010 to 0.030)"]


def test_the_lift_beside_simple_models_is_that_of_the_first_line(open_page):
    page = open_page("model.py", section="How good")

    assert "1.5 times as often as average (1.4 to 1.6)" in page.title[0].value
    beside = tables(page)[1]
    assert beside["C: lift, mean of months"].tolist() == ["1.50 (1.40 to 1.60)", "1.45"]
    assert beside["Ahead by, lift"].tolist() == ["", "0.05 (-0.05 to 0.15)"]


def test_without_a_backtest_the_page_names_the_command(open_page):
    page = open_page("model.py", section="How good")

    command = "python -m smartbank backtest --data bank-additional-full.csv --json models/backtests/stub-1.json"
    assert f"`{command}`" in page.info[0].value
    assert not page.get("plotly_chart")


@pytest.mark.parametrize("services", [{"backtests": Shelf(backtest_report(backtest_values()))}], indirect=True)
def test_a_backtest_fills_protocol_b_and_compares_the_models(open_page):
    page = open_page("model.py", section="How good")

    assert tables(page)[0]["AUC"].tolist()[2:4] == ["0.780 (0.760 to 0.800)", "0.760 (0.740 to 0.780)"]
    assert tables(page)[0]["Base rate"].tolist()[2:4] == ["30.8 %", "50.0 %"]
    assert "A in random folds, B, C within a day and C with the weekday known are figures" in said(page)
    compared = tables(page)[2]
    assert compared["Model"].tolist() == ["SmartBank", "SmartBank, no market", "Logistic regression", "XGBoost"]
    assert compared["95 % interval"].tolist()[0] == "0.640 to 0.680"
    assert len(page.get("plotly_chart")) == 1

    page.selectbox(key="metric").set_value("C: lift of the best 20 %, by leads").run()

    assert not page.exception
    assert tables(page)[2].iloc[0].tolist() == ["SmartBank", "1.660", "1.640 to 1.680"]
    assert "A quick backtest" not in said(page)


def test_only_the_model_in_force_is_told_apart():
    rows = backtest_rows(backtest_report(backtest_values()), "C", "auc_2010")

    assert rows.loc[rows["own"], "label"].tolist() == ["SmartBank"]


@pytest.mark.parametrize("services", [{"backtests": Shelf(backtest_report(backtest_values(step=500)))}], indirect=True)
def test_a_quick_backtest_says_so(open_page):
    page = open_page("model.py", section="How good")

    assert "protocol B went 500 rows at a time instead of 50" in page.info[0].value


@pytest.mark.parametrize(
    "services", [{"backtests": Shelf(BacktestError("The backtest x is not used."))}], indirect=True
)
def test_a_spoilt_backtest_is_a_sentence_and_the_rest_stays(open_page):
    page = open_page("model.py", section="How good")

    assert not page.exception
    assert [warning.value for warning in page.warning] == ["The backtest x is not used."]
    assert len(tables(page)) == 2


def test_what_cheating_would_bring_is_told_with_its_source(open_page):
    page = open_page("model.py", section="How good")

    assert page.expander[-1].label == "What if one had cheated? The length of the call"
    assert "**0.818** on the UCI file" in page.expander[-1].markdown[0].value


def test_deciles_of_all_months_together_say_that_they_flatter(open_page):
    page = open_page("model.py", section="Ranking")

    assert not page.exception
    assert "**all months together**. Base rate: 24.0 %." in said(page)
    deciles = tables(page)[0]
    assert deciles["Lift"].tolist()[:2] == ["2.00", "1.80"]
    assert deciles["Gain"].tolist()[1] == "34.0 %"


@pytest.mark.parametrize("services", [{"scorer": CardScorer(model_card(month_deciles=DECILES))}], indirect=True)
def test_deciles_made_within_months_are_shown_where_the_card_has_them(open_page):
    page = open_page("model.py", section="Ranking")

    assert "Deciles are made within each month" in said(page)


def test_bands_are_shown_by_month_with_their_leads(open_page):
    page = open_page("model.py", section="Ranking")

    bands = tables(page)[1]
    assert bands["Month"].tolist() == ["March 2009", "April 2009"]
    assert bands["Band A"].tolist() == ["100.0 % of 20"] * 2
    assert bands["Band C"].tolist() == ["0.0 % of 20"] * 2
    assert bands["Band B"].tolist() == ["none"] * 2
    assert "In 2 of 2 months every better band bought more often" in said(page)


def test_calibration_is_shown_by_decile_and_by_month(open_page):
    page = open_page("model.py", section="Calibration")

    assert not page.exception
    assert "has no Brier score and calibration error before and after" in page.info[0].value
    assert tables(page)[0]["Mean propensity"].tolist()[0] == "38.0 %"
    assert tables(page)[1]["Foreseen"].tolist() == ["not known", "21.0 %"]
    assert "**the market brought it closer**" in said(page)


CALIBRATED = {"brier_before": 0.15, "brier_after": 0.14, "ece_before": 0.05, "ece_after": 0.01}


@pytest.mark.parametrize("services", [{"scorer": CardScorer(model_card(calibration=CALIBRATED))}], indirect=True)
def test_what_calibration_did_is_shown_where_the_card_has_it(open_page):
    page = open_page("model.py", section="Calibration")

    assert [(tile.value, tile.delta) for tile in page.metric] == [
        ("1.0 points", "before 5.0 points"),
        ("0.1400", "before 0.1500"),
    ]


def test_the_effects_of_fields_and_values_are_points_at_the_base_rate(open_page):
    page = open_page("model.py", section="What it looks at")

    assert not page.exception
    fields, values = tables(page)
    assert fields["Field"].tolist() == ["Age"]
    assert page.selectbox(key="field").value == "Age"
    assert values["Age"].tolist() == ["customers aged 40 to 49"]  # the one group the stub knows
    assert "Not looked at: Job, Marital status" in said(page)


def test_a_segment_stands_beside_everyone(open_page):
    page = open_page("model.py", section="What it looks at")

    page.selectbox(key="segment").set_value("Age").run()

    assert not page.exception
    assert tables(page)[0].columns.tolist() == ["Field", "Points: everyone", "Points: customers aged 40 to 49"]
