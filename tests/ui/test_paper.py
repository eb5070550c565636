from datetime import UTC, datetime

import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.people import Role
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.runs import RunSource, queue_run
from tests.actors import ANA
from tests.stubs import stub_leads


@pytest.fixture
def ranked(services, work):
    leads = stub_leads([30, 60, 40]).assign(name=["Ana *", "Bruno", None], phone=["+442079460001", None, None])
    now = datetime.now(UTC)
    services.customers.save_many(leads, source=DEMO_SOURCE, saved_at=now)
    source = RunSource.of_query(CustomerQuery(), "all customers")
    queue_run(source, market="snapshot", by=ANA, queue=services.queue, audit=services.audit, now=now)
    work()


@pytest.mark.usefixtures("ranked")
def test_the_list_goes_on_paper_as_a_table_without_phone_numbers(open_page):
    page = open_page("leads.py", role=Role.AUDITOR)

    (table,) = page.table
    assert list(table.value.columns) == ["Name", "Propensity", "Band", "Strongest reason"]
    assert table.value.index.tolist() == [1, 2, 3]
    assert table.value["Name"].tolist() == ["Bruno \\(demo\\)", "lead-2", "Ana \\* \\(demo\\)"]


@pytest.mark.usefixtures("ranked")
def test_the_call_sheet_is_there_when_asked_for_and_put_away_again(open_page, services):
    page = open_page("leads.py")
    page.number_input(key="best").set_value(3).run()

    page.button(key="export_paper").click().run()

    assert not page.exception
    assert page.table[1].value["Phone"].tolist() == ["", "", "+442079460001"]
    assert any("only the best 3" in caption.value for caption in page.caption)
    assert services.audit.newest(limit=1)[0].event.details["step"] == "shown for paper"

    page.button(key="close_sheet").click().run()
    assert len(page.table) == 1


@pytest.mark.usefixtures("ranked")
def test_who_objected_since_vanishes_from_the_sheet_that_is_shown(open_page, services):
    page = open_page("leads.py")
    page.button(key="export_paper").click().run()
    assert page.table[1].value["Phone"].tolist() == ["", "", "+442079460001"]

    objected = stub_leads([30]).assign(name="Ana *", objected="yes")
    services.customers.save_many(objected, source=DEMO_SOURCE, saved_at=datetime.now(UTC))
    page.run()

    assert page.table[1].value["Phone"].tolist() == ["", ""]
    assert any("1 lead may not be called since: not shown any more" in caption.value for caption in page.caption)


@pytest.mark.usefixtures("ranked")
def test_who_may_not_export_is_offered_no_call_sheet(open_page):
    page = open_page("leads.py", role=Role.AUDITOR)

    assert "export_paper" not in [button.key for button in page.button]
