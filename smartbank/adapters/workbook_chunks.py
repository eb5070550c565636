"""A workbook as a stream of bytes, made in a temporary file: its directory comes last."""

import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import pandas as pd

from smartbank.adapters.spreadsheets import NO_ROOM, write_xlsx
from smartbank.core.exports import EXPORT_COLUMNS, ExportColumn
from smartbank.errors import StorageError

_CHUNK: Final = 1 << 20


def workbook_chunks(
    frames: Iterator[pd.DataFrame],
    *,
    columns: Sequence[ExportColumn] = EXPORT_COLUMNS,
    created: datetime | None = None,
) -> Iterator[bytes]:
    """Yield the bytes of a workbook of leads; raises as `write_xlsx`."""
    try:
        with tempfile.TemporaryFile(prefix="smartbank-") as spool:
            write_xlsx(frames, spool, columns=columns, created=created)
            spool.seek(0)
            yield from iter(lambda: spool.read(_CHUNK), b"")
    except OSError as exc:
        raise StorageError(NO_ROOM) from exc
