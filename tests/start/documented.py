"""Commands as the pages of `docs/` have them, to be run as they stand there."""

import re

from tests.start.processes import ROOT


def blocks(page, *, under="", language=r"\w*"):
    """Return the blocks of code of a page, all of them or those under one heading."""
    text = (ROOT / "docs" / page).read_text()
    if under:
        _, text = text.split(f"\n{under}\n", 1)
        text = text.split("\n## ", 1)[0]
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
