"""Whether calls sell as often as was said, on the overview and in the drift panel."""

from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.outcomes import Outcome, OutcomeKind
from tests.ui import list_page as lists

ranked = lists.ranked
HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def record(services):
    """Record decided calls of whom a tenth was expected to buy."""

    def record(calls, *, sold):
        kinds = [OutcomeKind.SUBSCRIBED] * sold + [OutcomeKind.DECLINED] * (calls - sold)
        services.outcomes.record_many(
            Outcome(f"c{place}", HOUR_AGO, kind, "r1", 0.1, 0.113) for place, kind in enumerate(kinds)
        )

    return record


def said(page):
    assert not page.exception
    return [each.value for each in [*page.markdown, *page.caption]]


def test_without_calls_there_is_nothing_to_say(open_page, ranked):
    assert "No own call of the last 90 days is decided yet." in said(open_page("model.py", section="Drift"))
    assert not any("decided call" in each for each in said(open_page("overview.py")))


def test_calls_that_sell_more_often_than_was_said_are_told_of_on_both_pages(open_page, ranked, record):
    record(200, sold=40)

    sentence = "Of 200 decided calls **40 sold where 20.0 were expected**: 2.00 times as many"
    drift, overview = said(open_page("model.py", section="Drift")), said(open_page("overview.py"))
    assert any(each.startswith(f":material/warning: {sentence}") for each in drift)
    assert any(each.startswith(f":material/warning: Last 90 days: {sentence}") for each in overview)


@pytest.mark.parametrize(("calls", "sold"), [(200, 22), (90, 30)])
def test_what_chance_explains_or_too_few_calls_are_no_alarm(open_page, ranked, record, calls, sold):
    record(calls, sold=sold)

    assert any(each.startswith(":material/check_circle: Of") for each in said(open_page("model.py", section="Drift")))
    assert not any("decided call" in each for each in said(open_page("overview.py")))
