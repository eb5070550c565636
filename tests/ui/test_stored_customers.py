from datetime import UTC, datetime

from smartbank.services.demo import DEMO_SOURCE
from tests.stubs import stub_leads

NOW = datetime.now(UTC)


def test_customers_stored_meanwhile_are_found_at_once(open_page, services):
    services.customers.save_many(stub_leads([30, 60]), source=DEMO_SOURCE, saved_at=NOW)
    page = open_page("leads.py", view="Stored customers")
    assert page.title[0].value == "2 customers found."

    services.customers.save_many(stub_leads([30, 60, 40]), source=DEMO_SOURCE, saved_at=NOW)
    page.run()

    assert page.title[0].value == "3 customers found."
