"""What a customer allows, said by a program."""

from datetime import date

import pytest

from smartbank.core.people import ROLE_RIGHTS, Right, Role
from smartbank.errors import ConflictError
from tests.api.conftest import LONG_AGO, SEED
from tests.stubs import stub_leads

HER = "lead-0"
ADDRESS = f"/v1/customers/{HER}/consent"
UNKNOWN = {"do_not_call": None, "objected": None, "consent": None}
OBJECTED = UNKNOWN | {"objected": True}
CRM = ROLE_RIGHTS[Role.MANAGER] - {Right.LIFT_OBJECTION}


@pytest.fixture(autouse=True)
def _stored(services):
    services.customers.save_many(stub_leads([30]), source={"kind": "upload"}, saved_at=LONG_AGO)


@pytest.fixture
def crm(client_of):
    """A program that records what customers allow, and may lift nothing."""
    return client_of(Role.MANAGER, rights=CRM)


def version(services):
    return int(services.customers.standing([HER]).iloc[0]["customer_version"])


def last_event(services):
    return services.audit.kept[-1].event


def test_an_objection_holds_at_once_and_is_on_record(crm, services):
    answer = crm.put(ADDRESS, json=OBJECTED)

    assert (answer.status_code, answer.json()) == (
        200,
        {"customer_id": HER, **OBJECTED, "consent_state": "objected", "may_be_called": False},
    )
    assert services.customers.barred(require_consent=False) == {HER: "objected"}
    assert crm.post("/v1/predictions", json=SEED | {"customer_id": HER}).status_code == 409
    said = next(each.event for each in services.audit.kept if each.event.action == "edit_customer")
    assert (said.who, said.place, said.object_id, said.result) == (
        "program:some-manager",
        "testclient",
        HER,
        "done",
    )
    assert said.details["after"]["objected"] == "yes"


@pytest.mark.parametrize("bars", [{"objected": True}, {"do_not_call": True}, {"consent": False}])
@pytest.mark.parametrize("lifts", [None, "opposite"])
def test_what_bars_is_taken_back_with_the_right_to_alone(crm, client_of, services, bars, lifts):
    (name,) = bars
    crm.put(ADDRESS, json=UNKNOWN | bars)
    after = UNKNOWN | {name: None if lifts is None else not bars[name]}

    refused = crm.put(ADDRESS, json=after)

    assert (refused.status_code, "lift_objection" in refused.json()["detail"]) == (403, True)
    assert list(services.customers.barred(require_consent=False)) == [HER]
    assert (last_event(services).object_id, last_event(services).result) == (HER, "refused")
    lifted = client_of(Role.ADMIN).put(ADDRESS, json=after | {"why": "mistake"})
    assert (lifted.status_code, lifted.json()["may_be_called"]) == (200, True)
    assert services.customers.barred(require_consent=False) == {}
    assert last_event(services).details["why"] == "mistake"


def test_a_mark_that_is_left_out_stays_so_an_objection_lifts_nothing(crm, services):
    crm.put(ADDRESS, json={"do_not_call": True, "consent": False})

    answer = crm.put(ADDRESS, json={"objected": True})

    assert (answer.status_code, answer.json()["consent_state"]) == (200, "objected")
    assert {name: answer.json()[name] for name in UNKNOWN} == {"do_not_call": True, "objected": True, "consent": False}
    assert last_event(services).details["before"] == {"do_not_call": "yes", "objected": None, "consent": "no"}


def test_sent_again_it_changes_nothing_and_is_answered_alike(crm, services):
    first = crm.put(ADDRESS, json=OBJECTED)
    made = version(services)

    again = crm.put(ADDRESS, json=OBJECTED)

    assert again.json() == first.json()
    assert version(services) == made == 2


def test_somebody_elses_change_in_the_same_moment_costs_no_objection(crm, services, monkeypatch):
    record, tries = services.corrections.record_consent, []

    def somebody_is_faster(*args, **more):
        tries.append(args)
        if len(tries) == 1:
            raise ConflictError("changed")
        return record(*args, **more)

    monkeypatch.setattr(services.corrections, "record_consent", somebody_is_faster)

    assert crm.put(ADDRESS, json=OBJECTED).status_code == 200
    assert services.customers.barred(require_consent=False) == {HER: "objected"}


def test_an_objection_of_the_same_moment_is_not_lifted_by_who_did_not_see_it(client, services, monkeypatch):
    record = services.corrections.record_consent

    def somebody_objects_first(customer_id, _marks, **more):
        monkeypatch.setattr(services.corrections, "record_consent", record)
        record(customer_id, {**dict.fromkeys(UNKNOWN), "objected": "yes"}, **more)
        raise ConflictError("changed")

    monkeypatch.setattr(services.corrections, "record_consent", somebody_objects_first)

    assert client.put(ADDRESS, json=UNKNOWN | {"consent": True}).status_code == 409
    assert services.customers.barred(require_consent=False) == {HER: "objected"}


@pytest.mark.parametrize(
    "body",
    [{}, {"why": "mistake"}, {"objected": "yes"}, OBJECTED | {"name": "Ana"}, OBJECTED | {"why": "because"}],
)
def test_what_says_no_mark_or_is_none_is_refused(crm, services, body):
    assert crm.put(ADDRESS, json=body).status_code == 422
    assert version(services) == 1


def test_nobody_and_the_erased_are_not_named_on_record(crm, services):
    services.erased.begin(HER, on=date(2026, 5, 3))

    answers = [crm.put(f"/v1/customers/{customer_id}/consent", json=OBJECTED) for customer_id in ("C-9", HER)]

    assert [each.status_code for each in answers] == [404, 422]
    assert "Erased on 3 May 2026" in answers[1].json()["detail"]
    assert {each.event.object_id for each in services.audit.kept if each.event.action == "edit_customer"} == {""}


def test_who_is_erased_in_the_same_moment_is_not_named_and_no_version_of_them_stays(crm, services, monkeypatch):
    def erased_first(*_args, **_more):
        services.erased.begin(HER, on=date(2026, 5, 3))
        services.erased.finish(HER)
        del services.customers.kept[HER]
        services.customers.replaced[HER, 1] = {"version": 1, "source": {}}  # as a database keeps it before it replaces
        raise ConflictError("changed")

    monkeypatch.setattr(services.corrections, "record_consent", erased_first)

    answer = crm.put(ADDRESS, json=OBJECTED)

    assert (answer.status_code, "Erased on 3 May 2026" in answer.json()["detail"]) == (422, True)
    assert services.customers.replaced == {}
    assert last_event(services).object_id == ""


def test_who_is_stored_already_is_sent_to_where_marks_are_changed(crm):
    customer = {"customer_id": HER, "personal_info": {"age": 45}, "financial_info": {}, "consent": {"objected": True}}

    refused = crm.post("/v1/customers", json=customer)

    assert refused.status_code == 409
    assert "PUT /api/v1/customers/{customer_id}/consent" in refused.json()["detail"]
