"""The session cookie as the screens see it: read it, and have the browser set or clear it."""

from typing import Final
from urllib.parse import urlsplit

import streamlit as st

from smartbank.core.hosts import is_loopback
from smartbank.core.session_cookies import REFUSAL_COOKIE, own_cookie, session_token_in

_JAVASCRIPT: Final = """
export default function ({ data, setTriggerValue }) {
  if (window.smartbankSessionRequest === data.path + (data.ticket ?? "")) return;
  window.smartbankSessionRequest = data.path + (data.ticket ?? "");
  const headers = data.ticket ? { "X-SmartBank-Ticket": data.ticket } : {};
  fetch(data.path, { method: "POST", headers, credentials: "same-origin" })
    .then((answer) => {
      if (answer.ok) window.location.reload();
      else setTriggerValue("refused", true);
    })
    .catch(() => setTriggerValue("refused", true));
}
"""
"""Several lines, or Streamlit takes it for a file name. It runs once for a ticket, however often it is drawn."""

_post_and_reload = st.components.v2.component("smartbank_session", js=_JAVASCRIPT)

REFUSED: Final = "session_request_refused"
"""Key in the session state: the browser could not reach the server, or was refused."""


def session_token() -> str | None:
    """Return the token in the browser's cookie; tests replace this function."""
    return session_token_in(st.context.cookies.to_dict(), host=st.context.headers.get("Host") or "")


def refusal_note() -> str | None:
    """Return why the bank's identity provider led here in vain, signed; tests replace this function."""
    return own_cookie(REFUSAL_COOKIE, st.context.cookies.to_dict(), host=st.context.headers.get("Host") or "")


def is_in_the_clear() -> bool:
    """Whether the browser came over plain http from another computer: it will not keep a session, and must not."""
    address = urlsplit(st.context.url or "")
    return address.scheme == "http" and not is_loopback(address.hostname or "")


def client_address() -> str:
    """Return where the browser is; one name for this computer and a proxy that does not tell."""
    return st.context.ip_address or "local"


def redeem_in_browser(ticket: str) -> None:
    """Have the browser turn a ticket into the session cookie, and load the same address again."""
    _post_and_reload(
        key="session_start", data={"path": "/auth/session", "ticket": ticket}, on_refused_change=_note_refusal
    )


def clear_in_browser() -> None:
    """Have the browser drop the session cookie, and load the same address again."""
    _post_and_reload(key="session_end", data={"path": "/auth/sign-out"}, on_refused_change=_note_refusal)


def _note_refusal() -> None:
    st.session_state[REFUSED] = True
