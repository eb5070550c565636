"""Simulated campaigns of which it is known what calling brings.

A lead that is called buys with its propensity `p1`, and left alone with `p0 = own_share * p1`. One draw decides on
both, so a call makes some leads buy and keeps none from it. Leads stay the same from campaign to campaign; who is held
out, who answers and who buys is drawn anew.

There are two truths, in sales by today, over the lists that hold somebody out:

* `expected`: best entries times the mean over the pool of `p1 - p0` of those whose turn has come. One figure for all
  campaigns, and what the interval of `core.uplift` is one of.
* `realised`: called leads that bought and would not have without the call. Another figure in each campaign. It varies
  with the estimate, so the interval holds it at least as often.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from smartbank.core.list_results import RESULT_COLUMNS
from smartbank.core.uplift_counts import HoldOutCounts

BAND_EDGES = (0.085, 0.17, 0.34)
EXPLORED = 20


@dataclass(frozen=True)
class CampaignPlan:
    """Lists to simulate.

    Attributes
    ----------
    best, control : tuple of int
        Entries of each list.
    rate : float
        Mean of `p1`, in (0, 1).
    own_share : float
        Of those who buy when called, the share that buys anyway; 1 is calling to no effect.
    progress : float
        Share of each pool, from the highest propensity on, whose turn has come.
    answering : float
        Chance that somebody who would not buy has said so; who buys always has.
    """

    best: tuple[int, ...] = (720,)
    control: tuple[int, ...] = (80,)
    rate: float = 0.25
    own_share: float = 0.5
    progress: float = 1.0
    answering: float = 1.0


@dataclass(frozen=True, eq=False)
class DrawnList:
    """One list in many campaigns; arrays of shape (n_campaigns, n_leads), leads by falling propensity.

    Attributes
    ----------
    p1 : array of shape (n_leads,)
    held_out, with_call, without : bool array
        Whether a lead is control, would have bought by today if it is to be called, and if it is held out.
    decided : bool array
        Whether the lead, if it is to be called, has said yes or no by today.
    turn : bool array of shape (n_leads,)
        Whose turn has come.
    """

    p1: np.ndarray
    held_out: np.ndarray
    with_call: np.ndarray
    without: np.ndarray
    decided: np.ndarray
    turn: np.ndarray

    @property
    def sold(self):
        return np.where(self.held_out, self.without, self.with_call)


def entries(role, outcomes, **values):
    """Return entries of one list as `RESULT_COLUMNS`, one an outcome, each with one call unless it is control."""
    called = role != "control"
    columns = {
        "list_id": "list-0",
        "customer_id": [f"{role}-{place}" for place in range(len(outcomes))],
        "role": role,
        "propensity": 0.2,
        "band": "B",
        "agent": "ana" if called else None,
        "outcome": pd.Series(outcomes, dtype="str"),
        "calls": int(called),
        "assumed": False,
    }
    return pd.DataFrame(columns | values, columns=list(RESULT_COLUMNS), index=range(len(outcomes)))


def bought(role, sold, of, **values):
    """Return so many entries of which the first ones bought; nothing is known of the others."""
    return entries(role, ["subscribed"] * sold + [None] * (of - sold), **values)


def together(*frames):
    """Return entries of several roles or lists as one frame."""
    return pd.concat(frames, ignore_index=True)


def drawn_lists(plan, *, campaigns, seed):
    """Return a `DrawnList` for each list of a plan."""
    rng = np.random.default_rng(seed)
    sizes = zip(plan.best, plan.control, strict=True)
    return [_drawn(plan, best + control, control, campaigns, rng) for best, control in sizes]


def _drawn(plan, n_leads, n_control, campaigns, rng):
    p1 = np.sort(rng.beta(4 * plan.rate, 4 * (1 - plan.rate), n_leads).clip(0.001, 0.95))[::-1]
    draw, turn = rng.random((campaigns, n_leads)), np.arange(n_leads) < plan.progress * n_leads
    without = draw < plan.own_share * p1
    with_call = np.where(turn, draw < p1, without)
    return DrawnList(
        p1=p1,
        held_out=rng.random((campaigns, n_leads)).argsort(axis=1) < n_control,
        with_call=with_call,
        without=without,
        decided=turn & (with_call | (rng.random((campaigns, n_leads)) < plan.answering)),
        turn=turn,
    )


def expected_extra(plan, lists):
    """Return the sales calling is expected to have brought by today."""
    return sum(
        best * float((each.turn * each.p1 * (1 - plan.own_share)).mean())
        for best, control, each in zip(plan.best, plan.control, lists, strict=True)
        if control
    )


def realised_extra(lists):
    """Return the sales calling did bring by today, shape (n_campaigns,)."""
    return sum(((each.with_call & ~each.without) & ~each.held_out).sum(axis=1) for each in lists if each.held_out.any())


def counts_of(lists):
    """Yield the `HoldOutCounts` of each campaign."""
    names = tuple(f"list-{place}" for place in range(len(lists)))
    held_out = np.stack([each.held_out.sum(axis=1) for each in lists], axis=1)
    called = np.stack([(~each.held_out).sum(axis=1) for each in lists], axis=1)
    bought = np.stack([(each.sold & ~each.held_out).sum(axis=1) for each in lists], axis=1)
    alone = np.stack([(each.sold & each.held_out).sum(axis=1) for each in lists], axis=1)
    calls = np.stack([(each.turn & ~each.held_out).sum(axis=1) for each in lists], axis=1)
    for row in zip(called, bought, held_out, alone, calls, strict=True):
        yield HoldOutCounts(names, *row)


def decided_counts_of(lists):
    """Yield counts in which the called are only those who are decided: the comparison that is not fair."""
    decided = np.stack([(each.decided & ~each.held_out).sum(axis=1) for each in lists], axis=1)
    for fair, called in zip(counts_of(lists), decided, strict=True):
        yield HoldOutCounts(fair.list_ids, called, fair.called_sold, fair.held_out, fair.held_out_sold, fair.calls)


def campaign(plan, *, seed=0, agents=("ana", "rui"), place=0):
    """Return one campaign as `RESULT_COLUMNS`, some exploration on each list, with its two truths."""
    lists = drawn_lists(plan, campaigns=place + 1, seed=seed)
    rng = np.random.default_rng((seed, place))
    frame = pd.concat([_frame(f"list-{at}", each, place, agents, rng) for at, each in enumerate(lists)])
    return frame.reset_index(drop=True), expected_extra(plan, lists), int(realised_extra(lists)[place])


def _frame(list_id, drawn, place, agents, rng):
    explored = rng.beta(0.2, 3.8, EXPLORED).clip(0.001, 0.95)
    explored_sold = rng.random(EXPLORED) < explored
    called = np.append(drawn.turn & ~drawn.held_out[place], np.ones(EXPLORED, dtype=bool))
    decided = np.append(drawn.decided[place], np.ones(EXPLORED, dtype=bool)) & called
    sold = np.append(drawn.sold[place], explored_sold)
    role = np.append(np.where(drawn.held_out[place], "control", "best"), np.repeat("exploration", EXPLORED))
    propensity = np.append(drawn.p1, explored)
    open_outcome = rng.choice(["no_answer", "callback", "wrong_number"], len(role))
    outcome = np.select([sold, decided, called], ["subscribed", "declined", open_outcome], default="")
    agent = np.where(role == "control", "", np.resize(np.array(agents), len(role)))
    return pd.DataFrame(
        {
            "list_id": list_id,
            "customer_id": [f"{list_id}-{number}" for number in range(len(role))],
            "role": role,
            "propensity": propensity,
            "band": np.array(["D", "C", "B", "A"])[np.searchsorted(BAND_EDGES, propensity, side="right")],
            "agent": pd.Series(agent).where(agent != ""),
            "outcome": pd.Series(outcome).where(outcome != ""),
            "calls": called.astype(int),
            "assumed": False,
        },
        columns=list(RESULT_COLUMNS),
    )
