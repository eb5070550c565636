"""Of several who bring the same customer in at once, one is first and the others are told so."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from smartbank.adapters import memory, mongo
from smartbank.core.people import COMMAND_LINE
from smartbank.errors import ConflictError
from smartbank.services.new_customers import NewCustomer, create_customer
from tests.database import VAULT

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
AT_ONCE = 5


def test_one_is_first_and_stays_as_they_said(database):
    customers = mongo.MongoCustomerRepository(database, vault=VAULT)
    ports = {
        "customers": customers,
        "scored": mongo.MongoScoredCustomers(database, vault=VAULT),
        "erased": memory.MemoryErasedCustomers(),
        "corrections": mongo.MongoCustomerCorrections(database, vault=VAULT),
        "settings": memory.MemorySettingsRepository(),
        "audit": memory.MemoryAuditLog(),
    }

    def create(name, age, together):
        together.wait()
        try:
            create_customer(NewCustomer(name, {"age": float(age)}), by=COMMAND_LINE, now=NOW, **ports)
        except ConflictError:
            return None
        return age

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for name in ("a", "b", "c"):
            together = Barrier(AT_ONCE)
            tries = [pool.submit(create, name, 30 + number, together) for number in range(AT_ONCE)]
            (first,) = [age for each in tries if (age := each.result()) is not None]

            (kept,) = customers.load_rows([name])
            assert (kept["age"], kept["customer_version"]) == (first, 1)
