"""What a model looks at: its contributions summed up by field and by group of leads."""

import pandas as pd

from smartbank.core.level import level_rate


def field_weights(contributions: pd.DataFrame) -> pd.Series:
    """Return how far each field moves a lead on average, in log-odds from 0 on: the mean of absolute contributions.

    Parameters
    ----------
    contributions : DataFrame of shape (n_leads, n_fields)
        SHAP values in log-odds; at least one lead.

    Returns
    -------
    Series of shape (n_fields,)
        Largest first; equal ones in the order of the columns.
    """
    return contributions.abs().mean().sort_values(ascending=False, kind="stable")


def group_effects(contributions: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Return what belonging to a group does to a lead: the mean contribution of a field by the group of its value.

    Parameters
    ----------
    contributions : Series of shape (n_leads,)
        One field's SHAP values, in log-odds.
    groups : Series of shape (n_leads,)
        The group of each lead's value, in words; on the same index.

    Returns
    -------
    DataFrame, indexed by `group`, largest effect first
        `leads` (count) and `effect`, the mean contribution in log-odds.
    """
    found = contributions.groupby(groups.rename("group"), sort=True).agg(["count", "mean"])
    return found.set_axis(["leads", "effect"], axis=1).sort_values("effect", ascending=False, kind="stable")


def points(log_odds: float, *, base_rate: float) -> float:
    """Return what log-odds add to a base rate in (0, 1), as a share: at 0.5, 1.0 adds 0.231."""
    return level_rate(base_rate, log_odds) - base_rate
