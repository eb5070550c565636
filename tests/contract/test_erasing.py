"""After an erasure nothing stored names the person or can be linked to the id; every storage must pass this."""

from datetime import UTC, datetime, timedelta

import pytest
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from smartbank.adapters.arrow_frames import read_frame
from smartbank.adapters.mongo.chunks import about_chunk
from smartbank.adapters.mongo.queue import COLLECTIONS
from smartbank.adapters.mongo.sealed_work import opened_work
from smartbank.core.bank_settings import BankSettings
from smartbank.core.list_results import calibration, profit_so_far
from smartbank.core.uplift import uplift
from smartbank.core.work import WorkKind, WorkState
from smartbank.services.latest_scores import latest_scores
from smartbank.services.leveling import own_correction
from smartbank.services.list_results import list_results
from smartbank.services.uploads import Owners
from tests.actors import ANA
from tests.database import VAULT
from tests.erasures import HER, NAME, PHONE, ErasureBank, services_on

NAMING = (HER, NAME, PHONE)
ON_RECORD = "audit_log"


@pytest.fixture(params=["memory", "mongo"])
def database(request):
    return None if request.param == "memory" else request.getfixturevalue("worker_database")


@pytest.fixture
def bank(database):
    if database is not None:
        for name in database.list_collection_names():
            if name != "schema":
                database[name].delete_many({})
    return ErasureBank(services_on(database))


def soon():
    """Return a moment after all that was done so far."""
    return datetime.now(UTC) + timedelta(minutes=1)


def in_memory(services):
    """Return what each store in memory holds, as text, frames and files opened."""
    frames = {owner: services.frames.load(owner).to_csv() for owner in services.frames._parts}
    files = {file_id: repr(b"".join(services.files.open(file_id))) for file_id in services.files._files}
    kept = {
        "customers": [services.customers.kept, services.customers.replaced, services.customers.claims],
        "works": [work for kind in WorkKind for work in services.queue.every(kind)],
        "others": [
            vars(getattr(services, name)) for name in ("predictions", "outcomes", "lists", "notes", "inbox", "erased")
        ],
    }
    return {**frames, **files, **{name: repr(each) for name, each in kept.items()}}


def on_database(database):
    """Return every document of every collection as text, what is sealed opened."""
    found = {}
    for name in database.list_collection_names():
        raw = database[name].with_options(CodecOptions(document_class=RawBSONDocument))
        found[name] = " ".join(repr(document.raw) for document in raw.find())
        if name in COLLECTIONS.values():
            found[name] += " ".join(repr(opened_work(each, vault=VAULT)) for each in database[name].find())
        if name.endswith("_chunks"):
            found[name] += " ".join(_opened(each) for each in database[name].find())
    return found


def _opened(chunk):
    data = VAULT.open_bytes(bytes(chunk["data"]), about_chunk(chunk["_id"]))
    try:
        return read_frame(data).to_csv()
    except (OSError, ValueError):  # a file, no frame
        return repr(data)


def everything(bank, database):
    return in_memory(bank.services) if database is None else on_database(database)


def naming(bank, database, words=NAMING):
    """Return where the person is named."""
    return sorted(name for name, text in everything(bank, database).items() if any(word in text for word in words))


def figures(bank):
    """Return the figures of the page Results, and what corrects the level."""
    ports = {"frames": bank.services.frames, "outcomes": bank.services.outcomes}
    found = list_results([bank.list, bank.kept_off], by=ANA, **ports, time_zone="Europe/Lisbon", now=soon())
    rules = BankSettings().rules
    return {
        "uplift": uplift(found.entries),
        "calibration": calibration(found.entries),
        "profit": profit_so_far(found.entries, value_of_sale=80, cost_of_call=8),
        "by band": found.entries.groupby("band")["outcome"].value_counts().to_dict(),
        "entries": found.entries.drop(columns="customer_id").to_json(),
        "days": found.days_worked,
        "correction": own_correction(rules, outcomes=bank.services.outcomes, now=soon()),
        "decided": [(each.outcome, each.propensity) for each in bank.services.outcomes.decided()],
    }


def test_the_search_of_this_test_would_find_the_person(bank, database):
    found = naming(bank, database)

    wanted = {"customers", "works", "others", f"run:{bank.run_id}", f"list:{bank.list.list_id}"}
    wanted |= {f"list:{bank.kept_off.list_id}:off", f"run:{bank.without_her}:left-out", bank.uploads[1]}
    on_mongo = {"customers", "customer_versions", "predictions", "outcomes", "customer_notes", "call_list_claims"}
    on_mongo |= {"run_frame_chunks", "file_chunks", "scoring_runs", "uploads"}
    assert (wanted if database is None else on_mongo) <= set(found)


def test_nothing_names_the_person_but_the_audit_log_which_says_so(bank, database):
    removal = bank.erase()

    assert (removal.state, removal.error) == (WorkState.DONE, "")
    assert set(naming(bank, database)) <= {ON_RECORD}
    assert bank.services.customers.count() == 59


def test_the_figures_of_results_and_what_corrects_the_level_are_as_before(bank):
    before = figures(bank)
    assert before["calibration"].calls == 2

    bank.erase()

    assert figures(bank) == before


def test_what_stays_leads_from_one_list_or_score_to_no_other(bank, database):
    bank.erase()

    rows = [row for run in (bank.run_id, bank.by_name) for row in bank.services.predictions.in_run(run, 1, 1)]
    outcomes = [each for each in bank.services.outcomes.of_list(bank.list.list_id) if "~" in each.customer_id]
    entries = bank.services.frames.load(f"list:{bank.list.list_id}").set_index("rank").loc[1]
    assert len({row["customer_id"] for row in rows} | {outcomes[0].customer_id}) == 3
    assert {each.customer_id for each in outcomes} == {entries["customer_id"]}
    assert not {"contributions", "lead_hash", "margin", "level"} & set(rows[0])
    assert rows[0]["propensity"] == round(rows[0]["propensity"], 2)
    assert entries[["age", "job", "updated_at"]].isna().all()
    assert entries["contribution_age"] == 0
    assert [each.at.microsecond for each in outcomes] == [1_000, 2_000]
    assert {each.call_again_at for each in outcomes} == {None}


def test_who_else_is_kept_is_kept_as_they_are(bank):
    ranked = bank.services.frames.load(f"run:{bank.run_id}")
    others = bank.services.frames.load(Owners(bank.others_upload).rows)
    called = bank.called(bank.list)

    bank.erase()

    after = bank.services.frames.load(f"run:{bank.run_id}")
    assert after.equals(ranked[ranked["customer_id"] != HER].reset_index(drop=True))
    assert bank.services.frames.load(Owners(bank.others_upload).rows).equals(others)
    assert bank.called(bank.list)[1:] == called[1:]
    assert len(latest_scores(frames=bank.services.frames)) == 59


def test_files_that_held_the_person_are_gone_and_no_others(bank):
    removal = bank.erase()

    state = {work_id: bank.queue.find(work_id).state for work_id in [*bank.uploads, bank.others_upload]}
    assert state == {**dict.fromkeys(bank.uploads, WorkState.EXPIRED), bank.others_upload: WorkState.DONE}
    assert {bank.queue.find(each).state for each in (bank.export, bank.list_export)} == {WorkState.EXPIRED}
    assert bank.services.files.saved_before(soon()) == [bank.others_upload]
    assert (removal.result["uploads"], removal.result["files"], removal.result["notes"]) == (2, 2, 1)


def test_an_erasure_that_broke_off_anywhere_ends_the_same(bank, database, monkeypatch):
    before = figures(bank)
    steps = []

    def dying(name, function):
        def die_once(*args, **more):
            if name not in steps:
                steps.append(name)
                raise KeyboardInterrupt
            return function(*args, **more)

        return die_once

    places = {
        "erased": ("salt", "finish"),
        "lists": ("forget_customer",),
        "outcomes": ("forget_customer",),
        "predictions": ("forget_customer",),
        "corrections": ("erase",),
        "queue": ("rewrite", "finish"),
    }
    for store, names in places.items():
        for name in names:
            owner = getattr(bank.services, store)
            monkeypatch.setattr(owner, name, dying(f"{store}.{name}", getattr(owner, name)))
    work_id = bank.ask()

    tries = 0
    while not bank.queue.find(work_id).state.is_final:
        tries += 1
        try:
            bank.work()
        except KeyboardInterrupt:
            _let_the_lease_run_out(bank, work_id, database)

    assert tries == len(steps) + 1 == 9
    assert set(naming(bank, database)) <= {ON_RECORD}
    assert figures(bank) == before


def _let_the_lease_run_out(bank, work_id, database):
    long_ago = soon() - timedelta(days=1)
    if database is None:
        bank.queue._leases[work_id] = type(bank.queue._leases[work_id])("gone", long_ago, 0)
    else:
        database["removals"].update_one({"_id": work_id}, {"$set": {"lease_until": long_ago, "restarts": 0}})
