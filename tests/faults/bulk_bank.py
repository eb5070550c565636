"""A bank on a database whose runs are disturbed, and what is kept of them."""

from datetime import UTC, datetime, timedelta

import pandas as pd

from smartbank.core.audit import AuditAction
from smartbank.core.customers import CustomerQuery
from smartbank.errors import StorageError
from smartbank.services.forgetting import tidy_late
from smartbank.services.runs import RunSource, asked_owner, queue_run, run_owner
from smartbank.services.work_endings import record_late
from tests.actors import ANA
from tests.faults.bulk_workers import services_on
from tests.stubs import stub_leads

N_LEADS = 900
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
EVERYONE = RunSource.of_query(CustomerQuery(), "all customers")


class Bank:
    """Stored customers, and the runs over them."""

    def __init__(self, database):
        self.database = database
        self.services = services_on(database)
        leads = stub_leads(list(range(20, 80)) * (N_LEADS // 60))
        leads = leads.assign(
            customer_id=[f"c{place:04}" for place in range(N_LEADS)],
            consent=pd.Series(["yes", None] * (N_LEADS // 2), dtype="str"),
        )
        self.services.customers.save_many(leads, source={"kind": "file", "name": "leads.csv"}, saved_at=LONG_AGO)

    def queue_run(self):
        s = self.services
        return queue_run(EVERYONE, market="snapshot", by=ANA, queue=s.queue, audit=s.audit, now=datetime.now(UTC))

    def work(self, run_id):
        return self.services.queue.find(run_id)

    def begun_at(self, run_id):
        """Return when a run under way began; empty before, while it begins anew, and once it has ended."""
        try:
            asked = self.services.frames.load(asked_owner(run_id))
        except StorageError:  # it was replaced between two reads
            return ""
        return "" if asked.empty else asked["begun_at"].iloc[0]

    def lose_leases(self):
        """Let the minute of every lease be over."""
        self.database["scoring_runs"].update_many({"state": "running"}, {"$set": {"lease_until": LONG_AGO}})

    def ranked(self, run_id):
        return self.services.frames.load(run_owner(run_id))

    def predictions(self, run_id):
        """Return what is stored of each rank, but for which run it was and when."""
        found = self.services.predictions.in_run(run_id, 1, 10 * N_LEADS)
        return [{name: value for name, value in row.items() if name not in ("run_id", "scored_at")} for row in found]

    def on_record(self, run_id):
        """Return what the audit log says of a run, oldest first."""
        entries = [entry.event for entry in self.services.audit.entries()]
        return [
            event.details["step"] for event in entries if (event.action, event.object_id) == (AuditAction.RUN, run_id)
        ]

    def end_late(self):
        """Do what the timed jobs do some minutes later."""
        s = self.services
        record_late(datetime.now(UTC) + timedelta(minutes=10), queue=s.queue, audit=s.audit)
        tidy_late(queue=s.queue, frames=s.frames, predictions=s.predictions)

    def owners(self, run_id):
        """Return the names of everything the frame store keeps of a run."""
        heads = self.database["run_frames"].distinct("owner")
        return sorted(owner for owner in heads if owner.startswith(run_owner(run_id)))
