"""Use case: bring one customer in by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from smartbank.core.asked_leads import AskedLead, Value, asked_row
from smartbank.core.audit import AuditAction
from smartbank.core.identity import clean_name, clean_phone
from smartbank.core.people import Actor, Right
from smartbank.core.ports import (
    AuditLog,
    CustomerCorrections,
    CustomerRepository,
    ErasedCustomers,
    ScoredCustomers,
    SettingsRepository,
)
from smartbank.errors import ConflictError, LeadValidationError
from smartbank.services.auditing import audited
from smartbank.services.erased import refuse_erased, take_erased_out


@dataclass(frozen=True)
class NewCustomer:
    """A customer to bring in.

    Attributes
    ----------
    said : mapping
        Of `LEAD_COLUMNS` what is known; None for unknown.
    consent : mapping
        Of `CONSENT_COLUMNS` what is known, "yes" or "no"; None for unknown.
    name, phone : str
        Empty for unknown.
    """

    customer_id: str
    said: Mapping[str, Value]
    consent: Mapping[str, Value] = field(default_factory=dict)
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


def create_customer(
    new: NewCustomer,
    *,
    by: Actor,
    customers: CustomerRepository,
    scored: ScoredCustomers,
    erased: ErasedCustomers,
    corrections: CustomerCorrections,
    settings: SettingsRepository,
    audit: AuditLog,
    now: datetime,
) -> None:
    """Keep a customer who is not stored yet.

    Raises
    ------
    ForbiddenError
        The role may not bring customers in.
    LeadValidationError
        The phone number is none, or the customer was erased.
    ConflictError
        A customer with this id is stored already.
    """
    with audited(AuditAction.ADD_CUSTOMER, "customer", by=by, audit=audit, now=now) as said:
        by.require(Right.BRING_IN)
        refuse_erased([new.customer_id], erased=erased)  # first: who was erased is named in no new entry
        said.object_id = new.customer_id
        phone = clean_phone(new.phone, settings.current().country) if new.phone else ""
        if new.phone and not phone:
            raise LeadValidationError(
                "The phone number is not a valid one. Write it with the country code, such as +351 21 123 4567."
            )
        _refuse_stored(new.customer_id, customers)
        row, _ = asked_row(AskedLead(new.customer_id, new.said), None, now=now)
        known = {"name": clean_name(new.name), "phone": phone, **new.consent}
        row |= {name: value for name, value in known.items() if value}
        source = {"kind": "api", "name": by.username, "synthetic": False}
        if not scored.add_new([row], [], source=source, saved_at=now):  # in one step: of several at once one is first
            _refuse_stored(new.customer_id, customers)
            customers.save_rows([row], source=source, saved_at=now)  # a database without transactions
        said.object_id = ""
        take_erased_out([new.customer_id], erased=erased, corrections=corrections)
        said.object_id = new.customer_id


def _refuse_stored(customer_id: str, customers: CustomerRepository) -> None:
    if len(customers.standing([customer_id])):
        raise ConflictError(
            "A customer with this id is stored already. Score it to change what is known of it; change what it allows "
            "at PUT /api/v1/customers/{customer_id}/consent."
        )
