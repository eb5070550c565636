"""Use case: what a list of the best leads of a run will bring, and how sure that is."""

from dataclasses import dataclass

from smartbank.core.evaluation import BEST_SHARE
from smartbank.core.expected_sales import SalesInterval, sales_interval
from smartbank.core.people import Actor
from smartbank.core.ports import CustomerRepository, FrameStore, SettingsRepository
from smartbank.services.callable_leads import callable_leads


@dataclass(frozen=True)
class ListOutlook:
    """What the best 20 % of a run's leads will bring.

    Attributes
    ----------
    leads, of : int
        Leads of the list, and of the run, who may be called now.
    at_random : float
        Expected sales of as many leads drawn at random.
    if_level_is_right, as_months_differ : SalesInterval
        The second one knows that a month's level may be off.
    """

    leads: int
    of: int
    at_random: float
    if_level_is_right: SalesInterval
    as_months_differ: SalesInterval

    @property
    def times_as_often(self) -> float:
        """How many times as often as average the propensities of the list say it converts."""
        return self.if_level_is_right.expected / self.at_random if self.at_random else 1.0


def best_of_run(
    run_id: str,
    *,
    level_error: float,
    by: Actor,
    frames: FrameStore,
    customers: CustomerRepository,
    settings: SettingsRepository,
) -> ListOutlook | None:
    """Return the outlook of the best 20 % of a run's leads who may be called now; None where there is nobody.

    Parameters
    ----------
    level_error : float
        Root mean square error of a month's level, in log-odds.
    """
    ranked = callable_leads(run_id, ["propensity"], by=by, frames=frames, customers=customers, settings=settings)
    if ranked.empty:
        return None
    propensities = ranked["propensity"].to_numpy(dtype=float)
    best = propensities[: max(1, round(BEST_SHARE * len(propensities)))]
    return ListOutlook(
        leads=len(best),
        of=len(propensities),
        at_random=float(len(best) * propensities.mean()),
        if_level_is_right=sales_interval(best),
        as_months_differ=sales_interval(best, level_error=level_error),
    )
