"""What came of a removal, in counts and in words; the same on the page it was begun on and in the inbox."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from smartbank.core.wording import agreeing, plural

UPLOAD: Final = "upload"
DEMO: Final = "demo"
MARKS: Final = "marks"
ERASURE: Final = "erasure"
"""What a removal takes back, or erases: the `what` of its request."""
_COUNTED: Final = ("deleted", "restored", "kept", "runs")


def removal_counts(request: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, int]:
    """Return the counts of a removal for a message that keeps no words; empty where the result is not kept."""
    if not result:
        return {}
    if request["what"] == ERASURE:
        return {name: int(result[name]) for name in ("erased", "predictions", "outcomes", "uploads", "files")}
    if request["what"] == MARKS:
        return {name: int(result[name]) for name in ("lifted", "kept")}
    return {name: int(result[name]) for name in _COUNTED} | {"demo": int(request["what"] == DEMO)}


def removed_sentence(counts: Mapping[str, int], *, counted: Callable[[int, str], str] = plural) -> str:
    """Return what came of a removal, such as "The demo data is gone: 2,000 customers removed; 1 ranking gone.".

    Parameters
    ----------
    counts : mapping
        What `removal_counts` gave; messages of an older SmartBank have none.
    counted : callable
        Writes a number with its noun.
    """
    if not counts:
        return "What you removed is gone."
    if "erased" in counts:
        return _erased_sentence(counts, counted)
    if "lifted" in counts:
        stay = f"; {counted(counts['kept'], 'customer')} kept what was said elsewhere too" if counts["kept"] else ""
        return f"The marks of {counted(counts['lifted'], 'customer')} are lifted{stay}."
    deleted, restored, kept, runs = (counts[name] for name in _COUNTED)
    since = agreeing(kept, "as it was changed again since", "as they were changed again since")
    said = [
        f"{counted(deleted, 'customer')} removed" if deleted or not restored else "",
        f"{counted(restored, 'customer')} as before" if restored else "",
        f"{counted(kept, 'customer')} left alone, {since}" if kept else "",
        f"{counted(runs, 'ranking')} gone" if runs else "",
    ]
    what = "The demo data is gone" if counts["demo"] else "Your upload is undone"
    return f"{what}: {'; '.join(filter(None, said))}."


def _erased_sentence(counts: Mapping[str, int], counted: Callable[[int, str], str]) -> str:
    went = [
        f"{counted(counts['uploads'], 'upload')} went with them: bring the file again without them"
        if counts["uploads"]
        else "",
        f"{counted(counts['files'], 'file')} to download went" if counts["files"] else "",
    ]
    figures = f"{counted(counts['predictions'], 'score')} and {counted(counts['outcomes'], 'outcome')} of calls"
    said = [f"{figures} stay as figures without a person", *went]
    return f"The customer is erased; {'; '.join(filter(None, said))}."
