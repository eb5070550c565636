"""A customer who is erased in the moment a program brings them in is not brought in."""

from datetime import date

import pytest

from smartbank.adapters import memory
from smartbank.core.people import Role
from tests.api.conftest import SEED
from tests.services import memory_services

HER = "C-1"
MAY = date(2026, 5, 3)
CUSTOMER = {
    "customer_id": HER,
    "personal_info": {"age": 45},
    "financial_info": {"loan": True},
    "contact_details": {"name": "Ana Silva"},
}
LEAD = SEED | {"customer_id": HER}
OTHER = SEED | {"customer_id": "C-2"}


class Between:
    """A store in front of which somebody is erased, once, before it saves."""

    def __init__(self, kept, erase):
        self._kept, self._erase = kept, erase

    def __getattr__(self, name):
        return getattr(self._kept, name)

    def save_rows(self, *args, **more):
        self._erase()
        return self._kept.save_rows(*args, **more)

    def save_many(self, *args, **more):
        self._erase()
        return self._kept.save_many(*args, **more)


@pytest.fixture
def services(request):
    """Services with an erasure from its beginning to its end before the store of `request.param` saves."""
    customers, erased = memory.MemoryCustomerRepository(), memory.MemoryErasedCustomers()
    predictions = memory.MemoryPredictionRepository()
    corrections = memory.MemoryCustomerCorrections(customers)

    def erase():
        erased.begin(HER, on=MAY)
        erased.finish(HER)
        corrections.erase(HER)
        predictions.forget_customer(HER, salt="chance")

    stores = {"customers": customers, "predictions": predictions}
    in_between = {request.param: Between(stores[request.param], erase)}
    return memory_services(corrections=corrections, erased=erased, **(stores | in_between))


def assert_nothing_is_kept(services):
    assert services.customers.load([HER]).empty
    assert services.customers.load_versions([(HER, 1)]).empty
    assert services.predictions.history(HER) == []
    assert HER not in str([entry.event for entry in services.audit.kept])


@pytest.mark.parametrize("services", ["customers", "predictions"], indirect=True)
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "order-0001"}])
def test_a_lead_whose_customer_is_erased_between_the_check_and_the_save_is_refused_and_nothing_kept(
    client, services, headers
):
    refused = [client.post("/v1/predictions", json=LEAD, headers=headers) for _ in range(2)]

    assert [(each.status_code, "Erased on 3 May 2026" in each.json()["detail"]) for each in refused] == [
        (422, True)
    ] * 2
    assert_nothing_is_kept(services)


@pytest.mark.parametrize("services", ["customers", "predictions"], indirect=True)
def test_of_a_batch_in_which_somebody_is_erased_no_score_is_kept(client, services):
    refused = client.post("/v1/predictions/batch", json={"items": [OTHER, LEAD]})

    assert refused.status_code == 422
    assert_nothing_is_kept(services)
    assert services.customers.load(["C-2"])["customer_id"].tolist() == ["C-2"]
    assert services.predictions.history("C-2") == []


@pytest.mark.parametrize("services", ["customers"], indirect=True)
@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMIN])
def test_a_customer_who_is_erased_between_the_check_and_the_save_is_not_brought_in(client_of, services, role):
    refused = client_of(role).post("/v1/customers", json=CUSTOMER)

    assert (refused.status_code, "Erased on 3 May 2026" in refused.json()["detail"]) == (422, True)
    assert services.customers.count() == 0
    assert_nothing_is_kept(services)
