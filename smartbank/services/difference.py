"""Use case: what changed between two predictions of a customer."""

from collections.abc import Callable, Mapping
from typing import Any

from smartbank.core.difference import Difference, difference
from smartbank.core.fields import CUSTOMER_ID, LEAD_COLUMNS
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CustomerRepository, Scorer
from smartbank.core.what_if import changes, value_of
from smartbank.errors import NotFoundError
from smartbank.services.leveling import REPLAY


def what_changed(
    earlier: Mapping[str, Any],
    later: Mapping[str, Any],
    *,
    by: Actor,
    customers: CustomerRepository,
    load_model: Callable[[str], Scorer],
) -> Difference:
    """Return which part of the difference of two predictions of a customer is theirs, the market's or the model's.

    The customer as the later prediction saw them is scored again by the model of the earlier one.

    Raises
    ------
    NotFoundError
        One of the two is a replay, or the customer as one of them saw them is no longer kept.
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
    margins = load_model(earlier["model_version"]).margins(kept[list(LEAD_COLUMNS)])
    return difference(
        earlier,
        later,
        margin_between=float(margins[places[wanted[1]]]),
        changed={name: (value_of(name, before[name]), value) for name, value in changes(before, after).items()},
    )
