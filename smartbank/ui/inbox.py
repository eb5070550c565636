"""The inbox in the sidebar: what SmartBank has to tell, and where to look."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import streamlit as st

from smartbank.core.inbox import Message, market_notice, sentence
from smartbank.core.people import Actor, Right
from smartbank.core.wording import agreeing
from smartbank.errors import SmartBankError
from smartbank.services.inbox import mark_read, messages
from smartbank.ui.my_work import due_call_backs
from smartbank.ui.progress import LOOKING_AT, show_background_work
from smartbank.ui.resources import services
from smartbank.ui.text import plural, when
from smartbank.ui.visitor import require_still

_SHOWN: Final = 20
_TOASTS: Final = 3
_KNOWN: Final = "inbox_known"
"""Key in the session state: messages this session has seen come in, so that each is announced once."""
_QUIET: Final = "inbox_quiet"
"""Key in the session state: a page is being drawn, so it is not known yet which work it shows."""

_JAVASCRIPT: Final = """
export default function () {
  if (window.smartbankNamesToasts) return;
  window.smartbankNamesToasts = new MutationObserver(() => {
    for (const t of document.querySelectorAll(".stToast:not([aria-label])")) t.setAttribute("aria-label", "News");
  });
  window.smartbankNamesToasts.observe(document.body, { childList: true, subtree: true });
}
"""
"""A toast is a dialog to a screen reader, and Streamlit gives it no name."""

_name_toasts = st.components.v2.component("smartbank_toast_names", js=_JAVASCRIPT)


def show_news(actor: Actor) -> None:
    """Show the inbox and the work in progress, on every screen, and keep both up to date.

    What keeps itself up to date here also asks whether the session still lives: an open page ends soon after it.
    """
    st.session_state[LOOKING_AT] = set()
    st.session_state[_QUIET] = True
    _name_toasts(key="toast_names")
    _news(actor)


@st.fragment(run_every=3.0)
def _news(actor: Actor) -> None:
    try:
        require_still(actor)
        _inbox(actor)
        show_background_work(actor)
    except SmartBankError:
        st.caption(":material/cloud_off: The database does not answer.")


def _inbox(actor: Actor) -> None:
    found = messages(by=actor, inbox=services().inbox)
    if st.session_state.pop(_QUIET, False):
        st.session_state.setdefault(_KNOWN, {message.message_id for message in found})
    else:
        found = _seen_where_it_ended(found, actor)
        _announce(found)
    unread = [message for message in found if message.read_at is None]
    with st.popover(
        f"Inbox ({len(unread)})" if unread else "Inbox",
        icon=":material/mark_email_unread:" if unread else ":material/inbox:",
        width="stretch",
        key="inbox",
    ):
        _notice(actor)
        _due(actor)
        if not found:
            st.caption("Nothing yet. When a file is read, leads are ranked or an export is ready, it is said here.")
        if unread and st.button("Mark all as read", key="inbox_read_all", icon=":material/done_all:", type="tertiary"):
            _mark(unread, actor)
            st.rerun()
        for message in found[:_SHOWN]:
            _message(message, actor)


def _seen_where_it_ended(found: list[Message], actor: Actor) -> list[Message]:
    """Mark as read what is told of the work on this very page."""
    here = [message for message in found if message.read_at is None and message.about in st.session_state[LOOKING_AT]]
    if not here:
        return found
    _mark(here, actor)
    return messages(by=actor, inbox=services().inbox)


def _announce(found: Sequence[Message]) -> None:
    """Say once in an open session what came in."""
    known = st.session_state[_KNOWN]
    new = [message for message in found if message.read_at is None and message.message_id not in known]
    known.update(message.message_id for message in found)
    for message in new[:_TOASTS]:
        st.toast(sentence(message), icon=_icon(message), duration="long")


def _notice(actor: Actor) -> None:
    notice = market_notice(services().market.look(), today=datetime.now(UTC).date())
    if notice is None or not actor.may(Right.SEE_LEADS):
        return
    st.info(notice.text, icon=":material/history:")
    if st.button("See the market", key="inbox_market", icon=":material/monitoring:"):
        st.session_state["section"] = "Sources"
        st.switch_page("pages/market.py", query_params={"section": "Sources"})


def _due(actor: Actor) -> None:
    """Say how many of the user's own call-backs are due, for as long as they are."""
    due = due_call_backs(actor.username, actor) if actor.may(Right.RECORD_OUTCOMES) else 0
    if not due:
        return
    st.info(f"{plural(due, 'call-back')} {agreeing(due, 'is', 'are')} due.", icon=":material/schedule:")
    if st.button("Call now", key="inbox_calls", icon=":material/call:"):
        st.switch_page("pages/my_calls.py")


def _message(message: Message, actor: Actor) -> None:
    new = message.read_at is None
    with st.container(border=True, key=f"inbox_{message.message_id}"):
        said = f":material/{'mark_email_unread' if new else 'drafts'}: {sentence(message)}"
        st.markdown(f"**{said}**" if new else said)
        st.caption(f"{when(message.created_at)}{' · new' if new else ''}")
        if _followed(message, actor):
            _mark([message], actor)
            if not message.page.startswith("/"):
                _open(message)
            st.rerun()


def _followed(message: Message, actor: Actor) -> bool:
    """Draw the way to what a message is about, and return whether it was taken."""
    key = f"inbox_open_{message.message_id}"
    if message.page.startswith("/"):
        return actor.may(Right.EXPORT) and bool(
            st.link_button("Save the file", message.page, icon=":material/download:", key=key, on_click="rerun")
        )
    return bool(message.page) and st.button("Open", icon=":material/arrow_forward:", key=key)


def _open(message: Message) -> None:
    if "run" in message.query:
        st.session_state["show_run"] = message.query["run"]
    elif "view" in message.query:
        st.session_state["view"] = message.query["view"]
    st.switch_page(f"pages/{message.page}.py", query_params=dict(message.query))


def _mark(read: Sequence[Message], actor: Actor) -> None:
    now = datetime.now(UTC)
    mark_read([message.message_id for message in read], by=actor, inbox=services().inbox, now=now)


def _icon(message: Message) -> str:
    return ":material/error:" if message.kind.is_bad else ":material/check_circle:"
