"""Files and charts of the model page."""

import pandas as pd
import pytest

from smartbank.core.evaluation import Interval
from smartbank.core.number_format import NUMBER_FORMATS
from smartbank.ui import model_table, text
from smartbank.ui.model_backtest import model_name
from smartbank.ui.model_charts import bands_chart, interval_chart, points_chart
from smartbank.ui.model_first_line import figure_with_span, month_words
from smartbank.ui.model_ranking import bands_in_order


class German:
    numbers = NUMBER_FORMATS["de"]


class English:
    numbers = NUMBER_FORMATS["en"]


def test_a_file_has_the_marks_of_the_bank_and_nothing_a_spreadsheet_runs(monkeypatch):
    monkeypatch.setattr(model_table, "bank_settings", German)

    taken = model_table.small_csv(pd.DataFrame({"Field": ["=1+1", "Age"], "Points": [1.5, -2.0]}))

    assert taken.decode("utf-8-sig").splitlines() == ["Field;Points", "'=1+1;1,5", "Age;-2,0"]


def test_models_are_called_by_their_names_and_unknown_ones_are_harmless():
    assert model_name("smartbank") == "SmartBank"
    assert model_name("lightgbm_without_market") == "LightGBM, no market"
    assert model_name("my_*model*") == "my\\_\\*model\\*"


@pytest.mark.parametrize(("period", "said"), [("2009-03", "March 2009"), ("soon", "soon")])
def test_a_month_is_said_in_words_where_it_is_one(period, said):
    assert month_words(period) == said


def test_a_figure_has_as_many_digits_as_tell_it_from_its_ends(monkeypatch):
    monkeypatch.setattr(text, "bank_settings", English)
    wide, narrow = Interval(1.69, 1.58, 1.78), Interval(1.537, 1.467, 1.588)

    assert figure_with_span(wide) == ("1.7 times", "1.6 to 1.8")
    assert figure_with_span(narrow) == ("1.54 times", "1.47 to 1.59")
    assert figure_with_span(wide, like=narrow) == ("1.69 times", "1.58 to 1.78")


def test_intervals_are_drawn_around_each_model_with_our_own_told_apart():
    rows = pd.DataFrame(
        {
            "label": ["SmartBank", "XGBoost"],
            "value": [0.66, 0.64],
            "low": [0.65, float("nan")],
            "high": [0.68, float("nan")],
            "own": [True, False],
        }
    )

    others, own = interval_chart(rows, title="AUC", base=0.5).data

    assert own.error_x.arrayminus == pytest.approx([0.01])
    assert own.error_x.array == pytest.approx([0.02])
    assert others.error_x.array == (0,)
    assert own.marker.symbol != others.marker.symbol


def test_what_a_segment_has_nobody_of_has_no_number_beside_it():
    chart = points_chart(["a", "b"], {"everyone": [1.0, -1.0], "students": [2.0, float("nan")]})

    assert chart.data[1].text == ("+2.0", "")
    assert chart.layout.xaxis.range == pytest.approx((-1.45, 2.45))


def test_bands_differ_by_more_than_their_colour():
    rows = pd.DataFrame({"period": ["2009-03"] * 4, "band": list("ABCD"), "rate": [0.4, 0.3, 0.2, 0.1]})

    lines = bands_chart(rows).data

    assert len({line.line.dash for line in lines}) == len({line.marker.symbol for line in lines}) == 4


def test_a_month_is_in_order_where_each_better_band_bought_at_least_as_often():
    rows = pd.DataFrame(
        {
            "period": ["2009-03", "2009-03", "2009-04", "2009-04", "2009-05"],
            "band": ["A", "C", "A", "B", "D"],
            "rate": [0.5, 0.2, 0.2, 0.3, 0.1],
        }
    )

    assert bands_in_order(rows) == (1, 2)
