"""Logs without customers' data: an address may hold a search for a name; of exceptions `logs` writes places alone.

And each failure once: what `RequestIds` has logged under its request's name, the web server logs again without it.
"""

import logging
from typing import Final

from smartbank.web.request_ids import TOLD

STREAMLITS_SIGN_IN: Final = "streamlit.web.server.starlette.starlette_auth_routes"


def keep_data_out_of_logs() -> None:
    """Have the web server log no addresses, and no failure that is in the log already."""
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(not_told)
    logging.getLogger(STREAMLITS_SIGN_IN).addFilter(without_address)


def without_address(record: logging.LogRecord) -> bool:
    """Drop what Streamlit logs as an error of a sign-in, as it quotes the address."""
    return record.levelno < logging.ERROR


def not_told(record: logging.LogRecord) -> bool:
    """Drop the line about an exception that `RequestIds` has logged."""
    exc = record.exc_info[1] if record.exc_info else None
    return TOLD not in getattr(exc, "__notes__", ())
