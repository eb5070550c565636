"""What an agent reads when nobody is to be called: when somebody comes up again, and who was taken off their calls."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from smartbank.bootstrap import call_ports
from smartbank.core.call_rules import RuleBook
from smartbank.core.calling_hours import CallingHours
from smartbank.core.hold_out import HoldOut
from smartbank.core.people import Role, User
from smartbank.services.call_lists import end_list
from smartbank.services.hand_over import hand_over
from tests.actors import ANA, put_user
from tests.ui import my_calls
from tests.ui.my_calls import NOW, press, texts

ranked, release, mine = my_calls.ranked, my_calls.release, my_calls.mine
quickly, open_calls = my_calls.quickly, my_calls.open_calls


def test_who_did_not_answer_is_said_to_come_up_within_the_calling_hours(open_calls, mine, services):
    now = datetime.now(ZoneInfo(services.settings.current().time_zone))
    closes = min(now.hour * 60 + now.minute + 30, 24 * 60)
    hours = CallingHours((now.weekday(),), 0, closes, on_holidays=True)
    services.rules.save(RuleBook(hours=hours), by="ada", at=NOW)
    mine(calls=1, hold_out=HoldOut(0, 0))

    page = press(open_calls(), "no_answer")

    again = f"{now + timedelta(days=7):%a %-d %b}, 00:00"
    assert page.info[0].value == f"Next: 1 customer who did not answer: from {again} on."
    assert f"1 customer who did not answer comes up again from {again} on." in texts(page)


def test_after_a_hand_over_the_screen_says_who_has_the_customers_and_the_calls_made_stay(open_calls, mine, services):
    put_user(services.users, User("rui", Role.AGENT, "no hash", created_at=NOW))
    list_id = mine(calls=3, hold_out=HoldOut(0, 0))
    page = press(open_calls(), "declined")
    about = {"by": ANA, "ports": call_ports(services), "users": services.users, "now": datetime.now(UTC)}
    hand_over(list_id, "ana", ["rui"], **about)

    page.run()

    assert page.title[0].value == "You have nobody left to call."
    assert page.info[0].value.startswith("ana handed 2 of your customers on “Monday” over to rui, ")
    assert "**Today:** 1 call, 0 sold, 0 call-backs" in texts(page)


def test_calls_handed_over_before_any_was_made_are_said_too(open_calls, mine, services):
    put_user(services.users, User("rui", Role.AGENT, "no hash", created_at=NOW))
    list_id = mine(calls=3, hold_out=HoldOut(0, 0))
    about = {"by": ANA, "ports": call_ports(services), "users": services.users}
    hand_over(list_id, "ana", ["rui"], **about, now=datetime.now(UTC))
    page = open_calls()

    assert page.title[0].value == "No running list has calls for you."
    assert page.info[0].value.startswith("ana handed 3 of your customers on “Monday” over to rui, ")

    hand_over(list_id, "rui", ["ana"], **about, now=datetime.now(UTC) + timedelta(seconds=1))
    assert open_calls().title[0].value.startswith("Next: ")


def test_a_list_that_was_ended_is_said_with_how_many_were_still_to_be_called(open_calls, mine, services):
    list_id = mine(calls=3, hold_out=HoldOut(0, 0))
    done = mine("Noon", calls=1, hold_out=HoldOut(0, 0), later=1)
    page = open_calls()
    for _ in range(2):
        press(page, "declined")
    end_list(list_id, by=ANA, lists=services.lists, audit=services.audit, now=datetime.now(UTC))
    press(page.run(), "declined")

    assert len(services.outcomes.of_list(done)) == 1
    assert page.title[0].value == "You have nobody left to call."
    assert page.info[0].value.startswith("ana ended “Monday”, ")
    assert page.info[0].value.endswith(": 1 of your customers was still to be called, and nobody calls them now.")
