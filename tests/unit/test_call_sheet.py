from datetime import UTC, datetime, timedelta

import pytest

from smartbank import worker
from smartbank.bootstrap import export_ports
from smartbank.core.customers import CustomerQuery
from smartbank.core.people import Role
from smartbank.core.ranking import RankFilter
from smartbank.errors import ForbiddenError, NotFoundError
from smartbank.services.call_sheet import SHEET_COLUMNS, SHEET_ROWS, call_sheet
from smartbank.services.housekeeping import forget_old_lists
from smartbank.services.runs import RunSource, queue_run
from tests.actors import ANA, EVERYBODY
from tests.services import memory_services
from tests.stubs import stub_leads

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def services():
    services = memory_services()
    leads = stub_leads([18 + i for i in range(60)]).assign(phone=[f"+4420794600{i:02}" for i in range(60)])
    services.customers.save_many(leads, source={"kind": "upload", "name": "x"}, saved_at=NOW)
    return services


@pytest.fixture
def sheet(services):
    """Return a function that makes the sheet of the one run there is."""
    source = RunSource.of_query(CustomerQuery(), "all customers")
    run_id = queue_run(source, market="snapshot", by=ANA, queue=services.queue, audit=services.audit, now=NOW)
    worker.run_once(services)
    ports = export_ports(services)
    return lambda rank_filter=RankFilter(), by=ANA: call_sheet(run_id, rank_filter, by=by, ports=ports, now=NOW)  # noqa: B008


def test_the_sheet_holds_the_best_fifty_with_phone_and_one_reason(sheet):
    rows = sheet()

    assert list(rows.columns) == list(SHEET_COLUMNS)
    assert rows["rank"].tolist() == list(range(1, SHEET_ROWS + 1))
    assert rows["phone"][0] == "+442079460059"
    assert "bought" in rows["reason_1"][0]


def test_the_filter_of_the_list_holds_on_the_sheet(sheet):
    assert sheet(RankFilter(best=3))["rank"].tolist() == [1, 2, 3]


def test_contact_details_of_nobody_else_are_read(sheet, services, monkeypatch):
    asked = []
    contact_details = services.customers.contact_details
    monkeypatch.setattr(services.customers, "contact_details", lambda ids: asked.extend(ids) or contact_details(ids))

    sheet()

    assert len(asked) == SHEET_ROWS


def test_the_sheet_is_on_record_as_an_export(sheet, services):
    sheet(RankFilter(bands=("A",)))

    entry = services.audit.newest(limit=1)[0].event
    assert (entry.action, entry.result, entry.who) == ("export", "done", "ana")
    assert entry.details["step"] == "shown for paper"
    assert entry.details["bands"] == ["A"]
    assert "+44" not in str(entry)


@pytest.mark.parametrize("role", [Role.AGENT, Role.AUDITOR])
def test_who_may_not_export_gets_no_sheet(sheet, services, role):
    with pytest.raises(ForbiddenError):
        sheet(by=EVERYBODY[role])

    assert services.audit.newest(limit=1)[0].event.result == "refused"


def test_who_objected_is_not_on_the_sheet(sheet, services):
    objected = stub_leads([77]).assign(customer_id="lead-59", objected="yes")
    services.customers.save_many(objected, source={"kind": "upload"}, saved_at=NOW)

    assert sheet(RankFilter(best=3))["rank"].tolist() == [2, 3]


def test_when_nobody_may_be_called_the_sheet_is_refused_in_words(sheet, services):
    objected = stub_leads([77]).assign(customer_id="lead-59", objected="yes")
    services.customers.save_many(objected, source={"kind": "upload"}, saved_at=NOW)

    with pytest.raises(NotFoundError, match="None of these leads may be called any more"):
        sheet(RankFilter(best=1))
    with pytest.raises(NotFoundError, match="Choose more bands"):
        sheet(RankFilter(min_propensity=1.0))

    assert services.audit.newest(limit=1)[0].event.result == "failed"


def test_the_sheet_of_a_run_that_is_no_longer_kept_is_refused_in_words(sheet, services):
    forget_old_lists(
        NOW + timedelta(days=36_500),
        **{name: getattr(services, name) for name in ("queue", "frames", "predictions", "audit")},
    )

    with pytest.raises(NotFoundError, match="This run is no longer kept; score the leads again"):
        sheet()
