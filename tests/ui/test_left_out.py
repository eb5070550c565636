"""Who was not scored, on the page of ranked leads."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from smartbank.core.call_rules import CallRule, RuleKind
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Role
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.runs import queue_run
from tests.actors import ANA
from tests.bank import EVERYONE
from tests.stubs import stub_leads

NOW = datetime.now(UTC)


def called(services, customer, outcome=OutcomeKind.NO_ANSWER, *, days=0.1):
    at = datetime.now(UTC) - timedelta(days=days)
    services.outcomes.record(Outcome(customer, at, outcome, "some run", 0.1, 0.1))


@pytest.fixture
def rank(services, work):
    """Return a function that stores customers, the first of whom objected, and ranks everybody."""

    def rank(number=5, *, objected=1):
        marks = pd.Series(["yes"] * objected + [None] * (number - objected), dtype="str")
        leads = stub_leads([30] * number).assign(objected=marks, name=[f"Ana {at}" for at in range(number)])
        services.customers.save_many(leads, source=DEMO_SOURCE, saved_at=NOW)
        about = {"queue": services.queue, "audit": services.audit, "by": ANA, "now": datetime.now(UTC)}
        run_id = queue_run(EVERYONE, market="snapshot", **about)
        work()
        return run_id

    return rank


def lines(page):
    assert not page.exception
    return [caption.value for caption in page.caption if "→" in caption.value]


def opened(page):
    page.session_state["left_out_who"] = True
    page.run()
    assert not page.exception
    return page


def who(page):
    table = next(table.value for table in page.dataframe if "Why" in table.value)
    return dict(zip(table["Customer"], table["Why"], strict=True))


def test_a_line_leads_from_the_customers_to_those_scored(open_page, services, rank):
    called(services, "lead-1")
    rank()

    page = open_page("leads.py")

    assert lines(page) == ["5 customers → 1 objected to calls → 1 called within the last 3 days → 3 scored."]


def test_without_anybody_left_out_there_is_no_line(open_page, rank):
    rank(3, objected=0)

    page = open_page("leads.py")

    assert lines(page) == []
    assert not [each for each in page.expander if each.label == "Who was left out"]


def test_where_only_consent_left_somebody_out_nobody_is_listed(open_page, rank):
    rank()

    page = open_page("leads.py")

    assert lines(page) == ["5 customers → 1 objected to calls → 4 scored."]
    assert not [each for each in page.expander if each.label == "Who was left out"]


def test_who_was_left_out_is_read_and_listed_only_when_it_is_opened(open_page, services, rank, monkeypatch):
    called(services, "lead-1")
    rank()
    load, asked = services.frames.load, []
    monkeypatch.setattr(services.frames, "load", lambda owner, **more: asked.append(owner) or load(owner, **more))

    page = open_page("leads.py")
    before = [owner for owner in asked if owner.endswith(":left-out")]

    assert (before, who(opened(page))) == ([], {"lead-1": "called within the last 3 days"})


def test_whom_each_rule_left_out_is_listed_with_name_and_reason(open_page, services, rank):
    called(services, "lead-1")
    called(services, "lead-2", OutcomeKind.SUBSCRIBED)
    called(services, "lead-3", OutcomeKind.CALLBACK, days=10)
    rank()

    page = opened(open_page("leads.py"))

    assert who(page) == {
        "lead-1": "called within the last 3 days",
        "lead-2": "bought within the last 365 days",
        "lead-3": "waiting for a call-back",
    }
    table = next(table.value for table in page.dataframe if "Why" in table.value)
    assert table["Name"].tolist() == ["Ana 1 (demo)", "Ana 2 (demo)", "Ana 3 (demo)"]


def test_choosing_a_rule_shows_whom_that_one_left_out(open_page, services, rank):
    for number in (1, 2):
        called(services, f"lead-{number}")
    called(services, "lead-3", OutcomeKind.CALLBACK, days=10)
    rank()
    page = opened(open_page("leads.py"))
    choice = page.selectbox(key="left_out_rule")
    assert choice.options == ["All rules", "1 waiting for a call-back", "2 called within the last 3 days"]

    choice.set_value("cool_down").run()

    assert set(who(page)) == {"lead-1", "lead-2"}


def test_the_list_has_pages_of_a_hundred(open_page, services, rank):
    for number in range(1, 121):
        called(services, f"lead-{number}")
    rank(130)

    page = opened(open_page("leads.py"))

    assert len(who(page)) == 100
    assert any(caption.value == "Rows 1 to 100 of 120" for caption in page.caption)


def test_a_segment_is_named_as_its_rule_was_when_the_run_was_made(open_page, services, rank):
    name = "[Under] 40 *old*"
    segment = CallRule("segment-1", RuleKind.SEGMENT, name, segment_field="age", low=17, high=39)
    saved = services.rules.save(services.rules.current().with_rule(segment), by="ada", at=NOW)
    called(services, "lead-4")
    services.customers.save_many(stub_leads([30] * 6).tail(1).assign(age=50.0), source=DEMO_SOURCE, saved_at=NOW)
    rank_again = rank(5)
    services.rules.save(saved.with_rule(replace(segment, name="Other")), by="ada", at=NOW)

    page = opened(open_page("leads.py", run=rank_again))

    assert who(page)["lead-1"] == f"in “{name}”"
    assert lines(page) == [
        "6 customers → 1 objected to calls → 1 called within the last 3 days → "
        "3 in “\\[Under\\] 40 \\*old\\*” → 1 scored."
    ]


def test_an_auditor_sees_who_was_left_out_too(open_page, services, rank):
    called(services, "lead-1")
    rank()

    assert set(who(opened(open_page("leads.py", role=Role.AUDITOR)))) == {"lead-1"}


def test_a_customer_who_was_removed_since_is_listed_by_id(open_page, services, rank):
    called(services, "lead-1")
    rank()
    services.corrections.delete(["lead-1"])

    page = opened(open_page("leads.py"))

    table = next(table.value for table in page.dataframe if "Why" in table.value)
    assert table["Name"].tolist() == ["lead-1"]
