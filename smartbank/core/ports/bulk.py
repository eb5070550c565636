"""What scoring from file to file needs: files anywhere, a model that takes codes, and processes that share the work."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from smartbank.core.bulk.batch import Batch
from smartbank.core.bulk.cleaning import Line
from smartbank.core.bulk.job import IntArray, Part, Piece, RankedBlock, Slice
from smartbank.core.bulk.kept import BestLeads, KeptIds, KeptLeads, WantedRows
from smartbank.core.ports.scorer import Scorer

Codes = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]
T = TypeVar("T")
R = TypeVar("R")


class CodeScorer(Scorer, Protocol):
    """A scorer that also takes leads as codes; the bits are those it gives the leads themselves."""

    def codes_of(self, field: str, values: Sequence[str | float | None]) -> Codes:
        """Return the codes of some clean values of a field, shape (n_values,); NaN is unknown."""
        ...

    def values_of(self, field: str, codes: Codes) -> list[str | float | None]:
        """Return the values that codes of a field stand for; None is unknown."""
        ...

    def margins_of(self, codes: Codes) -> FloatArray:
        """Return margins in log-odds, shape (n_leads,), from codes of shape (n_leads, 12)."""
        ...

    def contributions_of(self, codes: Codes) -> FloatArray:
        """Return exact SHAP values in log-odds, shape (n_leads, 12), columns as `LEAD_COLUMNS`."""
        ...


class LeadFiles(Protocol):
    """Parquet files on this computer or elsewhere."""

    def batches(self, piece: Piece, columns: Mapping[str, str]) -> Iterator[Batch]:
        """Yield the rows of a piece in order, some at a time, with the columns of a file by field.

        Raises
        ------
        LeadValidationError
            The file cannot be read any more.
        """
        ...

    def rows(self, piece: Piece, columns: Sequence[str], places: IntArray) -> Any:  # noqa: ANN401  pyarrow has no types
        """Return some rows of a piece, as a table of Arrow with these columns of the file as it has them.

        Parameters
        ----------
        places : int array of shape (n_rows,)
            Rows within the piece, from 0, rising.

        Raises
        ------
        LeadValidationError
            The file cannot be read any more.
        """
        ...


class BulkFolder(Protocol):
    """Where steps leave what others go on with, and where the result grows. Every method may raise `OutputError`."""

    def keep_model(self, model: bytes) -> None:
        """Keep the model, packed, for every process."""
        ...

    def kept_model(self) -> bytes:
        """Return the model, packed."""
        ...

    def keep_leads(self, piece: int, leads: KeptLeads) -> None:
        """Keep the scored leads of a piece; again, they are replaced."""
        ...

    def kept_leads(self, part: Slice, *, with_shifts: bool) -> KeptLeads:
        """Return a slice of the leads of a piece."""
        ...

    def keep_ids(self, piece: int, ids: KeptIds) -> None:
        """Keep the hashes of a piece's ids."""
        ...

    def kept_ids(self, piece: int, start: int, stop: int) -> KeptIds:
        """Return the hashes of a piece's ids from one place to another."""
        ...

    def keep_lines(self, piece: int, lines: Sequence[Line]) -> None:
        """Keep lines about rows that are not ranked."""
        ...

    def kept_lines(self, piece: int) -> list[Line]:
        """Return the lines of a piece; none if none were kept."""
        ...

    def write_part(self, part: Part, blocks: Iterator[RankedBlock], described: Mapping[str, str]) -> tuple[str, int]:
        """Write a part of the ranking, and return its SHA-256 in hex and its bytes."""
        ...

    def keep_best(self, part: int, best: BestLeads) -> None:
        """Keep where the rows of the best leads of a part are."""
        ...

    def kept_best(self, part: int) -> BestLeads:
        """Return what was kept of a part."""
        ...

    def keep_rows(self, wanted: WantedRows, rows: Any, *, id_column: str) -> None:  # noqa: ANN401  as above
        """Keep rows of a piece, a table of Arrow, with their ranks; each gets the id it was ranked by."""
        ...

    def write_best(self, pieces: Sequence[int]) -> tuple[str, int]:
        """Write the rows kept of some pieces, in rank order, and return the file's SHA-256 in hex and its bytes."""
        ...

    def write_aside(self, pieces: Iterator[tuple[Piece, Sequence[Line]]]) -> tuple[str, int]:
        """Write the file of the rows that are not ranked, and return its SHA-256 in hex and its bytes."""
        ...

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Write what the whole result is."""
        ...


class Runner(Protocol):
    """Processes that share pieces of work."""

    def map(self, function: Callable[[T], R], pieces: Sequence[T]) -> list[R]:
        """Return what a function says of each piece, in their order, wherever it was worked out.

        Raises
        ------
        ClusterError
            The processes are away, or gave a piece up.
        SmartBankError
            What the function raised.
        """
        ...
