"""Logs without customers' data: an address may hold a search for a name, and a library's message may quote a row."""

import logging
from typing import Final

from smartbank.core.trace import trace_of

STREAMLITS_SIGN_IN: Final = "streamlit.web.server.starlette.starlette_auth_routes"


def keep_data_out_of_logs() -> None:
    """Have the web server log no addresses, and of exceptions the places alone."""
    logging.getLogger("uvicorn.access").disabled = True
    errors = logging.getLogger("uvicorn.error")
    errors.setLevel(logging.WARNING)
    errors.addFilter(without_message)
    logging.getLogger(STREAMLITS_SIGN_IN).addFilter(without_address)


def without_address(record: logging.LogRecord) -> bool:
    """Drop what Streamlit logs as an error of a sign-in, as it quotes the address; of warnings keep the places."""
    return record.levelno < logging.ERROR and without_message(record)


def without_message(record: logging.LogRecord) -> bool:
    """Put the places of an exception into a log record, instead of all it says."""
    if record.exc_info and record.exc_info[1] is not None:
        record.msg, record.args = f"{record.getMessage().strip()}: {trace_of(record.exc_info[1])}", ()
        record.exc_info = record.exc_text = None
    return True
