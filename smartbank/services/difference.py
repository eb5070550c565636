"""Use case: what changed between two predictions of a customer."""

from collections.abc import Callable, Mapping
from typing import Any

from smartbank.core.difference import Difference, difference
from smartbank.core.fields import CUSTOMER_ID, LEAD_COLUMNS
from smartbank.core.level import guarded_shift
from smartbank.core.market.points import point_of
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CustomerRepository, Scorer
from smartbank.core.what_if import changes, stored_value
from smartbank.errors import NotFoundError
from smartbank.services.leveling import REPLAY, shift_between


def what_changed(
    earlier: Mapping[str, Any],
    later: Mapping[str, Any],
    *,
    markets: Mapping[str, MarketSnapshot],
    by: Actor,
    customers: CustomerRepository,
    load_model: Callable[[str], Scorer],
) -> Difference:
    """Return which part of the difference of two predictions of a customer is theirs, the market's or the model's.

    The customer as the later prediction saw them is scored again by the model of the earlier one, and so is the market
    between them, within the guard: a base rate that was said anew in the same market is the level's, not the market's.

    Parameters
    ----------
    markets : mapping of str to MarketSnapshot
        The markets of the two, by snapshot id.

    Raises
    ------
    NotFoundError
        One of the two is a replay, or the customer or the market as one of them saw them is no longer kept.
    ModelArtifactError
        The earlier model is missing.
    """
    by.require(Right.SEE_CUSTOMER)
    if REPLAY in (earlier["snapshot_id"], later["snapshot_id"]):
        raise NotFoundError("A replay was scored in the market of its file; it is not compared with scores of today.")
    wanted = [(each[CUSTOMER_ID], each["customer_version"]) for each in (earlier, later)]
    kept = customers.load_versions(list(dict.fromkeys(wanted)))
    places = {key: at for at, key in enumerate(zip(kept[CUSTOMER_ID], kept["customer_version"], strict=True))}
    if any(each not in places for each in wanted):
        raise NotFoundError("What was known of the customer then is no longer kept, so the difference has no parts.")
    before, after = (kept.iloc[places[each]] for each in wanted)
    scorer = load_model(earlier["model_version"])
    margins = scorer.margins(kept[list(LEAD_COLUMNS)])
    return difference(
        earlier,
        later,
        margin_between=float(margins[places[wanted[1]]]),
        market_between=_market_between(earlier["snapshot_id"], later["snapshot_id"], markets, scorer),
        changed={name: (stored_value(name, before[name]), value) for name, value in changes(before, after).items()},
    )


def _market_between(before: str, after: str, markets: Mapping[str, MarketSnapshot], scorer: Scorer) -> float:
    if before == after:
        return 0.0
    if before not in markets or after not in markets:
        raise NotFoundError("The market of one of the two scores is no longer kept, so the difference has no parts.")
    first, second = (point_of(markets[each]) for each in (before, after))
    return guarded_shift(shift_between(first, second, scorer))
