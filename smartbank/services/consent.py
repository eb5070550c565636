"""Use cases: who must not be called now, and recording what a customer allows."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import pandas as pd

from smartbank.core.audit import AuditAction
from smartbank.core.consent import Consent, lifts_something
from smartbank.core.customers import CHANGED_MEANWHILE, NO_SUCH_CUSTOMER
from smartbank.core.fields import CONSENT_COLUMNS, YES_NO
from smartbank.core.people import ROLE_RIGHTS, Actor, Right
from smartbank.core.ports import AuditLog, CustomerCorrections, CustomerRepository, ErasedCustomers
from smartbank.errors import ConflictError, ForbiddenError, LeadValidationError, NotFoundError
from smartbank.services.auditing import Audited, audited
from smartbank.services.erased import refuse_erased, take_erased_out

_ONLY_A_MANAGER: Final = (
    "Only a manager can take back an objection, a do-not-call mark or a refusal. Ask one to open this customer."
)


class Why(StrEnum):
    """Why a mark is changed by hand."""

    CUSTOMER_SAID_SO = "customer_said_so"
    FORM_SIGNED = "form_signed"
    MISTAKE = "mistake"


def record_consent(
    customer_id: str,
    consent: Consent,
    *,
    version: int,
    why: Why,
    by: Actor,
    customers: CustomerRepository,
    corrections: CustomerCorrections,
    audit: AuditLog,
    now: datetime,
) -> int:
    """Give a customer other marks, and return the customer's new version; it holds for lists and exports at once.

    Parameters
    ----------
    consent : mapping
        Every one of `CONSENT_COLUMNS`: "yes", "no" or None for unknown.
    version : int
        Which version of the customer was looked at.

    Raises
    ------
    ForbiddenError
        The role may not record consent, or not take back what bars a customer.
    NotFoundError, ConflictError
        There is no such customer, or somebody else changed it meanwhile.
    LeadValidationError
        A mark is neither yes, no nor unknown, or nothing changes.
    """
    with audited(AuditAction.EDIT_CUSTOMER, "customer", customer_id, by=by, audit=audit, now=now) as said:
        by.require(Right.RECORD_CONSENT)
        _require_marks(consent, are_all=True)
        before = stored_consent(customer_id, customers=customers)
        _require_may_change(before, consent, why=why, by=by, said=said)
        if dict(before) == dict(consent):
            raise LeadValidationError("Nothing was changed, so nothing was saved.")
        return corrections.record_consent(customer_id, consent, version=version, source=_origin(by), saved_at=now)


def record_marks(
    customer_id: str,
    marks: Consent,
    *,
    why: Why,
    by: Actor,
    customers: CustomerRepository,
    corrections: CustomerCorrections,
    erased: ErasedCustomers,
    audit: AuditLog,
    now: datetime,
) -> None:
    """Have marks of a customer be what a program says; `record_consent` for who looked at no version.

    Safe to repeat: marks that are so already stay, and the customer gets no new version. Where somebody else changes
    the customer in the same moment it is done once more, unless it would lift what was set in that moment.

    Parameters
    ----------
    marks : mapping
        Some of `CONSENT_COLUMNS`, or all: "yes", "no" or None for unknown. What is left out stays as it is.

    Raises
    ------
    ForbiddenError
        The role may not record consent, or not take back what bars a customer.
    NotFoundError
        There is no such customer.
    ConflictError
        Others kept changing the customer, or barred them meanwhile.
    LeadValidationError
        There is no mark, one is neither yes, no nor unknown, or the customer was erased.
    """
    with audited(AuditAction.EDIT_CUSTOMER, "customer", by=by, audit=audit, now=now) as said:
        by.require(Right.RECORD_CONSENT)
        _require_marks(marks, are_all=False)
        refuse_erased([customer_id], erased=erased)  # first: who was erased is named in no new entry
        for is_last in (False, True):
            version, before = standing_marks(customer_id, customers)
            said.object_id = customer_id
            consent = {**before, **marks}
            _require_may_change(before, consent, why=why, by=by, said=said)
            if dict(before) == dict(consent):
                return
            lifts = lifts_something(before, consent)
            if lifts and is_last:
                raise ConflictError(CHANGED_MEANWHILE)
            try:
                corrections.record_consent(customer_id, consent, version=version, source=_origin(by), saved_at=now)
            except ConflictError:
                said.object_id = ""
                take_erased_out([customer_id], erased=erased, corrections=corrections)
                said.object_id = customer_id
                if lifts or is_last:
                    raise
            else:
                return


def stored_consent(customer_id: str, *, customers: CustomerRepository) -> Mapping[str, str | None]:
    """Return a customer's marks. Raises `NotFoundError`."""
    return standing_marks(customer_id, customers)[1]


def standing_marks(customer_id: str, customers: CustomerRepository) -> tuple[int, Mapping[str, str | None]]:
    """Return a customer's version and marks, read at once. Raises `NotFoundError`."""
    standing = customers.standing([customer_id])
    if standing.empty:
        raise NotFoundError(NO_SUCH_CUSTOMER)
    row = standing.iloc[0]
    return int(row["customer_version"]), marks_of(row)


def marks_of(row: "pd.Series[Any]") -> Mapping[str, str | None]:
    """Return the marks of one row of customers; what is missing is None."""
    return {name: row[name] if row[name] in YES_NO else None for name in CONSENT_COLUMNS}


def _require_marks(marks: Consent, *, are_all: bool) -> None:
    named, known = set(marks), set(CONSENT_COLUMNS)
    are_named = named == known if are_all else bool(named) and named <= known
    if not are_named or not set(marks.values()) <= {*YES_NO, None}:
        raise LeadValidationError("Each mark is yes, no or unknown. Choose one of them.")


def _require_may_change(before: Consent, after: Consent, *, why: Why, by: Actor, said: Audited) -> None:
    """Put on record what changes, and raise `ForbiddenError` where it lifts something and the user may not."""
    said.details |= {"before": dict(before), "after": dict(after), "why": str(why)}
    if lifts_something(before, after):
        if Right.LIFT_OBJECTION not in ROLE_RIGHTS[by.role]:
            raise ForbiddenError(_ONLY_A_MANAGER)
        by.require(Right.LIFT_OBJECTION)


def _origin(by: Actor) -> dict[str, str]:
    return {"kind": "edit", "name": by.username}
