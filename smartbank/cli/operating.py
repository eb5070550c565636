"""Who runs a command on the server: whoever may do everything there, by the name the system knows them by."""

import os
import pwd
import re
from dataclasses import replace
from functools import cache
from typing import Final

from smartbank.core.people import COMMAND_LINE, Actor

_UNUSUAL: Final = re.compile(r"[^A-Za-z0-9._@-]")
_LONGEST: Final = 64


@cache
def operator() -> Actor:
    """Return who runs the command; the audit log has the system's name for them as the place: "command line of ana"."""
    by_sudo = _UNUSUAL.sub("_", os.environ.get("SUDO_USER", "")[:_LONGEST])  # anybody can say so
    return replace(COMMAND_LINE, place=f"{COMMAND_LINE.place} of {_owner()}{by_sudo and f', sudo by {by_sudo}'}")


def _owner() -> str:
    """Return whose the process is."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run as a number without a name
        return f"user-{os.getuid()}"
