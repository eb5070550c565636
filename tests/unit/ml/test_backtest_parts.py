import re
from pathlib import Path

import pytest

from smartbank.ml.backtest import parts

FOLDER = Path(parts.__file__).parent
IMPORTED = re.compile(r"^from smartbank\.ml\.backtest\.(\w+) import", re.MULTILINE)


def behind(name):
    """The file and all files of the folder it imports, directly or by way of others."""
    found, asked = set(), {name}
    while asked:
        found |= asked
        asked = {f"{each}.py" for one in asked for each in IMPORTED.findall((FOLDER / one).read_text())} - found
    return found


@pytest.mark.parametrize(("first", "code"), [("own.py", parts._OWN_CODE), ("rivals.py", parts._STANDARD_CODE)])
def test_a_finished_part_is_made_again_where_any_code_behind_it_changed(first, code):
    assert behind(first) <= set(code)
