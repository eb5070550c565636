"""What the web server logs, prints and lets run."""

import logging
import sys
import tomllib

import pytest

from smartbank import server
from smartbank.web import quiet_logs
from smartbank.web.security import content_security_policy


def test_the_log_of_a_failing_route_holds_the_place_and_no_message():
    try:
        raise ValueError("Ana Silva, +351 912 345 678")
    except ValueError:
        record = logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, "Exception in %s", ("route",), sys.exc_info())

    logged = quiet_logs.without_message(record)

    said = logging.Formatter().format(record)
    assert logged
    assert said.startswith("Exception in route: ValueError at ")
    assert "Ana" not in said


def test_streamlit_does_not_print_what_went_wrong_in_a_page():
    configuration = tomllib.loads((server.APP_SCRIPT.parent / ".streamlit" / "config.toml").read_text())

    assert configuration["client"]["showErrorDetails"] == "none"
    assert configuration["logger"]["enableRich"] is False


def test_the_application_is_built_when_it_is_asked_for():
    with pytest.raises(AttributeError):
        server.nothing  # noqa: B018

    assert callable(server.app)


def test_of_inline_scripts_only_the_page_frames_own_may_run():
    page = "<html><script>\n  one()\n</script><script src='./two.js'></script><script>three()</script></html>"

    policy = content_security_policy(page)

    assert policy.count("'sha256-") == 2
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
