"""A database whose user may only read: what is there is shown, and whatever would be written is refused in words."""

from datetime import UTC, datetime, timedelta

import pytest

from smartbank.errors import StorageError
from tests.faults.embedded import FaultyBank, customers, hold_session, services_on, working

REFUSED = "The database does not let SmartBank do this. Check that SMARTBANK_MONGODB_URI names a user who may read"


@pytest.fixture(scope="module")
def reading(faulty):
    """Services whose user may only read, and a run that was made before."""
    server, _, services = faulty
    bank = FaultyBank(services)
    with working(services):
        run_id = bank.ranked(50, "READER")
    hold_session(services, now=datetime.now(UTC) - timedelta(minutes=5))  # when it was seen last is due to be noted
    with services_on(server.for_reader(), server.folder) as reading:
        yield reading, run_id


def test_what_is_there_is_shown_and_nothing_can_be_added(reading, services, api_of, open_page):
    reader, run_id = reading
    before = services.audit.end()

    page = open_page("leads.py", on=reader, run=run_id)
    listed = api_of(reader).get("/v1/call-lists")
    asked = api_of(reader).post(
        "/v1/predictions", json={"personal_info": {"age": 45, "job": "admin"}, "financial_info": {}}
    )
    with pytest.raises(StorageError) as refused:
        FaultyBank(reader).upload(customers(3))

    assert not page.exception
    assert [each.value for each in page.error] == []
    assert "50 leads" in page.title[0].value
    assert listed.status_code == 200
    assert asked.status_code == 503
    assert asked.json()["detail"].startswith(REFUSED)
    assert str(refused.value).startswith(REFUSED)
    assert services.audit.end() == before
