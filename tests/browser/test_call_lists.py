"""From ranked leads to a released list, its calls and its results, as a manager and an agent do it."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PASSWORD, serious_violations, sign_in, wait_until_drawn, wait_until_signed_in
from tests.start.processes import ROOT

PREPARE = """
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from smartbank.bootstrap import hash_password, open_services
from smartbank.config import Settings
from smartbank.core.calling_hours import CallingHours
from smartbank.core.people import Role, User

folder, port, password = sys.argv[1:]
now = datetime.now(UTC)
with open_services(Settings(var_dir=Path(folder), port=int(port))) as services:
    services.users.add(User("caller", Role.AGENT, hash_password(password), created_at=now))
    always = CallingHours(tuple(range(7)), 0, 24 * 60, on_holidays=True)
    services.rules.save(replace(services.rules.current(), hours=always), by="test", at=now)
"""


@pytest.fixture
def agent(smartbank):
    """An agent who may sign in, and calls at any hour."""
    arguments = [sys.executable, "-c", PREPARE, str(smartbank.folder), str(smartbank.port), PASSWORD]
    subprocess.run(arguments, cwd=ROOT, check=True)
    return "caller"


def headline(page):
    return page.get_by_role("heading", level=1)


def narrow(page):
    """Whether the page fits its screen."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_list_is_planned_released_called_judged_and_ended(signed_in, open_page, address, agent):
    manager = signed_in
    manager.goto(f"{address}/call_lists?plan_agents=caller&plan_hours=1&plan_minutes=6&plan_control=20")
    expect(headline(manager)).to_contain_text("1 agent × 1 h = 10 calls", timeout=60_000)
    manager.get_by_label("Name of the list").fill("Browser list")
    manager.get_by_label("Name of the list").press("Enter")
    expect(manager.get_by_text("Release “Browser list”")).to_be_visible()
    manager.get_by_text("I have looked at it").click()
    manager.get_by_role("button", name="Release the list").click()
    expect(headline(manager)).to_have_text("Browser list: 0 calls made, 0 sold, 10 customers left.", timeout=60_000)
    assert serious_violations(manager) == []

    phone = open_page(viewport={"width": 390, "height": 844})
    phone.goto(f"{address}/my_calls")
    sign_in(phone, agent)
    expect(headline(phone)).to_contain_text("Next: ", timeout=60_000)
    first = headline(phone).inner_text()
    assert narrow(phone)
    assert serious_violations(phone) == []
    phone.wait_for_timeout(1_200)  # a button pressed within a second of a new customer counts as a double click
    phone.get_by_role("button", name="Subscribed").click()
    expect(headline(phone)).not_to_have_text(first)
    wait_until_drawn(phone)
    second = headline(phone).inner_text()
    phone.wait_for_timeout(1_200)
    phone.keyboard.press("2")
    expect(headline(phone)).not_to_have_text(second)

    manager.goto(f"{address}/results")
    expect(headline(manager)).to_contain_text("1 of 10 customers bought so far.", timeout=60_000)
    manager.get_by_role("button", name="All sales up to now are in").click()
    expect(headline(manager)).to_contain_text(re.compile("calling", re.IGNORECASE))
    expect(manager.get_by_text("Noted: all sales of customers")).to_be_visible()
    assert serious_violations(manager) == []

    manager.goto(f"{address}/call_lists?section=Released+lists")
    expect(headline(manager)).to_have_text("Browser list: 2 calls made, 1 sold, 8 customers left.", timeout=60_000)
    manager.get_by_text("End this list").click()
    manager.get_by_text("End it", exact=True).click()
    manager.get_by_role("button", name="End the list").click()
    expect(headline(manager)).to_contain_text("has ended", timeout=60_000)
    phone.reload()
    wait_until_signed_in(phone)
    expect(headline(phone)).not_to_contain_text("Next: ", timeout=60_000)
