from datetime import UTC, datetime, timedelta

import pytest

from smartbank.adapters.memory.audit import MemoryAuditLog
from smartbank.adapters.memory.users import MemoryUserRepository
from smartbank.core.browsers import browser_name
from smartbank.core.people import Actor, Role, User, session_id
from smartbank.errors import ForbiddenError
from smartbank.services.sessions import end_session, end_sessions, live_sessions, own_sessions
from tests.actors import put_user

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA, ED, BOSS = (
    Actor(name, role, "10.0.0.1") for name, role in (("ana", Role.AGENT), ("ed", Role.AUDITOR), ("boss", Role.ADMIN))
)


@pytest.fixture
def users():
    users = MemoryUserRepository()
    for actor in (ANA, ED, BOSS):
        put_user(users, User(actor.username, actor.role, "hash", NOON))
    for token, name in (("one", "ana"), ("two", "ana"), ("three", "ed")):
        users.start_session(token, users.find(name), now=NOON, expires_at=NOON + timedelta(hours=12))
    return users


@pytest.fixture
def ports(users):
    return {"users": users, "audit": MemoryAuditLog(), "now": NOON}


def test_whoever_sees_the_admin_page_sees_every_session_and_others_their_own(users):
    assert len(live_sessions(by=ED, users=users, now=NOON)) == 3
    assert {session.username for session in own_sessions(by=ANA, users=users, now=NOON)} == {"ana"}
    with pytest.raises(ForbiddenError):
        live_sessions(by=ANA, users=users, now=NOON)


def test_everybody_may_end_their_own_session_and_it_is_on_record(users, ports):
    assert end_session("ana", session_id("one"), by=ANA, **ports)

    assert users.session_user("one", now=NOON) is None
    assert users.session_user("two", now=NOON).username == "ana"
    [entry] = ports["audit"].kept
    assert (entry.event.who, entry.event.object_id) == ("ana", session_id("one"))
    assert dict(entry.event.details) == {"user": "ana", "had_ended": False}


def test_a_session_of_somebody_else_under_ones_own_name_is_not_ended(users, ports):
    assert not end_session("ana", session_id("three"), by=ANA, **ports)

    assert users.session_user("three", now=NOON).username == "ed"


@pytest.mark.parametrize("who", [ANA, ED])
def test_nobody_but_an_administrator_ends_sessions_of_others(users, ports, who):
    other = "ed" if who is ANA else "ana"

    with pytest.raises(ForbiddenError):
        end_session(other, session_id("three"), by=who, **ports)
    with pytest.raises(ForbiddenError):
        end_sessions(other, by=who, **ports)

    assert len(users.sessions(now=NOON)) == 3
    assert [entry.event.result for entry in ports["audit"].kept] == ["refused", "refused"]


def test_an_administrator_ends_every_session_of_a_user(users, ports):
    assert end_sessions("ana", by=BOSS, **ports) == 2

    assert [session.username for session in users.sessions(now=NOON)] == ["ed"]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", "Chrome on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140.0 Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "another browser"),
        ("", "another browser"),
    ],
)
def test_a_browser_is_named_in_three_words(header, name):
    assert browser_name(header) == name
