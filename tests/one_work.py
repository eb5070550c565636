"""A queue with one piece of work, and executors that fail."""

from datetime import UTC, datetime

from smartbank.core.work import Work, WorkKind


class OneWork:
    """A queue with one piece of work, and a list of what happened to it."""

    def __init__(self, kind=WorkKind.RUN):
        self.work = Work("w1", kind, created_by="ana", created_at=datetime(2026, 1, 1, tzinfo=UTC), request={"n": 3})
        self.waits = True
        self.events = []

    def claim(self, worker, *, now, work_id=None, kinds=()):  # noqa: ARG002
        claimed, self.waits = self.waits, False
        return self.work if claimed else None

    def report(self, work_id, worker, progress, *, now):  # noqa: ARG002
        self.events.append(("report", progress.step))

    def finish(self, work_id, worker, result, *, now):  # noqa: ARG002
        self.events.append(("finish", result))

    def fail(self, work_id, worker, error, *, now):  # noqa: ARG002
        self.events.append(("fail", error))

    def release(self, work_id, worker, *, now):  # noqa: ARG002
        self.waits = True
        self.events.append(("release",))


def raising(error):
    def execute(work, report):
        raise error

    return {WorkKind.RUN: execute}
