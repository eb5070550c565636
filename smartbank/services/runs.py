"""Use cases around a run: queue it, find it, read its ranked leads."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

import pandas as pd

from smartbank.core.audit import AuditAction
from smartbank.core.customers import CustomerQuery
from smartbank.core.level import Level, level_from
from smartbank.core.market.snapshot import MarketSnapshot, snapshot_from
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, FrameStore, WorkQueue
from smartbank.core.ranking import RankFilter, RankSummary
from smartbank.core.unlike import BEFORE, Unlike
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.core.work_ids import new_work_id
from smartbank.errors import NotFoundError
from smartbank.services.auditing import audited

Market = Literal["snapshot", "file"]
UNLIKE: Final = "unlike"
"""Where a run's result has how far its leads are from those ranked before; runs of an earlier version have nothing."""
_LATER: Final = ("picked", "phones_from", "said_whole")
"""What older versions do not know of a source."""


@dataclass(frozen=True)
class RunSource:
    """Whose leads a run scores: an upload that was read, the stored customers a query finds, or those of an upload.

    Attributes
    ----------
    kind : str
        "upload" saves the rows of an upload as customers in passing; "uploaded" means the stored customers of one.
    run_id : str
        A run of the upload, for "uploaded": its file may be gone, its ranked leads are kept. Of stored customers who
        are ranked again as picked, the run that took them for a whole.
    picked : bool
        Whether its customers were picked from a larger number, such as the best of a ranking of everybody: no
        population, so its mean propensity is not the base rate.
    phones_from : int
        Rows of an upload from which on a phone number that stands in so many is left out, as if its cells were empty;
        0 leaves none out.
    said_whole : bool
        Whether somebody said that its customers are a whole, however unlike those ranked before.
    """

    kind: Literal["upload", "customers", "uploaded"]
    label: str
    upload_id: str = ""
    run_id: str = ""
    query: Mapping[str, Any] | None = None
    picked: bool = False
    phones_from: int = 0
    said_whole: bool = False

    @classmethod
    def of_query(cls, query: CustomerQuery, label: str) -> "RunSource":
        """Return a source of stored customers."""
        return cls("customers", label, query=asdict(query))

    def customer_query(self) -> CustomerQuery:
        """Return the query of a source of stored customers."""
        return CustomerQuery.from_json(self.query or {})

    @property
    def is_whole(self) -> bool:
        """Whether its leads are a population, a whole file or all customers, rather than a selection from one."""
        return not self.picked and (self.kind != "customers" or self.customer_query().selects_everyone)

    def to_json(self) -> dict[str, Any]:
        """Return the source as plain values, without what an older SmartBank does not know where that says nothing."""
        return {name: value for name, value in asdict(self).items() if value or name not in _LATER}


@dataclass(frozen=True)
class Run:
    """A scoring run as the screens see it; the figures are empty until it is done."""

    work: Work

    @property
    def run_id(self) -> str:
        """Name of the run."""
        return self.work.work_id

    @property
    def source(self) -> RunSource:
        """Whose leads it scores."""
        return RunSource(**self.work.request["source"])

    @property
    def source_again(self) -> RunSource:
        """Whose leads to rank again: stored customers of the same query, or those of the same upload as they are now.

        A run of an upload belongs to it however often it is made again: undoing the upload takes all of them back.
        """
        if self.source.kind == "customers":
            return self.source
        return replace(self.source, kind="uploaded", run_id=self.run_id)

    @property
    def picked_again(self) -> RunSource:
        """Whose leads to rank again as picked from a larger number: this run is taken for a whole no more."""
        return replace(self.source_again, picked=True, said_whole=False, run_id=self.run_id)

    @property
    def whole_again(self) -> RunSource:
        """Whose leads to rank again as a whole, however unlike those ranked before."""
        return replace(self.source_again, said_whole=True)

    @property
    def unlike(self) -> Unlike | None:
        """How far its leads are from those ranked as a whole before; None if not far, and of an earlier version."""
        kept = self.result.get(UNLIKE)
        return Unlike(**kept) if kept else None

    @property
    def counts_as_whole(self) -> bool:
        """Whether its leads are taken for a population: asked for as one, and not far unlike the one before."""
        return self.source.is_whole and (self.unlike is None or self.unlike.beside != BEFORE)

    @property
    def summary(self) -> RankSummary:
        """What the ranked frame holds. Raises `NotFoundError` before the run is done."""
        if self.work.state is not WorkState.DONE:
            raise NotFoundError("This run has no ranked leads yet.")
        return RankSummary(**self.work.result["summary"])

    @property
    def is_made_up(self) -> bool:
        """Whether there is nobody but synthetic customers among its leads. Only of a run that is done."""
        return bool(self.result["synthetic_leads"] == self.summary.leads)

    @property
    def is_replay(self) -> bool:
        """Whether the leads are scored in the market their file brought."""
        return bool(self.work.request["market"] == "file")

    @property
    def is_of_today(self) -> bool:
        """Whether it is done, and its leads are scored in the market of the day rather than one their file brought."""
        return self.work.state is WorkState.DONE and not self.is_replay

    @property
    def threshold(self) -> float:
        """Propensity from which a call paid when the run was made, in [0, 1]."""
        return float(min(1.0, self.result["rules"]["cost_of_call"] / self.result["rules"]["value_of_sale"]))

    @property
    def market_label(self) -> str:
        """Which market the leads were scored in, for the screen."""
        if self.is_replay:
            return "the file's own (a replay)"
        return self.snapshot.label

    @property
    def snapshot(self) -> MarketSnapshot:
        """The market that was in force when the run was made."""
        return snapshot_from(self.result["snapshot"])

    @property
    def level(self) -> Level:
        """What was added to each lead's margin."""
        return level_from(self.result["level"])

    @property
    def result(self) -> Mapping[str, Any]:
        """Model version, level, rules, snapshot and counts of the run."""
        return self.work.result


def queue_run(source: RunSource, *, market: Market, by: Actor, queue: WorkQueue, audit: AuditLog, now: datetime) -> str:
    """Queue a scoring run and return its id."""
    with audited(AuditAction.RUN, "run", by=by, audit=audit, now=now) as said:
        by.require(Right.BRING_IN)
        run_id = said.object_id = new_work_id(now)
        said.details |= {"step": "queued", "leads_of": source.kind, "market": market}
        if source.upload_id:
            said.details["upload"] = source.upload_id
        if source.picked or source.said_whole:
            said.details["customers_said_to_be"] = "picked" if source.picked else "a whole"
        if source.phones_from:
            said.details["phones_left_out_from"] = source.phones_from
        queue.add(Work(run_id, WorkKind.RUN, by.username, now, {"source": source.to_json(), "market": market}))
    return run_id


def find_run(run_id: str, *, by: Actor, queue: WorkQueue) -> Run:
    """Return a run. Raises `NotFoundError` for an unknown id, or one of other work."""
    by.require(Right.SEE_LEADS)
    return load_run(run_id, queue=queue)


def load_run(run_id: str, *, queue: WorkQueue) -> Run:
    """Return a run, for use cases that have asked for the right. Raises `NotFoundError` as `find_run` does."""
    work = queue.find(run_id)
    if work.kind is not WorkKind.RUN:
        raise NotFoundError("There is no such run.")
    return Run(work)


def recent_runs(*, by: Actor, queue: WorkQueue, limit: int = 20) -> list[Run]:
    """Return the newest runs, newest first."""
    by.require(Right.SEE_LEADS)
    return load_runs(queue=queue, limit=limit)


def load_runs(*, queue: WorkQueue, limit: int) -> list[Run]:
    """Return the newest runs, newest first, for use cases that have asked for the right."""
    return [Run(work) for work in queue.recent(WorkKind.RUN, limit=limit)]


def ranked_leads(run_id: str, *, by: Actor, frames: FrameStore, rank_filter: RankFilter | None = None) -> pd.DataFrame:
    """Return the ranked leads of a run that a filter means, best first; an empty frame where there are none."""
    by.require(Right.SEE_LEADS)
    ranked = frames.load(run_owner(run_id))
    return ranked if rank_filter is None or ranked.empty else rank_filter.apply(ranked).reset_index(drop=True)


def left_out_owner(run_id: str) -> str:
    """Return the frame store's name for whom the rules left out of a run."""
    return f"run:{run_id}:left-out"


def run_owner(run_id: str) -> str:
    """Return the frame store's name for a run's ranked leads."""
    return f"run:{run_id}"


def asked_owner(run_id: str) -> str:
    """Return the frame store's name for whom a run under way asks about."""
    return f"run:{run_id}:asked"


def chunks_owner(run_id: str) -> str:
    """Return the frame store's name for what a run under way has scored."""
    return f"run:{run_id}:chunks"


def ground_owner(run_id: str) -> str:
    """Return the frame store's name for what the leads of a run under way stand on."""
    return f"run:{run_id}:ground"


def with_moment(ranked: pd.DataFrame, run: Run) -> pd.DataFrame:
    """Return a run's ranked leads with `updated_at`; those of a run of before were known as they were scored."""
    if ranked.empty or "updated_at" in ranked:
        return ranked
    return ranked.assign(updated_at=pd.Timestamp(run.result["scored_at"]))
