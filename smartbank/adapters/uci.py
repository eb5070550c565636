"""UCI's bank marketing file: read it as training data, from CSV or from UCI's archive, and download it."""

import hashlib
import io
from math import isfinite
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from smartbank.adapters.uci_archive import MAX_CSV_BYTES, training_csv
from smartbank.core.fields import LEAD_FIELDS, MARKET_FIELDS, NEVER_CONTACTED, UNKNOWN, Field
from smartbank.core.training_data import (
    BESIDE_COLUMNS,
    CONVERTED,
    DAY,
    PERIOD,
    TRAINING_COLUMNS,
    WEEKDAY,
    WEEKDAYS,
    TrainingData,
)
from smartbank.errors import TrainingDataError

UCI_COLUMNS: Final = (
    *("age", "job", "marital", "education", "default", "housing", "loan", "contact", "month", "day_of_week"),
    *("duration", "campaign", "pdays", "previous", "poutcome"),
    *("emp.var.rate", "cons.price.idx", "cons.conf.idx", "euribor3m", "nr.employed", "y"),
)
UCI_NAMES: Final = {
    "attempt": "campaign",
    "days_since_contact": "pdays",
    "cpi": "cons.price.idx",
    "emp_var_rate": "emp.var.rate",
}
"""Our column name to UCI's, where they differ."""
FIRST_YEAR: Final = 2008
LAST_YEAR: Final = 2010
_LOWEST: Final = {"age": 17}
"""UCI's file has five customers of 17; a lead of today is of age."""
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read_uci(path: Path) -> TrainingData:
    """Read the training rows from `bank-additional-full.csv` or an archive of UCI's that holds it.

    Parameters
    ----------
    path : Path
        The CSV, `bank-additional.zip`, or `bank+marketing.zip` with that inside; told apart by content.

    Raises
    ------
    TrainingDataError
        The file is missing, too large, or not what UCI publishes; the message names the first thing wrong.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_CSV_BYTES + 1)
    except OSError as exc:
        raise TrainingDataError(
            f"{path.name} cannot be read. Check the path, or download the file with `python -m smartbank data fetch`."
        ) from exc
    csv = training_csv(content, path.name)
    raw = _text_frame(csv)
    return TrainingData(_training_frame(raw), hashlib.sha256(csv).hexdigest(), _beside(raw))


def parse_uci(csv: bytes) -> pd.DataFrame:
    """Return UCI's CSV as a frame of `TRAINING_COLUMNS`, in file order.

    The file names no day: calls of a month on one day of the week at one Euribor are taken for calls of one day.

    Raises
    ------
    TrainingDataError
        The columns differ from UCI's, there is no row, or a value is not one UCI's file can hold.
    """
    return _training_frame(_text_frame(csv))


def _training_frame(raw: pd.DataFrame) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    for field in (*LEAD_FIELDS, *MARKET_FIELDS):
        text = raw[UCI_NAMES.get(field.name, field.name)]
        columns[field.name] = _category(text, field) if field.kind == "category" else _number(text, field)
    columns["days_since_contact"] = columns["days_since_contact"].replace(NEVER_CONTACTED, np.nan)
    frame = pd.DataFrame(columns)
    frame["month"] = _only(raw["month"], _MONTHS)
    frame["year"] = _years(frame["month"])
    number = frame["month"].map({name: number for number, name in enumerate(_MONTHS, start=1)})
    frame[PERIOD] = [f"{year}-{month:02d}" for year, month in zip(frame["year"], number, strict=True)]
    frame[WEEKDAY] = _only(raw["day_of_week"], WEEKDAYS[:5]).astype("str")
    frame[DAY] = (frame[PERIOD] + " " + frame[WEEKDAY] + " " + raw["euribor3m"]).astype("str")
    frame[CONVERTED] = _only(raw["y"], ("yes", "no")) == "yes"
    return frame[list(TRAINING_COLUMNS)]


def _beside(raw: pd.DataFrame) -> pd.DataFrame:
    """Return `BESIDE_COLUMNS`, which only the standard models of a backtest see."""
    columns: dict[str, pd.Series] = {}
    for name, uci_name in (("cons_conf_idx", "cons.conf.idx"), ("nr_employed", "nr.employed")):
        columns[name] = pd.to_numeric(raw[uci_name], errors="coerce").astype("float64")
        _refuse(raw[uci_name], ~columns[name].map(isfinite))
    return pd.DataFrame(columns)[list(BESIDE_COLUMNS)]


def _text_frame(csv: bytes) -> pd.DataFrame:
    try:
        raw = pd.read_csv(io.BytesIO(csv), sep=";", dtype=str, keep_default_na=False, encoding="utf-8")
    except (ValueError, pd.errors.ParserError) as exc:
        raise TrainingDataError(
            "The training file is not a CSV with `;` between the columns. Take bank-additional-full.csv as UCI has it."
        ) from exc
    if tuple(raw.columns) != UCI_COLUMNS:
        missing = [name for name in UCI_COLUMNS if name not in raw.columns]
        raise TrainingDataError(
            f"The training file does not have UCI's 21 columns in order (missing: {', '.join(missing) or 'none'})."
            " Take bank-additional-full.csv; bank-full.csv is another file."
        )
    if raw.empty:
        raise TrainingDataError("The training file has column names but no rows.")
    return raw


def _category(text: pd.Series, field: Field) -> pd.Series:
    known = _only(text, (*field.levels, UNKNOWN))
    return known.mask(known == UNKNOWN).astype("str")


def _number(text: pd.Series, field: Field) -> pd.Series:
    numbers = pd.to_numeric(text, errors="coerce").astype("float64")
    wrong = ~numbers.between(_LOWEST.get(field.name, field.low), field.high)
    if field.kind == "integer":
        wrong |= numbers % 1 != 0
    _refuse(text, wrong)
    return numbers


def _only(text: pd.Series, allowed: tuple[str, ...]) -> pd.Series:
    _refuse(text, ~text.isin(allowed))
    return text


def _refuse(text: pd.Series, wrong: pd.Series) -> None:
    if wrong.any():
        row = int(np.argmax(wrong.to_numpy()))
        raise TrainingDataError(
            f"Line {row + 2} of the training file: {text.iloc[row][:40]!r} is not a value of {text.name}."
            " The file was changed or damaged; download it again."
        )


def _years(month: pd.Series) -> pd.Series:
    """Count the wrap-arounds of the month: the file has no year, and its rows are in the order of the calls."""
    number = month.map({name: number for number, name in enumerate(_MONTHS)})
    years = FIRST_YEAR + (number.diff() < 0).cumsum()
    if years.iloc[-1] > LAST_YEAR:
        raise TrainingDataError(
            f"The rows of the training file are not in the order of the calls: they would run to {years.iloc[-1]}, and"
            f" UCI's file ends in {LAST_YEAR}. Do not sort or shuffle it."
        )
    return years.astype("int64")
