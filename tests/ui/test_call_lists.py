import re
from datetime import UTC, datetime

import streamlit as st

from smartbank.core.bank_settings import BankSettings
from smartbank.core.call_lists import ListState
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Role
from tests.ui.list_page import NOW, agents, ranked, release

__all__ = ["agents", "ranked", "release"]


def test_without_ranked_leads_there_is_nobody_to_plan_a_list_of(open_page):
    page = open_page("call_lists.py")

    assert page.title[0].value == "There is nobody to plan a list of yet."


def test_the_first_line_says_how_many_calls_there_are_and_what_they_bring(open_page, ranked):
    page = open_page("call_lists.py", plan_number="2", plan_hours="1", plan_minutes="6")

    assert page.title[0].value.startswith("2 agents × 1 h = 20 calls: ")
    assert " sales expected (" in page.title[0].value
    assert page.title[0].value.endswith("at random.")
    left_out = next(each.value for each in page.caption if "ranked →" in each.value)
    assert left_out == "60 leads ranked → 60 may be called → 20 called → 1 on the list and not called."


def test_more_hours_than_customers_are_said_to_be_so(open_page, ranked):
    page = open_page("call_lists.py", plan_number="10", plan_hours="5", plan_minutes="6")

    said = page.title[0].value

    assert said.startswith("10 agents × 5 h = 500 calls, for which there are ")
    assert re.search(r"there are \d\d customers: ", said)


def test_each_control_changes_the_plan(open_page, ranked):
    page = open_page("call_lists.py", plan_number="2", plan_hours="1", plan_minutes="6")

    for key, value, said in (
        ("plan_number", 3, "3 agents × 1 h = 30 calls"),
        ("plan_hours", 0.5, "3 agents × 0.5 h = 15 calls"),
        ("plan_minutes", 3.0, "3 agents × 0.5 h = 30 calls"),
        ("plan_days", 2, "3 agents × 0.5 h × 2 days = "),
    ):
        page.number_input(key=key).set_value(value).run()
        assert page.title[0].value.startswith(said)
    page.number_input(key="plan_control").set_value(20.0).run()
    assert any("on the list and not called" in each.value for each in page.caption)
    page.number_input(key="plan_control").set_value(0.0).run()
    assert not any("on the list and not called" in each.value for each in page.caption)
    page.number_input(key="plan_exploration").set_value(50.0).run()
    assert not page.exception


def test_a_plan_is_the_same_for_everybody_until_a_list_is_released(open_page, ranked, release, services):
    choices = {"plan_hours": "1", "plan_minutes": "6", "plan_number": "1", "plan_exploration": "50"}

    def looked_at():
        page = open_page("call_lists.py", **choices)
        return page.title[0].value, [tile.value for tile in page.metric]

    seen, of_a_colleague = looked_at(), looked_at()

    assert seen == of_a_colleague
    services.lists.free(release(calls=2))
    assert looked_at() != seen, "the next list is drawn anew"


def test_a_list_of_calls_that_pay_is_shorter(open_page, ranked, services):
    services.settings.save(BankSettings(cost_of_call=30.0), by="ana", at=NOW)
    page = open_page("call_lists.py", plan_number="6", plan_hours="1", plan_minutes="6")
    every = int(page.title[0].value.split(" = ")[1].split(" ")[0])

    page.selectbox(key="plan_aim").set_value("Only calls that pay").run()

    assert int(re.search(r"there are (\d+) customers", page.title[0].value)[1]) < every


def test_a_list_that_cannot_be_says_what_to_change(open_page, ranked, services):
    services.settings.save(BankSettings(cost_of_call=79.0), by="ana", at=NOW)

    page = open_page("call_lists.py", plan_aim="Only calls that pay")

    assert page.title[0].value == "No such list is possible."
    assert "no call would pay" in page.warning[0].value
    assert "release_list" not in {button.key for button in page.button}


def test_a_group_gets_its_least_share(open_page, ranked):
    page = open_page("call_lists.py", plan_number="1", plan_hours="1", plan_minutes="6", plan_by="Age")
    before = page.title[0].value
    page.multiselect(key="plan_groups_age").set_value(["under 30"]).run()
    least = next(each for each in page.number_input if each.label == "under 30: at least, %")

    least.set_value(50.0).run()

    assert not page.exception
    assert page.title[0].value != before


def test_a_manager_releases_a_list_and_it_opens(open_page, ranked, services, work, agents):
    page = open_page("call_lists.py", plan_hours="1", plan_minutes="6")
    assert page.multiselect(key="plan_agents").value == ["eva", "rui"]
    assert page.button(key="release_list").disabled

    page.checkbox(key="release_sure").set_value(True).run()
    page.button(key="release_list").click().run()
    work()
    page.run()

    (call_list,) = services.lists.recent()
    assert call_list.state is ListState.RELEASED
    assert page.title[0].value.endswith("0 calls made, 0 sold, 20 customers left.")
    agents_table = page.dataframe[0].value
    assert agents_table["Agent"].tolist() == ["eva", "rui"]
    assert agents_table.columns.tolist()[:4] == ["Agent", "Customers", "Done", "Sold"]
    assert agents_table["Customers"].tolist() == ["10", "10"]


def test_whom_a_colleague_took_between_look_and_release_is_said_on_the_list(open_page, ranked, release, services, work):
    page = open_page("call_lists.py", plan_hours="1", plan_minutes="6", plan_number="1")
    page.checkbox(key="release_sure").set_value(True).run()
    release("Duplo 3", calls=10)
    st.cache_data.clear()  # half a minute later

    page.button(key="release_list").click().run()
    work()
    page.run()

    assert page.title[0].value.startswith("List of")
    assert page.info[0].value == (
        "Not all are on it who were on the plan: before it was released, 11 of them came on another list "
        "(11 on the list “Duplo 3” of ana). Others took their places."
    )


def test_an_auditor_plans_and_does_not_release(open_page, ranked):
    page = open_page("call_lists.py", role=Role.AUDITOR)

    assert "agents ×" in page.title[0].value
    assert "release_list" not in {button.key for button in page.button}


def test_two_lists_side_by_side_say_who_came_and_why(open_page, release):
    first = release("First", calls=10)
    second = release("Second", calls=10, later=1)

    page = open_page("call_lists.py", section="Compare two lists", before=first, after=second)

    assert page.title[0].value == "11 customers came, 11 left, 0 moved to another rank."
    causes = dict(zip(page.dataframe[0].value["What"], page.dataframe[0].value["Why"], strict=True))
    assert causes["left the list"] == "a rule, an objection or another list"
    page.segmented_control(key="compare_show").set_value("came on the list").run()
    assert len(page.dataframe[1].value) == 11


def test_who_is_on_a_colleagues_list_is_said_before_and_after_the_release(open_page, release):
    release("Morning", calls=10)
    second = release("Noon", calls=10, later=1)

    page = open_page("call_lists.py")
    steps = next(each.value for each in page.caption if "ranked →" in each.value)
    assert "11 on the list “Morning” of ana → 11 on the list “Noon” of ana → 38 may be called" in steps
    page = open_page("call_lists.py", section="Released lists", list=second)
    assert "Kept off: 11 on the list “Morning” of ana." in [each.value for each in page.caption]


def test_one_list_is_not_compared(open_page, release):
    list_id = release()
    page = open_page("call_lists.py", section="Compare two lists", before=list_id, after=list_id)
    assert page.title[0].value == "There are no two lists to compare yet."


def test_a_list_of_a_run_that_is_gone_says_so(open_page, ranked, services):
    services.frames.delete(f"run:{ranked}")

    page = open_page("call_lists.py")

    assert "no longer kept" in page.error[0].value


def test_the_ranked_leads_say_who_is_on_a_list_already(open_page, release):
    assert "On the list" not in open_page("leads.py").dataframe[0].value.columns
    release("Morning", calls=10)
    st.cache_data.clear()  # half a minute later

    page = open_page("leads.py")

    shown = page.dataframe[0].value
    assert ["11 leads" in each.value for each in page.caption if "running list" in each.value] == [True]
    assert shown["On the list"].value_counts().to_dict() == {"": 49, "Morning": 11}
    assert set(shown["On the list"].head(9)) == {"Morning"}


def test_ranked_leads_can_be_those_who_are_free_to_call(open_page, release):
    release("Morning", calls=10)

    page = open_page("leads.py")
    page.checkbox(key="free").check().run()

    shown = page.dataframe[0].value
    assert len(shown) == 49
    assert "On the list" not in shown.columns
    assert page.title[0].value.startswith("These 49 of 60 leads hold")
    assert any(each.value.startswith("11 leads are on a running list, or left out") for each in page.caption)
    assert [each.url for each in page.get("link_button") if "free=1" in each.url]


def test_who_was_called_lately_is_not_free_and_the_best_are_counted_among_the_free(open_page, ranked, services):
    first = services.frames.load(f"run:{ranked}", columns=["customer_id"])["customer_id"].head(2).tolist()
    for customer_id in first:
        services.outcomes.record(Outcome(customer_id, datetime.now(UTC), OutcomeKind.DECLINED, ranked, 0.2, 0.1))

    page = open_page("leads.py", best="3", free="true")

    assert page.dataframe[0].value["Rank"].tolist() == [3, 4, 5]
    assert any(each.value.startswith("2 leads are on a running list, or left out") for each in page.caption)


def test_the_overview_says_how_many_worth_a_call_are_free(open_page, ranked, release, services):
    before = open_page("overview.py").title[0].value
    release("Morning", calls=10)

    after = open_page("overview.py").title[0].value

    leads = services.frames.load(f"run:{ranked}", columns=["customer_id", "call"])
    worth = leads.loc[leads["call"], "customer_id"]
    free = worth[~worth.isin(services.lists.claimed())]
    assert "free" not in before
    assert len(free) < len(worth)
    assert f"{len(worth)} of 60 leads are worth a call, {len(free)} of them free to call now; the best fifth" in after
