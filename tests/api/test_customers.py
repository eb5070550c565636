"""Customers over HTTP."""

import pytest

from smartbank.core.people import Role
from tests.api.conftest import LONG_AGO
from tests.stubs import stub_leads

ANA = {
    "customer_id": "C-1",
    "personal_info": {"age": 45, "job": "admin"},
    "financial_info": {"loan": True, "housing": "unknown"},
    "contact_details": {"name": "Ana  Silva", "phone": "+351 21 123 4567"},
    "consent": {"consent": True},
}


def test_a_customer_is_brought_in_and_read_again(client):
    created = client.post("/v1/customers", json=ANA)

    read = client.get("/v1/customers/C-1")
    assert (created.status_code, created.headers["Location"]) == (201, "/api/v1/customers/C-1")
    assert created.json() == read.json()
    assert read.json()["personal_info"] == {"age": 45, "job": "admin.", "marital": None, "education": None}
    assert read.json()["financial_info"] == {"default": None, "housing": None, "loan": True}
    assert read.json()["contact_details"] == {"name": "Ana Silva", "phone": "+351211234567"}
    assert (read.json()["consent_state"], read.json()["is_barred"]) == ("given", False)


def test_a_customer_is_brought_in_once(client, services):
    client.post("/v1/customers", json=ANA)

    response = client.post("/v1/customers", json=ANA | {"personal_info": {"age": 50}})

    assert response.status_code == 409
    assert services.customers.load(["C-1"]).iloc[0]["age"] == 45


def test_a_phone_number_that_is_none_is_refused_without_being_repeated(client, services):
    response = client.post("/v1/customers", json=ANA | {"contact_details": {"phone": "12345678"}})

    assert response.status_code == 422
    assert "12345678" not in response.text
    assert services.customers.count() == 0


def test_an_id_with_a_slash_is_read_and_its_predictions_too(client):
    client.post("/v1/customers", json=ANA | {"customer_id": "PT/00 1"})

    assert client.get("/v1/customers/PT%2F00%201").json()["customer_id"] == "PT/00 1"
    assert client.get("/v1/customers/PT%2F00%201/predictions").json() == {"items": []}


@pytest.mark.parametrize("path", ["/v1/customers/C-9", "/v1/customers/C-9/predictions"])
def test_a_customer_nobody_knows_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_customers_come_in_pages_in_the_order_of_their_ids(client, services):
    services.customers.save_many(stub_leads(list(range(20, 27))), source={}, saved_at=LONG_AGO)
    found, cursor = [], None

    while cursor is not None or not found:
        page = client.get("/v1/customers", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        found.append([each["customer_id"] for each in page["items"]])
        cursor = page["next_cursor"]

    assert found == [["lead-0", "lead-1", "lead-2"], ["lead-3", "lead-4", "lead-5"], ["lead-6"]]


def test_customers_are_found_by_name_and_phone_and_the_page_names_nobody(client):
    client.post("/v1/customers", json=ANA)
    client.post("/v1/customers", json=ANA | {"customer_id": "C-2", "contact_details": {"name": "Rui"}})

    for text in ("silva", "+351 211 234 567", "C-1"):
        page = client.get("/v1/customers", params={"text": text})
        assert [each["customer_id"] for each in page.json()["items"]] == ["C-1"]
        assert "Silva" not in page.text


def test_customers_are_found_by_what_they_allow(client):
    client.post("/v1/customers", json=ANA)
    client.post("/v1/customers", json=ANA | {"customer_id": "C-2", "consent": {"objected": True}})

    page = client.get("/v1/customers", params={"consent": "objected"})

    assert [each["customer_id"] for each in page.json()["items"]] == ["C-2"]


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"cursor": "%%%"}, {"band": "E"}, {"consent": "x"}])
def test_a_wrong_question_is_refused(client, params):
    assert client.get("/v1/customers", params=params).status_code == 422


def test_an_agent_reads_a_customer_and_lists_none(client, client_of):
    client.post("/v1/customers", json=ANA)
    agent = client_of(Role.AGENT)

    assert agent.get("/v1/customers/C-1").status_code == 200
    assert agent.get("/v1/customers").status_code == 403
    assert agent.post("/v1/customers", json=ANA | {"customer_id": "C-2"}).status_code == 403
