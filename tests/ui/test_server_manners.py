"""What the web server logs, prints and lets run."""

import logging
import tomllib

import pytest
from streamlit.web.server.starlette import starlette_auth_routes

from smartbank import server
from smartbank.web import quiet_logs
from smartbank.web.security import content_security_policy


def test_of_a_failing_sign_in_at_the_provider_nothing_the_address_says_is_logged():
    failed = logging.LogRecord("", logging.WARNING, "", 0, "OAuth token exchange failed", (), None)
    quoted = logging.LogRecord("", logging.ERROR, "", 0, "Error during authentication: %s", ("Ana Silva",), None)

    logged = [record for record in (failed, quoted) if quiet_logs.without_address(record)]

    assert logged == [failed]
    assert starlette_auth_routes._LOGGER.name == quiet_logs.STREAMLITS_SIGN_IN


def test_streamlit_does_not_print_what_went_wrong_in_a_page():
    configuration = tomllib.loads((server.APP_SCRIPT.parent / ".streamlit" / "config.toml").read_text())

    assert configuration["client"]["showErrorDetails"] == "none"
    assert configuration["logger"]["enableRich"] is False


def test_the_application_is_built_and_the_log_begun_when_it_is_asked_for(monkeypatch):
    begun = []
    monkeypatch.setattr(server, "start_log", lambda role, **_: begun.append(role))
    monkeypatch.setattr(server, "join_log", lambda: begun.append("streamlit"))
    with pytest.raises(AttributeError):
        server.nothing  # noqa: B018

    assert callable(server.app)
    assert begun == ["web", "streamlit"]


def test_of_inline_scripts_only_the_page_frames_own_may_run():
    page = "<html><script>\n  one()\n</script><script src='./two.js'></script><script>three()</script></html>"

    policy = content_security_policy(page)

    assert policy.count("'sha256-") == 2
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
