"""What the database says is in force, written down for a scoring of many leads that does not reach it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pandas as pd
import pytest

from smartbank.adapters.bulk import in_force_folder
from smartbank.adapters.memory import MemorySettingsRepository
from smartbank.bootstrap.bulk import hand_over_ports
from smartbank.cli.score_folder import result_lines
from smartbank.core.bulk.in_force import MAX_AGE, barred_ids
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT
from smartbank.core.model_versions import Promotion
from smartbank.core.outcomes import OutcomeCounts
from smartbank.core.people import COMMAND_LINE
from smartbank.errors import ForbiddenError, LeadValidationError, OutputError
from smartbank.ml.artifact_files import champion_version
from smartbank.ml.shelf import ArtifactShelf
from smartbank.services.bulk.handing_over import hand_over_in_force
from smartbank.services.leveling import own_correction
from tests.actors import ANA
from tests.bulk import SETTINGS, ranking, scored, some_leads, written
from tests.services import memory_services

NOW = datetime.now(UTC).replace(microsecond=0)
SHELF = ArtifactShelf(SETTINGS.models_dir)
SHIPPED = champion_version(SETTINGS.models_dir)
OTHER = next(version for version in SHELF.shipped_versions() if version != SHIPPED)
BARRED = {"C-3": "objected", "C-4": "refused", "C-5": "do_not_call", "nobody": "objected"}
SOLD = SimpleNamespace(recent=lambda *_args, **_more: OutcomeCounts(400, 80, 40.0))


@pytest.fixture
def bank():
    """A bank with a base rate of its own, outcomes above it, customers it must not call, and another model."""
    settings = MemorySettingsRepository()
    own = replace(settings.current(), base_rate=0.05, base_rate_source="your bank", band_multiples=(4.0, 2.0, 1.0))
    settings.save(own, by="ada", at=NOW)
    customers = SimpleNamespace(barred=lambda *, require_consent: {} if require_consent else BARRED)
    services = memory_services(shelf=SHELF, settings=settings, outcomes=SOLD, customers=customers)
    services.registry.promote(Promotion(1, OTHER, SHIPPED, NOW, "ada", "It ranks the calls of autumn better."))
    return services


def handed_over(services, folder, *, now=NOW, by=COMMAND_LINE):
    return hand_over_in_force(str(folder), by=by, ports=hand_over_ports(services), now=now)


@pytest.fixture
def folder(bank, tmp_path):
    handed_over(bank, tmp_path / "in-force")
    return tmp_path / "in-force"


@pytest.fixture
def leads(tmp_path):
    return written(tmp_path / "in", a=some_leads(400), b=some_leads(300, seed=1, first=400))


def test_files_are_ranked_by_what_is_in_force_in_the_database(bank, folder, leads, tmp_path):
    said = scored(leads, tmp_path / "out", in_force=str(folder))

    correction = own_correction(bank.settings.current().rules, outcomes=SOLD, now=NOW)
    assert correction.shift > 0.1
    assert said["model_version"] == OTHER
    assert said["rules"]["base_rate"] == 0.05
    assert said["rules"]["band_edges"] == (0.2, 0.1, 0.05)
    assert said["level"]["correction"] == correction.shift
    assert said["level"]["rate"] > 0.05
    assert ranking(tmp_path / "out")["propensity"].mean() == pytest.approx(said["level"]["rate"], abs=1e-5)
    assert said["in_force"] == {
        "made_at": NOW.isoformat(),
        "require_consent": False,
        "correction": correction.__dict__,
        "barred": 4,
        "barred_in_files": 3,
    }


def test_whom_the_database_bars_is_not_ranked_and_the_reason_says_who_says_so(folder, leads, tmp_path):
    whole = scored(leads, tmp_path / "whole", in_force=str(folder))
    parts = scored(leads, tmp_path / "parts", in_force=str(folder), rows_per_part=90)

    assert whole["leads"]["must_not_be_called"] == {"do_not_call": 1, "objected": 1, "refused": 1}
    assert whole["leads"]["ranked"] == parts["leads"]["ranked"] == 697
    assert not set(ranking(tmp_path / "whole")["customer_id"]) & set(BARRED)
    assert ranking(tmp_path / "whole").astype(str).equals(ranking(tmp_path / "parts").astype(str))
    aside = pd.read_parquet(tmp_path / "whole" / "_set-aside.parquet")
    assert aside["row"].tolist() == [4, 5, 6]
    assert aside["reason"].tolist()[0] == "Must not be called: objected to calls, as another row or SmartBank says."


def test_barred_ids_are_compared_however_the_hashes_are_divided(folder, leads, tmp_path, monkeypatch):
    whole = scored(leads, tmp_path / "whole", in_force=str(folder))
    monkeypatch.setattr("smartbank.services.bulk.scoring.IDS_OF_A_RANGE", 50)

    assert scored(leads, tmp_path / "divided", in_force=str(folder))["leads"] == whole["leads"]


def test_without_ids_nobody_can_be_left_out(folder, tmp_path):
    leads = written(tmp_path / "in", a=some_leads(250).drop(columns="customer_id"))

    said = scored(leads, tmp_path / "out", in_force=str(folder))

    assert said["leads"]["ranked"] == said["leads"]["without_id"] == 250
    assert "250 leads have no customer id" in "".join(result_lines(said, "out"))


def test_the_market_of_the_database_moves_the_level(bank, leads, tmp_path):
    dearer = replace(
        BUNDLED_SNAPSHOT,
        snapshot_id="market-other",
        readings=tuple(replace(each, value=each.value + 1.0) for each in BUNDLED_SNAPSHOT.readings),
    )
    said = bank.settings.current()
    market = BUNDLED_SNAPSHOT.euribor3m, BUNDLED_SNAPSHOT.emp_var_rate, BUNDLED_SNAPSHOT.cpi_yoy
    assert said.base_rate_market is None, "counts as measured in the bundled market"
    ports = replace(hand_over_ports(bank), market=SimpleNamespace(take=lambda **_: dearer))

    hand_over_in_force(str(tmp_path / "in-force"), by=COMMAND_LINE, ports=ports, now=NOW)
    level = scored(leads, tmp_path / "out", in_force=str(tmp_path / "in-force"))["level"]

    assert level["snapshot_id"] == "market-other"
    assert level["market_shift"] != 0.0
    assert tuple(level["reference_market"]) == market


def test_the_folder_holds_no_id_of_a_customer_and_is_its_owners_alone(folder):
    assert sorted(path.name for path in folder.iterdir()) == ["_manifest.json", "barred.parquet", "model.zip"]
    assert not any(customer.encode() in path.read_bytes() for path in folder.iterdir() for customer in BARRED)
    assert folder.stat().st_mode & 0o077 == 0


def test_the_audit_log_says_who_took_it_away(bank, folder):
    entry = bank.audit.newest(limit=1)[0].event

    assert (entry.action, entry.object_kind, entry.result) == ("export_data", "what is in force", "done")
    assert entry.details == {"model_version": OTHER, "barred": 4}


def test_who_may_not_take_the_data_away_gets_nothing(bank, tmp_path):
    with pytest.raises(ForbiddenError):
        handed_over(bank, tmp_path / "mine", by=ANA)

    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(bank, folder):
    with pytest.raises(OutputError, match="is not empty"):
        handed_over(bank, folder)


@pytest.mark.parametrize("name", ["barred.parquet", "model.zip"])
def test_a_file_that_was_altered_is_refused_by_name(folder, leads, tmp_path, name):
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")

    with pytest.raises(LeadValidationError, match=f"^{name} in .* was altered"):
        scored(leads, tmp_path / "out", in_force=str(folder))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["barred.parquet", "model.zip", "_manifest.json"])
def test_a_file_that_is_missing_is_named(folder, leads, tmp_path, name):
    (folder / name).unlink()

    with pytest.raises(LeadValidationError, match=f"^{name} cannot be read in "):
        scored(leads, tmp_path / "out", in_force=str(folder))


def signed(manifest):
    """Return a manifest with the hash of what it says."""
    return manifest | {"sha256": in_force_folder._own_hash(manifest)}


@pytest.mark.parametrize("change", [{"require_consent": True}, {"rules": {"base_rate": 0.5}}, {"barred": 3}])
def test_a_value_changed_by_hand_is_noticed(folder, leads, tmp_path, change):
    manifest = folder / "_manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | change))

    with pytest.raises(LeadValidationError, match=r"^_manifest\.json in .* was altered"):
        scored(leads, tmp_path / "out", in_force=str(folder))


def test_what_was_said_at_a_time_to_come_is_refused(bank, leads, tmp_path):
    handed_over(bank, tmp_path / "early", now=datetime.now(UTC) + timedelta(hours=2))

    with pytest.raises(LeadValidationError, match=r"still to come here\. Set the clocks"):
        scored(leads, tmp_path / "out", in_force=str(tmp_path / "early"))


def test_ids_in_another_spelling_are_noticed(folder, tmp_path):
    leads = some_leads(250)
    other = written(tmp_path / "in", a=leads.assign(customer_id=leads["customer_id"].str.lower()))

    said = scored(other, tmp_path / "out", in_force=str(folder))

    assert (said["in_force"]["barred"], said["in_force"]["barred_in_files"]) == (4, 0)
    assert "Look whether the files write customer ids as SmartBank has them" in "".join(result_lines(said, "out"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 2}, "was written by another version of SmartBank"),
        ({"correction": None, "rules": {"base_rate": "much"}}, "was altered"),
        ({"market": {"readings": [{}]}}, "was altered"),
        ({"made_at": None}, "was altered"),
        ({"made_at": "2026-01-01T00:00:00"}, "was altered"),
        ({"files": {}}, "was altered"),
    ],
)
def test_a_manifest_nobody_wrote_is_refused(folder, leads, tmp_path, change, said):
    manifest = folder / "_manifest.json"
    manifest.write_text(json.dumps(signed(json.loads(manifest.read_text()) | change)))

    with pytest.raises(LeadValidationError, match=said):
        scored(leads, tmp_path / "out", in_force=str(folder))


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_a_folder_of_something_else_is_refused(leads, tmp_path, content):
    (tmp_path / "_manifest.json").write_text(content)

    with pytest.raises(LeadValidationError, match="in-force"):
        scored(leads, tmp_path / "out", in_force=str(tmp_path))


def test_a_ranking_is_no_folder_of_what_is_in_force(leads, tmp_path):
    scored(leads, tmp_path / "ranked")

    with pytest.raises(LeadValidationError, match="does not hold what is in force"):
        scored(leads, tmp_path / "out", in_force=str(tmp_path / "ranked"))


def test_what_was_in_force_days_ago_is_refused_unless_one_insists(bank, leads, tmp_path):
    handed_over(bank, tmp_path / "old", now=datetime.now(UTC) - MAX_AGE - timedelta(minutes=1))

    with pytest.raises(LeadValidationError, match="more than two days ago"):
        scored(leads, tmp_path / "out", in_force=str(tmp_path / "old"))
    assert scored(leads, tmp_path / "out", in_force=str(tmp_path / "old"), anyway=True)["leads"]["ranked"] == 697


def test_barred_customers_come_in_the_order_of_their_hashes():
    found = barred_ids({f"C-{number}": "objected" for number in range(100)})

    assert (found.hashes[1:] > found.hashes[:-1]).all()
    assert len(barred_ids({})) == 0
