from pathlib import Path

from smartbank.core.fields import CUSTOMER_ID, FIELD, LEAD_COLUMNS
from smartbank.core.processing import COLUMNS, PROCESSING, SCORED, processing_rows

PRIVACY = Path(__file__).parents[2] / "docs" / "privacy.md"
PARTS = {"versions", "predictions", "reasons", "outcomes", "lists", "notes", "uploads", "exports", "search", "audit"}
PARTS |= {"training", "answers", "backups"}


def test_every_field_and_every_part_that_is_kept_is_on_the_record_once():
    names = [each.name for each in PROCESSING]

    assert len(names) == len(set(names))
    assert set(names) == {CUSTOMER_ID, *FIELD, *PARTS, "erased"}


def test_exactly_the_fields_a_model_sees_are_part_of_the_score():
    scored = [each.name for each in PROCESSING if SCORED in each.purpose]

    assert scored == list(LEAD_COLUMNS)


def test_the_table_in_the_handbook_is_the_record():
    lines = PRIVACY.read_text(encoding="utf-8").splitlines()
    first = lines.index(f"| {' | '.join(COLUMNS)} |")

    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[first + 2 :] if line]

    assert rows[: len(PROCESSING)] == processing_rows()
    assert not [line for line in lines[first + 2 + len(PROCESSING) :] if line.startswith("|")]
