"""A command in a terminal of its own, where Ctrl-C reaches all its processes."""

import os
import pty
import select
import signal
import sys
import time

from tests.start.processes import ROOT, WITHIN_S

CTRL_C = b"\x03"


def in_terminal(arguments, *, until, presses=1, after_s=0.0, **variables):
    """Run `python -m smartbank`, press Ctrl-C once it has said something; return its exit code and all it said."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SMARTBANK_")}
    environment = kept | {"SMARTBANK_MARKET_ONLINE": "false"} | variables
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execve(sys.executable, [sys.executable, "-m", "smartbank", *map(str, arguments)], environment)  # noqa: S606
    said, gives_up = b"", time.monotonic() + WITHIN_S
    press_at = None
    while time.monotonic() < gives_up:
        if select.select([terminal], [], [], 0.02)[0]:
            try:
                said += os.read(terminal, 65_536)
            except OSError:  # the last process has left the terminal
                break
        if press_at is None and until.encode() in said:
            press_at = time.monotonic() + after_s
        if presses and press_at is not None and time.monotonic() >= press_at:
            os.write(terminal, CTRL_C)
            presses, press_at = presses - 1, press_at + 0.2
    else:
        os.kill(pid, signal.SIGKILL)
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said.decode()
