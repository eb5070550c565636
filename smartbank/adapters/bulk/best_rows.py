"""Rows of the best leads as tables of Arrow: with the ids they were ranked by, and in rank order."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smartbank.adapters.files.parquet import as_texts, number_texts
from smartbank.core.bulk.ids import Bytes, lengths
from smartbank.core.bulk.kept import WantedRows

_RANK: Final = "__rank"
"""No column SmartBank knows has this name, and no other column is here."""


def with_ids(rows: Any, wanted: WantedRows, id_column: str) -> Any:  # noqa: ANN401  pyarrow has no types
    """Return rows with their ranks and the ids they were ranked by, also where the file brought none."""
    place = rows.schema.get_field_index(id_column)
    ids = id_texts(wanted.ids)
    named = rows.add_column(0, id_column, ids) if place < 0 else rows.set_column(place, id_column, ids)
    return named.append_column(_RANK, pa.array(wanted.ranks))


def in_rank_order(tables: Sequence[Any]) -> Any:  # noqa: ANN401  as above
    """Return the rows of several tables as one, best first; a column whose kind differs among them becomes text."""
    ranks = pa.chunked_array([chunk for table in tables for chunk in table[_RANK].chunks])
    names = [name for name in tables[0].column_names if name != _RANK]
    whole = pa.table({name: _one_kind([table[name].combine_chunks() for table in tables]) for name in names})
    return whole.take(pc.array_sort_indices(ranks.combine_chunks()))


def _one_kind(parts: Sequence[Any]) -> Any:  # noqa: ANN401  as above
    if len({str(part.type) for part in parts}) > 1:
        parts = [
            pa.array(number_texts(part), pa.large_string()) if pa.types.is_floating(part.type) else as_texts(part)
            for part in parts
        ]
    return pa.chunked_array(parts)


def id_texts(rows: Bytes) -> Any:  # noqa: ANN401  as above
    """Return ids that are rows of bytes as an array of texts."""
    offsets = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum(lengths(rows), out=offsets[1:])
    letters = np.ascontiguousarray(rows[rows != 0])
    return pa.Array.from_buffers(pa.string(), len(rows), [None, pa.py_buffer(offsets), pa.py_buffer(letters)])
