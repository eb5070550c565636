"""What a button stood for when it was pressed: a list behind it may be another one by the time the page runs again.

Of a choice that has gone, Streamlit makes the first one there is. A button that acts on what is chosen now would then
act on somebody nobody chose.
"""

from typing import Any, Final

import streamlit as st

_MEANT: Final = "meant_by_"


def note_meant(key: str, *meant: object) -> None:
    """Keep what a button stands for; give it to the button as `on_click`, with `args` of the page as it is drawn."""
    st.session_state[f"{_MEANT}{key}"] = meant


def what_was_meant(key: str) -> Any:  # noqa: ANN401  what `note_meant` was given
    """Return what a button stood for that was pressed just now, once; None where it was not pressed.

    Ask before anything is drawn that may be missing by now.
    """
    return st.session_state.pop(f"{_MEANT}{key}", None)
