"""Predictions over HTTP: the contract to the letter."""

import copy
import math

import pytest

from smartbank.bootstrap import replay_ports
from smartbank.core.people import COMMAND_LINE, Role
from smartbank.services.replaying import replay_prediction
from tests.api.conftest import SEED


def seed(**blocks):
    """Return the seed with fields of its blocks in another way; None takes a block away."""
    body = copy.deepcopy(SEED)
    for name, fields in blocks.items():
        if fields is None:
            body.pop(name)
        else:
            body[name] = body.get(name, {}) | fields if isinstance(fields, dict) else fields
    return body


def test_the_seed_contract_gives_a_stored_prediction_that_is_made_again_bit_for_bit(client, services):
    response = client.post("/v1/predictions", json=SEED)

    said = response.json()
    assert response.status_code == 200
    assert set(said) == {
        *("prediction_id", "customer_id", "result", "probability", "confidence", "threshold", "band", "reasons"),
        *("base_log_odds", "market", "model_version", "scored_at"),
    }
    log_odds = said["base_log_odds"] + sum(each["contribution"] for each in said["reasons"])
    assert log_odds == pytest.approx(math.log(said["probability"] / (1 - said["probability"])), abs=1e-9)
    assert said["reasons"][0] == {
        "field": "age",
        "value": 45,
        "contribution": 0.5,
        "sentence": "Customers aged 40 to 49: 8 % bought; all: 11 %; "
        "among otherwise similar customers it speaks for a call",
    }
    assert services.predictions.history(said["customer_id"])[0]["propensity"] == said["probability"]
    assert replay_prediction(said["prediction_id"], by=COMMAND_LINE, ports=replay_ports(services)).is_equal


def test_the_result_is_yes_from_the_threshold_on_and_confidence_is_of_the_result(client):
    old, young = (client.post("/v1/predictions", json=seed(personal_info={"age": age})).json() for age in (90, 20))

    assert old["probability"] >= old["threshold"] > young["probability"]
    assert (old["result"], old["confidence"]) == ("YES", old["probability"])
    assert (young["result"], young["confidence"]) == ("NO", 1 - young["probability"])


def test_without_macro_info_the_market_in_force_counts_and_is_told_with_sources(client, services):
    said = client.post("/v1/predictions", json=seed(macro_info=None)).json()["market"]

    euribor = said["indicators"][0]
    assert said["snapshot_id"] == services.market.look().snapshot_id
    assert (euribor["name"], euribor["value"], euribor["source"]) == ("euribor3m", 2.6350455, "ECB")


def test_the_market_and_the_customers_just_scored_are_not_looked_up_again(client, services, monkeypatch):
    client.post("/v1/predictions", json=seed(macro_info=None))
    looks = []
    monkeypatch.setattr(services.snapshots, "find", looks.append)
    monkeypatch.setattr(services.customers, "load_versions", looks.append)

    said = client.post("/v1/predictions", json=seed(macro_info=None)).json()

    assert said["market"]["indicators"][0]["source"] == "ECB"
    assert len(said["reasons"]) > 0
    assert looks == []


def test_a_market_of_its_own_is_told_as_the_requests(client):
    said = client.post("/v1/predictions", json=SEED).json()["market"]

    assert [(each["name"], each["value"], each["source"]) for each in said["indicators"]] == [
        ("euribor3m", 1.2, "request"),
        ("emp_var_rate", -1.8, "request"),
        ("cpi_yoy", 2.78, "request"),
    ]


def test_admin_with_and_without_its_dot_and_unknown_and_null_are_the_same(client, services):
    ids = [
        client.post("/v1/predictions", json=seed(personal_info={"job": job, "marital": marital})).json()["customer_id"]
        for job, marital in (("admin", "unknown"), ("admin.", None))
    ]

    first, second = (services.customers.load([each]).iloc[0] for each in ids)
    assert first["job"] == second["job"] == "admin."
    assert first.isna()["marital"]
    assert second.isna()["marital"]


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        (seed() | {"duration": 200}, "/duration", "known only after the call"),
        (seed(campaign_info={"duration": 200}), "/campaign_info/duration", "known only after the call"),
        (seed(personal_info={"wealth": 1}), "/personal_info/wealth", "is not a field SmartBank knows"),
        (seed(personal_info={"age": "45"}), "/personal_info/age", "must be a number"),
        (seed(personal_info={"age": 45.5}), "/personal_info/age", "integer"),
        (seed(personal_info={"age": 12}), "/personal_info/age", "greater than or equal to 17"),
        (seed(personal_info={"job": "astronaut"}), "/personal_info/job", "'retired'"),
        (seed(financial_info={"loan": "maybe"}), "/financial_info/loan", "true, false, null or “unknown”"),
        (seed(macro_info={"cpi": 60}), "/macro_info/cpi", "base 2012 = 100"),
        (seed(campaign_info={"planned_for": "soon"}), "/campaign_info/planned_for", "date"),
        (seed(financial_info=None), "", "Give personal_info and financial_info"),
        (seed(customer_id="../etc"), "/customer_id", "pattern"),
    ],
)
def test_what_is_wrong_is_told_by_pointer_and_nothing_is_kept(client, services, body, pointer, detail):
    response = client.post("/v1/predictions", json=body)

    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")
    assert response.json()["errors"][0]["pointer"] == pointer
    assert detail in response.json()["errors"][0]["detail"]
    assert services.customers.count() == 0


def test_a_stored_customer_is_scored_by_id_alone_and_an_unknown_one_is_refused(client):
    client.post("/v1/predictions", json=seed(customer_id="C-1", macro_info=None))

    known = client.post("/v1/predictions", json={"customer_id": "C-1"})
    unknown = client.post("/v1/predictions", json={"customer_id": "C-2"})

    assert (known.status_code, known.json()["customer_id"]) == (200, "C-1")
    assert unknown.status_code == 422
    assert "C-2 is not stored" in unknown.json()["detail"]


def test_who_objected_gets_no_score_and_the_answer_says_why(client, client_of):
    customer = {"customer_id": "C-1", "personal_info": {}, "financial_info": {}, "consent": {"objected": True}}
    client.post("/v1/customers", json=customer)

    response = client.post("/v1/predictions", json=seed(customer_id="C-1"))

    assert response.status_code == 409
    assert response.json()["detail"] == "This customer objected to calls, so there is no score."


def test_a_batch_answers_in_its_order_with_who_was_left_out(client):
    customer = {"customer_id": "C-2", "personal_info": {}, "financial_info": {}, "consent": {"do_not_call": True}}
    client.post("/v1/customers", json=customer)

    said = client.post("/v1/predictions/batch", json={"items": [{**SEED, "customer_id": f"C-{n}"} for n in (1, 2, 3)]})

    assert (said.status_code, said.json()["scored"], said.json()["left_out"]) == (200, 2, 1)
    assert [each["customer_id"] for each in said.json()["items"]] == ["C-1", "C-2", "C-3"]
    assert said.json()["items"][1]["prediction"] is None
    assert said.json()["items"][1]["left_out"]["rule"] == "consent"


def test_one_wrong_lead_of_a_batch_keeps_all_of_it_out(client, services):
    leads = [SEED, seed(personal_info={"age": 5}), seed(macro_info={"cpi": 60})]

    response = client.post("/v1/predictions/batch", json={"items": leads})

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/items/1/personal_info/age"
    assert services.customers.count() == 0


@pytest.mark.parametrize("items", [[], [SEED] * 1_001, [{**SEED, "customer_id": "C-1"}] * 2])
def test_a_batch_has_one_to_a_thousand_leads_of_different_customers(client, services, items):
    assert client.post("/v1/predictions/batch", json={"items": items}).status_code == 422
    assert services.customers.count() == 0


def test_a_prediction_is_read_again_as_it_was_answered(client):
    said = client.post("/v1/predictions", json=SEED).json()

    assert client.get(f"/v1/predictions/{said['prediction_id']}").json() == said
    assert client.get(f"/v1/customers/{said['customer_id']}/predictions").json() == {"items": [said]}


@pytest.mark.parametrize("name", ["ask-1:1", "ask-20260302-090000-123-abcdef:9999999", "20260302-090000-123-abcdef:0"])
def test_a_prediction_nobody_made_is_not_found(client, name):
    response = client.get(f"/v1/predictions/{name}")

    assert (response.status_code, response.json()["type"]) == (404, "urn:smartbank:problem:not-found")


def test_an_auditor_has_a_prediction_made_again(client, client_of):
    said = client.post("/v1/predictions", json=SEED).json()

    replayed = client_of(Role.AUDITOR).get(f"/v1/predictions/{said['prediction_id']}/replay")

    assert replayed.json() == {
        "prediction_id": said["prediction_id"],
        "is_equal": True,
        "obstacle": "",
        "differences": [],
    }


def test_a_request_sent_again_under_its_key_is_done_once(client, services):
    key = {"Idempotency-Key": "order-2026-0001"}

    first = client.post("/v1/predictions", json=SEED, headers=key)
    again = client.post("/v1/predictions", json=SEED, headers=key)
    other = client.post("/v1/predictions", json=seed(macro_info=None), headers=key)

    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert services.customers.count() == 1
