"""New columns for the training rows, read from a CSV file as text."""

import io
from pathlib import Path
from typing import Final

import pandas as pd

from smartbank.adapters.uci_archive import MAX_CSV_BYTES
from smartbank.core.wording import plural
from smartbank.errors import TrainingDataError

_SEPARATORS: Final = (";", ",", "\t")


def read_extra_columns(path: Path, *, n_rows: int) -> pd.DataFrame:
    """Return the columns of a CSV file as text, one row a training row and in the same order.

    The mark that occurs most in the first line (`;`, `,` or a tab) stands between the columns.

    Raises
    ------
    TrainingDataError
        The file is missing, too large, no table, names a column twice, or has another number of rows.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_CSV_BYTES + 1)
    except OSError as exc:
        raise TrainingDataError(f"{path.name} cannot be read. Check the path.") from exc
    if len(content) > MAX_CSV_BYTES:
        raise TrainingDataError(f"{path.name} is larger than {MAX_CSV_BYTES // 2**20} MB. Check fewer columns at once.")
    frame = _text_frame(content, path.name)
    if len(frame) != n_rows:
        raise TrainingDataError(
            f"{path.name} has {plural(len(frame), 'row')}, and there are {n_rows:,} training rows."
            " Write one row for each of them, in the same order."
        )
    return frame


def _text_frame(content: bytes, name: str) -> pd.DataFrame:
    try:
        first = content.split(b"\n", 1)[0].decode("utf-8-sig")
        separator = max(_SEPARATORS, key=first.count)
        rows = pd.read_csv(
            io.BytesIO(content),
            sep=separator,
            header=None,
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
            skip_blank_lines=False,
        )
    except (ValueError, pd.errors.ParserError) as exc:
        raise TrainingDataError(f"{name} is not a CSV file in UTF-8 with the names of the columns first.") from exc
    header = [str(each).strip() for each in rows.iloc[0]]
    if "" in header or len(set(header)) < len(header):
        raise TrainingDataError(f"{name} has a column without a name, or one name twice. Name each column once.")
    return rows.iloc[1:].set_axis(header, axis="columns").reset_index(drop=True)
