"""The axis of the waterfall, which says percent whatever part of it is shown."""

from math import log

import pytest

from smartbank.ui.charts import waterfall_chart


def log_odds(share):
    return log(share / (1 - share))


@pytest.mark.parametrize(("start", "end", "least"), [(0.14, 0.19, 3), (0.14, 0.141, 1), (0.05, 0.9, 3), (0.5, 0.52, 1)])
def test_the_axis_of_a_waterfall_has_ticks_on_short_ways_too(start, end, least):
    chart = waterfall_chart(log_odds(start), log_odds(end) - log_odds(start), [], rest=0)

    low, high = chart.layout.xaxis.range
    ticks = chart.layout.xaxis.tickvals
    assert least <= len(ticks) <= 17
    assert all(low <= tick <= high for tick in ticks)
