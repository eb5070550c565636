"""Scripts and formulas a customer's record brings: text on every screen, and text in every export."""

import csv
import io
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from smartbank.core.customers import CustomerQuery
from smartbank.core.ranking import RankFilter
from smartbank.services.downloads import open_csv
from smartbank.services.runs import RunSource
from tests.actors import ANA
from tests.bank import Bank

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "[click](javascript:alert(1))",
    "$\\href{javascript:alert(1)}{x}$",
)
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
        customers=services.customers,
        frames=services.frames,
        queue=services.queue,
        writer_of=services.writer_of,
        settings=services.settings,
        audit=services.audit,
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


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_name_is_a_text_on_the_page_of_its_customer(bank, payload, monkeypatch):
    bring(bank, [payload])
    found = bank.services.customers.load(["C-0"]).iloc[0]["name"]

    from smartbank.ui.text import plain  # noqa: PLC0415

    def page(name):
        import streamlit as st  # noqa: PLC0415

        from smartbank.ui.text import plain  # noqa: PLC0415

        st.markdown(plain(name))

    shown = AppTest.from_function(page, args=(found,)).run()

    said = shown.markdown[0].value
    assert plain(found) == said
    assert "<script" not in said.replace("\\<", "")
    assert not any(mark in said.replace("\\" + mark, "") for mark in ("[", "$", "<"))
