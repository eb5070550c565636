"""Which agent calls which lead of a list."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
TextArray = npt.NDArray[np.object_]


class Assignment(StrEnum):
    """How the calls of a list are shared out.

    In turn: by the order of calling. Even sales: as many calls for everybody, with sums of propensities as even as they
    can be. By owner: who called a customer last keeps them, and the others are shared out evenly.
    """

    IN_TURN = "in_turn"
    EVEN_SALES = "even_sales"
    BY_OWNER = "by_owner"


def assign(
    propensities: FloatArray,
    *,
    agents: Sequence[str],
    how: Assignment,
    owners: Sequence[str] = (),
) -> TextArray:
    """Return the agent of each lead, shape (n_leads,).

    Parameters
    ----------
    propensities : array of shape (n_leads,)
        Of the leads that are called, in the order of calling.
    agents : sequence of str
        At least one, each once.
    owners : sequence of str, n_leads of them
        For `BY_OWNER`, who called each customer last; somebody who is no agent of the list counts for nothing.
    """
    if how is Assignment.IN_TURN:
        in_turn: TextArray = np.array(agents, dtype=object)[np.arange(len(propensities)) % len(agents)]
        return in_turn
    given = np.full(len(propensities), "", dtype=object)
    if how is Assignment.BY_OWNER:
        own = np.array(owners, dtype=object)
        known = np.isin(own.astype(str), list(agents))
        given[known] = own[known]
    return _evened(propensities, given, agents)


def _evened(propensities: FloatArray, given: TextArray, agents: Sequence[str]) -> TextArray:
    """Share out the leads nobody has, best first: each to who has the fewest calls, and of these the fewest sales."""
    shared = given.copy()
    calls = {agent: int((given == agent).sum()) for agent in agents}
    sales = {agent: float(propensities[given == agent].sum()) for agent in agents}
    free = np.flatnonzero(given == "")
    for lead in free[np.argsort(-propensities[free], kind="stable")]:
        agent = min(agents, key=lambda each: (calls[each], sales[each]))
        shared[lead] = agent
        calls[agent] += 1
        sales[agent] += float(propensities[lead])
    return shared
