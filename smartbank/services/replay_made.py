"""One batch of stored predictions made again, part by part."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.erasure import PSEUDONYM
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.grounds import GIVEN
from smartbank.core.level import level_rate, propensity
from smartbank.core.market.indicators import MARKET_FEATURES
from smartbank.core.market.points import MarketPoint, point_of
from smartbank.core.ports import CustomerRepository
from smartbank.core.prediction_ids import id_of_prediction
from smartbank.core.ranking import CONTRIBUTION_COLUMNS
from smartbank.core.replay import Part, Replayed, lead_hashes
from smartbank.services.asked_levels import asked_levels
from smartbank.services.leveling import market_shift, reference_market, row_shifts
from smartbank.services.replay_ground import LISTED, Ground

FloatArray = npt.NDArray[np.float64]

CUSTOMER_GONE: Final = (
    "The customer is no longer kept, so the prediction cannot be made again. What was stored of it stays as it is."
)
CUSTOMER_ERASED: Final = (
    "The customer was erased, so the prediction cannot be made again. What stays of it is a figure without a person."
)
MARKET_NOT_KEPT: Final = (
    "The market of the lead's row was not kept when this run was made, so the prediction cannot be made again."
)


@dataclass(frozen=True)
class Made:
    """A stored prediction with its margin and its row's market shift as made again, in log-odds."""

    prediction: dict[str, Any]
    replayed: Replayed
    margin: float = 0.0
    shift: float = 0.0


def made_again(predictions: Sequence[dict[str, Any]], ground: Ground, *, customers: CustomerRepository) -> list[Made]:
    """Return predictions of one run made again, in their order."""
    wanted = [(row[CUSTOMER_ID], row["customer_version"]) for row in predictions]
    stored = customers.load_versions(list(dict.fromkeys(wanted)))
    places = {key: at for at, key in enumerate(zip(stored[CUSTOMER_ID], stored["customer_version"], strict=True))}
    known = [at for at, key in enumerate(wanted) if key in places]
    kept = set(customers.standing([wanted[at][0] for at in range(len(wanted)) if at not in set(known)]).index)
    leads = stored.iloc[[places[wanted[at]] for at in known]].reset_index(drop=True)
    again = dict(zip(known, _leads_again(leads, [predictions[at] for at in known], ground), strict=True))
    return [
        again[at] if at in again else _unmade(row, ground.run_id, is_kept=row[CUSTOMER_ID] in kept)
        for at, row in enumerate(predictions)
    ]


def _unmade(prediction: dict[str, Any], run_id: str, *, is_kept: bool) -> Made:
    """Return a prediction whose customer version is not there: one of a kept customer must be, so that differs."""
    name, version = id_of_prediction(run_id, prediction["rank"]), prediction["customer_version"]
    if is_kept:
        return Made(prediction, Replayed(name, (Part("customer version", version, None),)))
    is_erased = str(prediction[CUSTOMER_ID]).startswith(PSEUDONYM)
    return Made(prediction, Replayed(name, obstacle=CUSTOMER_ERASED if is_erased else CUSTOMER_GONE))


def _leads_again(leads: pd.DataFrame, predictions: list[dict[str, Any]], ground: Ground) -> list[Made]:
    if not predictions:
        return []
    scorer, hashes = ground.scorer, lead_hashes(leads)
    margins = scorer.margins(leads)
    contributions = scorer.contributions(leads).astype(np.float32).astype(np.float64).tolist()
    market_kept = [row.get("market") for row in predictions]
    shifts = _shifts(market_kept, ground)
    levels = _levels(market_kept, shifts, ground)
    propensities = propensity(levels + margins)
    bands = ground.rules.bands(propensities)
    made = []
    for at, row in enumerate(predictions):
        name = id_of_prediction(ground.run_id, row["rank"])
        if ground.is_replay and market_kept[at] is None:
            made.append(Made(row, Replayed(name, obstacle=MARKET_NOT_KEPT)))
            continue
        again = {
            "customer values": hashes[at],
            "margin": float(margins[at]),
            "contributions": contributions[at],
            "level": float(levels[at]),
            "propensity": float(propensities[at]),
            "band": str(bands[at]),
            "call": bool(propensities[at] >= ground.rules.threshold),
        }
        parts = (*_of_lead(row, again), *_of_run(row, ground), *_as_listed(row, ground))
        made.append(Made(row, Replayed(name, parts), again["margin"], float(shifts[at])))
    return made


def _levels(market_kept: list[dict[str, float] | None], shifts: FloatArray, ground: Ground) -> FloatArray:
    if ground.asked is not None:
        return asked_levels([point_of(each) if each else None for each in market_kept], ground.asked, ground.scorer)
    return ground.level.log_odds + shifts if ground.is_replay else np.full(len(shifts), ground.level.log_odds)


def _shifts(market_kept: list[dict[str, float] | None], ground: Ground) -> FloatArray:
    if not ground.is_replay:
        return np.zeros(len(market_kept))
    rows = [[(row or {}).get(name, np.nan) for name in MARKET_FEATURES] for row in market_kept]
    market = pd.DataFrame(rows, columns=list(MARKET_FEATURES), dtype="float64")
    return row_shifts(market, ground.measured_in, ground.scorer)


def _of_lead(row: dict[str, Any], again: dict[str, Any]) -> list[Part]:
    """Compare what belongs to the lead; predictions made before its values were hashed have no hash to compare."""
    stored = row | {"customer values": row.get("lead_hash", again["customer values"])}
    return [Part(name, stored.get(name), value) for name, value in again.items()]


def _of_run(row: dict[str, Any], ground: Ground) -> list[Part]:
    """Compare what the prediction names with what its run, and the settings it used, say."""
    level, rules = ground.level, ground.rules
    shift = 0.0 if ground.is_replay else market_shift(ground.snapshot, ground.measured_in, ground.scorer)
    saved = rules if ground.saved_rules is None else ground.saved_rules
    return [
        Part("model", row.get("model_version"), ground.model_version),
        Part("model of the level", level.model_version, ground.scorer.version),
        Part("level id", row.get("level_id"), level.level_id),
        Part("intercept", row.get("intercept"), level.intercept),
        Part("market figures", ground.snapshot.snapshot_id, _named_again(ground)),
        Part("market shift", level.market_shift, shift),
        Part(
            "market snapshot", row.get("snapshot_id"), GIVEN if ground.asked and "market" in row else level.snapshot_id
        ),
        Part("base rate", level.base_rate, rules.base_rate),
        Part("market of the base rate", level.reference_market, _measured_in(ground)),
        Part("level correction", level.correction, ground.correction.shift),
        Part("rate of the level", level.rate, level_rate(rules.base_rate, shift + ground.correction.shift)),
        Part("band limits", row.get("bands"), list(rules.band_edges)),
        Part("threshold", row.get("threshold"), rules.threshold),
        Part("settings version", row.get("settings_version"), rules.version),
        Part("saved settings", asdict(rules), asdict(saved)),
    ]


def _named_again(ground: Ground) -> str:
    """Return the id the figures of the snapshot give; those of earlier versions were not named by what they say."""
    snapshot = ground.snapshot
    return snapshot.snapshot_id if ground.level.reference_market is None else snapshot.name_again


def _measured_in(ground: Ground) -> MarketPoint | None:
    """Return the market the rules say; what an earlier version was told without one is what the run counted it as."""
    rules, stored = ground.rules, ground.level.reference_market
    if stored is None or (rules.has_own_base_rate and rules.base_rate_market is None):
        return stored
    return reference_market(rules, ground.scorer)


def _as_listed(row: dict[str, Any], ground: Ground) -> list[Part]:
    """Compare the prediction with the line of the ranked list the screens and exports show."""
    if ground.asked is not None:
        return [Part("ground", row.get("ground_id"), ground.asked.ground_id)]
    stored = {name: row.get(name) for name in (*LISTED, "contributions")}
    if row["rank"] not in ground.listed.index:
        return [Part("line of the ranked list", stored, None)]
    line = ground.listed.loc[row["rank"]]
    shown = {name: value.item() if isinstance(value, np.generic) else value for name, value in line[[*LISTED]].items()}
    parts = line[list(CONTRIBUTION_COLUMNS)].to_numpy(np.float64).tolist()
    return [Part("line of the ranked list", stored, shown | {"contributions": parts})]
