"""Use case: hand a customer everything that is kept of them, as one file."""

import json
from datetime import datetime
from typing import Any

from smartbank.core.access_file import access_file
from smartbank.core.audit import AuditAction
from smartbank.core.people import Actor, Right
from smartbank.services import access_parts as parts
from smartbank.services.access_parts import AccessPorts, Gathered
from smartbank.services.access_trail import trail_parts
from smartbank.services.auditing import audited
from smartbank.services.customers import find_customer


def give_access(customer_id: str, *, by: Actor, ports: AccessPorts, now: datetime) -> dict[str, Any]:
    """Return everything kept of a customer as JSON values, and put it on record, with counts alone.

    Raises
    ------
    NotFoundError
        There is no such customer.
    """
    with audited(AuditAction.GIVE_ACCESS, "customer", by=by, audit=ports.audit, now=now) as said:
        by.require(Right.GIVE_ACCESS)
        gathered = Gathered(find_customer(customer_id, customers=ports.customers), ports)
        said.object_id = gathered.customer_id
        found = [
            parts.now_part(gathered),
            parts.versions_part(gathered),
            parts.predictions_part(gathered),
            parts.outcomes_part(gathered),
            parts.lists_part(gathered),
            parts.notes_part(gathered),
            parts.uploads_part(gathered),
            *trail_parts(gathered),
        ]
        said.details |= {"entries": {part.title.replace(" ", "_"): len(part.entries) for part in found}}
    return access_file(gathered.customer_id, found, made_at=now)


def access_bytes(content: dict[str, Any]) -> bytes:
    """Return the file as it is handed over: JSON in UTF-8, indented to be read."""
    return f"{json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)}\n".encode()


def access_file_name(now: datetime) -> str:
    """Return what the file is called; nothing of the customer is in it."""
    return f"customer-data-{now:%Y%m%d-%H%M%S}.json"
