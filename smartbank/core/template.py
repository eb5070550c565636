"""The upload template: every column, what it may hold, and a few synthetic customers to start from."""

import csv
import io
from typing import Final

from smartbank.core.fields import CUSTOMER_COLUMNS, CUSTOMER_ID, FIELD
from smartbank.core.identity import ID_RULE
from smartbank.core.validation import TEMPLATE_NOTE

TEMPLATE_NAME: Final = "smartbank-template.csv"

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


def upload_template() -> bytes:
    """Return the template as CSV that Excel opens right; uploaded as it is, its sample customers pass."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(CUSTOMER_COLUMNS)
    writer.writerow([_allowed(column) for column in CUSTOMER_COLUMNS])
    writer.writerows(SAMPLE_ROWS)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


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
