"""Streamlit's own lines in the log of the process, instead of beside it."""

import logging

from streamlit import logger as streamlits


def join_log() -> None:
    """Have Streamlit's loggers, and those it makes later, hand on what they log.

    It gives each of them a handler of its own and lets nothing through; it calls `setup_formatter` to do so.
    """
    streamlits.setup_formatter = _hand_on
    streamlits.update_formatter()


def _hand_on(logger: logging.Logger) -> None:
    if (own := getattr(logger, "streamlit_console_handler", None)) is not None:
        logger.removeHandler(own)
    logger.propagate = True
