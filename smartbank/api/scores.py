"""Scores of which nothing is kept."""

from datetime import UTC, datetime

from fastapi import APIRouter

from smartbank.api.access import Caller, Provided
from smartbank.api.leads import SomebodyIn
from smartbank.api.metrics import PREDICTIONS
from smartbank.api.predictions import ScoreOut, score_out
from smartbank.bootstrap import unkept_ports
from smartbank.services.unkept_scores import score_unkept

router = APIRouter(tags=["predictions"])


@router.post("/scores", summary="Score somebody and keep nothing")
def create_score(somebody: SomebodyIn, caller: Caller, services: Provided) -> ScoreOut:
    """Say what would be predicted of somebody who is no customer: a visitor of the bank's site, a case in a branch.

    The same rule as for a customer, to the same bits. Nothing is kept, so it cannot be read or made again, and
    sending it again does it again. Nobody's consent is looked at: it says nothing of who may be called.
    """
    found = score_unkept(somebody.asked(), by=caller, ports=unkept_ports(services), now=datetime.now(UTC))
    PREDICTIONS.labels("not_kept").inc()
    return score_out(found)
