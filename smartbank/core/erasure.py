"""What stays of a customer who was erased: figures under a name of chance, from which nothing leads back."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.folding import folded
from smartbank.core.outcomes import Outcome

BoolArray = npt.NDArray[np.bool_]

PSEUDONYM: Final = "erased~"
"""Begins what stands in the place of an erased customer's id; no customer id may hold a "~"."""
KEPT_OF_A_PREDICTION: Final = (
    *("run_id", "ground_id", "rank", "scored_at", "model_version", "level_id", "intercept", "snapshot_id"),
    *("threshold", "bands", "settings_version", "propensity", "band", "call"),
)
"""What stays of a prediction beside the pseudonym: what its whole run says, and how likely a sale was, rounded."""
KEPT_OF_AN_ENTRY: Final = (
    *("rank", "margin", "level", "propensity", "band", "call"),
    *("place", "role", "agent", "synthetic"),
)
"""What stays of an entry of a call list: what results are made of."""


_SHORTEST: Final = 3
"""Characters of a name or number below which it would be found in any text."""


def new_salt() -> str:
    """Return chance from which the pseudonyms of one customer are made; once it is forgotten nobody can make them."""
    return secrets.token_hex(16)


def pseudonym(salt: str, *names: object) -> str:
    """Return what stands in the place of the customer in one list, run or outcome: another one in each."""
    text = "\n".join([salt, *map(str, names)])
    return f"{PSEUDONYM}{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def are_erased(customer_ids: "pd.Series[str]") -> BoolArray:
    """Return which ids are pseudonyms of erased customers, shape (n,)."""
    mask: BoolArray = customer_ids.astype("str").str.startswith(PSEUDONYM).to_numpy(dtype=bool)
    return mask


def erased_sentence(on: date) -> str:
    """Return why somebody of an id is not taken in."""
    return f"Erased on {on:%-d %B %Y} by an administrator; the audit log has who and why. Ask one to lift it."


def naming_words(customer_id: str, details: pd.DataFrame) -> list[str]:
    """Return what names a customer: the id, and name and phone as far as the details hold them."""
    return [customer_id, *(str(value) for name in ("name", "phone") for value in details[name].dropna())]


def naming_pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Return what finds words that name a person in a text, as words of their own.

    Parameters
    ----------
    words : iterable of str
        As `naming_words` returns them: the id first. Of the others short ones are passed over.
    """
    first, *others = words
    known = [first, *(word for word in others if len(word) >= _SHORTEST)]
    return re.compile(rf"(?<![\w.-])(?:{'|'.join(re.escape(word) for word in known)})(?![\w-])", re.IGNORECASE)


def names_somebody(text: str, words: Sequence[str]) -> bool:
    """Whether a text holds what names a person: the id, the phone, or one word of the name, whatever its accents.

    Parameters
    ----------
    words : sequence of str
        As `naming_words` returns them.
    """
    parts = {part for word in words[1:] for part in re.findall(r"\w+", folded(word)) if len(part) >= _SHORTEST}
    return bool(naming_pattern(words).search(text)) or not parts.isdisjoint(re.findall(r"\w+", folded(text)))


def anonymous_prediction(prediction: Mapping[str, Any], *, salt: str) -> dict[str, Any]:
    """Return what stays of a prediction.

    The contributions go, and the propensity is rounded to a whole percent: from both what is known of the person could
    be worked out with the model.
    """
    kept = {name: prediction[name] for name in KEPT_OF_A_PREDICTION if name in prediction}
    if "propensity" in kept:
        kept["propensity"] = round(float(kept["propensity"]), 2)
    instead = pseudonym(salt, "prediction", prediction["run_id"], prediction["rank"])
    return kept | {CUSTOMER_ID: instead, "customer_version": 0}


def anonymous_outcomes(outcomes: Iterable[Outcome], *, salt: str, time_zone: str) -> list[Outcome]:
    """Return what stays of the outcomes of one customer that count.

    Times are the start of their day where the bank is, as many milliseconds later as the number of the attempt, which
    keeps the order of the calls of a list. The propensity stays as it is: results and the correction of the level are
    sums of it.
    """
    zone = ZoneInfo(time_zone)
    return [
        replace(
            each,
            customer_id=pseudonym(salt, *(("list", each.list_id) if each.list_id else ("outcome", each.outcome_id))),
            at=min(each.at, _start_of_day(each.at, zone) + timedelta(milliseconds=each.attempt)),
            call_again_at=None,
            version=1,
            customer_version=0,
        )
        for each in outcomes
    ]


def _start_of_day(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def anonymous_entries(entries: pd.DataFrame, customer_id: str, *, salt: str, list_id: str) -> pd.DataFrame:
    """Return entries of a list with the pseudonym in a customer's place, and nothing of what was known of them."""
    mine = entries[CUSTOMER_ID] == customer_id
    gone = [name for name in entries.columns if name not in (*KEPT_OF_AN_ENTRY, CUSTOMER_ID)]
    blank = {name: entries[name].mask(mine, _nothing(entries[name])) for name in gone}
    instead = pseudonym(salt, "list", list_id)
    return entries.assign(**blank, **{CUSTOMER_ID: entries[CUSTOMER_ID].mask(mine, instead)})


def _nothing(column: pd.Series) -> Any:  # noqa: ANN401
    """Return what a column holds where nothing is known; a contribution of nothing is none."""
    if pd.api.types.is_bool_dtype(column):
        return False
    if pd.api.types.is_integer_dtype(column) or str(column.name).startswith("contribution_"):
        return 0
    return pd.NaT if pd.api.types.is_datetime64_any_dtype(column) else np.nan


@dataclass(frozen=True)
class ErasureList:
    """Marks of erased customers with what they are made with, to be taken to another copy of the database.

    Attributes
    ----------
    secrets : mapping of str to str
        What marks are made with, sealed with a data key, by id.
    erased : mapping of str to date
        The day of each erasure, by mark. Nobody can tell an id from a mark without the secret.
    """

    secrets: Mapping[str, str]
    erased: Mapping[str, date]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        days = {mark: on.isoformat() for mark, on in sorted(self.erased.items())}
        return {"format": 1, "secrets": dict(self.secrets), "erased": days}


def erasure_list_from(values: Mapping[str, Any]) -> ErasureList:
    """Return the list that `ErasureList.to_json` wrote. Raises `ValueError` or `KeyError` for anything else."""
    if values["format"] != 1:
        raise ValueError("format")
    erased = {str(mark): date.fromisoformat(on) for mark, on in dict(values["erased"]).items()}
    return ErasureList({str(name): str(sealed) for name, sealed in dict(values["secrets"]).items()}, erased)
