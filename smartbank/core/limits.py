"""Limits for ports that want one."""

from typing import Final

ALL: Final = 1_000_000
"""Where none may be left out, as of what is kept of one customer: more than a bank has."""
