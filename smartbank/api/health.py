"""Whether the API lives, whether it can work, and figures of it for Prometheus."""

from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from smartbank import __version__
from smartbank.api.access import Caller, Provided
from smartbank.core.people import Right
from smartbank.services.readiness_of_api import readiness

router = APIRouter(tags=["operations"])


class HealthOut(BaseModel):
    """The process lives."""

    status: Literal["ok"] = "ok"
    version: str = __version__


class ReadyOut(BaseModel):
    """The database answers, and a model is loaded."""

    status: Literal["ready"] = "ready"
    model_version: str
    market_as_of: str = Field(description="The last day of the newest figure's period.")


@router.get("/health", summary="Whether the process lives")
def health() -> HealthOut:
    """Answer without looking at anything else; for whoever restarts processes."""
    return HealthOut()


@router.get("/ready", summary="Whether requests can be answered")
def ready(services: Provided) -> ReadyOut:
    """Ask the database and the model; 503 while one of them is away. For whoever sends requests here."""
    found = readiness(models=services.models, market=services.market, users=services.users, now=datetime.now(UTC))
    return ReadyOut(model_version=found.model_version, market_as_of=found.market_as_of.isoformat())


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
def metrics(request: Request, caller: Caller, services: Provided) -> Response:
    """Return figures as text; nothing in them names a customer. Needs the right to see administration."""
    caller.require(Right.SEE_ADMIN)
    content, media_type = request.app.state.metrics.text(services, now=datetime.now(UTC))
    return Response(content, media_type=media_type)
