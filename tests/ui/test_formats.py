"""Number format, currency and time zone of the settings, on the screens and in files."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.bootstrap import export_ports
from smartbank.core.ranking import RankFilter
from smartbank.errors import StorageError
from smartbank.services.demo import load_demo
from smartbank.services.downloads import open_csv
from smartbank.ui import resources, text
from tests.actors import ANA
from tests.stubs import stub_leads

NOW = datetime.now(UTC)


@pytest.fixture
def in_german(services):
    german = replace(services.settings.current(), number_format="de", currency="CHF", time_zone="Asia/Tokyo")
    return services.settings.save(german, by="ada", at=NOW)


@pytest.fixture
def process(services, monkeypatch):
    """The services of the process, without a page."""
    monkeypatch.setattr(resources, "services", lambda: services)
    return services


def ranked(services, work):
    loaded = load_demo(
        stub_leads([30, 60]),
        customers=services.customers,
        queue=services.queue,
        audit=services.audit,
        by=ANA,
        now=NOW,
    )
    work()
    return loaded.run_id


@pytest.mark.usefixtures("process", "in_german")
def test_numbers_money_and_moments_follow_the_settings():
    assert text.percent(0.1234) == "12,3 %"
    assert text.plural(41_188, "lead") == "41.188 leads"
    assert text.money(3_220.5) == "3.220,50 CHF"
    assert text.when(datetime(2026, 1, 5, 20, 30, tzinfo=UTC)) == "6 Jan 2026, 05:30"


def test_while_nobody_knows_the_settings_numbers_are_written_in_english(process, monkeypatch):
    def away():
        raise StorageError("The database does not answer.")

    monkeypatch.setattr(process.settings, "current", away)

    assert text.percent(0.1234) == "12.3 %"


@pytest.mark.usefixtures("in_german")
def test_the_ranked_list_and_its_chart_use_the_number_format(open_page, services, work):
    ranked(services, work)

    page = open_page("leads.py")

    assert any("base rate 11,3 %" in line.value for line in page.caption)
    assert '"separators":",."' in page.get("plotly_chart")[0].proto.spec.replace(" ", "")


@pytest.mark.parametrize(("form", "header", "share"), [("en", "Rank,", ",0."), ("pt", "Rank;", ";0,")])
def test_a_csv_has_the_marks_of_the_number_format(services, work, form, header, share):
    run_id = ranked(services, work)
    services.settings.save(replace(services.settings.current(), number_format=form), by="ada", at=NOW)

    download = open_csv(
        run_id,
        RankFilter(),
        by=ANA,
        ports=export_ports(services),
        now=NOW,
    )
    lines = b"".join(download.chunks).decode("utf-8-sig").replace('"', "").splitlines()

    assert lines[0].startswith(header)
    assert share in lines[1]
