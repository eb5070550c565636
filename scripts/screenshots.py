"""Make the pictures of the README and the user guide from a running SmartBank: `make screenshots`."""

import contextlib
import io
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from PIL import Image
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

ROOT: Final = Path(__file__).resolve().parents[1]
PICTURES: Final = ROOT / "docs" / "screenshots"
UCI_FILE: Final = ROOT.parent / "shared" / "data" / "uci" / "bank-additional-full.csv"
CHROMIUM: Final = "/usr/bin/chromium"
FIRST_PASSWORD: Final = "made for the pictures"  # noqa: S105
PASSWORD: Final = "correct horse battery"  # noqa: S105
ROWS: Final = 1_000
FIRST_ROW: Final = (230, 55)
"""Where the first row of a table is, in pixels from its corner."""
WITHIN_S: Final = 120.0
DESK: Final = (1440, 900)
PHONE: Final = (390, 844)
WHAT_IF: Final = "section=What+if&if_attempt=4&if_contact=landline"
COLOURS: Final = 256
N_VARIABLES: Final = 9
"""That the publishers print."""
SETTLED_MS: Final = 2_500
"""What tables and charts need to be drawn after the text is there, and a toolbar to fade."""

ColorScheme = Literal["light", "dark"]


def main() -> int:
    """Write every picture; returns 1, with a sentence, where Chromium is missing."""
    if not Path(CHROMIUM).exists():
        print(f"The pictures need Chromium at {CHROMIUM}: apt-get install chromium", file=sys.stderr)
        return 1
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        publishers() as market,
        started(Path(folder) / "var", market) as address,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        state = picture_sign_in(browser, address)
        picture_demo(browser, address, state)
        picture_market(browser, address, state)
        picture_model(browser, address, state)
        picture_upload(browser, address, state)
        browser.close()
    return 0


@contextmanager
def publishers() -> Generator[dict[str, str]]:
    """Start the publishers of market figures that the tests play, and yield the variables that name them."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.market_server"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    lines = iter(process.stdout or ())
    try:
        named = (next(lines).strip().partition("=") for _ in range(N_VARIABLES))
        yield {name: value for name, _, value in named}
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(WITHIN_S)


@contextmanager
def started(folder: Path, market: Mapping[str, str]) -> Generator[str]:
    """Start SmartBank on a folder and a free port, yield its address once it is ready, and stop it.

    Parameters
    ----------
    market : mapping of str to str
        Variables that name the publishers of market figures to ask.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SMARTBANK_")}
    mine = {"PORT": str(port), "SMARTBANK_VAR_DIR": str(folder), "SMARTBANK_ADMIN_PASSWORD": FIRST_PASSWORD}
    process = subprocess.Popen(
        [sys.executable, "-m", "smartbank", "serve"], cwd=ROOT, env={**kept, **mine, **market}, stdin=subprocess.DEVNULL
    )
    try:
        address = f"http://localhost:{port}"
        deadline = time.monotonic() + WITHIN_S
        while not answers(address) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.2)
        if not answers(address):
            raise RuntimeError("SmartBank did not start; the lines above say why.")
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(WITHIN_S)


def answers(address: str) -> bool:
    """Whether SmartBank says there that it is well."""
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/healthz", timeout=5) as said:  # noqa: S310
        return bool(said.status == 200)
    return False


def picture_sign_in(browser: Browser, address: str) -> StorageState:
    """Picture the sign-in form, sign in, choose a password, and return the cookies that follow."""
    page = new_page(browser, (DESK[0], 560))
    page.goto(address)
    page.get_by_label("User name").wait_for()
    take(page, "sign-in")
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password", exact=True).fill(FIRST_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Save password").click()
    page.get_by_label("New password again").wait_for(state="detached")
    page.get_by_role("button", name="Sign out").first.wait_for()
    page.get_by_role("button", name="I do not know yet").click()
    page.get_by_role("button", name="I do not know yet").wait_for(state="detached")
    page.goto(f"{address}/leads")
    page.get_by_role("link", name="CSV").wait_for()  # the demo customers are ranked
    state = page.context.storage_state()
    page.context.close()
    return state


def picture_upload(browser: Browser, address: str, state: StorageState) -> None:
    """Upload a file, picture the report on it, score it, and picture its best leads and the gains."""
    page = new_page(browser, DESK, state)
    page.goto(f"{address}/leads?view=Bring+customers+in")
    name, content = customers_file()
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_text(name).wait_for()
    page.get_by_role("button", name="Check the file").click()
    score = page.get_by_role("button", name=f"Score {ROWS:,} leads")
    score.wait_for()
    take(page, "readiness")
    score.click()
    page.get_by_role("link", name="CSV").wait_for()
    page.goto(f"{address}/leads?best=200")
    page.get_by_role("heading", name="The best 200 of").wait_for()
    take(page, "leads")
    page.get_by_test_id("stPlotlyChart").scroll_into_view_if_needed()
    page.wait_for_timeout(SETTLED_MS)
    save("gains", page.get_by_test_id("stPlotlyChart").screenshot())
    page.context.close()


def picture_demo(browser: Browser, address: str, state: StorageState) -> None:
    """Picture the overview, the ranked demo customers and one of them: desk and phone, light and dark."""
    best = best_customer(browser, address, state)
    views: tuple[tuple[str, str, str, tuple[int, int], ColorScheme], ...] = (
        ("overview", "", "Last runs", (DESK[0], 640), "light"),
        ("overview-phone", "", "Last runs", (PHONE[0], 1000), "light"),
        ("overview-dark", "", "Last runs", (DESK[0], 640), "dark"),
        ("leads-dark", "leads", "of the sales we expect|sales expected", (DESK[0], 900), "dark"),
        ("customer", f"customer?customer={best}", "likely, rank", (DESK[0], 1460), "light"),
        ("what-if", f"customer?customer={best}&{WHAT_IF}", "instead of", (DESK[0], 2000), "light"),
        ("call-list", "call_lists?plan_number=12&plan_minutes=25", "sales expected", (DESK[0], 1240), "light"),
        ("customer-phone", f"customer?customer={best}", "likely, rank", (PHONE[0], 1000), "dark"),
    )
    for name, path, awaited, size, scheme in views:
        page = new_page(browser, size, state, scheme=scheme)
        page.goto(f"{address}/{path}")
        page.get_by_role("heading", name=re.compile(awaited)).wait_for()
        take(page, name)
        page.context.close()


def picture_market(browser: Browser, address: str, state: StorageState) -> None:
    """Ask the publishers, and picture the market and a scenario."""
    page = new_page(browser, (DESK[0], 1100), state)
    page.goto(f"{address}/market?section=Sources")
    page.get_by_role("button", name="Refresh now").click()
    page.get_by_text(re.compile("new figures? came|Nothing newer|No source gave")).first.wait_for()
    page.goto(f"{address}/market")
    page.get_by_text("From the first source").first.wait_for()
    page.wait_for_timeout(2 * SETTLED_MS)  # news of the refresh comes some seconds later
    page.get_by_test_id("stToast").wait_for(state="detached")
    take(page, "market")
    page.goto(f"{address}/market?section=Scenarios&euribor=1.0")
    page.get_by_text("would say yes").first.wait_for()
    take(page, "scenarios")
    page.context.close()


def picture_model(browser: Browser, address: str, state: StorageState) -> None:
    """Picture what the next list will bring, at a desk and on a phone."""
    views: tuple[tuple[str, tuple[int, int], ColorScheme], ...] = (
        ("model", (DESK[0], 900), "light"),
        ("model-phone", (PHONE[0], 1100), "dark"),
    )
    for name, size, scheme in views:
        page = new_page(browser, size, state, scheme=scheme)
        page.goto(f"{address}/model")
        page.get_by_text("As months differ").first.wait_for()
        take(page, name)
        page.context.close()


def best_customer(browser: Browser, address: str, state: StorageState) -> str:
    """Return the id of the first of the ranked leads, as its page's address names it."""
    page = new_page(browser, DESK, state)
    page.goto(f"{address}/leads")
    page.get_by_role("link", name="CSV").wait_for()
    page.wait_for_timeout(SETTLED_MS)
    page.get_by_test_id("stDataFrame").first.click(position={"x": FIRST_ROW[0], "y": FIRST_ROW[1]})
    page.wait_for_url("**/customer?customer=*")
    customer = page.url.rpartition("customer=")[2]
    page.context.close()
    return customer


def customers_file() -> tuple[str, bytes]:
    """Return name and content of a file of 1,000 customers: the last contacts of the UCI file, else synthetic ones."""
    if UCI_FILE.exists():
        header, *lines = UCI_FILE.read_bytes().splitlines(keepends=True)
        numbered = [b"C-%05d;" % number + line for number, line in enumerate(lines, start=1)]
        return "october.csv", b"".join([b"customer_id;" + header, *numbered[-ROWS:]])
    from smartbank.ml.synthetic import load_demo_tables, synthetic_customers  # noqa: PLC0415 - only without the UCI file

    rows = synthetic_customers(load_demo_tables(ROOT / "models"), n=ROWS, seed=7)
    rows["customer_id"] = [f"C-{number:05}" for number in range(1, ROWS + 1)]
    return "october.csv", rows.to_csv(index=False).encode()


def new_page(
    browser: Browser, size: tuple[int, int], state: StorageState | None = None, *, scheme: ColorScheme = "light"
) -> Page:
    """Return a page of a new browser context, of a size in pixels and in a theme."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        locale="en-GB",
        timezone_id="Europe/Lisbon",
        reduced_motion="reduce",
        storage_state=state,
    )
    page = context.new_page()
    page.set_default_timeout(1_000 * WITHIN_S)
    return page


def take(page: Page, name: str) -> None:
    """Save what the page shows, once it is drawn and nothing is pointed at."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(SETTLED_MS)
    save(name, page.screenshot())


def save(name: str, picture: bytes) -> None:
    """Write a picture in a few colours, which makes it a third as large."""
    path = PICTURES / f"{name}.png"
    few = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    sys.exit(main())
