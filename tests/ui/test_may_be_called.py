"""Who must not be called shows no score where customers are listed, but why not."""

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.people import Role
from smartbank.services.runs import RunSource, queue_run
from tests.actors import ANA
from tests.stubs import stub_leads

FILE = {"kind": "upload", "name": "x.csv"}
NOW = datetime.now(UTC)


@pytest.fixture
def ranked(services, work):
    """Three customers who were ranked, of whom the one most likely to buy has objected since."""
    leads = stub_leads([30, 60, 40]).assign(name=["Ana Silva", "Bea Silva", "Eva Silva"])
    services.customers.save_many(leads, source=FILE, saved_at=NOW)
    source = RunSource.of_query(CustomerQuery(), "all customers")
    queue_run(source, market="snapshot", by=ANA, queue=services.queue, audit=services.audit, now=NOW)
    work()
    services.customers.save_many(leads.iloc[[1]].assign(objected="yes"), source=FILE, saved_at=NOW)


def listed(page):
    return page.dataframe[0].value


def require_consent(services):
    services.settings.save(replace(services.settings.current(), require_consent=True), by="ana", at=NOW)


@pytest.mark.usefixtures("ranked")
def test_stored_customers_say_who_may_be_called_and_score_nobody_else(open_page):
    page = open_page("leads.py", view="Stored customers")

    table = listed(page).set_index("Customer")
    assert table["May be called"].to_dict() == {"lead-0": "yes", "lead-1": "objected", "lead-2": "yes"}
    assert pd.isna(table.loc["lead-1", ["Latest propensity", "Band"]]).all()
    assert table.loc[["lead-0", "lead-2"], ["Latest propensity", "Band"]].notna().all(axis=None)
    assert page.button(key="rank_found").label == "Rank these 2 customers"
    assert any("1 of 3 customers may not be called" in caption.value for caption in page.caption)


@pytest.mark.usefixtures("ranked")
def test_search_hits_say_who_may_be_called_and_show_no_band_of_others(open_page):
    page = open_page("customer.py", role=Role.AGENT, customer="silva")

    table = listed(page).set_index("Customer")
    assert table["May be called"].tolist() == ["yes", "objected", "yes"]
    assert table["Band"].isna().tolist() == [False, True, False]


@pytest.mark.usefixtures("ranked")
@pytest.mark.parametrize(
    ("chosen", "found"), [("Any", ["lead-0", "lead-1", "lead-2"]), ("Yes", ["lead-0", "lead-2"]), ("No", ["lead-1"])]
)
def test_who_may_be_called_is_a_filter_in_the_address(open_page, chosen, found):
    page = open_page("leads.py", view="Stored customers", callable=chosen)

    assert page.selectbox(key="callable").value == chosen
    assert listed(page)["Customer"].tolist() == found


@pytest.mark.usefixtures("ranked")
def test_nobody_is_ranked_of_those_who_may_not_be_called(open_page):
    page = open_page("leads.py", view="Stored customers", callable="No")

    assert "rank_found" not in [button.key for button in page.button]


@pytest.mark.usefixtures("ranked")
def test_by_band_nobody_is_found_who_may_not_be_called(open_page, services):
    band = services.frames.load("latest").set_index("customer_id").loc["lead-1", "band"]

    page = open_page("leads.py", view="Stored customers", bands=band)
    assert "lead-1" not in [each for table in page.dataframe for each in table.value["Customer"]]

    page = open_page("leads.py", view="Stored customers", bands=band, callable="No")
    assert page.title[0].value == "0 customers found."


@pytest.mark.usefixtures("ranked")
def test_all_who_may_be_called_are_ranked_as_everybody_is(open_page, work):
    page = open_page("leads.py", view="Stored customers", callable="Yes")

    page.button(key="rank_found").click().run()
    work()
    page.run()

    assert page.title[0].value.startswith("2 leads: ")
    assert any("3 customers → 1 objected to calls → 2 scored" in caption.value for caption in page.caption)


@pytest.mark.usefixtures("ranked")
def test_where_consent_is_required_who_gave_none_is_said_to_lack_it(open_page, services):
    require_consent(services)

    page = open_page("leads.py", view="Stored customers")

    assert listed(page)["May be called"].tolist() == ["no consent", "objected", "no consent"]
    assert listed(page)["Latest propensity"].isna().all()


@pytest.mark.usefixtures("ranked")
@pytest.mark.parametrize("chosen", ["Any", "Yes"])
def test_an_objection_holds_in_the_list_at_the_next_click(open_page, services, chosen):
    page = open_page("leads.py", view="Stored customers", callable=chosen)
    services.customers.save_many(
        stub_leads([30]).assign(name="Ana Silva", do_not_call="yes"), source=FILE, saved_at=NOW
    )

    page.run()

    said = listed(page).set_index("Customer")["May be called"].to_dict()
    assert said.get("lead-0") == ("do not call" if chosen == "Any" else None)
    assert said["lead-2"] == "yes"
