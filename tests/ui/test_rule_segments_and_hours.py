"""Segments and calling hours in the form of the rules."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from smartbank.core.bank_settings import BankSettings
from smartbank.core.call_rules import RuleBook
from smartbank.core.calling_hours import CallingHours
from smartbank.ui.rule_hours import hours_consequence
from smartbank.ui.rule_text import hours_words, segment_words
from tests.ui.rules_section import NINE, STUDENTS, number, save, section_of, services

__all__ = ["services"]


@pytest.fixture
def open_rules(open_page):
    return section_of(open_page)


def add_students(page):
    page.button(key="segment_add").click().run()
    page.text_input(key="rule_segment-1_name").set_value(" Students ").run()
    page.selectbox(key="rule_segment-1_segment_field").set_value("job").run()
    page.multiselect(key="rule_segment-1_values_job").set_value(["student"]).run()


def test_a_segment_is_added_with_the_labels_of_the_screen(open_rules, services):
    page = open_rules()

    add_students(page)
    save(page)

    assert services.rules.current().rule("segment-1") == STUDENTS
    assert page.toggle(key="rule_segment-1_on").label == "Not called: Job: student"
    assert page.dataframe[-1].value["What"].tolist() == ["Segment Students: none → on, Students, Job: student"]


def test_a_new_segment_cannot_be_saved_until_it_is_whole(open_rules, services):
    page = open_rules()

    page.button(key="segment_add").click().run()
    first = page.error[0].value
    page.text_input(key="rule_segment-1_name").set_value("Old").run()
    number(page, "segment-1_low").set_value(80).run()

    assert first == "A segment needs a name of up to 60 characters on one line."
    assert "the ages must be 17 to 120, the lower one first" in page.error[0].value
    assert "rules_save" not in {button.key for button in page.button}
    assert services.rules.history() == []


def test_values_are_kept_in_the_order_of_the_field_and_go_when_it_looks_at_another(open_rules, services):
    page = open_rules()
    add_students(page)

    page.multiselect(key="rule_segment-1_values_job").set_value(["student", "admin."]).run()
    save(page)
    page.selectbox(key="rule_segment-1_segment_field").set_value("marital").run()
    after = page.multiselect(key="rule_segment-1_values_marital").value
    page.selectbox(key="rule_segment-1_segment_field").set_value("age").run()

    assert services.rules.current().rule("segment-1").values == ("admin.", "student")
    assert after == []
    assert (number(page, "segment-1_low").value, number(page, "segment-1_high").value) == (17, 24)


def test_a_segment_is_switched_off_and_removed_and_its_place_is_not_taken_by_its_own_remains(open_rules, services):
    services.rules.save(RuleBook().with_rule(STUDENTS), by="ben", at=NINE)
    page = open_rules()

    page.toggle(key="rule_segment-1_on").set_value(False).run()
    save(page)
    off = services.rules.current().rule("segment-1")
    page.button(key="segment_remove_segment-1").click().run()
    page.button(key="segment_add").click().run()

    assert off == replace(STUDENTS, on=False)
    assert page.text_input(key="rule_segment-2_name").value == ""
    page.button(key="segment_remove_segment-2").click().run()
    save(page)
    assert services.rules.current().rules == RuleBook().rules


def test_the_calling_hours_are_changed_and_the_end_at_midnight_is_the_end_of_the_day(open_rules, services):
    page = open_rules()

    page.multiselect(key="rule_hours_weekdays").set_value([6, 0]).run()
    page.time_input(key="rule_hours_opens").set_value(time(9, 15)).run()
    page.time_input(key="rule_hours_closes").set_value(time(0, 0)).run()
    page.checkbox(key="rule_hours_on_holidays").check().run()
    save(page)

    assert services.rules.current().hours == CallingHours((0, 6), 555, 1440, on_holidays=True)
    assert page.time_input(key="rule_hours_closes").value == time(0, 0)
    assert page.dataframe[-1].value["What"].tolist() == [
        "Calling hours: Monday to Friday, 09:00 to 20:00, not on public holidays → "
        "Monday and Sunday, 09:15 to 24:00, also on public holidays"
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda page: page.multiselect(key="rule_hours_weekdays").set_value([]), "Choose at least one day"),
        (lambda page: page.time_input(key="rule_hours_opens").set_value(time(20, 0)), "Calls must begin before"),
        (lambda page: page.time_input(key="rule_hours_opens").set_value(time(9, 7)), "whole quarter of an hour"),
    ],
)
def test_hours_that_cannot_be_are_refused_in_words(open_rules, services, change, said):
    page = open_rules()

    change(page).run()

    assert not page.exception
    assert said in page.error[0].value
    assert services.rules.history() == []


def test_the_next_days_to_call_and_the_next_holiday_are_said_by_name():
    friday = datetime(2026, 11, 27, 12, tzinfo=UTC)

    assert hours_consequence(CallingHours(), BankSettings(), now=friday) == (
        "The next days to call: Fri 27 Nov, Mon 30 Nov, Wed 2 Dec, Thu 3 Dec and Fri 4 Dec, "
        "from 09:00 to 20:00 (Europe/Lisbon). "
        "The next public holiday in PT is Restoration of Independence Day, Tue 1 Dec: nobody is called."
    )


@pytest.mark.parametrize(
    ("hours", "country", "said"),
    [
        (CallingHours(on_holidays=True), "PT", "Tue 1 Dec: calls are made then too."),
        (CallingHours(weekdays=(0,)), "PT", "Tue 1 Dec: no day to call anyway."),
        (CallingHours(), "AC", "No calendar of public holidays is known for AC"),
    ],
)
def test_what_a_holiday_means_follows_hours_and_country(hours, country, said):
    settings = replace(BankSettings(), country=country)

    assert said in hours_consequence(hours, settings, now=datetime(2026, 11, 27, 12, tzinfo=UTC))


def test_after_the_last_call_of_a_day_the_next_day_is_the_first():
    evening = datetime(2026, 1, 5, 20, tzinfo=UTC)

    assert date(2026, 1, 6).strftime("%a") == "Tue"
    said = hours_consequence(CallingHours(), BankSettings(), now=evening)
    assert said.startswith("The next days to call: Tue 6 Jan, ")


def test_days_and_segments_are_said_in_few_words():
    assert [hours_words(CallingHours(days)).split(",")[0] for days in ((0, 1), (0, 1, 2), (0, 2, 4), range(7), ())] == [
        "Monday and Tuesday",
        "Monday to Wednesday",
        "Monday",
        "Every day",
        "On no day",
    ]
    assert segment_words(replace(STUDENTS, values=("admin.", "student"))) == "Job: administration, student"
    assert segment_words(replace(STUDENTS, values=())) == "Job: nobody yet"
