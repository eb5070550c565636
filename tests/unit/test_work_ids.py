from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.work_ids import made_at, new_work_id

NINE = datetime(2026, 11, 2, 9, 30, 5, 123_000, tzinfo=UTC)


def test_an_id_says_when_it_was_made():
    assert made_at(new_work_id(NINE)) == NINE
    assert made_at(new_work_id(NINE + timedelta(microseconds=900))) == NINE


@pytest.mark.parametrize("text", ["", "run", "20261302-093005-123-aaaaaa", "2026-11-02T09:30:05.123Z"])
def test_another_text_says_nothing(text):
    assert made_at(text) is None
