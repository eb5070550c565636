"""Synthetic customers for demonstrations: made-up people whose fields follow the training rows' frequencies."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from smartbank.core.fields import CUSTOMER_COLUMNS, CUSTOMER_ID, FIELD
from smartbank.ml.artifact_files import champion_version, load_files
from smartbank.ml.demo_tables import given_key

PHONE_RANGES: Final = {"en_GB": ("+442079460", 3), "en_US": ("+120255501", 2), "fr_FR": ("+3319900", 4)}
"""Ranges kept free for fiction, by the language of the name: the fixed digits and how many follow."""
_LANGUAGE_SHARES: Final = (0.4, 0.1, 0.5)
_YOUNGEST: Final = 18


def load_demo_tables(models_dir: Path) -> dict[str, Any]:
    """Return the conditional frequencies beside the model in force, from which demo customers are drawn.

    Raises
    ------
    ModelArtifactError
        A file is missing or altered, or the format is another one.
    """
    tables: dict[str, Any] = json.loads(load_files(models_dir, champion_version(models_dir))["demo.json"])
    return tables


def synthetic_customers(tables: Mapping[str, Any], *, n: int, seed: int) -> pd.DataFrame:
    """Draw customers who do not exist; the same tables, number and seed give the same customers.

    Parameters
    ----------
    tables : mapping
        What `demo_tables` made.
    n : int
        How many, >= 0.

    Returns
    -------
    DataFrame of shape (n, 18)
        `CUSTOMER_COLUMNS`: ids `DEMO-000001` and on, phone numbers in E.164 from ranges kept free for fiction,
        unknown values NaN.
    """
    rng = np.random.default_rng(seed)
    drawn: dict[str, list[Any]] = {}
    for step in tables["steps"]:
        _draw(step, drawn, n, rng)
        if "age_band" in step["fields"]:
            ages = np.array(drawn["age_band"], dtype=np.int64) + rng.integers(0, tables["age_step"], n)
            drawn["age"] = np.maximum(ages, _YOUNGEST).tolist()
            drawn["age_group"] = [min(age // 10 * 10, 60) for age in drawn["age"]]
    drawn |= _contact_details(n, seed, rng)
    drawn[CUSTOMER_ID] = [f"DEMO-{number:06d}" for number in range(1, n + 1)]
    return pd.DataFrame({name: _typed(name, drawn.get(name, [None] * n)) for name in CUSTOMER_COLUMNS})


def _draw(step: Mapping[str, Any], drawn: dict[str, list[Any]], n: int, rng: np.random.Generator) -> None:
    """Draw one step's fields for all customers, those with the same condition together."""
    keys = np.array([given_key([drawn[name][row] for name in step["given"]]) for row in range(n)], dtype=object)
    columns: dict[str, list[Any]] = {name: [None] * n for name in step["fields"]}
    everyone = [cell for cells in step["cells"].values() for cell in cells]
    for key in sorted(set(keys)):
        cells = step["cells"].get(key, everyone)
        counts = np.array([cell[-1] for cell in cells], dtype=np.float64)
        rows = np.flatnonzero(keys == key)
        picks = rng.choice(len(cells), len(rows), p=counts / counts.sum())
        for row, pick in zip(rows, picks, strict=True):
            for position, name in enumerate(step["fields"]):
                columns[name][row] = cells[pick][position]
    drawn.update(columns)


def _contact_details(n: int, seed: int, rng: np.random.Generator) -> dict[str, list[Any]]:
    languages = rng.choice(list(PHONE_RANGES), n, p=_LANGUAGE_SHARES)
    from faker import Faker  # noqa: PLC0415  reads its languages for as long as a small model is scored

    people = {language: Faker(language) for language in PHONE_RANGES}
    for number, person in enumerate(people.values()):
        person.seed_instance(seed * len(people) + number)
    names, phones = [], []
    for language in languages:
        person = people[str(language)]
        names.append(f"{person.first_name()} {person.last_name()}")
        prefix, digits = PHONE_RANGES[str(language)]
        phones.append(f"{prefix}{rng.integers(10**digits):0{digits}d}")
    return {"name": names, "phone": phones}


def _typed(name: str, values: list[Any]) -> pd.Series:
    if name != CUSTOMER_ID and FIELD[name].kind in ("integer", "number"):
        return pd.Series(values, dtype="float64")
    return pd.Series(values, dtype="str")
