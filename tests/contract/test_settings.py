"""Every settings repository must pass these, whatever it is built on."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.core.rules import ScoringRules
from smartbank.errors import StorageError

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def settings(build):
    return build("SettingsRepository")


def test_the_defaults_hold_until_rules_are_saved(settings):
    assert settings.rules() == ScoringRules()


def test_saved_rules_are_the_next_version_and_hold(settings):
    wanted = replace(ScoringRules(), base_rate=0.03, band_multiples=(4.0, 2.0, 1.0), currency="GBP")

    first = settings.save_rules(wanted, saved_by="ada", saved_at=NINE)
    second = settings.save_rules(replace(first, cost_of_call=9.0), saved_by="ada", saved_at=NINE)

    assert first == replace(wanted, version=1)
    assert second == replace(wanted, version=2, cost_of_call=9.0)
    assert settings.rules() == second


def test_rules_someone_changed_meanwhile_are_refused(settings):
    seen = settings.rules()
    settings.save_rules(replace(seen, base_rate=0.05), saved_by="ada", saved_at=NINE)

    with pytest.raises(StorageError, match="Someone else changed"):
        settings.save_rules(replace(seen, base_rate=0.06), saved_by="ben", saved_at=NINE)

    assert settings.rules().base_rate == 0.05
