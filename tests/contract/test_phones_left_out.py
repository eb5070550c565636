"""A number that stands in many rows of a file is left out of what is stored where somebody says so: on any store."""

import pytest

from smartbank import worker
from smartbank.core.customers import CustomerQuery
from smartbank.core.readiness import ReadinessReport
from smartbank.core.shared_phones import SharedPhones
from smartbank.services import intake
from smartbank.services.runs import RunSource, queue_run, ranked_leads
from smartbank.services.uploads import changed_fields, queue_upload
from tests.actors import ANA
from tests.bank import NOW
from tests.services import memory_services

KEPT = ("customers", "queue", "frames", "files")
PORTS = ("CustomerRepository", "WorkQueue", "FrameStore", "FileStore")
BRANCH, OWN = "+351210000001", "+351912345678"
ROWS = [("c0", OWN), *((f"c{place}", BRANCH) for place in range(1, 7)), ("c7", "")]
FILE = "customer_id,age,job,phone\n" + "".join(f"{each},4{each[1]},student,{phone}\n" for each, phone in ROWS)


@pytest.fixture
def services(build, monkeypatch):
    monkeypatch.setattr(intake, "CHUNK_ROWS", 3)
    return memory_services(**{name: build(port) for name, port in zip(KEPT, PORTS, strict=True)})


def work(services):
    while worker.run_once(services):
        pass


def bring(services):
    about = {"by": ANA, "queue": services.queue, "audit": services.audit, "now": NOW}
    upload_id = queue_upload([FILE.encode()], "file.csv", files=services.files, **about)
    work(services)
    return upload_id, ReadinessReport.from_json(services.queue.find(upload_id).result)


def score(services, upload_id, *, phones_from=6):
    source = RunSource("upload", "file.csv", upload_id=upload_id, phones_from=phones_from)
    about = {"by": ANA, "queue": services.queue, "audit": services.audit, "now": NOW}
    run_id = queue_run(source, market="snapshot", **about)
    work(services)
    return services.queue.find(run_id)


def stored(services):
    found = services.customers.load(services.customers.ids(CustomerQuery())).fillna({"phone": ""})
    return {row["customer_id"]: (row["phone"], row["customer_version"]) for row in found.to_dict("records")}


def test_its_customers_are_ranked_and_kept_without_it_and_the_others_with_theirs(services):
    upload_id, report = bring(services)

    run = score(services, upload_id)

    assert report.shared_phones == SharedPhones(numbers=1, rows=6)
    assert run.result["saved"] == {"added": 8, "changed": 0, "unchanged": 0}
    assert stored(services) == {"c0": (OWN, 1)} | {f"c{place}": ("", 1) for place in range(1, 8)}
    assert services.customers.without_number() == {f"c{place}" for place in range(1, 8)}
    assert len(ranked_leads(run.work_id, by=ANA, frames=services.frames)) == 8


def test_the_same_file_again_makes_no_new_customer_and_no_new_version(services):
    score(services, bring(services)[0])
    once = stored(services)

    upload_id, report = bring(services)
    changes = changed_fields(upload_id, by=ANA, frames=services.frames, without_shared=True)
    again = score(services, upload_id)

    assert (report.changed, report.unchanged) == (6, 2)
    assert report.shared_phones == SharedPhones(numbers=1, rows=6, changed=0, unchanged=8, changes_kept=0)
    assert changes.empty
    assert again.result["saved"] == {"added": 0, "changed": 0, "unchanged": 8}
    assert stored(services) == once


def test_a_number_that_was_stored_before_goes_and_what_changes_is_told_before(services):
    score(services, bring(services)[0], phones_from=0)
    before = stored(services)

    upload_id, report = bring(services)
    changes = changed_fields(upload_id, by=ANA, frames=services.frames, without_shared=True)
    score(services, upload_id)

    assert before["c1"] == (BRANCH, 1)
    assert (report.changed, report.shared_phones.changed) == (0, 6)
    assert changes.drop_duplicates(["field", "before", "after"]).to_dict("records") == [
        {"customer_id": "c1", "field": "phone", "before": BRANCH, "after": ""}
    ]
    assert len(changes) == report.shared_phones.changes_kept == 6
    assert stored(services) == before | {f"c{place}": ("", 2) for place in range(1, 7)}


def test_a_run_that_says_nothing_of_numbers_keeps_them_all_and_is_read_by_an_older_version(services):
    run = score(services, bring(services)[0], phones_from=0)

    assert "phones_from" not in run.request["source"]
    assert [phone for phone, _version in stored(services).values()] == [phone for _each, phone in ROWS]


def test_the_choice_is_on_record_and_comes_to_the_worker_in_the_request(services):
    run = score(services, bring(services)[0])

    assert run.request["source"]["phones_from"] == 6
    (entry,) = [each for each in services.audit.newest() if each.event.details.get("leads_of")]
    assert (entry.event.object_id, entry.event.details["phones_left_out_from"]) == (run.work_id, 6)
