import math

import pytest

from smartbank.core.cells import level_of, number_of
from smartbank.core.fields import FIELD, UNKNOWN


@pytest.mark.parametrize(
    ("field", "text", "level"),
    [
        ("job", "admin", "admin."),
        ("job", "Admin.", "admin."),
        ("job", " Blue Collar ", "blue-collar"),
        ("job", "SELF_EMPLOYED", "self-employed"),
        ("job", "astronaut", None),
        ("job", "NA", None),
        ("job", "None", None),
        ("job", "", UNKNOWN),
        ("job", "null", UNKNOWN),
        ("job", "Unknown", UNKNOWN),
        ("education", "basic 4y", "basic.4y"),
        ("education", "University Degree", "university.degree"),
        ("contact", "mobile", "cellular"),
        ("contact", "landline", "telephone"),
        ("marital", "Widowed", "divorced"),
        ("housing", "TRUE", "yes"),
        ("housing", "1", "yes"),
        ("housing", "1.0", "yes"),
        ("housing", "0", "no"),
        ("housing", "0.0", "no"),
        ("housing", "não", "no"),
        ("housing", "ja", "yes"),
        ("housing", "maybe", None),
        ("poutcome", "non-existent", "nonexistent"),
    ],
)
def test_a_category_is_known_whatever_its_case_dots_and_spaces(field, text, level):
    assert level_of(FIELD[field], text) == level


def test_every_level_means_itself():
    for field in FIELD.values():
        for level in field.levels:
            assert level_of(field, level) == level


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("age", "45", 45),
        ("age", " 45 ", 45),
        ("age", "45.0", 45),
        ("age", "45,0", 45),
        ("age", "4.5e1", 45),
        ("age", "４５", 45),
        ("cpi", "93,2", 93.2),
        ("cpi", "93.994", 93.994),
        ("cpi", "93,994", 93.994),
        ("euribor3m", "4,857", 4.857),
        ("euribor3m", "−0.5", -0.5),
        ("emp_var_rate", "-1.8", -1.8),
        ("days_since_contact", "1,234", 1234),
        ("days_since_contact", "1.234", 1234),
        ("days_since_contact", "1 234", 1234),
        ("days_since_contact", "12'345", 12345),
        ("previous", "1.000", 1),
    ],
)
def test_a_number_is_read_with_either_decimal_mark_and_with_thousands(field, text, value):
    assert number_of(FIELD[field], text).value == value


@pytest.mark.parametrize("text", ["", "unknown", "NULL", "nan"])
def test_a_missing_number_is_unknown_and_no_problem(text):
    number = number_of(FIELD["age"], text)

    assert math.isnan(number.value)
    assert number.problem == ""


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        ("age", "forty", "Age is not a number."),
        ("age", "NA", "Age is not a number."),
        ("age", "=1+1", "Age is not a number."),
        ("age", "inf", "Age is not a number."),
        ("age", "1e999", "Age is not a number."),
        ("age", "4" * 5000, "Age is not a number."),
        ("age", "45.5", "Age must be a whole number."),
        ("age", "12", "Age must be from 17 to 120."),
        ("age", "-45", "Age must be from 17 to 120."),
        ("days_since_contact", "30000", "Days since last contact must be from 0 to 20,000."),
        ("days_since_contact", "1.000", "can be read as 1 or as 1000: write it without a separator."),
    ],
)
def test_a_number_that_cannot_be_used_says_why(field, text, problem):
    number = number_of(FIELD[field], text)

    assert number.problem.endswith(problem)
    assert math.isnan(number.value)
    assert number.is_out_of_range == ("must be from" in problem)
