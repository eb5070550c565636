"""Customers: bring one in, read one, find some, and read what was predicted of one."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

import pandas as pd
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from smartbank.api.access import Caller, Provided
from smartbank.api.idempotency import Once
from smartbank.api.leads import CampaignInfo, CustomerId, FinancialInfo, Flag, PersonalInfo, said_fields
from smartbank.api.pages import Cursor, Limit, cursor_of, place_of
from smartbank.api.predictions import PredictionOut, prediction_out
from smartbank.api.slashes import PathId
from smartbank.bootstrap import explaining_ports
from smartbank.core.consent import ConsentState
from smartbank.core.customers import NO_SUCH_CUSTOMER, CustomerQuery
from smartbank.core.fields import CONSENT_COLUMNS, CUSTOMER_ID, FIELD, LEAD_COLUMNS, YES_NO, Block
from smartbank.core.identity import MAX_NAME
from smartbank.core.people import Right
from smartbank.errors import NotFoundError
from smartbank.services.customers import contact_details, load_customers, page_of_customers
from smartbank.services.explained import predictions_of
from smartbank.services.new_customers import NewCustomer, create_customer

router = APIRouter(tags=["customers"])


class ContactDetails(BaseModel):
    """How the customer is reached; sealed in the database."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, max_length=MAX_NAME)
    phone: str | None = Field(default=None, max_length=40, description="E.164, or as written in the bank's country.")


class Consent(BaseModel):
    """What the customer allows."""

    model_config = ConfigDict(extra="forbid")

    do_not_call: Flag = None
    objected: Flag = None
    consent: Flag = None


class CustomerIn(BaseModel):
    """A customer to bring in."""

    model_config = ConfigDict(extra="forbid")

    customer_id: CustomerId
    personal_info: PersonalInfo
    financial_info: FinancialInfo
    campaign_info: CampaignInfo | None = None
    contact_details: ContactDetails | None = None
    consent: Consent | None = None


class CustomerOut(BaseModel):
    """A stored customer; null is unknown."""

    customer_id: str
    version: int = Field(ge=1)
    personal_info: dict[str, str | int | None]
    financial_info: dict[str, bool | None]
    campaign_info: dict[str, str | int | None]
    consent: dict[str, bool | None]
    consent_state: ConsentState
    is_barred: bool = Field(description="Must not be called, so is neither scored nor exported.")
    contact_details: ContactDetails | None = None
    latest_propensity: float | None = Field(
        default=None, description="Of the newest run, not of what programs asked for; null if never ranked."
    )
    latest_band: Literal["A", "B", "C", "D"] | None = None
    is_demo: bool
    updated_at: datetime


class CustomersOut(BaseModel):
    """A page of customers, by id."""

    items: list[CustomerOut]
    next_cursor: str | None = Field(default=None, description="Asks for the next page; null on the last one.")


class PredictionsOut(BaseModel):
    """A customer's predictions, newest first."""

    items: list[PredictionOut]


@router.post("/customers", status_code=201, summary="Bring a customer in")
def create(customer: CustomerIn, caller: Caller, services: Provided, once: Once, response: Response) -> CustomerOut:
    """Keep a customer who is not stored yet; 409 for one who is. Nobody is scored by it."""
    response.headers["Location"] = f"/api/v1/customers/{quote(customer.customer_id, safe='')}"

    def bring_in() -> CustomerOut:
        details, consent = customer.contact_details or ContactDetails(), customer.consent or Consent()
        new = NewCustomer(
            customer.customer_id,
            said_fields(customer.personal_info, customer.financial_info, customer.campaign_info),
            said_fields(consent),
            details.name or "",
            details.phone or "",
        )
        create_customer(
            new,
            by=caller,
            customers=services.customers,
            scored=services.scored,
            erased=services.erased,
            corrections=services.corrections,
            settings=services.settings,
            audit=services.audit,
            now=datetime.now(UTC),
        )
        return read(customer.customer_id, caller, services)

    return once(bring_in, CustomerOut, Right.BRING_IN, Right.SEE_CUSTOMER)


@router.get("/customers", summary="Find customers")
def find(
    *,
    caller: Caller,
    services: Provided,
    text: Annotated[str, Query(max_length=MAX_NAME, description="A customer id, words of a name, or a phone.")] = "",
    band: Annotated[list[Literal["A", "B", "C", "D"]] | None, Query(description="Band in the newest run.")] = None,
    consent: Annotated[list[ConsentState] | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> CustomersOut:
    """Return a page of stored customers in the order of their ids, without contact details."""
    query = CustomerQuery(text=text.strip(), bands=tuple(band or ()), consent=tuple(map(str, consent or ())))
    after = place_of(cursor)
    found = page_of_customers(
        query,
        after=after,
        limit=limit,
        by=caller,
        require_consent=services.in_force.current().require_consent,
        region=services.in_force.current().country,
        customers=services.customers,
        frames=services.frames,
    )
    items = [customer_out(row) for _, row in found.rows.iterrows()]
    return CustomersOut(items=items, next_cursor=cursor_of(items[-1].customer_id) if found.has_more else None)


@router.get("/customers/{customer_id}/predictions", summary="Predictions of a customer")
def predictions(
    customer_id: PathId, caller: Caller, services: Provided, limit: Annotated[int, Query(ge=1, le=50)] = 10
) -> PredictionsOut:
    """Return what was predicted of a customer, newest first."""
    found = predictions_of(customer_id, limit=limit, by=caller, ports=explaining_ports(services))
    return PredictionsOut(items=[prediction_out(each) for each in found])


@router.get("/customers/{customer_id}", summary="Read a customer")
def read(customer_id: PathId, caller: Caller, services: Provided) -> CustomerOut:
    """Return a stored customer with contact details."""
    found = load_customers(
        [customer_id],
        by=caller,
        require_consent=services.in_force.current().require_consent,
        customers=services.customers,
        frames=services.frames,
    )
    if found.empty:
        raise NotFoundError(NO_SUCH_CUSTOMER)
    row = contact_details([customer_id], by=caller, customers=services.customers).iloc[0]
    details = ContactDetails(name=_text(row["name"]), phone=_text(row["phone"]))
    return customer_out(found.iloc[0]).model_copy(update={"contact_details": details})


def customer_out(row: "pd.Series[Any]") -> CustomerOut:
    """Return one row of stored customers, without contact details."""
    return CustomerOut(
        customer_id=row[CUSTOMER_ID],
        version=int(row["customer_version"]),
        personal_info=_block(row, Block.PERSONAL),
        financial_info=_block(row, Block.FINANCIAL),
        campaign_info=_block(row, Block.CAMPAIGN),
        consent={name: _flag(row[name]) for name in CONSENT_COLUMNS},
        consent_state=row["consent_state"],
        is_barred=bool(row["is_barred"]),
        latest_propensity=None if pd.isna(row["latest_propensity"]) else float(row["latest_propensity"]),
        latest_band=_text(row["latest_band"]),
        is_demo=bool(row["synthetic"]),
        updated_at=row["updated_at"],
    )


def _block(row: "pd.Series[Any]", block: Block) -> dict[str, Any]:
    return {name: _value(name, row[name]) for name in LEAD_COLUMNS if FIELD[name].block is block}


def _value(name: str, value: Any) -> str | int | bool | None:  # noqa: ANN401  any cell of a frame
    if FIELD[name].levels == YES_NO:
        return _flag(value)
    if pd.isna(value):
        return None
    return str(value) if FIELD[name].kind == "category" else int(value)


def _flag(value: Any) -> bool | None:  # noqa: ANN401  any cell of a frame
    return None if pd.isna(value) else value == "yes"


def _text(value: Any) -> Any:  # noqa: ANN401  any cell of a frame
    return None if pd.isna(value) or value == "" else str(value)
