"""What came of calls."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, Protocol

import pandas as pd

from smartbank.core.market.points import MarketPoint
from smartbank.core.outcomes import KeptOutcome, Outcome, OutcomeCounts


class OutcomeRepository(Protocol):
    """The outcomes of calls, one a customer and moment."""

    def record_many(self, outcomes: Iterable[Outcome]) -> int:
        """Keep outcomes and return how many are new; one of a customer and moment that is kept stays as it is."""
        ...

    def record(self, outcome: Outcome) -> Outcome:
        """Keep the outcome of a call and return what is kept: the first one of a call stays, whoever comes later.

        One that was taken back is no longer there: the new one takes its place, with the next version.
        """
        ...

    def correct(self, outcome: Outcome) -> bool:
        """Put an outcome in the place of the version before its own; False where that is no longer the newest.

        Every version is kept, and only the newest one counts.
        """
        ...

    def take_back(self, outcome: Outcome) -> bool:
        """Take an outcome back, as if the call had not been made; False where it is no longer the newest version."""
        ...

    def of_list(self, list_id: str) -> list[Outcome]:
        """Return the outcomes of a list's calls, in the order they were made, of one moment by customer."""
        ...

    def contacts(self, since: datetime, *, of: Collection[str] | None = None) -> pd.DataFrame:
        """Return who was called from a moment on, or bought without: `CONTACT_COLUMNS`, one row each, oldest first.

        Outcomes that nobody recorded (`Outcome.assumed`) are no calls.

        Parameters
        ----------
        of : collection of str or None
            Ids of the customers meant, some thousands at most; None means everybody.
        """
        ...

    def contact_rows(self, since: datetime, *, of: Collection[str] | None = None) -> list[dict[str, Any]]:
        """Return what `contacts` does, as one mapping a call; for a few customers."""
        ...

    def of_customer(self, customer_id: str) -> list[Outcome]:
        """Return the outcomes of a customer's calls, newest first."""
        ...

    def every_version(self, customer_id: str) -> list[KeptOutcome]:
        """Return all that is kept of a customer's calls: what counts, and what was corrected or taken back.

        By moment, newest first; of one call the newest version first.
        """
        ...

    def forget_customer(self, customer_id: str, *, instead: Iterable[Outcome]) -> int:
        """Keep other outcomes in the place of all of a customer, corrected ones and those taken back too.

        Returns how many calls were of the customer. Safe to repeat with the same outcomes.
        """
        ...

    def decided(self, since: datetime | None = None) -> Iterator[Outcome]:
        """Yield the calls that ended in a yes or a no, from a moment on, oldest first, of one moment by customer."""
        ...

    def recent(self, since: datetime, *, base_rate: float, base_rate_market: MarketPoint | None) -> OutcomeCounts:
        """Return the counts of decided calls from a moment on by propensities on a base rate said in a market."""
        ...
