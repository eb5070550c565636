"""Leads who share a number with many others are counted where they are taken away and where a list is planned."""

from datetime import UTC, datetime

import pytest

from smartbank.services.runs import queue_run
from tests.actors import ANA
from tests.bank import EVERYONE
from tests.stubs import stub_leads

NOW = datetime.now(UTC)
SHARE = "share a phone number with 5 or more others of them"


@pytest.fixture
def rank(services, work):
    """Rank sixty customers, of whom the youngest ten share a number: a function of whether they are made up."""

    def rank(*, synthetic=False):
        numbers = ["+351210000001"] * 10 + [f"+3519123456{place}" for place in range(10, 60)]
        leads = stub_leads(list(range(20, 80))).assign(phone=numbers)
        services.customers.save_many(leads, source={"synthetic": synthetic}, saved_at=NOW)
        about = {"queue": services.queue, "audit": services.audit, "by": ANA, "now": NOW}
        queue_run(EVERYONE, market="snapshot", **about)
        work()

    return rank


def said(page):
    assert not page.exception
    return [each.value.partition(SHARE)[0] for each in (*page.caption, *page.warning) if SHARE in each.value]


@pytest.mark.parametrize(
    ("best", "expected"),
    [
        ("0", [":material/phone_forwarded: 10 of the 60 leads "]),
        ("56", [":material/phone_forwarded: 6 of the 56 leads "]),
        ("55", []),
    ],
)
def test_beside_the_exports_those_chosen_are_counted_among_themselves(rank, open_page, best, expected):
    rank()

    assert said(open_page("leads.py", best=best)) == expected


def test_the_plan_counts_those_to_call(rank, open_page):
    rank()

    no_draw = {"plan_minutes": "6", "plan_number": "1", "plan_control": "0", "plan_exploration": "0"}
    every = open_page("call_lists.py", plan_hours="10", **no_draw)
    few = open_page("call_lists.py", plan_hours="2", **no_draw)

    assert said(every) == ["10 of the 60 customers to call "]
    assert said(few) == []


def test_made_up_numbers_of_demo_customers_are_not_spoken_of(rank, open_page):
    rank(synthetic=True)

    assert said(open_page("leads.py")) == []
