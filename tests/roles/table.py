"""The table of docs/security.md, read: which role has which right."""

from dataclasses import dataclass
from pathlib import Path

from smartbank.core.people import Right, Role

ROOT = Path(__file__).parents[2]
SAYS = {"yes": True, "no": False}


@dataclass(frozen=True)
class Cell:
    """One cell of the table: whether a role has a right."""

    role: Role
    right: Right
    is_yes: bool

    def __str__(self):
        return f"{self.role}-{self.right}"


def read_table(text):
    """Return the header and the rows of the table of rights, as they are written."""
    lines = text.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("| right |"))
    end = next(place for place in range(start, len(lines)) if not lines[place].startswith("|"))
    header, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start:end]]
    return header, rows


HEADER, ROWS = read_table((ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
CELLS = [
    Cell(Role(role), Right(right), SAYS[said])
    for place, role in enumerate(HEADER[2:])
    for right, _, *cells in ROWS
    for said in [cells[place]]
]
"""One role after the other: what is opened for one cell serves the others of the role."""
RIGHTS = {role: frozenset(cell.right for cell in CELLS if cell.role is role and cell.is_yes) for role in Role}
"""The rights of each role, as the handbook says it."""
