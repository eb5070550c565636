"""A customer's rights over HTTP."""

import pytest

from smartbank import worker
from smartbank.core.people import Role
from tests.api.conftest import SEED

REASON = {"reason": "asked for by letter"}


@pytest.fixture
def admin(client_of):
    return client_of(Role.ADMIN)


@pytest.fixture
def customer(client):
    body = {"customer_id": "C-1", "personal_info": {"age": 45}, "financial_info": {}}
    client.post("/v1/customers", json=body | {"contact_details": {"name": "Ana Silva"}})
    client.post("/v1/predictions", json={"customer_id": "C-1"}, headers={"Idempotency-Key": "order-0001"})
    return "C-1"


def test_everything_kept_of_a_customer_is_handed_out_and_never_kept_on_the_way(client, customer):
    response = client.get(f"/v1/customers/{customer}/data")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "Ana Silva" in response.text
    assert "Not for credit decisions" in response.text


def test_an_erased_customer_is_gone_and_does_not_come_back_by_the_api(admin, client, services, customer):
    begun = admin.delete(f"/v1/customers/{customer}", params=REASON)
    while worker.run_once(services):
        pass

    assert begun.status_code == 202
    assert client.get(f"/v1/customers/{customer}").status_code == 404
    for path, body in (("predictions", SEED), ("customers", {"personal_info": {}, "financial_info": {}})):
        refused = client.post(f"/v1/{path}", json=body | {"customer_id": customer})
        assert refused.status_code == 422
        assert "Erased on" in refused.json()["detail"]


def test_nothing_of_an_erased_customer_is_in_an_answer_that_was_kept(admin, client, services, customer):
    admin.delete(f"/v1/customers/{customer}", params=REASON)
    while worker.run_once(services):
        pass

    again = client.post("/v1/predictions", json={"customer_id": "C-1"}, headers={"Idempotency-Key": "order-0001"})

    assert again.status_code == 422


def test_whose_score_was_asked_for_beside_an_erased_customers_is_made_again_and_hers_says_why_not(
    admin, client, services
):
    items = [SEED | {"customer_id": name} for name in ("C-1", "C-2")]
    made = client.post("/v1/predictions/batch", json={"items": items}).json()["items"]
    admin.delete("/v1/customers/C-1", params=REASON)
    while worker.run_once(services):
        pass

    hers, the_others = (
        admin.get(f"/v1/predictions/{each['prediction']['prediction_id']}/replay").json() for each in made
    )

    assert the_others["is_equal"] is True
    assert hers["is_equal"] is False
    assert "The customer was erased" in hers["obstacle"]


@pytest.mark.parametrize(
    ("params", "status"),
    [({}, 422), ({"reason": "short"}, 422), ({"reason": "C-1 asked for it by letter"}, 422)],
)
def test_an_erasure_needs_a_reason_that_names_nobody(admin, client, customer, params, status):
    assert admin.delete(f"/v1/customers/{customer}", params=params).status_code == status
    assert client.get(f"/v1/customers/{customer}").status_code == 200
