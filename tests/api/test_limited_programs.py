"""What a program limited to some rights gets, and what it gets no more once they were cut."""

from dataclasses import replace

import pytest

from smartbank.core.people import ROLE_RIGHTS, Right, Role
from tests.api.conftest import SEED

CUSTOMER = {"customer_id": "C-1", "personal_info": {"age": 45}, "financial_info": {"loan": True}}
KEY = {"Idempotency-Key": "order-2026-0001"}
MANAGER = ROLE_RIGHTS[Role.MANAGER]


@pytest.fixture
def scorer(client_of):
    """A program that may bring customers in, and do nothing else."""
    return client_of(Role.MANAGER, rights={Right.BRING_IN})


@pytest.fixture
def limit(services):
    """Give the program other rights."""

    def limit(rights):
        before = services.programs.find("some-manager")
        assert services.programs.change(before, replace(before, rights=frozenset(rights)))

    return limit


def test_who_may_only_bring_customers_in_gets_scores(scorer, services):
    one = scorer.post("/v1/predictions", json=SEED | {"customer_id": "C-1"})
    many = scorer.post("/v1/predictions/batch", json={"items": [SEED | {"customer_id": "C-2"}]})

    assert (one.status_code, one.json()["customer_id"]) == (200, "C-1")
    assert (many.status_code, many.json()["scored"]) == (200, 1)
    assert len(one.json()["reasons"]) > 0
    assert services.customers.count() == 2


@pytest.mark.parametrize("headers", [{}, KEY])
def test_who_may_not_read_a_customer_brings_none_in_by_hand_and_nothing_is_begun(scorer, services, limit, headers):
    refused = scorer.post("/v1/customers", json=CUSTOMER, headers=headers)

    assert refused.status_code == 403
    assert services.customers.count() == 0
    limit(MANAGER)
    assert scorer.post("/v1/customers", json=CUSTOMER, headers=headers).status_code == 201


@pytest.mark.parametrize(
    ("path", "body", "cut"),
    [
        ("/v1/predictions", SEED, Right.BRING_IN),
        ("/v1/predictions/batch", {"items": [SEED]}, Right.BRING_IN),
        ("/v1/customers", CUSTOMER, Right.SEE_CUSTOMER),
        ("/v1/customers", CUSTOMER, Right.BRING_IN),
    ],
)
def test_an_answer_is_not_told_again_to_whom_its_right_was_taken(client, limit, path, body, cut):
    first = client.post(path, json=body, headers=KEY)
    again = client.post(path, json=body, headers=KEY)

    limit(MANAGER - {cut})
    refused = client.post(path, json=body, headers=KEY)

    assert (first.status_code, again.json()) == (again.status_code, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (refused.status_code, refused.headers.get("Idempotent-Replayed")) == (403, None)
    assert "customer_id" not in refused.text
