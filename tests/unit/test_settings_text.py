from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.core.bank_settings import BankSettings, SettingsChange
from smartbank.core.number_format import NUMBER_FORMATS
from smartbank.core.settings_fields import SETTING_FIELDS
from smartbank.core.settings_text import consequence, history_lines, money_text, read_value, value_text
from smartbank.errors import SettingsError

DEFAULTS = BankSettings()
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("base_rate", "3 %", 0.03),
        ("base_rate", "3%", 0.03),
        ("base_rate", "0.03", 0.03),
        ("base_rate", "3,5 %", 0.035),
        ("band_multiples", "3; 1,5; 0,75", (3.0, 1.5, 0.75)),
        ("band_multiples", "3, 1.5, 0.75", (3.0, 1.5, 0.75)),
        ("band_multiples", "4 2 1", (4.0, 2.0, 1.0)),
        ("band_multiples", "4,2,1", (4.0, 2.0, 1.0)),
        ("cost_of_call", "7,50 EUR", 7.5),
        ("value_of_sale", "1 250", 1250.0),
        ("currency", "gbp", "GBP"),
        ("country", "gb", "GB"),
        ("number_format", "DE", "de"),
        ("time_zone", "europe/london", "Europe/London"),
        ("require_consent", "yes", True),
        ("require_consent", "Off", False),
        ("keep_files_hours", "48 hours", 48),
        ("keep_lists_days", "365", 365),
    ],
)
def test_a_value_is_read_as_people_write_it(name, text, value):
    read = read_value(name, text, numbers=NUMBER_FORMATS["en"])

    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("base_rates", "3 %", "There is no setting base_rates. There are: base_rate, "),
        ("base_rate", "3", "such as 3 %, or as a share, such as 0.03"),
        ("base_rate", "3 EUR", "write it in percent"),
        ("base_rate", "three", "is not a number"),
        ("cost_of_call", "8 %", "leave % away"),
        ("keep_backups", "1.5", "whole number of backups"),
        ("keep_files_hours", "2 days", "number of hours"),
        ("band_multiples", "3; 1.5", "write three numbers"),
        ("require_consent", "maybe", "write yes or no"),
    ],
)
def test_what_is_not_a_value_is_refused_with_how_to_write_it(name, text, said):
    with pytest.raises(SettingsError, match=said):
        read_value(name, text, numbers=NUMBER_FORMATS["en"])


@pytest.mark.parametrize("form", ["en", "pt", "de"])
@pytest.mark.parametrize("name", [field.name for field in SETTING_FIELDS])
def test_what_is_shown_can_be_read_again(name, form):
    settings = BankSettings(base_rate=0.0325, cost_of_call=7.5, value_of_sale=125_000, number_format=form)

    text = value_text(name, settings)

    assert read_value(name, text, numbers=settings.numbers) == getattr(settings, name)


@pytest.mark.parametrize(("form", "value"), [("en", 1.25), ("de", 1250.0)])
def test_a_number_with_two_readings_is_read_in_the_number_format(form, value):
    assert read_value("value_of_sale", "1.250", numbers=NUMBER_FORMATS[form]) == value


def test_values_are_shown_with_their_unit_in_the_number_format():
    german = replace(DEFAULTS, number_format="de", value_of_sale=1_250.5)

    shown = [value_text(name, german) for name in ("base_rate", "value_of_sale", "keep_lists_days", "require_consent")]

    assert shown == ["11,3 %", "1.250,50 EUR", "730 days", "no"]
    assert money_text(3_220, settings=DEFAULTS) == "3,220 EUR"


def test_the_consequence_is_said_in_numbers():
    settings = BankSettings(base_rate=0.04, cost_of_call=5, value_of_sale=200)

    assert consequence(settings) == "A call pays from 2.5 %. Band A begins at 12 %, B at 6 %, C at 3 %."


def test_the_history_says_what_was_and_what_is():
    first = replace(DEFAULTS, version=1, base_rate=0.03, base_rate_source="your bank")
    second = replace(first, version=2, currency="GBP", cost_of_call=9.0)
    changes = [SettingsChange(second, "ben", NINE), SettingsChange(first, "ada", NINE)]

    lines = history_lines(changes)

    assert [(line.version, line.by) for line in lines] == [(2, "ben"), (1, "ada")]
    assert lines[0].texts == ("Cost of a call: 8 EUR → 9 GBP", "Currency: EUR → GBP")
    assert lines[1].texts == ("Base rate: 11.3 % → 3 %",)
    assert history_lines(changes[:1])[0].texts == ("An earlier version is not shown",)
