import re
from pathlib import Path

import pytest

from smartbank.ml.backtest import parts

FOLDER = Path(parts.__file__).parent
NO_FIT = {"__init__.py", "parts.py"}
IMPORTED = re.compile(r"^from smartbank\.ml\.backtest\.(\w+) import", re.MULTILINE)


def imported_by(name, found=None):
    """The files of the folder that a file imports, whichever way, and itself."""
    found = set() if found is None else found
    if name not in found | NO_FIT:
        found.add(name)
        for module in IMPORTED.findall((FOLDER / name).read_text()):
            imported_by(f"{module}.py", found)
    return found


@pytest.mark.parametrize(("first", "code"), [("own.py", parts._OWN_CODE), ("rivals.py", parts._STANDARD_CODE)])
def test_a_finished_part_is_made_again_where_any_code_behind_it_changed(first, code):
    assert imported_by(first) <= set(code)
