"""Use case: look at the market in force: each indicator with its history and its place in the training data."""

from dataclasses import dataclass

from smartbank.core.market.indicators import MARKET_FEATURES, Indicator
from smartbank.core.market.observations import SOURCE_NAMES, Observation
from smartbank.core.market.scale import JointPlace, Place, joint_place, place
from smartbank.core.market.snapshot import MarketSnapshot, Origin, Reading
from smartbank.core.market.training import TrainingMarket
from smartbank.core.people import Actor, Right
from smartbank.core.ports import ObservationRepository


@dataclass(frozen=True)
class IndicatorView:
    """One indicator as it stands.

    Attributes
    ----------
    history : tuple of Observation
        Accepted ones of every source, by period.
    place : Place or None
        Where the value lies in the training data; None of what is not scored.
    """

    reading: Reading
    history: tuple[Observation, ...]
    place: Place | None

    @property
    def observation(self) -> Observation | None:
        """What the reading was taken from; None for one that is bundled or set by hand."""
        if self.reading.origin in (Origin.BUNDLED, Origin.OVERRIDE):
            return None
        mine = (one for one in self.history if one.period == self.reading.period and one.series == self.reading.series)
        return next((one for one in mine if SOURCE_NAMES[one.source] == self.reading.source), None)


def view_indicators(
    snapshot: MarketSnapshot, *, by: Actor, observations: ObservationRepository, training: TrainingMarket
) -> list[IndicatorView]:
    """Return every indicator of a market with its history. Raises `ForbiddenError`, `StorageError`."""
    by.require(Right.SEE_LEADS)
    places = market_places(snapshot, training)
    return [
        IndicatorView(reading, tuple(observations.history(reading.indicator)), places.get(reading.indicator))
        for reading in snapshot.readings
    ]


def refused_observations(*, by: Actor, observations: ObservationRepository) -> list[Observation]:
    """Return the observations that were not believed, newest first, each with its reason."""
    by.require(Right.SEE_LEADS)
    return observations.refused()


def market_places(snapshot: MarketSnapshot, training: TrainingMarket) -> dict[Indicator, Place]:
    """Return where each scored figure of a market lies in the training data."""
    scored = [Indicator(name) for name in MARKET_FEATURES]
    return {indicator: place(snapshot.reading(indicator).value, indicator, training) for indicator in scored}


def market_joint_place(snapshot: MarketSnapshot, training: TrainingMarket) -> JointPlace:
    """Return how near the scored figures together are to a training month."""
    return joint_place({name: snapshot.reading(Indicator(name)).value for name in MARKET_FEATURES}, training)
