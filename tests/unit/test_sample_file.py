from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from smartbank import worker
from smartbank.bootstrap import sample_upload
from smartbank.config import Settings
from smartbank.core.customers import CustomerQuery
from smartbank.core.people import COMMAND_LINE
from smartbank.core.template import SAMPLE_CUSTOMERS, SAMPLE_NAME, SAMPLE_ROWS, upload_template
from smartbank.ml.shelf import ArtifactShelf
from smartbank.services.runs import RunSource, load_run, queue_run, ranked_leads
from smartbank.services.uploads import queue_upload
from tests.services import memory_services
from tests.stubs import stub_leads

MODELS = Path(__file__).parents[2] / "models"
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def services():
    return memory_services(configuration=Settings(models_dir=MODELS), shelf=ArtifactShelf(MODELS))


def brought(services, content, name):
    """Upload a file and score it; return its report and its run."""
    ports = {"by": COMMAND_LINE, "queue": services.queue, "audit": services.audit, "now": NOW}
    upload_id = queue_upload([content], name, files=services.files, **ports)
    worker.run_once(services)
    run_id = queue_run(RunSource("upload", name, upload_id=upload_id), market="snapshot", **ports)
    worker.run_once(services)
    return services.queue.find(upload_id).result, load_run(run_id, queue=services.queue)


def test_the_sample_file_uploaded_as_it_is_is_ready_and_shows_every_band(services):
    report, run = brought(services, sample_upload(services), SAMPLE_NAME)

    assert report["verdict"] == "ready"
    assert (report["rows"], report["clean"], report["phones_dropped"]) == (SAMPLE_CUSTOMERS, SAMPLE_CUSTOMERS, 0)
    assert report["unmatched"] == []
    assert run.summary.band_leads == {"A": 6, "B": 17, "C": 116, "D": 111}
    assert run.result["ruled_out"] == {}
    assert run.result["level"]["anchor"] == "run"


def test_its_customers_are_synthetic_and_everybody_else_is_not(services):
    brought(services, sample_upload(services), SAMPLE_NAME)
    _, run = brought(services, upload_template(), "template.csv")
    services.customers.save_many(stub_leads([30]), source={"synthetic": False}, saved_at=NOW)

    stored = services.customers.load(services.customers.ids(CustomerQuery()))

    real = stored.loc[~stored["synthetic"], "customer_id"].tolist()
    assert len(stored) == SAMPLE_CUSTOMERS + len(SAMPLE_ROWS) + 1
    assert real == ["lead-0"]
    assert ranked_leads(run.run_id, by=COMMAND_LINE, frames=services.frames)["synthetic"].all()


def test_a_real_customer_in_the_same_file_stays_real(services):
    content = b"customer_id,age,job\nSAMPLE-000001,30,student\nSAMPLE-000999,31,student\nc1,32,student\n"

    brought(services, content, "mixed.csv")

    stored = services.customers.load(["SAMPLE-000001", "SAMPLE-000999", "c1"])
    assert stored["synthetic"].tolist() == [True, False, False]


def test_the_sample_file_is_always_the_same(services):
    content = sample_upload(services)

    assert content == sample_upload(services)
    phones = pd.Series(line.split(",")[2] for line in content.decode("utf-8-sig").splitlines()[1:])
    assert phones.str.match(r"^\+(442079460\d{3}|120255501\d{2}|3319900\d{4})$").all()
