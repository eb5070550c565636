"""The market in force."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from smartbank.api.access import Caller, Provided
from smartbank.api.predictions import IndicatorOut, indicator_out
from smartbank.core.market.flags import market_flags
from smartbank.core.people import Right

router = APIRouter(tags=["market"])


class SnapshotOut(BaseModel):
    """The market that scores are made in now."""

    snapshot_id: str
    as_of: Annotated[date, Field(description="The last day of the newest figure's period.")]
    indicators: list[IndicatorOut]
    flags: list[str] = Field(description="Warnings: values the model has not seen.")


@router.get("/market/snapshot", summary="The market in force")
def snapshot(caller: Caller, services: Provided) -> SnapshotOut:
    """Return the figures in force with their sources and ages."""
    caller.require(Right.SEE_CUSTOMER)
    found, today = services.market.look(), datetime.now(UTC).date()
    return SnapshotOut(
        snapshot_id=found.snapshot_id,
        as_of=found.as_of,
        indicators=[indicator_out(each.indicator, found, today=today) for each in found.readings],
        flags=[flag.sentence for flag in market_flags(found, services.scorer.training_market)],
    )
