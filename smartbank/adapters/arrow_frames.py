"""Data frames as Arrow IPC bytes of a bounded size, and back with the same dtypes."""

from collections.abc import Iterator

import pandas as pd
import pyarrow as pa

_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


def frame_chunks(frame: pd.DataFrame, max_bytes: int) -> Iterator[bytes]:
    """Yield a frame as Arrow IPC streams of at most `max_bytes`, split by rows; one for an empty frame.

    A single row larger than that is one chunk of its own. The index is not kept.
    """
    table = pa.Table.from_pandas(frame, preserve_index=False)
    rows = max(1, len(frame) * max_bytes // max(table.nbytes, 1))
    for start in range(0, max(len(frame), 1), rows):
        yield from _halved(table.slice(start, rows), max_bytes)


def read_frame(data: bytes, columns: list[str] | None = None) -> pd.DataFrame:
    """Return the frame of one Arrow IPC stream, or the columns asked for, in that order."""
    table = pa.ipc.open_stream(pa.py_buffer(data)).read_all()
    frame: pd.DataFrame = (table if columns is None else table.select(columns)).to_pandas()
    return frame


def _halved(table: pa.Table, max_bytes: int) -> Iterator[bytes]:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as stream:
        stream.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    if len(data) <= max_bytes or table.num_rows <= 1:
        yield data
        return
    half = table.num_rows // 2
    yield from _halved(table.slice(0, half), max_bytes)
    yield from _halved(table.slice(half), max_bytes)
