"""The model in force."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from smartbank.api.access import Caller, Provided
from smartbank.core.people import Right
from smartbank.core.score_purpose import SCORE_PURPOSE

router = APIRouter(tags=["model"])


class ModelCardOut(BaseModel):
    """The card of the model in force."""

    version: str
    purpose: str = SCORE_PURPOSE
    card: dict[str, Any] = Field(description="What the model learned from, and how well it ranks, with intervals.")


@router.get("/model-card", summary="The model in force")
def model_card(caller: Caller, services: Provided) -> ModelCardOut:
    """Return the card of the model scores are made with."""
    caller.require(Right.SEE_CUSTOMER)
    scorer = services.scorer
    return ModelCardOut(version=scorer.version, card=dict(scorer.card))
