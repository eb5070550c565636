"""What is kept of one customer, part by part, for the file they are handed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from smartbank.core.access_file import AccessPart, labelled
from smartbank.core.call_lists import CallList
from smartbank.core.fields import CAMPAIGN_FIELDS, CONSENT_COLUMNS, CUSTOMER_FIELDS, CUSTOMER_ID, LEAD_COLUMNS
from smartbank.core.grounds import GIVEN
from smartbank.core.hand_over import called_now
from smartbank.core.limits import ALL
from smartbank.core.list_entries import ENTRY_COLUMNS, list_owner, off_owner
from smartbank.core.market.points import point_of, point_words
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.outcomes import OUTCOME_NAMES
from smartbank.core.ports import (
    AuditLog,
    CallListRepository,
    CustomerRepository,
    FrameStore,
    MarkedByUploads,
    NoteRepository,
    OutcomeRepository,
    PredictionRepository,
    SnapshotRepository,
    WorkQueue,
)
from smartbank.core.reasons import WriterOf
from smartbank.core.work import WorkKind
from smartbank.errors import ModelArtifactError
from smartbank.services.leveling import REPLAY
from smartbank.services.markets_of import markets_of
from smartbank.services.runs import left_out_owner
from smartbank.services.uploads import Owners

_NO_WORDS: Final = "The model of this score is no longer kept, so its reasons cannot be put into words."
_HELD_OUT: Final = "drawn at random not to be called, to see what calling brings"
_KNOWN: Final = ("name", "phone", *(field.name for field in (*CUSTOMER_FIELDS, *CAMPAIGN_FIELDS)), *CONSENT_COLUMNS)


@dataclass(frozen=True)
class AccessPorts:
    """What looking everything up of a customer needs from the outside."""

    customers: CustomerRepository
    marked: MarkedByUploads
    predictions: PredictionRepository
    outcomes: OutcomeRepository
    notes: NoteRepository
    lists: CallListRepository
    frames: FrameStore
    queue: WorkQueue
    snapshots: SnapshotRepository
    audit: AuditLog
    writer_of: WriterOf


def records(frame: pd.DataFrame) -> list[Mapping[str, Any]]:
    """Return the rows of a frame, each by the names of its columns."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


@dataclass(frozen=True, eq=False)
class Gathered:
    """One customer, and where to look up what is kept of them.

    Attributes
    ----------
    customer : Series
        The stored customer.
    """

    customer: pd.Series
    ports: AccessPorts

    @property
    def customer_id(self) -> str:
        """Whose data it is."""
        return str(self.customer[CUSTOMER_ID])

    @cached_property
    def versions(self) -> pd.DataFrame:
        """Every version that is kept, the newest one too, oldest first."""
        newest = int(self.customer["customer_version"])
        return self.ports.customers.load_versions([(self.customer_id, at) for at in range(1, newest + 1)])

    @cached_property
    def predictions(self) -> list[dict[str, Any]]:
        """Every prediction, newest first."""
        return self.ports.predictions.history(self.customer_id, limit=ALL)

    @cached_property
    def lists(self) -> list[CallList]:
        """Every list, newest first."""
        return self.ports.lists.recent(limit=ALL)

    @cached_property
    def entries(self) -> list[tuple[CallList, Mapping[str, Any]]]:
        """The lists they are on, newest first, each with their entry."""
        found: list[tuple[CallList, Mapping[str, Any]]] = []
        for call_list in self.lists:
            for part in self.ports.frames.parts(list_owner(call_list.list_id), columns=[CUSTOMER_ID, *ENTRY_COLUMNS]):
                mine = part[part[CUSTOMER_ID] == self.customer_id]
                found += [(call_list, row) for row in records(called_now(mine, call_list.handed_over))]
        return found


def now_part(gathered: Gathered) -> AccessPart:
    """Return the customer as they are known now."""
    explanation = "What is known of you now: contact details, data on you and on earlier contacts, what you allow."
    return AccessPart("you", explanation, [_version(gathered.customer)])


def versions_part(gathered: Gathered) -> AccessPart:
    """Return what was known before."""
    older = gathered.versions[gathered.versions["customer_version"] < gathered.customer["customer_version"]]
    explanation = "What was known of you before it was replaced, oldest first: a score is explained by what it saw."
    return AccessPart("earlier versions", explanation, [_version(row) for _, row in older.iterrows()])


def _version(row: pd.Series) -> dict[str, Any]:
    return labelled(row, _KNOWN) | {
        "Version": row["customer_version"],
        "Known since": row["updated_at"],
        "Phone number since": row["phone_since"],
        "From": row["source_name"],
        "Made up for demonstration": row["synthetic"],
    }


def predictions_part(gathered: Gathered) -> AccessPart:
    """Return every score with its reasons in words."""
    seen = {int(row["customer_version"]): row for _, row in gathered.versions.iterrows()}
    markets = markets_of(gathered.predictions, snapshots=gathered.ports.snapshots)
    explanation = (
        "Every score that is kept, newest first, with what spoke for and against a call. Contributions are in "
        "log-odds: above zero a field speaks for a call."
    )
    return AccessPart(
        "scores",
        explanation,
        [
            {
                "Scored at": row["scored_at"],
                "Propensity in percent": round(100 * row["propensity"], 2),
                "Threshold in percent": round(100 * row["threshold"], 2),
                "A call pays": row["call"],
                "Band": row["band"],
                "Rank": row["rank"],
                "Model": row["model_version"],
                "Market": _market(row, markets),
                "Version of your data": row["customer_version"],
                "Reasons": _reasons(row, seen, gathered.ports.writer_of),
                "Run": row["run_id"],
            }
            for row in gathered.predictions
        ],
    )


def _market(prediction: Mapping[str, Any], markets: Mapping[str, MarketSnapshot]) -> str:
    snapshot = markets.get(prediction["snapshot_id"])
    if snapshot is not None:
        return snapshot.label
    own = prediction.get("market")
    figures = f": {point_words(point_of(own))}" if own else ""
    if prediction["snapshot_id"] == REPLAY:
        return f"that of the file, for a look at the past{figures}"
    return f"brought by the program that asked{figures}" if prediction["snapshot_id"] == GIVEN else "no longer kept"


def _reasons(row: Mapping[str, Any], seen: Mapping[int, pd.Series], writer_of: WriterOf) -> list[dict[str, Any]]:
    known = seen.get(int(row["customer_version"]))
    contributions = row.get("contributions") or []
    if known is None or not contributions:
        return []
    try:
        reasons = writer_of(row["model_version"]).reasons(known[list(LEAD_COLUMNS)], np.array(contributions))
    except ModelArtifactError:
        return [{"Reason": _NO_WORDS, "Contributions": dict(zip(LEAD_COLUMNS, contributions, strict=True))}]
    return [
        {"Field": each.label, "Reason": each.sentence, "Contribution": round(each.contribution, 4)} for each in reasons
    ]


def outcomes_part(gathered: Gathered) -> AccessPart:
    """Return what came of calls, mistakes that were corrected too."""
    kept = gathered.ports.outcomes.every_version(gathered.customer_id)
    explanation = (
        "What came of calls, newest first. An outcome nobody recorded counts as declined once a list's time is over; "
        "one without a call is what the bank's own data said."
    )
    return AccessPart(
        "calls",
        explanation,
        [
            {
                "At": each.outcome.at,
                "Outcome": OUTCOME_NAMES[each.outcome.outcome],
                "Standing": str(each.standing),
                "Call again at": each.outcome.call_again_at,
                "Attempt": each.outcome.attempt,
                "Call list": each.outcome.list_id,
                "Recorded by": each.outcome.by,
                "Was assumed": each.outcome.assumed,
                "Somebody called": each.outcome.is_call and not each.outcome.assumed,
                "Propensity said before, in percent": round(100 * each.outcome.propensity, 2),
            }
            for each in kept
        ],
    )


def lists_part(gathered: Gathered) -> AccessPart:
    """Return the call lists they are on, and those they were kept off."""
    on = [
        {
            "Call list": call_list.request.name,
            "List id": call_list.list_id,
            "State": str(call_list.state),
            "Released at": call_list.released_at,
            "Released by": call_list.created_by,
            "For": _HELD_OUT if not entry["place"] else str(entry["role"]),
            "Place": entry["place"] or None,
            "Agent": entry["agent"] or None,
        }
        for call_list, entry in gathered.entries
    ]
    explanation = "Call lists you are or were on, newest first, those you were kept off, and rankings without you."
    return AccessPart("call lists", explanation, [*on, *_kept_off(gathered), *_left_out(gathered)])


def _kept_off(gathered: Gathered) -> list[dict[str, Any]]:
    found = []
    for call_list in gathered.lists:
        off = gathered.ports.frames.load(off_owner(call_list.list_id))
        reasons: Sequence[str] = (
            off.loc[off[CUSTOMER_ID] == gathered.customer_id, "reason"].tolist() if len(off) else []
        )
        found += [
            {"Call list": call_list.request.name, "List id": call_list.list_id, "Kept off because": reason}
            for reason in reasons
        ]
    return found


def _left_out(gathered: Gathered) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for run in gathered.ports.queue.unexpired(WorkKind.RUN):
        for part in gathered.ports.frames.parts(left_out_owner(run.work_id)):
            rules = part.loc[part[CUSTOMER_ID] == gathered.customer_id, "rule"].tolist()
            found += [{"Run": run.work_id, "Ranked at": run.finished_at, "Left out by rule": rule} for rule in rules]
    return found


def notes_part(gathered: Gathered) -> AccessPart:
    """Return the notes about them."""
    explanation = "What colleagues noted about you, newest first, with the what-if a note is about."
    notes = gathered.ports.notes.of_customer(gathered.customer_id)
    entries = [{"At": each.at, "By": each.by, "Note": each.text, "What-if": dict(each.link)} for each in notes]
    return AccessPart("notes", explanation, entries)


def uploads_part(gathered: Gathered) -> AccessPart:
    """Return the files they came in with, as far as these are known, and their rows in files that are kept still."""
    marked = gathered.ports.marked.said_of(gathered.customer_id)
    said = [
        {"Upload": each.upload_id, "Said against calling you": list(each.marks), "Withdrawn since": each.withdrawn}
        for each in marked
    ]
    explanation = (
        "Files your data came from, with the time it was taken over, and your row in files that are kept still, as it "
        "was read."
    )
    versions = gathered.versions[gathered.versions["source_name"].fillna("") != ""]
    came_from = [
        {"From": row["source_name"], "Taken over at": row["updated_at"], "Version": row["customer_version"]}
        for _, row in versions.iterrows()
    ]
    return AccessPart("files your data came from", explanation, [*came_from, *said, *_rows_kept(gathered)])


def _rows_kept(gathered: Gathered) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for upload in gathered.ports.queue.unexpired(WorkKind.UPLOAD):
        said = {"File": upload.request["filename"], "Brought at": upload.created_at, "Brought by": upload.created_by}
        for owner in (Owners(upload.work_id).rows, Owners(upload.work_id).marks):
            for part in gathered.ports.frames.parts(owner):
                mine = part[part[CUSTOMER_ID] == gathered.customer_id]
                found += [said | {"Your row": labelled(row, row)} for row in records(mine)]
    return found
