"""Calls are handed over on the page of a released list: those that were chosen, or none."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from smartbank.bootstrap import call_ports
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Actor, Role, User
from smartbank.services.calling import Call
from smartbank.services.hand_over import hand_over
from smartbank.services.my_calls import record_outcome
from tests.actors import ANA, put_user
from tests.ui import list_page as lists

NOW = lists.NOW
ranked, release = lists.ranked, lists.release


def test_the_calls_of_who_left_are_handed_over(open_page, release, services):
    for name in ("eva", "lia", "rui"):
        put_user(services.users, User(name, Role.AGENT, "no hash", created_at=NOW))
    list_id = release(agents=("eva", "rui"))
    put_user(services.users, replace(services.users.find("eva"), disabled=True))

    page = open_page("call_lists.py", section="Released lists", list=list_id)

    assert page.warning[0].value == "eva cannot sign in as an agent any more: 5 customers wait for a call nobody makes."
    assert page.selectbox(key=f"hand_over_from_{list_id}").value == "eva"
    assert page.multiselect(key=f"hand_over_to_{list_id}").options == ["lia", "rui"]
    assert page.button(key="hand_over").disabled
    page.multiselect(key=f"hand_over_to_{list_id}").set_value(["lia", "rui"]).run()
    page.button(key="hand_over").click().run()

    said = page.success[0].value
    assert re.fullmatch(r"ana handed 5 customers of eva over to lia and rui, .+\.", said)
    assert f":material/move_down: {said}" in [each.value for each in page.caption]
    table = next(each.value for each in page.dataframe if "Agent" in each.value)
    assert dict(zip(table["Agent"], table["Customers"], strict=True)) == {"lia": "3", "rui": "7"}
    assert "any more" not in "".join(each.value for each in page.warning)


def test_the_calls_that_were_chosen_are_handed_over_or_none(open_page, release, services):
    for name in ("eva", "lia", "rui"):
        put_user(services.users, User(name, Role.AGENT, "no hash", created_at=NOW))
    list_id = release(agents=("eva", "rui"))
    page = open_page("call_lists.py", section="Released lists", list=list_id)
    page.selectbox(key=f"hand_over_from_{list_id}").set_value("rui").run()
    page.multiselect(key=f"hand_over_to_{list_id}").set_value(["lia"]).run()
    meanwhile = {"by": ANA, "ports": call_ports(services), "users": services.users, "now": datetime.now(UTC)}
    hand_over(list_id, "rui", ["eva"], **meanwhile)

    page.button(key="hand_over").click().run()

    assert [each.value for each in page.error] == ["rui has nobody left to call on this list."]
    assert [each.agent for each in services.lists.find(list_id).handed_over] == ["rui"]


def test_an_agent_who_was_disabled_meanwhile_is_given_nothing(open_page, release, services):
    for name in ("eva", "lia"):
        put_user(services.users, User(name, Role.AGENT, "no hash", created_at=NOW))
    list_id = release(agents=("eva",))
    page = open_page("call_lists.py", section="Released lists", list=list_id)
    page.multiselect(key=f"hand_over_to_{list_id}").set_value(["lia"]).run()
    put_user(services.users, replace(services.users.find("lia"), disabled=True))

    page.button(key="hand_over").click().run()

    assert page.error[0].value.startswith("lia cannot sign in as an agent any more.")
    assert services.lists.find(list_id).handed_over == ()


def test_what_is_chosen_for_one_list_is_not_chosen_for_another(open_page, release, services):
    for name in ("eva", "lia"):
        put_user(services.users, User(name, Role.AGENT, "no hash", created_at=NOW))
    first, second = release("Monday", calls=10, agents=("eva",)), release("Noon", calls=6, agents=("eva",), later=1)
    page = open_page("call_lists.py", section="Released lists", list=second)
    assert any(each.value.startswith("eva has 6 customers left on this list.") for each in page.caption)
    assert page.selectbox(key=f"hand_over_from_{second}").options == ["eva"], "a box keeps what its choice was called"
    page.multiselect(key=f"hand_over_to_{second}").set_value(["lia"]).run()
    next(each for each in page.checkbox if each.label == "End it").set_value(True).run()

    page.selectbox(key="choose_list").set_value(first).run()

    assert any(each.value.startswith("eva has 10 customers left on this list.") for each in page.caption)
    assert next(each.value for each in page.multiselect if each.label == "Go to") == []
    assert not next(each.value for each in page.checkbox if each.label == "End it")
    assert page.button(key="hand_over").disabled
    assert page.button(key="end_list").disabled


def test_calls_an_agent_made_before_a_hand_over_are_not_said_to_be_made_by_who_has_the_customer(
    open_page, release, services
):
    for name in ("eva", "lia"):
        put_user(services.users, User(name, Role.AGENT, "no hash", created_at=NOW))
    list_id = release(agents=("eva",))
    first = services.frames.load(f"list:{list_id}").query("place == 1")["customer_id"].item()
    ports, now = call_ports(services), datetime.now(UTC)
    eva = Actor("eva", Role.AGENT, "192.0.2.8")
    record_outcome(Call(list_id, first, 1), OutcomeKind.NO_ANSWER, by=eva, ports=ports, now=now)
    hand_over(list_id, "eva", ["lia"], by=ANA, ports=ports, users=services.users, now=now)

    page = open_page("call_lists.py", section="Released lists", list=list_id)

    table = next(each.value for each in page.dataframe if "Agent" in each.value)
    assert table[["Agent", "Calls to them so far"]].to_numpy().tolist() == [["lia", "1"]]
    assert not [name for name in table if "made" in name]
    said = (
        "Each customer, with all calls to them, counts with the agent who has them now. Who made a call is on the page"
    )
    assert any(each.value.startswith(said) for each in page.caption)
