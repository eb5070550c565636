"""Parquet files of leads: what their footers say, and their rows as distinct values and places."""

import hashlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from smartbank.adapters.bulk.own_files import require_leads
from smartbank.adapters.bulk.places import found, opened, stamp_of
from smartbank.adapters.files.parquet import FAILURES, as_texts, batches, number_texts, plain_paths, text_columns
from smartbank.core.bulk.batch import Batch, Cells, Ids
from smartbank.core.bulk.job import IntArray, LeadFile, Piece
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.identity import MAX_ID
from smartbank.core.tables import MAX_CELL, column_names
from smartbank.errors import LeadValidationError

BATCH_ROWS: Final = 131_072
_LOOKS: Final = 16
"""Footers that are read at once: of a store most of the time is waiting."""
_TAIL: Final = 8
"""Bytes at the end of a Parquet file: the length of its footer, and four letters."""


class ParquetLeads:
    """Parquet files wherever fsspec reaches. Meets `core.ports.bulk.LeadFiles`."""

    def batches(self, piece: Piece, columns: Mapping[str, str]) -> Iterator[Batch]:
        with _reading(piece.path) as file:
            texts = text_columns(pq.ParquetFile(file))
            parquet = pq.ParquetFile(file, read_dictionary=texts)
            paths = _paths(parquet, piece.path)
            asked = {field: _path(column, paths, piece.path) for field, column in columns.items()}
            first = 0
            for batch in batches(parquet, BATCH_ROWS, paths=list(asked.values()), groups=piece.groups):
                values = {field: _values(batch, path) for field, path in asked.items()}
                ids = _ids(values.pop(CUSTOMER_ID, None), batch.num_rows)
                yield Batch(first, batch.num_rows, {name: _cells(each) for name, each in values.items()}, ids)
                first += batch.num_rows

    def rows(self, piece: Piece, columns: Sequence[str], places: IntArray) -> Any:  # noqa: ANN401  pyarrow has no types
        found, first = [], 0
        with _reading(piece.path) as file:
            parquet = pq.ParquetFile(file)
            paths = {column: _path(column, _paths(parquet, piece.path), piece.path) for column in columns}
            for batch in batches(parquet, BATCH_ROWS, paths=list(paths.values()), groups=piece.groups):
                here = places[(places >= first) & (places < first + batch.num_rows)] - first
                values = [_plain(_values(batch, path).take(pa.array(here))) for path in paths.values()]
                found.append(pa.Table.from_arrays(values, names=list(paths)))
                first += batch.num_rows
        return pa.concat_tables(found)


def _path(column: str, paths: Mapping[str, tuple[str, ...]], file: str) -> tuple[str, ...]:
    """Return the way to a column that was there when the files were looked at."""
    if column not in paths:
        raise LeadValidationError(f'{file} has lost its column "{column}" since it was looked at.')
    return paths[column]


def _plain(values: Any) -> Any:  # noqa: ANN401  pyarrow has no types
    """Return a column without a dictionary of its own."""
    return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values


def lead_files(pattern: str) -> list[LeadFile]:
    """Return the files a path, folder or pattern stands for, in order, as their footers describe them.

    Raises
    ------
    LeadValidationError
        There is none, or one cannot be read.
    """
    with ThreadPoolExecutor(_LOOKS) as looks:
        return list(looks.map(_look, found(pattern)))


def _look(path: str) -> LeadFile:
    with _reading(path) as file:
        stamp = stamp_of(path)  # first: what changes meanwhile is noticed later
        parquet = pq.ParquetFile(file)
        require_leads(parquet.schema_arrow, path)
        metadata = parquet.metadata
        groups = tuple(int(metadata.row_group(place).num_rows) for place in range(metadata.num_row_groups))
        digest = hashlib.sha256(_footer(file)).hexdigest()[:8]
        return LeadFile(path, tuple(_paths(parquet, path)), groups, digest, stamp)


def require_unchanged(files: Sequence[LeadFile]) -> None:
    """Raise `LeadValidationError` where a file was written again or taken away since `lead_files` looked at it."""
    with ThreadPoolExecutor(_LOOKS) as looks:
        others = [file.path for file in looks.map(_if_changed, files) if file is not None]
    if others:
        raise LeadValidationError(
            f"Nothing was scored. {others[0]} was written again or taken away meanwhile. Score once no file changes."
        )


def _if_changed(file: LeadFile) -> LeadFile | None:
    try:
        return None if stamp_of(file.path, anew=True) == file.stamp else file
    except FAILURES:
        return file


@contextmanager
def _reading(path: str) -> Generator[IO[bytes]]:
    system, own = opened(path)
    try:
        with system.open(own, "rb") as file:
            yield file
    except LeadValidationError as exc:
        if path in str(exc):
            raise
        raise LeadValidationError(f"{path}: {exc}") from exc
    except FAILURES as exc:
        raise LeadValidationError(
            f"{path} cannot be read as Parquet. Check that it is there and whole, and that you may read it."
        ) from exc


def _footer(file: IO[bytes]) -> bytes:
    file.seek(-_TAIL, 2)
    length = int.from_bytes(file.read(4), "little")
    file.seek(-_TAIL - length, 2)
    return file.read(length)


def _paths(parquet: Any, path: str) -> dict[str, tuple[str, ...]]:  # noqa: ANN401  pyarrow has no types
    """Return the way to each plain column by its name."""
    paths = plain_paths(parquet.schema_arrow)
    names = [".".join(each) for each in paths]
    if len(set(names)) < len(names):
        raise LeadValidationError(f"Two columns of {path} have the same name. Rename one.")
    return dict(zip(column_names(names)[0], paths, strict=False))


def _values(batch: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401  pyarrow has no types
    values = batch.column(path[0])
    for name in path[1:]:
        values = pc.struct_field(values, name)
    return values


def _cells(values: Any) -> Cells:  # noqa: ANN401  pyarrow has no types
    """Return a column as its different texts, the last one for a missing value, and the place of each row's."""
    if pa.types.is_null(values.type):
        return Cells([""], np.zeros(len(values), dtype=np.int32))
    coded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    texts = _texts(coded.dictionary)
    return Cells([*texts, ""], pc.fill_null(coded.indices.cast(pa.int32()), len(texts)).to_numpy())


def _texts(values: Any) -> list[str]:  # noqa: ANN401  pyarrow has no types
    if pa.types.is_floating(values.type):
        return number_texts(values)
    cut = pc.utf8_slice_codeunits(as_texts(values), 0, MAX_CELL + 1)
    return [text or "" for text in cut.to_pylist()]


def _ids(values: Any, rows: int) -> Ids:  # noqa: ANN401  pyarrow has no types
    """Return customer ids as rows of bytes; too long ones, and those with letters no id may hold, by their row."""
    if values is None or pa.types.is_null(values.type):
        return Ids(np.zeros((rows, 1), dtype=np.uint8), {})
    values = _plain(values)
    if pa.types.is_floating(values.type):
        values = pa.array(number_texts(values), pa.large_string())
    texts = pc.utf8_trim_whitespace(pc.fill_null(as_texts(values), ""))
    bad = pc.or_(pc.greater(pc.binary_length(texts), MAX_ID), pc.invert(pc.string_is_ascii(texts)))
    unreadable = {
        int(row): texts[row].as_py()[: MAX_CELL + 1] for row in np.flatnonzero(bad.to_numpy(zero_copy_only=False))
    }
    if unreadable:
        texts = pc.if_else(bad, "", texts)
    width = max(1, int(pc.max(pc.binary_length(texts)).as_py() or 0))
    padded = pc.utf8_rpad(texts, width=width, padding="\0")
    start = padded.offset * width
    letters = (
        np.frombuffer(padded.buffers()[2], dtype=np.uint8, count=rows * width, offset=start)
        if rows
        else np.empty(0, np.uint8)
    )
    return Ids(letters.reshape(rows, width), unreadable)
