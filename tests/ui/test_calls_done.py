from datetime import UTC, datetime, timedelta

from smartbank.core.call_rules import RuleBook
from smartbank.core.calling_hours import CallingHours
from smartbank.core.outcomes import OutcomeKind
from tests.ui import my_calls
from tests.ui.my_calls import NOW, called, keys, outcomes, press, texts

ranked, release, mine = my_calls.ranked, my_calls.release, my_calls.mine
quickly, open_calls = my_calls.quickly, my_calls.open_calls


def test_a_call_back_is_agreed_with_one_more_press(open_calls, mine, services):
    list_id = mine()
    first = called(services, list_id)[0]
    page = press(open_calls(), "callback")
    assert not [key for key in keys(page) if key.startswith("outcome_")]

    page.button(key="call_back_Tomorrow morning").click().run()

    assert not page.exception
    (kept,) = services.outcomes.of_list(list_id)
    assert (kept.customer_id, kept.outcome) == (first, OutcomeKind.CALLBACK)
    assert timedelta(0) < kept.call_again_at - datetime.now(UTC) < timedelta(days=2)
    backs = next(each.value for each in page.dataframe if "When" in each.value.columns)
    assert backs["Customer"].tolist() == [first]
    assert backs["List"].tolist() == ["Monday"]


def test_a_call_back_at_a_time_of_ones_own(open_calls, mine, services):
    list_id = mine()
    page = press(open_calls(), "callback")
    day = (datetime.now(UTC) + timedelta(days=3)).date()

    page.date_input(key="call_back_day").set_value(day).run()
    page.time_input(key="call_back_time").set_value(datetime(2026, 1, 1, 14, 30).time()).run()
    page.button(key="call_back_save").click().run()

    (kept,) = services.outcomes.of_list(list_id)
    assert kept.call_again_at.date() == day
    assert kept.call_again_at.minute == 30


def test_a_call_back_in_the_past_is_said_and_not_recorded(open_calls, mine, services):
    list_id = mine()
    page = press(open_calls(), "callback")
    page.date_input(key="call_back_day").set_value(datetime.now(UTC).date())
    page.time_input(key="call_back_time").set_value(datetime(2026, 1, 1).time()).run()
    assert "This time has passed. Choose a later one." in texts(page)

    page.button(key="call_back_save").click().run()

    assert outcomes(services, list_id) == []
    assert page.error[0].value == "The time to call back has passed. Choose a later one."
    page.button(key="call_back_leave").click().run()
    assert [key for key in keys(page) if key.startswith("outcome_")]


def test_a_call_back_outside_the_hours_is_warned_of(open_calls, mine, services):
    mine()
    page = press(open_calls(), "callback")
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    hours = CallingHours(tuple(each for each in range(7) if each != day.weekday()), 0, 24 * 60, on_holidays=True)
    services.rules.save(RuleBook(hours=hours), by="ada", at=NOW)

    page.date_input(key="call_back_day").set_value(day).run()

    said = f"No calls are made then: {day:%A} is no day to call. The customer comes up on "
    assert any(text.startswith(said) for text in texts(page))


def test_the_last_call_is_undone_and_its_customer_is_on_the_screen_again(open_calls, mine, services):
    list_id = mine()
    first = called(services, list_id)[0]
    page = press(open_calls(), "objected")

    page.button(key="undo_call").click().run()

    assert not page.exception
    assert page.title[0].value == f"Next: {first}, first call for this list."
    assert page.success[0].value == "Taken back, as if the call had not been made."
    assert outcomes(services, list_id) == []
    assert services.customers.standing([first])["objected"].tolist() != ["yes"]
    assert "undo_call" not in keys(page)


def test_outside_the_calling_hours_the_banner_says_why_and_nothing_is_recorded(open_calls, mine, services):
    list_id = mine()
    page = press(open_calls(), "no_answer")
    services.rules.save(RuleBook(hours=closed_today()), by="ada", at=NOW)

    press(page, "no_answer")

    assert len(outcomes(services, list_id)) == 1
    assert page.error[0].value.startswith("Nothing was recorded: ")
    assert page.warning[0].value.endswith("You can correct what you recorded, below.")
    assert "Calls may begin again at " in page.warning[0].value
    assert all(each.disabled for each in page.button if str(each.key).startswith("outcome_"))
    page.button(key="undo_call").click().run()
    assert outcomes(services, list_id) == []


def closed_today():
    """Calling hours of a bank that calls on another day than the ones around now."""
    far = (datetime.now(UTC) + timedelta(days=3)).weekday()
    return CallingHours((far,), 9 * 60, 20 * 60, on_holidays=True)


def test_a_bank_that_never_calls_is_told_whom_to_ask(open_calls, mine, services):
    mine()
    services.rules.save(RuleBook(hours=CallingHours(())), by="ada", at=NOW)

    page = open_calls()

    assert "ask an administrator to look at the calling hours" in page.warning[0].value


def what_is_right(page):
    """Choose the newest call, and return the choice of what came of it."""
    which = next(each for each in page.selectbox if str(each.key).startswith("correct_which_"))
    assert which.value is None
    which.select_index(0).run()
    return next(each for each in page.selectbox if str(each.key).startswith("correct_to_"))


def test_a_call_of_today_is_corrected(open_calls, mine, services):
    list_id = mine()
    first = called(services, list_id)[0]
    page = press(open_calls(), "declined")
    shown = next(each.value for each in page.dataframe if "Time" in each.value.columns)
    assert shown[["Customer", "Outcome"]].values.tolist() == [[first, "declined"]]
    assert "correct_call" not in {each.key for each in page.button}, "no call is chosen for the agent"

    right = what_is_right(page)
    assert page.button(key="correct_call").disabled, "nor what is right"
    right.set_value("subscribed").run()
    page.button(key="correct_call").click().run()

    assert not page.exception
    assert outcomes(services, list_id) == [(first, "subscribed")]
    assert any(text.startswith("**Today:** 1 call, 1 sold, ") for text in texts(page))


def test_a_call_of_today_becomes_a_call_back(open_calls, mine, services):
    list_id = mine()
    page = press(open_calls(), "declined")
    right = what_is_right(page)
    right.set_value("callback").run()

    page.button(key="correct_call").click().run()

    (kept,) = services.outcomes.of_list(list_id)
    assert kept.outcome is OutcomeKind.CALLBACK
    assert kept.call_again_at > datetime.now(UTC)


def test_a_call_of_today_is_taken_back(open_calls, mine, services):
    list_id = mine()
    page = press(open_calls(), "declined")
    right = what_is_right(page)
    right.select_index(len(right.options) - 1).run()

    page.button(key="correct_call").click().run()

    assert not page.exception
    assert outcomes(services, list_id) == []
    assert page.success
