from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.adapters.memory import MemoryAuditLog, MemorySettingsRepository
from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.bank_settings import BankSettings
from smartbank.core.number_format import NUMBER_FORMATS
from smartbank.core.people import COMMAND_LINE, Actor, Role
from smartbank.core.rules import ScoringRules
from smartbank.core.settings_fields import SETTING_FIELDS, choices, validate_settings
from smartbank.errors import ConflictError, ForbiddenError, SettingsError, StorageError
from smartbank.services.settings import change_settings
from smartbank.services.settings_in_force import SettingsInForce
from tests.clocks import Clock
from tests.services import bundled_market

DEFAULTS = BankSettings()
LATE = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)


@pytest.fixture
def ports():
    return {"settings": MemorySettingsRepository(), "market": bundled_market(), "audit": MemoryAuditLog()}


def change(ports, *, by=COMMAND_LINE, **values):
    changed = replace(ports["settings"].current(), **values)
    return change_settings(changed, by=by, now=LATE, **ports)


def test_the_rules_are_those_of_the_settings_with_their_version():
    settings = BankSettings(version=7, base_rate=0.03, cost_of_call=5.0, value_of_sale=100.0, currency="GBP")

    assert settings.rules == ScoringRules(
        version=7, base_rate=0.03, cost_of_call=5.0, value_of_sale=100.0, currency="GBP"
    )
    assert DEFAULTS.rules == ScoringRules()


def test_a_base_rate_is_the_banks_own_once_somebody_said_it():
    said = DEFAULTS.with_base_rate(0.113, said_at=LATE)

    assert not DEFAULTS.has_own_base_rate
    assert said.has_own_base_rate
    assert said.base_rate_source == "your bank, asked on 1 Jul 2026"  # half past midnight in Lisbon


def test_every_setting_but_the_version_and_where_the_base_rate_is_from_is_explained_once():
    explained = [field.name for field in SETTING_FIELDS]

    beside = ["version", "base_rate_source", "base_rate_market"]
    assert sorted([*explained, *beside]) == sorted(BankSettings.__dataclass_fields__)


def test_the_defaults_are_allowed():
    assert validate_settings(DEFAULTS) is DEFAULTS


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"base_rate": 0.0}, "above 0 % and below 100 %"),
        ({"base_rate": 1.0}, "above 0 % and below 100 %"),
        ({"base_rate": float("nan")}, "above 0 % and below 100 %"),
        ({"band_multiples": (1.0, 2.0, 3.0)}, "bands must fall"),
        ({"band_multiples": (3.0, 1.0, 0.0)}, "bands must fall"),
        ({"band_multiples": (float("inf"), 1.0, 0.5)}, "bands must fall"),
        ({"cost_of_call": 0.0}, "cost of a call must be a number above 0"),
        ({"value_of_sale": float("inf")}, "value of a sale must be a number above 0"),
        ({"cost_of_call": 81.0}, "must not cost more"),
        ({"currency": "EURO"}, "currency is not known"),
        ({"number_format": "fr"}, "number format is not known"),
        ({"time_zone": "Mars/Olympus"}, "time zone is not known"),
        ({"country": "pt"}, "country is not known"),
        ({"keep_files_hours": 0}, "Keep uploads and exports must be 1 to 720 hours"),
        ({"keep_lists_days": 3_651}, "Keep ranked lists must be 1 to 3,650 days"),
        ({"keep_inbox_days": -1}, "Keep messages must be 1 to 3,650 days"),
        ({"keep_backups": 366}, "Keep backups must be 0 to 365 backups"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_with_what_it_may_be(values, said):
    with pytest.raises(SettingsError, match=said):
        validate_settings(replace(DEFAULTS, **values))


def test_each_bad_value_gets_a_sentence():
    with pytest.raises(SettingsError) as refused:
        validate_settings(replace(DEFAULTS, base_rate=2.0, currency="", keep_backups=-1))

    assert str(refused.value).startswith("The base rate must")
    assert "The currency is not known." in str(refused.value)
    assert "Keep backups must" in str(refused.value)


def test_currencies_zones_and_countries_can_be_chosen():
    assert {"EUR", "GBP", "JPY", "BRL"} <= set(choices("currency"))
    assert {"Europe/Lisbon", "America/Sao_Paulo", "UTC"} <= set(choices("time_zone"))
    assert {"PT", "GB", "DE"} <= set(choices("country"))
    assert choices("number_format") == ("en", "pt", "de")


def test_numbers_are_written_as_their_format_says():
    written = [form.number(1234567.891, digits=2) for form in NUMBER_FORMATS.values()]

    assert written == ["1,234,567.89", "1\u00a0234\u00a0567,89", "1.234.567,89"]


def test_a_change_is_saved_as_the_next_version_and_audited_with_old_and_new_values(ports):
    saved = change(ports, cost_of_call=5.0, band_multiples=(4.0, 2.0, 1.0))

    event = ports["audit"].newest()[0].event
    assert (saved.version, ports["settings"].current()) == (1, saved)
    assert (event.action, event.result, event.object_id) == (AuditAction.CHANGE_SETTINGS, AuditResult.DONE, "1")
    assert event.details == {
        "changed": ["band_multiples", "cost_of_call"],
        "before": ["3.0, 1.5, 0.75", "8.0"],
        "after": ["4.0, 2.0, 1.0", "5.0"],
    }


def test_a_changed_base_rate_is_the_banks_own(ports):
    saved = change(ports, base_rate=0.03)

    assert saved.base_rate_source == "your bank, asked on 1 Jul 2026"
    assert saved.has_own_base_rate


def test_settings_that_say_what_is_in_force_are_not_saved_again(ports):
    saved = change(ports, cost_of_call=8.0)

    assert saved == DEFAULTS
    assert ports["settings"].history() == []


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AGENT, Role.AUDITOR])
def test_a_role_without_the_right_changes_nothing_and_the_try_is_on_record(ports, role):
    with pytest.raises(ForbiddenError):
        change(ports, by=Actor("mara", role, "127.0.0.1"), base_rate=0.03)

    assert ports["settings"].current() == DEFAULTS
    assert ports["audit"].newest()[0].event.result is AuditResult.REFUSED


def test_a_bad_value_is_not_saved(ports):
    with pytest.raises(SettingsError):
        change(ports, base_rate=3.0)

    assert ports["settings"].history() == []
    assert ports["audit"].newest()[0].event.result is AuditResult.FAILED


def test_the_later_of_two_administrators_is_told_and_overwrites_nothing(ports):
    change(ports, base_rate=0.03)

    with pytest.raises(ConflictError, match=r"command line changed base rate on 1 Jul 2026 at 00:30\."):
        change_settings(replace(DEFAULTS, cost_of_call=5.0), by=COMMAND_LINE, now=LATE, **ports)

    assert ports["settings"].current().base_rate == 0.03
    assert ports["settings"].current().cost_of_call == 8.0


def test_the_settings_in_force_are_read_once_in_a_few_seconds(ports):
    clock = Clock(0.0)
    in_force = SettingsInForce(ports["settings"], max_age_s=5, clock=clock)
    before = in_force.current()
    change(ports, cost_of_call=5.0)

    clock.now = 4.9
    still = in_force.current()
    clock.now = 5.1

    assert (before, still) == (DEFAULTS, DEFAULTS)
    assert in_force.current().cost_of_call == 5.0


def test_whoever_changed_the_settings_can_have_them_read_at_once(ports):
    in_force = SettingsInForce(ports["settings"], clock=Clock(0.0))
    in_force.current()
    change(ports, cost_of_call=5.0)

    in_force.forget()

    assert in_force.current().cost_of_call == 5.0


def test_while_the_database_is_away_the_settings_known_last_hold(ports, monkeypatch):
    clock = Clock(0.0)
    in_force = SettingsInForce(ports["settings"], max_age_s=5, clock=clock)
    change(ports, cost_of_call=5.0)
    in_force.current()

    def away():
        raise StorageError("The database does not answer.")

    monkeypatch.setattr(ports["settings"], "current", away)
    clock.now = 60.0

    assert in_force.current().cost_of_call == 5.0
    with pytest.raises(StorageError):
        SettingsInForce(ports["settings"]).current()
