"""Predictions: ask for one or for a thousand, and read them again."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, model_validator

from smartbank.api.access import Caller, Provided
from smartbank.api.idempotency import Once
from smartbank.api.leads import LeadIn
from smartbank.api.metrics import PREDICTIONS
from smartbank.bootstrap import Services, asked_ports, explaining_ports, replay_ports
from smartbank.core.asked_leads import MAX_ASKED
from smartbank.core.market.indicators import FACTS, MARKET_FEATURES, Indicator
from smartbank.core.people import Actor, Right
from smartbank.core.reasons import Reason
from smartbank.errors import ConflictError
from smartbank.services.asked_left_out import LeftOut, barred_since
from smartbank.services.asked_scores import AskedScore, score_asked
from smartbank.services.explained import Explained, explained, find_prediction
from smartbank.services.replaying import replay_prediction

router = APIRouter(tags=["predictions"])


class ReasonOut(BaseModel):
    """What one field does to the propensity."""

    field: str = Field(examples=["poutcome"])
    value: str | int | None = Field(description="The value it was scored with; null is unknown.")
    contribution: float = Field(description="SHAP value in log-odds; above zero speaks for a call.")
    sentence: str = Field(examples=["Customers who bought in the last campaign: 65 % bought; all: 11 %"])


class IndicatorOut(BaseModel):
    """One figure of the market, and where it comes from."""

    name: str = Field(examples=["euribor3m"])
    value: float
    unit: str = Field(examples=["percent"])
    source: str = Field(description="Who published it, or “request”.", examples=["ECB"])
    period: str | None = Field(default=None, examples=["2026-09"])
    age_days: int | None = Field(default=None, ge=0, description="Days since the end of the period.")
    is_stale: bool | None = Field(default=None, description="Older than its publisher's calendar explains.")


class MarketOut(BaseModel):
    """The market a prediction was made in."""

    snapshot_id: str
    indicators: list[IndicatorOut]
    flags: list[str] = Field(description="Warnings: values the model has not seen.")


class ScoreOut(BaseModel):
    """What is predicted of somebody. Not for credit decisions."""

    result: Literal["YES", "NO"] = Field(description="YES when the probability reaches the threshold.")
    probability: float = Field(ge=0, le=1, description="Calibrated probability of a sale.")
    confidence: float = Field(ge=0, le=1, description="Probability that the result is right.")
    threshold: float = Field(ge=0, le=1, description="Propensity from which a call pays.")
    band: Literal["A", "B", "C", "D"]
    reasons: list[ReasonOut] = Field(description="Strongest first, without those of next to no weight.")
    base_log_odds: float = Field(
        description="What no reason listed says: the model's average lead, the level, the market, and fields of next "
        "to no weight. With the contributions of all reasons it makes the log-odds of `probability`."
    )
    market: MarketOut
    model_version: str
    scored_at: datetime


class PredictionOut(ScoreOut):
    """A stored prediction. Not for credit decisions."""

    prediction_id: str
    customer_id: str


class LeftOutOut(BaseModel):
    """Why a lead of a batch was not scored."""

    rule: str = Field(description="“consent”, or the id of the rule on calling.", examples=["consent"])
    detail: str


class BatchIn(BaseModel):
    """Leads to score at once, each customer once."""

    model_config = ConfigDict(extra="forbid")

    items: list[LeadIn] = Field(min_length=1, max_length=MAX_ASKED)

    @model_validator(mode="after")
    def _each_once(self) -> "BatchIn":
        named = [each.customer_id for each in self.items if each.customer_id is not None]
        if len(set(named)) < len(named):
            raise ValueError("ask for each customer once")
        return self


class BatchItemOut(BaseModel):
    """What came of one lead of a batch: a prediction, or why there is none."""

    customer_id: str
    prediction: PredictionOut | None = None
    left_out: LeftOutOut | None = None


class BatchOut(BaseModel):
    """What came of a batch, in its order."""

    items: list[BatchItemOut]
    scored: int = Field(ge=0)
    left_out: int = Field(ge=0)


class ReplayOut(BaseModel):
    """A prediction made again from what is stored."""

    prediction_id: str
    is_equal: bool = Field(description="Every part is the same to the last bit.")
    obstacle: str = Field(description="Why it cannot be made again; empty where it was.")
    differences: list[str] = Field(description="The parts that differ.")


PredictionId = Annotated[
    str, Path(pattern=r"^[0-9A-Za-z-]{1,60}:[0-9]{1,7}$", examples=["ask-20260302-090000-123-abcdef:1"])
]


@router.post("/predictions", summary="Score one lead")
def create_prediction(lead: LeadIn, caller: Caller, services: Provided, once: Once) -> PredictionOut:
    """Score a lead, keep it as a customer, and keep the prediction so that it can be made again.

    A customer who must not be called, or whom a rule on calling leaves out, is kept and not scored: 409.
    """

    def score() -> PredictionOut:
        return _prediction_in(_scored([lead], caller, services)[0])

    def again(kept: PredictionOut) -> PredictionOut:
        item = BatchItemOut(customer_id=kept.customer_id, prediction=kept)
        return _prediction_in(_told_again([item], caller, services)[0])

    return once(score, PredictionOut, Right.BRING_IN, now_told=again)


@router.post("/predictions/batch", summary="Score up to 1,000 leads")
def create_predictions(batch: BatchIn, caller: Caller, services: Provided, once: Once) -> BatchOut:
    """Score leads as one: all of them are right, or nothing is kept. Who is not scored comes back with the reason."""

    def score() -> BatchOut:
        return _batch_out(_scored(batch.items, caller, services))

    def again(kept: BatchOut) -> BatchOut:
        return _batch_out(_told_again(kept.items, caller, services))

    return once(score, BatchOut, Right.BRING_IN, now_told=again)


@router.get("/predictions/{prediction_id}", summary="Read a prediction again")
def read_prediction(prediction_id: PredictionId, caller: Caller, services: Provided) -> PredictionOut:
    """Return a stored prediction with its reasons."""
    return prediction_out(find_prediction(prediction_id, by=caller, ports=explaining_ports(services)))


@router.get("/predictions/{prediction_id}/replay", summary="Make a prediction again, bit for bit")
def replay(prediction_id: PredictionId, caller: Caller, services: Provided) -> ReplayOut:
    """Make a prediction again from what is stored, on its own model, and compare every part. For auditors."""
    replayed = replay_prediction(prediction_id, by=caller, ports=replay_ports(services))
    return ReplayOut(
        prediction_id=prediction_id,
        is_equal=replayed.is_equal,
        obstacle=replayed.obstacle,
        differences=[part.name for part in replayed.differences],
    )


def prediction_out(found: Explained) -> PredictionOut:
    """Return a stored prediction as the contract has it."""
    named = {"prediction_id": found.prediction_id, "customer_id": found.prediction["customer_id"]}
    return PredictionOut(**named, **_said(found))


def score_out(found: Explained) -> ScoreOut:
    """Return what is predicted as the contract has it."""
    return ScoreOut(**_said(found))


def _said(found: Explained) -> dict[str, Any]:
    stored = found.prediction
    return {
        "result": "YES" if stored["call"] else "NO",
        "probability": stored["propensity"],
        "confidence": found.confidence,
        "threshold": stored["threshold"],
        "band": stored["band"],
        "reasons": [
            ReasonOut(field=each.field, value=_plain(each), contribution=each.contribution, sentence=each.sentence)
            for each in found.reasons
        ],
        "base_log_odds": stored["level"] + stored["margin"] - sum(each.contribution for each in found.reasons),
        "market": _market_out(found),
        "model_version": stored["model_version"],
        "scored_at": stored["scored_at"],
    }


def indicator_out(indicator: Indicator, values: Any, *, today: date) -> IndicatorOut:  # noqa: ANN401  a snapshot
    """Return one reading of a snapshot."""
    reading = values.reading(indicator)
    return IndicatorOut(
        name=indicator.value,
        value=reading.value,
        unit=FACTS[indicator].unit,
        source=reading.source,
        period=reading.period.text,
        age_days=max(0, (today - reading.period.end).days),
        is_stale=reading.is_stale(today=today),
    )


def _plain(reason: Reason) -> str | int | None:
    return reason.value if reason.value is None or isinstance(reason.value, str) else int(reason.value)


def _market_out(found: Explained) -> MarketOut:
    said, today = found.prediction, found.prediction["scored_at"].date()
    if found.snapshot is not None:
        indicators = [indicator_out(Indicator(name), found.snapshot, today=today) for name in MARKET_FEATURES]
    else:
        point = zip(MARKET_FEATURES, found.market or (), strict=False)
        indicators = [IndicatorOut(name=name, value=value, unit="percent", source="request") for name, value in point]
    return MarketOut(snapshot_id=said["snapshot_id"], indicators=indicators, flags=found.flags)


def _scored(leads: list[LeadIn], caller: Actor, services: Services) -> list[BatchItemOut]:
    asked = [lead.asked() for lead in leads]
    scores = score_asked(asked, by=caller, ports=asked_ports(services), now=datetime.now(UTC))
    made = [each.prediction for each in scores if each.prediction is not None]
    PREDICTIONS.labels("scored").inc(len(made))
    PREDICTIONS.labels("left_out").inc(len(scores) - len(made))
    scored = [each.lead for each in scores if each.lead is not None]
    markets = [each.market for each in scores[:1]]  # one for all
    found = explained(made, ports=explaining_ports(services), leads=scored, markets=markets)
    told = {each.prediction["customer_id"]: each for each in found}
    return [_item(each, told.get(each.customer_id)) for each in scores]


def _told_again(items: list[BatchItemOut], caller: Actor, services: Services) -> list[BatchItemOut]:
    """Return kept items as they may still be told: who must not be called by now comes without the score."""
    ids = [each.customer_id for each in items if each.prediction is not None]
    out = barred_since(ids, by=caller, customers=services.customers, settings=services.in_force)
    barred = {name: BatchItemOut(customer_id=name, left_out=_left_out_out(each)) for name, each in out.items()}
    return [barred.get(each.customer_id, each) for each in items]


def _item(score: AskedScore, found: Explained | None) -> BatchItemOut:
    return BatchItemOut(
        customer_id=score.customer_id,
        prediction=None if found is None else prediction_out(found),
        left_out=None if score.left_out is None else _left_out_out(score.left_out),
    )


def _left_out_out(out: LeftOut) -> LeftOutOut:
    return LeftOutOut(rule=out.rule, detail=out.sentence)


def _prediction_in(item: BatchItemOut) -> PredictionOut:
    """Return the prediction of one lead. Raises `ConflictError` where there is none."""
    if item.prediction is None:
        raise ConflictError(item.left_out.detail if item.left_out else "There is no score.")
    return item.prediction


def _batch_out(items: list[BatchItemOut]) -> BatchOut:
    n_scored = sum(item.prediction is not None for item in items)
    return BatchOut(items=items, scored=n_scored, left_out=len(items) - n_scored)
