"""Signing in at the bank's identity provider: what Streamlit is told, what it found out, and the button."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import streamlit as st
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from smartbank.config import Settings
from smartbank.core.provider_identity import ProviderSettings
from smartbank.core.provider_refusals import said_of
from smartbank.services.refusal_notes import refusal_of
from smartbank.ui import session_cookie
from smartbank.ui.resources import services

PROVIDER: Final = "bank"
"""What Streamlit calls it; without an underscore."""


def streamlit_secrets(settings: Settings) -> dict[str, Any] | None:
    """Return what `st.login` needs to know, from the environment alone; None without a provider.

    PKCE is asked for whatever the provider's metadata say. What signs Streamlit's cookies follows from the client's
    secret, so that a button drawn by one web process is good at another.
    """
    provider = settings.provider()
    if provider is None or settings.oidc_client_secret is None:
        return None
    secret = settings.oidc_client_secret.get_secret_value()
    return {
        "auth": {
            "redirect_uri": provider.redirect_url,
            "cookie_secret": hmac.new(secret.encode(), b"smartbank cookies of signing in", hashlib.sha256).hexdigest(),
            PROVIDER: {
                "client_id": provider.client_id,
                "client_secret": secret,
                "server_metadata_url": provider.metadata_url,
                "client_kwargs": {"scope": provider.scope, "code_challenge_method": "S256"},
            },
        }
    }


def claims_in(cookies: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the claims Streamlit puts into its cookies after it believed an answer; None if it did not."""

    def value_of(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, value) if value else None

    found = get_cookie_with_chunks(value_of, USER_COOKIE_NAME)
    claims = json.loads(found) if found else None
    return claims if isinstance(claims, dict) else None


def show_provider_sign_in(provider: ProviderSettings) -> None:
    """Show the button that leads to the provider, and why somebody who came back was not let in."""
    known = services()
    why = refusal_of(session_cookie.refusal_note(), signer=known.signer, now=datetime.now(UTC))
    if why is not None:
        st.error(said_of(why, provider), icon=":material/block:")
    if st.button(
        f"Sign in with {provider.name}", key="provider_sign_in", type="primary", icon=":material/key:", width="stretch"
    ):
        st.login(PROVIDER)
    _show_sign_out_there(provider)


def _show_sign_out_there(provider: ProviderSettings) -> None:
    """Link to where a browser ends its session at the provider, on a computer that others use too."""
    directory = services().directory
    address = directory.sign_out_address() if directory is not None else None
    if address is not None:
        st.markdown(f"Signing out of SmartBank leaves you signed in with {provider.name}: [sign out there]({address}).")


def show_emergency_code() -> None:
    """Show where a code goes that an administrator made on the command line, where passwords are switched off."""
    with st.expander("Without your bank's sign-in", icon=":material/emergency:"), st.form("emergency"):
        st.markdown("An administrator of the server makes a code that is good once, for ten minutes.")
        code = st.text_input("Code", key="emergency_code", type="password", autocomplete="one-time-code")
        submitted = st.form_submit_button("Use the code", key="emergency_submit", width="stretch")
    if submitted and code.strip():
        session_cookie.redeem_in_browser(code.strip())
