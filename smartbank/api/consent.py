"""What a customer allows: recorded by a program, in force at once."""

from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator

from smartbank.api.access import Caller, Provided
from smartbank.api.leads import Flag
from smartbank.api.slashes import PathId
from smartbank.core.consent import ConsentState, callable_states, consent_state
from smartbank.core.fields import CONSENT_COLUMNS
from smartbank.services.consent import Why, record_marks, stored_consent

router = APIRouter(tags=["customers"])


class ConsentIn(BaseModel):
    """Marks as they are from now on; null is unknown, and one that is left out stays as it is. At least one is said."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"objected": True}],
            "anyOf": [{"required": [name]} for name in CONSENT_COLUMNS],
        },
    )

    do_not_call: Flag = Field(default=None, description="True bars the customer.")
    objected: Flag = Field(default=None, description="True bars the customer.")
    consent: Flag = Field(default=None, description="False bars the customer: refused or withdrawn.")
    why: Why = Field(default=Why.CUSTOMER_SAID_SO, description="Stays on record.")

    @model_validator(mode="after")
    def _says_something(self) -> "ConsentIn":
        if not self.marks():
            raise ValueError("give do_not_call, objected or consent")
        return self

    def marks(self) -> dict[str, str | None]:
        """Return the marks that are said, as they are kept."""
        said = {name: getattr(self, name) for name in CONSENT_COLUMNS if name in self.model_fields_set}
        return {name: None if mark is None else "yes" if mark else "no" for name, mark in said.items()}


class ConsentOut(BaseModel):
    """What a customer allows, as it is kept."""

    customer_id: str
    do_not_call: bool | None
    objected: bool | None
    consent: bool | None
    consent_state: ConsentState
    may_be_called: bool = Field(description="As far as the marks go, and whether the bank calls only who gave consent.")


@router.put("/customers/{customer_id}/consent", summary="Record what a customer allows")
def record(customer_id: PathId, consent: ConsentIn, caller: Caller, services: Provided) -> ConsentOut:
    """Record an objection, a do-not-call mark or consent of a stored customer. It holds for lists and exports at once.

    Sent again, it changes nothing. To take back what bars a customer needs `lift_objection` beside `record_consent`.
    """
    record_marks(
        customer_id,
        consent.marks(),
        why=consent.why,
        by=caller,
        customers=services.customers,
        corrections=services.corrections,
        erased=services.erased,
        audit=services.audit,
        now=datetime.now(UTC),
    )
    stands = stored_consent(customer_id, customers=services.customers)
    state = consent_state(stands)
    return ConsentOut(
        customer_id=customer_id,
        consent_state=state,
        may_be_called=state in callable_states(require_consent=services.in_force.current().require_consent),
        **{name: None if mark is None else mark == "yes" for name, mark in stands.items()},
    )
