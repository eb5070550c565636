"""Use cases: who must not be called now, and recording what a customer allows."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from smartbank.core.audit import AuditAction
from smartbank.core.consent import Consent, lifts_something
from smartbank.core.customers import NO_SUCH_CUSTOMER
from smartbank.core.fields import CONSENT_COLUMNS, YES_NO
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, CustomerCorrections, CustomerRepository
from smartbank.errors import LeadValidationError, NotFoundError
from smartbank.services.auditing import audited


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
        if set(consent) != set(CONSENT_COLUMNS) or not set(consent.values()) <= {*YES_NO, None}:
            raise LeadValidationError("Each mark is yes, no or unknown. Choose one of them.")
        before = stored_consent(customer_id, customers=customers)
        said.details |= {"before": dict(before), "after": dict(consent), "why": str(why)}
        if dict(before) == dict(consent):
            raise LeadValidationError("Nothing was changed, so nothing was saved.")
        if lifts_something(before, consent):
            by.require(Right.LIFT_OBJECTION)
        origin = {"kind": "edit", "name": by.username}
        return corrections.record_consent(customer_id, consent, version=version, source=origin, saved_at=now)


def stored_consent(customer_id: str, *, customers: CustomerRepository) -> Mapping[str, str | None]:
    """Return a customer's marks. Raises `NotFoundError`."""
    standing = customers.standing([customer_id])
    if standing.empty:
        raise NotFoundError(NO_SUCH_CUSTOMER)
    row = standing.iloc[0]
    return {name: row[name] if row[name] in YES_NO else None for name in CONSENT_COLUMNS}
