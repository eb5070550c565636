"""A bank in memory that brings files in, scores, and undoes."""

from datetime import UTC, datetime, timedelta

from smartbank import worker
from smartbank.core.customers import CustomerQuery
from smartbank.services.removals import queue_undo
from smartbank.services.runs import RunSource, queue_run
from smartbank.services.uploads import queue_upload
from tests.actors import ANA
from tests.services import memory_services

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
EVERYONE = RunSource.of_query(CustomerQuery(), "all customers")
JANUARY = "customer_id,age,job\na,30,student\nb,40,student\n"
FEBRUARY = "customer_id,age,job\nb,41,retired\nc,50,student\nd,60,student\n"


class Bank:
    """A bank in memory with a worker that works when it is told to."""

    def __init__(self):
        self.services = memory_services()
        self.queue = self.services.queue
        self.clock = NOW

    def ports(self):
        self.clock += timedelta(seconds=1)
        return {"by": ANA, "queue": self.queue, "audit": self.services.audit, "now": self.clock}

    def work(self):
        while worker.run_once(self.services):
            pass

    def score(self, source):
        run_id = queue_run(source, market="snapshot", **self.ports())
        self.work()
        return run_id

    def bring(self, text, name="file.csv"):
        upload_id = queue_upload([text.encode()], name, files=self.services.files, **self.ports())
        self.work()
        return upload_id, self.score(RunSource("upload", name, upload_id=upload_id))

    def undo(self, upload_id):
        work_id = queue_undo(upload_id, **self.ports())
        self.work()
        return self.queue.find(work_id)

    def ages(self):
        found = self.services.customers.load(self.services.customers.ids(CustomerQuery()))
        return dict(zip(found["customer_id"], found["age"], strict=True))
