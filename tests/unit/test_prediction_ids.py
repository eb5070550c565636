"""The names of predictions."""

import pytest

from smartbank.core.prediction_ids import id_of_prediction, read_prediction_id


def test_a_name_is_read_as_it_was_made():
    name = id_of_prediction("ask-20260302-090000-123-abcdef", 12)

    assert name == "ask-20260302-090000-123-abcdef:12"
    assert read_prediction_id(name) == ("ask-20260302-090000-123-abcdef", 12)


@pytest.mark.parametrize("text", ["", "run", ":1", "run:", "run:first", "run:-1", "run:10000001", "run:1:"])
def test_what_is_no_name_is_told_apart(text):
    assert read_prediction_id(text) is None
