from datetime import UTC, datetime

import pytest

from smartbank.core.people import Role, User
from smartbank.services.runs import queue_run
from tests.actors import ANA, put_user
from tests.bank import EVERYONE
from tests.stubs import stub_leads

NOW = datetime.now(UTC)


@pytest.fixture
def plan(services, work, open_page):
    """Sixty customers, every second one with a number: a function that opens the plan of a list of them."""
    numbers = [None if place % 2 else f"+442079460{place:03}" for place in range(60)]
    leads = stub_leads(list(range(20, 80))).assign(phone=numbers)
    services.customers.save_many(leads, source={"synthetic": False}, saved_at=NOW)
    queue_run(EVERYONE, market="snapshot", queue=services.queue, audit=services.audit, by=ANA, now=NOW)
    work()
    return lambda: open_page("call_lists.py", plan_hours="2", plan_minutes="6", plan_number="1")


def steps(page):
    assert not page.exception
    return next(each.value for each in page.caption if "ranked →" in each.value)


def test_for_agents_who_has_no_number_is_left_out_and_counted(plan, services):
    put_user(services.users, User("eva", Role.AGENT, "no hash", created_at=NOW))

    page = plan()

    assert page.checkbox(key="plan_numbers").value
    assert "60 leads ranked → 30 without a phone number → 30 may be called" in steps(page)
    assert not page.warning


def test_for_calls_made_elsewhere_the_plan_and_the_release_say_how_many_have_none(plan):
    page = plan()

    assert not page.checkbox(key="plan_numbers_elsewhere").value
    said = page.warning[0].value
    lacking = int(said.split(" ", 1)[0])
    assert said.endswith(
        "have no phone number in SmartBank, so their calls can only be made with numbers from elsewhere."
    )
    assert any(f"**{lacking} of them have no phone number.**" in each.value for each in page.markdown)

    page.checkbox(key="plan_numbers_elsewhere").check().run()

    assert "30 without a phone number" in steps(page)
    assert not page.warning
