"""What whoever calls can say to a customer first: sentences of what the customer knows anyway, never a figure."""

from typing import Final

import pandas as pd

from smartbank.core.reasons import FloatArray, speaking_fields

_LAST_CAMPAIGN: Final = {
    "success": "You said yes to our last offer, thank you for that. May I tell you what we have now?",
    "failure": "Our last offer did not suit you at the time. May I tell you what we have now?",
}
_IN_TOUCH_BEFORE: Final = "We have been in touch with you before. Is this a good moment for a few words?"


def opening(values: pd.Series, contributions: FloatArray) -> str:
    """Return a sentence to open a talk with, of what speaks most for the customer; empty where nothing can be said.

    Only the bank's own earlier contact with the customer can: age, job or marital status are no way to begin. It is
    said weeks after the list was ranked, so nothing is said of how long ago that contact was.

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
        return _IN_TOUCH_BEFORE
    if field == "previous":
        return _IN_TOUCH_BEFORE if float(str(value)) >= 1 else ""
    return ""
