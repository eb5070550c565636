"""What the pages and links say of uploads and exports that are no longer kept."""

from datetime import UTC, datetime, timedelta

import pytest

from smartbank.bootstrap import export_ports
from smartbank.core.customers import CustomerQuery
from smartbank.core.ranking import RankFilter
from smartbank.core.work import WorkKind, WorkState
from smartbank.errors import NotFoundError
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.downloads import open_workbook
from smartbank.services.exporting import queue_workbook
from smartbank.services.housekeeping import forget_old_files, forget_old_lists
from smartbank.services.removals import queue_undo
from smartbank.services.runs import RunSource, queue_run
from smartbank.services.uploads import queue_upload
from tests.actors import ANA
from tests.stubs import stub_leads

NOW = datetime.now(UTC)


def two_days_later(services):
    later = NOW + timedelta(days=2)
    return forget_old_files(
        later, queue=services.queue, files=services.files, frames=services.frames, audit=services.audit
    )


def ranked(services, work):
    services.customers.save_many(stub_leads([30, 60]), source=DEMO_SOURCE, saved_at=NOW)
    source = RunSource.of_query(CustomerQuery(), "all customers")
    run_id = queue_run(source, market="snapshot", queue=services.queue, audit=services.audit, by=ANA, now=NOW)
    work()
    return run_id


def upload(services, work):
    upload_id = queue_upload(
        [b"age,job\n30,student\n"],
        "a.csv",
        files=services.files,
        queue=services.queue,
        audit=services.audit,
        by=ANA,
        now=NOW,
    )
    work()
    return upload_id


def test_an_upload_that_is_no_longer_kept_asks_for_the_file_again(open_page, services, work):
    upload_id = upload(services, work)
    two_days_later(services)

    page = open_page("leads.py", view="Bring customers in", upload=upload_id)

    assert not page.exception
    assert [info.value for info in page.info] == ["This upload is no longer kept; bring the file again."]
    page.button(key="another_file").click().run()
    assert page.file_uploader(key="leads_upload") is not None


def test_a_run_of_an_upload_that_has_just_expired_says_what_to_do(services, work):
    upload_id = upload(services, work)
    two_days_later(services)

    run_id = queue_run(
        RunSource("upload", "a.csv", upload_id=upload_id),
        market="snapshot",
        queue=services.queue,
        audit=services.audit,
        by=ANA,
        now=NOW,
    )
    work()

    assert services.queue.find(run_id).state is WorkState.FAILED
    assert services.queue.find(run_id).error.endswith("no longer kept. Bring the file again.")


def test_a_link_to_an_export_that_is_no_longer_kept_says_so(services, work):
    run_id = ranked(services, work)
    export_id = queue_workbook(run_id, RankFilter(), by=ANA, ports=export_ports(services), now=NOW)
    work()
    two_days_later(services)

    with pytest.raises(NotFoundError, match="This export is no longer kept; make it again"):
        open_workbook(export_id, by=ANA, ports=export_ports(services), now=NOW)


def test_the_leads_page_offers_to_make_an_expired_export_again(open_page, services, work):
    ranked(services, work)
    page = open_page("leads.py")
    page.button(key="export_xlsx").click().run()
    work()
    two_days_later(services)

    page.run()

    assert "This export is no longer kept; make it again." in [info.value for info in page.info]
    page.button(key="retry_xlsx").click().run()
    page.button(key="export_xlsx").click().run()
    assert len(services.queue.recent(WorkKind.EXPORT)) == 2


def test_ranked_leads_outlive_the_upload_they_came_from(open_page, services, work):
    upload_id = upload(services, work)
    source = RunSource("upload", "a.csv", upload_id=upload_id)
    queue_run(source, market="snapshot", queue=services.queue, audit=services.audit, by=ANA, now=NOW)
    work()
    assert two_days_later(services) == 1

    page = open_page("leads.py")

    assert len(page.dataframe[0].value) == 1


def test_a_ranked_list_that_is_no_longer_kept_says_so_and_the_customer_has_no_score(open_page, services, work):
    run_id = ranked(services, work)
    forget_old_lists(
        NOW + timedelta(days=731),
        queue=services.queue,
        frames=services.frames,
        predictions=services.predictions,
        audit=services.audit,
    )

    leads = open_page("leads.py", run=run_id)
    customer = open_page("customer.py", customer="lead-1")

    assert [info.value for info in leads.info] == ["This run is no longer kept; score the leads again."]
    assert customer.title[0].value == "lead-1: not scored yet."
    assert not customer.exception


def test_last_runs_tell_an_undone_ranking_from_one_that_grew_old(open_page, services, work):
    about = {"by": ANA, "queue": services.queue, "audit": services.audit}
    old = ranked(services, work)
    held = {"frames": services.frames, "predictions": services.predictions, "audit": services.audit}
    forget_old_lists(NOW + timedelta(days=1_000), queue=services.queue, **held)
    upload_id = upload(services, work)
    source = RunSource("upload", "a.csv", upload_id=upload_id)
    undone = queue_run(source, market="snapshot", now=datetime.now(UTC), **about)
    work()
    queue_undo(upload_id, now=datetime.now(UTC), **about)
    work()

    page = open_page("overview.py")

    assert page.dataframe[0].value["State"].tolist() == ["undone", "no longer kept"]
    assert "was undone" in open_page("leads.py", run=undone).info[0].value
    assert "no longer kept" in open_page("leads.py", run=old).info[0].value
