"""Use case: say up to when the bank's own sales of customers who were not called are brought in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from smartbank.core.audit import AuditAction
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, CallListRepository
from smartbank.errors import ConflictError
from smartbank.services.auditing import audited


def note_bank_data(
    list_ids: Sequence[str], *, until: datetime, by: Actor, lists: CallListRepository, audit: AuditLog, now: datetime
) -> None:
    """Note for lists that all sales without a call up to a moment are brought in; it never goes back.

    Raises
    ------
    ConflictError
        A list was changed by somebody else in the same moment.
    """
    for list_id in list_ids:
        with audited(AuditAction.NOTE_BANK_DATA, "call list", list_id, by=by, audit=audit, now=now) as said:
            by.require(Right.RELEASE_LISTS)
            found = lists.find(list_id)
            said.details["until"] = until.isoformat(timespec="minutes")
            if found.bank_data_until is not None and found.bank_data_until >= until:
                continue
            if not lists.move(replace(found, bank_data_until=until), seen=found):
                raise ConflictError("Somebody changed this list just now. Look at it again, then repeat.")
