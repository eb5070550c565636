from datetime import UTC, datetime

from smartbank.core.work import WorkKind, WorkState
from tests.stubs import stub_leads
from tests.ui.test_leads import ranked


def test_excel_queues_a_workbook_and_offers_it_when_it_is_made(open_page, services, work):
    ranked(services, work, [30, 60])
    page = open_page("leads.py")

    page.button(key="export_xlsx").click().run()
    work()
    page.run()

    (export,) = services.queue.recent(WorkKind.EXPORT)
    assert export.state == WorkState.DONE
    assert b"".join(services.files.open(export.result["file_id"])).startswith(b"PK")
    assert f"/exports/{export.work_id}" in [element.proto.url for element in page.get("link_button")]


def test_an_excel_file_made_before_somebody_objected_is_made_again_in_one_click(open_page, services, work):
    ranked(services, work, [30, 60])
    page = open_page("leads.py")
    page.button(key="export_xlsx").click().run()
    work()
    objected = stub_leads([60]).assign(customer_id="lead-1", objected="yes")
    services.customers.save_many(objected, source={"synthetic": False}, saved_at=datetime.now(UTC))

    page.run()
    assert "has changed since this Excel file was made" in " ".join(each.value for each in page.info)
    page.button(key="outdated_xlsx").click().run()
    work()
    page.run()

    again, first = services.queue.recent(WorkKind.EXPORT)
    links = [element.proto.url for element in page.get("link_button")]
    assert f"/exports/{again.work_id}" in links
    assert f"/exports/{first.work_id}" not in links
