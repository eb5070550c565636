"""A customer's rights: everything kept of them as a file, and erasure."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from smartbank.api.access import Caller, Provided
from smartbank.api.slashes import PathId
from smartbank.bootstrap import access_ports
from smartbank.core.audit import LONGEST_REASON, SHORTEST_REASON
from smartbank.services.access_file import give_access
from smartbank.services.erasing import queue_erasure

router = APIRouter(tags=["privacy"])

Reason = Annotated[
    str,
    Query(
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        description="Stays on record; must not name the customer.",
        examples=["asked for erasure by letter"],
    ),
]


class ErasureOut(BaseModel):
    """An erasure that is under way."""

    work_id: str = Field(description="Names the work in the audit log.")
    detail: str = "The customer is barred from now on, and gone when the work has ended."


@router.get("/customers/{customer_id}/data", summary="Everything kept of a customer", response_model=dict[str, Any])
def access(customer_id: PathId, caller: Caller, services: Provided) -> JSONResponse:
    """Return everything kept of a customer, to be handed to them, with words on what each part is for."""
    found = give_access(customer_id, by=caller, ports=access_ports(services), now=datetime.now(UTC))
    return JSONResponse(found, headers={"Cache-Control": "no-store"})


@router.delete("/customers/{customer_id}", status_code=202, summary="Erase a customer")
def erase(customer_id: PathId, reason: Reason, caller: Caller, services: Provided) -> ErasureOut:
    """Erase a customer for good: figures stay, the person and every way to them go. It cannot be undone."""
    work_id = queue_erasure(
        customer_id,
        typed=customer_id,
        reason=reason,
        by=caller,
        customers=services.customers,
        erased=services.erased,
        queue=services.queue,
        audit=services.audit,
        now=datetime.now(UTC),
    )
    return ErasureOut(work_id=work_id)
