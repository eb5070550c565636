"""Use cases: stored predictions with their reasons and the market they were made in, for a program."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.lead_rows import LeadRow
from smartbank.core.market.flags import point_flags
from smartbank.core.market.points import MarketPoint, point_of
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CustomerRepository, Model, PredictionRepository, SnapshotRepository
from smartbank.core.prediction_ids import id_of_prediction, read_prediction_id
from smartbank.core.reasons import Reason
from smartbank.errors import ModelArtifactError, NotFoundError
from smartbank.services.customers import find_customer
from smartbank.services.markets_of import markets_of

NO_SUCH_PREDICTION = "There is no such prediction, or it is no longer kept."


@dataclass(frozen=True)
class ExplainingPorts:
    """What explaining predictions needs from the outside; `load_model` raises `ModelArtifactError`."""

    customers: CustomerRepository
    predictions: PredictionRepository
    snapshots: SnapshotRepository
    load_model: Callable[[str], Model]


@dataclass(frozen=True, eq=False)
class Explained:
    """A stored prediction and what explains it.

    Attributes
    ----------
    reasons : list of Reason
        Strongest first; empty where the customer's version or the model is no longer kept.
    snapshot : MarketSnapshot or None
        The market in force it was made in; None for a market of its own, and where it is no longer kept.
    market : MarketPoint or None
        The figures it was made with; None where they are no longer kept.
    flags : list of str
        Warnings about that market, one sentence each.
    """

    prediction: Mapping[str, Any]
    reasons: list[Reason]
    snapshot: MarketSnapshot | None
    market: MarketPoint | None
    flags: list[str]

    @property
    def prediction_id(self) -> str:
        """Name of the prediction."""
        return id_of_prediction(self.prediction["run_id"], self.prediction["rank"])

    @property
    def confidence(self) -> float:
        """Probability that the decision is right, in [0, 1]: that of a sale for a yes, of none for a no."""
        share = float(self.prediction["propensity"])
        return share if self.prediction["call"] else 1.0 - share


def explained(
    predictions: Sequence[Mapping[str, Any]],
    *,
    ports: ExplainingPorts,
    leads: Iterable[LeadRow] = (),
    markets: Iterable[MarketSnapshot] = (),
) -> list[Explained]:
    """Return stored predictions with what explains them, in their order, to whoever asked for the right or made them.

    Parameters
    ----------
    leads : iterable of mapping
        Customers in the versions that were scored, where the caller has them; the others are looked up.
    markets : iterable of MarketSnapshot
        Markets predictions were made in, likewise.
    """
    wanted = [(str(each[CUSTOMER_ID]), int(each["customer_version"])) for each in predictions]
    known = {_version(lead): lead for lead in leads}
    missing = [each for each in dict.fromkeys(wanted) if each not in known]
    if missing:
        rows = ports.customers.load_versions(missing).to_dict("records")
        known |= {_version(row): row for row in map(_by_name, rows)}
    snapshots = markets_of(predictions, snapshots=ports.snapshots, known=markets)
    found = []
    for each, key in zip(predictions, wanted, strict=True):
        model, lead = _model(each["model_version"], ports), known.get(key)
        snapshot = snapshots.get(each["snapshot_id"])
        own = each.get("market") or snapshot
        market = None if own is None else point_of(own)
        reasons = [] if model is None or lead is None else model.writer.reasons(lead, np.array(each["contributions"]))
        flags = [] if model is None or market is None else point_flags(market, model.scorer.training_market)
        found.append(Explained(each, reasons, snapshot, market, [flag.sentence for flag in flags]))
    return found


def find_prediction(prediction_id: str, *, by: Actor, ports: ExplainingPorts) -> Explained:
    """Return one prediction by its id, `RUN_ID:RANK` or that of a program's request. Raises `NotFoundError`."""
    by.require(Right.SEE_CUSTOMER)
    named = read_prediction_id(prediction_id)
    found = ports.predictions.in_run(named[0], named[1], named[1]) if named else []
    if not found:
        raise NotFoundError(NO_SUCH_PREDICTION)
    return explained(found, ports=ports)[0]


def predictions_of(customer_id: str, *, limit: int, by: Actor, ports: ExplainingPorts) -> list[Explained]:
    """Return a customer's predictions, newest first. Raises `NotFoundError` for an unknown customer."""
    by.require(Right.SEE_CUSTOMER)
    find_customer(customer_id, customers=ports.customers)
    return explained(ports.predictions.history(customer_id, limit=limit), ports=ports)


def _by_name(row: Mapping[Any, Any]) -> LeadRow:
    return {str(name): value for name, value in row.items()}


def _version(lead: LeadRow) -> tuple[str, int]:
    return str(lead[CUSTOMER_ID]), int(lead["customer_version"])


def _model(version: str, ports: ExplainingPorts) -> Model | None:
    try:
        return ports.load_model(version)
    except ModelArtifactError:
        return None
