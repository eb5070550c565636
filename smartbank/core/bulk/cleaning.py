"""Leads from columns of a file as codes, by `smartbank.core.cell_rules`.

A million rows hold a few hundred different ages and jobs. Each is read once, by the rules an upload is read by; rows
follow by their places. Only customer ids are looked at one by one, as bytes.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smartbank.core.bulk.batch import Batch, BoolArray, Cells
from smartbank.core.bulk.ids import Bytes, are_text, are_valid, id_rows, widened
from smartbank.core.bulk.marks import BARRED, States, barred_states_of, marked_states
from smartbank.core.cell_rules import SHOWN, TEMPLATE_NOTE, TOO_LONG, Value, read_texts
from smartbank.core.cells import number_of
from smartbank.core.columns import ColumnPlan
from smartbank.core.consent import STATE_NAMES, ConsentState
from smartbank.core.counts import Counts
from smartbank.core.fields import (
    CONSENT_COLUMNS,
    CUSTOMER_ID,
    FIELD,
    LEAD_FIELDS,
    MARKET_FIELDS,
)
from smartbank.core.identity import ID_RULE, row_id
from smartbank.core.tables import MAX_CELL

FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.float32]
CodesOf = Callable[[str, Sequence[Value]], Codes]
"""Returns the model's codes of some values of a field."""
Line = tuple[int, str, str, str]
"""Row within the piece from 0, column, value, reason."""


@dataclass(frozen=True)
class Cleaned:
    """The rows of a batch that are ranked, and lines about those that are not.

    Attributes
    ----------
    places : int array of shape (n_leads,)
        Rows within the piece, from 0.
    codes : float32 array of shape (n_leads, 12)
    market : array of shape (n_leads, 3)
        `MARKET_COLUMNS` of the rows, NaN where they cannot be read; no columns where they were not asked for.
    marked_ids, marks : array of shape (n_marked, width) and (n_marked,)
        Ids of the rows that bar their customer, ranked or not, and by which state, as a place in `BARRED`.
    """

    places: npt.NDArray[np.int64]
    ids: Bytes
    codes: Codes
    market: FloatArray
    lines: list[Line]
    counts: Counts
    barred: Counter[ConsentState]
    blank: int
    marked_ids: Bytes
    marks: States


def clean_batch(
    batch: Batch,
    plan: ColumnPlan,
    *,
    codes_of: CodesOf,
    id_prefix: str,
    first_row: int,
    with_market: bool,
    require_consent: bool,
) -> Cleaned:
    """Return the clean rows of a batch as codes, and why the others are not ranked.

    Parameters
    ----------
    id_prefix : str
        How ids of rows without one begin.
    first_row : int
        Number in the file of the first row of the piece: ids of rows without one end with the row's number.
    """
    blank = _blank(batch)
    passed = np.flatnonzero(blank)
    lines = _long_cells(batch, plan)
    codes = np.full((batch.rows, len(LEAD_FIELDS)), np.nan, dtype=np.float32)
    unknown: BoolArray = np.zeros((batch.rows, len(LEAD_FIELDS)), dtype=bool)
    counts = Counts()
    for column, field in enumerate(LEAD_FIELDS):
        cells = batch.cells.get(field.name)
        if cells is None:
            unknown[:, column] = True
            continue
        read = read_texts(field, cells.texts, cells.often(but=passed))
        codes[:, column] = cells.taken(codes_of(field.name, read.values))
        unknown[:, column] = cells.taken(np.array([value is None for value in read.values], dtype=bool))
        lines, counts = lines + _lines(cells, read.problems, plan.fields[field.name]), counts + read.counts
    for name in CONSENT_COLUMNS:
        if (cells := batch.cells.get(name)) is not None:
            problems = read_texts(FIELD[name], cells.texts, cells.often(but=passed)).problems
            lines += _lines(cells, problems, plan.fields[name])
    ids, found = _ids(batch, plan, id_prefix, first_row)
    states = marked_states(batch)
    marked = (states >= 0) & ~blank
    marked[[line[0] for line in found]] = False
    lines = [line for line in lines + found if not blank[line[0]]]

    bad = np.zeros(batch.rows, dtype=bool)
    bad[[line[0] for line in lines]] = True
    why = barred_states_of(batch, states, require_consent=require_consent)
    barred = (why >= 0) & ~(blank | bad)
    barred_by = {int(row): BARRED[why[row]] for row in np.flatnonzero(barred)}
    lines += [(row, "", "", f"Must not be called: {STATE_NAMES[state]}.") for row, state in barred_by.items()]
    good = np.flatnonzero(~(blank | bad | barred))
    missing = Counter({f.name: int(unknown[good, column].sum()) for column, f in enumerate(LEAD_FIELDS)})
    return Cleaned(
        batch.first + good,
        ids[good],
        codes[good],
        _market(batch)[good] if with_market else np.empty((len(good), 0)),
        sorted((batch.first + row, column, value, reason) for row, column, value, reason in lines),
        counts + Counts(rows=int((~blank).sum()), clean=len(good), aside=int(bad.sum()), missing=missing),
        Counter(barred_by.values()),
        int(blank.sum()),
        ids[marked],
        states[marked],
    )


def _blank(batch: Batch) -> BoolArray:
    """Return the rows that hold nothing or describe the columns, as a row of the template does."""
    blank = np.asarray(~batch.ids.rows.any(axis=1))
    blank[list(batch.ids.unreadable)] = False
    for cells in batch.cells.values():
        blank &= cells.taken(np.array([not text for text in cells.texts], dtype=bool))
    return blank | are_text(batch.ids.rows, TEMPLATE_NOTE)


def _long_cells(batch: Batch, plan: ColumnPlan) -> list[Line]:
    return [
        line
        for name, cells in batch.cells.items()
        for line in _lines(cells, {text: TOO_LONG for text in cells.texts if len(text) > MAX_CELL}, plan.fields[name])
    ]


def _lines(cells: Cells, reasons: Mapping[str, str], column: str) -> list[Line]:
    """Return a line for each row that holds a text with a reason."""
    rows = cells.rows_of(np.array([text in reasons for text in cells.texts], dtype=bool))
    texts = [cells.texts[place] for place in cells.places[rows]]
    return [(int(row), column, text[:SHOWN], reasons[text]) for row, text in zip(rows, texts, strict=True)]


def _ids(batch: Batch, plan: ColumnPlan, prefix: str, first_row: int) -> tuple[Bytes, list[Line]]:
    """Return the ids, made for rows without one, and lines about those that cannot be one."""
    given, unreadable = batch.ids.rows, batch.ids.unreadable
    none = np.asarray(~given.any(axis=1))
    wrong = ~none & ~are_valid(given)
    said = {int(row): bytes(given[row]).rstrip(b"\0").decode("ascii") for row in np.flatnonzero(wrong)} | dict(
        unreadable
    )
    column = plan.fields.get(CUSTOMER_ID, "")
    none[list(unreadable)] = False
    rows = np.flatnonzero(none)
    if len(rows):
        made = id_rows([row_id(prefix, first_row + batch.first + int(row)) for row in rows])
        width = max(given.shape[1], made.shape[1])
        given = widened(given, width).copy()
        given[rows] = widened(made, width)
    return given, [(row, column, text[:SHOWN], ID_RULE) for row, text in sorted(said.items())]


def _market(batch: Batch) -> FloatArray:
    columns = np.full((batch.rows, len(MARKET_FIELDS)), np.nan)
    for place, field in enumerate(MARKET_FIELDS):
        if (cells := batch.cells.get(field.name)) is not None:
            columns[:, place] = cells.taken(np.array([number_of(field, text).value for text in cells.texts]))
    return columns
