"""Use case: the bank's own decided calls, with what was known of each customer when the call was decided on."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

import pandas as pd

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.outcomes import Outcome
from smartbank.core.own_calls import OwnCalls, own_frame
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CustomerRepository, OutcomeRepository, PredictionRepository

_BATCH: Final = 5_000


def load_own_calls(
    *,
    by: Actor,
    outcomes: OutcomeRepository,
    predictions: PredictionRepository,
    customers: CustomerRepository,
    since: datetime | None = None,
) -> OwnCalls:
    """Return the decided calls whose prediction and version of the customer are still kept, oldest first.

    Calls of synthetic customers are nobody's, and are passed over. Of who must not be called nothing is learned: who
    objects to calls objects to being judged for them, and what was known of them is not used.

    Parameters
    ----------
    since : datetime or None
        Calls before it are not looked at; None takes all.
    """
    by.require(Right.MANAGE_MODELS)
    frames, left_out = [own_frame(customers.load_versions([]), [])], 0
    barred = customers.barred(require_consent=False)
    for batch in _batches(outcomes.decided(since)):
        wanted = [each for each in batch if each.customer_id not in barred]
        found, made_up = _joined(wanted, predictions, customers)
        left_out += len(batch) - len(found) - made_up
        frames.append(found)
    return OwnCalls(pd.concat(frames, ignore_index=True), left_out)


def _joined(
    outcomes: list[Outcome], predictions: PredictionRepository, customers: CustomerRepository
) -> tuple[pd.DataFrame, int]:
    """Return the calls of real customers with what was known of them, and how many were of synthetic ones."""
    wanted = list(dict.fromkeys((each.run_id, each.customer_id) for each in outcomes))
    versions = {
        (row["run_id"], row[CUSTOMER_ID]): (row[CUSTOMER_ID], row["customer_version"])
        for row in predictions.of_leads(wanted)
    }
    stored = customers.load_versions(list(dict.fromkeys(versions.values())))
    places = {key: at for at, key in enumerate(zip(stored[CUSTOMER_ID], stored["customer_version"], strict=True))}
    known = [each for each in outcomes if versions.get((each.run_id, each.customer_id)) in places]
    rows = [places[versions[each.run_id, each.customer_id]] for each in known]
    real = ~stored["synthetic"].to_numpy(dtype=bool)[rows]
    frame = own_frame(stored.iloc[rows][real], [each for each, is_real in zip(known, real, strict=True) if is_real])
    return frame, int((~real).sum())


def _batches(outcomes: Iterator[Outcome]) -> Iterator[list[Outcome]]:
    while batch := list(islice(outcomes, _BATCH)):
        yield batch
