"""A released list as a file for a dialler: its columns, and who of the list is still to be called."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from smartbank.core.actions import LANDLINE, MOBILE, WEEKDAY_EFFECTS
from smartbank.core.exports import ExportColumn
from smartbank.core.list_progress import Standing, to_call

LIST_COLUMNS: Final = (
    ExportColumn("list_id", "List id", "text", 28),
    ExportColumn("rank", "Rank", "integer", 8),
    ExportColumn("place", "Place", "integer", 8),
    ExportColumn("customer_id", "Customer id", "text", 24),
    ExportColumn("name", "Name", "text", 28),
    ExportColumn("phone", "Phone", "text", 18),
    ExportColumn("attempt", "Attempt", "integer", 8),
    ExportColumn("best_weekday", "Best weekday", "text", 14),
    ExportColumn("agent", "Agent", "text", 16),
    ExportColumn("band", "Band", "text", 8),
    ExportColumn("propensity", "Propensity", "propensity", 12),
    ExportColumn("reason_1", "Reason 1", "text", 50),
    ExportColumn("reason_2", "Reason 2", "text", 50),
    ExportColumn("reason_3", "Reason 3", "text", 50),
    ExportColumn("model_version", "Model version", "text", 20),
    ExportColumn("market_date", "Market date", "text", 12),
    ExportColumn("data_hash", "Data hash", "text", 66),
)
"""What an export of a list holds: nothing in it says what anybody is on the list for."""
LEFT_OUT_WORDS: Final[Mapping[str, str]] = {
    Standing.DONE.value: "decided, or called often enough",
    Standing.BARRED.value: "must not be called",
    Standing.LATER.value: "to be called later, as agreed or because nobody answered just now",
}
"""Why an entry is left out, by its standing."""
_BEST_DAY: Final = max(
    (day for day, effect in WEEKDAY_EFFECTS.items() if effect.low > 0),
    key=lambda day: WEEKDAY_EFFECTS[day].value,
    default="",
)


@dataclass(frozen=True, eq=False)
class ToTakeAway:
    """Who of a list an export holds.

    Attributes
    ----------
    entries : DataFrame
        Those to call now, in the order of their places, as `list_progress` returns them.
    left_out : mapping of str to int
        Entries to call that are left out, by standing; a key of `LEFT_OUT_WORDS`.
    barred : tuple of str
        Ids of all entries to call who must not be called now, whatever came of calls to them, rising.
    """

    entries: pd.DataFrame
    left_out: Mapping[str, int] = field(default_factory=dict)
    barred: tuple[str, ...] = ()


def to_take_away(progress: pd.DataFrame, barred: Collection[str]) -> ToTakeAway:
    """Return who of a list is to be called now, and how many of its calls are not; who is held out is neither."""
    standings = progress["standing"].value_counts()
    left_out = {word: int(standings[word]) for word in LEFT_OUT_WORDS if word in standings}
    entries = to_call(progress).sort_values("place", ignore_index=True)
    return ToTakeAway(entries, left_out, barred_of(progress, barred))


def barred_of(entries: pd.DataFrame, barred: Collection[str]) -> tuple[str, ...]:
    """Return the ids of the entries to call who are barred, rising."""
    meant = (entries["place"] > 0) & entries["customer_id"].isin(list(barred))
    return tuple(sorted(entries.loc[meant, "customer_id"]))


def best_weekday(contact: str | float | None) -> str:
    """Return the day on which calls to such a customer sold best, within the month.

    Empty where nothing is known of the channel, for the effects are of calls to known ones, and where no day's whole
    interval is above zero.
    """
    return _BEST_DAY if contact in (MOBILE, LANDLINE) else ""
