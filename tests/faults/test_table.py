"""The table of faults in the operations guide: each row says everything, and names a test that is there."""

import ast
import re

import pytest

from tests.start.processes import ROOT

SECTION = (ROOT / "docs" / "operations.md").read_text().partition("\n## Faults\n")[2].partition("\n## ")[0]
ROWS = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for line in SECTION.splitlines()
    if line.startswith("| ") and not line.startswith("| fault ")
]
FAULTS = (
    *("killed while a file is uploaded", "killed while leads are scored", "killed while a list is released"),
    *("killed while an outcome is recorded", "database slow", "read-only", "disk of the embedded database full"),
    *("network to the database cut", "clock set back", "market source down", "lying", "model file flipped", "missing"),
    *("newer SmartBank", "disk full on an export", "upload of 2 GB", "10,000 damaged files", "two instances"),
    "browser closed in mid-run",
)
"""What the table has to speak of."""


def names_in(path):
    return {node.name for node in ast.parse((ROOT / path).read_text()).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_says_what_is_seen_and_names_a_test_that_is_there(row):
    fault, seen, _kept, _retried, named = row
    path, _, name = named.strip("`").partition("::")

    assert fault
    assert seen
    assert name in names_in(path)


def test_no_fault_is_left_out_and_none_is_told_twice():
    told = [row[0] for row in ROWS]

    assert [fault for fault in FAULTS if not any(fault in each for each in told)] == []
    assert len(set(told)) == len(told)
    assert len({row[4] for row in ROWS}) == len(ROWS)
