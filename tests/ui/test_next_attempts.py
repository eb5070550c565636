from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from smartbank.core.bank_settings import BankSettings
from smartbank.services.runs import queue_run
from tests.actors import ANA
from tests.bank import EVERYONE
from tests.stubs import StubScorer, stub_leads


class EachCallCosts(StubScorer):
    """Takes half a log-odds for each attempt."""

    def margins(self, leads):
        return super().margins(leads) - 0.5 * np.nan_to_num(leads["attempt"].to_numpy(dtype=float))


@pytest.fixture
def services(services):
    services.shelf.models["stub-1"] = replace(services.shelf.models["stub-1"], scorer=EachCallCosts())
    return services


@pytest.fixture
def open_attempts(open_page, services, work):
    def open_attempts(*, age=40, attempt=2.0, cost=8.0, contact="cellular"):
        services.settings.save(BankSettings(base_rate=0.3, cost_of_call=cost), by="ana", at=datetime.now(UTC))
        leads = stub_leads([age, 30, 50]).assign(attempt=[attempt, 1.0, 1.0], contact=contact)
        services.customers.save_many(leads, source={}, saved_at=datetime.now(UTC))
        about = {"queue": services.queue, "audit": services.audit, "by": ANA, "now": datetime.now(UTC)}
        queue_run(EVERYONE, market="snapshot", **about)
        work()
        page = open_page("customer.py", customer="lead-0", section="Next attempts")
        assert not page.exception
        return page

    return open_attempts


def test_this_call_and_the_next_two_are_shown_with_what_each_is_worth(open_attempts, services):
    table = open_attempts().dataframe[0].value

    stored = services.predictions.history("lead-0")[0]["propensity"]
    assert table["Attempt"].tolist() == ["2", "3", "4"]
    assert table["Propensity"].tolist()[0] == f"{100 * stored:.1f} %"
    assert table["Expected profit"].tolist()[0] == f"{stored * 80 - 8:.2f} EUR"
    shares = [float(text.removesuffix(" %")) for text in table["Propensity"]]
    assert shares == sorted(shares, reverse=True)


def test_it_says_after_which_call_to_stop(open_attempts):
    page = open_attempts(age=60)

    assert page.subheader[0].value.startswith("Stop after attempt ")
    assert any("it pays from 10.0 % on" in text.value for text in page.markdown)


def test_not_even_the_next_call_may_pay(open_attempts):
    assert open_attempts(cost=79.0).subheader[0].value == "Not even the next call is expected to pay."


def test_every_call_may_pay(open_attempts):
    assert open_attempts(cost=0.01).subheader[0].value == "Every call up to attempt 13 is expected to pay."


def test_an_unknown_number_of_calls_is_said(open_attempts):
    page = open_attempts(attempt=float("nan"))

    assert "not known how often this customer was called" in page.info[0].value


def test_the_smallest_change_that_makes_a_call_pay_is_said_first(open_attempts):
    page = open_attempts(contact="telephone")

    said = next(text.value for text in page.markdown if "instead of" in text.value)
    assert said.startswith("Call on a mobile phone: ")
    assert said.endswith("From 10.0 % on a call pays.")
    table = page.dataframe[1].value
    assert table["What"].tolist()[-1] == "Call on a mobile phone and call on a Wednesday"
    assert len(table) == 5


def test_there_may_be_nothing_the_bank_can_do(open_attempts):
    page = open_attempts(cost=70.0)

    assert any(text.value.startswith("There is nothing the bank can do") for text in page.markdown)


def test_a_call_that_pays_needs_no_change(open_attempts):
    page = open_attempts(age=60, cost=1.0)

    assert any(text.value.startswith("A call pays already") for text in page.markdown)
