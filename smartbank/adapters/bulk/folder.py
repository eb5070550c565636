"""Where the steps of a scoring leave what others go on with, and where its result grows."""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from smartbank.adapters.bulk.best_rows import id_texts, in_rank_order, with_ids
from smartbank.adapters.bulk.places import opened, refusing, write_whole
from smartbank.adapters.files.parquet import PICKED
from smartbank.core.bulk.cleaning import Line
from smartbank.core.bulk.job import Job, Part, Piece, RankedBlock, Slice
from smartbank.core.bulk.kept import BestLeads, KeptIds, KeptLeads, WantedRows
from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.rules import BANDS

MANIFEST: Final = "_manifest.json"
"""Readers of a folder of Parquet pass over names that begin with `_`."""
MODEL: Final = "model.zip"
ASIDE: Final = "_set-aside.parquet"
BEST: Final = "_best.parquet"
_BEST: Final = [("piece", "<i8"), ("place", "<i8")]
_IDS: Final = np.dtype([("hash", "<u8"), ("place", "<i8"), ("step", "<i8")])
ASIDE_COLUMNS: Final = ("file", "row", "column", "value", "reason")
_REASONS: Final = 3


def lead_dtype(*, id_width: int, with_shifts: bool) -> np.dtype[Any]:
    """Return how a scored lead lies in its file; no pickle, and every lead takes as many bytes."""
    shift = [("shift", "<f8")] if with_shifts else []
    codes = ("codes", "<f4", (len(LEAD_COLUMNS),))
    return np.dtype([("place", "<i8"), ("margin", "<f8"), *shift, codes, ("id", "u1", (id_width,))])


class WorkFolder:
    """Files below two folders of a job. Meets `core.ports.bulk.BulkFolder`."""

    def __init__(self, job: Job) -> None:
        self._work, self._ready = job.work, job.ready

    def keep_model(self, model: bytes) -> None:
        self._write(f"{self._work}/{MODEL}", model)

    def kept_model(self) -> bytes:
        return self._whole(MODEL)

    def keep_leads(self, piece: int, leads: KeptLeads) -> None:
        with_shifts = bool(len(leads.shifts))
        kept = np.empty(len(leads.places), dtype=lead_dtype(id_width=leads.ids.shape[1], with_shifts=with_shifts))
        kept["place"], kept["margin"], kept["codes"], kept["id"] = leads.places, leads.margins, leads.codes, leads.ids
        if with_shifts:
            kept["shift"] = leads.shifts
        self._write(f"{self._work}/leads-{piece}", kept.tobytes())

    def kept_leads(self, part: Slice, *, with_shifts: bool) -> KeptLeads:
        dtype = lead_dtype(id_width=part.id_width, with_shifts=with_shifts)
        kept = np.frombuffer(self._read(f"leads-{part.piece}", part.start, part.stop, dtype.itemsize), dtype=dtype)
        shifts = kept["shift"] if with_shifts else np.empty(0)
        return KeptLeads(kept["place"], kept["margin"], shifts, kept["codes"], kept["id"])

    def keep_ids(self, piece: int, ids: KeptIds) -> None:
        kept = np.empty(len(ids.hashes), dtype=_IDS)
        kept["hash"], kept["place"], kept["step"] = ids.hashes, ids.places, ids.steps
        self._write(f"{self._work}/ids-{piece}", kept.tobytes())

    def kept_ids(self, piece: int, start: int, stop: int) -> KeptIds:
        kept = np.frombuffer(self._read(f"ids-{piece}", start, stop, _IDS.itemsize), dtype=_IDS)
        return KeptIds(kept["hash"], kept["place"], kept["step"])

    def keep_lines(self, piece: int, lines: Sequence[Line]) -> None:
        self._write(f"{self._work}/lines-{piece}", json.dumps(lines).encode())

    def kept_lines(self, piece: int) -> list[Line]:
        lines = json.loads(self._whole(f"lines-{piece}"))
        return [(row, column, value, reason) for row, column, value, reason in lines]

    def write_part(self, part: Part, blocks: Iterator[RankedBlock], described: Mapping[str, str]) -> tuple[str, int]:
        content = io.BytesIO()
        writer: Any = None
        for block in blocks:
            table = _table(block)
            if writer is None:
                schema = table.schema.with_metadata(dict(described))
                writer = pq.ParquetWriter(content, schema, use_dictionary=["propensity", "band", *_reason_names(block)])
            writer.write_table(table.replace_schema_metadata(dict(described)))
        writer.close()
        return self._finished(part.name, content.getvalue())

    def keep_best(self, part: int, best: BestLeads) -> None:
        kept = np.empty(len(best.places), dtype=[*_BEST, ("id", "u1", (best.ids.shape[1],))])
        kept["piece"], kept["place"], kept["id"] = best.pieces, best.places, best.ids
        content = io.BytesIO()
        np.save(content, kept, allow_pickle=False)
        self._write(f"{self._work}/best-{part}", content.getvalue())

    def kept_best(self, part: int) -> BestLeads:
        kept = np.load(io.BytesIO(self._whole(f"best-{part}")), allow_pickle=False)
        return BestLeads(kept["piece"], kept["place"], kept["id"])

    def keep_rows(self, wanted: WantedRows, rows: Any, *, id_column: str) -> None:  # noqa: ANN401  as above
        content = io.BytesIO()
        pq.write_table(with_ids(rows, wanted, id_column), content)
        self._write(f"{self._work}/rows-{wanted.piece.number}", content.getvalue())

    def write_best(self, pieces: Sequence[int]) -> tuple[str, int]:
        content = io.BytesIO()
        kept = [pq.read_table(io.BytesIO(self._whole(f"rows-{piece}"))) for piece in pieces]
        pq.write_table(in_rank_order(kept).replace_schema_metadata({PICKED: b"true"}), content)
        return self._finished(BEST, content.getvalue())

    def write_aside(self, pieces: Iterator[tuple[Piece, Sequence[Line]]]) -> tuple[str, int]:
        content = io.BytesIO()
        kinds = [pa.string(), pa.int64(), pa.string(), pa.string(), pa.string()]
        schema = pa.schema(list(zip(ASIDE_COLUMNS, kinds, strict=True)))
        with pq.ParquetWriter(content, schema) as writer:
            for piece, lines in pieces:
                rows = [(piece.path, piece.first_row + row, *said) for row, *said in lines]
                columns = [pa.array([row[place] for row in rows], kind) for place, kind in enumerate(kinds)]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
        return self._finished(ASIDE, content.getvalue())

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        self._write(f"{self._ready}/{MANIFEST}", json.dumps(manifest, indent=1, ensure_ascii=False).encode() + b"\n")

    def _finished(self, name: str, content: bytes) -> tuple[str, int]:
        self._write(f"{self._ready}/{name}", content)
        return hashlib.sha256(content).hexdigest(), len(content)

    def _write(self, address: str, content: bytes) -> None:
        write_whole(address, content, beside=self._work)

    def _whole(self, name: str) -> bytes:
        with refusing(self._work):
            system, path = opened(f"{self._work}/{name}")
            return bytes(system.cat_file(path))

    def _read(self, name: str, start: int, stop: int, size: int) -> bytes:
        if start == stop:
            return b""  # an object store has no range without a byte
        with refusing(self._work):
            system, path = opened(f"{self._work}/{name}")
            return bytes(system.cat_file(path, start=start * size, end=stop * size))


def _table(block: RankedBlock) -> Any:  # noqa: ANN401  pyarrow has no types
    rows = len(block.propensities)
    columns = {
        "rank": pa.array(np.arange(block.first_rank, block.first_rank + rows, dtype=np.int64)),
        "customer_id": id_texts(block.ids),
        "propensity": pa.array(block.propensities),
        "band": pa.DictionaryArray.from_arrays(pa.array(block.bands), pa.array(BANDS, pa.string())),
    }
    if block.reasons is not None:
        sentences = pa.array(block.sentences, pa.string())
        for place, name in enumerate(_reason_names(block)):
            chosen = np.ascontiguousarray(block.reasons[:, place])
            columns[name] = pa.DictionaryArray.from_arrays(pa.array(chosen, mask=chosen < 0), sentences)
    return pa.table(columns)


def _reason_names(block: RankedBlock) -> list[str]:
    return [] if block.reasons is None else [f"reason_{place + 1}" for place in range(_REASONS)]
