"""Objections said in a call: in force at once, and taken back with the mistaken outcome."""

from datetime import datetime, timedelta
from typing import Final

from smartbank.core.outcomes import Outcome
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CustomerCorrections, CustomerRepository
from smartbank.errors import ConflictError
from smartbank.services.consent import marks_of, standing_marks

OWN_MISTAKE: Final = timedelta(hours=1)
"""How long who recorded an objection may take it back; later it needs the right to lift one."""
_TRIES: Final = 5


def objected_in_call(
    customer_id: str, *, by: Actor, customers: CustomerRepository, corrections: CustomerCorrections, now: datetime
) -> int:
    """Mark a customer as objected and return the version that made; 0 where the mark was there already.

    Raises
    ------
    NotFoundError
        There is no such customer any more.
    ConflictError
        Others kept changing the customer.
    """
    for _ in range(_TRIES):
        version, before = standing_marks(customer_id, customers)
        if before["objected"] == "yes":
            return 0
        marks, origin = {**before, "objected": "yes"}, {"kind": "outcome", "name": by.username}
        try:
            return corrections.record_consent(customer_id, marks, version=version, source=origin, saved_at=now)
        except ConflictError:
            continue  # somebody changed the customer in between: what they said stays, the objection comes on top
    raise ConflictError("This customer is being changed by others. Record the objection again.")


def require_may_lift(outcome: Outcome, *, by: Actor, now: datetime) -> None:
    """Raise `ForbiddenError` unless the user may take an objection back: their own within the hour, or by right."""
    if outcome.by != by.username or now - outcome.at > OWN_MISTAKE:
        by.require(Right.LIFT_OBJECTION)


def lift_mistaken(
    outcome: Outcome, *, by: Actor, customers: CustomerRepository, corrections: CustomerCorrections, now: datetime
) -> bool:
    """Give a customer back the marks from before a mistaken objection; False where something was changed since.

    The mark stays where the objection was there before the call, or somebody changed the customer after it.
    """
    version = outcome.customer_version
    if not version:
        return False
    earlier = customers.load_versions([(outcome.customer_id, version - 1)])
    if earlier.empty:
        return False
    marks = marks_of(earlier.iloc[0])
    origin = {"kind": "outcome", "name": by.username}
    try:
        corrections.record_consent(outcome.customer_id, marks, version=version, source=origin, saved_at=now)
    except ConflictError:
        return False
    return True
