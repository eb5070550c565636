"""Every user repository must pass these, whatever it is built on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.people import COMMAND_LINE, Role, Session, User, session_id
from smartbank.errors import AccountError
from smartbank.services.people import disable_user
from tests.actors import put_user

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
MARA = User("mara", Role.MANAGER, "$2b$hash", NINE, must_change_password=True)
ABEL = User("abel", Role.AGENT, "$2b$hash", NINE)


@pytest.fixture
def users(build):
    return build("UserRepository")


def test_an_unknown_user_is_not_found(users):
    assert users.find("mara") is None
    assert users.all() == []


def test_a_user_is_found_by_a_name_in_any_case(users):
    put_user(users, replace(MARA, username="Mara"))

    assert users.find("MARA") == MARA


def test_users_come_in_order_of_name_and_a_change_replaces(users):
    put_user(users, MARA)
    put_user(users, ABEL)
    put_user(users, replace(MARA, role=Role.ADMIN, must_change_password=False))

    assert users.all() == [ABEL, replace(MARA, role=Role.ADMIN, must_change_password=False)]


def test_who_somebody_is_at_the_identity_provider_is_kept_and_changes_like_the_rest(users):
    put_user(users, ABEL)
    linked = replace(ABEL, subject="")

    assert users.change(ABEL, linked)
    assert users.find("abel").by_provider
    assert users.change(linked, replace(ABEL, subject="mark of abel"))
    assert not users.change(linked, replace(ABEL, subject="mark of another"))
    assert users.find("abel") == replace(ABEL, subject="mark of abel")


def test_a_session_names_its_user_until_it_expires(users):
    put_user(users, MARA)
    users.start_session("token", replace(MARA, username="Mara"), now=NINE, expires_at=TEN)

    assert users.session_user("token", now=TEN - timedelta(seconds=1)) == MARA
    assert users.session_user("token", now=TEN) is None
    assert users.session_user("other", now=NINE) is None


def test_a_disabled_user_has_no_session_any_more(users):
    put_user(users, MARA)
    users.start_session("token", MARA, now=NINE, expires_at=TEN)

    put_user(users, replace(MARA, disabled=True))

    assert users.session_user("token", now=NINE) is None


def test_a_user_is_added_once_whatever_the_case(users):
    assert users.add(MARA)

    assert not users.add(replace(ABEL, username="Mara"))

    assert users.all() == [MARA]


def test_a_user_somebody_else_changed_meanwhile_is_left_alone(users):
    put_user(users, MARA)
    agent, disabled = replace(MARA, role=Role.AGENT), replace(MARA, disabled=True)

    assert users.change(MARA, agent)
    assert not users.change(MARA, disabled)
    assert not users.change(ABEL, ABEL)

    assert users.all() == [agent]


def test_of_many_who_add_one_name_at_once_one_wins(users):
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: users.add(MARA), range(8)))

    assert sorted(added) == [False] * 7 + [True]


def test_administrators_who_disable_each_other_at_once_never_leave_nobody(users, build):
    log = build("AuditLog")

    def disable(name):
        try:
            disable_user(name, by=COMMAND_LINE, users=users, audit=log, now=NINE)
        except AccountError:
            return

    for _ in range(5):
        for name in ("one", "two"):
            put_user(users, replace(MARA, username=name, role=Role.ADMIN))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(disable, ("one", "two")))

        assert any(not user.disabled for user in users.all())


def test_live_sessions_are_listed_with_where_and_in_what_they_were_started(users):
    put_user(users, MARA)
    put_user(users, replace(ABEL, disabled=True))
    users.start_session("old", MARA, now=NINE, expires_at=TEN)
    users.start_session("out", ABEL, now=NINE, expires_at=TEN + timedelta(hours=1))
    later = NINE + timedelta(minutes=30)
    until = later + timedelta(hours=12)
    users.start_session(
        "new",
        replace(MARA, username="Mara"),
        now=later,
        expires_at=until,
        address="10.0.0.1",
        browser="Firefox on Linux",
    )

    both, one = users.sessions(now=later), users.sessions(now=TEN)

    assert [session.session_id for session in both] == [session_id("new"), session_id("old")]
    assert one == [Session(session_id("new"), "mara", later, later, until, "10.0.0.1", "Firefox on Linux")]


def test_a_session_is_seen_at_most_once_a_minute(users):
    put_user(users, MARA)
    users.start_session("token", MARA, now=NINE, expires_at=TEN)

    users.session_user("token", now=NINE + timedelta(seconds=59))
    [at_first] = users.sessions(now=NINE)
    users.session_user("token", now=NINE + timedelta(seconds=61))
    [seen] = users.sessions(now=NINE)

    assert at_first.last_seen == NINE
    assert seen.last_seen == NINE + timedelta(seconds=61)
    assert seen.started_at == NINE


def test_a_session_is_ended_by_its_short_name_and_the_name_of_its_user(users):
    put_user(users, MARA)
    for token in ("one", "two"):
        users.start_session(token, MARA, now=NINE, expires_at=TEN)

    assert not users.end_named_session("abel", session_id("one"))
    assert users.end_named_session("Mara", session_id("one"))
    assert not users.end_named_session("mara", session_id("one"))

    assert users.session_user("one", now=NINE) is None
    assert users.session_user("two", now=NINE) == MARA


def test_an_ended_session_is_dead_and_the_others_live(users):
    put_user(users, MARA)
    for token in ("one", "two"):
        users.start_session(token, MARA, now=NINE, expires_at=TEN)

    assert users.end_session("one")
    assert not users.end_session("one")

    assert users.session_user("one", now=NINE) is None
    assert users.session_user("two", now=NINE) == MARA


def test_every_session_of_a_user_can_be_ended(users):
    put_user(users, MARA)
    put_user(users, ABEL)
    for token, user in (("one", MARA), ("two", MARA), ("three", ABEL)):
        users.start_session(token, user, now=NINE, expires_at=TEN)

    assert users.end_sessions_of("Mara") == 2

    assert users.session_user("two", now=NINE) is None
    assert users.session_user("three", now=NINE) == ABEL
    assert users.end_sessions_of("mara") == 0


def test_a_ticket_dies_with_the_sessions_of_its_user(users):
    put_user(users, MARA)
    put_user(users, ABEL)
    users.add_ticket("ticket", MARA, expires_at=TEN)
    users.add_ticket("other", ABEL, expires_at=TEN)

    users.end_sessions_of("mara")

    assert users.redeem_ticket("ticket", now=NINE) is None
    assert users.redeem_ticket("other", now=NINE) == ABEL


@pytest.mark.parametrize("changed", [{"password_hash": "$2b$other"}, {"disabled": True}])
def test_a_ticket_for_a_user_who_was_changed_meanwhile_is_worthless(users, changed):
    put_user(users, MARA)
    users.add_ticket("before", MARA, expires_at=TEN)

    put_user(users, replace(MARA, **changed))
    users.add_ticket("side by side", MARA, expires_at=TEN)

    assert users.redeem_ticket("before", now=NINE) is None
    assert users.redeem_ticket("side by side", now=NINE) is None


def test_a_session_is_good_for_the_password_it_was_started_on(users):
    put_user(users, MARA)
    users.start_session("before", MARA, now=NINE, expires_at=TEN)
    another = replace(MARA, password_hash="$2b$other")

    put_user(users, another)
    users.start_session("side by side", MARA, now=NINE, expires_at=TEN)
    users.start_session("after", another, now=NINE, expires_at=TEN)

    assert users.session_user("before", now=NINE) is None
    assert users.session_user("side by side", now=NINE) is None
    assert users.session_user("after", now=NINE) == another
    assert [session.session_id for session in users.sessions(now=NINE)] == [session_id("after")]


def test_a_session_outlives_another_role(users):
    put_user(users, MARA)
    users.start_session("token", MARA, now=NINE, expires_at=TEN)

    put_user(users, replace(MARA, role=Role.ADMIN))

    assert users.session_user("token", now=NINE).role is Role.ADMIN


def test_a_ticket_is_good_once(users):
    put_user(users, MARA)
    users.add_ticket("ticket", replace(MARA, username="Mara"), expires_at=TEN)

    assert users.redeem_ticket("ticket", now=NINE) == MARA
    assert users.redeem_ticket("ticket", now=NINE) is None
    assert users.redeem_ticket("other", now=NINE) is None


def test_a_ticket_that_ran_out_is_refused_and_used_up(users):
    put_user(users, MARA)
    users.add_ticket("ticket", MARA, expires_at=TEN)

    assert users.redeem_ticket("ticket", now=TEN) is None
    assert users.redeem_ticket("ticket", now=NINE) is None


def test_of_many_redeemers_at_once_one_wins(users):
    put_user(users, MARA)
    for number in range(5):
        users.add_ticket(f"ticket-{number}", MARA, expires_at=TEN)

    with ThreadPoolExecutor(8) as pool:
        for number in range(5):
            ticket = f"ticket-{number}"
            found = list(pool.map(lambda _, ticket=ticket: users.redeem_ticket(ticket, now=NINE), range(8)))
            assert [user for user in found if user is not None] == [MARA]


def test_failed_sign_ins_are_counted_by_key_since_a_moment(users):
    for minute in (0, 5, 10):
        users.record_failure("mara", now=NINE + timedelta(minutes=minute))
    users.record_failure("192.0.2.1", now=NINE)

    assert users.failures("mara", since=NINE) == 3
    assert users.failures("mara", since=NINE + timedelta(minutes=5)) == 2
    assert users.failures("abel", since=NINE) == 0


def test_failed_sign_ins_are_forgotten_by_key(users):
    users.record_failure("mara", now=NINE)
    users.record_failure("abel", now=NINE)

    users.clear_failures("mara")

    assert users.failures("mara", since=NINE) == 0
    assert users.failures("abel", since=NINE) == 1


def test_old_failed_sign_ins_of_every_key_are_deleted(users):
    for key in ("mara", "nobody"):
        users.record_failure(key, now=NINE)
        users.record_failure(key, now=TEN)

    assert users.delete_failures_before(TEN) == 2
    assert users.delete_failures_before(TEN) == 0

    assert users.failures("mara", since=NINE) == 1
    assert users.failures("nobody", since=NINE) == 1
