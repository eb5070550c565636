"""Moments as they are kept."""

from datetime import UTC, datetime

from smartbank.core.moments import to_milliseconds


def test_what_is_shorter_than_a_millisecond_is_cut_off_and_never_rounded_up():
    moment = datetime(2026, 1, 5, 9, 0, 0, 123_999, tzinfo=UTC)

    assert to_milliseconds(moment) == datetime(2026, 1, 5, 9, 0, 0, 123_000, tzinfo=UTC)
