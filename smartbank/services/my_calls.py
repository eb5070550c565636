"""Use cases of who calls: whom to call next, and record what came of a call, correct it, or take it back."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

import pandas as pd

from smartbank.core.audit import AuditAction
from smartbank.core.call_lists import CallList, ListState
from smartbank.core.calling_times import times_of
from smartbank.core.fields import CUSTOMER_ID, LEAD_COLUMNS
from smartbank.core.hand_over import called_now
from smartbank.core.list_entries import list_owner
from smartbank.core.list_outcomes import outcome_of
from smartbank.core.outcome_checks import OBJECTION_HOLDS
from smartbank.core.outcomes import (
    LATEST_CALL_BACK,
    OPEN_OUTCOMES,
    OUTCOME_NAMES,
    Outcome,
    OutcomeKind,
    decisive_outcomes,
)
from smartbank.core.people import Actor, Right
from smartbank.core.ranking import CONTRIBUTION_COLUMNS
from smartbank.errors import ConflictError, ForbiddenError, NotFoundError
from smartbank.services.auditing import Audited, audited
from smartbank.services.calling import Call, CallPorts, called_entry, was_called_by
from smartbank.services.objections import lift_mistaken, objected_in_call, require_may_lift

OWN_COLUMNS: Final = (CUSTOMER_ID, "synthetic", "place", *LEAD_COLUMNS, *CONTRIBUTION_COLUMNS)
"""What who calls is given of an entry."""
_CORRECTED: Final = "Somebody corrected this outcome meanwhile. Look at it again."


def my_lists(
    *, by: Actor, ports: CallPorts, entries_of: Callable[[CallList], pd.DataFrame] | None = None
) -> list[tuple[CallList, pd.DataFrame]]:
    """Return the running lists on which the user has calls, oldest first, each with what `own_entries` returns.

    Parameters
    ----------
    entries_of : callable or None
        `own_entries` of a list, where the caller keeps what it returns.
    """
    by.require(Right.RECORD_OUTCOMES)
    found = [
        (each, own_entries(each, by=by, ports=ports) if entries_of is None else entries_of(each))
        for each in ports.lists.in_state(ListState.RELEASED)
    ]
    return [(call_list, entries) for call_list, entries in found if len(entries)]


def own_entries(call_list: CallList, *, by: Actor, ports: CallPorts) -> pd.DataFrame:
    """Return the user's entries of a released list, `OWN_COLUMNS` wide, in the order of calling.

    Who holds out is not among them, and nothing says how likely a sale is or why somebody was listed.
    """
    by.require(Right.RECORD_OUTCOMES)
    entries = ports.frames.load(list_owner(call_list.list_id), columns=[*OWN_COLUMNS, "agent"])
    if entries.empty:
        return pd.DataFrame(columns=list(OWN_COLUMNS))
    entries = called_now(entries, call_list.handed_over)
    own = entries[(entries["agent"] == by.username) & (entries["place"] > 0)]
    return own[list(OWN_COLUMNS)].sort_values("place", ignore_index=True)


def record_outcome(
    call: Call,
    kind: OutcomeKind,
    *,
    call_again_at: datetime | None = None,
    by: Actor,
    ports: CallPorts,
    now: datetime,
) -> Outcome:
    """Record what came of a call, and return it; an objection holds at once, everywhere, recorded or not.

    Safe on a double click: the same outcome of the same call again changes nothing.

    Raises
    ------
    ForbiddenError
        The customer is not among the user's calls.
    NotFoundError
        The list is not running.
    ConflictError
        Another outcome of this call is recorded already, an earlier call has none, or no calls are made at this hour.
    """
    with audited(AuditAction.RECORD_OUTCOME, "customer", by=by, audit=ports.audit, now=now) as said:
        by.require(Right.RECORD_OUTCOMES)
        said.details |= {"attempt": call.attempt, "outcome": str(kind)}
        with _holding_an_objection(call, kind, said, by=by, ports=ports, now=now):
            call_list, entry = called_entry(call, who=by, ports=ports, said=said, now=now)
        version = _objection(call.customer_id, kind, by=by, ports=ports, now=now)
        with _saying_what_holds(kind, said):
            _require_open(ports, now)
            _require_ahead(kind, call_again_at, now)
            _require_next(call, ports)
        again = call_again_at if kind is OutcomeKind.CALLBACK else None
        wanted = replace(
            outcome_of(call_list, entry, kind, at=now, attempt=call.attempt, by=by.username, call_again_at=again),
            customer_version=version,
        )
        with _saying_what_holds(kind, said):
            kept = ports.outcomes.record(wanted)
            if (kept.outcome, kept.by) != (kind, by.username):
                said_before = f"{kept.by} recorded “{OUTCOME_NAMES[kept.outcome]}” for this call already."
                raise ConflictError(f"{said_before} Correct it if it is wrong.")
    return kept


def correct_outcome(
    outcome: Outcome,
    kind: OutcomeKind,
    *,
    call_again_at: datetime | None = None,
    by: Actor,
    ports: CallPorts,
    now: datetime,
) -> Outcome:
    """Put another outcome in the place of one that was recorded by mistake, and return it; the mistake is kept too.

    A mistaken objection is lifted with it, where nobody has recorded another one since.

    Raises
    ------
    ForbiddenError
        Somebody else recorded it, and the user may not release lists.
    ConflictError
        Somebody corrected it meanwhile, it says so already, or the time to call back has passed.
    """
    with audited(
        AuditAction.CORRECT_OUTCOME, "customer", outcome.customer_id, by=by, audit=ports.audit, now=now
    ) as said:
        by.require(Right.RECORD_OUTCOMES)
        _require_own(outcome, by)
        said.details |= {"list": outcome.list_id, "before": str(outcome.outcome), "outcome": str(kind)}
        if kind is outcome.outcome and kind is not OutcomeKind.CALLBACK:
            raise ConflictError(f"“{OUTCOME_NAMES[kind]}” is recorded already. Choose another outcome.")
        _require_ahead(kind, call_again_at, now)
        if outcome.outcome is OutcomeKind.OBJECTED:
            require_may_lift(outcome, by=by, now=now)
        corrected = replace(
            outcome,
            outcome=kind,
            by=by.username,
            call_again_at=call_again_at if kind is OutcomeKind.CALLBACK else None,
            version=outcome.version + 1,
            assumed=False,
            customer_version=_objection(outcome.customer_id, kind, by=by, ports=ports, now=now),
        )
        if not ports.outcomes.correct(corrected):
            raise ConflictError(_CORRECTED)
        said.details["lifted"] = kind is not OutcomeKind.OBJECTED and _lifted(outcome, by=by, ports=ports, now=now)
    return corrected


def take_back_outcome(outcome: Outcome, *, by: Actor, ports: CallPorts, now: datetime) -> None:
    """Take an outcome back, as if the call had not been made; it is kept, and counts for nothing.

    Raises
    ------
    ForbiddenError
        Somebody else recorded it, and the user may not release lists.
    ConflictError
        Somebody corrected it meanwhile.
    """
    with audited(
        AuditAction.CORRECT_OUTCOME, "customer", outcome.customer_id, by=by, audit=ports.audit, now=now
    ) as said:
        by.require(Right.RECORD_OUTCOMES)
        _require_own(outcome, by)
        said.details |= {"list": outcome.list_id, "before": str(outcome.outcome), "outcome": "taken back"}
        if outcome.outcome is OutcomeKind.OBJECTED:
            require_may_lift(outcome, by=by, now=now)
        if not ports.outcomes.take_back(outcome):
            raise ConflictError(_CORRECTED)
        said.details["lifted"] = _lifted(outcome, by=by, ports=ports, now=now)


@contextmanager
def _holding_an_objection(
    call: Call, kind: OutcomeKind, said: Audited, *, by: Actor, ports: CallPorts, now: datetime
) -> Generator[None]:
    """Have an objection in force, and on record, that is refused as the list ended or the calls went to others."""
    try:
        yield
    except (NotFoundError, ForbiddenError) as exc:
        if kind is not OutcomeKind.OBJECTED or not was_called_by(call, who=by, ports=ports):
            raise
        _objection(call.customer_id, kind, by=by, ports=ports, now=now)
        said.object_id = call.customer_id
        said.details["objection_holds"] = True
        raise type(exc)(f"{exc} {OBJECTION_HOLDS}") from exc


@contextmanager
def _saying_what_holds(kind: OutcomeKind, said: Audited) -> Generator[None]:
    """Have a conflict, and its entry, say that the objection is in force although its outcome is not recorded."""
    try:
        yield
    except ConflictError as exc:
        if kind is not OutcomeKind.OBJECTED:
            raise
        said.details["objection_holds"] = True
        raise ConflictError(f"{exc} {OBJECTION_HOLDS}") from exc


def _require_open(ports: CallPorts, now: datetime) -> None:
    """Raise `ConflictError` outside the calling hours, and the minutes after them."""
    times = times_of(ports.rules.current(), ports.settings.current())
    if not times.may_record(now):
        raise ConflictError(times.not_recorded(now))


def _require_ahead(kind: OutcomeKind, call_again_at: datetime | None, now: datetime) -> None:
    if kind is not OutcomeKind.CALLBACK or call_again_at is None:
        return
    if call_again_at <= now:
        raise ConflictError("The time to call back has passed. Choose a later one.")
    if call_again_at > now + LATEST_CALL_BACK:
        raise ConflictError("The time to call back is more than a year ahead. Choose an earlier one.")


def _require_next(call: Call, ports: CallPorts) -> None:
    """Raise `ConflictError` unless a call may be the next one made for its list, or one made already."""
    made = [each for each in ports.outcomes.of_customer(call.customer_id) if each.list_id == call.list_id]
    made_so_far = max((each.attempt for each in made), default=0)
    stands = decisive_outcomes(made).get(call.customer_id)
    if not 1 <= call.attempt <= made_so_far + 1:
        raise ConflictError("The outcome of the call before this one is not recorded. Look at the customer again.")
    if stands is not None and call.attempt > made_so_far and stands.outcome not in OPEN_OUTCOMES:
        raise ConflictError(f"“{OUTCOME_NAMES[stands.outcome]}” is recorded already. Correct it if it is wrong.")


def _require_own(outcome: Outcome, by: Actor) -> None:
    if outcome.by != by.username and not by.may(Right.RELEASE_LISTS):
        raise ForbiddenError(f"{outcome.by} recorded this outcome. Only they or a manager may change it.")


def _objection(customer_id: str, kind: OutcomeKind, *, by: Actor, ports: CallPorts, now: datetime) -> int:
    """Have an objection in force before its outcome is recorded; return the customer's version that made, else 0."""
    if kind is not OutcomeKind.OBJECTED:
        return 0
    return objected_in_call(customer_id, by=by, customers=ports.customers, corrections=ports.corrections, now=now)


def _lifted(outcome: Outcome, *, by: Actor, ports: CallPorts, now: datetime) -> bool:
    """Whether a mistaken objection was taken off the customer again."""
    if outcome.outcome is not OutcomeKind.OBJECTED:
        return False
    return lift_mistaken(outcome, by=by, customers=ports.customers, corrections=ports.corrections, now=now)
