"""Use cases: erase a customer for good, which the worker does, and let one come back."""

from datetime import date, datetime

import pandas as pd

from smartbank.core.audit import AuditAction, stated_reason
from smartbank.core.consent import BARRING
from smartbank.core.customers import NO_SUCH_CUSTOMER, CustomerQuery
from smartbank.core.erasure import ErasureList, names_somebody, naming_words
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.marks import MARK_COLUMNS
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, CustomerRepository, ErasedCustomers, WorkQueue
from smartbank.core.removed import ERASURE
from smartbank.core.work import Work, WorkKind
from smartbank.core.work_ids import new_work_id
from smartbank.errors import ConflictError, LeadValidationError, NotFoundError, SettingsError
from smartbank.services.auditing import audited

ONE_CUSTOMER = "one customer"
"""What an erasure is said to remove while it is under way."""
_LOOKED_AT = 10_000


def queue_erasure(
    customer_id: str,
    *,
    typed: str,
    reason: str,
    by: Actor,
    customers: CustomerRepository,
    erased: ErasedCustomers,
    queue: WorkQueue,
    audit: AuditLog,
    now: datetime,
) -> str:
    """Queue the erasure of a customer, and return the work's id.

    From this moment on they are called no more, and no file brings them back. The entry in the audit log names them by
    the mark the erasure is remembered by. One that broke off is begun again in the same way.

    Parameters
    ----------
    typed : str
        The id once more, as somebody typed it.
    reason : str
        Stays on record.

    Raises
    ------
    NotFoundError
        There is no such customer.
    LeadValidationError
        The ids differ.
    SettingsError
        The reason is too short, too long, or names the customer.
    ConflictError
        The customer is being erased already.
    """
    with audited(AuditAction.ERASE_CUSTOMER, "customer", by=by, audit=audit, now=now) as said:
        by.require(Right.ERASE_CUSTOMERS)
        if typed.strip() != customer_id:
            raise LeadValidationError("The id typed is not this customer's. Nothing was erased; look again.")
        details = customers.load([customer_id])
        if details.empty and not erased.is_under_way(customer_id):
            raise NotFoundError(NO_SUCH_CUSTOMER)
        why = _reason_without_person(reason, customer_id, details)
        if _is_queued(customer_id, queue):
            raise ConflictError("This customer is being erased already. Wait until that is done.")
        said.object_id = erased.begin(customer_id, on=now.date())
        work_id = new_work_id(now)
        said.details |= {"step": "queued", "work_id": work_id, "reason": why}
        customers.set_marks(_never_call(customer_id), source={"kind": ERASURE, "name": ""}, saved_at=now)
        request = {"what": ERASURE, "customer_id": customer_id, "filename": ONE_CUSTOMER}
        queue.add(Work(work_id, WorkKind.REMOVAL, by.username, now, request))
    return work_id


def lift_erasure(
    customer_id: str, *, by: Actor, erased: ErasedCustomers, queue: WorkQueue, audit: AuditLog, now: datetime
) -> None:
    """Forget that a customer was erased: files may bring one of that id in again; what is gone stays gone.

    The entry in the audit log has the mark the erasure's own entry has, and not the id.

    Raises
    ------
    NotFoundError
        Nobody of that id was erased.
    ConflictError
        The erasure is under way.
    """
    with audited(AuditAction.LIFT_ERASURE, "customer", by=by, audit=audit, now=now) as said:
        by.require(Right.ERASE_CUSTOMERS)
        if customer_id not in erased.among([customer_id]):
            raise NotFoundError("Nobody of this id was erased.")
        if erased.is_under_way(customer_id) or _is_queued(customer_id, queue):
            raise ConflictError("This customer is being erased right now. Wait until that is done.")
        said.object_id = erased.lift(customer_id)


def erased_on(customer_id: str, *, by: Actor, erased: ErasedCustomers) -> date | None:
    """Return the day a customer was erased; None for anybody else."""
    by.require(Right.SEE_CUSTOMER)
    return erased.among([customer_id]).get(customer_id)


def stored_though_erased(*, by: Actor, customers: CustomerRepository, erased: ErasedCustomers) -> list[str]:
    """Return the ids of stored customers who were erased, as after an older copy of the database was brought back."""
    by.require(Right.ERASE_CUSTOMERS)
    return sorted(erased.among(customers.ids(CustomerQuery())))


def list_erasures(*, by: Actor, erased: ErasedCustomers, audit: AuditLog, now: datetime) -> ErasureList:
    """Return the marks of all erased customers, to be kept beside the backups, and put it on record."""
    with audited(AuditAction.LIST_ERASURES, "erasures", by=by, audit=audit, now=now) as said:
        by.require(Right.ERASE_CUSTOMERS)
        found = erased.to_list()
        said.details |= {"step": "handed out", "erased": len(found.erased)}
    return found


def know_erasures(known: ErasureList, *, by: Actor, erased: ErasedCustomers, audit: AuditLog, now: datetime) -> int:
    """Know the erasures of another copy of the database here too, and return how many are new.

    Raises
    ------
    StorageError
        The keys the list was sealed with are not here.
    """
    with audited(AuditAction.LIST_ERASURES, "erasures", by=by, audit=audit, now=now) as said:
        by.require(Right.ERASE_CUSTOMERS)
        new = erased.take_over(known)
        said.details |= {"step": "brought in", "new": new}
    return new


def _is_queued(customer_id: str, queue: WorkQueue) -> bool:
    waiting = queue.unfinished(limit=_LOOKED_AT)
    return any(work.kind is WorkKind.REMOVAL and work.request.get("customer_id") == customer_id for work in waiting)


def _reason_without_person(reason: str, customer_id: str, details: pd.DataFrame) -> str:
    """Return a reason that may stay on record: it does not name whom it is about."""
    why = stated_reason(reason)
    if names_somebody(why, naming_words(customer_id, details)):
        raise SettingsError(
            "The reason stays on record, so it must not name the customer. Leave the id and every word of the name out."
        )
    return why


def _never_call(customer_id: str) -> pd.DataFrame:
    marks = {name: [value if name == "do_not_call" else None] for name, value in BARRING.items()}
    return pd.DataFrame({CUSTOMER_ID: [customer_id], **marks}, dtype="str")[list(MARK_COLUMNS)]
