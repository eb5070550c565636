"""What was just done, said once on the page that is drawn after it, with a button that takes it back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Never

import streamlit as st

_LEFT: Final = "notice"
_UNDO: Final = "notice_undo"
_UNDO_BUTTON: Final = "undo"
_SHORT: Final = 30


@dataclass(frozen=True)
class Notice:
    """A sentence of Markdown, a password or key to show once below it with advice, and how to take it back."""

    text: str
    password: str | None = None
    undo: tuple[str, ...] = ()
    advice: str = "It is shown this once: copy it now, and hand it over in person or by phone."


def leave_notice(notice: Notice) -> Never:
    """Run the page again, with a notice on it."""
    st.session_state[_LEFT] = notice
    st.rerun()


def show_notice(take_back: Callable[[tuple[str, ...]], str]) -> None:
    """Show the notice that was left, in this run only; `take_back` undoes what it says, and says so."""
    undo = st.session_state.pop(_UNDO, None)
    if undo and st.session_state.get(_UNDO_BUTTON):
        st.success(take_back(undo), icon=":material/undo:")
        return
    notice: Notice | None = st.session_state.pop(_LEFT, None)
    if notice is None:
        return
    st.success(notice.text, icon=":material/check:")
    if notice.password:
        st.code(notice.password, language=None, width=320 if len(notice.password) <= _SHORT else "stretch")
        st.caption(notice.advice)
    if notice.undo:
        st.session_state[_UNDO] = notice.undo
        st.button("Undo", key=_UNDO_BUTTON, icon=":material/undo:")
