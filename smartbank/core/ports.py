"""What the use cases need from the outside, said as protocols; every repository method may raise `StorageError`."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.customers import CustomerQuery, SaveCounts
from smartbank.core.people import User
from smartbank.core.rules import ScoringRules
from smartbank.core.tables import TableChunk
from smartbank.core.work import Progress, Work, WorkKind

FloatArray = npt.NDArray[np.float64]


class Scorer(Protocol):
    """A loaded model: ranking margins and their exact parts. One row gives the same bits alone or in a batch."""

    @property
    def version(self) -> str:
        """Identifier stored beside every score it makes."""
        ...

    @property
    def card(self) -> Mapping[str, Any]:
        """The model card, as JSON values."""
        ...

    @property
    def base_value(self) -> float:
        """Margin of the average training row, in log-odds: contributions are measured from here."""
        ...

    def margins(self, leads: pd.DataFrame) -> FloatArray:
        """Return ranking margins in log-odds, shape (n_leads,); columns are `LEAD_COLUMNS`, others are ignored."""
        ...

    def contributions(self, leads: pd.DataFrame) -> FloatArray:
        """Return exact SHAP values in log-odds, shape (n_leads, 12), columns as `LEAD_COLUMNS`.

        Each row plus `base_value` equals its margin within 1e-4.
        """
        ...

    def market_terms(self, market: pd.DataFrame) -> FloatArray:
        """Return the level model's log-odds, shape (n_rows,), from `MARKET_FEATURES`; clipped to the training range."""
        ...

    def cpi_year_on_year(self, cpi: FloatArray) -> FloatArray:
        """Return year on year percent for index levels (2012 = 100) of training months; NaN for any other level."""
        ...

    def reference_margins(self) -> FloatArray:
        """Return the margins of the reference leads, the anchor of a run too small to anchor itself."""
        ...

    def rate(self, field: str, value: str | float | None) -> tuple[str, float, int] | None:
        """Return what share of the training rows like this one said yes.

        Returns
        -------
        tuple or None
            The group in words ("age 30 to 39"), its conversion rate in [0, 1] and its number of rows;
            None where the training data has no such row.
        """
        ...


class CustomerRepository(Protocol):
    """Where customers are kept; one document a customer, the newest version."""

    def save_many(self, customers: pd.DataFrame, *, source: Mapping[str, Any], saved_at: datetime) -> SaveCounts:
        """Add or change customers; the frame is `CUSTOMER_COLUMNS` wide.

        An equal customer is left alone, a changed one gets the next version and its earlier one is kept.
        Safe to repeat. `source` says where they came from (`kind`, `name`, `synthetic`).
        """
        ...

    def ids(self, query: CustomerQuery) -> list[str]:
        """Return the ids that match, in the order asked for (ties by id); `query.bands` is not looked at."""
        ...

    def load(self, customer_ids: list[str]) -> pd.DataFrame:
        """Return customers in the order asked for; unknown ids are left out.

        `CUSTOMER_COLUMNS` and `customer_version`, `synthetic`, `source_name`, `updated_at` wide.
        """
        ...

    def standing(self, customer_ids: list[str]) -> pd.DataFrame:
        """Return `customer_version` and `synthetic` as stored, one row an id; unknown ids are left out."""
        ...

    def contact_details(self, customer_ids: list[str]) -> pd.DataFrame:
        """Return `name`, `phone` and `synthetic`, one row an id in the order asked for; missing for unknown ids."""
        ...

    def count(self) -> int:
        """Return how many customers are stored."""
        ...


class WorkQueue(Protocol):
    """Queued work under leases: a worker that dies loses its lease, and another one starts the work again."""

    def add(self, work: Work) -> None:
        """Queue work."""
        ...

    def find(self, work_id: str) -> Work:
        """Return a piece of work. Raises `NotFoundError`."""
        ...

    def recent(self, kind: WorkKind, *, limit: int = 20) -> list[Work]:
        """Return the newest pieces of work of a kind, newest first, whatever their state; never more than 100."""
        ...

    def unfinished(self, *, limit: int = 20) -> list[Work]:
        """Return work of every kind that waits or runs, oldest first; quick however much was done before."""
        ...

    def unexpired(self, kind: WorkKind) -> list[Work]:
        """Return the work of a kind that is not expired, oldest first: what waits, runs, or ended and is kept."""
        ...

    def expire(self, work_id: str) -> bool:
        """Mark work that has ended as expired and empty its result; return whether it was done by this call."""
        ...

    def claim(self, worker: str, *, now: datetime, work_id: str | None = None) -> Work | None:
        """Take the oldest piece of work that waits or whose lease has run out, and mark it running.

        With a `work_id` it is that piece or none.
        """
        ...

    def report(self, work_id: str, worker: str, progress: Progress, *, now: datetime) -> None:
        """Tell how far the work is and renew the lease. Raises `WorkCancelledError` if it is no longer the worker's."""
        ...

    def finish(self, work_id: str, worker: str, result: Mapping[str, Any], *, now: datetime) -> None:
        """Mark the work done, with what came of it. Raises `WorkCancelledError` if it is no longer the worker's."""
        ...

    def fail(self, work_id: str, worker: str, error: str, *, now: datetime) -> None:
        """Mark the work failed, with a message for the screen. Does nothing if it is no longer the worker's."""
        ...

    def release(self, work_id: str, worker: str, *, now: datetime) -> None:
        """Give unfinished work back, to wait for the next worker. Does nothing if it is no longer the worker's."""
        ...

    def cancel(self, work_id: str, *, now: datetime) -> bool:
        """Cancel work that is not final; return whether it was cancelled by this call."""
        ...


class FrameStore(Protocol):
    """Where data frames are kept as Arrow chunks of at most 8 MB, by owner ("run:ID", "upload:ID:rows")."""

    def append(self, owner: str, part: int, frame: pd.DataFrame) -> None:
        """Keep one part; the same part again replaces it."""
        ...

    def parts(self, owner: str, *, columns: list[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield the parts in order; nothing for an unknown owner."""
        ...

    def load(self, owner: str, *, columns: list[str] | None = None) -> pd.DataFrame:
        """Return all parts as one frame; an empty frame without columns for an unknown owner."""
        ...

    def delete(self, owner: str) -> None:
        """Delete every part."""
        ...


class FileStore(Protocol):
    """Where whole files are kept: raw uploads until they are read, exports until they expire."""

    def save(self, file_id: str, chunks: Iterable[bytes]) -> int:
        """Keep a file and return its size in bytes; the same id again replaces it."""
        ...

    def open(self, file_id: str) -> Iterator[bytes]:
        """Yield a file in chunks. Raises `NotFoundError` before the first chunk."""
        ...

    def delete(self, file_id: str) -> None:
        """Delete a file; an unknown one is no error."""
        ...

    def saved_before(self, moment: datetime) -> list[str]:
        """Return the files whose saving began before a moment, also those whose saving was cut short, by id."""
        ...


class PredictionRepository(Protocol):
    """The history of predictions, one document a lead and run."""

    def save_many(self, predictions: list[dict[str, Any]]) -> None:
        """Keep predictions of a run, unique by (run_id, rank); the same ones again change nothing."""
        ...

    def history(self, customer_id: str, *, limit: int = 50) -> list[dict[str, Any]]:
        """Return a customer's predictions, newest first."""
        ...

    def delete_run(self, run_id: str) -> None:
        """Delete what an unfinished run has written."""
        ...


class UserRepository(Protocol):
    """Users, their sessions, and failed sign-ins."""

    def find(self, username: str) -> User | None:
        """Return a user by name, which is kept in lower case."""
        ...

    def all(self) -> list[User]:
        """Return every user in order of name."""
        ...

    def save(self, user: User) -> None:
        """Add or replace a user."""
        ...

    def start_session(self, token_hash: str, username: str, *, now: datetime, expires_at: datetime) -> None:
        """Keep a session by the hash of its token."""
        ...

    def session_user(self, token_hash: str, *, now: datetime) -> User | None:
        """Return the user of a live session; None if it ended or expired, or the user is disabled."""
        ...

    def end_session(self, token_hash: str) -> None:
        """End one session; an unknown one is no error."""
        ...

    def end_sessions_of(self, username: str) -> int:
        """End every session of a user and return how many there were."""
        ...

    def add_ticket(self, ticket_hash: str, username: str, *, expires_at: datetime) -> None:
        """Keep a one-time ticket that can be turned into a session."""
        ...

    def redeem_ticket(self, ticket_hash: str, *, now: datetime) -> str | None:
        """Return the user name of a live ticket and delete it; None if it is unknown, used or expired."""
        ...

    def record_failure(self, key: str, *, now: datetime) -> None:
        """Count one failed sign-in for a key (a user name or an address)."""
        ...

    def failures(self, key: str, *, since: datetime) -> int:
        """Return the failed sign-ins of a key since a moment."""
        ...

    def clear_failures(self, key: str) -> None:
        """Forget the failed sign-ins of a key."""
        ...


class SettingsRepository(Protocol):
    """The rules in force."""

    def rules(self) -> ScoringRules:
        """Return the newest rules, or the defaults when none were saved."""
        ...


class Table(Protocol):
    """An opened file of customers. Every method may raise `LeadValidationError`."""

    columns: list[str]
    notices: list[str]
    content_hash: str
    expected_rows: int
    """Column names, each once; what to tell the user; SHA-256 of the file in hex; rows at most, for progress."""

    def chunks(self, rows: int, columns: list[str]) -> Generator[TableChunk, None, None]:
        """Yield the rows below the header from the first on, so many at a time, with these columns as text."""
        ...


class TableReader(Protocol):
    """Opens whatever was uploaded as a table."""

    def __call__(self, chunks: Iterable[bytes], filename: str) -> AbstractContextManager[Table]:
        """Open a file for as long as the context lasts. Raises `LeadValidationError` for what is not a table."""
        ...
