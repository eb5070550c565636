"""Calls of a list that one agent hands over to others: the list stays as it was released, and who calls changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.outcomes import Outcome

STILL_TALKING: Final = timedelta(minutes=30)
"""For how long whoever had a customer may still record a call they were making as it was handed over."""


@dataclass(frozen=True)
class HandOver:
    """One change of who calls.

    Attributes
    ----------
    agent, to : str, tuple of str
        Who had the calls, and who has them from then on, in turn by the order of calling.
    places : tuple of int
        Of the customers handed over, in the order of calling: those that were not done with.
    at : datetime
        In whole milliseconds, as a database keeps it.
    """

    agent: str
    to: tuple[str, ...]
    places: tuple[int, ...]
    by: str
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """Return values a database keeps."""
        return {"agent": self.agent, "to": list(self.to), "places": list(self.places), "by": self.by, "at": self.at}

    @property
    def callers(self) -> Mapping[int, str]:
        """Who calls each place from then on."""
        return {place: self.to[turn % len(self.to)] for turn, place in enumerate(self.places)}


def hand_over_from(values: Mapping[str, Any]) -> HandOver:
    """Return what `HandOver.to_json` wrote."""
    return HandOver(values["agent"], tuple(values["to"]), tuple(values["places"]), values["by"], values["at"])


def had_until(username: str, agent: str, place: int, handed_over: Sequence[HandOver]) -> datetime | None:
    """Return when a place was last handed over by somebody who has it no more; None for who has it, or never had.

    Parameters
    ----------
    agent : str
        Who had it when the list was released.
    """
    until = None
    for each in handed_over:
        if place in each.callers:
            until = each.at if agent == username else until
            agent = each.callers[place]
    return None if agent == username else until


def called_now(entries: pd.DataFrame, handed_over: Sequence[HandOver]) -> pd.DataFrame:
    """Return entries of a list with the `agent` who calls each now.

    Parameters
    ----------
    entries : DataFrame
        Some or all of a list, `place` and `agent` among their columns; left as they are.
    """
    callers = {place: agent for each in handed_over for place, agent in each.callers.items()}
    if not callers or entries.empty:
        return entries
    return entries.assign(agent=entries["place"].map(callers).fillna(entries["agent"]).astype(entries["agent"].dtype))


def counted_with(
    entries: pd.DataFrame, decisive: Mapping[str, Outcome], handed_over: Sequence[HandOver]
) -> "pd.Series[str]":
    """Return with which agent each entry of a list counts: who made the call it stands by, else who has it now.

    An outcome that no agent of the list recorded counts with who had the customer at its time: a file or a program
    brought it, a manager corrected it, or a no is assumed.

    Parameters
    ----------
    entries : DataFrame
        As released, with `CUSTOMER_ID`, `place` and `agent`.
    decisive : mapping of str to Outcome
        By customer, as `decisive_outcomes` returns it.

    Returns
    -------
    Series of shape (n_entries,)
        On the index of the entries; "" for whom nobody calls, as in the control.
    """
    changes = [(each.at, each.callers) for each in handed_over]
    agents = set(entries["agent"]).union(*(each.to for each in handed_over)) - {""}

    def agent_of(customer_id: str, place: int, agent: str) -> str:
        stands_by = decisive.get(customer_id)
        if agent and stands_by is not None and stands_by.by in agents:
            return stands_by.by
        for at, callers in changes:
            if stands_by is None or at <= stands_by.at:
                agent = callers.get(place, agent)
        return agent

    columns = (entries[name].tolist() for name in (CUSTOMER_ID, "place", "agent"))
    found = [agent_of(*row) for row in zip(*columns, strict=True)]
    return pd.Series(found, index=entries.index, dtype="str")
