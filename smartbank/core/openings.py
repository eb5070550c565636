"""What whoever calls can say to a customer first: sentences of what the customer knows anyway, never a figure."""

from typing import Final

import pandas as pd

from smartbank.core.reasons import FloatArray, speaking_fields

_LATELY: Final = 14
"""Days in which a customer still knows that somebody called."""
_LAST_CAMPAIGN: Final = {
    "success": "You said yes to our last offer, thank you for that. May I tell you what we have now?",
    "failure": "Our last offer did not suit you at the time. May I tell you what we have now?",
}
_SPOKE_LATELY: Final = "We spoke with you a short while ago. Is this a good moment to come back to it?"
_SPOKE_BEFORE: Final = "We have been in touch with you before. Is this a good moment for a few words?"


def opening(values: pd.Series, contributions: FloatArray) -> str:
    """Return a sentence to open a talk with, of what speaks most for the customer; empty where nothing can be said.

    Only the bank's own earlier contact with the customer can: age, job or marital status are no way to begin.

    Parameters
    ----------
    values : Series with `LEAD_COLUMNS` in its index
    contributions : array of shape (12,)
        In log-odds, in the order of `LEAD_COLUMNS`.
    """
    sentences = (_sentence(field, values[field]) for field in speaking_fields(values, contributions))
    return next(filter(None, sentences), "")


def _sentence(field: str, value: object) -> str:
    if field == "poutcome":
        return _LAST_CAMPAIGN.get(str(value), "")
    if field == "days_since_contact":
        return _SPOKE_LATELY if float(str(value)) <= _LATELY else _SPOKE_BEFORE
    if field == "previous":
        return _SPOKE_BEFORE if float(str(value)) >= 1 else ""
    return ""
