"""What the next list says of leads the first line of the model page may not hold for."""

from types import SimpleNamespace

import pytest

from smartbank.core.expected_sales import SalesInterval
from smartbank.core.fields import CAMPAIGN_FIELDS
from smartbank.core.number_format import NUMBER_FORMATS
from smartbank.services.expecting import ListOutlook
from smartbank.ui import model_next_list, text
from smartbank.ui.model_next_list import doubt_sentence, lacks_history
from tests.model_cards import model_card

CARD = model_card(without_contact_history={"lift_20_month_mean": 1.07})


@pytest.fixture(autouse=True)
def english(monkeypatch):
    bank = SimpleNamespace(numbers=NUMBER_FORMATS["en"])
    monkeypatch.setattr(text, "bank_settings", lambda: bank)


def outlook(expected):
    """Return the outlook of a list that would bring 20 sales at random."""
    interval = SalesInterval(expected, 10, 60)
    return ListOutlook(leads=100, of=500, at_random=20.0, if_level_is_right=interval, as_months_differ=interval)


def missing(share):
    """Return the drift of leads with such a share of unknown values in each field on calls."""
    return SimpleNamespace(fields=[SimpleNamespace(name=field.name, missing=(0.0, share)) for field in CAMPAIGN_FIELDS])


def test_a_list_that_promises_too_much_is_told_by_months_not_seen():
    said = doubt_sentence(CARD, outlook(40.0), has_history=True)

    assert said.startswith("**If the level is right, go by 30 sales rather than 40.**")


def test_a_list_that_promises_less_is_never_told_to_promise_more():
    said = doubt_sentence(CARD, outlook(24.0), has_history=True)

    assert said.startswith("**The first line does not hold for these leads.** Their propensities say 1.20 times")
    assert "go by" not in said


@pytest.mark.parametrize("expected", [24.0, 30.0, 40.0])
def test_leads_nothing_is_known_of_go_by_what_such_leads_did(expected):
    said = doubt_sentence(CARD, outlook(expected), has_history=False)

    assert f"go by 21 sales rather than {expected:.0f}, if the level is right" in said


def test_a_list_as_good_as_months_not_seen_is_not_doubted():
    assert not doubt_sentence(CARD, outlook(30.0), has_history=True)


@pytest.mark.parametrize(("drift", "lacks"), [(missing(0.9), True), (missing(0.1), False), (None, False)])
def test_history_lacks_where_all_of_it_is_unknown_of_most_leads(monkeypatch, drift, lacks):
    monkeypatch.setattr(model_next_list, "drift_of", lambda _run: drift)

    assert lacks_history(None) is lacks
