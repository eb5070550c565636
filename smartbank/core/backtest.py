"""What comes of a backtest: the figures of each model by protocol, and what was thinned to be quick."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from smartbank.core.evaluation import Interval

OWN: Final = "smartbank"
"""SmartBank's model: margins that never see the market, and the level known at the time, weekdays among it."""
ANY_DAY: Final = "smartbank_any_day"
"""Its margins alone, in protocol C: the order of one list, whatever the day."""
TEN_FIELDS: Final = "smartbank_ten_fields"
"""The same with nothing known of contacts: the seven fields of a customer and the market, as the contract allows."""
CALENDAR: Final = "smartbank_calendar"
"""Half SmartBank's, half trees that see market and calendar: what protocol A would reward. Not used."""
WITHOUT_MARKET: Final = "_without_market"
"""After a standard model's name: the same without market, month and weekday."""
FULL_STEP: Final = 50
"""Rows protocol B goes ahead at a time in a whole run; a quick one takes larger steps."""
AHEAD: Final = "smartbank_ahead_"
"""Before a metric of another model: SmartBank's minus that model's, on the same draws."""
_DECIMALS: Final = 6

Metrics = Mapping[str, Interval]


@dataclass(frozen=True)
class Backtest:
    """What came of a backtest.

    Attributes
    ----------
    figures : mapping of protocol (`A`, `B`, `C`) to model to metric to `Interval`
    left_out : tuple of str
        Models whose library is not installed.
    step, catboost_iterations : int
        Rows between two fits of protocol B, and trees of CatBoost.
    half_life_calls : int
        In protocol B a call counts half as much for SmartBank's level as one made so many calls later.
    quick : bool
        Step and trees were chosen to be quick.
    """

    figures: Mapping[str, Mapping[str, Metrics]]
    left_out: tuple[str, ...]
    step: int
    catboost_iterations: int
    half_life_calls: int
    quick: bool = False

    def to_json(self) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
        """Return `{protocol: {model: {metric: {"value", "low", "high"}}}}`."""
        return {
            protocol: {
                model: {
                    metric: {name: round(figure, _DECIMALS) for name, figure in asdict(found).items()}
                    for metric, found in metrics.items()
                }
                for model, metrics in models.items()
            }
            for protocol, models in self.figures.items()
        }
