"""Deleting old files must leave the same behind, whatever the stores are built on."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from smartbank.core.work import WorkState
from smartbank.errors import NotFoundError
from smartbank.services.housekeeping import forget_old_files, forget_old_lists
from smartbank.services.runs import RunSource, queue_run, run_owner
from smartbank.services.uploads import Owners, queue_upload
from tests.actors import ANA

NOW = datetime.now(UTC)


@pytest.fixture
def stores(build):
    return {
        "queue": build("WorkQueue"),
        "files": build("FileStore"),
        "frames": build("FrameStore"),
        "audit": build("AuditLog"),
    }


def upload(stores, text):
    upload_id = queue_upload(
        [text],
        "a.csv",
        files=stores["files"],
        queue=stores["queue"],
        audit=stores["audit"],
        by=ANA,
        now=datetime.now(UTC),
    )
    stores["frames"].append(Owners(upload_id).rows, 0, pd.DataFrame({"age": [30]}))
    stores["queue"].claim("w", now=NOW, work_id=upload_id)
    stores["queue"].finish(upload_id, "w", {"rows": 1}, now=NOW)
    return upload_id


def test_old_uploads_go_but_for_those_a_run_waits_for(stores):
    old, wanted = upload(stores, b"old"), upload(stores, b"wanted")
    source = RunSource("upload", "a.csv", upload_id=wanted)
    run_id = queue_run(source, market="snapshot", queue=stores["queue"], audit=stores["audit"], by=ANA, now=NOW)
    stores["frames"].append(run_owner("earlier"), 0, pd.DataFrame({"rank": [1]}))

    assert forget_old_files(NOW + timedelta(hours=25), **stores) == 1

    with pytest.raises(NotFoundError):
        stores["files"].open(old)
    assert stores["frames"].load(Owners(old).rows).empty
    assert stores["queue"].find(old).state is WorkState.EXPIRED
    assert b"".join(stores["files"].open(wanted)) == b"wanted"
    assert len(stores["frames"].load(Owners(wanted).rows)) == 1
    assert len(stores["frames"].load(run_owner("earlier"))) == 1
    assert stores["queue"].find(run_id).state is WorkState.QUEUED


def test_an_old_ranked_list_goes_with_its_predictions(stores, build):
    predictions = build("PredictionRepository")
    source = RunSource("customers", "all customers", query={})
    run_id = queue_run(source, market="snapshot", queue=stores["queue"], audit=stores["audit"], by=ANA, now=NOW)
    stores["frames"].append(run_owner(run_id), 0, pd.DataFrame({"rank": [1]}))
    predictions.save_many([{"run_id": run_id, "rank": 1, "customer_id": "ana", "scored_at": NOW}])
    stores["queue"].claim("w", now=NOW, work_id=run_id)
    stores["queue"].finish(run_id, "w", {"leads": 1}, now=NOW)
    kept = {**{name: stores[name] for name in ("queue", "frames", "audit")}, "predictions": predictions}

    assert forget_old_lists(NOW + timedelta(days=731), **kept) == 1

    assert stores["queue"].find(run_id).state is WorkState.EXPIRED
    assert stores["frames"].load(run_owner(run_id)).empty
    assert predictions.history("ana") == []
