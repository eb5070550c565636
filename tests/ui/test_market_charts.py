"""The charts of the market: which line is which, and over which years."""

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from smartbank.adapters import memory
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import Source
from smartbank.core.market.scale import place
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT, Origin
from smartbank.services.market_view import IndicatorView
from smartbank.ui.charts import ACCENT, QUIET
from smartbank.ui.market_charts import BY_HAND, TRAINING, history_rows, indicator_chart
from tests.markets import observed, put_override
from tests.unit.test_market import TRAINING as MARKET

NOW = datetime(2026, 10, 8, tzinfo=UTC)
MONTHS = [str(month) for month in pd.period_range("2007-01", "2026-09", freq="M")]


def view_of(indicator, *history, source="", origin=Origin.FIRST):
    reading = replace(BUNDLED_SNAPSHOT.reading(indicator), origin=origin)
    reading = replace(reading, source=source or reading.source)
    seen = None if indicator is Indicator.CONFIDENCE else place(reading.value, indicator, MARKET)
    return IndicatorView(reading, history, seen)


def drawn(view, *overrides):
    rows = history_rows(view, training=MARKET, overrides=overrides, now=NOW)
    return indicator_chart(rows, view, training=MARKET, unit="percent")


def years(figure):
    return [end.year for end in figure.layout.xaxis.range]


def test_a_history_since_2007_has_one_axis_with_the_training_window_shaded_in_its_place():
    figure = drawn(view_of(Indicator.EURIBOR, *(observed(Indicator.EURIBOR, 2.0, month) for month in MONTHS)))

    shaded = [shape for shape in figure.layout.shapes if str(shape.x0) == "2008-05-01"]
    assert "xaxis2" not in figure.to_dict()["layout"]
    assert years(figure) == [2006, 2027]
    assert len(shaded) == 1
    assert figure.layout.xaxis.tickformat == "%Y"


def test_the_source_in_force_is_drawn_last_and_broader_than_others_and_a_proxy_is_dashed():
    ine = [observed(Indicator.CPI, 2.0, month) for month in MONTHS]
    ecb = [observed(Indicator.CPI, 2.1, month, source=Source.ECB, is_proxy=True) for month in MONTHS]
    bank = [observed(Indicator.CPI, 2.0, month, source=Source.BPSTAT) for month in MONTHS]

    lines = drawn(view_of(Indicator.CPI, *ine, *ecb, *bank, source="INE")).data

    assert [line.name for line in lines] == [TRAINING, "Banco de Portugal", "ECB (proxy)", "INE"]
    assert [line.line.color for line in lines] == [QUIET, QUIET, QUIET, ACCENT]
    assert [line.line.dash for line in lines[1:]] == ["solid", "dash", "solid"]
    assert lines[3].line.width > lines[1].line.width


def test_a_proxy_in_force_is_the_clear_line_and_stays_dashed():
    ecb = [observed(Indicator.CPI, 2.1, month, source=Source.ECB, is_proxy=True) for month in MONTHS]

    line = drawn(view_of(Indicator.CPI, *ecb, source="ECB", origin=Origin.PROXY)).data[-1]

    assert (line.name, line.line.color, line.line.dash) == ("ECB (proxy)", ACCENT, "dash")


def test_a_value_set_by_hand_is_in_the_legend_once():
    by_hand = put_override(memory.MemoryOverrideRepository(), now=NOW)
    ecb = [observed(Indicator.EURIBOR, 2.0, month) for month in MONTHS]

    lines = drawn(view_of(Indicator.EURIBOR, *ecb, source="ben", origin=Origin.OVERRIDE), by_hand).data

    assert [line.name for line in lines] == [TRAINING, "ECB", BY_HAND]


@pytest.mark.parametrize(("points", "mode"), [(6, "lines+markers"), (7, "lines")])
def test_only_few_points_have_marks(points, mode):
    history = [observed(Indicator.EURIBOR, 2.0, month) for month in MONTHS[-points:]]

    assert drawn(view_of(Indicator.EURIBOR, *history)).data[-1].mode == mode


def test_one_point_stands_in_the_middle_of_a_year_named_by_months():
    figure = drawn(view_of(Indicator.CONFIDENCE, origin=Origin.BUNDLED))

    first, last = figure.layout.xaxis.range
    assert (last - first).days == 366
    assert first + (last - first) / 2 == pd.Timestamp(figure.data[0].x[0])
    assert figure.layout.xaxis.tickformat == "%b %Y"
