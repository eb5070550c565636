import numpy as np
import pytest

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.openings import opening
from smartbank.core.reasons import ReasonWriter
from tests.stubs import stub_leads

RATES = {"poutcome": ("customers who bought", 0.65), "job": ("technicians", 0.11), "age": ("aged 60 to 69", 0.1375)}


def lead(**values):
    return stub_leads([65]).assign(**values).iloc[0]


def contributions(**values):
    return np.array([values.get(name, 0.0) for name in LEAD_COLUMNS])


def background(values, **parts):
    def rate(field, _value):
        return (*RATES[field], 100) if field in RATES else None

    return ReasonWriter(rate, 0.11).background(values, contributions(**parts), limit=2)


@pytest.mark.parametrize(
    ("values", "begins"),
    [
        ({"poutcome": "success"}, "You said yes to our last offer"),
        ({"poutcome": "failure"}, "Our last offer did not suit you"),
        ({"days_since_contact": 0.0}, "We have been in touch with you before."),
        ({"days_since_contact": 15.0}, "We have been in touch with you before."),
        ({"previous": 1.0}, "We have been in touch with you before."),
    ],
)
def test_a_talk_opens_with_what_the_customer_knows(values, begins):
    assert opening(lead(**values), contributions(**dict.fromkeys(values, 0.5))).startswith(begins)


@pytest.mark.parametrize(
    "values", [{"job": "technician"}, {"poutcome": "nonexistent"}, {"previous": 0.0}, {"contact": "cellular"}]
)
def test_of_what_nobody_would_say_there_is_no_opening(values):
    assert opening(lead(**values), contributions(**dict.fromkeys(values, 0.5))) == ""


def test_what_speaks_against_a_call_or_is_not_known_opens_no_talk():
    assert opening(lead(poutcome="failure"), contributions(poutcome=-0.5)) == ""
    assert opening(lead(), contributions(poutcome=0.5, days_since_contact=0.9)) == ""


def test_the_strongest_that_can_be_said_is_said():
    values = lead(poutcome="success", days_since_contact=3.0)

    assert opening(values, contributions(age=2.0, poutcome=0.4, days_since_contact=0.9)).startswith("We have been")


def test_background_has_only_groups_that_bought_a_quarter_more_often_strongest_first():
    values = lead(poutcome="success", job="technician")

    assert background(values, age=0.3, poutcome=0.9, job=1.5) == [
        "Customers who bought: 65 of 100 bought; of all customers, 11",
        "Aged 60 to 69: 14 of 100 bought; of all customers, 11",
    ]
    assert background(values, job=1.5) == []
