from datetime import UTC, datetime, timedelta

import pytest

from smartbank.bootstrap import call_ports
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Actor, Role
from smartbank.services.call_lists import end_list
from smartbank.services.calling import Call
from smartbank.services.my_calls import record_outcome
from smartbank.services.notes import write_note
from smartbank.ui import outcome_buttons
from tests.actors import ANA
from tests.stubs import stub_leads
from tests.ui import list_page as lists
from tests.ui import my_calls
from tests.ui.my_calls import AGENT, NOW, called, keys, outcomes, press, texts

ranked, release, mine = my_calls.ranked, my_calls.release, my_calls.mine
quickly, open_calls = my_calls.quickly, my_calls.open_calls


def test_without_calls_an_agent_reads_that_a_manager_gives_them_out(open_calls):
    page = open_calls()

    assert page.title[0].value == "No running list has calls for you."
    assert "as soon as a manager releases a list for you" in page.info[0].value
    assert not page.button


def test_a_manager_without_calls_is_led_to_the_lists(open_calls, release):
    release()

    page = open_calls(Role.MANAGER)

    assert page.title[0].value == "No running list has calls for you."
    assert keys(page) == {"go_call_lists"}


def test_the_first_line_names_the_next_customer_and_the_attempt(open_calls, mine, services):
    leads = stub_leads(lists.AGES).assign(name="Ana Silva", phone="+442079460021", days_since_contact=12.0)
    services.customers.save_many(leads, source={"synthetic": False}, saved_at=NOW)
    mine()

    page = open_calls()

    assert page.title[0].value == "Next: Ana Silva, first call for this list."
    assert page.header[0].value == "+44 20 7946 0021"
    assert page.get("link_button")[0].proto.url == "tel:+442079460021"
    assert not any("bought" in text or "To open the talk" in text for text in texts(page))  # 8 of 100 is no difference
    assert any(text.startswith("**Left:** 10 customers, 10 of them") for text in texts(page))


def test_what_speaks_for_a_customer_is_a_sentence_to_say_and_a_fact_that_is_not_to_be_read_out(
    open_calls, mine, services
):
    list_id = mine()
    owner = f"list:{list_id}"
    entries = services.frames.load(owner).assign(poutcome="success", contribution_poutcome=1.8)
    services.frames.delete(owner)
    services.frames.append(owner, 0, entries)

    said = texts(open_calls())

    assert any("“You said yes to our last offer, thank you for that." in text for text in said)
    fact = r"Customers who bought in the last campaign\: 65 of 100 bought; of all customers, 11."
    assert any(fact in text for text in said)
    whose = "For you alone, not to be read out: past calls of another bank, in Portugal, 2008 to 2010."
    assert whose in said


def test_nothing_on_the_screen_says_how_likely_a_sale_is_or_why_somebody_is_listed(open_calls, mine, services):
    list_id = mine()
    entries = services.frames.load(f"list:{list_id}").query("place > 0").sort_values("place")
    first = entries.iloc[0]

    said = " ".join([*texts(open_calls()), *(str(each.value) for each in open_calls().get("title"))])

    assert f"{100 * first['propensity']:.0f}" not in said
    assert "exploration" not in said
    assert "Band" not in said


def test_six_buttons_have_the_keys_1_to_6(open_calls, mine):
    mine()

    page = open_calls()

    buttons = [each for each in page.button if str(each.key).startswith("outcome_")]
    assert [(each.label, each.proto.shortcut) for each in buttons] == [
        ("Subscribed", "1"),
        ("Declined", "2"),
        ("No answer", "3"),
        ("Call back at …", "4"),
        ("Objected", "5"),
        ("Wrong number", "6"),
    ]


@pytest.mark.parametrize("kind", [kind for kind in OutcomeKind if kind is not OutcomeKind.CALLBACK])
def test_one_press_records_and_goes_on_to_the_next_customer(open_calls, mine, services, kind):
    list_id = mine()
    first, second = called(services, list_id)[:2]
    page = open_calls()
    assert page.title[0].value == f"Next: {first}, first call for this list."

    press(page, kind)

    assert outcomes(services, list_id) == [(first, str(kind))]
    assert page.title[0].value == f"Next: {second}, first call for this list."
    assert any(text.startswith(f":material/check: {first}: ") for text in texts(page))
    assert any(text.startswith("**Today:** 1 call, ") for text in texts(page))


def test_an_objection_says_what_follows_from_it(open_calls, mine, services):
    list_id = mine()

    page = press(open_calls(), "objected")

    assert any("off all lists and files at once" in text for text in texts(page))
    (objected,) = [each.customer_id for each in services.outcomes.of_list(list_id)]
    assert services.customers.standing([objected])["objected"].tolist() == ["yes"]


def test_the_second_half_of_a_double_click_is_not_recorded_on_the_next_customer(
    open_calls, mine, services, monkeypatch
):
    list_id = mine()
    page = press(open_calls(), "no_answer")
    monkeypatch.setattr(outcome_buttons, "TOO_QUICK", timedelta(hours=1))

    press(page, "no_answer")

    assert len(outcomes(services, list_id)) == 1
    assert "the button was pressed twice" in page.error[0].value


def test_a_button_is_good_for_one_call_only(open_calls, mine, services):
    list_id = mine()
    page = open_calls()
    before = {key for key in keys(page) if key.startswith("outcome_")}

    after = {key for key in keys(press(page, "declined")) if key.startswith("outcome_")}

    assert len(before) == len(after) == 6
    assert not before & after
    assert all(key.endswith(list_id) for key in after)


def test_what_somebody_else_recorded_meanwhile_is_said_and_stays(open_calls, mine, services):
    list_id = mine()
    first, second = called(services, list_id)[:2]
    page = open_calls()
    record_outcome(
        Call(list_id, first, 1), OutcomeKind.DECLINED, by=BOSS, ports=call_ports(services), now=datetime.now(UTC)
    )

    press(page, "subscribed")

    assert outcomes(services, list_id) == [(first, "declined")]
    assert page.error[0].value == "boss recorded “declined” for this call already. Correct it if it is wrong."
    assert page.title[0].value == f"Next: {second}, first call for this list."


BOSS = Actor("boss", Role.MANAGER, "192.0.2.9")


def test_a_call_back_that_is_due_comes_first_with_its_time(open_calls, mine, services):
    list_id = mine()
    last = called(services, list_id)[-1]
    then = datetime.now(UTC) - timedelta(hours=2)
    agreed = then + timedelta(hours=1)
    record_outcome(
        Call(list_id, last, 1),
        OutcomeKind.CALLBACK,
        call_again_at=agreed,
        by=AGENT,
        ports=call_ports(services),
        now=then,
    )

    page = open_calls()

    assert page.title[0].value.startswith(f"Next: {last}, second call for this list, call-back due at ")
    assert any(text.startswith("Last contact: ") and "call back, by ana" in text for text in texts(page))


def test_who_is_on_the_screen_stays_there_when_a_call_back_falls_due(open_calls, mine, services):
    list_id = mine()
    first, *_, last = called(services, list_id)
    page = open_calls()
    then = datetime.now(UTC) - timedelta(hours=2)
    agreed = {"call_again_at": then + timedelta(hours=1), "now": then}
    record_outcome(Call(list_id, last, 1), OutcomeKind.CALLBACK, by=AGENT, ports=call_ports(services), **agreed)

    page.run()
    assert page.title[0].value == f"Next: {first}, first call for this list."

    press(page, "declined")
    assert page.title[0].value.startswith(f"Next: {last}, second call for this list")


def test_several_lists_are_one_queue_the_oldest_first(open_calls, mine, services):
    first, second = mine("First", calls=1), mine("Second", calls=1, later=1)

    page = open_calls()

    assert page.title[0].value == f"Next: {called(services, first)[0]}, first call for this list."
    assert "From the list First." in texts(page)
    press(page, "declined")
    assert page.title[0].value == f"Next: {called(services, second)[0]}, first call for this list."


def test_when_everybody_is_called_the_screen_says_so(open_calls, mine):
    mine(calls=1)

    page = press(open_calls(), "subscribed")

    assert page.title[0].value == "All your customers are called. Well done."
    assert any("1 call, 1 sold" in text for text in texts(page))
    assert "undo_call" in keys(page)


def test_when_nobody_is_left_for_now_the_screen_says_what_comes_next(open_calls, mine, services):
    list_id = mine(calls=2)
    page = press(open_calls(), "no_answer")
    press(page, "callback")

    page.button(key="call_back_Tomorrow morning").click().run()

    assert page.title[0].value == "Nobody to call now: 2 calls, 0 sold, 1 call-back today."
    assert page.info[0].value.startswith("Next: 1 customer who did not answer: from ")
    assert "1 call-back: the first at " in page.info[0].value
    assert len(outcomes(services, list_id)) == 2


def test_a_list_that_ends_takes_its_customers_off_the_screen_and_keeps_the_calls_of_today(open_calls, mine, services):
    list_id = mine()
    page = press(open_calls(), "declined")
    end_list(list_id, by=ANA, lists=services.lists, audit=services.audit, now=datetime.now(UTC))

    press(page, "declined")

    assert "This list has ended" in page.error[0].value
    assert page.title[0].value == "No running list has calls for you."
    assert any(text.startswith("**Today:** 1 call, ") for text in texts(page))


def test_notes_are_shown_and_the_customer_is_one_press_away(open_calls, mine, services):
    list_id = mine()
    first = called(services, list_id)[0]
    write_note(
        first,
        "Speaks *English*.",
        link={},
        by=AGENT,
        customers=services.customers,
        notes=services.notes,
        audit=services.audit,
        now=NOW,
    )

    page = open_calls()

    assert r"Speaks \*English\*." in texts(page)
    assert "open_customer" in keys(page)


def test_a_customer_without_a_number_is_no_dead_end(open_calls, mine, services):
    mine()
    services.customers.save_many(stub_leads(lists.AGES), source={"synthetic": False}, saved_at=datetime.now(UTC))

    page = open_calls()

    assert page.warning[0].value.startswith("No phone number is known of this customer.")
    assert not page.get("link_button")


def test_an_auditor_does_not_see_the_page(open_page):
    page = open_page("my_calls.py", role=Role.AUDITOR)

    assert page.warning[0].value.startswith("Your role (auditor) does not include this page.")


def test_the_overview_of_an_agent_leads_to_the_calls(open_page, mine, services):
    list_id = mine()
    then = datetime.now(UTC) - timedelta(hours=2)
    agreed = {"call_again_at": then + timedelta(hours=1), "now": then}
    first = called(services, list_id)[0]
    record_outcome(Call(list_id, first, 1), OutcomeKind.CALLBACK, by=AGENT, ports=call_ports(services), **agreed)

    page = open_page("overview.py", role=Role.AGENT)

    assert not page.exception
    assert page.title[0].value == "10 calls for you now, 1 call-back is due."
    assert page.button(key="go_my_calls").label == "Start calling"
    assert keys(page) == {"go_my_calls", "go_customer"}
