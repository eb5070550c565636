"""What SmartBank tells a user without being asked: messages that are kept, and standing notices that are computed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from smartbank.core.drift import Drift
from smartbank.core.market.indicators import MARKET_FEATURES, Indicator
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.removed import removal_counts, removed_sentence
from smartbank.core.taken import replaced_words
from smartbank.core.wording import agreeing, plural
from smartbank.core.work import Work, WorkKind, WorkState

MESSAGES_KEPT: Final = 100
"""Newest messages kept of a user: one bounded read gives the inbox and its unread number."""


class MessageKind(StrEnum):
    """What happened; each kind has a sentence in `SENTENCES`."""

    UPLOAD_READ = "upload_read"
    RUN_DONE = "run_done"
    EXPORT_READY = "export_ready"
    REMOVAL_DONE = "removal_done"
    UPLOAD_FAILED = "upload_failed"
    RUN_FAILED = "run_failed"
    EXPORT_FAILED = "export_failed"
    REMOVAL_FAILED = "removal_failed"
    MARKET_REFRESHED = "market_refreshed"
    MARKET_FAILED = "market_failed"
    MODEL_TRAINED = "model_trained"
    TRAINING_FAILED = "training_failed"
    LIST_RELEASED = "list_released"
    LIST_FAILED = "list_failed"

    @property
    def is_bad(self) -> bool:
        """Whether something went wrong."""
        return self.value.endswith("_failed")


@dataclass(frozen=True)
class Message:
    """One message to one user. It holds counts and ids and no words, so no name of a person or a file is kept.

    Attributes
    ----------
    message_id : str
        The same event gives the same id, so that telling it twice is telling it once.
    counts : mapping of str to int
        The numbers of its sentence.
    page : str
        Name of the page it leads to, or a path that begins with "/" for a download; empty leads nowhere.
    query : mapping of str to str
        The address of that page.
    """

    message_id: str
    username: str
    kind: MessageKind
    created_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    page: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    read_at: datetime | None = None

    @property
    def about(self) -> str:
        """Id of what it tells of, such as a piece of work."""
        return self.message_id.partition(":")[2]


@dataclass(frozen=True)
class Notice:
    """Something that holds for everyone for as long as it is so; nobody has to read it away."""

    text: str
    as_of: date


def _spoilt_words(n: int) -> str:
    said = f"Many values of {plural(n, 'field')} are unknown: see the overview."
    return f" {said}" if n else ""


def _taken_words(taken: int, replaced: int) -> str:
    if not taken:
        return ""
    are = agreeing(taken, "is", "are")
    return f" {taken:,} of those you looked at {are} on another list since. {replaced_words(taken, replaced)}"


SENTENCES: Final[Mapping[MessageKind, Callable[[Mapping[str, int]], str]]] = {
    MessageKind.UPLOAD_READ: lambda n: (
        f"Your file was read: {n['clean']:,} of {plural(n['rows'], 'row')} can be scored."
    ),
    MessageKind.RUN_DONE: lambda n: (
        f"Leads ranked: {n['worth_calling']:,} of {n['leads']:,} "
        f"{agreeing(n['worth_calling'], 'is', 'are')} worth a call.{_spoilt_words(n.get('spoilt', 0))}"
    ),
    MessageKind.EXPORT_READY: lambda _: "Your Excel file is ready.",
    MessageKind.REMOVAL_DONE: removed_sentence,
    MessageKind.UPLOAD_FAILED: lambda _: "Your file could not be read.",
    MessageKind.RUN_FAILED: lambda _: "Your leads could not be ranked.",
    MessageKind.EXPORT_FAILED: lambda _: "Your Excel file could not be made. Try again where you asked for it.",
    MessageKind.REMOVAL_FAILED: lambda _: "A removal did not work, or only in part. Start it again.",
    MessageKind.MARKET_REFRESHED: lambda n: f"The market has {plural(n['new_figures'], 'new figure')}.",
    MessageKind.MARKET_FAILED: lambda _: "Not every market figure could be refreshed; the last good one stays.",
    MessageKind.MODEL_TRAINED: lambda n: (
        "A challenger passed its comparison and can be put in force."
        if n["passes"]
        else "A challenger was trained. The model in force stays."
    ),
    MessageKind.LIST_RELEASED: lambda n: (
        f"Your list is released: {plural(n['called'], 'customer')} to call."
        f"{_taken_words(n.get('taken', 0), n.get('replaced', 0))}"
    ),
    MessageKind.LIST_FAILED: lambda _: "Your list could not be released. Plan it again.",
    MessageKind.TRAINING_FAILED: lambda _: "No challenger could be trained. The model in force stays.",
}


def sentence(message: Message) -> str:
    """Return what a message says, with its numbers."""
    return SENTENCES[message.kind](message.counts)


def message_of(work: Work) -> Message | None:
    """Return what to tell whoever queued a piece of work; None unless it is done or failed.

    A refresh of the market that went well and brought nothing new is not told of either.

    Parameters
    ----------
    work : Work
        With `finished_at`, and its result if it is done.
    """
    if work.finished_at is None or work.state not in (WorkState.DONE, WorkState.FAILED):
        return None
    done = work.state is WorkState.DONE
    if work.kind is WorkKind.MARKET and done:
        if not (work.result["failed"] or work.result["new_figures"]):
            return None
        done = not work.result["failed"]
    kind = _KINDS[work.kind][0 if done else 1]
    page, query = _address(work, done=done)
    return Message(
        f"{kind}:{work.work_id}", work.created_by, kind, work.finished_at, _counts(work) if done else {}, page, query
    )


def market_notice(snapshot: MarketSnapshot, *, today: date) -> Notice | None:
    """Return the notice that figures the model uses are older than their publishers' calendars explain; else None."""
    readings = [snapshot.reading(Indicator(name)) for name in MARKET_FEATURES]
    old = [each for each in readings if each.is_stale(today=today)]
    if not old:
        return None
    figures = agreeing(len(old), "market figure is", "market figures are")
    return Notice(
        f"{len(old)} {figures} old. Levels may be off; the order is not.", min(each.period.end for each in old)
    )


_KINDS: Final[Mapping[WorkKind, tuple[MessageKind, MessageKind]]] = {
    WorkKind.UPLOAD: (MessageKind.UPLOAD_READ, MessageKind.UPLOAD_FAILED),
    WorkKind.RUN: (MessageKind.RUN_DONE, MessageKind.RUN_FAILED),
    WorkKind.EXPORT: (MessageKind.EXPORT_READY, MessageKind.EXPORT_FAILED),
    WorkKind.REMOVAL: (MessageKind.REMOVAL_DONE, MessageKind.REMOVAL_FAILED),
    WorkKind.MARKET: (MessageKind.MARKET_REFRESHED, MessageKind.MARKET_FAILED),
    WorkKind.TRAINING: (MessageKind.MODEL_TRAINED, MessageKind.TRAINING_FAILED),
    WorkKind.LIST: (MessageKind.LIST_RELEASED, MessageKind.LIST_FAILED),
}
"""What is told of work that is done, and of work that failed."""


_COUNTS: Final[Mapping[WorkKind, tuple[str, ...]]] = {
    WorkKind.MARKET: ("new_figures",),
    WorkKind.TRAINING: ("passes",),
    WorkKind.LIST: ("called", "taken", "replaced"),
}
"""What of a result is told as it is."""


def _counts(work: Work) -> dict[str, int]:
    if work.kind is WorkKind.RUN:
        return {name: int(work.result["summary"][name]) for name in ("worth_calling", "leads")} | _spoilt(work)
    if work.kind is WorkKind.UPLOAD:
        barred = sum(work.result.get("barred", {}).values())
        return {"clean": int(work.result["clean"]) - barred, "rows": int(work.result["rows"])}
    if work.kind is WorkKind.REMOVAL:
        return removal_counts(work.request, work.result)
    return {name: int(work.result[name]) for name in _COUNTS.get(work.kind, ()) if name in work.result}


def _spoilt(work: Work) -> dict[str, int]:
    """Return how many fields went wrong in a run of all leads of today; nothing where none did, or all are demo."""
    kept = work.result.get("drift")
    if (
        not kept
        or work.request["market"] == "file"
        or work.result["synthetic_leads"] == work.result["summary"]["leads"]
    ):
        return {}
    drift = Drift.from_json(kept)
    return {"spoilt": len(drift.spoilt)} if drift.whole and drift.spoilt else {}


def _exported_from(work: Work) -> tuple[str, dict[str, str]]:
    """Return where an export was asked for: at a call list, or at ranked leads."""
    if "list_id" in work.request:
        return "call_lists", {"section": "Released lists", "list": str(work.request["list_id"])}
    return "leads", {"run": str(work.request.get("run_id", ""))}


_NO_PLACE: Final = ("", dict[str, str]())


def _address(work: Work, *, done: bool) -> tuple[str, dict[str, str]]:
    """Return page and query where the work, or why it failed, is shown."""
    places: dict[WorkKind, tuple[str, dict[str, str]]] = {
        WorkKind.UPLOAD: ("leads", {"view": "Bring customers in", "upload": work.work_id}),
        WorkKind.RUN: ("leads", {"view": "Ranked leads", "run": work.work_id}),
        WorkKind.EXPORT: (f"/exports/{work.work_id}", {}) if done else _exported_from(work),
        WorkKind.REMOVAL: ("leads", {"view": "Bring customers in"}) if work.request.get("upload_id") else _NO_PLACE,
        WorkKind.MARKET: ("market", {}),
        WorkKind.TRAINING: ("model", {"section": "Versions"}),
        WorkKind.LIST: ("call_lists", {"section": "Released lists", "list": work.work_id})
        if done
        else ("call_lists", {"section": "Plan a list"}),
    }
    return places[work.kind]
