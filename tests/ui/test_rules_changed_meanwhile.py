"""Two administrators change the rules at once: nobody loses anything unseen."""

from dataclasses import replace

import pytest

from tests.ui.rules_section import NINE, meanwhile, number, save, section_of, services

__all__ = ["services"]


@pytest.fixture
def open_rules(open_page):
    return section_of(open_page)


def test_whoever_comes_later_sees_who_changed_what_beside_their_own_and_overwrites_nothing(open_rules, services):
    page = open_rules()
    number(page, "cool_down_days").set_value(9).run()
    meanwhile(services, days=5)

    page.button(key="rules_save").click().run()

    table = page.dataframe[0].value.set_index("Rule")
    assert page.warning[0].value.startswith("ben changed Called lately on 5 Jan 2026, 09")
    assert table.loc["Called lately"].tolist() == ["on, 3 days", "on, 5 days", "on, 9 days"]
    assert page.button(key="rules_save").disabled
    assert (services.rules.current().version, services.rules.current().rule("cool_down").days) == (1, 5)


def test_of_two_who_save_at_the_same_moment_the_second_is_told(open_rules, services, monkeypatch):
    page = open_rules()
    number(page, "attempts_limit").set_value(5).run()
    save_first, current = services.rules.save, services.rules.current

    def beaten(book, **about):
        monkeypatch.setattr(services.rules, "save", save_first)
        save_first(current().with_rule(replace(current().rule("cool_down"), days=5)), by="ben", at=NINE)
        return save_first(book, **about)

    monkeypatch.setattr(services.rules, "save", beaten)
    save(page)

    assert page.warning[0].value.startswith("ben changed Called lately")
    assert number(page, "attempts_limit").value == 5
    assert (current().version, current().rule("attempts").limit) == (1, 10)


def test_going_on_keeps_both_changes(open_rules, services):
    page = open_rules()
    number(page, "attempts_limit").set_value(5).run()
    page.toggle(key="rule_cool_down_on").set_value(False).run()
    meanwhile(services, days=5)
    page.run()

    page.button(key="rules_merge").click().run()
    save(page)

    saved = services.rules.current()
    assert (saved.version, saved.rule("attempts").limit) == (2, 5)
    assert (saved.rule("cool_down").on, saved.rule("cool_down").days) == (False, 5)


def test_dropping_shows_what_is_in_force(open_rules, services):
    page = open_rules()
    number(page, "attempts_limit").set_value(5).run()
    meanwhile(services, days=5)
    page.run()

    page.button(key="rules_drop").click().run()

    assert (number(page, "attempts_limit").value, number(page, "cool_down_days").value) == (10, 5)
    assert not page.warning


def test_whoever_changed_nothing_sees_the_new_values_at_the_next_look(open_rules, services):
    page = open_rules()
    meanwhile(services, days=5)

    page.run()

    assert number(page, "cool_down_days").value == 5
    assert not page.warning
