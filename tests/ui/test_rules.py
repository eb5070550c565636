"""The rules section of the admin page: what it shows, what is saved, what is counted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from smartbank.core.bank_settings import BankSettings
from smartbank.core.call_rules import RuleBook
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Role
from smartbank.services.demo import DEMO_SOURCE
from tests.stubs import stub_leads
from tests.ui.rules_section import NINE, STUDENTS, captions, meanwhile, number, save, section_of, services

__all__ = ["services"]


@pytest.fixture
def open_rules(open_page):
    return section_of(open_page)


def test_the_section_shows_each_rule_with_its_numbers_in_words(open_rules):
    page = open_rules()

    assert [(toggle.label, toggle.value) for toggle in page.toggle] == [
        ("Bought lately", True),
        ("Wrong number", True),
        ("Waiting for a call-back", True),
        ("Called lately", True),
        ("Called often", True),
    ]
    assert [each.value for each in page.number_input] == [365, 3, 10, 90]
    assert "Whoever bought within the last 365 days is not called." in captions(page)
    assert "Nothing was changed yet: the defaults hold." in captions(page)
    assert page.button(key="rules_save").disabled


def test_the_rules_nobody_can_switch_off_are_said(open_rules, services):
    services.settings.save(replace(BankSettings(), require_consent=True), by="ada", at=NINE)

    page = open_rules()

    assert any(
        text.value == "Never called: whoever objected to calls, whoever must not be called, "
        "whoever refused or withdrew consent and whoever gave no consent."
        for text in page.markdown
    )
    assert "The setting “Call only with consent” is on. It is changed under Settings." in captions(page)


def test_the_words_follow_the_numbers_before_they_are_saved(open_rules, services):
    page = open_rules()

    number(page, "cool_down_days").set_value(1).run()

    assert any(said.startswith("Whoever was called within the last 1 day,") for said in captions(page))
    assert "Changed and not saved yet: Called lately." in captions(page)
    assert services.rules.history() == []


def test_a_saved_change_is_the_next_version_and_stands_in_the_history(open_rules, services):
    page = open_rules()

    number(page, "attempts_limit").set_value(5).run()
    page.toggle(key="rule_call_back_on").set_value(False).run()
    save(page)

    saved, history = services.rules.current(), page.dataframe[-1].value
    assert (saved.version, saved.rule("attempts").limit, saved.rule("call_back").on) == (1, 5, False)
    assert history["Who"].tolist() == ["ana"]
    assert history["What"].tolist() == [
        "Waiting for a call-back: on → off; Called often: on, 10 calls within 90 days → on, 5 calls within 90 days"
    ]
    assert page.button(key="rules_save").disabled
    assert services.audit.kept[-1].event.action == "change_rules"


def test_what_was_changed_and_not_saved_can_be_dropped(open_rules):
    page = open_rules()
    number(page, "cool_down_days").set_value(9).run()

    page.button(key="rules_drop").click().run()

    assert number(page, "cool_down_days").value == 3
    assert page.button(key="rules_save").disabled


def test_what_was_changed_is_still_there_after_a_look_at_another_section(open_rules):
    page = open_rules()
    number(page, "cool_down_days").set_value(9).run()

    page.radio(key="section").set_value("Users").run()
    page.radio(key="section").set_value("Rules").run()

    assert number(page, "cool_down_days").value == 9
    assert "Changed and not saved yet: Called lately." in captions(page)


def test_counting_says_how_many_stored_customers_each_rule_leaves_out(open_rules, services):
    leads = stub_leads([30, 60, 40]).assign(objected=pd.Series(["yes", None, None], dtype="str"))
    services.customers.save_many(leads, source=DEMO_SOURCE, saved_at=NINE)
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    services.outcomes.record(Outcome("lead-1", hour_ago, OutcomeKind.NO_ANSWER, "some run", 0.1, 0.1))
    page = open_rules()

    page.button(key="rules_count").click().run()

    line = "3 customers → 1 objected to calls → 1 called within the last 3 days → 1 may be called."
    assert line in [text.value for text in page.markdown]
    assert page.dataframe[0].value["Customers left out"].tolist() == ["0", "0", "0", "1", "0"]


def test_what_was_counted_goes_when_the_rules_are_others_and_holds_when_they_are_saved(open_rules):
    page = open_rules()
    number(page, "cool_down_days").set_value(9).run()
    page.button(key="rules_count").click().run()

    save(page)
    after_saving = [text.value for text in page.markdown if "may be called" in text.value]
    number(page, "cool_down_days").set_value(10).run()

    assert after_saving == ["0 customers → 0 may be called."]
    assert not [text for text in page.markdown if "may be called" in text.value]


def test_an_auditor_reads_and_counts_and_can_change_nothing(open_rules, services):
    services.rules.save(RuleBook().with_rule(replace(STUDENTS, on=False)), by="ben", at=NINE)

    page = open_rules(role=Role.AUDITOR)

    values, history = (table.value for table in page.dataframe)
    assert values["Rule"].tolist()[:3] == ["Always in force"] * 3
    assert values.set_index("Rule").loc["Segment Students"].tolist() == ["off", "Not called: Job: student."]
    assert values.set_index("Rule").loc["Calling hours", "What it does"].startswith("Monday to Friday, 09:00")
    assert history["Who"].tolist() == ["ben"]
    assert [button.key for button in page.button] == ["rules_count"]
    assert not page.toggle
    assert not page.number_input


def test_a_history_longer_than_is_shown_says_what_each_version_shown_changed(open_rules, services):
    for days in range(4, 30):
        meanwhile(services, days=days)

    history = open_rules(role=Role.AUDITOR).dataframe[-1].value

    assert (len(history), history["What"].tolist()[-1]) == (20, "Called lately: on, 9 days → on, 10 days")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AGENT])
def test_who_may_not_see_the_admin_page_does_not_see_the_rules(open_page, role):
    page = open_page("admin.py", role=role, section="Rules")

    assert "does not include this page" in page.warning[0].value
    assert not page.toggle
