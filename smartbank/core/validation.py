"""Clean leads from a chunk of a file: good rows in the one frame shape, bad rows set aside with a reason."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.cell_rules import DUPLICATE, SHOWN, TEMPLATE_NOTE, TOO_LONG, read_texts
from smartbank.core.cells import number_of
from smartbank.core.columns import ColumnPlan
from smartbank.core.consent import consent_states
from smartbank.core.counts import Counts
from smartbank.core.fields import (
    CONSENT_COLUMNS,
    CONSENT_FIELDS,
    CUSTOMER_COLUMNS,
    CUSTOMER_ID,
    LEAD_FIELDS,
    MARKET_COLUMNS,
    MARKET_FIELDS,
    Field,
)
from smartbank.core.identity import ID_RULE, clean_name, clean_phone, is_valid_id, looks_garbled, row_id
from smartbank.core.marks import barring_marks
from smartbank.core.tables import MAX_CELL, TableChunk

ASIDE_COLUMNS: Final = ("row", "column", "value", "reason")

Hashes = npt.NDArray[np.uint64]
Problem = tuple[int, str, str, str]
NOTHING_SEEN: Final[Hashes] = np.empty(0, dtype=np.uint64)


@dataclass(frozen=True)
class CleanChunk:
    """What a chunk of a file gave.

    Attributes
    ----------
    leads : DataFrame
        `CUSTOMER_COLUMNS`, then `MARKET_COLUMNS` where the file has all of them; index 0 to n-1.
    aside : DataFrame
        `ASIDE_COLUMNS`: what was wrong, one line a cell, in the order of the file.
    marks : DataFrame
        `MARK_COLUMNS`: what bars a customer, of the clean rows and of those set aside.
    seen : array of uint64
        Sorted hashes of every id so far, for the next chunk.
    """

    leads: pd.DataFrame
    aside: pd.DataFrame
    marks: pd.DataFrame
    counts: Counts
    seen: Hashes


def nobody_refused(_customer_ids: Collection[str]) -> Mapping[str, str]:
    """Return no refusals."""
    return {}


def clean_chunk(
    chunk: TableChunk,
    plan: ColumnPlan,
    *,
    prefix: str,
    seen: Hashes,
    region: str | None,
    refused: Callable[[Collection[str]], Mapping[str, str]] = nobody_refused,
) -> CleanChunk:
    """Check and clean some rows: what each cell says first, then who it is.

    Parameters
    ----------
    prefix : str
        How ids of rows without one begin.
    seen : array of uint64, sorted
        Hashes of the ids of earlier chunks; a row with one of them is set aside.
    region : str or None
        Country of phone numbers without a country code; None drops such numbers.
    refused : callable
        Returns those of some ids that must not be taken in, each with the reason; neither the id nor a mark of such a
        row is kept.
    """
    rows = _filled(chunk.rows, plan)
    problems: list[Problem] = [(b.row, "", b.value[:SHOWN], b.reason) for b in chunk.broken]
    counts = Counts(rows=len(rows) + len(chunk.broken))
    problems += _long_cells(rows)

    values: dict[str, pd.Series] = {}
    for field in (*LEAD_FIELDS, *CONSENT_FIELDS):
        values[field.name], found, counted = _read(field, rows, plan)
        problems, counts = problems + found, counts + counted
    ids, found = _refused(_ids_of(rows, plan, prefix), plan, refused)
    problems += found
    ids, found, seen = _ids(ids, rows, plan, {problem[0] for problem in problems}, seen)
    counts += Counts(duplicates=sum(reason == DUPLICATE for *_, reason in found))
    problems += found

    bad = {problem[0] for problem in problems}
    good = rows.loc[~rows.index.isin(list(bad))]
    contact, counted = _contact_details(good, plan, region)
    leads = pd.DataFrame({CUSTOMER_ID: ids, **contact, **values}, index=good.index)[list(CUSTOMER_COLUMNS)]
    missing = Counter({f.name: int(leads[f.name].isna().sum()) for f in LEAD_FIELDS})
    states = Counter(consent_states(leads))
    counts += counted + Counts(clean=len(leads), aside=len(bad), missing=missing, consent=states)
    if plan.has_market:
        leads = leads.assign(**_market(good, plan))
        counts += Counts(market_gaps=int(leads[list(MARKET_COLUMNS)].isna().any(axis=1).sum()))
    aside = pd.DataFrame(sorted(problems), columns=list(ASIDE_COLUMNS))
    marks = barring_marks({name: _cells(rows, plan, name) for name in CONSENT_COLUMNS}, ids)
    counts += Counts(marks_aside=int(marks.index.isin(list(bad)).sum()))
    return CleanChunk(leads.reset_index(drop=True), aside, marks.reset_index(drop=True), counts, seen)


def marks_alone(chunk: CleanChunk) -> CleanChunk:
    """Return a chunk of a list that says who must not be called, and from which nobody can be ranked."""
    counts = chunk.counts
    kept = Counts(
        rows=counts.rows,
        aside=counts.aside,
        duplicates=counts.duplicates,
        listed=counts.clean,
        marks_aside=counts.marks_aside,
    )
    return replace(chunk, leads=chunk.leads.head(0), counts=kept)


def _filled(rows: pd.DataFrame, plan: ColumnPlan) -> pd.DataFrame:
    """Return the rows that hold anything and do not belong to the template."""
    blank = (rows == "").all(axis=1)
    note = _cells(rows, plan, CUSTOMER_ID).str.strip().str.casefold() == TEMPLATE_NOTE
    return rows.loc[~(blank | note)]


def _cells(rows: pd.DataFrame, plan: ColumnPlan, field: str) -> "pd.Series[str]":
    column = plan.fields.get(field)
    return rows[column] if column is not None else pd.Series("", index=rows.index, dtype="str")


def _long_cells(rows: pd.DataFrame) -> list[Problem]:
    return [
        (int(str(row)), str(column), text[:SHOWN], TOO_LONG)
        for column in rows.columns
        for row, text in rows.loc[rows[column].str.len() > MAX_CELL, column].items()
    ]


def _read(field: Field, rows: pd.DataFrame, plan: ColumnPlan) -> tuple[pd.Series, list[Problem], Counts]:
    cells = _cells(rows, plan, field.name)
    places, texts = pd.factorize(cells)
    read = read_texts(field, texts.tolist(), np.bincount(places, minlength=len(texts)).tolist())
    wrong = cells[cells.isin(list(read.problems))] if read.problems else cells.head(0)
    column = plan.fields.get(field.name, "")
    problems = [(int(str(row)), column, text[:SHOWN], read.problems[text]) for row, text in wrong.items()]
    dtype = "str" if field.kind == "category" else "float64"
    values = pd.Series(np.array(read.values, dtype=object)[places], index=cells.index, dtype=dtype)
    return values, problems, read.counts


def _ids_of(rows: pd.DataFrame, plan: ColumnPlan, prefix: str) -> "pd.Series[str]":
    """Return an id for each row, as the file gives it or made."""
    given = _cells(rows, plan, CUSTOMER_ID).str.strip()
    return pd.Series(
        [text or row_id(prefix, row) for row, text in zip(rows.index, given, strict=True)],
        index=rows.index,
        dtype="str",
    )


def _refused(
    ids: "pd.Series[str]", plan: ColumnPlan, refused: Callable[[Collection[str]], Mapping[str, str]]
) -> tuple["pd.Series[str]", list[Problem]]:
    """Return the ids without those that must not be taken in, and why not; nothing of such a row is repeated."""
    reasons = refused(set(ids))
    if not reasons:
        return ids, []
    column = plan.fields.get(CUSTOMER_ID, "")
    problems = [(int(str(row)), column, "", reasons[text]) for row, text in ids.items() if text in reasons]
    return ids.mask(ids.isin(list(reasons)), ""), problems


def _ids(
    ids: "pd.Series[str]", rows: pd.DataFrame, plan: ColumnPlan, bad: set[int], seen: Hashes
) -> tuple["pd.Series[str]", list[Problem], Hashes]:
    """Return the ids, what was wrong with those in the file, and the hashes seen by now.

    A row that is set aside for another reason does not take its id away from a later row.
    """
    column = plan.fields.get(CUSTOMER_ID, "")
    given = _cells(rows, plan, CUSTOMER_ID).str.strip()
    invalid = [int(str(row)) for row, text in ids.items() if text and not is_valid_id(text)]
    candidates = ids.loc[~ids.index.isin([*bad, *invalid])]
    hashes = pd.util.hash_array(candidates.to_numpy(dtype=object))
    repeated = np.isin(hashes, seen) | candidates.duplicated().to_numpy()
    problems = [(row, column, given[row][:SHOWN], ID_RULE) for row in invalid]
    problems += [(int(row), column, given[row][:SHOWN], DUPLICATE) for row in candidates.index[repeated]]
    return ids, problems, np.union1d(seen, hashes)


def _contact_details(
    good: pd.DataFrame, plan: ColumnPlan, region: str | None
) -> tuple[dict[str, "pd.Series[str]"], Counts]:
    names = [clean_name(text) for text in _cells(good, plan, "name")]
    given = _cells(good, plan, "phone").str.strip()
    phones = [clean_phone(text, region) if text else "" for text in given]
    dropped = sum(bool(text) and not phone for text, phone in zip(given, phones, strict=True))
    contact = {
        label: pd.Series([text or None for text in texts], index=good.index, dtype="str")
        for label, texts in (("name", names), ("phone", phones))
    }
    return contact, Counts(phones_dropped=dropped, garbled_names=sum(map(looks_garbled, names)))


def _market(good: pd.DataFrame, plan: ColumnPlan) -> dict[str, "pd.Series[float]"]:
    columns = {}
    for field in MARKET_FIELDS:
        cells = _cells(good, plan, field.name)
        numbers = {text: number_of(field, text).value for text in cells.unique()}
        columns[field.name] = pd.Series([numbers[text] for text in cells], index=cells.index, dtype="float64")
    return columns
