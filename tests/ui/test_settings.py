"""The settings section of the admin page."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.core.people import Role

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
SECTION = """
from smartbank.core.people import Right
from smartbank.ui.auth import require_user
from smartbank.ui.settings import show_settings

show_settings(require_user(Right.SEE_ADMIN))
"""

LOST = """
import streamlit as st
from smartbank.core.bank_settings import BankSettings
from smartbank.ui.settings_form import begin_draft, has_draft

begin_draft(BankSettings())
st.session_state["setting_base_rate"] = 7.0
for name in ("keep_lists_days", "band_A"):
    del st.session_state[f"setting_{name}"]
if has_draft():
    kept = [st.session_state[f"setting_{name}"] for name in ("base_rate", "keep_lists_days", "band_A")]
    st.markdown(" ".join(map(str, kept)))
"""


@pytest.fixture
def open_section(open_page, tmp_path):
    script = tmp_path / "section.py"
    script.write_text(SECTION)

    def open_section(role=Role.ADMIN):
        page = open_page(script, role=role)
        assert not page.exception
        return page

    return open_section


def meanwhile(services, **values):
    services.settings.save(replace(services.settings.current(), **values), by="ben", at=NINE)


def number(page, name):
    return page.number_input(key=f"setting_{name}")


def captions(page):
    return [caption.value for caption in page.caption]


def test_the_section_shows_what_is_in_force_and_what_it_comes_to(open_section):
    page = open_section()

    assert number(page, "base_rate").value == 11.3
    assert number(page, "cost_of_call").value == 8
    assert "A call pays from 10 %. Band A begins at 33.9 %, B at 17 %, C at 8.5 %." in captions(page)
    assert any(caption.startswith("Of 1,000 leads called, 113 buy on average.") for caption in captions(page))
    assert page.button(key="settings_save").disabled


def test_values_streamlit_forgot_with_a_run_that_was_broken_off_are_put_back(tmp_path, open_page):
    script = tmp_path / "lost.py"
    script.write_text(LOST)

    page = open_page(script)

    assert [each.value for each in page.markdown] == ["7.0 730 3.0"]


def test_the_consequence_follows_what_is_typed_before_it_is_saved(open_section, services):
    page = open_section()

    number(page, "cost_of_call").set_value(4.0).run()

    assert any(caption.startswith("A call pays from 5 %.") for caption in captions(page))
    assert "Changed and not saved yet: Cost of a call." in captions(page)
    assert services.settings.history() == []


def test_each_group_says_what_it_comes_to_in_its_own_words(open_section):
    page = open_section()
    before = captions(page)

    page.checkbox(key="setting_daily_euribor").check().run()

    assert before.count("Nobody needs to give consent.") == 1
    assert "Euribor is that of the newest whole month." in before
    assert "Euribor is that of the newest day." in captions(page)
    assert "The model in force stays until an administrator puts a challenger in its place." in before
    number(page, "retrain_days").set_value(0).run()
    assert "A challenger is trained only when somebody asks for it." in captions(page)


def test_a_saved_change_is_the_next_version_and_stands_in_the_history(open_section, services):
    page = open_section()

    number(page, "base_rate").set_value(3.0).run()
    page.selectbox(key="setting_number_format").set_value("pt").run()
    page.button(key="settings_save").click().run()

    saved = services.settings.current()
    history = page.dataframe[-1].value
    assert (saved.version, saved.base_rate, saved.number_format) == (1, 0.03, "pt")
    assert saved.has_own_base_rate
    assert history["Who"].tolist() == ["ana"]
    measured = "measured in: Euribor 2,64 %, employment 3,7 %, consumer prices 3,30 %"
    assert history["What"].tolist() == [f"Base rate: 11.3 % → 3 % ({measured}); Number format: en → pt"]
    assert page.button(key="settings_save").disabled


def test_a_value_that_is_not_allowed_cannot_be_saved(open_section, services):
    page = open_section()

    number(page, "cost_of_call").set_value(81.0).run()

    assert "must not cost more" in page.error[0].value
    assert not page.button
    assert services.settings.history() == []


def test_what_is_hardly_meant_is_saved_once_somebody_says_that_it_is_right(open_section, services):
    page = open_section()

    number(page, "base_rate").set_value(0.01).run()
    number(page, "cost_of_call").set_value(80.0).run()

    assert page.warning[0].value == (
        "Of 100 calls 0.01 sold? That is one sale in 10,000 calls. "
        "A call costs 80 EUR and a sale brings 80 EUR? Then every call that does not sell loses money."
    )
    assert page.button(key="settings_save").disabled
    page.checkbox[-1].check().run()
    page.button(key="settings_save").click().run()
    assert services.settings.current().base_rate == 0.0001
    assert not page.warning


def test_another_doubtful_figure_is_asked_back_about_again(open_section):
    page = open_section()
    number(page, "base_rate").set_value(0.01).run()
    page.checkbox[-1].check().run()
    assert not page.button(key="settings_save").disabled

    number(page, "base_rate").set_value(70.0).run()

    assert page.warning[0].value == "Of 100 calls 70 sold? More than 60 is rare."
    assert page.button(key="settings_save").disabled


def test_whoever_comes_later_sees_who_changed_what_beside_their_own_and_overwrites_nothing(open_section, services):
    page = open_section()
    number(page, "value_of_sale").set_value(100.0).run()
    meanwhile(services, cost_of_call=5.0)

    page.button(key="settings_save").click().run()

    table = page.dataframe[0].value.set_index("Setting")
    assert page.warning[0].value.startswith("ben changed cost of call on 5 Jan 2026 at 09:00. Nothing of yours")
    assert table.loc["Cost of a call"].tolist() == ["8 EUR", "5 EUR", "8 EUR"]
    assert table.loc["Value of a sale"].tolist() == ["80 EUR", "80 EUR", "100 EUR"]
    assert page.button(key="settings_save").disabled
    assert services.settings.current().version == 1


def test_going_on_keeps_both_changes(open_section, services):
    page = open_section()
    number(page, "value_of_sale").set_value(100.0).run()
    meanwhile(services, cost_of_call=5.0)
    page.run()

    page.button(key="settings_merge").click().run()
    page.button(key="settings_save").click().run()

    saved = services.settings.current()
    assert (saved.version, saved.cost_of_call, saved.value_of_sale) == (2, 5.0, 100.0)


def test_dropping_shows_what_is_in_force(open_section, services):
    page = open_section()
    number(page, "value_of_sale").set_value(100.0).run()
    meanwhile(services, cost_of_call=5.0)
    page.run()

    page.button(key="settings_drop").click().run()

    assert (number(page, "value_of_sale").value, number(page, "cost_of_call").value) == (80, 5)
    assert not page.warning


def test_whoever_changed_nothing_sees_the_new_values_at_the_next_look(open_section, services):
    page = open_section()
    meanwhile(services, cost_of_call=5.0)

    page.run()

    assert number(page, "cost_of_call").value == 5
    assert not page.warning


def test_an_auditor_reads_settings_and_history_and_can_change_nothing(open_section, services):
    meanwhile(services, cost_of_call=5.0)

    page = open_section(role=Role.AUDITOR)

    values, history = (table.value for table in page.dataframe)
    assert values.set_index("Setting")["Value"]["Cost of a call"] == "5 EUR"
    assert history["What"].tolist() == ["Cost of a call: 8 EUR → 5 EUR"]
    assert not page.number_input
    assert not page.button
