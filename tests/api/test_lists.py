"""Call lists over HTTP: a manager sees all of one, an agent their own entries and nothing of anybody else's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from smartbank.api.access import known
from smartbank.api.app import create_api
from smartbank.api.pages import cursor_of
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Actor, Role
from tests.bank import EVERYONE, Bank
from tests.stubs import stub_leads
from tests.world_lists import put_list

AGENT = Actor("some_agent", Role.AGENT, "192.0.2.8")
OTHER = Actor("another_agent", Role.AGENT, "192.0.2.9")
MANAGER = Actor("ana", Role.MANAGER, "192.0.2.7")


@pytest.fixture
def bank():
    bank = Bank()
    bank.services.customers.save_many(stub_leads([60, 50, 40]), source={}, saved_at=bank.clock)
    bank.run_id = bank.score(EVERYONE)
    return bank


@pytest.fixture
def services(bank):
    return bank.services


@pytest.fixture
def list_id(bank):
    return put_list(bank.services, bank.run_id, now=datetime.now(UTC) - timedelta(hours=1))


@pytest.fixture
def as_(services):
    """Return a client of somebody."""

    def as_(actor):
        api = create_api(lambda: services)
        api.dependency_overrides[known] = lambda: actor
        return TestClient(api, raise_server_exceptions=False)

    return as_


def said(customer_id="lead-0", outcome="no_answer", **more):
    return {"customer_id": customer_id, "attempt": 1, "outcome": outcome} | more


def test_a_manager_sees_every_entry_with_role_and_propensity(as_, list_id):
    page = as_(MANAGER).get(f"/v1/call-lists/{list_id}/entries").json()

    assert [(each["customer_id"], each["agent"], each["role"]) for each in page["items"]] == [
        ("lead-0", "some_agent", "best"),
        ("lead-1", "ana", "best"),
    ]
    assert 0 < page["items"][0]["propensity"] < 1
    assert page["next_cursor"] is None


def test_an_agent_sees_their_own_entries_without_role_rank_and_propensity(as_, list_id):
    page = as_(AGENT).get(f"/v1/call-lists/{list_id}/entries").json()

    (entry,) = page["items"]
    assert entry["customer_id"] == "lead-0"
    assert [entry[name] for name in ("role", "rank", "propensity", "band")] == [None] * 4


def test_another_agent_guessing_the_list_learns_no_more_than_of_one_that_is_none(as_, list_id):
    client = as_(OTHER)

    for path in ("", "/entries"):
        guessed, none = (client.get(f"/v1/call-lists/{each}{path}") for each in (list_id, "20260101-000000-000-abcdef"))
        assert guessed.status_code == none.status_code == 404
        assert guessed.json()["detail"] == none.json()["detail"]
    assert client.get("/v1/call-lists").json() == {"items": [], "next_cursor": None}


def test_entries_come_in_pages(as_, list_id):
    client = as_(MANAGER)
    first = client.get(f"/v1/call-lists/{list_id}/entries", params={"limit": 1}).json()

    second = client.get(f"/v1/call-lists/{list_id}/entries", params={"limit": 1, "cursor": first["next_cursor"]}).json()

    assert [each["customer_id"] for each in first["items"] + second["items"]] == ["lead-0", "lead-1"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("path", ["", "/entries"])
def test_a_list_is_looked_up_once(as_, services, list_id, path, monkeypatch):
    find, found = services.lists.find, []
    monkeypatch.setattr(services.lists, "find", lambda each: found.append(each) or find(each))

    response = as_(MANAGER).get(f"/v1/call-lists/{list_id}{path}")

    assert (response.status_code, found) == (200, [list_id])


def test_a_page_behind_the_last_one_is_empty(as_, list_id):
    behind = {"cursor": cursor_of("7")}

    page = as_(MANAGER).get(f"/v1/call-lists/{list_id}/entries", params=behind).json()

    assert page == {"items": [], "next_cursor": None}


def test_lists_are_told_to_a_manager_and_to_an_agent_with_calls_on_them(as_, list_id):
    for actor in (MANAGER, AGENT):
        (found,) = as_(actor).get("/v1/call-lists").json()["items"]
        assert (found["list_id"], found["name"], found["state"]) == (list_id, "Monday", "released")
        assert as_(actor).get(f"/v1/call-lists/{list_id}").json() == found


def test_an_agent_records_what_came_of_their_own_call(as_, services, list_id):
    response = as_(AGENT).post(f"/v1/call-lists/{list_id}/outcomes", json=said(outcome="subscribed"))

    (kept,) = services.outcomes.of_list(list_id)
    assert response.status_code == 201
    assert (kept.outcome, kept.by, response.json()["outcome_id"]) == (
        OutcomeKind.SUBSCRIBED,
        "some_agent",
        kept.outcome_id,
    )


def test_an_agent_records_nothing_of_anothers_call(as_, services, list_id):
    response = as_(OTHER).post(f"/v1/call-lists/{list_id}/outcomes", json=said())

    assert response.status_code == 403
    assert services.outcomes.of_list(list_id) == []


def test_an_objection_holds_at_once_and_no_score_is_made_any_more(as_, list_id):
    as_(AGENT).post(f"/v1/call-lists/{list_id}/outcomes", json=said(outcome="objected"))

    assert as_(MANAGER).post("/v1/predictions", json={"customer_id": "lead-0"}).status_code == 409


def test_a_dialler_brings_results_back_and_what_is_wrong_is_told_by_pointer(as_, services, list_id):
    at = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    items = [
        {"customer_id": "lead-0", "outcome": "declined", "at": at},
        {"customer_id": "nobody", "outcome": "declined", "at": at},
    ]
    path = f"/v1/call-lists/{list_id}/outcomes/batch"

    first, again = (as_(MANAGER).post(path, json={"items": items}).json() for _ in range(2))

    assert (first["recorded"], first["again"]) == (1, 0)
    assert (again["recorded"], again["again"]) == (0, 1)
    assert first["refused"][0]["pointer"] == "/items/1"
    assert len(services.outcomes.of_list(list_id)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "bought"},
        {"attempt": 0},
        {"call_again_at": "2026-01-05T09:00:00"},
        {"call_again_at": "9999-12-31T23:59:59-12:00"},
        {"duration": 5},
    ],
)
def test_a_wrong_outcome_is_refused(as_, services, list_id, wrong):
    assert as_(AGENT).post(f"/v1/call-lists/{list_id}/outcomes", json=said() | wrong).status_code == 422
    assert services.outcomes.of_list(list_id) == []


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"])
@pytest.mark.parametrize("field", ["at", "call_again_at"])
def test_a_result_at_a_moment_that_utc_does_not_have_is_refused(as_, services, list_id, field, at):
    item = {"customer_id": "lead-0", "outcome": "callback", "at": datetime.now(UTC).isoformat()} | {field: at}

    response = as_(MANAGER).post(f"/v1/call-lists/{list_id}/outcomes/batch", json={"items": [item]})

    assert response.status_code == 422
    assert services.outcomes.of_list(list_id) == []


@pytest.mark.parametrize("days", [-1, 367])
def test_a_call_back_lies_ahead_and_within_a_year_by_whichever_way_it_comes(as_, services, list_id, days):
    now = datetime.now(UTC)
    agreed = {"outcome": "callback", "call_again_at": (now + timedelta(days=days)).isoformat()}
    item = {"customer_id": "lead-0", "at": now.isoformat()} | agreed

    alone = as_(AGENT).post(f"/v1/call-lists/{list_id}/outcomes", json=said() | agreed)
    many = as_(MANAGER).post(f"/v1/call-lists/{list_id}/outcomes/batch", json={"items": [item]}).json()

    assert alone.status_code == 409
    assert (many["recorded"], len(many["refused"])) == (0, 1)
    assert services.outcomes.of_list(list_id) == []


def test_the_time_to_call_back_counts_for_a_call_back_only(as_, services, list_id):
    now = datetime.now(UTC)
    item = {"customer_id": "lead-0", "outcome": "declined", "at": now.isoformat(), "call_again_at": now.isoformat()}

    as_(MANAGER).post(f"/v1/call-lists/{list_id}/outcomes/batch", json={"items": [item]})

    (kept,) = services.outcomes.of_list(list_id)
    assert kept.call_again_at is None


def test_lists_come_in_pages(as_, services, list_id):
    older = replace(services.lists.find(list_id), list_id="20200101-000000-000-abcdef")
    services.lists.begin(older)
    client = as_(MANAGER)

    first = client.get("/v1/call-lists", params={"limit": 1}).json()
    second = client.get("/v1/call-lists", params={"limit": 1, "cursor": first["next_cursor"]}).json()

    assert [each["list_id"] for each in first["items"] + second["items"]] == [list_id, older.list_id]
    assert second["next_cursor"] is None
