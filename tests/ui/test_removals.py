"""A removal is seen through to its end, also by who loads the page again meanwhile."""

from datetime import UTC, datetime

import pytest

from smartbank.core.inbox import sentence
from smartbank.core.people import Actor, Role
from smartbank.services.removals import queue_demo_removal
from tests.actors import ANA
from tests.stubs import stub_leads

DEMO = {"kind": "demo", "synthetic": True}


@pytest.fixture
def removal(services):
    services.customers.save_many(stub_leads([30, 60]), source=DEMO, saved_at=datetime.now(UTC))

    def removal(by=ANA):
        return queue_demo_removal(by=by, queue=services.queue, audit=services.audit, now=datetime.now(UTC))

    return removal


@pytest.mark.parametrize(("script", "query"), [("overview.py", {}), ("leads.py", {"view": "Bring customers in"})])
def test_a_page_loaded_again_shows_the_removal_and_then_what_came_of_it(open_page, work, removal, script, query):
    work_id = removal()

    page = open_page(script, **query)
    assert page.button(key=f"cancel_{work_id}")
    work()
    page.run()

    assert page.success[0].value == "The demo data is gone: 2 customers removed."


def test_the_removal_of_somebody_else_does_not_stand_in_the_way(open_page, removal):
    work_id = removal(Actor("ben", Role.MANAGER, "192.0.2.9"))

    page = open_page("overview.py")

    assert f"cancel_{work_id}" not in [button.key for button in page.button]
    assert page.button(key="remove_demo")


def test_the_inbox_says_what_was_removed_and_how_many(services, work, removal):
    removal()
    work()

    (message,) = services.inbox.newest("ana")
    assert sentence(message) == "The demo data is gone: 2 customers removed."
