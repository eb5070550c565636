"""Scores of which nothing is kept."""

import pytest

from smartbank.api.metrics import PREDICTIONS
from smartbank.core.people import Role
from tests.api.conftest import SEED
from tests.roles.stored import digest

UNSAID = {"personal_info": {}, "financial_info": {}}


def test_a_score_is_what_a_prediction_of_a_customer_says(client):
    score = client.post("/v1/scores", json=SEED).json()
    prediction = client.post("/v1/predictions", json=SEED).json()

    assert set(prediction) - set(score) == {"prediction_id", "customer_id"}
    assert score | {"scored_at": ""} == {name: prediction[name] for name in score} | {"scored_at": ""}
    assert score["reasons"]


def test_nothing_is_kept_and_nothing_is_on_record(client, services):
    assert client.post("/v1/scores", json=SEED).status_code == 200  # the ground of all scores is kept
    before = digest(services)

    sent_again = client.post("/v1/scores", json=SEED, headers={"Idempotency-Key": "12345678"})

    assert sent_again.status_code == 200
    assert digest(services) == before
    assert services.customers.count() == 0
    assert list(services.audit.entries()) == []


def test_the_market_in_force_is_that_of_who_brings_none(client):
    said = client.post("/v1/scores", json={name: SEED[name] for name in UNSAID}).json()

    assert said["market"]["indicators"][0]["source"] != "request"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (SEED | {"customer_id": "C-1"}, 422),
        (SEED | {"name": "Ana"}, 422),
        ({"personal_info": {"age": 45}}, 422),
        (UNSAID, 422),
        ({**UNSAID, "personal_info": {"duration": 100}}, 422),
        ({**UNSAID, "personal_info": {"age": 45}, "macro_info": {"cpi": 100_000}}, 422),
        (None, 422),
    ],
)
def test_what_is_no_description_of_somebody_is_refused(client, services, body, status):
    refused = client.post("/v1/scores", json=body)

    assert refused.status_code == status, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert list(services.audit.entries()) == []


@pytest.mark.parametrize("role", [Role.AGENT, Role.AUDITOR])
def test_who_may_not_bring_customers_in_may_not_score_either(client_of, role):
    assert client_of(role).post("/v1/scores", json=SEED).status_code == 403


def test_whoever_shows_nothing_is_told_to(client_of):
    assert client_of().post("/v1/scores", json=SEED).status_code == 401


def test_scores_are_counted_apart(client):
    def counted():
        return PREDICTIONS.labels("not_kept")._value.get()

    before = counted()
    client.post("/v1/scores", json=SEED)

    assert counted() == before + 1


@pytest.mark.parametrize("sent", [None, 45, []])
def test_a_block_that_is_no_object_is_told_so(client, sent):
    errors = client.post("/v1/scores", json=SEED | {"personal_info": sent}).json()["errors"]

    assert errors == [{"pointer": "/personal_info", "detail": "“personal_info” must be a JSON object."}]
