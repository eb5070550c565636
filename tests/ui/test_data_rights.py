"""What a customer may ask for, on their page."""

import json
from dataclasses import replace

import pytest

from smartbank.core.people import Role
from smartbank.core.score_purpose import SCORE_PURPOSE
from smartbank.errors import ForbiddenError, SignInError
from smartbank.ui import data_rights


@pytest.fixture
def taken(monkeypatch):
    """Return the files offered on the page, as they are made when somebody takes them."""
    offered = []

    def download_button(_label, content, name, *_args, **_more):
        offered.append((name, content))

    monkeypatch.setattr(data_rights.st, "download_button", download_button)
    return offered


def test_a_manager_takes_everything_kept_of_a_customer(open_page, three_ranked, services, taken):
    open_page("customer.py", customer="lead-1")

    ((name, content),) = taken
    assert name.startswith("customer-data-")
    assert json.loads(content())["Customer id"] == "lead-1"
    assert services.audit.kept[-1].event.action == "give_access"


def test_whoever_lost_the_right_since_the_page_was_drawn_takes_no_file(open_page, three_ranked, services, taken):
    open_page("customer.py", customer="lead-1")
    ((_, content),) = taken

    now = services.users.find("ana")
    services.users.change(now, replace(now, role=Role.AGENT))

    with pytest.raises(ForbiddenError):
        content()
    assert services.audit.kept[-1].event.result == "refused"


def test_whoever_is_signed_out_since_the_page_was_drawn_takes_no_file(open_page, three_ranked, services, taken):
    open_page("customer.py", customer="lead-1")
    ((_, content),) = taken

    services.users.end_sessions_of("ana")

    with pytest.raises(SignInError, match="signed out"):
        content()


def test_an_agent_is_offered_no_file(open_page, three_ranked, taken):
    open_page("customer.py", customer="lead-1", role=Role.AGENT)

    assert taken == []


@pytest.mark.parametrize(
    ("script", "query"),
    [("customer.py", {"customer": "lead-1"}), ("leads.py", {}), ("model.py", {"section": "Card"})],
)
def test_where_a_propensity_is_shown_it_is_said_what_it_is_not_for(open_page, three_ranked, script, query):
    page = open_page(script, **query)

    assert any(SCORE_PURPOSE in text.value for text in [*page.caption, *page.markdown])
