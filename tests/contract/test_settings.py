"""Every settings repository must pass these, whatever it is built on."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.adapters.mongo import MongoSettingsRepository
from smartbank.core.bank_settings import BankSettings, SettingsChange
from smartbank.errors import ConflictError

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
TEN = datetime(2026, 1, 5, 10, tzinfo=UTC)


@pytest.fixture
def settings(build):
    return build("SettingsRepository")


def test_the_defaults_hold_until_settings_are_saved(settings):
    assert settings.current() == BankSettings()
    assert settings.history() == []


def test_saved_settings_are_the_next_version_and_hold(settings):
    wanted = replace(BankSettings(), base_rate=0.03, band_multiples=(4.0, 2.0, 1.0), currency="GBP", keep_backups=3)

    first = settings.save(wanted, by="ada", at=NINE)
    second = settings.save(replace(first, cost_of_call=9.0), by="ben", at=TEN)

    assert first == replace(wanted, version=1)
    assert second == replace(wanted, version=2, cost_of_call=9.0)
    assert settings.current() == second


def test_the_history_is_newest_first_with_who_and_when(settings):
    first = settings.save(replace(BankSettings(), base_rate=0.03), by="ada", at=NINE)
    second = settings.save(replace(first, cost_of_call=9.0), by="ben", at=TEN)

    history = settings.history()

    assert history == [SettingsChange(second, "ben", TEN), SettingsChange(first, "ada", NINE)]
    assert settings.history(1) == history[:1]


def test_settings_someone_changed_meanwhile_are_refused_with_who_what_and_when(settings):
    seen = settings.current()
    first = settings.save(replace(seen, base_rate=0.05), by="ada", at=NINE)
    settings.save(replace(first, currency="GBP", cost_of_call=9.0), by="ben", at=TEN)

    with pytest.raises(ConflictError) as refused:
        settings.save(replace(seen, base_rate=0.06), by="cleo", at=TEN)

    assert str(refused.value) == (
        "ben changed cost of call and currency on 5 Jan 2026 at 10:00; "
        "ada changed base rate on 5 Jan 2026 at 09:00. "
        "Nothing of yours was saved. Look at the new values, then save again."
    )
    assert settings.current().base_rate == 0.05
    assert len(settings.history()) == 2


def test_of_two_who_save_at_once_the_second_is_refused(database, monkeypatch):
    settings = MongoSettingsRepository(database)
    settings.save(replace(BankSettings(), base_rate=0.05), by="ada", at=NINE)
    monkeypatch.setattr(MongoSettingsRepository, "current", lambda _self: BankSettings())

    with pytest.raises(ConflictError, match="ada changed base rate"):
        settings.save(replace(BankSettings(), base_rate=0.06), by="ben", at=TEN)


def test_rules_of_version_0_1_0_are_read_and_followed_by_the_next_version(database):
    settings = MongoSettingsRepository(database)
    database["settings"].insert_one(
        {
            "_id": "scoring_rules:1",
            "kind": "scoring_rules",
            "version": 1,
            "base_rate": 0.03,
            "base_rate_source": "your bank",
            "band_multiples": [4.0, 2.0, 1.0],
            "cost_of_call": 5.0,
            "value_of_sale": 50.0,
            "currency": "GBP",
            "saved_by": "ada",
            "saved_at": NINE,
            "schema_version": 1,
        }
    )

    read = settings.current()
    saved = settings.save(replace(read, country="GB"), by="ben", at=TEN)

    assert (read.version, read.base_rate, read.band_multiples, read.currency) == (1, 0.03, (4.0, 2.0, 1.0), "GBP")
    assert (read.keep_files_hours, read.number_format) == (24, "en")
    assert (saved.version, settings.current()) == (2, saved)


def test_a_base_rate_comes_back_with_the_market_it_was_said_in(settings):
    said = replace(BankSettings(), base_rate=0.03, base_rate_market=(2.6350455, 3.7, 3.3), follow_outcomes=False)

    saved = settings.save(said, by="ada", at=NINE)

    assert settings.current() == saved == replace(said, version=1)
