from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from smartbank.core.bank_settings import BankSettings
from smartbank.core.customers import CustomerQuery
from smartbank.core.model_versions import TrainedModel
from smartbank.services.runs import RunSource, queue_run
from tests.actors import ANA
from tests.bank import EVERYONE
from tests.model_cards import PAST_GROUP, PRICE
from tests.stubs import StubScorer, model_with, stub_leads

NOW = datetime.now(UTC)
TWIN = "2026.2-10000001"
AGES = [*range(20, 30)] * 6 + [*range(60, 70)] * 6
"""60 leads under 30 and 60 of 60 and over; the stub puts the old first."""


@pytest.fixture
def measured(monkeypatch):
    """Have the card hold figures of fairness."""
    rare = PAST_GROUP | {"group": "40 to 49", "share_listed": 0.08, "ratio": 0.4}
    fairness = {"groups": {"age": [PAST_GROUP, rare]}, "without_age_and_marital": PRICE}
    bare = StubScorer.card.fget
    measured = property(lambda scorer: bare(scorer) | {"metrics": {"fairness": fairness}})
    monkeypatch.setattr(StubScorer, "card", measured)


def panel():
    import streamlit as st  # noqa: PLC0415  AppTest runs the function's body alone

    from smartbank.core.people import Actor, Role  # noqa: PLC0415
    from smartbank.ui.fairness import show_fairness  # noqa: PLC0415

    show_fairness(Actor("ana", Role(st.session_state.get("role", "manager")), "192.0.2.7"))


@pytest.fixture
def open_panel(on_services):
    def open_panel(*, role="manager", **query):
        page = AppTest.from_function(panel, default_timeout=30)
        page.session_state["role"] = role
        for name, value in query.items():
            page.query_params[name] = value
        page.run()
        assert not page.exception, page.exception
        return page

    return open_panel


def score(services, work, source=EVERYONE):
    run_id = queue_run(
        source, market="snapshot", by=ANA, queue=services.queue, audit=services.audit, now=datetime.now(UTC)
    )
    work()
    return run_id


@pytest.fixture
def run_id(services, work):
    services.settings.save(BankSettings(base_rate=0.2, value_of_sale=100.0), by="ana", at=NOW)
    leads = stub_leads(AGES).assign(job=pd.Series(["student"] * 30 + [None] * 90, dtype="str"))
    services.customers.save_many(leads, source={}, saved_at=NOW)
    return score(services, work)


def bar(services, customer_id):
    by_hand = {"kind": "edit", "name": "ana"}
    services.corrections.record_consent(customer_id, {"objected": "yes"}, version=1, source=by_hand, saved_at=NOW)


def said(page):
    parts = [*page.subheader, *page.markdown, *page.caption, *page.info, *page.warning]
    return " ".join(each.value for each in parts)


def groups(page):
    return page.dataframe[0].value.set_index("Group")


def test_without_a_run_the_panel_says_what_to_do_and_still_shows_the_price(open_panel, measured):
    page = open_panel()

    assert page.subheader[0].value == "There is no ranked list to look at yet."
    assert "Rank a whole file, or all customers" in said(page)
    assert "Without both, 23 of 1,026 buyers" in said(page)


def test_the_list_is_the_best_fifth_at_first_and_whom_it_takes_is_said_in_the_first_line(open_panel, run_id):
    page = open_panel()

    assert page.number_input(key="fair_length").value == 24
    assert page.subheader[0].value == (
        "The list takes 20.0 % of all leads: 40.0 % of the group 60 and over, and 0.0 % of the group under 30."
    )
    assert groups(page).loc["60 and over", ["Leads", "On the list", "Against all leads"]].tolist() == [
        *("60", "24", "2.00 times")
    ]
    assert "**Listed less than four fifths as often as all leads**: under 30." in said(page)
    assert "29 CFR 1607.4" in said(page)


def test_the_first_line_says_that_small_groups_are_left_aside(open_panel, services, work):
    services.customers.save_many(stub_leads([*AGES, 45]), source={}, saved_at=NOW)
    score(services, work)

    page = open_panel()

    assert page.subheader[0].value.endswith("of the group under 30; small groups aside.")


def test_a_link_opens_the_same_groups_and_length(open_panel, run_id):
    page = open_panel(fair_length="90", fair_by="Job")

    assert page.number_input(key="fair_length").value == 90
    assert groups(page)["Leads"].to_dict() == {"student": "30", "unknown": "90"}
    assert groups(page).loc["student", "Note"] == "small group"
    assert "Fewer than 50 leads, so their rates are mostly chance: student." in said(page)


@pytest.mark.parametrize("length", ["99999", "-1", "abc"])
def test_a_length_that_cannot_be_in_a_link_is_left_out(open_panel, run_id, length):
    assert open_panel(fair_length=length).number_input(key="fair_length").value == 24


def test_a_list_of_everybody_gets_shorter_with_whom_may_be_called(open_panel, services, run_id):
    page = open_panel()
    page.number_input(key="fair_length").set_value(120).run()
    assert set(groups(page)["Against all leads"]) == {"1.00 times"}
    bar(services, "lead-119")

    page.run()

    assert not page.exception
    assert page.number_input(key="fair_length").value == 119


def test_a_least_share_shows_its_cost_at_once_in_sales_and_money(open_panel, run_id):
    page = open_panel()
    page.multiselect(key="fair_shares_age").set_value(["under 30"]).run()
    assert "These shares cost nothing: the best 24 leads keep them already." in said(page)

    page.number_input(key="fair_least_age_0").set_value(50.0).run()

    best, with_shares, cost = (float(each.value) for each in page.metric)
    assert best - with_shares == pytest.approx(cost, abs=0.11)
    assert cost > 1
    assert "worth about " in said(page)
    assert " EUR: 12 of the best 24 leads give their places to others." in said(page)
    after = page.dataframe[1].value.set_index("Group")
    assert after[["Best list", "With these shares"]].to_numpy().tolist() == [["0", "12"], ["24", "12"]]


def test_a_link_opens_the_same_shares(open_panel, run_id):
    page = open_panel(fair_shares_age="under 30", fair_least_age_0="25", fair_most_age_0="30")

    assert page.dataframe[1].value["With these shares"].tolist() == ["6", "18"]


def test_a_largest_share_is_kept_too(open_panel, run_id):
    page = open_panel()
    page.multiselect(key="fair_shares_age").set_value(["60 and over"]).run()

    page.number_input(key="fair_most_age_4").set_value(75.0).run()

    assert page.dataframe[1].value["With these shares"].tolist() == ["6", "18"]


def test_shares_no_list_can_keep_get_a_sentence(open_panel, run_id):
    page = open_panel()
    page.multiselect(key="fair_shares_age").set_value(["under 30", "60 and over"]).run()
    page.number_input(key="fair_least_age_0").set_value(60.0).run()

    page.number_input(key="fair_least_age_4").set_value(60.0).run()

    assert page.warning[0].value == ("The least shares add up to 30 leads, and the list has 24. Lower one of them.")
    assert not page.metric


def test_who_may_not_be_called_is_not_on_the_list(open_panel, services, run_id):
    before = groups(open_panel())["Leads"].to_dict()
    bar(services, "lead-119")

    after = groups(open_panel())["Leads"].to_dict()

    assert (before["60 and over"], after["60 and over"]) == ("60", "59")


def test_a_selection_of_customers_is_passed_over(open_panel, services, work, run_id):
    score(services, work, RunSource.of_query(CustomerQuery(jobs=("student",)), "students"))

    assert groups(open_panel())["Leads"].tolist() == ["60", "60"]


def test_numbers_are_written_as_the_bank_writes_them(open_panel, services, run_id):
    services.settings.save(replace(services.settings.current(), number_format="de"), by="ana", at=NOW)

    assert groups(open_panel()).loc["60 and over", "Against all leads"] == "2,00 times"


def test_a_card_without_figures_says_so_twice(open_panel, run_id):
    page = open_panel()

    measured, alone, price = (each.value for each in page.info)
    assert measured == price
    assert "trained each model without" in alone
    assert "was trained before this was measured" in page.info[0].value


def test_a_card_with_figures_shows_past_groups_and_the_price(open_panel, measured, run_id, twin):
    page = open_panel()

    past, price = page.dataframe[1].value, page.dataframe[3].value.set_index("What")
    assert past.loc[0, ["Group", "Listed who bought", "Group: bought"]].tolist() == [
        *("under 30", "nobody listed", "28.3 %")
    ]
    assert price.loc["Buyers on the best 20 % of past months"].tolist() == ["1,026", "1,003"]
    assert price.loc["AUC within an unseen month, difference", "Without both"] == "+0.0035 (-0.0050 to +0.0127)"
    assert "cannot be told from chance" in said(page)
    assert "**Listed less than four fifths as often as all leads, then**: 40 to 49." in said(page)
    assert not page.info


class YoungFirst(StubScorer):
    """Stands for a twin that ranks otherwise than the model that knows both."""

    def margins(self, leads):
        return -super().margins(leads)


@pytest.fixture
def twin(services):
    scorer = YoungFirst(TWIN, twin_of="stub-1")
    services.shelf.models[TWIN] = model_with(scorer)
    services.registry.add(TrainedModel(TWIN, NOW, "ada", 0, 0))


def both_lists(page):
    return next(each.value for each in page.dataframe if "Listed without" in each.value.columns).set_index("Group")


def test_the_cost_of_leaving_both_out_is_said_at_once_for_the_list_at_hand(open_panel, run_id, twin):
    page = open_panel()

    known, unknown, cost = (float(each.value) for each in page.metric)
    assert known - unknown == pytest.approx(cost, abs=0.11)
    assert cost > 1
    assert "24 of the best 24 leads give their places to others" in said(page)
    assert both_lists(page)[["Listed with both", "Listed without"]].to_numpy().tolist() == [["0", "24"], ["24", "0"]]
    page.number_input(key="fair_length").set_value(120).run()
    assert "On this list nothing changes: the best 120 leads are the same." in said(page)


def test_a_manager_sees_the_cost_and_no_switch(open_panel, run_id, twin):
    assert "switch_fields" not in [button.key for button in open_panel().button]


def test_an_administrator_switches_with_a_reason_and_back(open_panel, services, run_id, twin):
    page = open_panel(role="admin")
    page.button(key="switch_fields").click().run()
    assert page.error[0].value.startswith("Say why")
    assert services.scorer.version == "stub-1"

    page.text_input(key="switch_fields_reason").set_value("The board decided so.")
    page.button(key="switch_fields").click().run()

    assert not page.exception
    assert page.success[0].value.startswith("From now on leads are ranked **without age and marital status**.")
    assert services.scorer.version == TWIN
    assert f"Leads are ranked **without age and marital status** now, by model {TWIN}." in said(page)
    assert page.button(key="switch_fields").label == "Rank with both again"
    assert both_lists(page)[["Listed with both", "Listed without"]].to_numpy().tolist() == [["0", "24"], ["24", "0"]]


def test_a_model_that_was_trained_alone_says_why_there_is_no_switch(open_panel, run_id):
    page = open_panel(role="admin")

    assert "trained before SmartBank trained each model without" in said(page)
    assert "switch_fields" not in [button.key for button in page.button]
