"""Marks that bar a customer, as a file brings them: also in rows that are not used for anything else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from smartbank.core.cells import level_of
from smartbank.core.consent import BARRING
from smartbank.core.fields import CONSENT_COLUMNS, CUSTOMER_ID, FIELD
from smartbank.core.identity import is_valid_id
from smartbank.core.wording import agreeing, plural

MARK_COLUMNS: Final = (CUSTOMER_ID, *CONSENT_COLUMNS)
"""A frame of marks holds what bars (`BARRING`) and NaN, never what allows."""


@dataclass(frozen=True)
class Marked:
    """What the marks of a file did: customers marked by it, customers marked so before, and ids that are not stored."""

    now: int = 0
    before: int = 0
    unknown: int = 0

    def __add__(self, other: "Marked") -> "Marked":
        """Return the counts of both."""
        return Marked(self.now + other.now, self.before + other.before, self.unknown + other.unknown)


@dataclass(frozen=True)
class UploadMarks:
    """Marks an upload said that stand now.

    Attributes
    ----------
    alone, elsewhere : mapping of str to int
        Customers by mark who have it from this upload alone, and who have it from somewhere else too.
    customers, others : tuple of str
        Ids of those with a mark from this upload alone, and of those who have theirs from somewhere else too.
    """

    alone: Mapping[str, int]
    elsewhere: Mapping[str, int]
    customers: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class SaidByUpload:
    """What an upload said against calling a customer: the marks, and whether that was withdrawn as a mistake."""

    upload_id: str
    marks: tuple[str, ...]
    withdrawn: bool


def bars(name: str, text: str) -> bool:
    """Whether a cell of one of `CONSENT_COLUMNS` bars a customer; a mark nobody can read that may bar, does."""
    level = level_of(FIELD[name], text)
    return level == BARRING[name] or (level is None and BARRING[name] == "yes")


def barring_marks(cells: Mapping[str, "pd.Series[str]"], ids: "pd.Series[str]") -> pd.DataFrame:
    """Return what bars in the cells of some rows, `MARK_COLUMNS` wide, only rows with a mark and a valid id.

    A do-not-call mark or an objection nobody can read counts as yes: it may be one. Rows keep their index.

    Parameters
    ----------
    cells : mapping
        The cells of each of `CONSENT_COLUMNS`, as they are written.
    """
    marked = pd.DataFrame(
        {
            name: cells[name].isin([text for text in cells[name].unique() if bars(name, text)])
            for name in CONSENT_COLUMNS
        }
    )
    barred_ids = ids[marked.any(axis=1)]
    valid = barred_ids[barred_ids.map(is_valid_id).astype(bool)]
    return _frame(valid, marked.loc[valid.index])


def gravest(marks: pd.DataFrame) -> pd.DataFrame:
    """Return marks with one row an id: a mark that one of its rows has, it has."""
    if marks.empty:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in MARK_COLUMNS})
    marked = pd.DataFrame({name: marks[name] == value for name, value in BARRING.items()})
    of_ids = marked.groupby(marks[CUSTOMER_ID].to_numpy(dtype=object)).any()
    return _frame(of_ids.index.to_series().astype("str"), of_ids).reset_index(drop=True)


def with_marks(leads: pd.DataFrame, marks: pd.DataFrame) -> pd.DataFrame:
    """Return leads with the marks that other rows of their file say of them; `marks` comes from `gravest`."""
    own = marks[marks[CUSTOMER_ID].isin(leads[CUSTOMER_ID])]
    if own.empty:
        return leads
    marked = {name: leads[CUSTOMER_ID].isin(own.loc[own[name].notna(), CUSTOMER_ID]) for name in BARRING}
    return leads.assign(**{name: leads[name].mask(marked[name], value) for name, value in BARRING.items()})


def list_sentence(marked: Marked) -> str:
    """Return what came of a list that holds marks and no leads."""
    return (
        "The file has no column for age and job, so it holds no leads, but marks of who must not be called: "
        f"{_customers(marked.now)} marked now and {marked.before:,} before. Ids that are not stored: "
        f"{marked.unknown:,}. Nothing is kept of those: bring the file again once they are customers."
    )


def mark_sentences(n_aside: int, marked: Marked, *, is_list: bool) -> list[str]:
    """Return what a file's marks did beside its leads: `n_aside` rows are not used but bar a customer."""
    said = []
    if n_aside:
        rows = f"{plural(n_aside, 'row')} that {agreeing(n_aside, 'is not used says', 'are not used say')}"
        said.append(f"{rows} that a customer must not be called; that is kept.")
    if marked.now and not is_list:
        said.append(
            f"{_customers(marked.now)} marked as not to be called when this file was read. That holds at once, also "
            "if you do not score it."
        )
    return said


def _customers(count: int) -> str:
    return f"{plural(count, 'stored customer')} {agreeing(count, 'was', 'were')}"


def _frame(ids: "pd.Series[str]", marked: pd.DataFrame) -> pd.DataFrame:
    columns = {
        name: pd.Series([value if each else None for each in marked[name]], index=marked.index, dtype="str")
        for name, value in BARRING.items()
    }
    return pd.DataFrame({CUSTOMER_ID: ids, **columns})[list(MARK_COLUMNS)]
