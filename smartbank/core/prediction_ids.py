"""The name of a prediction: its run, or a program's request, and its rank in that."""

from typing import Final

MOST_RANK: Final = 10_000_000
"""No ranking has a rank beyond."""


def id_of_prediction(run_id: str, rank: int) -> str:
    """Return the name of a prediction."""
    return f"{run_id}:{rank}"


def read_prediction_id(text: str) -> tuple[str, int] | None:
    """Return the run and the rank a name says; None for what is no name of a prediction."""
    run_id, _, rank = text.rpartition(":")
    if not run_id or not rank.isdecimal() or int(rank) > MOST_RANK:
        return None
    return run_id, int(rank)
