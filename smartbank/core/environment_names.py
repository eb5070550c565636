"""Names of SmartBank's variables: a misspelt one, and one of an earlier version, are said instead of passed over."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Final

from smartbank.errors import StartUpError

ENV_PREFIX: Final = "SMARTBANK_"
_TESTS_PREFIX: Final = "SMARTBANK_TEST_"
_MOVED: Final = {
    f"{ENV_PREFIX}PHONE_REGION": "the country is one of the bank's settings now. "
    "Take the variable away, start, and say: python -m smartbank settings set country PT"
}
"""Variables of earlier versions, and what to do instead."""
_SIMILAR: Final = 0.85
"""From this likeness on, an unknown variable is taken for a misspelt one. Kubernetes' own ones stay below it."""


def refuse_misspelt(environment: Iterable[str], *, known: Sequence[str]) -> None:
    """Raise `StartUpError` for a `SMARTBANK_` variable that is nearly the name of a known one, or was one once."""
    for name in sorted(environment):
        if name in _MOVED:
            raise StartUpError(f"SmartBank cannot start: {name} is no longer read; {_MOVED[name]}.")
        if not name.startswith(ENV_PREFIX) or name.startswith(_TESTS_PREFIX) or name in known:
            continue
        meant = difflib.get_close_matches(name, known, n=1, cutoff=_SIMILAR)
        if meant:
            raise StartUpError(f"SmartBank cannot start: {name} is not a setting. Did you mean {meant[0]}?")
