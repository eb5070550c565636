"""Scripts and formulas a customer's record brings: text on every screen, and text in every export."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest

from smartbank.bootstrap import export_ports
from smartbank.core.customers import CustomerQuery
from smartbank.core.ranking import RankFilter
from smartbank.services.downloads import open_csv
from smartbank.services.runs import RunSource, queue_run
from smartbank.ui.text import plain
from tests.actors import ANA
from tests.bank import EVERYONE, Bank
from tests.stubs import stub_leads
from tests.world_lists import put_list

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "[click](javascript:alert(1))",
    "$\\href{javascript:alert(1)}{x}$",
)
ADDRESSES = (
    "http://evil.example",
    "see https://evil.example/x",
    "www.evil.example",
    "ana@evil.example",
    ":material/home:",
)
ACTING = re.compile(r"(?<!\\)[<\[$]")
"""What Markdown or a browser would act on, where nothing stands before it that makes it text."""
FORMULAS = ('=HYPERLINK("http://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "=cmd|' /C calc'!A0")


@pytest.fixture
def bank():
    return Bank()


def bring(bank, names):
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["customer_id", "name", "age", "job"])
    rows.writerows([f"C-{place}", name, 30 + place, "retired"] for place, name in enumerate(names))
    bank.bring(out.getvalue())
    return bank.score(RunSource.of_query(CustomerQuery(), "all customers"))


def exported(bank, run_id):
    services = bank.services
    download = open_csv(
        run_id,
        RankFilter(),
        by=ANA,
        ports=export_ports(services),
        now=datetime.now(UTC),
    )
    return b"".join(download.chunks).decode("utf-8-sig")


def test_no_cell_of_an_export_begins_a_formula(bank):
    text = exported(bank, bring(bank, FORMULAS))

    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    names = [cell for cell in cells if "SUM" in cell or "HYPERLINK" in cell or "cmd" in cell]
    assert names
    assert all(cell[:1] not in ("=", "@", "\t") for cell in cells)
    assert not any(cell.startswith(("+", "-")) and not cell[1:].replace(".", "").isdigit() for cell in cells)


@pytest.mark.parametrize("script", ["customer.py", "leads.py", "my_calls.py"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_name_brings_is_text_on_every_page_that_shows_it(open_page, services, work, payload, script):
    leads = stub_leads([30, 60]).assign(name=payload, job="retired")
    services.customers.save_many(leads, source={}, saved_at=datetime.now(UTC))
    run_id = queue_run(EVERYONE, market="snapshot", queue=services.queue, audit=services.audit, by=ANA, now=NOW)
    work()
    put_list(services, run_id, now=datetime.now(UTC))

    page = open_page(script, customer="lead-1", view="Ranked leads")

    said = [each for kind in ("title", "header", "subheader", "markdown", "caption") for each in getattr(page, kind)]
    theirs = [each for each in said if "alert" in each.value]
    assert not page.exception
    assert theirs or script == "leads.py"  # where names are cells of a table, which draws text alone
    for each in theirs:
        assert not getattr(each, "allow_html", False)
        assert not ACTING.search(each.value)


def test_a_payload_that_is_not_made_harmless_would_be_seen():
    assert all(ACTING.search(payload) for payload in PAYLOADS)
    assert not any(ACTING.search(plain(payload)) for payload in PAYLOADS)


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_or_an_icon_in_a_name_stays_words(name):
    shown = plain(name).replace("\\", "")

    assert not re.search(r"https?://|www\.|\w@\w|:[\w/]+:", shown)
    assert shown.replace("\u2060", "") == name
