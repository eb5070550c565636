"""Parquet files as tables of text: nested columns become `block.field`, and sizes are checked before reading."""

import math
from collections.abc import Generator, Iterator, Sequence
from typing import IO, Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from smartbank.adapters.files.parquet_footer import RowGroup, row_groups
from smartbank.core.tables import MAX_CELL, MAX_COLUMNS, MAX_ROWS, TableChunk, column_names
from smartbank.errors import LeadValidationError

PICKED: Final = b"smartbank.picked"
"""In the metadata of a file that `score --best` wrote."""
MAX_UNPACKED: Final = 1024**3
"""Bytes a Parquet file may say it takes when unpacked."""
MAX_AVERAGE_CELL: Final = 2 * MAX_CELL
"""Bytes the cells of a column may take on average: they are in memory before they are cut to `MAX_CELL`."""
_SMALL: Final = 2**20
_BROKEN: Final = "The Parquet file is damaged and cannot be read. Save it again, or as CSV."
_NO_TEXT: Final = (
    "A column of the Parquet file that SmartBank reads holds bytes that are no text in UTF-8. Save it as text, or "
    "leave it out."
)
FAILURES: Final = (pa.ArrowException, OSError, ValueError, TypeError, LookupError, ArithmeticError, MemoryError)


class ParquetTable:
    """A Parquet file as a table; meets `smartbank.core.ports.Table`."""

    def __init__(self, spool: IO[bytes], content_hash: str) -> None:
        try:
            plain = pq.ParquetFile(spool, pre_buffer=False)
            _validate_size(plain.metadata, row_groups(spool))
            # Texts stay dictionaries: one long text that a million rows repeat is kept once.
            self._file = pq.ParquetFile(spool, pre_buffer=False, read_dictionary=text_columns(plain))
            paths = plain_paths(self._file.schema_arrow)
        except FAILURES as exc:
            raise LeadValidationError(_BROKEN) from exc
        names = [".".join(path) for path in paths]
        if len(set(names)) < len(names):
            raise LeadValidationError("Two columns of the Parquet file have the same name. Rename one and try again.")
        self.columns, self.notices = column_names(names)
        self._paths = dict(zip(self.columns, paths, strict=False))  # a nameless last column is left out
        self.content_hash = content_hash
        self.expected_rows = int(self._file.metadata.num_rows)
        self.picked = PICKED in (self._file.schema_arrow.metadata or {})

    def chunks(self, rows: int, columns: list[str]) -> Generator[TableChunk, None, None]:
        first = 2
        paths = [self._paths[name] for name in columns]
        try:
            for batch in batches(self._file, rows, paths=paths):
                index = pd.RangeIndex(first, first + batch.num_rows)
                cells = {name: _cells(batch, path) for name, path in zip(columns, paths, strict=True)}
                yield TableChunk(pd.DataFrame(cells).set_axis(index, axis="index"))
                first += batch.num_rows
        except FAILURES as exc:
            raise LeadValidationError(_BROKEN) from exc


def _validate_size(metadata: Any, groups: list[RowGroup]) -> None:  # noqa: ANN401  pyarrow has no types
    if metadata.num_rows > MAX_ROWS:
        raise LeadValidationError(
            f"The file has {metadata.num_rows:,} rows; {MAX_ROWS:,} is the limit. Split it into smaller files."
        )
    if metadata.num_columns > MAX_COLUMNS:
        raise LeadValidationError(
            f"The file has {metadata.num_columns:,} columns; {MAX_COLUMNS} is the limit. Keep the columns described "
            "in the template and try again."
        )
    parts = [part for group in groups for part in group.columns]
    unpacked = max(sum(group.unpacked for group in groups), sum(part.unpacked for part in parts))
    if unpacked > MAX_UNPACKED:
        raise LeadValidationError("The Parquet file is too large when unpacked. Split it into smaller files.")
    if any(part.unpacked > _SMALL + MAX_AVERAGE_CELL * part.values for part in parts):
        raise LeadValidationError(
            f"A column of the Parquet file holds texts far longer than {MAX_CELL:,} characters. Leave it out and "
            "try again."
        )


def text_columns(file: Any) -> list[str]:  # noqa: ANN401  pyarrow has no types
    """Return the columns of a file that hold texts."""
    columns = (file.schema.column(place) for place in range(file.metadata.num_columns))
    return [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]


def batches(
    file: Any,  # noqa: ANN401  pyarrow has no types
    rows: int,
    *,
    paths: Sequence[tuple[str, ...]],
    groups: Sequence[int] | None = None,
) -> Iterator[Any]:
    """Yield some columns of row groups of a file, all of them by default, at most so many rows at a time.

    A column within another is read a row group at a time: its dictionary changes with the group, over which pyarrow
    cannot go on.
    """
    asked = range(file.metadata.num_row_groups) if groups is None else groups
    together = [[group] for group in asked] if any(len(path) > 1 for path in paths) else [list(asked)]
    columns = [".".join(path) for path in paths]
    for some in together:
        yield from file.iter_batches(rows, row_groups=some, columns=columns, use_threads=False)


def plain_paths(schema: Any) -> list[tuple[str, ...]]:  # noqa: ANN401  pyarrow has no types
    """Return the ways to the plain columns of a schema, in order."""
    return [path for field in schema for path in _paths(field)]


def _paths(field: Any, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:  # noqa: ANN401  pyarrow has no types
    """Return the ways to the plain columns of a field; lists, maps and bytes of one length are none."""
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    here = (*above, field.name)
    if pa.types.is_struct(kind):
        return [path for child in kind for path in _paths(child, here)]
    return [] if pa.types.is_nested(kind) or pa.types.is_fixed_size_binary(kind) else [here]


def _cells(batch: Any, path: tuple[str, ...]) -> "pd.Series[str]":  # noqa: ANN401  pyarrow has no types
    """Return one column as text, cut where it is too long to be used, empty where it is missing."""
    values = batch.column(path[0])
    for name in path[1:]:
        values = pc.struct_field(values, name)
    if pa.types.is_dictionary(values.type):
        cut = pc.utf8_slice_codeunits(as_texts(values.dictionary), 0, MAX_CELL + 1)
        values = pc.take(cut, values.indices)
    elif pa.types.is_floating(values.type):
        return pd.Series(number_texts(values), dtype="str")
    texts = pc.fill_null(pc.utf8_slice_codeunits(as_texts(values), 0, MAX_CELL + 1), "")
    return pd.Series(texts.to_pandas(), dtype="str")


def as_texts(values: Any) -> Any:  # noqa: ANN401  pyarrow has no types
    """Return values as texts; bytes are UTF-8, as older Spark, Hive and Impala write theirs.

    Raises
    ------
    LeadValidationError
        Bytes are none.
    """
    try:
        return values.cast(pa.large_string())
    except pa.ArrowInvalid as exc:
        if not (pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type)):
            raise
        raise LeadValidationError(_NO_TEXT) from exc


def number_texts(values: Any) -> list[str]:  # noqa: ANN401  pyarrow has no types
    """Return numbers as text, whole ones without a point or an exponent: they may be ids or phone numbers."""
    pairs = zip(values.to_pylist(), values.cast(pa.large_string()).to_pylist(), strict=True)
    return [
        "" if value is None or math.isnan(value) else str(int(value)) if value.is_integer() else text
        for value, text in pairs
    ]
