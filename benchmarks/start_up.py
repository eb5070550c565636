"""From starting SmartBank to its first page in a browser, beside `streamlit run` of an empty page.

`python -m benchmarks.start_up`. Chromium is open already; a page counts when its text is on the screen. SmartBank
starts on a new folder (keys, database, schema, administrator, demo customers) and again on the same. Processor time
and memory are those of all that was started, stopping included: supervisor, screens, worker and database.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Error, Page, sync_playwright

from benchmarks._ports import free_port
from benchmarks._processes import ROOT, Spent, ended
from benchmarks._rows import Row, compared, left_out, report

CHROMIUM: Final = Path("/usr/bin/chromium")
_ARGUMENTS: Final = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
_EMPTY: Final = 'import streamlit as st\n\nst.title("Nothing is here")\n'
_WITHIN_S: Final = 180.0


def main() -> None:
    """Report both starts, or why there is nothing to report."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    if not CHROMIUM.exists():
        report([left_out("from the start to the first page", "Chromium is not installed: apt-get install chromium")])
        return
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as name:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        report(rows_of(browser, Path(name)))
        browser.close()


def rows_of(browser: Browser, folder: Path) -> list[Row]:
    """Return a row for a first start and one for a later one."""
    (folder / "empty.py").write_text(_EMPTY, encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(folder / "empty.py"), "--server.headless", "true"]
    told = [*command, "--server.port", str(port), "--browser.gatherUsageStats", "false"]
    empty = first_page(browser, told, {}, port=port, text="Nothing is here")
    beside = f"an empty page of Streamlit: {empty.clock_s:.1f} s, {empty}"
    found = []
    for name in ("first start to first page", "later start to first page"):
        port = free_port()
        variables = {"PORT": str(port), "SMARTBANK_VAR_DIR": str(folder / "var"), "SMARTBANK_MARKET_ONLINE": "false"}
        serve = [sys.executable, "-m", "smartbank", "serve"]
        spent = first_page(browser, serve, variables, port=port, text="User name")
        measured, ratio = f"{spent.clock_s:.1f} s, {spent}", spent.clock_s / empty.clock_s
        found.append(compared(name, measured, beside=beside, ratio=ratio))
        found.append(compared("  processor time", f"{spent.cpu_s:.1f} s", beside="", ratio=spent.cpu_s / empty.cpu_s))
    return found


def first_page(
    browser: Browser, command: Sequence[str], variables: Mapping[str, str], *, port: int, text: str
) -> Spent:
    """Start a server, wait until its page shows a text, stop it, and return what it took.

    Raises
    ------
    SystemExit
        The text is not there within some minutes.
    """
    begun = time.monotonic()
    process = subprocess.Popen(  # noqa: S603
        command,
        cwd=ROOT,
        env=os.environ | dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        page = browser.new_page()
        while not shows(page, port=port, text=text):
            if time.monotonic() - begun > _WITHIN_S or process.poll() is not None:
                raise SystemExit(f"{' '.join(command[1:4])} showed no page within {_WITHIN_S:.0f} s.")
            time.sleep(0.05)
        clock_s = time.monotonic() - begun
        page.close()
    finally:
        process.send_signal(signal.SIGINT)
        spent = ended(process, begun)
    return Spent(spent.cpu_s, spent.peak_mb, clock_s, "")


def shows(page: Page, *, port: int, text: str) -> bool:
    """Open the page of a port, and return whether it is there and shows a text."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)):
            return False
    try:
        page.goto(f"http://localhost:{port}", timeout=1e3 * _WITHIN_S)
        page.get_by_text(text).first.wait_for(timeout=1e3 * _WITHIN_S)
    except Error:
        return False
    return True


if __name__ == "__main__":
    main()
