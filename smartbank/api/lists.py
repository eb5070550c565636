"""Call lists: which there are, who is on one, and what came of the calls."""

from datetime import UTC, datetime
from typing import Annotated, Any

import pandas as pd
from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from smartbank.api.access import Caller, Provided
from smartbank.api.idempotency import Once
from smartbank.api.leads import CustomerId
from smartbank.api.pages import Cursor, Limit, cursor_of, place_of
from smartbank.bootstrap import call_ports
from smartbank.core.call_lists import CallList, ListState
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.moments import to_milliseconds
from smartbank.core.outcome_rows import OutcomeRow
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Right
from smartbank.services.calling import Call
from smartbank.services.my_calls import record_outcome
from smartbank.services.outcome_upload import MOST_ROWS, record_rows
from smartbank.services.seen_lists import entries_page, seen_list, seen_lists

router = APIRouter(tags=["call lists"])


def _in_utc(said: datetime) -> datetime:
    """Return a moment in UTC, as it is kept: sent again, it is the same."""
    try:
        return to_milliseconds(said.astimezone(UTC))
    except OverflowError:
        raise ValueError("say a moment whose year has four digits in UTC, too") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
ListId = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,60}$", examples=["20260302-090000-123-abcdef"])]


class CallListOut(BaseModel):
    """A list that was released."""

    list_id: str
    name: str
    state: ListState
    released_by: str
    released_at: datetime | None
    ended_at: datetime | None


class CallListsOut(BaseModel):
    """A page of lists, newest first."""

    items: list[CallListOut]
    next_cursor: str | None = None


class EntryOut(BaseModel):
    """Who is to be called, and where it stands. Agents see their own entries, without role and propensity."""

    customer_id: str
    place: int = Field(ge=0, description="In the order of calling; 0 for who is held out.")
    agent: str | None
    calls: int = Field(ge=0, description="Made for this list so far.")
    outcome: OutcomeKind | None = Field(description="Of the newest call.")
    due_at: datetime | None = Field(description="From when on to call again; null for at once.")
    standing: str
    role: str | None = Field(default=None, description="best, exploration or control.")
    rank: int | None = None
    propensity: float | None = Field(default=None, ge=0, le=1)
    band: str | None = None


class EntriesOut(BaseModel):
    """A page of entries in the order of calling."""

    items: list[EntryOut]
    next_cursor: str | None = None


class OutcomeIn(BaseModel):
    """What came of one call."""

    model_config = ConfigDict(extra="forbid")

    customer_id: CustomerId
    attempt: int = Field(ge=1, le=100, description="Which call of those made for the list.")
    outcome: OutcomeKind
    call_again_at: Moment | None = Field(
        default=None, description="For `callback`, with a time zone; a year ahead at most."
    )


class OutcomeOut(BaseModel):
    """An outcome as it is recorded."""

    outcome_id: str
    list_id: str
    customer_id: str
    attempt: int
    outcome: OutcomeKind
    at: datetime
    by: str
    call_again_at: datetime | None


class ResultIn(BaseModel):
    """What a dialler says of one call."""

    model_config = ConfigDict(extra="forbid")

    customer_id: CustomerId
    outcome: OutcomeKind
    at: Moment = Field(description="When the call was made, with a time zone.")
    attempt: int | None = Field(default=None, ge=1, le=100)
    call_again_at: Moment | None = None
    agent: str = Field(default="", max_length=60)


class ResultsIn(BaseModel):
    """Results of a list."""

    model_config = ConfigDict(extra="forbid")

    items: list[ResultIn] = Field(min_length=1, max_length=MOST_ROWS)


class RefusedOut(BaseModel):
    """A result that was not recorded."""

    pointer: str = Field(examples=["/items/3"])
    detail: str


class ResultsOut(BaseModel):
    """What came of results."""

    recorded: int = Field(ge=0)
    again: int = Field(ge=0, description="Recorded already.")
    refused: list[RefusedOut]


@router.get("/call-lists", summary="Lists that were released")
def lists(
    caller: Caller, services: Provided, limit: Annotated[int, Query(ge=1, le=50)] = 20, cursor: Cursor = None
) -> CallListsOut:
    """Return lists, ended ones included, the newest first; an agent gets the running ones with calls of theirs."""
    found = seen_lists(limit=limit + 1, before=place_of(cursor), by=caller, ports=call_ports(services))
    has_more, page = len(found) > limit, found[:limit]
    return CallListsOut(
        items=[_list_out(each) for each in page], next_cursor=cursor_of(page[-1].list_id) if has_more else None
    )


@router.get("/call-lists/{list_id}", summary="One list")
def one_list(list_id: ListId, caller: Caller, services: Provided) -> CallListOut:
    """Return a list; an agent only one with calls of theirs."""
    return _list_out(seen_list(list_id, by=caller, ports=call_ports(services)))


@router.get("/call-lists/{list_id}/entries", summary="Who is on a list")
def entries(
    list_id: ListId, caller: Caller, services: Provided, limit: Limit = 50, cursor: Cursor = None
) -> EntriesOut:
    """Return the entries of a list; an agent gets their own, and nothing of anybody else's."""
    after = place_of(cursor)
    start = int(after) if after.isdecimal() else 0
    page = entries_page(list_id, start=start, limit=limit, by=caller, ports=call_ports(services), now=datetime.now(UTC))
    items = [_entry_out(row) for _, row in page.entries.iterrows()]
    return EntriesOut(items=items, next_cursor=None if page.next_start is None else cursor_of(str(page.next_start)))


@router.post("/call-lists/{list_id}/outcomes", status_code=201, summary="Record what came of a call")
def outcome(list_id: ListId, said: OutcomeIn, caller: Caller, services: Provided, once: Once) -> OutcomeOut:
    """Record the outcome of one's own call, a manager's of anybody's; an objection holds at once, everywhere."""

    def record() -> OutcomeOut:
        kept = record_outcome(
            Call(list_id, said.customer_id, said.attempt),
            said.outcome,
            call_again_at=said.call_again_at,
            by=caller,
            ports=call_ports(services),
            now=datetime.now(UTC),
        )
        return OutcomeOut(**{name: getattr(kept, name) for name in OutcomeOut.model_fields})

    return once(record, OutcomeOut, Right.RECORD_OUTCOMES)


@router.post("/call-lists/{list_id}/outcomes/batch", summary="Bring a dialler's results back")
def results(list_id: ListId, said: ResultsIn, caller: Caller, services: Provided, once: Once) -> ResultsOut:
    """Record what is right in results of a list, whoever made the calls. Safe to send again."""

    def record() -> ResultsOut:
        rows = [
            OutcomeRow(
                place,
                customer_id=each.customer_id,
                kind=each.outcome,
                at=each.at,
                attempt=each.attempt,
                call_again_at=each.call_again_at if each.outcome is OutcomeKind.CALLBACK else None,
                agent=each.agent,
            )
            for place, each in enumerate(said.items)
        ]
        done = record_rows(list_id, rows, by=caller, calls=call_ports(services), now=datetime.now(UTC))
        refused = [RefusedOut(pointer=f"/items/{each.row}", detail=each.told) for each in done.refused]
        return ResultsOut(recorded=done.recorded, again=done.again, refused=refused)

    return once(record, ResultsOut, Right.RELEASE_LISTS)


def _list_out(found: CallList) -> CallListOut:
    return CallListOut(
        list_id=found.list_id,
        name=found.request.name,
        state=found.state,
        released_by=found.created_by,
        released_at=found.released_at,
        ended_at=found.ended_at,
    )


def _entry_out(row: "pd.Series[Any]") -> EntryOut:
    shown = {name: row[name] for name in ("role", "rank", "propensity", "band") if name in row}
    return EntryOut(
        customer_id=row[CUSTOMER_ID],
        place=int(row["place"]),
        agent=row.get("agent") or None,
        calls=int(row["calls"]),
        outcome=None if pd.isna(row["outcome"]) else row["outcome"],
        due_at=None if pd.isna(row["due_at"]) else row["due_at"],
        standing=row["standing"],
        **shown,
    )
