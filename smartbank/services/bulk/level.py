"""The level of a scoring from file to file: as that of a run, from counts of leads on a grid."""

from dataclasses import replace

import numpy as np

from smartbank.core.bulk.grid import anchored_on_steps
from smartbank.core.bulk.in_force import InForce
from smartbank.core.bulk.job import IntArray, Market
from smartbank.core.level import Level
from smartbank.core.ports import Scorer
from smartbank.services.leveling import REPLAY, anchors_itself, reference_market, snapshot_level


def bulk_level(
    steps: IntArray,
    leads: IntArray,
    *,
    market: Market,
    in_force: InForce,
    scorer: Scorer,
) -> Level:
    """Return the level: the mean propensity of all leads is its rate, as in a run over every customer.

    Fewer than 200 leads are anchored on the reference leads of the model, unless they bring their own market.

    Parameters
    ----------
    steps, leads : int array of shape (n_steps,)
        Leads by grid step; at least one.
    """
    rules = in_force.rules
    if market == "file":
        return Level(
            intercept=anchored_on_steps(steps, leads, rules.base_rate),
            market_shift=0.0,
            base_rate=rules.base_rate,
            snapshot_id=REPLAY,
            model_version=scorer.version,
            anchor="run",
            rate=rules.base_rate,
            reference_market=reference_market(rules, scorer),
        )
    level = snapshot_level(
        np.empty(0),
        rules=rules,
        snapshot=in_force.snapshot,
        scorer=scorer,
        whole=False,
        correction=in_force.correction.shift,
    )
    if not anchors_itself(int(leads.sum()), whole=True):
        return level
    return replace(level, intercept=anchored_on_steps(steps, leads, level.rate) - level.market_shift, anchor="run")
