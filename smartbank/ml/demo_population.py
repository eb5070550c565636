"""Demo customers as a population of which any number can be had: the first ones stay who they are."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.template import SAMPLE_CUSTOMERS, sample_ids
from smartbank.ml.synthetic import synthetic_customers

BLOCK: Final = 2_000
"""Customers drawn together: those of a block depend on each other, so it is always drawn whole."""
MOST_CUSTOMERS: Final = 1_000_000
SAMPLE_SEED: Final = 2_013
_SEEDS: Final = MOST_CUSTOMERS // BLOCK


def demo_population(tables: Mapping[str, Any], *, n: int, seed: int) -> pd.DataFrame:
    """Return the first `n` demo customers of a seed; more of the same seed begin with the same ones.

    Parameters
    ----------
    tables : mapping
        What `demo_tables` made.
    n : int
        How many, 0 to 1,000,000.
    seed : int
        Not negative. Each seed has people of its own under ids of its own, so that seeds can be loaded side by side.

    Returns
    -------
    DataFrame of shape (n, 18)
        `CUSTOMER_COLUMNS`: ids `DEMO-000001` and on for seed 0, `DEMO-7-000001` and on for seed 7.
    """
    if not 0 <= n <= MOST_CUSTOMERS or seed < 0:
        raise ValueError("Demo customers number 0 to 1,000,000, and their seed is not negative.")
    n_blocks = max(1, -(-n // BLOCK))
    blocks = [synthetic_customers(tables, n=BLOCK, seed=seed * _SEEDS + number) for number in range(n_blocks)]
    people = pd.concat(blocks, ignore_index=True).head(n)
    prefix = f"DEMO-{seed}-" if seed else "DEMO-"
    ids = [f"{prefix}{number:06d}" for number in range(1, n + 1)]
    return people.assign(**{CUSTOMER_ID: pd.Series(ids, index=people.index, dtype="str")})


def sample_population(tables: Mapping[str, Any]) -> pd.DataFrame:
    """Return the customers of the sample file, always the same for the same tables; as wide as `demo_population`."""
    people = demo_population(tables, n=SAMPLE_CUSTOMERS, seed=SAMPLE_SEED)
    return people.assign(**{CUSTOMER_ID: pd.Series(sample_ids(), index=people.index, dtype="str")})
