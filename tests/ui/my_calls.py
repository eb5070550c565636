"""An agent's calls on the screen, for the tests of the page."""

from datetime import timedelta

import pytest

from smartbank.core.people import Actor, Role, User
from smartbank.ui import outcome_buttons
from tests.actors import put_user
from tests.ui import list_page as lists

ranked, release = lists.ranked, lists.release
NOW = lists.NOW
AGENT = Actor("ana", Role.AGENT, "192.0.2.7")


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    """Calls are made as quickly as a test presses."""
    monkeypatch.setattr(outcome_buttons, "TOO_QUICK", timedelta(0))


@pytest.fixture
def mine(services, release):
    """Return a function that releases a list to call by ana, who is an agent."""

    def mine(name="Monday", **more):
        put_user(services.users, User("ana", Role.AGENT, "no hash", created_at=NOW))
        return release(name, agents=("ana",), **more)

    return mine


@pytest.fixture
def open_calls(open_page, services):
    def open_calls(role=Role.AGENT):
        page = open_page("my_calls.py", role=role)
        assert not page.exception
        return page

    return open_calls


def called(services, list_id):
    entries = services.frames.load(f"list:{list_id}").query("place > 0").sort_values("place")
    return entries["customer_id"].tolist()


def press(page, kind):
    """Press a button of the call on the screen, and return the page after it."""
    button = next(each for each in page.button if str(each.key).startswith(f"outcome_{kind}_"))
    button.click().run()
    assert not page.exception
    return page


def keys(page):
    return {str(button.key) for button in page.button}


def outcomes(services, list_id):
    return [(each.customer_id, str(each.outcome)) for each in services.outcomes.of_list(list_id)]


def texts(page):
    return [each.value for kind in ("markdown", "caption", "info", "warning", "header") for each in page.get(kind)]
