"""Logs without customers' data: an address may hold a search for a name; of exceptions `logs` writes places alone."""

import logging
from typing import Final

STREAMLITS_SIGN_IN: Final = "streamlit.web.server.starlette.starlette_auth_routes"


def keep_data_out_of_logs() -> None:
    """Have the web server log no addresses."""
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.getLogger(STREAMLITS_SIGN_IN).addFilter(without_address)


def without_address(record: logging.LogRecord) -> bool:
    """Drop what Streamlit logs as an error of a sign-in, as it quotes the address."""
    return record.levelno < logging.ERROR
