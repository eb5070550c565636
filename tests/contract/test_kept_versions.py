"""Earlier versions of customers on the database, as a SmartBank of before left them."""

from datetime import timedelta

from smartbank.adapters import mongo
from tests.contract.test_customers import MONDAY, UPLOAD, leads
from tests.database import VAULT

TUESDAY = MONDAY + timedelta(days=1)


def test_a_version_nobody_noted_the_end_of_counts_as_replaced_now(database):
    customers = mongo.MongoCustomerRepository(database, vault=VAULT)
    corrections = mongo.MongoCustomerCorrections(database, vault=VAULT)
    for age in (30, 31, 32, 33):
        customers.save_many(leads(customer_id=["c1"], age=[age]), source=UPLOAD, saved_at=MONDAY)
    database["customer_versions"].update_many({}, {"$unset": {"replaced_at": ""}})

    assert corrections.forget_versions(TUESDAY, at_most=9) == 0
    assert [corrections.note_replaced(TUESDAY, at_most=2) for _ in range(3)] == [2, 1, 0]
    assert corrections.forget_versions(MONDAY, at_most=9) == 0
    assert corrections.forget_versions(TUESDAY, at_most=9) == 3
