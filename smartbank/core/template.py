"""The upload template, with what each column may hold, and the sample file to try an upload with."""

import csv
import io
from typing import Final

import pandas as pd

from smartbank.core.cell_rules import TEMPLATE_NOTE
from smartbank.core.fields import CUSTOMER_COLUMNS, CUSTOMER_ID, FIELD
from smartbank.core.identity import ID_RULE

TEMPLATE_NAME: Final = "smartbank-template.csv"
SAMPLE_NAME: Final = "smartbank-sample.csv"
SAMPLE_CUSTOMERS: Final = 250
"""Enough for a run over the sample file to set its own level."""

SAMPLE_ROWS: Final = (
    ("SAMPLE-1", "Ana Example", "+442079460001", "45", "admin.", "married", "university.degree", "no", "yes", "no",
     "cellular", "1", "2", "success", "6", "no", "no", "yes"),
    ("SAMPLE-2", "Bruno Example", "+442079460002", "31", "technician", "single", "professional.course", "no", "no",
     "no", "cellular", "2", "0", "nonexistent", "", "no", "no", ""),
    ("SAMPLE-3", "Carla Example", "+442079460003", "62", "retired", "divorced", "basic.4y", "no", "yes", "no",
     "telephone", "1", "1", "failure", "14", "no", "no", "yes"),
    ("SAMPLE-4", "Duarte Example", "+442079460004", "24", "student", "single", "high.school", "no", "no", "yes",
     "cellular", "1", "0", "nonexistent", "", "no", "yes", ""),
    ("SAMPLE-5", "Eva Example", "+442079460005", "52", "blue-collar", "married", "basic.9y", "", "yes", "yes",
     "telephone", "4", "0", "nonexistent", "", "yes", "no", "no"),
)  # fmt: skip
"""Synthetic customers, `CUSTOMER_COLUMNS` wide, with fictional phone numbers."""
_BOM: Final = b"\xef\xbb\xbf"


def upload_template() -> bytes:
    """Return the template as CSV that Excel opens right; uploaded as it is, its sample customers pass."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(CUSTOMER_COLUMNS)
    writer.writerow([_allowed(column) for column in CUSTOMER_COLUMNS])
    writer.writerows(SAMPLE_ROWS)
    return _BOM + text.getvalue().encode()


def sample_ids(n: int = SAMPLE_CUSTOMERS) -> list[str]:
    """Return the ids of the sample file's customers: `SAMPLE-000001` and on."""
    return [f"SAMPLE-{number:06d}" for number in range(1, n + 1)]


def sample_file(customers: pd.DataFrame) -> bytes:
    """Return customers, `CUSTOMER_COLUMNS` wide, as CSV that Excel opens right; empty cells are unknown."""
    rows = customers[list(CUSTOMER_COLUMNS)].astype(object)
    whole = rows.map(lambda value: int(value) if isinstance(value, float) and value.is_integer() else value)
    return _BOM + whole.to_csv(index=False).encode()


def allowed_values(name: str) -> str:
    """Return in words what a column of an upload may hold."""
    if name == CUSTOMER_ID:
        return f"{ID_RULE}; each once"
    field = FIELD[name]
    if field.levels:
        return f"one of: {', '.join(field.levels)}; empty if unknown"
    if name == "phone":
        return "with country code, for example +442079460000"
    if field.kind == "text":
        return "any text"
    extra = "; empty if never contacted" if name == "days_since_contact" else "; empty if unknown"
    counted = ", this one included" if name == "attempt" else ""
    return f"whole number from {field.low:,.0f} to {field.high:,.0f}{counted}{extra}"


def _allowed(column: str) -> str:
    return TEMPLATE_NOTE if column == CUSTOMER_ID else allowed_values(column)


SYNTHETIC_IDS: Final = frozenset(sample_ids()) | {row[0] for row in SAMPLE_ROWS}
"""Ids of customers made up by SmartBank: brought in by a file, they are marked as synthetic all the same."""
