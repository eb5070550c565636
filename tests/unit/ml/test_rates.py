import numpy as np
import pandas as pd
import pytest

from smartbank.core.fields import LEAD_COLUMNS, LEAD_FIELDS
from smartbank.ml.rates import from_json, group_words, rate_table


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("poutcome", "success", "customers who bought in the last campaign"),
        ("contact", "cellular", "reached on a mobile phone"),
        ("attempt", 3.0, "third attempt"),
        ("attempt", 10.0, "sixth to tenth attempt"),
        ("age", 39.0, "aged 30 to 39"),
        ("age", 40.0, "aged 40 to 49"),
        ("age", 17.0, "younger than 20"),
        ("age", 98.0, "aged 70 or older"),
        ("previous", 0.0, "never called in an earlier campaign"),
        ("days_since_contact", 3.0, "last contacted 3 days ago or less"),
        ("days_since_contact", 4.0, "last contacted 4 to 6 days ago"),
        ("days_since_contact", np.nan, "customers without a date of an earlier contact"),
        ("job", None, "customers whose job is not known"),
        ("job", "astronaut", None),
    ],
)
def test_a_value_belongs_to_a_group_in_words(field, value, words):
    assert group_words(field, value) == words


@pytest.mark.parametrize("field", LEAD_FIELDS, ids=lambda field: field.name)
def test_every_level_of_every_field_has_its_own_words(field):
    words = [group_words(field.name, level) for level in (*field.levels, None)]

    assert None not in words
    assert len(set(words)) == len(words)


def test_rates_are_counted_by_group():
    leads = pd.DataFrame({name: [None] * 4 for name in LEAD_COLUMNS})
    leads = leads.assign(job=["student", "student", "retired", None], age=[20.0, 29.0, 70.0, 90.0])

    table = rate_table(leads.assign(y=[True, False, True, False]))

    assert table["job"]["students"] == (0.5, 2)
    assert table["job"]["customers whose job is not known"] == (0.0, 1)
    assert table["age"] == {"aged 20 to 29": (0.5, 2), "aged 70 or older": (0.5, 2)}
    assert from_json({"job": {"students": [0.5, 2]}}) == {"job": {"students": (0.5, 2)}}
