"""Choosing a run; the address names it by its id, so that a link opens the same run for everyone."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from smartbank.services.runs import Run
from smartbank.ui.text import when

_CHOICE: Final = "run_choice"
_TURN: Final = "run_choice_turn"
"""Key in the session state: how often a run was put before the user. The widget is another one each time, so that no
browser can hand the choice before it back."""


def choose_run(runs: Sequence[Run], first: Run | None) -> str:
    """Draw the choice among runs, and return the id of the one that is chosen.

    At first it is the one in the address, else the one to begin on, else the newest.
    """
    labels = _labels(runs)
    linked = st.query_params.get("run")
    turn = st.session_state.get(_TURN, 0)
    key = f"{_CHOICE}_{turn}" if turn else _CHOICE
    begun = first.run_id if first is not None and first.run_id in labels else runs[0].run_id
    if key not in st.session_state:
        # not `index`: a browser that shows another choice already keeps that one
        st.session_state[key] = linked if linked in labels else begun
    run_id = st.selectbox(
        "Run",
        list(labels),
        format_func=labels.__getitem__,
        key=key,
    )
    if linked != run_id and (linked or run_id != begun):
        st.query_params["run"] = run_id
    return run_id


def show_run_next(run_id: str) -> None:
    """Put a run in the address and draw the choice anew."""
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    st.query_params["run"] = run_id


def _labels(runs: Sequence[Run]) -> dict[str, str]:
    """Return a label a run, newest first, that is the same before and after the run is done.

    The browser remembers a choice by its label; of several alike, the oldest keeps it.
    """
    labels: dict[str, str] = {}
    for run in reversed(runs):
        label = f"{when(run.work.created_at)} · {run.source.label}"
        same = sum(other.startswith(label) for other in labels.values())
        labels[run.run_id] = f"{label} · {same + 1} that minute" if same else label
    return {run.run_id: labels[run.run_id] for run in runs}
