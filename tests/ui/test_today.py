from dataclasses import replace
from datetime import UTC, datetime

from smartbank.bootstrap import call_ports
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Role, User
from smartbank.services.calling import Call
from smartbank.services.my_calls import record_outcome
from tests.actors import ANA, put_user
from tests.ui import list_page as lists

ranked, release = lists.ranked, lists.release


def test_without_a_list_the_overview_begins_with_the_leads(open_page, ranked):
    page = open_page("overview.py")

    assert page.title[0].value.split(" ")[1:3] == ["of", "60"]
    assert "Lists running" not in {metric.label for metric in page.metric}


def test_a_running_list_comes_first(open_page, release):
    release()

    page = open_page("overview.py")

    assert page.title[0].value.startswith("1 list running. ")
    tiles = {metric.label: (metric.value, metric.delta) for metric in page.metric}
    assert tiles["Lists running"] == ("1", "10 customers left to call")
    assert tiles["Calls since yesterday"] == ("0", "0 sold")


def test_a_list_on_which_nobody_is_left_asks_for_a_decision(open_page, release, services):
    list_id = release(calls=1)
    (customer_id,) = services.frames.load(f"list:{list_id}").query("place > 0")["customer_id"]
    call = Call(list_id, customer_id, 1)
    record_outcome(call, OutcomeKind.SUBSCRIBED, by=ANA, ports=call_ports(services), now=datetime.now(UTC))

    page = open_page("overview.py", role=Role.MANAGER)

    assert page.button(key=f"see_{list_id}").label == "See it, and end it"
    assert any("Nobody is left to call on **Monday**" in each.value for each in page.markdown)


def test_customers_who_wait_for_an_agent_who_left_are_pointed_to(open_page, release, services):
    put_user(services.users, User("eva", Role.AGENT, "no hash", created_at=datetime.now(UTC)))
    list_id = release(calls=5, agents=("eva",))
    put_user(services.users, replace(services.users.find("eva"), disabled=True))

    page = open_page("overview.py", role=Role.MANAGER)

    assert page.button(key=f"see_{list_id}").label == "See it, and hand them over"
    assert any(
        "Customers wait for eva, who cannot sign in as an agent any more, on **Monday**" in each.value
        for each in page.markdown
    )
