"""Use cases: look at a dialler's file of results, and record what is right in it."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pandas as pd

from smartbank.core.audit import OBJECTED_IDS, AuditAction
from smartbank.core.call_lists import CallList, ListState
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.list_entries import list_owner
from smartbank.core.list_outcomes import LISTED_COLUMNS
from smartbank.core.outcome_checks import OutcomeReport, RefusedRow, check_rows
from smartbank.core.outcome_rows import OutcomeRow, outcome_columns, read_rows
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Actor, Right
from smartbank.core.ports import Table, TableReader
from smartbank.core.work import Progress
from smartbank.core.work_ids import work_reference
from smartbank.errors import ConflictError, LeadValidationError, NotFoundError
from smartbank.services.auditing import Audited, audited
from smartbank.services.calling import CallPorts
from smartbank.services.objections import objected_in_call

MOST_ROWS: Final = 5_000
"""Of one file: it is read and recorded while somebody waits."""
TAKEN_FOR: Final = timedelta(days=30)
"""How long after a list ended its results are taken."""
MOST_NAMED: Final = 100
"""Of customers whose objections came with results, whom the entry in the audit log names; it says how many more."""
_BATCH: Final = 500


@dataclass(frozen=True)
class OutcomeUploadPorts:
    """What bringing results back needs from the outside."""

    calls: CallPorts
    read_table: TableReader


@dataclass(frozen=True)
class RecordedFile:
    """What came of a file of results: rows recorded, known already, and refused."""

    recorded: int
    again: int
    refused: tuple[RefusedRow, ...]


def check_outcomes(
    list_id: str, chunks: Iterable[bytes], filename: str, *, by: Actor, ports: OutcomeUploadPorts, now: datetime
) -> OutcomeReport:
    """Return what a file of results would record of a list, and why rows of it would not be; changes nothing.

    Raises
    ------
    ConflictError
        The list is not released, or ended too long ago.
    LeadValidationError
        The file is not a table, lacks a column or has more than `MOST_ROWS` rows.
    """
    by.require(Right.RELEASE_LISTS)
    return _checked(list_id, chunks, filename, by=by, ports=ports, now=now)


def record_outcomes(
    list_id: str,
    chunks: Iterable[bytes],
    filename: str,
    *,
    by: Actor,
    ports: OutcomeUploadPorts,
    now: datetime,
    report: Callable[[Progress], None] = lambda _: None,
) -> RecordedFile:
    """Record what is right in a file of results, as things stand now; safe to repeat, and to break off.

    An objection holds at once, before any outcome is recorded, and where its row is refused, too. Raises as
    `check_outcomes` does.
    """
    audit = ports.calls.audit
    with audited(AuditAction.RECORD_OUTCOME, "call list", work_reference(list_id), by=by, audit=audit, now=now) as said:
        by.require(Right.RELEASE_LISTS)
        found = _checked(list_id, chunks, filename, by=by, ports=ports, now=now)
        return _recorded(list_id, found, said, by=by, calls=ports.calls, now=now, report=report)


def record_rows(
    list_id: str, rows: Sequence[OutcomeRow], *, by: Actor, calls: CallPorts, now: datetime
) -> RecordedFile:
    """Record what is right in results a program brings, as `record_outcomes` does with a file's.

    Raises
    ------
    ConflictError
        The list is not released, or ended too long ago.
    LeadValidationError
        There are more than `MOST_ROWS` rows.
    """
    audit = calls.audit
    with audited(AuditAction.RECORD_OUTCOME, "call list", work_reference(list_id), by=by, audit=audit, now=now) as said:
        by.require(Right.RELEASE_LISTS)
        if len(rows) > MOST_ROWS:
            raise LeadValidationError(f"Bring {MOST_ROWS:,} results at a time at most.")
        found = _checked_rows(_taken_list(list_id, calls, now), rows, by=by, calls=calls, now=now)
        return _recorded(list_id, found, said, by=by, calls=calls, now=now)


def _recorded(
    list_id: str,
    found: OutcomeReport,
    said: Audited,
    *,
    by: Actor,
    calls: CallPorts,
    now: datetime,
    report: Callable[[Progress], None] = lambda _: None,
) -> RecordedFile:
    said.details |= {"rows": found.rows, "again": found.again, "refused": len(found.refused)}
    if found.objections:
        said.details["objections_alone"] = len(found.objections)
    new, corrections = _with_objections(found, said, by=by, calls=calls, now=now)
    recorded = _record(list_id, new, calls, report)
    recorded += sum(calls.outcomes.correct(each) for each in corrections)
    said.details |= {"recorded": recorded, **{str(kind): n for kind, n in sorted(found.by_outcome.items())}}
    return RecordedFile(recorded, found.again + found.right - recorded, found.refused)


def _checked(
    list_id: str, chunks: Iterable[bytes], filename: str, *, by: Actor, ports: OutcomeUploadPorts, now: datetime
) -> OutcomeReport:
    call_list = _taken_list(list_id, ports.calls, now)
    with ports.read_table(chunks, filename) as table:
        rows = _rows(table, ports.calls)
        notices = tuple(table.notices)
    return replace(_checked_rows(call_list, rows, by=by, calls=ports.calls, now=now), notices=notices)


def _checked_rows(
    call_list: CallList, rows: Sequence[OutcomeRow], *, by: Actor, calls: CallPorts, now: datetime
) -> OutcomeReport:
    list_id = call_list.list_id
    entries = calls.frames.load(list_owner(list_id), columns=[*LISTED_COLUMNS, "rank", "place"])
    if entries.empty:
        raise ConflictError("Who is on this list is no longer kept, so results of it are not taken.")
    by_rank = dict(zip(entries["rank"].tolist(), entries[CUSTOMER_ID].tolist(), strict=True))
    named = {row.customer_id or by_rank.get(row.rank, "") for row in rows} - {""}
    return check_rows(
        rows,
        call_list=call_list,
        entries=entries,
        recorded=calls.outcomes.of_list(list_id),
        stored=set(calls.customers.standing(sorted(named)).index),
        by=by.username,
        now=now,
    )


def _taken_list(list_id: str, calls: CallPorts, now: datetime) -> CallList:
    """Return a list whose results are taken."""
    call_list = calls.lists.find(list_id)
    if call_list.state not in (ListState.RELEASED, ListState.ENDED):
        raise ConflictError("This list is not released, so there are no results of it.")
    if call_list.ended_at is not None and now - call_list.ended_at > TAKEN_FOR:
        raise ConflictError(f"This list ended more than {TAKEN_FOR.days} days ago; results of it are no longer taken.")
    return call_list


def _rows(table: Table, calls: CallPorts) -> list[OutcomeRow]:
    columns = outcome_columns(table.columns)
    frames: list[pd.DataFrame] = []
    broken: list[OutcomeRow] = []
    with closing(table.chunks(MOST_ROWS + 1, list(dict.fromkeys(columns.values())))) as chunks:
        for chunk in chunks:
            frames.append(chunk.rows)
            broken += [OutcomeRow(each.row, problem=each.reason) for each in chunk.broken]
            if sum(map(len, frames)) + len(broken) > MOST_ROWS:
                raise LeadValidationError(
                    f"The file has more than {MOST_ROWS:,} rows. Split it, and bring the parts one after the other."
                )
    in_force = calls.settings.current()
    zone, us_dates = ZoneInfo(in_force.time_zone), in_force.country == "US"
    rows = pd.concat(frames) if frames else pd.DataFrame(columns=list(columns.values()), dtype="str")
    return [*read_rows(rows, columns, zone=zone, us_dates=us_dates), *broken]


def _with_objections(
    found: OutcomeReport, said: Audited, *, by: Actor, calls: CallPorts, now: datetime
) -> tuple[list[Outcome], list[Outcome]]:
    """Have every objection in force, and name whose on record, those too after which it broke off.

    Returns what is new and what corrects something, with the versions of customers that made.
    """
    objected: dict[str, None] = {}

    def in_force(customer_id: str) -> int:
        version = objected_in_call(
            customer_id, by=by, customers=calls.customers, corrections=calls.corrections, now=now
        )
        objected[customer_id] = None
        return version

    def marked(outcome: Outcome) -> Outcome:
        if outcome.outcome is not OutcomeKind.OBJECTED:
            return outcome
        return replace(outcome, customer_version=in_force(outcome.customer_id))

    try:
        for customer_id in found.objections:
            with suppress(NotFoundError):  # erased in this moment
                in_force(customer_id)
        return [marked(each) for each in found.new], [marked(each) for each in found.corrections]
    finally:
        if objected:
            named = list(objected)[:MOST_NAMED]
            said.details |= {OBJECTED_IDS: named, "objected_ids_more": len(objected) - len(named)}


def _record(list_id: str, outcomes: list[Outcome], calls: CallPorts, report: Callable[[Progress], None]) -> int:
    """Keep outcomes and return how many are kept as they were said, those that had been taken back included."""
    recorded = 0
    for start in range(0, len(outcomes), _BATCH):
        report(Progress("Recording the results", start, len(outcomes)))
        recorded += calls.outcomes.record_many(outcomes[start : start + _BATCH])
    if recorded < len(outcomes):
        kept = {each.outcome_id for each in calls.outcomes.of_list(list_id)}
        left = [each for each in outcomes if each.outcome_id not in kept]
        recorded += sum(calls.outcomes.record(each).outcome is each.outcome for each in left)
    return recorded
